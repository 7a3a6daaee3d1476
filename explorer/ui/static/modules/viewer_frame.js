// The frame around the photo: the bar above, the buttons at its sides, the actions below, and the list of keys.

import { make } from "./element.js";
import { createActionRow } from "./viewer_action_row.js";
import { VIEWER_KEYS } from "./viewer_keys.js";

// Milliseconds without user activity after which the controls are hidden during a slideshow.
const QUIET_AFTER = 2500;

// Command, icon, and name with its key.
const TOOLS = [
  ["zoomOut", "zoom_out", "Zoom out (−)"], ["zoomIn", "zoom_in", "Zoom in (+)"], ["fit", "fit_screen", "Whole photo (0)"],
  ["actual", "1x_mobiledata", "Actual pixels (1)"], ["rotate", "rotate_right", "Turn the view (r)"], ["slideshow", "slideshow", "Slideshow (s)"],
  ["fullScreen", "fullscreen", "Full screen (f)"], ["info", "info", "Information (i)"], ["help", "keyboard", "Keys (?)"],
];

// An icon from the font that Streamlit loads.
function icon(name) {
  return make("span", { class: "icon", "aria-hidden": "true" }, name);
}

function iconButton(command, name, label, run, className = "") {
  return make("button", { type: "button", class: `tool ${className} ${command}`, title: label, "aria-label": label.replace(/ \(.*\)$/, ""), onclick: () => run(command) }, icon(name));
}

// run(command): called by each button. stage, panel, strip: elements. Returns the layer and the functions that update it.
export function createViewerFrame({ run, stage, panel, strip, notice }) {
  const name = make("span", { class: "name" });
  const position = make("span", { class: "position" });
  const percent = make("span", { class: "percent" });
  const tools = Object.fromEntries(TOOLS.map(([command, symbol, label]) => [command, iconButton(command, symbol, label, run)]));
  const previous = iconButton("previous", "chevron_left", "Previous photo (←)", run, "side");
  const next = iconButton("next", "chevron_right", "Next photo (→)", run, "side");
  const actions = make("div", { class: "actions", role: "group", "aria-label": "Actions" });
  const announcement = make("div", { class: "announcement", role: "status", "aria-live": "polite" });
  const picker = make("div", { class: "picker", hidden: true });
  const help = make("section", { class: "keys", "aria-label": "Keys", hidden: true },
    make("h2", {}, "Keys"), make("dl", {}, ...VIEWER_KEYS.flatMap(([key, what]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)])),
    make("button", { type: "button", class: "text", onclick: () => run("help") }, "Close"));
  const bar = make("div", { class: "bar" }, iconButton("close", "arrow_back", "Back to the photos (Esc)", run),
    make("div", { class: "title" }, name, position), make("div", { class: "tools", role: "toolbar", "aria-label": "View" }, percent, ...Object.values(tools)));
  const layer = make("div", { class: "layer", role: "dialog", "aria-modal": "true", "aria-label": "Photo viewer", tabindex: "-1" },
    bar, make("div", { class: "middle" }, make("div", { class: "center" }, stage, previous, next, notice, picker, help), panel), actions, strip, announcement);

  function press(button, on) {
    button.setAttribute("aria-pressed", String(on));
  }

  function update(state) {
    name.textContent = state.name;
    name.title = state.name;
    position.textContent = state.position;
    percent.textContent = state.percent === null ? "" : `${state.percent}%`;
    previous.disabled = !state.hasPrevious;
    next.disabled = !state.hasNext;
    tools.zoomOut.disabled = !state.canShrink;
    tools.fit.disabled = state.fitted;
    press(tools.info, state.info && !state.slideshow);
    press(tools.slideshow, state.slideshow);
    press(tools.fullScreen, Boolean(document.fullscreenElement));
    press(tools.help, !help.hidden);
    layer.classList.toggle("with-panel", state.info);
    panel.hidden = !state.info;
    layer.classList.toggle("playing", state.slideshow);
  }

  let quiet = 0;

  // Show the controls. playing(): whether a slideshow is running, in which they are hidden again without user activity.
  function wake(playing) {
    clearTimeout(quiet);
    layer.classList.remove("quiet");
    quiet = setTimeout(() => layer.classList.toggle("quiet", playing()), QUIET_AFTER);
  }

  return {
    wake,
    stop: () => clearTimeout(quiet),
    layer, picker, announcement, update,
    setActions: createActionRow({ row: actions, run, icon }),
    say(text) { announcement.textContent = text; },
    toggleHelp() { help.hidden = !help.hidden; },
    get helpShown() { return !help.hidden; },
  };
}
