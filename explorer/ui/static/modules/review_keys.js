// The keys of the review of duplicates.

// The keys as they are shown, with what they do.
export const REVIEW_KEYS = [
  ["← →", "previous or next group"], ["↑ ↓", "which file is compared"], ["Enter", "accept: remove the marked files"], ["x", "mark or unmark for removal"],
  ["m", "mark all others, or none"], ["p", "keep this file instead"], ["k", "keep the first file, if none is suggested"], ["n", "not duplicates"], ["a", "keep all"],
  ["l", "later"], ["u", "undo the last decision or acceptance"], ["s f d", "side by side, flicker, difference"], ["+ − 0", "zoom in, zoom out, whole photo"],
  ["1", "actual pixels"], ["?", "show or hide these keys"],
];

const COMMANDS = {
  ArrowRight: "next", ArrowLeft: "previous", ArrowDown: "below", ArrowUp: "above", Enter: "accept", x: "mark", m: "markall", p: "keepCompared",
  k: "keepFirst", n: "apart", a: "all", l: "later", u: "undecide", s: "side", f: "flicker", d: "difference", "+": "zoomIn", "=": "zoomIn",
  "-": "zoomOut", 0: "fit", 1: "full", "?": "help",
};
// Commands and actions after which another group may be shown.
const LEAVING = new Set(["next", "previous", "go", "accept", "apart", "all", "later", "undecide"]);
// Commands and actions that concern the group that is shown, or lead away from it. After one that leaves it, they wait until the page shows the
// next group. Undo does not wait: it undoes what was done last, whatever is shown.
const WAITING = new Set(["next", "previous", "go", "accept", "back", "mark", "markall", "keep", "keepCompared", "keepFirst", "apart", "all", "later"]);
// Elements that Enter presses, and elements that arrow keys move, if they have the focus.
const PRESSED = "button, a, summary";
const MOVED = '[role="radiogroup"], [role="tablist"], [role="slider"]';

// The command of a key press, or null. pressed: { key, ctrlKey, metaKey, altKey }. helpShown: whether the keys are listed. within(selector):
// whether the focus is in such an element.
export function reviewCommand(pressed, helpShown, within) {
  const { key } = pressed;
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null;
  if (key === "Enter" && within(PRESSED)) return null;
  if (key.startsWith("Arrow") && within(MOVED)) return null;
  if (key === "Escape") return helpShown ? "help" : null;
  return COMMANDS[key] ?? null;
}

export function waitsForDecision(command) {
  return WAITING.has(command);
}

export function leavesGroup(action) {
  return LEAVING.has(action);
}
