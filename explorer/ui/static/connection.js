// What a window says while the program does not answer. Streamlit opens a dialog of its own, in words for those who write programs; its
// contents are hidden and ours stand in their place. It closes that dialog itself once the program answers again.

const TITLE = "Connection error";
const REFUSED = /\b403\b/;
const WORDS = {
  down: ["Photo Explorer is not running", "It was closed, or has stopped. Nothing is lost: start it again as you did before (python run.py). This page reconnects by itself if Photo Explorer prints the same address as before."],
  refused: ["This window has no access any more", "Photo Explorer was started again with another access token. Open the full address that it printed in its terminal; python run.py open prints it again."],
};

function replace(dialog) {
  const heading = dialog.querySelector("h2");
  if (!heading || heading.textContent !== TITLE) return;
  const said = [...dialog.children].filter((child) => child.className !== "photo-explorer-said").map((child) => child.textContent).join(" ");
  const [title, text] = WORDS[REFUSED.test(said) ? "refused" : "down"];
  const ours = dialog.querySelector(".photo-explorer-said") ?? document.createElement("div");
  if (ours.textContent === title + text) return;
  ours.className = "photo-explorer-said";
  const [strong, words] = ["h2", "p"].map((tag) => document.createElement(tag));
  strong.textContent = title;
  words.textContent = text;
  ours.replaceChildren(strong, words);
  dialog.classList.add("photo-explorer-connection");
  dialog.removeAttribute("aria-labelledby");
  dialog.setAttribute("aria-label", title);
  if (!ours.isConnected) dialog.append(ours);
}

export default function () {
  const look = () => document.querySelectorAll('[role="dialog"]').forEach(replace);
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  look();
  return () => observer.disconnect();
}
