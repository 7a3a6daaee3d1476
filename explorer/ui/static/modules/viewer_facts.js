// Fetches what is known about the photo that is shown, and passes it to the panel as it arrives.

// Milliseconds that a photo must be viewed before its facts are fetched, so that none are while keys are held down.
const FACTS_DELAY = 120;
const MAX_FACTS = 60;

async function readFacts(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

// panel: from `createPhotoPanel`. token(): that of the page's list of photos.
export function createFacts(panel, token, { read = readFacts, setTimer = setTimeout, clearTimer = clearTimeout } = {}) {
  let timer = 0;
  let current = null;
  // By photo id: the parts that have arrived, and whether more are being fetched.
  let known = new Map();

  async function fetchAll(id) {
    // Remove the facts about the previous photo at once, however long the server takes.
    if (!known.has(id)) panel.update(id, {});
    const facts = known.get(id) ?? { parts: {}, busy: false };
    known.set(id, facts);
    if (known.size > MAX_FACTS) known.delete(known.keys().next().value);
    if (facts.busy) return;
    facts.busy = true;
    const { parts } = facts;
    const addresses = { info: `/photo/${id}/info`, why: `/photo/sequence/${token()}/why/${id}`, similar: `/photo/${id}/similar`, faces: `/photo/${id}/faces` };
    for (const [part, address] of Object.entries(addresses)) {
      if (parts[part] !== undefined) continue;
      try {
        const answer = await read(address);
        parts[part] = part === "why" ? answer.html : answer;
      } catch {
        // The photo has been removed in the meantime, or the program does not respond: there is nothing more to show.
        continue;
      }
      // Another photo is shown, or these facts are out of date.
      if (current !== id || known.get(id) !== facts) break;
      panel.update(id, { [part]: parts[part] });
    }
    facts.busy = false;
  }

  return {
    show(id) {
      const same = current === id;
      const facts = known.get(id);
      current = id;
      if (facts) panel.update(id, facts.parts);
      // The page may repeat the same update: that must not delay the fetching.
      if (same && timer) return;
      clearTimer(timer);
      timer = setTimer(() => {
        timer = 0;
        fetchAll(id);
      }, facts ? 0 : FACTS_DELAY);
    },
    hide() {
      clearTimer(timer);
      timer = 0;
      current = null;
    },
    // What is known may have changed.
    forget() { known = new Map(); },
  };
}
