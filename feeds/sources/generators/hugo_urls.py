"""Where Hugo puts a page: `helpers.PathSpec`, `CreateTargetPaths` and the permalink patterns.

Byte for byte, Go's habits included: an address that differs in a slash is another address.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote, unquote_plus, unquote_to_bytes

from feeds.patterns import lazy
from feeds.sources.generators import hugo_dates
from feeds.tuples import NamedTuple

_PUNCTUATION = frozenset(".//\\_#+~-@")
#: Unicode's White_Space, which Python's `isspace` is wider than.
_SPACES = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | frozenset(
    map(chr, range(0x2000, 0x200B))
)
_HEX = lazy(r"[0-9A-Fa-f]{2}")
#: An address that has nothing to escape.
_PLAIN = lazy(r"[A-Za-z0-9/_.~-]*")
_BAD_ESCAPE = lazy(r"%(?![0-9A-Fa-f]{2})")
#: What Go leaves as it is, in a path and in a fragment (`net/url.shouldEscape`).
_IN_PATH = "$&+,/:;=@-_.~"
_IN_FRAGMENT = _IN_PATH + "?!()*"
#: What may stand there besides, if somebody has encoded the rest (`validEncoded`).
_VALID = "!$&'()*+,;=:@[]%"


# --- text of an address ---------------------------------------------------------------------------


class Spelling(NamedTuple):
    """How a site's configuration has addresses spelled."""

    #: `disablePathToLower`: capitals stay.
    keeps_case: bool = False
    #: `removePathAccents`.
    plain_letters: bool = False

    def sanitized(self, text: str) -> str:
        """Return `text` with hyphens for blanks, and nothing but letters, digits, marks and a few."""
        if self.plain_letters:
            bare = (
                c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn"
            )
            text = unicodedata.normalize("NFC", "".join(bare))
        return self.cased(_sanitized(text))

    def cased(self, text: str) -> str:
        """Return `text` with the capitals that addresses have: mostly none."""
        if self.keeps_case:
            return text
        # Letter by letter, as Go does: no final sigma, and no dot beside the Turkish İ.
        return text.lower() if text.isascii() else "".join(c.lower()[0] for c in text)

    def urlized(self, text: str) -> str:
        """Return `text` as a part of an address."""
        return escaped(self.sanitized(text))


#: What of ASCII goes, and its blanks as one.
_ASCII = {
    code: " " if chr(code) in _SPACES else None
    for code in range(128)
    if not chr(code).isalnum() and chr(code) not in _PUNCTUATION
}


def _sanitized(text: str) -> str:
    if not text.isascii() or "%" in text:
        return _sanitized_each(text)
    words = " ".join(text.translate(_ASCII).split())
    # A blank beside a hyphen needs none of its own.
    return words.replace(" -", "-").replace("- ", "-").replace(" ", "-")


def _sanitized_each(text: str) -> str:
    target: list[str] = []
    is_hyphen_due = was_hyphen = False
    for index, c in enumerate(text):
        if (
            c in _PUNCTUATION
            or unicodedata.category(c) in {"Nd", "Ll", "Lu", "Lt", "Lm", "Lo", "Mn", "Mc", "Me"}
            or (c == "%" and _HEX.match(text, index + 1))
        ):
            was_hyphen = c == "-"
            if is_hyphen_due and not was_hyphen:
                target.append("-")
            is_hyphen_due = False
            target.append(c)
        elif target and not was_hyphen and c in _SPACES:
            is_hyphen_due = True
    return "".join(target)


def escaped(address: str) -> str:
    """Return an address as Go's `url.Parse(address).String()` writes it.

    Where Go would end the build (`%` before something else than two hex digits) it is `%25`.
    """
    if _PLAIN.fullmatch(address):
        return address
    rest, has_fragment, fragment = address.partition("#")
    path, has_query, query = rest.partition("?")
    text = _escaped(path, _IN_PATH) + (f"?{query}" if has_query else "")
    return text + (f"#{_escaped(fragment, _IN_FRAGMENT)}" if has_fragment and fragment else "")


def _escaped(text: str, safe: str) -> str:
    text = _BAD_ESCAPE.sub("%25", text)
    as_written = quote(text, safe=safe + _VALID, errors="replace")
    # One character that has to be encoded, and Go decodes and encodes all.
    return (
        text
        if as_written == text
        else quote(unquote_to_bytes(text.encode("utf-8", "replace")), safe=safe)
    )


def joined(*parts: str) -> str:
    """Join parts of a path as Go's `path.Join` does, and keep one slash at the end (`pjoin`)."""
    whole = "/".join(part for part in parts if part)
    clean = posixpath.normpath(re.sub("^//+", "/", whole)) if whole else ""
    return clean + "/" if parts[-1].endswith("/") and not clean.endswith("/") else clean


# --- permalink patterns ---------------------------------------------------------------------------

_ATTRIBUTE = lazy(r":(\w+(?:\[[^\]\n]+\])?)", re.ASCII)


class Facts(NamedTuple):
    """What of a page may stand in its address."""

    date: datetime
    title: str
    slug: str
    #: Its file's name, or its bundle's, without suffix and language.
    file_name: str
    #: The first folder it is in.
    section: str
    #: The folders of the section that lists it.
    sections: tuple[str, ...]


def expanded(pattern: str, facts: Facts, spelling: Spelling) -> str:
    """Return the path that a pattern such as `/:year/:slug/` gives; what is no attribute stays.

    Empty if what comes out cannot be decoded: Hugo takes the default path then.
    """

    def attribute(match: re.Match[str]) -> str:
        found = _attribute(match[1], facts, spelling)
        return match[0] if found is None else found

    path = _ATTRIBUTE.sub(attribute, pattern)
    if "%" not in path and "+" not in path:
        return path
    return "" if _BAD_ESCAPE.search(path) else unquote_plus(path)


_TEXTS: Mapping[str, Callable[[Facts], str]] = MappingProxyType(
    {
        "title": lambda facts: facts.title,
        "slug": lambda facts: facts.slug or facts.title,
        "slugorfilename": lambda facts: facts.slug or facts.file_name,
        "filename": lambda facts: facts.file_name,
        # The names of the last two since Hugo 0.144.
        "slugorcontentbasename": lambda facts: facts.slug or facts.file_name,
        "contentbasename": lambda facts: facts.file_name,
    }
)


def _attribute(name: str, facts: Facts, spelling: Spelling) -> str | None:
    if text := _TEXTS.get(name):
        return spelling.urlized(text(facts))
    if name == "section":
        return facts.section
    if name == "sections":
        return joined(*facts.sections, "")
    if name.startswith("sections["):
        return joined(*_cut(facts.sections, name[len("sections") :].lower()), "").rstrip("/")
    return hugo_dates.attribute(name, facts.date)


def _cut(sections: tuple[str, ...], spec: str) -> tuple[str, ...]:
    """Return what `[1]`, `[last]`, `[1:]` or `[:last]` leave of the sections."""
    low, colon, high = spec[1:-1].partition(":")
    if not sections:
        return ()

    def place(text: str, default: int) -> int:
        if text == "last":
            return len(sections) - 1
        digits = text if text.isascii() and text.isdigit() else "0"
        return min(int(digits[:9]), len(sections)) if text else default

    if not colon:
        return sections[place(low, 0) :][:1]
    return sections[place(low, 0) : place(high, len(sections))]


# --- the page -------------------------------------------------------------------------------------


class Target(NamedTuple):
    """What decides where a page stands."""

    #: `url` of the front matter: beats all else, and is not sanitised.
    url: str
    #: What the section's permalink pattern gives; empty: there is none.
    permalink: str
    folder: str
    #: The slug, else the file's name or its bundle's.
    base_name: str
    #: The language's, if its pages stand in a folder of their own.
    prefix: str
    is_ugly: bool

    def link(self, spelling: Spelling) -> str:
        """Return the path of the page's address from the site's home page (`CreateTargetPaths`)."""
        link = self._from_url() if self.url else self._from_path()
        trimmed = link.strip("/")
        link = "/" + (f"{trimmed}/" if link.endswith("/") and trimmed else trimmed)
        return escaped(link if self.url else spelling.sanitized(link)) or "/"

    def _from_url(self) -> str:
        path = joined("/", self.url)
        is_folder = self.url.endswith("/") or "." not in self.url
        file = joined(path, "index.html") if is_folder else path
        link = path
        if not file.endswith("/index.html"):
            link = file
        elif not self.url.endswith("/"):
            link += "/"
        is_relative = not self.url.startswith("/")
        if self.prefix and is_relative and not self.url.startswith(f"/{self.prefix}"):
            link = joined(self.prefix, link)
        return link

    def _from_path(self) -> str:
        path = joined("/", self.permalink or joined(self.folder, self.base_name))
        is_index = self.base_name == "index"
        is_ugly = self.is_ugly or (is_index and not self.permalink)
        link = (path.removesuffix("index") if is_index else path) + "/"
        file = path.strip("/") + ".html" if is_ugly else joined(path, "index.html")
        if not file.endswith("/index.html"):
            link = file
        return joined(self.prefix, link)

    def alias(self, written: str, spelling: Spelling) -> str:
        """Return a former address: a path from the home page, or one beside the page's folder."""
        if written.startswith("/") or "://" in written:
            return written
        page = self.link(spelling).rstrip("/")
        beside = page.removesuffix(".html") if self.is_ugly and not self.url else page
        return joined("/", beside, "..", written)
