"""How comments hang together: which post they belong to, and which comment they answer.

Pure functions of what the sources read. Only what is public takes part, so that nothing about a
hidden comment (not even that its id is taken) shows in what is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from feeds.errors import Problem, Severity, nearest, quoted
from feeds.model import Comment, Post
from feeds.patterns import lazy
from feeds.tuples import NamedTuple
from feeds.urls import all_folded, digest, folded
from feeds.visibility import are_comments_public, why_comment_hidden

_LEADING_DATE = lazy(r"^\d{4}-\d{2}-\d{2}-(?=.)")
_DIGITS = lazy(r"([0-9]+)")
_QUERY = lazy(r"[?#].*")
_INDEX = lazy(r"(?:^|/)index\.html?$")
_HTML = lazy(r"\.html?$")
_SUFFIX = lazy(r"\.\w+$")
#: What takes a look at the parts of an address to tell its path.
_ODD = lazy(r"[^A-Za-z0-9/._-]|\.htm")
#: So many names are folded at once: of more the texts weigh too much.
_LOT = 5_000


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts 2 before 10.

    Runs of digits compare by value (as long texts without leading zeros: `int` refuses more than
    4300 digits), everything else by code point.
    """
    key: list[tuple[int, int, str]] = []
    for part in _DIGITS.split(text):
        if part.isascii() and part.isdigit():
            digits = part.lstrip("0")
            key.append((0, len(digits), digits))
        elif part:
            key.append((1, 0, part))
    return tuple(key)


# --- which post -----------------------------------------------------------------------------------


#: The name that is meant by a key; None where several are.
_Tier: TypeAlias = dict[str, str | None]


class Links:
    """Finds the post that a folder of comments belongs to.

    By tiers, each weaker than the one before: the exact name, address or id; the name or address
    folded; the folder without a leading date; a former address, or the last part of one; the title.
    What two posts claim links nothing.

    Args:
        posts: all there are, hidden ones too: what is theirs must not fall to another.
        home: the site's home page: a folder may be called by a whole address.
        by_title: whether a folder may be called by a title, as some programs do: where a title
            that was changed, or a file that was renamed, must not move comments, it may not.
    """

    def __init__(self, posts: Iterable[Post], home: str = "", *, by_title: bool = False) -> None:
        self._posts = list(posts)
        self._home = urlsplit(home).path.strip("/")
        #: What most addresses begin with.
        self._below = home.rstrip("/") + "/"
        self._by_title = by_title
        self._exact: _Tier = {post.name: post.name for post in self._posts}

    @cached_property
    def _weaker(self) -> tuple[_Tier, _Tier, _Tier, _Tier]:
        """The other tiers, which nobody needs whose folders are all called as their posts are."""
        addresses: _Tier = {}
        near: _Tier = {}
        former: _Tier = {}
        titles: _Tier = {}
        placed: list[tuple[str, str]] = []
        moved: list[tuple[str, str]] = []
        for post in self._posts:
            if post.permalink:
                path = self._path(post.permalink)
                _claim(addresses, path, post.name)
                placed.append((path, post.name))
            if post.id:
                _claim(addresses, post.id, post.name)
            for alias in post.aliases:
                if "/" in (path := self._path(alias)):
                    _claim(addresses, path, post.name)
                moved.append((_last_part(alias), post.name))
            if self._by_title:  # and by the file, whatever the post's slug is
                stem = _LEADING_DATE.sub("", _SUFFIX.sub("", post.path.rpartition("/")[2]))
                if stem not in {"index", post.name}:
                    moved.append((stem, post.name))
        _claim_folded(near, ((post.name, post.name) for post in self._posts))
        _claim_folded(near, placed)
        _claim_folded(former, moved)
        if self._by_title:
            _claim_folded(titles, ((post.title, post.name) for post in self._posts))
        return addresses, near, former, titles

    def find(self, folder: str) -> str | None:
        """Return the name of the post that `folder` belongs to, if exactly one is meant."""
        exact = self._exact
        if folder and folder in exact:
            return exact[folder]
        for tier, key in self._claims(folder):
            if key and key in tier:
                return tier[key]
        return None

    def _claims(self, folder: str) -> Iterator[tuple[_Tier, str]]:
        """Yield where to look for what, the strongest first; most are found at once."""
        addresses, near, former, titles = self._weaker
        path = self._path(folder)
        yield addresses, folder
        yield addresses, path
        yield near, folded(path)
        bare = _LEADING_DATE.sub("", folder)
        yield self._exact, bare
        yield near, folded(bare)
        last = folded(_last_part(path))
        yield near, last if "/" in path else ""
        yield former, last
        yield titles, folded(folder)

    def _path(self, address: str) -> str:
        """Return the path of an address below the home page, without slashes at its ends."""
        below = len(self._below) if address.startswith(self._below) else 0
        if (below or not self._home) and not _ODD.search(address, below):
            return address[below:].strip("/")
        path = urlsplit(address).path if "://" in address else _QUERY.sub("", address)
        path = unquote(path).strip("/")
        if self._home and f"{path}/".startswith(f"{self._home}/"):
            path = path[len(self._home) :].strip("/")
        return _HTML.sub("", _INDEX.sub("", path)) if ".htm" in path else path


def _claim(tier: _Tier, key: str, name: str) -> None:
    tier[key] = name if tier.get(key, name) == name else None


def _claim_folded(tier: _Tier, claims: Iterable[tuple[str, str]]) -> None:
    """Claim what keys are when they are folded."""
    left = iter(claims)
    while lot := list(islice(left, _LOT)):
        for key, (_, name) in zip(all_folded([key for key, _ in lot]), lot, strict=True):
            _claim(tier, key, name)


def _last_part(address: str) -> str:
    path = _QUERY.sub("", address).rstrip("/")
    return _HTML.sub("", path.rpartition("/")[2])


# --- which comment --------------------------------------------------------------------------------


def thread(comments: Sequence[Comment], now: datetime) -> tuple[list[Comment], list[Problem]]:
    """Return the public ones of a post's comments, each with an id of its own and a parent or none.

    A reply to what is hidden or gone answers the post. So do replies to themselves and those that
    go round in a circle, which are problems; an id used twice is one, too.

    Args:
        comments: all comments on one post, in the order of their paths.
        now: what is dated later is not public yet.
    """
    problems: list[Problem] = []
    visible = list(comments)
    if not are_comments_public(comments, now):
        visible = []
        for comment in comments:
            if reason := why_comment_hidden(comment, now):
                problems.append(_note(comment, f"left out: {reason}"))
            else:
                visible.append(comment)
    return visible if _is_plain(visible) else untangled(visible, problems), problems


def _is_plain(comments: Sequence[Comment]) -> bool:
    """Tell whether nothing is wrong with a thread, and no parent to be counted out."""
    parents = {comment.id: comment.parent for comment in comments}
    places = {comment.parent_index for comment in comments}
    return len(parents) == len(comments) and places <= {None} and is_sound(parents)


def untangled(comments: Sequence[Comment], problems: list[Problem]) -> list[Comment]:
    """Return public comments, each with an id of its own and a parent or none; see `thread`."""
    named = _with_unique_ids(comments, problems)
    answered = _with_known_parents(named, problems)
    return _without_cycles(answered, problems)


def is_sound(parents: Mapping[str, str | None]) -> bool:
    """Tell whether every comment that answers one answers a known one, and none, in the end, itself.

    Args:
        parents: the id of what each public comment on a post answers, by its own id.
    """
    answers = {own: parent for own, parent in parents.items() if parent}
    return parents.keys() >= set(answers.values()) and not _circular(answers)


def _note(comment: Comment, what: str) -> Problem:
    return Problem(comment.path, what, line=comment.line, severity=Severity.NOTE)


def _problem(comment: Comment, what: str, remedy: str) -> Problem:
    return Problem(comment.path, what, remedy, comment.line)


def _with_unique_ids(comments: Iterable[Comment], problems: list[Problem]) -> list[Comment]:
    """Leave an id to the first by path; the next gets a suffix made of its name and date."""
    taken: set[str] = set()
    result: list[Comment] = []
    for comment in comments:
        own, attempt = comment.id, 0
        while own in taken:
            said = f"{comment.author.name}\0{comment.date}\0{attempt or ''}"
            own = f"{comment.id}-{digest(said.encode())[:8]}"
            attempt += 1
        if own != comment.id:
            what = f"the id {quoted(comment.id)} is another comment's; this one is published as {quoted(own)}"
            problems.append(_problem(comment, what, f"pin it with `id: {own}`"))
        taken.add(own)
        result.append(comment if own == comment.id else comment._replace(id=own))
    return result


def _with_known_parents(comments: list[Comment], problems: list[Problem]) -> list[Comment]:
    known = {comment.id for comment in comments}
    top_level = _top_level(comments) if any(c.parent_index for c in comments) else []
    result = []
    for comment in comments:
        parent = comment.parent
        if comment.parent_index and comment.parent_index <= len(top_level):
            parent = top_level[comment.parent_index - 1].id
        if parent and parent not in known:
            problems.append(
                _note(
                    comment,
                    f"answers {quoted(parent)}, which is hidden or gone; shown as an answer to the post",
                )
            )
            parent = None
        same = parent == comment.parent and comment.parent_index is None
        result.append(comment if same else comment._replace(parent=parent, parent_index=None))
    return result


def _top_level(comments: Iterable[Comment]) -> list[Comment]:
    """Return what Staticman's first version counted: the answers to the post, oldest first."""
    return sorted((c for c in comments if not c.parent and not c.parent_index), key=_chronological)


def _chronological(comment: Comment) -> tuple[bool, float, object]:
    date = comment.date
    return (date is None, date.timestamp() if date else 0.0, natural(comment.id))


def _without_cycles(comments: list[Comment], problems: list[Problem]) -> list[Comment]:
    """Let every comment of a circle answer the post; replies from outside keep their parent."""
    parents = {comment.id: comment.parent for comment in comments}
    circular = _circular(parents)
    result = []
    for comment in comments:
        if comment.id in circular:
            what = (
                "answers itself"
                if comment.parent == comment.id
                else "is part of a circle of replies"
            )
            problems.append(
                _problem(
                    comment,
                    f"the comment {what}; shown as an answer to the post",
                    "correct its `parent`",
                )
            )
            comment = comment._replace(parent=None)
        result.append(comment)
    return result


def _circular(parents: Mapping[str, str | None]) -> set[str]:
    """Return the ids from which following parents leads back to the same id."""
    circular: set[str] = set()
    done: set[str] = set()
    for start in parents:
        path: dict[str, int] = {}
        current: str | None = start
        while current is not None and current not in done and current not in path:
            path[current] = len(path)
            current = parents.get(current)
        if current is not None and current in path:
            circular.update(name for name, place in path.items() if place >= path[current])
        done.update(path)
    return circular


class Orphans(NamedTuple):
    """Comments that belong to no post."""

    folder: str
    #: Where they are.
    path: str
    count: int  # type: ignore[assignment]  # nobody counts what is in the tuple


def unlinked(orphans: Iterable[Orphans], names: Iterable[str]) -> list[Problem]:
    """Return a problem for each folder of no post, with its number of comments."""
    known = list(names)
    problems = []
    for orphan in orphans:
        said = "1 comment" if orphan.count == 1 else f"{orphan.count} comments"
        near = _nearest(orphan.folder, known)
        remedy = (
            f"did you mean {quoted(near)}?"
            if near
            else "name it as the post is named, or remove it"
        )
        problems.append(Problem(orphan.path, f"{said} for no post", remedy))
    return problems


def _nearest(folder: str, names: list[str]) -> str | None:
    # Comparing is quadratic: a help for small blogs, not a burden for large ones.
    return nearest(folder, names, 0.7) if len(names) <= 500 else None
