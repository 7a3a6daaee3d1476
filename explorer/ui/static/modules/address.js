// The gallery's parameters in the URL: the photo at its top (`at`), and whether months or years are shown (`zoom`).
// Python does not use them.

const ZOOMS = ["days", "months", "years"];

// The part of the URL that Python uses: two URLs with the same question show the same list.
export function questionInAddress() {
  const parameters = new URLSearchParams(location.search);
  for (const own of ["at", "zoom", "photo"]) parameters.delete(own);
  return `${location.pathname}?${parameters}`;
}

export function positionInAddress() {
  return Number(new URLSearchParams(location.search).get("at")) || null;
}

export function zoomInAddress() {
  const zoom = new URLSearchParams(location.search).get("zoom");
  return ZOOMS.includes(zoom) ? zoom : "days";
}

// Change these parameters; an empty value removes one. step: whether this is a step in the browser's history.
export function changeAddress(values, step = false) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (url.href === location.href) return;
  if (step) history.pushState(history.state, "", url);
  else history.replaceState(history.state, "", url);
}
