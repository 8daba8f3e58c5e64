"""What lots of files say, as rows of the index: pure work, for any process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from feeds import rows
from feeds.errors import ContentError, Problem
from feeds.model import Comment, Post
from feeds.settings import Settings
from feeds.sources import comments, plain_comments, posts
from feeds.sources.files import File, as_text
from feeds.sources.site import Source

#: So many files are a lot.
LOT = 50
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
    found: list[Row] = []
    wrong: list[_Wrong] = []
    for number in range(start, min(start + LOT, len(files))):
        file = files[number]
        try:
            post, problems = parsed(file, source)
        except ContentError as error:
            wrong.append((number, True, (told(file, error),)))
            continue
        if post:
            found.append(rows.from_post(post, body=bodies))
        if problems:
            wrong.append((number, False, tuple(problems)))
    return start, found, wrong


def parsed(file: File, source: Source) -> tuple[Post | None, list[Problem]]:
    """Return the post in a file, by the rules of the site, and what is wrong with it.

    Raises:
        ContentError: the file cannot be taken apart.
    """
    if source.generator is None:
        return posts.parsed(file, source.settings)
    from feeds.sources import foreign  # of no use to our own layout

    return foreign.parsed(file, source.settings, source.generator)


def read_comments(settings: Settings, files: Sequence[File], start: int) -> Lot:
    """Read a lot of files, from one of them on."""
    found: list[Row] = []
    wrong: list[_Wrong] = []
    lot = files[start : start + LOT]
    # First all are read, then all are taken apart: to change between what the system does and what
    # we do costs the processor what it has at hand, for each file a quarter of its time.
    ahead = [_read_ahead(file, settings) for file in lot]
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


def _read_ahead(file: File, settings: Settings) -> bytes | ContentError | None:
    """Return what stands in a file, or what is wrong with it; None: it is read when it is its turn."""
    if file.size > _MOST_AHEAD or comments.is_list(file):
        return None
    try:
        return comments.read_single(file, settings)
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
