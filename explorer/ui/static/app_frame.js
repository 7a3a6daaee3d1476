// The frame of every page: gives names to Streamlit's buttons, makes its parts reachable by keyboard, and shows our own message
// while the program does not respond. Streamlit opens a dialog with a text for developers, which is hidden and replaced here,
// and closes it once the program responds again.

import { noteFocus, restoreLostFocus } from "./modules/kept_focus.js";
import { makePartsReachable } from "./modules/reachable_parts.js";
import { closeAfterChoice, nameSidebarButtons } from "./modules/sidebar_buttons.js";

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

export default function (component) {
  const program = component.data?.program ?? "photo-explorer";
  const check = () => {
    document.querySelectorAll('[role="dialog"]').forEach((dialog) => replaceContents(dialog, program));
    nameSidebarButtons();
    makePartsReachable();
    restoreLostFocus();
  };
  const observer = new MutationObserver(check);
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  check();
  document.addEventListener("click", closeAfterChoice, true);
  document.addEventListener("focusin", noteFocus);
  return () => {
    observer.disconnect();
    document.removeEventListener("click", closeAfterChoice, true);
    document.removeEventListener("focusin", noteFocus);
  };
}
