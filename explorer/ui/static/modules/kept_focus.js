// Streamlit removes buttons such as *Undo* once they are pressed, and the focus with them: the next Tab would begin at the top of the page.

const EDIT_LINE = ".st-key-last-edit";

let last = null;

// To be called for `focusin`.
export function noteFocus(event) {
  last = event.target.closest?.(EDIT_LINE) ? event.target : null;
}

// To be called after the page has changed: a focus that was lost goes to what is left of the line about the last edit or, without one, to
// the photo that Tab would lead to.
export function restoreLostFocus() {
  if (!last || last.isConnected || document.activeElement !== document.body) return;
  const next = document.querySelector(`${EDIT_LINE} button`) ?? photoOfGallery();
  last = null;
  next?.focus({ preventScroll: true });
}

function photoOfGallery() {
  for (const element of document.querySelectorAll('[class*="st-key-gallery"] *')) {
    const photo = element.shadowRoot?.querySelector('.photo[tabindex="0"]');
    if (photo) return photo;
  }
  return null;
}
