// The rating of a photo, as five stars to press.

import { make } from "./element.js";

const MAX_STARS = 5;

// onRate(stars): called with the rating that was chosen, 1 to 5; the present one once more removes it (0).
export function createRating(onRate) {
  const stars = Array.from({ length: MAX_STARS }, (_, at) => make("button", { type: "button", onclick: () => choose(at + 1) }));
  const root = make("div", { class: "stars", role: "group", "aria-label": "Rating", hidden: true }, ...stars);
  let now = 0;

  // rating: 0 (none) to 5; null while it is not known.
  function show(rating) {
    root.hidden = rating === null;
    now = rating ?? 0;
    stars.forEach((star, at) => {
      const number = `${at + 1} ${at ? "stars" : "star"}`;
      star.textContent = at < now ? "★" : "☆";
      star.setAttribute("aria-label", number);
      star.setAttribute("aria-pressed", String(at + 1 === now));
      star.title = at + 1 === now ? "Remove the rating" : `Rate ${number}`;
    });
  }

  // Shown at once, before the page has stored it.
  function choose(number) {
    show(number === now ? 0 : number);
    onRate(now);
  }

  return { root, show };
}
