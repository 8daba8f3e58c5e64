"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, as the programs of twenty years wrote them → entries.

Elements are looked for by the namespace of their parent, since those of RSS changed with each
version (RSS 1.0 §5.3). No entity is expanded and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

from feeds import dates, urls
from feeds.adopting.entries import OldEntry
from feeds.adopting.keys import shown_title
from feeds.errors import ContentError
from feeds.exports.pieces import decoded, encoding_of
from feeds.exports.wxr_mended import mended
from feeds.markup import legal

if TYPE_CHECKING:
    from lxml.etree import _Element

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_BURNER = "{http://rssnamespace.org/feedburner/ext/1.0}"
_ATOMS = {_ATOM: "Atom 1.0", "{http://purl.org/atom/ns#}": "Atom 0.3"}
_MAX_DATE = 80
#: Of an export of WordPress, which is RSS as well: what was an entry of its feeds.
_PUBLIC = frozenset({"", "publish"})
_POST_TYPES = frozenset({"", "post", "page"})
#: Of an export of Blogger, which is Atom as well.
_BLOGGER_KIND = "http://schemas.google.com/g/2005#kind"
_BLOGGER_ENTRIES = ("#post", "#comment", "#page")


@dataclass(frozen=True, slots=True)
class ParsedXml:
    """What an XML file holds."""

    #: In words; None if it is no feed.
    kind: str | None
    #: The name of its root element, without namespace.
    root: str
    title: str = ""
    entries: tuple[OldEntry, ...] = ()
    #: The first line that is not well-formed; None if all are.
    broken_at: int | None = None
    #: How many entries have nothing that a reader could know them by.
    nameless: int = 0


def parsed(data: bytes) -> ParsedXml | None:
    """Read what an XML file holds, broken or not; None if there is no XML in it."""
    root, broken_at = _tree(data)
    if root is None:
        return None
    namespace, local = _split(str(root.tag))
    kind = _kind(root, namespace, local)
    if kind is None:
        return ParsedXml(None, local, broken_at=broken_at)
    is_atom = namespace in _ATOMS
    channel = root if is_atom else next(_children(root, "channel"), root)
    home = _atom_link(root) if is_atom else _said(channel, f"{_split(str(channel.tag))[0]}link")
    # Where tags are left open, entries stand within one another.
    deep = broken_at is not None
    items = _atom_entries(root, namespace, deep) if is_atom else _rss_items(root, deep)
    found = [_from_atom(x, namespace, home) if is_atom else _from_rss(x, home) for x in items]
    entries = tuple(entry for entry in found if entry.id)
    title = shown_title(_said(channel, f"{_split(str(channel.tag))[0]}title"))
    nameless = 0 if deep else len(found) - len(entries)  # the one that breaks off is told of
    return ParsedXml(kind, local, title, entries, broken_at, nameless)


def moment(text: str) -> datetime | None:
    """Return a date as some program wrote it: ISO 8601, RFC 822 with its zones, anything clear."""
    text = text.strip()
    if not text or len(text) > _MAX_DATE:
        return None
    try:
        found = dates.parse(text, UTC)
    except ContentError:
        from email.utils import parsedate_to_datetime

        # RFC 822 §5.1 has EST and its like, which elsewhere mean too much to be read.
        try:
            found = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if 1000 < found.year < 9999 else None


def absolute(home: str, link: str) -> str:
    """Return a link as a reader follows it; as it stands where that cannot be told."""
    return link if not link or urls.is_web_url(link) else urls.absolute(home, link) or link


# --- trees ----------------------------------------------------------------------------------------


def _tree(data: bytes) -> tuple[_Element | None, int | None]:
    """Return the root, and the line of what is not well-formed, if anything is not."""
    from lxml import etree

    # Without `huge_tree` libxml2 bounds depth and what references in attributes can grow to.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data.lstrip(), parser), None
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
    encoding, mark = encoding_of(data)
    if encoding == "utf-8":
        text = decoded(data[mark:])[0]
    else:
        text = data[mark:].decode(encoding, "replace")
    text = text[max(text.find("<"), 0) :]
    if not text.startswith("<?xml"):
        text = '<?xml version="1.0"?>' + text
    whole = "".join(mended([legal(text)])).strip().encode("utf-8", "replace")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, encoding="utf-8"
    )
    try:
        return etree.fromstring(whole, parser), line
    except etree.XMLSyntaxError:
        return None, line


def _kind(root: _Element, namespace: str, local: str) -> str | None:
    if local == "feed":
        return _ATOMS.get(namespace)
    if local == "rss":
        version = (root.get("version") or "").strip()
        return f"RSS {version}" if version in {"0.91", "0.92", "0.93", "0.94", "2.0"} else "RSS"
    if local == "RDF":
        return "RSS 1.0" if any(True for _ in _children(root, "channel")) else None
    return None


def _split(tag: str) -> tuple[str, str]:
    """Return `{namespace}`, empty if there is none, and the local name."""
    namespace, brace, local = tag.rpartition("}")
    return namespace + brace, local


def _children(element: _Element, local: str) -> Iterator[_Element]:
    """Yield the children of that name, whatever their namespace."""
    return (child for child in element.iterchildren("{*}" + local))


def _text(element: _Element | None) -> str:
    """Return the text of an element and of those in it; not of what comments and entities hold."""
    if element is None:
        return ""
    pieces = [element.text or ""]
    for child in element:
        pieces.append(_text(child) if isinstance(child.tag, str) else "")
        pieces.append(child.tail or "")
    return "".join(pieces).strip()


def _said(element: _Element, *names: str) -> str:
    """Return the text of the first child with any, of the names in their order."""
    for name in names:
        for child in element.iterchildren(name):
            if text := _text(child):
                return text
    return ""


# --- RSS ------------------------------------------------------------------------------------------


def _rss_items(root: _Element, deep: bool) -> Iterator[_Element]:
    parents = (*_children(root, "channel"), root)
    shallow = chain.from_iterable(_children(parent, "item") for parent in parents)
    for item in root.iter("{*}item") if deep else shallow:
        exported = (_said(item, "{*}status"), _said(item, "{*}post_type"))
        if exported[0] in _PUBLIC and exported[1] in _POST_TYPES:
            yield item


def _from_rss(item: _Element, home: str) -> OldEntry:
    ns = _split(str(item.tag))[0]
    guid = next(item.iterchildren(f"{ns}guid"), None)
    own = _text(guid) or (item.get(f"{_RDF}about") or "").strip()
    link = _said(item, f"{ns}link") or _atom_link(item)
    title = _said(item, f"{ns}title", f"{_DC}title")
    says_no = guid is not None and (guid.get("isPermaLink") or "").strip().lower() == "false"
    is_permalink = bool(own) and not says_no and urls.is_web_url(own)
    date = _said(item, f"{ns}pubDate", f"{_DC}date", f"{_ATOM}published", f"{_ATOM}updated")
    target = _said(item, f"{_BURNER}origLink") or link or (own if is_permalink else "")
    return OldEntry(
        # RSS 2.0 leaves the guid out if it likes; what readers then take is the link, redirect or not.
        id=own or link or title,
        link=absolute(home, target),
        title=shown_title(title),
        date=moment(date),
        is_permalink=is_permalink or not own,
        has_id=bool(own),
    )


# --- Atom -----------------------------------------------------------------------------------------


def _atom_entries(root: _Element, ns: str, deep: bool) -> Iterator[_Element]:
    for entry in root.iter(f"{ns}entry") if deep else root.iterchildren(f"{ns}entry"):
        kinds = [
            category.get("term") or ""
            for category in entry.iterchildren(f"{ns}category")
            if category.get("scheme") == _BLOGGER_KIND
        ]
        if not kinds or kinds[0].endswith(_BLOGGER_ENTRIES):
            yield entry


def _from_atom(entry: _Element, ns: str, home: str) -> OldEntry:
    own = _said(entry, f"{ns}id")
    link = _atom_link(entry)
    title = _said(entry, f"{ns}title")
    date = _said(
        entry, *(ns + name for name in ("published", "issued", "created", "updated", "modified"))
    )
    target = absolute(entry.base or home, _said(entry, f"{_BURNER}origLink") or link)
    return OldEntry(
        id=own or link or title,
        link=absolute(home, target),
        title=shown_title(title),
        date=moment(date),
        is_permalink=not own or own == link,
        has_id=bool(own),
    )


def _atom_link(element: _Element) -> str:
    """Return the first link to a page (RFC 4287 §4.2.7.2: without `rel` it is an alternate)."""
    for ns in _ATOMS:
        for link in element.iterchildren(f"{ns}link"):
            if link.get("rel", "alternate") == "alternate" and (link.get("href") or "").strip():
                return (link.get("href") or "").strip()
    return ""
