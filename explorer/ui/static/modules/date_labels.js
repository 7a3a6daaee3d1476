// Dates and numbers in the browser's language, as `localized.py` writes them. A day is a number YYYYMMDD, with zeros for unknown parts; 0 is no date.

// The calendar and the digits of `localized.py`, whatever the language's defaults are.
const LATIN = { numberingSystem: "latn" };
const GREGORIAN = { calendar: "gregory", ...LATIN };
const formats = new Map();

function format(date, options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(undefined, { ...GREGORIAN, ...options }));
  return formats.get(key).format(date);
}

export const yearOf = (day) => Math.floor(day / 10000);
export const monthOf = (day) => Math.floor(day / 100);

function dateOf(day) {
  const date = new Date(2000, Math.max(0, (monthOf(day) % 100) - 1), day % 100 || 1);
  // The constructor of Date takes years below 100 for years of the twentieth century.
  date.setFullYear(yearOf(day));
  return date;
}

export function yearLabel(day) {
  return day ? String(yearOf(day)) : "No date";
}

// `July 2020`; the year alone if the month is not known.
export function monthLabel(day) {
  return monthOf(day) % 100 ? format(dateOf(day), { month: "long", year: "numeric" }) : yearLabel(day);
}

// `Tuesday, July 14`, as a heading below one with month and year.
export function dayHeading(day) {
  if (!day) return "No date";
  if (!(monthOf(day) % 100)) return "Month not known";
  if (!(day % 100)) return "Day not known";
  return format(dateOf(day), { weekday: "short", day: "numeric", month: "short" });
}

// A complete date, such as `July 14, 2020`.
export function dayLabel(day) {
  return day % 100 ? format(dateOf(day), { day: "numeric", month: "long", year: "numeric" }) : monthLabel(day);
}

// The day in the form of a date field, `2020-07-14`.
export function isoDay(day) {
  const digits = String(day).padStart(8, "0");
  return `${digits.slice(0, 4)}-${digits.slice(4, 6).replace("00", "01")}-${digits.slice(6).replace("00", "01")}`;
}

// The name of a photo for screen readers and its tooltip, with its date as far as known.
export function photoLabel({ name, taken, precision, source }) {
  if (!taken) return name;
  const digits = Number(taken.slice(0, 10).replaceAll("-", ""));
  const day = precision === "year" ? yearOf(digits) * 10000 : precision === "month" ? monthOf(digits) * 100 : digits;
  return `${name}, ${dayLabel(day)}${source === "file" ? " (the file’s own date)" : ""}`;
}

// A number with the separators of the browser's language, rounded to the given number of decimals.
export function numberLabel(number, decimals = 0) {
  return number.toLocaleString(undefined, { ...LATIN, minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

// A number in a few characters, such as `1.2K`.
export function shortNumberLabel(number) {
  return number.toLocaleString(undefined, { ...LATIN, notation: "compact", maximumFractionDigits: 1 });
}

// `1 photo` or `12 photos`.
export function photosLabel(number) {
  return `${numberLabel(number)} ${number === 1 ? "photo" : "photos"}`;
}
