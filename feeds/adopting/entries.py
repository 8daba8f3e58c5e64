"""What is compared: an entry as the old feed has it, and one as ours would have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feeds.errors import Problem


class Kind(StrEnum):
    """What an entry of ours is made of."""

    POST = "post"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class OldEntry:
    """An entry of a feed that somebody else wrote."""

    #: What readers know it by: its guid or id; where it has none its link, else its title.
    id: str
    #: Absolute where that can be told; empty if it has none.
    link: str
    title: str
    #: Aware; None if there is none, or none that can be read.
    date: datetime | None = None
    #: Whether the id is the link as well (RSS says so, of the others it is a guess).
    is_permalink: bool = False
    #: Whether the feed itself gives it an id.
    has_id: bool = True


@dataclass(frozen=True, slots=True)
class OldFeed:
    """A feed that somebody else wrote, as far as it says what its entries are."""

    #: The file, for messages.
    path: str
    #: In words: `RSS 2.0`, `Atom 1.0`.
    kind: str
    title: str
    entries: tuple[OldEntry, ...]
    #: Warnings: what had to be mended, and what was passed over.
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A post or a comment that `feeds` would publish."""

    id: str
    link: str
    title: str
    date: datetime | None
    #: The file that it is in, and the line.
    path: str
    line: int | None = None
    kind: Kind = Kind.POST
    #: Whether its file can take an `id` of its own: a post with front matter.
    pinnable: bool = True
    #: Former addresses, absolute or as paths on the site.
    aliases: tuple[str, ...] = ()
    #: Of a comment: the id of the post that it is on.
    post: str | None = None
