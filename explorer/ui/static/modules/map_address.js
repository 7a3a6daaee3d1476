// The visible part of the map in the URL: `view=x,y,zoom`. Python does not use it.

import { changeAddress } from "./address.js";
import { clampView, wholeMap } from "./map_view.js";

// The view in the query string of a URL; the whole map if there is none.
export function viewInAddress(search) {
  const numbers = (new URLSearchParams(search).get("view") ?? "").split(",").map(Number);
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return wholeMap();
  return clampView({ x: numbers[0], y: numbers[1], zoom: numbers[2] });
}

// A view as text for the URL; empty for the whole map.
export function viewAsText({ x, y, zoom }) {
  return zoom === 1 && x === wholeMap().x && y === wholeMap().y ? "" : [Math.round(x), Math.round(y), Number(zoom.toFixed(2))].join(",");
}

export const rememberView = (view) => changeAddress({ view: viewAsText(view) });
