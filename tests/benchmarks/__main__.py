"""`python -m tests.benchmarks [--large]`: a table of ratios, for docs/speed.md.

Each row times two commands in turn, ours and what it is measured against, and gives the median of
the ratios: the machine's speed drifts, and a ratio of neighbours does not.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.benchmarks.blogs import Blog

_FEEDS = str(Path(sys.executable).with_name("feeds"))
_ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """What was timed against what, in seconds, and the median of their ratios."""

    what: str
    against: str
    ours: float
    theirs: float
    ratio: float

    def __str__(self) -> str:
        return f"| {self.what} | {self.against} | {self.ours:.3f} | {self.theirs:.3f} | {self.ratio:.2f} |"


def seconds(command: list[str] | str) -> float:
    """Run a command and return how long it took; a text is given to a shell."""
    start = time.perf_counter()
    done = subprocess.run(
        command, shell=isinstance(command, str), stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}")
    return time.perf_counter() - start


def compared(
    what: str,
    ours: Callable[[], float],
    against: str,
    theirs: Callable[[], float],
    rounds: int = _ROUNDS,
) -> Row:
    """Time both in turn."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Row(what, against, first, second, ratio)


class Workplace:
    """A folder with a blog, its output and its index."""

    def __init__(self, folder: Path, posts: int, comments: int) -> None:
        self.folder = folder
        self.blog = Blog(folder / "content", posts, comments)
        self.output = folder / "output"
        self._index = folder / "index.sqlite"
        self._more = comments
        self._numbers = count()
        time.sleep(2.1)  # until no file is so young that it must be looked at twice

    def build(self, *options: str) -> float:
        """Build as cron does."""
        index = ["--index", str(self._index)]
        return seconds(
            [_FEEDS, "build", str(self.blog.folder), "-o", str(self.output), *index, *options]
        )

    def full(self) -> float:
        """Build from nothing.

        The old output is put aside: for some minutes after thousands of files were deleted, ext4
        takes 0.4 ms to make a new one, since it looks at each of them first.
        """
        if self.output.exists():
            self.output.rename(self.folder / f"old-{next(self._numbers)}")
        return seconds(
            [_FEEDS, "build", str(self.blog.folder), "-o", str(self.output), "--no-index"]
        )

    def settled(self) -> None:
        """Build until nothing is left to do."""
        self.build()
        time.sleep(2.1)
        self.build()

    def nothing_new(self) -> float:
        """Build when nothing has changed for a while."""
        self.settled()
        return self.build()

    def one_more(self) -> float:
        """Build after one new comment."""
        self.blog.add_comment(self._more)
        self._more += 1
        return self.build("--settle", "0")

    def find(self) -> float:
        """List the same files by other means."""
        return seconds(f"find {self.blog.folder} -printf '%T@ %s %p\\n' | sha256sum")

    def hugo(self) -> float:
        """Let Hugo make its one feed of the newest twenty posts."""
        shutil.rmtree(self.folder / "public", ignore_errors=True)
        content = ["--contentDir", "posts", "--destination", str(self.folder / "public")]
        return seconds(["hugo", "--quiet", "--source", str(self.blog.folder), *content])


@contextmanager
def workplace(posts: int, comments: int) -> Iterator[Workplace]:
    """A blog of that size, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="feeds-bench-") as folder:
        yield Workplace(Path(folder), posts, comments)


def rows(large: bool) -> Iterator[Row]:
    """Yield the rows, as they are measured."""
    with workplace(30, 160) as place:
        place.settled()
        yield compared(
            "nothing changed, 30 posts, 160 comments",
            place.build,
            "`python -c pass`",
            lambda: seconds([sys.executable, "-c", "pass"]),
            rounds=15,
        )
    size = 100_000 if large else 10_000
    with workplace(size, size) as place:
        place.settled()
        yield compared(
            f"nothing changed, {size:,} posts, {size:,} comments",
            place.build,
            "`find -printf` and a checksum",
            place.find,
        )
    posts, comments = (10_000, 100_000) if large else (2_000, 20_000)
    with workplace(posts, comments) as place:
        place.settled()
        yield compared(
            f"one new comment, {posts:,} posts, {comments:,} comments",
            place.one_more,
            "nothing changed there",
            place.nothing_new,
        )
    if not shutil.which("hugo"):
        print("(hugo is not installed)", file=sys.stderr)
        return
    with workplace(2_000, 0) as place:
        yield compared("all of 2,000 posts", place.full, "Hugo's one feed of them", place.hugo)
    with workplace(2_000, 24_000) as place:
        yield compared("all of 2,000 posts, 24,000 comments", place.full, "the same", place.hugo, 3)
        place.settled()
        yield compared("nothing changed there", place.build, "the same", place.hugo)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--large", action="store_true", help="the sizes of docs/speed.md")
    options = parser.parse_args()
    os.environ["XDG_CACHE_HOME"] = tempfile.gettempdir()
    print("| what | against | seconds | seconds | ratio |\n| --- | --- | --- | --- | --- |")
    for row in rows(options.large):
        print(row, flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nMemory of the largest process of all: {peak:.0f} MB.")


if __name__ == "__main__":
    main()
