"""The conductor: content → index → plans → feeds → bytes → output, and a report of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from feeds import budget, page, sources
from feeds.compose import compose
from feeds.errors import Problem, Severity
from feeds.feed import Feed
from feeds.index import Index, resolve
from feeds.plans import has_comments_feed, plan_feeds, post_comments_path
from feeds.publish import Outcome, Publication, Publisher
from feeds.settings import Settings
from feeds.urls import output_url

_PAGES = ("index.html", "head.html", "footer.html")


@dataclass(frozen=True, slots=True)
class Row:
    """One feed of the report: its path without suffix, and how many entries it shows."""

    path: str
    entries: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did.

    Attributes:
        outcomes: what became of each file, by its path within `output/`.
        feeds: each feed, in the order of publication.
        problems: everything worth saying, in the order of paths; notes among them.
        published: False if `strict` held everything back.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    feeds: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    published: bool = True

    @property
    def has_problems(self) -> bool:
        """Whether something was not published as its author meant it."""
        return any(problem.severity is Severity.PROBLEM for problem in self.problems)


def build(
    settings: Settings,
    output: Path,
    *,
    now: datetime,
    shown: str | None = None,
    strict: bool = False,
    dry_run: bool = False,
    wait: float = 0.0,
) -> Report:
    """Build every feed of a site and publish what changed.

    Args:
        settings: the site, with the folder that its content is in.
        output: the folder to publish into.
        now: the moment of the build: what is dated later stays in.
        shown: what messages call the content folder; its path if None.
        strict: publish nothing if there is any problem.
        dry_run: publish nothing, and report what would be.
        wait: seconds to wait for another build to end.

    Raises:
        UsageError: there is no folder for posts.
        StorageError: something could not be read or written; every feed is whole.
        BusyError: another build is at work.
    """
    with Publisher(output, wait=wait, dry=dry_run) as publisher:
        blog, problems = sources.load(settings, shown or str(settings.root))
        index, complaints = resolve(blog, settings, now)
        problems += complaints
        if strict and any(problem.severity is Severity.PROBLEM for problem in problems):
            return Report(problems=_in_order(problems), published=False)
        rows = _stage(publisher, settings, index, problems)
        if strict and publisher.publication.problems:
            problems += publisher.publication.problems
            return Report(problems=_in_order(problems), published=False)
        publication = publisher.commit()
    return _report(publication, rows, problems)


def _stage(
    publisher: Publisher, settings: Settings, index: Index, problems: list[Problem]
) -> list[Row]:
    """Stage every feed, then the pages that link to them."""
    rows: list[Row] = []
    main: dict[str, Feed] = {}
    for plan in plan_feeds(settings, index):
        feed = compose(plan, index, settings)
        documents, cut = budget.fitted(feed, settings)
        if cut:
            problems.append(Problem(f"{plan.path}.*", cut, severity=Severity.WARNING))
        for suffix, data in documents.items():
            publisher.stage(plan.path + suffix, data)
        rows.append(Row(plan.path, len(feed.entries)))
        if plan.post is None:
            main[plan.kind] = feed
    for name, data in _pages(settings, index, main["entries"], main["comments"]):
        publisher.stage(name, data)
    return rows


def _pages(
    settings: Settings, index: Index, entries: Feed, comments: Feed
) -> Iterable[tuple[str, bytes]]:
    post_feeds = [
        page.PostFeed(
            title=post.post.title,
            permalink=post.permalink,
            address=output_url(settings.feeds_url, post_comments_path(post)),
            count=post.count,
        )
        for post in index.posts
        if has_comments_feed(post, settings)
    ]
    documents = (
        page.index_html(settings, entries, comments, post_feeds),
        page.head_html(settings, (entries, comments)),
        page.footer_html(settings, entries, comments),
    )
    return zip(_PAGES, documents, strict=True)


def _report(publication: Publication, rows: list[Row], problems: list[Problem]) -> Report:
    return Report(publication.outcomes, tuple(rows), _in_order([*problems, *publication.problems]))


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.order))


__all__ = ["Report", "Row", "build"]
