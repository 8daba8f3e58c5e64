"""A file's head and its body."""

from __future__ import annotations

import re

from feeds.errors import ContentError, Problem
from feeds.patterns import lazy
from feeds.sources.records import Record, from_json, from_toml, from_yaml
from feeds.tuples import NamedTuple


class Document(NamedTuple):
    """A file taken apart."""

    head: Record
    body: str
    #: What had to be mended to read it.
    problems: tuple[Problem, ...] = ()


_CLOSING = {"---": r"^(?:---|\.\.\.)[ \t]*$", "+++": r"^\+\+\+[ \t]*$"}
_OPENING = lazy(r".{3}[ \t]*(?:\n|\Z)")
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
    if fence not in _CLOSING or not (text[3:4] == "\n" or _OPENING.match(text)):
        return Document({}, text)
    start = text.find("\n") + 1 or len(text)
    end, body = _end(text, fence, start)
    written = text[start:end]
    head = from_toml(written, 2) if fence == "+++" else from_yaml(written, 2, lenient=lenient)
    # Two line ends stand before most bodies: to take them off later would copy the body once more.
    return Document(head, text[body + 2 if text.startswith("\n\n", body) else body :].lstrip("\n"))


def _end(text: str, fence: str, start: int) -> tuple[int, int]:
    """Return where the front matter ends, and where what follows the closing line starts."""
    # Nearly every one ends with the bare fence, which `find` sees ten times as fast.
    at = text.find(f"\n{fence}", start - 1) + 1
    is_bare = at and text.startswith("\n", at + 3)
    if is_bare and (fence == "+++" or text.find("\n...", start - 1, at) < 0):
        return at, at + 3
    end = re.compile(_CLOSING[fence], re.MULTILINE).search(text, start)
    if not end:
        raise ContentError(f"the front matter does not end with `{fence}`", _REMEDY, 1)
    return end.start(), end.end()


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
