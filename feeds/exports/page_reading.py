"""One page read from end to end: its head, its text, its comments, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds import urls
from feeds.errors import ContentError, Problem, Severity, quoted
from feeds.exports import (
    LeftOut,
    Site,
    page_body,
    page_comments,
    page_content,
    page_dates,
    page_facts,
    page_head,
    page_kind,
    page_source,
    page_thread,
)
from feeds.exports.page_comments import Place, Sorted
from feeds.exports.page_dates import UNPLACED
from feeds.exports.page_links import Links, is_in_saved_folder, without_addresses, without_archive
from feeds.exports.page_source import Decoded
from feeds.exports.page_tree import Element, Tree, text_of, walk
from feeds.markup import display_name, escaped, one_line
from feeds.model import Body, CommentPolicy, Markup, Person, Post
from feeds.settings import Limits
from feeds.sources import native
from feeds.sources.page_furniture import Aside
from feeds.urls import folded

_LOST = "the others are not in the file, or were not recognised"
_MAX_SUBJECT = 200
_FOOTERS = frozenset(
    {"site-footer", "site-info", "copyright", "credits", "credit", "footer", "colophon"}
)


class Reading:
    """Reads one page; what has to be said about it gathers in `warnings`, furniture in `aside`.

    Everything that is asked of the head is asked before the text loses its furniture.
    """

    def __init__(
        self, tree: Tree, source: Decoded, shown: str, address: str, limits: Limits
    ) -> None:
        """Find out what is where.

        Raises:
            ContentError: the page lists posts and is none.
        """
        self.warnings: list[Problem] = []
        self.aside = Aside()
        self._tree, self._text, self._shown, self._limits = tree, source.text, shown, limits
        self._thread = page_thread.find(tree.root)
        self._head = head = page_head.read(tree.root, self._thread)
        said = page_head.address(head, page_source.saved_from(source.text))
        if number := page_kind.posts_listed(head, self._thread, said):
            raise ContentError(f"the page lists {number} posts", "save the page of each post")
        self._address = address or said
        self._links = Links(self._address, page_head.base(head, self._address))
        self._home = page_head.home(head, self._address)
        self._site_title = page_head.site_title(head)
        self._title = page_head.title(head, self._site_title)
        self._stated = page_comments.stated(tree.root, self._thread, head.told)
        self._is_closed = page_kind.are_closed(tree.root, self._thread)
        if source.doubt:
            self._warn(source.doubt, "look at the accents in what was written")
        if not self._address:
            self._warn("does not say where it stood on the web", "give its address with --url")
        for page in page_kind.other_pages(tree.root, self._address)[:10]:
            self._warn(f"comments page {page} is not in this file", "save that page, too")
        self._said = page_comments.gather(self._thread, self._links, head.told)
        self._read_post()
        if not self._title:
            raise ContentError("the page has no title", "write the post by hand")

    def _warn(self, what: str, remedy: str = "") -> None:
        self.warnings.append(Problem(self._shown, what, remedy, severity=Severity.WARNING))

    # The post

    def _read_post(self) -> None:
        head = self._head
        page_body.read_footer([*head.having(_is_footer)], self.aside)
        self._authors = page_facts.authors(head)
        self._labels = page_facts.labels(head)
        published, modified = page_facts.published(head), page_facts.modified(head)
        self._image = next((e.get("src") for e in head.having(_is_featured)), "")
        content = page_content.find(self._tree, self._title, self._thread)
        page_content.furnish(content, self.aside, self._thread.owners)
        pictures = (e for top in content.tops for e in walk(top) if e.tag == "img")
        if number := sum(is_in_saved_folder(picture) for picture in pictures):
            are = "picture is" if number == 1 else "pictures are"
            what = f"{number} {are} in the folder that the browser made beside the page"
            self._warn(what, "put their addresses into the post by hand, or save the page's source")
        author = self._authors[0] if self._authors else ""
        self._body = page_body.read(content, self._title, author, self._links, self.aside)
        if not page_body.has_text(content) and not self._said:
            raise self._nothing()
        if (size := len(self._body.html.encode("utf-8", "replace"))) > self._limits.post:
            what = f"its text has {size:,} bytes, and a post at most {self._limits.post:,}"
            raise ContentError(what, "raise `post` below [limits], or tell where the text is")
        self._published = published or self._body.moment
        self._modified = modified
        moments = [self._published, modified, *(said.moment for said in self._said)]
        self._zones = page_dates.zones(moments)
        unplaced = sum(moment is not None and moment.tzinfo is UNPLACED for moment in moments)
        if unplaced and not self._zones.are_local:
            self._warn(
                f"{_many(unplaced, 'date')} without a zone read as UTC",
                "set the right offset where the hour matters",
            )

    def _nothing(self) -> ContentError:
        count = len(self.aside.listed())
        title = quoted(self._title)
        if count:
            what = f"besides the title {title} there is nothing but furniture ({count} pieces)"
            return ContentError(what, "tell where the text is, with a selector of CSS")
        return ContentError(f"there is nothing on the page but its title, {title}", "save it again")

    @property
    def _key(self) -> str:
        """What the page calls its post."""
        return self._address or self._shown

    def post(self) -> Post:
        """Return the post."""
        number = page_head.number(self._head, self._address)
        published = self._zones.placed(self._published)
        modified = self._zones.placed(self._modified)
        is_newer = modified is not None and (published is None or modified > published)
        names = self._authors or ([self._body.author] if self._body.author else [])
        categories, tags = self._labels
        image = (
            urls.absolute(self._links.base, without_archive(self._image)) if self._image else None
        )
        return Post(
            path=self._key,
            name=native.post_name(self._address or None, self._title),
            title=self._title,
            body=Body(self._body.html, Markup.HTML),
            published=published,
            updated=modified if is_newer else None,
            authors=tuple(Person(display_name(name, self._limits.name)) for name in names),
            permalink=self._address or None,
            # WordPress makes the guid of the number, and never changes it.
            id=f"{self._home}?p={number}" if number else self._address or None,
            excerpt=self._excerpt(),
            categories=categories,
            tags=tags,
            comments=CommentPolicy.CLOSED if self._is_closed else CommentPolicy.AUTO,
            image=image,
            aliases=(f"/?p={number}",) if number else (),
        )

    def _excerpt(self) -> Body | None:
        """Return the page's description, if somebody wrote it: it is not the text's start."""
        said = self._head.said("og:description", "description", "twitter:description")
        plain = folded(said.rstrip(" .…[]"))
        is_short = len(plain) < 20 or said.endswith(("…", "...", "[…]", "[...]"))
        is_sites = plain == folded(self._description())
        text = re.sub(r"<[^>]*>", " ", self._body.html) if not is_short else ""
        if is_short or is_sites or plain in folded(text):
            return None
        return Body(escaped(said), Markup.HTML)

    # The comments

    @property
    def responses(self) -> int | None:
        """How many comments the page says there are."""
        return self._stated.stated if self._stated else self._body.stated

    def comments(self, *, pings: bool) -> Sorted:
        """Return the comments; differences to what the page says of them are warnings."""
        lines = page_source.lines_of_ids(self._text)
        place = Place(path=self._shown, folder=self._key, lines=lines)
        found = page_comments.values(self._said, place, self._zones, self._limits, pings=pings)
        stated = self.responses
        # Some themes count pings apart, and some what was removed.
        ways = {found.there, found.there - found.pings, found.there + found.hidden}
        if stated is not None and stated not in ways:
            self._warn(f"the page says {_many(stated, 'response')} and has {found.there}", _LOST)
        if found.unread_dates:
            first = quoted(found.unread_dates[0])
            what = f"{_many(len(found.unread_dates), 'date')} cannot be read, the first is {first}"
            self._warn(what, "write them into the comments by hand")
        if found.cut:
            what = (
                f"{_many(found.cut, 'comment')} over {self._limits.comment:,} characters were cut"
            )
            self._warn(what, "raise `comment` below [limits]")
        return found

    # The site

    def site(self) -> Site:
        """Return what the page says of its site."""
        language = page_facts.language(self._head)
        if not language and self._stated and self._stated.language != "en":
            language = self._stated.language
        return Site(
            title=self._site_title or self._body.site,
            url=self._home,
            description=self._description(),
            language=language,
        )

    def _description(self) -> str:
        element = next(self._head.having(_is_tagline), None)
        return text_of(element) if element else ""

    def furniture(self) -> Iterator[LeftOut]:
        """Yield what was on the page and is neither the post nor a comment."""
        for left in self.aside.listed():
            text = without_addresses(one_line(left.text))
            subject = text if len(text) <= _MAX_SUBJECT else text[: _MAX_SUBJECT - 1] + "…"
            yield LeftOut("furniture", left.what, subject)


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _is_footer(element: Element) -> bool:
    named = {*element.classes, element.get("id").lower()}
    is_footer = element.tag == "footer" or bool(named & _FOOTERS)
    return is_footer and not any(
        above.tag in {"article", "section"} for above in element.ancestors()
    )


def _is_featured(element: Element) -> bool:
    return element.tag == "img" and "wp-post-image" in element.classes


def _is_tagline(element: Element) -> bool:
    named = {*element.classes, element.get("id").lower()}
    return 0 < element.weight <= 300 and bool(
        named
        & {
            "site-description",
            "wp-block-site-tagline",
            "tagline",
            "site-tagline",
            "blog-description",
        }
    )
