"""The index is a cache: whatever becomes of it, the next build gives the right bytes."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds import listing, memory, unchanged
from feeds.cli import main
from feeds.tables import FORM
from tests.builders import TinyBlog
from tests.processes import run, run_as_nobody

Capture = pytest.CaptureFixture[str]
Change = Callable[[Path], object]


def ten_seconds_on() -> float:
    """A clock by which no file is so young that it must be read again."""
    return time.time() + 10


@pytest.fixture
def blog(tmp_path: Path) -> TinyBlog:
    """Three posts with comments, built; by its index, the next build reads nothing."""
    blog = TinyBlog(tmp_path)
    for name in ("a", "b", "c"):
        blog.post(name).comment(name, "1").comment(name, "2")
    blog.build(clock=ten_seconds_on)
    assert blog.build(clock=ten_seconds_on).read == 0
    return blog


def index_of(blog: TinyBlog) -> Path:
    return blog.folder / "index.sqlite"


def memo_of(index: Path) -> Path:
    return Path(unchanged.memo_path(str(index)))


def copied(blog: TinyBlog, name: str) -> TinyBlog:
    """The same content in another folder."""
    (blog.folder / name).mkdir()
    other = TinyBlog(blog.folder / name)
    shutil.rmtree(other.content)
    shutil.copytree(blog.content, other.content)
    return other


def from_nothing(blog: TinyBlog) -> dict[str, bytes]:
    other = copied(blog, "other")
    other.build(index=None)
    return other.files()


def overwritten(index: Path, seed: int) -> None:
    """A disk that lost some pages, as after a power cut."""
    data = bytearray(index.read_bytes())
    rng = random.Random(seed)
    for _ in range(3):
        page = rng.randrange(len(data) // 4096) * 4096
        data[page : page + 4096] = rng.choice([bytes(4096), rng.randbytes(4096)])
    index.write_bytes(data)


def with_lost_pages(index: Path, seed: int) -> None:
    """A disk that lost whole pages of a database: all of each, or its head."""
    data = bytearray(index.read_bytes())
    rng = random.Random(seed)
    for _ in range(3):
        page = rng.randrange(len(data) // 16384) * 16384
        size = rng.choice([512, 4096, 16384])
        data[page : page + size] = bytes(size)
    index.write_bytes(data)


def as_if_nobody_had_touched_it(index: Path) -> None:
    memo = unchanged.read_memo(str(memo_of(index)))
    assert memo
    memo["index"][1] = listing.signature(str(index))
    unchanged.write_memo(str(memo_of(index)), memo)


def in_its_place(path: Path) -> Path:
    """The path of a file that is gone."""
    path.unlink()
    return path


def foreign_database(index: Path) -> None:
    database = sqlite3.connect(in_its_place(index))
    database.execute("CREATE TABLE posts (x)")
    database.close()


LOSSES: dict[str, Change] = {
    "gone": lambda index: index.unlink(),
    "empty": lambda index: index.write_bytes(b""),
    "cut": lambda index: os.truncate(index, index.stat().st_size // 2),
    "cut within a page": lambda index: os.truncate(index, 5000),
    "garbage": lambda index: index.write_bytes(random.Random(0).randbytes(9000)),
    "text": lambda index: index.write_text("<html>"),
    "a database of somebody else": foreign_database,
    "lost pages": lambda index: overwritten(index, 1),
    "a folder in its place": lambda index: in_its_place(index).mkdir(),
    "a full folder in its place": lambda index: (in_its_place(index) / "x").mkdir(parents=True),
    "a link to nothing": lambda index: in_its_place(index).symlink_to("nowhere/at/all"),
    "a link to itself": lambda index: in_its_place(index).symlink_to(index),
    "no memo": lambda index: memo_of(index).unlink(),
    "an empty memo": lambda index: memo_of(index).write_bytes(b""),
    "a memo cut": lambda index: os.truncate(memo_of(index), 50),
    "a memo of garbage": lambda index: memo_of(index).write_bytes(b"\0" * 400),
    "a folder in the memo's place": lambda index: in_its_place(memo_of(index)).mkdir(),
    "both gone": lambda index: in_its_place(memo_of(in_its_place(index))),
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES.keys())
def test_a_lost_index_means_a_full_build(blog: TinyBlog, lose: Change) -> None:
    blog.post("d").comment("a", "3")
    lose(index_of(blog))
    report = blog.build(clock=ten_seconds_on)
    assert (report.exit_code, report.read) == (0, 11)
    assert blog.files() == from_nothing(blog)


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES.keys())
def test_the_command_says_nothing_of_it(blog: TinyBlog, capsys: Capture, lose: Change) -> None:
    arguments = ["build", str(blog.content), "-o", str(blog.output), "--index", str(index_of(blog))]
    lose(index_of(blog))
    assert main(arguments) == 0
    assert main(arguments) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "lose",
    [lose for name, lose in LOSSES.items() if "place" not in name and "itself" not in name],
)
def test_and_the_build_after_that_reads_nothing_again(blog: TinyBlog, lose: Change) -> None:
    lose(index_of(blog))
    blog.build(clock=ten_seconds_on)
    assert blog.build(clock=ten_seconds_on).read == 0


@pytest.mark.parametrize("seed", range(12))
def test_lost_pages_that_nobody_noticed_mean_a_full_build_too(blog: TinyBlog, seed: int) -> None:
    """After a power cut a file may have its new size and time, and not its new bytes."""
    blog.post("d").comment("a", "3")
    overwritten(index_of(blog), seed)
    as_if_nobody_had_touched_it(index_of(blog))
    report = blog.build(clock=ten_seconds_on)
    assert report.exit_code == 0
    assert blog.files() == from_nothing(blog)
    assert blog.build(clock=ten_seconds_on).exit_code == 0


@pytest.mark.parametrize("seed", range(12))
def test_in_a_large_index_it_is_sqlite_that_notices(
    blog: TinyBlog, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_SMALL", 0)
    blog.build(clock=ten_seconds_on)
    blog.post("d").comment("a", "3")
    with_lost_pages(index_of(blog), seed)
    as_if_nobody_had_touched_it(index_of(blog))
    assert blog.build(clock=ten_seconds_on).exit_code == 0
    assert blog.files() == from_nothing(blog)


def test_an_index_may_be_called_anything(blog: TinyBlog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.staging._MANY", 1)
    monkeypatch.setattr("feeds.parallel.cores", lambda: 2)
    index = blog.folder / "a?b#c%41" / "é 'i\".sqlite"
    blog.build(index=index, clock=ten_seconds_on)
    assert blog.build(index=index, clock=ten_seconds_on).read == 0
    shutil.rmtree(blog.output)
    blog.build(index=index, clock=ten_seconds_on)
    assert blog.files() == from_nothing(blog)


def test_an_index_of_an_older_release_is_as_good_as_none(
    blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "FORM", FORM + 1)
    assert blog.build(clock=ten_seconds_on).read == 9
    assert blog.build(clock=ten_seconds_on).read == 0


def test_another_release_with_the_same_tables_reads_everything_again(
    blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "program_signature", lambda: ["another"])
    assert blog.build(clock=ten_seconds_on).read == 9


def test_other_settings_read_everything_again(blog: TinyBlog) -> None:
    site = (blog.content / "site.toml").read_text()
    blog.write("site.toml", site + 'timezone = "Asia/Tokyo"\n')
    assert blog.build(clock=ten_seconds_on).read == 9


def test_a_comment_in_site_toml_reads_nothing_again(blog: TinyBlog) -> None:
    blog.write("site.toml", (blog.content / "site.toml").read_text() + "# Hello.\n")
    assert blog.build(clock=ten_seconds_on).read == 0


@pytest.mark.parametrize("how", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE", "SELECT * FROM folders"])
def test_an_index_that_somebody_else_holds_is_not_waited_for(blog: TinyBlog, how: str) -> None:
    blog.post("d")
    holder = sqlite3.connect(index_of(blog), isolation_level=None)
    try:
        cursor = holder.execute(how)
        cursor.fetchone()
        began = time.monotonic()
        report = blog.build(clock=ten_seconds_on)
        assert time.monotonic() - began < 5
    finally:
        holder.close()
    assert report.exit_code == 0
    assert blog.files() == from_nothing(blog)
    blog.build(clock=ten_seconds_on)
    assert blog.build(clock=ten_seconds_on).read == 0


def test_content_that_moved_is_another_content_to_the_same_index(blog: TinyBlog) -> None:
    """As in a CI that keeps its index and checks out into another folder each time."""
    moved = copied(blog, "moved")
    shutil.rmtree(moved.content / "comments/a")
    moved.build(clock=ten_seconds_on, index=index_of(blog))
    assert moved.files() == from_nothing(moved)


def test_no_index_is_kept_where_none_is_wanted(blog: TinyBlog) -> None:
    before = (index_of(blog).read_bytes(), memo_of(index_of(blog)).read_bytes())
    blog.post("d").build(index=None)
    assert (index_of(blog).read_bytes(), memo_of(index_of(blog)).read_bytes()) == before
    names = {path.name for path in blog.folder.iterdir()}
    assert names == {"content", "output", "index.sqlite", "index.sqlite-memo"}
    assert os.listdir(unchanged.cache_folder()) == ["forms"]


def test_after_a_build_without_it_an_index_still_gives_the_right_bytes(blog: TinyBlog) -> None:
    blog.post("d").comment("d").build(index=None)
    (blog.content / "posts/d.md").unlink()
    shutil.rmtree(blog.content / "comments/d")
    blog.build(clock=ten_seconds_on)
    assert blog.files() == from_nothing(blog)


def test_nobody_else_can_look_into_it(blog: TinyBlog) -> None:
    """It holds drafts, and what comments said that were never approved."""
    index = blog.folder / "cache" / "feeds" / "index.sqlite"
    umask = os.umask(0o022)
    try:
        blog.build(index=index)
    finally:
        os.umask(umask)
    assert index.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_folder_that_cannot_be_written_costs_the_index_and_nothing_else(
    tmp_path: Path, mode: int
) -> None:
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.getuid() and len(folder.parts) > 2:
            folder.chmod(0o755)
    blog = TinyBlog(tmp_path).post().comment()
    for name in ("output", "scratch"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o777)
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(mode)
    result = run_as_nobody(
        *("build", blog.content, "-o", blog.output, "--index", closed / "index.sqlite"),
        content=blog.content,
        scratch=tmp_path / "scratch",
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert blog.files() == from_nothing(blog)
    closed.chmod(0o755)
    assert list(closed.iterdir()) == []


def test_a_file_where_the_cache_folder_should_be_costs_nothing_else(tmp_path: Path) -> None:
    blog = TinyBlog(tmp_path).post()
    (tmp_path / "cache").write_text("I am a file.")
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    result = run("build", cwd=tmp_path, env=env)
    assert (result.returncode, result.stderr) == (0, "")
    assert "entries.rss" in blog.files()


def test_a_full_disk_under_the_index_costs_the_index_and_nothing_else(
    blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = memory.Memory._connected

    def full(self: memory.Memory, path: str) -> sqlite3.Connection:
        database = whole(self, path)
        if path == str(index_of(blog)):
            database.execute("PRAGMA max_page_count = 12")
        return database

    for number in range(60):
        blog.post(f"p{number}", body="Text. " * 100)
    monkeypatch.setattr(memory.Memory, "_connected", full)
    assert blog.build(clock=ten_seconds_on).exit_code == 0
    assert blog.files() == from_nothing(blog)
