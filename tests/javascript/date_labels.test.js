import assert from "node:assert/strict";
import { test } from "node:test";

import { dayLabel, numberLabel } from "../../explorer/ui/static/modules/date_labels.js";

test("numbers are rounded to so many decimals", () => {
  assert.equal(numberLabel(0.5, 1), (0.5).toLocaleString(undefined, { minimumFractionDigits: 1 }));
  assert.equal(numberLabel(2.26, 1), (2.3).toLocaleString());
  assert.equal(numberLabel(12345), (12345).toLocaleString());
});

// In a browser of another language, its default of calendar and digits. The module keeps what it formats with, so the check gets a copy of its own.
async function inLanguage(language, check) {
  const { DateTimeFormat: Format } = Intl;
  const { toLocaleString: write } = Number.prototype;
  Intl.DateTimeFormat = class extends Format {
    constructor(_, options) {
      super(language, options);
    }
  };
  Number.prototype.toLocaleString = function (_, options) {
    return write.call(this, language, options);
  };
  try {
    check(await import(`../../explorer/ui/static/modules/date_labels.js?${language}`));
  } finally {
    Intl.DateTimeFormat = Format;
    Number.prototype.toLocaleString = write;
  }
}

test("years are Gregorian and digits Latin in every language, as the server writes them", async () => {
  // Kept from now on, in this language.
  assert.match(dayLabel(20160504), /2016/);
  await inLanguage("th-u-nu-thai", ({ dayLabel, yearLabel, numberLabel, shortNumberLabel }) => {
    assert.match(dayLabel(20160504), /^4 \S+ 2016$/);
    assert.equal(yearLabel(20160504), "2016");
    assert.equal(numberLabel(12345), "12,345");
    assert.match(shortNumberLabel(1200), /^1\.2/);
  });
});
