// Draws the points of the map of the library: as pixels if many are in view, else as circles, or as pictures if there is room.

import { colorOfPart, pointSize } from "./map_painter.js";
import { visitPoints } from "./point_grid.js";

// Up to this many points in view are drawn as circles; more are drawn as pixels of an image, which is faster.
const MAX_PHOTOS = 3000;
// The sides of a picture and of its cell in pixels, and the most photos in view per cell for which pictures are shown.
const PICTURE = 72, CELL = 78, PHOTOS_PER_CELL = 3;
// The most pictures that are kept.
const MAX_CACHED = 800;

// A color such as #1c7ed6 with an opacity from 0 to 1, as a pixel of an ImageData (ABGR, because all common machines are little-endian).
export function pixelOf(color, opacity) {
  const number = Number.parseInt(color.slice(1), 16);
  return ((Math.round(opacity * 255) << 24) | ((number & 255) << 16) | (number & 0xff00) | (number >> 16)) >>> 0;
}

// The cells in a grid of the map that have points, with the point that each shows: [[point, left, top]], with the position of the
// picture in pixels. The grid is fixed to the map, so that pictures stay in place when the map is moved. marks: a byte for each
// point, 1 if it may be shown; null for all.
export function mosaic(points, { toLeft, toTop, area, scale }, marks = null) {
  const side = CELL / scale, cells = new Map();
  visitPoints(points, area, (i) => {
    if (marks && !marks[i]) return;
    const column = Math.floor(points.x[i] / side), row = Math.floor(points.y[i] / side), key = row * 0x10000 + column;
    // Show the same point of a cell wherever the map is moved to.
    if (!cells.has(key) || cells.get(key)[0] > i) cells.set(key, [i, column, row]);
  });
  return [...cells.values()].map(([i, column, row]) => [i, toLeft((column + 0.5) * side) - PICTURE / 2, toTop((row + 0.5) * side) - PICTURE / 2]);
}

// The photo whose picture is at a position in pixels, or −1. tiles: as returned by `mosaic`.
export function pictureAt(tiles, left, top) {
  const found = tiles.find(([, x, y]) => left >= x && left <= x + PICTURE && top >= y && top <= y + PICTURE);
  return found ? found[0] : -1;
}

// redraw(): called once pictures have arrived. Returns { draw(context, view), tiles() }.
export function createMosaicLayer(redraw) {
  const pictures = new Map();
  let image = null, tiles = [], waiting = 0, quick = false;

  // view: { points, projected, width, height, ratio, ink, marks, only }. ink: the color of text, #rrggbb. only: draw the marked
  // photos alone.
  function draw(context, view) {
    const { points, projected, width, height, marks, only } = view, shown = [];
    visitPoints(points, projected.area, (i) => (only && marks && !marks[i] ? 0 : shown.push(i)));
    if (shown.length > MAX_PHOTOS) drawPixels(context, view, shown);
    else drawCircles(context, view, shown);
    const room = (width * height) / CELL ** 2;
    tiles = shown.length <= PHOTOS_PER_CELL * room ? mosaic(points, projected, only ? marks : null) : [];
    for (const tile of tiles) drawPicture(context, view, tile);
    return shown.length;
  }

  function styleOf({ points, ink, marks }, i) {
    const part = points.legend[points.classes[i]];
    if (marks && !marks[i]) return [ink, 0.12];
    return part ? [colorOfPart(part, points.coloring), 0.95] : [ink, 0.3];
  }

  function drawPixels(context, view, shown) {
    const { points, projected, width, height, ratio } = view, across = Math.round(width * ratio), down = Math.round(height * ratio);
    if (image?.width !== across || image.height !== down) image = context.createImageData(across, down);
    const pixels = new Uint32Array(image.data.buffer), known = new Map();
    pixels.fill(0);
    const size = Math.max(2, Math.round(pointSize(width, height, shown.length) * ratio * 1.6)), half = size >> 1;
    for (const i of shown) {
      const key = view.marks && !view.marks[i] ? -1 : points.classes[i];
      let color = known.get(key);
      if (color === undefined) known.set(key, (color = pixelOf(...styleOf(view, i))));
      const left = Math.max(0, Math.round(projected.toLeft(points.x[i]) * ratio) - half), top = Math.max(0, Math.round(projected.toTop(points.y[i]) * ratio) - half);
      const right = Math.min(across, left + size), bottom = Math.min(down, top + size);
      for (let y = top; y < bottom; y++) pixels.fill(color, y * across + left, y * across + right);
    }
    context.putImageData(image, 0, 0);
  }

  function drawCircles(context, view, shown) {
    const { points, projected, width, height } = view, groups = new Map();
    const radius = pointSize(width, height, shown.length);
    for (const i of shown) {
      const [color, opacity] = styleOf(view, i), key = `${color} ${opacity}`;
      if (!groups.has(key)) groups.set(key, { color, opacity, list: [] });
      groups.get(key).list.push(i);
    }
    // Draw the paler ones below the others.
    for (const { color, opacity, list } of [...groups.values()].sort((a, b) => a.opacity - b.opacity)) {
      context.fillStyle = color;
      context.globalAlpha = opacity;
      context.beginPath();
      for (const i of list) {
        const left = projected.toLeft(points.x[i]), top = projected.toTop(points.y[i]);
        context.moveTo(left + radius, top);
        context.arc(left, top, radius, 0, 2 * Math.PI);
      }
      context.fill();
    }
    context.globalAlpha = 1;
  }

  function drawPicture(context, view, [i, left, top]) {
    const picture = pictureOf(view.points.ids[i]);
    if (!picture?.complete || !picture.naturalWidth) return;
    const side = Math.min(picture.naturalWidth, picture.naturalHeight), [color, opacity] = styleOf(view, i);
    context.globalAlpha = view.marks && !view.marks[i] ? 0.35 : 1;
    context.drawImage(picture, (picture.naturalWidth - side) / 2, (picture.naturalHeight - side) / 2, side, side, left, top, PICTURE, PICTURE);
    context.globalAlpha = opacity;
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.strokeRect(left, top, PICTURE, PICTURE);
    context.globalAlpha = 1;
  }

  function pictureOf(id) {
    const known = pictures.get(id);
    // While the map moves, nothing is loaded that would be out of view at once.
    if (known || quick) return known;
    if (pictures.size >= MAX_CACHED) for (const old of [...pictures.keys()].slice(0, MAX_CACHED / 4)) pictures.delete(old);
    const picture = new Image();
    picture.onload = () => {
      // Draw pictures together that arrive together.
      if (waiting) return;
      waiting = setTimeout(() => {
        waiting = 0;
        redraw();
      }, 50);
    };
    picture.src = `/photo/${id}/preview`;
    pictures.set(id, picture);
    return picture;
  }

  return { draw, tiles: () => tiles, setQuick: (now) => (quick = now) };
}
