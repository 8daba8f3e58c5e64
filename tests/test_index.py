"""What is public of a blog, and in which order."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import rows, threads
from feeds.errors import Severity
from feeds.index import Index
from feeds.model import Blog, Body, Comment, Post, PostType
from feeds.public import PublicComment, PublicPost, newest_first, public_thread
from tests.builders import NOW, at, comment, post, posts_of, resolve, settings


def index_of(
    posts: Sequence[Post], comments: Sequence[Comment] = (), extra: str = ""
) -> tuple[Index, list[str]]:
    """The index, and the lines that the author gets to see."""
    index, problems = resolve(Blog(tuple(posts), tuple(comments)), settings(extra), NOW)
    return index, [str(p) for p in problems if p.severity is not Severity.NOTE]


def names(posts: Sequence[PublicPost]) -> list[str]:
    return [post.post.name for post in posts]


# --- order ----------------------------------------------------------------------------------------


def test_posts_stand_newest_first() -> None:
    index, _ = index_of(
        [
            post("old", published=at("2024-04-01 10:00")),
            post("new", published=at("2024-05-02 10:00")),
            post("middle", published=at("2024-05-01 10:00")),
        ]
    )
    assert names(index.entries(9)) == ["new", "middle", "old"]


def test_of_two_at_one_moment_the_higher_id_in_natural_order_comes_first() -> None:
    index, _ = index_of([post("part-9"), post("part-10"), post("part-2")])
    assert names(index.entries(9)) == ["part-10", "part-9", "part-2"]


def test_what_has_no_date_stands_last_in_natural_order() -> None:
    undated = {"published": None, "updated": at("2024-05-30 10:00")}
    index, _ = index_of(
        [post("part-10", **undated), post("dated"), post("part-2", **undated)],
        [
            comment("10", folder="dated", published=None),
            comment("2", folder="dated", published=None),
            comment("7", folder="dated"),
        ],
    )
    assert names(index.entries(9)) == ["dated", "part-2", "part-10"]
    assert [c.comment.id for c in index.comments(9)] == ["7", "2", "10"]


def test_comments_stand_newest_first_whatever_their_thread_and_their_post() -> None:
    index, _ = index_of(
        [post("a"), post("b")],
        [
            comment("1", folder="a", published=at("2024-05-02 10:00")),
            comment("2", folder="b", published=at("2024-05-04 10:00")),
            comment("3", folder="a", published=at("2024-05-03 10:00"), parent="1"),
        ],
    )
    assert [c.comment.id for c in index.comments(9)] == ["2", "3", "1"]
    assert [c.comment.id for c in index.thread("a", 9)] == ["3", "1"]
    assert [c.comment.id for c in index.thread("a", 1)] == ["3"]


@given(
    st.lists(
        st.tuples(st.integers(0, 3) | st.none(), st.integers(0, 30)), unique_by=lambda t: t[1]
    ),
    st.integers(0, 12),
)
def test_the_newest_few_are_the_first_of_all(
    said: list[tuple[int | None, int]], limit: int
) -> None:
    posts = [
        PublicPost(
            post=post(str(id)),
            id=str(id),
            permalink="",
            output_name="",
            published=None if day is None else NOW + timedelta(days=day),
            updated=NOW,
        )
        for day, id in said
    ]
    assert newest_first(posts, limit) == newest_first(posts)[:limit]
    shuffled = random.Random(limit).sample(posts, len(posts))
    assert newest_first(shuffled) == newest_first(posts)


@pytest.mark.parametrize(
    ("limit", "expected"), [(0, []), (1, ["b"]), (2, ["b", "a"]), (9, ["b", "a"])]
)
def test_a_window_shows_so_many(limit: int, expected: list[str]) -> None:
    index, _ = index_of([post("a"), post("b")])
    assert names(index.entries(limit)) == expected


def test_a_page_is_no_entry_and_takes_no_place_in_the_window() -> None:
    index, _ = index_of([post("a"), post("z", type=PostType.PAGE)], [comment(folder="z")])
    assert names(index.entries(1)) == ["a"]
    assert index.comments(9)[0].post.post.name == "z"


# --- dates ----------------------------------------------------------------------------------------


class TestACommentWithoutADate:
    """It has its post's, and an edit of the post does not make it new again."""

    def test_it_has_the_posts_date(self) -> None:
        edited = post(updated=at("2024-05-20 10:00"))
        index, _ = index_of([edited], [comment(published=None)])
        (undated,) = index.comments(9)
        assert undated.published is None
        assert undated.updated == at("2024-05-01 10:00")

    def test_where_the_post_has_none_either_it_has_the_posts_updated(self) -> None:
        bare = post(published=None, updated=at("2024-05-20 10:00"))
        index, _ = index_of([bare], [comment(published=None)])
        assert index.comments(9)[0].updated == at("2024-05-20 10:00")

    def test_its_own_updated_comes_before_all(self) -> None:
        own = comment(published=None, updated=at("2024-05-07 10:00"))
        index, _ = index_of([post()], [own])
        assert index.comments(9)[0].updated == at("2024-05-07 10:00")


def test_a_post_is_never_updated_before_it_is_published_nor_after_now() -> None:
    index, _ = index_of(
        [
            post("early", updated=at("2024-01-01 10:00")),
            post("late", updated=at("2024-06-02 10:00")),
            post("edited", updated=at("2024-05-07 10:00")),
        ]
    )
    updates = {p.post.name: p.updated for p in posts_of(index)}
    assert updates == {
        "early": at("2024-05-01 10:00"),
        "late": at("2024-05-01 10:00"),
        "edited": at("2024-05-07 10:00"),
    }


# --- addresses ------------------------------------------------------------------------------------


def test_a_post_without_a_permalink_gets_the_sites_pattern_in_the_sites_zone() -> None:
    extra = 'timezone = "Asia/Tokyo"\npermalink = "/{year}/{month}/{day}/{slug}.html"\n'
    index, _ = index_of([post("é b", published=at("2024-04-30 20:00"))], extra=extra)
    assert posts_of(index)[0].permalink == "https://blog.example/2024/05/01/%C3%A9%20b.html"


def test_a_posts_own_permalink_wins() -> None:
    index, _ = index_of([post(permalink="https://blog.example/here")])
    assert posts_of(index)[0].permalink == "https://blog.example/here"


def test_a_comment_stands_at_an_anchor_of_its_posts_page() -> None:
    index, _ = index_of(
        [post(permalink="https://blog.example/p#top")],
        [comment("a b")],
        '[comments]\nanchor = "c{id}"\n',
    )
    assert index.comments(1)[0].permalink == "https://blog.example/p#ca%20b"


@pytest.mark.parametrize(
    ("own", "post_id", "comment_id"),
    [
        (None, "tag:blog.example,2024:hello", "tag:blog.example,2024:hello#comment-1"),
        ("o n", "tag:blog.example,2024:o%20n", "tag:blog.example,2024:o%20n#comment-1"),
        ("urn:x:1", "urn:x:1", "urn:x:1#comment-1"),
    ],
)
def test_ids_are_made_of_what_stays(own: str | None, post_id: str, comment_id: str) -> None:
    moved = post(
        id=own,
        title="New",
        permalink="https://new.example/",
        published=at("2024-01-01"),
        path="content/posts/2024/hello.html",
    )
    for variant in (post(id=own), moved):
        index, _ = index_of([variant], [comment()])
        assert (posts_of(index)[0].id, index.comments(1)[0].id) == (post_id, comment_id)


def test_a_comments_own_uri_is_its_id_for_ever() -> None:
    index, _ = index_of([post()], [comment("https://old.example/?p=1#comment-7")])
    assert index.comments(1)[0].id == "https://old.example/?p=1#comment-7"


# --- two of one name ------------------------------------------------------------------------------


def test_the_older_of_two_posts_has_the_name_and_the_other_stays_out() -> None:
    index, told = index_of(
        [
            post("hello", path="content/posts/a.md", published=at("2024-05-02 10:00")),
            post("hello", path="content/posts/b.md", published=at("2024-05-01 10:00")),
        ]
    )
    assert [p.post.path for p in posts_of(index)] == ["content/posts/b.md"]
    assert told == [
        "content/posts/a.md: the name 'hello' is that of content/posts/b.md; this one stays out; give one of them another `slug`"
    ]


def test_of_two_of_one_age_the_lower_path_has_the_name() -> None:
    index, _ = index_of([post(path="content/posts/b.md"), post(path="content/posts/a.md")])
    assert [p.post.path for p in posts_of(index)] == ["content/posts/a.md"]


def test_a_hidden_post_takes_no_name() -> None:
    draft = post(path="content/posts/a.md", published=at("2020-01-01 10:00"), status="draft")
    index, told = index_of([draft, post(path="content/posts/b.md")])
    assert [p.post.path for p in posts_of(index)] == ["content/posts/b.md"]
    assert told == []


def test_no_two_posts_have_one_id() -> None:
    index, told = index_of([post("a", id="b"), post("b", published=at("2024-05-02 10:00"))])
    assert names(posts_of(index)) == ["a"]
    assert "the id 'tag:blog.example,2024:b' is that of content/posts/a.md" in told[0]


def test_long_names_that_differ_in_their_last_letter_are_two() -> None:
    index, told = index_of([post("x" * 70 + "1"), post("x" * 70 + "2")])
    assert len(posts_of(index)) == 2
    assert told == []


# --- comments and hidden posts --------------------------------------------------------------------


def test_comments_on_a_hidden_post_wait_in_silence() -> None:
    index, told = index_of([post(status="draft")], [comment()])
    assert index.comments(9) == []
    assert told == []


@pytest.mark.parametrize("hidden", ["status", "unreadable"])
def test_comments_on_a_hidden_post_never_fall_to_a_public_one_of_a_similar_name(
    hidden: str,
) -> None:
    private = [post("hello-world", status="private")] if hidden == "status" else []
    unreadable = frozenset() if private else frozenset(["hello-world"])
    blog = Blog((post("Hello World"), *private), (comment(folder="hello-world"),), unreadable)
    index, _ = resolve(blog, settings(), NOW)
    assert index.comments(9) == []


def test_comments_on_a_post_that_cannot_be_read_wait_in_silence() -> None:
    blog = Blog((), (comment(),), frozenset(["hello"]))
    index, problems = resolve(blog, settings(), NOW)
    assert index.comments(9) == []
    of_the_post, of_the_comment = problems
    assert (of_the_post.path, of_the_post.severity) == ("posts/hello.md", Severity.PROBLEM)
    assert of_the_comment.severity is Severity.NOTE


def test_comments_on_no_post_are_a_problem_with_their_number() -> None:
    _, told = index_of([post()], [comment("1", folder="x"), comment("2", folder="x")])
    assert told == [
        "content/comments/x: 2 comments for no post; name it as the post is named, or remove it"
    ]


def test_a_list_file_of_no_post_is_named_itself() -> None:
    _, told = index_of([post()], [comment(folder="x", path="content/comments/x.yml")])
    assert told[0].startswith("content/comments/x.yml: 1 comment for no post")


# --- order of files -------------------------------------------------------------------------------


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_posts_were_read_does_not_matter(rng: random.Random) -> None:
    posts = [
        post("a"),
        post("A", path="content/posts/A2.md"),
        post("a", path="content/posts/a3.md"),
        post("b", published=None, updated=at("2024-05-02 10:00")),
        post("c", id="b"),
    ]
    shuffled = rng.sample(posts, len(posts))
    first, said_first = index_of(posts)
    second, said_second = index_of(shuffled)
    assert [(p.post.path, p.output_name) for p in posts_of(first)] == [
        (p.post.path, p.output_name) for p in posts_of(second)
    ]
    assert sorted(said_first) == sorted(said_second)


# --- counts ---------------------------------------------------------------------------------------

_TIMES = st.sampled_from([None, *(at(f"2024-0{month}-01 10:00") for month in range(4, 8))])
_THREADS = st.lists(
    st.builds(
        comment,
        st.sampled_from(["1", "2", "3", "4"]),
        parent=st.sampled_from([None, None, "", "1", "2", "9"]),
        parent_index=st.sampled_from([None, None, None, None, 1]),
        published=_TIMES,
        updated=_TIMES,
        status=st.sampled_from(["approved", "approved", "published", "spam"]),
    ),
    max_size=4,
)


#: Nearly always all of a folder is added at once.
_LOTS = st.sampled_from([1000, 1000, 1, 2, 3])


@pytest.mark.parametrize("later", [False, True])
@given(_THREADS, _TIMES, _LOTS)
@hypothesis.settings(max_examples=400)
def test_a_thread_is_counted_as_it_is_composed(
    later: bool, found: list[Comment], updated: datetime, lot: int
) -> None:
    blog = Blog((post(updated=updated),), tuple(found))
    index, problems = resolve(blog, settings(), NOW, lot=lot, later=later)
    count, newest, wrong = index._count("hello")
    counted = index.post("hello")
    last = counted.last_comment
    assert (counted.count, last and int(last.timestamp())) == (count, newest)
    assert [p for p in problems if "comments" in p.path] == wrong
    assert len(index.thread("hello", None)) == count


_BLOGS = st.lists(
    st.builds(
        comment,
        st.sampled_from(["1", "2", "3"]),
        folder=st.sampled_from(["a", "b", "2024-05-01-a", "nobody"]),
        parent=st.sampled_from([None, "1", "2"]),
        published=_TIMES,
        updated=_TIMES,
        status=st.sampled_from(["approved", "approved", "published", "spam"]),
    ),
    max_size=12,
)


@given(_BLOGS, _LOTS, st.integers(0, 5))
@hypothesis.settings(max_examples=400)
def test_a_new_index_says_what_a_later_build_is_told(
    found: list[Comment], lot: int, limit: int
) -> None:
    """What it knows by heart is what it would find out."""
    comments = tuple([each._replace(line=line) for line, each in enumerate(found)])
    blog = Blog((post("a"), post("b")), comments)
    fresh, problems = resolve(blog, settings(), NOW, lot=lot)
    sorted_, again = resolve(blog, settings(), NOW, lot=lot, later=True)
    assert problems == again
    for table in ("public", "links"):
        query = f"SELECT * FROM {table}"
        assert (
            fresh.database.execute(query).fetchall() == sorted_.database.execute(query).fetchall()
        )
    for on in ("a", "b"):
        for most in (limit, None):
            assert fresh.thread(on, most) == sorted_.thread(on, most)
    assert fresh.comments(limit) == sorted_.comments(limit)


@pytest.mark.parametrize("spans", [1, 30])
def test_comments_that_lie_all_over_are_found_by_an_index(spans: int) -> None:
    found = [
        comment(f"{number}", folder=folder)
        for number in range(spans)
        for folder in ("a", "b")
        for _ in range(60 // spans)
    ]
    index, _ = resolve(Blog((post("a"), post("b")), tuple(found)), settings(), NOW)
    plan = "EXPLAIN QUERY PLAN SELECT body FROM comments WHERE {}"
    test, values = index._filed(["a"])
    (row,) = index.database.execute(plan.format(test), values)
    by = "INTEGER PRIMARY KEY" if spans == 1 else "INDEX comments_by_folder"
    assert by in row[3]
    assert len(index._light_comments("a")) == 60


@given(_THREADS)
@hypothesis.settings(max_examples=400)
def test_a_plain_thread_is_what_untangling_makes_of_it(found: list[Comment]) -> None:
    visible, problems = threads.thread([c._replace(status="approved") for c in found], NOW)
    if not problems:
        assert threads.untangled(visible, problems) == visible
        assert problems == []


@pytest.mark.parametrize("later", [False, True])
@given(_THREADS, st.integers(0, 4), _LOTS)
@hypothesis.settings(max_examples=400)
def test_the_newest_of_a_thread_are_those_of_the_whole_of_it(
    later: bool, found: list[Comment], limit: int, lot: int
) -> None:
    """Only these are made for a feed; what they answer comes along, and no more."""

    def shown(items: list[PublicComment]) -> list[tuple[str, str | None]]:
        return [(item.id, item.parent and item.parent.id) for item in items]

    index, _ = resolve(Blog((post(),), tuple(found)), settings(), NOW, lot=lot, later=later)
    on = index.post("hello")
    whole, _ = public_thread(on, found, settings(), NOW)
    newest, _ = public_thread(on, found, settings(), NOW, limit)
    assert shown(newest) == shown(whole)[:limit]
    assert shown(index.thread_on(on, limit)) == shown(index.thread_on(on, None))[:limit]


@pytest.mark.parametrize("later", [False, True])
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=10),
    st.integers(0, 6),
    _LOTS,
)
def test_the_newest_of_a_long_thread_are_asked_for_without_the_rest(
    later: bool, said: list[tuple[int, int, bool]], limit: int, lot: int
) -> None:
    found = [
        comment(
            str(number),
            body=Body(f"Comment {number}."),
            folder="2024-05-01-hello" if elsewhere else "hello",
            parent=str(answered) if answered < number else None,
            published=at("2024-05-02 10:00") + timedelta(days=day),
        )
        for number, (day, answered, elsewhere) in enumerate(said)
    ]
    index, _ = resolve(Blog((post(),), tuple(found)), settings(), NOW, lot=lot, later=later)
    whole = index.thread("hello", None)
    newest = index.thread("hello", limit)
    assert [(c.id, c.parent and c.parent.id) for c in newest] == [
        (c.id, c.parent and c.parent.id) for c in whole[:limit]
    ]
    assert [c.comment.body.text for c in newest] == [f"Comment {c.comment.id}." for c in newest]
    assert len(whole) == len(found)
    if 0 < limit < len(found):
        asked = index._newest_comments("hello", limit)
        assert asked is not None
        assert {c.id for c in asked} >= {c.comment.id for c in newest}


@pytest.mark.parametrize("comments", [3, 4])
def test_what_is_known_of_many_files_is_written_before_feeds_are_made(
    monkeypatch: pytest.MonkeyPatch, comments: int
) -> None:
    """It weighs; what is known of few is written while feeds are made."""
    monkeypatch.setattr("feeds.index._MOST_UNSORTED", 3)
    index = Index(sqlite3.connect(":memory:"), settings(), NOW)
    index.create()
    index.known.note("posts", "hello.md", (1, 2, 3, 4))
    index.add_comments([rows.from_comment(comment(f"{n}")) for n in range(comments)])
    index.complete()
    assert index.known.has(1) == (comments > 3)
    index.complete_for_later()
    assert index.known.has(1)
