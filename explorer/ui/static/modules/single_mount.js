// One thing for all the elements that Streamlit mounts for a component one after the other: it may clean up after an old element when
// the next one is there already, and after each run of the page.

// make(element): makes the thing, { destroy() }, for the first element.
export function createSingleMount(make, later = setTimeout) {
  let made = null, holder = null;
  return {
    // The thing, which belongs to this element from now on.
    attach(element) {
      holder = element;
      return (made ??= make(element));
    },
    // To be called when Streamlit cleans up after an element: the thing ends only if the element has gone and no other has come.
    detach(element) {
      later(() => {
        if (holder !== element || element.isConnected) return;
        made?.destroy();
        made = holder = null;
      });
    },
  };
}
