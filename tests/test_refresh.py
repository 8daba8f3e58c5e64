"""A build reads what changed, keeps what no longer parses, and waits for what is being written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from feeds import comparing, reading, render, unchanged
from feeds.cli import main
from feeds.errors import GuardError, StorageError
from feeds.index import Index
from feeds.listing import Looking
from feeds.outcomes import Outcome
from feeds.pipeline import Report
from feeds.publish import Publisher
from feeds.sources.files import File
from feeds.sources.tree import Tree
from tests.builders import NOW, TinyBlog
from tests.processes import run_as_nobody

Capture = pytest.CaptureFixture[str]


def ten_seconds_on() -> float:
    """A clock by which no file is so young that it must be read again."""
    return time.time() + 10


@pytest.fixture
def blog(tmp_path: Path) -> TinyBlog:
    """Two posts with two comments each, built."""
    blog = TinyBlog(tmp_path)
    for name in ("a", "b"):
        blog.post(name, f"Text of {name}.").comment(name, "1").comment(name, "2")
    blog.build(clock=ten_seconds_on)
    return blog


def written(blog: TinyBlog, **options: object) -> set[str]:
    """The files that a build touches."""
    outcomes = blog.build(**{"clock": ten_seconds_on} | options).outcomes  # type: ignore[arg-type]
    return {path for path, what in outcomes.items() if what is not Outcome.UNCHANGED}


def comments_feeds(*names: str) -> set[str]:
    return {f"comments/{name}.{suffix}" for name in names for suffix in ("rss", "atom", "json")}


# --- what is read ---------------------------------------------------------------------------------


class TestWhatIsRead:
    def test_nothing_where_nothing_changed(self, blog: TinyBlog) -> None:
        assert blog.build(clock=ten_seconds_on).read == 0

    def test_one_file_where_one_comment_changed(self, blog: TinyBlog) -> None:
        blog.comment("a", "2", "Corrected.")
        assert blog.build(clock=ten_seconds_on).read == 1
        assert b"Corrected." in blog.files()["comments/a.rss"]

    def test_one_file_where_one_comment_is_new(self, blog: TinyBlog) -> None:
        blog.comment("b", "3", "New.")
        assert blog.build(clock=ten_seconds_on).read == 1
        assert b"New." in blog.files()["comments.rss"]

    def test_none_where_one_is_gone(self, blog: TinyBlog) -> None:
        (blog.content / "comments/a/2.md").unlink()
        assert blog.build(clock=ten_seconds_on).read == 0
        assert len(blog.feed("comments/a.rss").entries) == 1

    def test_a_file_of_the_same_size_and_time_that_was_changed(self, blog: TinyBlog) -> None:
        path = blog.content / "posts/a.md"
        status = path.stat()
        path.write_bytes(path.read_bytes().replace(b"Text", b"Next"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert blog.build(clock=ten_seconds_on).read == 1
        assert b"Next of a." in blog.files()["entries.rss"]

    def test_a_file_that_was_touched_is_read_and_nothing_is_written(self, blog: TinyBlog) -> None:
        os.utime(blog.content / "posts/a.md")
        report = blog.build(clock=ten_seconds_on)
        assert report.read == 1
        assert set(report.outcomes.values()) == {Outcome.UNCHANGED}

    def test_young_files_are_read_once_more_since_they_may_have_changed_unseen(
        self, blog: TinyBlog
    ) -> None:
        blog.comment("a", "3")
        assert blog.build(clock=time.time).read > 0
        assert blog.build(clock=time.time).read >= 1
        assert blog.build(clock=lambda: time.time() + 60).read >= 1
        assert blog.build(clock=lambda: time.time() + 60).read == 0

    def test_everything_where_no_clock_tells_what_is_young(self, blog: TinyBlog) -> None:
        assert blog.build(clock=None).read == 6
        assert blog.build(clock=None).read == 6


class TestACoarseClock:
    """On FAT a file's time is a multiple of two seconds, and there is no time of change."""

    @pytest.fixture(autouse=True)
    def _coarse(self) -> Iterator[None]:
        real = os.stat
        tick = 2_000_000_000

        def coarse(path: str, *, dir_fd: int | None = None) -> Any:
            status = real(path, dir_fd=dir_fd)
            values = {
                "st_mtime_ns": status.st_mtime_ns // tick * tick,
                "st_ctime_ns": status.st_mtime_ns // tick * tick,
            }
            fake = mock.Mock(wraps=status)
            for name in ("st_size", "st_ino", "st_mode", "st_dev", "st_uid"):
                setattr(fake, name, getattr(status, name))
            for name, value in values.items():
                setattr(fake, name, value)
            return fake

        files = mock.Mock(wraps=os)
        files.path, files.sep, files.stat = os.path, os.sep, coarse
        files.O_RDONLY, files.O_NONBLOCK = os.O_RDONLY, os.O_NONBLOCK
        files.O_DIRECTORY = os.O_DIRECTORY
        lean = mock.Mock(wraps=os)
        lean.path, lean.stat, lean.environ = os.path, coarse, os.environ
        lean.O_RDONLY, lean.O_DIRECTORY = os.O_RDONLY, os.O_DIRECTORY
        with (
            mock.patch("feeds.sources.files.os", files),
            mock.patch("feeds.sources.tree.os", files),
            mock.patch("feeds.listing.os", lean),
        ):
            yield

    def test_every_edit_is_seen(self, tmp_path: Path) -> None:
        blog = TinyBlog(tmp_path).post("a", "Edit 00").comment("a", "1", "Word 00")
        for number in range(10, 40):
            for path, word in (("posts/a.md", b"Edit"), ("comments/a/1.md", b"Word")):
                file = blog.content / path
                data = file.read_bytes()
                place = data.index(word) + 5
                with file.open("r+b") as stream:  # in place: the inode is the same
                    stream.write(data[:place] + b"%d" % number + data[place + 2 :])
            blog.build(clock=time.time)
            assert b"Edit %d" % number in blog.files()["entries.rss"]
            assert b"Word %d" % number in blog.files()["comments/a.rss"]


# --- what is composed -----------------------------------------------------------------------------


class TestWhatIsComposed:
    @pytest.fixture
    def composed(self) -> Iterator[list[str]]:
        names: list[str] = []
        whole = render.Renderer.__call__

        def noted(renderer: render.Renderer, some: Sequence[str]) -> list[render.Packed]:
            names.extend(some)
            return whole(renderer, some)

        with mock.patch.object(render.Renderer, "__call__", noted):
            yield names

    def test_no_posts_feed_where_nothing_changed(self, blog: TinyBlog, composed: list[str]) -> None:
        assert written(blog) == set()
        assert composed == []

    def test_one_posts_feed_where_one_of_its_comments_changed(
        self, blog: TinyBlog, composed: list[str]
    ) -> None:
        blog.comment("a", "2", "Corrected.")
        assert comments_feeds("a") <= written(blog)
        assert composed == ["a"]

    def test_one_posts_feed_where_the_post_was_renamed_by_its_author(
        self, blog: TinyBlog, composed: list[str]
    ) -> None:
        blog.post("b", "Text of b.", title="Other")
        assert comments_feeds("b") <= written(blog)
        assert composed == ["b"]

    def test_the_one_whose_file_is_gone(self, blog: TinyBlog, composed: list[str]) -> None:
        (blog.output / "comments/a.atom").unlink()
        assert written(blog) == {"comments/a.atom"}
        assert composed == ["a"]

    def test_all_where_the_site_has_another_title(
        self, blog: TinyBlog, composed: list[str]
    ) -> None:
        site = (blog.content / "site.toml").read_text()
        blog.write("site.toml", site.replace("A blog", "The blog"))
        written(blog)
        assert sorted(composed) == ["a", "b"]


# --- what is forgotten ----------------------------------------------------------------------------


class TestWhatIsForgotten:
    def test_content_that_the_site_no_longer_looks_for(self, blog: TinyBlog) -> None:
        blog.write("replies/b/9.md", "---\nauthor: Zoe\n---\nElsewhere.\n")
        site = (blog.content / "site.toml").read_text()
        blog.write("site.toml", site + '[content]\ncomments = "replies"\n')
        blog.build(clock=ten_seconds_on, accept=True)
        assert [entry.author for entry in blog.feed("comments.rss").entries] == ["Zoe"]
        assert not comments_feeds("a") & set(blog.files())

    def test_what_was_wrong_with_a_feed_that_is_gone(self, tmp_path: Path) -> None:
        blog = TinyBlog(tmp_path, "[limits]\nfeed_bytes = 4000\n").post("a").post("b")
        for number in range(9):
            blog.comment("a", str(number), "Long words. " * 40)
        report = blog.build(clock=ten_seconds_on)
        assert any("the feed comments/a is" in str(p) for p in report.problems)
        (blog.content / "comments/a").rename(blog.folder / "away")
        report = blog.build(clock=ten_seconds_on, accept=True)
        assert report.problems == ()

    def test_what_was_wrong_with_a_link_whose_folder_is_gone(self, blog: TinyBlog) -> None:
        folder = blog.content / "posts/linked"
        folder.mkdir()
        (blog.folder / "elsewhere.md").write_text("Text.")
        (folder / "x.md").symlink_to(blog.folder / "elsewhere.md")
        assert blog.build(clock=ten_seconds_on).exit_code == 1
        (folder / "x.md").unlink()
        folder.rmdir()
        assert blog.build(clock=ten_seconds_on).exit_code == 0

    def test_a_file_of_somebody_elses_is_a_problem_each_time_and_never_removed(
        self, blog: TinyBlog
    ) -> None:
        (blog.folder / "mine").write_text("Mine.")
        (blog.folder / "mine").replace(blog.output / "comments/a.rss")
        for _ in range(3):
            assert blog.build(clock=ten_seconds_on).exit_code == 1
        (blog.content / "comments/a").rename(blog.folder / "away")
        blog.build(clock=ten_seconds_on)
        assert (blog.output / "comments/a.rss").read_text() == "Mine."
        assert not (blog.output / "comments/a.atom").exists()

    def test_not_even_one_that_was_written_into_a_file_of_ours(self, blog: TinyBlog) -> None:
        (blog.output / "comments/a.rss").write_text("Mine.")
        (blog.content / "comments/a").rename(blog.folder / "away")
        blog.build(clock=ten_seconds_on)
        assert (blog.output / "comments/a.rss").read_text() == "Mine."


# --- a file that broke ----------------------------------------------------------------------------


BROKEN = {
    "posts/a.md": [b"\xff", b"---\ntitle: [\n---\nText.\n", b"\0", b"---\ntitle: A\n"],
    "comments/a/1.md": [b"\xff", b"---\nauthor: {\n---\nText.\n", b"a\0b"],
    "comments/list.yml": [b"\xff", b"- {name: Ann, message: Hi.}\n- {name: [\n", b"- {", b"\0"],
}


class TestABrokenFile:
    @pytest.mark.parametrize("rounds", [1, 3])
    @pytest.mark.parametrize(
        ("path", "data"), [(path, data) for path, all_ in BROKEN.items() for data in all_]
    )
    def test_its_last_good_version_stays_and_the_exit_code_says_so_each_time(
        self, blog: TinyBlog, path: str, data: bytes, rounds: int
    ) -> None:
        blog.post("list").write("comments/list.yml", "- {id: 1, name: Ann, message: One.}\n")
        blog.build(clock=ten_seconds_on)
        before = blog.files()
        blog.write(path, data)
        for _ in range(rounds):
            report = blog.build(clock=ten_seconds_on)
            assert report.exit_code == 1
            assert [p.path for p in report.problems] == [f"content/{path}"]
            assert blog.files() == before

    def test_it_stays_when_everything_is_read_again(self, blog: TinyBlog) -> None:
        before = blog.files()["entries.rss"]
        blog.write("posts/a.md", b"\xff").build(clock=ten_seconds_on)
        site = (blog.content / "site.toml").read_text()
        blog.write("site.toml", site + "[feeds]\ncomments = 7\n")
        assert blog.build(clock=ten_seconds_on).exit_code == 1
        assert blog.files()["entries.rss"] == before

    def test_its_comments_come_and_go_all_the_same(self, blog: TinyBlog) -> None:
        blog.write("posts/a.md", b"\xff").comment("a", "3", "New.").build(clock=ten_seconds_on)
        assert len(blog.feed("comments/a.rss").entries) == 3

    def test_one_that_never_was_whole_is_left_out(self, blog: TinyBlog) -> None:
        before = blog.files()
        report = blog.write("posts/new.md", b"\xff").build(clock=ten_seconds_on)
        assert report.exit_code == 1
        assert blog.files() == before

    def test_mended_it_is_itself_again(self, blog: TinyBlog) -> None:
        blog.write("posts/a.md", b"\xff").build(clock=ten_seconds_on)
        assert blog.post("a", "Mended.").build(clock=ten_seconds_on).exit_code == 0
        assert b"Mended." in blog.files()["entries.rss"]

    def test_removed_it_is_gone(self, blog: TinyBlog) -> None:
        blog.write("posts/a.md", b"\xff").build(clock=ten_seconds_on)
        (blog.content / "posts/a.md").unlink()
        report = blog.build(clock=ten_seconds_on)
        assert [entry.title for entry in blog.feed("entries.rss").entries] == ["B"]
        assert ["posts" in p.path for p in report.problems if p.line] == []

    def test_a_status_that_nobody_knows_hides_it_at_once(self, blog: TinyBlog) -> None:
        """It parses; that its author meant to hide it is the safer guess (promise 6)."""
        blog.post("a", status="hiden").build(clock=ten_seconds_on)
        assert [entry.title for entry in blog.feed("entries.rss").entries] == ["B"]

    @pytest.mark.parametrize("gone", [False, True])
    def test_one_that_never_was_whole_hides_its_comments_from_posts_of_like_names(
        self, tmp_path: Path, gone: bool
    ) -> None:
        blog = TinyBlog(tmp_path).post("Hello World").comment("hello-world")
        blog.build(clock=ten_seconds_on)
        assert len(blog.feed("comments.rss").entries) == 1
        blog.write("posts/hello-world.md", b"\xff").build(clock=ten_seconds_on)
        assert len(blog.feed("comments.rss").entries) == 0
        (blog.content / "posts/hello-world.md").unlink()
        blog.build(clock=ten_seconds_on)
        assert len(blog.feed("comments.rss").entries) == 1


class TestTelling:
    """A line is told when it is new, and once a day after that: cron mails every one."""

    @pytest.fixture(autouse=True)
    def _here(self, blog: TinyBlog, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
        self.blog = blog
        monkeypatch.chdir(blog.folder)
        self.at = time.time()
        monkeypatch.setattr("feeds.cli.time.time", lambda: self.at)
        assert main(["build"]) == 0
        capsys.readouterr()

    def told(self, capsys: Capture, after: float = 0.0) -> str:
        self.at += after
        assert main(["build"]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        return err

    def test_a_line_is_told_once_and_again_after_a_day(self, capsys: Capture) -> None:
        self.blog.write("posts/bad.md", b"\xff")
        line = self.told(capsys)
        assert line.startswith("content/posts/bad.md:1: not UTF-8")
        assert self.told(capsys, 300) == ""
        assert self.told(capsys, 86_000) == ""
        assert self.told(capsys, 200) == line
        assert self.told(capsys, 300) == ""

    def test_a_new_line_is_told_by_itself(self, capsys: Capture) -> None:
        self.blog.write("posts/bad.md", b"\xff")
        self.told(capsys)
        self.blog.write("posts/worse.md", b"\xff")
        assert self.told(capsys, 300).startswith("content/posts/worse.md")
        assert self.told(capsys, 300) == ""

    def test_what_was_mended_and_broke_again_is_new(self, capsys: Capture) -> None:
        self.blog.write("posts/bad.md", b"\xff")
        line = self.told(capsys)
        self.blog.post("bad")
        assert main(["build"]) == 0
        self.blog.write("posts/bad.md", b"\xff")
        assert self.told(capsys, 300) == line


# --- a file that is being written -----------------------------------------------------------------


class TestSettling:
    def test_what_is_still_being_written_is_not_published_half(self, blog: TinyBlog) -> None:
        whole = (blog.content / "posts/a.md").read_text().replace("Text", "First half, second half")
        target = blog.content / "posts/new.md"

        def write() -> None:
            with target.open("w") as stream:
                for letter in whole:
                    stream.write(letter)
                    stream.flush()
                    time.sleep(0.005)

        writer = threading.Thread(target=write)
        writer.start()
        while not target.exists() or target.stat().st_size < 10:
            time.sleep(0.001)
        report = blog.build(clock=time.time, settle=0.3)
        writer.join()
        assert report.problems == ()
        assert b"First half, second half of a." in blog.files()["entries.rss"]

    def test_what_never_settles_waits_for_the_next_build_and_all_else_is_published(
        self, blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comparing, "_PATIENCE", 3)
        target = blog.content / "posts/restless.md"
        target.write_text("---\ntitle: Restless\ndate: 2024-05-09\n---\nText.\n")
        blog.post("quiet")
        stop = threading.Event()

        def keep_writing() -> None:
            while not stop.wait(0.01):
                os.utime(target)

        writer = threading.Thread(target=keep_writing)
        writer.start()
        try:
            blog.build(clock=time.time, settle=0.2)
        finally:
            stop.set()
            writer.join()
        assert {e.title for e in blog.feed("entries.rss").entries} == {"A", "B", "Quiet"}
        blog.build(clock=time.time, settle=0.2)
        assert "Restless" in {e.title for e in blog.feed("entries.rss").entries}

    def test_of_what_never_settles_the_last_version_stays(
        self, blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comparing, "_PATIENCE", 0)
        before = blog.files()
        blog.post("a", "Half")
        blog.build(clock=time.time, settle=60)
        assert blog.files() == before
        blog.build(clock=ten_seconds_on, settle=5)
        assert b"Half" in blog.files()["entries.rss"]

    def test_what_is_old_enough_is_not_waited_for(self, blog: TinyBlog) -> None:
        blog.post("new")
        began = time.monotonic()
        blog.build(clock=ten_seconds_on, settle=5)
        assert time.monotonic() - began < 3
        assert "New" in {e.title for e in blog.feed("entries.rss").entries}

    def test_a_file_from_the_future_is_not_waited_for(self, blog: TinyBlog) -> None:
        blog.post("new")
        os.utime(blog.content / "posts/new.md", (time.time() + 9999, time.time() + 9999))
        began = time.monotonic()
        blog.build(clock=time.time, settle=0.2)
        assert time.monotonic() - began < 5

    def test_a_file_that_goes_while_it_is_waited_for_is_gone(self, blog: TinyBlog) -> None:
        blog.post("new")
        timer = threading.Timer(0.1, (blog.content / "posts/new.md").unlink)
        timer.start()
        report = blog.build(clock=time.time, settle=0.3)
        timer.join()
        assert report.problems == ()
        assert {e.title for e in blog.feed("entries.rss").entries} == {"A", "B"}


# --- time -----------------------------------------------------------------------------------------


class TestTime:
    @pytest.mark.parametrize("kind", ["post", "comment"])
    def test_what_is_scheduled_appears_though_no_file_changed(
        self, blog: TinyBlog, kind: str
    ) -> None:
        write = blog.post if kind == "post" else blog.comment
        write("a" if kind == "comment" else "soon", "soon", date="2024-06-01 12:00:01")
        blog.build(clock=ten_seconds_on)
        before = blog.files()
        report = blog.build(NOW + timedelta(seconds=1), clock=ten_seconds_on)
        assert report.read == 0
        assert blog.files() != before
        path = "entries.rss" if kind == "post" else "comments/a.rss"
        assert blog.feed(path).entries[0].published == "Sat, 01 Jun 2024 12:00:01 +0000"

    def test_now_never_runs_backwards(self, blog: TinyBlog) -> None:
        """What has been published cannot be taken back, whatever the clock says."""
        blog.post("soon", date="2024-06-01 12:00:30")
        later = NOW + timedelta(minutes=1)
        blog.build(later, clock=ten_seconds_on, present=True)
        before = blog.files()
        for earlier in (NOW, NOW - timedelta(days=365), datetime(1970, 1, 1, tzinfo=UTC)):
            assert written(blog, now=earlier, present=True) == set()
            assert blog.files() == before

    def test_but_a_moment_that_was_asked_for_is_that_moment(self, blog: TinyBlog) -> None:
        blog.post("soon", date="2024-06-01 12:00:30")
        later = NOW + timedelta(minutes=1)
        blog.build(later, clock=ten_seconds_on, present=True)
        blog.build(NOW, clock=ten_seconds_on)
        assert {e.title for e in blog.feed("entries.rss").entries} == {"A", "B"}
        blog.build(NOW, clock=ten_seconds_on, present=True)
        assert {e.title for e in blog.feed("entries.rss").entries} == {"A", "B", "Soon"}

    def test_a_moment_that_was_asked_for_is_not_remembered_as_the_clocks(
        self, blog: TinyBlog
    ) -> None:
        blog.post("soon", date="2030-01-01")
        blog.build(datetime(2031, 1, 1, tzinfo=UTC), clock=ten_seconds_on)
        blog.build(NOW, clock=ten_seconds_on, present=True)
        assert {e.title for e in blog.feed("entries.rss").entries} == {"A", "B"}


# --- what cannot be read --------------------------------------------------------------------------


class TestWhatCannotBeRead:
    @pytest.fixture
    def anybodys(self, blog: TinyBlog) -> TinyBlog:
        """The blog, for a user to whom permissions apply."""
        for folder in blog.folder.parents:
            if folder.stat().st_uid == os.getuid() and len(folder.parts) > 2:
                folder.chmod(0o755)
        blog.folder.chmod(0o777)
        for path in blog.folder.rglob("*"):
            path.chmod(0o777 if path.is_dir() else 0o666)
        return blog

    @pytest.mark.parametrize("index", ["index.sqlite", "none-yet.sqlite"])
    @pytest.mark.parametrize(
        ("path", "mode"),
        [
            ("posts", 0o000),
            ("posts", 0o444),
            ("comments", 0o000),
            ("comments/a", 0o000),
            ("comments/a", 0o444),
            ("comments/a", 0o111),
            ("posts/a.md", 0o000),
            ("comments/a/1.md", 0o000),
        ],
    )
    def test_it_publishes_nothing_and_changes_nothing(
        self, anybodys: TinyBlog, path: str, mode: int, index: str
    ) -> None:
        blog = anybodys
        before = blog.files()
        blog.post("new")
        blog.comment("a", "1", "Corrected.")
        target = blog.content / path
        usual = target.stat().st_mode
        target.chmod(mode)
        scratch = blog.folder / "scratch"
        scratch.mkdir(mode=0o777)
        try:
            result = self.build(blog, index)
        finally:
            target.chmod(usual)
        assert (result.returncode, result.stdout) == (4, "")
        assert result.stderr.count("\n") == 1
        assert path in result.stderr
        assert "Permission denied" in result.stderr
        assert blog.files() == before
        assert self.build(blog, index).returncode == 0
        assert b"Corrected." in blog.files()["comments/a.rss"]

    def build(self, blog: TinyBlog, index: str) -> subprocess.CompletedProcess[str]:
        return run_as_nobody(
            *("build", blog.content, "-o", blog.output, "--index", blog.folder / index),
            content=blog.content,
            scratch=blog.folder / "scratch",
        )

    @pytest.mark.parametrize("folder", ["posts", "comments", "comments/a"])
    def test_neither_does_a_disk_that_fails(self, blog: TinyBlog, folder: str) -> None:
        before = blog.files()
        blog.post("new").comment("a", "1", "Corrected.")
        target = os.path.realpath(blog.content / folder)
        real = os.scandir

        def failing(path: object = ".") -> object:
            named = f"/proc/self/fd/{path}" if isinstance(path, int) else str(path)
            if os.path.realpath(named) == target:
                raise OSError(5, "Input/output error", str(path))
            return real(path)  # type: ignore[call-overload]

        with (
            mock.patch("os.scandir", failing),
            pytest.raises(StorageError, match=r"Input/output error"),
        ):
            blog.build(clock=ten_seconds_on)
        assert blog.files() == before
        assert blog.build(clock=ten_seconds_on).exit_code == 0


# --- which post a new folder belongs to -----------------------------------------------------------


def test_the_first_comment_on_a_post_takes_no_look_at_all_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = TinyBlog(tmp_path).post("a").post("b").comment("a", "1")
    blog.build()

    def search(index: Index) -> set[str]:
        raise AssertionError("all posts were looked at")

    monkeypatch.setattr(Index, "resolve_posts", search)
    blog.comment("b", "1").build()

    assert [entry.id for entry in blog.feed("comments/b.rss").entries] == [
        entry.id for entry in blog.feed("comments.rss").entries if "b#" in entry.id
    ]
    assert len(blog.feed("comments.rss").entries) == 2


def test_the_first_comment_under_the_name_of_a_hidden_elder_is_withheld(tmp_path: Path) -> None:
    blog = TinyBlog(tmp_path).post("b")
    blog.write("posts/old.md", "---\ntitle: B\nslug: b\ndate: 2001-01-01\ndraft: true\n---\nOld.\n")
    blog.build()
    blog.comment("b", "1").build()
    assert blog.feed("comments.rss").entries == []


# --- folders that a look has seen -----------------------------------------------------------------


class TestWhatALookHasSeen:
    """Of a folder that changed, only the files that did are asked about once more."""

    @pytest.fixture
    def blog(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyBlog:
        blog = TinyBlog(tmp_path).post("a").post("b")
        for number in range(9):
            blog.comment("a", f"{number}", f"Text {number}.", date=f"2024-05-02 10:0{number}")
        blog.write("comments/a/README.md", "Not a comment.\n")
        blog.build(clock=ten_seconds_on)
        asked = Tree.named

        def named(tree: Tree, root: str, folder: str, names: Iterable[str]) -> list[File] | None:
            self.names = sorted(names)
            return asked(tree, root, folder, self.names)

        monkeypatch.setattr(Tree, "named", named)
        return blog

    def test_what_is_new_or_other_is_read_and_what_is_gone_forgotten(
        self, blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(Tree, "held")
        blog.comment("a", "new", "New.").comment("a", "3", "Text 3, edited.")
        (blog.content / "comments/a/5.md").unlink()
        report = blog.build(clock=ten_seconds_on)
        assert (self.names, report.read) == (["3.md", "README.md", "new.md"], 2)
        said = blog.files()["comments/a.rss"]
        assert b"New." in said
        assert b"Text 3, edited." in said
        assert b"Text 5." not in said
        blog.build(index=None)
        assert blog.files()["comments/a.rss"] == said

    @pytest.mark.parametrize("kind", ["pipe", "folder", "link", "gone"])
    def test_what_is_no_plain_file_takes_a_look_at_all(
        self, blog: TinyBlog, monkeypatch: pytest.MonkeyPatch, kind: str
    ) -> None:
        blog.comment("a", "new", "New.")
        place = blog.content / "comments/a/3.md"
        asked = Tree.named

        def late(tree: Tree, root: str, folder: str, names: Iterable[str]) -> list[File] | None:
            place.unlink()
            if kind == "pipe":
                os.mkfifo(place)
            elif kind == "folder":
                place.mkdir()
            elif kind == "link":
                place.symlink_to("4.md")
            return asked(tree, root, folder, [*names, "3.md"])

        monkeypatch.setattr(Tree, "named", late)
        blog.build(clock=ten_seconds_on)
        monkeypatch.setattr(Tree, "named", asked)
        blog.build(clock=ten_seconds_on)
        said = blog.files()
        blog.build(index=None)
        assert blog.files() == said
        assert b"New." in said["comments/a.rss"]


# --- more posts than a feed shows -----------------------------------------------------------------


class TestThousandsOfPosts:
    """Their bodies stay in their files until an entry shows them; here, two posts are thousands."""

    @pytest.fixture
    def blog(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyBlog:
        monkeypatch.setattr(reading, "MANY", 2)
        blog = TinyBlog(tmp_path, "[feeds]\nentries = 2\n")
        for day in range(1, 6):
            blog.post(f"day-{day}", f"Text of day {day}.", date=f"2024-05-0{day}")
        blog.build(clock=ten_seconds_on)
        return blog

    def shown(self, blog: TinyBlog) -> list[str]:
        return [entry.content[0].value for entry in blog.feed("entries.atom").entries]

    def stored(self, blog: TinyBlog) -> set[str]:
        with closing(sqlite3.connect(blog.folder / "index.sqlite")) as database:
            rows = database.execute("SELECT name FROM posts WHERE body IS NOT NULL").fetchall()
        return {name for (name,) in rows}

    def test_entries_have_theirs_and_the_index_no_others(self, blog: TinyBlog) -> None:
        assert self.shown(blog) == ["<p>Text of day 5.</p>", "<p>Text of day 4.</p>"]
        assert self.stored(blog) == {"day-4", "day-5"}

    def test_a_post_that_becomes_an_entry_later_is_read_then(self, blog: TinyBlog) -> None:
        (blog.content / "posts/day-5.md").unlink()
        blog.build(clock=ten_seconds_on)
        assert self.shown(blog) == ["<p>Text of day 4.</p>", "<p>Text of day 3.</p>"]

    def test_what_an_entry_says_outlives_its_file(self, blog: TinyBlog) -> None:
        blog.write("posts/day-5.md", b"\xff").build(clock=ten_seconds_on)
        assert self.shown(blog) == ["<p>Text of day 5.</p>", "<p>Text of day 4.</p>"]

    def test_a_file_that_broke_before_it_was_an_entry_is_none(self, blog: TinyBlog) -> None:
        blog.write("posts/day-3.md", b"\xff").build(clock=ten_seconds_on)
        (blog.content / "posts/day-5.md").unlink()
        assert blog.build(clock=ten_seconds_on).exit_code == 1
        assert self.shown(blog) == ["<p>Text of day 4.</p>"]
        blog.post("day-3", "Mended.", date="2024-05-03").build(clock=ten_seconds_on)
        assert self.shown(blog) == ["<p>Text of day 4.</p>", "<p>Mended.</p>"]

    def test_a_post_that_changes_during_the_build_is_no_entry_until_the_next(
        self, blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Least of all one that is made a draft in that moment."""
        resolve = Index.resolve_posts

        def late(index: Index) -> set[str]:
            blog.post("day-3", "Not for you.", date="2024-05-03", status="draft")
            return resolve(index)

        monkeypatch.setattr(Index, "resolve_posts", late)
        (blog.content / "posts/day-5.md").unlink()
        blog.build(clock=ten_seconds_on)
        assert self.shown(blog) == ["<p>Text of day 4.</p>"]
        monkeypatch.setattr(Index, "resolve_posts", resolve)
        blog.build(clock=ten_seconds_on)
        assert self.shown(blog) == ["<p>Text of day 4.</p>", "<p>Text of day 2.</p>"]

    def test_a_disk_that_fails_then_publishes_nothing(self, blog: TinyBlog) -> None:
        before = blog.files()
        (blog.content / "posts/day-5.md").unlink()
        failing = StorageError("posts/day-3.md: cannot be read (Input/output error)")
        with (
            mock.patch("feeds.sources.posts.read_text", side_effect=failing),
            pytest.raises(StorageError, match=r"content/posts/day-3\.md"),
        ):
            blog.build(clock=ten_seconds_on)
        assert blog.files() == before


# --- what is found first --------------------------------------------------------------------------


class TestWhatIsFoundFirst:
    """Where another process looks on, what was found by then is taken in and made ready."""

    @pytest.fixture
    def blog(self, blog: TinyBlog) -> TinyBlog:
        for number in range(8):
            blog.post(f"old/{number}", date=f"2024-04-0{number + 1}")
        blog.build(clock=ten_seconds_on)
        return blog

    def build(self, blog: TinyBlog, first: Sequence[str], **options: Any) -> Report:
        """Build with a look that has found changes in the folders `first`, when it is asked."""
        memo = unchanged.read_memo(unchanged.memo_path(str(blog.folder / "index.sqlite")))
        assert memo
        looking = Looking(memo["trees"], memo["suffixes"], ten_seconds_on(), much=False)
        looking.finish()
        paths = {f"{blog.content}/{folder}" for folder in first}
        found = {
            number: held
            for number, held in looking._others.items()
            if "".join(looking._folders[number][:2]) in paths
        }
        assert len(found) == len(first)
        glimpsed = looking._put_together(found, looking._rows)
        with mock.patch.object(looking, "glimpse", return_value=glimpsed):
            report = blog.build(clock=ten_seconds_on, looking=looking, **options)
        assert [path.name for path in blog.output.rglob(".*")] == []
        return report

    def built(self, blog: TinyBlog) -> dict[str, bytes]:
        """What a build from nothing makes."""
        blog.build(index=None)
        return blog.files()

    def test_it_is_published_if_there_is_no_more(self, blog: TinyBlog) -> None:
        blog.comment("a", "3")
        with mock.patch.object(Publisher, "start_over") as once_more:
            report = self.build(blog, ["comments/a"])
        assert not once_more.called
        written = {path for path, what in report.outcomes.items() if what is Outcome.WRITTEN}
        assert comments_feeds("a") < written
        assert report.read == 1
        files = blog.files()
        assert files == self.built(blog)
        assert blog.build(clock=ten_seconds_on).read == 0

    def test_so_is_all_that_is_found_later(self, blog: TinyBlog) -> None:
        blog.comment("a", "3").comment("b", "3", status="pending").post("b", "Other text.")
        blog.post("new").comment("new")
        (blog.content / "comments/b/1.md").unlink()
        report = self.build(blog, ["comments/a"])
        assert report.exit_code == 0
        files = blog.files()
        assert files == self.built(blog)
        assert blog.build(clock=ten_seconds_on).read == 0

    @pytest.mark.parametrize("first", [["posts/old"], ["posts"]])
    def test_posts_that_move_are_not_missed_where_they_were(
        self, blog: TinyBlog, first: list[str]
    ) -> None:
        (blog.content / "posts/new").mkdir()
        for path in sorted((blog.content / "posts/old").iterdir()):
            path.rename(blog.content / "posts/new" / path.name)
        for name in "ab":
            (blog.content / f"posts/{name}.md").rename(blog.content / f"posts/new/{name}.md")
        report = self.build(blog, first)
        assert (report.published, report.exit_code) == (True, 0)
        files = blog.files()
        assert files == self.built(blog)

    def test_what_harms_subscribers_is_refused_all_the_same(self, blog: TinyBlog) -> None:
        before = blog.files()
        for path in (blog.content / "posts").rglob("*.md"):
            if path.stem not in "0":
                path.unlink()
        with pytest.raises(GuardError):
            self.build(blog, ["posts/old"])
        assert blog.files() == before

    @pytest.mark.parametrize("options", [{"strict": True}, {"dry_run": True}])
    def test_nothing_is_made_ready_where_nothing_may_be_published(
        self, blog: TinyBlog, options: dict[str, bool]
    ) -> None:
        before = blog.files()
        blog.comment("a", "3").write("comments/b/3.md", "---\ntitle: [\n---\n")
        report = self.build(blog, ["comments/a"], **options)
        assert report.exit_code == 1
        assert blog.files() == before
