"""What forms fill in is what feedgen, and json, would write, byte for byte, whatever is said."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import learned
from feeds.feed import Entry, Feed, InReplyTo, Replies
from feeds.formats import atom, jsonfeed, render, render_all, rss
from feeds.formats.forms import Forms
from feeds.formats.said import Said
from feeds.model import Enclosure, Person
from feeds.unchanged import cache_folder
from tests.builders import TinyBlog, at
from tests.test_formats import comment_entry, feed, post_entry

WRITERS = [rss, atom, jsonfeed]

#: Whatever XML can carry, and often what is escaped somewhere.
texts = st.text(
    st.one_of(
        st.sampled_from("&<>\"'%\t\n\r \\/{}\x7f\x85\xa0\u2028\ue000\ue001"),
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    ),
    min_size=1,
    max_size=12,
)
#: feedgen refuses an entry without any of these, forms or not.
maybe = st.none() | texts
maybe_empty = st.just("") | texts
times = st.datetimes(at("0001-01-02 00:00").replace(tzinfo=None)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=at("2024-01-01").tzinfo)
)
html = st.just("") | texts | st.just('<p>Some <img src="https://blog.example/a.png"></p>')
people = st.lists(st.builds(Person, texts, maybe), max_size=3).map(tuple)
entries = st.builds(
    Entry,
    id=texts,
    title=texts,
    permalink=texts,
    published=st.none() | times,
    updated=times,
    authors=people,
    summary=html | st.just("<img>"),
    content=st.none() | html,
    categories=st.lists(texts, max_size=3, unique=True).map(tuple),
    language=maybe,
    enclosures=st.lists(
        st.builds(Enclosure, texts, maybe, st.none() | st.integers(0, 10**9)), max_size=3
    ).map(tuple),
    image=maybe,
    replies=st.none()
    | st.builds(
        Replies,
        count=st.integers(0, 99),
        updated=st.none() | times,
        page_url=texts,
        feed_address=maybe,
    ),
    in_reply_to=st.none() | st.builds(InReplyTo, ref=texts, href=texts, source_address=maybe),
    summary_text=maybe_empty | maybe,
)
blogs = st.builds(
    Feed,
    id=texts,
    title=texts,
    address=texts,
    label=texts,
    alternate_url=texts,
    subtitle=texts,
    rights=st.none() | maybe_empty,
    language=texts,
    author=st.builds(Person, texts, maybe),
    updated=times,
    icon=maybe,
    logo=maybe,
    entries=st.lists(entries, max_size=4).map(tuple),
)


def filled(writer: ModuleType, forms: Forms, said: Feed) -> bytes:
    return forms.write(Said([said]))[0]


@pytest.mark.parametrize("writer", WRITERS)
def test_a_form_says_what_its_writer_says(writer: ModuleType) -> None:
    forms = Forms(writer)

    @settings(max_examples=150)
    @given(blogs)
    def check(said: Feed) -> None:
        assert filled(writer, forms, said) == writer.write(said)

    check()


@pytest.mark.parametrize("writer", WRITERS)
def test_of_several_feeds_each_is_what_it_is_alone(writer: ModuleType) -> None:
    forms = Forms(writer)

    @settings(max_examples=80)
    @given(st.lists(blogs, max_size=5))
    def check(said: list[Feed]) -> None:
        assert forms.write(Said(said)) == [writer.write(one) for one in said]

    check()


@pytest.mark.parametrize("odd", ["\x08", "\ud800", "\ufffe", '"', "\x7f"])
def test_what_one_feed_says_is_no_matter_to_the_others(odd: str) -> None:
    said = [feed(), feed(comment_entry(), post_entry(title=odd)), feed(id=odd), feed(title="x")]
    said.insert(1, feed(post_entry(categories=tuple(map(str, range(100))))))
    said.insert(3, feed()._replace(entries=()))
    formats = ["rss", "atom", "json"]
    assert render_all(said, formats) == [render(one, formats) for one in said]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "changes",
    [
        {"title": "100 % <b>&amp;</b> %s %(title)s"},
        {"summary": '<img src="https://blog.example/a.png">'},
        {"summary": "", "content": None, "image": ""},
        {"content": "", "language": ""},
        {"authors": (Person("Ann"), Person("Ann"))},
        {"permalink": "tag:blog.example,2024:hello"},  # the same text twice
        {"enclosures": 2 * (Enclosure("https://blog.example/a.mp3", "audio/mpeg", 1),)},
    ],
)
def test_a_kind_is_told_from_every_other(writer: ModuleType, changes: dict[str, object]) -> None:
    """What one entry has and the next has not, or has empty, shows in that entry only."""
    forms = Forms(writer)
    for entry in (post_entry(), post_entry(**changes), comment_entry(), comment_entry(**changes)):
        for said in (feed(entry), feed(entry, post_entry()), feed(entry, rights=None, icon=None)):
            assert filled(writer, forms, said) == writer.write(said)


@pytest.mark.parametrize("writer", WRITERS)
def test_no_text_is_taken_for_a_mark(writer: ModuleType) -> None:
    """Marks stand in forms, never in what is said of a real entry: that goes in as it is."""
    forms = Forms(writer)
    odd = post_entry(title="\ue0001\ue001", content="\ue0002\ue001 1001-01-01T00:00:00Z")
    for said in (feed(odd), feed(post_entry(), odd), feed(odd, title="\ue0003\ue001")):
        assert filled(writer, forms, said) == writer.write(said)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_feed_without_entries_has_a_form(writer: ModuleType) -> None:
    empty = feed()._replace(entries=())
    assert filled(writer, Forms(writer), empty) == writer.write(empty)


@pytest.mark.parametrize("writer", WRITERS)
def test_thousands_of_entries_of_a_kind_are_written_by_their_writer_once(
    writer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Feed] = []
    direct = writer.write
    forms = Forms(writer)

    def write(said: Feed) -> bytes:
        written.append(said)
        return bytes(direct(said))

    monkeypatch.setattr(writer, "write", write)
    for number in range(50):
        filled(writer, forms, feed(*(comment_entry(id=f"urn:{number}:{n}") for n in range(40))))
    assert len(written) == 1


# --- kept from one run to the next ----------------------------------------------------------------


def modules_of(code: str) -> set[str]:
    """Which modules a fresh interpreter has loaded at the end of some code."""
    said = subprocess.run(
        [sys.executable, "-c", f"import json, sys\n{code}\nprint(json.dumps(list(sys.modules)))"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return set(json.loads(said.splitlines()[-1]))


def run(blog: TinyBlog) -> set[str]:
    """Build as cron does, in a process of its own; which modules that took."""
    folder = blog.folder
    return modules_of(
        "from feeds.cli import main\n"
        f"main(['build', {str(folder / 'content')!r}, '-o', {str(blog.output)!r},"
        f" '--index', {str(folder / 'index.sqlite')!r}, '--settle', '0', '-q'])"
    )


def test_a_run_that_writes_what_was_written_before_does_without_feedgen(tmp_path: Path) -> None:
    blog = TinyBlog(tmp_path).post("hello").comment("hello", "1")
    assert run(blog) >= FEEDGEN
    blog.comment("hello", "2")
    assert not FEEDGEN & run(blog)
    written = (blog.output / "comments" / "hello.atom").read_bytes()
    assert written.count(b"<entry>") == 2
    forget(blog)
    assert not FEEDGEN & run(blog)  # from nothing, and so does another blog
    assert (blog.output / "comments" / "hello.atom").read_bytes() == written
    shutil.rmtree(cache_folder())
    forget(blog)
    assert run(blog) >= FEEDGEN
    assert (blog.output / "comments" / "hello.atom").read_bytes() == written


FEEDGEN = {"feedgen.feed", "lxml.etree", "dateutil.parser"}


def forget(blog: TinyBlog) -> None:
    """Forget what was built, and the index."""
    shutil.rmtree(blog.output)
    (blog.folder / "index.sqlite").unlink()


def test_a_kind_of_entry_that_is_new_is_learned_by_a_later_run(tmp_path: Path) -> None:
    blog = TinyBlog(tmp_path).post("hello").comment("hello", "1")
    run(blog)
    blog.comment("hello", "2", parent="1", url="https://ann.example/")
    assert "feedgen.feed" in run(blog)
    (entry, _) = feedparser.parse(blog.output / "comments" / "hello.atom").entries
    assert entry.author_detail.href == "https://ann.example/"


def test_forms_that_are_damaged_or_of_another_program_are_learned_once_more() -> None:
    render(feed(), ["atom"])
    learned.keep(["this"], b"")
    kept = Path(cache_folder(), "forms")
    whole = kept.read_bytes()
    assert learned.recall(["this"])
    assert not learned.recall(["another"])
    for broken in (b"", whole[:5], whole[:-1], whole[:20] + b"x" + whole[21:]):
        kept.write_bytes(broken)
        assert not learned.recall(["this"])
    assert render(feed(), ["atom"])[".atom"] == atom.write(feed())


def test_what_is_known_already_is_not_written_again() -> None:
    render(feed(), ["atom"])
    learned.keep(["this"], b"")
    kept = Path(cache_folder(), "forms")
    before = kept.stat()
    learned.keep(["this"], learned.recall(["this"]))
    assert kept.stat() == before


def test_nobody_needs_a_home_to_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    render(feed(), ["atom"])
    learned.keep(["this"], b"")
    assert not learned.recall(["this"])


def test_a_cache_that_takes_no_writes_costs_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    render(feed(), ["atom"])
    learned.keep(["this"], b"")
    assert not learned.recall(["this"])


def test_an_entry_with_thousands_of_categories_is_written_by_its_writer() -> None:
    many = post_entry(categories=tuple(f"c{n}" for n in range(20_000)))
    said = feed(many, comment_entry())
    for writer in WRITERS:
        forms = Forms(writer)
        assert filled(writer, forms, said) == writer.write(said)
        assert forms.state == ({}, {})
