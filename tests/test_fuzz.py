"""Hostile input: ten seconds of all that `make fuzz` does for as long as somebody wants.

What fuzzing finds becomes a case in the test file of the module that it was found in.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from feeds.errors import FeedsError
from feeds.outcomes import Outcome
from tests.builders import TinyBlog
from tests.fuzz.engine import fuzz
from tests.fuzz.published import check_output
from tests.fuzz.strategies import HostileBlog, blogs
from tests.fuzz.targets import TARGETS

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
EXAMPLES = int(os.environ.get("FEEDS_EXAMPLES", "25"))


@pytest.mark.parametrize("name", TARGETS)
def test_what_strangers_write_is_read_or_refused(name: str) -> None:
    session = fuzz(TARGETS[name], seconds=1, seed=2024, rounds=60)
    found = [f"{f.where}\n{f.data[:400]!r}\n{f.what}" for f in session.findings.values()]
    assert found == []


# --- whole blogs ----------------------------------------------------------------------------------


@given(blogs())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FEEDS_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
def test_any_blog_gives_feeds_that_everybody_reads(hostile: HostileBlog) -> None:
    folder = Path(tempfile.mkdtemp(prefix="feeds-fuzz-", dir=MEMORY))
    try:
        with mock.patch("os.fsync"), mock.patch("feeds.publish._syncfs", return_value=True):
            build_and_check(hostile, folder)
    finally:
        shutil.rmtree(folder)


def build_and_check(hostile: HostileBlog, folder: Path) -> None:
    """Build a blog, again, with what came later, and from nothing."""
    blog = TinyBlog(folder, hostile.site)
    try:
        write(blog, hostile.files)
        blog.build(accept=True)
        check_output(blog.files())
        stamps = {path: (blog.output / path).stat().st_mtime_ns for path in blog.files()}
        again = blog.build(accept=True)
        assert set(again.outcomes.values()) <= {Outcome.UNCHANGED}
        assert {p: (blog.output / p).stat().st_mtime_ns for p in blog.files()} == stamps
        write(blog, hostile.later)
        blog.build(accept=True)
        check_output(blog.files())
        scratch = TinyBlog(folder / "scratch", hostile.site)
        write(scratch, {**hostile.files, **hostile.later})
        scratch.build(accept=True, index=None)
    except FeedsError:
        return
    assert scratch.files() == blog.files()


def write(blog: TinyBlog, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        blog.write(path, data)
