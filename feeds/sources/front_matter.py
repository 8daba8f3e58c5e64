"""A file's head and its body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.errors import ContentError
from feeds.sources.records import Record, from_toml, from_yaml


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart."""

    head: Record
    body: str


_READERS = {"---": from_yaml, "+++": from_toml}
_REMEDY = "start the file with `---`, `key: value` lines, and `---`"


def split(text: str) -> Document:
    """Take apart YAML between `---` lines, or TOML between `+++` lines, and what follows.

    A file without front matter has an empty head.

    Raises:
        ContentError: the front matter does not end, or cannot be read.
    """
    fence = text[:3]
    if fence not in _READERS or not re.match(r".{3}[ \t]*(?:\n|\Z)", text):
        return Document({}, text)
    start = text.find("\n") + 1 or len(text)
    closing = r"^(?:---|\.\.\.)[ \t]*$" if fence == "---" else r"^\+\+\+[ \t]*$"
    end = re.compile(closing, re.MULTILINE).search(text, start)
    if not end:
        raise ContentError(f"the front matter does not end with `{fence}`", _REMEDY, 1)
    return Document(_READERS[fence](text[start : end.start()], 2), text[end.end() :].lstrip("\n"))
