// The photos and headings of a list that are near the window, as elements of the page; those that scroll away are
// removed, so lists of any length scroll alike.

import { layoutList, nearestInNextRow, photosOfRow, rowOf, rowsBetween, sectionOf, sectionsBetween, upperBound } from "./list_layout.js";
import { headingText } from "./list_sections.js";
import { createPendingFocus } from "./pending_focus.js";
import { dropTile, makeHeading, makePlaceholder, makeTile, tileKey } from "./photo_tile.js";
import { createScrollSpeed } from "./scroll_speed.js";
import { createViewport } from "./viewport.js";

// The number of screens above and below the window that are drawn, and the milliseconds that scrolling far waits before it
// fetches photos: on the way to another place, none are needed.
const MARGIN = 0.7;
const PAUSE = 60;
// The speed, in screens per second, from which photos pass too fast to be seen and only placeholders are drawn; and the
// milliseconds without such a frame after which photos are drawn again.
const RUSH = 6;
const CALM = 120;
// Milliseconds without a frame of movement after which the page counts as still even if no end of scrolling was reported.
const STILL = 200;

// grid: the element. events: { covered, moved, rested, marked, headed }: pixels at the top that other elements cover; called after
// the view has moved, once it rests, with each tile that is drawn, and with the button of each heading that is drawn and its section.
export function createPhotoGrid(grid, events) {
  let source = null;
  let layout = layoutList([], [], 1, 1);
  let width = 0;
  let rowHeight = 1;
  let elements = new Map();
  let drawn = "";
  let current = 0;
  let timer = 0;
  let calmTimer = 0;
  let stillTimer = 0;
  // The top and the height of the view when it was last drawn, and its top when photos were last requested.
  let lastTop = 0;
  let lastHeight = 0;
  let neededTop = 0;
  // Whether photos pass too fast to be seen, and whether the view is being moved to a place where it will stay.
  let rushing = false;
  let arriving = false;

  const pending = createPendingFocus();
  const speed = createScrollSpeed();
  const view = createViewport(grid, { covered: events.covered, changed: () => draw(), rested });

  // --- positions

  function relayout() {
    layout = layoutList(source.ratios, source.sections, width, rowHeight);
    view.resize(layout.height);
    drawn = "";
  }

  // The top of a photo's row, or of the heading above it if a section begins in that row.
  function topOf(index) {
    const row = rowOf(layout, index);
    const section = layout.sections[sectionOf(layout, layout.rows.start[row])];
    return section && section.start === layout.rows.start[row] ? section.headTop : layout.rows.top[row];
  }

  // The first photo in view; null at the beginning of the list.
  function firstInView(top = view.top()) {
    if (!source || top <= 1) return null;
    const [row] = rowsBetween(layout, top, top + 1, rowHeight);
    return row < layout.rows.start.length ? layout.rows.start[row] : null;
  }

  // Move the view to a place where it will stay.
  function goTo(top) {
    speed.reset();
    arriving = true;
    view.scrollTo(top);
    arriving = false;
  }

  // Keep the photo at the top of the window there while the layout is changed.
  function keeping(change) {
    const index = firstInView();
    const offset = index === null ? 0 : view.top() - topOf(index);
    change();
    if (index !== null && index < source.total) goTo(topOf(index) + offset);
    else draw();
  }

  // --- drawing

  function need(first, last, top) {
    const from = layout.rows.start[first] ?? 0;
    const to = layout.rows.stop[last - 1] ?? 0;
    const far = Math.abs(top - neededTop) > 2 * lastHeight;
    neededTop = top;
    clearTimeout(timer);
    if (arriving || !(far || rushing)) source.need(from, to);
    else timer = setTimeout(() => source.need(from, to), PAUSE);
  }

  function draw() {
    if (!source || !grid.isConnected || !grid.clientWidth) return;
    const top = (lastTop = view.top());
    const height = (lastHeight = view.height());
    measureSpeed(top);
    const [from, to] = [top - MARGIN * height, top + (1 + MARGIN) * height];
    const [first, last] = rowsBetween(layout, from, to, rowHeight);
    const now = `${first} ${last} ${view.place(0)} ${rushing}`;
    if (now !== drawn) {
      drawn = now;
      place([...headings(from, to), ...tiles(first, last)].sort((a, b) => a.order - b.order));
      if (first < last) need(first, last, top);
    }
    events.moved(top);
  }

  function measureSpeed(top) {
    const pixels = speed.at(top);
    rushing = pixels > RUSH * lastHeight;
    clearTimeout(calmTimer);
    if (rushing) calmTimer = setTimeout(controller.refresh, CALM);
    // Photos that arrive while the page moves are shown at once: fading in dozens costs frames.
    if (!pixels) return;
    grid.classList.add("moving");
    clearTimeout(stillTimer);
    stillTimer = setTimeout(() => grid.classList.remove("moving"), STILL);
  }

  function rested() {
    grid.classList.remove("moving");
    events.rested();
  }

  function headings(from, to) {
    const [first, last] = sectionsBetween(layout, from, to);
    return layout.sections.slice(first, last).flatMap((section) => [
      ...(section.large ? [heading("h2", section.start - 0.6, section.large, [section.left, section.headTop, section.headWidth, null], !section.small && section)] : []),
      ...(section.small ? [heading("h3", section.start - 0.5, section.small, [section.left, section.top, section.width, null], section)] : []),
    ]);
  }

  // section: the one whose photos its button selects, or false.
  function heading(level, order, label, box, section) {
    const text = headingText(label);
    return { order, section, key: `${level} ${order} ${text}`, box, make: () => makeHeading(level, text, Boolean(section)) };
  }

  function tiles(first, last) {
    const found = [];
    for (let row = first; row < last; row++) addRow(row, found);
    // The focused photo stays in the page however far it is scrolled away.
    const focused = grid.getRootNode().activeElement?.index;
    const seen = first < last && focused >= layout.rows.start[first] && focused < layout.rows.stop[last - 1];
    if (focused !== undefined && focused < source.total && !seen) addRow(rowOf(layout, focused), found, focused);
    return found;
  }

  function addRow(row, found, only = null) {
    const [top, height] = [layout.rows.top[row], layout.rows.height[row]];
    const seen = top + height > lastTop && top < lastTop + lastHeight;
    for (const { index, left, width: wide } of photosOfRow(layout, source.ratios, row)) {
      if (only !== null && index !== only) continue;
      const known = source.photo(index);
      const photo = rushing && known && !elements.has(tileKey(known)) ? undefined : known;
      const box = [Math.round(left), top, Math.round(left + wide) - Math.round(left), Math.floor(height)];
      found.push({
        order: index, index, box,
        key: photo ? tileKey(photo) : `waiting ${index} ${photo}`,
        make: () => (photo ? makeTile(photo, seen) : makePlaceholder(photo)),
      });
    }
  }

  function place(wanted) {
    const focused = grid.getRootNode().activeElement?.dataset?.id;
    const before = elements;
    elements = new Map();
    for (const each of wanted) {
      // A photo can be in a list twice.
      const key = elements.has(each.key) ? `${each.key} ${each.index}` : each.key;
      each.element = before.get(key) ?? each.make();
      elements.set(key, each.element);
      const [left, top, wide, high] = each.box;
      const box = `left:${left}px;top:${view.place(top)}px;width:${wide}px;${high === null ? "" : `height:${high}px`}`;
      if (each.element.box !== box) each.element.style.cssText = each.element.box = box;
      [each.element.index, each.element.section] = [each.index, each.section];
    }
    for (const [key, element] of before) if (elements.get(key) !== element) dropTile(element);
    let next = grid.firstChild;
    for (const { element } of wanted) {
      if (element === next) next = next.nextSibling;
      else grid.insertBefore(element, next);
    }
    mark();
    restoreFocus(focused);
  }

  const shownTiles = () => [...elements.values()].filter((element) => element.localName === "button");

  function mark() {
    const buttons = shownTiles();
    const stop = buttons.find(({ index }) => index === current) ??
      buttons.find(({ index }) => layout.rows.top[rowOf(layout, index)] >= lastTop) ?? buttons[0];
    for (const button of buttons) {
      const tab = button === stop ? 0 : -1;
      if (button.tabIndex !== tab) button.tabIndex = tab;
      events.marked(button, source.photo(button.index));
    }
    for (const { section, lastChild } of elements.values()) if (section) events.headed(lastChild, section);
  }

  // Focus the pending photo as soon as it is drawn, and restore the focus of a photo that lost it by being redrawn.
  function restoreFocus(id) {
    const root = grid.getRootNode();
    const wanted = pending.index();
    if (wanted !== null) {
      const button = shownTiles().find(({ index }) => index === wanted);
      if (!button) return;
      pending.done();
      focusButton(button);
    } else if (id !== undefined && root.activeElement?.dataset?.id !== id) {
      const again = shownTiles().find((button) => button.dataset.id === id);
      if (again) focusButton(again);
    }
  }

  function focusButton(button) {
    current = button.index;
    for (const each of shownTiles()) each.tabIndex = each === button ? 0 : -1;
    button.focus({ preventScroll: true });
  }

  const controller = {
    attach: () => view.attach(),
    detach() {
      clearTimeout(timer);
      clearTimeout(calmTimer);
      clearTimeout(stillTimer);
      grid.classList.remove("moving");
      view.detach();
    },
    // Show a list. at: the position to scroll to, { index, offset }: a photo, and the pixels from its top to that of the
    // window; null leaves the page where it is.
    use(newSource, at = null) {
      source = newSource;
      relayout();
      if (at) goTo(topOf(Math.min(at.index, source.total - 1)) + at.offset);
      else draw();
    },
    // The width of the page or the wanted height of rows has changed.
    resize(newWidth, newRowHeight) {
      if (!newWidth || (newWidth === width && newRowHeight === rowHeight)) {
        drawn = "";
        draw();
        return;
      }
      [width, rowHeight] = [newWidth, newRowHeight];
      if (source) keeping(relayout);
    },
    // Photos have come, or the selection has changed.
    refresh() {
      drawn = "";
      draw();
    },
    mark,
    // Whether the page is being scrolled.
    moving: () => grid.classList.contains("moving"),
    layout: () => layout,
    firstInView,
    topOf,
    // Pixels from the top of a photo to that of the window.
    offsetOf: (index) => view.top() - topOf(index),
    scrollTo: goTo,
    // Scroll on the way to another place, for example while the scrubber is dragged.
    passBy: (top) => view.scrollTo(top),
    nextRow: (index, direction) => nearestInNextRow(layout, source.ratios, index, direction),
    // The section of a photo; undefined in a list without headings.
    sectionOf: (index) => [layout.sections[sectionOf(layout, index)]].find((section) => section?.small || section?.large),
    // The number of photos on one screen, starting at that one.
    screenFrom(index) {
      const row = rowOf(layout, index);
      const below = upperBound(layout.rows.top, layout.rows.top[row] + view.height() - rowHeight);
      return Math.max(1, (layout.rows.start[below] ?? source.total) - index);
    },
    // Scroll as little as needed to show a photo, and focus it.
    focus(index) {
      current = index;
      pending.want(index);
      const row = rowOf(layout, index);
      const [top, bottom] = [topOf(index), layout.rows.top[row] + layout.rows.height[row]];
      if (top < view.top()) goTo(top);
      else if (bottom > view.top() + view.height() - 12) goTo(bottom - view.height() + 12);
      drawn = "";
      draw();
    },
    current: () => current,
    setCurrent(index) {
      current = index;
      mark();
    },
  };
  return controller;
}
