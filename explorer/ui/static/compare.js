// The review of one group of duplicates: two of its files side by side, flickering, or their difference. The compared file,
// the zoom and the view are state of this component; every decision is an action that is sent to Python.

import { createActionOutbox } from "./modules/action_outbox.js";
import { measureTop } from "./modules/fill_window.js";
import { createComparisonStage } from "./modules/comparison_stage.js";
import { make } from "./modules/element.js";
import { loadPicture } from "./modules/picture_canvas.js";
import { leavesGroup, reviewCommand, waitsForDecision } from "./modules/review_keys.js";
import { createReviewParts } from "./modules/review_parts.js";
import { WHOLE } from "./modules/zoom.js";

// Milliseconds after which an action without a visible effect no longer blocks the next one, and during which a postponed
// key stays valid.
const ACTION_TIMEOUT = 1500;
const KEY_TIMEOUT = 3000;

const outbox = createActionOutbox();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".review");
  const announcement = parentElement.querySelector(".announcement");
  const state = (root.state ??= { mode: "side", other: 0, key: "", zoom: WHOLE, help: false, drawing: 0 });
  outbox.update(data.handled, setTriggerValue);
  root.setAttribute("aria-label", data.label);
  if (state.key !== data.key) {
    state.key = data.key;
    state.other = 0;
    state.zoom = WHOLE;
    announcement.textContent = `${data.label}. ${data.because}`;
  }
  // The page may have been drawn for another reason.
  state.busy = state.busy && outbox.isWaiting;
  const kept = data.items[0];
  const others = data.items.slice(1);
  state.other = Math.min(state.other, others.length - 1);
  data.ahead.forEach((address) => loadPicture(address));

  function act(action, more = {}) {
    if (state.busy && waitsForDecision(action)) return;
    if (leavesGroup(action)) {
      // The next key waits until the page shows where this one leads: it may be meant for the next group.
      state.busy = true;
      clearTimeout(state.timeout);
      state.timeout = setTimeout(() => (state.busy = false), ACTION_TIMEOUT);
    }
    outbox.add({ what: action, key: data.key, ...more });
  }

  function other() {
    return others[state.other];
  }

  function showMode(mode) {
    state.mode = mode;
    draw();
  }

  function compareFile(number) {
    state.other = Math.max(0, Math.min(others.length - 1, number));
    draw();
  }

  function draw() {
    const number = ++state.drawing;
    clearInterval(state.blinking);
    const focused = nameOf(root.getRootNode().activeElement);
    const shown = make("div", { class: `stage ${state.mode}` });
    const { head, members, tools, help, table, buttons, list } = parts;
    root.replaceChildren(head(), members(), tools(), ...(state.help ? [help()] : []), shown, table(), buttons(), list());
    measureTop(shown);
    // Restore the focus to the same button.
    if (focused) ([...root.querySelectorAll("button")].find((each) => nameOf(each) === focused && !each.disabled) ?? root).focus({ preventScroll: true });
    stage.show(shown, number);
  }

  // An identifier for a button that does not change with its label.
  function nameOf(element) {
    if (element?.tagName !== "BUTTON" || !root.contains(element)) return null;
    return element.dataset.what ?? element.getAttribute("aria-label") ?? element.textContent;
  }

  function toggleHelp() {
    state.help = !state.help;
    draw();
    if (state.help) root.querySelector(".keys").scrollIntoView({ block: "center" });
  }

  const stage = createComparisonStage({ root, state, kept, other, role: data.keeps ? "kept" : "first" });
  const parts = createReviewParts({ data, state, kept, others, other, act, draw, toggleHelp, zoom: stage.zoom, fit: stage.fit });

  const commands = {
    next: () => act("next"),
    previous: () => act("previous"),
    below: () => compareFile(state.other + 1),
    above: () => compareFile(state.other - 1),
    accept() {
      // Marks that Python does not know yet may change whether there is anything to accept.
      if (outbox.isWaiting || (!data.accepted && others.some((each) => each.goes))) act("accept");
      else if (data.accepted) act("next");
    },
    mark: () => other() && !other().stays && act("mark", { file: other().file }),
    markall: () => act("markall"),
    keepCompared: () => other() && !other().link && act("keep", { file: other().file }),
    keepFirst: () => !data.suggested && !kept.link && act("keep", { file: kept.file }),
    apart: () => data.tier !== "identical" && act("apart"),
    all: () => act("all"),
    later: () => act("later"),
    undecide: () => act("undecide"),
    side: () => showMode("side"),
    flicker: () => showMode("flicker"),
    difference: () => showMode("difference"),
    zoomIn: () => stage.zoom(1.5),
    zoomOut: () => stage.zoom(1 / 1.5),
    fit: stage.fit,
    full: stage.full,
    help: toggleHelp,
  };

  function onKey(event) {
    const at = event.composedPath()[0];
    if (event.defaultPrevented || !root.isConnected) return;
    if (at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName))) return;
    if (document.querySelector('[role="dialog"], [data-testid="stPopoverBody"]')) return;
    const command = reviewCommand(event, state.help, (selector) => at instanceof HTMLElement && at.closest(selector) !== null);
    if (!command) return;
    event.preventDefault();
    // A key that is pressed before the page shows the effect of the previous decision is handled later.
    if (state.busy && waitsForDecision(command)) state.waiting = { command, group: data.key, at: Date.now() };
    else obey(command);
  }

  function obey(command) {
    commands[command]();
    // Focus the group, so that the next Enter does not press a button elsewhere.
    if (command !== "accept" && root.isConnected && !root.contains(root.getRootNode().activeElement)) root.focus({ preventScroll: true });
  }

  draw();
  document.removeEventListener("keydown", root.onKey);
  root.onKey = onKey;
  document.addEventListener("keydown", onKey);
  const { waiting } = state;
  state.waiting = null;
  const elsewhere = waiting?.command === "next" || waiting?.command === "previous";
  if (waiting && Date.now() - waiting.at < KEY_TIMEOUT && (waiting.group === data.key || elsewhere)) obey(waiting.command);
  return () => {
    document.removeEventListener("keydown", onKey);
    // The timer may belong to a later run, which has the same elements.
    setTimeout(() => root.isConnected || clearInterval(state.blinking));
  };
}
