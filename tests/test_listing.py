"""Looking at trees: two processes see what one would, and what was seen before only saves time."""

from __future__ import annotations

import marshal
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from feeds import listing
from feeds.listing import SUFFIXES, Look, Looking

_FOLDERS = 200


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of many folders, at which two processes look wherever there are two cores."""
    monkeypatch.setattr(listing, "_cores", lambda: 2)
    for number in range(_FOLDERS):
        folder = tmp_path / "tree" / f"{number % 7}" / f"{number}"
        folder.mkdir(parents=True)
        (folder / "1.yml").write_text("name: Ann\n")
    return tmp_path / "tree"


def look(known: Mapping[str, Mapping[str, bytes] | None]) -> Look:
    """What is there now, with nobody left behind who helped to see it."""
    try:
        return Looking(known, SUFFIXES, 0.0, much=True).finish()
    finally:
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


def replaced_by_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.touch()


EVERY_CHANGE = pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "1.yml").write_text("name: Bea\n"),
        lambda folder: (folder / "2.yml").touch(),
        lambda folder: (folder / "1.yml").unlink(),
        lambda folder: (folder / "new").mkdir(),
        lambda folder: (folder / "new" / "below").mkdir(parents=True),
        lambda folder: (folder / "link").symlink_to(folder),
        lambda folder: folder.rename(folder.with_name("renamed")),
        replaced_by_a_file,
        shutil.rmtree,
        lambda folder: shutil.rmtree(folder.parent),
        lambda folder: shutil.rmtree(folder.parent.parent),
    ],
    ids=[
        "edited",
        "added",
        "removed",
        "a new folder",
        "new folders",
        "a link",
        "renamed",
        "a file instead",
        "gone",
        "its parent gone",
        "all gone",
    ],
)


@pytest.mark.parametrize("number", [0, 5, 63, 64, 198, 199])
@EVERY_CHANGE
def test_two_processes_that_know_what_was_there_see_what_one_would(
    many: Path, change: Callable[[Path], object], number: int
) -> None:
    tree = str(many)
    known = {tree: listing.listing(tree), f"{tree}/none": None}
    assert look(known).trees == known
    (many / "0" / "0" / "not-ours.txt").touch()
    assert look(known).trees == known

    folder = many / f"{number % 7}" / f"{number}"
    change(folder)

    seen = look(known)
    assert seen.trees != known
    if (folder / "link").is_symlink():
        assert (seen.is_plain, seen.trees[tree]) == (False, None)
    else:
        assert (seen.is_plain, seen.trees[tree]) == (True, listing.listing(tree))


@pytest.mark.parametrize("number", [0, 5, 63, 64, 198, 199])
@EVERY_CHANGE
def test_a_change_is_seen_before_the_look_is_over_and_nothing_of_it_is_lost(
    many: Path, change: Callable[[Path], object], number: int
) -> None:
    tree = str(many)
    known = {tree: listing.listing(tree), f"{tree}/none": None}
    assert not Looking(known, SUFFIXES, 0.0, much=True).sees_change()
    folder = many / f"{number % 7}" / f"{number}"
    change(folder)

    looking = Looking(known, SUFFIXES, 0.0, much=True)

    assert looking.sees_change()
    seen = looking.finish()
    is_link = (folder / "link").is_symlink()
    assert seen.is_plain == (not is_link)
    assert seen.trees[tree] == (None if is_link else listing.listing(tree))


@pytest.mark.parametrize("when", ["at once", "half through", "before it tells"])
def test_a_helper_that_is_killed_costs_only_time(
    many: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    known = {str(many): listing.listing(str(many))}
    for number in range(0, _FOLDERS, 9):
        (many / f"{number % 7}" / f"{number}" / "2.yml").touch()
    us, folder, dumps = os.getpid(), listing._folder, marshal.dumps
    left = {"at once": 0, "half through": 30}.get(when, _FOLDERS)

    def looked(path: str, suffixes: tuple[str, ...]) -> tuple[bytes, list[str]]:
        nonlocal left
        left -= 1
        if os.getpid() != us and left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.001)  # or the other would have done all before
        return folder(path, suffixes)

    def told(value: dict[int, tuple[bytes, list[str]]], version: int) -> bytes:
        return dumps(value, version)[: None if os.getpid() == us else 9]

    monkeypatch.setattr(listing, "_folder", looked)
    if when == "before it tells":
        monkeypatch.setattr("feeds.listing.marshal.dumps", told)
    found = look(known)
    monkeypatch.undo()
    assert found.trees == {str(many): listing.listing(str(many))}


def test_a_tree_of_one_file_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "comments.yml"
    file.write_text("- name: Ann\n")
    known = {str(file): listing.listing(str(file))}
    assert look(known).trees == known
    file.write_text("- name: Bea\n")
    assert look(known).trees == {str(file): listing.listing(str(file))} != known


def test_a_tree_that_was_not_there_is_seen(many: Path) -> None:
    new = many.parent / "new"
    known = {str(many): listing.listing(str(many)), str(new): None}
    assert look(known).trees == known
    new.mkdir()
    looking = Looking(known, SUFFIXES, 0.0, much=True)
    assert looking.sees_change()
    there = {**known, str(new): listing.listing(str(new))}
    assert looking.finish().trees == looking.finish().trees == there != known
