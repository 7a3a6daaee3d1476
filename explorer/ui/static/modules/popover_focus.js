// Streamlit draws open popovers at the end of the page, where Tab would reach them only after everything else. Here, Tab leads from the
// button of a popover into it, and from its last part to what follows the button; then it is closed, so that it covers nothing.

const BUTTON = '[data-testid="stPopoverButton"][aria-expanded="true"]';
const BODY = '[data-testid="stPopoverBody"]';
const PART = 'a[href], button, input, select, textarea, summary, [tabindex]';

// The button of each open popover.
const owners = new WeakMap();

const visible = (element) => element.checkVisibility({ visibilityProperty: true });

// To be called after the page has changed: nothing in the page says which button opened a popover.
export function notePopovers() {
  const bodies = [...document.querySelectorAll(BODY)];
  for (const body of bodies) {
    if (owners.has(body)) continue;
    const owned = bodies.map((each) => owners.get(each));
    // Streamlit has a hidden copy of each button.
    const button = [...document.querySelectorAll(BUTTON)].findLast((each) => visible(each) && !owned.includes(each));
    if (button) owners.set(body, button);
  }
}

function partsOf(root) {
  return [...root.querySelectorAll("*")].flatMap((each) => [
    ...(each.matches(PART) && !each.disabled && each.tabIndex >= 0 && visible(each) ? [each] : []),
    ...(each.shadowRoot ? partsOf(each.shadowRoot) : []),
  ]);
}

// To be called for `keydown`, before others.
export function tabThroughPopover(event) {
  if (event.key !== "Tab") return;
  const target = event.composedPath()[0];
  const body = [...document.querySelectorAll(BODY)].findLast((each) => owners.get(each) === target || each.contains(event.target));
  const button = owners.get(body);
  if (!button) return;
  const parts = partsOf(body);
  if (!parts.length) {
    // A text without controls is scrolled with the arrow keys.
    body.tabIndex = 0;
    parts.push(body);
  }
  if (target === button) {
    if (event.shiftKey) return;
    event.preventDefault();
    parts[0].focus();
  } else if (event.shiftKey && target === parts[0]) {
    event.preventDefault();
    button.focus();
  } else if (!event.shiftKey && target === parts.at(-1)) {
    // From there, the browser moves the focus on.
    button.focus();
    button.click();
  }
}
