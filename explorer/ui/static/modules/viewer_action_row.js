// The row of buttons and links below the photo.

import { arrange, make } from "./element.js";

// row: the element. run(command, action): called when a button is pressed. icon(name): makes an icon. Returns a function that shows a list
// of actions, { command | href, icon, label, help, pressed, rare }; rare ones may show their icon alone, links open in a new tab or are saved. Elements of actions that stay are
// kept, because one of them may have the focus.
export function createActionRow({ row, run, icon }) {
  let shown = new Map();

  function update(element, action) {
    const { href, save, help, label, pressed, rare } = action;
    const attributes = href
      ? { href, ...(save ? { download: "" } : { target: "_blank", rel: "noopener" }) }
      : { type: "button", ...(pressed === undefined ? {} : { "aria-pressed": String(pressed) }) };
    element.setAttribute("class", rare ? "action rare" : "action");
    element.setAttribute("title", rare ? [label, help].filter(Boolean).join(": ") : (help ?? ""));
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (!href) element.onclick = () => run(action.command, action);
    element.replaceChildren(icon(action.icon), make("span", {}, label));
    return element;
  }

  return (list) => {
    shown = new Map(list.map((action) => {
      const key = keyOf(action);
      return [key, update(shown.get(key) ?? make(action.href ? "a" : "button", { class: "action" }), action)];
    }));
    arrange(row, [...shown.values()]);
  };
}

// What an action is recognized by: labels of commands may change, but several actions of the page have the same command.
function keyOf({ command, href, label }) {
  return href || command === "act" ? label : command;
}
