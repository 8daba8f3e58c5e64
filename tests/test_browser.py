"""What we publish does nothing in a real browser, whatever was written and wherever it was read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.browser import attacks
from tests.browser.chromium import File, Seen, browser, visit
from tests.browser.sources import SOURCES
from tests.builders import TinyBlog

_ATOM = "{http://www.w3.org/2005/Atom}"
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
#: Feeds as some hosts serve them, which is the worst case: Chromium reads them as XML.
_TYPES = {".rss": "text/xml", ".atom": "text/xml", ".json": "application/json"}
#: Whose files are opened as they are: all bodies and lines are in each.
_OPENED = ("markdown", "wordpress")


@dataclass
class Published:
    """What the feeds of all blogs say, by what a reader does with it."""

    comments: set[str] = field(default_factory=set)
    posts: set[str] = field(default_factory=set)
    #: Names of commenters: some readers take a title for HTML, and theirs are in titles.
    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    files: dict[str, File] = field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    browser()
    found = Published()
    for source in SOURCES:
        blog = source(tmp_path_factory.mktemp(source.__name__))
        blog.build()
        _collect(blog, source.__name__, found)
    return found


def _collect(blog: TinyBlog, name: str, found: Published) -> None:
    counts = []
    for what, contents in (("entries", found.posts), ("comments", found.comments)):
        rss = etree.parse(blog.output / f"{what}.rss").getroot()
        atom = etree.parse(blog.output / f"{what}.atom").getroot()
        items = json.loads((blog.output / f"{what}.json").read_bytes()).get("items", [])
        contents.update(_texts(rss, "item", "description", _ENCODED))
        contents.update(_texts(atom, f"{_ATOM}entry", f"{_ATOM}summary", f"{_ATOM}content"))
        contents.update(item["content_html"] for item in items if "content_html" in item)
        found.names.update(e.text or "" for e in atom.iter(f"{_ATOM}name"))
        found.addresses.update(e.text or "" for e in atom.iter(f"{_ATOM}uri"))
        found.addresses.update(e.get("href", "") for e in atom.iter(f"{_ATOM}link"))
        found.addresses.update(e.text or "" for e in rss.iter("link"))
        counts.append(len(items))
    found.counts[name] = counts[0], counts[1]
    for path, data in blog.files().items():
        if name in _OPENED and "/" not in path:  # the feeds of single posts say nothing else
            media_type = _TYPES.get(Path(path).suffix, "text/html")
            found.files[f"/{name}/{path}"] = File(media_type, data)


def _texts(root: etree._Element, each: str, *tags: str) -> Iterator[str]:
    for item in root.iter(each):
        yield from (element.text or "" for tag in tags for element in item.iterchildren(tag))


def _told(seen: Seen) -> list[str]:
    return sorted({f"{where}: {what}: {text[:300]}" for where, what, text in seen.findings})


def test_a_browser_would_have_noticed(tmp_path: Path) -> None:
    """The same payloads as they were written: the viewer sees scripts, requests and covers."""
    written = [
        *attacks.HANDLERS[:3],
        *attacks.LOADED[:1],
        *attacks.COVERS[:2],
        attacks.REQUESTS[5],
        attacks.ADDRESSES[0],
    ]
    page = f"<!DOCTYPE html><title>x</title><script>{attacks.JS}</script>".encode()
    xml = f"<x><script xmlns='http://www.w3.org/1999/xhtml'>{attacks.JS}</script></x>".encode()
    files = {f"/{n}": File("text/html", b"x") for n in range(5)}
    files |= {"/a.xml": File("text/xml", xml), "/a.html": File("text/html", page)}
    seen = visit(written, files, tmp_path / "profile")
    told = {(where, what) for where, what, _ in seen.findings}
    assert told >= {
        ("innerHTML", "ran: 1"),
        ("srcdoc", "ran: 1"),
        ("xhtml frame", "ran: 1"),
        ("opened", "ran: 1"),
        ("div", "covers the page"),
        ("div", "attribute onerror"),
        ("div", "link javascript:"),
    }
    assert {text.split()[-1] for where, _, text in seen.findings if where == "opened"} == {
        "/a.xml",
        "/a.html",
    }
    assert seen.asked == {attacks.CANARY, attacks.PICTURES}


def test_every_source_brought_its_attacks(published: Published) -> None:
    least = len(attacks.BODIES) - 8  # a file with a NUL byte is no text
    for name, (entries, comments) in published.counts.items():
        assert entries >= least or name in {"staticman", "disqus"}, name
        assert comments >= least or name == "built", name


def test_what_strangers_wrote_runs_nothing_asks_for_nothing_and_stays_in_its_place(
    published: Published, tmp_path: Path
) -> None:
    """Comments and their names; the feeds and pages themselves, opened as they are."""
    contents = sorted(published.comments | published.names)
    seen = visit(contents, published.files, tmp_path / "profile")
    assert _told(seen) == []
    assert seen.asked == set()


def test_posts_run_nothing_and_ask_for_their_pictures_only(
    published: Published, tmp_path: Path
) -> None:
    seen = visit(sorted(published.posts), {}, tmp_path / "profile")
    assert _told(seen) == []
    assert seen.asked - {"blog.example", attacks.PICTURES} == set()
    assert attacks.PICTURES in seen.asked


def test_every_address_leads_to_the_web(published: Published) -> None:
    for address in published.addresses - {""}:
        assert urlsplit(address).scheme in {"http", "https"}, address
        assert not re.search(r"[\s<>\"]", address), address


def test_no_payload_was_left_out_of_the_feeds_altogether(published: Published) -> None:
    """What is dangerous goes; the words around it stay."""
    assert any("Ann" in name for name in published.names)
    assert any("<code>&lt;img" in text for text in published.comments)
