"""Bring the index up to date: look at what is there, compare, and read what changed.

A file that no longer parses keeps what it held when it last did (promise 9). One that is being
written is given time to become whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any, TypeAlias

from feeds import rows
from feeds.errors import ContentError, Problem
from feeds.index import FileRow, Index
from feeds.model import Comment
from feeds.parallel import each
from feeds.settings import Settings
from feeds.sources import comments, posts
from feeds.sources.files import File, Tree

#: From so many files on, two processes read them.
_MANY = 2000
_CHUNK = 50
#: A list of comments that is larger is read comment by comment, into the index as it goes.
_LARGE = 500_000
_BATCH = 1000
#: Clocks of file systems are as coarse as two seconds: what is younger may change unseen.
_GRAIN = 2.0
#: After so many pauses, what is still being written waits for the next build.
_PATIENCE = 10

Row: TypeAlias = tuple[Any, ...]
#: The folders of each tree that may have changed, `""` or `"/sub"`; None: any.
Folders: TypeAlias = Mapping[str, Iterable[str] | None]


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What one file said; picklable, ready for the index."""

    file: File
    post: Row | None = None
    comments: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: It could not be taken apart: what it said before stands.
    broken: bool = False


@dataclass(slots=True)
class Changes:
    """What the content says otherwise than the index did.

    Attributes:
        posts: whether any post did.
        names: the names of those posts, old and new.
        folders: the folders of comments in which something did.
        racy: folders with files so young that a further change might not show in their stats.
        count: how many files were read.
    """

    posts: bool = False
    names: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    racy: set[str] = field(default_factory=set)
    count: int = 0


def refresh(
    index: Index,
    settings: Settings,
    tree: Tree,
    folders: Folders,
    *,
    distrust: int | None,
    settle: float = 0.0,
    clock: Callable[[], float] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Changes:
    """Read what changed into the index.

    Args:
        index: is written, not committed.
        settings: the site.
        tree: the content folder; it calls files as they are called within it.
        folders: which folders to look at, by tree (`settings.content.posts` and `.comments`).
        distrust: read also what looks the same but changed at this time or later (nanoseconds
            since 1970); None: read everything, since the settings or the program are others.
        settle: seconds for which a file must not have changed before it is read.
        clock: tells the time; without one nothing is waited for.
        progress: is told how many files of how many have been read.

    Raises:
        StorageError: something cannot be listed or read.
    """
    changes = Changes()
    work = []
    if distrust is None:
        _forget_elsewhere(index, settings, changes)
    for kind, suffixes in _kinds(settings):
        looked_at = folders[kind]
        where = _all_folders(index, tree, kind) if looked_at is None else looked_at
        young = int((clock() - _GRAIN) * 1e9) if clock else 0
        files = _changed(index, tree, kind, suffixes, where, distrust, young, changes)
        if clock:
            files = _settled(files, settle, clock)
        changes.count += len(files)
        work.append(_read(files, kind, settings))
    for done, parsed in enumerate(chain(*work), 1):
        _store(index, parsed, settings, changes)
        if progress:
            progress(done, changes.count)
    return changes


def _kinds(settings: Settings) -> tuple[tuple[str, frozenset[str]], ...]:
    content = settings.content
    return ((content.posts, posts.SUFFIXES), (content.comments, comments.SUFFIXES))


# --- what changed ---------------------------------------------------------------------------------


def _all_folders(index: Index, tree: Tree, kind: str) -> set[str]:
    known = {f.removeprefix(kind) for f in index.folders() if f == kind or f.startswith(f"{kind}/")}
    return known | set(tree.folders(kind))


def _changed(
    index: Index,
    tree: Tree,
    kind: str,
    suffixes: frozenset[str],
    folders: Iterable[str],
    distrust: int | None,
    young: int,
    changes: Changes,
) -> list[File]:
    """Return the files to read; forget those that are gone."""
    result = []
    for folder in folders:
        problems: list[Problem] = []
        listed = {file.inside: file for file in tree.files_in(kind, folder, suffixes, problems)}
        known = index.files_in(kind + folder)
        _forget(index, known.keys() - listed.keys(), changes)
        index.replace_folder_problems(kind + folder, problems)
        for path, file in listed.items():
            if file.changed_at >= young:
                changes.racy.add(kind + folder)
            row = known.get(path)
            if (
                row is None
                or row.stats != file.stats
                or distrust is None
                or file.changed_at >= distrust
            ):
                result.append(file)
    return result


def _forget_elsewhere(index: Index, settings: Settings, changes: Changes) -> None:
    """Forget what lies where the settings no longer look for content."""
    kinds = tuple(f"{kind}/" for kind, _ in _kinds(settings))
    for folder in index.folders():
        if not f"{folder}/".startswith(kinds):
            _forget(index, index.files_in(folder), changes)
            index.replace_folder_problems(folder, [])


def _forget(index: Index, files: Iterable[str], changes: Changes) -> None:
    for file in files:
        _touch(index, file, changes)
        index.forget(file)


def _touch(index: Index, file: str, changes: Changes) -> None:
    """Note what a file held, before it holds something else."""
    folders = index.comment_folders_of(file)
    if post := index.post_of(file):
        changes.names.add(post[1])
    changes.posts |= bool(post) or not folders  # one that never could be read names a post, too
    changes.folders |= folders


def _settled(files: list[File], settle: float, clock: Callable[[], float]) -> list[File]:
    """Wait until no file is younger than `settle` seconds; leave out what never gets there."""
    if settle <= 0:
        return files
    for _ in range(_PATIENCE):
        youngest = max((file.changed_at for file in files), default=0)
        age = clock() - youngest / 1e9
        if not 0 <= age < settle:
            return files
        time.sleep(settle - age)
        files = [again for file in files if (again := file.seen_again())]
    return [file for file in files if clock() - file.changed_at / 1e9 >= settle]


# --- reading --------------------------------------------------------------------------------------


def _read(files: list[File], kind: str, settings: Settings) -> Iterator[_Parsed]:
    if kind == settings.content.posts:
        return each(partial(_read_post, settings), files, few=_MANY, chunk=_CHUNK)
    small = [file for file in files if file.size <= _LARGE]
    large = (_Parsed(file) for file in files if file.size > _LARGE)
    return chain(each(partial(_read_comments, settings), small, few=_MANY, chunk=_CHUNK), large)


def _read_post(settings: Settings, file: File) -> _Parsed:
    post, problems = posts.read(file, settings)
    row = rows.from_post(post) if post else None
    return _Parsed(file, row, (), tuple(problems), broken=row is None)


def _read_comments(settings: Settings, file: File) -> _Parsed:
    found: list[Row] = []
    problems: list[Problem] = []
    try:
        for item in comments.stream(file, settings):
            _sort(item, found, problems)
    except ContentError as error:
        return _Parsed(file, problems=(_told(file, error),), broken=True)
    return _Parsed(file, None, tuple(found), tuple(problems))


def _sort(item: Comment | Problem, found: list[Row], problems: list[Problem]) -> None:
    if isinstance(item, Problem):
        problems.append(item)
    else:
        found.append(rows.from_comment(item))


def _told(file: File, error: ContentError) -> Problem:
    return Problem(file.shown, error.what, error.remedy, error.line)


# --- storing --------------------------------------------------------------------------------------


def _store(index: Index, parsed: _Parsed, settings: Settings, changes: Changes) -> None:
    file = parsed.file
    problems = parsed.problems
    if file.size > _LARGE and file.tree == settings.content.comments:
        problems = _store_large(index, file, settings, changes)
    elif parsed.broken:
        # What it held when it last parsed stays (promise 9); a new one hides a post's comments.
        changes.posts |= not index.is_known(file.inside)
    elif file.tree == settings.content.posts:
        _store_post(index, file, parsed.post, changes)
    elif not index.is_known(file.inside):
        index.add_comments(parsed.comments)
        changes.folders.update(row[2] for row in parsed.comments)
    elif parsed.comments != tuple(index.comments_of(file.inside)):
        _touch(index, file.inside, changes)
        index.drop_contents(file.inside)
        index.add_comments(parsed.comments)
        changes.folders.update(row[2] for row in parsed.comments)
    index.remember(FileRow(file.inside, file.inside_folder, file.stats, problems))


def _store_post(index: Index, file: File, row: Row | None, changes: Changes) -> None:
    if row is None or row == index.post_of(file.inside):
        return
    _touch(index, file.inside, changes)
    index.drop_contents(file.inside)
    index.add_post(row)
    changes.posts = True
    changes.names.add(row[1])


def _store_large(
    index: Index, file: File, settings: Settings, changes: Changes
) -> tuple[Problem, ...]:
    """Read a large list comment by comment; all of it counts, or, if it breaks, none of it."""
    problems: list[Problem] = []
    _touch(index, file.inside, changes)
    index.begin_attempt()
    index.drop_contents(file.inside)
    items = comments.stream(file, settings)
    try:
        while batch := list(islice(items, _BATCH)):
            found: list[Row] = []
            for item in batch:
                _sort(item, found, problems)
            index.add_comments(found)
    except ContentError as error:
        index.undo_attempt()
        return (_told(file, error),)
    index.keep_attempt()
    changes.folders |= index.comment_folders_of(file.inside)
    return tuple(problems)
