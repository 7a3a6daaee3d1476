"""The Hugging Face cache, whose layout other programs know."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from explorer.encoders.downloads import hub_cache, weights
from explorer.errors import WeightsMissing
from tests.encoders.hub import Hub

CONTENT = bytes(range(256)) * 700
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()
REPOSITORY, FILE = "someone/model", "weights.safetensors"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_folder_is_where_other_programs_have_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert hub_cache.cache_dir() == Path("~/.cache/huggingface/hub").expanduser()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert hub_cache.cache_dir() == tmp_path / "huggingface" / "hub"
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    assert hub_cache.cache_dir() == tmp_path / "hf" / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "own"))
    assert hub_cache.cache_dir() == tmp_path / "own"


def test_what_is_stored_is_found_by_us_and_by_the_hubs_own_library(
    cache: Path, tmp_path: Path
) -> None:
    from huggingface_hub import try_to_load_from_cache

    content = tmp_path / "part"
    content.write_bytes(CONTENT)
    path = hub_cache.store(REPOSITORY, FILE, content, commit=COMMIT, checksum=CHECKSUM)
    assert path is not None and path.read_bytes() == CONTENT and not content.exists()
    assert path == hub_cache.find(REPOSITORY, FILE)
    assert try_to_load_from_cache(REPOSITORY, FILE, cache_dir=cache) == str(path)
    assert not list(cache.rglob("*.incomplete")) and not list(cache.rglob("*.part"))


def test_a_file_that_another_program_fetched_is_used_without_a_request(
    cache: Path, hub: Hub
) -> None:
    folder = cache / "models--someone--model"
    for part in ("blobs", "refs", f"snapshots/{COMMIT}"):
        (folder / part).mkdir(parents=True)
    (folder / "blobs" / CHECKSUM).write_bytes(CONTENT)
    (folder / "snapshots" / COMMIT / FILE).symlink_to(folder / "blobs" / CHECKSUM)
    (folder / "refs" / "main").write_text(COMMIT)
    assert weights.fetch(weights.hub_source(REPOSITORY, FILE)).read_bytes() == CONTENT
    assert not hub.asked


def test_a_download_is_left_in_the_cache(cache: Path, hub: Hub, models: Path) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.commit, hub.cuts = COMMIT, [50_000]
    source = weights.hub_source(REPOSITORY, FILE)
    path = weights.fetch(source)
    assert path.is_relative_to(cache) and path == source.path and path.read_bytes() == CONTENT
    assert path.resolve().name == CHECKSUM
    assert [each for each in models.rglob("*.*") if each.suffix != ".lock"] == []


def test_without_a_commit_a_download_stays_in_the_models_folder(
    cache: Path, hub: Hub, models: Path
) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    for commit in ("", "../../elsewhere"):
        hub.commit = commit
        path = weights.fetch(weights.hub_source(REPOSITORY, FILE))
        assert path.is_relative_to(models) and not cache.exists()
        path.unlink()


@pytest.mark.parametrize("reference", ["", "../../..", "main", "\N{SNOWMAN}"])
def test_a_reference_that_names_no_commit_leads_nowhere(cache: Path, reference: str) -> None:
    folder = cache / "models--someone--model"
    (folder / "refs").mkdir(parents=True)
    (folder / "snapshots" / "main").mkdir(parents=True)
    (folder / "snapshots" / "main" / FILE).write_bytes(CONTENT)
    (folder / "refs" / "main").write_text(reference, encoding="utf-8")
    assert hub_cache.find(REPOSITORY, FILE) is None


def test_where_links_are_not_allowed_the_file_itself_is_there(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: object) -> None:
        raise OSError("a required privilege is not held")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    content = tmp_path / "part"
    content.write_bytes(CONTENT)
    path = hub_cache.store(REPOSITORY, FILE, content, commit=COMMIT, checksum=CHECKSUM)
    assert path is not None and path.read_bytes() == CONTENT and not path.is_symlink()


def test_a_file_is_only_deleted_when_asked(cache: Path, hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.commit = COMMIT
    source = weights.hub_source(REPOSITORY, FILE)
    weights.fetch(source)
    assert weights.remove(source, complete=False) == 0 and source.path.exists()
    assert weights.remove(source, complete=True) == len(CONTENT)
    assert not source.path.exists() and not list(cache.rglob(CHECKSUM))
    assert weights.remove(source, complete=True) == 0


def test_a_cache_that_cannot_be_written_is_reported_and_the_download_kept(
    cache: Path, hub: Hub
) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.commit = COMMIT
    cache.write_text("in the way")
    source = weights.hub_source(REPOSITORY, FILE)
    with pytest.raises(WeightsMissing, match="could not be saved"):
        weights.fetch(source)
    assert source.part.read_bytes() == CONTENT
    cache.unlink()
    assert weights.fetch(source).read_bytes() == CONTENT
    assert [first for _, first in hub.requests] == [0, len(CONTENT)]


def _stored(tmp_path: Path, commit: str = COMMIT, file: str = FILE) -> Path:
    content = tmp_path / "fetched"
    content.write_bytes(CONTENT)
    path = hub_cache.store(REPOSITORY, file, content, commit=commit, checksum=CHECKSUM)
    assert path is not None
    return path


def test_a_removed_file_is_gone_with_its_content(cache: Path, tmp_path: Path) -> None:
    path = _stored(tmp_path)
    assert hub_cache.remove(REPOSITORY, FILE) == len(CONTENT)
    assert not path.exists() and not [each for each in cache.rglob("*") if each.name == CHECKSUM]
    assert hub_cache.remove(REPOSITORY, FILE) == 0


def test_content_that_another_name_leads_to_is_kept(cache: Path, tmp_path: Path) -> None:
    _stored(tmp_path)
    other = _stored(tmp_path, file="same.safetensors")
    assert hub_cache.remove(REPOSITORY, FILE) == 0
    assert other.read_bytes() == CONTENT and hub_cache.find(REPOSITORY, FILE) is None
    assert hub_cache.remove(REPOSITORY, "same.safetensors") == len(CONTENT)


def test_a_persons_own_file_behind_a_link_is_kept(cache: Path, tmp_path: Path) -> None:
    path, own = _stored(tmp_path), tmp_path / "own.safetensors"
    own.write_bytes(CONTENT)
    path.unlink()
    path.symlink_to(own)
    assert hub_cache.remove(REPOSITORY, FILE) == 0
    assert own.read_bytes() == CONTENT and not path.is_symlink()
