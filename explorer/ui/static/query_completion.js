// Suggestions in the search box: a `datalist`, filled while a query is typed.

const BOX = ".st-key-search-bar input";
const LIST = "photo-explorer-completions";
// Milliseconds after the last key press until suggestions are requested.
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
    // The list would turn the box into a combo box for screen readers; keep the role of a search box.
    box.setAttribute("role", "searchbox");
    box.setAttribute("list", LIST);
  } else {
    box.removeAttribute("list");
  }
}

export default function () {
  let timer = 0;
  let requests = 0;

  async function ask(box) {
    const number = ++requests;
    const text = box.value;
    const query = new URLSearchParams({ q: text, at: box.selectionStart ?? text.length });
    try {
      const answer = text.trim() ? await fetch(`/photo/completions?${query}`) : null;
      const found = answer?.ok ? await answer.json() : [];
      if (number === requests) suggest(box, found.filter((each) => each.text !== text));
    } catch {
      // If the program does not respond, app_frame.js shows a message.
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
