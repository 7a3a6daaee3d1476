import assert from "node:assert/strict";
import { test } from "node:test";

import { createActionRow } from "../../explorer/ui/static/modules/viewer_action_row.js";
import { createRegionSearch } from "../../explorer/ui/static/modules/viewer_regions.js";

// As much of an element as the row needs.
function element(tagName) {
  const made = {
    tagName, children: [], attributes: {}, parent: null,
    setAttribute: (name, value) => { made.attributes[name] = value; },
    append: (...children) => made.children.push(...children),
    replaceChildren: (...children) => { made.children = children; },
    insertBefore(child, next) {
      child.remove();
      made.children.splice(next ? made.children.indexOf(next) : made.children.length, 0, child);
      child.parent = made;
    },
    remove() {
      if (made.parent) made.parent.children = made.parent.children.filter((each) => each !== made);
      made.parent = null;
    },
  };
  return made;
}

function actionRow(t) {
  const before = globalThis.document;
  globalThis.document = { createElement: element };
  t.after(() => { globalThis.document = before; });
  const row = element("div"), pressed = [];
  const show = createActionRow({ row, run: (...what) => pressed.push(what), icon: (name) => name });
  return { row, pressed, show };
}

const act = (label, more = {}) => ({ command: "act", icon: "star", label, help: "", ...more });
const file = (photo) => ({ href: `/photo/${photo}/original`, icon: "open_in_new", label: "Open the file", help: "" });

test("the elements of actions that stay are kept", (t) => {
  const { row, pressed, show } = actionRow(t);
  const heat = { command: "heat", icon: "blur_on", label: "Show what matched", help: "" };
  show([act("Favorite"), act("Dismiss"), heat, file(1)]);
  const [favorite, dismiss, matched, link] = row.children;
  const changed = act("Favorite", { after: "next", pressed: true });
  show([changed, act("Remove…"), { ...heat, label: "Hide what matched" }, file(2)]);
  assert.deepEqual(row.children.map((each) => each.tagName), ["button", "button", "button", "a"]);
  assert.deepEqual([row.children[0], row.children[2], row.children[3]], [favorite, matched, link]);
  assert.notEqual(row.children[1], dismiss);
  assert.equal(link.attributes.href, "/photo/2/original");
  assert.deepEqual(matched.children[1].children, ["Hide what matched"]);
  assert.equal(favorite.attributes["aria-pressed"], "true");
  favorite.onclick();
  assert.deepEqual(pressed, [["act", changed]]);
});

test("stepping without drawing boxes leaves the focus", () => {
  const stopped = [];
  const regions = createRegionSearch({ frame: {}, onStopped: () => stopped.push(true) });
  regions.stop();
  assert.deepEqual(stopped, []);
});
