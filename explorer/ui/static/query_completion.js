// Suggestions in the search box: a list of the browser's own (`datalist`), filled while a query is typed.

const BOX = ".st-key-search-bar input";
const LIST = "photo-explorer-completions";
// Milliseconds without a key after which suggestions are asked for.
const DELAY = 120;

function listElement() {
  let list = document.getElementById(LIST);
  if (!list) {
    list = document.createElement("datalist");
    list.id = LIST;
    document.body.append(list);
  }
  return list;
}

function suggest(box, suggestions) {
  const list = listElement();
  const options = suggestions.map(({ text, help }) => {
    const option = document.createElement("option");
    option.value = text;
    option.label = help;
    return option;
  });
  list.replaceChildren(...options);
  if (options.length) {
    // A list would make the box a combo box for screen readers; it stays what it is, a search box.
    box.setAttribute("role", "searchbox");
    box.setAttribute("list", LIST);
  } else {
    box.removeAttribute("list");
  }
}

export default function () {
  let timer = 0;
  let asked = 0;

  async function ask(box) {
    const number = ++asked;
    const text = box.value;
    const query = new URLSearchParams({ q: text, at: box.selectionStart ?? text.length });
    try {
      const answer = text.trim() ? await fetch(`/photo/completions?${query}`) : null;
      const found = answer?.ok ? await answer.json() : [];
      if (number === asked) suggest(box, found.filter((each) => each.text !== text));
    } catch {
      // The program does not answer: another message says so.
    }
  }

  function onInput(event) {
    if (!(event.target instanceof HTMLInputElement) || !event.target.matches(BOX)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY, event.target);
  }

  document.addEventListener("input", onInput);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("input", onInput);
    document.getElementById(LIST)?.remove();
  };
}
