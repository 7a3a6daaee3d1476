// The parts around the pictures of a group of duplicates: its files, the tools, the table, the buttons and the list of groups.

import { comparisonRows, fileState } from "./comparison_table.js";
import { numberLabel } from "./date_labels.js";
import { make } from "./element.js";
import { REVIEW_KEYS } from "./review_keys.js";

const MODES = [["side", "Side by side", "s"], ["flicker", "Flicker", "f"], ["difference", "Difference", "d"]];

// review: { data, state, kept, others, other(), act(action, more), draw(), toggleHelp(), zoom(factor), fit() }: the data from Python; the
// state that outlives a run of the page (`mode`, `other`, `zoom`, `help`); the files; and the functions of the buttons. Returns functions that make the parts.
export function createReviewParts({ data, state, kept, others, other, act, draw, toggleHelp, zoom, fit }) {
  function head() {
    return make("div", { class: "head" },
      make("button", { type: "button", "aria-label": "Previous group", title: "Previous group (←)", onclick: () => act("previous") }, "‹"),
      make("strong", {}, data.label),
      make("button", { type: "button", "aria-label": "Next group", title: "Next group (→)", onclick: () => act("next") }, "›"),
      make("span", { class: "because" }, data.because),
      ...(other()?.stays ? [make("span", { class: "stays" }, `${other().name} is kept: ${other().stays}.`)] : []),
    );
  }

  function members() {
    return make("div", { class: "members", role: "group", "aria-label": "Files of this group" }, ...data.items.map((item, at) => {
      const chosen = at === 0 || at - 1 === state.other;
      const { word, className } = fileState(item, data.keeps);
      return make("button", {
        type: "button", class: `member ${className}`, "aria-pressed": String(chosen), title: `${item.folder}/${item.name}`,
        "aria-label": `${item.name}, ${word}`, "data-what": `file ${item.file}`,
        onclick: () => {
          if (at) state.other = at - 1;
          draw();
        },
      }, make("img", { src: item.preview, alt: "", loading: "lazy" }), make("span", { class: "word" }, word));
    }));
  }

  function tools() {
    const mode = MODES.map(([name, label, key]) => make("button", {
      type: "button", "aria-pressed": String(state.mode === name), title: `${label} (${key})`,
      onclick: () => { state.mode = name; draw(); },
    }, label));
    return make("div", { class: "tools", role: "toolbar", "aria-label": "View" }, ...mode, make("span", { class: "gap" }),
      make("button", { type: "button", "aria-label": "Zoom out", title: "Zoom out (−)", onclick: () => zoom(1 / 1.5) }, "−"),
      make("output", { class: "scale", "aria-label": "Zoom" }, `${numberLabel(state.zoom.scale, 1)}×`),
      make("button", { type: "button", "aria-label": "Zoom in", title: "Zoom in (+)", onclick: () => zoom(1.5) }, "+"),
      make("button", { type: "button", title: "The whole photo (0)", onclick: () => fit() }, "Fit"),
      make("button", { type: "button", title: "Keyboard shortcuts (?)", "aria-expanded": String(state.help), onclick: toggleHelp }, "Keys"),
    );
  }

  function table() {
    const body = comparisonRows(kept, other() ?? kept).map(({ label, left, right, more }) => {
      if (label === "Sharpness") {
        return make("tr", {}, make("th", { scope: "row", title: "Variance of the Laplacian at 512 pixels" }, label),
          make("td", { "data-sharp": "1" }), make("td", { "data-sharp": "2" }));
      }
      return make("tr", { class: left === right ? "" : "differs" },
        make("th", { scope: "row" }, label),
        make("td", { class: more > 0 ? "more" : "" }, left),
        make("td", { class: more < 0 ? "more" : "" }, right),
      );
    });
    return make("div", { class: "scroll" }, make("table", {},
      make("thead", {}, make("tr", {}, make("td", {}), make("th", { scope: "col" }, data.keeps ? "Kept" : "First"), make("th", { scope: "col" }, "Compared"))),
      make("tbody", {}, ...body),
    ));
  }

  function buttons() {
    const item = other();
    const marked = others.filter((each) => each.goes).length;
    const button = (label, key, action, more = {}) => make("button", { type: "button", title: key ? `Key: ${key}` : null, "data-what": action, onclick: () => act(action), ...more }, label);
    return make("div", { class: "buttons" },
      button(data.accepted ? "Accepted · Undo" : marked ? `Accept: remove ${marked} of ${data.items.length}` : "Nothing marked", "Enter", data.accepted ? "back" : "accept",
        { class: "primary", disabled: !data.accepted && !marked }),
      button(item?.goes ? "Keep" : "Remove", "x", "mark", { disabled: !item || Boolean(item.stays), title: item?.stays ? `Kept: ${item.stays}` : `${item?.goes ? "Keep" : "Mark for removal"} the compared file (x)`, onclick: () => act("mark", { file: item.file }) }),
      ...(others.filter((each) => !each.stays).length > 1 ? [button(marked ? "Remove none" : "Remove all others", "m", "markall")] : []),
      ...(data.suggested ? [] : [button("Keep the first", "k", "keep", { disabled: kept.link, onclick: () => act("keep", { file: kept.file }) })]),
      button(data.suggested ? "Keep this instead" : "Keep this", "p", "keep", { disabled: !item || item.link, onclick: () => act("keep", { file: item.file }) }),
      ...(data.tier === "identical" ? [] : [button("Not duplicates", "n", "apart")]),
      button("Keep all", "a", "all"),
      button("Later", "l", "later"),
    );
  }

  function help() {
    return make("dl", { class: "keys" }, ...REVIEW_KEYS.flatMap(([key, text]) => [make("dt", {}, key), make("dd", {}, text)]));
  }

  function list() {
    return make("div", { class: "list", role: "group", "aria-label": "Groups" }, ...data.listed.map((entry) => make("button", {
      type: "button", class: entry.accepted ? "entry accepted" : "entry", "aria-current": entry.key === data.key ? "true" : null,
      "aria-label": entry.label + (entry.accepted ? ", accepted" : ""), title: entry.label, onclick: () => act("go", { to: entry.key }),
    }, make("span", { class: "pile" }, ...entry.previews.map((address) => make("img", { src: address, alt: "", loading: "lazy" }))),
    make("span", { class: "text" }, `${entry.files} files · ${entry.size}`))));
  }

  return { head, members, tools, table, buttons, help, list };
}
