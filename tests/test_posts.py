"""One file is one post: every key of the contract, and what becomes of a wrong one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from feeds.errors import Severity
from feeds.model import Body, CommentPolicy, Enclosure, Markup, Person, Post, PostType
from feeds.sources import posts
from feeds.sources.files import File
from tests.builders import at, settings

HEAD = "title: Hello\ndate: 2024-05-01 10:00\n"


class Reader:
    """Reads a post from a text: `reader.post("slug: hi")`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "post"

    def read(
        self, text: str | bytes, name: str = "hello.md", extra: str = ""
    ) -> tuple[Post | None, list[str]]:
        """What a file says, and the lines about it."""
        data = text.encode() if isinstance(text, str) else text
        self._path.write_bytes(data)
        file = File(str(self._path), f"content/posts/{name}", name, len(data))
        post, problems = posts.read(file, settings(extra))
        return post, [str(problem) for problem in problems]

    def post(self, head: str = "", name: str = "hello.md", extra: str = "") -> Post:
        """The post that this front matter gives, with a title and a date, and nothing wrong."""
        post, lines = self.read(f"---\n{HEAD}{head}\n---\n\nText.\n", name, extra)
        assert lines == []
        assert post is not None
        return post

    def flawed(self, head: str, name: str = "hello.md") -> tuple[Post, str]:
        """The post that this front matter gives, and the one line about it."""
        post, lines = self.read(f"---\n{head}\n---\n\nText.\n", name)
        (line,) = lines
        assert post is not None
        return post, line


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "day"),
    [
        ("hello.md", "hello", None),
        ("2024/may/hello.md", "hello", None),
        ("Case.Kept.v2.md", "Case.Kept.v2", None),
        ("2017-04-14-hello.md", "hello", "2017-04-14"),
        ("2017-04-14.md", "2017-04-14", None),
        ("2017-04-14-.md", "2017-04-14-", None),
        ("2017-4-1-hello.md", "2017-4-1-hello", None),
        ("hello/index.md", "hello", None),
        ("2017-04-14-hello/index.html", "hello", "2017-04-14"),
        ("index.md", "index", None),
        ("日本 語.markdown", "日本 語", None),
    ],
)
def test_a_post_is_named_by_its_file(path: str, name: str, day: str | None) -> None:
    assert posts.file_name(path) == (name, day)


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("New-Name", "New-Name"),
        ("03752642", "03752642"),
        ("null", "null"),
        ("", "hello"),
        ("''", "hello"),
    ],
)
def test_a_slug_is_its_name_if_there_is_one(reader: Reader, slug: str, name: str) -> None:
    assert reader.post(f"slug: {slug}").name == name


# --- every key ------------------------------------------------------------------------------------


def test_a_title_and_a_date_are_enough(reader: Reader) -> None:
    assert reader.post() == Post(
        path="content/posts/hello.md",
        name="hello",
        title="Hello",
        body=Body("Text.\n"),
        published=at("2024-05-01 10:00"),
    )


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ("updated: 2024-05-02", "updated", at("2024-05-02")),
        ("author: Ann", "authors", (Person("Ann"),)),
        ("author: null", "authors", (Person("null"),)),
        ("author:", "authors", ()),
        ("author: Ann <ann@blog.example>", "authors", (Person("Ann ann"),)),
        ("author: {name: Ann, uri: /ann}", "authors", (Person("Ann", "https://blog.example/ann"),)),
        ("author: {name: Ann, url: a.example}", "authors", (Person("Ann", "https://a.example"),)),
        ("author: {name: Ann, email: ann@blog.example}", "authors", (Person("Ann"),)),
        ("author: {uri: /ann}", "authors", ()),
        ("authors: [Ann, {name: Bob}, Ann]", "authors", (Person("Ann"), Person("Bob"))),
        ("author: Ann\nauthors: [Bob]", "authors", (Person("Ann"), Person("Bob"))),
        ("permalink: /2004/hello/", "permalink", "https://blog.example/2004/hello/"),
        ("permalink: https://old.example/a", "permalink", "https://old.example/a"),
        ("id: https://old.example/?p=17", "id", "https://old.example/?p=17"),
        ("id: 03752642", "id", "03752642"),
        ("excerpt: In *short*", "excerpt", Body("In *short*")),
        ("description: In short", "excerpt", Body("In short")),
        ("summary: In short", "excerpt", Body("In short")),
        ("excerpt:\nsummary: In short", "excerpt", Body("In short")),
        ("excerpt: null", "excerpt", None),
        ("categories: [News, 'null', News]", "categories", ("News", "null")),
        ("categories: News, Views", "categories", ("News", "Views")),
        ("tags: a", "tags", ("a",)),
        ("tags: [a, '', ' b ']", "tags", ("a", "b")),
        ("tags: null", "tags", ()),
        ("tags: []", "tags", ()),
        ("status: published", "status", "published"),
        ("status: Publish", "status", "published"),
        ("type: page", "type", PostType.PAGE),
        ("type: post", "type", PostType.POST),
        ("comments: open", "comments", CommentPolicy.OPEN),
        ("comments: closed", "comments", CommentPolicy.CLOSED),
        ("language: de", "language", "de"),
        ("image: /a.png", "image", "https://blog.example/a.png"),
        ("aliases: [/old, /older/]", "aliases", ("/old", "/older/")),
        ("redirect_from: /old", "aliases", ("/old",)),
        ("aliases: /old\nredirect_from: [/old, /b]", "aliases", ("/old", "/b")),
        ("feed: false", "in_feeds", False),
        ("feed: true", "in_feeds", True),
        ("responses: 4\nlayout: post\nip: 192.0.2.1", "title", "Hello"),
    ],
)
def test_a_key_says_what_the_contract_says(
    reader: Reader, head: str, field: str, value: Any
) -> None:
    assert getattr(reader.post(head), field) == value


def test_toml_says_the_same(reader: Reader) -> None:
    text = (
        "+++\ntitle = 'Hello'\ndate = 2024-05-01T10:00:00Z\ntags = ['a']\ndraft = false\n+++\nText."
    )
    post, lines = reader.read(text)
    assert lines == []
    assert post
    assert (post.title, post.published, post.tags, post.status) == (
        "Hello",
        at("2024-05-01 10:00"),
        ("a",),
        "published",
    )


@pytest.mark.parametrize(
    ("name", "markup"),
    [("a.md", Markup.MARKDOWN), ("a.markdown", Markup.MARKDOWN), ("a.html", Markup.HTML)],
)
def test_the_suffix_tells_markdown_from_html(reader: Reader, name: str, markup: Markup) -> None:
    post = reader.post("excerpt: short", name)
    assert post.body == Body("Text.\n", markup)
    assert post.excerpt == Body("short", markup)


@pytest.mark.parametrize(
    ("written", "enclosure"),
    [
        ("/a.mp3", Enclosure("https://blog.example/a.mp3", "audio/mpeg")),
        ("[{url: /a.MP3?x#y}]", Enclosure("https://blog.example/a.MP3?x#y", "audio/mpeg")),
        (
            "[{path: /a, type: audio/ogg, length: 17}]",
            Enclosure("https://blog.example/a", "audio/ogg", 17),
        ),
        ("{url: 'https://a.example/b.xyz'}", Enclosure("https://a.example/b.xyz")),
        ("[{url: /a.ogg, type: what?}]", Enclosure("https://blog.example/a.ogg", "audio/ogg")),
        ("['', /a.ogg]", Enclosure("https://blog.example/a.ogg", "audio/ogg")),
        ("[{url: /a.ogg, length: 0}]", Enclosure("https://blog.example/a.ogg", "audio/ogg", 0)),
    ],
)
def test_a_recording_has_an_address_a_type_and_a_length(
    reader: Reader, written: str, enclosure: Enclosure
) -> None:
    assert reader.post(f"enclosures: {written}").enclosures == (enclosure,)


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["", "date:\n", "date: null\n"])
def test_the_day_in_a_files_name_is_its_date_if_there_is_none(reader: Reader, head: str) -> None:
    post, lines = reader.read(f"---\ntitle: Hello\n{head}---\n", "2017-04-14-hello.md")
    assert lines == []
    assert post
    assert post.published == at("2017-04-14")


def test_a_date_in_the_file_beats_the_day_in_its_name(reader: Reader) -> None:
    assert reader.post(name="2017-04-14-hello.md").published == at("2024-05-01 10:00")


def test_a_date_without_a_zone_is_in_the_sites(reader: Reader) -> None:
    post = reader.post(extra='timezone = "America/New_York"')
    assert post.published == datetime(2024, 5, 1, 14, tzinfo=UTC)


def test_a_post_may_have_been_updated_and_never_dated(reader: Reader) -> None:
    post, lines = reader.read("---\ntitle: Hello\nupdated: 2024-05-02\n---\n")
    assert lines == []
    assert post
    assert (post.published, post.updated, post.date) == (None, at("2024-05-02"), at("2024-05-02"))


# --- what hides -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("draft: true", "draft"),
        ("draft: Yes", "draft"),
        ("published: false", "draft"),
        ("published: no", "draft"),
        ("draft: true\nstatus: published", "draft"),
        ("draft: false\npublished: true", "published"),
        ("status: draft", "draft"),
        ("status: Private", "private"),
        ("status: pending", "pending"),
        ("status: future", "future"),
        ("status: trash", "trash"),
        ("password: secret", "password"),
        ("password: secret\nstatus: published", "password"),
        ("password:", "published"),
    ],
)
def test_a_post_is_public_or_hidden_as_its_author_says(
    reader: Reader, head: str, status: str
) -> None:
    assert reader.post(head).status == status


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("status: publishd", "unknown status 'publishd': the post stays hidden; did you mean"),
        ("status: geheim", "unknown status 'geheim': the post stays hidden; write `published`"),
        ("status:", "unknown status '': the post stays hidden"),
        ("status: [published]", "unknown status '': the post stays hidden"),
        ("draft: maybe", "'draft' is neither true nor false; write one of them"),
        ("draft:", "'draft' is neither true nor false; write one of them"),
        ("published: [true]", "'published' is neither true nor false; write one of them"),
        ("published: 2024-05-01", "'published' is neither true nor false; write one of them"),
        ("feed: perhaps", "'feed' is neither true nor false; write one of them"),
        ("type: note", "'type' is 'note'; it takes `post` or `page`"),
        ("comments: sometimes", "'comments' is 'sometimes'; it takes `auto` or `open` or `closed`"),
        ("permalink: javascript:alert(1)", "'permalink' is 'javascript:alert(1)'; it takes https"),
        ("updated: 31 February", "'31 February' is not a date; write it as 2017-04-14 10:30"),
        ("updated: 2024-05-02 10:00 CST", "nobody knows the zone CST"),
        ("updated: [2099-01-01]", "'updated' holds a list; it takes one value"),
    ],
)
def test_what_cannot_be_read_hides_the_post_and_is_named_with_its_line(
    reader: Reader, head: str, line: str
) -> None:
    post, told = reader.flawed(HEAD + head)
    assert post.status not in {"published", ""}
    assert told.startswith("content/posts/hello.md:4: " + line)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("date: 2024-05-01", "content/posts/hello.md:1: no title; add a line such as `title:"),
        ("titel: Hello\ndate: 2024-05-01", "content/posts/hello.md:1: no title; did you mean"),
        ("title:\ndate: 2024-05-01", "content/posts/hello.md:2: no title"),
        ('title: "\\b \\0"\ndate: 2024-05-01', "content/posts/hello.md:2: no title"),
        ("title: Hello", "content/posts/hello.md:1: no date; add a line such as `date:"),
        ("title: Hello\ndate:", "content/posts/hello.md:3: no date"),
        ("title: Hello\ndate: 10/11/12", "content/posts/hello.md:3: '10/11/12' has no year"),
    ],
)
def test_what_every_post_needs_must_be_there(reader: Reader, head: str, line: str) -> None:
    post, told = reader.flawed(head)
    assert post.status == "unreadable"
    assert told.startswith(line)


def test_a_day_in_a_files_name_that_is_none_hides_the_post(reader: Reader) -> None:
    post, line = reader.flawed("title: Hello\nupdated: 2024-05-01", "2017-02-31-hello.md")
    assert post.status == "unreadable"
    assert "'2017-02-31' is not a date (it stands in the file's name)" in line


def test_a_bad_date_is_not_replaced_by_the_day_in_the_files_name(reader: Reader) -> None:
    for date in ("31 Februar 2099", "[2099-01-01]"):
        post, _ = reader.flawed(f"title: Hello\ndate: {date}", "2017-04-14-hello.md")
        assert (post.status, post.published) == ("unreadable", None)


@pytest.mark.parametrize(
    ("head", "field", "value", "line"),
    [
        (
            "language: en_US",
            "language",
            None,
            "'language' is 'en_US'; it takes a tag such as en-US",
        ),
        ("image: data:x", "image", None, "'image' is 'data:x'; it takes an address on the web"),
        ("slug: [a]", "name", "hello", "'slug' holds a list; it takes one value"),
        ("excerpt: {a: b}", "excerpt", None, "'excerpt' holds a list; it takes one value"),
        ("enclosures: [{type: audio/ogg}]", "enclosures", (), "an enclosure without a `url`"),
        ("enclosures: [{url: javascript:1}]", "enclosures", (), "an enclosure without a `url`"),
        (
            *("enclosures: [{url: /a.ogg, length: 5 MB}]", "enclosures"),
            (Enclosure("https://blog.example/a.ogg", "audio/ogg"),),
            "'length' is '5 MB'; it takes a whole number",
        ),
    ],
)
def test_what_a_post_can_do_without_is_named_and_left_out(
    reader: Reader, head: str, field: str, value: Any, line: str
) -> None:
    post, told = reader.flawed(HEAD + head)
    assert post.status == "published"
    assert getattr(post, field) == value
    assert line in told


def test_all_that_is_wrong_with_a_post_is_told_in_one_go(reader: Reader) -> None:
    _, lines = reader.read("---\ndate: soon\nstatus: secret\nlanguage: '?'\n---\n")
    assert [line.split(" ")[0] for line in lines] == [
        "content/posts/hello.md:1:",
        "content/posts/hello.md:3:",
        "content/posts/hello.md:2:",
        "content/posts/hello.md:4:",
    ]


# --- files that are no posts ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: a: b\n---\n", "content/posts/hello.md:2: not YAML"),
        ("---\ntitle: a\n", "content/posts/hello.md:1: the front matter does not end with `---`"),
        ("+++\ntitle: a\n+++\n", "content/posts/hello.md:2: not TOML"),
        (b"---\ntitle: a\0\n---\n", "content/posts/hello.md:2: holds a NUL byte"),
        (b"---\ntitle: gr\xfc\xdfe\n---\n", "content/posts/hello.md:2: not UTF-8: byte 0xfc"),
    ],
)
def test_a_file_that_cannot_be_taken_apart_costs_itself(
    reader: Reader, text: str | bytes, line: str
) -> None:
    post, (told,) = reader.read(text)
    assert post is None
    assert told.startswith(line)


def test_a_file_over_the_limit_costs_itself(reader: Reader) -> None:
    post, (line,) = reader.read(f"---\n{HEAD}---\n" + "x" * 100, extra="limits.post = 100")
    assert post is None
    assert "over the limit of 100" in line


@pytest.mark.parametrize("text", ["", "Only words.\n", "# A heading\n"])
def test_a_file_without_front_matter_is_told_how_to_start(reader: Reader, text: str) -> None:
    post, lines = reader.read(text)
    assert post
    assert post.status == "unreadable"
    assert lines[0].startswith(
        "content/posts/hello.md:1: no front matter; start the file with `---`"
    )


def test_what_xml_forbids_is_named_and_the_post_stays(reader: Reader) -> None:
    post, (line,) = reader.read(f"---\n{HEAD}---\na\x08b\n")
    assert post
    assert (post.status, post.body) == ("published", Body("ab\n"))
    assert line.startswith("content/posts/hello.md:5: the character U+0008")


# --- by chance ------------------------------------------------------------------------------------

_KEYS = (
    "title date updated author authors slug permalink id excerpt description categories tags status"
    " draft published password type comments language enclosures image aliases feed email"
)
_VALUES = st.sampled_from(
    [
        *("", "null", "~", "x", "true", "no", "0", "-1", "2024-05-01", "2099-01-01", "10/11/12"),
        *("[]", "[a, b]", "{}", "{a: b}", "[{url: /a}]", "{name: Ann, email: ann@secret.example}"),
        *("[[a]]", "ann@secret.example", "/a b", "https://a.example/", "javascript:x", "'\"'"),
        *(
            '"\\b"',
            '"\\0"',
            "|\n  a\n  b",
            "published",
            "draft",
            "page",
            "open",
            "*x",
            "&x y",
            "a: b",
        ),
    ]
)
HEADS = st.dictionaries(st.sampled_from(_KEYS.split()), _VALUES).map(
    lambda head: "".join(f"{key}: {value}\n" for key, value in head.items())
)


@given(HEADS)
@tries(max_examples=400, deadline=None)
def test_any_front_matter_is_a_post_or_a_line_that_says_why_not(
    tmp_path_factory: pytest.TempPathFactory, head: str
) -> None:
    reader = Reader(tmp_path_factory.getbasetemp())
    post, lines = reader.read(f"---\n{head}---\nText.\n")
    assert "secret.example" not in repr(post and post.authors)
    assert all(line.startswith("content/posts/hello.md") and line.isprintable() for line in lines)
    if post is None or post.status == "unreadable":
        assert lines
    elif post.status == "published":
        assert post.title
        assert post.date


def test_problems_of_posts_count_for_the_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\n{HEAD}language: '?'\n---\n")
    file = File(str(path), "content/posts/a.md", "a.md", path.stat().st_size)
    _, (problem,) = posts.read(file, settings())
    assert problem.severity is Severity.PROBLEM
