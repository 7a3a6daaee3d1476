"""The fields of the query language: their names, their choices, and what their values mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from explorer.library.edits.typed_names import did_you_mean, nearest_names
from explorer.search.language import typed_dates, typed_values
from explorer.search.language.field_type import QueryField
from explorer.search.language.query_tree import FieldValue
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.language.typed_values import Choice, TextValue, TypedValue
from explorer.text_format import excerpt

SHAPE_RATIOS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "square": ((1 / 1.05, 1.05),),
    "wide": ((1.6, math.inf),),
    "tall": ((0.0, 1 / 1.6),),
    "panorama": ((2.0, math.inf), (0.0, 1 / 2)),
}
"""Width divided by height of each shape: within one of these ranges, ends included."""


_FIELDS = (
    QueryField("name", "text", "part of the file's name", "name:IMG_20"),
    QueryField("folder", "text", "a folder's path, or part of it", 'folder:"summer 2019"'),
    QueryField(
        "keyword", "text", "a keyword of the photo, or a person's name", "keyword:birthday"
    ),
    QueryField("album", "text", "an album of yours", 'album:"Summer 2019"'),
    QueryField("title", "text", "words of the title", "title:harbor"),
    QueryField("description", "text", "words of the description", "description:grandma"),
    QueryField("concept", "text", "shows one of your concepts", 'concept:"our dog"'),
    QueryField("camera", "text", "the camera's make or model", "camera:canon|nikon"),
    QueryField("lens", "text", "the lens", 'lens:"50mm"'),
    QueryField(
        "date", "date", "when it was taken: a year, month, week, day or range",
        "date:2019-06..2019-08",
    ),
    QueryField("after", "first day", "taken on that day or later", "after:2019-06-04"),
    QueryField("before", "last day", "taken on that day or earlier", "before:2019"),
    QueryField(
        "month", "days of the year", "taken in a month, or on a day, of any year",
        "month:june..august",
    ),
    QueryField("season", "season", "taken in a season of any year, or of one", "season:summer"),
    QueryField(
        "weekday", "choice", "taken on a day of the week", "weekday:weekend",
        {
            "monday": "Mondays", "tuesday": "Tuesdays", "wednesday": "Wednesdays",
            "thursday": "Thursdays", "friday": "Fridays", "saturday": "Saturdays",
            "sunday": "Sundays", "weekend": "Saturdays and Sundays",
        },
        {
            "mon": "monday", "tue": "tuesday", "wed": "wednesday", "thu": "thursday",
            "fri": "friday", "sat": "saturday", "sun": "sunday", "weekends": "weekend",
        },
    ),
    QueryField(
        "hour", "hours", "taken in an hour of the day, 0 to 23, or a range of them", "hour:22..4"
    ),
    QueryField("iso", "number", "the film speed", "iso:>800"),
    QueryField(
        "f", "number", "the f-number of the aperture", "f:<2.8", numbers=typed_values.F_NUMBER
    ),
    QueryField(
        "focal", "number", "the focal length in mm", "focal:>=85",
        numbers=typed_values.MILLIMETERS,
    ),
    QueryField(
        "exposure", "number", "the exposure time in seconds", "exposure:<1/250",
        numbers=typed_values.SECONDS,
    ),
    QueryField(
        "width", "number", "the width in pixels", "width:>=1920", numbers=typed_values.PIXELS
    ),
    QueryField(
        "height", "number", "the height in pixels", "height:<600", numbers=typed_values.PIXELS
    ),
    QueryField(
        "megapixels", "number", "width times height in millions of pixels", "megapixels:>=12",
        numbers=typed_values.MEGAPIXELS,
    ),
    QueryField(
        "size", "number", "the size of the file", "size:>5MB", numbers=typed_values.BYTES
    ),
    QueryField(
        "rating", "number", "the rating, 0 to 5 stars", "rating:>=3", numbers=typed_values.STARS
    ),
    QueryField(
        "format", "choice", "the format of the file", "format:png|gif",
        {
            "jpeg": "JPEG files", "png": "PNG files", "webp": "WebP files", "gif": "GIF files",
            "bmp": "BMP files", "tiff": "TIFF files", "heic": "HEIC and HEIF files",
            "avif": "AVIF files", "jxl": "JPEG XL files",
            "dng": "DNG files (RAW)", "nef": "Nikon's RAW files", "cr2": "Canon's RAW files",
            "cr3": "Canon's newer RAW files", "arw": "Sony's RAW files",
            "orf": "Olympus' RAW files", "rw2": "Panasonic's RAW files",
            "raf": "Fujifilm's RAW files", "pef": "Pentax' RAW files",
            "srw": "Samsung's RAW files",
        },
        {"jpg": "jpeg", "jpe": "jpeg", "tif": "tiff", "heif": "heic", "dib": "bmp", "nrw": "nef"},
    ),
    QueryField(
        "orientation", "choice", "which side is longer", "orientation:portrait",
        {
            "landscape": "wider than high", "portrait": "higher than wide",
            "square": "as wide as high",
        },
        {"upright": "portrait", "vertical": "portrait", "horizontal": "landscape"},
    ),
    QueryField(
        "shape", "choice", "the shape of the picture", "shape:panorama",
        {
            "square": "as wide as high, within 5%", "wide": "16:10 or wider",
            "tall": "10:16 or taller",
            "panorama": "at least twice as long in one direction as in the other",
        },
    ),
    QueryField(
        "place", "named place", "the city, region or country where it was taken, in any language",
        "place:Lisbon",
    ),
    QueryField(
        "area", "area", "taken in an area: its south, west, north and east in degrees",
        "area:38.6,-9.5,38.9,-9",
    ),
    QueryField(
        "near", "place", "taken within a distance of a latitude and longitude (10 km if none)",
        "near:48.85,2.35,2km",
    ),
    QueryField(
        "has", "choice", "which information the photo has", "has:gps",
        {
            "gps": "where it was taken", "date": "a date other than the file's",
            "camera": "which camera took it", "film": "a video inside the file",
            "keywords": "keywords", "title": "a title", "description": "a description",
            "rating": "a rating", "sidecar": "a sidecar file beside it",
        },
        {
            "location": "gps", "keyword": "keywords", "tags": "keywords", "tag": "keywords",
            "caption": "description", "video": "film", "stars": "rating", "xmp": "sidecar",
        },
    ),
    QueryField(
        "sort", "choice", "the order of the good matches", "sort:oldest",
        {"newest": "newest first", "oldest": "oldest first", "largest": "largest file first"},
        {"latest": "newest", "recent": "newest", "biggest": "largest", "size": "largest"},
    ),
    QueryField(
        "is", "choice", "properties of the picture", "is:blurred",
        {
            "monochrome": "black and white", "blurred": "out of focus or shaken",
            "dark": "too dark throughout", "overexposed": "with blown highlights",
            "noisy": "with noise even in flat areas",
            "screenshot": "not a photo: a screenshot, document, drawing or icon",
            "damaged": "with a part missing", "duplicate": "another file shows the same picture",
            "panorama": "at least twice as long in one direction as in the other",
            "upright": "higher than wide", "animated": "with several frames",
            "raw": "a camera's RAW file", "favourite": "a favorite of yours",
        },
        {
            "blurry": "blurred", "underexposed": "dark", "duplicated": "duplicate",
            "duplicates": "duplicate", "screenshots": "screenshot", "portrait": "upright",
            "vertical": "upright", "panoramic": "panorama", "black-and-white": "monochrome",
            "bw": "monochrome", "broken": "damaged", "animation": "animated",
            "favorite": "favourite", "favourites": "favourite", "favorites": "favourite",
        },
    ),
)  # fmt: skip

FIELDS: Mapping[str, QueryField] = {each.name: each for each in _FIELDS}
"""By name."""
FIELD_SPELLINGS: Mapping[str, str] = {
    "albums": "album", "aperture": "f", "caption": "description", "city": "place",
    "country": "place", "ext": "format", "extension": "format", "face": "keyword",
    "faces": "keyword", "file": "name", "filename": "name", "fnumber": "f", "keywords": "keyword",
    "location": "place", "months": "month", "order": "sort", "path": "folder", "people": "keyword",
    "person": "keyword", "region": "place", "seasons": "season", "since": "after",
    "stars": "rating", "tag": "keyword", "tags": "keyword", "taken": "date", "type": "format",
    "until": "before", "year": "date", "years": "date",
}  # fmt: skip
"""Other spellings of fields → the field."""
ORDER = "sort"
"""The field for the order of the results, which every photo passes."""
CONCEPT = "concept"
"""The field for the user's own concepts, which can also have a weight."""
PHOTO = "photo"
"""What is written before the ids of photos, as a field's name is before its values."""


def field_named(name: str) -> QueryField:
    """The field with this name, in any case, or in another spelling. Raises QuerySyntaxError if
    there is none."""
    lower = name.lower()
    found = FIELDS.get(FIELD_SPELLINGS.get(lower, lower))
    if found:
        return found
    near = nearest_names(lower, [*FIELDS, PHOTO, *FIELD_SPELLINGS])
    hint = did_you_mean(
        [f"{each}:" for each in near], "To search for these words, put a space after the colon."
    )
    raise QuerySyntaxError(f"There is no field “{excerpt(name)}:”. {hint}")


def typed_value(name: str, value: FieldValue) -> TypedValue:
    """The parsed value of a field. Raises QuerySyntaxError for a value that is invalid for the
    field."""
    known = field_named(name)
    text = value.text.strip()
    if not text:
        raise QuerySyntaxError(f"“{known.name}:” needs a value, such as {known.example}.")
    whole = value.comparison == "==" and known.kind == "text"
    if value.comparison != "=" and not whole and known.kind not in ("number", "date"):
        raise QuerySyntaxError(
            f"“{known.name}:” cannot be compared with “{value.comparison}”."
            f" Write it like this: {known.example}."
        )
    if known.kind == "text":
        # In a path, a star is part of a folder's name.
        stars = not whole and (
            known.name == "name" or (known.name == "folder" and not {"/", "\\"} & set(value.text))
        )
        return TextValue((value.text.strip("*") if stars else "") or value.text, whole)
    if known.kind == "choice":
        return _choice(known, text)
    try:
        return _measured(known, text, value)
    except ValueError as error:
        instead = _recurring(text) if known.kind == "date" else ""
        raise QuerySyntaxError(
            f"“{excerpt(text)}” does not fit “{known.name}:”: {error}."
            f" Write it like this: {instead or known.example}."
        ) from None


_VIDEOS = frozenset({"avi", "m4v", "mkv", "mov", "mp4", "mpeg", "video", "videos", "webm"})
_PARSERS: Mapping[str, Callable[[str], TypedValue]] = {
    "first day": typed_dates.first_day,
    "last day": typed_dates.last_day,
    "days of the year": typed_dates.days_or_holiday,
    "season": typed_dates.season_time,
    "hours": typed_dates.hours,
    "place": typed_values.place,
    "area": typed_values.area,
    "named place": typed_values.named_place,
}


def _measured(known: QueryField, text: str, value: FieldValue) -> TypedValue:
    match known.kind:
        case "number":
            return typed_values.number_range(text, value.comparison, known.numbers)
        case "date":
            return typed_dates.date_range(text, value.comparison)
        case kind:
            return _PARSERS[kind](text)


def _recurring(text: str) -> str:
    """The query for a time of every year that was typed as a date: `season:summer`; '' for another
    text."""
    for name in ("month", "season"):
        try:
            _PARSERS[FIELDS[name].kind](text)
        except ValueError:
            continue
        return f"{name}:{text.lower()}" if " " not in text else f'{name}:"{text.lower()}"'
    return ""


def _choice(known: QueryField, text: str) -> Choice:
    lower = text.lower()
    lower = known.spellings.get(lower, lower)
    if lower in known.choices:
        return Choice(lower)
    choices = f"It can be {', '.join(known.choices)}."
    if known.name == "format" and lower in _VIDEOS:
        raise QuerySyntaxError(
            "Videos are not in the library: has:film finds photos with a video inside."
        )
    if other := next((each for each in FIELDS.values() if _has_choice(each, lower)), None):
        hint = f"Did you mean “{other.name}:{lower}”? {choices}"
        raise QuerySyntaxError(f"“{known.name}:” cannot be “{excerpt(text)}”. {hint}")
    near = nearest_names(lower, [*known.choices, *known.spellings])
    hint = f"{did_you_mean(near, '')} {choices}".strip()
    raise QuerySyntaxError(f"“{known.name}:” cannot be “{excerpt(text)}”. {hint}")


def _has_choice(known: QueryField, value: str) -> bool:
    return value in known.choices or value in known.spellings
