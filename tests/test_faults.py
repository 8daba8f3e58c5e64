"""Builds that are killed, starved and lied to: what is published stays whole, the next run heals.

The fault runner is a tool of the workshop, not of this repository: without it, and without strace,
its tests skip. The others bring their faults along.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from feeds import listing, memory, parallel, unchanged
from feeds.outcomes import Outcome
from tests.builders import TinyBlog
from tests.web import program

_RUNNER = Path(__file__).parents[2] / "shared/tools/faults"
_BASE_URL = "https://blog.example/feeds/"
#: From 400 feeds on, two processes make them.
_POSTS = 450


# --- the fault runner -----------------------------------------------------------------------------


def faults(tmp_path: Path, *options: str) -> dict[str, Any]:
    """Run the fault runner over a blog that gets a post, a comment and an edit, and loses a post."""
    if not _RUNNER.exists():
        pytest.skip("the fault runner is not here")
    program("strace")
    old, new = TinyBlog(tmp_path / "old"), TinyBlog(tmp_path / "new")
    for blog in (old, new):
        blog.post("hello").comment("hello", "1").post("second").comment("second", "1")
        blog.post("third", comments="open").post("fourth")
    old.post("gone").comment("gone", "1")
    new.post("hello", "Other words.").post("fifth").comment("fifth", "1").comment("hello", "2")
    content, output, index = (tmp_path / name for name in ("content", "output", "index"))
    build = f"build {content} -o {output} --index {index} --settle 0"
    command = [sys.executable, str(_RUNNER), "--out", output, "--input", content]
    for state in (index, unchanged.memo_path(str(index))):
        command += ["--state", state]
    for name, blog in (("--old", old), ("--new", new)):
        command += [name, f"rm -rf {content} && cp -r {shlex.quote(str(blog.content))} {content}"]
    result = subprocess.run(
        [*map(str, command), *options, "--", sys.executable, "-m", "feeds", *build.split()],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.stdout, result.stderr
    summary: dict[str, Any] = json.loads(result.stdout)
    return summary


def assert_nothing_fell(summary: dict[str, Any]) -> None:
    assert summary["fell"] == 0, summary["examples"]
    for kind in summary["kinds"].values():
        assert kind.get("tracebacks", 0) == 0, kind
        assert kind["trials"], kind


def test_no_fault_while_publishing_reaches_a_subscriber(tmp_path: Path) -> None:
    budget = ("--per-call", "2", "--kills", "3", "--rivals", "1", "--budget", "15")
    kinds = "same,validators,kill,killsys,errno,rivals,readonly"
    assert_nothing_fell(faults(tmp_path, "--base-url", _BASE_URL, "--only", kinds, *budget))


def test_no_fault_while_reading_takes_a_post_out_of_the_feeds(tmp_path: Path) -> None:
    assert_nothing_fell(faults(tmp_path, "--only", "input", "--per-call", "2", "--budget", "8"))


def test_a_first_build_that_is_killed_leaves_nothing_half(tmp_path: Path) -> None:
    """Without a look at links: a post's feed and the entries feed name each other."""
    assert_nothing_fell(faults(tmp_path, "--only", "cold", "--per-call", "2", "--budget", "8"))


# --- two processes --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> TinyBlog:
    """A blog of so many posts with a comment each that two processes render it."""
    blog = TinyBlog(tmp_path_factory.mktemp("large"))
    for number in range(_POSTS):
        blog.post(f"p{number}").comment(f"p{number}", "1")
    blog.build(index=None)
    return blog


@contextmanager
def building(blog: TinyBlog, output: Path, index: Path) -> Iterator[subprocess.Popen[str]]:
    """Have a build run in a process of its own, and come to the point where two others write."""
    arguments: list[str | Path] = [
        "-o",
        output,
        "--index",
        index,
        "--settle",
        "0",
        "--now",
        "2024-06-01T12:00Z",
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "feeds", "build", blog.content, *arguments],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            until = time.monotonic() + 60
            while not temporaries(output) and process.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.001)
            yield process
        finally:
            process.kill()


def temporaries(output: Path) -> list[Path]:
    """What is being written, or was left behind."""
    return [*output.glob(".feeds-*"), *output.glob("comments/.feeds-*")]


def started_by(process: subprocess.Popen[str]) -> list[int]:
    """The processes that one has started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell who started whom")
    return [int(child) for child in children.read_text().split()]


def published(output: Path) -> dict[str, bytes]:
    """Every file below a folder, by path."""
    files = (path for path in output.rglob("*") if path.is_file())
    return {str(path.relative_to(output)): path.read_bytes() for path in files}


@pytest.fixture
def two_cores() -> None:
    if parallel.cores() < 2:
        pytest.skip("one core: nothing is done in two processes")


@pytest.mark.usefixtures("two_cores")
def test_a_build_ends_well_though_its_helper_is_killed(large: TinyBlog, tmp_path: Path) -> None:
    output = tmp_path / "output"
    with building(large, output, tmp_path / "index") as process:
        (helper,) = started_by(process)
        os.kill(helper, signal.SIGKILL)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
    assert published(output) == large.files()


@pytest.mark.usefixtures("two_cores")
def test_a_build_that_is_killed_frees_the_lock_and_the_next_one_heals(
    large: TinyBlog, tmp_path: Path
) -> None:
    output, index = tmp_path / "output", tmp_path / "index"
    with building(large, output, index) as process:
        process.kill()
        process.wait(10)
    wait_for_lock(output)
    with building(large, output, index) as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert published(output) == large.files()


def wait_for_lock(output: Path) -> None:
    """Helpers end as soon as they see that nobody waits for them, one feed later at most."""
    descriptor = os.open(output, os.O_RDONLY)
    try:
        until = time.monotonic() + 10
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                assert time.monotonic() < until, "the lock outlived its build"
                time.sleep(0.01)
    finally:
        os.close(descriptor)


def test_what_a_helper_raises_is_raised_here(two_cores: None) -> None:
    def fail(item: int) -> int:
        raise ValueError(item)

    with pytest.raises(ValueError, match=r"^[0-9]+$"):
        list(parallel.each(fail, range(100), few=10, chunk=5))


def test_helpers_make_of_each_item_what_one_process_would(two_cores: None) -> None:
    results = parallel.each(lambda item: item * item, range(1001), few=10, chunk=7)
    assert sorted(results) == [item * item for item in range(1001)]


def test_what_a_helper_cannot_hand_over_is_done_here(two_cores: None) -> None:
    results = list(parallel.each(_not_to_be_pickled, range(30), few=10, chunk=3))
    assert sorted(result() for result in results) == list(range(30))


def _not_to_be_pickled(item: int) -> Callable[[], int]:
    return lambda: item


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
@pytest.mark.usefixtures("two_cores")
def test_a_disk_that_is_full_keeps_the_old_and_nothing_of_the_new(
    large: TinyBlog, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(output)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount")
    try:
        with building(large, output, tmp_path / "index") as process:
            _, said = process.communicate(timeout=60)
        assert process.returncode == 4
        assert said.count("\n") == 1
        assert "No space left on device" in said
        assert published(output) == {}
    finally:
        subprocess.run(["umount", str(output)], check=True)


# --- an index that goes bad -----------------------------------------------------------------------


@pytest.mark.parametrize("small", [0, 4_000_000], ids=["a large one", "a small one"])
def test_a_damaged_index_costs_a_build_from_nothing_and_no_more(
    blog: TinyBlog, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damaged as by a disk: the memo still vouches for it."""
    monkeypatch.setattr(memory, "_SMALL", small)
    blog.post("hello").comment("hello", "1").build()
    index = blog.folder / "index.sqlite"
    with index.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xa5" * (index.stat().st_size - 4096))
    path = unchanged.memo_path(str(index))
    memo = unchanged.read_memo(path)
    assert memo
    signature = listing.signature(str(index))
    unchanged.write_memo(path, memo | {"index": [memo["index"][0], signature, memo["index"][2]]})
    blog.comment("hello", "2").build()
    assert b"hello#comment-2" in blog.published()
    blog.build()
    blog.comment("hello", "3").build()
    assert b"hello#comment-3" in blog.published()
    assert blog.reports == []


def test_an_index_that_cannot_be_saved_stops_nobody(
    blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: str) -> None:
        raise OSError(28, "No space left on device", path)

    monkeypatch.setattr(memory, "_to_disk", fail)
    blog.post("hello").build()
    assert blog.comment("hello", "1").build().outcomes["comments/hello.rss"] is Outcome.WRITTEN
    assert not Path(unchanged.memo_path(str(blog.folder / "index.sqlite"))).exists()


def test_a_log_on_the_full_disk_hides_no_exit_code(blog: TinyBlog) -> None:
    with open("/dev/full", "w") as log:
        result = subprocess.run(
            [sys.executable, "-m", "feeds", "build", "nowhere"],
            cwd=blog.folder,
            stderr=log,
            timeout=60,
        )
    assert result.returncode == 2
