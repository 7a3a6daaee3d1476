// A strip of cards. It sends Python the value of the chosen card, once.

import { dayLabel } from "./modules/date_labels.js";
import { make } from "./modules/element.js";

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const strip = parentElement.querySelector(".cards");
  parentElement.querySelector("h2").textContent = data.heading;
  parentElement.querySelector("section").setAttribute("aria-label", data.heading);
  strip.choose = (value) => setTriggerValue("chosen", value);
  const drawn = JSON.stringify(data.cards);
  if (strip.drawn === drawn) return;
  strip.drawn = drawn;
  strip.replaceChildren(
    ...data.cards.map(({ value, title, day, note, src }) =>
      make(
        "button",
        { type: "button", class: src ? "card" : "card plain", onclick: () => strip.choose(value) },
        ...(src ? [make("img", { src, alt: "", loading: "lazy", decoding: "async" })] : []),
        make("span", { class: "title" }, title),
        make("span", { class: "note" }, [day ? dayLabel(day) : "", note].filter(Boolean).join(" · ")),
      ),
    ),
  );
}
