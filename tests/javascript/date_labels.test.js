import assert from "node:assert/strict";
import { test } from "node:test";

import { numberLabel } from "../../explorer/ui/static/modules/date_labels.js";

test("numbers are rounded to so many decimals", () => {
  assert.equal(numberLabel(0.5, 1), (0.5).toLocaleString(undefined, { minimumFractionDigits: 1 }));
  assert.equal(numberLabel(2.26, 1), (2.3).toLocaleString());
  assert.equal(numberLabel(12345), (12345).toLocaleString());
});
