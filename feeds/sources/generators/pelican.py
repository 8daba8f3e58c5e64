"""What Pelican makes of a file, by its documentation and source (4.12).

Compared with Pelican itself. An entry's id is a `tag:` URI of host, day and path (`entry_id`).
"""

from __future__ import annotations

import fnmatch
import re
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from feeds import dates
from feeds.errors import ContentError, quoted
from feeds.sources.generators import Page
from feeds.sources.generators.latin import ascii_of
from feeds.sources.generators.meta_lines import is_private
from feeds.sources.generators.pelican_lines import split as split
from feeds.sources.generators.pelican_site import Site, read_site, text_of
from feeds.sources.generators.pelican_site import site_facts as site_facts
from feeds.sources.generators.python_settings import config_from_python as config_from_python
from feeds.sources.records import Record, Scalar, Value
from feeds.urls import is_web_url

_RENDERED = frozenset({"md", "markdown", "mkd", "mdown", "html", "htm"})
#: No title says more in its first so many characters; what is configured runs on it, too.
_MAX_TITLE = 1000


@dataclass(frozen=True, slots=True)
class Pelican:
    """Pelican, with the configuration of one site."""

    site: Site

    def page(self, relative: str, head: Record) -> Page | None:
        """Say what becomes of a file; None: Pelican takes it for no article and no page.

        Args:
            relative: its path from the root of the repository, with `/`.
            head: its lines (`split`); values are texts (`Scalar`) and lists of them.
        """
        path = self._inside(relative)
        if path is None:
            return None
        is_article = _is_in(path, self.site.articles, self.site.not_articles)
        if not is_article and not _is_in(path, self.site.pages, self.site.not_pages):
            return None
        base, _, suffix = path.rpartition("/")[2].rpartition(".")
        if suffix not in _RENDERED and suffix != "rst":
            return None
        known: Record = {key.lower(): value for key, value in head.items() if not is_private(key)}
        known = self._from_path(path, base) | known
        warnings = ["its body is reStructuredText, which is not rendered here"] * (suffix == "rst")
        published = self._date(known, "date", warnings)
        title = text_of(known.get("title"))
        name = text_of(known.get("slug")) or self._named(title, base, warnings)
        status = text_of(known.get("status")) or "published"
        if status not in {"published", "hidden", "draft", "skip"}:
            warnings.append(f"unknown status {quoted(status)}: the post stays hidden")
        is_made = bool(title) and (published is not None or not is_article)
        return Page(
            head=_head(known, self.site.author),
            name=name,
            title="",
            published=published,
            updated=self._date(known, "modified", warnings),
            address=self._address(known, path, name, published, is_article, warnings),
            public=status == "published" and is_made and known.get("save_as") != "",
            listed=is_article,
            warnings=tuple(warnings),
        )

    def _inside(self, relative: str) -> str | None:
        """Return the path from the content folder; None: it is not in it, or ignored."""
        prefix = f"{self.site.content}/" if self.site.content else ""
        parts = relative.split("/")
        is_ignored = any(
            part.startswith(".") or any(fnmatch.fnmatchcase(part, one) for one in self.site.ignored)
            for part in parts
        )
        return None if is_ignored or not relative.startswith(prefix) else relative[len(prefix) :]

    def _from_path(self, path: str, base: str) -> Record:
        """Return what the file's path and name say of it; what stands in the file beats it."""
        found: dict[str, str] = {"category": self.site.category} if self.site.category else {}
        for place, given in self.site.extra:
            if path == place or path.startswith(f"{place}/"):
                found |= given
        by_path: dict[str, str] = {}
        folder = path.rpartition("/")[0].rpartition("/")[2]
        if folder and self.site.has_folder_categories:
            by_path["category"] = folder
        for pattern, text in ((self.site.path_name, path), (self.site.file_name, base)):
            if match := _match(pattern, text):
                by_path |= {key.lower(): said for key, said in match.items() if said}
        return {key: Scalar(said, 1) for key, said in (found | by_path).items()}

    def _date(self, known: Record, key: str, warnings: list[str]) -> datetime | None:
        text = text_of(known.get(key)).replace("_", " ")
        if not text:
            return None
        try:
            return dates.parse(text, self.site.zone)
        except ContentError as error:
            warnings.append(f"`{key}`: {error.what}")
            return None

    def _named(self, title: str, base: str, warnings: list[str]) -> str:
        slug = self.slugified(title if self.site.slug_source == "title" else base)
        if slug is None:
            warnings.append("a slug that only Pelican can spell; write one as `Slug:`")
        return slug or base

    def slugified(self, text: str) -> str | None:
        """Return `text` as Pelican makes a slug of it; None: it has letters of another script."""
        text = unicodedata.normalize("NFKC", re.sub(r"<[^<>]*>", "", text[:_MAX_TITLE]))
        plain = text if self.site.keeps_unicode else ascii_of(text)
        if plain is None:
            return None
        if self.site.substitutions is None:
            plain = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip())
        for pattern, replacement in self.site.substitutions or ():
            try:
                plain = re.sub(pattern, replacement, plain, flags=re.IGNORECASE)
            except (re.error, IndexError):
                return None
        return (plain if self.site.keeps_case else plain.lower()).strip()

    def _address(
        self,
        known: Record,
        path: str,
        name: str,
        published: datetime | None,
        is_article: bool,
        warnings: list[str],
    ) -> str:
        if own := text_of(known.get("url")):
            return own if is_web_url(own) else "/" + own.lstrip("/")
        language = text_of(known.get("lang")) or self.site.language
        author = next(iter(_authors(known, self.site.author)), "")
        kind = "ARTICLE" if is_article else "PAGE"
        infix = "" if language == self.site.language else "_LANG"
        texts = {
            **{key: text_of(value) for key, value in known.items()},
            "slug": name,
            "lang": language,
            "path": path,
            "author": self.slugified(author) or "",
            "category": self.slugified(text_of(known.get("category"))) or "",
        }
        pattern = dict(self.site.patterns)[f"{kind}{infix}_URL"]
        url = _formatted(pattern, texts, published)
        if url is None:
            warnings.append(f"an address that cannot be told from {quoted(pattern)}")
            url = f"{name}.html"
        return "/" + url.removeprefix("./").lstrip("/")


@lru_cache(maxsize=16)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def _match(pattern: str, text: str) -> dict[str, str] | None:
    compiled = _compiled(pattern) if pattern else None
    match = compiled.match(text) if compiled else None
    return match.groupdict() if match else None


def _is_in(path: str, folders: tuple[str, ...], without: tuple[str, ...]) -> bool:
    return any(not folder or path.startswith(f"{folder}/") for folder in folders) and not any(
        path.startswith(f"{folder}/") for folder in without
    )


def _split(value: Value | None) -> list[str]:
    """Return a list: a text is cut at `;`, else at `,`, and of several the first counts."""
    text = text_of(value)
    texts = (one.strip() for one in text.split(";" if ";" in text else ","))
    return list(dict.fromkeys(one for one in texts if one))


def _authors(known: Record, default: str) -> list[str]:
    if one := text_of(known.get("author")):
        return [one]
    return _split(known.get("authors")) or ([default] if default else [])


def _head(known: Record, author: str) -> Record:
    """Return the lines with terms and authors as the reader of posts takes them."""
    head = {key: value for key, value in known.items() if key not in {"category", "template"}}
    if category := text_of(known.get("category")):
        head["categories"] = [Scalar(category, 1)]
    if "tags" in known:
        head["tags"] = [Scalar(tag, 1) for tag in _split(known["tags"])]
    if authors := _split(known.get("authors")) or _authors(known, author):
        head["authors"] = [Scalar(one, 1) for one in authors]
        head.pop("author", None)
    if isinstance(summary := known.get("summary"), list):
        head["summary"] = Scalar("\n".join(text_of(line) for line in summary), 1)
    return head


def _formatted(pattern: str, texts: Mapping[str, str], moment: datetime | None) -> str | None:
    """Return what `{slug}` and `{date:%Y}` of a pattern stand for; None: something unknown."""
    found: list[str] = []
    try:
        for literal, field, form, _ in string.Formatter().parse(pattern):
            found.append(literal)
            if field is None:
                continue
            name, _, part = field.partition(".")
            if name == "date":
                found.append(_dated(moment, part, form or ""))
            else:
                found.append(texts[name])
    except (ValueError, KeyError, AttributeError):
        return None
    return "".join(found)


def _dated(moment: datetime | None, part: str, form: str) -> str:
    """Raise ValueError: there is no date, or nothing of it is called so."""
    if moment is None or part not in {"", "year", "month", "day", "hour", "minute", "second"}:
        raise ValueError
    if part:
        return format(getattr(moment, part), form)
    return moment.strftime(form) if form else str(moment)


def configured(config: Record, zone: tzinfo | None) -> Pelican:
    """Return Pelican as a site's configuration has it.

    Args:
        config: `pelicanconf.py`, with `publishconf.py` merged into it (`config_from_python`).
        zone: of dates without one; None: what `TIMEZONE` says, else UTC.
    """
    return Pelican(read_site(config, zone))


def entry_id(site: str, address: str, published: datetime | None) -> str:
    """Return the id of Pelican's own feeds: `tag:HOST,YYYY-MM-DD:/PATH` (`get_tag_uri`).

    Args:
        site: `SITEURL`.
        address: the page's (`Page.address`).
        published: its date, whose day counts in the zone it was written in.
    """
    link = urlsplit(urljoin(site.rstrip("/") + "/", address.lstrip("/")))
    day = f",{published:%Y-%m-%d}" if published else ""
    return f"tag:{link.hostname}{day}:{link.path}" + (f"/{link.fragment}" if link.fragment else "")
