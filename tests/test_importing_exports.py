"""`feeds import` of exports: what is written, what is left alone, and what the report says."""

from __future__ import annotations

import gzip
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feeds import settings as site_toml
from feeds.errors import ContentError, UsageError
from feeds.importing import ImportReport, Outcome, import_files
from feeds.pipeline import Options, build
from tests.builders import SITE_TOML
from tests.test_in_place import written

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
WXR = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Goat News</title><link>https://goats.example</link><description>Hoofs</description>
<language>en-GB</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://goats.example</wp:base_site_url>
<wp:base_blog_url>https://goats.example</wp:base_blog_url>
{items}</channel></rss>
"""
ITEM = """<item><title>{title}</title><link>https://goats.example/2024/05/{name}/</link>
<dc:creator><![CDATA[ann]]></dc:creator><guid isPermaLink="false">https://goats.example/?p={id}</guid>
<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{id}</wp:post_id><wp:post_date>2024-05-01 10:00:00</wp:post_date>
<wp:post_date_gmt>2024-05-01 10:00:00</wp:post_date_gmt>
<wp:post_modified_gmt>2024-05-01 10:00:00</wp:post_modified_gmt>
<wp:comment_status>{policy}</wp:comment_status><wp:post_name>{name}</wp:post_name>
<wp:status>{status}</wp:status><wp:post_type>post</wp:post_type><wp:post_password></wp:post_password>
{comments}</item>
"""
COMMENT = """<wp:comment><wp:comment_id>{id}</wp:comment_id>
<wp:comment_author><![CDATA[{name}]]></wp:comment_author>
<wp:comment_author_email>secret@mail.example</wp:comment_author_email>
<wp:comment_author_IP>203.0.113.77</wp:comment_author_IP>
<wp:comment_date>2024-05-02 10:00:00</wp:comment_date>
<wp:comment_date_gmt>2024-05-02 10:00:00</wp:comment_date_gmt>
<wp:comment_content><![CDATA[{text}]]></wp:comment_content>
<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{type}</wp:comment_type>
<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>
"""


def said(id: int = 1, text: str = "Well bleated.", **more: Any) -> str:
    """A comment of a WordPress export."""
    values = {"name": "Olaf", "approved": 1, "type": "comment", "parent": 0} | more
    return COMMENT.format(id=id, text=text, **values)


def item(id: int = 71, name: str = "kids", *comments: str, **more: Any) -> str:
    """A post of a WordPress export."""
    values = {"title": "Kids", "body": "Three.", "status": "publish", "policy": "closed"} | more
    return ITEM.format(id=id, name=name, comments="".join(comments), **values)


DISQUS = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="9"><id/><link>{link}</link><title>Kids</title><isDeleted>false</isDeleted></thread>
<post dsq:id="55"><id/><message><![CDATA[<p>Moved here.</p>]]></message>
<createdAt>2024-05-03T10:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
<author><name>Greta</name><isAnonymous>true</isAnonymous></author><thread dsq:id="9"/></post>
</disqus>
"""


class Desk:
    """A folder with exports in it, and a content folder to import them into."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.content = root / "content"

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def wxr(self, *items: str) -> Path:
        return self.write("export.xml", WXR.replace("{items}", "".join(items)))

    def run(self, *files: Path, **wishes: Any) -> ImportReport:
        into = wishes.pop("into", self.content)
        return import_files(files, into=into, now=NOW, **wishes)

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.content.rglob("*") if path.is_file())
        return {str(path.relative_to(self.content)): path.read_bytes() for path in found}

    def text(self, path: str) -> str:
        return (self.content / path).read_text("utf-8")

    def feed(self, name: str, root: Path | None = None) -> Any:
        site = site_toml.load(root or self.content)
        report = build(site, self.root / "output", now=NOW, options=Options())
        assert not report.has_problems, report.problems
        return feedparser.parse((self.root / "output" / name).read_bytes())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- what is written ------------------------------------------------------------------------------


def test_an_export_becomes_a_blog_with_the_ids_that_its_readers_know(desk: Desk) -> None:
    desk.run(desk.wxr(item(71, "kids", said(1), said(2, "Twice.", parent=1))))
    (entry,) = desk.feed("entries.atom").entries
    assert (entry.id, entry.link) == (
        "https://goats.example/?p=71",
        "https://goats.example/2024/05/kids/",
    )
    ids = [comment.id for comment in desk.feed("comments.atom").entries]
    assert ids == [f"https://goats.example/?p=71#comment-{n}" for n in (2, 1)]


def test_what_is_written_can_be_read_and_edited(desk: Desk) -> None:
    desk.run(desk.wxr(item(71, "kids", said(2, "Twice.", parent=1), said(1))))
    assert desk.text("posts/2024-05-01-kids.html") == (
        '---\ntitle: Kids\nid: "https://goats.example/?p=71"\npermalink: "/2024/05/kids/"\n'
        'date: 2024-05-01T10:00:00Z\nauthor: ann\ncomments: closed\naliases:\n  - "/?p=71"\n---\n\n'
        "<p>Three.</p>\n"
    )
    assert desk.text("comments/kids/2.html") == (
        '---\nparent: "1"\nauthor: Olaf\ndate: 2024-05-02T10:00:00Z\n---\n\n<p>Twice.</p>\n'
    )


def test_the_site_is_the_one_that_the_export_names(desk: Desk) -> None:
    desk.run(desk.wxr(item()))
    site = site_toml.load(desk.content)
    assert (site.title, site.url, site.description, site.language) == (
        "Goat News",
        "https://goats.example/",
        "Hoofs",
        "en-GB",
    )


def test_a_site_that_is_there_is_left_as_it_is(desk: Desk) -> None:
    desk.write("content/site.toml", SITE_TOML)
    desk.run(desk.wxr(item()))
    assert desk.text("site.toml") == SITE_TOML


def test_an_open_post_has_a_feed_before_anybody_comments(desk: Desk) -> None:
    desk.run(desk.wxr(item(policy="open")))
    assert desk.feed("comments/kids.atom").feed.title == "Comments on: Kids"


def test_posts_of_one_name_keep_apart(desk: Desk) -> None:
    desk.run(
        desk.wxr(item(71, "kids", said(1, "On the first.")), item(72, "kids", said(1, "Other.")))
    )
    assert len(desk.feed("entries.atom").entries) == 2
    texts = {c.id: c.content[0].value for c in desk.feed("comments.atom").entries}
    assert "On the first." in texts["https://goats.example/?p=71#comment-1"]
    assert "Other." in texts["https://goats.example/?p=72#comment-1"]


def test_two_posts_of_one_guid_are_both_there(desk: Desk) -> None:
    twins = item(71, "kids"), item(71, "hay").replace("<wp:post_id>71", "<wp:post_id>72")
    export = desk.wxr(*twins)
    report = desk.run(export)
    assert {"posts/2024-05-01-kids.html", "posts/2024-05-01-hay.html"} <= set(desk.files())
    assert any("so it gets one of its own" in warning.what for warning in report.warnings)
    before = desk.files()
    desk.run(export)
    assert desk.files() == before


def test_an_address_with_two_slashes_stays_as_it_is(desk: Desk) -> None:
    export = desk.wxr(item(71, "kids"))
    export.write_text(export.read_text("utf-8").replace("example/2024/", "example//2024/"), "utf-8")
    desk.run(export)
    assert desk.feed("entries.atom").entries[0].link == "https://goats.example//2024/05/kids/"


@pytest.mark.parametrize("name", ["../../etc/x", "con", "2024-01-02-kids", "README", "a/b", ".hid"])
def test_no_name_in_an_export_leaves_the_content_folder(desk: Desk, name: str) -> None:
    desk.run(desk.wxr(item(71, name, said(1))))
    assert len(desk.feed("entries.atom").entries) == 1
    assert len(desk.feed("comments.atom").entries) == 1
    assert {path.name for path in desk.root.iterdir()} <= {"content", "export.xml", "output"}


# --- privacy --------------------------------------------------------------------------------------


def test_nothing_private_is_written(desk: Desk) -> None:
    desk.run(
        desk.wxr(
            item(71, "kids", said(1), said(2, "Buy!", approved="spam"), said(3, "Hm", approved=0)),
            item(72, "secret", said(4, "Hush."), status="private", body="Nobody knows."),
        ),
    )
    everything = b"\n".join(desk.files().values())
    for word in (b"secret@mail", b"203.0.113", b"Buy!", b"Hm", b"Hush", b"Nobody knows"):
        assert word not in everything


def test_pings_come_along_only_if_somebody_wants_them(desk: Desk) -> None:
    export = desk.wxr(item(71, "kids", said(1, "A ping.", type="pingback")))
    desk.run(export)
    assert not (desk.content / "comments").exists()
    desk.run(export, pings=True)
    assert "type: pingback" in desk.text("comments/kids/1.html")


# --- again ----------------------------------------------------------------------------------------


def test_importing_again_writes_nothing(desk: Desk) -> None:
    export = desk.wxr(item(71, "kids", said(1)))
    desk.run(export)
    before = desk.files()
    report = desk.run(export)
    assert desk.files() == before
    assert report.count(Outcome.WRITTEN) == 0
    assert [r.detail for r in report.rows if r.outcome is Outcome.UNCHANGED] == [
        "1 post",
        "1 comment",
    ]


def test_importing_again_from_another_folder_writes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = desk.wxr(item(71, "kids", said(1)))
    monkeypatch.chdir(desk.root)
    desk.run(export, into=Path("content"))
    report = desk.run(export, into=Path("content"))
    assert report.count(Outcome.KEPT) == report.count(Outcome.WRITTEN) == 0


def test_comments_that_stand_in_a_list_are_known(desk: Desk) -> None:
    desk.run(desk.wxr(item(71, "kids")))
    desk.write("content/comments/kids.yml", "- id: 1\n  name: Olaf\n  message: Well bleated.\n")
    desk.run(desk.wxr(item(71, "kids", said(1), said(2))))
    assert {path for path in desk.files() if "comments" in path} == {
        "comments/kids.yml",
        "comments/kids/2.html",
    }


def test_a_later_export_adds_what_is_new(desk: Desk) -> None:
    desk.run(desk.wxr(item(71, "kids", said(1))))
    desk.run(desk.wxr(item(71, "kids", said(1), said(2, "Later.")), item(72, "hay")))
    assert {"comments/kids/1.html", "comments/kids/2.html", "posts/2024-05-01-hay.html"} <= set(
        desk.files()
    )


def test_what_a_person_edited_is_never_overwritten(desk: Desk) -> None:
    export = desk.wxr(item(71, "kids", said(1)))
    desk.run(export)
    edited = desk.text("comments/kids/1.html").replace("Well bleated", "Well said")
    desk.write("content/comments/kids/1.html", edited)
    report = desk.run(export)
    assert desk.text("comments/kids/1.html") == edited
    assert any(r.outcome is Outcome.KEPT and "1.html" in r.subject for r in report.rows)


def test_a_post_that_was_renamed_is_known_by_its_id(desk: Desk) -> None:
    export = desk.wxr(item(71, "kids", said(1)))
    desk.run(export)
    old = desk.content / "posts/2024-05-01-kids.html"
    old.rename(desk.content / "posts/goat-kids.html")
    (desk.content / "comments/kids").rename(desk.content / "comments/goat-kids")
    desk.run(export)
    assert set(desk.files()) == {
        "site.toml",
        "posts/goat-kids.html",
        "comments/goat-kids/1.html",
    }


def test_a_comment_that_was_renamed_is_known_by_its_id(desk: Desk) -> None:
    export = desk.wxr(item(71, "kids", said(1)))
    desk.run(export)
    text = desk.text("comments/kids/1.html").replace("---\n", '---\nid: "1"\n', 1)
    (desk.content / "comments/kids/1.html").unlink()
    desk.write("content/comments/kids/first.html", text)
    desk.run(export)
    assert {path for path in desk.files() if "comments" in path} == {"comments/kids/first.html"}


def test_an_empty_file_is_what_a_crash_left_and_no_edit(desk: Desk) -> None:
    export = desk.wxr(item(71, "kids", said(1)))
    desk.run(export)
    before = desk.files()
    desk.write("content/comments/kids/1.html", b"")
    desk.run(export)
    assert desk.files() == before


# --- the report -----------------------------------------------------------------------------------


def test_the_report_counts_what_was_read_written_and_left_out(desk: Desk) -> None:
    report = desk.run(
        desk.wxr(
            item(71, "kids", said(1), said(2, approved="trash"), said(3, approved="trash")),
            item(72, "plan", status="draft"),
        )
    )
    rows = [
        (str(row.outcome), row.subject.rpartition(str(desk.root) + "/")[2], row.detail)
        for row in report.rows
    ]
    assert rows == [
        ("read", "export.xml", "WordPress export: 1 post, 0 pages, 1 comment"),
        ("written", "content/site.toml", ""),
        ("written", "content/posts/", "1 post"),
        ("written", "content/comments/", "1 comment"),
        ("left out", "drafts", "1; post 72"),
        ("left out", "trashed comments", "2"),
    ]


def test_comments_on_no_post_are_counted_by_page(desk: Desk) -> None:
    desk.write("content/site.toml", SITE_TOML)
    desk.write("content/posts/a.md", written("A", more="date: 2024-05-01\n"))
    report = desk.run(desk.write("d.xml", DISQUS.format(link="https://blog.example/gone/")))
    (row,) = [row for row in report.rows if row.outcome is Outcome.LEFT_OUT]
    assert row.subject == "comments on https://blog.example/gone/"
    assert row.detail == "1; no post has this address"
    assert report.has_problems, "the exit code says that something is lost"


# --- exports of comments only ---------------------------------------------------------------------


def test_comments_find_the_posts_that_are_there(desk: Desk) -> None:
    desk.run(desk.wxr(item(71, "kids")))
    desk.run(
        desk.write("d.xml", DISQUS.format(link="http://www.goats.example/2024/05/kids/?ref=x"))
    )
    (comment,) = desk.feed("comments/kids.atom").entries
    assert comment.id == "https://goats.example/?p=71#comment-55"
    assert "Moved here." in comment.content[0].value


def test_comments_go_into_a_jekyll_blog_in_the_form_that_it_reads(desk: Desk) -> None:
    root = desk.root / "site"
    desk.write("site/site.toml", SITE_TOML + '[content]\nlayout = "jekyll"\n')
    desk.write("site/_config.yml", "permalink: /:year/:title/\n")
    desk.write("site/_posts/2024-05-01-kids.md", written("Kids"))
    desk.run(desk.write("d.xml", DISQUS.format(link="https://blog.example/2024/kids/")), into=root)
    path = root / "_data/comments/kids/55.yml"
    assert path.read_text("utf-8") == (
        'name: Greta\ndate: 2024-05-03T10:00:00Z\nformat: html\nmessage: "<p>Moved here.</p>"\n'
    )
    (comment,) = desk.feed("comments.atom", root).entries
    assert "<p>Moved here.</p>" in comment.content[0].value


def test_a_wordpress_export_gives_a_jekyll_blog_its_comments_and_no_posts(desk: Desk) -> None:
    root = desk.root / "site"
    desk.write("site/site.toml", SITE_TOML + '[content]\nlayout = "jekyll"\n')
    desk.write("site/_config.yml", "permalink: /:year/:month/:title/\n")
    desk.write("site/_posts/2024-05-01-kids.md", written("Kids"))
    report = desk.run(desk.wxr(item(71, "kids", said(1)), item(72, "hay", said(2))), into=root)
    assert [path.name for path in (root / "_posts").iterdir()] == ["2024-05-01-kids.md"]
    assert (root / "_data/comments/kids/1.yml").exists()
    assert any(row.subject == "posts" and "hay" in row.detail for row in report.rows)


def test_an_isso_database_is_imported(desk: Desk) -> None:
    desk.run(desk.wxr(item(71, "kids")))
    path = desk.root / "isso.db"
    database = sqlite3.connect(path)
    database.executescript(
        "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256), title VARCHAR(256));"
        "CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent, created, modified, mode,"
        " remote_addr, text, author, email, website, likes, dislikes, voters, notification);"
        "INSERT INTO threads VALUES (1, '/2024/05/kids/', 'Kids');"
        "INSERT INTO comments VALUES (1, 5, NULL, 1714644000.0, NULL, 1, '203.0.113.77',"
        " 'It was *me*.', 'Ines', 'ines@mail.example', NULL, 0, 0, '', 0);"
    )
    database.close()
    desk.run(path)
    assert desk.text("comments/kids/5.md").endswith("It was *me*.\n")
    assert b"mail.example" not in b"".join(desk.files().values())


def test_a_remark42_backup_is_imported_packed_as_it_is(desk: Desk) -> None:
    desk.run(desk.wxr(item(71, "kids")))
    lines = [
        {"version": 1, "users": [], "posts": []},
        {
            "id": "c1",
            "pid": "",
            "text": "<p>Packed.</p>",
            "orig": "Packed.",
            "user": {"name": "Ines", "id": "x", "ip": "203.0.113.77"},
            "locator": {"site": "goats", "url": "https://goats.example/2024/05/kids/"},
            "time": "2024-05-03T10:00:00Z",
        },
    ]
    data = gzip.compress("\n".join(json.dumps(line) for line in lines).encode())
    desk.run(desk.write("backup.gz", data))
    assert "Packed." in desk.text("comments/kids/c1.html")


HTML = """<!doctype html><html lang="en"><head><title>Kids | Goat News</title>
<meta property="og:site_name" content="Goat News"><meta property="og:title" content="Kids">
<link rel="canonical" href="https://goats.example/2024/05/kids/">
{date}</head><body class="single postid-71"><header><a href="https://goats.example/">Goat News</a></header>
<article><h1 class="entry-title">Kids</h1><div class="entry-content"><p>Three of them were born in
the night, and all of them stand already.</p></div></article>
<div id="comments"><h2>4 Responses to “Kids”</h2><ol class="commentlist">
<li id="comment-12" class="comment"><div class="comment-author vcard"><cite class="fn">Olaf</cite></div>
{when}<div class="comment-content"><p>Well bleated.</p></div></li></ol></div>
<footer>© 2024 Goat News. All rights reserved. · <a href="/feed/">Entries RSS</a></footer></body></html>
"""
DATED = HTML.replace(
    "{date}", '<meta property="article:published_time" content="2024-05-01T10:00:00+00:00">'
).replace("{when}", '<time datetime="2024-05-02T10:00:00+00:00">2 May 2024</time>')


def test_a_page_saved_as_html_becomes_a_post_and_its_comments(desk: Desk) -> None:
    report = desk.run(desk.write("kids.html", DATED))
    (entry,) = desk.feed("entries.atom").entries
    assert (entry.id, entry.title) == ("https://goats.example/?p=71", "Kids")
    assert entry.link == "https://goats.example/2024/05/kids/"
    (comment,) = desk.feed("comments.atom").entries
    assert comment.id == "https://goats.example/?p=71#comment-12"
    site = site_toml.load(desk.content)
    assert (site.title, site.url) == ("Goat News", "https://goats.example/")
    assert site.rights == "© 2024 Goat News. All rights reserved."
    assert "responses: 4" in desk.text("posts/2024-05-01-kids.html")
    assert any("4" in warning.what for warning in report.warnings)


def test_what_has_no_date_keeps_the_day_of_its_first_import(desk: Desk) -> None:
    page = desk.write("kids.html", HTML.replace("{date}", "").replace("{when}", ""))
    desk.run(page)
    before = desk.files()
    assert b"updated: 2024-06-01T12:00:00Z" in before["posts/kids.html"]
    report = import_files([page], into=desk.content, now=NOW.replace(year=2025))
    assert desk.files() == before
    assert report.count(Outcome.KEPT) == 0


def test_a_saved_pages_date_can_be_given(desk: Desk) -> None:
    page = desk.write("kids.html", HTML.replace("{date}", "").replace("{when}", ""))
    desk.run(page, date="2024-04-30")
    assert "posts/2024-04-30-kids.html" in desk.files()


# --- what goes wrong ------------------------------------------------------------------------------


def test_an_export_that_ends_in_the_middle_gives_what_is_whole(desk: Desk) -> None:
    whole = WXR.replace("{items}", item(71, "kids", said(1)) + item(72, "hay"))
    report = desk.run(desk.write("cut.xml", whole[: whole.index("?p=72")]))
    assert {"posts/2024-05-01-kids.html", "comments/kids/1.html"} <= set(desk.files())
    assert report.has_problems


def test_one_address_is_not_given_to_two_pages(desk: Desk) -> None:
    page, text = desk.write("a.html", DATED), desk.write("b.txt", "T\n\nText of a page.\n")
    with pytest.raises(UsageError, match="one by one"):
        desk.run(page, text, url="https://goats.example/x/")


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01\x02", b'<?xml version="1.0"?><rss><channel/></rss>', b"SQLite format 3\x00x"],
    ids=["nothing", "no text", "another feed", "half a database"],
)
def test_a_file_that_is_no_export_is_refused_with_the_next_step(desk: Desk, data: bytes) -> None:
    with pytest.raises((ContentError, UsageError)) as error:
        desk.run(desk.write("thing.xml", data))
    assert "; " in str(error.value)
    assert not (desk.content / "posts").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', "feeds adopt"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "feeds adopt"),
        (b"PK\x03\x04rest", "unpack it"),
        (gzip.compress(b"<rss/>"), "unpack it"),
    ],
)
def test_what_is_something_else_is_told_what_to_do_with(desk: Desk, data: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        desk.run(desk.write("thing", data))


def test_an_entity_bomb_is_refused(desk: Desk) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    export = desk.wxr(item(title="&b;"))
    export.write_text(bomb + export.read_text("utf-8").partition("?>")[2], "utf-8")
    with pytest.raises(ContentError):
        desk.run(export)


def test_a_blog_without_a_name_is_asked_for(desk: Desk) -> None:
    with pytest.raises(UsageError, match="--url"):
        desk.run(desk.write("d.xml", DISQUS.format(link="https://blog.example/x/")))


def test_a_format_that_is_named_is_believed(desk: Desk) -> None:
    with pytest.raises(ContentError):
        desk.run(desk.wxr(item()), format="disqus")


def test_one_broken_export_of_two_costs_itself(desk: Desk) -> None:
    bad = desk.write("bad.db", b"SQLite format 3\x00" + b"x" * 100)
    report = desk.run(desk.wxr(item()), bad)
    assert "posts/2024-05-01-kids.html" in desk.files()
    assert report.has_problems
