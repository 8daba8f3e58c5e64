"""A file's head and its body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.errors import ContentError
from feeds.sources.records import Record, from_json, from_toml, from_yaml


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart."""

    head: Record
    body: str


_FENCES = ("---", "+++")
_REMEDY = "start the file with `---`, `key: value` lines, and `---`"


def split(text: str, *, lenient: bool = False) -> Document:
    """Take apart YAML between `---` lines, or TOML between `+++` lines, and what follows.

    A file without front matter has an empty head. What is lenient also takes what other programs
    do: JSON between braces, aliases, and the last of two equal keys.

    Raises:
        ContentError: the front matter does not end, or cannot be read.
    """
    if lenient and text.startswith("{"):
        return _split_json(text)
    fence = text[:3]
    if fence not in _FENCES or not re.match(r".{3}[ \t]*(?:\n|\Z)", text):
        return Document({}, text)
    start = text.find("\n") + 1 or len(text)
    closing = r"^(?:---|\.\.\.)[ \t]*$" if fence == "---" else r"^\+\+\+[ \t]*$"
    end = re.compile(closing, re.MULTILINE).search(text, start)
    if not end:
        raise ContentError(f"the front matter does not end with `{fence}`", _REMEDY, 1)
    written = text[start : end.start()]
    head = from_toml(written, 2) if fence == "+++" else from_yaml(written, 2, lenient=lenient)
    return Document(head, text[end.end() :].lstrip("\n"))


def split_as(layout: str | None, text: str) -> Document:
    """Take a file apart as the program of a layout does; Pelican and Nikola have forms of their own.

    Raises:
        ContentError: the front matter does not end, or cannot be read.
    """
    if layout == "pelican":
        from feeds.sources import restructured
        from feeds.sources.generators import pelican

        taken = pelican.split(text) or restructured.split(text)
    elif layout == "nikola":
        from feeds.sources.generators import nikola

        taken = nikola.split(text)
    else:
        taken = None
    return Document(*taken) if taken else split(text, lenient=layout is not None)


def _split_json(text: str) -> Document:
    """Take apart a JSON object that ends with a brace on a line of its own (Hugo)."""
    end = re.compile(r"^\}[ \t]*$", re.MULTILINE).search(text)
    if not end:
        return Document({}, text)
    return Document(from_json(text[: end.end()]), text[end.end() :].lstrip("\n"))
