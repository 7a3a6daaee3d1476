"""Map: all photos of the library, with similar ones near each other."""

from __future__ import annotations

from explorer.ui import empty_library, photo_actions, resources
from explorer.ui.auto_refresh import refresh_on_change, snapshot
from explorer.ui.components import id_lists, viewer
from explorer.ui.map_page import empty_map, library_map, map_selection, selected_photos
from explorer.ui.map_page.map_overview import overview
from explorer.ui.search_page import export_dialog


def main() -> None:
    drawn = snapshot()
    if drawn.reason_empty is not None:
        empty_library.explain(drawn.reason_empty)
        refresh_on_change(drawn, has_room=True)
        return
    shown = overview().shown
    if len(shown.ids) < empty_map.MIN_PHOTOS:
        empty_map.explain_no_map(drawn.photos)
        refresh_on_change(drawn, has_room=True)
        return
    show_map()
    refresh_on_change(drawn, has_room=False)


def show_map() -> None:
    shown = overview().shown
    selection = map_selection.selection_from_url()
    change = resources.library().catalog.change()
    near = viewer.register(
        lambda: map_selection.along_map(shown.ids, shown.coordinates), "along", change
    )
    library_map.library_map(str(change), selection, near)
    ids = map_selection.selected_photos(selection) if selection else shown.ids[:0]
    if selection:
        selected_photos.selection_bar(ids, selection)
    if selection.only and len(ids):
        selected_photos.selected_list(ids, selection)
    viewer.viewer(ids, "map", actions=photo_actions.viewer_actions())
    export_dialog.export_if_requested(id_lists.by_day(ids))


main()
