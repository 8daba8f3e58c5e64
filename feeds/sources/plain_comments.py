"""Comments as nearly all are written, made into rows of the index without a detour.

A blog has ten comments a post, and nearly every one is a file of `key: value` lines with a name, a
date and a message: what `comments` makes of it, and `rows` of that, is found here in a fifth of the
time. Anything else is left to `comments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias

from feeds.markup import display_name, one_line
from feeds.settings import Settings
from feeds.sources.comments import PARENT_KEYS, PARENTS, STATUS_KEYS
from feeds.sources.fields import PAGES, web_uri
from feeds.sources.files import File
from feeds.sources.pairs import pairs_of
from feeds.sources.records import NULLS, Scalar
from feeds.visibility import APPROVED

Row: TypeAlias = tuple[Any, ...]
#: Each key with what is behind it, and whether that stood without quotes.
_Said: TypeAlias = dict[str, tuple[str, bool]]

_YAML = frozenset({".yml", ".yaml"})
_MARKDOWN = frozenset({".md", ".markdown"})
#: Whose comments have no front matter of their own kind.
_LAYOUTS = frozenset({None, "hugo", "jekyll", "zola"})
#: What `comments` asks for and nobody does here.
_LEFT = frozenset({"type", "format", "updated"}) | STATUS_KEYS - {"status"}
#: What makes a difference to a comment with a message, a name and a date of its own.
KEYS = _LEFT | PARENT_KEYS | {"message", "date", "id", "_id", "author", "name", "status", *PAGES}
#: A moment that needs no zone of the site's, in a year that every feed can carry.
_MOMENT = re.compile(
    r"([2-8]\d{3}-\d\d-\d\d|1[1-9]\d\d-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)",
    re.ASCII,
)
_UTC = frozenset({"Z", "-00:00"})
#: What is the same on one line, and a name that is shown as it stands.
_WORD = re.compile(r"[!-~]+")
_NAME = re.compile(r"[!-%'-;=?A-~]+(?: [!-%'-;=?A-~]+)*")
_NOTHING = ("", True)
_APPROVED = ("approved", True)


def row(file: File, text: str, settings: Settings) -> Row | None:
    """Return the row of the one comment in a file, in the order of `rows.COMMENT_COLUMNS`.

    None if there may be more to it, or something is wrong with it.

    Args:
        file: where it was read; it is in a folder.
        text: all that stands in it.
        settings: the site.
    """
    suffix = file.suffix
    if suffix in _YAML:
        said = pairs_of(text)
        return _row(file, said, *said.get("message", _NOTHING), settings) if said else None
    end = text.find("\n---\n", 3)
    is_plain = suffix in _MARKDOWN and end > 0 and text.startswith("---\n")
    if is_plain and settings.content.layout in _LAYOUTS and (said := pairs_of(text[4:end])):
        return _row(file, said, text[end + 5 :].lstrip("\n"), False, settings)
    return None


def _row(
    file: File, said: _Said, message: str, without_quotes: bool, settings: Settings
) -> Row | None:
    if not _LEFT.isdisjoint(said) or not _is_as_asked(said):
        return None
    words = message.strip("\n").rstrip()
    if not words or (without_quotes and words in NULLS) or len(message) > settings.limits.comment:
        return None
    moment = _MOMENT.fullmatch(said.get("date", _NOTHING)[0])
    if not moment or said.get("status", _APPROVED)[0] not in APPROVED:
        return None
    day, time, offset = moment.groups()
    published = f"{day}T{time}{'+00:00' if offset in _UTC else offset}"
    try:
        date = int(datetime.fromisoformat(published).timestamp())
    except ValueError:
        return None
    own = said.get("id", _NOTHING)[0] or said.get("_id", _NOTHING)[0]
    if own and not _WORD.fullmatch(own):
        return None
    name = said.get("author", _NOTHING)[0] or said.get("name", _NOTHING)[0]
    if len(name) > settings.limits.name or not _NAME.fullmatch(name):
        if not one_line(name):
            return None
        name = display_name(name, settings.limits.name)
    parent = None
    if not PARENT_KEYS.isdisjoint(said):
        key, value = _first(said, PARENTS)
        if not value and "replying_to" in said:
            return None
        parent = None if value is None or (value == "0" and key != "parent") else one_line(value)
    page = _first(said, PAGES)[1]
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
        said.get("status", _APPROVED)[0],
        "comment",
        date,
        None,
        words,
        "markdown",
    )


def _is_as_asked(said: _Said) -> bool:
    """Tell whether no key is one that we know in other letters: `Status: spam` means what it says."""
    return "".join(said).islower() or all(key.islower() or key in PARENTS for key in said)


def _first(said: _Said, keys: Iterable[str]) -> tuple[str, Scalar | None]:
    """Return what `Fields.first` does, and its key."""
    for key in keys:
        if key in said:
            value, without_quotes = said[key]
            if value.strip() and not (without_quotes and value in NULLS):
                return key, Scalar(value, 1, without_quotes)
    return "", None
