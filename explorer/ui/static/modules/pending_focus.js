// Remembers a photo that gets the focus once it is drawn, unless the user has moved the focus in the meantime.

// The focused element, looked up through shadow roots; null if there is none.
export function focusedElement(scope = document) {
  let element = scope.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element === scope.body ? null : (element ?? null);
}

// focused(): the focused element, or null.
export function createPendingFocus(focused = focusedElement) {
  let wanted = null, before = null;
  return {
    want(index) {
      [wanted, before] = [index, focused()];
    },
    // The index of the photo to focus, or null. The element that had the focus may be gone, but no other may have it.
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
