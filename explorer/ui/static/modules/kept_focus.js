// Streamlit removes buttons such as *Undo* once they are pressed, dialogs once they are done, and the actions for selected photos once none
// is selected, and the focus with them: the next Tab would begin at the top of the page.

const EDIT_LINE = ".st-key-last-edit";
const PASSING = `${EDIT_LINE}, [class*="st-key-selection"], [data-testid="stDialog"]`;

// Milliseconds in which Streamlit gives the focus back to what opened a dialog, if that is still there.
const RETURN_TIME = 300;

let last = null;

// To be called for `focusin`.
export function noteFocus(event) {
  last = event.target.closest?.(PASSING) ? event.target : null;
}

const isLost = () => last && !last.isConnected && document.activeElement === document.body;

// To be called after the page has changed: a focus that was lost goes to what is left of the line about the last edit or, without one, to
// the photo that Tab would lead to.
export function restoreLostFocus() {
  if (isLost()) setTimeout(restore, RETURN_TIME);
}

function restore() {
  if (!isLost()) return;
  last = null;
  (document.querySelector(`${EDIT_LINE} button`) ?? photoOfGallery())?.focus({ preventScroll: true });
}

function photoOfGallery() {
  for (const element of document.querySelectorAll('[class*="st-key-gallery"] *')) {
    const photo = element.shadowRoot?.querySelector('.photo[tabindex="0"]');
    if (photo) return photo;
  }
  return null;
}
