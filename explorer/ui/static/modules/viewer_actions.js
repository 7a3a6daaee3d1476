// The buttons below the photo.

// entry: the photo that is shown, or null. data: from the page: its own `actions`, and whether a heat map can be shown (`heat`).
// heatShown: whether one is shown. Returns the list for `setActions` of the frame.
export function actionsOf(entry, data, heatShown) {
  if (!entry || entry.gone) return [];
  const matched = { command: "heat", icon: "blur_on", label: heatShown ? "Hide what matched" : "Show what matched", help: "Highlight the part of the photo that best matches your search (h)" };
  const act = (each) => ({ ...each, command: "act", ...(each.toggles ? { pressed: Boolean(entry[each.toggles]) } : {}) });
  return [
    ...data.actions.map(act),
    ...(data.heat ? [matched] : []),
    { command: "similar", icon: "image_search", label: "More like this", help: "Search for similar photos (m)" },
    { command: "region", rare: true, icon: "crop", label: "Search part of this photo", help: "Drag a box around what to look for (b)" },
    { href: `/photo/${entry.id}/original`, rare: true, icon: "open_in_new", label: "Open the file", help: "The original file in a new tab" },
    { href: `/photo/${entry.id}/original?download=1`, save: true, rare: true, icon: "download", label: "Save a copy", help: "Download the original file" },
  ];
}
