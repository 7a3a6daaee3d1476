// Fetches what is known about the photo that is shown, and gives it to the panel as it comes.

// Milliseconds that a photo must be looked at before its facts are fetched: none while keys are held down.
const FACTS_DELAY = 120;
const MOST_FACTS = 60;

// panel: as `createPhotoPanel` makes it. token(): of the page's list of photos.
export function createFacts(panel, token) {
  let timer = 0;
  let current = null;
  let known = new Map();

  async function read(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  async function fetchAll(id) {
    const found = known.get(id) ?? {};
    known.set(id, found);
    if (known.size > MOST_FACTS) known.delete(known.keys().next().value);
    const parts = { info: `/photo/${id}/info`, why: `/photo/sequence/${token()}/why/${id}`, similar: `/photo/${id}/similar`, faces: `/photo/${id}/faces` };
    for (const [part, address] of Object.entries(parts)) {
      if (found[part] === undefined) {
        try {
          const answer = await read(address);
          found[part] = part === "why" ? answer.html : answer;
        } catch {
          // Of a photo that has gone meanwhile, or without the program, there is nothing more to say.
          continue;
        }
      }
      if (current !== id) return;
      panel.update(id, { [part]: found[part] });
    }
  }

  return {
    show(id) {
      clearTimeout(timer);
      current = id;
      const found = known.get(id);
      if (found) panel.update(id, found);
      timer = setTimeout(() => fetchAll(id), found ? 0 : FACTS_DELAY);
    },
    hide() {
      clearTimeout(timer);
      current = null;
    },
    forget() { known = new Map(); },
  };
}
