import assert from "node:assert/strict";
import test from "node:test";
import { TreeLevels } from "../../explorer/ui/static/modules/tree_levels.js";

// r has a and b, a has a1, and `many` has more groups than one answer holds.
const BELOW = { r: ["a", "b", "many"], a: ["a1"], many: ["m1", "m2", "m3"] };
const node = (id, inside = []) => ({ id, name: id, folds: id in BELOW, inside });

function tree() {
  const asked = [];
  const levels = new TreeLevels(
    async (parameters) => {
      asked.push(parameters);
      if (parameters.matching) return { nodes: [node("r", [node("b")])], total: 1 };
      const ids = parameters.of ? (BELOW[parameters.of] ?? []) : ["r"];
      return { nodes: ids.slice(parameters.from, parameters.from + (parameters.of === "many" ? 2 : 9)).map((id) => node(id)), total: ids.length };
    },
    () => {},
  );
  return { levels, asked, ids: () => levels.rows().map((row) => row.id) };
}

async function opened() {
  const made = tree();
  await made.levels.refresh();
  await made.levels.expand("r");
  await made.levels.expand("a");
  assert.deepEqual(made.ids(), ["r", "a", "a1", "b", "many"]);
  return made;
}

test("a filter leaves the tree as it was opened", async () => {
  const { levels, ids } = await opened();
  await levels.match("b");
  assert.deepEqual(ids(), ["r", "b"]);
  levels.collapse("r");
  assert.deepEqual(ids(), ["r"]);
  await levels.expand("r");
  assert.deepEqual(ids(), ["r", "a", "b", "many"]);
  await levels.match("");
  assert.deepEqual(ids(), ["r", "a", "a1", "b", "many"]);
  levels.collapse("a");
  assert.deepEqual(ids(), ["r", "a", "b", "many"]);
});

test("what a text was found in is read again, too", async () => {
  const { levels, asked, ids } = await opened();
  await levels.match("b");
  levels.collapse("r");
  asked.length = 0;
  await levels.refresh();
  assert.equal(asked.filter((each) => each.matching === "b").length, 1);
  assert.deepEqual(ids(), ["r"]);
  await levels.match("");
  asked.length = 0;
  await levels.refresh();
  assert.ok(asked.every((each) => !("matching" in each)));
});

test("the first group of the rest of a level is told", async () => {
  const { levels, ids } = await opened();
  await levels.expand("many");
  assert.ok(ids().includes("more many"));
  assert.equal(await levels.more("many"), "m3");
  assert.ok(ids().includes("m3") && !ids().includes("more many"));
});
