// Keeps one object for all elements that Streamlit mounts for a component one after the other. Streamlit may clean up after an old
// element when the next one already exists, or long before, and after each run of the page.

// make(element): makes the object, { destroy(), busy }, for the first element. An object that is busy, such as an open viewer, outlives
// its element, and the next element takes it over.
export function createSingleMount(make, later = setTimeout) {
  let made = null, holder = null;

  // Destroy the object if its element is gone and it is not busy. To be called when it is no longer busy, too.
  function release() {
    if (!holder || holder.isConnected || made.busy) return;
    const ended = made;
    made = holder = null;
    ended.destroy();
  }

  return {
    release,
    // The object, which belongs to this element from now on.
    attach(element) {
      holder = element;
      return (made ??= make(element));
    },
    // To be called when Streamlit cleans up after an element.
    detach: () => later(release),
  };
}
