"""Promise 5: nothing is published that would show subscribers old entries as new, or take them away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds import guard
from feeds.cli import main
from feeds.errors import GuardError
from feeds.feed import GENERATOR
from tests.builders import SITE_TOML, TinyBlog

Capture = pytest.CaptureFixture[str]
Change = Callable[[TinyBlog], object]

IDS = 'ids = "tag:blog.example,2024:"'


@pytest.fixture
def blog(tmp_path: Path) -> TinyBlog:
    """Five posts with a comment each, published."""
    blog = TinyBlog(tmp_path)
    for day in range(1, 6):
        blog.post(f"p{day}", date=f"2024-05-0{day} 10:00")
        blog.comment(f"p{day}", "1", date=f"2024-05-0{day} 11:00")
    blog.build()
    return blog


def state(blog: TinyBlog) -> dict[str, tuple[bytes, int, int]]:
    """What stands there, to the last byte, and whether it is still the very same file."""
    return {
        path: (data, (blog.output / path).stat().st_ino, (blog.output / path).stat().st_mtime_ns)
        for path, data in blog.files().items()
    }


def refusal(blog: TinyBlog) -> list[str]:
    """What the guard says; nothing has been touched then."""
    before = state(blog)
    with pytest.raises(GuardError) as caught:
        blog.build()
    assert state(blog) == before
    return str(caught.value).splitlines()


def site(old: str, new: str) -> Change:
    return lambda blog: blog.write("site.toml", SITE_TOML.replace(old, new))


def remove(*paths: str) -> Change:
    def change(blog: TinyBlog) -> None:
        for path in paths:
            target = blog.content / path
            shutil.rmtree(target) if target.is_dir() else target.unlink()

    return change


# --- what would come back as new ------------------------------------------------------------------


class TestComingBackAsNew:
    def test_changed_ids_are_refused_with_the_counts_the_ids_and_the_cause(
        self, blog: TinyBlog
    ) -> None:
        site(IDS, 'ids = "tag:blog.example,2025:"')(blog)
        lines = refusal(blog)
        assert "entries: 5 entries would come back as new, under another id:" in lines
        assert "  'P5': tag:blog.example,2024:p5 would become tag:blog.example,2025:p5" in lines
        assert "  likely cause: `ids` in site.toml was changed; change it back" in lines
        assert "comments: 5 entries would come back as new, under another id:" in lines
        assert lines[-1] == "nothing was published; to publish it all the same: --accept"

    def test_ids_that_all_change_at_once_were_changed_in_site_toml(self, blog: TinyBlog) -> None:
        site(IDS, 'ids = "permalink"')(blog)
        causes = [line for line in refusal(blog) if "likely cause" in line]
        assert set(causes) == {"  likely cause: `ids` in site.toml was changed; change it back"}

    def test_a_renamed_file_is_refused_with_the_way_to_keep_its_id(self, blog: TinyBlog) -> None:
        (blog.content / "posts/p3.md").rename(blog.content / "posts/better.md")
        blog.write("posts/better.md", (blog.content / "posts/better.md").read_bytes())
        lines = refusal(blog)
        assert lines[0] == "entries: 1 entry would come back as new, under another id:"
        assert "  'P3': tag:blog.example,2024:p3 would become tag:blog.example,2024:better" in lines
        assert any("pin the old id in its front matter (`id: " in line for line in lines)

    def test_so_is_a_changed_slug(self, blog: TinyBlog) -> None:
        blog.post("p3", date="2024-05-03 10:00", slug="better")
        assert any("pin the old id" in line for line in refusal(blog))

    @pytest.mark.parametrize("suffix", ["rss", "atom", "json"])
    @pytest.mark.parametrize(
        "title",
        ["1 < 2 & <i>3</i>", "no\u00a0break", "a &amp; b", "two  spaces", "日本\u3000語", "…"],
    )
    def test_it_is_known_by_title_and_date_whatever_the_title(
        self, blog: TinyBlog, title: str, suffix: str
    ) -> None:
        blog.post("p3", title=json.dumps(title), date="2024-05-03 10:00").build()
        for other in {"rss", "atom", "json"} - {suffix}:
            (blog.output / f"entries.{other}").unlink()
        (blog.content / "posts/p3.md").unlink()
        blog.post("better", title=json.dumps(title), date="2024-05-03 10:00")
        assert "would become tag:blog.example,2024:better" in "\n".join(refusal(blog))

    def test_with_its_old_id_pinned_a_renamed_post_passes(self, blog: TinyBlog) -> None:
        (blog.content / "posts/p3.md").unlink()
        blog.post("better", title="P3", date="2024-05-03 10:00", id="p3")
        (blog.content / "comments/p3").rename(blog.content / "comments/better")
        blog.build()
        assert "tag:blog.example,2024:p3" in [e.id for e in blog.feed("entries.rss").entries]

    def test_a_post_with_a_new_title_and_a_new_name_is_known_by_its_link(
        self, blog: TinyBlog
    ) -> None:
        (blog.content / "posts/p3.md").unlink()
        blog.post("new", title="Other", date="2024-05-09", permalink="/2024/05/p3")
        assert "  'Other': tag:blog.example,2024:p3 would become" in "\n".join(refusal(blog))

    def test_several_renamed_files_are_not_blamed_on_the_site(self, blog: TinyBlog) -> None:
        for day in (1, 2):
            (blog.content / f"posts/p{day}.md").unlink()
            blog.post(f"q{day}", title=f"P{day}", date=f"2024-05-0{day} 10:00")
        assert not any("site.toml" in line for line in refusal(blog))

    def test_the_comments_feed_is_guarded_too(self, blog: TinyBlog) -> None:
        folder = blog.content / "comments/p1"
        (folder / "1.md").rename(folder / "one.md")
        # Its title, its link's page and its date are the same: the same comment under a new id.
        lines = refusal(blog)
        assert lines[0] == "comments: 1 entry would come back as new, under another id:"
        assert "tag:blog.example,2024:p1#comment-1 would become" in lines[1]

    def test_many_are_counted_and_a_few_are_named(self, tmp_path: Path) -> None:
        (tmp_path / "large").mkdir()
        blog = TinyBlog(tmp_path / "large")
        for number in range(10, 22):
            blog.post(f"p{number}", date=f"2024-05-{number}")
        blog.build()
        site(IDS, 'ids = "https://blog.example/"')(blog)
        lines = refusal(blog)
        assert lines[0] == "entries: 12 entries would come back as new, under another id:"
        assert sum(" would become " in line for line in lines) == 5

    def test_it_is_refused_again_and_again(self, blog: TinyBlog) -> None:
        site(IDS, 'ids = "tag:blog.example,2025:"')(blog)
        first = refusal(blog)
        assert refusal(blog) == first
        site("", "")(blog)
        blog.build()

    def test_what_is_accepted_is_published_and_stands_from_then_on(self, blog: TinyBlog) -> None:
        site(IDS, 'ids = "tag:blog.example,2025:"')(blog)
        blog.build(accept=True)
        assert b"2024:" not in blog.files()["entries.atom"].replace(b"blog.example,2024", b"")
        assert blog.feed("entries.rss").entries[0].id == "tag:blog.example,2025:p5"
        blog.build()


# --- what passes ----------------------------------------------------------------------------------


PASSES: dict[str, Change] = {
    "another url": site("https://blog.example/", "https://new.example/blog/"),
    "http": site("https://", "http://"),
    "another feeds_url": site("/feeds/", "/f/"),
    "another permalink": lambda blog: blog.write("site.toml", SITE_TOML + 'permalink = "/{slug}"\n'),
    "another title": site("A blog", "The blog"),
    "a time zone": lambda blog: blog.write("site.toml", SITE_TOML + 'timezone = "Asia/Tokyo"\n'),
    "titles and dates": lambda blog: [
        blog.post(f"p{day}", title="New", date=f"2023-01-0{day}") for day in range(1, 6)
    ],
    "one format": lambda blog: blog.write("site.toml", SITE_TOML + '[feeds]\nformats = ["json"]\n'),
    "a small window": lambda blog: blog.write(
        "site.toml", SITE_TOML + "[feeds]\nentries = 1\ncomments = 1\n"
    ),
    "a large one": lambda blog: blog.write("site.toml", SITE_TOML + "[feeds]\nentries = 500\n"),
    "summaries": lambda blog: blog.write("site.toml", SITE_TOML + '[feeds]\ncontent = "summary"\n'),
    "a draft": lambda blog: blog.post("p5", date="2024-05-05 10:00", status="draft"),
    "all drafts": lambda blog: [blog.post(f"p{day}", status="draft") for day in range(1, 6)],
    "a post deleted": remove("posts/p5.md", "comments/p5"),
    "two posts deleted": remove("posts/p4.md", "comments/p4", "posts/p5.md", "comments/p5"),
    "two comments deleted": remove("comments/p1", "comments/p2"),
    "comments waiting again": lambda blog: [
        blog.comment(f"p{day}", "1", status="pending") for day in range(1, 6)
    ],
    "a folder of posts": lambda blog: (blog.content / "posts/p5.md").rename(
        blog.write("posts/2024/x.txt", "").content / "posts/2024/p5.md"
    ),
    "a date in a file's name": lambda blog: (blog.content / "posts/p5.md").rename(
        blog.content / "posts/2024-05-05-p5.md"
    ),
    "another form of comments": lambda blog: (
        remove("comments/p1")(blog),
        blog.write("comments/p1.yml", "- {id: 1, name: Ann, date: 2024-05-01, message: Hi.}\n"),
    ),
    "many new posts": lambda blog: [
        blog.post(f"new{number}", date=f"2024-05-{number}") for number in range(10, 31)
    ],
    "a new post of an old title": lambda blog: blog.post("p5-again", title="P5", date="2024-05-06"),
}  # fmt: skip


@pytest.mark.parametrize("change", PASSES.values(), ids=PASSES.keys())
def test_what_moves_no_id_passes(blog: TinyBlog, change: Change) -> None:
    change(blog)
    assert blog.build().published
    blog.build(index=None)


def test_a_window_that_moved_on_is_no_vanishing(tmp_path: Path) -> None:
    """Old entries leave a small window one by one, or all at once; they are still there."""
    (tmp_path / "small").mkdir()
    blog = TinyBlog(tmp_path / "small", "[feeds]\nentries = 4\n")
    for day in range(1, 5):
        blog.post(f"old{day}", date=f"2024-05-0{day}")
    blog.build()
    for day in range(10, 14):
        blog.post(f"new{day}", date=f"2024-05-{day}")
    blog.build()
    assert [entry.title for entry in blog.feed("entries.rss").entries] == [
        "New13",
        "New12",
        "New11",
        "New10",
    ]


# --- what would vanish ----------------------------------------------------------------------------


class TestVanishing:
    def test_more_than_half_gone_from_the_content_is_refused(self, blog: TinyBlog) -> None:
        remove("posts/p1.md", "posts/p2.md", "posts/p3.md")(blog)
        lines = refusal(blog)
        assert "entries: 3 of 5 entries would vanish, being no longer in the content:" in lines
        assert "  'P1' (tag:blog.example,2024:p1)" in lines
        assert "  likely cause: a folder that is not mounted, or the wrong one" in lines

    def test_and_published_when_it_is_accepted(self, blog: TinyBlog) -> None:
        remove("posts/p1.md", "posts/p2.md", "posts/p3.md")(blog)
        blog.build(accept=True)
        assert [entry.title for entry in blog.feed("entries.rss").entries] == ["P5", "P4"]
        blog.build()

    @pytest.mark.parametrize(("there", "gone"), [(2, 2), (1, 1), (6, 3)])
    def test_two_or_half_of_all_are_an_authors_decision(
        self, tmp_path: Path, there: int, gone: int
    ) -> None:
        (tmp_path / "other").mkdir()
        blog = TinyBlog(tmp_path / "other")
        for day in range(1, there + 1):
            blog.post(f"p{day}", date=f"2024-05-0{day}")
        blog.build()
        remove(*(f"posts/p{day}.md" for day in range(1, gone + 1)))(blog)
        assert blog.build().published

    def test_an_empty_folder_of_posts_is_refused(self, blog: TinyBlog) -> None:
        remove(*(f"posts/p{day}.md" for day in range(1, 6)))(blog)
        assert "5 of 5 entries would vanish" in refusal(blog)[0]

    def test_a_folder_of_comments_that_is_gone_is_refused(self, blog: TinyBlog) -> None:
        remove("comments")(blog)
        lines = refusal(blog)
        assert lines[0] == "comments: 5 of 5 entries would vanish, being no longer in the content:"

    def test_another_blogs_content_is_refused(self, blog: TinyBlog, tmp_path: Path) -> None:
        (tmp_path / "wrong").mkdir()
        wrong = TinyBlog(tmp_path / "wrong").post("something").post("else")
        shutil.rmtree(blog.content)
        shutil.copytree(wrong.content, blog.content)
        assert "5 of 5 entries would vanish" in refusal(blog)[0]

    def test_comments_that_wait_behind_a_draft_have_not_vanished(self, blog: TinyBlog) -> None:
        for day in range(1, 5):
            blog.post(f"p{day}", date=f"2024-05-0{day} 10:00", status="draft")
        assert blog.build().published

    def test_what_a_broken_file_says_has_not_vanished(self, blog: TinyBlog) -> None:
        for day in range(1, 6):
            blog.write(f"posts/p{day}.md", b"\xff").write(f"comments/p{day}/1.md", b"\xff")
        before = state(blog)
        assert blog.build().exit_code == 1
        assert state(blog) == before


# --- what it is compared with ---------------------------------------------------------------------


class TestStandingFeeds:
    @pytest.mark.parametrize("suffix", ["rss", "atom", "json"])
    def test_any_one_format_tells_what_stands_there(self, blog: TinyBlog, suffix: str) -> None:
        for path in ("entries", "comments"):
            for other in {"rss", "atom", "json"} - {suffix}:
                (blog.output / f"{path}.{other}").unlink()
        site(IDS, 'ids = "tag:blog.example,2025:"')(blog)
        lines = refusal(blog)
        for path in ("entries", "comments"):
            assert f"{path}: 5 entries would come back as new, under another id:" in lines

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\0\0\0\0",
            b"<feed",
            b"<html><body>Not found",
            b"[1, 2, 3]",
            b'{"items": 5}',
            b'{"items": [5, null]}',
            b'{"items": [{"id": {"a": 1}}]}',
            b"[" * 100_000,
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><feed>&b;</feed>',
            b"<rss/>",
            f"<rss><generator>{GENERATOR}</generator><channel><item/></channel></rss>".encode(),
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>',
        ],
    )
    @pytest.mark.parametrize("suffix", ["rss", "atom", "json"])
    def test_a_damaged_or_foreign_feed_is_nothing_to_compare_with(
        self, blog: TinyBlog, suffix: str, data: bytes
    ) -> None:
        for other in ("rss", "atom", "json"):
            (blog.output / f"entries.{other}").unlink()
        (blog.output / f"entries.{suffix}").write_bytes(data)
        assert blog.build().published

    def test_of_a_damaged_one_the_next_format_tells(self, blog: TinyBlog) -> None:
        (blog.output / "entries.atom").write_bytes(b"<feed")
        site(IDS, 'ids = "tag:blog.example,2025:"')(blog)
        expected = "entries: 5 entries would come back as new, under another id:"
        assert expected in refusal(blog)

    def test_entries_without_an_id_are_no_ones(self, tmp_path: Path) -> None:
        data = (
            b"<rss><channel><item><title>T</title><link>https://b/1</link></item></channel></rss>"
        )
        (tmp_path / "entries.rss").write_bytes(data)
        (standing,) = guard.read_standing(tmp_path, "entries")
        assert (standing.id, standing.link, standing.date) == ("https://b/1", "https://b/1", "")

    def test_a_blog_that_begins_has_nothing_to_lose(self, tmp_path: Path) -> None:
        (tmp_path / "new").mkdir()
        assert TinyBlog(tmp_path / "new").post().build().published


# --- on the command line --------------------------------------------------------------------------


class TestCommand:
    @pytest.fixture(autouse=True)
    def _here(self, blog: TinyBlog, monkeypatch: pytest.MonkeyPatch) -> None:
        self.blog = blog
        monkeypatch.chdir(blog.folder)
        assert main(["build"]) == 0

    def test_a_refusal_exits_with_3_and_is_told_each_time(self, capsys: Capture) -> None:
        site(IDS, 'ids = "tag:blog.example,2025:"')(self.blog)
        for _ in range(3):
            before = state(self.blog)
            assert main(["build"]) == 3
            assert state(self.blog) == before
            out, err = capsys.readouterr()
            assert out == ""
            assert "feeds: entries: 5 entries would come back as new, under another id:\n" in err
            assert err.endswith("to publish it all the same: --accept\n")

    def test_accept_is_the_way_through(self, capsys: Capture) -> None:
        site(IDS, 'ids = "tag:blog.example,2025:"')(self.blog)
        assert main(["build", "--accept"]) == 0
        assert main(["build"]) == 0
        assert capsys.readouterr() == ("", "")
        assert b"2025:p5" in self.blog.files()["entries.json"]

    def test_a_dry_run_foresees_it(self) -> None:
        site(IDS, 'ids = "tag:blog.example,2025:"')(self.blog)
        assert main(["build", "--dry-run"]) == 3
        assert main(["build", "--dry-run", "--accept"]) == 0

    def test_against_a_folder_compares_with_the_feeds_in_it(self, capsys: Capture) -> None:
        """A host that builds from a clean checkout has an empty output folder each time."""
        shutil.move(self.blog.output, self.blog.folder / "published")
        site(IDS, 'ids = "tag:blog.example,2025:"')(self.blog)
        assert main(["build", "--no-index", "--against", "published"]) == 3
        assert "5 entries would come back as new" in capsys.readouterr().err
        assert not self.blog.output.exists()
        assert main(["build", "--no-index", "--against", "published", "--accept"]) == 0
        assert "entries.rss" in self.blog.files()

    def test_against_it_may_all_be_the_same(self) -> None:
        published = self.blog.folder / "published"
        shutil.move(self.blog.output, published)
        assert main(["build", "--no-index", "--against", "published"]) == 0
        for path, data in self.blog.files().items():
            assert (published / path).read_bytes() == data

    def test_against_it_the_output_folder_does_not_count(self) -> None:
        shutil.copytree(self.blog.output, self.blog.folder / "published")
        site(IDS, 'ids = "tag:blog.example,2025:"')(self.blog)
        assert main(["build", "--accept"]) == 0
        assert main(["build", "--against", "published"]) == 3
        assert main(["build", "--against", "output"]) == 0

    def test_against_no_folder_is_a_mistake_and_nothing_is_written(self, capsys: Capture) -> None:
        before = state(self.blog)
        self.blog.post("new")
        assert main(["build", "--against", "nowhere"]) == 2
        assert "--against nowhere: no such folder" in capsys.readouterr().err
        assert state(self.blog) == before

    def test_json_never_hides_a_refusal(self, capsys: Capture) -> None:
        site(IDS, 'ids = "tag:blog.example,2025:"')(self.blog)
        assert main(["build", "--json"]) == 3
        assert "would come back as new" in capsys.readouterr().err


def test_items_of_json_are_read_as_they_were_written(blog: TinyBlog) -> None:
    """What the guard reads back is what the writers wrote, in each format the same."""
    read = []
    for suffix in ("rss", "atom", "json"):
        folder = blog.folder / suffix
        folder.mkdir()
        shutil.copy(blog.output / f"entries.{suffix}", folder)
        read.append(guard.read_standing(folder, "entries"))
    assert read[0] == read[1] == read[2]
    assert [entry.id for entry in read[0]] == [
        item["id"] for item in json.loads(blog.files()["entries.json"])["items"]
    ]
