// Shows what matched in the current photo, as a heat map over it, while the user wants one. It takes the server a while, so heat maps
// are requested one at a time, and only for photos that are being viewed.

// Milliseconds that a photo must be viewed before its heat map is requested.
const HEAT_DELAY = 250;
const NO_HEAT = { message: "What matched cannot be shown now." };

async function readHeat(token, id) {
  const answer = await fetch(`/photo/sequence/${token}/heat/${id}`);
  return answer.ok ? answer.json() : NO_HEAT;
}

// token(): that of the list of photos. show(overlay): draws { url, words } or { message }; null draws none.
export function createHeat({ token, show, read = readHeat, setTimer = setTimeout, clearTimer = clearTimeout }) {
  let wanted = false, timer = 0, busy = false;
  // The photo that is being viewed: { key, id, token }.
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

  // No photo is being viewed any longer.
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
    // Called whenever another photo is shown, or its entry changes.
    update(entry) {
      if (!wanted) return;
      // If its source changes, an entry is redrawn without its overlay.
      const key = JSON.stringify([token(), entry.id, entry.source]);
      if (current?.key === key) return;
      current = { key, id: entry.id, token: token() };
      settle();
    },
    get wanted() { return wanted; },
  };
}
