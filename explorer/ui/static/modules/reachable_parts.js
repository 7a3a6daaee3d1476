// Makes parts of Streamlit reachable: its containers of a fixed height become focusable, because they could not be scrolled by keyboard
// otherwise, and its notifications, which are dialogs to screen readers, get a name.

const SCROLLING = '[data-testid="stVerticalBlock"][overflow="auto"]:not([tabindex])';

export function makePartsReachable() {
  for (const notification of document.querySelectorAll(".stToast:not([aria-label])")) notification.setAttribute("aria-label", "Notification");
  for (const list of document.querySelectorAll(SCROLLING)) list.tabIndex = 0;
}
