// A photo that is to get the focus once it is there, unless the user has gone elsewhere meanwhile.

// What has the focus, through shadow roots; null if nothing has it.
export function focusedElement(scope = document) {
  let element = scope.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element === scope.body ? null : (element ?? null);
}

// focused(): what has the focus now, or null.
export function createPendingFocus(focused = focusedElement) {
  let wanted = null, before = null;
  return {
    want(index) {
      [wanted, before] = [index, focused()];
    },
    // The index of the photo to be focused, or null. What had the focus may be gone, but nothing else may have it.
    index() {
      if (wanted === null) return null;
      const now = focused();
      if (now !== null && now !== before) wanted = null;
      return wanted;
    },
    done() {
      wanted = before = null;
    },
  };
}
