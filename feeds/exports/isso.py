"""The SQLite database of Isso → comments; their posts are known by address only.

The file is opened so that SQLite cannot change it, nor put anything beside it. E-mail addresses,
IP addresses and voters stand in it, too, and are not asked for.
"""

from __future__ import annotations

import math
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from feeds.errors import ContentError, StorageError
from feeds.exports import Item, LeftOut
from feeds.exports.json_records import as_text
from feeds.exports.pieces import decoded, opened, unreadable
from feeds.exports.values import DEFAULT_LIMITS, Reader, Said
from feeds.model import Markup
from feeds.settings import Limits

#: SQLite's file format §1.3: what every database starts with.
_MAGIC = b"SQLite format 3\0"
#: §1.3.3: the file format versions, 2 where a write-ahead log is in use.
_VERSIONS = slice(18, 20)
_WAL = b"\2\2"
#: `mode` of a comment; anything else but 1 is nobody's business (isso/db/comments.py).
_ACCEPTED = 1
_HIDDEN = {2: "pending comments", 4: "deleted comments"}
_NEEDED = {
    "threads": {"id", "uri"},
    "comments": {"tid", "id", "parent", "created", "mode", "text", "author"},
}
#: Older databases do without.
_OPTIONAL = ("modified", "website")
_MAX_VALUE = 16_000_000
_WAIT = 2.0
_OTHER_PROGRAM = "name the comments.db of Isso (`dbpath` in its isso.cfg)"


def recognised(head: bytes) -> bool:
    """Tell whether a file that starts so is a SQLite database; `read` says whether it is Isso's."""
    return head.startswith(_MAGIC)


def read(path: Path, *, pings: bool = False, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Yield the comments of a database of Isso, in the order in which they came.

    A comment's folder is the address of its page, most often a path on the site.

    Args:
        path: the file; a write-ahead log beside it is read along.
        pings: Isso has none.
        limits: what no honest content exceeds.

    Raises:
        ContentError: it is no database of Isso, is damaged, or somebody is writing to it.
        StorageError: the system would not let us read it.
    """
    with opened(path) as stream:
        head = stream.read(len(_MAGIC) + 84)
    if not head.startswith(_MAGIC):
        raise ContentError("not a SQLite database", _OTHER_PROGRAM)
    reader = Reader(path, limits)
    any_row = False
    try:
        with _connection(path, head) as database:
            for row in database.execute(_query(database)):
                any_row = True
                yield from _comment(row, reader)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # Python cannot read what SQLite says of a damaged schema: it quotes the schema.
        if _code(error) == sqlite3.SQLITE_IOERR:
            raise StorageError(
                f"{path}: cannot be read ({error}); check the disk and the permissions"
            ) from error
        refusal = _refusal(error)
        if not any_row:
            raise refusal from None
        reader.warn(f"{refusal.what}: not all of it was read", refusal.remedy)
        yield from reader.warnings()


def _comment(row: tuple[Any, ...], reader: Reader) -> Iterator[Item]:
    own, parent, created, modified, mode, text, author, website, uri = row
    if mode != _ACCEPTED:
        kind = _HIDDEN.get(mode) if isinstance(mode, int) else None
        yield LeftOut(kind or "comments of unknown status", subject=f"comment {as_text(own)[:50]}")
        return
    yield from reader.comment(
        Said(
            line=0,
            folder=as_text(uri),
            id=as_text(own),
            name=as_text(author),
            uri=as_text(website),
            text=as_text(text),
            markup=Markup.MARKDOWN,
            parent="" if parent in {None, 0} else as_text(parent),
            published=_seconds(created),
            updated=_seconds(modified),
        )
    )


def _seconds(value: object) -> str:
    """Return seconds since 1970 as `dates` reads them: without a fraction."""
    if isinstance(value, int | float) and math.isfinite(value):
        return str(int(value))
    return as_text(value)


# --- SQLite ---------------------------------------------------------------------------------------


@contextmanager
def _connection(path: Path, head: bytes) -> Iterator[sqlite3.Connection]:
    """Open the database, so that nothing is written to its folder.

    A reader of a write-ahead log makes an index file beside it: such a database is read as a copy.
    """
    log = path.with_name(f"{path.name}-wal")
    if head[_VERSIONS] != _WAL:
        with closing(_opened(path, "mode=ro")) as database:
            yield database
    elif not _has_content(log):
        with closing(_opened(path, "mode=ro&immutable=1")) as database:
            yield database
    else:
        with _copied(path, log) as copy, closing(_opened(copy, "mode=rw")) as database:
            yield database


def _has_content(log: Path) -> bool:
    try:
        return log.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unreadable(log, error) from error


@contextmanager
def _copied(path: Path, log: Path) -> Iterator[Path]:
    """Make a copy of a database and its log, which goes when it has been read."""
    with ExitStack() as stack:
        try:
            copy = Path(stack.enter_context(TemporaryDirectory(prefix="feeds-")), "copy.db")
            shutil.copyfile(path, copy)
            shutil.copyfile(log, f"{copy}-wal")
        except OSError as error:
            raise unreadable(path, error) from error
        yield copy


def _opened(path: Path, how: str) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=_WAIT)
    database.text_factory = lambda data: decoded(data)[0]
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
    # A database from elsewhere may have functions in its schema.
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _query(database: sqlite3.Connection) -> str:
    """Return the query that this database answers.

    Raises:
        ContentError: its tables are not Isso's.
    """
    columns: dict[str, set[str]] = {}
    for table, needed in _NEEDED.items():
        kind = database.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
        ).fetchone()
        found = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        # A virtual table would run somebody else's code.
        is_plain = kind is not None and not str(kind[0]).upper().startswith("CREATE VIRTUAL")
        if not is_plain or not needed <= found:
            raise ContentError("a SQLite database of another program than Isso", _OTHER_PROGRAM)
        columns[table] = found
    modified, website = (
        f"c.{name}" if name in columns["comments"] else "NULL" for name in _OPTIONAL
    )
    return (
        f"SELECT c.id, c.parent, c.created, {modified}, c.mode, c.text, c.author, {website}, t.uri"
        " FROM comments AS c LEFT JOIN threads AS t ON t.id = c.tid ORDER BY c.id"
    )


def _code(error: Exception) -> int:
    """Return SQLite's primary result code: the lower eight bits of the extended one."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _refusal(error: Exception) -> ContentError:
    code = _code(error)
    said = "its schema is no text" if isinstance(error, UnicodeDecodeError) else str(error)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return ContentError(
            "somebody is writing to the database", "stop Isso, or copy the file, and import again"
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
        return ContentError(
            "the database was left in the middle of a change",
            "open it once with `sqlite3 FILE .tables`, which puts it right, and import again",
        )
    if code == sqlite3.SQLITE_TOOBIG:
        return ContentError(
            f"a comment of more than {_MAX_VALUE:,} bytes", "delete it in Isso, and import again"
        )
    return ContentError(
        f"the database is damaged ({said})",
        "recover it with `sqlite3 FILE .recover | sqlite3 NEW`, and import the new one",
    )
