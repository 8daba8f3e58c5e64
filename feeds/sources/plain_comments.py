"""Comments as nearly all are written, made into rows of the index without a detour.

A blog has ten comments a post, and nearly every one is a file of `key: value` lines with a name, a
date and a message: what `comments` makes of it, and `rows` of that, is found here in a fifth of the
time. Anything else is left to `comments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from feeds.errors import ContentError
from feeds.markup import display_name, one_line
from feeds.patterns import lazy
from feeds.settings import Settings
from feeds.sources.comments import PARENT_KEYS, PARENTS, STATUS_KEYS
from feeds.sources.fields import PAGES, web_uri
from feeds.sources.files import File, as_text
from feeds.sources.pairs import Pairs, pairs_in, pairs_of
from feeds.sources.records import NULLS, Scalar
from feeds.tuples import NamedTuple
from feeds.visibility import APPROVED

Row: TypeAlias = tuple[Any, ...]

_YAML = frozenset({".yml", ".yaml"})
_MARKDOWN = frozenset({".md", ".markdown"})
#: Whose comments have no front matter of their own kind.
_LAYOUTS = frozenset({None, "hugo", "jekyll", "zola"})
#: What `comments` asks for and nobody does here.
_LEFT = frozenset({"type", "format", "updated"}) | STATUS_KEYS - {"status"}
#: What makes a difference to a comment with a message, a name and a date of its own.
KEYS = _LEFT | PARENT_KEYS | {"message", "date", "id", "_id", "author", "name", "status", *PAGES}
#: A moment that needs no zone of the site's, in a year that every feed can carry.
_MOMENT = lazy(
    r"([2-8]\d{3}-\d\d-\d\d|1[1-9]\d\d-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)",
    re.ASCII,
)
_UTC = frozenset({"Z", "-00:00"})
#: What is the same on one line, and a name that is shown as it stands.
_WORD = lazy(r"[!-~]+")
_NAME = lazy(r"[!-%'-;=?A-~]+(?: [!-%'-;=?A-~]+)*")
_NOTHING = ("", True)


class _Shape(NamedTuple):
    """What there is to look at where a comment has certain keys, and no others."""

    has_status: bool
    #: Those under which it may say what it answers, and who wrote it where; in their order.
    parents: tuple[str, ...]
    pages: tuple[str, ...]
    #: Whether it may say so by a number.
    counts: bool


def rows(
    files: Sequence[File], read: Sequence[bytes | None], settings: Settings
) -> list[Row | None]:
    """Return the row of the one comment in each of some files, in the order of `COMMENT_COLUMNS`.

    None if there may be more to it, or something is wrong with it. All are taken apart before any is
    made into a row: one after the other takes a quarter longer.

    Args:
        files: where they were read; they are in folders.
        read: all that stands in each; None: that is nothing for us.
        settings: the site.
    """
    apart = [
        None if data is None else _taken_apart(file, data, settings)
        for file, data in zip(files, read, strict=True)
    ]
    return [
        None if said is None else _row(file, *said, settings)
        for file, said in zip(files, apart, strict=True)
    ]


def _taken_apart(file: File, data: bytes, settings: Settings) -> tuple[Pairs, str, bool] | None:
    """Return what a file says, its message, and whether that stood without quotes."""
    suffix = file.suffix
    if suffix in _YAML:
        said = pairs_in(data)
        return (said, *said.get("message", _NOTHING)) if said else None
    if suffix not in _MARKDOWN or settings.content.layout not in _LAYOUTS:
        return None
    try:
        text, problems = as_text(file, data)
    except ContentError:
        return None
    end = text.find("\n---\n", 3)
    if end > 0 and text.startswith("---\n") and not problems and (said := pairs_of(text[4:end])):
        return said, text[end + 5 :].lstrip("\n"), False
    return None


def _row(
    file: File, said: Pairs, message: str, without_quotes: bool, settings: Settings
) -> Row | None:
    shape = _shape(*said)
    words = message.strip("\n").rstrip()
    limits = settings.limits
    if not shape or not words or (without_quotes and words in NULLS):
        return None
    moment = _MOMENT.fullmatch(said["date"][0])
    if not moment or len(message) > limits.comment:
        return None
    day, time, offset = moment.groups()
    published = f"{day}T{time}{'+00:00' if offset in _UTC else offset}"
    try:
        date = int(datetime.fromisoformat(published).timestamp())
    except ValueError:
        return None
    status = said["status"][0] if shape.has_status else "approved"
    if status not in APPROVED:
        return None
    own = said.get("id", _NOTHING)[0] or said.get("_id", _NOTHING)[0]
    if own and not _WORD.fullmatch(own):
        return None
    name = said.get("author", _NOTHING)[0] or said.get("name", _NOTHING)[0]
    if len(name) > limits.name or not _NAME.fullmatch(name):
        if not one_line(name):
            return None
        name = display_name(name, limits.name)
    parent = None
    if shape.parents or shape.counts:
        key, value = _first(said, shape.parents)
        if not value and shape.counts:
            return None
        parent = None if value is None or (value == "0" and key != "parent") else one_line(value)
    page = _first(said, shape.pages)[1] if shape.pages else None
    return (
        file.shown,
        1,
        file.folder,
        own or file.stem,
        parent,
        None,
        name,
        web_uri(settings.url, page) if page else None,
        published,
        None,
        status,
        "comment",
        date,
        None,
        words,
        "markdown",
    )


@lru_cache(maxsize=256)
def _shape(*keys: str) -> _Shape | None:
    """Return what to look at where there are these keys; None if that is more than we know.

    A blog's comments have the same ones, file after file.
    """
    if "date" not in keys or not _LEFT.isdisjoint(keys):
        return None
    # `Status: spam` means what it says.
    if not all(key.islower() or key in PARENTS for key in keys):
        return None
    return _Shape(
        has_status="status" in keys,
        parents=tuple(key for key in PARENTS if key in keys),
        pages=tuple(key for key in PAGES if key in keys),
        counts="replying_to" in keys,
    )


def _first(said: Pairs, keys: Iterable[str]) -> tuple[str, Scalar | None]:
    """Return what `Fields.first` does, and its key."""
    for key in keys:
        if key in said:
            value, without_quotes = said[key]
            if value.strip() and not (without_quotes and value in NULLS):
                return key, Scalar(value, 1, without_quotes)
    return "", None
