"""Addresses and pictures on a saved page: what they lead to, and what may come along of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from feeds import urls
from feeds.exports.page_tree import Element

#: The Wayback Machine writes its own address before every other.
_ARCHIVED = re.compile(
    r"(?:https?:)?//web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(https?:/{1,2}.*)"
)
#: A local part that no `@` precedes (or it is somebody on Mastodon), and a host with a dot.
_ADDRESS = re.compile(r"(?<![\w.+@-])([\w.+-]++)@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_PLACEHOLDER = re.compile(r"blank|placeholder|spacer|transparent|loading|lazy|pixel|1x1", re.I)
_LAZY_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-orig-file")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_AVATAR = re.compile(r"(?:^|//)(?:[\w-]+\.)*(?:gravatar\.com|libravatar\.org)/|/avatars?/", re.I)
_HASHED = re.compile(r"(?:^|//)(?:[\w-]+\.)*(?:gravatar\.com|libravatar\.org)/", re.I)
_SAVED_FOLDER = re.compile(r"(?:\./)?[^/]{1,200}(?:_files|_dateien|_archivos)/[^/]+$", re.I)
_URLS = ("href", "src", "poster", "cite")
#: What only scripts and style sheets want, and who watches.
_NOISE = re.compile(
    r"on.*|data-.*|aria-.*|js.*|loading|decoding|fetchpriority|role|tabindex|target|itemprop|itemscope"
    r"|itemtype|itemid|property|typeof|vocab|about|resource|crossorigin|referrerpolicy|nonce|ping|sizes"
)
_OF_COMMENTS = frozenset(
    {"href", "title", "lang", "dir", "start", "src", "alt", "cite", "datetime"}
)
_TRANSPARENT = frozenset({"font", "html", "body"})


def without_addresses(text: str) -> str:
    """Return text in which e-mail addresses have lost their domain."""
    return _ADDRESS.sub(r"\1@…", text) if "@" in text else text


def without_archive(url: str) -> str:
    """Return an address as it was before the Wayback Machine wrote its own before it."""
    match = _ARCHIVED.match(url)
    return match[1] if match else url


def without_hash(uri: str | None) -> str | None:
    """Return a person's page, unless it is named by the hash of their address."""
    host = (urlsplit(uri).hostname or "") if uri else ""
    return None if host.endswith(("gravatar.com", "libravatar.org")) else uri


@dataclass(frozen=True, slots=True)
class Links:
    """The address of a page, and what its relative addresses are relative to."""

    #: The page's own address; empty if nobody knows it.
    page: str = ""
    #: What `<base href>` says, resolved; empty if there is none.
    said_base: str = ""

    @property
    def base(self) -> str:
        """What a relative address on the page is relative to."""
        return self.said_base or self.page

    def resolved(self, address: str) -> str:
        """Return an address without an archive's prefix, absolute where the page's base says how.

        Without `<base>` it stays as it is: what reads the post resolves against its permalink.
        """
        address = without_archive(address.strip())
        if self.said_base and not address.startswith("#"):
            return urls.absolute(self.said_base, address) or address
        return address

    def on_page(self, href: str) -> bool:
        """Tell whether a link leads to a place on this very page."""
        if href.startswith("#"):
            return True
        target, fragment = urldefrag(without_archive(href))
        if not fragment:
            return False
        try:
            ours, theirs = urlsplit(self.page), urlsplit(target)
        except ValueError:
            return False
        is_here = theirs.netloc in {"", ours.netloc} and bool(theirs.path or target)
        ends = re.sub(r"comment-page-\d+/?$", "", theirs.path).rstrip("/") == ours.path.rstrip("/")
        return bool(self.page) and is_here and ends

    def is_avatar(self, image: Element) -> bool:
        """Tell whether a picture shows who wrote something: its address may be a hash of theirs."""
        sources = (image.get("src"), image.get("srcset"), *map(image.get, _LAZY_SOURCES))
        is_classed = any(c.startswith("avatar") or c == "photo" for c in image.classes)
        return is_classed or any(_AVATAR.search(source[:500]) for source in sources)

    # What comes along

    def kept_of_post(self, element: Element) -> Mapping[str, str] | None:
        """Return the attributes that an element of a post keeps."""
        if element.tag in _TRANSPARENT:
            return None
        kept = {
            name: value
            for name, value in element.attributes.items()
            if not _NOISE.fullmatch(name) and not _HASHED.search(value)
        }
        return self._resolved(kept)

    def kept_of_comment(self, element: Element) -> Mapping[str, str] | None:
        """Return the attributes that an element of a comment keeps; None if only its text stays."""
        href = element.get("href").lower()
        if element.tag in _TRANSPARENT | {"div", "span"} and not element.get("lang"):
            return None if element.tag != "div" else {}
        if element.tag == "a" and (
            href.startswith(("mailto:", "/cdn-cgi/l/email")) or _AVATAR.search(href[:500])
        ):
            return None
        kept = {n: v for n, v in element.attributes.items() if n in _OF_COMMENTS}
        return {n: without_addresses(v) for n, v in self._resolved(kept).items()}

    def _resolved(self, attributes: dict[str, str]) -> dict[str, str]:
        for name in _URLS:
            if name in attributes:
                attributes[name] = self.resolved(attributes[name])
        if "srcset" in attributes and (self.said_base or "web.archive.org" in attributes["srcset"]):
            attributes["srcset"] = self._resolved_set(attributes["srcset"])
        return attributes

    def _resolved_set(self, srcset: str) -> str:
        candidates = (part.split() for part in srcset[:16_384].split(", "))
        return ", ".join(
            " ".join([self.resolved(parts[0].rstrip(",")), *parts[1:2]])
            for parts in candidates
            if parts
        )


# --- pictures -------------------------------------------------------------------------------------


def real_image(image: Element) -> None:
    """Give a picture the address that a script would have given it when somebody scrolled there."""
    attributes = dict(image.attributes)
    lazy = next((attributes[n].strip() for n in _LAZY_SOURCES if attributes.get(n, "").strip()), "")
    lazy_set = next((attributes[n] for n in _LAZY_SETS if attributes.get(n, "").strip()), "")
    is_classed = any("lazy" in c for c in image.classes)
    if lazy and (is_classed or is_placeholder(image)):
        attributes["src"] = lazy
    if lazy_set and (not attributes.get("srcset") or is_classed):
        attributes["srcset"] = lazy_set
    if not attributes.get("src", "").strip() and attributes.get("srcset", "").strip():
        attributes["src"] = attributes["srcset"].split()[0].rstrip(",")
    image.attributes = attributes


def is_placeholder(image: Element) -> bool:
    """Tell whether a picture shows nothing: it waits for a script, or has no address."""
    source = image.get("src")
    if not source or source.lower().startswith(("data:", "about:")):
        return True
    return _PLACEHOLDER.search(source.rpartition("/")[2][:100]) is not None


def is_named_by_hash(image: Element) -> bool:
    """Tell whether a picture's address is the hash of an e-mail address."""
    return any(_HASHED.search(image.get(name)) for name in ("src", "srcset", *_LAZY_SOURCES))


def is_in_saved_folder(image: Element) -> bool:
    """Tell whether a browser has put a picture into a folder beside the page."""
    return _SAVED_FOLDER.match(image.get("src")[:600]) is not None
