// The keys of the viewer.

// The keys as they are shown, with what they do.
export const VIEWER_KEYS = [
  ["← →", "previous or next photo"], ["Home End", "first or last photo"], ["+ −", "zoom in or out"], ["0", "whole photo"], ["1", "actual pixels"],
  ["Shift + ← → ↑ ↓", "move the enlarged photo"], ["r", "turn the view"],
  ["l", "mark or unmark as favorite"], ["Ctrl + Z", "undo the last edit"], ["i", "show or hide the information"], ["f", "full screen"],
  ["s or Space", "start or stop the slideshow"], ["h", "show or hide what matched"], ["m", "more like this"], ["b", "search part of this photo"],
  ["?", "show or hide these keys"], ["Esc", "back to the photos"],
];

const COMMANDS = {
  ArrowLeft: "previous", ArrowRight: "next", PageUp: "previous", PageDown: "next", Home: "first", End: "last", "+": "zoomIn", "=": "zoomIn",
  "-": "zoomOut", "−": "zoomOut", 0: "fit", 1: "actual", r: "rotate", f: "fullScreen", i: "info", s: "slideshow", " ": "slideshow",
  h: "heat", l: "favourite", m: "similar", b: "region", "?": "help", Escape: "close",
};
const MOVES = { ArrowLeft: "panRight", ArrowRight: "panLeft", ArrowUp: "panDown", ArrowDown: "panUp" };

// The command of a key press, or null. pressed: { key, shiftKey, ctrlKey, metaKey, altKey }. control: whether a button or link has
// the focus, which Space and Enter press. typing: whether a text field has it.
export function viewerCommand(pressed, { control, typing }) {
  const { key } = pressed;
  const held = pressed.ctrlKey || pressed.metaKey;
  if (held && !typing && !pressed.altKey && !pressed.shiftKey && key.toLowerCase() === "z") return "undo";
  if (held || pressed.altKey) return null;
  if (typing) return key === "Escape" ? "close" : null;
  if (control && key === " ") return null;
  if (pressed.shiftKey && MOVES[key]) return MOVES[key];
  return COMMANDS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

export function isTextField(element) {
  if (!element?.tagName) return false;
  const kind = element.tagName === "INPUT" && !/^(button|checkbox|radio|range|submit)$/.test(element.type);
  return Boolean(element.isContentEditable || kind || /^(TEXTAREA|SELECT)$/.test(element.tagName));
}

// A handler of key presses. run(command): called for those that are commands. inactive(): whether all keys are left to others.
export function viewerKeyHandler(run, inactive) {
  return (event) => {
    const target = event.composedPath()[0];
    if (inactive()) return;
    const control = /^(BUTTON|A)$/.test(target?.tagName ?? "");
    const command = viewerCommand(event, { control, typing: isTextField(target) });
    if (!command) return;
    event.preventDefault();
    // The gallery and Streamlit must not handle the same key.
    event.stopPropagation();
    run(command);
  };
}
