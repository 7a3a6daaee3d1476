"""An opened page is waited for until it is at rest, and every action until nothing runs."""

from __future__ import annotations

import pytest

from tests.browser import settling
from tests.browser.visitor import Visitor

# A page as Streamlit describes its state, with one button that notes whether the page was at rest
# when it was pressed.
_PAGE = """
<div data-testid="stApp" data-test-script-state="notRunning"
     data-test-connection-state="CONNECTED">
  <div id="part"></div><button onclick="document.title = window.rest">Press</button>
  <a href="#" style="position: absolute">Another</a>
</div>"""
# Each begins a state that is not rest, and ends it some moments later.
_UNREST = {
    "moving": (
        "document.querySelector('a').style.left = frame + 'px'",
        "document.querySelector('a').style.left = '99px'",
    ),
    "running": (
        "document.querySelector('div').dataset.testScriptState = 'running'",
        "document.querySelector('div').dataset.testScriptState = 'notRunning'",
    ),
    "part to come": (
        "document.querySelector('#part').dataset.testid = 'stSkeleton'",
        "document.querySelector('#part').dataset.testid = 'stMarkdown'",
    ),
    "without an answer": ("window.unanswered = 1", "window.unanswered = null"),
    "about to send": (
        "if (frame === 1) document.body.click();"
        "if (frame === 4) document.querySelector('div').dataset.testScriptState = 'running'",
        "document.querySelector('div').dataset.testScriptState = 'notRunning'",
    ),
    "element of the last run": (
        "document.querySelector('div').dataset.testScriptState = 'running';"
        "document.querySelector('#part').innerHTML = '<button>Press</button>'",
        "document.querySelector('#part').replaceChildren();"
        "document.querySelector('div').dataset.testScriptState = 'notRunning'",
    ),
}


@pytest.mark.parametrize("unrest", _UNREST)
def test_what_moves_or_runs_is_waited_for(window: Visitor, unrest: str) -> None:
    window.page.set_content(_PAGE)
    # The new content has taken away the page's listeners.
    window.page.evaluate(settling.NOTE_ANSWERS)
    button = window.page.get_by_role("button", name="Press")
    # The first action in a window takes longer.
    button.hover()
    begins, ends = _UNREST[unrest]
    window.page.evaluate(
        f"""() => {{
          window.rest = "";
          let frame = 0;
          const go = () => {{
            frame += 1;
            {begins};
            if (frame < 120) return;
            clearInterval(timer);
            {ends};
            window.rest = "at rest";
          }};
          // More often than the page is looked at: no two looks see it in the same place.
          const timer = setInterval(go, 5);
          go();
        }}"""
    )
    if unrest == "moving":
        settling.settle(window.page)
    button.click()
    assert window.page.title() == "at rest"
