"""Comment files, one a file or a list: what a comment says, and what is never even asked for."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from feeds.errors import ContentError
from feeds.model import Body, Comment, CommentType, Markup, Person
from feeds.sources import comments
from feeds.sources.files import File
from tests.builders import at, settings

A_PAGE = "https://a.example"
HEAD = "author: Ann\ndate: 2024-05-02 10:00\n"


class Reader:
    """Reads comments from a text: `reader.comment("id: 17")`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "comment"

    def file(self, text: str | bytes, name: str) -> File:
        """A file below `comments/`."""
        data = text.encode() if isinstance(text, str) else text
        self._path.write_bytes(data)
        return File(str(self._path), f"content/comments/{name}", name, len(data))

    def read(
        self, text: str | bytes, name: str = "hello/1.md", extra: str = ""
    ) -> tuple[list[Comment], list[str]]:
        """What a file says, and the lines about it."""
        found, problems = comments.read(self.file(text, name), settings(extra))
        return found, [str(problem) for problem in problems]

    def comment(self, head: str = "", extra: str = "") -> Comment:
        """The comment that this front matter gives, with nothing wrong."""
        (comment,), lines = self.read(f"---\n{HEAD}{head}\n---\n\nWell said.\n", extra=extra)
        assert lines == []
        return comment

    def flawed(self, head: str) -> tuple[list[Comment], str]:
        """The comment, if it can be used, and the one line about it."""
        found, (line,) = self.read(f"---\n{head}\n---\n\nWell said.\n")
        return found, line


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


# --- one comment ----------------------------------------------------------------------------------


def test_a_name_and_a_text_are_enough(reader: Reader) -> None:
    found, lines = reader.read("---\nauthor: Ann\n---\n\nWell said.\n")
    assert lines == []
    assert found == [
        Comment(
            path="content/comments/hello/1.md",
            line=1,
            folder="hello",
            id="1",
            author=Person("Ann"),
            body=Body("Well said."),
        )
    ]


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ("id: 17", "id", "17"),
        ("id: 03752642", "id", "03752642"),
        ("id: 2720e784", "id", "2720e784"),
        ("_id: 1e552947", "id", "1e552947"),
        ("id: ' a  b '", "id", "a b"),
        ("id: https://old.example/#17", "id", "https://old.example/#17"),
        ("id:", "id", "1"),
        # whom it answers: ids, and the place among the others that Staticman had first
        ("parent: 17", "parent", "17"),
        ("parent: 0", "parent", "0"),
        ("parent: ' a  b '", "parent", "a b"),
        ("replying_to_uid: 1e552947", "parent", "1e552947"),
        ("reply_to: x", "parent", "x"),
        ("replyToId: 3", "parent", "3"),
        ("parent_id: 3", "parent", "3"),
        ("parent_id: 0", "parent", None),
        ("parent: null", "parent", None),
        ("parent: ''", "parent", None),
        ("replying_to: 2", "parent_index", 2),
        ("replying_to: 2", "parent", None),
        ("replying_to: 0", "parent_index", None),
        ("replying_to: ''", "parent_index", None),
        ("replying_to: 1e552947", "parent", "1e552947"),
        ("replying_to_uid: a\nreplying_to: 2", "parent_index", None),
        # times
        ("updated: 2024-05-03", "updated", at("2024-05-03")),
        ("status: approved", "status", "approved"),
        ("status: Published", "status", "published"),
        ("status: pending", "status", "pending"),
        ("status: SPAM", "status", "spam"),
        ("type: pingback", "type", CommentType.PINGBACK),
        ("type: Trackback", "type", CommentType.TRACKBACK),
        ("type: webmention", "type", CommentType.COMMENT),
        ("draft: true\nhidden: ''\nlayout: x\nvisible: no", "status", "approved"),
    ],
)
def test_a_key_says_what_the_contract_says(
    reader: Reader, head: str, field: str, value: Any
) -> None:
    assert getattr(reader.comment(head), field) == value


@pytest.mark.parametrize(
    ("head", "person"),
    [
        ("author: Ann", Person("Ann")),
        ("name: Ann", Person("Ann")),
        ("author_name: Ann", Person("Ann")),
        ("author:\nname: Ann", Person("Ann")),
        ("author: null", Person("null")),
        ("name: Yes", Person("Yes")),
        ("author: Ann <ann@secret.example>", Person("Ann ann")),
        ("name: ann@secret.example", Person("ann")),
        ("name: '<b>Ann</b>'", Person("bAnn/b")),
        ("name: ''", Person("Anonymous")),
        ("id: 2", Person("Anonymous")),
        ("author: [a, b]", Person("a")),
        ("author: {name: A, email: a@secret.example, uri: a.example}", Person("A", A_PAGE)),
        # the author's own page
        ("name: Ann\nuri: https://a.example/", Person("Ann", "https://a.example/")),
        ("name: Ann\nurl: http://a.example/b c", Person("Ann", "http://a.example/b%20c")),
        ("name: Ann\nwebsite: a.example", Person("Ann", "https://a.example")),
        ("name: Ann\nauthor_url: a.example/ann", Person("Ann", "https://a.example/ann")),
        ("name: Ann\nurl: /about", Person("Ann", "https://blog.example/about")),
        ("name: Ann\nurl: //a.example/", Person("Ann", "https://a.example/")),
        ("name: Ann\nurl: ''\nwebsite: a.example", Person("Ann", "https://a.example")),
        ("name: Ann\nurl: null", Person("Ann")),
        ("name: Ann\nurl: none", Person("Ann")),
        ("name: Ann\nurl: javascript:alert(1)", Person("Ann")),
        ("name: Ann\nurl: javascript://a.example/%0aalert(1)", Person("Ann")),
        ("name: Ann\nurl: ftp://a.example/", Person("Ann")),
        ("name: Ann\nurl: 'https://'", Person("Ann")),
        # an address in the box for the page, and what forms make of it
        ("name: Ann\nurl: ann@secret.example", Person("Ann")),
        ("name: Ann\nurl: mailto:ann@secret.example", Person("Ann")),
        ("name: Ann\nurl: http://ann@secret.example", Person("Ann")),
        ("name: Ann\nurl: //ann:x@secret.example/", Person("Ann")),
    ],
)
def test_who_wrote_it_is_a_name_and_a_page_and_never_an_address(
    reader: Reader, head: str, person: Person
) -> None:
    (comment,), lines = reader.read(f"---\n{head}\n---\n\nWell said.\n")
    assert comment.author == person
    assert lines == []


def test_a_long_name_is_cut_where_the_site_says(reader: Reader) -> None:
    (comment,), _ = reader.read("---\nname: Annabella\n---\nx", extra="limits.name = 4")
    assert comment.author.name == "Ann…"


@pytest.mark.parametrize(
    ("text", "name", "body"),
    [
        ("---\nname: A\n---\n\nWell *said*.\n\n", "hello/1.md", Body("Well *said*.")),
        ("---\nname: A\n---\n\n    $ code\n", "hello/1.md", Body("    $ code")),
        ("---\nname: A\n---\n<p>x", "hello/1.html", Body("<p>x", Markup.HTML)),
        ("Only words.\n", "hello/1.md", Body("Only words.")),
        ("---\nname: A\nmessage: within\n---\n \n", "hello/1.md", Body("within")),
        ("---\nname: A\nmessage: within\n---\nbelow", "hello/1.md", Body("below")),
        ("name: A\nmessage: x\n", "hello/1.yml", Body("x")),
        ('name: A\nmessage: "one\\r\\n\\r\\ntwo"\n', "hello/1.yml", Body("one\r\n\r\ntwo")),
        ("name: A\nmessage: ' '\nbody:\ncontent: x\n", "hello/1.yaml", Body("x")),
        ("name: A\nmessage: ''\nbody: x\n", "hello/1.yml", Body("x")),
        ("+++\nname = 'A'\n+++\nx", "hello/1.md", Body("x")),
    ],
)
def test_its_text_is_the_first_that_is_not_blank(
    reader: Reader, text: str, name: str, body: Body
) -> None:
    (comment,), lines = reader.read(text, name)
    assert comment.body == body
    assert lines == []


def test_a_date_without_a_zone_is_in_the_sites(reader: Reader) -> None:
    comment = reader.comment(extra='timezone = "America/New_York"')
    assert comment.published == datetime(2024, 5, 2, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [
        "date: 2024-05-02T10:00:00.000Z",
        "published: 2024-05-02",
        "date: 1714644000",
        "date:\npublished: 2024-05-02",
    ],
)
def test_its_date_is_read_in_the_forms_that_tools_write(reader: Reader, head: str) -> None:
    (comment,), lines = reader.read(f"---\nname: A\n{head}\n---\nx")
    assert lines == []
    assert comment.published is not None
    assert comment.published.date() == datetime(2024, 5, 2).date()


# --- what is wrong with it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (
            "author: Ann\ndate: 31 February",
            "content/comments/hello/1.md:3: '31 February' is not a date",
        ),
        ("date: 2024-05-02 10:00 CST", "content/comments/hello/1.md:2: nobody knows the zone CST"),
        ("updated: 10/11/12", "content/comments/hello/1.md:2: '10/11/12' has no year"),
        ("date: [2099-01-01]", "content/comments/hello/1.md:2: 'date' holds a list"),
    ],
)
def test_a_date_that_cannot_be_read_costs_the_comment_and_a_line(
    reader: Reader, head: str, line: str
) -> None:
    found, told = reader.flawed(head)
    assert found == []
    assert told.startswith(line)


@pytest.mark.parametrize(
    "text", ["---\nname: A\n---\n", "---\nname: A\n---\n \n\n", "---\n---\n", ""]
)
def test_a_comment_without_text_costs_itself_and_a_line(reader: Reader, text: str) -> None:
    found, (line,) = reader.read(text)
    assert found == []
    assert line.startswith("content/comments/hello/1.md:1: a comment without text; write it")


@pytest.mark.parametrize(
    ("status", "word", "line"),
    [
        ("aproved", "aproved", "unknown status 'aproved': the comment stays hidden; did you mean"),
        ("geheim", "geheim", "unknown status 'geheim': the comment stays hidden; write `approved`"),
        ("", "unreadable", "unknown status '': the comment stays hidden; write `approved`"),
        ("[approved]", "unreadable", "unknown status '': the comment stays hidden"),
    ],
)
def test_a_status_that_nobody_knows_hides_it_and_is_named(
    reader: Reader, status: str, word: str, line: str
) -> None:
    (comment,), told = reader.flawed(f"author: Ann\nstatus: {status}")
    assert comment.status == word
    assert line in told


def test_a_long_comment_is_cut_and_named(reader: Reader) -> None:
    text = "---\nname: A\n---\n" + "word " * 10
    (comment,), (line,) = reader.read(text, extra="limits.comment = 9")
    assert comment.body.text == "word word […]"
    assert "a comment of 50 characters was cut to 9; shorten it, or raise `comment`" in line


def test_a_comment_as_long_as_the_limit_is_whole(reader: Reader) -> None:
    (comment,), lines = reader.read("123456789", extra="limits.comment = 9")
    assert (comment.body.text, lines) == ("123456789", [])


def test_a_file_over_sixteen_times_the_limit_costs_itself(reader: Reader) -> None:
    text = "---\nname: A\n---\n" + "x" * 200
    found, (line,) = reader.read(text, extra="limits.comment = 10")
    assert found == []
    assert "over the limit of 160" in line


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("---\nname: a: b\n---\nx", "hello/1.md", "hello/1.md:2: not YAML"),
        ("---\nname: a\nx", "hello/1.md", "hello/1.md:1: the front matter does not end"),
        ("name: a: b\n", "hello/1.yml", "hello/1.yml:1: not YAML"),
        ("- name: a\n- name: 'b\n", "hello.yml", "hello.yml:3: not YAML"),
        ("words\n", "hello.yml", "hello.yml:1: not a list of comments"),
        (b"name: \xfc", "hello/1.yml", "hello/1.yml:1: not UTF-8"),
        (b"- name: \xfc", "hello.yml", "hello.yml:1: not UTF-8"),
        (b"- name: \0", "hello.yml", "hello.yml:1: holds a NUL byte"),
    ],
)
def test_a_file_that_does_not_parse_gives_no_comment_and_a_line(
    reader: Reader, text: str | bytes, name: str, line: str
) -> None:
    found, (told,) = reader.read(text, name)
    assert found == []
    assert told.startswith("content/comments/" + line)


def test_what_xml_forbids_is_named_and_the_comment_stays(reader: Reader) -> None:
    for name, text in (("hello/1.md", b"a\x08b"), ("hello.yml", b"- message: a\x08b")):
        (comment,), (line,) = reader.read(text, name)
        assert comment.body.text == "ab"
        assert ":1: the character U+0008" in line


# --- where it belongs -----------------------------------------------------------------------------

LIST = """\
- id: 1
  name: Ann
  message: one
- name: Bob
  message: two
  parent: 1
"""


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("hello/1.md", "hello"),
        ("hello/1.yml", "hello"),
        ("Hello World/1.md", "Hello World"),
        ("2024/hello/1.md", "2024/hello"),
        ("hello.yml", "hello"),
        ("v1.2.yaml", "v1.2"),
    ],
)
def test_its_folder_or_its_list_file_is_named_as_its_post(
    reader: Reader, name: str, folder: str
) -> None:
    text = "message: x" if name.endswith("ml") else "x"
    (comment,), _ = reader.read(text, name)
    assert comment.folder == folder


@pytest.mark.parametrize("name", ["hello.yml", "hello.yaml", "hello.YML", "hello/all.yml"])
def test_a_list_holds_many_each_with_its_line(reader: Reader, name: str) -> None:
    found, lines = reader.read(LIST, name)
    assert lines == []
    assert [(c.line, c.author.name, c.body.text) for c in found] == [
        (1, "Ann", "one"),
        (4, "Bob", "two"),
    ]
    assert found[1].parent == "1"
    assert {c.folder for c in found} == {"hello"}


def test_one_bad_record_of_a_list_costs_itself_and_a_line(reader: Reader) -> None:
    text = LIST + "- words\n- name: Eve\n- name: Eve\n  message: x\n  date: soon\n- message: last\n"
    found, lines = reader.read(text, "hello.yml")
    assert [c.body.text for c in found] == ["one", "two", "last"]
    assert [line.partition(";")[0] for line in lines] == [
        "content/comments/hello.yml:7: a comment without text",
        "content/comments/hello.yml:8: a comment without text",
        "content/comments/hello.yml:11: 'soon' is not a date",
    ]


def test_a_list_may_be_longer_than_any_comment(reader: Reader) -> None:
    found, lines = reader.read("- message: short\n" * 100, "hello.yml", "limits.comment = 5")
    assert (len(found), lines) == (100, [])


@pytest.mark.parametrize("text", ["", "[]", "# none yet\n", "---\n"])
def test_an_empty_list_is_no_problem(reader: Reader, text: str) -> None:
    assert reader.read(text, "hello.yml") == ([], [])


def test_comments_come_one_by_one_until_the_file_stops_parsing(reader: Reader) -> None:
    stream = comments.stream(reader.file("- message: one\n- message: [", "hello.yml"), settings())
    first = next(stream)
    assert isinstance(first, Comment)
    with pytest.raises(ContentError):
        next(stream)


# --- what it is called ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "id"),
    [("hello/1.md", "1"), ("hello/comment-1714.yml", "comment-1714"), ("hello/a.b.md", "a.b")],
)
def test_a_comment_is_called_what_its_file_is_called(reader: Reader, name: str, id: str) -> None:
    (comment,), _ = reader.read("message: x" if name.endswith("yml") else "x", name)
    assert comment.id == id


def test_a_comment_of_a_list_without_an_id_is_called_by_what_it_says(reader: Reader) -> None:
    found, _ = reader.read(LIST, "hello.yml")
    said = "\0".join(["", "Bob", "", "two"])
    assert [c.id for c in found] == ["1", hashlib.sha256(said.encode()).hexdigest()[:16]]


def test_its_place_in_a_list_has_no_part_in_that(reader: Reader) -> None:
    (_, second), _ = reader.read(LIST, "hello.yml")
    (alone,), _ = reader.read(LIST.partition("message: one\n")[2], "hello.yml")
    assert alone.id == second.id


# --- by chance ------------------------------------------------------------------------------------

_KEYS = (
    "id _id parent replying_to replying_to_uid parent_id author name uri url website date updated"
    " status type message body content email ip avatar hp user_agent"
)
_SECRETS = [
    "ann@secret.example",
    "http://ann@secret.example/",
    "{name: A, email: ann@secret.example}",
]
_VALUES = st.sampled_from(
    [
        *("", "null", "~", "x", "0", "2", "2024-05-01", "10/11/12", "[]", "[a, b]", "{}", "{a: b}"),
        *(
            "[[a]]",
            "{name: A, uri: /a}",
            "/a b",
            "https://a.example/",
            "javascript:x",
            "'\"'",
            "spam",
        ),
        *(
            '"\\b"',
            '"\\0"',
            "|\n    a\n    b",
            "approved",
            "pingback",
            "*x",
            "&x y",
            "a: b",
            "'<a@b.c>'",
        ),
    ]
)


@st.composite
def _heads(draw: st.DrawFn) -> str:
    """Secrets under the keys that have them, or that people mistake for those."""
    head = draw(st.dictionaries(st.sampled_from(_KEYS.split()), _VALUES))
    for key in ("author", "name", "uri", "url", "website", "email", "ip", "avatar"):
        if draw(st.booleans()):
            head[key] = draw(st.sampled_from(_SECRETS))
    return "".join(f"  {key}: {value}\n" for key, value in head.items())


@given(st.lists(_heads().map(lambda head: "-" + head[1:] if head else "- \n"), max_size=3))
@tries(max_examples=300, deadline=None)
def test_any_list_is_comments_without_secrets_or_lines_that_say_why_not(
    tmp_path_factory: pytest.TempPathFactory, records: list[str]
) -> None:
    found, lines = Reader(tmp_path_factory.getbasetemp()).read("".join(records), "hello.yml")
    assert "secret.example" not in repr(found)
    assert len(found) + len(lines) >= len(records) or any("hello.yml" in line for line in lines)
    for comment in found:
        assert comment.id
        assert comment.author.name
        assert comment.body.text.strip()
        assert comment.status
    assert all(line.startswith("content/comments/hello.yml:") for line in lines)
