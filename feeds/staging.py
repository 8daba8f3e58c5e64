"""All feeds of a build, composed, compared and written out beside those that stand there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from pathlib import Path

from feeds import budget, formats, guard, ids, markup, page, precompress
from feeds.compose import compose
from feeds.errors import GuardError
from feeds.feed import Feed
from feeds.formats import FORMATS
from feeds.index import Index
from feeds.outcomes import Staged
from feeds.parallel import each
from feeds.plans import main_plans, post_comments_path
from feeds.publish import Publisher
from feeds.render import Renderer, cut_problems, unpacked
from feeds.settings import Settings
from feeds.standing import StandingFiles
from feeds.tuples import NamedTuple
from feeds.urls import output_url
from feeds.wrong import FEED

_PAGES = ("index.html", "head.html", "footer.html")
#: From so many feeds on, two processes compose and render them.
_MANY = 400
#: So few are asked for by name.
_FEW = 100
#: So many are done at once: what they hold is in memory together.
_BATCH = 25
#: So many at the end, so that no process waits long for what the other is at.
_LAST = 5


class Row(NamedTuple):
    """One feed of the report: its path without suffix, and how many entries it shows."""

    path: str
    entries: int


class Stage:
    """What waits to take its place in `output/`, once all of it is there.

    Args:
        publisher: writes it.
        index: what is published.
        settings: the site.
        database: where the index is, for other processes.
        against: the folder of the feeds that the guard compares the main ones with; None: it is not
            asked.
        progress: is told what is being done, how much of it is, and of how much.
        told: whether somebody wants to know of the feeds that stay as they are, too.
    """

    def __init__(
        self,
        publisher: Publisher,
        index: Index,
        settings: Settings,
        database: str,
        *,
        against: Path | None,
        progress: Callable[[str, int, int], None] | None,
        told: bool,
    ) -> None:
        self._publisher = publisher
        self._index = index
        self._settings = settings
        self._database = database
        self._against = against
        self._progress = progress
        self._is_told = told
        #: The main feeds and the pages, in the order of publication, as soon as they are written.
        self._main: list[Staged] = []
        self._rows: list[Row] = []

    def fill(self, touched: Collection[str], standing: StandingFiles) -> list[Row]:
        """Stage every feed that may have changed, then the pages; keep the others as they are.

        Args:
            touched: the names of the posts whose feeds may show something else now.
            standing: what stands in `output/`.

        Raises:
            GuardError: publishing would harm subscribers.
            StorageError: something could not be written.
        """
        names, rows = self._to_compose(touched, standing)
        if len(names) >= _MANY:
            self._index.flush()  # for other processes to read
            load(self._settings)  # or each of them would
        renderer = Renderer(self._index, self._database, self._settings, self._publisher)
        made = each(
            renderer,
            _batches(names),
            few=_MANY // _BATCH,
            chunk=1,
            meanwhile=self._do_meanwhile,
            mend=self._publisher.tidy,
        )
        for done, rendered in enumerate(map(unpacked, chain.from_iterable(made)), 1):
            self._adopt(rendered.staged)
            self._index.wrong.replace_in(FEED, rendered.path, rendered.problems)
            rows.append(Row(rendered.path, rendered.entries))
            if self._progress:
                self._progress("Writing", done, len(names))
        if not self._main:
            self._write_main()
        # What others link to comes first.
        self._adopt(self._main)
        rows += self._rows
        there = {row.path for row in rows}
        kept, suffix = (
            self._publisher.publication.kept,
            FORMATS[self._settings.feeds.formats[0]].suffix,
        )
        self._index.wrong.drop_feeds(lambda path: path in there or path + suffix in kept)
        return rows

    def _adopt(self, files: Iterable[Staged]) -> None:
        for staged in files:
            self._publisher.adopt(staged)

    def _to_compose(
        self, touched: Collection[str], standing: StandingFiles
    ) -> tuple[list[str], list[Row]]:
        """Return whose comments feeds must be composed; the others are kept, with a row for each.

        Without rows where nobody wants to know of every feed.
        """
        chosen, index = self._settings.feeds, self._index
        if not chosen.post_comments:
            return [], []
        copies = ["", *(precompress.SUFFIXES[encoding] for encoding in chosen.precompress)]
        suffixes = [FORMATS[name].suffix + end for name in chosen.formats for end in copies]
        limit = chosen.post_comments

        def kept() -> list[Row]:
            return [
                Row(post_comments_path(output_name), min(count, limit))
                for name, output_name, count in index.names_with_feed()
                if name not in composed
            ]

        def paths() -> list[str]:
            return [row.path + suffix for row in kept() for suffix in suffixes]

        if standing.is_whole and len(touched) <= _FEW:
            names = [name for name, _, _ in index.names_with_feed(touched)]
            left = index.count_with_feed() - len(names)
        else:
            found = index.names_with_feed()
            names = [
                name
                for name, output_name, _ in found
                if name in touched
                or not standing.has_feed(post_comments_path(output_name), suffixes)
            ]
            left = len(found) - len(names)
        composed = frozenset(names)
        self._publisher.keep(left * len(suffixes), paths)
        return names, kept() if self._is_told else []

    def _do_meanwhile(self) -> None:
        self._write_main()
        if self._index.is_new and self._index.is_kept:
            self._index.complete_for_later()

    # --- main feeds and pages ---------------------------------------------------------------------

    def _write_main(self) -> None:
        """Compose the main feeds and the pages, and write them out if the guard lets them pass."""
        settings, publisher = self._settings, self._publisher
        main = {plan.path: compose(plan, self._index, settings) for plan in main_plans(settings)}
        if self._against:
            self._guard(main, self._against)
        for path, feed in main.items():
            documents, cut = budget.fitted(feed, settings)
            self._index.wrong.replace_in(FEED, path, cut_problems(path, cut))
            for suffix, data in documents.items():
                encodings = settings.feeds.precompress
                self._main += publisher.prepare_feed(path + suffix, data, encodings)
            self._rows.append(Row(path, len(feed.entries)))
        for name, data in self._pages(main["entries"], main["comments"]):
            self._main.append(publisher.prepare(name, data))

    def _guard(self, main: dict[str, Feed], against: Path) -> None:
        """Refuse what would show subscribers old entries as new, or take most of them away."""
        index, prefix = self._index, ids.prefix(self._settings)
        known: set[str] = set()

        def is_known(id: str) -> bool:
            known.update(known or index.known_ids())
            return id in known

        verdicts = [
            guard.judge(
                path, feed, guard.read_standing(against, path), index.is_public, is_known, prefix
            )
            for path, feed in main.items()
        ]
        bad = [verdict for verdict in verdicts if not verdict.is_harmless]
        if bad:
            way_out = "nothing was published; to publish it all the same: --accept"
            raise GuardError("\n".join([*guard.told(bad), way_out]))

    def _pages(self, entries: Feed, comments: Feed) -> Iterable[tuple[str, bytes]]:
        settings, index = self._settings, self._index
        shown = index.posts_with_feed(page.LISTED) if settings.feeds.post_comments else []
        post_feeds = [
            page.PostFeed(
                title=post.post.title,
                permalink=post.permalink,
                address=output_url(settings.feeds_url, post_comments_path(post.output_name)),
                count=post.count,
            )
            for post in shown
        ]
        documents = (
            page.index_html(settings, entries, comments, post_feeds, index.count_with_feed()),
            page.head_html(settings, (entries, comments)),
            page.footer_html(settings, entries, comments),
        )
        return zip(_PAGES, documents, strict=True)


def load(settings: Settings) -> None:
    """Import what feeds are made with, which takes as long as to read hundreds of files."""
    formats.load(settings.feeds.formats)
    markup.load()


def _batches(names: Sequence[str]) -> list[Sequence[str]]:
    """Return names in batches; of many, which two processes share, the last ones are small."""
    end = len(names) - 2 * _BATCH if len(names) >= _MANY else len(names)
    most = [names[at : min(at + _BATCH, end)] for at in range(0, end, _BATCH)]
    return most + [names[at : at + _LAST] for at in range(end, len(names), _LAST)]
