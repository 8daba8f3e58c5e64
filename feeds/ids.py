"""Ids: what a reader knows a feed, a post and a comment by, for ever (RFC 4287 §4.2.6); permalinks.

Made of what stays: the prefix of `site.toml` and a name. Where `ids` names a preset instead, ids are
those that the site's present feed has, as the program that wrote it makes them, so that a reader who
is moved to ours sees nothing twice. An absolute URI that a post or a comment has as its own `id` is
its id, whatever else is said.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote, unquote, urlsplit

from feeds import urls
from feeds.dates import EPOCH
from feeds.model import Comment, Post, PostType
from feeds.patterns import lazy
from feeds.settings import PRESETS, Settings


def prefix(settings: Settings) -> str:
    """Return what all ids start with that are made of nothing but a name."""
    return settings.url.rstrip("/") + "/" if settings.ids in PRESETS else settings.ids


def feed_id(settings: Settings, part: str) -> str:
    """Return the id of a feed of the site; `part` is `feeds/entries` or `feeds/comments`."""
    home = settings.url.rstrip("/")
    known = _FEEDS.get(settings.ids, {}).get(part)
    return home + known if known else prefix(settings) + part


def permalink(settings: Settings, post: Post) -> str:
    """Return where a post stands: where it says, else where the site's pattern puts it."""
    if post.permalink:
        return post.permalink
    date = post.date or EPOCH
    return urls.permalink(settings.url, settings.permalink, post.name, date, settings.zone)


def post_id(settings: Settings, post: Post) -> str:
    """Return a post's id: its own, if that is an absolute URI, else what `ids` says."""
    if settings.ids not in PRESETS:
        return urls.post_id(settings.ids, post.name, post.id)
    if post.id and urls.is_absolute_uri(post.id):
        return post.id
    return _PRESETS[settings.ids](settings, post)


def comment_id(post: str, comment: Comment) -> str:
    """Return a comment's id, from the id of its post and what the comment itself is called."""
    return urls.comment_id(post, comment.id)


# --- presets --------------------------------------------------------------------------------------


#: What has neither anything to decode or to encode nor a host with capitals: the site, and the path.
_PLAIN = lazy(r"(https?://[a-z0-9.-]+)((?:/[A-Za-z0-9._~-]*)*)")
_PLAIN_NAME = lazy(r"[A-Za-z0-9._~/-]*")


def _jekyll(settings: Settings, post: Post) -> str:
    """Return what jekyll-feed makes of Jekyll's `post.id`: the post's folder, and its slug."""
    address = permalink(settings, post)
    if (plain := _PLAIN.fullmatch(address)) and _PLAIN_NAME.fullmatch(post.name):
        return f"{plain[1]}{plain[2].rstrip('/').rpartition('/')[0]}/{post.name}"
    parts = urlsplit(address)
    folder = parts.path.rstrip("/").rpartition("/")[0]
    # `absolute_url` is Addressable's: each part decoded, in one normal form, and encoded again.
    path = "/".join(
        quote(unicodedata.normalize("NFKC", unquote(part)), safe="!$&'()*+,;=:@")
        for part in f"{folder}/{post.name}".split("/")
    )
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def _wordpress(settings: Settings, post: Post) -> str:
    """Return the guid that the editor gives: `HOME/?p=ID`, where ID is what the post calls its id."""
    if not (post.id or "").isdecimal():
        return permalink(settings, post)
    key = "page_id" if post.type is PostType.PAGE else "p"
    return f"{settings.url.rstrip('/')}/?{key}={post.id}"


def _pelican(settings: Settings, post: Post) -> str:
    """Return the tag that feedgenerator makes of an address and a day (RFC 4151, and a slash)."""
    parts = urlsplit(permalink(settings, post))
    day = f",{post.date:%Y-%m-%d}" if post.date else ""
    return f"tag:{parts.hostname}{day}:{parts.path}/{parts.fragment}"


_PRESETS: Mapping[str, Callable[[Settings, Post], str]] = MappingProxyType(
    {
        "hugo": permalink,
        "jekyll-feed": _jekyll,
        "nikola": permalink,
        "octopress": _jekyll,
        "pelican": _pelican,
        "permalink": permalink,
        "wordpress": _wordpress,
        "zola": permalink,
    }
)
_FEEDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "jekyll-feed": {"feeds/entries": "/feed.xml"},
        "wordpress": {"feeds/entries": "/feed/atom/", "feeds/comments": "/comments/feed/atom/"},
        "zola": {"feeds/entries": "/atom.xml"},
    }
)
