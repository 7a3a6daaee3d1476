// Covers the page with a layer outside of what Streamlit draws, so that it stays whatever the page redraws. Streamlit's dialogs
// appear above it.

import { PHOTO_CLOSED } from "./photo_opening.js";

const STREAMLIT_DIALOG = '[data-testid="stDialog"]';
// Milliseconds between attempts to focus a photo on another page of results, and the number of attempts.
const FOCUS_INTERVAL = 100;
const FOCUS_ATTEMPTS = 60;

// layer: the element that covers the page. onKey(event): called for every key while no dialog is above the layer.
// onMissing(id): called if the photo seen last is not on the page; it gets the focus once the page shows it.
export function createPageCover({ layer, css, font, onKey, onMissing }) {
  const host = document.createElement("div");
  host.className = "photo-viewer";
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = css;
  if (font) layer.style.fontFamily = font;
  root.append(style, layer);
  let before = null;
  const observer = new MutationObserver(yieldToDialogs);

  const dialogIsOpen = () => document.querySelector(STREAMLIT_DIALOG) !== null;

  // The covered page can neither be reached with Tab nor read aloud.
  function yieldToDialogs() {
    const covered = !dialogIsOpen();
    const page = document.getElementById("root");
    if (page) page.inert = covered;
    layer.inert = !covered;
    if (covered && !root.activeElement) layer.focus({ preventScroll: true });
  }

  function giveFocus(id) {
    return !document.dispatchEvent(new CustomEvent(PHOTO_CLOSED, { detail: { id }, cancelable: true }));
  }

  function retry(id, attempt) {
    const moved = document.activeElement !== document.body && document.activeElement !== before && before?.isConnected;
    if (host.isConnected || moved || attempt > FOCUS_ATTEMPTS || giveFocus(id)) return;
    setTimeout(() => retry(id, attempt + 1), FOCUS_INTERVAL);
  }

  function key(event) {
    if (!dialogIsOpen()) onKey(event);
  }

  return {
    show() {
      if (host.isConnected) return;
      before = document.activeElement;
      document.body.append(host);
      document.documentElement.classList.add("photo-open");
      observer.observe(document.body, { childList: true, subtree: true });
      document.addEventListener("keydown", key, true);
      yieldToDialogs();
      layer.focus({ preventScroll: true });
    },
    // seen: the id of the photo seen last, to which the gallery gives the focus.
    hide(seen) {
      if (!host.isConnected) return;
      observer.disconnect();
      document.removeEventListener("keydown", key, true);
      host.remove();
      document.documentElement.classList.remove("photo-open");
      const page = document.getElementById("root");
      if (page) page.inert = false;
      if (giveFocus(seen)) return;
      if (before?.isConnected) before.focus({ preventScroll: true });
      if (seen === null) return;
      onMissing(seen);
      retry(seen, 0);
    },
  };
}
