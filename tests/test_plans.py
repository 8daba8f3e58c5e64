"""Which feeds there are."""

from __future__ import annotations

import pytest

from feeds.index import Index
from feeds.model import Blog, CommentPolicy, PostType
from feeds.plans import Plan
from feeds.settings import Settings
from tests.builders import NOW, at, comment, plan_feeds, post, resolve, settings


def index_of(*posts: object, comments: tuple[object, ...] = ()) -> Index:
    blog = Blog(tuple(posts), tuple(comments))  # type: ignore[arg-type]
    return resolve(blog, settings(), NOW)[0]


def paths(index: Index, site: Settings) -> list[str]:
    return [plan.path for plan in plan_feeds(site, index)]


def test_an_empty_blog_has_two_feeds() -> None:
    assert paths(index_of(), settings()) == ["comments", "entries"]


def test_what_others_link_to_comes_first() -> None:
    index = index_of(
        post("a"),
        post("b", published=at("2024-05-02 10:00")),
        comments=(comment(folder="a"), comment(folder="b")),
    )
    assert paths(index, settings()) == ["comments/b", "comments/a", "comments", "entries"]


@pytest.mark.parametrize(
    ("policy", "commented", "expected"),
    [
        (CommentPolicy.AUTO, False, False),
        (CommentPolicy.AUTO, True, True),
        (CommentPolicy.OPEN, False, True),
        (CommentPolicy.OPEN, True, True),
        (CommentPolicy.CLOSED, False, False),
        (CommentPolicy.CLOSED, True, True),
    ],
)
@pytest.mark.parametrize("kind", PostType)
def test_a_post_or_page_has_a_comments_feed_if_there_are_comments_or_it_takes_them(
    policy: CommentPolicy, commented: bool, expected: bool, kind: PostType
) -> None:
    index = index_of(post(comments=policy, type=kind), comments=(comment(),) if commented else ())
    assert ("comments/hello" in paths(index, settings())) is expected
    none_wanted = settings("[feeds]\npost_comments = 0\n")
    assert paths(index, none_wanted) == ["comments", "entries"]


def test_a_hidden_comment_opens_no_feed() -> None:
    index = index_of(post(), comments=(comment(status="spam"),))
    assert paths(index, settings()) == ["comments", "entries"]


def test_each_feed_has_its_limit_and_its_part_of_the_id() -> None:
    site = settings("[feeds]\nentries = 1\ncomments = 2\npost_comments = 3\n")
    of_post, *of_site = plan_feeds(site, index_of(post(), comments=(comment(),)))
    assert of_post.post
    assert of_post.post.post.name == "hello"
    assert [of_post._replace(post=None), *of_site] == [
        Plan("post_comments", "comments/hello", "#comments", 3),
        Plan("comments", "comments", "feeds/comments", 2),
        Plan("entries", "entries", "feeds/entries", 1),
    ]


def test_a_feeds_path_is_safe_whatever_the_posts_name() -> None:
    index = index_of(
        *(post(name, comments=CommentPolicy.OPEN) for name in ("../../etc", "a/b", "CON", ".x"))
    )
    for path in paths(index, settings()):
        assert path.count("/") <= 1
        assert not path.removeprefix("comments/").startswith(".")
