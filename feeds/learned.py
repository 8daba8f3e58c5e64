"""What was learned of the writers, kept in the user's cache folder: no later run need ask them again.

To import feedgen, lxml and dateutil takes as long as to read three hundred posts, and nearly every
entry is of a kind that has been written before, in this blog or in another. A cache, never truth: what
is lost, damaged or of another program is learned once more.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from feeds import formats
from feeds.unchanged import cache_folder, read_memo, write_memo

_NAME = "forms"


def recall(program: list[Any]) -> bytes:
    """Know what earlier runs of this program have learned; return it, for `keep` to compare.

    Args:
        program: what tells this program, with its libraries, from any other.
    """
    with suppress(KeyError, ValueError):
        memo = read_memo(os.path.join(cache_folder(), _NAME))
        if memo and memo["program"] == program:
            known: bytes = memo["forms"]
            formats.recall(known)
            return known
    return b""


def keep(program: list[Any], recalled: bytes) -> None:
    """Keep what this run knows, if that is more or other than it recalled."""
    known = formats.learned()
    if known == recalled:
        return
    with suppress(KeyError, OSError):  # nobody says where home is, or the disk is full
        os.makedirs(cache_folder(), mode=0o700, exist_ok=True)
        write_memo(os.path.join(cache_folder(), _NAME), {"program": program, "forms": known})
