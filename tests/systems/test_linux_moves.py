"""What is said of attributes that a drive on Linux does not store."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.systems.linux import Linux


def test_attributes_of_users_count_and_those_of_the_system_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"one": ["user.tags", "security.selinux"], "other": ["security.capability"]}
    monkeypatch.setattr(os, "listxattr", lambda path, follow_symlinks: names[path], raising=False)
    assert Linux().lost_attributes("one", "other") == ["extended attributes"]
    names["other"].append("user.tags")
    assert Linux().lost_attributes("one", "other") == []


def test_a_lost_access_list_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"one": ["user.tags", "system.posix_acl_access"], "other": list[str]()}
    monkeypatch.setattr(os, "listxattr", lambda path, follow_symlinks: names[path], raising=False)
    assert Linux().lost_attributes("one", "other") == ["extended attributes", "access lists"]
    names["other"].append("system.posix_acl_access")
    assert Linux().lost_attributes("one", "other") == ["extended attributes"]


def test_a_file_system_without_attributes_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, follow_symlinks: bool) -> list[str]:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "listxattr", refuse, raising=False)
    assert Linux().lost_attributes("one", "other") == []
