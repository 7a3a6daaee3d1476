import assert from "node:assert/strict";
import { test } from "node:test";

import { arrange } from "../../explorer/ui/static/modules/element.js";

// An element whose children note that they were moved or removed.
function parentOf(...names) {
  const touched = [];
  const parent = {
    children: [],
    insertBefore(child, next) {
      touched.push(child.name);
      parent.children = parent.children.filter((each) => each !== child);
      const at = next ? parent.children.indexOf(next) : parent.children.length;
      parent.children.splice(at, 0, child);
    },
  };
  const child = (name) => ({
    name,
    remove() {
      touched.push(name);
      parent.children = parent.children.filter((each) => each.name !== name);
    },
  });
  parent.children = names.map(child);
  return { parent, child, touched, names: () => parent.children.map(({ name }) => name) };
}

test("children that stay are not touched", () => {
  const { parent, child, touched, names } = parentOf("a", "b", "c", "d");
  const [, b, , d] = parent.children;
  arrange(parent, [child("x"), b, child("y"), d]);
  assert.deepEqual(names(), ["x", "b", "y", "d"]);
  assert.deepEqual(touched.toSorted(), ["a", "c", "x", "y"]);
});

test("any order can be given", () => {
  const { parent, names } = parentOf("a", "b", "c");
  arrange(parent, parent.children.toReversed());
  assert.deepEqual(names(), ["c", "b", "a"]);
  arrange(parent, []);
  assert.deepEqual(names(), []);
});
