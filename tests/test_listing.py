"""Looking at trees: two processes see what one would, and what was seen before only saves time."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from feeds import listing
from feeds.listing import SUFFIXES, Look

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
        return listing.look(known, SUFFIXES, 0.0)
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


def test_a_helper_that_is_killed_costs_only_time(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {str(many): listing.listing(str(many))}
    (many / "3" / "3" / "2.yml").touch()
    us, taken = os.getpid(), listing._others_taken

    def die(*given: object) -> object:
        if os.getpid() != us:
            os.kill(os.getpid(), signal.SIGKILL)
        return taken(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(listing, "_others_taken", die)
    assert look(known).trees == {str(many): listing.listing(str(many))}


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
    assert look(known).trees == {**known, str(new): listing.listing(str(new))} != known
