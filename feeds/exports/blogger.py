"""What Blogger exports → its site, posts and pages, and the comments on them.

Two forms of Atom: the classic backup, where a category says what an entry is, and the `feed.atom`
of Google Takeout, where elements of Blogger's own do. Entries come in any order, so the file is
read twice: posts, then comments. E-mail addresses and pictures of people stand in it, too, and are
not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from feeds import urls
from feeds.errors import Problem
from feeds.exports import Item, LeftOut, Site
from feeds.exports.pieces import head_text
from feeds.exports.values import DEFAULT_LIMITS, Reader, Said, address, body_text
from feeds.exports.xml_records import Element, records
from feeds.markup import escaped, one_line, text_of
from feeds.model import Body, Enclosure, Markup, Person, Post, PostType
from feeds.settings import Limits
from feeds.sources import native

_WHAT = "an export of Blogger"
_ATOM = "http://www.w3.org/2005/Atom "
_BLOGGER = "http://schemas.google.com/blogger/2018 "
_THREADING = "http://purl.org/syndication/thread/1.0 "
_GDATA = "http://schemas.google.com/g/2005"
#: Before and after RFC 5023.
_APP = ("http://purl.org/atom/app# ", "http://www.w3.org/2007/app ")
_KIND_SCHEME = f"{_GDATA}#kind"
_LABEL_SCHEMES = ("http://www.blogger.com/atom/ns#", "tag:blogger.com")
_TYPES = {"post": PostType.POST, "page": PostType.PAGE}
_NO_CONTENT = {"settings": "settings", "template": "templates"}
#: Takeout's word for what anybody may see.
_LIVE = "live"
_HIDDEN = {
    "draft": "drafts",
    "scheduled": "scheduled posts",
    "soft_trashed": "trashed posts",
    "trashed": "trashed posts",
}
_HIDDEN_COMMENTS = {
    "emptied": "deleted comments",
    "soft_trashed": "deleted comments",
    "trashed": "deleted comments",
    "spam": "spam comments",
    "ghosted": "spam comments",
    "pending": "pending comments",
}
_REMOVED = re.compile(
    r"(?:<[^<>]{0,80}>\s*)*This (?:comment|post) has been removed by (?:the author|a blog"
    r" administrator)\.\s*(?:<[^<>]{0,80}>\s*)*"
)
#: The comment that a reply answers, as the address of its own entry.
_POST_ID = re.compile(r"(tag:blogger\.com,1999:blog-\d{1,30})\.post-(\d{1,30})\Z")
_COMMENT_FEED = re.compile(r"https?://[^/\s]+/feeds/(\d+)/\d+/comments/[^/\s]+/(\d+)(?:[?#].*)?")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


def recognised(head: bytes) -> bool:
    """Tell whether a file that starts so is an export of Blogger."""
    text = head_text(head)
    is_bloggers = "schemas.google.com/blogger" in text or "tag:blogger.com,1999:blog-" in text
    return "<feed" in text and is_bloggers


def read(path: Path, *, pings: bool = False, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Yield the site, then its posts and pages, then the comments on them.

    Ids are those of Blogger's own feeds: `tag:blogger.com,1999:blog-1.post-2`.

    Args:
        path: the file.
        pings: Blogger calls them backlinks and exports none.
        limits: what no honest content exceeds.

    Raises:
        ContentError: it is no export of Blogger.
        StorageError: the system would not let us read it.
    """
    reader = Reader(path, limits)
    #: What each post is: None if it comes along, else what kind of thing does not.
    posts: dict[str, str | None] = {}
    about = Site()
    is_said = any_comment = False
    trouble: list[Problem] = []
    for record in records(path, {f"{_ATOM}feed"}, _WHAT):
        if isinstance(record, Problem):
            trouble.append(record)
        elif record.name != f"{_ATOM}entry":
            about = _about(about, record)
        else:
            if not is_said:
                is_said = True
                yield from _said(about)
            kind = _kind(record)
            any_comment = any_comment or kind == "comment"
            if kind in _TYPES:
                yield from _post(record, _TYPES[kind], posts, reader)
            elif kind != "comment":
                yield LeftOut(
                    {"settings": "settings", "template": "templates"}.get(
                        kind, "entries of unknown kind"
                    )
                )
    if any_comment:
        for record in records(path, {f"{_ATOM}feed"}, _WHAT):
            if isinstance(record, Element) and _kind(record) == "comment":
                yield from _comment(record, posts, reader)
    yield from trouble


def _about(site: Site, record: Element) -> Site:
    """Return what is known of the site with what another child of `<feed>` says."""
    match record.name.removeprefix(_ATOM):
        case "title":
            return replace(site, title=one_line(record.text))
        case "subtitle":
            return replace(site, description=one_line(record.text))
        case "link" if record.attributes.get("rel") == "alternate":
            url = address(record.attributes.get("href", ""))
            return replace(site, url=url) if urls.is_web_url(url) else site
    return site


def _said(site: Site) -> Iterator[Site]:
    if site != Site():
        yield site


def _kind(entry: Element) -> str:
    """Return `post`, `page`, `comment`, `settings`, `template`; nothing if it does not say."""
    if said := entry.said(f"{_BLOGGER}type"):
        return said.lower()
    for category in entry.all(f"{_ATOM}category"):
        if category.attributes.get("scheme") == _KIND_SCHEME:
            return category.attributes.get("term", "").rpartition("#")[2].lower()
    return ""


# --- posts ----------------------------------------------------------------------------------------


def _post(
    entry: Element, type: PostType, posts: dict[str, str | None], reader: Reader
) -> Iterator[Item]:
    own = one_line(entry.said(f"{_ATOM}id"))
    said, body = _title(entry), _body(entry)
    kind = _why_post_hidden(entry)
    if not kind and own and own in posts:
        kind = "posts that are there twice"
    elif not kind and len(body.text.encode("utf-8", "replace")) > reader.limits.post:
        kind = f"posts of more than {reader.limits.post:,} bytes"
    if kind:
        if own:
            posts.setdefault(own, kind)
        yield LeftOut(kind, subject=(said or own)[:100])
        return
    if own:
        posts[own] = None
    published = reader.moment(entry.said(f"{_ATOM}published"), entry.line)
    updated = reader.moment(entry.said(f"{_ATOM}updated"), entry.line)
    title = reader.title(said, body, published)
    permalink = _permalink(entry)
    yield from reader.warnings()
    yield Post(
        path=own or permalink or title,
        name=native.post_name(permalink, title),
        title=title,
        body=body,
        published=published,
        updated=updated if not published or (updated and updated > published) else None,
        authors=tuple(dict.fromkeys(_people(entry, reader))),
        permalink=permalink,
        id=own or None,
        excerpt=_excerpt(entry),
        tags=tuple(dict.fromkeys(_labels(entry))),
        type=type,
        enclosures=tuple(_enclosures(entry)),
    )


def _why_post_hidden(entry: Element) -> str | None:
    status = entry.said(f"{_BLOGGER}status").lower()
    if status not in {"", _LIVE}:
        return _HIDDEN.get(status, "posts of unknown status")
    if entry.said(f"{_BLOGGER}trashed"):
        return "trashed posts"
    draft = "".join(entry.said(f"{app}control", f"{app}draft") for app in _APP).lower()
    if draft not in {"", "no"}:
        return "drafts"
    return None


def _title(entry: Element) -> str:
    element = entry.first(f"{_ATOM}title")
    if not element:
        return ""
    is_html = element.attributes.get("type") == "html"
    # A title is short; looking for tags in what is not would take long.
    return text_of(element.text[:2000]) if is_html else one_line(element.text)


def _body(entry: Element) -> Body:
    element = entry.first(f"{_ATOM}content") or entry.first(f"{_ATOM}summary")
    if not element:
        return Body("", Markup.HTML)
    is_html = element.attributes.get("type") == "html"
    return Body(body_text(element.text if is_html else escaped(element.text)), Markup.HTML)


def _excerpt(entry: Element) -> Body | None:
    """Return what the author wrote for search engines to show, if anything."""
    said = one_line(entry.said(f"{_BLOGGER}metaDescription"))
    return Body(escaped(said), Markup.HTML) if said else None


def _permalink(entry: Element) -> str | None:
    """Return the page's address; Takeout knows the path alone."""
    for link in entry.all(f"{_ATOM}link"):
        url = urls.encoded(address(link.attributes.get("href", "")))
        if link.attributes.get("rel") == "alternate" and urls.is_web_url(url):
            return url
    path = one_line(address(entry.said(f"{_BLOGGER}filename")))
    return "/" + urls.encoded(path.lstrip("/")) if path.strip("/") else None


def _people(entry: Element, reader: Reader) -> Iterator[Person]:
    for author in entry.all(f"{_ATOM}author"):
        yield reader.person(author.said(f"{_ATOM}name"), author.said(f"{_ATOM}uri"))


def _labels(entry: Element) -> Iterator[str]:
    for category in entry.all(f"{_ATOM}category"):
        scheme = category.attributes.get("scheme", "")
        label = one_line(category.attributes.get("term", ""))
        if label and scheme.startswith(_LABEL_SCHEMES):
            yield label


def _enclosures(entry: Element) -> Iterator[Enclosure]:
    """Yield the recordings that a post has (RFC 4287 §4.2.7.2)."""
    for link in entry.all(f"{_ATOM}link"):
        said = link.attributes
        url = urls.encoded(address(said.get("href", "")))
        if said.get("rel") == "enclosure" and urls.is_web_url(url):
            kind, length = said.get("type", ""), said.get("length", "")
            yield Enclosure(
                url=url,
                type=kind if _MEDIA_TYPE.fullmatch(kind) else None,
                length=int(length) if re.fullmatch(r"[0-9]{1,18}", length) else None,
            )


# --- comments -------------------------------------------------------------------------------------


def _comment(entry: Element, posts: dict[str, str | None], reader: Reader) -> Iterator[Item]:
    own = one_line(entry.said(f"{_ATOM}id"))
    subject = f"comment {own[:100]}".strip()
    body = _body(entry)
    if kind := _why_comment_hidden(entry, body):
        yield LeftOut(kind, subject=subject)
        return
    answered = entry.first(f"{_THREADING}in-reply-to")
    post = one_line(
        answered.attributes.get("ref", "") if answered else entry.said(f"{_BLOGGER}parent")
    )
    if post not in posts:  # comments on a page name it as if it were a post
        post = _POST_ID.sub(r"\1.page-\2", post)
    if post not in posts:
        yield LeftOut("comments on posts that are not in the export", subject=subject)
        return
    if kind := posts[post]:
        yield LeftOut(f"comments on {kind}", subject=subject)
        return
    yield from reader.comment(
        Said(
            line=entry.line,
            folder=post,
            id=own,
            name=entry.said(f"{_ATOM}author", f"{_ATOM}name"),
            uri=entry.said(f"{_ATOM}author", f"{_ATOM}uri"),
            text=body.text,
            markup=body.markup,
            parent=_parent(entry, post),
            published=entry.said(f"{_ATOM}published"),
            updated=entry.said(f"{_ATOM}updated"),
        )
    )


def _why_comment_hidden(entry: Element, body: Body) -> str | None:
    status = entry.said(f"{_BLOGGER}status").lower()
    if status not in {"", _LIVE}:
        return _HIDDEN_COMMENTS.get(status, "comments of unknown status")
    removed = any(
        said.attributes.get("name") == "blogger.contentRemoved"
        for said in entry.all(f"{_GDATA} extendedProperty")
    )
    if removed or entry.said(f"{_BLOGGER}trashed") or _REMOVED.fullmatch(body.text[:500].strip()):
        return "deleted comments"
    return None


def _parent(entry: Element, post: str) -> str:
    """Return the id of the comment that this one answers."""
    for link in entry.all(f"{_ATOM}link"):
        if link.attributes.get("rel") == "related":
            found = _COMMENT_FEED.fullmatch(link.attributes.get("href", ""))
            return f"tag:blogger.com,1999:blog-{found[1]}.post-{found[2]}" if found else ""
    answered = one_line(entry.said(f"{_BLOGGER}inReplyTo"))
    return "" if answered == post else answered
