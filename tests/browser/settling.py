"""When a page of the app is at rest: nothing runs, nothing is on its way, and nothing moves.

A click on a page that still moves may hit nothing. Playwright waits for the button itself to stand
still, but the part of the page above it that arrives next moves it away between the press of the
mouse and its release.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

# What a user does with an element.
_ACTIONS = ("click", "dblclick", "fill", "focus", "hover", "press")

# Milliseconds between two looks. To look in every animation frame would have the browser draw each
# of them, and that is a lot of work without a graphics processor.
_INTERVAL = 40

# Runs in every page before its own scripts. The page does not know that its script runs before the
# server tells it so; until then, it has sent something that is not answered. It sends only some
# moments after the event, and what arrives next may answer something else. So the page is not at
# rest just after an event or a message either: the timer that ends this runs after those that the
# page has set.
NOTE_ANSWERS = """(() => {
  window.unanswered = null;
  window.stirred = false;
  let timer = 0;
  const stir = () => {
    window.stirred = true;
    clearTimeout(timer);
    timer = setTimeout(() => { window.stirred = false; }, INTERVAL);
  };
  const answered = () => { window.unanswered = null; stir(); };
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (!this.noted) {
      this.noted = true;
      this.addEventListener("message", answered);
      this.addEventListener("close", answered);
    }
    window.unanswered = performance.now();
    return send.call(this, data);
  };
  for (const event of ["change", "click", "input", "keydown", "keyup", "pointerup", "popstate"])
    window.addEventListener(event, stir, true);
})();""".replace("INTERVAL", str(_INTERVAL))

# Called again and again with a number of its own for each wait, or with null if it is enough that
# nothing runs. What stands still is what can be pressed or typed into: a sign of progress moves for
# as long as it is shown.
_AT_REST = """(wait) => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app) return true;
  const script = app.dataset.testScriptState;
  const connected = app.dataset.testConnectionState === "CONNECTED";
  const busy =
    script === "initial" ||
    (connected && !["notRunning", "compilationError"].includes(script)) ||
    (connected && window.unanswered !== null && window.unanswered !== undefined) ||
    window.stirred ||
    document.fonts.status === "loading" ||
    document.querySelector('[data-testid="stSkeleton"], [data-testid="stAppSkeleton"]');
  if (busy) {
    window.lastPlaces = null;
    return false;
  }
  if (wait === null) return true;
  const places = [];
  const gather = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.shadowRoot) gather(each.shadowRoot);
      if (each.matches("a, button, canvas, input, select, summary, textarea, [tabindex]")) {
        const { left, top, width, height } = each.getBoundingClientRect();
        places.push(left, top, width, height);
      }
    }
  };
  gather(document);
  const now = places.join(), last = window.lastPlaces;
  const same = last && last.wait === wait && last.places === now;
  window.lastPlaces = { wait, places: now, repeats: same ? last.repeats + 1 : 0 };
  return window.lastPlaces.repeats >= 2;
}"""

_waits = itertools.count()


def settle(page: Page) -> None:
    """Wait until the script has run, every part of the page has arrived, and nothing that can be
    pressed has moved from one look to the next, twice. A page that is not the app's is at rest."""
    page.wait_for_function(_AT_REST, arg=next(_waits), polling=_INTERVAL)


def until_scrolled(page: Page) -> None:
    """Wait until the page has been scrolled as far as it goes: the wheel moves it step by step."""
    page.wait_for_function(
        """() => {
          const now = performance.now();
          const top = document.querySelector('[data-testid="stMain"]').scrollTop;
          if (window.lastTop !== top) window.lastMove = now;
          window.lastTop = top;
          return now - window.lastMove > 400;
        }""",
        polling=_INTERVAL,
    )


def _until_nothing_runs(page: Page) -> None:
    page.wait_for_function(_AT_REST, arg=None, polling=_INTERVAL)


def settle_before_actions(patch: pytest.MonkeyPatch) -> None:
    """Have every action on an element wait until nothing runs and every part of its page has
    arrived. To watch for movements before each action, too, would take longer than the tests."""

    def settled(action: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(action)
        def act(self: Locator, *arguments: Any, **options: Any) -> Any:
            # While the script runs, elements of its last run may stand beside those of this one,
            # and an element that is there twice is not waited for.
            _until_nothing_runs(self.page)
            self.wait_for(timeout=options.get("timeout"))
            _until_nothing_runs(self.page)
            return action(self, *arguments, **options)

        return act

    for name in _ACTIONS:
        patch.setattr(Locator, name, settled(getattr(Locator, name)))
