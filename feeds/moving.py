"""What a site needs that moves its subscribers here: rules for old addresses, and ids kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds import adopting, ids
from feeds.adopting import Kind, Known
from feeds.errors import Problem
from feeds.index import Index
from feeds.model import Post, PostType
from feeds.pipeline import reading
from feeds.plans import has_comments_feed
from feeds.redirects import OldPost, Server, System, number_of, rules
from feeds.settings import PRESETS, Settings


def redirects(
    settings: Settings, *, server: str, old: str, now: datetime, shown: str | None = None
) -> str:
    """Return what the web server needs so that the old addresses of feeds lead to the new ones.

    Args:
        settings: the site.
        server: one of `redirects.Server`.
        old: what made the site until now, one of `redirects.System`.
        now: what is dated later is not public.
        shown: what messages call the content folder.

    Raises:
        UsageError: there is no folder for posts.
        StorageError: something could not be read.
    """
    with reading(settings, now=now, shown=shown) as index:
        posts = [
            OldPost(
                post.permalink,
                post.output_name,
                _number(post.id, post.post.aliases),
                has_comments_feed(post, settings),
                post.post.type is PostType.PAGE,
            )
            for post in map(index.post, sorted(index.public_names()))
        ]
    return rules(Server(server), System(old), settings, posts)


def _number(id: str, aliases: tuple[str, ...]) -> str | None:
    """Return the number that the old system gave a post: in its guid, or kept as a former address."""
    found = (number_of(said) for said in (id, *aliases))
    return next((number for number in found if number), None)


# --- adopt ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Adopted:
    """What a comparison with the old feeds came to."""

    #: The report, for a terminal.
    lines: tuple[str, ...]
    #: What was wrong with the old feeds, or with what was to be pinned.
    problems: tuple[Problem, ...]
    #: 0 if every old entry is there under its id, else 1.
    exit_code: int


def adopt(settings: Settings, files: Sequence[Path], *, write: bool, now: datetime) -> Adopted:
    """Compare feeds saved from the old site with what would be published.

    Args:
        settings: the site.
        files: the feeds.
        write: pin the old ids, a line in the front matter of each post that would come back as new.
        now: what is dated later is not public.

    Raises:
        UsageError: a file is no feed, or there is no folder for posts.
        StorageError: something could not be read or written.
    """
    old = [adopting.read_feed(file) for file in files]
    problems = [problem for feed in old for problem in feed.problems]
    verdict = _compared(settings, old, now)
    pinned_lines = ["nothing to pin", ""] if write and not verdict.pins else []
    if write and verdict.pins:
        # In other programs' front matter an `id` may be theirs; what stands there first counts.
        keys = ("guid", "id") if settings.content.layout else ("id",)
        done = [adopting.pin(settings.root / pin.path, pin.id, keys) for pin in verdict.pins]
        problems += [pinned.problem for pinned in done if pinned.problem]
        pinned_lines = [
            f"pinned  {pin.path}  id: {pin.id}"
            for pin, pinned in zip(verdict.pins, done, strict=True)
            if pinned.outcome is adopting.Outcome.PINNED
        ] + [""]
        verdict = _compared(settings, old, now)
    lines = [*pinned_lines, *adopting.lines(old, verdict, written=write)]
    return Adopted(tuple(lines), tuple(problems), verdict.exit_code)


def _compared(
    settings: Settings, old: Sequence[adopting.OldFeed], now: datetime
) -> adopting.Verdict:
    with reading(settings, now=now, shown=".") as index:
        ours = list(_known(index))
        posts = {post.id: post.post for post in map(index.post, index.public_names())}
    presets = {name: _preset(settings._replace(ids=name), posts) for name in PRESETS}
    entries = [entry for feed in old for entry in feed.entries]
    prefix = "" if settings.ids in PRESETS else settings.ids
    return adopting.compare(entries, ours, presets, ids=prefix)


def _preset(settings: Settings, posts: Mapping[str, Post]) -> Callable[[Known], str]:
    return lambda known: ids.post_id(settings, posts[known.id])


def _known(index: Index) -> Iterator[Known]:
    for name in sorted(index.public_names()):
        post = index.post(name)
        yield Known(
            id=post.id,
            link=post.permalink,
            title=post.post.title,
            date=post.published,
            path=post.post.path,
            aliases=post.post.aliases,
        )
        for comment in index.thread(name, None) if post.count else ():
            yield Known(
                id=comment.id,
                link=comment.permalink,
                title=f"Comment on {post.post.title} by {comment.comment.author.name}",
                date=comment.published,
                path=comment.comment.path,
                line=comment.comment.line,
                kind=Kind.COMMENT,
                pinnable=False,
                post=post.id,
            )
