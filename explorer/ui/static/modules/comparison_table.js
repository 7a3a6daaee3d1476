// The table that compares two files of a group.

import { numberLabel } from "./date_labels.js";

// Rows { label, left, right, more }: the texts of both files; `more` is positive if the left value is greater, negative if
// the right one is, and 0 if they cannot be compared. The row labeled "Sharpness" is filled in once the pictures are loaded.
export function comparisonRows(left, right) {
  const row = (label, one, two, more = 0) => ({ label, left: one, right: two, more });
  const optional = (label, key, none) => (left[key] || right[key] ? [row(label, left[key] || none, right[key] || none)] : []);
  const pixels = ({ width, height }) => `${numberLabel(width)} × ${numberLabel(height)}`;
  return [
    row("Difference", "", right.relation),
    row("Pixels", pixels(left), pixels(right), left.width * left.height - right.width * right.height),
    row("File size", left.size, right.size, left.bytes - right.bytes),
    row("Format", left.format, right.format),
    row("Taken", left.taken || "no date", right.taken || "no date"),
    row("Camera", left.camera || "Unknown", right.camera || "Unknown"),
    row("Sharpness", "", ""),
    ...optional("Contents", "holds", "one picture"),
    row("Metadata fields", numberLabel(left.facts), numberLabel(right.facts), left.facts - right.facts),
    ...optional("Files that belong to it", "beside", "none"),
    row("Folder", left.folder, right.folder),
    row("Name", left.name, right.name),
    ...optional("Note", "note", ""),
  ];
}

// The word below a file's picture, and the CSS class that colors it.
export function fileState(item, hasKeeper) {
  if (item.keep) return { word: "keep", className: hasKeeper ? "keeper" : "other" };
  if (item.protected) return { word: "protected", className: "other" };
  return item.goes ? { word: "remove", className: "remove" } : { word: "keep", className: "other" };
}

// The caption of a picture: its role, and its name with the last two folders, which distinguish files of the same name.
export function pictureCaption(role, item) {
  return `${role}: ${item.name} in ${item.folder.split(/[\\/]/).slice(-2).join("/")}`;
}
