"""Where other systems have their feeds: the addresses that subscribers may still have.

Data, and nothing of any server. An address may ask by its query for what another asks for by its
path (`/?feed=atom`, `/feed/atom/`). So each parameter that counts is told as what it adds to the
path; a server puts the two together and has one list to look at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Literal

from feeds import urls
from feeds.settings import Settings

Kind = Literal["entries", "comments"]
OldFormat = Literal["rss", "atom"]
#: A number, in a path of this module.
NUMBER = "*"


class System(StrEnum):
    """What made the site until now."""

    WORDPRESS = "wordpress"
    JEKYLL = "jekyll"
    HUGO = "hugo"
    PELICAN = "pelican"
    NIKOLA = "nikola"
    ZOLA = "zola"
    GHOST = "ghost"
    BLOGGER = "blogger"
    OCTOPRESS = "octopress"
    #: All of them together.
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Address:
    """An address of one of the site's own feeds."""

    #: From the home page on, without slashes at its ends.
    path: str
    kind: Kind
    format: OldFormat


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter that says which feed is wanted."""

    name: str
    values: tuple[str, ...]
    #: What those values are worth in a path, from its slash on.
    suffix: str


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands behind the address of a post where its comments feed is."""

    path: str
    format: OldFormat


@dataclass(frozen=True, slots=True)
class OldAddresses:
    """All that is known of the addresses of a system."""

    site: tuple[Address, ...]
    #: What may stand between the home page and those; `*` is a number.
    starts: tuple[str, ...] = ("",)
    tails: tuple[Tail, ...] = ()
    #: Whether the tails follow a post's own address.
    at_permalinks: bool = False
    parameters: tuple[Parameter, ...] = ()
    #: The last part of a path that makes a comments feed of what it ends, and may follow one.
    comments_mark: str = ""
    #: Parameters that hold a post's number, at the home page.
    numbers: tuple[str, ...] = ()
    #: The file that takes a number, too, and answers with the comments on that post.
    numbered_file: str = ""
    #: Where a post's number is part of the path, as `*`; the tails follow it.
    numbered_path: str = ""
    #: Parameters that ask for a part of the posts: a category, a tag, a month.
    archives: tuple[str, ...] = ()
    #: What is left alone, in words; empty if nothing is.
    left_alone: str = ""

    def paths(self, kind: Kind, format: OldFormat) -> tuple[str, ...]:
        """Return the paths of one of the site's feeds."""
        return tuple(a.path for a in self.site if (a.kind, a.format) == (kind, format))


# --- WordPress ------------------------------------------------------------------------------------

#: RSS 1.0 and 0.92 went the way of all formats: whoever asks gets RSS 2.0. `old` is where
#: `wp-commentsrss2.php` leads.
_RSS = ("feed", "feed/rss2", "feed/rss", "feed/rdf", "feed/feed", "feed/old", "rss2", "rss", "rdf")
_ATOM = ("feed/atom", "atom")
_TAILS = tuple(
    tail
    for prefix in ("", "comments/")
    for tail in (
        *(Tail(prefix + path, "rss") for path in _RSS),
        *(Tail(prefix + path, "atom") for path in _ATOM),
    )
)


def _wordpress_site() -> Iterator[Address]:
    for tail in _TAILS:
        kind: Kind = "comments" if tail.path.startswith("comments/") else "entries"
        yield Address(tail.path, kind, tail.format)
    for name in ("wp-rss.php", "wp-rss2.php", "wp-rdf.php", "wp-feed.php"):
        yield Address(name, "entries", "rss")
    yield Address("wp-atom.php", "entries", "atom")
    yield Address("wp-commentsrss2.php", "comments", "rss")


_WORDPRESS = OldAddresses(
    site=tuple(_wordpress_site()),
    # The second page of a feed is the feed: it has no second page here.
    starts=("", "index.php", f"page/{NUMBER}", f"index.php/page/{NUMBER}"),
    tails=_TAILS,
    at_permalinks=True,
    parameters=(
        Parameter("feed", ("rss2", "rss", "rdf", "feed"), "/feed"),
        Parameter("feed", ("atom",), "/feed/atom"),
        Parameter("feed", ("comments-rss2", "comments-rss", "comments-rdf"), "/comments/feed"),
        Parameter("feed", ("comments-atom",), "/comments/feed/atom"),
        Parameter("withcomments", ("1",), "/withcomments"),
    ),
    comments_mark="withcomments",
    numbers=("p", "page_id", "attachment_id"),
    numbered_file="wp-commentsrss2.php",
    # Not `author`: WordPress sends `/?author=3&feed=rss2` to the feed of all posts.
    archives=(
        "attachment",
        "author_name",
        "cat",
        "category_name",
        "day",
        "m",
        "monthnum",
        "name",
        "pagename",
        "post_type",
        "s",
        "tag",
        "tag_id",
        "taxonomy",
        "term",
        "w",
        "year",
    ),
    left_alone="feeds of a category, a tag, an author, a date or a search",
)


# --- Blogger --------------------------------------------------------------------------------------

_WINDOWS = ("default", "full", "summary")
_BLOGGER_TAILS = (
    *(Tail(window, "atom") for window in _WINDOWS),
    *(Tail(f"{window}/rss", "rss") for window in _WINDOWS),
)
_BLOGGER = OldAddresses(
    site=(
        *(Address(f"feeds/posts/{tail.path}", "entries", tail.format) for tail in _BLOGGER_TAILS),
        *(
            Address(f"feeds/comments/{tail.path}", "comments", tail.format)
            for tail in _BLOGGER_TAILS
        ),
        Address("atom.xml", "entries", "atom"),
        Address("rss.xml", "entries", "rss"),
    ),
    tails=_BLOGGER_TAILS,
    parameters=(Parameter("alt", ("rss",), "/rss"),),
    numbered_path=f"feeds/{NUMBER}/comments",
    left_alone="feeds of a label",
)


# --- the others: a few files ----------------------------------------------------------------------


def _files(
    left_alone: str, *, atom: tuple[str, ...] = (), rss: tuple[str, ...] = ()
) -> OldAddresses:
    return OldAddresses(
        site=(
            *(Address(path, "entries", "atom") for path in atom),
            *(Address(path, "entries", "rss") for path in rss),
        ),
        left_alone=left_alone,
    )


_SYSTEMS = {
    System.WORDPRESS: _WORDPRESS,
    # The plugin jekyll-feed writes Atom, whatever the file is called.
    System.JEKYLL: _files(
        "feeds of a category, a tag or a collection",
        atom=("feed.xml", "atom.xml", "feed"),
        rss=("rss.xml",),
    ),
    System.HUGO: _files("feeds of other sections, and of tags", rss=("index.xml", "feed.xml")),
    System.PELICAN: _files(
        "feeds of a category or a tag",
        atom=("feeds/all.atom.xml", "feeds/atom.xml"),
        rss=("feeds/all.rss.xml", "feeds/rss.xml"),
    ),
    System.NIKOLA: _files("feeds of a category or a tag", rss=("rss.xml", "feed.xml")),
    System.ZOLA: _files("feeds of a section or a tag", atom=("atom.xml",), rss=("rss.xml",)),
    System.GHOST: _files("feeds of a tag or an author", rss=("rss", "feed")),
    System.BLOGGER: _BLOGGER,
    System.OCTOPRESS: _files("feeds of a category", atom=("atom.xml",)),
}
#: Sections that Hugo's themes and its own documentation call the blog.
_SECTIONS = ("posts", "post", "blog")
#: A year is none.
_SECTION = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def of(system: System, site: Settings, folders: Sequence[str]) -> OldAddresses:
    """Return what is known of a system.

    Args:
        system: which one; `ANY` is all of them, and where they have the same feed in two formats
            at one address, the first one's: every reader takes either.
        site: whose author may have a feed of his own in Pelican.
        folders: the first folder of each post's address, `""` where it has none: Hugo has a feed
            for each.
    """
    chosen = list(_SYSTEMS) if system is System.ANY else [system]
    found = [_SYSTEMS[name] for name in chosen]
    more: list[Address] = []
    if System.HUGO in chosen:
        more += (Address(f"{name}/index.xml", "entries", "rss") for name in _sections(folders))
    if System.PELICAN in chosen and (author := urls.folded(site.author)):
        more += (Address(f"feeds/{author}.atom.xml", "entries", "atom"),)
        more += (Address(f"feeds/{author}.rss.xml", "entries", "rss"),)
    addresses: dict[str, Address] = {}
    for address in (*chain.from_iterable(item.site for item in found), *more):
        addresses.setdefault(address.path, address)
    return OldAddresses(
        site=tuple(addresses.values()),
        starts=tuple(dict.fromkeys(chain.from_iterable(item.starts for item in found))),
        tails=tuple(chain.from_iterable(item.tails for item in found)),
        at_permalinks=any(item.at_permalinks for item in found),
        parameters=tuple(chain.from_iterable(item.parameters for item in found)),
        comments_mark=next((item.comments_mark for item in found if item.comments_mark), ""),
        numbers=tuple(chain.from_iterable(item.numbers for item in found)),
        numbered_file=next((item.numbered_file for item in found if item.numbered_file), ""),
        numbered_path=next((item.numbered_path for item in found if item.numbered_path), ""),
        archives=tuple(chain.from_iterable(item.archives for item in found)),
        left_alone=found[0].left_alone if len(found) == 1 else "feeds of a part of the posts",
    )


def _sections(folders: Sequence[str]) -> list[str]:
    """Return the sections of Hugo's that hold most of the posts, or are called like that.

    A subscriber of a small section would suddenly get everything.
    """
    counts = Counter(name for name in folders if _SECTION.fullmatch(name))
    main = [name for name in sorted(counts) if 2 * counts[name] > len(folders)]
    return [*main, *(name for name in _SECTIONS if name not in counts)]
