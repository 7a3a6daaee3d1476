// The regions of the map as names on it and as a list of links, so that the map can be used without seeing it.

import { numberLabel } from "./date_labels.js";
import { arrange, make } from "./element.js";
import { placeNames, regionInWords } from "./map_regions.js";

const NAMED_BY_FACTS = "The search model in use does not understand words, so regions are named by the folders, dates, places and keywords that their"
  + " photos share.";

// The address of the photos of a region.
export const regionAddress = (region) => `?region=${region.key}&only=1`;

// layer: holds the names. list: the element with `ol` and `.about`. go(region): shows a region. choose(region): lists its photos.
// leave(): returns the focus to the map.
export function createRegionList({ layer, list, go, choose, leave }) {
  const items = list.querySelector("ol"), about = list.querySelector(".about"), names = new Map(), entries = new Map();

  function nameOf(region) {
    if (!names.has(region.key)) {
      const button = make("button", { type: "button", title: regionInWords(region), "aria-label": regionInWords(region), onclick: () => go(region) }, region.name);
      button.classList.toggle("coarse", region.level === 0);
      names.set(region.key, button);
    }
    return names.get(region.key);
  }

  function entryOf(region) {
    if (!entries.has(region.key)) {
      const photos = numberLabel(region.photos);
      const source = region.hash ? `/photo/${region.cover}/preview?v=${region.hash.slice(0, 16)}` : null;
      const note = [photos === "1" ? "1 photo" : `${photos} photos`, ...region.facts].join(" · ");
      const link = make("a", { href: regionAddress(region), onclick: (event) => follow(event, region) },
        ...(source ? [make("img", { src: source, alt: "", loading: "lazy" })] : []),
        make("span", {}, region.name, make("small", {}, note)));
      entries.set(region.key, make("li", {}, link));
    }
    return entries.get(region.key);
  }

  function follow(event, region) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    choose(region);
  }

  layer.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    leave();
  };

  return {
    // The regions or their names have changed.
    renew(words) {
      names.clear();
      entries.clear();
      about.textContent = words ? "" : NAMED_BY_FACTS;
    },
    // regions: those in view. size: that of the window. taken: boxes that names must not cover.
    show(regions, projected, size, taken) {
      const before = [...layer.children];
      const sizeOf = (region) => [Math.min(240, region.name.length * (region.level ? 7.5 : 8.7) + 22), region.level ? 24 : 27];
      const placed = placeNames(regions, projected, size, sizeOf, taken);
      // A focused name stays where it is.
      const focused = before.find((button) => button.getRootNode().activeElement === button);
      const wanted = placed.map(({ region, left, top }) => {
        const button = nameOf(region);
        button.style.transform = `translate(${left}px, ${top}px)`;
        return button;
      });
      if (focused && !wanted.includes(focused)) leave();
      arrange(layer, wanted);
    },
    // regions: those in the list. current: the key of the region whose photos are listed.
    fill(regions, current) {
      const focused = items.getRootNode().activeElement;
      if (items.contains(focused)) return;
      arrange(items, regions.map(entryOf));
      for (const region of regions) {
        const link = entryOf(region).firstElementChild;
        if (region.key === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
  };
}
