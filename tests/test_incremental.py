"""Promises 1 and 3: whatever happens between two builds, the next ends where one from nothing does.

A machine plays a blog's author, his editor, his disk and his clock: it writes, breaks, mends, moves
and back-dates files, loses the index, damages the output, kills builds. After each build the output
is compared, byte for byte, with that of a build from nothing into another folder.

It runs ten seconds here; for hours with `FEEDS_STEPS=1000 FEEDS_EXAMPLES=1000 pytest …`.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from feeds import parallel, publish, unchanged
from feeds import settings as site_toml
from feeds.errors import Problem
from feeds.listing import Look, Looking
from feeds.outcomes import Outcome
from feeds.pipeline import Options, Report, build
from tests.builders import NOW, SITE_TOML, TinyBlog

# --- what may be written --------------------------------------------------------------------------

#: Names that are one another's look-alikes, by case, by folding, by date, by folder.
NAMES = ["a", "A", "b", "hello-world", "Hello World", "é", "c/d"]
POSTS = [
    *(f"posts/{name}.md" for name in NAMES),
    "posts/2024-05-03-b.md",
    "posts/b.html",
    "posts/c/a.md",
    "posts/c/index.md",
    "posts/moved/d.markdown",
]
FOLDERS = ["a", "A", "b", "hello-world", "hello_world", "é", "d", "nobody", "2024-05-03-b"]
COMMENTS = [
    f"comments/{folder}{file}"
    for folder in FOLDERS
    for file in (".yml", "/1.md", "/2.md", "/10.yml", "/x.yaml")
]
TREES = ["posts/c", "posts/moved", "posts/e", *(f"comments/{folder}" for folder in FOLDERS)]

#: What no parser takes, whatever the kind of the file; the last one breaks lists only.
BROKEN = [b"\xff\n", b"---\ntitle: [\n---\nText.\n", b"- {name: Ann, message: Hi.}\n- {name: [\n"]

DATES = [
    "2024-05-01",
    "2024-05-01 10:00",
    "2024-05-02T10:00:00.75+02:00",
    "2024-04-01 23:30",
    "1969-12-31 23:59:59Z",
]
AHEAD = ["2024-06-01 12:00:01", "2024-06-01 12:01", "2024-06-02", "2024-06-20 10:00"]
WORDS = ["One", "Two", "Three & <four>", "Ünï"]
NO_DATE = "31 February"


def heads(usual: Mapping[str, Sequence[str]], rare: Mapping[str, Sequence[str]]) -> Any:
    """Front matter: a line of each of the usual kinds, and up to two that make a difference."""
    pairs = [(key, value) for key, values in rare.items() for value in values]
    lines = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in usual.items()})
    return st.builds(
        lambda head, more: {**head, **dict(more)},
        lines,
        st.lists(st.sampled_from(pairs), max_size=2),
    )


posts = heads(
    {"title": WORDS, "date": DATES},
    {
        "date": [*AHEAD, NO_DATE],
        "updated": ["2024-05-20", *AHEAD],
        "slug": ["a", "A", "b", "s", "hello-world", "CON"],
        "id": ["a", "b", "https://old.example/?p=1"],
        "status": ["draft", "no such status"],
        "comments": ["open", "closed"],
        "permalink": ["/x/", "/y/"],
        "type": ["page"],
        "aliases": ["[/d/]", "[/nobody.html]"],
        "feed": ["false"],
        "author": WORDS,
    },
)
comments = heads(
    {"author": WORDS, "date": DATES},
    {
        "date": [*AHEAD, NO_DATE, ""],
        "updated": ["2024-05-20", *AHEAD],
        "id": ["1", "2", "10"],
        "parent": ["1", "2", "10", "none"],
        "status": ["approved", "pending"],
        "uri": ["https://ann.example/"],
    },
)
bodies = st.sampled_from(["Text.", "Other text.", "Much text. " * 30, "![](/x.png) <b>bold"])
#: What may be added to `site.toml`.
SITES = [
    "",
    'timezone = "America/New_York"\n',
    'permalink = "/{slug}.html"\n',
    'rights = "© 2024"\n',
    "[feeds]\nentries = 2\ncomments = 2\npost_comments = 1\n",
    "[feeds]\npost_comments = 0\n",
    '[feeds]\nformats = ["atom"]\n',
    '[feeds]\ncontent = "summary"\n',
    '[feeds]\nprecompress = ["gzip"]\n',
    "[limits]\nfeed_bytes = 3000\n",
    '[content]\ncomments = "replies"\n',
    '[content]\nposts = "posts/c"\n',
]


def front_matter(head: Mapping[str, str], body: str) -> bytes:
    return "\n".join(["---", *(f"{k}: {v}" for k, v in head.items()), "---", body, ""]).encode()


def staticman(head: Mapping[str, str], body: str) -> str:
    pairs = {"name": head["author"], "message": body, **head}
    return "".join(f"{key}: '{value}'\n" for key, value in pairs.items() if key != "author")


def in_its_form(path: str, heads: Sequence[Mapping[str, str]], body: str) -> bytes:
    """One or more comments, as a file of that name holds them."""
    if not path.endswith((".yml", ".yaml")):
        return front_matter(heads[0], body)
    if path.count("/") == 1:
        items = [staticman(head, body).rstrip().replace("\n", "\n  ") for head in heads]
        return "".join(f"- {item}\n" for item in items).encode()
    return staticman(heads[0], body).encode()


#: A file system that costs no time, where there is one.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


# --- the machine ----------------------------------------------------------------------------------


def first_change(looking: Looking) -> Look | None:
    """What a look has found when it has found something, whoever looks on."""
    others, rows = looking._others, looking._rows
    return looking._put_together(others, rows) if others and not looking._look else None


def nothing_yet(_: Looking) -> None:
    return None


class KilledError(BaseException):
    """What ends a build in the middle."""


def shuffled(seed: int) -> Callable[..., Iterator[Any]]:
    """`each`, as two processes might get their work done."""

    def each(work: Callable[[Any], Any], items: Sequence[Any], **limits: Any) -> Iterator[Any]:
        mixed = list(items)
        random.Random(seed).shuffle(mixed)
        return parallel.each(work, mixed, **limits)

    return each


def is_broken(path: str, data: bytes) -> bool:
    is_yaml = path.endswith((".yml", ".yaml"))
    # What was renamed from `.md` is two documents, of which a list or a comment may be one.
    return data in BROKEN[: 3 if is_yaml else 2] or (is_yaml and data.startswith(b"---\n"))


def told(problems: Iterable[Problem], without: Iterable[str]) -> list[str]:
    hidden = tuple(without)
    return sorted(str(p) for p in problems if not p.path.startswith(hidden or ("\0",)))


class Blogging(RuleBasedStateMachine):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        #: Power cuts are no part of this: bringing every byte to the disk would take all the time.
        self.undo = contextlib.ExitStack()
        self.undo.enter_context(mock.patch("os.fsync"))
        self.undo.enter_context(mock.patch("feeds.publish._syncfs", return_value=True))
        self.folder = Path(tempfile.mkdtemp(prefix="feeds-test-", dir=MEMORY))
        self.blog = TinyBlog(self.folder)
        self.index = self.folder / "index.sqlite"
        self.now = NOW
        #: What the index remembers each file to have said when it last could be read.
        self.good: dict[str, bytes] = {}
        #: The latest moment that the index remembers of the clock.
        self.clock = datetime.fromtimestamp(0, UTC)
        #: After so many steps there is a build, whatever they were; how many there have been.
        self.every, self.steps = 1, 0
        #: What somebody else has put into the output folder.
        self.foreign: dict[str, bytes] = {}

    def teardown(self) -> None:
        self.undo.close()
        shutil.rmtree(self.folder)

    def files(self) -> list[str]:
        """Every file of content but `site.toml`."""
        found = [p for p in self.blog.content.rglob("*") if p.is_file() and p.name != "site.toml"]
        return sorted(str(path.relative_to(self.blog.content)) for path in found)

    def read(self, path: str) -> bytes:
        return (self.blog.content / path).read_bytes()

    def picked(self, number: int) -> str:
        files = self.files()
        assume(files)
        return files[number % len(files)]

    def picked_whole(self, number: int) -> str:
        """One that can be read: a broken one that is edited may be broken in a way of its own."""
        path = self.picked(number)
        assume(path not in self.broken())
        return path

    def holds_all_posts(self, folder: str) -> bool:
        """Whether the site looks for posts nowhere else: without it a build ends with a word."""
        return f'posts = "{folder}"' in (self.blog.content / "site.toml").read_text()

    # --- the author ---

    @initialize(
        heads=st.lists(posts, min_size=2, max_size=4), head=comments, every=st.integers(1, 4)
    )
    def begin(self, heads: list[dict[str, str]], head: dict[str, str], every: int) -> None:
        self.every = every
        for path, post in zip(POSTS, heads, strict=False):
            self.blog.write(path, front_matter(post, "Text."))
        for path in ("comments/a/1.md", "comments/b.yml", "comments/hello-world/2.md"):
            self.blog.write(path, in_its_form(path, [head], "Text."))

    @rule(path=st.sampled_from(POSTS), head=posts, body=bodies)
    def write_post(self, path: str, head: dict[str, str], body: str) -> None:
        self.blog.write(path, front_matter(head, body))

    @rule(
        path=st.sampled_from(COMMENTS),
        heads=st.lists(comments, min_size=1, max_size=3),
        body=bodies,
    )
    def write_comments(self, path: str, heads: list[dict[str, str]], body: str) -> None:
        self.blog.write(path, in_its_form(path, heads, body))

    @rule(number=st.integers(0, 99), post=posts, comment=comments, body=bodies)
    def rewrite(
        self, number: int, post: dict[str, str], comment: dict[str, str], body: str
    ) -> None:
        path = self.picked(number)
        is_post = path.startswith("posts/")
        data = front_matter(post, body) if is_post else in_its_form(path, [comment], body)
        self.blog.write(path, data)

    @rule(number=st.integers(0, 99), post=posts, comment=comments, which=st.integers(0, 9))
    def change_one_line(
        self, number: int, post: dict[str, str], comment: dict[str, str], which: int
    ) -> None:
        path = self.picked_whole(number)
        lines = self.read(path).splitlines(keepends=True)
        assume(lines[0] == b"---\n")
        head = post if path.startswith("posts/") else comment
        key = sorted(head)[which % len(head)]
        kept = [line for line in lines[1:] if not line.startswith(f"{key}:".encode())]
        self.blog.write(path, b"".join([lines[0], f"{key}: {head[key]}\n".encode(), *kept]))

    @rule(number=st.integers(0, 99), key=st.sampled_from(["date", "updated", "status", "slug"]))
    def drop_a_line(self, number: int, key: str) -> None:
        path = self.picked_whole(number)
        lines = self.read(path).splitlines(keepends=True)
        self.blog.write(path, b"".join(li for li in lines if not li.startswith(key.encode())))

    @rule(number=st.integers(0, 99))
    def remove(self, number: int) -> None:
        (self.blog.content / self.picked(number)).unlink()

    @rule(number=st.integers(0, 99), post=st.sampled_from(POSTS), comment=st.sampled_from(COMMENTS))
    def rename(self, number: int, post: str, comment: str) -> None:
        old = self.picked(number)
        new = self.blog.content / (post if old.startswith("posts/") else comment)
        new.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self.blog.content / old, new)

    @rule(old=st.sampled_from(TREES), new=st.sampled_from(TREES))
    def move_a_folder(self, old: str, new: str) -> None:
        source, target = self.blog.content / old, self.blog.content / new
        assume(source.is_dir() and not target.exists() and not self.holds_all_posts(old))
        assume(old.partition("/")[0] == new.partition("/")[0])
        source.rename(target)

    @rule(old=st.sampled_from(TREES))
    def remove_a_folder(self, old: str) -> None:
        assume((self.blog.content / old).is_dir() and not self.holds_all_posts(old))
        shutil.rmtree(self.blog.content / old)

    @rule(number=st.integers(0, 99), seconds=st.sampled_from([0, -1, 1, -100_000, 100_000]))
    def touch(self, number: int, seconds: int) -> None:
        moment = time.time() + seconds
        os.utime(self.blog.content / self.picked(number), (moment, moment))

    @rule(number=st.integers(0, 99), old=st.sampled_from([b"e", b"T", b"1", b"2"]))
    def edit_and_keep_size_and_time(self, number: int, old: bytes) -> None:
        path = self.picked_whole(number)
        data, status = self.read(path), (self.blog.content / path).stat()
        self.blog.write(path, data.replace(old, bytes([old[0] ^ 2])))
        os.utime(self.blog.content / path, ns=(status.st_atime_ns, status.st_mtime_ns))

    @rule(number=st.integers(0, 99), how=st.sampled_from(BROKEN))
    def break_a_file(self, number: int, how: bytes) -> None:
        self.blog.write(self.picked(number), how)

    @rule(path=st.sampled_from(POSTS + COMMENTS), how=st.sampled_from(BROKEN))
    def begin_a_file_and_leave_it_broken(self, path: str, how: bytes) -> None:
        self.blog.write(path, how)

    @precondition(lambda self: self.broken())
    @rule(number=st.integers(0, 99))
    def mend_a_file(self, number: int) -> None:
        broken = sorted(self.broken())
        path = broken[number % len(broken)]
        assume(path in self.good)
        self.blog.write(path, self.good[path])

    # A broken file keeps what it said under the settings that it was read under: not for here.
    @precondition(lambda self: not self.broken())
    @rule(more=st.sampled_from(SITES), title=st.sampled_from(["A blog", "The blog"]))
    def change_the_site(self, more: str, title: str) -> None:
        self.blog.write("site.toml", SITE_TOML.replace("A blog", title) + more)
        if '"replies"' in more and (self.blog.content / "comments/a").is_dir():
            replies = self.blog.content / "replies/a"
            shutil.copytree(self.blog.content / "comments/a", replies, dirs_exist_ok=True)
        if '"posts/c"' in more:
            (self.blog.content / "posts/c").mkdir(exist_ok=True)

    # --- the disk ---

    @precondition(lambda self: self.index.exists())
    @rule(what=st.sampled_from(["index", "memo"]), how=st.sampled_from(["gone", "cut", "garbage"]))
    def lose_the_index(self, what: str, how: str) -> None:
        path = self.index if what == "index" else Path(unchanged.memo_path(str(self.index)))
        assume(path.exists())
        if how == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:100] if how == "cut" else b"garbage")
        self.forget()

    def forget(self) -> None:
        self.good, self.clock = {}, datetime.fromtimestamp(0, UTC)

    @rule(number=st.integers(0, 99), how=st.sampled_from(["gone", "empty", "stale", "foreign"]))
    def damage_the_output(self, number: int, how: str) -> None:
        files = sorted(self.blog.files()) if self.blog.output.exists() else []
        assume(files)
        path = files[number % len(files)]
        target = self.blog.output / path
        assume(path not in self.foreign and not (how == "foreign" and path.endswith(".gz")))
        if how == "gone":
            target.unlink()
            return
        data = {"empty": b"", "stale": target.read_bytes() + b" ", "foreign": b"<p>Mine.</p>"}[how]
        beside = target.with_name(".beside")
        beside.write_bytes(data)
        os.replace(beside, target)
        if how == "foreign":
            self.foreign[path] = data

    @precondition(lambda self: self.foreign)
    @rule(number=st.integers(0, 99))
    def take_away_what_is_not_ours(self, number: int) -> None:
        path = sorted(self.foreign)[number % len(self.foreign)]
        del self.foreign[path]
        (self.blog.output / path).unlink()

    # --- the clock ---

    @rule(seconds=st.sampled_from([1, 59, 3600, 86_400, 20 * 86_400]))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from([1, 3600, 86_400]))
    def the_clock_goes_back(self, seconds: int) -> None:
        self.now -= timedelta(seconds=seconds)

    # --- builds ---

    def broken(self) -> set[str]:
        return {path for path in self.files() if is_broken(path, self.read(path))}

    def expected(self, good: Mapping[str, bytes], now: datetime) -> tuple[Report, dict[str, bytes]]:
        """What a build from nothing makes of the content, with broken files as they last were."""
        kept = {path: good[path] for path in self.broken() & good.keys()}
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            other = self.blog
            if kept:
                shutil.copytree(self.blog.content, Path(scratch, "content"))
                other = TinyBlog(Path(scratch), self.blog.extra)
                other.write("site.toml", (self.blog.content / "site.toml").read_bytes())
                for path, data in kept.items():
                    other.write(path, data)
            site = site_toml.load(other.content)
            options = Options(accept=True, notes=True)
            output = Path(scratch, "reference")
            report = build(site, output, now=now, shown="content", options=options)
            files = {str(p.relative_to(output)): p.read_bytes() for p in output.rglob("*.*")}
        return report, files

    def built(self, **options: Any) -> Report:
        def tell(problems: Sequence[Problem], then: Mapping[str, float]) -> dict[str, float]:
            return {str(problem): self.now.timestamp() for problem in problems}

        return self.blog.build(
            self.now, **{"index": self.index, "accept": True, "tell": tell} | options
        )

    def check(self, report: Report, good: Mapping[str, bytes], now: datetime) -> None:
        reference, files = self.expected(good, now)
        assert self.standing(files) == files | self.foreign
        hidden = [*(f"content/{path}" for path in self.broken()), str(self.blog.output)]
        assert told(report.problems, hidden) == told(reference.problems, hidden)
        assert sorted(map(repr, report.feeds)) == sorted(map(repr, reference.feeds))
        planned = {path for path, what in report.outcomes.items() if what is not Outcome.REMOVED}
        assert planned == set(files)
        for path in self.broken() & self.read_by(report):
            assert any(problem.path == f"content/{path}" for problem in report.problems)
        refused = {path for path in self.foreign if path in files}
        assert {p.path for p in report.problems if p.path.startswith(str(self.blog.output))} == {
            str(self.blog.output / path) for path in refused
        }

    def standing(self, planned: Collection[str]) -> dict[str, bytes]:
        """What stands in the output; an empty file that nobody plans is not known to be ours."""
        return {path: data for path, data in self.blog.files().items() if data or path in planned}

    def read_by(self, report: Report) -> set[str]:
        """The files that the settings of the moment call content."""
        site = site_toml.load(self.blog.content)
        trees = tuple(f"{tree}/" for tree in site.trees)
        return {path for path in self.files() if path.startswith(trees)}

    def asked(self) -> tuple[int | None, Looking | None]:
        """What the lean path says at this moment, and the look that it has begun."""
        arguments = ["build", str(self.blog.content), "-o", str(self.blog.output)]
        with (
            mock.patch("feeds.unchanged.time.time", self.now.timestamp),
            mock.patch("feeds.unchanged.os.isatty", return_value=False),
        ):
            answer = unchanged.ask([*arguments, "--index", str(self.index)])
        return answer.code, answer.looking

    @rule(
        ahead=st.sampled_from([0.0, 10.0, 10.0]),
        present=st.booleans(),
        seed=st.integers(0, 3),
        large=st.sampled_from([200, 2_000_000]),
        early=st.booleans(),
    )
    def build(
        self, ahead: float, present: bool, seed: int, large: int, early: bool = False
    ) -> None:
        said, looking = self.asked()
        if looking:
            looking.at = time.time() + ahead
        if said is not None:
            reference, files = self.expected(self.good, self.now)
            assert self.standing(files) == files | self.foreign
            assert said == int(
                reference.has_problems
                or bool(self.broken() & self.read_by(reference))
                or bool(self.foreign.keys() & files.keys())
            )
        with (
            mock.patch("feeds.refresh.each", shuffled(seed)),
            mock.patch("feeds.staging.each", shuffled(seed)),
            mock.patch("feeds.placing.LARGE", large),
            mock.patch("feeds.listing.Looking.glimpse", first_change if early else nothing_yet),
        ):
            report = self.built(clock=lambda: time.time() + ahead, present=present, looking=looking)
        now = max(self.now, self.clock) if present else self.now
        self.check(report, self.good, now)
        self.remember(now if present else self.clock)

    @invariant()
    def now_and_then_there_is_a_build(self) -> None:
        self.steps += 1
        if self.steps % self.every == 0:
            self.build(10.0, False, self.steps, 2_000_000)

    def remember(self, clock: datetime) -> None:
        readable = self.read_by(Report())
        broken = self.broken()
        self.good = {
            path: self.good[path] if path in broken else self.read(path)
            for path in readable
            if path not in broken or path in self.good
        }
        self.clock = clock

    @rule(ahead=st.sampled_from([0.0, 10.0]))
    def build_twice(self, ahead: float) -> None:
        self.build(ahead, False, 0, 2_000_000)
        before = self.identities()
        report = self.built(clock=lambda: time.time() + ahead)
        assert self.identities() == before
        assert set(report.outcomes.values()) <= {Outcome.UNCHANGED, Outcome.REFUSED}
        if ahead and not any(self.stamp(path) > time.time() for path in self.files()):
            assert report.read == 0
        self.check(report, self.good, self.now)

    def stamp(self, path: str) -> float:
        return (self.blog.content / path).stat().st_mtime

    def identities(self) -> dict[str, tuple[int, int]]:
        stats = {path: (self.blog.output / path).lstat() for path in self.blog.files()}
        return {path: (status.st_ino, status.st_mtime_ns) for path, status in stats.items()}

    @rule()
    def build_without_an_index(self) -> None:
        self.check(self.built(index=None), {}, self.now)

    @rule(
        place=st.sampled_from(
            ["prepare", "_sync", "_later_than", "_remove_unplanned", "_sync_folders"]
        ),
        after=st.integers(0, 8),
    )
    def kill_a_build(self, place: str, after: int) -> None:
        calls = iter(range(100))
        where: Any = publish if place == "_later_than" else publish.Publisher
        whole = getattr(where, place)

        def deadly(*arguments: Any) -> Any:
            if next(calls, 100) >= after:
                raise KilledError
            return whole(*arguments)

        with mock.patch.object(where, place, deadly):
            try:
                self.built()
            except KilledError:
                return
        self.remember(self.clock)

    @rule(saved=st.booleans())
    def kill_a_build_while_it_remembers(self, saved: bool) -> None:
        def deadly(*_: Any) -> None:
            raise KilledError

        where = "unchanged.write_memo" if saved else "memory.Memory.keep"
        with mock.patch(f"feeds.{where}", deadly), contextlib.suppress(KilledError):
            self.built()
        if saved:  # what is on the disk is not what the memo of an earlier build vouches for
            self.forget()


TestBlogging = Blogging.TestCase
TestBlogging.settings = settings(
    max_examples=int(os.environ.get("FEEDS_EXAMPLES", "16")),
    stateful_step_count=int(os.environ.get("FEEDS_STEPS", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="FEEDS_STEPS" not in os.environ,
)
