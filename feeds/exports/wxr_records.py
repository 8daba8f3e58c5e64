"""An export of WordPress → its items, one after the other.

An item that is broken costs itself: reading goes on with the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from feeds.errors import Problem, Severity
from feeds.exports.pieces import Pieces
from feeds.exports.wxr_fields import Batch, Channel
from feeds.exports.wxr_mended import mended
from feeds.exports.wxr_parser import Parser
from feeds.settings import Limits

#: So many broken items are mishaps; more are no export.
_MAX_BREAKS = 100
_ITEM = re.compile(rb"<item[\s>]")


def records(
    path: Path, channel: Channel, limits: Limits, *, comments: bool = True
) -> Iterator[Batch | Problem]:
    """Yield items as they end, and what is wrong with the file; `channel` is filled on the way.

    Raises:
        ContentError: it is no export of WordPress, or declares entities.
        StorageError: the system would not let us read it.
    """
    from xml.parsers import expat

    pieces = Pieces(path)
    parser = Parser(path, channel, limits, comments=comments)
    breaks = 0
    is_lost = False
    for data in _encoded(mended(pieces)):
        at = 0
        while True:
            if is_lost:
                found = _ITEM.search(data, at)
                parser.skip(data[at : found.start() if found else len(data)])
                if not found:
                    break
                parser, is_lost, at = parser.restarted(), False, found.start()
            try:
                parser.feed(data[at:], final=not data)
            except expat.ExpatError as error:
                reason = expat.ErrorString(error.code) or "unknown"
                problem = parser.broken(reason, error.lineno, at_end=not data)
                yield from parser.taken()
                if problem:
                    yield problem
                breaks += 1
                if breaks > _MAX_BREAKS:
                    yield _given_up(path, parser.line)
                    return
                is_lost, at = True, parser.rewound(data, at)
            else:
                yield from parser.taken()
                break
    yield from pieces.problems
    parser.check_kind()


def _given_up(path: Path, line: int) -> Problem:
    what = f"the XML is broken in more than {_MAX_BREAKS} places: no more was read"
    return Problem(str(path), what, "export it again", line, Severity.PROBLEM)


def _encoded(texts: Iterator[str]) -> Iterator[bytes]:
    """Yield pieces in UTF-8, and in the end nothing, which is how expat learns that it is over."""
    for text in texts:
        if text:
            yield text.encode("utf-8")
    yield b""
