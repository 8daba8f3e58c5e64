"""What lots of files say, as rows of the index: pure work, for any process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from feeds import rows
from feeds.errors import ContentError, Problem
from feeds.model import Comment, Post
from feeds.settings import Settings
from feeds.sources import comments, plain_comments, posts
from feeds.sources.files import File, as_text, read_bytes
from feeds.sources.front_matter import Document
from feeds.sources.site import Source

#: So many files are a lot.
LOT = 50
#: From so many files on, two processes read them.
MANY = 2000
#: A file of more bytes is not read before it is its turn, or a lot of them would take much memory.
_MOST_AHEAD = 1 << 16

Row: TypeAlias = tuple[Any, ...]
#: What one file that is not as it should be has wrong: which of the files it is, whether it could not
#: be taken apart, so that what it said before stands, and its problems.
_Wrong: TypeAlias = tuple[int, bool, tuple[Problem, ...]]
#: What a lot of files said, ready for the index: which of the files is their first, the posts or
#: comments, file after file, and what is wrong. Plain values, which go quickest between processes.
Lot: TypeAlias = tuple[int, list[Row], list[_Wrong]]


def read_posts(source: Source, files: Sequence[File], bodies: bool, start: int) -> Lot:
    """Read a lot of files, from one of them on."""
    wrong: list[_Wrong] = []
    lot = files[start : start + LOT]
    limit = source.settings.limits.post
    # First all are read, then all are taken apart, and so on: to do one after the other with each
    # costs the processor what it has at hand, and that is a quarter of its time.
    ahead = [_read_ahead(file, limit) for file in lot]
    whole: list[tuple[int, File, Document]] = []
    for number, (file, data) in enumerate(zip(lot, ahead, strict=True), start):
        try:
            whole.append((number, file, _taken_apart(file, source, data)))
        except ContentError as error:
            wrong.append((number, True, (told(file, error),)))
    made = _made([(file, document) for _, file, document in whole], source)
    for (number, _, _), (_, problems) in zip(whole, made, strict=True):
        if problems:
            wrong.append((number, False, tuple(problems)))
    return start, [rows.from_post(post, body=bodies) for post, _ in made if post], wrong


def parsed(file: File, source: Source) -> tuple[Post | None, list[Problem]]:
    """Return the post in a file, by the rules of the site, and what is wrong with it.

    Raises:
        ContentError: the file cannot be taken apart.
    """
    return _made([(file, _taken_apart(file, source, None))], source)[0]


def _taken_apart(file: File, source: Source, data: bytes | ContentError | None) -> Document:
    if isinstance(data, ContentError):
        raise data
    if source.generator is None:
        return posts.taken_apart(file, source.settings, data)
    from feeds.sources import foreign  # of no use to our own layout

    return foreign.taken_apart(file, source.settings, data)


def _made(
    read: Sequence[tuple[File, Document]], source: Source
) -> list[tuple[Post | None, list[Problem]]]:
    """Return the posts in files, by the rules of the site, and what is wrong with them."""
    if source.generator is None:
        return [posts.made(file, document, source.settings) for file, document in read]
    from feeds.sources import foreign

    pages = [source.generator.page(file.inside, document.head) for file, document in read]
    return [
        foreign.made(file, document, page, source.settings)
        for (file, document), page in zip(read, pages, strict=True)
    ]


def read_comments(settings: Settings, files: Sequence[File], start: int) -> Lot:
    """Read a lot of files, from one of them on."""
    found: list[Row] = []
    wrong: list[_Wrong] = []
    lot = files[start : start + LOT]
    limit = comments.largest(settings)
    ahead = [None if comments.is_list(file) else _read_ahead(file, limit) for file in lot]
    for number, (file, data) in enumerate(zip(lot, ahead, strict=True), start):
        before = len(found)
        try:
            problems = _find(found, file, data, settings)
        except ContentError as error:
            del found[before:]
            wrong.append((number, True, (told(file, error),)))
        else:
            if problems:
                wrong.append((number, False, tuple(problems)))
    return start, found, wrong


def _read_ahead(file: File, limit: int) -> bytes | ContentError | None:
    """Return what stands in a file, or what is wrong with it; None: it is read when it is its turn."""
    if file.size > _MOST_AHEAD:
        return None
    try:
        return read_bytes(file, limit)
    except ContentError as error:
        return error


def _find(
    found: list[Row], file: File, data: bytes | ContentError | None, settings: Settings
) -> Sequence[Problem]:
    """Add the comments in a file to what was found; return what is wrong with them."""
    if isinstance(data, ContentError):
        raise data
    if data is None:
        items = comments.stream(file, settings)
    elif "/" in file.relative and (row := plain_comments.row(file, data, settings)):
        found.append(row)
        return ()
    else:
        items = comments.in_text(file, settings, as_text(file, data))
    problems: list[Problem] = []
    for item in items:
        sort(item, found, problems)
    return problems


def sort(item: Comment | Problem, found: list[Row], problems: list[Problem]) -> None:
    """Add what a file yields to the rows that were found, or to the problems."""
    if isinstance(item, Problem):
        problems.append(item)
    else:
        found.append(rows.from_comment(item))


def told(file: File, error: ContentError) -> Problem:
    """Return the problem that a file is which could not be taken apart."""
    return Problem(file.shown, error.what, error.remedy, error.line)
