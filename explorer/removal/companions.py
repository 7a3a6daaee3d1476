"""What lies beside a photo for it alone: the film of a Live Photo, sidecars with edits and
keywords, what an export says about it.

Everything here is told by names, as the programs that write such files do it. A companion goes
where its photo goes, but only where no other photo of that folder uses it, too.
"""

from __future__ import annotations

import os
import re
import stat
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from explorer.photos.formats import EXTENSIONS, RAW_EXTENSIONS, UNSUPPORTED
from explorer.removal.stacks import (
    apple_original_stem,
    edit_original_stems,
    is_one_stack,
    normalized_name,
)

# Words that programs are known to put behind the name of an original. What goes never depends on
# them.
_EDITED = re.compile(
    r"^(.+?)(?:[ _-]|[ _-]?[(\[])(?:edited|edit|bearbeitet|modifié|editado|modificato)[)\]]?(?:[ _-]?\d*)$"
)

Kind = Literal["film", "sidecar"]

# The moving half of a Live Photo or a motion photo: of the still's name, but for the ending. Phones
# of one maker leave the ending at `.MP` and call the still `….MP.jpg`.
_FILMS = frozenset({".mov", ".mp4"})
# XMP packets, Apple's recipes of edits, a camera's small picture of a film, RawTherapee's and DxO's
# settings.
_SIDECARS = frozenset({".xmp", ".aae", ".thm", ".pp3", ".dop"})
# Of these a photo that is kept should rather have them than not: a person's or a program's work.
_EDITS = _SIDECARS - {".thm"}
_STILLS = EXTENSIONS | RAW_EXTENSIONS | UNSUPPORTED.keys()
# Films of other kinds have sidecars of their own, which are not the photo's of that name.
_OTHERS = frozenset(
    {
        ".avi",
        ".mts",
        ".m2ts",
        ".mkv",
        ".m4v",
        ".3gp",
        ".mpg",
        ".mpeg",
        ".wmv",
        ".webm",
        ".insv",
        ".wav",
    }
)

# Google Takeout: `a.jpg.json`, or `a.jpg.supplemental-metadata.json`, of which what stands before
# `.json` is cut to 46 characters; the second photo of a name, `a(1).jpg`, has `a.jpg(1).json`. As
# its exports do it in 2024 and 2025.
_TAKEOUT, _TAKEOUT_LONGEST = "supplemental-metadata", 46
_NUMBERED = re.compile(r"^(.*)(\(\d+\))$")
_ORIGINAL_RECIPE = re.compile(r"^img_o(\d+)$")
# What macOS lays beside a file on drives that know no more than its bytes.
_DOUBLE = "._"


def named_original(name: str) -> str | None:
    """The name, without ending and in small letters, of the original that a file's name says it is
    an edit of; None if it says nothing."""
    stem = os.path.splitext(normalized_name(name))[0]
    edited = _EDITED.match(stem)
    return apple_original_stem(stem) or (edited[1] if edited else None)


def never_duplicates(one: str, other: str) -> bool:
    """Whether two photos (absolute paths) are so surely no duplicates, by their names, that they
    are not even shown as such: RAW and JPEG, and edits by a name that a program is known to give
    them. Of others with names built on each other nothing is offered (`stacks.is_one_stack`), but
    whether the one is an edit or a small copy is for a person to see."""
    (folder, a), (other_folder, b) = os.path.split(one), os.path.split(other)
    if folder != other_folder:
        return False
    stems = [os.path.splitext(normalized_name(name))[0] for name in (a, b)]
    return (
        is_one_stack(one, other, "identical")
        or named_original(a) == stems[1]
        or named_original(b) == stems[0]
    )


@dataclass(frozen=True)
class Companion:
    """A file that belongs to a photo. path: absolute. bytes: its size. link: it is a symbolic link."""

    path: str
    kind: Kind
    bytes: int = 0
    link: bool = False


class Companions(NamedTuple):
    """What lies beside a photo. along: belongs to it alone, and goes where it goes. shared: another
    photo uses it, too. raw: there is a RAW file of its name."""

    own: tuple[Companion, ...] = ()
    shared: tuple[Companion, ...] = ()
    raw: bool = False

    @property
    def films(self) -> list[Companion]:
        return [each for each in (*self.own, *self.shared) if each.kind == "film"]

    @property
    def edits(self) -> bool:
        """Whether a sidecar is there that holds somebody's work."""
        return any(
            os.path.splitext(each.path)[1].lower() in _EDITS for each in (*self.own, *self.shared)
        )


NO_COMPANIONS = Companions()


class CompanionFinder:
    """What lies beside photos, for many of them: each folder is listed once in this object's life."""

    def __init__(self) -> None:
        self._folders, self._found = dict[str, _Folder](), dict[str, Companions]()

    def of(self, path: str) -> Companions:
        if path not in self._found:
            folder, name = os.path.split(path)
            if folder not in self._folders:
                self._folders[folder] = _Folder(_names(folder))
            self._found[path] = self._folders[folder].company(folder, name)
        return self._found[path]


def companions_of(path: str, gone: Collection[str] = ()) -> Companions:
    """What lies beside one photo at this moment. gone: paths of files that are to be taken for gone
    already."""
    folder, name = os.path.split(path)
    kin = _kin(normalized_name(name))
    names = [each for each in _names(folder) if normalized_name(each).startswith(kin)]
    if gone:
        names = [each for each in names if each == name or os.path.join(folder, each) not in gone]
    return _Folder(names).company(folder, name)


def renamed(path: str, photo: str, new: str) -> str:
    """What a companion (absolute path) of a photo is called once the photo is called `new`: `a.mov`
    → `a (2).mov` with `a (2).jpg`."""
    folder, name = os.path.split(path)
    old_stem, new_stem = (os.path.splitext(os.path.basename(each))[0] for each in (photo, new))
    at = len(_DOUBLE) if name.startswith(_DOUBLE) else 0
    if not name[at:].lower().startswith(old_stem.lower()):
        return path
    return os.path.join(folder, name[:at] + new_stem + name[at + len(old_stem) :])


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


class _Folder:
    """The names of one folder: who uses what. Both ways go by keys: a name in small letters, a
    stem, the beginning of a long name."""

    def __init__(self, names: Iterable[str]) -> None:
        self._companions = defaultdict[str, list[str]](list)
        self._users = defaultdict[str, set[str]](set)
        self._raws = defaultdict[str, set[str]](set)
        # The photos of a stem, by their normalized_name names.
        self._photos = defaultdict[str, list[str]](list)
        known = [(name, normalized_name(name)) for name in names]
        for _, lower in known:
            stem, ending = os.path.splitext(lower)
            if ending in _STILLS and not lower.startswith(_DOUBLE):
                self._photos[stem].append(lower)
        for name, lower in known:
            for key in _companion_keys(lower):
                self._companions[key].append(name)
            for key in self._user_keys(lower):
                self._users[key].add(name)
            stem, ending = os.path.splitext(lower)
            if ending in RAW_EXTENSIONS:
                self._raws[stem].add(name)

    def company(self, folder: str, name: str) -> Companions:
        lower = normalized_name(name)
        found = {
            each: key for key in self._user_keys(lower) for each in self._companions.get(key, ())
        }
        stem = os.path.splitext(lower)[0]
        raw = bool(self._raws.get(stem, set()) - {name})
        if not found and not raw:
            return NO_COMPANIONS
        own, shared = list[Companion](), list[Companion]()
        for each, key in sorted(found.items()):
            file = _file(os.path.join(folder, each), _kind(normalized_name(each)))
            if file is not None:
                (shared if self._users[key] - {name} else own).append(file)
        return Companions(tuple(own), tuple(shared), raw)

    def _user_keys(self, lower: str) -> list[str]:
        """`_user_keys`, and those of the photos that lie here of which this one is an edit: it uses
        what its original has."""
        keys = _user_keys(lower)
        if keys:
            for original in edit_original_stems(lower):
                for photo in self._photos.get(original, ()):
                    keys += [f"name {photo}", f"stem {original}"]
        return keys


def _file(path: str, kind: Kind) -> Companion | None:
    try:
        facts = os.lstat(path)
    except OSError:
        return None
    if stat.S_ISREG(facts.st_mode):
        return Companion(path, kind, facts.st_size)
    return (
        Companion(path, kind, link=True)
        if stat.S_ISLNK(facts.st_mode) and os.path.isfile(path)
        else None
    )


def _kind(lower: str) -> Kind:
    if lower.startswith(_DOUBLE):
        return "sidecar"
    return "film" if os.path.splitext(lower)[1] in {*_FILMS, ".mp"} else "sidecar"


def _user_keys(lower: str) -> list[str]:
    """By which keys a photo (or a film that is none of a photo's) finds what belongs to it; none
    for other files."""
    stem, ending = os.path.splitext(lower)
    if lower.startswith(_DOUBLE) or (ending not in _STILLS and ending not in _OTHERS):
        return []
    keys = [f"name {lower}", f"stem {stem}"]
    if len(lower) > _TAKEOUT_LONGEST:
        keys.append(f"start {lower[:_TAKEOUT_LONGEST]}")
    original = named_original(lower)
    # An edit uses what its original has.
    return [*keys, f"name {original}{ending}", f"stem {original}"] if original else keys


def _companion_keys(lower: str) -> list[str]:
    """To which keys a file answers that may belong to a photo."""
    if lower.startswith(_DOUBLE):
        rest = lower[len(_DOUBLE) :]
        # Those of companions go with them.
        return _companion_keys(rest) or [f"name {rest}"]
    stem, ending = os.path.splitext(lower)
    if ending == ".json":
        return _takeout_keys(stem)
    if ending in _SIDECARS:
        return [_sidecar_key(stem, ending)]
    if ending in _FILMS or ending == ".mp":
        return [f"stem {stem if ending in _FILMS else lower}"]
    return []


def _sidecar_key(stem: str, ending: str) -> str:
    inner, of = os.path.splitext(stem)
    if of in _STILLS:
        return f"name {stem}"
    if of in _FILMS:
        return f"stem {inner}"
    recipe = _ORIGINAL_RECIPE.match(stem) if ending == ".aae" else None
    return f"stem img_{recipe[1]}" if recipe else f"stem {stem}"


def _takeout_keys(stem: str) -> list[str]:
    """stem: what stands before `.json`."""
    numbered = _NUMBERED.match(stem)
    base, number = (numbered[1], numbered[2]) if numbered else (stem, "")
    before, dot, word = base.rpartition(".")
    name = before if dot and _TAKEOUT.startswith(word) else base
    inner, ending = os.path.splitext(name)
    if ending in _FILMS:
        return [f"stem {inner}{number}"]
    if ending in _STILLS:
        return [f"name {inner}{number}{ending}"]
    if name != base and len(word) > 1:
        # `a.supplemental-metadata.json`: some exports leave the photo's ending out.
        return [f"stem {name}{number}"]
    # Cut off within the photo's own name.
    return [f"start {base}"] if len(base) == _TAKEOUT_LONGEST else []


def _kin(lower: str) -> tuple[str, ...]:
    """The beginnings that all names have which may have to do with this one: companions of it, and
    others that use those."""
    stem = os.path.splitext(lower)[0]
    roots = {stem, named_original(lower) or stem, *edit_original_stems(lower)}
    # `a(1).jpg` has `a.jpg(1).json`.
    roots |= {numbered[1] for root in roots if (numbered := _NUMBERED.match(root))}
    roots = {root[:_TAKEOUT_LONGEST] for root in roots}
    phones = {root.removeprefix("img_") for root in roots if root.startswith("img_")}
    roots |= {f"img_{letter}{rest}" for rest in phones for letter in "eo"}
    return (*roots, *(_DOUBLE + root for root in roots))
