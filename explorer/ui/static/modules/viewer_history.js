// The viewer's place in the browser's history: a single entry however many photos are shown, so that Back leaves the viewer in one step.

import { addressWithPhoto, photoInAddress, sameButPhoto } from "./photo_address.js";

// Milliseconds without a step after which the address is changed, unless there was none for as long before: browsers allow only a few
// changes in a short time.
const ADDRESS_DELAY = 200;
// Milliseconds to wait until the browser has gone back, which it does at once unless the computer is busy.
const BACK_TIMEOUT = 5000;

// onAddress(id): called when the user goes back or forward to an address with that photo, or with none (null).
export function createViewerHistory({ onAddress }) {
  // The address that was set while a photo was open; null while none is.
  let own = null;
  let timer = 0;
  let leaving = null;

  function enter(id, push) {
    own = addressWithPhoto(location.href, id);
    if (push) history.pushState({ viewer: true }, "", own);
    else if (own !== location.href) history.replaceState(history.state, "", own);
  }

  function step(id) {
    own = addressWithPhoto(location.href, id);
    if (timer === 0) flush();
    pause();
    timer = setTimeout(flush, ADDRESS_DELAY);
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
  }

  function flush() {
    pause();
    if (own !== null && own !== location.href && sameButPhoto(own, location.href)) history.replaceState(history.state, "", own);
  }

  // Leave the photo's address; resolves once the address is that of the page.
  function leave() {
    flush();
    own = null;
    if (photoInAddress(location.search) === null) return Promise.resolve();
    if (!history.state?.viewer) {
      history.replaceState(history.state, "", addressWithPhoto(location.href, null));
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const under = addressWithPhoto(location.href, null);
      const done = () => {
        if (leaving !== done) return;
        leaving = null;
        // The entry before may belong to something else.
        if (photoInAddress(location.search) !== null) history.replaceState({}, "", under);
        resolve();
      };
      done.under = under;
      leaving = done;
      history.back();
      setTimeout(done, BACK_TIMEOUT);
    });
  }

  // Runs before Streamlit's listener, which would run the page again for nothing if only the photo differs.
  function onPop(event) {
    pause();
    if (leaving) {
      if (sameButPhoto(leaving.under, location.href)) event.stopImmediatePropagation();
      leaving();
      return;
    }
    const before = own;
    if (before !== null && sameButPhoto(before, location.href)) event.stopImmediatePropagation();
    const id = photoInAddress(location.search);
    own = id === null ? null : location.href;
    onAddress(id);
  }

  window.addEventListener("popstate", onPop, true);
  return {
    enter, step, leave,
    get leaving() { return leaving !== null; },
    // The page itself has changed the address: the photo that it names now, or null.
    read() { return photoInAddress(location.search); },
    stop() {
      pause();
      window.removeEventListener("popstate", onPop, true);
    },
  };
}
