// The keyboard of a tree, as the ARIA Authoring Practices describe it. rows: the visible rows from the top down, each
// { level (from 1), folds, open, name }.

// The action of a key at the row with an index: { go: index }, { open: index }, { close: index }, or null for other keys.
export function treeKey(rows, at, key) {
  const row = rows[at];
  if (key === "ArrowDown") return { go: Math.min(at + 1, rows.length - 1) };
  if (key === "ArrowUp") return { go: Math.max(at - 1, 0) };
  if (key === "Home") return { go: 0 };
  if (key === "End") return { go: rows.length - 1 };
  if (key === "ArrowRight") {
    if (!row.folds) return { go: at };
    return row.open ? { go: Math.min(at + 1, rows.length - 1) } : { open: at };
  }
  if (key === "ArrowLeft") {
    if (row.folds && row.open) return { close: at };
    for (let above = at - 1; above >= 0; above--) if (rows[above].level < row.level) return { go: above };
    return { go: at };
  }
  return null;
}

// The next row after an index whose name begins with the typed text; the row itself if several characters were typed and
// it still matches; -1 if there is none.
export function typedRow(rows, at, typed) {
  const wanted = typed.toLocaleLowerCase(), first = typed.length > 1 ? 0 : 1;
  for (let step = first; step <= rows.length; step++) {
    const index = (at + step) % rows.length;
    if (rows[index].name.toLocaleLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}
