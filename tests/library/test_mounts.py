from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.library import mounts
from explorer.library.mounts import MountEntry, MountLocations, mount_table

TABLE = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 8:2 / /home rw - ext4 /dev/sda2 rw
31 30 8:2 /me/photos /mnt/alias rw,nosuid master:2 - ext4 /dev/sda2 rw
32 22 8:3 /@data /mnt/with\040space rw shared:3 shared:4 - btrfs /dev/sdb rw,subvol=/@data
33 22 0:40 / /mnt/merged rw - overlay overlay rw,lowerdir=/home/low\:er:/home/second,\
upperdir=/home/up,workdir=/home/work
34 22 0:41 / /mnt/bindfs rw - fuse /home/me/photos rw,user_id=0
35 22 0:42 / /mnt/pool rw - fuse.mergerfs /home/a:/home/b rw
36 22 0:43 / /mnt/self rw - fuse.sshfs me@localhost:/home/me rw
37 22 0:44 /sub /mnt/nfs rw - nfs4 127.0.0.1:/home/me rw,vers=4.2
38 22 0:45 / /mnt/nas rw - nfs4 nas:/volume1 rw
39 22 0:46 / /mnt/nas2 rw - nfs4 nas:/volume1/photos rw
40 22 8:9 / /mnt/alias/over rw - ext4 /dev/sdd rw
not a line
""".replace("\\\n", "")


@pytest.fixture
def locations() -> MountLocations:
    return MountLocations(mount_table(TABLE))


def test_a_mount_table_line_is_parsed() -> None:
    table = mount_table(TABLE)
    assert len(table) == 12
    assert table[3] == MountEntry(
        "8:3", "/@data", "/mnt/with space", "btrfs", "/dev/sdb", "rw,subvol=/@data"
    )


@pytest.mark.parametrize(
    ("path", "folder", "same"),
    [
        ("/home/me/photos/a", "/home/me/photos", True),
        ("/home/me/photos", "/home/me/photos", True),
        ("/home/me/photos2/a", "/home/me/photos", False),
        ("/home/me", "/home/me/photos", False),
        ("/mnt/alias/a", "/home/me/photos", True),
        ("/mnt/alias/a/b", "/home/me/photos/a", True),
        ("/home/me/photos/a/b", "/mnt/alias/a", True),
        ("/mnt/alias", "/home/me/photos/a", False),
        # Another drive is mounted over it.
        ("/mnt/alias/over/a", "/home/me/photos", False),
        ("/mnt/with space/x", "/mnt", False),
        ("/mnt/merged/x", "/home/up", True),
        ("/mnt/merged/x/y", "/home/low:er/x", True),
        ("/mnt/merged/x", "/home/second", True),
        ("/mnt/merged/x", "/home/work", False),
        ("/mnt/bindfs/x", "/home/me/photos", True),
        ("/mnt/bindfs/x", "/mnt/alias/x", True),
        ("/mnt/pool/x", "/home/b/x", True),
        ("/mnt/pool/x", "/home/c", False),
        ("/mnt/self/photos/x", "/mnt/alias", True),
        ("/mnt/nfs/x", "/home/me/sub", True),
        ("/mnt/nfs/x", "/home/me/x", False),
        ("/mnt/nas2/x", "/mnt/nas/photos", True),
        ("/mnt/nas2/x", "/mnt/nas/other", False),
        ("/mnt/nas2/x", "/volume1", False),
    ],
)
def test_paths_inside_a_folder_are_recognized(
    locations: MountLocations, path: str, folder: str, same: bool
) -> None:
    assert locations.inside(path, folder) is same


def test_single_layers_and_relative_sources_are_resolved() -> None:
    home = os.path.realpath(Path.home())
    table = [
        MountEntry("8:1", "/", "/", "ext4", "/dev/sda1", "rw"),
        MountEntry(
            "0:1",
            "/",
            "/m",
            "overlay",
            "overlay",
            "rw,lowerdir+=/one,lowerdir+=/two,datadir+=/three",
        ),
        MountEntry("0:2", "/", "/s", "fuse.sshfs", "me@localhost:pictures", "rw"),
        MountEntry("0:3", "/", "/h", "fuse.sshfs", "[::1]:", "rw"),
        MountEntry("0:4", "/", "/p", "fuse.pool", "pool", "rw"),
    ]
    found = MountLocations(table)
    for layer in ("/one", "/two", "/three"):
        assert found.inside("/m/x", layer)
    assert found.inside("/s/x", f"{home}/pictures") and not found.inside("/s/x", f"{home}/other")
    assert found.inside("/h/x", home)
    assert found.of("/p/x") == {("0:4", "/x")}


def test_branches_listed_by_a_union_mount_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its line in the table may be cut short."""
    asked = list[tuple[str, str]]()

    def attribute(path: str, name: str) -> bytes:
        asked.append((path, name))
        return b"/disk/a=RW:/disk/b=RO,4G"

    monkeypatch.setattr(os, "getxattr", attribute)
    found = MountLocations(
        [
            MountEntry("8:1", "/", "/", "ext4", "x", ""),
            MountEntry("0:2", "/", "/pool", "fuse.mergerfs", "a:b", ""),
        ]
    )
    assert (
        found.inside("/pool/x", "/disk/a")
        and found.inside("/pool/x", "/disk/b/x")
        and not found.inside("/pool/x", "/disk/c")
    )
    assert asked == [("/pool/.mergerfs", "user.mergerfs.branches")]


def test_cyclic_mounts_terminate() -> None:
    table = [
        MountEntry("0:1", "/", "/a", "fuse.x", "/b", ""),
        MountEntry("0:2", "/", "/b", "fuse.x", "/a", ""),
    ]
    assert MountLocations(table).inside("/a/x", "/b")


def test_the_last_of_several_mounts_at_one_path_applies() -> None:
    table = [
        MountEntry("8:1", "/", "/", "ext4", "", ""),
        MountEntry("8:2", "/one", "/m", "ext4", "", ""),
        MountEntry("8:2", "/two", "/m", "ext4", "", ""),
    ]
    assert MountLocations(table).of("/m/x") == {("8:2", "/two/x")}


def test_without_a_mount_table_only_links_are_resolved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "_TABLE", str(tmp_path / "none"))
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert mount_table() == []
    found = MountLocations()
    assert found.inside(str(tmp_path / "link/x"), str(tmp_path / "real"))
    assert not found.inside(str(tmp_path / "other/x"), str(tmp_path / "real"))


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="the mount table of Linux")
def test_the_mount_table_of_this_computer_is_read() -> None:
    assert any(mount.folder == "/" for mount in mount_table())


ROOT = MountEntry("8:1", "/", "/", "ext4", "/dev/sda1", "rw")


@pytest.mark.parametrize(
    "line", ["", "1 2 3 4 5 6", "1 2 - ext4 /dev/sda1 rw", "1 2 3 4 5 6 - ext4 /dev/sda1", " - "]
)
def test_incomplete_lines_are_skipped(line: str) -> None:
    assert mount_table(f"{line}\n22 1 8:1 / / rw - ext4 /dev/sda1 rw\n{line}") == [ROOT]


@pytest.mark.parametrize(
    ("kind", "source", "options"),
    [
        ("ext4", "/home", ""), ("cifs", "nas:/volume", ""),
        ("overlay", "overlay", "lowerdir=below,upperdir=up"), ("fuse.pool", "pool", ""),
        ("fuse.mergerfs", "a:b", ""), ("nfs", "no host", ""), ("tmpfs", "tmpfs", "lowerdir=/home"),
    ],
)  # fmt: skip
def test_sources_that_are_not_folders_are_ignored(kind: str, source: str, options: str) -> None:
    assert MountLocations([ROOT, MountEntry("0:1", "/", "/m", kind, source, options)]).of(
        "/m/x"
    ) == {("0:1", "/x")}


def test_mounts_of_mounts_are_followed() -> None:
    chain = [
        MountEntry(f"0:{number}", "/", f"/m{number}", "fuse.x", f"/m{number - 1}", "")
        for number in range(1, 5)
    ]
    assert MountLocations([ROOT, *chain]).inside("/m4/x", "/m0") and not MountLocations(
        [ROOT, *chain]
    ).inside("/m4/x", "/m5")


@pytest.mark.parametrize(
    "host", ["box", "BOX", "box.lan", "localhost", "LocalHost", "127.0.1.1", "[::1]"]
)
def test_all_host_names_of_this_computer_mean_local_folders(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Box.lan")
    found = MountLocations([ROOT, MountEntry("0:1", "/", "/m", "nfs4", f"{host}:/home/me", "")])
    assert found.of("/m/x") == {("0:1", "/x"), ("8:1", "/home/me/x")}


def test_a_remote_computer_is_remote_in_any_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Box.lan")
    found = MountLocations(
        [
            ROOT,
            MountEntry("0:1", "/", "/m", "nfs", "NAS:/a", ""),
            MountEntry("0:2", "/", "/n", "fuse.sshfs", "me@nas:/a/b", ""),
        ]
    )
    assert (
        found.of("/m/x") == {("0:1", "/x"), ("nas", "/a/x")}
        and found.inside("/n/x", "/m/b")
        and not found.inside("/n/x", "/a")
    )
    other = MountLocations([ROOT, MountEntry("0:1", "/", "/m", "nfs", "lan:/a", "")])
    assert not other.inside("/m/x", "/a")


def test_without_attributes_the_mount_table_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "getxattr")
    assert MountLocations(
        [ROOT, MountEntry("0:1", "/", "/pool", "fuse.mergerfs", "/a:/b", "")]
    ).inside("/pool/x", "/b")
