"""Whole tiny blogs, from their files to the feeds that people get."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from feeds.errors import Severity, StorageError, UsageError
from feeds.outcomes import Outcome
from tests.builders import NOW, TinyBlog

MAIN = {
    f"{kind}.{suffix}" for kind in ("entries", "comments") for suffix in ("rss", "atom", "json")
}
PAGES = {"index.html", "head.html", "footer.html"}


def of_post(name: str) -> set[str]:
    return {f"comments/{name}.{suffix}" for suffix in ("rss", "atom", "json")}


def identities(blog: TinyBlog) -> dict[str, tuple[int, int]]:
    return {
        path: ((blog.output / path).stat().st_ino, (blog.output / path).stat().st_mtime_ns)
        for path in blog.files()
    }


def touched(blog: TinyBlog, before: dict[str, tuple[int, int]]) -> set[str]:
    """The files that are not the very ones that stood there before, and those that are gone."""
    after = identities(blog)
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


# --- which files ----------------------------------------------------------------------------------


def test_an_empty_blog_has_feeds_of_nothing(blog: TinyBlog) -> None:
    report = blog.build()
    assert set(blog.files()) == MAIN | PAGES
    assert report.problems == ()
    for path in ("entries.rss", "entries.atom", "comments.rss", "comments.atom"):
        assert not blog.feed(path).bozo
        assert blog.feed(path).entries == []


def test_a_post_with_comments_has_a_feed_of_them_in_each_format(blog: TinyBlog) -> None:
    blog.post("hello").comment("hello").post("quiet").build()
    assert set(blog.files()) == MAIN | PAGES | of_post("hello")


def test_the_report_names_each_feed_with_its_number_of_entries(blog: TinyBlog) -> None:
    report = blog.post("a").post("b").comment("a", "1").comment("a", "2").build()
    assert [(row.path, row.entries) for row in report.feeds] == [
        ("comments/a", 2),
        ("comments", 2),
        ("entries", 2),
    ]
    assert set(report.outcomes) == set(blog.files())


@pytest.mark.parametrize("formats", [["rss"], ["atom", "json"]])
def test_only_the_formats_asked_for_are_written(tmp_path: Path, formats: list[str]) -> None:
    blog = TinyBlog(tmp_path, f"[feeds]\nformats = {json.dumps(formats)}\n").post().comment()
    blog.build()
    suffixes = {path.rpartition(".")[2] for path in blog.files()} - {"html"}
    assert suffixes == set(formats)


def test_a_window_shows_the_newest(tmp_path: Path) -> None:
    blog = TinyBlog(tmp_path, "[feeds]\nentries = 2\ncomments = 1\npost_comments = 2\n")
    for day in (1, 2, 3):
        blog.post(f"p{day}", date=f"2024-05-0{day}")
        blog.comment("p1", str(day), date=f"2024-05-1{day}", author=f"C{day}")
    blog.build()
    assert [entry.title for entry in blog.feed("entries.rss").entries] == ["P3", "P2"]
    assert [entry.author for entry in blog.feed("comments.rss").entries] == ["C3"]
    assert [entry.author for entry in blog.feed("comments/p1.rss").entries] == ["C3", "C2"]


# --- time -----------------------------------------------------------------------------------------


class TestTime:
    def test_a_scheduled_post_appears_when_its_time_comes_and_brings_its_comments(
        self, blog: TinyBlog
    ) -> None:
        blog.post("now").post("soon", date="2024-06-01 12:00:01").comment("soon")
        blog.build()
        assert b"soon" not in blog.published()
        blog.build(now=NOW + timedelta(seconds=1))
        assert [entry.title for entry in blog.feed("entries.atom").entries] == ["Soon", "Now"]
        assert len(blog.feed("comments/soon.rss").entries) == 1

    def test_a_scheduled_comment_appears_when_its_time_comes(self, blog: TinyBlog) -> None:
        blog.post().comment(date="2024-06-01 12:00:01").build()
        assert blog.feed("comments.rss").entries == []
        assert "comments/hello.rss" not in blog.files()
        blog.build(now=NOW + timedelta(seconds=1))
        assert len(blog.feed("comments.rss").entries) == 1

    def test_an_edit_dated_ahead_shows_when_its_time_comes(self, blog: TinyBlog) -> None:
        blog.post(updated="2024-06-02 10:00").build()
        assert blog.feed("entries.atom").entries[0].updated == "2024-05-01T10:00:00Z"
        blog.build(now=NOW + timedelta(days=1))
        assert blog.feed("entries.atom").entries[0].updated == "2024-06-02T10:00:00Z"

    def test_the_moment_of_the_build_shows_nowhere_else(self, blog: TinyBlog) -> None:
        blog.post().comment().build()
        before = identities(blog)
        for days in (1, 400, 40_000):
            blog.build(now=NOW + timedelta(days=days))
        assert touched(blog, before) == set()


# --- what a change touches ------------------------------------------------------------------------


class TestTouching:
    @pytest.fixture(autouse=True)
    def _two_posts(self, tmp_path: Path) -> None:
        self.blog = TinyBlog(tmp_path).post("a").post("b").comment("a", "1").comment("b", "1")
        self.blog.build()
        self.before = identities(self.blog)

    def touched_by_a_build(self) -> set[str]:
        report = self.blog.build()
        changed = touched(self.blog, self.before)
        told = {path for path, what in report.outcomes.items() if what is not Outcome.UNCHANGED}
        assert told == changed
        return changed

    def test_no_change_touches_nothing(self) -> None:
        assert self.touched_by_a_build() == set()

    def test_other_times_of_the_same_files_touch_nothing(self) -> None:
        for path in self.blog.content.rglob("*"):
            os.utime(path)
        assert self.touched_by_a_build() == set()

    def test_a_new_comment_touches_the_feeds_that_show_it_or_its_count(self) -> None:
        self.blog.comment("a", "2")
        assert self.touched_by_a_build() == MAIN | of_post("a") | {"index.html"}

    def test_a_comment_that_waits_for_approval_touches_nothing(self) -> None:
        self.blog.comment("a", "2", status="pending").comment("c", "1", status="pending")
        assert self.touched_by_a_build() == set()

    def test_a_new_draft_touches_nothing(self) -> None:
        self.blog.post("c", status="draft").comment("c")
        assert self.touched_by_a_build() == set()

    def test_an_edited_comment_touches_no_entries_feed(self) -> None:
        self.blog.comment("a", "1", body="Corrected.")
        changed = MAIN - {"entries.rss", "entries.atom", "entries.json"}
        assert self.touched_by_a_build() == changed | of_post("a") | {"index.html"}

    def test_an_edited_post_touches_no_comments_feed(self) -> None:
        self.blog.post("a", body="Corrected.")
        assert self.touched_by_a_build() == {"entries.rss", "entries.atom", "entries.json"}

    def test_an_old_comment_outside_every_window_touches_what_counts_it(self) -> None:
        site = (self.blog.content / "site.toml").read_text()
        self.blog.write("site.toml", site + "[feeds]\ncomments = 2\npost_comments = 1\n")
        self.blog.build()
        self.before = identities(self.blog)
        self.blog.comment("a", "0", date="2020-01-01")
        assert self.touched_by_a_build() == {
            "entries.rss",
            "entries.atom",
            "entries.json",
            "index.html",
        }

    def test_a_deleted_comment_leaves_with_its_count_and_its_replies_answer_the_post(self) -> None:
        self.blog.comment("a", "2", parent="1", body="A reply.").build()
        (self.blog.content / "comments/a/1.md").unlink()
        self.blog.build()
        (reply,) = json.loads(self.blog.files()["comments/a.json"])["items"]
        assert reply["content_html"] == "<p>A reply.</p>"
        assert reply["_feeds"]["in_reply_to"]["ref"] == "tag:blog.example,2024:a"
        entries = {e.title: e for e in self.blog.feed("entries.rss").entries}
        assert entries["A"].slash_comments == "1"

    def test_with_its_last_comment_a_posts_feed_goes(self) -> None:
        (self.blog.content / "comments/a/1.md").unlink()
        assert self.touched_by_a_build() == MAIN | of_post("a") | {"index.html"}
        assert not of_post("a") & set(self.blog.files())
        assert "comments/a" not in self.blog.files()["entries.atom"].decode()

    def test_a_deleted_post_leaves_with_its_comments(self) -> None:
        (self.blog.content / "posts/a.md").unlink()
        report = self.blog.build()
        assert not of_post("a") & set(self.blog.files())
        assert b"tag:blog.example,2024:a" not in self.blog.published()
        assert [str(p) for p in report.problems if p.severity is Severity.PROBLEM] == [
            "content/comments/a: 1 comment for no post; name it as the post is named, or remove it"
        ]

    def test_a_corrected_footer_touches_every_feed_it_names(self) -> None:
        site = (self.blog.content / "site.toml").read_text()
        self.blog.write("site.toml", site + '[footer]\ncomments = "Comments"\n')
        comments = {path for path in MAIN if path.startswith("comments")}
        assert self.touched_by_a_build() == (
            comments | of_post("a") | of_post("b") | {"index.html", "footer.html"}
        )


def test_counts_never_change_an_entrys_updated(blog: TinyBlog) -> None:
    """RFC 4685 §6: no reader marks the post unread because somebody answered it."""
    blog.post(comments="open").build()
    quiet = blog.feed("entries.atom")
    blog.comment("hello", "1").comment("hello", "2", date="2024-05-30").build()
    busy = blog.feed("entries.atom")
    assert (quiet.entries[0].thr_total, busy.entries[0].thr_total) == ("0", "2")
    assert quiet.entries[0].updated == busy.entries[0].updated == "2024-05-01T10:00:00Z"
    assert quiet.feed.updated == busy.feed.updated


def test_a_declared_count_is_never_shown(blog: TinyBlog) -> None:
    blog.post(responses="4").comment().build()
    assert blog.feed("entries.rss").entries[0].slash_comments == "1"
    assert blog.feed("entries.atom").entries[0].thr_total == "1"


# --- ids ------------------------------------------------------------------------------------------


def test_ids_are_the_same_in_every_feed_and_format(blog: TinyBlog) -> None:
    blog.post("hello").comment("hello", "1").comment("hello", "2", parent="1").build()
    for path in ("comments", "comments/hello"):
        for suffix in ("rss", "atom"):
            assert [entry.id for entry in blog.feed(f"{path}.{suffix}").entries] == [
                "tag:blog.example,2024:hello#comment-2",
                "tag:blog.example,2024:hello#comment-1",
            ]
        items = json.loads(blog.files()[f"{path}.json"])["items"]
        assert [item["id"] for item in items] == [
            "tag:blog.example,2024:hello#comment-2",
            "tag:blog.example,2024:hello#comment-1",
        ]


def test_every_feed_that_a_feed_names_is_there(blog: TinyBlog) -> None:
    names = ("hello", "é b", "UPPER", "upper", "a" * 180, "b" * 220, "CON")
    for number, name in enumerate(names):
        front = f"title: T\ndate: 2024-05-01\nslug: {json.dumps(name)}\ncomments: open\n"
        blog.write(f"posts/{number}.md", f"---\n{front}---\nText.\n")
    blog.build()
    items = json.loads(blog.files()["entries.json"])["items"]
    named = {unquote(item["_feeds"]["comments"]["feed_url"]) for item in items}
    assert len(named) == len(names)
    assert named <= {f"https://blog.example/feeds/{path}" for path in blog.files()}


def test_the_same_comments_in_any_of_their_forms_give_the_same_feeds(tmp_path: Path) -> None:
    forms = {
        "markdown": {
            "comments/hello/1.md": "---\nauthor: Ann\ndate: 2024-05-02 10:00\n---\n\nYes.\n",
            "comments/hello/2.md": "---\nauthor: Bea\ndate: 2024-05-03\nparent: 1\n---\n\nNo.\n",
        },
        "staticman": {
            "comments/hello/1.yml": "name: Ann\ndate: 2024-05-02 10:00\nmessage: Yes.\nemail: x@y.example\n",
            "comments/hello/2.yml": "name: Bea\ndate: 2024-05-03\nparent: '1'\nmessage: No.\n",
        },
        "list": {
            "comments/hello.yml": "- {id: 1, name: Ann, date: 2024-05-02 10:00, message: Yes.}\n"
            "- {id: 2, author: Bea, date: 2024-05-03, parent: 1, message: No.}\n",
        },
        "both": {
            "comments/hello.yml": "- {id: 1, name: Ann, date: 2024-05-02 10:00, message: Yes.}\n",
            "comments/hello/2.md": "---\nauthor: Bea\ndate: 2024-05-03\nparent: 1\n---\n\nNo.\n",
        },
    }
    outputs = []
    for form, files in forms.items():
        (tmp_path / form).mkdir()
        blog = TinyBlog(tmp_path / form).post()
        for path, text in files.items():
            blog.write(path, text)
        assert blog.build().problems == ()
        outputs.append(blog.files())
    assert all(output == outputs[0] for output in outputs)


# --- what holds a build back ----------------------------------------------------------------------


class TestStrict:
    def test_one_problem_and_nothing_is_published(self, blog: TinyBlog) -> None:
        blog.post("good").build()
        before = identities(blog)
        blog.post("new").post("bad", date="31 February")
        report = blog.build(strict=True)
        assert not report.published
        assert report.has_problems
        assert touched(blog, before) == set()

    def test_a_foreign_file_in_the_way_is_one(self, blog: TinyBlog) -> None:
        blog.output.mkdir()
        (blog.output / "index.html").write_text("Hugo's")
        report = blog.post().build(strict=True)
        assert not report.published
        assert set(blog.files()) == {"index.html"}

    def test_warnings_and_notes_are_none(self, blog: TinyBlog) -> None:
        report = blog.post().post("draft", status="draft").build(strict=True)
        assert report.published
        assert report.problems
        assert "entries.rss" in blog.files()

    def test_nothing_at_all_is_left_behind(self, blog: TinyBlog) -> None:
        blog.post("bad", date="31 February").build(strict=True)
        assert not blog.output.exists()


class TestDryRun:
    def test_it_says_what_would_be_and_writes_nothing(self, blog: TinyBlog) -> None:
        report = blog.post().comment().build(dry_run=True)
        assert set(report.outcomes.values()) == {Outcome.WRITTEN}
        assert not blog.output.exists()

    def test_it_foresees_the_build_exactly(self, blog: TinyBlog) -> None:
        blog.post("a").comment("a").post("b").build()
        before = identities(blog)
        (blog.content / "comments/a/1.md").unlink()
        blog.comment("b")
        foreseen = blog.build(dry_run=True)
        assert touched(blog, before) == set()
        done = blog.build()
        assert foreseen.outcomes == done.outcomes
        assert (foreseen.feeds, foreseen.problems) == (done.feeds, done.problems)


class TestAFolderThatCannotBeUsed:
    def test_no_folder_for_posts_is_a_mistake_and_nothing_is_written(self, blog: TinyBlog) -> None:
        (blog.content / "posts").rmdir()
        with pytest.raises(UsageError, match="content/posts: no such folder"):
            blog.build()
        assert not blog.output.exists()

    def test_a_vanished_folder_for_posts_unpublishes_nothing(self, blog: TinyBlog) -> None:
        blog.post().comment().build()
        before = identities(blog)
        (blog.content / "posts").rename(blog.folder / "unmounted")
        with pytest.raises(UsageError):
            blog.build()
        assert touched(blog, before) == set()

    @pytest.mark.parametrize("place", ["posts", "comments"])
    def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one(
        self, blog: TinyBlog, place: str
    ) -> None:
        blog.post().comment().build()
        before = identities(blog)
        (blog.content / place).rename(blog.content / "away")
        (blog.content / place).symlink_to(place)  # a circle: ELOOP, for root, too
        with pytest.raises(StorageError, match=f"content/{place}: cannot be read"):
            blog.build()
        assert touched(blog, before) == set()


def test_content_is_never_written(blog: TinyBlog) -> None:
    blog.post().comment().post("bad", date="31 February").write("posts/x.md", b"\xff")
    before = {p: p.stat() for p in (blog.content, *blog.content.rglob("*"))}
    blog.build()
    after = {p: p.stat() for p in (blog.content, *blog.content.rglob("*"))}
    assert {p: (s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for p, s in before.items()} == {
        p: (s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for p, s in after.items()
    }


def test_a_mistake_costs_itself_and_is_named(blog: TinyBlog) -> None:
    blog.post("good").comment("good", "1").comment("good", "2", body="")
    report = blog.write("posts/bad.md", "---\ntitle: [\n---\n").build()
    told = [str(p).partition(":")[0] for p in report.problems]
    assert told == ["content/comments/good/2.md", "content/posts/bad.md"]
    assert [entry.title for entry in blog.feed("entries.rss").entries] == ["Good"]
    assert len(blog.feed("comments.rss").entries) == 1
