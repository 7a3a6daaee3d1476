// The grid of photos, which open in the page's viewer. It sends Python `similar` and `stack` (a photo's id, once), actions (photos to mark as
// favorites), `selected` (which photos, with the place and turn of the page), and `expired` when its list has to be made again.

import { createActionOutbox } from "./modules/action_outbox.js";
import { changeAddress, positionInAddress, questionInAddress, zoomInAddress } from "./modules/address.js";
import { dayLabel } from "./modules/date_labels.js";
import { createBar, chosenRowHeight } from "./modules/gallery_bar.js";
import { listen } from "./modules/gallery_events.js";
import { createGallerySelection } from "./modules/gallery_selection.js";
import { targetRowHeight } from "./modules/justified_rows.js";
import { createLink } from "./modules/linked_photos.js";
import { sectionOf } from "./modules/list_layout.js";
import { positionOfDay } from "./modules/list_sections.js";
import { createOverview } from "./modules/overview.js";
import { createPhotoGrid } from "./modules/photo_grid.js";
import { createRetry } from "./modules/retry.js";
import { givenSource, listSource } from "./modules/photo_source.js";
import { PHOTO_CLOSED, requestPhoto } from "./modules/photo_opening.js";
import { createScrubber } from "./modules/scrubber.js";

// Milliseconds after which a list that could not be read is tried again.
const RETRY = 1500;
// The number of photos on each side that the viewer gets with the one that it opens.
const PHOTOS_BESIDE = 40;
const PRESSES = ["pointerdown", "keydown", "click"];

function createGallery(root) {
  const part = (name) => root.querySelector(`.${name}`);
  const [element, announcement] = [part("gallery"), part("announcement")];
  const [outbox, link] = [createActionOutbox(), createLink(element)];
  const state = { data: {}, send: null, source: null, zoom: "days", place: null, turn: null, ticket: 0, wanted: null, replaced: null };

  const bar = createBar(part("bar"), { zoom: (zoom) => zoomTo(zoom), jump, size: resize });
  const scrubber = createScrubber(part("scrubber"), { go: (share) => grid.passBy(share * grid.layout().height), done: remember });
  const overview = createOverview(part("overview"), ({ day, start }) => {
    zoomTo(state.zoom === "years" ? "months" : "days", start, true);
    announcement.textContent = dayLabel(day);
  });
  const grid = createPhotoGrid(element, {
    covered, moved, rested: remember, marked: markSelected, headed: (all, section) => all.setAttribute("aria-pressed", selection.hasAll(section)),
  });
  const selection = createGallerySelection({
    source: () => state.source, shown: showSelection, say: (text) => (announcement.textContent = text),
    tell: (value) => state.send.state("selected", value),
  });
  const events = listen(element, {
    grid, selection, select: selection.change, open, send: (name, id) => state.send.trigger(name, id),
    source: () => state.source, selectable: () => state.data.actions, selected: selection.size, resize: (step) => bar.changeSize(step), favourite,
  });
  const observer = new ResizeObserver(resize);
  // The scrubber is as high as the window.
  const scrubberObserver = new ResizeObserver(() => scrubber.draw());
  const onPage = () => root.isConnected;
  // Read the whole list again, or only the photos in view.
  const again = createRetry(() => (state.replaced = replace(currentSource())), onPage, RETRY);
  const redraw = createRetry(() => grid.refresh(), onPage, RETRY);
  const currentSource = () => (state.data.list ? listSource(state.data.list, { arrived, failed: redraw.schedule, gone }) : givenSource(state.data.photos));

  // Pixels at the top of the window that the page's header and the bar cover.
  function covered() {
    const bottom = document.querySelector('[data-testid="stHeader"]')?.getBoundingClientRect().bottom ?? 0;
    const header = Math.max(0, bottom);
    if (header !== state.header) root.style.setProperty("--header", `${(state.header = header)}px`);
    return header + bar.height();
  }

  // --- the list

  function update(data, send) {
    [state.data, state.send] = [data, send];
    outbox.update(data.handled, send.trigger);
    element.setAttribute("aria-label", data.label);
    element.classList.toggle("selectable", data.actions);
    const samePlace = state.place === data.place;
    if (!samePlace || state.turn !== data.turn) {
      selection.start({ place: data.place, turn: data.turn });
      events.forgetAnchor();
    }
    [state.place, state.turn] = [data.place, data.turn];
    const source = currentSource();
    grid.attach();
    resize();
    if (source.key !== state.wanted) state.replaced = replace(source);
    else {
      showSelection();
      grid.refresh();
    }
    if (!samePlace) zoomTo(data.keepPosition ? zoomInAddress() : "days", null, false, false);
  }

  // Show another list once its whole layout is known. At a new place, the beginning of the list is shown at once.
  async function replace(source) {
    const ticket = ++state.ticket;
    state.wanted = source.key;
    again.stop();
    redraw.stop();
    const samePlace = state.shownPlace === state.place;
    const wanted = samePlace || !state.data.keepPosition ? null : positionInAddress();
    if (!samePlace && !wanted) use(source, null);
    try {
      await source.load();
      // The photo that the user has scrolled to while the layout was being read.
      const first = wanted ? null : grid.firstInView();
      const id = wanted ?? state.source?.photo(first)?.id;
      const index = id ? await source.positionOf(id) : null;
      if (ticket !== state.ticket) return;
      source.adopt();
      const now = grid.firstInView();
      const offset = first !== null && first === now ? grid.offsetOf(first) : 0;
      use(source, index === null || (!wanted && first !== now) ? null : { index, offset });
    } catch {
      if (ticket !== state.ticket) return;
      use(source, null);
      // If the gallery is not on the page, the list is read when it returns.
      if (!again.schedule()) state.wanted = null;
    }
  }

  function use(source, at) {
    const reset = state.source && !at && state.shownPlace !== state.place && grid.firstInView() !== null;
    [state.source, state.shownPlace, state.question] = [source, state.place, questionInAddress()];
    selection.forgetGone(source);
    const days = source.sections.map(({ day }) => day);
    bar.use({ dated: source.dated, days, zoom: state.zoom });
    part("gallery").classList.toggle("dated", source.dated);
    grid.use(source, at);
    if (reset) grid.scrollTo(0);
    scrubber.use(source.dated ? grid.layout() : null);
    if (state.zoom !== "days") showOverview();
    showSelection();
  }

  function arrived() {
    grid.refresh();
    // While the page moves, there is no point in changing the address.
    if (!grid.moving()) remember();
  }

  function gone() {
    state.send.trigger("expired", state.data.list?.key);
    (state.source?.whole ? redraw : again).schedule();
  }

  // --- the view

  function resize() {
    const height = chosenRowHeight() ?? targetRowHeight(root.clientWidth);
    bar.showSize(height);
    root.style.setProperty("--row", `${height}px`);
    if (!element.clientWidth) return;
    grid.resize(element.clientWidth, height);
    scrubber.use(state.source?.dated ? grid.layout() : null);
  }

  function moved(top) {
    const { sections, height, rows } = grid.layout();
    const index = grid.firstInView(top) ?? rows.start[0] ?? 0;
    const day = sections.length && state.source.dated ? sections[sectionOf(grid.layout(), index)].day : null;
    bar.show(day === null ? "" : day ? dayLabel(day) : "No date");
    // Browsers round scroll positions: two pixels before a month count as the month.
    scrubber.show(height ? (top + 2) / height : 0);
  }

  // Put the photo at the top of the window into the URL.
  function remember() {
    if (!state.data.keepPosition || !state.source || state.zoom !== "days" || scrubber.dragging()) return;
    // The page is about to show another list.
    if (state.shownPlace !== state.place || state.question !== questionInAddress()) return;
    const index = grid.firstInView();
    const id = index === null ? null : state.source.photo(index)?.id;
    if (id !== undefined) changeAddress({ at: id });
  }

  async function jump(day) {
    await state.replaced;
    const index = positionOfDay(state.source.sections, day);
    if (index === null) return;
    zoomTo("days", index);
    announcement.textContent = dayLabel(state.source.sections.findLast(({ start }) => start <= index).day);
  }

  // Show days, months or years. position: the photo to go to; by default the one in view. step: whether the browser's
  // Back returns from there.
  function zoomTo(zoom, position = null, focus = false, step = true) {
    const index = position ?? (state.zoom === "days" && state.source ? grid.firstInView() : null) ?? 0;
    const changed = zoom !== state.zoom;
    state.zoom = zoom;
    for (const button of part("zoom").children) button.setAttribute("aria-pressed", button.dataset.zoom === zoom);
    if (changed && step) changeAddress({ zoom: zoom === "days" ? "" : zoom }, true);
    element.hidden = zoom !== "days";
    for (const name of ["scrubber", "bar"]) part(name).classList.toggle("away", zoom !== "days");
    if (zoom !== "days") {
      showOverview();
      overview.reveal(index, focus);
      return;
    }
    overview.hide();
    if (!state.source) return;
    if (changed) resize();
    if (position !== null || (changed && step)) grid.scrollTo(grid.topOf(index));
    if (focus) grid.focus(index);
  }

  function showOverview() {
    if (state.source) overview.show(state.source, state.zoom);
  }

  // --- the selection

  function markSelected(button, photo) {
    button.setAttribute("aria-pressed", Boolean(photo) && selection.has(photo.id));
  }

  function showSelection() {
    grid.mark();
    element.classList.toggle("choosing", selection.size() > 0);
  }

  // Mark the selected photos as favorites or, if none is selected, this one.
  function favourite(id) {
    selection.sendNow();
    // What is meant now: the selection may change before Python handles this.
    outbox.add({ photo: id, selection: selection.value() });
  }

  // Open a photo in the viewer, which steps through those beside it until it knows the whole list.
  function open(index) {
    const { photo } = state.source;
    if (state.data.chooses) return state.send.trigger("similar", photo(index).id);
    const beside = [photo(index)];
    for (let at = index - 1; at > index - PHOTOS_BESIDE && photo(at); at--) beside.unshift(photo(at));
    for (let at = index + 1; at < index + PHOTOS_BESIDE && photo(at); at++) beside.push(photo(at));
    requestPhoto(photo(index).id, beside.map(({ id, name, src, width, height }) => ({ id, name, label: name, preview: src, width, height })), state.data.sequence);
  }

  // The photo seen last in the viewer gets the focus.
  async function onClosed(event) {
    const { id } = event.detail;
    // A map from which the photo was opened may already have taken the focus.
    if (event.defaultPrevented || !element.isConnected || id === null || !state.source?.mayHave(id)) return;
    event.preventDefault();
    // If the photo has left the list, use the one that was opened, or the one in its place.
    const index = (await state.source.positionOf(id).catch(() => null)) ?? Math.min(grid.current(), state.source.total - 1);
    if (index < 0) return;
    if (state.zoom !== "days") zoomTo("days", index);
    grid.focus(index);
  }

  // --- the page

  // What is pressed elsewhere on the page, such as a button for the selection, acts on what is selected now.
  function onPress(event) {
    if (!event.composedPath().includes(element)) selection.sendNow();
  }

  // Back and forward may change zoom and position, which only the URL holds.
  function onHistory() {
    if (!element.isConnected || !state.data.keepPosition) return;
    const zoom = zoomInAddress();
    if (zoom !== state.zoom) zoomTo(zoom, null, false, false);
  }

  return {
    update,
    link,
    attach() {
      observer.observe(element);
      bar.watch();
      scrubberObserver.observe(part("scrubber"));
      addEventListener("popstate", onHistory);
      document.addEventListener(PHOTO_CLOSED, onClosed);
      for (const press of PRESSES) document.addEventListener(press, onPress, true);
    },
    // Called at the end of every run of the page, even if the gallery stays on the page.
    detach() {
      if (root.isConnected) return;
      selection.stop();
      again.stop();
      redraw.stop();
      observer.disconnect();
      bar.rest();
      scrubberObserver.disconnect();
      link("");
      removeEventListener("popstate", onHistory);
      document.removeEventListener(PHOTO_CLOSED, onClosed);
      for (const press of PRESSES) document.removeEventListener(press, onPress, true);
      grid.detach();
    },
  };
}

export default function (component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component;
  const root = parentElement.querySelector(".whole");
  const gallery = (root.controller ??= createGallery(root));
  gallery.attach();
  gallery.link(data.linked);
  gallery.update(data, { state: setStateValue, trigger: setTriggerValue });
  return () => setTimeout(gallery.detach);
}
