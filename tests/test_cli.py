"""The command line: what it says, to whom, and with which exit code (design §4, promise 11)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import __version__, cli
from feeds.arguments import parser
from feeds.cli import main
from feeds.unchanged import plain_build
from tests.builders import SITE_TOML, TinyBlog
from tests.processes import lock_holder, run, run_on_terminal

Capture = pytest.CaptureFixture[str]
#: `path:line: what is wrong; what to do`, on one line.
LINE = re.compile(r"[^\s:][^:\n]*(?::[1-9]\d*)?: .+?; .+")


@pytest.fixture
def here(blog: TinyBlog, monkeypatch: pytest.MonkeyPatch) -> TinyBlog:
    """A blog whose folder is the current one, with a good post and a comment on it."""
    monkeypatch.chdir(blog.folder)
    return blog.post("good").comment("good")


# --- bad input ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bad:
    """Something that people do, what they are told of it, and with which exit code."""

    name: str
    do: Callable[[TinyBlog], object]
    said: str
    code: int = 1


def _reply(id: str, parent: str) -> Callable[[TinyBlog], object]:
    return lambda blog: blog.comment("good", id, parent=parent)


def _circle(blog: TinyBlog) -> None:
    blog.comment("good", "2", parent="3").comment("good", "3", parent="2")


def _two_of_one_name(blog: TinyBlog) -> None:
    blog.post("older", slug="same", date="2024-01-01").post("newer", slug="same")


def _a_circle_of_links(blog: TinyBlog) -> None:
    shutil.rmtree(blog.content / "posts")
    (blog.content / "posts").symlink_to("posts")


def _site(text: str) -> Callable[[TinyBlog], object]:
    return lambda blog: blog.write("site.toml", text)


def _raw(data: bytes) -> Callable[[TinyBlog], object]:
    return lambda blog: blog.write("posts/bad.md", b"---\ntitle: Bad\ndate: 2024-05-01\n" + data)


CONTENT = [
    Bad("broken YAML", _raw(b"tags: [a\n---\n"), r"posts/bad\.md:\d: not YAML: "),
    Bad("broken TOML", lambda b: b.write("posts/bad.md", "+++\ntitle = Bad\n+++\n"), r"posts/bad\.md:2: not TOML: "),
    Bad("front matter without an end", _raw(b"\n"), r"posts/bad\.md:1: the front matter does not end"),
    Bad("front matter that is a list", lambda b: b.write("posts/bad.md", "---\n- a\n---\n"), r"posts/bad\.md:2: not a list of `key: value` lines"),
    Bad("a key twice", _raw(b"title: Again\n---\n"), r"posts/bad\.md:4: the key 'title' stands twice"),
    Bad("an alias", _raw(b"a: &x 1\nb: *x\n---\n"), r"posts/bad\.md:5: a YAML alias"),
    Bad("no title", lambda b: b.write("posts/bad.md", "---\ndate: 2024-05-01\n---\n"), r"posts/bad\.md:1: no title; "),
    Bad("a near title", lambda b: b.write("posts/bad.md", "---\ntitel: X\ndate: 2024-05-01\n---\n"), r"posts/bad\.md:1: no title; did you mean `title:` by `titel:`\?"),
    Bad("an empty title", lambda b: b.post("bad", title='""'), r"posts/bad\.md:\d: no title; "),
    Bad("no front matter", lambda b: b.write("posts/bad.md", "Text.\n"), r"posts/bad\.md:1: no front matter; "),
    Bad("an empty file", lambda b: b.write("posts/bad.md", ""), r"posts/bad\.md:1: no front matter; "),
    Bad("no date", lambda b: b.write("posts/bad.md", "---\ntitle: Bad\n---\n"), r"posts/bad\.md:1: .*date"),
    Bad("31 February", lambda b: b.post("bad", date="31 February"), r"posts/bad\.md:3: '31 February' "),
    Bad("31 February of a year", lambda b: b.post("bad", date="31 February 2024"), r"posts/bad\.md:3: '31 February 2024' is not a date; "),
    Bad("a day that could be two", lambda b: b.post("bad", date="10/11/2012"), r"posts/bad\.md:3: .*2012-10-11 or 2012-11-10; "),
    Bad("a year that could be many", lambda b: b.post("bad", date="10/11/12"), r"posts/bad\.md:3: '10/11/12' "),
    Bad("a zone that nobody knows", lambda b: b.post("bad", date="2024-05-01 10:00 XYZT"), r"posts/bad\.md:3: nobody knows the zone XYZT "),
    Bad("an unknown status", lambda b: b.post("bad", status="publishd"), r"posts/bad\.md:4: unknown status 'publishd': the post stays hidden; did you mean 'published'\?"),
    Bad("bytes that are not UTF-8", _raw(b"---\n\nna\xefve\n"), r"posts/bad\.md:6: not UTF-8: byte 0xef; "),
    Bad("a NUL", _raw(b"---\n\n\n\0\n"), r"posts/bad\.md:7: holds a NUL byte"),
    Bad("50 MB", _raw(b"---\n" + b"word " * 10_000_000), r"posts/bad\.md: 50,000,0\d\d bytes, over the limit of 4,000,000; "),
    Bad("two posts with one slug", _two_of_one_name, r"posts/newer\.md: the name 'same' is that of posts/older\.md; "),
    Bad("a comment for no post", lambda b: b.comment("gone"), r"comments/gone: 1 comment for no post; "),
    Bad("comments for almost a post", lambda b: b.comment("godo", "1").comment("godo", "2"), r"comments/godo: 2 comments for no post; did you mean 'good'\?"),
    Bad("a reply to itself", _reply("2", "2"), r"comments/good/2\.md:1: the comment answers itself"),
    Bad("a circle of replies", _circle, r"comments/good/3\.md:1: the comment is part of a circle of replies"),
    Bad("a comment without text", lambda b: b.comment("good", "2", body=""), r"comments/good/2\.md:\d: a comment without text; "),
    Bad("a comment with a bad date", lambda b: b.comment("good", "2", date="31 February"), r"comments/good/2\.md:3: "),
    Bad("a comment with an unknown status", lambda b: b.comment("good", "2", status="aproved"), r"comments/good/2\.md:4: unknown status 'aproved': the comment stays hidden; "),
    Bad("a comment that is not UTF-8", lambda b: b.write("comments/good/2.md", b"---\nauthor: \xe9\n---\n\nx\n"), r"comments/good/2\.md:2: not UTF-8: byte 0xe9; "),
    Bad("a list that breaks off", lambda b: b.write("comments/good.yml", "- {name: A, message: x}\n- {name: [\n"), r"comments/good\.yml:\d: not YAML: "),
    Bad("a list that is none", lambda b: b.write("comments/good.yml", "just a word\n"), r"comments/good\.yml:1: not a list of comments; "),
    Bad("a pipe among the posts", lambda b: os.mkfifo(b.content / "posts/bad.md"), r"posts/bad\.md: not a regular file; "),
    Bad("a link that leads out", lambda b: (b.content / "posts/bad.md").symlink_to("/etc/hostname"), r"posts/bad\.md: a link that leads out of the content folder; "),
    Bad("a terminal's secrets", lambda b: b.post("bad", status='"\\e]0;pwned\\a"'), r"posts/bad\.md:4: unknown status '\\x1b\]0;pwned\\x07'"),
]  # fmt: skip

SITES = [
    Bad("no content folder", lambda b: shutil.rmtree(b.content), r"feeds: content: no such folder; ", 2),
    Bad("no site.toml", lambda b: (b.content / "site.toml").unlink(), r"feeds: content/site\.toml: no such file; `feeds init` ", 2),
    Bad("no posts", lambda b: shutil.rmtree(b.content / "posts"), r"feeds: content/posts: no such folder; ", 2),
    Bad("an unknown key", _site(SITE_TOML + 'tilte = "x"\n'), r"feeds: content/site\.toml:5: unknown key 'tilte'; did you mean 'title'\?", 2),
    Bad("an unknown key in a table", _site(SITE_TOML + "[feeds]\nentrys = 3\n"), r"feeds: content/site\.toml:6: unknown key 'entrys'; did you mean 'entries'\?", 2),
    Bad("a wrong type", _site(SITE_TOML + '[feeds]\nentries = "3"\n'), r"feeds: content/site\.toml:6: .*'3'; it takes a whole number", 2),
    Bad("broken TOML", _site('title = "A\n'), r"feeds: content/site\.toml:1: ", 2),
    Bad("no title", _site('url = "https://blog.example/"\nids = "tag:blog.example,2024:"\n'), r"feeds: content/site\.toml: 'title' is missing; ", 2),
    Bad("ids that end in a letter", _site(SITE_TOML.replace('2024:"', '2024"')), r"feeds: content/site\.toml:4: 'ids' is ", 2),
    Bad("a zone that nobody knows", _site(SITE_TOML + 'timezone = "Europe/Atlantis"\n'), r"feeds: content/site\.toml:5: 'timezone' is 'Europe/Atlantis'; ", 2),
    Bad("not UTF-8", lambda b: b.write("site.toml", b'title = "\xe9"\n'), r"feeds: content/site\.toml: not UTF-8", 2),
    Bad("an output that is a file", lambda b: b.output.write_text("x"), r"feeds: output: cannot be written \(File exists\); ", 4),
    Bad("an output below a file", lambda b: b.write("site.toml", SITE_TOML + 'output = "site.toml/x"\n'), r"feeds: content/site\.toml/x: cannot be written \((?:File exists|Not a directory)\); ", 4),
    Bad("an output that cannot be written", lambda b: b.write("site.toml", SITE_TOML + 'output = "/proc/feeds"\n'), r"feeds: /proc/feeds: cannot be written \(.*\); ", 4),
    Bad("posts that cannot be listed", _a_circle_of_links, r"feeds: content/posts: cannot be read \(.*\); nothing was published", 4),
]  # fmt: skip


@pytest.mark.parametrize("bad", CONTENT, ids=lambda bad: bad.name)
def test_bad_content_costs_itself_and_a_line(here: TinyBlog, capsys: Capture, bad: Bad) -> None:
    bad.do(here)
    assert main(["build"]) == bad.code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.search(r"(?m)^content/" + bad.said, shown.err)
    for line in shown.err.splitlines():
        assert LINE.fullmatch(line)
        assert line.isprintable()
    entries = {entry.title: entry for entry in here.feed("entries.rss").entries}
    assert "Good" in entries
    assert "Bad" not in entries
    assert "By: Ann" in [entry.title for entry in here.feed("comments/good.rss").entries]


@pytest.mark.parametrize("bad", SITES, ids=lambda bad: bad.name)
def test_a_bad_site_publishes_nothing_and_says_why(
    here: TinyBlog, capsys: Capture, bad: Bad
) -> None:
    bad.do(here)
    existed = here.output.is_file()
    assert main(["build"]) == bad.code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.match(bad.said, shown.err)
    assert all(LINE.fullmatch(line) for line in shown.err.splitlines())
    assert here.output.exists() is existed


def test_everything_that_is_wrong_is_told_in_one_run(here: TinyBlog, capsys: Capture) -> None:
    here.post("a", date="31 February").post("b", title='""').comment("good", "9", body="")
    here.write("posts/c.md", b"\xff").comment("nowhere")
    assert main(["build"]) == 1
    places = [line.partition(": ")[0] for line in capsys.readouterr().err.splitlines()]
    assert places == [
        "content/comments/good/9.md:1",
        "content/comments/nowhere",
        "content/posts/a.md:3",
        "content/posts/b.md:2",
        "content/posts/c.md:1",
    ]


def test_everything_that_is_wrong_with_site_toml_is_told_in_one_run(
    here: TinyBlog, capsys: Capture
) -> None:
    here.write("site.toml", 'titel = "x"\nurl = 3\nids = "x"\n')
    assert main(["build"]) == 2
    assert len(capsys.readouterr().err.splitlines()) >= 4


def test_a_crash_is_never_shown_for_a_folder_without_permission(tmp_path: Path) -> None:
    long = "x" * 300  # no file system takes such a name: an error that comes from nowhere special
    done = run("build", long, cwd=tmp_path)
    assert done.returncode in {2, 4}
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


# --- wrong use ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bild"],
        ["build", "--nwo", "x"],
        ["build", "a", "b"],
        ["build", "-q", "-v"],
        ["build", "--wait", "soon"],
        ["build", "--wait", "-1"],
        ["build", "--wait", "nan"],
        ["import"],
        ["serve", "--port", "http"],
    ],
)
def test_wrong_arguments_exit_with_2_and_the_usage(
    here: TinyBlog, capsys: Capture, arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert capsys.readouterr().err.startswith("usage: feeds")
    assert not here.output.exists()


@pytest.mark.parametrize("moment", ["tomorrow", "31 February 2024", "10/11/2012", "", "2024-13-01"])
def test_a_moment_that_is_none_exits_with_2(here: TinyBlog, capsys: Capture, moment: str) -> None:
    assert main(["build", "--now", moment]) == 2
    assert LINE.fullmatch(capsys.readouterr().err.strip())
    assert not here.output.exists()


# --- what is said when all is well ----------------------------------------------------------------


class TestSilence:
    def test_where_nobody_watches_nothing_is_said(self, here: TinyBlog, capsys: Capture) -> None:
        assert main(["build"]) == 0
        assert main(["build"]) == 0
        shown = capsys.readouterr()
        assert (shown.out, shown.err) == ("", "")
        assert b"Good" in here.files()["entries.rss"]

    def test_what_is_left_out_on_purpose_is_no_matter(
        self, here: TinyBlog, capsys: Capture
    ) -> None:
        here.post("draft", status="draft").comment("good", "2", status="spam")
        here.comment("good", "3", parent="2").comment("draft", "1")
        assert main(["build"]) == 0
        shown = capsys.readouterr()
        assert (shown.out, shown.err) == ("", "")

    def test_quiet_says_nothing_of_problems_but_the_exit_code_does(
        self, here: TinyBlog, capsys: Capture
    ) -> None:
        here.post("bad", date="31 February")
        assert main(["build", "-q"]) == 1
        shown = capsys.readouterr()
        assert (shown.out, shown.err) == ("", "")

    def test_quiet_says_what_ends_the_build(self, here: TinyBlog, capsys: Capture) -> None:
        (here.content / "site.toml").unlink()
        assert main(["build", "-q"]) == 2
        assert capsys.readouterr().err

    def test_warnings_are_told_and_are_no_problem(self, here: TinyBlog, capsys: Capture) -> None:
        here.write("site.toml", SITE_TOML + "[limits]\nfeed_bytes = 3000\n")
        for number in range(3):
            here.post(f"long-{number}", body="word " * 500)
        assert main(["build"]) == 0
        assert "content/site.toml: the feed entries is over 3,000 bytes" in capsys.readouterr().err


class TestVerbose:
    def test_every_post_and_comment_that_was_left_out_is_named_with_the_reason(
        self, here: TinyBlog, capsys: Capture
    ) -> None:
        here.post("draft", status="draft").post("later", date="2999-01-01").comment("draft", "1")
        here.post("kept", feed="false").comment("good", "2", status="spam")
        here.comment("good", "3", parent="2")
        assert main(["build", "-v"]) == 0
        assert capsys.readouterr().err.splitlines() == [
            "content/comments/draft/1.md:1: left out: its post is hidden",
            "content/comments/good/2.md:1: left out: its status is 'spam'",
            "content/comments/good/3.md:1: answers '2', which is hidden or gone; shown as an answer to the post",
            "content/posts/draft.md: left out: its status is 'draft'",
            "content/posts/kept.md: left out: it says `feed: false`",
            "content/posts/later.md: left out: it is scheduled for 2999-01-01 00:00:00+00:00",
        ]

    def test_it_ends_with_a_table_of_feeds(self, here: TinyBlog, capsys: Capture) -> None:
        main(["build"])
        here.post("new").post("newer")
        assert main(["build", "-v"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "entries        3 entries  written",
            "comments       1 entry    unchanged",
            "comments/good  1 entry    unchanged",
            "Files: 4 written, 8 unchanged.",
        ]

    def test_of_many_posts_the_table_gives_the_number(
        self, here: TinyBlog, capsys: Capture
    ) -> None:
        for number in range(12):
            here.post(f"p{number}").comment(f"p{number}")
        assert main(["build", "-v"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 4
        assert lines[2] == "comments feeds of 13 posts"

    def test_a_dry_run_says_that_it_was_one(self, here: TinyBlog, capsys: Capture) -> None:
        assert main(["build", "-v", "--dry-run"]) == 0
        assert "Files (dry run): 12 written." in capsys.readouterr().out
        assert not here.output.exists()

    def test_strict_says_that_nothing_was_published(self, here: TinyBlog, capsys: Capture) -> None:
        here.post("bad", date="31 February")
        assert main(["build", "-v", "--strict"]) == 1
        assert capsys.readouterr().out.startswith("Nothing was published")
        assert not here.output.exists()


class TestOnATerminal:
    def test_a_build_ends_with_a_table(self, here: TinyBlog) -> None:
        code, shown = run_on_terminal("build", cwd=here.folder)
        assert code == 0
        assert shown.splitlines()[-4:] == [
            "entries        1 entry  written",
            "comments       1 entry  written",
            "comments/good  1 entry  written",
            "Files: 12 written.",
        ]

    def test_quiet_has_none(self, here: TinyBlog) -> None:
        assert run_on_terminal("build", "-q", cwd=here.folder) == (0, "")

    def test_problems_stand_above_it(self, here: TinyBlog) -> None:
        here.post("bad", date="31 February")
        code, shown = run_on_terminal("build", cwd=here.folder)
        assert code == 1
        assert shown.index("content/posts/bad.md:3: ") < shown.index("entries ")


class TestJson:
    def test_the_report_is_one_document_and_nothing_else_is_on_stdout(
        self, here: TinyBlog, capsys: Capture
    ) -> None:
        here.post("bad", date="31 February").post("draft", status="draft")
        assert main(["build", "--json"]) == 1
        shown = capsys.readouterr()
        report = json.loads(shown.out)
        assert report["published"] is True
        assert report["files"]["entries.rss"] == "written"
        assert report["counts"] == {"written": 12, "unchanged": 0, "removed": 0, "refused": 0}
        assert report["feeds"] == {"comments/good": 1, "comments": 1, "entries": 1}
        (bad,) = [p for p in report["problems"] if p["severity"] == "problem"]
        assert (bad["path"], bad["line"]) == ("content/posts/bad.md", 3)
        assert [p["path"] for p in report["problems"] if p["severity"] == "note"] == [
            "content/posts/draft.md"
        ]
        assert len(shown.err.splitlines()) == 1

    def test_strict_is_told_apart(self, here: TinyBlog, capsys: Capture) -> None:
        here.post("bad", date="31 February")
        assert main(["build", "--json", "--strict", "-q"]) == 1
        assert json.loads(capsys.readouterr().out)["published"] is False

    def test_any_terminal_can_show_it(self, here: TinyBlog) -> None:
        here.post("été").comment("été")
        done = run(
            "build", "--json", cwd=here.folder, env={**os.environ, "PYTHONIOENCODING": "ascii"}
        )
        assert done.returncode == 0
        assert "comments/été" in json.loads(done.stdout)["feeds"]


# --- options --------------------------------------------------------------------------------------


class TestNow:
    @pytest.mark.parametrize(
        ("moment", "due"),
        [
            ("2024-06-01 09:59:59", False),
            ("2024-06-01 10:00", True),
            ("2024-06-01T12:59:59+03:00", False),
            ("2024-06-01T13:00+03:00", True),
            ("2024-06-02", True),
            ("1 June 2024 10:00 UTC", True),
        ],
    )
    def test_the_build_is_as_at_that_moment(self, here: TinyBlog, moment: str, due: bool) -> None:
        here.post("soon", date="2024-06-01 10:00")
        assert main(["build", "--now", moment]) == 0
        assert (b"Soon" in here.published()) is due

    def test_a_moment_without_a_zone_is_in_the_sites(self, here: TinyBlog) -> None:
        here.write("site.toml", SITE_TOML + 'timezone = "Asia/Tokyo"\n')
        here.post("soon", date="2024-06-01 10:00")
        assert main(["build", "--now", "2024-06-01T00:59:59Z"]) == 0
        assert b"Soon" not in here.published()
        assert main(["build", "--now", "2024-06-01 10:00"]) == 0
        assert b"Soon" in here.published()

    def test_without_it_the_clock_decides(self, here: TinyBlog) -> None:
        here.post("soon", date="2999-01-01").post("past", date="2000-01-01")
        assert main(["build"]) == 0
        assert b"Past" in here.published()
        assert b"Soon" not in here.published()


class TestFolders:
    def test_content_and_output_may_be_anywhere(self, blog: TinyBlog, tmp_path: Path) -> None:
        blog.post("good")
        (tmp_path / "elsewhere").mkdir()
        done = run("build", blog.content, "-o", "a/b/c", cwd=tmp_path / "elsewhere")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / "elsewhere/a/b/c/entries.rss").is_file()

    def test_a_site_toml_here_comes_before_the_content_folder(
        self, here: TinyBlog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(here.content)
        assert main(["build"]) == 0
        assert (here.content / "output/entries.rss").is_file()

    def test_the_sites_output_is_seen_from_its_own_folder_and_o_overrides_it(
        self, here: TinyBlog
    ) -> None:
        here.write("site.toml", SITE_TOML + 'output = "../public/feeds"\n')
        assert main(["build"]) == 0
        assert (here.folder / "public/feeds/entries.rss").is_file()
        assert main(["build", "-o", "other"]) == 0
        assert (here.folder / "other/entries.rss").is_file()


def test_a_foreign_file_is_a_problem_and_everything_else_is_published(
    here: TinyBlog, capsys: Capture
) -> None:
    here.output.mkdir()
    (here.output / "index.html").write_text("Hugo's")
    assert main(["build"]) == 1
    assert capsys.readouterr().err == (
        "output/index.html: this file was not made by feeds, so it was left alone; "
        "move it, or choose another output folder\n"
    )
    assert (here.output / "index.html").read_text() == "Hugo's"
    assert len(here.feed("entries.rss").entries) == 1


def test_another_build_at_work_exits_with_75(here: TinyBlog, capsys: Capture) -> None:
    with lock_holder(here.output):
        assert main(["build"]) == 75
    assert LINE.fullmatch(capsys.readouterr().err.strip())


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["build", "import", "serve", "init"])
def test_every_commands_help_has_an_example_that_names_it(command: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit:
        main([command, "--help"])
    assert exit.value.code == 0
    example = capsys.readouterr().out.partition("example:\n")[2]
    assert f"  feeds {command}" in example


def test_the_help_names_every_command_and_has_an_example(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["--help"])
    assert exit.value.code == 0
    shown = capsys.readouterr().out
    for command in ("build", "import", "serve", "init"):
        assert re.search(rf"(?m)^ +{command} +\S", shown)
    assert "Example: feeds init && feeds build && feeds serve" in shown


def test_the_version_is_the_packages(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["--version"])
    assert exit.value.code == 0
    assert capsys.readouterr().out == f"feeds {__version__}\n"


def test_the_installed_command_is_the_same_program(here: TinyBlog) -> None:
    command = Path(sys.executable).with_name("feeds")
    if not command.exists():
        pytest.skip("the package is not installed here")
    by_name = subprocess.run([command, "--help"], capture_output=True, text=True, timeout=60)
    assert by_name.stdout == run("--help", cwd=here.folder).stdout


# --- a hostile world ------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["build", "--help"], ["build", "--json"], ["build", "-v"]])
def test_whoever_reads_our_output_may_leave(here: TinyBlog, arguments: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "feeds", *arguments],
        cwd=here.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["build", "-v"]])
def test_every_terminal_can_show_what_we_say(
    here: TinyBlog, encoding: str, arguments: list[str]
) -> None:
    here.post("日本").comment("日本")
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, "-m", "feeds", *arguments], cwd=here.folder, env=env, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


def test_init_build_works_as_the_help_says(tmp_path: Path) -> None:
    assert run("init", cwd=tmp_path).returncode == 0
    done = run("build", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "<title>Hello</title>" in (tmp_path / "output/entries.rss").read_text()
    again = run("init", cwd=tmp_path)
    assert again.stdout.count("is there already, left as it is") == 2


@given(
    st.lists(
        st.sampled_from(
            [
                *[
                    "here",
                    "there",
                    "-o",
                    "--output",
                    "--output=o",
                    "--index",
                    "--index=i",
                    "-qv",
                    "-",
                ],
                *[
                    "--no-index",
                    "--settle",
                    "--settle=0",
                    "2",
                    "0.5",
                    "-q",
                    "--quiet",
                    "-v",
                    "--json",
                    "",
                ],
            ]
        ),
        max_size=7,
    )
)
def test_plain_arguments_mean_what_argparse_says(arguments: list[str]) -> None:
    plain = plain_build(["build", *arguments])
    options = plain and cli.plainly(plain)
    if options:
        asked = vars(parser({"build": options.command}, "build").parse_args(["build", *arguments]))
        assert vars(options) == asked | {"content": asked["content"] or "content"}
