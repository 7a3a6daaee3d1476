// What matched in the photo that is shown: a heat map over it, while the user wants one.

// token(): of the list of photos. show(overlay): draws { url, words } or { message }; null draws none. isShown(id): whether that photo is
// still looked at.
export function createHeat({ token, show, isShown }) {
  let wanted = false;

  async function explain(entry) {
    show({ message: "Looking for what matched…" });
    const answer = await fetch(`/photo/sequence/${token()}/heat/${entry.id}`).catch(() => null);
    const overlay = answer?.ok ? await answer.json() : null;
    if (wanted && isShown(entry.id)) show(overlay);
  }

  return {
    toggle() {
      wanted = !wanted;
      if (!wanted) show(null);
    },
    // At every change of what is shown.
    update(entry) {
      if (wanted) explain(entry);
    },
    get wanted() { return wanted; },
  };
}
