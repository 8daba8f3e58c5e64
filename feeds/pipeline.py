"""The conductor: content → index → plans → feeds → bytes → output, and a report of it.

A build looks at the content, reads what changed into the index, finds whose posts that touches,
composes the feeds that show them, lets the guard compare, publishes what differs, and remembers.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from feeds import learned, precompress
from feeds.ahead import Ahead
from feeds.comparing import Changes
from feeds.errors import GuardError, Problem, Severity, StorageError, UsageError
from feeds.index import Index
from feeds.listing import MUCH, Look, Looking
from feeds.memory import (
    Memory,
    discard,
    glance,
    is_sound,
    look,
    temporary_place,
    with_folders,
)
from feeds.outcomes import Outcome
from feeds.publish import Publisher
from feeds.settings import FILE_NAME, Settings
from feeds.sources.site import Source, source_of
from feeds.staging import Row, Stage, load
from feeds.standing import StandingFiles
from feeds.taking import Content
from feeds.tuples import NamedTuple

#: What became of files that stand there and are ours.
_OURS = frozenset({Outcome.WRITTEN, Outcome.UNCHANGED})


class Report(NamedTuple):
    """What a build did.

    Attributes:
        outcomes: what became of each file, by its path within `output/`.
        feeds: each feed that was composed, in the order of publication.
        problems: everything worth saying, in the order of paths; notes among them.
        published: False if `strict` held everything back.
        read: how many files of content were read.
        seconds: how long it took, by step.
    """

    outcomes: Mapping[str, Outcome] = MappingProxyType({})
    feeds: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    published: bool = True
    read: int = 0
    seconds: Mapping[str, float] = MappingProxyType({})

    @property
    def has_problems(self) -> bool:
        """Whether something was not published as its author meant it."""
        return any(problem.severity is Severity.PROBLEM for problem in self.problems)

    @property
    def exit_code(self) -> int:
        """What the command line exits with (design §4)."""
        return 1 if self.has_problems else 0


class Options(NamedTuple):
    """How to build; the defaults are those of the command line when nobody watches.

    Attributes:
        strict: publish nothing if there is any problem.
        dry_run: publish nothing, and report what would be.
        accept: publish even what the guard would refuse.
        against: the folder of the feeds that subscribers have; None: the output folder.
        wait: seconds to wait for another build to end.
        settle: seconds for which a file must not have changed before it is read.
        index: where to keep the index; None: for this build only.
        looking: a look at the content that was begun a moment ago.
        ahead: reads the posts already, of which nobody knows any.
        clock: tells the time in seconds since 1970; without one, no file is trusted to be the same.
        present: whether the build is for the clock's now, which then never runs backwards from one
            build to the next.
        notes: whether the report says what was left out, too.
        told: whether the report names what stays as it stands, too, which takes a while.
        progress: is told what is being done, how much of it is, and of how much.
        tell: is given what is worth saying, and when each line of it was last told; it returns that
            anew, in seconds since 1970.
    """

    strict: bool = False
    dry_run: bool = False
    accept: bool = False
    against: Path | None = None
    wait: float = 0.0
    settle: float = 0.0
    index: Path | None = None  # type: ignore[assignment]  # nobody looks for what is in the tuple
    looking: Looking | None = None
    ahead: Ahead | None = None
    clock: Callable[[], float] | None = None
    present: bool = False
    notes: bool = False
    told: bool = True
    progress: Callable[[str, int, int], None] | None = None
    tell: Callable[[Sequence[Problem], Mapping[str, float]], Mapping[str, float]] | None = None


def build(
    settings: Settings,
    output: Path,
    *,
    now: datetime,
    shown: str | None = None,
    options: Options | None = None,
) -> Report:
    """Build every feed of a site and publish what changed.

    Args:
        settings: the site, with the folder that its content is in.
        output: the folder to publish into.
        now: the moment of the build: what is dated later stays in.
        shown: what messages call the content folder; its path if None.
        options: how.

    Raises:
        UsageError: there is no folder for posts.
        GuardError: publishing would harm subscribers, so nothing was published.
        StorageError: something could not be read or written; every feed is whole.
        BusyError: another build is at work.
    """
    chosen = options or Options()
    source = source_of(settings, shown or str(settings.root))
    _check_apart(source.settings, output)
    try:
        return _build(source, output, now, shown, chosen)
    except sqlite3.Error as error:
        if chosen.index is None:
            raise StorageError(
                f"{temporary_place()}: cannot hold the index ({error}); check space and permissions"
            ) from error
    except (GuardError, EOFError, LookupError, TypeError, ValueError):
        # Where a disk has lost pages of it, rows may be missing, or all posts seem to be gone.
        if chosen.index is None or is_sound(chosen.index):
            raise
    # It is a cache: what is wrong with it costs a build from nothing, and a new one next time.
    discard(chosen.index)
    return build(settings, output, now=now, shown=shown, options=chosen._replace(index=None))


def _check_apart(settings: Settings, output: Path) -> None:
    """Refuse to mix feeds with what they are made of: the next build would read them."""
    root, target = os.path.realpath(settings.root), os.path.realpath(output)
    taken = [os.path.realpath(os.path.join(root, place.path)) for place in settings.places]
    if target == root or any(f"{target}/".startswith(f"{path}/") for path in taken):
        raise UsageError(
            f"{output}: content is kept there; give the feeds a folder of their own, such as output"
        )


@contextmanager
def reading(settings: Settings, *, now: datetime, shown: str | None = None) -> Iterator[Index]:
    """Read a site as `build` does, and ask its index; nothing is published, nothing remembered.

    Args:
        settings: the site.
        now: what is dated later is not public.
        shown: what messages call the content folder; its path if None.

    Raises:
        UsageError: there is no folder for posts.
        StorageError: something could not be read.
    """
    name = shown or str(settings.root)
    source = source_of(settings, name)
    with Memory(None, source) as memory:
        index = memory.open(now, clock=False)
        content, seen = Content(memory, index, source, name), look(source.settings, 0.0)
        content.resolve(seen, content.read(seen))
        yield index


def _build(
    source: Source, output: Path, now: datetime, shown: str | None, chosen: Options
) -> Report:
    settings = source.settings
    precompress.check(settings.feeds.precompress)
    laps = _Laps()
    name = shown or str(settings.root)
    with (
        Publisher(output, wait=chosen.wait, dry=chosen.dry_run) as publisher,
        Memory(chosen.index, source) as memory,
    ):
        index = memory.open(now, clock=chosen.present)
        untouched = memory.is_output_untouched(output)
        if not untouched:
            publisher.sweep()
        standing = StandingFiles(
            publisher,
            index,
            untouched=untouched,
            whole=bool(memory.memo and memory.memo["whole"]),
        )
        known = learned.recall(memory.program)
        if chosen.looking:
            load(settings)  # while a process that looks is at it
        at = chosen.clock() if chosen.clock else 0.0
        if chosen.ahead:
            at = min(at, chosen.ahead.started)

        def compose() -> list[Row]:
            stage = Stage(
                publisher,
                index,
                settings,
                memory.file,
                against=None if chosen.accept else chosen.against or output,
                progress=chosen.progress,
                told=chosen.told,
            )
            rows = stage.fill(content.touched, standing)
            laps.lap("compose")
            return rows

        content = Content(
            memory,
            index,
            source,
            name,
            settle=chosen.settle,
            clock=chosen.clock,
            progress=chosen.progress,
            ahead=chosen.ahead,
        )

        def take_in(seen: Look) -> None:
            changes = content.read(seen)
            laps.lap("read")
            content.resolve(seen, changes)
            laps.lap("resolve")

        rows: list[Row] | None = None
        if glimpsed := _glimpse(memory, chosen):
            # Nearly always this is all there is; another process looks at the rest meanwhile.
            take_in(glimpsed)
            with suppress(GuardError):  # a post that moves has gone before it is found again
                rows = compose()
        seen = _look(memory, index, settings, at, chosen)
        if glimpsed and (rows is None or not seen.is_plain or seen.trees != glimpsed.trees):
            publisher.start_over()
            rows = None
        if rows is None:
            take_in(seen)
            problems = _problems(index, source, name, chosen) if chosen.strict else []
            if _any_problem(problems):
                _tell(index, problems, chosen)
                read = content.changes.count
                return Report(problems=_in_order(problems), published=False, read=read)
            rows = compose()
        changes = content.changes
        seen = with_folders(seen, settings, changes.seen)
        if chosen.strict and publisher.publication.problems:
            problems += publisher.publication.problems
            _tell(index, problems, chosen)
            return Report(problems=_in_order(problems), published=False, read=changes.count)
        if index.is_new and index.is_kept:
            publisher.sync_ahead()
            index.complete_for_later()
        published = publisher.commit(standing.ours())
        laps.lap("publish")
        problems = _problems(index, source, name, chosen)
        report = Report(
            (dict.fromkeys(published.kept, Outcome.UNCHANGED) if chosen.told else {})
            | published.outcomes,
            tuple(rows),
            _in_order([*problems, *published.problems]),
            read=changes.count,
            seconds=laps.seconds,
        )
        told = _tell(index, report.problems, chosen)
        if not chosen.dry_run:
            _remember(memory, index, publisher, seen, changes, report, output, told, chosen)
            learned.keep(memory.program, known)
    return report


def _glimpse(memory: Memory, options: Options) -> Look | None:
    """Return what is there as far as a look has found that by now, if that may be acted upon."""
    if not options.looking or options.strict or options.dry_run:
        return None
    glimpsed = options.looking.glimpse()
    is_trusted = glimpsed and glimpsed.is_plain and memory.distrust(glimpsed) is not None
    return glimpsed if is_trusted else None


def _look(memory: Memory, index: Index, settings: Settings, at: float, options: Options) -> Look:
    """Look at the content before it is read, as far as the next build must know and reading does not."""
    if not index.is_kept:
        return Look({}, at, True)
    if memory.memo is None and not settings.content.built:
        return glance(settings, at)
    return look(settings, at, memory.memo, options.looking)


class _Laps:
    """How long each step takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """Note that a step has ended."""
        now = time.perf_counter()
        self.seconds[step] = round(self.seconds.get(step, 0.0) + now - self._last, 4)
        self._last = now


def _problems(index: Index, source: Source, shown: str, options: Options) -> list[Problem]:
    """Return everything worth saying about the content, as whoever called us sees it."""
    found = [*source.warnings, *index.problems(notes=options.notes)]
    if source.generator is None:
        return _seen_from(shown, found)
    from feeds.sources import templates  # of no use to our own layout

    if number := index.wrong.count_noted(templates.LEFT_OUT):
        bodies = "the body of 1 post" if number == 1 else f"the bodies of {number:,} posts"
        found.append(
            Problem(
                FILE_NAME,
                f"templates in {bodies} were left out (-v tells which)",
                "set `built` below [content] to take bodies from the built site",
                severity=Severity.WARNING,
            )
        )
    return _seen_from(shown, found)


def _seen_from(shown: str, problems: Iterable[Problem]) -> list[Problem]:
    """Return problems of content with their paths as whoever called us sees them."""
    if shown == ".":
        return list(problems)
    return [problem._replace(path=f"{shown}/{problem.path}") for problem in problems]


def _any_problem(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.PROBLEM for problem in problems)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.order))


# --- remember -------------------------------------------------------------------------------------


def _tell(index: Index, problems: Sequence[Problem], options: Options) -> Mapping[str, float]:
    """Tell what is wrong, and return when each line was last told."""
    if not options.tell:
        return {}
    told = options.tell(problems, json.loads(index.get("told") or "{}"))
    index.set("told", json.dumps(told))
    return told


def _remember(
    memory: Memory,
    index: Index,
    publisher: Publisher,
    seen: Look,
    changes: Changes,
    report: Report,
    output: Path,
    told: Mapping[str, float],
    options: Options,
) -> None:
    """Keep what the next run must know to do nothing, or little."""
    if not index.is_kept:
        return
    index.replace_outputs(
        {
            path: publisher.stats(path) if outcome in _OURS else None
            for path, outcome in publisher.publication.outcomes.items()
        }
    )
    due, now = index.next_due(), index.now.timestamp()
    memory.keep(
        seen,
        output,
        [path for path in publisher.publication.outcomes if "/" not in path],
        {
            "due": float("inf") if due is None else float(due),
            "now": now,
            "clock": int(now) if options.present else (memory.memo or {}).get("clock", 0),
            "exit": report.exit_code,
            "much": index.known.has(MUCH),
            "whole": Outcome.REFUSED not in publisher.publication.outcomes.values(),
            "told": min(told.values(), default=0.0),
            "racy": sorted(changes.racy),
        },
    )
