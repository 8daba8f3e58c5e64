"""What lots of files say, as rows of the index: pure work, for any process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from feeds import known, rows
from feeds.errors import ContentError, Problem
from feeds.model import Comment, Post
from feeds.placing import LARGE, ours, suffixes_of
from feeds.settings import Settings
from feeds.sources import comments, plain_comments, posts
from feeds.sources.files import File, as_text, read_bytes
from feeds.sources.front_matter import Document
from feeds.sources.site import Source
from feeds.sources.tree import Held, Tree
from feeds.tuples import NamedTuple

#: So many files are a lot.
LOT = 50
#: From so many files on, two processes read them.
MANY = 2000
#: So many folders of comments are a lot, too: most have a dozen files.
_FOLDERS = 4
#: What is in folders beyond so many files is listed only, and left for lots of files.
_MOST_IN_FOLDERS = 1000
#: A file of more bytes is not read before it is its turn, or a lot of them would take much memory.
_MOST_AHEAD = 1 << 16

Row: TypeAlias = tuple[Any, ...]
#: What one file that is not as it should be has wrong: which of the files it is, whether it could not
#: be taken apart, so that what it said before stands, and its problems.
_Wrong: TypeAlias = tuple[int, bool, tuple[Problem, ...]]
#: What a lot of files said, ready for the index: which of the files is their first, the posts or
#: comments, file after file, and what is wrong. Plain values, which go quickest between processes.
Lot: TypeAlias = tuple[int, list[Row], list[_Wrong]]
#: A tree, and some of the folders right in it.
Folders: TypeAlias = tuple[str, Sequence[str]]


class Filed(NamedTuple):
    """What is in some folders of comments of a tree, and in those below them; `read_folders`.

    Attributes:
        tree: which it is.
        folders: each of them: what it is called, see `Tree.folders`; when any of its files last
            changed, in nanoseconds since 1970; `Held.digest`; how many of its files were read, and
            `known.packed` of these.
        found: the comments in these files.
        wrong: the files that are not as they should be, with what `Lot` says of such.
        problems: what else is wrong, by folder.
        unread: what `File`s are made of that were not read.
        links: where other folders are to be found, to which no folder of these leads.
    """

    tree: str
    folders: list[tuple[str, int, bytes | None, int, bytes | None]]
    found: list[Row]
    wrong: list[tuple[str, bool, tuple[Problem, ...]]]
    problems: list[tuple[str, list[Problem]]]
    unread: list[tuple[Any, ...]]
    links: list[str]


def lots(posts: int, tops: Mapping[str, Held]) -> list[int | Folders]:
    """Return what there is to read, lot by lot: posts, as `read_posts` is asked for, then folders.

    Args:
        posts: how many there are.
        tops: what is right in each tree of nothing but comments.
    """
    result: list[int | Folders] = [*range(0, posts, LOT)]
    for tree, top in tops.items():
        names = sorted(f"{top.folder}/{name}" for name in top.folders)
        result += [(tree, names[n : n + _FOLDERS]) for n in range(0, len(names), _FOLDERS)]
    return result


def read_lot(
    source: Source, posts: Sequence[File], tree: Tree, keeps: bool, lot: int | Folders
) -> tuple[Lot | None, tuple[Any, ...] | None]:
    """Read one of `lots`; return a lot of posts, or what `Filed` is made of.

    Args:
        source: the site, and how it is to be read.
        posts: all files with posts.
        tree: the content folder.
        keeps: whether a later build asks what was seen of folders.
        lot: which it is.
    """
    if isinstance(lot, int):
        return read_posts(source, posts, False, lot), None
    return None, tuple(read_folders(source.settings, tree, keeps, lot))


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
    found, wrong = _comments_in(files[start : start + LOT], settings)
    return start, found, [(start + number, broken, told) for number, broken, told in wrong]


def read_folders(settings: Settings, tree: Tree, keeps: bool, folders: Folders) -> Filed:
    """List some folders, and read the comments in them.

    Raises:
        StorageError: something cannot be listed or read.
    """
    root, names = folders
    filed = Filed(root, [], [], [], [], [], [])
    files: list[File] = []
    for held in tree.below(root, names, suffixes_of(settings), filed.links, set()):
        here = ours(held, root, settings.places)
        reads = len(files) + len(here) <= _MOST_IN_FOLDERS and all(f.size <= LARGE for f in here)
        if reads:
            files += here
        else:
            filed.unread.extend(map(tuple, here))
        if held.problems:
            filed.problems.append((held.folder, held.problems))
        filed.folders.append(
            (
                held.folder,
                max([file.changed_at for file in here], default=0),
                held.digest if keeps else None,
                len(here) if reads else 0,
                known.packed({file.place[1]: file.stats for file in here})
                if keeps and reads
                else None,
            )
        )
    for start in range(0, len(files), 4 * LOT):
        lot = files[start : start + 4 * LOT]
        found, wrong = _comments_in(lot, settings)
        filed.found.extend(found)
        filed.wrong.extend([(lot[number].inside, broken, told) for number, broken, told in wrong])
    return filed


def _comments_in(files: Sequence[File], settings: Settings) -> tuple[list[Row], list[_Wrong]]:
    """Return the comments in files, and what is wrong with which of them."""
    found: list[Row] = []
    wrong: list[_Wrong] = []
    limit = comments.largest(settings)
    ahead = [None if comments.is_list(file) else _read_ahead(file, limit) for file in files]
    read = [
        data if isinstance(data, bytes) and "/" in file.relative else None
        for file, data in zip(files, ahead, strict=True)
    ]
    plain = plain_comments.rows(files, read, settings)
    for number, (file, data, row) in enumerate(zip(files, ahead, plain, strict=True)):
        if row:
            found.append(row)
            continue
        before = len(found)
        try:
            problems = _find(found, file, data, settings)
        except ContentError as error:
            del found[before:]
            wrong.append((number, True, (told(file, error),)))
        else:
            if problems:
                wrong.append((number, False, tuple(problems)))
    return found, wrong


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
