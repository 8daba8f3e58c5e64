"""What must hold of everything that is published, by the eyes of those who read it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import feedparser
from lxml import etree

from tests.fuzz.strategies import PRIVATE

_ATOM = "{http://www.w3.org/2005/Atom}"


def check_output(files: Mapping[str, bytes]) -> None:
    """Check every file that was published, by the eyes of those who read it."""
    for path, data in files.items():
        for part in path.split("/"):
            assert 0 < len(part.encode()) <= 255
            assert not re.search(r"[\x00-\x1f\x7f\\]", part)
            assert part not in {".", ".."}
        assert PRIVATE.encode() not in data, path
        assert b"203.0.113.77" not in data, path
        if path.endswith((".rss", ".atom")):
            _check_xml(path, data)
        elif path.endswith(".json"):
            _check_json(data)


def _check_xml(path: str, data: bytes) -> None:
    root = etree.fromstring(data)
    tag = "id" if path.endswith(".atom") else "guid"
    entries = root.findall(f"{_ATOM}entry") if tag == "id" else root.findall("channel/item")
    ids = [entry.findtext(f"{_ATOM}id" if tag == "id" else "guid") for entry in entries]
    assert all(ids)
    assert len(ids) == len(set(ids)), f"{path}: an id twice"
    read: Any = feedparser.parse(data)
    assert not read.bozo, f"{path}: {read.get('bozo_exception')}"
    assert [entry.id for entry in read.entries] == ids
    assert all(entry.get("title") for entry in read.entries)
    for entry in read.entries:
        link = entry.get("link", "")
        assert not link or link.startswith(("http://", "https://")), link


def _check_json(data: bytes) -> None:
    feed = json.loads(data.decode("utf-8"))
    ids = [item["id"] for item in feed["items"]]
    assert all(isinstance(id, str) and id for id in ids)
    assert len(ids) == len(set(ids))
    for item in feed["items"]:
        assert "content_html" in item or "content_text" in item
