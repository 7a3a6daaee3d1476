// Streamlit's sidebar, which holds the pages in a narrow window. `app.css` shows words on the buttons that open and close it; here the
// buttons get names that contain these words, instead of "Expand sidebar" and "Collapse sidebar".

const SIDEBAR = '[data-testid="stSidebar"]';
const OPEN = '[data-testid="stExpandSidebarButton"]';
const CLOSE = '[data-testid="stSidebarCollapseButton"] button';
const NAMES = {
  [OPEN]: "Pages",
  [CLOSE]: "Close pages",
};
const PAGE_LINK = '[data-testid="stSidebarNavLink"]';

export function nameSidebarButtons() {
  for (const [selector, name] of Object.entries(NAMES)) {
    const button = document.querySelector(selector);
    if (button && button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
  }
}

// Whether the sidebar was open at the last look; null if there was none.
let wasOpen = null;

const isOpen = () => document.querySelector(SIDEBAR)?.dataset.collapsed === "false";

// Streamlit removes the button that opened the sidebar, and the one that closed it, and the focus with them: it goes to the other.
export function followSidebar() {
  const open = document.querySelector(SIDEBAR) && isOpen();
  if (wasOpen !== null && open !== wasOpen && document.activeElement === document.body) document.querySelector(open ? CLOSE : OPEN)?.focus();
  wasOpen = open;
}

// Close the sidebar after a choice. Streamlit does so on phones only; in a narrow window on a desktop, it leaves the sidebar over the page.
export function closeAfterChoice(event) {
  if (!event.target.closest?.(PAGE_LINK)) return;
  setTimeout(() => {
    if (isOpen()) document.querySelector(CLOSE)?.click();
  }, 0);
}
