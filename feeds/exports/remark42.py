"""A backup of Remark42 → comments; their posts are known by address only.

A backup is JSON a line: first what is known of users and pages, then each comment; most are
compressed with gzip. The users' ids, pictures and addresses stand in it, too, and are not looked
at.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from feeds.errors import ContentError, printable
from feeds.exports import Item, LeftOut
from feeds.exports.json_records import as_record, as_text, as_truth, parsed
from feeds.exports.pieces import PIECE, decoded, head_text, opened, unreadable
from feeds.exports.values import DEFAULT_LIMITS, Reader, Said
from feeds.markup import one_line
from feeds.model import Markup
from feeds.settings import Limits

_GZIP = b"\x1f\x8b"
_HEAD = 8192
#: A comment and all the votes on it.
_MAX_LINE = 4_000_000
#: JSON shrinks to a twentieth; what shrinks to less than a two hundredth is a trap.
_MAX_RATIO = 200
_MAX_UNSUSPICIOUS = 64_000_000
#: Small, since what comes after a member's end is copied, and members may be tiny.
_PACKED_PIECE = 1 << 14
_AGAIN = "copy it again from where it was made, or back up again"
_META = re.compile(r'\{\s*"version"\s*:\s*\d+\s*,\s*"(?:users|posts)"\s*:')
_COMMENT = re.compile(r'\{\s*"id"\s*:\s*"')
_VERSIONS = frozenset({"", "0", "1"})


def recognised(head: bytes) -> bool:
    """Tell whether a file that starts so is a backup of Remark42."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error:
            return False
    text = head_text(head)
    if _META.match(text):
        return True
    return bool(_COMMENT.match(text)) and '"locator":' in text and '"pid":' in text


def read(path: Path, *, pings: bool = False, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Yield the comments of a backup, in the order of the file.

    A comment's folder is the address of its page.

    Args:
        path: the file, compressed or not.
        pings: Remark42 has none.
        limits: what no honest content exceeds.

    Raises:
        ContentError: there is no backup of Remark42 in it.
        StorageError: the system would not let us read it.
    """
    reader = Reader(path, limits)
    any_record = False
    refusal: ContentError | None = None
    for line, item in _values(reader):
        if not isinstance(item, ContentError):
            if refusal and not any_record:
                reader.warn(refusal.what, refusal.remedy, refusal.line)
            any_record = True
            if "locator" in item:
                yield from _comment(item, line, reader)
            else:
                _look_at_version(item, line, reader)
        elif any_record:
            reader.warn(item.what, item.remedy, line)
        else:
            refusal = refusal or ContentError(item.what, item.remedy, line)
        if any_record:
            yield from reader.warnings()
    if not any_record:
        raise refusal or ContentError(
            "not a backup of Remark42", "name another file, or another --format"
        )


def _look_at_version(item: dict[str, Any], line: int, reader: Reader) -> None:
    version = as_text(item.get("version"))
    if version not in _VERSIONS:
        what = f"version {printable(version[:20])} of the backup, and only version 1 is known"
        reader.warn(what, "look through what was imported", line)


def _comment(item: dict[str, Any], line: int, reader: Reader) -> Iterator[Item]:
    own = as_text(item.get("id"))
    subject = f"comment {one_line(own)[:50]}".strip()
    is_deleted = as_truth(item.get("delete", item.get("deleted")))
    if is_deleted is not False:
        yield LeftOut(
            "deleted comments" if is_deleted else "comments of unknown status", subject=subject
        )
        return
    shown, typed = as_text(item.get("text")), as_text(item.get("orig"))
    yield from reader.comment(
        Said(
            line=line,
            folder=as_text(as_record(item.get("locator")).get("url")),
            id=own,
            name=as_text(as_record(item.get("user")).get("name")),
            text=shown if shown.strip() else typed,
            markup=Markup.HTML if shown.strip() else Markup.MARKDOWN,
            parent=as_text(item.get("pid")),
            published=as_text(item.get("time")),
            updated=as_text(as_record(item.get("edit")).get("time")),
        )
    )


# --- lines ----------------------------------------------------------------------------------------


def _values(reader: Reader) -> Iterator[tuple[int, dict[str, Any] | ContentError]]:
    """Yield each line's object, or why there is none; a line that is broken costs itself."""
    number = 0
    had_strays = False
    with opened(reader.path) as stream:
        try:
            for number, line in enumerate(_lines(_unpacked(stream)), 1):
                if line is None:
                    what = f"a line of more than {_MAX_LINE:,} bytes was left out"
                    yield number, ContentError(what, "shorten it, or back up again")
                elif line.strip():
                    text, has_strays = decoded(line.removeprefix(b"\xef\xbb\xbf"))
                    if has_strays and not had_strays:
                        had_strays = True
                        what = "bytes that are not UTF-8 were read as Windows-1252"
                        reader.warn(what, "look through what was imported", number)
                    yield number, _value(text)
        except ContentError as error:
            yield number + 1, error
        except OSError as error:
            raise unreadable(reader.path, error) from error


def _value(line: str) -> dict[str, Any] | ContentError:
    try:
        value = parsed(line)
    except ContentError as error:
        return error
    if isinstance(value, dict) and ("locator" in value or "version" in value):
        return value
    return ContentError(
        "a line that is neither a comment nor what stands above them", "remove it, or back up again"
    )


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes | None]:
    """Yield lines; None for one that is too long to be a comment."""
    parts: list[bytes] = []
    size = 0
    for piece in pieces:
        first, *others = piece.split(b"\n")
        size += len(first)
        parts.append(first)
        if size > _MAX_LINE:
            parts.clear()
        for other in others:
            yield b"".join(parts) if size <= _MAX_LINE else None
            parts, size = [other], len(other)
    if size:
        yield b"".join(parts) if size <= _MAX_LINE else None


def _unpacked(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file, whether they are compressed or not.

    Raises:
        ContentError: it breaks off, is damaged, or unpacks to more than any backup.
    """
    data = stream.read(_PACKED_PIECE)
    if not data.startswith(_GZIP):
        while data:
            yield data
            data = stream.read(PIECE)
        return
    unpacker = zlib.decompressobj(wbits=31)
    packed, unpacked = len(data), 0
    while True:
        try:
            piece = unpacker.decompress(data, PIECE)
        except zlib.error:
            raise ContentError("the gzip data is damaged from here on", _AGAIN) from None
        unpacked += len(piece)
        if unpacked > _MAX_UNSUSPICIOUS and unpacked > packed * _MAX_RATIO:
            what = f"unpacks to more than {_MAX_RATIO} times its size, which no backup does"
            raise ContentError(what, "unpack it yourself if you trust it")
        if piece:
            yield piece
        data = unpacker.unconsumed_tail
        if unpacker.eof:
            # A gzip file may have several members (RFC 1952 §2.2).
            data = unpacker.unused_data
            if len(data) < len(_GZIP):
                more = stream.read(_PACKED_PIECE)
                packed += len(more)
                data += more
            if not data.startswith(_GZIP):
                return
            unpacker = zlib.decompressobj(wbits=31)
        elif not data:
            data = stream.read(_PACKED_PIECE)
            packed += len(data)
            if not data:
                raise ContentError("the gzip data breaks off", _AGAIN)
