// The viewer as a whole: it opens photos, steps through them, and carries out commands.

import { numberLabel } from "./date_labels.js";
import { createFacts } from "./viewer_facts.js";
import { createFilmStrip } from "./film_strip.js";
import { createPageCover } from "./page_cover.js";
import { createPhotoImages } from "./photo_images.js";
import { createPhotoPanel } from "./photo_panel.js";
import { createPhotoWindow } from "./photo_window.js";
import { createSlideshow } from "./slideshow.js";
import { createStage } from "./viewer_stage.js";
import { createViewerFrame } from "./viewer_frame.js";
import { createViewerHistory } from "./viewer_history.js";
import { createHeat } from "./viewer_heat.js";
import { createRegionSearch } from "./viewer_regions.js";
import { OPEN_PHOTO } from "./photo_opening.js";
import { renditionSize } from "./photo_sources.js";
import { viewerKeyHandler } from "./viewer_keys.js";
import { createViewerNotice } from "./viewer_notice.js";
import { actionsOf } from "./viewer_actions.js";
import { loadWindow } from "./sequence_loader.js";

const GONE = "This photo is no longer in the library: it was moved or deleted.";
const INFO_SETTING = "photo-explorer-info";
// Below this width, the panel covers the photo, so it is closed at first.
const WIDE = 1000;

// The last handled request of the page to open a photo; the page sends it with every run.
let handledTurn = 0;

// sendAction(action): sends Python an action for a photo. onClosed(): called whenever the viewer has been closed.
export function createPhotoViewer({ css, font, sendAction, onClosed }) {
  let data = null, send = null, opened = false, missing = null, own = "", awaited = false, acted = null;
  let infoShown = (localStorage.getItem(INFO_SETTING) ?? String(window.innerWidth >= WIDE)) === "true";

  const size = () => renditionSize(Math.max(window.innerWidth, window.innerHeight) * (window.devicePixelRatio || 1));
  const images = createPhotoImages(size);
  // The token of the list to step through: the page's, or that of the gallery from which the photo was opened.
  const token = () => own || data.sequence;
  const list = createPhotoWindow({
    fetchWindow: (parameters) => loadWindow(token, parameters, () => send("renew", Date.now())),
    onChange: () => {
      if (!opened) return;
      refresh();
      if (awaited && list.now()) announce();
    },
    onFailed: failed,
  });
  const stage = createStage({ images, onSwipe: (what) => run(what), onView: () => opened && refreshFrame(), onLoaded: prefetch });
  const panel = createPhotoPanel({
    onPick: (entry) => visit(entry), onFace: (face) => stage.mark(face), onRate: (stars) => list.now() && sendAction({ rating: stars, photo: list.now().id }),
  });
  const notice = createViewerNotice({ onUndo: () => sendAction({ undo: true }), onHidden: () => frame.layer.focus({ preventScroll: true }) });
  const facts = createFacts(panel, token);
  const strip = createFilmStrip((index) => list.go(index) && stepped());
  const slideshow = createSlideshow({
    next: () => {
      if (!list.step(1)) list.reach("first");
      stepped(true);
    },
    ready: () => list.now() !== null && stage.settled, onChange: () => refreshFrame(),
  });
  const frame = createViewerFrame({ run, stage: stage.root, panel: panel.root, strip: strip.root, notice: notice.root });
  const heat = createHeat({ token, show: stage.setHeat });
  const regions = createRegionSearch({
    frame, size,
    onStopped: () => opened && frame.layer.focus({ preventScroll: true }),
    async onPicked(source, boxes, add) {
      await close(true);
      send("regions", { source, boxes, add });
    },
  });
  const cover = createPageCover({ layer: frame.layer, css, font, onKey: viewerKeyHandler(run, () => regions.active), onMissing: (id) => (missing = id) });
  const address = createViewerHistory({ onAddress: (id) => (id === null ? leave() : open(id, [], false)) });

  const onOpen = (event) => {
    event.preventDefault();
    own = event.detail.sequence;
    open(event.detail.id, event.detail.photos, true);
  };
  document.addEventListener(OPEN_PHOTO, onOpen);
  frame.layer.addEventListener("pointermove", wake);
  document.addEventListener("fullscreenchange", refreshFrame);

  // --- opening and closing

  function open(id, photos, push) {
    const wasOpened = opened;
    opened = true;
    cover.show();
    if (photos.some((photo) => photo.id === id)) list.seed(photos, id);
    else if (!wasOpened || list.now()?.id !== id) list.seed([], id);
    address.enter(id, push && !wasOpened);
    if (list.now()?.id === id) refresh();
    else stage.clear("Loading…");
    list.locate(id).catch(failed);
    wake();
  }

  function hide() {
    if (!opened) return;
    const seen = list.now()?.id ?? null;
    opened = false;
    own = "";
    awaited = false;
    slideshow.stop();
    regions.stop();
    notice.hide();
    facts.hide();
    heat.forget();
    stage.clear("");
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    cover.hide(seen);
    onClosed();
  }

  // Close it; resolves once the address is that of the page again.
  async function close(acting = false) {
    hide();
    await address.leave();
    if (!acting) turnPage();
  }

  // The user went back to the page.
  function leave() {
    hide();
    turnPage();
  }

  // The photo seen last is on another page of results.
  function turnPage() {
    if (missing !== null) send("seen", missing);
    missing = null;
  }

  function failed() {
    if (opened && !list.now()) stage.clear("The photos cannot be loaded: Photo Explorer does not answer.");
  }

  // --- the current photo

  function visit(entry) {
    list.visit(entry);
    stepped();
  }

  function stepped(bySlideshow = false) {
    if (!bySlideshow) slideshow.restart();
    regions.stop();
    awaited = list.now() === null || list.bound;
    refresh();
    if (!awaited) announce();
  }

  // Announce which photo is shown, once it is known.
  function announce() {
    awaited = false;
    address.step(list.now().id);
    frame.say([list.now().label, positionText()].filter(Boolean).join(", "));
  }

  function positionText() {
    return list.at === null || !list.located ? "" : `${numberLabel(list.at + 1)} of ${numberLabel(list.total)}`;
  }

  function refresh() {
    const entry = list.now();
    // The user has removed it.
    if (entry?.gone && entry.id === acted) return list.step(1) || list.step(-1) ? stepped() : close();
    if (!entry || entry.gone) {
      // A photo that is far away in the list has to be fetched first. One that was on screen when it was removed stays there.
      if (!entry) stage.clear("Loading…");
      else if (stage.shows(entry.id)) stage.say(GONE);
      else stage.clear(GONE);
      panel.clear(entry ? GONE : "");
      facts.hide();
      heat.forget();
    } else {
      stage.show(entry);
      for (const by of [1, -1, 2, 3, -2]) {
        const near = list.entry(list.near + by);
        if (near?.preview) images.preview(near);
      }
      if (infoShown) facts.show(entry.id);
      heat.update(entry);
    }
    frame.setActions(data ? actionsOf(entry, data, heat.wanted) : []);
    strip.update(list.entry, list.near, list.total, entry?.id);
    refreshFrame();
  }

  function refreshFrame() {
    const entry = list.now();
    frame.update({
      name: entry?.name ?? entry?.label ?? "", position: positionText(), percent: stage.percent, hasPrevious: list.hasPrevious, hasNext: list.hasNext,
      canShrink: stage.canShrink, fitted: stage.fitted, info: infoShown, slideshow: slideshow.running,
    });
  }

  // Once a photo is loaded, fetch the pictures of its neighbors.
  function prefetch(entry) {
    if (list.now()?.id !== entry.id) return;
    for (const near of [1, -1].map((by) => list.entry(list.near + by))) if (near?.source) images.ahead(near);
  }

  // --- commands

  const commands = {
    ...stage.commands,
    close: () => (regions.active ? regions.stop() : frame.helpShown ? commands.help() : close()),
    previous: () => list.step(-1) && stepped(),
    next: () => list.step(1) && stepped(),
    first: () => list.reach("first") && stepped(),
    last: () => list.reach("last") && stepped(),
    slideshow: () => slideshow.toggle(),
    undo: () => notice.undo(),
    favourite() {
      const action = data.actions.find(({ toggles }) => toggles === "favourite");
      if (action) commands.act(action);
    },
    info() {
      // A slideshow has no room for it.
      infoShown = slideshow.running || !infoShown;
      slideshow.stop();
      localStorage.setItem(INFO_SETTING, String(infoShown));
      refresh();
      stage.layout();
    },
    fullScreen: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => {}),
    help() {
      frame.toggleHelp();
      refreshFrame();
    },
    heat() {
      if (!data.heat) return;
      heat.toggle();
      refresh();
    },
    async similar() {
      const entry = list.now();
      if (!entry) return;
      await close(true);
      send("similar", entry.id);
    },
    region() {
      const entry = list.now();
      if (!entry || entry.gone || regions.active) return;
      slideshow.stop();
      regions.start(entry, data.add);
    },
    async act(action) {
      const entry = list.now();
      if (!entry) return;
      if (action.after === "leave" || (action.after === "next" && !list.hasNext)) await close(true);
      else if (action.after === "next") commands.next();
      acted = entry.id;
      sendAction({ label: action.label, photo: entry.id });
    },
  };

  function run(command, action) {
    wake();
    commands[command]?.(action);
  }

  // Called when the user moves the pointer, or presses or touches something.
  function wake() {
    frame.wake(() => slideshow.running);
  }

  return {
    get busy() { return opened; },
    // Called at every run of the page.
    update(newData, newSend) {
      const before = data;
      [data, send] = [newData, newSend];
      const wanted = data.open;
      const asked = wanted.turn !== handledTurn && wanted.photo;
      handledTurn = wanted.turn;
      notice.update(data.notice, opened);
      if (asked) return open(wanted.photo, [], true);
      const id = address.read();
      if (!opened && id !== null && !address.leaving) return open(id, [], false);
      if (opened && id === null) return hide();
      if (!opened) return;
      if (before && before.sequence === data.sequence) return refresh();
      // The list, or what is known about its photos, has changed. The photo is looked up first, because it may be gone.
      facts.forget();
      list.relocate().catch(failed);
    },
    destroy() {
      hide();
      frame.stop();
      address.stop();
      document.removeEventListener(OPEN_PHOTO, onOpen);
      document.removeEventListener("fullscreenchange", refreshFrame);
    },
  };
}
