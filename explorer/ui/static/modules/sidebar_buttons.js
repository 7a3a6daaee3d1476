// The buttons that open and close Streamlit's sidebar, which holds the pages in a narrow window. `app.css` shows words on them; here they get
// names that contain these words, in place of "Expand sidebar" and "Collapse sidebar".

const NAMES = {
  '[data-testid="stExpandSidebarButton"]': "Pages",
  '[data-testid="stSidebarCollapseButton"] button': "Close pages",
};

export function nameSidebarButtons() {
  for (const [selector, name] of Object.entries(NAMES)) {
    const button = document.querySelector(selector);
    if (button && button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
  }
}
