// A list by months or years, with a button and a photo for each.

import { monthLabel, photosLabel, yearLabel } from "./date_labels.js";
import { make } from "./element.js";
import { groupsOf } from "./list_sections.js";

// The most covers that are requested at once.
const AT_ONCE = 60;
// Pixels at the top of the window that the page's header covers.
const HEADER = 60;

// element: the one in `gallery.html`. chosen(group): called when the user chooses a month or year.
export function createOverview(element, chosen) {
  let shown = "";
  let groups = [];

  function card(group, unit) {
    const label = unit === "years" ? yearLabel(group.day) : monthLabel(group.day);
    const image = make("img", { alt: "", decoding: "async", loading: "lazy" });
    image.onload = () => image.classList.add("here");
    const button = make(
      "button",
      { type: "button", class: "card", "data-day": group.day, onclick: () => chosen(group) },
      image,
      make("span", { class: "title" }, label),
      make("span", { class: "count" }, photosLabel(group.count)),
    );
    group.image = image;
    return button;
  }

  async function cover(source, some) {
    try {
      const photos = await source.at(some.map((group) => group.cover));
      photos.forEach((photo, at) => photo && (some[at].image.src = photo.src));
    } catch {
      // The cards can be used without their photos.
    }
  }

  element.onkeydown = (event) => {
    const cards = [...element.querySelectorAll(".card")];
    const at = cards.indexOf(event.target.closest(".card"));
    if (at < 0) return;
    const columns = cards.filter((each) => each.offsetTop === cards[0].offsetTop).length;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: cards.length - 1 - at };
    const step = steps[event.key];
    if (step === undefined) return;
    cards[Math.min(Math.max(at + step, 0), cards.length - 1)].focus();
    event.preventDefault();
    event.stopPropagation();
  };

  return {
    // Show the months or years of a list.
    show(source, unit) {
      const key = `${source.key} ${unit} ${source.whole}`;
      element.hidden = false;
      element.className = `overview ${unit}`;
      if (key === shown) return;
      shown = key;
      groups = groupsOf(source.sections, unit);
      element.replaceChildren(...groups.map((group) => card(group, unit)));
      for (let at = 0; at < groups.length; at += AT_ONCE) cover(source, groups.slice(at, at + AT_ONCE));
    },
    hide() {
      element.hidden = true;
    },
    // Scroll to the group with the photo at a position in the list. focus: whether to focus it.
    reveal(position, focus) {
      const group = groups.findLast((each) => each.start <= position) ?? groups[0];
      const button = element.querySelector(`[data-day="${group?.day}"]`);
      // A group that is in view stays where it is.
      const box = button?.getBoundingClientRect();
      if (box && (box.top < HEADER || box.bottom > window.innerHeight)) button.scrollIntoView({ block: "center" });
      if (focus) button?.focus({ preventScroll: true });
    },
  };
}
