"""Posts that are read while the build gets ready: the same comes of it, or it comes to nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds import ahead, listing, parallel, placing, reading
from feeds.ahead import Ahead
from feeds.errors import SettingsError, StorageError
from feeds.placing import tree_of
from feeds.settings import load
from feeds.sources.site import source_of
from feeds.unchanged import memo_path, read_memo
from tests.builders import TinyBlog

_POSTS = 120


@pytest.fixture
def blog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyBlog:
    """A blog of enough posts to be read by two processes, with a comment on each and a draft."""
    monkeypatch.setattr(parallel, "cores", lambda: 2)
    monkeypatch.setattr(ahead, "cores", lambda: 2)
    monkeypatch.setattr(reading, "MANY", _POSTS)
    blog = TinyBlog(tmp_path)
    for number in range(_POSTS):
        blog.post(f"{number % 7}/p{number}", date=f"2024-05-{number % 28 + 1:02}")
        blog.comment(f"p{number}", "1")
    return blog.post("draft", status="draft").post("README", title="None of them")


@pytest.fixture
def started(blog: TinyBlog) -> Iterator[Callable[[], Ahead]]:
    """Begins to read the blog; what began is gone when the test ends."""
    begun: list[Ahead] = []

    def start() -> Ahead:
        begun.append(Ahead(load(blog.content), "content", time.time(), keeps=True))
        return begun[-1]

    yield start
    for one in begun:
        one.dismiss()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The posts that this process has read."""
    found: list[str] = []
    read = reading.read_posts

    def noted(source: Any, files: Any, bodies: bool, start: int) -> reading.Lot:
        found.extend(file.inside for file in files[start : start + reading.LOT])
        return read(source, files, bodies, start)

    monkeypatch.setattr(reading, "read_posts", noted)
    return found


def from_nothing(blog: TinyBlog) -> dict[str, bytes]:
    """What a build by one process makes of it."""
    blog.build(index=None)
    files = blog.files()
    for path in sorted(blog.output.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return files


Start = Callable[[], Ahead]


def test_it_sees_what_this_process_would(blog: TinyBlog, started: Start) -> None:
    source = source_of(load(blog.content), "content")
    told = started().listed(source)
    assert told
    count, trees, tops = told
    suffixes = frozenset(suffix for place in source.settings.places for suffix in place.suffixes)
    tree = tree_of(source.settings)
    assert count == _POSTS + 1
    assert trees == {"posts": list(tree.walk("posts", suffixes))}
    assert tops == {"comments": tree.held("comments", "", suffixes)}


def test_a_build_takes_over_what_was_read(
    blog: TinyBlog, started: Start, read_here: list[str]
) -> None:
    expected = from_nothing(blog)
    one = started()
    time.sleep(0.5)  # it has read all by then
    read_here.clear()
    report = blog.build(ahead=one, clock=time.time)
    assert (report.read, read_here) == (2 * _POSTS + 1, [])
    assert blog.files() == expected


def test_the_build_after_that_reads_nothing_again(blog: TinyBlog, started: Start) -> None:
    one = started()
    one.started += 10  # by then no file is so young that it must be read again
    blog.build(ahead=one, clock=lambda: time.time() + 20)
    files = blog.files()
    assert blog.build(clock=lambda: time.time() + 20).read == 0
    assert blog.files() == files


@pytest.mark.parametrize("after", [0.0, 0.02, 0.5])
def test_one_that_is_killed_costs_only_time(blog: TinyBlog, started: Start, after: float) -> None:
    expected = from_nothing(blog)
    one = started()
    time.sleep(after)
    os.kill(one.helper._process, signal.SIGKILL)
    blog.build(ahead=one)
    assert blog.files() == expected


def test_what_was_read_by_other_settings_is_of_no_use(
    blog: TinyBlog, started: Start, read_here: list[str]
) -> None:
    one = started()
    other = load(blog.content)._replace(title="Another")
    assert one.listed(source_of(other, "content")) is None


@pytest.mark.parametrize(
    ("settle", "builds"),
    [(1.0, 1), (0.0, 2)],
    ids=["is given its time", "is read by the next build"],
)
def test_a_file_that_was_young_when_it_was_listed(
    blog: TinyBlog, started: Start, settle: float, builds: int
) -> None:
    one = started()
    time.sleep(0.3)
    blog.post("0/p0", title="Whole by now")
    for ahead_of in [one, None][:builds]:
        blog.build(ahead=ahead_of, clock=time.time, settle=settle)
    assert b"Whole by now" in blog.files()["comments/p0.rss"]


def test_where_there_is_no_room_for_a_process_the_build_does_without(
    blog: TinyBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fork() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    assert ahead.begin(load(blog.content), "content", time.time(), keeps=True) is None


def test_what_is_no_file_is_told_all_the_same(blog: TinyBlog, started: Start) -> None:
    os.mkfifo(blog.content / "posts" / "pipe.md")
    report = blog.build(ahead=started())
    assert "content/posts/pipe.md" in [problem.path for problem in report.problems]


@pytest.mark.parametrize("posts", [_POSTS + 2, 0])
def test_few_posts_are_read_when_it_is_their_turn(
    blog: TinyBlog, started: Start, monkeypatch: pytest.MonkeyPatch, posts: int
) -> None:
    monkeypatch.setattr(*((reading, "MANY") if posts else (ahead, "_MOST")), posts)
    expected = from_nothing(blog)
    one = started()
    assert one.listed(source_of(load(blog.content), "content")) is None
    blog.build(ahead=started())
    assert blog.files() == expected


def test_a_blog_that_cannot_be_read_is_told_of_by_the_build(blog: TinyBlog, started: Start) -> None:
    blog.write(
        "site.toml", (blog.content / "site.toml").read_text() + '[content]\nlayout = "hugo"\n'
    )
    blog.write("hugo.toml", "title = \n")
    with pytest.raises(SettingsError, match=r"hugo\.toml:1: not TOML"):
        blog.build(ahead=started())


# --- comments, which are listed and read by the folder --------------------------------------------


def comments_read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the folders of comments that this process reads from now on."""
    found: list[str] = []
    read = reading.read_folders

    def noted(settings: Any, tree: Any, keeps: bool, folders: reading.Folders) -> reading.Filed:
        found.extend(folders[1])
        return read(settings, tree, keeps, folders)

    monkeypatch.setattr(reading, "read_folders", noted)
    return found


def with_all_kinds_of_comments(blog: TinyBlog) -> TinyBlog:
    """Add what lies elsewhere than in a file of a folder right in that for comments."""
    listed = "- id: {0}\n  author: Ann\n  date: 2024-06-0{0}\n  text: One of a list.\n"
    blog.write("comments/p1.yml", listed.format(2) + listed.format(3))
    blog.write("comments/p2/more.yml", listed.format(4))
    blog.write("comments/6/p6/deep.md", "---\nid: 5\nauthor: Bob\n---\nFrom below.\n")
    blog.write("comments/p7/broken.md", b"---\nauthor: \xff\n---\n")
    blog.write("comments/p8/nobody.md", "---\nid: 1\n---\n")
    blog.comment("of-nobody", "1")
    (blog.content / "comments/p9/1.md").rename(blog.content / "comments/p9/link-to.md")
    (blog.content / "comments/p9/1.md").symlink_to("link-to.md")
    os.mkfifo(blog.content / "comments/p9/pipe.md")
    for link in ("comments/p10/x/linked", "comments/p11/linked", "comments/zz"):
        (blog.content / link).parent.mkdir(parents=True, exist_ok=True)
        (blog.content / link).symlink_to(blog.content / "elsewhere", target_is_directory=True)
    for link in ("comments/p12/back", "comments/p13/round"):
        (blog.content / link).symlink_to(blog.content / "comments/p12", target_is_directory=True)
    return blog.write("elsewhere/1.md", "---\nid: 9\nauthor: Eve\n---\nBehind a link.\n")


@pytest.mark.parametrize("most", [0, 3, 1000])
@pytest.mark.parametrize("large", [0, 200, 500_000])
def test_wherever_a_comment_lies_the_same_comes_of_it(
    blog: TinyBlog, started: Start, monkeypatch: pytest.MonkeyPatch, most: int, large: int
) -> None:
    monkeypatch.setattr(reading, "_MOST_IN_FOLDERS", most)
    monkeypatch.setattr(reading, "LARGE", large)
    monkeypatch.setattr(placing, "LARGE", large)
    alone = with_all_kinds_of_comments(blog).build(index=None)
    expected = blog.files()
    shutil.rmtree(blog.output)
    one = started()
    one.started += 10  # by then no file is so young that it must be read again
    report = blog.build(ahead=one, clock=lambda: time.time() + 20)
    assert blog.files() == expected
    assert (report.problems, report.read) == (alone.problems, alone.read)
    assert {p.path for p in report.problems} > {"content/comments/p7/broken.md"}
    again = blog.build(clock=lambda: time.time() + 20)
    assert (again.read, blog.files(), again.problems) == (0, expected, alone.problems)


def test_comments_are_read_by_whoever_is_free(
    blog: TinyBlog, started: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = started()
    time.sleep(0.5)  # it has read all by then
    here = comments_read_here(monkeypatch)
    assert blog.build(ahead=one, clock=time.time).read == 2 * _POSTS + 1
    assert not here


@pytest.mark.parametrize("change", ["a comment", "another", "a folder of it"])
def test_a_change_after_a_folder_was_read_is_seen_by_the_next_build(
    blog: TinyBlog, started: Start, change: str
) -> None:
    one = started()
    time.sleep(0.5)
    blog.comment(
        {"a folder of it": "README"}.get(change, "p0"), "1" if change != "another" else "2"
    )
    if change == "a comment":
        blog.comment("p0", "1", "Well said!")  # of the same size
    blog.build(ahead=one)
    blog.build()
    built = blog.files()
    shutil.rmtree(blog.output)
    assert built == from_nothing(blog)


def test_a_comment_that_was_being_written_is_given_its_time(blog: TinyBlog, started: Start) -> None:
    time.sleep(0.6)  # all else is old enough
    blog.comment("p0", "1", "Half of i")
    one = started()
    time.sleep(0.3)  # it has read all by then
    blog.comment("p0", "1", "Half of it is not enough.")
    blog.build(ahead=one, settle=0.5)
    assert b"not enough" in blog.files()["comments/p0.rss"]


def test_what_was_seen_of_folders_is_kept_for_the_next_build(
    blog: TinyBlog, started: Start
) -> None:
    blog.build(ahead=started())
    memo = read_memo(memo_path(str(blog.folder / "index.sqlite")))
    assert memo
    place = str(blog.content / "comments")
    assert memo["trees"][place] == listing.listing(place)
    # All are so young that a further change might not show.
    assert {f"comments/p{number}" for number in range(_POSTS)} < set(memo["racy"])


def test_a_folder_that_is_gone_when_it_is_its_turn_ends_the_build(
    blog: TinyBlog, started: Start
) -> None:
    source = source_of(load(blog.content), "content")
    tree = tree_of(source.settings)
    with pytest.raises(StorageError, match="comments/gone: cannot be read"):
        reading.read_folders(source.settings, tree, True, ("comments", ["/p1", "/gone"]))


def test_progress_counts_towards_what_there_is(blog: TinyBlog, started: Start) -> None:
    told: list[tuple[str, int, int]] = []
    report = blog.build(ahead=started(), progress=lambda *said: told.append(said))
    read = [(done, of) for what, done, of in told if what == "Reading"]
    assert all(done <= of for done, of in read)
    assert read == sorted(read)
    assert read[-1] == (report.read, report.read)


def test_the_program_begins_so_where_nothing_is_known(blog: TinyBlog, tmp_path: Path) -> None:
    expected = from_nothing(blog)
    code = (
        "import sys; from feeds import ahead, parallel, reading, __main__;"
        f" ahead.cores = parallel.cores = lambda: 2; reading.MANY = {_POSTS};"
        " begin = ahead.begin; ahead.begin = lambda *given, **more: print('begun') or begin(*given, **more);"
        " sys.exit(__main__.main())"
    )
    index = tmp_path / "index.db"
    command: list[str | Path] = [sys.executable, "-c", code, "build", blog.content]
    command += ["-o", blog.output, "--index", index, "--settle", "0"]
    for said in ("begun\n", ""):
        result = subprocess.run(
            [*command, "--index", index, "--settle", "0"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (result.returncode, result.stdout, result.stderr) == (0, said, "")
        (blog.content / "posts/README.md").touch()
    assert {k: v for k, v in blog.files().items() if "/" in k} == {
        k: v for k, v in expected.items() if "/" in k
    }
