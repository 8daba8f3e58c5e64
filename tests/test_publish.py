"""Promises 2 and 3: whole files, untouched when unchanged, one build at a time."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from feeds import publish as publish_room
from feeds.errors import BusyError, StorageError
from feeds.feed import GENERATOR
from feeds.outcomes import Outcome, Publication
from feeds.precompress import SUFFIXES
from feeds.publish import Publisher
from tests.builders import NOW, TinyBlog
from tests.processes import NOBODY, lock_holder, run, run_as_nobody

RSS = f"<rss><channel><generator>{GENERATOR}</generator>%s</channel></rss>"
#: Each kind of file of ours, as it names its generator.
OURS = {
    "entries.rss": RSS,
    "entries.atom": f"<feed><generator>{GENERATOR}</generator>%s</feed>",
    "entries.json": f'{{\n "_feeds": {{\n  "generator": "{GENERATOR}"\n }}, "x": "%s"}}',
    "index.html": f'<!DOCTYPE html><meta name="generator" content="{GENERATOR}">%s',
    "head.html": f"<!-- generator: {GENERATOR} -->\n%s",
}


def rss(text: str = "") -> bytes:
    return (RSS % text).encode()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """A folder that every user may enter: pytest's own are closed to all but theirs."""
    with tempfile.TemporaryDirectory(prefix="feeds-test-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def publish(output: Path, files: Mapping[str, bytes], *, dry: bool = False) -> Publication:
    with Publisher(output, dry=dry) as publisher:
        publisher.sweep()
        for path, data in files.items():
            publisher.stage(path, data)
        return publisher.commit()


def identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.name.startswith(".")]


# --- what is written ------------------------------------------------------------------------------


class TestWriting:
    def test_files_and_folders_are_made(self, output: Path) -> None:
        files = {"comments/hello.rss": rss("c"), "entries.rss": rss("e")}
        assert set(publish(output, files).outcomes.values()) == {Outcome.WRITTEN}
        assert {path: (output / path).read_bytes() for path in files} == files
        assert leftovers(output) == []

    def test_nothing_is_to_be_seen_before_the_end(self, output: Path) -> None:
        publish(output, {"entries.rss": rss("old")})
        with Publisher(output) as publisher:
            publisher.stage("entries.rss", rss("new"))
            publisher.stage("comments.rss", rss("new"))
            assert (output / "entries.rss").read_bytes() == rss("old")
            assert not (output / "comments.rss").exists()

    def test_leaving_without_a_commit_leaves_no_trace(self, output: Path) -> None:
        with Publisher(output) as publisher:
            publisher.stage("comments/hello.rss", rss())
        assert not output.exists()

    def test_leaving_without_a_commit_keeps_what_stood_there(self, output: Path) -> None:
        publish(output, {"entries.rss": rss("old")})
        before = identity(output / "entries.rss")
        with suppress(ZeroDivisionError), Publisher(output) as publisher:
            publisher.stage("entries.rss", rss("new"))
            publisher.stage("comments/hello.rss", rss("new"))
            raise ZeroDivisionError
        assert identity(output / "entries.rss") == before
        assert sorted(path.name for path in output.rglob("*")) == ["entries.rss"]

    @pytest.mark.parametrize("is_new", [True, False])
    def test_what_a_killed_helper_wrote_goes_and_what_we_wrote_ourselves_stays(
        self, output: Path, is_new: bool
    ) -> None:
        if not is_new:
            publish(output, {"comments/old.rss": rss("old")})
        with Publisher(output) as publisher:
            adopted = publisher.prepare("comments/hello.rss", rss("adopted"))
            publisher.adopt(adopted)
            waiting = publisher.prepare("entries.rss", rss("to be adopted later"))
            of_another_process = (
                output / f".feeds-{os.getpid()}1-0.tmp",
                output
                / (".feeds-comments.tmp/second.rss" if is_new else "comments/.feeds-1-7.tmp"),
            )
            for path in of_another_process:
                path.write_bytes(rss("half"))
            publisher.tidy()
            assert not any(path.exists() for path in of_another_process)
            publisher.adopt(waiting)
            publisher.commit()
        assert (output / "comments/hello.rss").read_bytes() == rss("adopted")
        assert (output / "entries.rss").read_bytes() == rss("to be adopted later")
        assert leftovers(output) == []

    @pytest.mark.parametrize("copies", [(), ("gzip",)])
    def test_a_new_folder_is_to_be_seen_with_all_that_is_in_it_or_not_at_all(
        self, output: Path, monkeypatch: pytest.MonkeyPatch, copies: Sequence[str]
    ) -> None:
        seen: list[set[str]] = []
        for name in ("rename", "replace"):
            move = getattr(os, name)

            def moved(old: str, new: str, move: Callable[[str, str], None] = move) -> None:
                move(old, new)
                names = {path.name for path in output.glob("comments/*")}
                seen.append({name for name in names if not name.startswith(".feeds-")})

            monkeypatch.setattr(os, name, moved)
        paths = [f"comments/{number}.rss" for number in range(30)]
        with Publisher(output) as publisher:
            for path in (*paths, "entries.rss"):
                for staged in publisher.prepare_feed(path, rss(path), copies):
                    publisher.adopt(staged)
            assert not (output / "comments").exists()
            publisher.commit()
        for path in paths:
            times = {file.stat().st_mtime_ns for file in output.glob(f"{path}*")}
            assert len(times) == 1, "a copy is as old as its feed"
        ends = {"", *(SUFFIXES[copy] for copy in copies)}
        whole = {path.removeprefix("comments/") + end for path in paths for end in ends}
        # The site's feed is made ready to come along, then they come, then it is there by itself.
        assert seen == [set(), *[whole] * (1 + len(ends))]
        assert leftovers(output) == []

    def test_where_nothing_stands_nothing_is_asked_between_one_file_and_the_next(
        self, output: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[object] = []
        with Publisher(output) as publisher:
            for path in ("comments.rss", "entries.rss"):
                publisher.stage(path, rss(path))
            monkeypatch.setattr(os, "unlink", asked.append)
            monkeypatch.setattr(os, "lstat", asked.append)
            publisher.commit(())
            monkeypatch.undo()
        assert asked == []

    @pytest.mark.parametrize("kind", ["empty", "full"])
    def test_a_folder_that_somebody_makes_meanwhile_is_filled_file_by_file(
        self, output: Path, kind: str
    ) -> None:
        with Publisher(output) as publisher:
            publisher.stage("comments/hello.rss", rss("new"))
            (output / "comments").mkdir()
            if kind == "full":
                (output / "comments/mine.txt").write_text("mine")
            publisher.commit()
        assert (output / "comments/hello.rss").read_bytes() == rss("new")
        assert (output / "comments/mine.txt").exists() == (kind == "full")
        assert leftovers(output) == []

    def test_what_a_killed_build_left_of_a_new_folder_goes(self, output: Path) -> None:
        left = output / ".feeds-comments.tmp"
        left.mkdir(parents=True)
        (left / "hello.rss").write_bytes(b"<rs")
        (left / "gone.rss").write_bytes(rss())
        publish(output, {"comments/hello.rss": rss("new")})
        assert [path.name for path in output.glob("comments/*")] == ["hello.rss"]
        assert leftovers(output) == []

    @pytest.mark.parametrize("before", [None, "new", "old", "old and of the same second"])
    def test_what_is_told_of_a_file_is_what_a_look_at_it_tells(
        self, output: Path, before: str | None
    ) -> None:
        paths = ["comments/hello.rss", "comments/hello.rss.gz", "entries.rss"]
        if before:
            publish(output, dict.fromkeys(paths[::2], rss(before)))
        if before == "old and of the same second":
            for path in paths[::2]:
                os.utime(output / path, (time.time() + 100,) * 2)
        with Publisher(output) as publisher:
            for path in paths[::2]:
                for staged in publisher.prepare_feed(path, rss("new"), ["gzip"]):
                    publisher.adopt(staged)
            publisher.commit()
            for path in paths:
                status = (output / path).stat()
                looked_at = f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"
                assert publisher.stats(path) == looked_at

    def test_where_there_is_no_room_for_a_thread_all_is_written_at_the_end(
        self, output: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def start(*given: object) -> int:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr("_thread.start_new_thread", start)
        monkeypatch.setattr(publish_room, "_VERY_MANY", 10)
        files = {f"comments/{number}.rss": rss() for number in range(25)}
        assert set(publish(output, files).outcomes.values()) == {Outcome.WRITTEN}

    def test_a_feed_that_is_called_as_ours_are_while_they_wait_is_dated_later_too(
        self, output: Path
    ) -> None:
        paths = [f"comments/{number}.feeds-1.rss" for number in range(20)]
        publish(output, dict.fromkeys(paths, rss("old")))
        before = {path: int((output / path).stat().st_mtime) for path in paths}
        publish(output, dict.fromkeys(paths, rss("new")))
        assert all(int((output / path).stat().st_mtime) > before[path] for path in paths)

    @pytest.mark.parametrize("fails", ["never", "early", "late"])
    def test_the_disk_writes_while_more_is_staged_and_is_asked_once_more_at_the_end(
        self, output: Path, monkeypatch: pytest.MonkeyPatch, fails: str
    ) -> None:
        asked: list[int | None] = []
        sync = publish_room._syncfs

        def syncfs(descriptor: int | None) -> bool:
            asked.append(descriptor)
            if fails == ("late" if descriptor == publisher._lock else "early"):
                raise OSError(5, "Input/output error")
            return sync(descriptor)

        monkeypatch.setattr(publish_room, "_syncfs", syncfs)
        monkeypatch.setattr(publish_room, "_VERY_MANY", 10)
        expected = pytest.raises(StorageError) if fails == "late" else nullcontext()
        with expected, Publisher(output) as publisher:
            for number in range(35):
                publisher.stage(f"comments/{number}.rss", rss(str(number)))
            publisher.commit()
        assert len(asked) > 1
        assert asked.index(publisher._lock) == len(asked) - 1
        assert len(list(output.glob("comments/*.rss"))) == (0 if fails == "late" else 35)
        assert leftovers(output) == []

    @pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
    def test_a_web_server_may_read_them_whatever_the_umask(self, output: Path, mask: int) -> None:
        old = os.umask(mask)
        try:
            publish(output, {"comments/hello.rss": rss(), "entries.rss": rss()})
        finally:
            os.umask(old)
        modes = {path: (output / path).stat().st_mode & 0o7777 for path in (
            "", "comments", "comments/hello.rss", "entries.rss"
        )}  # fmt: skip
        assert modes == {
            "": 0o755,
            "comments": 0o755,
            "comments/hello.rss": 0o644,
            "entries.rss": 0o644,
        }

    def test_a_replaced_file_is_readable_too(self, output: Path) -> None:
        publish(output, {"entries.rss": rss("old")})
        (output / "entries.rss").chmod(0o600)
        publish(output, {"entries.rss": rss("new")})
        assert (output / "entries.rss").stat().st_mode & 0o7777 == 0o644

    def test_who_has_the_old_file_open_reads_it_to_its_end(self, output: Path) -> None:
        publish(output, {"entries.rss": rss("old")})
        with (output / "entries.rss").open("rb") as reader:
            start = reader.read(5)
            publish(output, {"entries.rss": rss("new")})
            assert start + reader.read() == rss("old")

    def test_a_reader_in_a_loop_sees_the_old_or_the_new_and_nothing_else(
        self, output: Path
    ) -> None:
        versions = [rss(letter * 200_000) for letter in "ab"]
        publish(output, {"entries.rss": versions[0]})
        seen: set[bytes] = set()
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                seen.add((output / "entries.rss").read_bytes())

        thread = threading.Thread(target=read)
        thread.start()
        for number in range(30):
            publish(output, {"entries.rss": versions[number % 2]})
        done.set()
        thread.join()
        assert seen <= set(versions)

    def test_a_dry_run_touches_nothing(self, output: Path) -> None:
        assert publish(output, {"entries.rss": rss()}, dry=True).outcomes == {
            "entries.rss": Outcome.WRITTEN
        }
        assert not output.exists()
        publish(output, {"entries.rss": rss(), "comments/old.rss": rss()})
        before = {path: identity(path) for path in output.rglob("*")}
        outcomes = publish(output, {"entries.rss": rss("new")}, dry=True).outcomes
        assert outcomes == {"entries.rss": Outcome.WRITTEN, "comments/old.rss": Outcome.REMOVED}
        assert {path: identity(path) for path in output.rglob("*")} == before


# --- what is left alone ---------------------------------------------------------------------------


class TestUnchanged:
    @pytest.mark.parametrize(("name", "text"), OURS.items())
    def test_the_same_bytes_are_not_written(self, output: Path, name: str, text: str) -> None:
        publish(output, {name: (text % "").encode()})
        os.utime(output / name, (7, 7))
        before = identity(output / name)
        assert publish(output, {name: (text % "").encode()}).outcomes == {name: Outcome.UNCHANGED}
        assert identity(output / name) == before

    def test_only_what_differs_is_replaced(self, output: Path) -> None:
        publish(output, {"entries.rss": rss("e"), "comments.rss": rss("c")})
        before = identity(output / "comments.rss")
        publish(output, {"entries.rss": rss("new"), "comments.rss": rss("c")})
        assert identity(output / "comments.rss") == before

    @pytest.mark.parametrize("ahead", [-1_000_000.0, -1.5, 0.0, 0.9, 3600.0, 1_000_000.0])
    def test_new_bytes_have_a_later_whole_second(self, output: Path, ahead: float) -> None:
        """Whatever the clock did: servers make ETag and Last-Modified of it."""
        publish(output, {"entries.rss": rss("old")})
        moment = time.time() + ahead
        os.utime(output / "entries.rss", (moment, moment))
        publish(output, {"entries.rss": rss("new")})
        assert int((output / "entries.rss").stat().st_mtime) > int(moment)

    def test_ten_versions_within_a_second_have_ten_times(self, output: Path) -> None:
        times = set()
        for number in range(10):
            publish(output, {"entries.rss": rss(str(number))})
            times.add(int((output / "entries.rss").stat().st_mtime))
        assert len(times) == 10


class TestWhatIsNotOurs:
    FOREIGN = (
        b"<!DOCTYPE html><title>Hugo's own</title>",
        b"<rss><channel><generator>Hugo</generator></channel></rss>",
        b'{"generator": "another"}',
        b"\x00\x01",
        # A site's own pages include our head.html and footer.html, mark and all.
        f"<!DOCTYPE html><head>\n<!-- generator: {GENERATOR} -->\n<link></head>".encode(),
        f"<rss><item>&lt;generator&gt;{GENERATOR}&lt;/generator&gt;</item></rss>".encode(),
        b" " * 70_000 + rss(),
    )

    @pytest.mark.parametrize("name", ["index.html", "entries.rss", "comments/hello.json"])
    @pytest.mark.parametrize("data", FOREIGN)
    def test_a_foreign_file_is_left_alone_and_named(
        self, output: Path, name: str, data: bytes
    ) -> None:
        (output / name).parent.mkdir(parents=True)
        (output / name).write_bytes(data)
        publication = publish(output, {name: rss(), "comments.rss": rss()})
        assert (output / name).read_bytes() == data
        assert publication.outcomes == {name: Outcome.REFUSED, "comments.rss": Outcome.WRITTEN}
        assert [str(problem) for problem in publication.problems] == [
            f"{output}/{name}: this file was not made by feeds, so it was left alone; move it, or choose another output folder"
        ]

    def test_a_foreign_file_is_seen_that_came_after_we_had_locked(self, output: Path) -> None:
        name = "comments/hello.rss"
        with Publisher(output) as publisher:
            (output / name).parent.mkdir()
            (output / name).write_bytes(b"<rss></rss>")
            publisher.stage(name, rss())
            assert publisher.commit().outcomes == {name: Outcome.REFUSED}
        assert (output / name).read_bytes() == b"<rss></rss>"

    @pytest.mark.parametrize("data", FOREIGN)
    def test_a_foreign_file_is_never_removed(self, output: Path, data: bytes) -> None:
        names = ("posts.html", "feed.rss", "comments/x.rss", "comments/x.html", ".htaccess")
        (output / "comments").mkdir(parents=True)
        for name in names:
            (output / name).write_bytes(data)
        assert publish(output, {"entries.rss": rss()}).outcomes == {"entries.rss": Outcome.WRITTEN}
        assert {(output / name).read_bytes() for name in names} == {data}

    @pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe"])
    def test_what_is_no_file_is_left_alone(self, output: Path, tmp_path: Path, kind: str) -> None:
        output.mkdir()
        target = output / "entries.rss"
        if kind == "folder":
            target.mkdir()
        elif kind == "pipe":
            os.mkfifo(target)
        else:
            target.symlink_to(tmp_path / "elsewhere.rss")
            if kind == "link":
                (tmp_path / "elsewhere.rss").write_bytes(rss("old"))
        before = target.lstat()
        publication = publish(output, {"entries.rss": rss("new")})
        assert publication.outcomes == {"entries.rss": Outcome.REFUSED}
        assert "this is not a regular file" in publication.problems[0].what
        assert target.lstat().st_ino == before.st_ino
        if kind == "link":
            assert target.read_bytes() == rss("old")

    def test_an_empty_file_is_nobodys_work_and_is_replaced(self, output: Path) -> None:
        output.mkdir()
        (output / "entries.rss").touch()
        assert publish(output, {"entries.rss": rss()}).outcomes == {"entries.rss": Outcome.WRITTEN}


class TestRemoving:
    @pytest.mark.parametrize("name", ["entries.json", "comments/gone.rss", "comments/gone.atom"])
    def test_a_file_of_ours_that_nobody_plans_goes(self, output: Path, name: str) -> None:
        publish(output, {"entries.rss": rss(), name: rss()})
        assert publish(output, {"entries.rss": rss()}).outcomes == {
            "entries.rss": Outcome.UNCHANGED,
            name: Outcome.REMOVED,
        }
        assert not (output / name).exists()

    @pytest.mark.parametrize(
        "name", ["entries.rss.bak", "feed.xml", "deeper/entries.rss", "comments/deeper/x.rss"]
    )
    def test_a_copy_that_somebody_made_of_it_stays(self, output: Path, name: str) -> None:
        (output / name).parent.mkdir(parents=True)
        (output / name).write_bytes(rss("copy"))
        publish(output, {"entries.rss": rss()})
        assert (output / name).read_bytes() == rss("copy")

    def test_stale_temporary_files_are_swept(self, output: Path) -> None:
        (output / "comments").mkdir(parents=True)
        stale = [output / ".feeds-1-0.tmp", output / "comments" / ".feeds-99999-17.tmp"]
        for path in stale:
            path.write_bytes(b"half a fe")
        others = [output / ".feeds-notes", output / "x.tmp"]
        for path in others:
            path.write_bytes(b"")
        publish(output, {"entries.rss": rss()})
        assert not any(path.exists() for path in stale)
        assert all(path.exists() for path in others)


# --- the disk -------------------------------------------------------------------------------------


def _traced_build(blog: TinyBlog) -> list[tuple[str, str]]:
    """Each system call that matters, on `output/` and the folder above, with its arguments."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    calls = "fsync,fdatasync,syncfs,rename,renameat,renameat2,unlink,unlinkat"
    trace = blog.folder / "trace"
    command = ["strace", "-f", "-y", "-s", "400", "-e", f"trace={calls}", "-o", str(trace)]
    done = subprocess.run(
        [*command, sys.executable, "-m", "feeds", "build", "--settle", "0"],
        cwd=blog.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert (done.returncode, done.stderr) == (0, "")
    found = re.findall(r"(\w+)\((.*)\) += 0", trace.read_text())
    above = f"<{blog.folder}>"
    return [(name, said) for name, said in found if "output" in said or above in said]


@pytest.mark.parametrize("posts", [1, 9])  # few files are synced one by one, many all at once
def test_new_bytes_are_on_the_disk_before_a_name_leads_to_them(blog: TinyBlog, posts: int) -> None:
    for number in range(posts):
        blog.post(f"p{number}").comment(f"p{number}")
    calls = _traced_build(blog)
    synced: set[str] = set()
    renamed = 0
    for name, arguments in calls:
        if name == "syncfs":
            synced |= {"everything"}
        elif name in {"fsync", "fdatasync"}:
            synced |= set(re.findall(r"<(.*)>", arguments))
        elif name.startswith("rename"):
            old, new = re.findall(r'"([^"]*)"', arguments)
            assert {old.partition("/")[0], new.partition("/")[0]} == {"output"}, (
                "a rename within one file system is whole"
            )
            was, now = str(blog.folder / old), str(blog.folder / new)
            synced |= {now + path.removeprefix(was) for path in synced if path.startswith(was)}
            place = blog.folder / new
            if place.name.startswith(".feeds-"):
                continue  # nothing can be seen of it yet
            inside = [path.name for path in place.glob("*")] if place.is_dir() else []
            waited = {str(blog.folder / old / name) for name in ["", *inside]}
            assert "everything" in synced or waited <= synced
            renamed += len(inside) or 1
    assert renamed == len(blog.files())
    last_rename = max(n for n, (name, _) in enumerate(calls) if name.startswith("rename"))
    after = {
        path
        for name, arguments in calls[last_rename:]
        if name == "fsync"
        for path in re.findall(r"<(.*)>", arguments)
    }
    assert after == {str(blog.output), str(blog.output / "comments")}


def test_a_new_folder_is_on_the_disk_too(blog: TinyBlog) -> None:
    calls = _traced_build(blog.post().comment())
    synced = [re.findall(r"<(.*)>", arguments) for name, arguments in calls if name == "fsync"]
    assert [str(blog.folder)] in synced  # it holds the name of the new `output`


@pytest.mark.parametrize("is_new", [True, False])
def test_what_others_link_to_comes_first(blog: TinyBlog, is_new: bool) -> None:
    if not is_new:
        (blog.output / "comments").mkdir(parents=True)
    calls = _traced_build(blog.post().comment())
    names = [
        place
        for name, args in calls
        if name.startswith("rename")
        for place in re.findall(r'output/([^".][^"]*)"', args)[-1:]
    ]
    first = "comments" if is_new else "comments/hello.rss"
    order = [first, "comments.rss", "entries.rss", "index.html", "head.html"]
    assert [name for name in names if name in order] == order


@pytest.mark.parametrize(
    ("call", "when"),
    [("rename", 1), ("rename", 4), ("rename", 9), ("fsync", 1), ("fsync", 10), ("unlink", 2)],
)
def test_a_build_killed_at_any_call_leaves_whole_files_and_the_next_one_ends_the_work(
    blog: TinyBlog, tmp_path: Path, call: str, when: int
) -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    blog.post("hello").comment("hello").post("gone").comment("gone")
    blog.build()
    old = blog.files()
    (blog.content / "posts" / "gone.md").unlink()
    shutil.rmtree(blog.content / "comments" / "gone")
    blog.post("hello", title="Good day").comment("hello", "2")
    build = [sys.executable, "-m", "feeds", "build", "--settle", "0", "--now", str(NOW)]
    subprocess.run([*build, "-o", tmp_path / "expected"], cwd=blog.folder, check=True)
    inject = ["strace", "-f", "-o", os.devnull, "-e", f"inject={call}:signal=KILL:when={when}"]
    done = subprocess.run(
        [*inject, "-e", f"trace={call}", *build], cwd=blog.folder, capture_output=True, text=True
    )
    if "ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == -signal.SIGKILL
    new = {
        str(path.relative_to(tmp_path / "expected")): path.read_bytes()
        for path in (tmp_path / "expected").rglob("*")
        if path.is_file()
    }
    for path, data in blog.files().items():
        if not path.rpartition("/")[2].startswith("."):
            assert data in (old.get(path), new.get(path))
    assert old.keys() & new.keys() <= blog.files().keys()
    assert subprocess.run(build, cwd=blog.folder).returncode == 0
    assert blog.files() == new


class TestAFullDisk:
    def test_a_write_that_fails_leaves_every_file_as_it_was(
        self, output: Path, tmp_path: Path
    ) -> None:
        """A limit on the size of files fails as a full disk does, and needs no rights."""
        publish(output, {"entries.rss": rss("old")})
        before = identity(output / "entries.rss")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
        try:
            with pytest.raises(StorageError, match=r"comments\.rss: cannot be written"):
                publish(output, {"entries.rss": rss("new"), "comments.rss": rss("x" * 20_000)})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert identity(output / "entries.rss") == before
        assert [path.name for path in output.iterdir()] == ["entries.rss"]

    def test_a_disk_that_is_really_full_too(self, blog: TinyBlog, tmp_path: Path) -> None:
        blog.post("hello").comment("hello")
        blog.output.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=96k", "none", str(blog.output)]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            pytest.skip("only root may mount a small file system")
        try:
            assert run("build", cwd=blog.folder).returncode == 0
            before = blog.files()
            for number in range(20):
                blog.post(f"p{number}", body="word " * 2000)
            done = run("build", cwd=blog.folder)
            assert done.returncode == 4
            assert re.fullmatch(
                r"feeds: .*: cannot be written \(No space left on device\); the feeds there are "
                r"whole, check space and permissions\n",
                done.stderr,
            )
            assert blog.files() == before
            for number in range(20):
                (blog.content / "posts" / f"p{number}.md").unlink()
            assert run("build", cwd=blog.folder).returncode == 0  # there is room again
        finally:
            subprocess.run(["umount", str(blog.output)], check=True)


class TestAFolderThatIsClosedToUs:
    """As an ordinary user, since permissions mean nothing to root."""

    def _blog(self, folder: Path) -> TinyBlog:
        blog = TinyBlog(folder).post("hello").comment("hello")
        blog.build()
        blog.post("new")
        return blog

    def _build(self, blog: TinyBlog, output: Path) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory(prefix="feeds-test-") as scratch:
            return run_as_nobody(
                "build", blog.content, "-o", output, content=blog.content, scratch=Path(scratch)
            )

    def _owned_by_nobody(self, folder: Path) -> None:
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)

    def test_a_read_only_one_is_left_as_it_is(self, anybodys: Path) -> None:
        blog = self._blog(anybodys)
        before = blog.files()
        self._owned_by_nobody(blog.output)
        blog.output.chmod(0o555)
        done = self._build(blog, blog.output)
        blog.output.chmod(0o755)
        assert done.returncode == 4
        assert done.stderr.count("\n") == 1
        assert "cannot be written (Permission denied)" in done.stderr
        assert blog.files() == before
        assert leftovers(blog.output) == []

    def test_what_is_staged_elsewhere_goes_when_one_folder_is_closed(self, anybodys: Path) -> None:
        blog = self._blog(anybodys).comment("hello", "2")
        before = blog.files()
        self._owned_by_nobody(blog.output)
        (blog.output / "comments").chmod(0o555)
        done = self._build(blog, blog.output)
        (blog.output / "comments").chmod(0o755)
        assert done.returncode == 4
        assert blog.files() == before
        assert leftovers(blog.output) == []

    @pytest.mark.parametrize("mode", [0o000, 0o300])
    def test_one_that_cannot_be_listed_is_left_as_it_is(self, anybodys: Path, mode: int) -> None:
        blog = self._blog(anybodys)
        before = blog.files()
        self._owned_by_nobody(blog.output)
        blog.output.chmod(mode)
        done = self._build(blog, blog.output)
        blog.output.chmod(0o755)
        assert (done.returncode, done.stderr.count("\n")) == (4, 1)
        assert blog.files() == before

    @pytest.mark.parametrize("mode", [0o000, 0o555])
    def test_one_above_it_is_closed(self, anybodys: Path, mode: int) -> None:
        blog = self._blog(anybodys)
        above = anybodys / "above"
        above.mkdir()
        self._owned_by_nobody(above)
        above.chmod(mode)
        done = self._build(blog, above / "deeper" / "output")
        above.chmod(0o755)
        assert (done.returncode, done.stderr.count("\n")) == (4, 1)
        assert "Traceback" not in done.stderr
        assert list(above.iterdir()) == []

    def test_a_foreign_file_that_cannot_be_read_stops_the_build(self, anybodys: Path) -> None:
        blog = self._blog(anybodys)
        self._owned_by_nobody(blog.output)
        (blog.output / "entries.rss").chmod(0o000)
        done = self._build(blog, blog.output)
        assert (done.returncode, done.stderr.count("\n")) == (4, 1)
        assert leftovers(blog.output) == []


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file")
    with pytest.raises(StorageError, match="cannot be written"):
        publish(tmp_path / "output", {"entries.rss": rss()})
    assert (tmp_path / "output").read_text() == "a file"


# --- one at a time --------------------------------------------------------------------------------


class TestTwoAtOnce:
    def test_one_works_and_the_other_is_told(self, output: Path) -> None:
        with lock_holder(output):
            with pytest.raises(BusyError, match="another build is at work"):
                publish(output, {"entries.rss": rss()})
            assert list(output.iterdir()) == []
        assert publish(output, {"entries.rss": rss()}).outcomes

    def test_the_command_exits_with_75_and_does_nothing(self, blog: TinyBlog) -> None:
        blog.post().build()
        before = blog.files()
        blog.post("new")
        with lock_holder(blog.output):
            done = run("build", cwd=blog.folder)
        assert done.returncode == 75
        assert done.stderr == "feeds: output: another build is at work; try again, or use --wait\n"
        assert blog.files() == before

    def test_a_holder_that_was_killed_holds_nothing(self, output: Path) -> None:
        with lock_holder(output) as holder:
            holder.send_signal(signal.SIGKILL)
            holder.wait()
            assert publish(output, {"entries.rss": rss()}).outcomes

    def test_a_holder_killed_in_the_middle_leaves_nothing_behind(self, output: Path) -> None:
        publish(output, {"entries.rss": rss("old")})
        program = (
            "import os, signal, sys; from pathlib import Path; from feeds.publish import Publisher\n"
            "with Publisher(Path(sys.argv[1])) as publisher:\n"
            "    publisher.stage('entries.rss', sys.argv[2].encode())\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        subprocess.run([sys.executable, "-c", program, str(output), rss("new").decode()])
        assert (output / "entries.rss").read_bytes() == rss("old")
        assert len(leftovers(output)) == 1
        publish(output, {"entries.rss": rss("new")})
        assert [path.name for path in output.iterdir()] == ["entries.rss"]

    def test_who_waits_gets_its_turn(self, blog: TinyBlog) -> None:
        blog.post()
        with lock_holder(blog.output) as holder:
            threading.Timer(0.3, holder.kill).start()
            assert run("build", "--wait", "30", cwd=blog.folder).returncode == 0
        assert b"Hello" in blog.files()["entries.rss"]

    def test_who_has_waited_long_enough_gives_up(self, output: Path) -> None:
        with lock_holder(output):
            start = time.monotonic()
            with pytest.raises(BusyError), Publisher(output, wait=0.2):
                pass
            assert 0.2 <= time.monotonic() - start < 10

    def test_of_many_at_once_all_that_work_end_with_the_same_bytes(self, blog: TinyBlog) -> None:
        blog.post().comment()
        command = [
            sys.executable,
            "-m",
            "feeds",
            "build",
            "--settle",
            "0",
            "--wait",
            "60",
            "--now",
            str(NOW),
        ]
        rivals = [subprocess.Popen(command, cwd=blog.folder) for _ in range(4)]
        assert [rival.wait(timeout=60) for rival in rivals] == [0, 0, 0, 0]
        assert leftovers(blog.output) == []
        assert set(blog.build().outcomes.values()) == {Outcome.UNCHANGED}

    def test_a_dry_run_needs_no_turn(self, output: Path) -> None:
        with lock_holder(output):
            assert publish(output, {"entries.rss": rss()}, dry=True).outcomes

    def test_a_failed_start_lets_go_of_the_lock(self, output: Path) -> None:
        output.mkdir()
        (output / "comments").symlink_to("comments")  # a circle: it cannot be listed
        with suppress(StorageError):
            publish(output, {"entries.rss": rss()})
        (output / "comments").unlink()
        assert publish(output, {"entries.rss": rss()}).outcomes


# --- a first build, whose feeds lead to each other ------------------------------------------------

_FIRST = {
    "comments/a.rss": rss("entries.rss"),
    "comments/a.json": (OURS["entries.json"] % "entries.json").encode(),
    "comments.rss": rss("entries.rss"),
    "entries.rss": rss("comments/a.rss"),
    "entries.json": (OURS["entries.json"] % "comments/a.json").encode(),
    "index.html": (OURS["index.html"] % "").encode(),
}
_MOVES = ("rename", "replace", "symlink", "unlink")


def killed_at(output: Path, number: int) -> bool:
    """Publish in a process that ends with no warning before it moves something for the nth time.

    Return whether it got there.
    """
    process = os.fork()
    if not process:
        left = iter(range(number))

        def mortal(move: Callable[..., object]) -> Callable[..., object]:
            def moved(*given: object) -> object:
                if next(left, None) is None:
                    os._exit(9)
                return move(*given)

            return moved

        for name in _MOVES:
            setattr(os, name, mortal(getattr(os, name)))
        publish(output, _FIRST)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9


def seen(output: Path) -> dict[str, bytes]:
    """What a reader gets, by path."""
    return {path: (output / path).read_bytes() for path in _FIRST if (output / path).exists()}


def names(output: Path) -> list[str]:
    return sorted(str(path.relative_to(output)) for path in output.rglob("*"))


@pytest.mark.parametrize("there", [(), ("CNAME",), ("index.html",), ("entries.rss",)])
def test_no_feed_of_a_first_build_can_be_seen_without_those_it_leads_to(
    output: Path, there: Sequence[str]
) -> None:
    for number in range(100):
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir()
        for name in there:
            (output / name).write_bytes(_FIRST.get(name, b"blog.example"))
        was_killed = killed_at(output, number)
        for path, data in seen(output).items():
            leads_to = re.findall(rb"[\w/]+\.(?:rss|json)", data)
            for other in leads_to if path not in there else ():
                assert (output / other.decode()).exists(), (number, path, other)
        publish(output, _FIRST)
        assert names(output) == sorted({"comments", *_FIRST, *there})
        assert seen(output) == _FIRST
        assert not any((output / path).is_symlink() for path in _FIRST)
        if not was_killed:
            return
    pytest.fail("it never came to its end")


@pytest.mark.parametrize("move", ["symlink", "rename"])
def test_where_there_are_no_links_one_feed_comes_after_the_other(
    output: Path, monkeypatch: pytest.MonkeyPatch, move: str
) -> None:
    moves = getattr(os, move)

    def refuse(old: str, new: str) -> None:
        if not os.path.isdir(old):
            raise PermissionError(1, "Operation not permitted")
        moves(old, new)

    monkeypatch.setattr(os, move, refuse)
    publish(output, _FIRST)
    assert names(output) == sorted({"comments", *_FIRST})
    assert seen(output) == _FIRST
    assert not any((output / path).is_symlink() for path in _FIRST)


def test_a_link_of_somebody_else_is_left_alone(output: Path) -> None:
    output.mkdir()
    for name, target in (("old.rss", "comments/a.rss"), ("older.rss", "nowhere/.feeds-1-1.tmp")):
        (output / name).symlink_to(target)
    publish(output, _FIRST)
    assert (output / "old.rss").read_bytes() == _FIRST["comments/a.rss"]
    assert (output / "older.rss").is_symlink()


def test_a_link_that_cannot_be_read_is_no_traceback(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output.mkdir()
    (output / "entries.rss").symlink_to("comments/.feeds-1-1.tmp")

    def fail(_: object) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "readlink", fail)
    publication = publish(output, _FIRST)
    assert [problem.what for problem in publication.problems] == [
        "this is not a regular file, so it was left alone"
    ]
    assert {*seen(output)} == {*_FIRST} - {"entries.rss"}
