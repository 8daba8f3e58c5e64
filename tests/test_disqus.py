"""Exports of Disqus: what is public of them, where it belongs, and what a broken file costs."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem, Severity, StorageError
from feeds.exports import Item, LeftOut, disqus
from feeds.model import Body, Comment, Markup, Person
from feeds.settings import Limits
from tests.builders import at
from tests.exported import items_or_refusal, only

PAGE = "https://harbour.example/ferry/"
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)


def thread(id: str = "10", link: str = PAGE, title: str = "The ferry", more: str = "") -> str:
    return (
        f'<thread dsq:id="{id}"><id/><forum>harbour</forum><link>{escape(link)}</link>'
        f"<title>{escape(title)}</title><message/><createdAt>2016-03-03T09:00:00Z</createdAt>"
        "<author><name>Mona</name><email>mona@harbour.example</email></author>"
        f"<ipAddress>192.0.2.7</ipAddress><isClosed>false</isClosed>{more}</thread>\n"
    )


def post(
    id: str = "1",
    on: str = "10",
    text: str = "<p>Nine is too late.</p>",
    name: str = "Olaf",
    date: str = "2016-03-04T07:05:00Z",
    more: str = "",
) -> str:
    return (
        f'<post dsq:id="{id}"><id/><message><![CDATA[{text}]]></message>'
        f"<createdAt>{date}</createdAt><author><email>olaf@goats.example</email>"
        f"<name>{escape(name)}</name><isAnonymous>true</isAnonymous>"
        "<username>goats_77</username></author><ipAddress>192.0.2.8</ipAddress>"
        f'<thread dsq:id="{on}"/>{more}</post>\n'
    )


def export(*parts: str) -> str:
    return HEAD + "".join(parts) + "</disqus>\n"


class File:
    """One export on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "disqus.xml"

    def read(self, text: str | bytes, limits: Limits | None = None) -> list[Item]:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(disqus.read(self.path, limits=limits or Limits()))


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


# --- what comes along -----------------------------------------------------------------------------


def test_a_comment_is_on_the_address_of_its_thread(file: File) -> None:
    found = file.read(export(thread(), post()))

    assert found == [
        Comment(
            path=str(file.path),
            line=4,
            folder=PAGE,
            id="1",
            author=Person("Olaf"),
            body=Body("<p>Nine is too late.</p>", Markup.HTML),
            published=at("2016-03-04 07:05"),
        )
    ]


def test_a_reply_names_the_comment_that_it_answers(file: File) -> None:
    found = file.read(export(thread(), post(), post("2", more='<parent dsq:id="1"/>')))

    assert [comment.parent for comment in only(Comment, found)] == [None, "1"]


def test_an_identifier_stands_in_for_a_missing_address(file: File) -> None:
    part = thread(link="").replace("<id/>", f"<id>{PAGE}</id>")

    (comment,) = only(Comment, file.read(export(part, post())))

    assert comment.folder == PAGE


def test_entities_in_a_name_are_read_once(file: File) -> None:
    (comment,) = only(Comment, file.read(export(thread(), post(name="J&ouml;rg &amp;amp; Co"))))

    assert comment.author.name == "Jörg &amp; Co"


@pytest.mark.parametrize(
    ("flag", "kind"),
    [
        ("<isDeleted>true</isDeleted>", "deleted comments"),
        ("<isSpam>true</isSpam>", "spam comments"),
        ("<isApproved>false</isApproved>", "pending comments"),
        ("<isSpam>perhaps</isSpam>", "comments of unknown status"),
        ("<isDeleted>1</isDeleted>", "comments of unknown status"),
        ("<isApproved>maybe</isApproved>", "comments of unknown status"),
    ],
)
def test_what_is_not_approved_is_left_out_by_kind(file: File, flag: str, kind: str) -> None:
    found = file.read(export(thread(), post("7", more=flag)))

    assert found == [LeftOut(kind, subject="comment 7")]


def test_flags_that_say_no_hide_nothing(file: File) -> None:
    flags = "<isDeleted>false</isDeleted><isSpam>false</isSpam><isApproved>true</isApproved>"

    assert only(Comment, file.read(export(thread(), post(more=flags))))


def test_comments_on_a_deleted_page_or_on_none_are_left_out(file: File) -> None:
    deleted = thread("11", more="<isDeleted>true</isDeleted>")

    found = file.read(export(deleted, post("1", on="11"), post("2", on="99")))

    assert [item.kind for item in only(LeftOut, found)] == [
        "comments on deleted pages",
        "comments on no page",
    ]
    assert not only(Comment, found)


def test_a_comment_without_text_is_left_out(file: File) -> None:
    (left,) = only(LeftOut, file.read(export(thread(), post(text=" \n "))))

    assert left.kind == "comments without text"


def test_pages_that_share_a_title_are_named_in_a_note(file: File) -> None:
    old = "http://old.example/ferry.html"

    (note,) = only(
        Problem,
        file.read(export(thread(), thread("11", old), post("1"), post("2", on="11"))),
    )

    assert note.severity is Severity.NOTE
    assert PAGE in note.what
    assert old in note.what


def test_a_title_that_many_pages_share_is_the_sites_and_no_news(file: File) -> None:
    threads = [thread(str(n), f"{PAGE}{n}", "Harbour Gazette") for n in range(8)]

    found = file.read(export(*threads, *(post(str(n), on=str(n)) for n in range(8))))

    assert not only(Problem, found)


def test_nothing_private_of_anybody_is_held(file: File) -> None:
    said = repr(file.read(export(thread(), post(name="olaf@goats.example"))))

    for private in ("@goats", "@harbour", "192.0.2", "goats_77"):
        assert private not in said
    assert "name='olaf'" in said


# --- what a broken file costs ---------------------------------------------------------------------


def test_an_unreadable_date_costs_the_date(file: File) -> None:
    found = file.read(export(thread(), post(date="2016-x03-04T07:05:00Z")))

    (warning,) = only(Problem, found)
    (comment,) = only(Comment, found)
    assert comment.published is None
    assert (warning.severity, warning.line) == (Severity.WARNING, 4)


def test_of_a_file_that_breaks_off_what_was_whole_counts(file: File) -> None:
    text = export(thread(), post(), post("2"))

    found = file.read(text[: text.index("</post>", text.index('id="2"')) - 20])

    assert [comment.id for comment in only(Comment, found)] == ["1"]
    (warning,) = only(Problem, found)
    assert "breaks off" in warning.what
    assert warning.line == 5


def test_a_broken_line_costs_what_comes_after_it(file: File) -> None:
    found = file.read(export(thread(), post(), "<post dsq:id=2/>", post("3")))

    assert [comment.id for comment in only(Comment, found)] == ["1"]
    assert [problem.line for problem in only(Problem, found)] == [5]


@pytest.mark.parametrize("text", ["", "once upon a time", "<html><p>a page", "<disqus/>", "<"])
def test_what_is_no_export_is_refused_with_a_next_step(file: File, text: str) -> None:
    with pytest.raises(ContentError) as refused:
        file.read(text)

    assert refused.value.remedy


def test_a_file_that_declares_entities_is_refused_before_any_is_expanded(file: File) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE disqus [<!ENTITY l0 "lol">{lol}]>'
    text = HEAD.replace("<disqus", f"{bomb}<disqus") + "<post>&l11;</post></disqus>"

    with pytest.raises(ContentError, match="document type"):
        file.read(text)


def test_a_file_may_not_name_another_one(file: File) -> None:
    outside = '<!DOCTYPE disqus [<!ENTITY x SYSTEM "file:///etc/passwd">]><disqus'

    with pytest.raises(ContentError, match="document type"):
        file.read(HEAD.replace("<disqus", outside) + "<post>&x;</post></disqus>")


def test_control_characters_cost_themselves(file: File) -> None:
    found = file.read(export(thread(), post(text="<p>ni\x0bne&#8; &#xFFFF;</p>\x00")))

    (comment,) = only(Comment, found)
    (warning,) = only(Problem, found)
    assert comment.body.text == "<p>nine </p>"
    assert (warning.line, "U+000B" in warning.what) == (4, True)


def test_bytes_of_another_encoding_are_read_as_windows_would(file: File) -> None:
    text = export(thread(), post(text="caf\x00 — für")).encode()

    found = file.read(text.replace(b"\x00", b"\xe9"))

    assert [comment.body.text for comment in only(Comment, found)] == ["café — für"]
    assert [problem.severity for problem in only(Problem, found)] == [Severity.WARNING]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_an_encoding_that_is_declared_is_believed(file: File, encoding: str) -> None:
    text = export(thread(), post(text="Fähre")).replace('"utf-8"', f'"{encoding}"')

    (comment,) = only(Comment, file.read(text.encode(encoding)))

    assert comment.body.text == "Fähre"


def test_blank_lines_before_the_declaration_do_no_harm(file: File) -> None:
    (comment,) = file.read("\n\n" + export(thread(), post()))

    assert isinstance(comment, Comment)
    assert comment.line == 6


def test_a_comment_over_the_limit_is_cut_and_named(file: File) -> None:
    found = file.read(export(thread(), post(text="x" * 50)), Limits(comment=10))

    assert [comment.body.text for comment in only(Comment, found)] == ["x" * 10 + " […]"]
    assert "cut to 10" in only(Problem, found)[0].what


def test_a_file_that_is_not_there_is_the_systems_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        list(disqus.read(tmp_path / "none.xml"))


PARTS = st.sampled_from(
    [
        *(thread(), post(), "<post>", "</post>", "<thread/>", "<![CDATA[", "]]>", "&#0;", "&amp;"),
        *("&nbsp;", "<!--", "-->", "<?x?>", "\x00", "<a b='", "\ud800", "é", "</disqus>", "<"),
    ]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PARTS | st.text(max_size=5), max_size=12))
def test_whatever_stands_in_a_file_there_is_no_traceback(file: File, parts: list[str]) -> None:
    file.path.write_bytes(export(*parts).encode("utf-8", "surrogatepass"))

    items_or_refusal(disqus.read(file.path))


# --- recognised -----------------------------------------------------------------------------------


def test_an_export_is_known_by_its_head() -> None:
    assert disqus.recognised(export(thread()).encode())
    assert disqus.recognised(export(thread()).encode("utf-16"))


@pytest.mark.parametrize("head", [b"", b"\x00\xff", b"<rss/>", b'{"disqus": 1}'])
def test_other_files_are_not_taken_for_one(head: bytes) -> None:
    assert not disqus.recognised(head)
