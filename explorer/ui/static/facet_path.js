// The path to the chosen group as links. It sends Python `follow` ({ query }, once) when a link is clicked for this window.

import { make } from "./modules/element.js";
import { followed } from "./modules/link_click.js";

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const items = data.crumbs.map(({ name, query, href }, at) =>
    make(
      "li",
      {},
      make(
        "a",
        {
          href, "aria-current": at === data.crumbs.length - 1 ? "page" : null,
          onclick: (event) => followed(event) && setTriggerValue("follow", { query }),
        },
        name,
      ),
    ),
  );
  parentElement.querySelector("ol").replaceChildren(...items);
}
