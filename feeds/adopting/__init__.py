"""Moving subscribers: what an old feed's entries would become in ours, and how they keep their ids.

A reader knows an entry by its id and by nothing else. So before anybody is redirected, the feed of
the old site is read (`read_feed`), compared with what would be published (`compare`), and what
would come back as new has its old id written into its post (`pin`).
"""

from __future__ import annotations

from feeds.adopting.comparison import Fate, Match, Pin, Presets, Remedy, Verdict, compare
from feeds.adopting.entries import Kind, Known, OldEntry, OldFeed
from feeds.adopting.old_feed import read_feed
from feeds.adopting.pinning import Outcome, Pinned, pin, with_id
from feeds.adopting.report import lines

__all__ = [
    "Fate",
    "Kind",
    "Known",
    "Match",
    "OldEntry",
    "OldFeed",
    "Outcome",
    "Pin",
    "Pinned",
    "Presets",
    "Remedy",
    "Verdict",
    "compare",
    "lines",
    "pin",
    "read_feed",
    "with_id",
]
