"""Plan + index → `Feed`: the words of design §5, which follow WordPress so that readers know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from types import MappingProxyType

from feeds import ids, markup, references
from feeds.dates import EPOCH, utc
from feeds.feed import Entry, Feed, InReplyTo, Replies
from feeds.index import Index
from feeds.markup import Policy
from feeds.model import CommentPolicy, Person, Post, PostType
from feeds.plans import Kind, Plan, has_comments_feed, post_comments_path
from feeds.public import PublicComment, PublicPost
from feeds.settings import Settings
from feeds.urls import output_url

_ENTRIES_PATH = "entries"


def compose(plan: Plan, index: Index, settings: Settings) -> Feed:
    """Return the feed that a plan asks for."""
    return _RECIPES[plan.kind](plan, index, settings)


def latest(entries: Iterable[Entry], otherwise: datetime) -> datetime:
    """Return a feed's date: that of the newest change among what it shows, never the clock's."""
    return max((entry.updated for entry in entries), default=otherwise)


def without_content(entry: Entry) -> Entry:
    """Return the entry as a summary."""
    return entry._replace(content=None)


# --- feeds ----------------------------------------------------------------------------------------


def _entries_feed(plan: Plan, index: Index, settings: Settings) -> Feed:
    entries = [_post_entry(post, index, settings) for post in index.entries(plan.limit)]
    return _feed(
        plan,
        settings,
        title=settings.title,
        label=settings.footer.entries,
        entries=entries,
        otherwise=_newest_change(index),
    )


def _comments_feed(plan: Plan, index: Index, settings: Settings) -> Feed:
    comments = index.comments(plan.limit)
    entries = [
        entry._replace(title=f"Comment on {_title(c.post)} by {c.comment.author.name}")
        for c, entry in zip(comments, _comment_entries(comments, settings), strict=True)
    ]
    return _feed(
        plan,
        settings,
        title=f"Comments for {settings.title}",
        label=settings.footer.comments,
        entries=entries,
        otherwise=_newest_change(index),
    )


def _post_comments_feed(plan: Plan, index: Index, settings: Settings) -> Feed:
    return post_comments_feeds([plan], index, settings)[0]


def post_comments_feeds(plans: Sequence[Plan], index: Index, settings: Settings) -> list[Feed]:
    """Return the comments feeds of posts, which are all of one limit.

    One step after the other with all of them takes a third less than one feed after the other: the
    processor has at hand what it does.
    """
    posts = [plan.post for plan in plans if plan.post]
    threads = index.threads_on(posts, plans[0].limit) if plans else []
    entries = iter(_comment_entries(list(chain.from_iterable(threads)), settings))
    return [
        _feed(
            plan,
            settings,
            title=f"Comments on: {_title(post)}",
            label=settings.footer.comments,
            entries=islice(entries, len(thread)),
            otherwise=utc(post.updated),
            about=post,
        )
        for plan, post, thread in zip(plans, posts, threads, strict=True)
    ]


_RECIPES: Mapping[Kind, Callable[[Plan, Index, Settings], Feed]] = MappingProxyType(
    {
        "entries": _entries_feed,
        "comments": _comments_feed,
        "post_comments": _post_comments_feed,
    }
)


def _feed(
    plan: Plan,
    settings: Settings,
    *,
    title: str,
    label: str,
    entries: Iterable[Entry],
    otherwise: datetime,
    about: PublicPost | None = None,
) -> Feed:
    shown = tuple(entries)
    return Feed(
        id=about.id + plan.id_part if about else ids.feed_id(settings, plan.id_part),
        title=title,
        address=output_url(settings.feeds_url, plan.path),
        label=label,
        alternate_url=about.permalink if about else settings.url,
        subtitle=settings.description,
        rights=settings.rights,
        language=settings.language,
        author=Person(settings.author),
        updated=latest(shown, otherwise),
        icon=settings.icon,
        logo=settings.logo,
        entries=shown,
    )


def _newest_change(index: Index) -> datetime:
    return utc(index.newest_update() or EPOCH)


def _title(post: PublicPost) -> str:
    return post.post.title


# --- entries --------------------------------------------------------------------------------------


def _post_entry(public: PublicPost, index: Index, settings: Settings) -> Entry:
    post = public.post._replace(
        body=public.post.body._replace(
            text=references.resolved(public.post.body.text, index.pages)
        ),
    )
    policy = Policy(comment=False, depth=settings.limits.depth)
    content = markup.to_html(post.body, public.permalink, policy)
    return Entry(
        id=public.id,
        title=post.title,
        permalink=public.permalink,
        published=utc(public.published) if public.published else None,
        updated=utc(public.updated),
        authors=post.authors or (Person(settings.author),),
        summary=_summary(post, public.permalink, content, policy),
        content=content if settings.feeds.content == "full" else None,
        categories=tuple(dict.fromkeys((*post.categories, *post.tags))),
        language=post.language,
        enclosures=post.enclosures,
        image=post.image,
        replies=_replies(public, settings),
    )


def _summary(post: Post, permalink: str, content: str, policy: Policy) -> str:
    """Return the author's own excerpt, else what stands before `<!--more-->`, else 55 words."""
    own = post.excerpt or markup.split_at_more(post.body)
    if own:
        return markup.to_html(own, permalink, policy)
    return markup.escaped(markup.excerpt_of(content))


def _replies(public: PublicPost, settings: Settings) -> Replies | None:
    """Say where the comments are, if there are any or there may be some.

    A new comment changes these figures and never the entry's `updated` (RFC 4685 §6), so that no
    reader marks the post unread.
    """
    if not public.count and public.post.comments is not CommentPolicy.OPEN:
        return None
    feed = output_url(settings.feeds_url, post_comments_path(public.output_name))
    return Replies(
        count=public.count,
        updated=utc(public.last_comment) if public.last_comment else None,
        page_url=public.permalink.partition("#")[0] + "#comments",
        feed_address=feed if has_comments_feed(public, settings) else None,
    )


def _comment_entries(comments: Sequence[PublicComment], settings: Settings) -> list[Entry]:
    policy = Policy(comment=True, images=settings.comments.images, depth=settings.limits.depth)
    contents = [markup.to_html(c.comment.body, c.post.permalink, policy) for c in comments]
    summaries = list(map(markup.excerpt_of, contents))
    escaped = list(map(markup.escaped, summaries))
    posts: dict[str, InReplyTo] = {}
    entries = []
    for public, content, summary, shown in zip(comments, contents, summaries, escaped, strict=True):
        comment, post, parent = public.comment, public.post, public.parent
        if post.id not in posts:
            posts[post.id] = _answer_to_post(post, settings)
        published = utc(public.published) if public.published else None
        # Most were never changed.
        is_as_published = public.updated is public.published
        entries.append(
            Entry(
                id=public.id,
                title=f"By: {comment.author.name}",
                permalink=public.permalink,
                published=published,
                updated=published if published and is_as_published else utc(public.updated),
                authors=(comment.author,),
                summary=shown,
                summary_text=summary,
                content=_answer_line(parent) + content if parent else content,
                in_reply_to=_answer_to_comment(parent, settings) if parent else posts[post.id],
            )
        )
    return entries


def _answer_line(parent: PublicComment) -> str:
    """Name the answered comment, for the readers that know nothing of threads (most of them)."""
    href = markup.escaped(parent.permalink).replace('"', "&quot;")
    return (
        f'<p>In reply to <a href="{href}">{markup.escaped(parent.comment.author.name)}</a>.</p>\n'
    )


def _answer_to_comment(answered: PublicComment, settings: Settings) -> InReplyTo:
    # A comment stands in the comments feed of its post, if posts have one.
    has_feed = settings.feeds.post_comments > 0
    path = post_comments_path(answered.post.output_name)
    source = output_url(settings.feeds_url, path) if has_feed else None
    return InReplyTo(ref=answered.id, href=answered.permalink, source_address=source)


def _answer_to_post(post: PublicPost, settings: Settings) -> InReplyTo:
    is_entry = post.post.type is PostType.POST
    source = output_url(settings.feeds_url, _ENTRIES_PATH) if is_entry else None
    return InReplyTo(ref=post.id, href=post.permalink, source_address=source)
