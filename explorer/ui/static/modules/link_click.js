// Whether a click on a link is for this window; its default action is then prevented. Other clicks open tabs and windows.
export function followed(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return false;
  event.preventDefault();
  return true;
}
