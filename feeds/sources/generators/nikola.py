"""What Nikola makes of a file, by its documentation and source (8.3).

The id of an entry in its Atom feed is the permalink, the guid in its RSS feed the post's own
`guid`, else the permalink (`entry_id`).
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import quote, unquote

from feeds import dates
from feeds.errors import ContentError, quoted
from feeds.sources import front_matter
from feeds.sources.generators import Page
from feeds.sources.generators.latin import ascii_of
from feeds.sources.generators.meta_lines import is_private, said
from feeds.sources.generators.pelican_site import text_of, zone_of
from feeds.sources.generators.python_settings import config_from_python as config_from_python
from feeds.sources.records import Record, Scalar, Value

_RENDERED = frozenset({"md", "mdown", "markdown", "html", "htm"})
_LINE = re.compile(r"[ \t]*\.\. (.{0,80}?): (.*)")
_UTC_OFFSET = re.compile(r" UTC(?=[+-]\d\d:\d\d)")
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
#: Used where `conf.py` says nothing that can be read.
_POSTS = (("posts/*.txt", "posts"),)
_PAGES = (("pages/*.txt", "pages"),)


# --- front matter ---------------------------------------------------------------------------------


def split(text: str) -> tuple[Record, str] | None:
    """Take apart `.. key: value` lines, in an HTML comment or not, and what follows a blank line.

    A `.meta` file beside a post and a `.wpcomment` file are read the same way. YAML and TOML
    between fences are taken, too.

    Returns:
        The lines, keys in lower case, and the body; None: there are no such lines.

    Raises:
        ContentError: what stands between fences cannot be read.
    """
    text = text.removeprefix("\ufeff")
    if text.startswith(("---\n", "+++\n")):
        document = front_matter.split(text)
        head = {key: value for key, value in document.head.items() if not is_private(key)}
        return head, document.body
    before = len(text) - len(text.lstrip())
    end = text.find("\n\n", before)
    block = text[before:] if end < 0 else text[before:end]
    first = text.count("\n", 0, before) + 1
    found: Record = {}
    for number, line in enumerate(block.split("\n"), first):
        match = _LINE.fullmatch(line.rstrip("\r"))
        if match and match[1].strip() and match[2].strip() and not is_private(match[1]):
            found[match[1].strip().lower()] = Scalar(said(match[1], match[2]), number)
    if not found:
        return None
    return found, "" if end < 0 else text[end:].lstrip("\n")


# --- the generator --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of `POSTS` or `PAGES`: where files are, and where their pages go."""

    folder: str
    #: A glob of file names.
    names: str
    destination: str
    is_post: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Nikola:
    """Nikola, with the configuration of one site."""

    sources: tuple[Source, ...]
    #: The languages besides the main one, whose files are translations.
    others: tuple[str, ...]
    #: The main language's own folder; mostly empty.
    prefix: str
    pretty_urls: bool
    strips_indexes: bool
    index_file: str
    has_status_tags: bool
    has_plain_slugs: bool
    zone: tzinfo

    def page(self, relative: str, head: Record) -> Page | None:
        """Say what becomes of a file; None: Nikola makes nothing of it.

        Args:
            relative: its path from the root of the repository, with `/`.
            head: its lines (`split`), or those of the `.meta` file beside it.
        """
        folder, _, file = relative.rpartition("/")
        source = next((one for one in self.sources if _takes(one, folder, file)), None)
        stem, _, suffix = file.rpartition(".")
        if source is None or not head or stem.rpartition(".")[2] in self.others:
            return None
        warnings: list[str] = []
        if suffix not in _RENDERED:
            warnings.append(f"its body is .{suffix}, which is not rendered here")
        known: Record = {key.lower(): value for key, value in head.items() if not is_private(key)}
        published = _date(known, "date", self.zone, warnings)
        slug = text_of(known.get("slug")) or self._slug(stem, warnings)
        status, tags = self._status(known, warnings)
        below = posixpath.relpath(folder, source.folder) if folder else "."
        return Page(
            head=_head(known, tags),
            name=slug,
            title=stem,
            published=published,
            updated=_date(known, "updated", self.zone, warnings),
            address=self._address(posixpath.join(source.destination, below), slug, known),
            public=status in {"", "published", "featured"},
            listed=source.is_post,
            warnings=tuple(warnings),
        )

    def _slug(self, stem: str, warnings: list[str]) -> str:
        if self.has_plain_slugs:
            return re.sub(r"[/\\?#\"'\r\n\t*:<>|]", "-", stem)
        plain = ascii_of(stem)
        if plain is None:
            warnings.append("a slug that only Nikola can spell; write one as `.. slug:`")
            return stem
        return re.sub(r"[-\s]+", "-", re.sub(r"[^+\w\s-]", "", plain).strip().lower())

    def _status(self, known: Record, warnings: list[str]) -> tuple[str, list[Value]]:
        """Return the status, and the tags that are no status."""
        written = known.get("tags")
        texts = (
            [text_of(item) for item in written]
            if isinstance(written, list)
            else text_of(written).split(",")
        )
        tags = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
        status = text_of(known.get("status"))
        if status and status not in {"published", "featured", "private", "draft"}:
            warnings.append(f"unknown status {quoted(status)}: the post stays hidden")
        if self.has_status_tags:
            for tag in tags:
                if tag.lower() == "draft" or tag == "private":
                    status = tag.lower()
            tags = [tag for tag in tags if tag.lower() != "draft" and tag != "private"]
        return status, [Scalar(tag, 1) for tag in tags]

    def _address(self, folder: str, slug: str, known: Record) -> str:
        own = text_of(known.get("pretty_url")).lower()
        is_pretty = self.pretty_urls and slug != "index"
        if own in _TRUE or own in _FALSE:
            is_pretty = own in _TRUE
        file = f"{slug}/index.html" if is_pretty else f"{slug}.html"
        parts = [*self.prefix.split("/"), *posixpath.normpath(folder).split("/"), file]
        link = "/" + "/".join(part for part in parts if part not in {"", "."})
        if self.strips_indexes and link.endswith(f"/{self.index_file}"):
            link = link[: -len(self.index_file)]
        # Nikola decodes and encodes it once more (`encodelink`).
        path = unicodedata.normalize("NFC", link)
        return quote(unquote(path).encode("utf-8", "replace"), safe="/~")


def _takes(source: Source, folder: str, file: str) -> bool:
    inside = not source.folder or f"{folder}/".startswith(f"{source.folder}/")
    hidden = any(part.startswith(".") for part in (*folder.split("/"), file))
    return inside and not hidden and fnmatch.fnmatchcase(file, source.names)


def _date(known: Record, key: str, zone: tzinfo, warnings: list[str]) -> datetime | None:
    if not (text := _UTC_OFFSET.sub("", text_of(known.get(key)))):
        return None
    try:
        return dates.parse(text, zone)
    except ContentError as error:
        warnings.append(f"`{key}`: {error.what}")
        return None


def _head(known: Record, tags: list[Value]) -> Record:
    """Return the lines with terms and the picture as the reader of posts takes them."""
    head: Record = {
        key: value
        for key, value in known.items()
        if key not in {"type", "template", "category", "section", "guid", "status"}
    }
    if "tags" in known:
        head["tags"] = tags
    category = text_of(known.get("category")) or text_of(known.get("section"))
    if category:
        head["categories"] = [Scalar(category, 1)]
    if "previewimage" in known:
        head["image"] = known["previewimage"]
    if guid := text_of(known.get("guid")):
        head["id"] = Scalar(guid, 1)
    return head


# --- the configuration ----------------------------------------------------------------------------


def configured(config: Record, zone: tzinfo | None) -> Nikola:
    """Return Nikola as a site's configuration has it.

    Args:
        config: `conf.py` (`config_from_python`).
        zone: of dates without one; None: what `TIMEZONE` says, else UTC.
    """
    main = text_of(config.get("DEFAULT_LANG")) or "en"
    translations = config.get("TRANSLATIONS")
    languages = translations if isinstance(translations, dict) else {}
    posts = tuple(_sources(config.get("POSTS"), _POSTS, main, is_post=True))
    pages = tuple(_sources(config.get("PAGES"), _PAGES, main, is_post=False))
    return Nikola(
        sources=(*posts, *pages),
        others=tuple(sorted({*languages} - {main})),
        prefix=text_of(languages.get(main)).removeprefix("./").strip("/"),
        pretty_urls=text_of(config.get("PRETTY_URLS")) != "false",
        strips_indexes=text_of(config.get("STRIP_INDEXES")) != "false",
        index_file=text_of(config.get("INDEX_FILE")) or "index.html",
        has_status_tags=text_of(config.get("USE_TAG_METADATA")) != "false",
        has_plain_slugs=text_of(config.get("USE_SLUGIFY")) == "false",
        zone=zone or zone_of(text_of(config.get("TIMEZONE"))),
    )


def _sources(
    value: Value | None, default: tuple[tuple[str, str], ...], main: str, *, is_post: bool
) -> Iterator[Source]:
    for item in value if isinstance(value, list) else [list(pair) for pair in default]:
        if not isinstance(item, list) or len(item) < 2:
            continue
        wildcard, destination = item[0], item[1]
        if isinstance(destination, dict):
            destination = destination.get(main, "")
        folder, _, names = str(wildcard).rpartition("/")
        yield Source(folder, names, str(destination).strip("/"), is_post)


def site_facts(config: Record) -> Mapping[str, str]:
    """Return what `site.toml` wants to know, as far as the configuration says it.

    Keys: title, url, description, language, timezone, author.
    """
    url = text_of(config.get("SITE_URL")) or text_of(config.get("BASE_URL"))
    facts = {
        "title": text_of(config.get("BLOG_TITLE")),
        "url": url if not url or url.endswith("/") else f"{url}/",
        "description": text_of(config.get("BLOG_DESCRIPTION")),
        "language": text_of(config.get("DEFAULT_LANG")),
        "timezone": text_of(config.get("TIMEZONE")),
        "author": text_of(config.get("BLOG_AUTHOR")),
    }
    return {key: value for key, value in facts.items() if value}


def entry_id(site: str, address: str, head: Record) -> str:
    """Return the guid of Nikola's own RSS feed; its Atom feed has the permalink in any case.

    Args:
        site: `BASE_URL`, else `SITE_URL`.
        address: the post's (`Page.address`).
        head: its lines.
    """
    return text_of(head.get("guid")) or site.rstrip("/") + "/" + address.lstrip("/")
