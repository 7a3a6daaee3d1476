// The filters that narrow a result down, as groups of links. It sends Python `choices` ([{ added, dropped }], once) when a link is
// clicked for this window: the conditions to add to the query, which may have been edited in the meantime, and those to take off.

import { numberLabel, photosLabel } from "./modules/date_labels.js";
import { make } from "./modules/element.js";
import { followed } from "./modules/link_click.js";

// The number of entries of a group that are shown above “Show all”.
const FIRST = 8;

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const panel = parentElement.querySelector(".panel");
  const opened = (panel.opened ??= new Set());
  // A click that another one follows at once may never reach Python by itself, so each is sent with those before it since the panel
  // was drawn. Python applies them in order, and again without effect.
  const choices = [];

  function draw() {
    const active = panel.getRootNode().activeElement, focused = panel.contains(active) ? active.dataset.key : null;
    panel.replaceChildren(...data.groups.map(group));
    if (focused) panel.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  function choose({ added, dropped }) {
    choices.push({ added, dropped });
    setTriggerValue("choices", [...choices]);
  }

  function group({ name, entries, more }) {
    const shown = opened.has(name) ? entries : entries.slice(0, FIRST);
    const rest = entries.length + more - shown.length;
    const list = make("ul", {}, ...shown.map((entry, at) => item(entry, `${name} ${at} ${entry.name}`)));
    const section = make("div", { class: "group", role: "group", "aria-label": name }, make("h3", {}, name), list);
    if (!opened.has(name) && entries.length > FIRST) {
      const show = () => {
        opened.add(name);
        draw();
      };
      section.append(make("button", { type: "button", class: "all", "data-key": `all ${name}`, "aria-label": `Show ${rest} more: ${name}`, onclick: show }, `Show ${numberLabel(rest)} more`));
    } else if (more) section.append(make("p", { class: "all" }, `and ${numberLabel(more)} more: ${name === "Places" ? "see the Places page" : "narrow down further"}`));
    return section;
  }

  function item(entry, key) {
    const photos = photosLabel(entry.photos);
    return make(
      "li",
      { style: `--level: ${entry.level}` },
      make(
        "a",
        {
          href: entry.href, title: entry.widens ? `Widen to ${entry.name}` : entry.name, "data-key": key, class: entry.active ? "active" : null,
          "aria-label": entry.active ? `Search without ${entry.name}` : entry.widens ? `Widen to ${entry.name}` : `${entry.name}, ${photos}`,
          onclick: (event) => followed(event) && choose(entry),
        },
        make("span", { class: "name" }, entry.name),
        make("span", { class: "count" }, entry.active ? "✕" : entry.widens ? "↑" : numberLabel(entry.photos)),
      ),
    );
  }

  draw();
}
