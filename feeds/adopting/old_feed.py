"""A feed saved from the old site → its entries, whatever program wrote it."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

from feeds import urls
from feeds.adopting.entries import OldEntry, OldFeed
from feeds.adopting.keys import shown_title
from feeds.adopting.old_xml import absolute, moment, parsed
from feeds.errors import Problem, Severity, StorageError, UsageError
from feeds.exports.pieces import decoded, encoding_of, head_text

#: Of a file, packed or not. The largest export is read as a feed, too.
_MAX_BYTES = 200_000_000
_GZIP = b"\x1f\x8b"
_HEAD = 200_000
_SAVE = "save the feed itself: curl -Lo old.xml ADDRESS"
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_LINK = re.compile(r"<link\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(rel|type|href)\s?=\s?(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_FEED_TYPE = re.compile(r"(?i)application/(?:rss\+xml|atom\+xml|feed\+json)")


def read_feed(path: Path) -> OldFeed:
    """Read a feed in RSS, Atom or JSON Feed, packed by gzip or not.

    What is not well-formed is read as far as it goes, with a warning.

    Raises:
        UsageError: there is no such file, or it is no feed; the text says what to do.
        StorageError: the system would not let us read it.
    """
    shown = str(path)
    data = _unpacked(shown, _bytes(path))
    head = head_text(data[:_HEAD])
    if not head:
        raise UsageError(f"{shown}: nothing in it; {_SAVE}")
    if head.startswith(("{", "[")):
        return _from_json(shown, data)
    start = _without_comments(head)
    if _HTML.match(start):
        raise UsageError(f"{shown}: a web page, and not a feed; {_save_what(head)}")
    found = parsed(data) if "<" in head else None
    if found is None:
        raise UsageError(f"{shown}: neither RSS, nor Atom, nor JSON Feed; {_SAVE}")
    if found.kind is None:
        if found.root.lower() == "html":
            raise UsageError(f"{shown}: a web page, and not a feed; {_save_what(head)}")
        raise UsageError(
            f"{shown}: neither RSS, nor Atom, nor JSON Feed: it starts with <{found.root[:60]}>; {_SAVE}"
        )
    problems = []
    if found.broken_at is not None:
        problems.append(
            _warning(
                shown,
                "not well-formed from here on; as much was read as could be",
                "compare the number of entries, and save it again if some are missing",
                found.broken_at,
            )
        )
    problems += _nameless(shown, found.nameless)
    return OldFeed(shown, found.kind, found.title, found.entries, tuple(problems))


# --- bytes ----------------------------------------------------------------------------------------


def _bytes(path: Path) -> bytes:
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(f"{path}: a folder; name the feed in it")
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{path}: not a regular file; {_SAVE}")
        if status.st_size > _MAX_BYTES:
            raise UsageError(f"{path}: larger than any feed; {_SAVE}")
        return path.read_bytes()
    except FileNotFoundError:
        # `Path` has made one slash of two.
        if address := re.match(r"(https?):/+(.*)", str(path), re.DOTALL):
            fetch = f"curl -Lo old.xml '{address[1]}://{address[2]}'"
            what = f"an address, and nothing is fetched here; save it first: {fetch}"
        else:
            what = f"no such file; {_SAVE}"
        raise UsageError(f"{path}: {what}") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            f"{path}: cannot be read ({reason}); check the disk and the permissions"
        ) from error


def _unpacked(shown: str, data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    import gzip
    import io
    import zlib

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            result = stream.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise UsageError(
            f"{shown}: packed by gzip, and broken; {_SAVE.replace('-Lo', '--compressed -Lo')}"
        ) from None
    if len(result) > _MAX_BYTES:
        raise UsageError(f"{shown}: larger than any feed when unpacked; {_SAVE}")
    return result


# --- pages ----------------------------------------------------------------------------------------


def _without_comments(head: str) -> str:
    """Return a file's start without its declarations and comments, which pages and feeds share."""
    at = 0
    while True:
        for opening, closing in (("<!--", "-->"), ("<?", "?>")):
            if head.startswith(opening, at):
                end = head.find(closing, at)
                break
        else:
            return head[at:]
        if end < 0:
            return ""
        at = end + len(closing)
        while at < len(head) and head[at].isspace():
            at += 1


def _save_what(page: str) -> str:
    """Return the next step, with the address of the feed if the page links one."""
    for tag in _LINK.finditer(page):
        said = {name.lower(): a or b for name, a, b in _ATTRIBUTE.findall(tag[1])}
        address = said.get("href", "").strip().replace("&amp;", "&")
        if _FEED_TYPE.fullmatch(said.get("type", "").strip()) and urls.is_web_url(address):
            return f"its feed is elsewhere: curl -Lo old.xml '{address.replace(chr(39), '%27')}'"
    return _SAVE


# --- JSON Feed ------------------------------------------------------------------------------------


def _from_json(shown: str, data: bytes) -> OldFeed:
    encoding, mark = encoding_of(data)
    raw = data[mark:]
    text = decoded(raw)[0] if encoding == "utf-8" else raw.decode(encoding, "replace")
    try:
        feed = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise UsageError(f"{shown}: not JSON, though it starts like it; {_SAVE}") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise UsageError(f"{shown}: JSON, and no JSON Feed, which has `items`; {_SAVE}")
    version = re.search(r"jsonfeed\.org/version/(1(?:\.\d)?)\b", _string(feed, "version"))
    home = _string(feed, "home_page_url")
    found = [_from_item(item, home) for item in items if isinstance(item, dict)]
    entries = tuple(entry for entry in found if entry.id)
    return OldFeed(
        shown,
        f"JSON Feed {version[1]}" if version else "JSON Feed",
        shown_title(_string(feed, "title")),
        entries,
        tuple(_nameless(shown, len(items) - len(entries))),
    )


def _from_item(item: dict[str, Any], home: str) -> OldEntry:
    # JSON Feed 1.1, `id`: what is a number is to be read as a string.
    own = _string(item, "id")
    link = _string(item, "url") or _string(item, "external_url")
    title = _string(item, "title")
    return OldEntry(
        id=own or link or title,
        link=absolute(home, link),
        title=shown_title(title),
        date=moment(_string(item, "date_published") or _string(item, "date_modified")),
        is_permalink=not own or own == link,
        has_id=bool(own),
    )


def _string(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""


# --- warnings -------------------------------------------------------------------------------------


def _nameless(shown: str, count: int) -> list[Problem]:
    if not count:
        return []
    what = f"{count} of its entries have neither id, nor link, nor title"
    return [_warning(shown, what, "no reader can know them again, so they were passed over")]


def _warning(shown: str, what: str, remedy: str, line: int | None = None) -> Problem:
    return Problem(shown, what, remedy, line, Severity.WARNING)
