// Links galleries that show some of the same photos: while a photo is hovered or focused in one of them,
// it is outlined in the others.

const POINTED = "photo-explorer-pointed";

// Tell the other galleries of a group which photo is hovered; null for none.
export function pointAt(grid, group, id) {
  document.dispatchEvent(new CustomEvent(POINTED, { detail: { grid, group, id } }));
}

// Outline the photos of a grid that are hovered in others of its group. Returns a function that ends that.
export function followPointing(grid, group) {
  const follow = ({ detail }) => {
    if (detail.group !== group || detail.grid === grid) return;
    for (const tile of grid.querySelectorAll(".photo")) {
      tile.classList.toggle("pointed", detail.id !== null && tile.dataset.id === detail.id);
    }
  };
  document.addEventListener(POINTED, follow);
  return () => document.removeEventListener(POINTED, follow);
}

// Let a grid tell the others of its group which of its photos is hovered or focused. Returns a function that ends that, and
// removes the outline in the others.
export function tellPointing(grid, group) {
  const point = (event) => pointAt(grid, group, event.target.closest(".photo")?.dataset.id ?? null);
  const leave = () => pointAt(grid, group, null);
  const heard = { pointerover: point, pointerleave: leave, focusin: point, focusout: leave };
  for (const [name, listener] of Object.entries(heard)) grid.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(heard)) grid.removeEventListener(name, listener);
    leave();
  };
}

// Returns a function that links a gallery to those of a group, or to none (""): photos that are hovered in one are outlined in the others.
export function createLink(element) {
  let linked = "";
  let ends = [];
  return (group) => {
    if (group === linked) return;
    linked = group;
    ends.forEach((end) => end());
    ends = group ? [followPointing(element, group), tellPointing(element, group)] : [];
  };
}
