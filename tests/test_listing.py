"""Looking at trees: two processes see what one would, and what was seen before only saves time."""

from __future__ import annotations

import marshal
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import listing
from feeds.listing import SUFFIXES, Look, Looking
from feeds.memory import trees_of
from feeds.settings import load
from feeds.sources.tree import Tree, in_order
from feeds.unchanged import memo_path, read_memo
from tests.builders import TinyBlog

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


@pytest.mark.parametrize("finder", ["we", "the helper"])
@pytest.mark.parametrize("files", [1, 200])
def test_what_was_found_first_is_told_while_another_process_looks_on(
    many: Path, monkeypatch: pytest.MonkeyPatch, finder: str, files: int
) -> None:
    tree, us, whole = str(many), os.getpid(), listing._folder
    if files > 1:  # more than waits in a pipe: then only which folder it is
        monkeypatch.setattr(listing, "_PIPE_SIZE", 4096)
    known = {tree: listing.listing(tree)}
    changed = [many / "5" / "5", many / "1" / "190"]
    for number in range(files):
        (changed[0] / f"{number}-{'x' * 100}.yml").touch()
    (changed[1] / "late.yml").touch()

    def looked(path: str, suffixes: tuple[str, ...]) -> tuple[list[listing.Row], list[str]]:
        if (os.getpid() == us) != (finder == "we"):
            time.sleep(0.05)  # so that the other finds it
        return whole(path, suffixes)

    monkeypatch.setattr(listing, "_folder", looked)
    looking = Looking(known, SUFFIXES, 0.0, much=True)
    assert looking.sees_change()
    glimpsed = looking.glimpse()
    monkeypatch.undo()
    seen = looking.finish()
    assert glimpsed
    assert glimpsed.is_plain
    now = listing.listing(tree)
    assert seen.trees[tree] == now
    first = glimpsed.trees[tree]
    assert first
    assert now
    then = known[tree]
    assert then
    others = {folder for folder in now if first[folder] != then[folder]}
    assert others
    assert others <= {"/5/5", "/1/190"}
    assert all(first[folder] == now[folder] for folder in others)
    assert set(glimpsed.rows) <= {tree + folder for folder in others}


def test_of_a_look_that_is_over_nothing_is_told_early(many: Path) -> None:
    known = {str(many): listing.listing(str(many))}
    (many / "5" / "5" / "new.yml").touch()
    alone = Looking(known, SUFFIXES, 0.0, much=False)
    assert alone.sees_change()
    assert alone.glimpse() is None
    helped = Looking(known, SUFFIXES, 0.0, much=True)
    helped.finish()
    assert helped.glimpse() is None


@pytest.mark.parametrize("when", ["at once", "half through", "before it tells"])
def test_a_helper_that_is_killed_costs_only_time(
    many: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    known = {str(many): listing.listing(str(many))}
    for number in range(0, _FOLDERS, 9):
        (many / f"{number % 7}" / f"{number}" / "2.yml").touch()
    us, folder, dumps = os.getpid(), listing._folder, marshal.dumps
    left = {"at once": 0, "half through": 30}.get(when, _FOLDERS)

    def looked(path: str, suffixes: tuple[str, ...]) -> tuple[list[listing.Row], list[str]]:
        nonlocal left
        left -= 1
        if os.getpid() != us and left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.001)  # or the other would have done all before
        return folder(path, suffixes)

    def told(value: Any, version: int) -> bytes:
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


# --- as a build sees it that lists everything anyway ----------------------------------------------

_NAMES = [
    "a.md",
    "B.MD",
    "_index.md",
    "README.md",
    "readme.html",
    "Readings.md",
    ".hidden.md",
    ".md",
    "a.md~",
    "#a.md#",
    "ü.yml",
    "note.txt",
    "md",
    os.fsdecode(b"\xff.md"),
]
_FOLDER_NAMES = ["sub", "two words", ".git", "README", "old~", "__pycache__", "#sub#", "sub.md"]


def as_a_build_sees(tree: Path, *, symlinks: bool = False) -> dict[str, bytes | None]:
    walk = Tree(tree, "", follow_links=symlinks).walk("", frozenset(SUFFIXES))
    return {held.folder: held.digest for held in walk}


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("folder", ["", *_FOLDER_NAMES])
def test_a_build_sees_of_each_folder_what_a_look_does_or_knows_that_it_does_not(
    tmp_path: Path, folder: str, name: str
) -> None:
    tree = tmp_path / "tree"
    (tree / "posts").mkdir(parents=True)
    (tree / "posts" / "1.md").touch()
    (tree / folder).mkdir(exist_ok=True)
    (tree / folder / name).write_text("x")

    seen = as_a_build_sees(tree)

    looks_odd = folder in {"README", "old~", "__pycache__", "#sub#"}
    assert (None in seen.values()) == looks_odd
    assert looks_odd or seen == listing.listing(str(tree))


@pytest.mark.parametrize("name", [*_NAMES, *_FOLDER_NAMES])
@pytest.mark.parametrize("kind", ["link", "link to a folder", "dead link", "link out", "pipe"])
@pytest.mark.parametrize("symlinks", [False, True])
def test_so_it_does_of_what_is_no_file(
    tmp_path: Path, name: str, kind: str, symlinks: bool
) -> None:
    tree = tmp_path / "tree"
    (tree / "posts").mkdir(parents=True)
    (tree / "posts" / "1.md").touch()
    (tmp_path / "out.md").touch()
    if kind == "pipe":
        os.mkfifo(tree / name)
    else:
        targets = {"link": "posts/1.md", "link to a folder": "posts", "link out": "../out.md"}
        (tree / name).symlink_to(targets.get(kind, "nowhere"))

    seen = as_a_build_sees(tree, symlinks=symlinks)

    try:
        expected = listing.listing(str(tree))
    except listing.NotPlainError:
        assert seen[""] is None
    else:
        assert seen[""] is None or seen == expected


@pytest.mark.parametrize("comments", ["a folder", "a file", "none"])
@pytest.mark.parametrize("built", [False, True])
def test_the_first_build_remembers_what_a_look_would_have_seen(
    tmp_path: Path, comments: str, built: bool
) -> None:
    extra = '[content]\nbuilt = "public"\n' if built else ""
    if comments == "a file":
        extra += '[content]\ncomments = ["comments.yml"]\n'.removeprefix("[content]\n" * built)
    blog = TinyBlog(tmp_path, extra).post("a").post("sub/b")
    if comments == "a folder":
        blog.comment("a", "1").comment("sub/b", "2")
    elif comments == "a file":
        blog.write("comments.yml", "- {post: a, author: Ann, body: Hello.}\n")
    blog.write("README.md", "For who looks into the folder.\n").write("posts/_index.md", "Odd.\n")
    if built:
        blog.write("public/a/index.html", "<p>Built.</p>\n")
    site = load(blog.content)
    blog.build()

    memo = read_memo(memo_path(str(tmp_path / "index.sqlite")))
    assert memo
    paths = [str(blog.content.resolve() / tree) for tree in trees_of(site)]
    assert memo["plain"]
    assert memo["trees"] == {path: listing.listing(path, memo["suffixes"]) for path in paths}


@given(
    st.sets(st.lists(st.sampled_from(["a", "b", "a b", "é", "\udcff", "z"]), max_size=3).map(tuple))
)
def test_links_are_put_in_the_order_in_which_a_walk_finds_them(
    folders: set[tuple[str, ...]],
) -> None:
    with TemporaryDirectory() as place:
        root = Path(place, "tree")
        root.mkdir()
        for folder in folders:
            root.joinpath(*folder).mkdir(parents=True, exist_ok=True)
            for link in ("x", "@"):
                root.joinpath(*folder, link).symlink_to(root)
        links: list[str] = []
        tree = Tree(root, "", follow_links=True)
        list(tree.below("", [""], frozenset({".md"}), links, set()))
        assert len(links) == 2 * len(folders)
        assert in_order(sorted(links)) == links
