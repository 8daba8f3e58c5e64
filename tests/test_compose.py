"""The words of a feed (design §5), before any format spells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from feeds.compose import compose
from feeds.dates import EPOCH
from feeds.feed import Feed, InReplyTo, Replies
from feeds.model import (
    Blog,
    Body,
    Comment,
    CommentPolicy,
    Enclosure,
    Markup,
    Person,
    Post,
    PostType,
)
from tests.builders import NOW, at, comment, plan_feeds, post, resolve, settings

HELLO = "https://blog.example/2024/05/hello"
HELLO_ID = "tag:blog.example,2024:hello"


def feeds_of(
    posts: Sequence[Post], comments: Sequence[Comment] = (), extra: str = ""
) -> dict[str, Feed]:
    """Every feed of a blog, by its path."""
    site = settings(extra)
    index, _ = resolve(Blog(tuple(posts), tuple(comments)), site, NOW)
    return {plan.path: compose(plan, index, site) for plan in plan_feeds(site, index)}


class TestTheFeed:
    def test_titles_ids_and_addresses_are_those_of_the_contract(self) -> None:
        feeds = feeds_of([post()], [comment()])
        assert {path: (f.title, f.id, f.address, f.alternate_url) for path, f in feeds.items()} == {
            "entries": (
                "A blog",
                "tag:blog.example,2024:feeds/entries",
                "https://blog.example/feeds/entries",
                "https://blog.example/",
            ),
            "comments": (
                "Comments for A blog",
                "tag:blog.example,2024:feeds/comments",
                "https://blog.example/feeds/comments",
                "https://blog.example/",
            ),
            "comments/hello": (
                "Comments on: Hello",
                f"{HELLO_ID}#comments",
                "https://blog.example/feeds/comments/hello",
                HELLO,
            ),
        }

    def test_the_address_of_a_posts_feed_is_that_of_its_file(self) -> None:
        feeds = feeds_of([post("é b")], [comment(folder="é b")])
        assert feeds["comments/é b"].address == "https://blog.example/feeds/comments/%C3%A9%20b"

    def test_what_the_site_says_stands_in_every_feed(self) -> None:
        said = 'description = "D"\nrights = "© R"\nlanguage = "de"\nauthor = "Bea"\nicon = "https://i.example/i"\nlogo = "https://i.example/l"\n'
        for feed in feeds_of([post()], [comment()], said).values():
            assert (feed.subtitle, feed.rights, feed.language) == ("D", "© R", "de")
            assert (feed.author, feed.icon, feed.logo) == (
                Person("Bea"),
                "https://i.example/i",
                "https://i.example/l",
            )

    def test_the_labels_are_those_of_the_footer(self) -> None:
        said = '[footer]\nentries = "Beiträge"\ncomments = "Kommentare"\n'
        feeds = feeds_of([post()], [comment()], said)
        assert {path: feed.label for path, feed in feeds.items()} == {
            "entries": "Beiträge",
            "comments": "Kommentare",
            "comments/hello": "Kommentare",
        }

    def test_its_date_is_that_of_the_newest_change_it_shows(self) -> None:
        feeds = feeds_of(
            [post("old", updated=at("2024-05-20 10:00")), post("new", published=at("2024-05-10"))],
            [comment(folder="old"), comment("2", folder="old", published=at("2024-05-03 10:00"))],
            "[feeds]\nentries = 1\n",
        )
        assert feeds["entries"].updated == at("2024-05-10")  # "old" is not among what it shows
        assert feeds["comments"].updated == at("2024-05-03 10:00")
        assert feeds["comments/old"].updated == at("2024-05-03 10:00")

    def test_an_empty_one_has_its_posts_date_else_the_newest_posts_else_the_epochs(self) -> None:
        older = post("older", comments=CommentPolicy.OPEN, published=at("2024-04-01 10:00"))
        feeds = feeds_of([older, post("newer")])
        assert feeds["comments/older"].updated == at("2024-04-01 10:00")
        assert feeds["comments"].updated == at("2024-05-01 10:00")
        assert feeds_of([post(type=PostType.PAGE)])["entries"].updated == at("2024-05-01 10:00")
        assert {feed.updated for feed in feeds_of([]).values()} == {EPOCH}

    @pytest.mark.parametrize("zone", ["UTC", "Pacific/Tongatapu"])
    def test_every_time_is_in_utc(self, zone: str) -> None:
        for feed in feeds_of([post()], [comment()], f'timezone = "{zone}"\n').values():
            for moment in (feed.updated, feed.entries[0].published, feed.entries[0].updated):
                assert moment
                assert moment.utcoffset() == at("2024-05-01").utcoffset()


class TestAnEntry:
    def test_it_says_what_its_post_says(self) -> None:
        said = post(
            title="A <b>bold</b> & plain title",
            updated=at("2024-05-07 10:00"),
            authors=(Person("Ann", "https://ann.example/"), Person("Bea")),
            categories=("Boats", "News"),
            tags=("news", "Boats"),
            language="fr",
            enclosures=(Enclosure("https://blog.example/a.mp3", "audio/mpeg", 7),),
            image="https://blog.example/a.png",
        )
        (entry,) = feeds_of([said])["entries"].entries
        assert (entry.id, entry.permalink, entry.title) == (HELLO_ID, HELLO, said.title)
        assert (entry.published, entry.updated) == (said.published, said.updated)
        assert (entry.authors, entry.language) == (said.authors, "fr")
        assert entry.categories == ("Boats", "News", "news")  # each once, categories first
        assert (entry.enclosures, entry.image) == (said.enclosures, said.image)

    def test_the_site_is_the_author_when_a_post_names_nobody(self) -> None:
        (entry,) = feeds_of([post()], extra='author = "Bea"\n')["entries"].entries
        assert entry.authors == (Person("Bea"),)

    def test_its_content_is_whole_and_its_links_absolute(self) -> None:
        body = Body("Before.\n\n<!--more-->\n\n[here](/x) and [there](#y)")
        (entry,) = feeds_of([post(body=body)])["entries"].entries
        assert entry.content
        assert '<a href="https://blog.example/x">' in entry.content
        assert f'<a href="{HELLO}#y">' in entry.content
        assert "Before." in entry.content

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"excerpt": Body("Own *words*.")}, "<p>Own <em>words</em>.</p>"),
            (
                {"excerpt": Body("Own."), "body": Body("Before.\n\n<!--more-->\n\nAfter.")},
                "<p>Own.</p>",
            ),
            ({"body": Body("Before.\n\n<!--more-->\n\nAfter.")}, "<p>Before.</p>"),
            (
                {"body": Body("<p>Before.<!-- more -->After.</p>", Markup.HTML)},
                "<p>Before.</p>",
            ),
            ({"body": Body("w " * 55)}, ("w " * 55).strip()),
            ({"body": Body("w " * 56)}, "w " * 55 + "[…]"),
            ({"body": Body("1 < 2 & *so* on")}, "1 &lt; 2 &amp; so on"),
            ({"body": Body("![](/a.png)")}, ""),
            ({"body": Body("")}, ""),
        ],
    )
    def test_its_summary_is_the_authors_else_the_start(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        (entry,) = feeds_of([post("hello", **changes)])["entries"].entries
        assert entry.summary == expected

    def test_a_site_of_summaries_shows_comments_whole_all_the_same(self) -> None:
        feeds = feeds_of([post()], [comment()], '[feeds]\ncontent = "summary"\n')
        assert feeds["entries"].entries[0].content is None
        assert feeds["comments"].entries[0].content == "<p>Well said.</p>"


class TestReplies:
    @pytest.mark.parametrize("policy", [CommentPolicy.AUTO, CommentPolicy.CLOSED])
    def test_where_there_are_none_and_none_are_awaited_nothing_is_said(
        self, policy: CommentPolicy
    ) -> None:
        assert feeds_of([post(comments=policy)])["entries"].entries[0].replies is None

    def test_where_some_are_awaited_there_are_0(self) -> None:
        (entry,) = feeds_of([post(comments=CommentPolicy.OPEN)])["entries"].entries
        assert entry.replies == Replies(
            count=0,
            updated=None,
            page_url=f"{HELLO}#comments",
            feed_address="https://blog.example/feeds/comments/hello",
        )

    def test_all_public_ones_are_counted_not_only_those_that_their_feed_shows(self) -> None:
        said = [
            comment("1"),
            comment("2", published=at("2024-05-03 10:00")),
            comment("3", status="spam", published=at("2024-05-04 10:00")),
        ]
        feeds = feeds_of([post()], said, "[feeds]\npost_comments = 1\ncomments = 1\n")
        replies = feeds["entries"].entries[0].replies
        assert replies
        assert (replies.count, replies.updated) == (2, at("2024-05-03 10:00"))
        assert len(feeds["comments/hello"].entries) == 1

    def test_without_feeds_for_posts_no_link_leads_to_one(self) -> None:
        said = [comment("1"), comment("2", parent="1")]
        feeds = feeds_of([post()], said, "[feeds]\npost_comments = 0\n")
        assert list(feeds) == ["comments", "entries"]
        replies = feeds["entries"].entries[0].replies
        assert replies
        assert (replies.count, replies.feed_address) == (2, None)
        answered = feeds["comments"].entries[0].in_reply_to
        assert answered
        assert answered.source_address is None

    def test_new_comments_do_not_make_the_post_new(self) -> None:
        late = comment(published=at("2024-05-31 10:00"))
        before, after = feeds_of([post()])["entries"], feeds_of([post()], [late])["entries"]
        assert before.updated == after.updated
        assert before.entries[0].updated == after.entries[0].updated


class TestAComment:
    def test_it_names_its_post_where_many_posts_are_about_and_only_its_author_elsewhere(
        self,
    ) -> None:
        feeds = feeds_of([post()], [comment()])
        assert feeds["comments"].entries[0].title == "Comment on Hello by Ann"
        assert feeds["comments/hello"].entries[0].title == "By: Ann"

    def test_it_is_the_same_entry_in_both_feeds(self) -> None:
        feeds = feeds_of([post()], [comment("1"), comment("2", parent="1")])
        both = zip(feeds["comments"].entries, feeds["comments/hello"].entries, strict=True)
        for one, other in both:
            assert (one.id, one.permalink, one.content) == (
                other.id,
                other.permalink,
                other.content,
            )
            assert one.in_reply_to == other.in_reply_to

    def test_it_says_who_where_and_when(self) -> None:
        ann = Person("Ann", "https://ann.example/")
        said = comment(author=ann, updated=at("2024-05-03 10:00"))
        (entry,) = feeds_of([post()], [said])["comments"].entries
        assert (entry.id, entry.permalink) == (f"{HELLO_ID}#comment-1", f"{HELLO}#comment-1")
        assert entry.authors == (ann,)
        assert (entry.published, entry.updated) == (said.published, said.updated)
        assert (entry.summary, entry.content) == ("Well said.", "<p>Well said.</p>")

    def test_it_answers_its_post(self) -> None:
        (entry,) = feeds_of([post()], [comment()])["comments"].entries
        assert entry.in_reply_to == InReplyTo(
            ref=HELLO_ID, href=HELLO, source_address="https://blog.example/feeds/entries"
        )

    def test_on_a_page_it_answers_what_stands_in_no_feed(self) -> None:
        (entry,) = feeds_of([post(type=PostType.PAGE)], [comment()])["comments"].entries
        assert entry.in_reply_to == InReplyTo(ref=HELLO_ID, href=HELLO, source_address=None)

    def test_a_reply_answers_the_comment(self) -> None:
        reply, _ = feeds_of([post()], [comment("1"), comment("2", parent="1")])["comments"].entries
        assert reply.in_reply_to == InReplyTo(
            ref=f"{HELLO_ID}#comment-1",
            href=f"{HELLO}#comment-1",
            source_address="https://blog.example/feeds/comments/hello",
        )

    def test_a_reply_opens_with_a_line_that_names_and_links_what_it_answers(self) -> None:
        said = [comment("1", author=Person('Ann & "Bea"')), comment("2", parent="1")]
        reply, first = feeds_of([post()], said)["comments"].entries
        assert reply.content == (
            f'<p>In reply to <a href="{HELLO}#comment-1">Ann &amp; "Bea"</a>.</p>\n<p>Well said.</p>'
        )
        assert reply.summary == "Well said."  # the line is not what was said
        assert first.content == "<p>Well said.</p>"

    def test_a_reply_to_what_is_hidden_answers_the_post_and_names_nobody(self) -> None:
        said = [comment("1", status="spam"), comment("2", parent="1")]
        (reply,) = feeds_of([post()], said)["comments"].entries
        assert reply.content == "<p>Well said.</p>"
        assert reply.in_reply_to
        assert reply.in_reply_to.ref == HELLO_ID

    def test_what_strangers_write_is_cleaned_more_than_what_the_author_writes(self) -> None:
        body = Body('<img src="/a.png"><script>x</script>Text.', Markup.HTML)
        feeds = feeds_of([post(body=body)], [comment(body=body)])
        assert feeds["entries"].entries[0].content == '<img src="https://blog.example/a.png">Text.'
        assert feeds["comments"].entries[0].content == "Text."
