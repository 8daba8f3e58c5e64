"""Comment files → `Comment`s (design §3, "Comment keys"): one a file, or a list of them.

E-mail addresses, IP addresses and the like are never asked for, so no value holds one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from feeds.errors import ContentError, Problem, nearest, quoted
from feeds.markup import one_line
from feeds.model import Body, Comment, CommentType, Markup
from feeds.patterns import lazy
from feeds.settings import Settings
from feeds.sources import front_matter
from feeds.sources.fields import Fields, author
from feeds.sources.files import File, Text, TextStream, read_text
from feeds.sources.records import Record, Scalar, Value, from_json, list_from_yaml
from feeds.urls import digest
from feeds.visibility import APPROVED, UNREADABLE

_YAML = frozenset({".yml", ".yaml"})
#: What a comment can be besides approved; anything else may be a slip of the pen.
HIDDEN = frozenset(
    [
        "deleted",
        "draft",
        "hidden",
        "hold",
        "held",
        "pending",
        "rejected",
        "spam",
        "trash",
        "unapproved",
        "unpublished",
    ]
)
#: Keys that other programs have for the same, with a word for yes or no behind them: Nikola's
#: comments say `approved: False`, what was taken from a database `deleted: 1`.
_NO_HIDES = ("approved", "published")
_YES_HIDES = ("deleted", "isdeleted", "spam", "isspam", "private")
STATUS_KEYS = frozenset({"status", *_NO_HIDES, *_YES_HIDES})
#: What the answered comment is called by; its place among the others, in Staticman's first version.
PARENTS = ("parent", "replying_to_uid", "reply_to", "replyToId", "parent_id", "replyto")
PARENT_KEYS = frozenset({*PARENTS, "replying_to"})
#: A date and time that YAML 1.1 gives a type (tag:yaml.org,2002:timestamp), without a zone.
_TIMESTAMP = lazy(r"\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?")
_TYPES = frozenset(CommentType)
#: Staticman wraps long lines and quotes what it must: a file is a little larger than its text.
_SINGLE_FILE_ROOM = 16


def read(file: File, settings: Settings) -> tuple[list[Comment], list[Problem]]:
    """Read the comments of one file, and everything that is wrong with it.

    A file that does not parse gives none of its comments; a record that cannot be used costs
    itself.
    """
    found: list[Comment] = []
    problems: list[Problem] = []
    try:
        for item in stream(file, settings):
            if isinstance(item, Comment):
                found.append(item)
            else:
                problems.append(item)
    except ContentError as error:
        return [], [Problem(file.shown, error.what, error.remedy, error.line)]
    return found, problems


def stream(file: File, settings: Settings) -> Iterator[Comment | Problem]:
    """Yield the comments of one file, and what is wrong with them, one after the other.

    `comments/<post name>.yml` is a list of comments; `comments/<post name>/<id>.md` and `.yml` are
    one comment each.

    Raises:
        ContentError: the file does not parse, from here on: what came before does not count.
        StorageError: the system would not let us read it.
    """
    if is_list(file):
        with TextStream(file) as source:
            yield from _comments(file, settings, list_from_yaml(source))
            yield from source.problems
    else:
        yield from in_text(file, settings, read_text(file, largest(settings)))


def is_list(file: File) -> bool:
    """Tell whether a file is a list of comments, read piece by piece."""
    return "/" not in file.relative and file.suffix in _YAML


def largest(settings: Settings) -> int:
    """Return how many bytes a file may have that is no list."""
    return settings.limits.comment * _SINGLE_FILE_ROOM


def in_text(file: File, settings: Settings, text: Text) -> Iterator[Comment | Problem]:
    """Yield the comments in the text of a file; see `stream`."""
    yield from text.problems
    if file.suffix in _YAML:
        yield from _comments(file, settings, list_from_yaml(text.text))
    elif file.suffix == ".json":
        yield from _comment(file, settings, from_json(text.text), 1, None)
    else:
        document = front_matter.split_as(settings.content.layout, text.text)
        yield from _comment(file, settings, document.head, 1, Scalar(document.body, 1))


def _comments(
    file: File, settings: Settings, items: Iterator[tuple[int, Value]]
) -> Iterator[Comment | Problem]:
    for line, value in items:
        record = value if isinstance(value, dict) else {}
        if not file.relative and record and all(isinstance(v, list) for v in record.values()):
            # One file for all: the comments on each post, below the post's name.
            for name, listed in record.items():
                for item in listed if isinstance(listed, list) else ():
                    inner = item if isinstance(item, dict) else {}
                    yield from _comment(file, settings, inner, _line_of(inner, line), None, name)
        else:
            yield from _comment(file, settings, record, line, None)


def _line_of(record: Record, otherwise: int) -> int:
    return next((v.line for v in record.values() if isinstance(v, Scalar)), otherwise)


def _comment(
    file: File,
    settings: Settings,
    record: Record,
    line: int,
    body: Scalar | None,
    on: str | None = None,
) -> Iterator[Comment | Problem]:
    fields = Fields(record, file.shown, line)
    text = _text(fields, body, settings.limits.comment)
    parent, index = _parent(fields)
    kind = fields.word("type")
    comment = Comment(
        path=file.shown,
        line=line,
        folder=on or _folder(file, fields, settings),
        id=_id(file, fields, record),
        author=author(fields, settings.url, settings.limits.name),
        body=Body(text, _markup(file, fields)),
        parent=parent,
        parent_index=index,
        published=_date(fields, settings, "date", "published", "date_utc"),
        updated=_date(fields, settings, "updated"),
        status=_status(fields),
        type=CommentType(kind) if kind in _TYPES else CommentType.COMMENT,
    )
    yield from fields.problems
    if not fields.broken:
        yield comment


def _folder(file: File, fields: Fields, settings: Settings) -> str:
    """Return what links a comment to its post: its folder, its list file, or what it says itself."""
    if settings.content.layout and not file.folder:
        # A file for all posts, or one that Staticman put beside the folders.
        if said := fields.name("post", "post_id", "slug", "page", "_parent", "in-reply-to"):
            return said
        if file.suffix == ".wpcomment":  # Nikola: `<post>.<id>.wpcomment`
            return file.stem.rpartition(".")[0] or file.stem
    return file.folder or file.stem


def _markup(file: File, fields: Fields) -> Markup:
    if file.suffix == ".html" or fields.word("format") == "html":
        return Markup.HTML
    return Markup.HTML if file.suffix == ".wpcomment" else Markup.MARKDOWN


def _date(fields: Fields, settings: Settings, *keys: str) -> datetime | None:
    """Return a date; in other programs' blogs, where nobody can mend it, a bad one is a warning."""
    if not settings.content.layout:
        return fields.date(settings.zone, *keys)
    value = fields.first(*keys)
    # Ruby's and Go's YAML take such a time for one in UTC, whatever zone the site is in.
    is_timestamp = value is not None and value.plain and _TIMESTAMP.fullmatch(value)
    return fields.lenient_date(UTC if is_timestamp else settings.zone, *keys)


def _text(fields: Fields, body: Scalar | None, limit: int) -> str:
    text = (
        body
        if body and body.strip()
        else fields.first("message", "body", "content", "comment", "text")
    )
    if text is None:
        fields.complain(
            "message", "a comment without text", "write it after the front matter, or as `message`"
        )
        return ""
    if len(text) > limit:
        what = f"a comment of {len(text):,} characters was cut to {limit:,}"
        fields.mention("message", what, "shorten it, or raise `comment` below [limits]")
        return text[:limit].strip("\n").rstrip() + " […]"
    return text.strip("\n").rstrip()  # blanks before the first word make it a code block


def _status(fields: Fields) -> str:
    """Return the one word that decides whether a comment is public; what hides wins over all else."""
    if not fields.has_any(STATUS_KEYS):
        return "approved"
    if any(map(fields.says_no, _NO_HIDES)):
        return "unapproved"
    for key in _YES_HIDES:
        if fields.holds(key) and not fields.says_no(key):
            return "deleted"
    approved = fields.word("approved")
    if approved is not None and approved not in APPROVED and not fields.says_yes("approved"):
        return approved or UNREADABLE
    word = fields.word("status")
    if word is None:
        return "approved"
    if word not in APPROVED and word not in HIDDEN:
        near = nearest(word, [*sorted(APPROVED), *sorted(HIDDEN)])
        remedy = f"did you mean {near!r}?" if near else "write `approved` or `spam`"
        fields.mention("status", f"unknown status {quoted(word)}: the comment stays hidden", remedy)
    return word or UNREADABLE


def _parent(fields: Fields) -> tuple[str | None, int | None]:
    """Return the id of the answered comment, or its place, as Staticman's first version had it."""
    if not fields.has_any(PARENT_KEYS):
        return None, None
    for key in PARENTS:
        if value := fields.first(key):
            return (None if value == "0" and key != "parent" else one_line(value)), None
    place = fields.first("replying_to")
    if place and re.fullmatch(r"\d{1,9}", place):
        return None, int(place) or None
    return (one_line(place) if place else None), None


def _id(file: File, fields: Fields, record: Record) -> str:
    """Return what the comment is called: its own id, its file's name, or a digest of what it says.

    Never its place in a list: that changes when another comment goes.
    """
    own = fields.name("id", "_id")
    if own or file.folder:
        return own or file.stem
    values = (record.get(key, "") for key in ("author", "name", "date", "message"))
    # What holds lists of lists may be endless, written out.
    said = "\0".join(value if isinstance(value, str) else "" for value in values)
    return digest(said.encode("utf-8", "replace"))[:16]
