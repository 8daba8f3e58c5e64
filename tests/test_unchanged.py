"""The lean path: it may say "nothing has changed" only when a build would do nothing at all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import unchanged
from feeds.errors import GuardError, Problem
from tests.builders import SITE_TOML, TinyBlog
from tests.processes import lock_holder

Change = Callable[[TinyBlog], object]


class Built:
    """A blog that was built at a time when its files were old enough to be trusted."""

    def __init__(self, blog: TinyBlog, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.blog = blog
        self.index = index
        self.at = time.time()
        self.arguments = ["build", str(blog.content), "-o", str(blog.output), "--index", str(index)]
        self._patch = monkeypatch

    def build(self, ahead: float = 10.0) -> None:
        self.at = time.time()
        self.blog.build(
            datetime.fromtimestamp(int(self.at), UTC),
            clock=lambda: time.time() + ahead,
            present=True,
            index=self.index,
            tell=self._tell,
        )

    def _tell(self, problems: Sequence[Problem], told: Mapping[str, float]) -> dict[str, float]:
        return {str(problem): self.at for problem in problems}

    def asked(self, *more: str, after: float = 1.0) -> int | None:
        """What the lean path says so many seconds after the build."""
        self._patch.setattr("feeds.unchanged.time.time", lambda: self.at + after)
        try:
            return unchanged.ask([*self.arguments, *more]).code
        finally:
            self._patch.undo()
            self._patch.setattr("feeds.unchanged.os.isatty", lambda _: False)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    blog = TinyBlog(tmp_path).post("a").post("b").comment("a").comment("b", "2")
    blog.write("posts/sub/c.md", "---\ntitle: C\ndate: 2024-05-01\n---\nText.\n")
    monkeypatch.setattr("feeds.unchanged.os.isatty", lambda _: False)
    built = Built(blog, tmp_path / "cache" / "index.sqlite", monkeypatch)
    built.build()
    return built


def test_nothing_has_changed(built: Built) -> None:
    assert built.asked() == 0
    assert built.asked(after=10 * 365 * 86_400) == 0


def test_a_second_build_changes_nothing_about_that(built: Built) -> None:
    built.build()
    assert built.asked() == 0


# --- arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more", [["-q"], ["--quiet"], ["--settle", "5"], ["--settle=5"], ["-q", "--settle=0"]]
)
def test_arguments_that_do_not_matter(built: Built, more: list[str]) -> None:
    assert built.asked(*more) == 0


@pytest.mark.parametrize(
    "more",
    [
        ["--accept"],
        ["--against", "somewhere"],
        ["--against=somewhere"],
        ["--strict"],
        ["--dry-run"],
        ["--now", "2024-06-01"],
        ["--now=2024-06-01"],
        ["--wait", "5"],
        ["--no-index"],
        ["--json"],
        ["-v"],
        ["--verbose"],
        ["-h"],
        ["--help"],
        ["--version"],
        ["--acc"],
        ["--outp", "elsewhere"],
        ["--unknown"],
        ["-qv"],
        ["--"],
        ["another"],
        [""],
        ["-o"],
        ["-o", ""],
        ["-o", "-q"],
        ["--settle"],
        ["--index="],
        ["-oelsewhere"],
    ],
)
def test_arguments_that_might_matter(built: Built, more: list[str]) -> None:
    assert built.asked(*more) is None


@pytest.mark.parametrize("arguments", [[], ["import"], ["serve"], ["--version"], ["-q", "build"]])
def test_other_commands_are_none_of_its_business(arguments: list[str]) -> None:
    assert unchanged.ask(arguments).code is None


def test_somebody_who_watches_gets_the_whole_report(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.unchanged.os.isatty", lambda descriptor: descriptor == 1)
    assert unchanged.ask(built.arguments).code is None


def test_another_output_or_content_is_another_build(built: Built, tmp_path: Path) -> None:
    """The index says of which content and output it is, unless it was named."""
    content, output = str(built.blog.content), str(built.blog.output)
    mine = unchanged.index_path(content, output)
    assert mine == unchanged.index_path(f"{content}/../content", f"{output}/")
    assert (
        len({mine, unchanged.index_path(output, content), unchanged.index_path(content, None)}) == 3
    )


@pytest.mark.parametrize("which", ["content", "output"])
def test_an_index_of_another_build_tells_nothing(built: Built, tmp_path: Path, which: str) -> None:
    """`--index` is the same, but the folders are others."""
    other = tmp_path / "other"
    shutil.copytree(built.blog.content if which == "content" else built.blog.output, other)
    if which == "content":
        (other / "posts/a.md").unlink()
        built.arguments[1] = str(other)
    else:
        (other / "entries.rss").unlink()
        built.arguments[3] = str(other)
    assert built.asked() is None


# --- what changed ---------------------------------------------------------------------------------


def edit_in_secret(blog: TinyBlog) -> None:
    """The same size, and the same time to the nanosecond."""
    path = blog.content / "posts/a.md"
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Text", b"Next"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def swap(path: str) -> Change:
    def change(blog: TinyBlog) -> None:
        target = blog.folder / path
        beside = target.with_name(".beside")
        shutil.copy2(target, beside)
        beside.replace(target)

    return change


def write(path: str, data: bytes = b"Other.") -> Change:
    return lambda blog: (blog.folder / path).write_bytes(data)


def cut(path: str) -> Change:
    return lambda blog: os.truncate(blog.folder / path, 30)


def unlink(path: str) -> Change:
    return lambda blog: (blog.folder / path).unlink()


def touch(path: str) -> Change:
    return lambda blog: os.utime(blog.folder / path)


INDEX, MEMO = "cache/index.sqlite", "cache/index.sqlite-memo"
CHANGES: dict[str, Change] = {
    "a post edited": lambda blog: blog.post("a", "Edited."),
    "a post edited, of the same size and time": edit_in_secret,
    "a post touched": touch("content/posts/a.md"),
    "a post's mode": lambda blog: (blog.content / "posts/a.md").chmod(0o600),
    "a post replaced by a copy": swap("content/posts/a.md"),
    "a new post": lambda blog: blog.post("new"),
    "a new post in a sub-folder": lambda blog: blog.write("posts/sub/new.md", "Text."),
    "a new post of a rare suffix": lambda blog: blog.write("posts/new.Markdown", "Text."),
    "a post removed": unlink("content/posts/a.md"),
    "a post renamed": lambda blog: (blog.content / "posts/a.md").rename(
        blog.content / "posts/z.md"
    ),
    "a new comment": lambda blog: blog.comment("a", "9"),
    "a new list of comments": lambda blog: blog.write("comments/c.yml", "- {message: Hi.}\n"),
    "a comment removed": unlink("content/comments/a/1.md"),
    "a folder renamed": lambda blog: (blog.content / "comments/a").rename(
        blog.content / "comments/z"
    ),
    "no comments": lambda blog: shutil.rmtree(blog.content / "comments"),
    "no posts": lambda blog: shutil.rmtree(blog.content / "posts"),
    "no content": lambda blog: shutil.rmtree(blog.content),
    "a link": lambda blog: (blog.content / "posts/link.md").symlink_to("a.md"),
    "a link to a folder": lambda blog: (blog.content / "posts/link").symlink_to("sub"),
    "a post replaced by a link": lambda blog: (blog.content / "posts/a.md").symlink_to(
        (blog.content / "posts/a.md").rename(blog.folder / "a.md")
    ),
    "site.toml": lambda blog: blog.write("site.toml", SITE_TOML.replace("A blog", "B blog")),
    "site.toml touched": touch("content/site.toml"),
    "no site.toml": unlink("content/site.toml"),
    "a feed gone": unlink("output/entries.rss"),
    "a feed overwritten": write("output/comments.json"),
    "a feed touched": touch("output/entries.atom"),
    "a page overwritten": write("output/index.html"),
    "a post's feed gone": unlink("output/comments/a.rss"),
    "a post's feed replaced": swap("output/comments/a.rss"),
    "something new in the output": write("output/new.txt"),
    "something new beside the posts' feeds": write("output/comments/old.rss"),
    "no output": lambda blog: shutil.rmtree(blog.output),
    "no folder of comments in the output": lambda blog: shutil.rmtree(blog.output / "comments"),
    "no index": unlink(INDEX),
    "an index touched": touch(INDEX),
    "an index cut": cut(INDEX),
    "an index of nothing": write(INDEX, b""),
    "an index replaced by a copy": swap(INDEX),
    "no memo": unlink(MEMO),
    "an empty memo": write(MEMO, b""),
    "a memo cut": cut(MEMO),
    "a memo of garbage": write(MEMO, os.urandom(500)),
    "no cache": lambda blog: shutil.rmtree(blog.folder / "cache"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_could_matter_is_seen(built: Built, change: Change) -> None:
    change(built.blog)
    assert built.asked() is None


INDIFFERENT: dict[str, Change] = {
    "a note": lambda blog: blog.write("posts/notes.txt", "Buy milk."),
    "a picture": lambda blog: blog.write("posts/sub/x.png", b"\x89PNG"),
    "an editor's file": lambda blog: blog.write("posts/.a.md.swp", "Text."),
    "a backup": lambda blog: blog.write("comments/a/1.md~", "Text."),
    "version control": lambda blog: blog.write("posts/.git/x.md", "Text."),
    "what stands beside": lambda blog: blog.write("drafts/x.md", "Text."),
}


@pytest.mark.parametrize("change", INDIFFERENT.values(), ids=INDIFFERENT.keys())
def test_what_is_no_content_does_not_matter(built: Built, change: Change) -> None:
    change(built.blog)
    assert built.asked() == 0


def test_a_file_that_was_young_when_it_was_read_may_have_changed_since(built: Built) -> None:
    built.blog.post("a", "Edited.")
    built.build(ahead=0.0)
    assert built.asked() is None
    built.build(ahead=10.0)
    assert built.asked() == 0


def test_another_python_is_another_program(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version", "4.0")
    assert unchanged.ask(built.arguments).code is None


def test_another_release_of_a_library_is_another_program(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = unchanged.program_signature()
    (tmp_path / "site-packages").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site-packages")])
    with_one = unchanged.program_signature()
    (tmp_path / "site-packages/library-2.0.dist-info").mkdir()
    assert len({repr(s) for s in (before, with_one, unchanged.program_signature())}) == 3
    assert unchanged.ask(built.arguments).code is None


def test_another_version_of_ours_is_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/deep.py").write_text("x = 1\n")
    monkeypatch.setattr(unchanged, "__file__", str(tmp_path / "unchanged.py"))
    before = unchanged.program_signature()
    (tmp_path / "sources/__pycache__").mkdir()
    assert unchanged.program_signature() == before
    (tmp_path / "sources/deep.py").write_text("x = 2\n")
    assert unchanged.program_signature() != before


def test_a_build_at_work_is_not_overlooked(built: Built) -> None:
    with lock_holder(built.blog.output):
        assert built.asked() is None
    built.build()  # the holder swept, which is a look at the folder and no more
    assert built.asked() == 0


# --- time -----------------------------------------------------------------------------------------


def test_what_is_scheduled_comes_due(built: Built) -> None:
    soon = datetime.fromtimestamp(int(built.at) + 3600, UTC)
    built.blog.post("soon", date=f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    built.build()
    due = soon.timestamp() - built.at
    assert built.asked(after=due - 0.5) == 0
    assert built.asked(after=due) is None


@pytest.mark.parametrize("front", ["date", "updated"])
@pytest.mark.parametrize("kind", ["post", "comment"])
def test_so_does_a_comment_or_an_edit_dated_ahead(built: Built, kind: str, front: str) -> None:
    soon = datetime.fromtimestamp(int(built.at) + 3600, UTC)
    write = built.blog.post if kind == "post" else built.blog.comment
    write("a", "9", **{front: f"{soon:%Y-%m-%dT%H:%M:%SZ}"})
    built.build()
    assert built.asked(after=3000) == 0
    assert built.asked(after=3700) is None


def test_a_clock_that_was_set_back_proves_nothing(built: Built) -> None:
    assert built.asked(after=-5) is None


class TestAProblemThatStands:
    @pytest.fixture(autouse=True)
    def _a_problem(self, built: Built) -> None:
        built.blog.write("posts/broken.md", b"\xff")
        built.build()
        self.built = built

    def test_the_exit_code_says_so_each_time(self) -> None:
        assert self.built.asked() == 1
        assert self.built.asked(after=86_000) == 1

    def test_after_a_day_it_is_told_again(self) -> None:
        assert self.built.asked(after=86_401) is None


def test_a_refusal_of_the_guard_is_never_hidden(built: Built) -> None:
    built.blog.write("site.toml", SITE_TOML.replace("2024:", "2025:"))
    for _ in range(3):
        with pytest.raises(GuardError):
            built.build()
        assert built.asked() is None


def test_a_refusal_for_want_of_posts_is_never_hidden(built: Built) -> None:
    shutil.rmtree(built.blog.content / "posts")
    (built.blog.content / "posts").mkdir()
    for _ in range(3):
        with pytest.raises(GuardError):
            built.build()
        assert built.asked() is None


# --- the memo -------------------------------------------------------------------------------------


def test_a_memo_of_another_form_is_none(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    path = unchanged.memo_path(str(built.index))
    memo = unchanged.read_memo(path)
    assert memo
    monkeypatch.setattr(unchanged, "_FORM", 0)
    unchanged.write_memo(path, memo)
    monkeypatch.undo()
    assert unchanged.read_memo(path) is None
    assert unchanged.ask(built.arguments).code is None


@given(st.data())
def test_a_memo_with_any_byte_changed_is_none(data: st.DataObject) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp"), f"feeds-memo-{os.getpid()}")
    try:
        unchanged.write_memo(str(path), {"files": {"a": (1, 2)}, "exit": 0})
        whole = path.read_bytes()
        place = data.draw(st.integers(0, len(whole) - 1))
        if data.draw(st.booleans()):
            path.write_bytes(whole[:place])
        else:
            other = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
            path.write_bytes(whole[:place] + other + whole[place + 1 :])
        assert unchanged.read_memo(str(path)) is None
    finally:
        path.unlink()


def test_a_memo_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "memo").mkdir()
    unchanged.write_memo(str(tmp_path / "memo"), {})
    unchanged.write_memo(str(tmp_path / "nowhere" / "memo"), {})
    assert [path.name for path in tmp_path.iterdir()] == ["memo"]


# --- what it costs --------------------------------------------------------------------------------

#: What takes longer to import than the lean path takes in all.
HEAVY = """
    argparse asyncio cmarkgfm dataclasses dateutil datetime enum feedgen hashlib html inspect json
    logging lxml nh3 pathlib re shutil sqlite3 subprocess tempfile tomllib typing urllib yaml zoneinfo
"""
_TELL_MODULES = """
import sys
before = set(sys.modules)
from feeds.__main__ import main
code = main()
print(code, *sorted(set(sys.modules) - before))
"""


def test_it_imports_next_to_nothing(built: Built) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _TELL_MODULES, *built.arguments],
        capture_output=True,
        text=True,
        cwd=Path(unchanged.__file__).parents[1],
        timeout=60,
    )
    code, *modules = run.stdout.split()
    assert (code, run.stderr) == ("0", "")
    assert not set(HEAVY.split()) & {name.partition(".")[0] for name in modules}
    assert {name for name in modules if name.startswith("feeds")} == {
        "feeds",
        "feeds.__main__",
        "feeds.listing",
        "feeds.unchanged",
    }


def test_it_looks_at_each_file_of_content_once_and_opens_none(built: Built, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    log = tmp_path / "log"
    command = [sys.executable, "-m", "feeds", *built.arguments]
    if not strace or subprocess.run([strace, "-o", log, "true"], capture_output=True).returncode:
        pytest.skip("strace is not here, or not allowed to trace")
    run = subprocess.run(
        [strace, "-f", "-e", "trace=%file", "-o", log, *command],
        capture_output=True,
        text=True,
        cwd=Path(unchanged.__file__).parents[1],
        timeout=60,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    calls = log.read_text().splitlines()
    for path in built.blog.content.rglob("*.md"):
        about = [call for call in calls if f'"{path.name}"' in call]
        same_name = sum(other.name == path.name for other in built.blog.content.rglob("*.md"))
        assert len(about) == same_name
        assert all(re.search(r"\b(newfstat|f?stat)", call) for call in about)
