// Makes Streamlit's containers of a fixed height focusable: they scroll, but could not be scrolled by keyboard otherwise.

const SCROLLING = '[data-testid="stVerticalBlock"][overflow="auto"]:not([tabindex])';

export function makePartsReachable() {
  for (const list of document.querySelectorAll(SCROLLING)) list.tabIndex = 0;
}
