// The information about a photo: the known facts, where its files are, and similar photos.

import { numberLabel } from "./date_labels.js";
import { make } from "./element.js";
import { createRating } from "./rating_stars.js";

// onPick(entry): called when a similar photo is chosen. onFace(face): called with the hovered face, { name, box }, or null for none.
// onRate(stars): called with a new rating, 0 for none.
export function createPhotoPanel({ onPick, onFace, onRate }) {
  const body = make("div", { class: "body" });
  const root = make("aside", { class: "panel", "aria-label": "Information", tabindex: "-1" }, body);
  const parts = { why: make("div", { class: "why-photo" }), facts: make("div"), faces: make("div"), similar: make("div") };
  const [name, rating] = [make("h2"), createRating(onRate)];
  let shown = null;

  // info: the result of `photo_details` in Python, or null while it is being fetched.
  function facts(info) {
    if (!info) return [];
    return [
      ...(info.damaged ? [make("p", { class: "warning" }, info.damaged)] : []),
      ...(info.away ? [make("p", { class: "hint" }, "Its drive is not connected. This is the preview.")] : []),
      make("dl", { class: "facts" }, ...info.facts.flatMap(([label, text]) => [make("dt", {}, label), make("dd", {}, text)]),
        ...info.links.flatMap(([label, links]) => [make("dt", {}, label), make("dd", {}, ...linked(links))])),
      ...(info.histogram ? [histogram(info.histogram)] : []),
      ...files(info),
    ];
  }

  // Links to searches, with commas between them.
  function linked(links) {
    return links.flatMap(([text, address], index) => [...(index ? [", "] : []), make("a", { href: address, target: "_self" }, text)]);
  }

  function files(info) {
    const heading = info.present > 1 ? `The same file is in ${numberLabel(info.present)} places:` : "File";
    return [
      make("h3", {}, heading),
      ...info.files.flatMap(({ path, away }) => [
        make("div", { class: "path" }, make("code", {}, path),
          make("button", { type: "button", title: "Copy the path", "aria-label": `Copy the path ${path}`, onclick: (event) => copy(event.currentTarget, path) }, "Copy")),
        ...(away && info.present > 1 ? [make("p", { class: "hint" }, "This file cannot be found now: its drive is not connected, or it was moved.")] : []),
      ]),
      ...(info.more ? [make("p", { class: "hint" }, `… and ${numberLabel(info.more)} more.`)] : []),
    ];
  }

  async function copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
  }

  function histogram(bins) {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("viewBox", "0 0 256 64");
    drawing.setAttribute("preserveAspectRatio", "none");
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", "Histogram of the brightness, from black to white");
    const step = 256 / bins.length;
    bins.forEach((bin, at) => {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      // Square roots, so that small shares are visible.
      const height = 64 * Math.sqrt(bin / 255);
      for (const [name, value] of Object.entries({ x: at * step, y: 64 - height, width: step - 1, height })) bar.setAttribute(name, value.toFixed(1));
      drawing.append(bar);
    });
    return make("figure", { class: "histogram" }, drawing);
  }

  // Show the panel's parts as they arrive; parts that are not given stay as they are.
  function update(id, { info, why, faces, similar }) {
    if (shown !== id) {
      shown = id;
      body.replaceChildren(parts.why, name, rating.root, parts.facts, parts.faces, parts.similar);
      root.scrollTop = 0;
      parts.why.replaceChildren();
      name.textContent = "";
      rating.show(null);
      parts.facts.replaceChildren();
      parts.faces.replaceChildren();
      parts.similar.replaceChildren();
    }
    if (info !== undefined) {
      parts.facts.replaceChildren(...facts(info));
      name.textContent = info?.name ?? "";
      rating.show(info?.rating ?? null);
    }
    // This HTML comes from the server, with all texts escaped.
    if (why !== undefined) parts.why.innerHTML = why;
    if (faces !== undefined) parts.faces.replaceChildren(...people(faces.faces));
    if (similar !== undefined) parts.similar.replaceChildren(...similarPhotos(similar));
  }

  // The people whose faces other programs have marked; hovering a name shows the face.
  function people(faces) {
    if (!faces.length) return [];
    const shown = (face) => ({ onpointerenter: () => onFace(face), onpointerleave: () => onFace(null), onfocus: () => onFace(face), onblur: () => onFace(null) });
    return [
      make("h3", {}, "People"),
      make("div", { class: "people" }, ...faces.map((face) => make("button", { type: "button", title: "Show the face", ...shown(face) }, face.name || "No name"))),
    ];
  }

  function similarPhotos({ known, photos, copies }) {
    const waiting = [make("h3", {}, "Similar photos"), make("p", { class: "hint" }, "They appear here once the photos have been compared.")];
    return [...pictures("Copies and similar shots", copies), ...(known ? pictures("Similar photos", photos) : waiting)];
  }

  function pictures(heading, photos) {
    if (!photos.length) return [];
    return [
      make("h3", {}, heading),
      make("div", { class: "similar" }, ...photos.map((entry) => make("button", { type: "button", title: entry.label, "aria-label": entry.label, onclick: () => onPick(entry) },
        make("img", { src: entry.preview, alt: "", loading: "lazy", decoding: "async" })))),
    ];
  }

  // Show no photo, and the reason.
  function clear(reason = "") {
    shown = null;
    body.replaceChildren(...(reason ? [make("p", { class: "hint" }, reason)] : []));
  }

  return { root, update, clear };
}
