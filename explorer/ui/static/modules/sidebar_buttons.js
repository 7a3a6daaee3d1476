// Streamlit's sidebar, which holds the pages in a narrow window. `app.css` shows words on the buttons that open and close it; here they
// get names that contain these words, in place of "Expand sidebar" and "Collapse sidebar".

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

// Streamlit closes the sidebar after a choice on phones only, and leaves it over the chosen page in a narrow window on a desktop.
export function closeAfterChoice(event) {
  if (!event.target.closest?.(PAGE_LINK)) return;
  setTimeout(() => {
    if (document.querySelector('[data-testid="stSidebar"]')?.dataset.collapsed === "false") document.querySelector(CLOSE)?.click();
  }, 0);
}
