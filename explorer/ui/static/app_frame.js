// The frame of every page: gives names to Streamlit's buttons, makes its parts reachable by keyboard, and shows our own message
// while the program does not respond. Streamlit opens a dialog with a text for developers, which is hidden and replaced here,
// and closes it once the program responds again. It also starts the downloads that the page requests, and
// announces edits.

import { noteFocus, restoreLostFocus } from "./modules/kept_focus.js";
import { notePopovers, tabThroughPopover } from "./modules/popover_focus.js";
import { makePartsReachable } from "./modules/reachable_parts.js";
import { closeAfterChoice, followSidebar, nameSidebarButtons } from "./modules/sidebar_buttons.js";

const STREAMLIT_TITLE = "Connection error";
const REFUSED = /\b403\b/;

function messages(program) {
  return {
    down: ["Photo Explorer is not running",
      `It was closed or has stopped. Nothing is lost: start it again as before (${program}). This page reconnects automatically if Photo Explorer prints the same address.`],
    refused: ["This window no longer has access",
      `Photo Explorer was restarted with another access token. Open the full address that it printed in its terminal. ${program} open prints it again.`],
  };
}

function replaceContents(dialog, program) {
  const heading = dialog.querySelector("h2");
  if (!heading || heading.textContent !== STREAMLIT_TITLE) return;
  const original = [...dialog.children].filter((child) => child.className !== "photo-explorer-message").map((child) => child.textContent).join(" ");
  const [title, text] = messages(program)[REFUSED.test(original) ? "refused" : "down"];
  const message = dialog.querySelector(".photo-explorer-message") ?? document.createElement("div");
  if (message.textContent === title + text) return;
  message.className = "photo-explorer-message";
  const [strong, words] = ["h2", "p"].map((tag) => document.createElement(tag));
  strong.textContent = title;
  words.textContent = text;
  message.replaceChildren(strong, words);
  dialog.classList.add("photo-explorer-connection");
  dialog.removeAttribute("aria-labelledby");
  dialog.setAttribute("aria-label", title);
  if (!message.isConnected) dialog.append(message);
}

// What was said last: the number of a message about an edit.
let said = null;

// Have screen readers read what the last edit did: they read what changes in an element that was there before.
function say(notice) {
  const turn = notice?.turn ?? null;
  if (turn === said) return;
  said = turn;
  const line = document.querySelector(".photo-explorer-announcement") ?? document.createElement("div");
  line.className = "photo-explorer-announcement";
  line.setAttribute("role", "status");
  if (!line.isConnected) document.body.append(line);
  // The viewer says it by itself.
  line.textContent = document.querySelector(".photo-open") ? "" : (notice?.text ?? "");
}

// The last download that was started.
let started = null;

function startDownload({ ticket, url }) {
  if (ticket === started) return;
  started = ticket;
  const link = document.createElement("a");
  [link.href, link.download] = [url, ""];
  link.click();
}

export default function (component) {
  const program = component.data?.program ?? "photo-explorer";
  const check = () => {
    document.querySelectorAll('[role="dialog"]').forEach((dialog) => replaceContents(dialog, program));
    nameSidebarButtons();
    followSidebar();
    makePartsReachable();
    notePopovers();
    restoreLostFocus();
  };
  const observer = new MutationObserver(check);
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  check();
  say(component.data?.notice);
  if (component.data?.download) startDownload(component.data.download);
  document.addEventListener("click", closeAfterChoice, true);
  document.addEventListener("focusin", noteFocus);
  document.addEventListener("keydown", tabThroughPopover, true);
  return () => {
    observer.disconnect();
    document.removeEventListener("click", closeAfterChoice, true);
    document.removeEventListener("focusin", noteFocus);
    document.removeEventListener("keydown", tabThroughPopover, true);
  };
}
