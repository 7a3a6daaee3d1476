// Streamlit's containers of a fixed height scroll, but cannot be focused, so their contents are out of reach by keyboard.

const SCROLLING = '[data-testid="stVerticalBlock"][overflow="auto"]:not([tabindex])';

export function makePartsReachable() {
  for (const list of document.querySelectorAll(SCROLLING)) list.tabIndex = 0;
}
