"""feedgen 1.0.0 still does each of these; the day that one of them fails, mend our side.

Each names what in `feeds/formats` (most of it in `_feedgen.py`) can go, or be looked at again.
"""

from __future__ import annotations

import locale
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.dates import rfc822

MOMENT = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def generator() -> Any:
    made = FeedGenerator()
    made.id("urn:feed")
    made.title("Title")
    made.description("Description")
    made.link(href="https://blog.example/feed", rel="self")
    made.link(href="https://blog.example/", rel="alternate")
    made.updated(MOMENT)
    made.lastBuildDate(MOMENT)
    return made


def entry(made: Any | None = None) -> Any:
    added = (made or generator()).add_entry(order="append")
    added.id("urn:entry")
    added.title("Title")
    added.link(href="https://blog.example/entry")
    added.updated(MOMENT)
    return added


def atom_of(made: Any) -> Any:
    return etree.fromstring(made.atom_str())


def rss_of(made: Any) -> Any:
    return etree.fromstring(made.rss_str())


class TestDates:
    def test_each_switches_the_locale_of_the_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """`dates.rfc822` takes the place of that function, and writes the same."""
        from feedgen import util  # it cannot be imported before lxml

        switched: list[object] = []
        monkeypatch.setattr(locale, "setlocale", lambda *said: switched.append(said))
        for day in range(400):
            moment = MOMENT + timedelta(days=day, seconds=4321 * day)
            moment = moment.astimezone([UTC, timezone(timedelta(minutes=day - 200))][day % 2])
            assert util.formatRFC2822(moment.astimezone(UTC)) == rfc822(moment)
        assert switched

    def test_ours_do_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locale, "setlocale", None)
        made = generator()
        entry(made).published(MOMENT)
        assert rss_of(made).findtext("channel/item/pubDate") == "Wed, 01 May 2024 10:00:00 +0000"


class TestLinks:
    def test_an_atom_entrys_links_keep_nothing_but_href(self) -> None:
        """`Item.atom_entry` puts the rest back (feedgen issues 135 and 143)."""
        said = entry()
        said.link(href="https://blog.example/a.mp3", rel="enclosure", type="audio/mpeg", length="7")
        for link in said.atom_entry().findall("link"):
            assert set(link.attrib) == {"href"}

    def test_an_entry_refuses_links_to_replies(self) -> None:
        """`extensions/thr.py` writes them (feedgen PR 138)."""
        with pytest.raises(ValueError, match="Invalid value for rel"):
            entry().link(href="https://blog.example/c", rel="replies")

    def test_the_channels_link_is_the_last_one_whatever_its_rel(self) -> None:
        """`rss.write` adds the alternate last."""
        made = generator()
        made.link(href="https://blog.example/hub", rel="hub")
        assert rss_of(made).findtext("channel/link") == "https://blog.example/hub"

    def test_of_the_feeds_links_rss_writes_the_first_self_only(self) -> None:
        """Every feed of ours has one self link, and needs no other in RSS."""
        made = generator()
        made.link(href="https://blog.example/hub", rel="hub")
        made.link(href="https://blog.example/again", rel="self")
        links = rss_of(made).findall(f"channel/{ATOM}link")
        assert [link.get("href") for link in links] == ["https://blog.example/feed"]

    def test_the_callers_dictionary_is_changed(self) -> None:
        """`atom._add` makes a new one for each link."""
        link = {"href": "https://blog.example/a"}
        entry().link(link)
        assert link == {"href": "https://blog.example/a", "rel": "alternate"}

    def test_of_two_enclosures_rss_takes_the_last(self) -> None:
        """`rss._add` hands over the first only."""
        said = entry()
        said.enclosure("https://blog.example/1.mp3", 1, "audio/mpeg")
        said.enclosure("https://blog.example/2.mp3", 2, "audio/mpeg")
        assert said.rss_entry().find("enclosure").get("url") == "https://blog.example/2.mp3"

    def test_an_enclosure_without_a_length_has_one_called_none(self) -> None:
        """`rss._add` says 0."""
        said = entry()
        said.enclosure("https://blog.example/1.mp3", None, "audio/mpeg")
        assert said.rss_entry().find("enclosure").get("length") == "None"

    def test_an_enclosure_without_a_type_stops_the_feed(self) -> None:
        """`rss._add` says `application/octet-stream`."""
        said = entry()
        said.enclosure("https://blog.example/1.bin", 1, None)
        with pytest.raises(TypeError):
            said.rss_entry()


class TestTimes:
    def test_where_none_is_set_it_is_the_clocks(self) -> None:
        """`new_generator` and the writers set all of them, always."""
        before = datetime.now(UTC)
        made, said = FeedGenerator(), FeedEntry()
        for moment in (made.updated(), made.lastBuildDate(), said.updated()):
            assert moment >= before

    def test_atom_says_00_00_where_z_is_meant(self) -> None:
        """`Moment` says `Z`: elfeed takes every offset for UTC."""
        assert atom_of(generator()).findtext(f"{ATOM}updated") == "2024-05-01T10:00:00+00:00"

    def test_an_offset_stays_and_so_do_its_seconds(self) -> None:
        """`Moment.of` goes to UTC first."""
        local_mean_time = timezone(timedelta(minutes=53, seconds=28))
        made = generator()
        made.updated(MOMENT.astimezone(local_mean_time).replace(microsecond=7))
        written = atom_of(made).findtext(f"{ATOM}updated")
        assert written == "2024-05-01T10:53:28.000007+00:53:28"


class TestAuthors:
    def test_rss_leaves_out_who_has_no_address(self) -> None:
        """`extensions/dc.py` writes `dc:creator`."""
        said = entry()
        said.author({"name": "Ann"})
        assert said.rss_entry().find("author") is None

    def test_rss_writes_one_author_for_each_address(self) -> None:
        """We hand over none, ever."""
        said = entry()
        said.author([{"name": n, "email": f"{n}@blog.example"} for n in ("ann", "bea")])
        assert len(said.rss_entry().findall("author")) == 2

    def test_atom_without_any_author_is_not_noticed(self) -> None:
        """`atom.write` gives the feed one."""
        made = generator()
        entry(made)
        assert atom_of(made).find(f".//{ATOM}author") is None


class TestText:
    @pytest.mark.parametrize("character", ["\x10", "\x00", "\x7f\x1b", "\ufffe"])
    def test_one_control_character_stops_the_feed(self, character: str) -> None:
        """`formats._legal` lets none through."""
        made = generator()
        made.title(f"a{character}b")
        with pytest.raises(ValueError, match="XML compatible"):
            made.rss_str()

    def test_half_a_character_stops_the_feed(self) -> None:
        """Likewise."""
        made = generator()
        made.title("\ud800")
        with pytest.raises(UnicodeEncodeError):
            made.rss_str()

    def test_an_empty_title_stops_the_feed(self) -> None:
        """Sources and `compose` see to it that there is one."""
        said = entry()
        said.title("")
        with pytest.raises(ValueError, match="Required fields not set"):
            said.atom_entry()

    def test_an_empty_description_stops_the_feed(self) -> None:
        """`settings` puts the title in its place."""
        made = generator()
        made.description("")
        with pytest.raises(ValueError, match="description"):
            made.rss_str()

    def test_a_title_cannot_be_typed_nor_spelled_out(self) -> None:
        """`spelled_out` writes `&#x26;` and `&#x3C;` in RSS."""
        said = entry()
        said.title("a & b")
        assert etree.tostring(said.rss_entry().find("title")) == b"<title>a &amp; b</title>"
        with pytest.raises(TypeError):
            said.title("a", type="html")

    def test_content_without_a_type_is_no_html(self) -> None:
        """The writers say `type="html"` each time."""
        said = entry()
        said.content("<p>a</p>")
        assert said.atom_entry().find("content").get("type") != "html"

    def test_cdata_is_written_as_a_type(self) -> None:
        """So it is never asked for."""
        said = entry()
        said.content("<p>a</p>", type="CDATA")
        assert said.atom_entry().find("content").get("type") == "CDATA"

    def test_content_alone_becomes_the_rss_description(self) -> None:
        """`rss._add` relies on it where there is no summary."""
        said = entry()
        said.content("<p>a</p>", type="html")
        item = said.rss_entry()
        assert item.findtext("description") == "<p>a</p>"
        assert len(item.findall("{http://purl.org/rss/1.0/modules/content/}encoded")) == 0

    def test_an_entry_has_no_language(self) -> None:
        """`Item.language` says it."""
        assert not hasattr(FeedEntry(), "language")


class TestTheRest:
    def test_new_entries_go_to_the_front(self) -> None:
        """The writers say `order="append"`."""
        made = generator()
        for id in ("urn:1", "urn:2"):
            made.add_entry().id(id)
        assert [said.id() for said in made.entry()] == ["urn:2", "urn:1"]

    def test_the_generator_carries_a_version_and_a_manual_is_named(self) -> None:
        """`new_generator` names ours, and no `docs`."""
        text = generator().atom_str().decode()
        assert re.search(r'<generator[^>]* version="1\.0\.0"', text)
        assert rss_of(generator()).findtext("channel/docs")

    def test_an_icon_is_atoms_alone(self) -> None:
        """`rss.write` makes it the channel's image."""
        made = generator()
        made.icon("https://blog.example/i.png")
        assert rss_of(made).find("channel/image") is None

    def test_atoms_elements_have_no_namespace_before_they_are_written(self) -> None:
        """`Item` and `extensions/thr.py` find and add them without one."""
        assert [element.tag for element in entry().atom_entry()][:2] == ["id", "title"]

    def test_an_extension_needs_three_methods_and_no_base(self) -> None:
        """`extensions.Part` is our own."""

        class Part:
            def extend_ns(self) -> dict[str, str]:
                return {"x": "urn:x"}

            def extend_atom(self, element: Any) -> Any:
                return element

            def extend_rss(self, element: Any) -> Any:
                etree.SubElement(element, "{urn:x}seen")
                return element

        made = generator()
        made.register_extension("x", Part, Part)
        entry(made)
        seen = {element.getparent().tag for element in rss_of(made).iter("{urn:x}seen")}
        assert seen == {"rss", "item"}
