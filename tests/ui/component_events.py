"""What a components-v2 component sends, in tests without a browser."""

from __future__ import annotations

import json
from typing import Any

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.testing.v1 import AppTest


def component(app: AppTest, name: str) -> BidiComponent:
    """The component of that name that the page shows."""
    shown = [node.proto for node in app.get("bidi_component")]
    (found,) = [each for each in shown if each.component_name == name]
    assert isinstance(found, BidiComponent)
    return found


def data_of(app: AppTest, name: str) -> dict[str, Any]:
    """The data that the component was given."""
    data: dict[str, Any] = json.loads(component(app, name).json)
    return data


def send(app: AppTest, name: str, **events: Any) -> AppTest:
    """Run the page with what the component triggers, and whatever else was clicked."""
    states = app._tree.get_widget_states()
    state = states.widgets.add()
    state.id = _make_trigger_id(component(app, name).id, "events")
    state.json_trigger_value = json.dumps(
        [{"event": event, "value": value} for event, value in events.items()]
    )
    return app._run(states)
