// The visible part of a gallery, in pixels of its list, while the page around it scrolls.

import { createScrollSpace } from "./scroll_space.js";

// Milliseconds without scrolling after which it counts as stopped.
const REST = 150;

// The element that scrolls an element, through shadow roots.
function scrollerOf(element) {
  for (let each = element; each; each = each.parentElement ?? each.getRootNode().host) {
    if (/auto|scroll/.test(getComputedStyle(each).overflowY)) return each;
  }
  return document.scrollingElement;
}

// grid: the element that is as high as the list. covered(): pixels at the top of the scroller that other elements cover.
// changed(): called in a frame after scrolling or resizing. rested(): called once scrolling has stopped.
export function createViewport(grid, { covered, changed, rested }) {
  const space = createScrollSpace();
  let scroller = null;
  let last = 0;
  let frame = 0;
  let timer = 0;

  const position = () =>
    scroller ? scroller.getBoundingClientRect().top + covered() - grid.getBoundingClientRect().top : last;

  function onScroll() {
    clearTimeout(timer);
    timer = setTimeout(stop, REST);
    drawSoon();
  }

  function stop() {
    if (!grid.isConnected) return;
    const top = view.top();
    // In long lists, make room for more scrolling in both directions.
    if (space.shift() && Math.abs(space.toSpace(top) - last) > 1) view.scrollTo(top);
    rested();
  }

  function drawSoon() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      changed();
    });
  }

  const view = {
    attach() {
      if (scroller) return;
      scroller = scrollerOf(grid);
      // A higher window shows more of the list.
      const observer = new ResizeObserver(drawSoon);
      observer.observe(scroller);
      const target = scroller === document.scrollingElement ? window : scroller;
      target.addEventListener("scroll", onScroll, { passive: true });
      view.detach = () => {
        target.removeEventListener("scroll", onScroll);
        observer.disconnect();
        clearTimeout(timer);
        cancelAnimationFrame(frame);
        frame = 0;
        scroller = null;
      };
    },
    detach() {},
    height: () => (scroller?.clientHeight ?? 0) - covered(),
    resize(height) {
      space.resize(height, view.height());
      grid.style.height = `${space.spaceHeight()}px`;
    },
    // The position in the list at the top of the view; negative while the page above the gallery is in view.
    top() {
      const now = position();
      const top = space.toList(now, last);
      last = now;
      return top;
    },
    // Where an element at that position of the list is placed within the grid.
    place: (top) => top - space.shift(),
    scrollTo(top) {
      const wanted = space.toSpace(top);
      if (!scroller) return;
      scroller.scrollTop += wanted - position();
      last = position();
      changed();
    },
  };
  return view;
}
