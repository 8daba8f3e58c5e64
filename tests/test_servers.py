"""What real web servers make of the output folder: validators, media types, whole bodies.

Servers build their validators from a file's size and time. So the builds must see to it that new
bytes never share them with old ones: a reader that gets 304 for a feed that changed misses it.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from feeds.formats import FORMATS
from tests.builders import TinyBlog
from tests.web import Server, Serving, apache, caddy, nginx, open_folder

_SUFFIXES = tuple(info.suffix for info in FORMATS.values())
_FEEDS = tuple(
    f"{name}{suffix}" for name in ("entries", "comments", "comments/hello") for suffix in _SUFFIXES
)
_EDITS = 20
_CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    type: str
    etag: str
    modified: str
    body: bytes

    @property
    def validators(self) -> dict[str, str]:
        """What a reader sends back when it asks again."""
        return {"If-None-Match": self.etag, "If-Modified-Since": self.modified}


def ask(server: Server, path: str, headers: dict[str, str] | None = None) -> Answer:
    """Ask for a file; a body that ends before its announced length raises."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request("GET", f"/{path}", headers=headers or {})
        answer = connection.getresponse()
        type, etag, modified = (
            answer.getheader(name, "") for name in ("Content-Type", "ETag", "Last-Modified")
        )
        return Answer(answer.status, type, etag, modified, answer.read())
    finally:
        connection.close()


def conditions(validators: dict[str, str]) -> list[dict[str, str]]:
    """The three ways in which readers ask whether a feed has changed."""
    return [{name: value} for name, value in validators.items()] + [validators]


def parse(path: str, body: bytes) -> None:
    """Read a feed to its end; half of one raises."""
    if path.endswith(".json"):
        json.loads(body)
    else:
        ElementTree.fromstring(body)


@pytest.fixture
def blog() -> Iterator[TinyBlog]:
    """A blog whose output all servers can read."""
    with open_folder() as folder:
        yield TinyBlog(folder)


@pytest.fixture(params=[nginx, apache, caddy], ids=["nginx", "apache", "caddy"])
def server(request: pytest.FixtureRequest, blog: TinyBlog) -> Iterator[Server]:
    """Each server in turn, with the feeds of a blog that has a post and a comment."""
    serving: Serving = request.param
    blog.post("hello").comment("hello", "1").build()
    with serving(blog.output, blog.folder / "server") as running:
        yield running


def edit(blog: TinyBlog, number: int) -> None:
    """Edit the post and the comment so that no feed changes its size, and build."""
    blog.post("hello", f"Text {number:03}.").comment("hello", "1", f"Well {number:03}.").build()


def test_each_format_has_its_media_type(server: Server) -> None:
    for info in FORMATS.values():
        answer = ask(server, f"entries{info.suffix}")
        assert (answer.status, answer.type.partition(";")[0]) == (200, info.media_type)


def test_a_build_that_changes_nothing_leaves_every_reader_its_304(
    server: Server, blog: TinyBlog
) -> None:
    time.sleep(1.1)  # a file of this very second has a weak ETag in Apache
    before = {path: ask(server, path) for path in _FEEDS}
    blog.build()
    blog.build(index=None)
    for path, answer in before.items():
        for condition in conditions(answer.validators):
            assert ask(server, path, condition).status == 304, (path, condition)


def test_twenty_edits_of_equal_size_have_twenty_validators(server: Server, blog: TinyBlog) -> None:
    """They take a second or two, all together: times in whole seconds would be two or three."""
    edit(blog, 0)
    answers = []
    for number in range(1, _EDITS + 1):
        old = ask(server, "entries.rss")
        edit(blog, number)
        new = ask(server, "entries.rss", old.validators)
        assert new.status == 200, number
        assert f"Text {number:03}." in new.body.decode()
        answers.append(new)
    assert len({len(answer.body) for answer in answers}) == 1
    assert len({answer.etag.removeprefix("W/") for answer in answers}) == _EDITS


def test_a_change_is_seen_by_a_reader_that_sends_a_date_only(
    server: Server, blog: TinyBlog
) -> None:
    """It asked in the second before: dates know nothing shorter."""
    edit(blog, 0)
    before = {path: ask(server, path) for path in _FEEDS}
    time.sleep(1.1)
    edit(blog, 1)
    for path, old in before.items():
        condition = {"If-Modified-Since": old.modified}
        assert ask(server, path, condition).status == 200, path


def test_a_change_is_seen_though_the_clock_was_set_back(server: Server, blog: TinyBlog) -> None:
    edit(blog, 0)
    ahead = int(time.time()) + 3600
    for path in _FEEDS:
        os.utime(blog.output / path, (ahead, ahead))
    before = {path: ask(server, path) for path in _FEEDS}
    time.sleep(1.1)
    edit(blog, 1)
    for path, old in before.items():
        for condition in conditions(old.validators):
            assert ask(server, path, condition).status == 200, (path, condition)


def test_no_reader_ever_gets_half_a_feed_while_builds_replace_them(
    server: Server, blog: TinyBlog
) -> None:
    for number in range(60):  # large enough to be sent in pieces
        blog.comment("hello", str(number), "Well said, and at length. " * 40)
    edit(blog, 0)
    stop, faults = threading.Event(), list[str]()
    reads = [0] * _CLIENTS

    def read(client: int) -> None:
        while not stop.is_set():
            for path in _FEEDS:
                _read_whole(server, path, faults)
                reads[client] += 1

    clients = [threading.Thread(target=read, args=(client,)) for client in range(_CLIENTS)]
    for client in clients:
        client.start()
    try:
        for number in range(1, 16):
            edit(blog, number)
    finally:
        stop.set()
        for client in clients:
            client.join(60)
    assert not faults
    assert min(reads) >= len(_FEEDS)


def _read_whole(server: Server, path: str, faults: list[str]) -> None:
    """Note whatever a reader would stumble over."""
    try:
        answer = ask(server, path)
        if answer.status != 200:
            faults.append(f"{path}: {answer.status}")
        parse(path, answer.body)
    except (OSError, http.client.HTTPException, ValueError, SyntaxError) as error:
        faults.append(f"{path}: {error!r}")
