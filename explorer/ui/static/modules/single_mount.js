// One thing for all the elements that Streamlit mounts for a component one after the other: it may clean up after an old element when
// the next one is there already, or long before, and after each run of the page.

// make(element): makes the thing, { destroy(), busy }, for the first element. One that is busy, as a viewer that is open, outlives its
// element: the next one takes it over.
export function createSingleMount(make, later = setTimeout) {
  let made = null, holder = null;

  // End it if its element has gone and it is not busy. To be called when it is busy no longer, too.
  function release() {
    if (!holder || holder.isConnected || made.busy) return;
    const ended = made;
    made = holder = null;
    ended.destroy();
  }

  return {
    release,
    // The thing, which belongs to this element from now on.
    attach(element) {
      holder = element;
      return (made ??= make(element));
    },
    // To be called when Streamlit cleans up after an element.
    detach: () => later(release),
  };
}
