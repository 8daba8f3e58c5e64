"""Promises 6 and 7: what is public goes out, and nothing tells of the rest."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.visibility import (
    are_comments_public,
    effective_update,
    why_comment_hidden,
    why_post_hidden,
)
from tests.builders import NOW, TinyBlog, at, comment, post

# --- one table of every status --------------------------------------------------------------------

PUBLIC_POSTS = [
    "",
    "status: published",
    "status: publish",
    "status: Published",
    "draft: false",
    "published: true",
    "draft: no\npublished: yes\nstatus: published",
    "feed: true",
    "date: 2024-06-01 12:00",  # this very moment
    "updated: 2030-01-01",  # an edit that is still to come changes nothing yet
]
#: A key that stands twice: the file does not parse, so what it said before stands (promise 9).
TWO_STATUSES = "status: published\nstatus: published"
HIDDEN_POSTS = [
    "status: draft",
    "status: private",
    "status: password",
    "status: protected",
    "status: future",
    "status: scheduled",
    "status: pending",
    "status: trash",
    "status: spam",
    "status: deleted",
    "status: archived",
    "status: unlisted",
    "status: hidden",
    "status: inherit",
    "status: auto-draft",
    "status: approved",  # a comment's word
    "status: publishd",
    "status: null",
    "status: true",
    "status:",
    'status: ""',
    "status: [published]",
    "status: {published: true}",
    "draft: true",
    "draft: yes",
    "Draft: true",
    "STATUS: draft",
    "draft: perhaps",
    "draft:",
    "published: false",
    "published: perhaps",
    "password: open sesame",
    "feed: false",
    "feed: perhaps",
    "status: published\ndraft: true",
    "status: draft\npublished: true",
    TWO_STATUSES,
    "date: 2024-06-01 12:00:01",
    "date: 2024-06-01T12:30+00:15",
    "date: 31 February",
    "date: 2024-05-01 10:00 XYZ",
]
PUBLIC_COMMENTS = [
    "",
    "status: approved",
    "status: published",
    "status: Approved",
    "type: pingback",
    "type: trackback",
    "date: 2024-06-01 12:00",
    "updated: 2030-01-01",
]
HIDDEN_COMMENTS = [
    "status: pending",
    "status: hold",
    "status: held",
    "status: unapproved",
    "status: spam",
    "status: trash",
    "status: deleted",
    "status: rejected",
    "status: hidden",
    "status: draft",
    "status: publish",  # a post's word
    "status: aproved",
    "status: null",
    "status: true",
    "status:",
    'status: ""',
    "status: [approved]",
    "status: approved\nstatus: approved",
    "date: 2024-06-01 12:00:01",
    "date: 31 February",
]


def _post_that_says(blog: TinyBlog, front: str) -> TinyBlog:
    date = "" if "date: " in front.replace("updated: ", "") else "date: 2024-05-01 10:00\n"
    text = f"---\ntitle: A marked title\n{date}{front}\n---\n\nA marked body.\n"
    return blog.write("posts/marked.md", text)


def _comment_that_says(blog: TinyBlog, front: str) -> TinyBlog:
    date = "" if "date: " in front.replace("updated: ", "") else "date: 2024-05-02 10:00\n"
    text = f"---\nauthor: A marked name\n{date}{front}\n---\n\nA marked body.\n"
    return blog.post("hello").write("comments/hello/1.md", text)


class TestPosts:
    @pytest.mark.parametrize("front", PUBLIC_POSTS)
    def test_a_public_one_goes_out_with_its_comments(self, blog: TinyBlog, front: str) -> None:
        _post_that_says(blog, front).comment("marked", body="A remark.").build()
        assert [entry.title for entry in blog.feed("entries.atom").entries] == ["A marked title"]
        assert blog.feed("comments/marked.atom").entries[0].summary == "A remark."

    @pytest.mark.parametrize("front", HIDDEN_POSTS)
    def test_a_hidden_one_stays_in_with_its_comments(self, blog: TinyBlog, front: str) -> None:
        _post_that_says(blog, front).comment("marked", author="A marked name").build()
        assert b"marked" not in blog.published()
        assert "comments/marked.rss" not in blog.files()

    @pytest.mark.parametrize("front", [f for f in HIDDEN_POSTS if f != TWO_STATUSES])
    def test_one_that_becomes_hidden_leaves(self, blog: TinyBlog, front: str) -> None:
        _post_that_says(blog, "").comment("marked").build()
        assert b"marked" in blog.published()
        _post_that_says(blog, front).build()
        assert b"marked" not in blog.published()
        assert not [path for path in blog.files() if "marked" in path]

    def test_one_without_any_date_stays_in(self, blog: TinyBlog) -> None:
        blog.write("posts/marked.md", "---\ntitle: A marked title\n---\n\nText.\n").build()
        assert b"marked" not in blog.published()

    def test_a_page_is_no_entry_but_its_comments_are_published(self, blog: TinyBlog) -> None:
        blog.post("about", type="page").comment("about", author="Bea").build()
        assert blog.feed("entries.rss").entries == []
        assert blog.feed("comments.rss").entries[0].title == "Comment on About by Bea"
        assert blog.feed("comments/about.rss").entries[0].title == "By: Bea"

    @pytest.mark.parametrize("front", ["status: draft", "date: 2024-06-02", "feed: false"])
    def test_the_author_is_told_why(self, blog: TinyBlog, front: str) -> None:
        report = _post_that_says(blog, front).build()
        assert [str(p) for p in report.problems if "marked" in p.path]


class TestComments:
    @pytest.mark.parametrize("front", PUBLIC_COMMENTS)
    def test_a_public_one_goes_out(self, blog: TinyBlog, front: str) -> None:
        _comment_that_says(blog, front).build()
        for path in ("comments.rss", "comments.atom", "comments/hello.rss", "comments/hello.atom"):
            assert [entry.author for entry in blog.feed(path).entries] == ["A marked name"]

    @pytest.mark.parametrize("front", HIDDEN_COMMENTS)
    def test_a_hidden_one_stays_in_and_is_not_counted(self, blog: TinyBlog, front: str) -> None:
        _comment_that_says(blog, front).comment("hello", "2", author="Bea").build()
        assert b"marked" not in blog.published()
        assert blog.feed("entries.rss").entries[0].slash_comments == "1"

    @pytest.mark.parametrize("front", HIDDEN_COMMENTS)
    def test_a_reply_to_it_answers_the_post_and_names_nobody(
        self, blog: TinyBlog, front: str
    ) -> None:
        _comment_that_says(blog, front).comment("hello", "2", body="Yes.", parent="1").build()
        reply = json.loads(blog.files()["comments/hello.json"])["items"][0]
        assert reply["content_html"] == "<p>Yes.</p>"
        assert reply["_feeds"]["in_reply_to"]["ref"] == "tag:blog.example,2024:hello"
        assert b"marked" not in blog.published()
        assert b"#comment-1" not in blog.published()

    @pytest.mark.parametrize("word", ["status: spam", "date: 2024-06-02"])
    def test_the_author_is_told_why(self, blog: TinyBlog, word: str) -> None:
        report = _comment_that_says(blog, word).build()
        told = [p for p in report.problems if p.path == "content/comments/hello/1.md"]
        assert len(told) == 1
        assert "left out" in told[0].what


def test_the_gates_let_through_what_they_know_and_nothing_else() -> None:
    assert why_post_hidden(post(), NOW) is None
    assert why_comment_hidden(comment(), NOW) is None
    for status in ("Published", "published ", "approved", "unreadable", ""):
        assert why_post_hidden(post(status=status), NOW)
    for status in ("Approved", "publish", "unreadable", ""):
        assert why_comment_hidden(comment(status=status), NOW)


_dates = st.none() | st.sampled_from([at("2024-05-01"), NOW, at("2024-06-01 12:01")])
_statuses = st.sampled_from(["approved", "approved", "published", "spam", ""])


@given(st.lists(st.tuples(_statuses, _dates, _dates), max_size=4))
def test_the_look_at_all_comments_agrees_with_the_gate(
    found: list[tuple[str, datetime | None, datetime | None]],
) -> None:
    comments = [comment(status=s, published=first, updated=last) for s, first, last in found]
    hidden = [why_comment_hidden(c, NOW) for c in comments]
    assert are_comments_public(comments, NOW) is not any(hidden)


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        ("2024-05-01 10:00", None, "2024-05-01 10:00"),
        (None, "2024-05-03 10:00", "2024-05-03 10:00"),
        ("2024-05-01 10:00", "2024-05-03 10:00", "2024-05-03 10:00"),
        # An edit before the publication is none that a subscriber could have missed…
        ("2024-05-01 10:00", "2024-04-01 10:00", "2024-05-01 10:00"),
        # …and one that is dated ahead has not happened.
        ("2024-05-01 10:00", "2024-06-03 10:00", "2024-05-01 10:00"),
        (None, None, None),
    ],
)
def test_a_change_counts_when_it_has_happened(
    published: str | None, updated: str | None, expected: str | None
) -> None:
    def moment(text: str | None) -> datetime | None:
        return at(text) if text else None

    assert effective_update(moment(published), moment(updated), NOW) == moment(expected)


# --- whole blogs ----------------------------------------------------------------------------------

#: Stands in every field of whatever is hidden, and in no other place.
SECRET = "geheim"
#: So do these moments, in all the ways in which a feed could write them.
SECRET_PAST, SECRET_FUTURE = "2019-08-07 06:05:43", "2031-08-07 06:05:43"
SECRET_BYTES = (b"geheim", b"2019-08-07", b"2031-08-07", b"7 Aug 20", b"7 August 20", b"06:05:43")
PRIVATE = {"email": "ann@private.example", "ip": "192.0.2.77", "user_agent": "Private/1.0"}

HIDING_POSTS = [
    {"status": "draft"},
    {"status": "private"},
    {"status": "pending"},
    {"status": SECRET},
    {"status": ""},
    {"draft": "true"},
    {"published": "false"},
    {"password": SECRET},
    {"feed": "false"},
    {"date": SECRET_FUTURE},
    {"date": f"31 {SECRET}"},
    {"title": ""},
]
HIDING_COMMENTS = [
    {"status": "pending"},
    {"status": "spam"},
    {"status": "trash"},
    {"status": SECRET},
    {"status": ""},
    {"date": SECRET_FUTURE},
    {"date": f"31 {SECRET}"},
]
NAMES = ["alpha", "Alpha", "beta", "be-ta", "gamma 10", "gamma 9"]
DATES = ["2024-05-01 10:00", "2024-05-01 10:00:01", "2024-05-02", "2024-05-03 23:59 -05:00"]


@dataclass(frozen=True)
class Written:
    """One post or comment of a generated blog: its keys, and whether it is hidden."""

    folder: str
    file: str
    head: dict[str, object]
    body: str
    hidden: bool

    @property
    def text(self) -> str:
        """The file: YAML is a superset of JSON, so values are quoted as JSON quotes."""
        head = "".join(f"{key}: {json.dumps(value)}\n" for key, value in self.head.items())
        return f"---\n{head}---\n\n{self.body}\n"


@st.composite
def _posts(draw: st.DrawFn) -> list[Written]:
    posts = []
    for number in range(draw(st.integers(1, 6))):
        hiding = draw(st.one_of(st.none(), st.sampled_from(HIDING_POSTS)))
        names = NAMES if hiding is None else [*NAMES, f"{SECRET}-{number}"]
        mark = f"{SECRET} {number}" if hiding else f"word {number}"
        head: dict[str, object] = {
            "slug": draw(st.sampled_from(names)),
            "title": f"The {mark}",
            "date": SECRET_PAST if hiding else draw(st.sampled_from(DATES)),
            "author": f"By {mark}",
            "tags": [mark],
            "image": f"/{mark}.png",
            "excerpt": f"In short, {mark}.",
            "comments": draw(st.sampled_from(["open", "closed"])),
            "enclosures": [{"url": f"/{mark}.mp3", "length": "7"}],
        }
        if hiding and draw(st.booleans()):
            head["id"] = f"tag:blog.example,2024:{SECRET}{number}"
        posts.append(
            Written(
                "posts", f"{number}.md", head | (hiding or {}), f"On {mark}.", hiding is not None
            )
        )
    return posts


@st.composite
def _comments(draw: st.DrawFn, posts: Sequence[Written]) -> list[Written]:
    shown = {str(item.head["slug"]) for item in posts if not item.hidden}
    # A name that a hidden post had first: what was said under it was said of that one.
    shown -= {
        str(item.head["slug"]) for item in posts if item.hidden and item.head["date"] == SECRET_PAST
    }
    folders = sorted({str(item.head["slug"]) for item in posts})
    comments: list[Written] = []
    for number in range(draw(st.integers(0, 10))):
        on = draw(st.sampled_from(folders))
        hiding = draw(st.one_of(st.none(), st.sampled_from(HIDING_COMMENTS)))
        hidden = hiding is not None or on not in shown
        mark = f"{SECRET}{number}" if hidden else f"word{number}"
        head: dict[str, object] = {
            "id": mark,
            "author": f"By {mark}",
            "uri": f"https://{mark}.example/",
            "date": SECRET_PAST if hidden else draw(st.sampled_from(DATES)),
            "parent": draw(st.sampled_from(["", *(str(c.head["id"]) for c in comments)])),
        }
        head |= PRIVATE | (hiding or {})
        comments.append(Written(f"comments/{on}", f"{number}.md", head, f"On {mark}.", hidden))
    return comments


@st.composite
def _blogs(draw: st.DrawFn) -> list[Written]:
    posts = draw(_posts())
    return posts + draw(_comments(posts))


def _output_of(items: Sequence[Written]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        blog = TinyBlog(Path(folder))
        for item in items:
            blog.write(f"{item.folder}/{item.file}", item.text)
        blog.build()
        return blog.files()


@settings(max_examples=80, deadline=None)
@given(_blogs())
def test_no_byte_of_a_blogs_output_tells_of_what_is_hidden(items: list[Written]) -> None:
    output = _output_of(items)
    everything = b"\n".join([*output.values(), *map(str.encode, output)]).lower()
    for secret in (*SECRET_BYTES, *(value.encode() for value in PRIVATE.values())):
        assert secret.lower() not in everything
    assert output == _output_of([item for item in items if not item.hidden])
