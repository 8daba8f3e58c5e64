"""Other programs' blogs, built as they are: where things lie, what counts, and where it stands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from feeds import listing
from feeds import settings as site_toml
from feeds.errors import SettingsError, Severity, UsageError
from feeds.ids import post_id
from feeds.pipeline import build
from feeds.settings import PRESETS, Settings, parse
from tests.builders import NOW, TinyBlog, at, post

POST = "---\ntitle: {title}\n{more}---\n\n{body}\n"


def written(title: str, body: str = "Text.", more: str = "") -> str:
    """A post's file."""
    return POST.format(title=title, body=body, more=more)


def said(name: str, message: str = "Well said.", **more: str) -> str:
    """A comment's file, as Staticman writes it."""
    lines = [f"{key}: {value}" for key, value in more.items()]
    return "\n".join([f"name: {name}", f"message: {message}", *lines, ""])


def in_layout(folder: Path, layout: str, extra: str = "", ids: str = "") -> TinyBlog:
    """An empty blog of another program."""
    blog = TinyBlog(folder, f'[content]\nlayout = "{layout}"\n{extra}')
    (blog.content / "posts").rmdir()
    if ids:
        text = (blog.content / "site.toml").read_text("utf-8")
        blog.write("site.toml", text.replace("tag:blog.example,2024:", ids))
    return blog


@pytest.fixture
def jekyll(tmp_path: Path) -> TinyBlog:
    return (
        in_layout(tmp_path, "jekyll")
        .write("_config.yml", "title: A blog\npermalink: /:year/:title/\n")
        .write("_posts/2024-05-01-First-Boat.md", written("The first boat"))
        .write("_data/comments/first-boat/1.yml", said("Ann", date="2024-05-02T10:00:00Z"))
    )


@pytest.fixture
def hugo(tmp_path: Path) -> TinyBlog:
    return (
        in_layout(tmp_path, "hugo")
        .write("hugo.toml", 'title = "A blog"\nbaseURL = "https://blog.example/"\n')
        .write("content/posts/boat.md", written("The boat", more="date: 2024-05-01\n"))
        .write("data/comments/boat/1.yml", said("Ann", date="2024-05-02T10:00:00Z"))
    )


def links(blog: TinyBlog) -> list[str]:
    return [entry.link for entry in blog.feed("entries.atom").entries]


def complaints(blog: TinyBlog) -> list[str]:
    report = blog.reports[-1] if blog.reports else blog.build()
    return [str(p) for p in report.problems if p.severity is not Severity.NOTE]


# --- Jekyll ---------------------------------------------------------------------------------------


def test_a_jekyll_blog_is_built_as_it_is(jekyll: TinyBlog) -> None:
    report = jekyll.build()
    assert [str(p) for p in report.problems] == []
    assert links(jekyll) == ["https://blog.example/2024/First-Boat/"]
    (comment,) = jekyll.feed("comments.atom").entries
    assert comment.link == "https://blog.example/2024/First-Boat/#comment-1"
    assert "comments/First-Boat.atom" in jekyll.files()


def test_posts_stand_in_folders_of_categories_too(jekyll: TinyBlog) -> None:
    jekyll.write("travel/_posts/2024-05-03-north.md", written("North"))
    jekyll.write("_site/_posts/2024-05-04-copy.md", written("A copy"))
    jekyll.build()
    assert links(jekyll) == [
        "https://blog.example/2024/north/",
        "https://blog.example/2024/First-Boat/",
    ]


def test_a_new_folder_of_posts_is_a_change(jekyll: TinyBlog) -> None:
    root = str(jekyll.content)
    assert listing.branches(root, "_posts") == []
    jekyll.write("travel/_posts/2024-05-03-north.md", written("North"))
    jekyll.write("_site/x/_posts/2024-05-03-north.md", written("North"))
    assert listing.branches(root, "_posts") == ["travel/_posts"]


def test_a_draft_and_the_comments_on_it_stay_in_without_a_word(jekyll: TinyBlog) -> None:
    jekyll.write("_drafts/secret.md", written("Secret plan", body="Hush."))
    jekyll.write("_data/comments/secret/1.yml", said("Eve", "I know it."))
    jekyll.write(
        "_posts/2024-05-05-no.md", written("Not yet", body="Hush.", more="published: false\n")
    )
    report = jekyll.build()
    assert complaints(jekyll) == []
    assert report.exit_code == 0
    for word in (b"Secret", b"Hush", b"Eve", b"Not yet"):
        assert word not in jekyll.published()


def test_files_that_jekyll_makes_no_post_of_are_no_posts(jekyll: TinyBlog) -> None:
    jekyll.write("_posts/notes.md", written("No date in its name"))
    jekyll.build()
    assert len(links(jekyll)) == 1


def test_one_file_may_list_the_comments_on_all_posts(jekyll: TinyBlog) -> None:
    jekyll.write(
        "_data/comments.yml",
        "- post: first-boat\n  _id: a1\n  name: Ben\n  message: In a list.\n"
        "- post: first-boat\n  _id: a2\n  name: Cy\n  message: So am I.\n",
    )
    jekyll.build()
    titles = {entry.title for entry in jekyll.feed("comments/First-Boat.atom").entries}
    assert titles == {"By: Ann", "By: Ben", "By: Cy"}


def test_one_file_may_list_the_comments_below_the_posts_names(jekyll: TinyBlog) -> None:
    jekyll.write(
        "_data/comments.yml", "First-Boat:\n  - _id: a1\n    name: Ben\n    message: In a map.\n"
    )
    jekyll.build()
    titles = {entry.title for entry in jekyll.feed("comments/First-Boat.atom").entries}
    assert titles == {"By: Ann", "By: Ben"}


@pytest.mark.parametrize("key", ["message", "body", "content", "comment", "text"])
def test_comments_in_json_are_read(jekyll: TinyBlog, key: str) -> None:
    record = {"_id": "j", "name": "Jo", key: "In JSON.", "date": "2024-05-03T10:00:00Z"}
    jekyll.write("_data/comments/first-boat/j.json", json.dumps(record))
    assert complaints(jekyll) == []
    assert "By: Jo" in {e.title for e in jekyll.feed("comments/First-Boat.atom").entries}


def test_a_list_of_comments_that_changes_is_read_again(jekyll: TinyBlog) -> None:
    jekyll.write("_data/comments.yml", "- post: first-boat\n  name: Ben\n  message: One.\n")
    jekyll.build()
    jekyll.write("_data/comments.yml", "- post: first-boat\n  name: Cyril\n  message: Two.\n")
    jekyll.build()
    assert b"Cyril" in jekyll.published()
    assert b"Ben" not in jekyll.published()
    (jekyll.content / "_data/comments.yml").unlink()
    jekyll.build()
    assert b"Cyril" not in jekyll.published()


def test_comments_beside_the_folders_say_themselves_where_they_belong(jekyll: TinyBlog) -> None:
    jekyll.write(
        "_data/comments/entry7.yml",
        said("Ben", _parent="https://blog.example/2024/First-Boat/", _id="7"),
    )
    jekyll.build()
    titles = {entry.title for entry in jekyll.feed("comments/First-Boat.atom").entries}
    assert "By: Ben" in titles


def test_comments_of_no_post_are_named_by_folder_and_number(jekyll: TinyBlog) -> None:
    jekyll.write("_data/comments/gone/1.yml", said("Ben"))
    jekyll.write("_data/comments/gone/2.yml", said("Cy"))
    assert complaints(jekyll) == [
        "content/_data/comments/gone: 2 comments for no post; name it as the post is named, or remove it"
    ]


@pytest.mark.parametrize(
    "folder",
    ["first-boat", "2024-05-01-First-Boat", "2024-First-Boat", "the-first-boat", "old-boat"],
    ids=["folded", "with its day", "the address", "the title", "a former address"],
)
def test_a_folder_of_comments_finds_its_post(tmp_path: Path, folder: str) -> None:
    blog = (
        in_layout(tmp_path, "jekyll")
        .write("_config.yml", "permalink: /:year/:title/\n")
        .write(
            "_posts/2024-05-01-First-Boat.md",
            written("The first boat", more="redirect_from: [/2003/old-boat.html]\n"),
        )
        .write(f"_data/comments/{folder}/1.yml", said("Ann"))
    )
    assert complaints(blog) == []
    assert len(blog.feed("comments/First-Boat.atom").entries) == 1


def test_two_posts_of_one_name_are_told_apart_by_their_day(jekyll: TinyBlog) -> None:
    jekyll.write("_posts/2024-05-09-First-Boat.md", written("The first boat, again"))
    jekyll.write("_data/comments/2024-05-09-First-Boat/1.yml", said("Ben", "On the later."))
    jekyll.build()
    assert complaints(jekyll) == []
    assert len(links(jekyll)) == 2
    (later,) = jekyll.feed("comments/2024-05-09-First-Boat.atom").entries
    assert later.title == "By: Ben"
    (earlier,) = jekyll.feed("comments/First-Boat.atom").entries
    assert earlier.title == "By: Ann"


def test_a_title_that_changes_reaches_the_feed_of_a_post_that_was_renamed(jekyll: TinyBlog) -> None:
    jekyll.write("_posts/2024-05-09-First-Boat.md", written("Again"))
    jekyll.write("_data/comments/2024-05-09-First-Boat/1.yml", said("Ben"))
    jekyll.build()
    jekyll.write("_posts/2024-05-09-First-Boat.md", written("Once more"))
    jekyll.build()
    assert jekyll.feed("comments/2024-05-09-First-Boat.atom").feed.title == "Comments on: Once more"


def test_a_rule_for_permalinks_that_changes_moves_every_address(jekyll: TinyBlog) -> None:
    jekyll.build()
    jekyll.write("_config.yml", "title: A blog\npermalink: /blog/:title.html\n")
    jekyll.build()
    assert links(jekyll) == ["https://blog.example/blog/First-Boat.html"]
    incremental = jekyll.files()
    jekyll.build(index=None)
    assert jekyll.files() == incremental


def test_the_generators_zone_holds_unless_site_toml_has_one(tmp_path: Path) -> None:
    text = written("Late", more='date: "2024-05-01 23:30"\n')
    blog = in_layout(tmp_path, "jekyll").write("_config.yml", "timezone: America/New_York\n")
    blog.write("_posts/2024-05-01-late.md", text).build()
    assert blog.feed("entries.atom").entries[0].published == "2024-05-02T03:30:00Z"
    toml = (blog.content / "site.toml").read_text("utf-8")
    blog.write("site.toml", 'timezone = "Asia/Tokyo"\n' + toml).build()
    assert blog.feed("entries.atom").entries[0].published == "2024-05-01T14:30:00Z"


def test_a_time_without_quotes_in_a_comment_is_one_in_utc(jekyll: TinyBlog) -> None:
    jekyll.write("_config.yml", "timezone: America/New_York\npermalink: /:title/\n")
    jekyll.write("_data/comments/first-boat/1.yml", said("Ann", date="2024-05-02 10:00:00"))
    jekyll.write("_data/comments/first-boat/2.yml", said("Ben", date='"2024-05-02 10:00:00"'))
    jekyll.build()
    dates = {e.title: e.published for e in jekyll.feed("comments/First-Boat.atom").entries}
    assert dates == {"By: Ann": "2024-05-02T10:00:00Z", "By: Ben": "2024-05-02T14:00:00Z"}


def test_a_date_that_nobody_can_read_costs_a_comment_its_date_only(jekyll: TinyBlog) -> None:
    jekyll.write("_data/comments/first-boat/1.yml", said("Ann", date="the day before"))
    report = jekyll.build()
    assert report.exit_code == 0
    (warning,) = complaints(jekyll)
    assert "is not a date" in warning
    assert len(jekyll.feed("comments/First-Boat.atom").entries) == 1


def test_front_matter_that_only_other_programs_read_is_read(jekyll: TinyBlog) -> None:
    jekyll.write(
        "_posts/2024-05-03-odd.md",
        "---\ntitle: One\ntitle: Two\nauthor: &who Ann\neditor: *who\nlayout: post\n"
        "comments: true\ntype: post\nstatus: publish\nimage:\n  path: /a.png\n---\n\nText.\n",
    )
    report = jekyll.build()
    assert report.exit_code == 0
    assert jekyll.feed("entries.atom").entries[0].title == "Two"


def test_an_untitled_post_is_named_by_its_file(jekyll: TinyBlog) -> None:
    jekyll.write("_posts/2024-05-03-gone-north.md", "---\nlayout: post\n---\n\nText.\n")
    jekyll.build()
    assert jekyll.feed("entries.atom").entries[0].title == "Gone North"


def test_a_configuration_with_aliases_is_read(jekyll: TinyBlog) -> None:
    jekyll.write(
        "_config.yml",
        "email: &email x\nauthor: {name: Ann, email: *email}\nshared: &s {permalink: /s/:title}\n"
        "<<: *s\n",
    )
    jekyll.build()
    assert links(jekyll) == ["https://blog.example/s/First-Boat"]


def test_a_configuration_that_cannot_be_read_is_named_with_its_line(jekyll: TinyBlog) -> None:
    jekyll.write("_config.yml", "title: A blog\n  permalink: x: y\n")
    with pytest.raises(SettingsError, match=r"content/_config\.yml:2: not YAML"):
        jekyll.build()


def test_a_configuration_that_is_named_and_not_there_is_a_mistake(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll", 'config = "_other.yml"\n')
    blog.write("_posts/2024-05-01-a.md", written("A"))
    with pytest.raises(SettingsError, match=r"_other\.yml: no such file"):
        blog.build()


def test_a_later_configuration_overrides_an_earlier_one(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll", 'config = ["_config.yml", "_live.yml"]\n')
    blog.write("_config.yml", "permalink: /a/:title\n").write("_live.yml", "permalink: /b/:title\n")
    blog.write("_posts/2024-05-01-x.md", written("X")).build()
    assert links(blog) == ["https://blog.example/b/x"]


def test_folders_of_other_names_are_named_in_site_toml(tmp_path: Path) -> None:
    blog = in_layout(
        tmp_path, "jekyll", 'posts = ["blog/_posts", "log/_posts"]\ncomments = "said"\n'
    )
    blog.write("blog/_posts/2024-05-01-a.md", written("A"))
    blog.write("log/_posts/2024-05-02-b.md", written("B"))
    blog.write("said/a/1.yml", said("Ann"))
    blog.build()
    assert complaints(blog) == []
    assert len(links(blog)) == 2
    assert len(blog.feed("comments.atom").entries) == 1


def test_a_repository_without_posts_is_no_blog(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="content/_posts: no such folder"):
        in_layout(tmp_path, "jekyll").build()


@pytest.mark.parametrize("key", ["posts", "drafts", "comments", "built"])
def test_a_folder_that_is_named_and_not_there_is_a_warning(tmp_path: Path, key: str) -> None:
    blog = in_layout(tmp_path, "jekyll", f'{key} = "_postz"\n')
    blog.write("_posts/2024-05-01-a.md", written("A"))
    blog.write("_drafts/b.md", written("B"))
    assert any(f"'content.{key}' names _postz" in line for line in complaints(blog))


@pytest.mark.parametrize("place", ["", "_posts", "_posts/x", "_data/comments"])
def test_feeds_never_go_where_content_is_kept(jekyll: TinyBlog, place: str) -> None:
    site = site_toml.load(jekyll.content)
    with pytest.raises(UsageError, match="a folder of their own"):
        build(site, jekyll.content / place, now=NOW)
    build(site, jekyll.content / "feeds", now=NOW)


def test_a_selector_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll", 'built = "_site"\nselector = "div..text["\n')
    blog.write("_posts/2024-05-01-a.md", written("A"))
    with pytest.raises(SettingsError, match="it takes a CSS selector"):
        blog.build()


# --- Hugo -----------------------------------------------------------------------------------------


def test_a_hugo_blog_is_built_as_it_is(hugo: TinyBlog) -> None:
    report = hugo.build()
    assert [str(p) for p in report.problems] == []
    assert links(hugo) == ["https://blog.example/posts/boat/"]
    (comment,) = hugo.feed("comments.atom").entries
    assert comment.link == "https://blog.example/posts/boat/#comment-1"


def test_a_bundle_is_one_post_and_what_lies_beside_it_is_none(hugo: TinyBlog) -> None:
    hugo.write("content/posts/sail/index.md", written("Sail", more="date: 2024-05-03\n"))
    hugo.write("content/posts/sail/aside.md", written("Aside", more="date: 2024-05-03\n"))
    hugo.write("content/posts/_index.md", written("All posts", more="date: 2024-05-03\n"))
    hugo.build()
    assert links(hugo) == ["https://blog.example/posts/sail/", "https://blog.example/posts/boat/"]


def test_a_page_that_becomes_a_bundles_own_leaves_the_feed(hugo: TinyBlog) -> None:
    hugo.write("content/posts/sail/aside.md", written("Aside", more="date: 2024-05-03\n"))
    hugo.build()
    assert len(links(hugo)) == 2
    hugo.write("content/posts/sail/index.md", written("Sail", more="date: 2024-05-03\n"))
    hugo.build()
    assert links(hugo) == ["https://blog.example/posts/sail/", "https://blog.example/posts/boat/"]


def test_what_a_section_passes_down_holds(hugo: TinyBlog) -> None:
    hugo.write("content/private/_index.md", "---\ncascade:\n  draft: true\n---\n")
    hugo.write("content/private/a.md", written("Hush", more="date: 2024-05-03\n"))
    hugo.build()
    assert b"Hush" not in hugo.published()


def test_a_post_that_expires_goes_at_its_time_and_not_before(hugo: TinyBlog) -> None:
    hugo.write(
        "content/posts/sale.md",
        written("Sale", more="date: 2024-05-03\nexpiryDate: 2024-06-02T00:00:00Z\n"),
    )
    hugo.build(present=True)
    assert len(links(hugo)) == 2
    hugo.build(now=NOW + timedelta(days=1))
    assert links(hugo) == ["https://blog.example/posts/boat/"]


def test_a_page_without_a_date_is_no_entry(hugo: TinyBlog) -> None:
    hugo.write("content/about.md", written("About"))
    report = hugo.build()
    assert report.exit_code == 0
    assert len(links(hugo)) == 1


def test_comments_filed_under_the_name_of_a_file_find_its_post(hugo: TinyBlog) -> None:
    hugo.write("content/posts/my-file.md", written("B", more="slug: other\ndate: 2024-05-02\n"))
    hugo.write("data/comments/my-file/1.yml", said("Ben"))
    assert complaints(hugo) == []
    assert len(hugo.feed("comments/other.atom").entries) == 1


def test_a_quote_that_needed_no_escape_costs_no_post(hugo: TinyBlog) -> None:
    hugo.write("content/a.md", '---\ntitle: "It wasn\\\'t"\ndate: 2024-05-03\n---\nText.\n')
    assert complaints(hugo) == []
    assert hugo.feed("entries.atom").entries[0].title == "It wasn't"


def test_toml_and_json_front_matter_are_read(hugo: TinyBlog) -> None:
    hugo.write("content/a.md", '+++\ntitle = "T"\ndate = 2024-05-03\n+++\nText.\n')
    hugo.write("content/b.md", '{\n"title": "J",\n"date": "2024-05-04"\n}\n\nText.\n')
    hugo.build()
    titles = [entry.title for entry in hugo.feed("entries.atom").entries]
    assert titles == ["J", "T", "The boat"]


# --- the other generators -------------------------------------------------------------------------


def test_a_zola_blog_is_built_as_it_is(tmp_path: Path) -> None:
    blog = (
        in_layout(tmp_path, "zola")
        .write("config.toml", 'base_url = "https://blog.example"\ntitle = "A blog"\n')
        .write("content/posts/_index.md", "+++\n+++\n")
        .write(
            "content/posts/boat.md", '+++\ntitle = "The boat"\ndate = 2024-05-01\n+++\n\nText.\n'
        )
        .write("data/comments/boat/1.yml", said("Ann"))
    )
    assert complaints(blog) == []
    assert links(blog) == ["https://blog.example/posts/boat/"]
    assert len(blog.feed("comments/boat.atom").entries) == 1


def test_a_pelican_blog_is_built_as_it_is(tmp_path: Path) -> None:
    blog = (
        in_layout(tmp_path, "pelican")
        .write("pelicanconf.py", "SITENAME = 'A blog'\nTIMEZONE = 'UTC'\nPATH = 'content'\n")
        .write("content/boat.md", "Title: The boat\nDate: 2024-05-01\nSlug: boat\n\nText.\n")
        .write("content/comments/boat/1.md", "author: Ann\ndate: 2024-05-02\n\nWell said.\n")
    )
    assert complaints(blog) == []
    assert links(blog) == ["https://blog.example/boat.html"]
    assert len(blog.feed("comments/boat.atom").entries) == 1


def test_a_nikola_blog_is_built_as_it_is(tmp_path: Path) -> None:
    conf = (
        "BLOG_TITLE = 'A blog'\nSITE_URL = 'https://blog.example/'\n"
        "POSTS = (('posts/*.md', 'posts', 'post.tmpl'),)\n"
    )
    blog = (
        in_layout(tmp_path, "nikola")
        .write("conf.py", conf)
        .write(
            "posts/boat.md",
            "<!--\n.. title: The boat\n.. slug: boat\n.. date: 2024-05-01 10:00 UTC\n-->\n\nText.\n",
        )
    )
    assert complaints(blog) == []
    assert [link.partition("#")[0] for link in links(blog)] == ["https://blog.example/posts/boat/"]


def test_a_nikola_post_may_have_its_front_matter_beside_it(tmp_path: Path) -> None:
    blog = (
        in_layout(tmp_path, "nikola")
        .write("conf.py", "POSTS = (('posts/*.md', 'posts', 'post.tmpl'),)\n")
        .write("posts/boat.md", "Text.\n")
        .write("posts/boat.meta", ".. title: The boat\n.. slug: boat\n.. date: 2024-05-01\n")
        .write(
            "posts/boat.7.wpcomment",
            ".. id: 7\n.. author: Ann\n.. status: approved\n\n<p>Hi.</p>\n",
        )
    )
    assert complaints(blog) == []
    assert blog.feed("entries.atom").entries[0].title == "The boat"
    assert blog.feed("comments/boat.atom").entries[0].title == "By: Ann"
    blog.write("posts/boat.meta", ".. title: The ship\n.. slug: boat\n.. date: 2024-05-01\n")
    blog.build()
    assert blog.feed("entries.atom").entries[0].title == "The ship"


# --- ids ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "id"),
    [
        ("jekyll-feed", "https://blog.example/2024/First-Boat"),
        ("permalink", "https://blog.example/2024/First-Boat/"),
        ("hugo", "https://blog.example/2024/First-Boat/"),
        ("pelican", "tag:blog.example,2024-05-01:/2024/First-Boat//"),
    ],
)
def test_a_preset_makes_the_ids_of_the_present_feed(tmp_path: Path, preset: str, id: str) -> None:
    blog = in_layout(tmp_path, "jekyll", ids=preset)
    blog.write("_config.yml", "permalink: /:year/:title/\n")
    blog.write("_posts/2024-05-01-First-Boat.md", written("The first boat"))
    blog.write("_data/comments/first-boat/1.yml", said("Ann"))
    blog.build()
    assert blog.feed("entries.atom").entries[0].id == id
    assert blog.feed("comments.atom").entries[0].id == f"{id}#comment-1"


def test_wordpress_ids_are_made_of_the_numbers_that_came_along(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll", ids="wordpress")
    blog.write("_posts/2024-05-01-a.md", written("A", more="id: 71\n"))
    blog.write("_posts/2024-05-02-b.md", written("B", more="guid: https://old.example/?p=72\n"))
    blog.write("_posts/2024-05-03-c.md", written("C"))
    blog.write("_config.yml", "permalink: /:title/\n").build()
    assert [entry.id for entry in blog.feed("entries.atom").entries] == [
        "https://blog.example/c/",
        "https://old.example/?p=72",
        "https://blog.example/?p=71",
    ]
    assert blog.feed("entries.atom").feed.id == "https://blog.example/feed/atom/"


@pytest.mark.parametrize("preset", PRESETS)
def test_an_id_of_ones_own_wins_over_every_preset(preset: str) -> None:
    site = Settings(title="A blog", url="https://blog.example/", ids=preset, root=Path())
    assert post_id(site, post(id="urn:uuid:1", published=at("2024-05-01"))) == "urn:uuid:1"


def test_a_preset_of_no_such_name_is_named_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="did you mean 'jekyll-feed'"):
        parse('title = "x"\nurl = "https://x.example/"\nids = "jekyl-feed"\n', Path())


# --- the lean path --------------------------------------------------------------------------------


def _run(blog: TinyBlog) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feeds", "build", str(blog.content), "-o", str(blog.output)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        timeout=60,
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("_config.yml", "title: A blog\npermalink: /moved/:title/\n"),
        ("travel/_posts/2024-05-03-north.md", written("North")),
        ("_data/comments.yml", "- post: first-boat\n  name: Ben\n  message: Later.\n"),
        ("_data/comments/first-boat/2.yml", said("Cy")),
    ],
    ids=["the configuration", "a new folder of posts", "a new list", "a new comment"],
)
def test_the_lean_path_sees_every_change_of_another_layout(
    jekyll: TinyBlog, path: str, text: str
) -> None:
    past = 1_700_000_000
    for place in jekyll.content.rglob("*"):
        os.utime(place, (past, past))
    assert _run(jekyll).returncode == 0
    before = jekyll.files()
    assert _run(jekyll).returncode == 0
    assert jekyll.files() == before
    jekyll.write(path, text)
    assert _run(jekyll).returncode == 0
    assert jekyll.files() != before
