"""Compressed copies: always those of the feed beside them."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import brotli
import pytest

from feeds.errors import UsageError
from feeds.outcomes import Outcome
from feeds.publish import Publisher
from tests.builders import TinyBlog

BOTH = '[feeds]\nprecompress = ["gzip", "br"]\n'


@pytest.fixture
def packed(tmp_path: Path) -> TinyBlog:
    """A blog with a post and a comment, and copies of its feeds."""
    return TinyBlog(tmp_path, BOTH).post().comment()


def feeds_of(blog: TinyBlog) -> list[str]:
    return [path for path in blog.files() if path.endswith((".rss", ".atom", ".json"))]


def assert_right(blog: TinyBlog) -> None:
    """Every feed has its two copies, and they say what it says."""
    files = blog.files()
    assert feeds_of(blog)
    for path in feeds_of(blog):
        assert gzip.decompress(files[f"{path}.gz"]) == files[path]
        assert brotli.decompress(files[f"{path}.br"]) == files[path]


def test_there_are_none_unless_they_are_asked_for(blog: TinyBlog) -> None:
    blog.post().comment().build()
    assert not [path for path in blog.files() if path.endswith((".gz", ".br"))]


def test_every_feed_has_them_and_no_page(packed: TinyBlog) -> None:
    packed.build()
    assert_right(packed)
    assert "index.html.gz" not in packed.files()


def test_they_are_as_old_as_their_feed(packed: TinyBlog) -> None:
    packed.build()
    for path in feeds_of(packed):
        times = {os.stat(packed.output / (path + end)).st_mtime_ns for end in ("", ".gz", ".br")}
        assert len(times) == 1


def test_the_same_feed_makes_the_same_bytes(packed: TinyBlog) -> None:
    packed.build()
    first = packed.files()
    packed.build(index=None)
    assert packed.files() == first
    assert set(packed.build().outcomes.values()) == {Outcome.UNCHANGED}


def test_they_change_with_their_feed(packed: TinyBlog) -> None:
    packed.build()
    packed.comment("hello", "2", author="Ben").build()
    assert_right(packed)


@pytest.mark.parametrize("meddled", ["gone", "stale", "no copy at all"])
def test_a_copy_that_is_not_its_feeds_is_made_anew(packed: TinyBlog, meddled: str) -> None:
    packed.build()
    copy = packed.output / "comments" / "hello.rss.gz"
    if meddled == "gone":
        copy.unlink()
    else:
        new = packed.output / "new"
        new.write_bytes(gzip.compress(b"old") if meddled == "stale" else b"?")
        os.replace(new, copy)
    packed.build()
    assert_right(packed)


def test_a_feed_that_is_gone_comes_back_with_its_copies(packed: TinyBlog) -> None:
    packed.build()
    (packed.output / "comments" / "hello.rss").unlink()
    packed.build()
    assert_right(packed)


def test_they_go_with_their_feed(packed: TinyBlog) -> None:
    packed.build()
    (packed.content / "comments/hello/1.md").unlink()
    for index in (packed.folder / "index.sqlite", None):
        packed.build(index=index)
        assert not [path for path in packed.files() if path.startswith("comments/")]


def test_they_go_when_they_are_no_longer_asked_for(packed: TinyBlog) -> None:
    packed.build()
    TinyBlog(packed.folder).build()
    assert not [path for path in packed.files() if path.endswith((".gz", ".br"))]


def test_an_old_copy_is_never_beside_a_new_feed(
    packed: TinyBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is renamed when, a copy that stands is that of the feed that stands."""
    packed.build()
    real = os.replace

    def watched(source: Path, target: Path) -> None:
        real(source, target)
        files = packed.files()
        for path in feeds_of(packed):
            if f"{path}.gz" in files:
                assert gzip.decompress(files[f"{path}.gz"]) == files[path]

    monkeypatch.setattr("feeds.publish.os.replace", watched)
    packed.comment("hello", "2", author="Ben").build()
    monkeypatch.undo()
    assert_right(packed)


def test_a_users_own_archive_stays(packed: TinyBlog) -> None:
    packed.output.mkdir()
    (packed.output / "backup.rss.gz").write_bytes(gzip.compress(b"mine"))
    (packed.output / "notes.gz").write_bytes(b"mine")
    packed.build()
    packed.build(index=None)
    assert {"backup.rss.gz", "notes.gz"} <= packed.files().keys()


def test_without_brotli_it_says_what_to_install(
    packed: TinyBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    with pytest.raises(UsageError, match="pip install brotli"):
        packed.build()
    assert not packed.output.exists()


def test_a_copy_is_prepared_with_its_feed_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "entries.rss").write_text("somebody's")
    with Publisher(tmp_path) as publisher:
        staged = publisher.prepare_feed("entries.rss", b"ours", ["gzip"])
    assert [item.outcome for item in staged] == [Outcome.REFUSED]
