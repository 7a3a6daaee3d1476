// A tree of groups of photos, read level by level from `tree_route.py`: folders, dates, or cameras. It sends Python
// `query` (the search of a group, once) when a group is clicked for this window.

import { numberLabel, photosLabel } from "./modules/date_labels.js";
import { make } from "./modules/element.js";
import { followed } from "./modules/link_click.js";
import { treeKey, typedRow } from "./modules/tree_keys.js";
import { TreeLevels } from "./modules/tree_levels.js";

// Milliseconds of a pause in typing after which a filter is looked up, and after which a typed name starts over.
const FILTER_PAUSE = 150, NAME_PAUSE = 700;
const number = (value) => numberLabel(value);

class GroupTree {
  constructor(root) {
    this.input = root.querySelector("input");
    this.list = root.querySelector(".tree");
    this.note = root.querySelector(".note");
    this.label = root.querySelector(".sr");
    this.elements = new Map();
    this.focused = null;
    this.typed = "";
    this.typedAt = 0;
    this.levels = new TreeLevels((parameters) => this.#read(parameters), () => this.draw());
    this.list.onkeydown = (event) => this.#key(event);
    // There is no property `onfocusin`.
    this.list.addEventListener("focusin", (event) => { this.focused = event.target.dataset.id ?? this.focused; });
    this.input.oninput = () => {
      clearTimeout(this.filtering);
      this.filtering = setTimeout(() => this.levels.match(this.input.value.trim()), FILTER_PAUSE);
    };
    this.input.onkeydown = (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      this.#focus(this.rows[0]?.id);
    };
  }

  update(data, send) {
    const chosen = data.trail.at(-1) ?? null, before = this.data;
    this.data = data;
    this.send = send;
    this.label.textContent = this.input.placeholder = data.filter;
    this.list.setAttribute("aria-label", data.label);
    if (chosen !== null && chosen !== this.chosen && chosen !== this.sent) {
      // The group was chosen elsewhere, so bring it into view.
      for (const id of data.trail.slice(0, -1)) this.levels.open.add(id);
      this.focused = chosen;
      this.reveal = true;
    }
    this.chosen = chosen;
    if (before?.version !== data.version || this.reveal) this.levels.refresh().then(() => this.#show());
    else this.draw();
  }

  async #read(parameters) {
    const answer = await fetch(`${this.data.url}?${new URLSearchParams(parameters)}`);
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  #show() {
    // Expand a single watched folder, which alone is not informative.
    if (!this.shown && this.rows.length === 1 && this.rows[0].folds) this.levels.expand(this.rows[0].id);
    this.shown = true;
    if (this.reveal) this.elements.get(this.chosen)?.scrollIntoView({ block: "nearest" });
    this.reveal = false;
  }

  draw() {
    const inside = this.list.contains(this.list.getRootNode().activeElement);
    this.rows = this.levels.rows();
    if (!this.rows.some((row) => row.id === this.focused)) this.focused = this.rows.some((row) => row.id === this.chosen) ? this.chosen : (this.rows[0]?.id ?? null);
    const elements = this.rows.map((row) => this.#element(row));
    this.elements = new Map(this.rows.map((row, at) => [row.id, elements[at]]));
    const old = this.list.children;
    if (old.length !== elements.length || elements.some((element, at) => old[at] !== element)) {
      const top = this.list.scrollTop;
      this.list.replaceChildren(...elements);
      this.list.scrollTop = top;
    }
    if (inside) this.elements.get(this.focused)?.focus({ preventScroll: true });
    this.#tell();
  }

  #tell() {
    const found = this.levels.found;
    let text = this.levels.failed ? "This could not be loaded. Reload the page." : "";
    if (!text && found) {
      if (!found.total) text = this.data.none;
      else if (found.total > this.rows.length) text = `The largest of ${number(found.total)} found.`;
    }
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  #element(row) {
    const element = this.elements.get(row.id) ?? this.#made(row);
    const set = (name, value) => (value === null ? element.removeAttribute(name) : element.setAttribute(name, value));
    element.style.setProperty("--level", row.level);
    set("aria-level", row.level);
    set("aria-posinset", row.at);
    set("aria-setsize", row.size);
    set("aria-expanded", row.folds ? String(row.open) : null);
    set("tabindex", row.id === this.focused ? "0" : "-1");
    if (row.more) {
      set("aria-label", `${number(row.more)} more`);
      element.querySelector(".name").textContent = `${number(row.more)} more…`;
      return element;
    }
    const { node } = row;
    set("href", `?${new URLSearchParams({ q: node.query, ...this.data.options })}`);
    set("aria-selected", String(node.id === this.chosen));
    set("aria-label", description(node));
    set("title", node.path && node.own !== node.photos ? `${node.path}\n${number(node.own)} in the folder itself` : node.path || null);
    element.querySelector(".fold").textContent = row.open ? "▾" : "▸";
    element.querySelector(".name").textContent = node.name;
    element.querySelector(".count").textContent = number(node.photos);
    element.querySelector(".away").hidden = !node.away;
    const picture = element.querySelector("img");
    if (node.cover && picture.getAttribute("src") !== node.cover) picture.src = node.cover;
    return element;
  }

  #made(row) {
    if (row.more) {
      const attributes = { role: "treeitem", href: "#", "data-id": row.id, onclick: (event) => followed(event) && this.#more(row) };
      return make("a", attributes, make("span", { class: "fold" }), make("span", { class: "name" }));
    }
    const toggle = (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.#toggle(row.id);
    };
    return make(
      "a",
      { role: "treeitem", "data-id": row.id, onclick: (event) => followed(event) && this.#follow(row) },
      make("span", { class: "fold", "aria-hidden": "true", onclick: toggle }),
      make("img", { alt: "", loading: "lazy" }),
      make("span", { class: "name" }), " ",
      make("span", { class: "away", hidden: true }, "not connected"), " ",
      make("span", { class: "count" }),
    );
  }

  #follow(row) {
    this.focused = this.sent = row.id;
    this.send("query", row.node.query);
  }

  #toggle(id) {
    const row = this.rows.find((each) => each.id === id);
    if (!row?.folds) return;
    this.focused = id;
    if (row.open) this.levels.collapse(id);
    else this.levels.expand(id);
  }

  // The first of the groups that were read replaces the row that requested them.
  async #more(row) {
    const first = await this.levels.more(row.of);
    if (first !== undefined && this.focused === row.id) this.focused = first;
    this.draw();
  }

  #focus(id) {
    if (id === undefined) return;
    this.focused = id;
    this.draw();
    this.elements.get(id)?.focus();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.rows.findIndex((row) => row.id === event.target.dataset.id);
    if (at < 0) return;
    if (event.key === " ") event.target.click();
    else if (event.key.length === 1) this.#type(event.key, at);
    else {
      const done = treeKey(this.rows, at, event.key);
      if (!done) return;
      if (done.go !== undefined) this.#focus(this.rows[done.go].id);
      else this.#toggle(this.rows[at].id);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #type(key, at) {
    const now = performance.now();
    this.typed = now - this.typedAt > NAME_PAUSE ? key : this.typed + key;
    this.typedAt = now;
    const found = typedRow(this.rows, at, this.typed);
    if (found >= 0) this.#focus(this.rows[found].id);
  }
}

function description(node) {
  // The parts are in the order in which they are shown, so that voice control can use the visible text.
  const parts = [node.name, ...(node.away ? ["not connected"] : []), photosLabel(node.photos)];
  if (node.own !== null && node.own !== node.photos) parts.push(`${number(node.own)} in the folder itself`);
  return parts.join(", ");
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".facets");
  root.groups ??= new GroupTree(root);
  root.groups.update(data, setTriggerValue);
}
