"""What the writers write (design §5), read back by other people's parsers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.feed import GENERATOR, Entry, Feed, InReplyTo, Replies
from feeds.formats import FORMATS, render
from feeds.model import Enclosure, Person
from tests.builders import at

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
THR = "{http://purl.org/syndication/thread/1.0}"
WFW = "{http://wellformedweb.org/CommentAPI/}"
XML = "{http://www.w3.org/XML/1998/namespace}"

ID = "tag:blog.example,2024:hello"
PAGE = "https://blog.example/hello"


def post_entry(**changes: Any) -> Entry:
    """An entry that says all that a post can say."""
    values: dict[str, Any] = {
        "id": ID,
        "title": "Hello",
        "permalink": PAGE,
        "published": at("2024-05-01 10:00"),
        "updated": at("2024-05-07 11:12:13"),
        "authors": (Person("Ann", "https://ann.example/"), Person("Bea")),
        "summary": "<p>In <em>short</em>.</p>",
        "content": "<p>In <em>full</em> &amp; length.</p>",
        "categories": ("Boats", "R&D"),
        "language": "fr",
        "enclosures": (
            Enclosure("https://blog.example/a.mp3?x=1&y=2", "audio/mpeg", 1234),
            Enclosure("https://blog.example/b.bin"),
        ),
        "image": "https://blog.example/a.png",
        "replies": Replies(
            count=3,
            updated=at("2024-05-09 08:07:06"),
            page_url=f"{PAGE}#comments",
            feed_address="https://blog.example/feeds/comments/hello",
        ),
    }
    return Entry(**values | changes)


def comment_entry(**changes: Any) -> Entry:
    """An entry that says all that a comment can say."""
    values: dict[str, Any] = {
        "id": f"{ID}#comment-2",
        "title": "Comment on Hello by Cem",
        "permalink": f"{PAGE}#comment-2",
        "published": at("2024-05-02 10:00"),
        "updated": at("2024-05-02 10:00"),
        "authors": (Person("Cem", "https://cem.example/?a=1&b=2"),),
        "summary": "Well said.",
        "content": "<p>Well said.</p>",
        "in_reply_to": InReplyTo(
            ref=f"{ID}#comment-1",
            href=f"{PAGE}#comment-1",
            source_address="https://blog.example/feeds/comments/hello",
        ),
    }
    return Entry(**values | changes)


def feed(*entries: Entry, **changes: Any) -> Feed:
    """A feed of a site that says all that a site can say."""
    values: dict[str, Any] = {
        "id": "tag:blog.example,2024:feeds/entries",
        "title": "Boats & Birds",
        "address": "https://blog.example/feeds/entries",
        "label": "Entries “RSS”",
        "alternate_url": "https://blog.example/",
        "subtitle": "On <boats>",
        "rights": "© 2024 Ann & Bea, all rights reserved.",
        "language": "en-GB",
        "author": Person("Ann"),
        "updated": at("2024-05-07 11:12:13"),
        "icon": "https://blog.example/icon.png",
        "logo": "https://blog.example/logo.png",
        "entries": entries or (post_entry(), comment_entry()),
    }
    return Feed(**values | changes)


def rss_bytes(*entries: Entry, **changes: Any) -> bytes:
    return render(feed(*entries, **changes), ["rss"])[".rss"]


def atom_bytes(*entries: Entry, **changes: Any) -> bytes:
    return render(feed(*entries, **changes), ["atom"])[".atom"]


def channel_of(*entries: Entry, **changes: Any) -> Any:
    return etree.fromstring(rss_bytes(*entries, **changes)).find("channel")


def item_of(entry: Entry) -> Any:
    return channel_of(entry).find("item")


def atom_of(*entries: Entry, **changes: Any) -> Any:
    return etree.fromstring(atom_bytes(*entries, **changes))


def atom_entry_of(entry: Entry) -> Any:
    return atom_of(entry).find(f"{ATOM}entry")


def json_of(*entries: Entry, **changes: Any) -> Any:
    return json.loads(render(feed(*entries, **changes), ["json"])[".json"])


def json_item_of(entry: Entry) -> Any:
    return json_of(entry)["items"][0]


def links_of(element: Any) -> list[dict[str, str]]:
    return [dict(link.attrib) for link in element.findall(f"{ATOM}link")]


# --- RSS ------------------------------------------------------------------------------------------


class TestRss:
    def test_the_feed_says_all_that_the_contract_lists(self) -> None:
        channel = channel_of()
        assert {name: channel.findtext(name) for name in (
            "title", "link", "description", "language", "copyright", "lastBuildDate", "generator"
        )} == {
            "title": "Boats & Birds",
            "link": "https://blog.example/",
            "description": "On <boats>",
            "language": "en-GB",
            "copyright": "© 2024 Ann & Bea, all rights reserved.",
            "lastBuildDate": "Tue, 07 May 2024 11:12:13 +0000",
            "generator": GENERATOR,
        }  # fmt: skip
        assert [(e.tag, e.text) for e in channel.find("image")] == [
            ("url", "https://blog.example/logo.png"),
            ("title", "Boats & Birds"),
            ("link", "https://blog.example/"),
        ]
        assert links_of(channel) == [
            {
                "href": "https://blog.example/feeds/entries.rss",
                "rel": "self",
                "type": "application/rss+xml",
                "title": "Entries “RSS”",
            }
        ]

    def test_its_picture_is_the_icon_where_there_is_no_logo_and_none_without_both(self) -> None:
        assert channel_of(logo=None).findtext("image/url") == "https://blog.example/icon.png"
        assert channel_of(logo=None, icon=None).find("image") is None

    def test_what_the_site_does_not_say_is_left_out(self) -> None:
        channel = channel_of(rights=None)
        for name in ("copyright", "docs", "webMaster", "managingEditor", "pubDate", "ttl"):
            assert channel.find(name) is None

    def test_an_entry_says_all_that_the_contract_lists(self) -> None:
        item = item_of(post_entry())
        assert [(element.tag, element.text) for element in item] == [
            ("title", "Hello"),
            ("link", PAGE),
            ("description", "<p>In <em>short</em>.</p>"),
            (f"{CONTENT}encoded", "<p>In <em>full</em> &amp; length.</p>"),
            ("guid", ID),
            ("category", "Boats"),
            ("category", "R&D"),
            ("comments", f"{PAGE}#comments"),
            ("enclosure", None),
            ("pubDate", "Wed, 01 May 2024 10:00:00 +0000"),
            (f"{DC}creator", "Ann, Bea"),
            (f"{SLASH}comments", "3"),
            (f"{WFW}commentRss", "https://blog.example/feeds/comments/hello.rss"),
            (f"{MEDIA}thumbnail", None),
        ]
        assert item.find("guid").attrib == {"isPermaLink": "false"}
        assert item.find(f"{MEDIA}thumbnail").attrib == {"url": "https://blog.example/a.png"}

    def test_a_comment_says_all_that_the_contract_lists(self) -> None:
        item = item_of(comment_entry())
        assert [(element.tag, element.text) for element in item] == [
            ("title", "Comment on Hello by Cem"),
            ("link", f"{PAGE}#comment-2"),
            ("description", "Well said."),
            (f"{CONTENT}encoded", "<p>Well said.</p>"),
            ("guid", f"{ID}#comment-2"),
            ("pubDate", "Thu, 02 May 2024 10:00:00 +0000"),
            (f"{DC}creator", "Cem"),
            (f"{THR}in-reply-to", None),
        ]
        assert item.find(f"{THR}in-reply-to").attrib == {
            "ref": f"{ID}#comment-1",
            "href": f"{PAGE}#comment-1",
            "type": "text/html",
            "source": "https://blog.example/feeds/comments/hello.rss",
        }

    @pytest.mark.parametrize(
        ("title", "written"),
        [
            ("Q&A", b"<title>Q&#x26;A</title>"),
            ("1 < 2 & 3 > 2", b"<title>1 &#x3C; 2 &#x26; 3 &gt; 2</title>"),
            ("&amp;", b"<title>&#x26;amp;</title>"),
            ("<b>&</b>", b"<title>&#x3C;b&gt;&#x26;&#x3C;/b&gt;</title>"),
            ("&&<", b"<title>&#x26;&#x26;&#x3C;</title>"),
            ("plain", b"<title>plain</title>"),
        ],
    )
    def test_every_title_spells_out_what_readers_take_for_html(
        self, title: str, written: bytes
    ) -> None:
        data = rss_bytes(post_entry(title=title), title=title)
        assert data.count(written) == 3  # the channel's, its picture's, the entry's
        titles = etree.fromstring(data, etree.XMLParser(resolve_entities=True)).iter("title")
        assert {element.text for element in titles} == {title}

    def test_at_most_one_enclosure_the_first(self) -> None:
        (enclosure,) = item_of(post_entry()).findall("enclosure")
        assert enclosure.attrib == {
            "url": "https://blog.example/a.mp3?x=1&y=2",
            "length": "1234",
            "type": "audio/mpeg",
        }

    def test_an_enclosure_of_which_little_is_known_is_valid_all_the_same(self) -> None:
        unknown = post_entry(enclosures=(Enclosure("https://blog.example/b.bin"),))
        assert item_of(unknown).find("enclosure").attrib == {
            "url": "https://blog.example/b.bin",
            "length": "0",
            "type": "application/octet-stream",
        }

    def test_one_creator_and_no_author_that_would_ask_for_an_address(self) -> None:
        item = item_of(post_entry())
        assert len(item.findall(f"{DC}creator")) == 1
        assert item.find("author") is None
        assert item.find(f"{ATOM}author") is None

    def test_an_item_without_a_date_has_its_updated_as_one(self) -> None:
        item = item_of(comment_entry(published=None))
        assert item.findtext("pubDate") == "Thu, 02 May 2024 10:00:00 +0000"

    def test_an_edit_does_not_move_the_pub_date(self) -> None:
        edited = item_of(post_entry(updated=at("2024-06-01 10:00")))
        assert edited.findtext("pubDate") == item_of(post_entry()).findtext("pubDate")

    def test_without_full_text_the_summary_is_all_there_is(self) -> None:
        item = item_of(post_entry(content=None))
        assert item.findtext("description") == "<p>In <em>short</em>.</p>"
        assert item.find(f"{CONTENT}encoded") is None

    def test_text_without_words_to_sum_up_is_the_description(self) -> None:
        item = item_of(post_entry(summary="", content='<img src="https://blog.example/a.png">'))
        assert item.findtext("description") == '<img src="https://blog.example/a.png">'

    def test_where_comments_have_no_feed_no_link_leads_to_one(self) -> None:
        replies = Replies(count=0, updated=None, page_url=f"{PAGE}#comments", feed_address=None)
        item = item_of(post_entry(replies=replies))
        assert item.findtext(f"{SLASH}comments") == "0"
        assert item.find(f"{WFW}commentRss") is None

    def test_feedparser_reads_it_as_it_was_meant(self) -> None:
        parsed = feedparser.parse(rss_bytes())
        assert not parsed.bozo
        assert parsed.version == "rss20"
        entry, comment = parsed.entries
        assert (entry.id, entry.guidislink) == (ID, False)
        assert (entry.link, entry.title, entry.author) == (PAGE, "Hello", "Ann, Bea")
        assert entry.published_parsed[:6] == (2024, 5, 1, 10, 0, 0)
        assert entry.content[0].value == "<p>In <em>full</em> &amp; length.</p>"
        assert [tag.term for tag in entry.tags] == ["Boats", "R&D"]
        assert entry.slash_comments == "3"
        assert comment.link == f"{PAGE}#comment-2"


# --- Atom -----------------------------------------------------------------------------------------


class TestAtom:
    def test_the_feed_says_all_that_the_contract_lists(self) -> None:
        root = atom_of()
        assert root.get(f"{XML}lang") == "en-GB"
        assert {name: root.findtext(ATOM + name) for name in (
            "id", "title", "subtitle", "rights", "updated", "generator", "icon", "logo"
        )} == {
            "id": "tag:blog.example,2024:feeds/entries",
            "title": "Boats & Birds",
            "subtitle": "On <boats>",
            "rights": "© 2024 Ann & Bea, all rights reserved.",
            "updated": "2024-05-07T11:12:13Z",
            "generator": GENERATOR,
            "icon": "https://blog.example/icon.png",
            "logo": "https://blog.example/logo.png",
        }  # fmt: skip
        assert links_of(root) == [
            {"href": "https://blog.example/", "rel": "alternate", "type": "text/html"},
            {
                "href": "https://blog.example/feeds/entries.atom",
                "rel": "self",
                "type": "application/atom+xml",
                "title": "Entries “RSS”",
            },
        ]
        assert root.findtext(f"{ATOM}author/{ATOM}name") == "Ann"

    def test_an_entry_says_all_that_the_contract_lists(self) -> None:
        entry = atom_entry_of(post_entry())
        assert entry.get(f"{XML}lang") == "fr"
        assert {name: entry.findtext(ATOM + name) for name in (
            "id", "title", "published", "updated", "summary", "content"
        )} == {
            "id": ID,
            "title": "Hello",
            "published": "2024-05-01T10:00:00Z",
            "updated": "2024-05-07T11:12:13Z",
            "summary": "<p>In <em>short</em>.</p>",
            "content": "<p>In <em>full</em> &amp; length.</p>",
        }  # fmt: skip
        assert [entry.find(ATOM + name).get("type") for name in ("summary", "content")] == [
            "html",
            "html",
        ]
        assert [
            (a.findtext(f"{ATOM}name"), a.findtext(f"{ATOM}uri"))
            for a in entry.findall(f"{ATOM}author")
        ] == [("Ann", "https://ann.example/"), ("Bea", None)]
        assert [c.get("term") for c in entry.findall(f"{ATOM}category")] == ["Boats", "R&D"]
        assert entry.find(f"{MEDIA}thumbnail").get("url") == "https://blog.example/a.png"
        assert entry.findtext(f"{THR}total") == "3"

    def test_its_links_are_whole_and_the_alternate_comes_first(self) -> None:
        counted = {f"{THR}count": "3", f"{THR}updated": "2024-05-09T08:07:06Z"}
        assert links_of(atom_entry_of(post_entry())) == [
            {"href": PAGE, "rel": "alternate", "type": "text/html"},
            {
                "href": "https://blog.example/a.mp3?x=1&y=2",
                "rel": "enclosure",
                "type": "audio/mpeg",
                "length": "1234",
            },
            {"href": "https://blog.example/b.bin", "rel": "enclosure"},
            {"rel": "replies", "type": "text/html", "href": f"{PAGE}#comments"} | counted,
            {
                "rel": "replies",
                "type": "application/atom+xml",
                "href": "https://blog.example/feeds/comments/hello.atom",
            }
            | counted,
        ]

    def test_a_comment_says_all_that_the_contract_lists(self) -> None:
        entry = atom_entry_of(comment_entry())
        assert entry.findtext(f"{ATOM}author/{ATOM}uri") == "https://cem.example/?a=1&b=2"
        assert entry.find(f"{THR}in-reply-to").attrib == {
            "ref": f"{ID}#comment-1",
            "href": f"{PAGE}#comment-1",
            "type": "text/html",
            "source": "https://blog.example/feeds/comments/hello.atom",
        }
        assert links_of(entry) == [
            {"href": f"{PAGE}#comment-2", "rel": "alternate", "type": "text/html"},
            {"href": f"{PAGE}#comment-1", "rel": "related", "type": "text/html"},
        ]
        assert entry.find(f"{THR}total") is None

    def test_nobody_has_answered_yet_is_said_without_a_time(self) -> None:
        replies = Replies(
            count=0, updated=None, page_url=f"{PAGE}#comments", feed_address="https://f.example/c"
        )
        entry = atom_entry_of(post_entry(replies=replies))
        answers = [link for link in links_of(entry) if link["rel"] == "replies"]
        assert [link[f"{THR}count"] for link in answers] == ["0", "0"]
        assert not any(f"{THR}updated" in link for link in answers)
        assert entry.findtext(f"{THR}total") == "0"

    def test_what_has_no_date_has_no_published(self) -> None:
        entry = atom_entry_of(comment_entry(published=None))
        assert entry.find(f"{ATOM}published") is None
        assert entry.findtext(f"{ATOM}updated") == "2024-05-02T10:00:00Z"

    def test_without_full_text_there_is_no_content(self) -> None:
        assert atom_entry_of(post_entry(content=None)).find(f"{ATOM}content") is None

    def test_an_empty_feed_has_an_author_all_the_same(self) -> None:
        root = etree.fromstring(render(feed()._replace(entries=()), ["atom"])[".atom"])
        assert root.find(f"{ATOM}author") is not None
        assert root.find(f"{ATOM}entry") is None

    def test_no_dublin_core_beside_its_own_authors(self) -> None:
        assert b"purl.org/dc" not in atom_bytes()
        assert b"<email" not in atom_bytes()

    @pytest.mark.parametrize("title", ["1 < 2 & 3", "<b>bold</b>", "&amp;"])
    def test_titles_are_plain_text(self, title: str) -> None:
        element = atom_entry_of(post_entry(title=title)).find(f"{ATOM}title")
        assert element.text == title
        assert element.get("type") in {None, "text"}

    def test_feedparser_reads_it_as_it_was_meant(self) -> None:
        parsed = feedparser.parse(atom_bytes())
        assert not parsed.bozo
        assert parsed.version == "atom10"
        entry, comment = parsed.entries
        assert (entry.id, entry.link, entry.title) == (ID, PAGE, "Hello")
        assert [author.name for author in entry.authors] == ["Ann", "Bea"]
        assert [e.href for e in entry.enclosures] == [
            "https://blog.example/a.mp3?x=1&y=2",
            "https://blog.example/b.bin",
        ]
        assert entry.updated_parsed[:6] == (2024, 5, 7, 11, 12, 13)
        assert comment.author_detail.href == "https://cem.example/?a=1&b=2"


# --- JSON Feed ------------------------------------------------------------------------------------


class TestJson:
    def test_the_feed_says_all_that_the_contract_lists(self) -> None:
        document = json_of()
        del document["items"]
        assert document == {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Boats & Birds",
            "home_page_url": "https://blog.example/",
            "feed_url": "https://blog.example/feeds/entries.json",
            "description": "On <boats>",
            "language": "en-GB",
            "icon": "https://blog.example/logo.png",
            "favicon": "https://blog.example/icon.png",
            "authors": [{"name": "Ann"}],
            "_feeds": {
                "generator": GENERATOR,
                "id": "tag:blog.example,2024:feeds/entries",
                "label": "Entries “RSS”",
                "rights": "© 2024 Ann & Bea, all rights reserved.",
            },
        }

    def test_an_entry_says_all_that_the_contract_lists(self) -> None:
        assert json_item_of(post_entry()) == {
            "id": ID,
            "url": PAGE,
            "title": "Hello",
            "content_html": "<p>In <em>full</em> &amp; length.</p>",
            "summary": "In short.",
            "image": "https://blog.example/a.png",
            "date_published": "2024-05-01T10:00:00Z",
            "date_modified": "2024-05-07T11:12:13Z",
            "authors": [{"name": "Ann", "url": "https://ann.example/"}, {"name": "Bea"}],
            "tags": ["Boats", "R&D"],
            "language": "fr",
            "attachments": [
                {
                    "url": "https://blog.example/a.mp3?x=1&y=2",
                    "mime_type": "audio/mpeg",
                    "size_in_bytes": 1234,
                },
                {"url": "https://blog.example/b.bin", "mime_type": "application/octet-stream"},
            ],
            "_feeds": {
                "comments": {
                    "count": 3,
                    "updated": "2024-05-09T08:07:06Z",
                    "url": f"{PAGE}#comments",
                    "feed_url": "https://blog.example/feeds/comments/hello.json",
                }
            },
        }

    def test_a_comment_says_all_that_the_contract_lists(self) -> None:
        assert json_item_of(comment_entry()) == {
            "id": f"{ID}#comment-2",
            "url": f"{PAGE}#comment-2",
            "title": "Comment on Hello by Cem",
            "content_html": "<p>Well said.</p>",
            "summary": "Well said.",
            "date_published": "2024-05-02T10:00:00Z",
            "date_modified": "2024-05-02T10:00:00Z",
            "authors": [{"name": "Cem", "url": "https://cem.example/?a=1&b=2"}],
            "_feeds": {
                "in_reply_to": {
                    "ref": f"{ID}#comment-1",
                    "href": f"{PAGE}#comment-1",
                    "type": "text/html",
                    "source": "https://blog.example/feeds/comments/hello.json",
                }
            },
        }

    def test_without_full_text_it_has_plain_text(self) -> None:
        item = json_item_of(post_entry(content=None))
        assert item["content_text"] == "In short."
        assert "content_html" not in item

    def test_one_of_the_two_contents_is_there_even_if_it_is_empty(self) -> None:
        assert json_item_of(post_entry(summary="", content=""))["content_html"] == ""
        assert json_item_of(post_entry(summary="", content=None))["content_text"] == ""

    def test_0_is_a_number_and_unknown_is_left_out(self) -> None:
        replies = Replies(count=0, updated=None, page_url=f"{PAGE}#comments", feed_address=None)
        empty = Enclosure("https://blog.example/a.mp3", "audio/mpeg", 0)
        item = json_item_of(post_entry(replies=replies, enclosures=(empty,), published=None))
        assert item["_feeds"]["comments"] == {"count": 0, "url": f"{PAGE}#comments"}
        assert item["attachments"][0]["size_in_bytes"] == 0
        assert "date_published" not in item

    def test_an_empty_feed_has_a_list_of_no_items(self) -> None:
        document = json.loads(render(feed()._replace(entries=()), ["json"])[".json"])
        assert document["items"] == []


# --- all of them ----------------------------------------------------------------------------------


def test_the_formats_asked_for_are_written_and_no_others() -> None:
    assert list(render(feed(), ["json", "rss"])) == [".json", ".rss"]
    assert {info.suffix for info in FORMATS.values()} == {".rss", ".atom", ".json"}


def test_entries_stand_in_the_order_of_the_feed() -> None:
    entries = [post_entry(id=f"urn:{n}", updated=at(f"2024-05-0{9 - n} 10:00")) for n in range(5)]
    ids = [entry.id for entry in entries]
    assert [e.text for e in channel_of(*entries).iter("guid")] == ids
    assert [e.text for e in atom_of(*entries).findall(f"{ATOM}entry/{ATOM}id")] == ids
    assert [item["id"] for item in json_of(*entries)["items"]] == ids


@pytest.mark.parametrize("hours", [-11, 0, 5.5, 13])
def test_times_are_in_utc_with_z_in_atom_and_with_a_numeric_offset_in_rss(hours: float) -> None:
    zone = timezone(timedelta(hours=hours))
    moment = datetime(2024, 5, 1, 10, 0, 0, 123456, tzinfo=at("2024-05-01").tzinfo).astimezone(zone)
    entry = post_entry(published=moment, updated=moment)
    dates = re.findall(rb"<(?:updated|published)>([^<]*)<", atom_bytes(entry, updated=moment))
    assert set(dates) == {b"2024-05-01T10:00:00Z"}
    dates = re.findall(rb"<(?:pubDate|lastBuildDate)>([^<]*)<", rss_bytes(entry, updated=moment))
    assert set(dates) == {b"Wed, 01 May 2024 10:00:00 +0000"}
    item = json_item_of(entry)
    assert (item["date_published"], item["date_modified"]) == ("2024-05-01T10:00:00Z",) * 2


@pytest.mark.parametrize("year", [1000, 1890, 1969, 2038, 9999])
def test_a_date_of_any_century_is_written_alike(year: int) -> None:
    entry = post_entry(published=at(f"{year}-03-04 05:06:07"))
    assert f" Mar {year} 05:06:07 +0000" in item_of(entry).findtext("pubDate")
    assert atom_entry_of(entry).findtext(f"{ATOM}published") == f"{year}-03-04T05:06:07Z"


@pytest.mark.parametrize(
    "ref", [ID, f"{ID}#comment-1", "https://old.example/?p=1&x=%C3%A9#c", "urn:Ünï:ß"]
)
def test_what_is_answered_is_named_byte_for_byte_as_it_names_itself(ref: str) -> None:
    """Thunderbird threads by nothing else."""
    parent = post_entry(id=ref)
    child = comment_entry(in_reply_to=InReplyTo(ref=ref, href=PAGE, source_address=None))
    data = atom_bytes(parent, child)
    escaped = ref.replace("&", "&amp;").encode()
    assert data.count(b"<id>" + escaped + b"</id>") == 1
    assert data.count(b'<thr:in-reply-to ref="' + escaped + b'"') == 1
    for root in (etree.fromstring(data), etree.fromstring(rss_bytes(parent, child))):
        (answer,) = root.iter(f"{THR}in-reply-to")
        assert answer.get("ref") == ref
        assert "source" not in answer.attrib


def test_the_xml_is_utf8_and_knows_no_entities_but_its_own() -> None:
    entry = post_entry(title="é\xa0€ “quoted”", content="<p>é &eacute;&nbsp;&copy;</p>")
    for data in (rss_bytes(entry), atom_bytes(entry)):
        assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
        assert "é\xa0€ “quoted”".encode() in data
        names = set(re.findall(rb"&([^;]*);", data))
        assert names <= {b"amp", b"lt", b"gt", b"quot", b"apos", b"#x26", b"#x3C"}
        assert b"<!DOCTYPE" not in data


def test_no_format_names_a_version_or_another_program() -> None:
    for data in render(feed(), list(FORMATS)).values():
        assert b"feedgen" not in data
        assert data.count(GENERATOR.encode()) == 1
        assert not re.search(rb"generator[^>]*version", data)


def test_the_generator_is_named_before_the_first_entry_so_that_publish_knows_its_own() -> None:
    for data in render(feed(post_entry(content="x" * 100_000)), list(FORMATS)).values():
        assert GENERATOR.encode() in data[:65_536]


@given(
    st.text(st.characters(codec=None), min_size=1, max_size=20).filter(str.strip),
    st.text(st.characters(codec=None), max_size=20),
)
def test_whatever_the_text_the_feed_is_well_formed_and_says_it(title: str, content: str) -> None:
    def seen(text: str) -> Sequence[str]:
        legal = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
        return legal.replace("\r\n", "\n").replace("\r", "\n").split()

    entry = post_entry(title=title, summary="s", content=content)
    documents = render(feed(entry, title=title), list(FORMATS))
    root = etree.fromstring(documents[".atom"])
    assert seen(root.findtext(f"{ATOM}entry/{ATOM}title") or "") == seen(title)
    assert seen(root.findtext(f"{ATOM}entry/{ATOM}content") or "") == seen(content)
    assert seen(etree.fromstring(documents[".rss"]).findtext("channel/item/title") or "") == seen(
        title
    )
    assert seen(json.loads(documents[".json"])["items"][0]["title"]) == seen(title)


@pytest.mark.parametrize("suffix", [".rss", ".atom"])
def test_what_the_footer_calls_a_feed_may_have_quotes_and_ends_of_lines(suffix: str) -> None:
    """It stands in an attribute: the `title` of the self link."""
    said = feed(title='A "title"', label='Our "RSS" & <more>\n', rights='"Ours"\n')
    data = render(said, ["rss", "atom"])[suffix]
    (link,) = (e for e in etree.fromstring(data).iter() if e.get("rel") == "self")
    assert link.get("title") == 'Our "RSS" & <more>\n'
