// The scroll position in a list that may be higher than a browser can scroll.
//
// Browsers can place elements at up to about ten million pixels. A higher list is scrolled within a shorter space: each
// position of the scroll bar stands for a position in the list, and scrolling from there moves both by the same number of
// pixels. Once scrolling has stopped, `toSpace` of the current position makes the two agree again.

const MAX_PIXELS = 8_000_000;

// height: that of the list. view: the visible pixels. most: the height of the space.
export function createScrollSpace(most = MAX_PIXELS) {
  let height = 0;
  let view = 0;
  // Position in the list minus position in the space.
  let shift = 0;

  const spaceHeight = () => Math.min(height, most);
  const share = () => Math.max(1, height - view) / Math.max(1, spaceHeight() - view);
  const shiftAt = (space) => (height <= most ? 0 : Math.round(space * share() - space));

  return {
    resize(newHeight, newView) {
      [height, view] = [newHeight, newView];
      if (height <= most) shift = 0;
    },
    spaceHeight,
    shift: () => shift,
    // The position in the list at the top of the view. last: the previous position in the space.
    toList(space, last) {
      const far = Math.abs(space - last) > 3 * view;
      const end = space <= 0 || space >= spaceHeight() - view;
      if (height > most && (far || end)) shift = shiftAt(space);
      return space + shift;
    },
    // The position in the space that shows a position of the list.
    toSpace(list) {
      if (height <= most) return list;
      const space = Math.min(Math.max(list / share(), 0), spaceHeight());
      shift = Math.round(list - space);
      return list - shift;
    },
  };
}
