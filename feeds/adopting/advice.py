"""One setting instead of many lines: whether the old ids follow a rule that `ids` can state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from feeds.adopting import keys
from feeds.adopting.entries import Kind, Known
from feeds.urls import is_absolute_uri

if TYPE_CHECKING:
    from feeds.adopting.comparison import Match

#: What an entry's id would be under another setting.
Rule = Callable[[Known], str]
#: A rule that fits one entry is no rule.
_FEW = 2
#: What `ids` may end with (design §3).
_LAST = frozenset(":/#=-")


def advise(
    matches: Sequence[Match], posts: Mapping[str, Known], presets: Mapping[str, Rule], ids: str
) -> Iterator[str]:
    """Yield what to set in site.toml, if that keeps more old ids than the present setting does.

    Args:
        matches: old entries, and what they are of ours.
        posts: ours, by id.
        presets: what each preset of `ids` makes of a post.
        ids: what the site's ids start with now; empty if they follow a preset.
    """
    found = [(match.old.id, match.known) for match in matches if match.known]
    kept = sum(old == known.id for old, known in found)
    if kept == len(found) or len(found) < _FEW:
        return
    rules = {name: _with_comments(rule, posts) for name, rule in presets.items()}
    counts = {name: sum(rule(known) == old for old, known in found) for name, rule in rules.items()}
    # Several presets say the same of most blogs; this name says what it is.
    best = max(counts, key=lambda name: (counts[name], name == "permalink"), default="")
    start = _prefix(found, ids)
    if best and counts[best] > kept and 2 * counts[best] > len(found):
        yield _said(best, counts[best], len(found))
    elif start:
        yield _said(start, len(found), len(found))
    else:
        yield from _nearly(found, rules)


def _said(ids: str, count: int, total: int) -> str:
    rest = "" if count == total else f"; then pin the other {total - count}"
    return (
        f'set ids = "{ids}" in site.toml: {count} of {total} ids would then be the old ones{rest}'
    )


def _with_comments(rule: Rule, posts: Mapping[str, Known]) -> Rule:
    """Return a rule for comments, too: their ids start with those of their posts."""
    made: dict[str, str] = {}

    def of(known: Known) -> str:
        post = posts.get(known.post or "") if known.kind is Kind.COMMENT else known
        if post is None:
            return ""
        if post.id not in made:
            made[post.id] = rule(post)
        end = known.id.removeprefix(post.id) if known is not post else ""
        return made[post.id] + end

    return of


def _prefix(found: Sequence[tuple[str, Known]], ids: str) -> str:
    """Return what all old ids start with where ours start with `ids`; empty if they do not."""
    starts = set()
    for old, known in found:
        name = known.id[len(ids) :] if ids and known.id.startswith(ids) else ""
        starts.add(old[: -len(name)] if name and old.endswith(name) else "")
    start = starts.pop()
    fits = not starts and start[-1:] in _LAST
    return start if fits and is_absolute_uri(start) else ""


def _nearly(found: Sequence[tuple[str, Known]], rules: Mapping[str, Rule]) -> Iterator[str]:
    """Say why a rule that a person sees at once is none: it is of another scheme or host."""
    for rule in rules.values():
        pages = [(keys.page_key(old), keys.page_key(rule(known))) for old, known in found]
        paths = [(keys.path_key(old), keys.path_key(new)) for old, new in pages]
        if all(old and old == new for old, new in paths):
            yield (
                "the old ids are the permalinks of another scheme or host, or with another slash at"
                " their ends, which no setting of `ids` makes: pin them"
            )
            return
