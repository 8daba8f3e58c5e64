"""What is public of a blog, and where each of it stands: pure functions, after `visibility`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count, groupby, repeat
from operator import itemgetter
from typing import TypeVar

from feeds import ids, threads, urls
from feeds.dates import EPOCH
from feeds.errors import Problem, Severity, quoted
from feeds.model import Comment, Post
from feeds.settings import Settings
from feeds.tuples import NamedTuple
from feeds.visibility import UNREADABLE, effective_update, why_post_hidden


class PublicPost(NamedTuple):
    """A post that may be published, and where."""

    post: Post
    #: Its id for ever (RFC 4287 §4.2.6).
    id: str
    permalink: str
    #: What its comments feed is called in `output/`, without folder and suffix.
    output_name: str
    published: datetime | None
    updated: datetime
    #: How many public comments it has.
    count: int = 0  # type: ignore[assignment]  # nobody counts what is in the tuple
    #: When the newest of them came; None while there is none.
    last_comment: datetime | None = None


class PublicComment(NamedTuple):
    """A comment that may be published, and where; nobody changes one."""

    comment: Comment
    post: PublicPost
    id: str
    permalink: str
    published: datetime | None
    updated: datetime
    #: What it answers, if that is a public comment.
    parent: PublicComment | None = None


Item = TypeVar("Item", PublicPost, PublicComment)


def newest_first(items: Iterable[Item], limit: int | None = None) -> list[Item]:
    """Return the items as every feed orders them (design §5).

    Newest first, ties by id, the higher in natural order first; then those without a date, by id.
    """
    found = list(items)
    undated = [item for item in found if not item.published]
    dated = [(item.published.timestamp(), item) for item in found if item.published]
    dated.sort(key=_when, reverse=True)
    result = [item for _, item in dated]
    if len({second for second, _ in dated}) < len(dated):
        # Few share a second, and comparing ids costs more than all the rest.
        result = []
        for _, group in groupby(dated, _when):
            ties = [item for _, item in group]
            result += sorted(ties, key=_natural_id, reverse=True) if len(ties) > 1 else ties
    return (result + sorted(undated, key=_natural_id))[:limit]


_when = itemgetter(0)


def _second(moment: datetime | None) -> float:
    """Return what sorts as a time does: to compare times of several zones takes much longer."""
    return (moment or EPOCH).timestamp()


def _natural_id(item: PublicPost | PublicComment) -> tuple[tuple[int, int, str], ...]:
    return threads.natural(item.id)


def public_posts(
    posts: Iterable[Post], settings: Settings, now: datetime
) -> tuple[list[PublicPost], list[Problem]]:
    """Find the posts that are public at `now`, oldest first, and say what is wrong or left out.

    Their comments are not looked at: `count` is 0.
    """
    problems: list[Problem] = []
    visible = _visible(posts, now, problems)
    winners = _claimed(visible, settings, problems)
    names = urls.output_names([post.name for post, _ in winners])
    return [_public(post, id, names[post.name], settings, now) for post, id in winners], problems


def qualified(posts: list[Post]) -> list[Post]:
    """Give every post of another program's blog a name of its own.

    There, what tells posts apart is their address: of several with one name the oldest has it, the
    others are called by their day or their section, too.

    Args:
        posts: in the order of their paths, which they keep.
    """
    if len({post.name for post in posts}) == len(posts):
        return posts
    taken: set[str] = set()
    others: dict[str, str] = {}
    # What has no date is hidden, and no draft moves a public one's id. A hidden one that has a date
    # keeps its turn: it may have been public, and the comments in the folder of that name its own.
    for post in sorted(posts, key=_seniority):
        name = post.name
        if name in taken:
            name = others[post.path] = next(name for name in _names(post) if name not in taken)
        taken.add(name)
    return [
        post._replace(name=others[post.path]) if post.path in others else post for post in posts
    ]


def _seniority(post: Post) -> tuple[bool, float, str]:
    date = post.date
    return date is None, _second(date), post.path


def _names(post: Post) -> Iterator[str]:
    yield post.name
    if post.date:
        yield f"{post.date:%Y-%m-%d}-{post.name}"
    folder = post.path.rpartition("/")[0].replace("/", "-")
    yield f"{folder}-{post.name}"
    yield from (f"{post.name}-{number}" for number in count(2))


def _visible(posts: Iterable[Post], now: datetime, problems: list[Problem]) -> list[Post]:
    visible = []
    for post in posts:
        reason = why_post_hidden(post, now)
        if reason and post.status == UNREADABLE:
            continue  # its own problems have been told
        if reason:
            problems.append(Problem(post.path, f"left out: {reason}", severity=Severity.NOTE))
        else:
            visible.append(post)
    return visible


def _claimed(
    posts: list[Post], settings: Settings, problems: list[Problem]
) -> list[tuple[Post, str]]:
    """Give a name, and an id, to the oldest post that asks for it; the others stay out.

    Return those that remain, the oldest first, each with its id.
    """
    oldest = sorted(posts, key=lambda post: (_second(post.date), post.path))
    asked = [(post, ids.post_id(settings, post)) for post in oldest]
    if len({post.name for post in posts}) == len({id for _, id in asked}) == len(posts):
        return asked  # as nearly always
    holders: dict[tuple[str, str], Post] = {}
    result = []
    for post, id in asked:
        claims = {("name", post.name): "slug", ("id", id): "id"}
        if not claims.keys().isdisjoint(holders.keys()):
            taken = next(claim for claim in claims if claim in holders)
            kind, value = taken
            what = (
                f"the {kind} {quoted(value)} is that of {holders[taken].path}; this one stays out"
            )
            problems.append(Problem(post.path, what, f"give one of them another `{claims[taken]}`"))
            continue
        for claim in claims:
            holders[claim] = post
        result.append((post, id))
    return result


def _public(post: Post, id: str, output_name: str, settings: Settings, now: datetime) -> PublicPost:
    published, updated = post.published, post.updated
    if updated is None and published:
        updated = published  # which has come, or the post were not public
    else:
        updated = effective_update(published, updated, now) or post.date or EPOCH
    permalink = ids.permalink(settings, post)
    return PublicPost(post, id, permalink, output_name, published, updated)


def public_thread(
    post: PublicPost,
    comments: Sequence[Comment],
    settings: Settings,
    now: datetime,
    limit: int | None = None,
) -> tuple[list[PublicComment], list[Problem]]:
    """Find the public comments on a post, newest first, each with the comment that it answers.

    With a limit, no more than so many: of 100,000 a feed shows a few, and each weighs a kilobyte.
    """
    visible, problems = threads.thread(comments, now)
    if limit is not None and len(visible) > limit:
        visible = _newest_and_answered(visible, limit)
    dated = post.published or post.updated
    owns = [comment.id for comment in visible]
    anchor = post.permalink.partition("#")[0] + "#" + settings.comments.anchor
    found = map(
        PublicComment,
        visible,
        repeat(post),
        urls.comment_ids(post.id, owns),
        [anchor.replace("{id}", own) for own in urls.all_quoted(owns)],
        [comment.published for comment in visible],
        [
            # What is public was published by now, and most of it never changed.
            comment_update(comment, dated, now) if comment.updated else comment.published or dated
            for comment in visible
        ],
    )
    public = dict(zip(owns, found, strict=True))
    answered = [
        # What answered comments answer themselves is of no use to anybody, and may not be here.
        item._replace(parent=public.get(item.comment.parent)) if item.comment.parent else item
        for item in public.values()
    ]
    return newest_first(answered, limit), problems


def _newest_and_answered(visible: Sequence[Comment], limit: int) -> list[Comment]:
    """Return what the newest comments are among, those of one second all, and what these answer."""
    moments = sorted([_second(c.published) for c in visible if c.published], reverse=True)
    if len(moments) < max(limit, 1):
        return list(visible)
    last = moments[max(limit, 1) - 1]
    newest = {c.id: c for c in visible if c.published and _second(c.published) >= last}
    parents = {c.parent for c in newest.values()} - newest.keys()
    return [*newest.values(), *(c for c in visible if c.id in parents)]


def comment_update(comment: Comment, dated: datetime, now: datetime) -> datetime:
    """Return when a public comment last changed.

    Without a date of its own: the date of its post, which an edit of the post does not move.
    """
    return effective_update(comment.published, comment.updated, now) or dated
