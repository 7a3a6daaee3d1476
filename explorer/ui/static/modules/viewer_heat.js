// What matched in the photo that is shown: a heat map over it, while the user wants one. It takes the server a while, so only a photo
// that is looked at is asked about, and one at a time.

// Milliseconds that a photo must be looked at before its heat map is asked for.
const HEAT_DELAY = 250;
const NO_HEAT = { message: "What matched cannot be shown now." };

async function readHeat(token, id) {
  const answer = await fetch(`/photo/sequence/${token}/heat/${id}`);
  return answer.ok ? answer.json() : NO_HEAT;
}

// token(): of the list of photos. show(overlay): draws { url, words } or { message }; null draws none.
export function createHeat({ token, show, read = readHeat, setTimer = setTimeout, clearTimer = clearTimeout }) {
  let wanted = false, timer = 0, busy = false;
  // What is looked at: { key, id, token }.
  let current = null;

  async function explain() {
    if (busy || !current) return;
    const mine = current;
    busy = true;
    show({ message: "Looking for what matched…" });
    const overlay = await read(mine.token, mine.id).catch(() => NO_HEAT);
    busy = false;
    clearTimer(timer);
    if (current?.key === mine.key) show(overlay);
    else settle();
  }

  function settle() {
    clearTimer(timer);
    timer = setTimer(explain, HEAT_DELAY);
  }

  // Nothing is looked at any longer.
  function forget() {
    clearTimer(timer);
    current = null;
  }

  return {
    toggle() {
      wanted = !wanted;
      if (wanted) return;
      forget();
      show(null);
    },
    forget,
    // At every change of what is shown.
    update(entry) {
      if (!wanted) return;
      // With its source, an entry is drawn anew, without what lies over it.
      const key = JSON.stringify([token(), entry.id, entry.source]);
      if (current?.key === key) return;
      current = { key, id: entry.id, token: token() };
      settle();
    },
    get wanted() { return wanted; },
  };
}
