// The places of the library: countries, regions and cities, each a link to a search. It sends Python `search` (a query,
// once) when a link is clicked for this window.

import { numberLabel } from "./modules/date_labels.js";
import { make } from "./modules/element.js";
import { matchingPlaces } from "./modules/place_filter.js";

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".places"), input = root.querySelector("input");
  const tree = root.querySelector(".tree"), none = root.querySelector(".none");
  const state = (root.state ??= { open: new Set() });
  state.send = setTriggerValue;
  state.places = data.places;

  function draw() {
    const typed = input.value.trim(), shown = matchingPlaces(state.places, typed);
    tree.replaceChildren(...shown.map((place) => item(place, "", typed !== "")));
    none.textContent = shown.length ? "" : typed ? "No place of that name has photos." : "The names of places appear once the photos are indexed.";
  }

  function item(place, above, unfolded) {
    const key = `${above}/${place.name}`, open = unfolded || state.open.has(key);
    const fold = make(
      "button",
      {
        type: "button", class: "fold", disabled: !place.inside.length, "aria-expanded": String(open), "aria-label": `Places in ${place.name}`,
        onclick: () => {
          state.open[state.open.has(key) ? "delete" : "add"](key);
          draw();
          tree.querySelector(`[data-key="${CSS.escape(key)}"] .fold`)?.focus();
        },
      },
      open ? "▾" : "▸",
    );
    const link = make(
      "a",
      {
        href: `/?q=${encodeURIComponent(place.query)}`, title: place.query,
        onclick: (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          state.send("search", place.query);
        },
      },
      make("img", { src: place.cover, alt: "", loading: "lazy" }),
      make("span", { class: "name" }, place.name),
      make("span", { class: "count" }, numberLabel(place.photos)),
    );
    const row = make("li", { "data-key": key }, make("div", { class: "row" }, fold, link));
    if (open && place.inside.length) row.append(make("ul", {}, ...place.inside.map((each) => item(each, key, unfolded))));
    return row;
  }

  input.oninput = draw;
  draw();
}
