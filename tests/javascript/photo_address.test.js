import assert from "node:assert/strict";
import { test } from "node:test";

import { addressWithPhoto, photoInAddress, sameButPhoto } from "../../explorer/ui/static/modules/photo_address.js";

const PAGE = "http://localhost:8501/anomalies?kind=blurred&folder=%2FMy%20photos";

test("the photo of an address is read and written", () => {
  const address = addressWithPhoto(PAGE, 12);
  assert.equal(photoInAddress(new URL(address).search), 12);
  assert.equal(new URL(address).searchParams.get("folder"), "/My photos");
  assert.equal(new URL(addressWithPhoto(address, 13)).searchParams.getAll("photo").length, 1);
});

test("what is no id is no photo", () => {
  for (const search of ["", "?photo=", "?photo=abc", "?photo=-1", "?photo=1e3", `?photo=${"9".repeat(40)}`]) assert.equal(photoInAddress(search), null);
});

test("addresses that differ in the photo alone are those of one page", () => {
  assert.ok(sameButPhoto(addressWithPhoto(PAGE, 1), PAGE));
  assert.ok(!sameButPhoto(addressWithPhoto(PAGE, 1), PAGE.replace("blurred", "dark")));
});
