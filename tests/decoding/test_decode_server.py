"""What the decode process answers, in this process, with its limits played."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.decoding import decode_server as module
from explorer.decoding import protocol
from explorer.errors import OversizedPhoto, PhotoError, PhotoInUse
from explorer.photos.decode import content_hash
from explorer.photos.limits import OUT_OF_MEMORY
from tests import pictures

SPEC = {"size": 32, "fit": "squash", "resample": "bilinear"}


class PlayedLimits:
    """What the process asks of the system for itself."""

    RLIMIT_AS, RLIMIT_CPU, RLIMIT_CORE, RUSAGE_SELF = "memory", "time", "core", "self"

    def __init__(self) -> None:
        self.set = dict[str, tuple[float, float]]()
        self.refuse: type[Exception] | None = None

    def getrlimit(self, what: str) -> tuple[int, int]:
        return 1, {"memory": 10**15, "time": 10**6}[what]

    def setrlimit(self, what: str, limits: tuple[float, float]) -> None:
        if self.refuse:
            raise self.refuse("refused")
        self.set[what] = limits

    def getrusage(self, who: str) -> SimpleNamespace:
        assert who == "self"
        return SimpleNamespace(ru_utime=2.25, ru_stime=1.5)


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> PlayedLimits:
    played = PlayedLimits()
    monkeypatch.setattr(module, "resource", played)
    monkeypatch.setattr(module, "free_memory", lambda: 6 << 30)
    return played


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return pictures.write(tmp_path / "a.jpg", pictures.draw(1, (48, 32)))


def hexed(path: Path) -> str:
    return os.fsencode(path).hex()


def ask(
    monkeypatch: pytest.MonkeyPatch,
    header: dict[str, Any],
    body: bytes = b"",
    then: dict[str, Any] | None = None,
) -> list[tuple[dict[str, Any], bytes]]:
    """The answers to a request, and to the message `then` after the first one."""
    more, answers = io.BytesIO(), io.BytesIO()
    if then is not None:
        protocol.send(more, then)
        more.seek(0)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=more))
    module._serve(header, body, answers)
    answers.seek(0)
    found = list[tuple[dict[str, Any], bytes]]()
    while (answer := protocol.receive(answers)) is not None:
        found.append(answer)
    return found


def test_each_request_gets_the_answer_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def answering(name: str) -> Any:
        return lambda *given: ({"by": name, "given": [repr(each) for each in given]}, b"body")

    for name in ("sidecar_merge", "sidecar_values", "sidecar_content"):
        monkeypatch.setattr(getattr(module, name), "answer_request", answering(name))
    for name in ("_regions", "_rendition", "_photo_answer"):
        monkeypatch.setattr(module, name, answering(name))
    for name in ("_faces", "_file_fact"):
        monkeypatch.setattr(module, name, lambda header, name=name: {"by": name})
    monkeypatch.setattr(module, "decode", lambda body, spec: (body, spec))
    for header, by in (
        ({"merge": 1, "path": "x"}, "sidecar_merge"), ({"sidecar": 2}, "sidecar_values"),
        ({"sidecars": 3}, "sidecar_content"), ({"regions": 4, "path": "x"}, "_regions"),
        ({"screen": 5, "path": "x"}, "_rendition"), ({"faces": 6, "path": "x"}, "_faces"),
        ({"fact": "pixels", "path": "x"}, "_file_fact"), ({}, "_photo_answer"),
    ):  # fmt: skip
        ((answer, body),) = ask(monkeypatch, header, b"sent")
        assert answer["by"] == by
        if by.startswith("sidecar"):
            assert answer["given"] == [str(next(iter(header.values())))] and body == b"body"
        elif by == "_regions":
            assert answer["given"] == [repr(header), "None", "b'sent'"]
        elif by == "_photo_answer":
            assert answer["given"] == ["(b'sent', None)"]
    ((answer, _),) = ask(monkeypatch, {"spec": SPEC}, b"sent")
    assert "InputSpec(size=32" in answer["given"][0]


@pytest.mark.parametrize("told", ["decode", "skip", None])
def test_a_file_is_decoded_if_its_content_is_new(
    monkeypatch: pytest.MonkeyPatch, photo: Path, told: str | None
) -> None:
    header = {"path": hexed(photo), "mtime": 5.0, "spec": SPEC}
    first, *rest = ask(monkeypatch, header, then=told and {"do": told})  # type: ignore[arg-type]
    data, facts = photo.read_bytes(), photo.stat()
    assert first == (
        {"hash": content_hash(data).hex(), "size": len(data), "mtime_ns": facts.st_mtime_ns}, b""
    )  # fmt: skip
    assert len(rest) == (told == "decode")
    for answer, body in rest:
        found = protocol.unpack(answer["photo"], body)
        assert (found.width, found.height) == (48, 32)
        assert found.input is not None and found.contents is not None


def test_a_file_that_changes_while_it_is_read_has_no_size(
    monkeypatch: pytest.MonkeyPatch, photo: Path
) -> None:
    facts = photo.stat()
    monkeypatch.setattr(module, "read_with_stat", lambda path: (b"half", facts))
    ((answer, _),) = ask(monkeypatch, {"path": hexed(photo), "mtime": 5.0})
    assert (answer["size"], answer["mtime_ns"]) == (-1, facts.st_mtime_ns)


def test_contents_that_do_not_fit_into_memory_are_left_for_later(
    monkeypatch: pytest.MonkeyPatch, photo: Path
) -> None:
    def full(data: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(module, "read_contents", full)
    request = {"path": hexed(photo), "mtime": 5.0}
    _, (answer, body) = ask(monkeypatch, request, then={"do": "decode"})
    assert protocol.unpack(answer["photo"], body).contents is None


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (PhotoError("odd"), {"transient": False, "in_use": False}),
        (OversizedPhoto("odd"), {"transient": True, "in_use": False}),
        (PhotoInUse("odd"), {"transient": False, "in_use": True}),
        (MemoryError(), {"transient": True}),
    ],
)
def test_what_went_wrong_is_the_answer(
    monkeypatch: pytest.MonkeyPatch, error: Exception, answer: dict[str, bool]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(module, "decode", fail)
    ((found, body),) = ask(monkeypatch, {}, b"sent")
    assert body == b"" and {name: found[name] for name in answer} == answer
    of_photo = isinstance(error, PhotoError)
    assert found["error"] == ("odd" if of_photo else OUT_OF_MEMORY)
    assert found["fault"] == (error.fault if isinstance(error, PhotoError) else "environment")


@pytest.mark.parametrize(
    ("measured", "differ", "residual", "differences"),
    [(None, None, "", ""), ((1.5, 2), True, " 1.5 2", " 1"), ((0.0, 3), False, " 0.0 3", " 0")],
)
def test_facts_of_two_files_follow_the_hash_of_the_other(
    monkeypatch: pytest.MonkeyPatch,
    photo: Path,
    measured: tuple[float, int] | None,
    differ: bool | None,
    residual: str,
    differences: str,
) -> None:
    other = pictures.write(photo.with_name("b.jpg"), pictures.draw(2, (48, 32)))
    one, two = photo.read_bytes(), other.read_bytes()

    def compare(*given: object) -> object:
        assert given[:2] == (one, two)
        return differ if given[2:] else measured

    monkeypatch.setattr(module, "recompression_residual_or_none", compare)
    monkeypatch.setattr(module, "fine_differences_or_none", compare)
    monkeypatch.setattr(module, "plain_copies_or_none", compare)
    request = {"path": hexed(photo), "other": hexed(other), "unit": [1, 0]}
    facts = (("residual", residual), ("differences", differences), ("copies", differences))
    for fact, expected in facts:
        ((answer, _),) = ask(monkeypatch, request | {"fact": fact})
        assert answer == {
            "hash": content_hash(one).hex(), "fact": f"{content_hash(two).hex()}{expected}"
        }  # fmt: skip


def test_facts_of_one_file(monkeypatch: pytest.MonkeyPatch, photo: Path) -> None:
    monkeypatch.setattr(module, "read_subsecond", lambda data: "25")
    ((answer, _),) = ask(monkeypatch, {"path": hexed(photo), "fact": "fraction"})
    assert answer == {"hash": content_hash(photo.read_bytes()).hex(), "fact": "25"}
    ((answer, _),) = ask(monkeypatch, {"path": hexed(photo), "fact": "pixels"})
    assert bytes.fromhex(answer["fact"])
    for error in (PhotoError("odd"), MemoryError()):

        def fail(data: bytes, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(module, "pixel_hash", fail)
        ((answer, _),) = ask(monkeypatch, {"path": hexed(photo), "fact": "pixels"})
        assert answer["fact"] is None


def test_regions_are_cropped_from_a_file_or_from_what_was_sent(
    monkeypatch: pytest.MonkeyPatch, photo: Path
) -> None:
    data = photo.read_bytes()
    request = {"regions": [[0, 0, 0.5, 0.5], [0, 0, 1, 1]], "spec": SPEC}
    of_file = ask(monkeypatch, request | {"path": hexed(photo)})
    assert of_file == ask(monkeypatch, request, data)
    ((facts, body),) = of_file
    assert facts["hash"] == content_hash(data).hex()
    assert len(body) == facts["preview"] + 2 * 32 * 32 * 3 and body.startswith(b"\xff\xd8")
    with pytest.raises(ValueError, match="input spec"):
        ask(monkeypatch, {"regions": [[0, 0, 1, 1]]}, data)


def test_a_rendition_and_faces_are_of_the_file(
    monkeypatch: pytest.MonkeyPatch, photo: Path
) -> None:
    digest = content_hash(photo.read_bytes()).hex()
    ((facts, body),) = ask(monkeypatch, {"path": hexed(photo), "screen": 1600})
    assert facts == {"hash": digest, "width": 48, "height": 32} and body.startswith(b"\xff\xd8")
    monkeypatch.setattr(module, "face_regions", lambda picture: [("Anna", [0, 0, 1, 1])])
    ((facts, _),) = ask(monkeypatch, {"path": hexed(photo), "faces": True})
    assert facts == {"hash": digest, "faces": [["Anna", [0, 0, 1, 1]]]}
    photo.write_bytes(b"no photo")
    ((facts, _),) = ask(monkeypatch, {"path": hexed(photo), "faces": True})
    assert "error" in facts


def test_a_request_has_half_of_the_free_memory_and_the_time_that_it_names(
    monkeypatch: pytest.MonkeyPatch, limits: PlayedLimits
) -> None:
    monkeypatch.setattr(module, "_faces", lambda header: {})
    ask(monkeypatch, {"faces": True})
    assert limits.set == {"memory": (5 << 30, 10**15)}
    ask(monkeypatch, {"faces": True, "seconds": 10.0})
    assert limits.set["time"] == (14, 10**6)
    # Where the limit cannot be set, the request is answered without it.
    for error in (ValueError, OSError):
        limits.refuse = error
        assert ask(monkeypatch, {"faces": True}) == [({}, b"")]
    monkeypatch.setattr(module, "resource", None)
    assert ask(monkeypatch, {"faces": True, "seconds": 10.0}) == [({}, b"")]


def test_the_process_yields_to_others(
    monkeypatch: pytest.MonkeyPatch, limits: PlayedLimits
) -> None:
    asked, written = list[int](), list[tuple[Path, str]]()
    monkeypatch.setattr(os, "nice", asked.append, raising=False)

    def write(path: Path, text: str) -> None:
        written.append((path, text))
        raise PermissionError

    monkeypatch.setattr(Path, "write_text", write)
    module._lower_priority()
    assert asked == [5] and limits.set == {"core": (0, 0)}
    assert written == [(Path("/proc/self/oom_score_adj"), "1000")]
    monkeypatch.delattr(os, "nice")
    monkeypatch.setattr(module, "resource", None)
    module._lower_priority()
    assert asked == [5] and len(written) == 2
