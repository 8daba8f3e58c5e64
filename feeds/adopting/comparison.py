"""What becomes of each entry of an old feed when its subscribers are moved to ours.

Readers know an entry by its id, to the byte. So what is asked of each old entry is whether anything
of ours has that id; if not, whether it is there under another, which is the harm: all subscribers
get it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from feeds.adopting.directory import TIERS, Directory
from feeds.adopting.entries import Kind, Known, OldEntry
from feeds.markup import one_line
from feeds.urls import is_absolute_uri


class Fate(StrEnum):
    """What subscribers get to see."""

    #: Nothing: the id is the same.
    SAME = "same"
    #: The entry again, under another id.
    NEW = "new"
    #: Nothing: we do not have it.
    MISSING = "missing"


class Remedy(StrEnum):
    """How an entry that would come back as new keeps its id."""

    #: Its old id, in the front matter of its post.
    PIN = "pin"
    #: It has its id from its post, which is to be pinned.
    FOLLOWS = "follows"
    #: Not at all, but for a preset.
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Match:
    """An old entry, and what it is of ours."""

    old: OldEntry
    fate: Fate
    known: Known | None = None
    #: How it was found, in words: `its link`, `its title and day`.
    by: str = ""
    remedy: Remedy = Remedy.NONE
    #: What else is to be said of it; empty if nothing.
    note: str = ""

    @property
    def link_changes(self) -> bool:
        """Whether its link becomes another, which some readers go by as well (sfeed does)."""
        return self.known is not None and self.old.link != self.known.link


@dataclass(frozen=True, slots=True)
class Pin:
    """A line that is to be written: the old id of a post."""

    path: str
    id: str
    known: Known


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of the old feeds' entries, in their order."""

    matches: tuple[Match, ...]
    pins: tuple[Pin, ...] = ()
    #: What to do about all of them at once, a line each.
    advice: tuple[str, ...] = ()

    def of(self, fate: Fate) -> list[Match]:
        """Return the entries of one fate."""
        return [match for match in self.matches if match.fate is fate]

    @property
    def exit_code(self) -> int:
        """0 if all entries are there and keep their ids, else 1."""
        return 0 if all(match.fate is Fate.SAME for match in self.matches) else 1


#: What another setting of `ids` would make of a post, by the name of the setting.
Presets = Mapping[str, Callable[[Known], str]]


def compare(
    old: Sequence[OldEntry],
    ours: Sequence[Known],
    presets: Presets | None = None,
    *,
    ids: str = "",
) -> Verdict:
    """Find each entry of old feeds among ours, and say what becomes of it.

    It is looked for by id, then by link, by former address (`?p=12` is one), by title and moment,
    by title and day, and by its path on another host. What two of ours can claim is nobody's.

    Args:
        old: the entries of one feed or of several; of two with one id the first counts.
        ours: everything that would be published.
        presets: what to try as `ids` in site.toml; the callables are asked for posts.
        ids: what the site's ids start with now; empty if they follow a preset.
    """
    from feeds.adopting.advice import advise

    directory = Directory(ours)
    first: dict[str, OldEntry] = {}
    for entry in old:
        first.setdefault(entry.id, entry)
    matches = [_match(entry, directory) for entry in first.values()]
    matches = _without_doubles(matches)
    pins = _pins(matches, directory)
    pinned = {pin.known.id: pin.id for pin in pins}
    matches = [_remedied(match, pinned) for match in matches]
    advice = advise(matches, directory.posts, presets or {}, ids)
    return Verdict(tuple(matches), tuple(pins), tuple(advice))


# --- judging --------------------------------------------------------------------------------------


def _match(old: OldEntry, directory: Directory) -> Match:
    if known := directory.by_id.get(old.id):
        return Match(old, Fate.SAME, known, TIERS[0], note=_without_id(old))
    claimed = ""
    for how, found, ambiguous in directory.candidates(old):
        if found:
            return Match(old, Fate.NEW, found, how, note=_without_id(old))
        if ambiguous and not claimed:
            claimed = how
    note = f"two or more of ours have {claimed}, so none was taken" if claimed else ""
    return Match(old, Fate.MISSING, note=note)


def _without_id(old: OldEntry) -> str:
    if old.has_id:
        return ""
    # Measured: newsboat takes link and date together then, Thunderbird link, title and text.
    return "the old feed gives it no id: most readers go by its link, some will show it again"


def _without_doubles(matches: Sequence[Match]) -> list[Match]:
    """Let each of ours be one old entry: the one with its id, else the surest, else the first."""
    holders: dict[str, Match] = {}
    for match in matches:
        if match.known:
            holder = holders.setdefault(match.known.id, match)
            if TIERS.index(match.by) < TIERS.index(holder.by):
                holders[match.known.id] = match
    result = []
    for match in matches:
        if match.known and holders[match.known.id] is not match:
            note = f"{match.known.path} is another entry of the old feed already"
            match = Match(match.old, Fate.MISSING, note=note)
        result.append(match)
    return result


# --- pins -----------------------------------------------------------------------------------------


def _pins(matches: Sequence[Match], directory: Directory) -> list[Pin]:
    """Return the ids to pin: those of posts, and those that the ids of comments start with."""
    wanted: dict[str, str] = {}
    guessed: dict[str, set[str]] = {}
    kept: set[str] = set()
    for match in matches:
        known = match.known
        if known is None:
            continue
        if match.fate is Fate.SAME:
            kept |= {known.id, known.post or known.id}
        elif known.kind is Kind.POST:
            wanted[known.id] = match.old.id
        elif known.post and (start := _post_of(known, match.old)):
            guessed.setdefault(known.post, set()).add(start)
    for post, starts in guessed.items():
        if len(starts) == 1 and post not in kept:
            wanted.setdefault(post, next(iter(starts)))
    pins = []
    taken = set(directory.by_id)
    for post, id in wanted.items():
        known = directory.posts.get(post)
        if known and known.pinnable and can_be_pinned(id) and id not in taken:
            taken.add(id)
            pins.append(Pin(known.path, id, known))
    return pins


def _post_of(known: Known, old: OldEntry) -> str | None:
    """Return what a comment's old id says of its post's, if it is made like ours."""
    if known.kind is not Kind.COMMENT or not known.post or not known.id.startswith(known.post):
        return None
    end = known.id[len(known.post) :]
    return old.id[: -len(end)] if end and old.id.endswith(end) else None


def can_be_pinned(id: str) -> bool:
    """Tell whether an id can stand in front matter: only an absolute URI stands for itself there."""
    return is_absolute_uri(id) and one_line(id) == id


def _remedied(match: Match, pinned: Mapping[str, str]) -> Match:
    """Say how an entry keeps its id; `pinned` has the ids to come of posts, by those they have."""
    known = match.known
    if match.fate is not Fate.NEW or known is None:
        return match
    if known.kind is Kind.POST:
        if pinned.get(known.id) == match.old.id:
            return replace(match, remedy=Remedy.PIN)
        return replace(match, note=match.note or _why_not(match.old, known))
    start = pinned.get(known.post or "")
    if start and start + known.id[len(known.post or "") :] == match.old.id:
        return replace(match, remedy=Remedy.FOLLOWS)
    return replace(match, note=match.note or "a comment, whose id replies name: it is not pinned")


def _why_not(old: OldEntry, known: Known) -> str:
    if not can_be_pinned(old.id):
        return "its old id is no absolute URI, which is all that can be pinned"
    if not known.pinnable:
        return "its file has no front matter to pin it in"
    return "its old id is that of something else by now"
