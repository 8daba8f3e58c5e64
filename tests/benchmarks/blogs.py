"""Blogs of any size, made in a moment; the same numbers give the same files."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

_TEXT = (
    "a about after all also and another any back because before between but by could day do even"
    " feed first for from good great had have here how if in into just know like little long made"
    " many may more most much must name never new now of on one only or other our out over part"
    " people place right said same see should so some still such take than that the their them then"
    " there these thing this those through time to two under up use very was water way we well were"
    " what when where which while who will with words work world would write year you your"
)
_WORDS = _TEXT.split()
_START = datetime(2005, 1, 1, tzinfo=UTC)
_SITE = """\
title = "A blog"
url = "https://blog.example/"
ids = "tag:blog.example,2005:"
"""
_HUGO = """\
baseURL = "https://blog.example/"
title = "A blog"
disableKinds = ["taxonomy", "term", "section", "404", "sitemap", "robotsTXT"]
[outputs]
home = ["RSS"]
page = []
[services.rss]
limit = 20
"""


class Blog:
    """A blog of `posts` posts with `comments` comment files among them, in a folder of its own."""

    def __init__(self, folder: Path, posts: int, comments: int) -> None:
        self.folder = folder
        self._posts = posts
        self._random = random.Random(posts + comments)
        self._write("site.toml", _SITE)
        self._write("hugo.toml", _HUGO)
        (folder / "posts").mkdir()
        for number in range(posts):
            self._post(number)
        for number in range(comments):
            self.add_comment(number)

    def add_comment(self, number: int) -> None:
        """Write one comment; most posts have a few, some have many."""
        post = int(self._posts * self._random.random() ** 2)
        date = _START + timedelta(hours=7 * number)
        text = f"_id: c{number}\nname: {self._text(1)}\ndate: '{date:%Y-%m-%dT%H:%M:%SZ}'\n"
        self._write(f"comments/post-{post}/{number}.yml", f'{text}message: "{self._text(40)}"\n')

    def _post(self, number: int) -> None:
        date = _START + timedelta(hours=31 * number)
        head = f"---\ntitle: {self._text(5)}\ndate: {date:%Y-%m-%d %H:%M:%S +0000}\n---\n\n"
        paragraphs = (self._text(60) for _ in range(5))
        self._write(
            f"posts/{number // 1000}/post-{number}.md", head + "\n\n".join(paragraphs) + "\n"
        )

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(_WORDS, k=words))

    def _write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
