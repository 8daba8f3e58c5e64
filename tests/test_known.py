"""Which files are known, and that nothing of it is lost between memory and database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import known as known_room
from feeds import tables
from feeds.known import KnownFiles, name_in, path_of

STATS = (1, 2**61, 2**61 + 1, 2**63)


def new() -> KnownFiles:
    database = sqlite3.connect(":memory:")
    database.executescript(tables.SCHEMA)
    files = KnownFiles(database)
    files.create()
    return files


def again(files: KnownFiles) -> KnownFiles:
    """What the next build finds."""
    files.write()
    return KnownFiles(files._database)


def all_of(files: KnownFiles) -> Mapping[str, Mapping[str, object]]:
    return {folder: files.in_folder(folder) for folder in files.folders()}


def test_the_next_build_knows_what_this_one_noted() -> None:
    files = new()
    files.note("posts", "hello.md", STATS)
    files.note("posts", "café ☕.md", (0, 0, 0, 0))
    files.note("comments.yml", "", STATS)
    assert all_of(again(files)) == {
        "posts": {"hello.md": STATS, "café ☕.md": (0, 0, 0, 0)},
        "comments.yml": {"": STATS},
    }


def test_a_folder_of_which_nothing_is_left_is_forgotten() -> None:
    files = new()
    files.note("posts", "hello.md", STATS)
    files = again(files)
    files.forget("posts", "hello.md")
    assert again(files).folders() == set()


@pytest.mark.parametrize("count", [1, 3, 4])
def test_whether_there_are_so_many_is_told_over_all_folders(count: int) -> None:
    files = new()
    for number in range(3):
        files.note(f"comments/{number % 2}", f"{number}.md", STATS)
    assert again(files).has(count) == (count <= 3)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["note", "forget", "write", "again"]),
            st.sampled_from(["a", "a/b", "b"]),
            st.sampled_from(["", "x", "y"]),
            st.integers(0, 2**63),
        )
    ),
    st.integers(1, 4),
)
def test_whenever_it_is_written_it_is_what_was_noted_last(
    steps: list[tuple[str, str, str, int]], room: int
) -> None:
    expected: dict[tuple[str, str], tuple[int, ...]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_room, "_MOST_AT_HAND", room)
        files = new()
        for step, folder, name, size in steps:
            if step == "note":
                stats = (size, 0, 0, 0)
                files.note(folder, name, stats)
                expected[folder, name] = stats
            elif step == "forget":
                files.forget(folder, name)
                expected.pop((folder, name), None)
            elif step == "write":
                files.write()
            else:
                files = again(files)
        files = again(files)
    found = {
        (folder, name): stats
        for folder, names in all_of(files).items()
        for name, stats in names.items()
    }
    assert found == expected


def test_of_many_folders_that_are_asked_for_few_are_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = new()
    for number in range(60):
        files.note(f"comments/{number % 20}", f"{number}.md", STATS)
    files = again(files)
    monkeypatch.setattr(known_room, "_MOST_AT_HAND", 9)
    for number in range(20):
        assert len(files.in_folder(f"comments/{number}")) == 3
        assert sum(map(len, files._at_hand.values())) <= 9
    files.forget("comments/19", "19.md")
    files.in_folder("comments/0")
    assert set(again(files).in_folder("comments/19")) == {"39.md", "59.md"}


@pytest.mark.parametrize(("folder", "name"), [("posts", "hello.md"), ("comments.yml", "")])
def test_a_path_is_taken_apart_as_it_was_put_together(folder: str, name: str) -> None:
    assert name_in(folder, path_of(folder, name)) == name
