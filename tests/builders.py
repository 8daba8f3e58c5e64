"""Small builders: sensible defaults, and a test overrides the one thing that it is about."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from feeds import rows
from feeds import settings as site_toml
from feeds.errors import Problem
from feeds.index import Index
from feeds.model import Blog, Body, Comment, Person, Post
from feeds.pipeline import Options, Report, build
from feeds.plans import Plan, has_comments_feed, main_plans, post_plan
from feeds.public import PublicPost, newest_first
from feeds.settings import Settings
from feeds.wrong import FILE

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
SITE_TOML = """\
title = "A blog"
url = "https://blog.example/"
feeds_url = "https://blog.example/feeds/"
ids = "tag:blog.example,2024:"
"""


def at(text: str) -> datetime:
    """`at("2024-05-01 10:00")`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def settings(extra: str = "", root: Path = Path()) -> Settings:
    """The settings of `SITE_TOML` and whatever is added to it."""
    return site_toml.parse(SITE_TOML + extra, root)


def post(name: str = "hello", **changes: Any) -> Post:
    """A published post of 1 May 2024."""
    values: dict[str, Any] = {
        "path": f"content/posts/{name}.md",
        "name": name,
        "title": name.title(),
        "body": Body("Text."),
        "published": at("2024-05-01 10:00"),
    }
    return Post(**values | changes)


def comment(id: str = "1", **changes: Any) -> Comment:
    """An approved comment of 2 May 2024 on `hello`."""
    folder = changes.get("folder", "hello")
    values: dict[str, Any] = {
        "path": f"content/comments/{folder}/{id}.md",
        "line": 1,
        "folder": folder,
        "id": id,
        "author": Person("Ann"),
        "body": Body("Well said."),
        "published": at("2024-05-02 10:00"),
    }
    return Comment(**values | changes)


def resolve(
    blog: Blog, site: Settings, now: datetime, *, lot: int = 1000, later: bool = False
) -> tuple[Index, list[Problem]]:
    """An index of a blog that was never on a disk, and everything that is wrong with it.

    Args:
        blog: the blog.
        site: its settings.
        now: the moment.
        lot: so many comments are added at once.
        later: whether it is asked as a later build asks it.
    """
    index = Index(sqlite3.connect(":memory:"), site, now)
    index.create()
    for name in blog.unreadable:
        wrong = Problem(f"posts/{name}.md", "not UTF-8", "save it as UTF-8")
        index.wrong.replace_in(FILE, wrong.path, [wrong])
    index.add_posts([rows.from_post(item) for item in blog.posts])
    for start in range(0, len(blog.comments), lot):
        index.add_comments([rows.from_comment(c) for c in blog.comments[start : start + lot]])
    index.complete()
    if later:
        index.complete_for_later()
    index.resolve_posts()
    index.resolve_threads(index.public_names())
    return index, index.problems(notes=True)


def posts_of(index: Index) -> list[PublicPost]:
    """Every public post, newest first."""
    return newest_first(index.post(name) for name in index.public_names())


def plan_feeds(site: Settings, index: Index) -> Iterator[Plan]:
    """Every feed of a blog, in the order of publication."""
    for item in index.posts_with_feed(1000):
        if has_comments_feed(item, site):
            yield post_plan(item, site)
    yield from main_plans(site)


@dataclass
class TinyBlog:
    """A blog on disk: `TinyBlog(tmp_path).post("hello").comment("hello", "1").build()`."""

    folder: Path
    extra: str = ""
    reports: list[Report] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.write("site.toml", SITE_TOML + self.extra)
        (self.content / "posts").mkdir(exist_ok=True)

    @property
    def content(self) -> Path:
        return self.folder / "content"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def write(self, path: str, text: str | bytes) -> TinyBlog:
        """Write a file of `content/`."""
        target = self.content / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def post(self, name: str = "hello", body: str = "Text.", **front: str) -> TinyBlog:
        """Write a Markdown post; keyword arguments are lines of its front matter."""
        head = {"title": name.title(), "date": "2024-05-01 10:00"} | front
        return self.write(f"posts/{name}.md", _document(head, body))

    def comment(
        self, on: str = "hello", id: str = "1", body: str = "Well said.", **front: str
    ) -> TinyBlog:
        """Write a Markdown comment on the post `on`."""
        head = {"author": "Ann", "date": "2024-05-02 10:00"} | front
        return self.write(f"comments/{on}/{id}.md", _document(head, body))

    def build(self, now: datetime = NOW, **options: Any) -> Report:
        """Build it into `output/`."""
        site = site_toml.load(self.content)
        chosen: dict[str, Any] = {
            "clock": time.time,
            "index": self.folder / "index.sqlite",
            "notes": True,
        } | options
        return build(site, self.output, now=now, shown="content", options=Options(**chosen))

    def feed(self, path: str) -> Any:
        """Read a published feed with feedparser."""
        return feedparser.parse((self.output / path).read_bytes())

    def files(self) -> dict[str, bytes]:
        """All that was published, by path."""
        return {
            str(path.relative_to(self.output)): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file()
        }

    def published(self) -> bytes:
        """Every byte that was published, in one piece."""
        return b"\n".join(self.files().values())


def _document(head: dict[str, str], body: str) -> str:
    lines = [f"{key}: {value}" for key, value in head.items()]
    return "\n".join(["---", *lines, "---", "", body, ""])
