// Streamlit's sidebar, which holds the pages in a narrow window. `app.css` shows words on the buttons that open and close it; here the
// buttons get names that contain these words, instead of "Expand sidebar" and "Collapse sidebar".

const CLOSE = '[data-testid="stSidebarCollapseButton"] button';
const NAMES = {
  '[data-testid="stExpandSidebarButton"]': "Pages",
  [CLOSE]: "Close pages",
};
const PAGE_LINK = '[data-testid="stSidebarNavLink"]';

export function nameSidebarButtons() {
  for (const [selector, name] of Object.entries(NAMES)) {
    const button = document.querySelector(selector);
    if (button && button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
  }
}

// Close the sidebar after a choice. Streamlit does so on phones only; in a narrow window on a desktop, it leaves the sidebar over the page.
export function closeAfterChoice(event) {
  if (!event.target.closest?.(PAGE_LINK)) return;
  setTimeout(() => {
    if (document.querySelector('[data-testid="stSidebar"]')?.dataset.collapsed === "false") document.querySelector(CLOSE)?.click();
  }, 0);
}
