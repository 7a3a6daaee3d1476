"""Every command as scripts and people use it: what goes to which stream, the shapes of JSON, exit
codes."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from explorer.cli import app
from explorer.cli.commands import MODULES, command
from explorer.config import PROJECT
from explorer.encoders import registry
from explorer.library.library import Library
from tests import pictures
from tests.tiny import Tiny


class Mute(Tiny):
    name, has_text = "mute", False


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture(autouse=True)
def _encoders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_loaders", {**registry._loaders, "tiny": Tiny, "mute": Mute})
    monkeypatch.setattr(registry, "_loaded", {})


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run one command in this process."""

    def call(*words: object) -> Said:
        try:
            code = app.main([str(word) for word in words])
        except SystemExit as error:
            # argparse's own way out, with its usage on standard error.
            code = int(error.code or 0)
        out, err = capfdbinary.readouterr()
        return Said(code, os.fsdecode(out), os.fsdecode(err))

    return call


def _fill(folder: Path) -> Path:
    """Four photos, one file that is none, and one that is not looked at."""
    for colour in ("red", "green", "blue"):
        pictures.write(folder / f"{colour}.png", pictures.plain(colour, (48, 32)))
    dated = pictures.exif(taken="2020:05:17 12:00:00")
    pictures.write(folder / "below" / "dated.jpg", pictures.plain("yellow", (48, 32)), exif=dated)
    (folder / "broken.jpg").write_bytes(b"no photo")
    (folder / "notes.txt").write_text("x")
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder that is not indexed yet."""
    return _fill(tmp_path / "photos")


@pytest.fixture(scope="module")
def _template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(photos, library), indexed once for all tests that only read them."""
    place = tmp_path_factory.mktemp("cli")
    photos = _fill(place / "photos")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_loaders", {**registry._loaders, "tiny": Tiny})
        patch.setattr(registry, "_loaded", {})
        assert (
            app.main(
                [
                    "index",
                    str(photos),
                    "--encoder",
                    "tiny",
                    "--offline",
                    "--library",
                    str(place / "library"),
                ]
            )
            == 0
        )
    return photos, place / "library"


@pytest.fixture
def indexed(_template: tuple[Path, Path]) -> Path:
    """The shared folder, which no test may change, and a library of it for this test alone."""
    shutil.copytree(_template[1], os.environ["EXPLORER_LIBRARY"])
    return _template[0]


@pytest.fixture
def own(run: Run, photos: Path) -> Path:
    """An indexed folder that the test may change."""
    assert run("index", photos, "--encoder", "tiny", "--offline").code == 0
    return photos


class TestIndex:
    def test_as_json(self, run: Run, photos: Path) -> None:
        said = run("index", photos, "--encoder", "tiny", "--json")
        result = said.json
        assert {key: result[key] for key in ("indexed", "unchanged", "moved", "missing",
        "failed")} == {
            "indexed": 4, "unchanged": 0, "moved": 0, "missing": 0, "failed": 1,
        }  # fmt: skip
        assert result["seconds"] > 0 and result["photos_per_second"] == pytest.approx(
            4 / result["seconds"], rel=0.1
        )
        assert result["failures"] == [
            {"path": str(photos / "broken.jpg"), "reason": result["failures"][0]["reason"]}
        ]
        assert (result["encoded"], result["other"], result["encoder"]) == (4, 1, "tiny")
        assert (result["unlisted"], result["unsettled"], result["offline"]) == ([], [], [])
        assert said.code == 0

    def test_in_words(self, run: Run, photos: Path) -> None:
        said = run("index", photos, "--encoder", "tiny")
        assert said.code == 0
        assert (
            said.out.startswith("4 indexed, 0 unchanged, 0 moved, 0 missing, 1 failed in ")
            and said.out.count("\n") == 1
        )
        assert f"{photos / 'broken.jpg'}: " in said.err

    def test_again_it_encodes_nothing_and_every_file_is_accounted_for(
        self, run: Run, own: Path
    ) -> None:
        (own / "red.png").rename(own / "rosso.png")
        (own / "blue.png").unlink()
        pictures.write(own / "new.png", pictures.plain("pink", (48, 32)))
        result = run("index", own, "--json").json
        assert {key: result[key] for key in ("indexed", "unchanged", "moved", "missing", "failed",
        "encoded")} == {
            "indexed": 1, "unchanged": 2, "moved": 1, "missing": 1, "failed": 1, "encoded": 1,
        }  # fmt: skip
        again = run("index", own, "--json").json
        assert (again["unchanged"], again["failed"], again["indexed"], again["encoded"]) == (
            4,
            1,
            0,
            0,
        )

    def test_nothing_is_written_into_the_folder(self, run: Run, photos: Path) -> None:
        before = {
            path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in photos.rglob("*")
        }
        run("index", photos, "--encoder", "tiny")
        assert {
            path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in photos.rglob("*")
        } == before

    @pytest.mark.parametrize(
        ("name", "words"),
        [("absent", "does not exist"), ("photos/red.png", "is a file, not a folder")],
    )
    def test_what_is_no_folder(self, run: Run, photos: Path, name: str, words: str) -> None:
        said = run("index", photos.parent / name, "--encoder", "tiny", "--json")
        assert said.code == 1 and said.out == ""
        assert words in said.err and len(said.err.splitlines()) == 1

    def test_a_folder_that_may_not_be_read(
        self, run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(path: object) -> None:
            raise PermissionError(13, "Permission denied", path)

        monkeypatch.setattr(os, "scandir", refuse)
        said = run("index", photos, "--encoder", "tiny")
        assert said.code == 1 and "cannot be read (Permission denied)" in said.err

    def test_a_folder_inside_that_may_not_be_read_is_told_of(
        self, run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = os.scandir

        def refuse(path: Any) -> Any:
            if os.fspath(path).endswith("below"):
                raise PermissionError(13, "Permission denied", path)
            return real(path)

        monkeypatch.setattr(os, "scandir", refuse)
        said = run("index", indexed)
        assert said.code == 0 and f"The folder {indexed / 'below'} could not be opened" in said.err

    def test_a_folder_that_is_suddenly_empty_is_taken_to_be_away(self, run: Run, own: Path) -> None:
        own.rename(own.with_name("aside"))
        own.mkdir()
        said = run("index", own)
        assert (
            said.code == 0
            and "its drive seems to be disconnected. Its 4 photos stay searchable." in said.err
        )
        assert run("index", own, "--json").json["offline"] == [str(own)]
        assert len(run("search", "red", "--json").json) == 4

    def test_an_empty_word_is_not_the_current_folder(self, run: Run) -> None:
        said = run("index", "", "--encoder", "tiny")
        assert said.code == 2 and "empty word" in said.err

    def test_a_library_that_another_run_writes_to(self, run: Run, indexed: Path) -> None:
        library = Library.open()
        try:
            with library.lock():
                said = run("index", indexed)
                assert said.code == 1 and "Another run is indexing into this library" in said.err
                assert run("search", "red").code == 0
        finally:
            library.close()

    def test_an_unknown_encoder(self, run: Run, photos: Path) -> None:
        said = run("index", photos, "--encoder", "nonsense")
        assert said.code == 1 and "There is no encoder “nonsense”" in said.err

    def test_the_chosen_encoder_is_kept(self, run: Run, indexed: Path) -> None:
        assert run("index", indexed, "--json").json["encoder"] == "tiny"


class TestSearch:
    def test_as_json(self, run: Run, indexed: Path) -> None:
        said = run("search", "red", "--json")
        rows = said.json
        assert [set(row) for row in rows] == [{"rank", "id", "path", "score"}] * 4
        assert [row["rank"] for row in rows] == [1, 2, 3, 4]
        assert rows[0]["path"] == str(indexed / "red.png")
        scores = [row["score"] for row in rows]
        assert scores == sorted(scores, reverse=True)
        assert said.err == ""

    def test_in_words(self, run: Run, indexed: Path) -> None:
        said = run("search", "blue", "--top", "2")
        first, second = said.out.splitlines()
        assert first.endswith(f"  {indexed / 'blue.png'}") and float(first.split()[0]) >= float(
            second.split()[0]
        )

    def test_by_an_indexed_photo(self, run: Run, indexed: Path) -> None:
        for name in ("red.png", "below/dated.jpg"):
            first = run("search", "--photo", indexed / name, "--json").json[0]
            assert first["path"] == str(indexed / name) and 0.99 <= first["score"] <= 1.0

    def test_by_a_photo_from_elsewhere(self, run: Run, indexed: Path, tmp_path: Path) -> None:
        other = pictures.write(
            tmp_path / "other.jpg", pictures.plain("#00f8", (99, 77)).convert("RGB")
        )
        assert run("search", "--photo", other, "--json").json[0]["path"] == str(
            indexed / "blue.png"
        )

    def test_by_phrase_and_photos_together(self, run: Run, indexed: Path) -> None:
        together = run(
            "search",
            "red",
            "--photo",
            indexed / "blue.png",
            "--photo",
            indexed / "green.png",
            "--json",
        ).json
        assert {Path(row["path"]).name for row in together[:3]} == {
            "red.png",
            "green.png",
            "blue.png",
        }

    def test_top(self, run: Run, indexed: Path) -> None:
        assert [len(run("search", "red", "--top", top, "--json").json) for top in (1, 3, 100)] == [
            1,
            3,
            4,
        ]

    def test_filters(self, run: Run, indexed: Path) -> None:
        def names(*words: object) -> set[str]:
            return {Path(row["path"]).name for row in run("search", "red", "--json", *words).json}

        assert names("--folder", indexed / "below") == {"dated.jpg"}
        assert names("--since", "2020-05-17", "--until", "2020-05-17") == {"dated.jpg"}
        assert "dated.jpg" not in names("--until", "2020-05-16")
        assert names("--since", "2100-01-01") == set()
        assert "No photo fits these filters." in run("search", "red", "--since", "2100-01-01").err

    def test_many_phrases_from_standard_input(
        self, run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines = b"red\n\n  blue  \r\n\xff\xfe\ngreen"
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(lines)))
        answers = [json.loads(line) for line in run("search", "-", "--top", "1").out.splitlines()]
        others = [answer for answer in answers if answer is not answers[3]]
        assert [Path(answer[0]["path"]).name if answer else None for answer in others] == [
            "red.png", None, "blue.png", "green.png",
        ]  # fmt: skip
        assert len(answers) == 5 and len(answers[3]) == 1

    def test_no_phrases_at_all(
        self, run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(b"")))
        assert run("search", "-") == Said(0, "", "")

    @pytest.mark.parametrize("words", [[], [""], ["   "], ["\t\n"]])
    def test_nothing_asked(self, run: Run, indexed: Path, words: list[str]) -> None:
        said = run("search", *words)
        assert said.code == 2 and "Give what to look for" in said.err and said.out == ""

    @pytest.mark.parametrize(
        ("words", "code", "told"),
        [
            (["red", "--top", "0"], 2, "above 0"),
            (["red", "--top", "many"], 2, "above 0"),
            (["red", "--since", "2020"], 2, "is not a date"),
            (["red", "--folder", ""], 0, ""),
            (["red", "blue"], 2, "unexpected extra argument (blue)"),
            (["red", "--encoder", "nonsense"], 1, "There is no encoder “nonsense”"),
            (["red", "--encoder", "mute"], 1, "Nothing here has been indexed with “mute”"),
            (["--photo", "/nowhere/x.jpg"], 1, "There is no photo /nowhere/x.jpg"),
            (["--photo", "."], 1, "it is a folder"),
            (["--photo", __file__], 1, "test_app.py: "),
        ],
    )
    def test_what_is_wrong_is_said(
        self, run: Run, indexed: Path, words: list[str], code: int, told: str
    ) -> None:
        said = run("search", *words)
        assert said.code == code and told in said.err
        assert code == 0 or said.out == ""

    def test_a_phrase_for_an_encoder_without_text(self, run: Run, indexed: Path) -> None:
        run("index", indexed, "--encoder", "mute")
        said = run("search", "red", "--encoder", "mute")
        assert said.code == 1 and "cannot encode phrases" in said.err
        assert (
            run("search", "--photo", indexed / "red.png", "--encoder", "mute", "--json").json[0][
                "score"
            ]
            >= 0.99
        )
        # The library's own choice is one that reads phrases.
        assert run("search", "red").code == 0

    def test_before_anything_is_indexed(self, run: Run) -> None:
        said = run("search", "red")
        assert said.code == 1 and "python run.py index FOLDER" in said.err

    def test_a_library_elsewhere(self, run: Run, photos: Path, tmp_path: Path) -> None:
        run("index", photos, "--encoder", "tiny", "--library", tmp_path / "other")
        assert len(run("search", "red", "--json", "--library", tmp_path / "other").json) == 4
        assert run("search", "red").code == 1

    @pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names are text there")
    def test_a_name_that_is_no_text(self, run: Run, own: Path) -> None:
        name = os.fsdecode(b"caf\xe9.png")
        (own / name).write_bytes(pictures.encoded(pictures.plain("white", (48, 32)), "PNG"))
        run("index", own)
        assert run("search", "white", "--top", "1").out.rstrip("\n").endswith(str(own / name))
        assert run("search", "white", "--top", "1", "--json").json[0]["path"] == str(own / name)


class TestStatus:
    def test_as_json(self, run: Run, indexed: Path, tmp_path: Path) -> None:
        told = run("status", "--json").json
        assert (told["library"], told["photos"], told["files"], told["failed"],
        told["missing"]) == (
            str(tmp_path / "explorer-library"), 4, 4, 1, 0,
        )  # fmt: skip
        assert [
            (folder["path"], folder["photos"], folder["failed"]) for folder in told["folders"]
        ] == [(str(indexed), 4, 1)]
        assert [
            (encoder["name"], encoder["photos"], encoder["dimension"])
            for encoder in told["encoders"]
        ] == [("tiny", 4, Tiny.dim)]
        assert told["worker"]["phase"] == "stopped" and not told["worker"]["alive"]

    def test_in_words(self, run: Run, indexed: Path) -> None:
        told = run("status").out
        assert (
            "4 in 4 files" in told
            and f"Folder    {indexed}: 4 photos, 1 failed" in told
            and "not running" in told
        )


class TestModels:
    def test_as_json(self, run: Run) -> None:
        models = {model["name"]: model for model in run("models", "--json").json}
        assert set(models) >= {"starter", "clip", "siglip2", "resnet50", "vit"}
        assert (
            models["starter"]["available"]
            and models["starter"]["has_text"]
            and not models["resnet50"]["has_text"]
        )

    def test_in_words(self, run: Run) -> None:
        told = run("models").out
        assert "starter" in told and "models get clip" in told

    @pytest.mark.parametrize(
        ("words", "code", "told"),
        [
            (["get"], 2, "Give the model to fetch"),
            (["get", "nonsense"], 1, "There is no encoder"),
            (["list", "clip"], 2, "models get clip"),
        ],
    )
    def test_what_is_wrong_is_said(self, run: Run, words: list[str], code: int, told: str) -> None:
        said = run("models", *words)
        assert said.code == code and told in said.err


class TestVerify:
    def test_a_sound_library(self, run: Run, indexed: Path) -> None:
        said = run("verify")
        assert said.code == 0 and "everything agrees" in said.out
        assert run("verify", "--json").json == {
            "sound": True,
            "photos": 4,
            "files": 5,
            "vectors": 4,
            "problems": [],
            "notes": [],
        }

    def test_damage_is_found_and_mended(self, run: Run, indexed: Path, tmp_path: Path) -> None:
        (index,) = (tmp_path / "explorer-library" / "vectors").glob("*.faiss")
        index.write_bytes(b"damaged")
        said = run("verify")
        assert said.code == 1 and "The index file of tiny is damaged" in said.out
        assert run("search", "red", "--top", "1", "--json").json[0]["path"] == str(
            indexed / "red.png"
        )
        said = run("verify", "--repair")
        assert said.code == 0 and "mended" in said.out
        assert run("verify").code == 0


class TestWords:
    @pytest.mark.parametrize("word", ["serach", "indx"])
    def test_a_mistyped_command(self, run: Run, word: str) -> None:
        said = run(word, "x")
        assert said.code == 2 and "Did you mean" in said.err

    def test_no_command_at_all(self, run: Run) -> None:
        said = run("zzzzzz")
        assert said.code == 2 and "--help" in said.err

    @pytest.mark.parametrize("folder", ["./serach", "/nowhere/serach"])
    def test_what_looks_like_a_folder_is_one(self, run: Run, folder: str) -> None:
        said = run(folder)
        assert said.code == 1 and "does not exist" in said.err

    @pytest.mark.parametrize(
        "words",
        [
            ["index"],
            ["index", "--frob", "x"],
            ["search", "--top"],
            ["verify", "now"],
            ["bench", "nonsense"],
        ],
    )
    def test_wrong_usage(self, run: Run, words: list[str]) -> None:
        said = run(*words)
        assert said.code == 2 and said.err and said.out == ""

    def test_help_and_version(self, run: Run) -> None:
        told = run("--help").out
        assert all(name in told for name in MODULES)
        assert run("--version").out.startswith("Photo Explorer ")
        for name in MODULES:
            assert run(name, "--help").code == 0

    def test_every_command_has_its_own_name(self) -> None:
        assert [command(name).name for name in MODULES] == list(MODULES)

    def test_benchmarks_are_listed(self, run: Run) -> None:
        assert {"retrieval", "indexing"} <= set(run("bench").out.split())

    def test_a_catalog_that_is_none(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "explorer-library").mkdir()
        (tmp_path / "explorer-library" / "catalog.db").write_bytes(b"\x07" * 5000)
        said = run("status")
        assert said.code == 1 and len(said.err.splitlines()) == 1 and "Traceback" not in said.err


class TestStreams:
    @pytest.mark.skipif(os.name == "nt", reason="pipes there end otherwise")
    def test_a_reader_that_has_enough_is_no_error(self, tmp_path: Path) -> None:
        script = (
            "import sys\nfrom explorer.cli import app, models_command, output\n"
            "def many(**_):\n    for _ in range(100000): output.emit('x' * 100)\n    return 0\n"
            "models_command.models_command.callback = many\nsys.exit(app.main(['models']))"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout and process.stderr
        assert process.stdout.readline() == b"x" * 100 + b"\n"
        process.stdout.close()
        told = process.stderr.read()
        process.stderr.close()
        assert (process.wait(), told) == (0, b"")

    def test_stopping_loses_nothing(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(**_: object) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(command("models"), "callback", stop)
        said = run("models")
        assert said.code == 130 and "Nothing is lost" in said.err and "Traceback" not in said.err


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Words that are no commands are looked for as folders here."""
    monkeypatch.chdir(tmp_path)
    yield
