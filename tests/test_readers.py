"""A real reader, subscribed over HTTP to what a real server serves."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import TinyBlog
from tests.web import nginx, open_folder, program

_FEEDS = ("entries.rss", "comments.atom", "comments/hello.rss")


@pytest.fixture
def blog() -> Iterator[TinyBlog]:
    """A blog whose output nginx can read."""
    with open_folder() as folder:
        yield TinyBlog(folder)


class Newsboat:
    """newsboat with a home of its own."""

    def __init__(self, home: Path, urls: list[str]) -> None:
        self._binary = program("newsboat")
        self._home = home
        home.mkdir()
        (home / "urls").write_text("\n".join(urls) + "\n")
        (home / "config").write_text("max-items 0\n")

    def poll(self) -> None:
        arguments = ["-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
        subprocess.run(
            [self._binary, *arguments],
            cwd=self._home,
            env=os.environ | {"HOME": str(self._home)},
            check=True,
            timeout=60,
        )

    def items(self) -> list[tuple[str, str, str]]:
        """Each item's id, title and author, sorted."""
        with sqlite3.connect(self._home / "cache.db") as database:
            return sorted(database.execute("select guid, title, author from rss_item"))


def test_newsboat_shows_each_item_once_whatever_the_number_of_polls(
    blog: TinyBlog, tmp_path: Path
) -> None:
    blog.post("hello").post("second").comment("hello", "1").comment("hello", "2", parent="1")
    blog.build()
    with nginx(blog.output, tmp_path / "nginx") as server:
        reader = Newsboat(tmp_path / "home", [f"{server.url}/{path}" for path in _FEEDS])
        reader.poll()
        first = reader.items()
        blog.build()
        reader.poll()
        reader.poll()
        assert reader.items() == first
        assert [title for _, title, _ in first if title in {"Hello", "Second"}] == [
            "Hello",
            "Second",
        ]
        assert {id for id, _, _ in first if "#comment-" in id} == {
            "tag:blog.example,2024:hello#comment-1",
            "tag:blog.example,2024:hello#comment-2",
        }


def test_a_feed_that_did_not_change_is_not_sent_again(blog: TinyBlog, tmp_path: Path) -> None:
    """Newsboat keeps an ETag from its second poll on: the third must get 304."""
    blog.post("hello").comment("hello", "1").build()
    with nginx(blog.output, tmp_path / "nginx") as server:
        reader = Newsboat(tmp_path / "home", [f"{server.url}/{path}" for path in _FEEDS])
        for _ in range(3):
            blog.build()
            reader.poll()
        last = server.asked()[-len(_FEEDS) :]
        assert sorted(last) == sorted((f"/{path}", 304) for path in _FEEDS)


def test_a_new_comment_reaches_a_subscriber_once(blog: TinyBlog, tmp_path: Path) -> None:
    blog.post("hello").comment("hello", "1").build()
    with nginx(blog.output, tmp_path / "nginx") as server:
        reader = Newsboat(tmp_path / "home", [f"{server.url}/comments.rss"])
        reader.poll()
        blog.comment("hello", "2", author="Ben", date="2024-05-03 10:00").build()
        for _ in range(3):
            reader.poll()
        assert [author for _, _, author in reader.items()] == ["Ann", "Ben"]


def test_a_subscriber_of_years_sees_each_item_once_and_no_feed_twice(
    blog: TinyBlog, tmp_path: Path
) -> None:
    """A new post, a new comment, an edit that keeps the size, a deletion, and runs for nothing."""
    blog.post("hello").comment("hello", "1").build()
    with nginx(blog.output, tmp_path / "nginx") as server:
        reader = Newsboat(tmp_path / "home", [f"{server.url}/{path}" for path in _FEEDS])
        reader.poll()
        reader.poll()  # it sends validators from now on
        seen = {id for id, _, _ in reader.items()}

        def news() -> list[str]:
            """Build and poll; the ids of the items that the reader had not seen."""
            before = len(server.asked())
            changed = {path for path, what in blog.build().outcomes.items() if what == "written"}
            reader.poll()
            answers = {path.removeprefix("/"): code for path, code in server.asked()[before:]}
            assert answers == {path: 200 if path in changed else 304 for path in _FEEDS}
            new = [id for id, _, _ in reader.items() if id not in seen]
            seen.update(new)
            return new

        assert news() == []
        blog.post("second", date="2024-05-03 10:00")
        assert news() == ["tag:blog.example,2024:second"]
        blog.comment("hello", "2", author="Ben", date="2024-05-03 11:00")
        assert news() == ["tag:blog.example,2024:hello#comment-2"]
        blog.post("hello", "TEXT.")
        assert news() == []
        blog.comment("hello", "1", "WELL SAID.")
        assert news() == []
        (blog.content / "comments/hello/2.md").unlink()
        assert news() == []
        assert news() == []
        assert sorted(seen) == [id for id, _, _ in reader.items()]
