"""What Zola makes of a file, by its documentation and source (0.22).

Its feed lists every page of the default language that has a date; an entry's id is its permalink,
which Zola does not percent-encode (`entry_id`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from feeds import dates
from feeds.errors import ContentError
from feeds.sources.generators import Page
from feeds.sources.generators.hugo_cascade import matches
from feeds.sources.generators.latin import ascii_of
from feeds.sources.records import Record, Scalar, Value

_CONTENT = "content/"
#: A day or a moment at the start of a file's name, and the slug behind it (`RFC3339_DATE`).
_DATED = re.compile(
    r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?)"
    r"(?:\s?[_-](.+))?",
    re.ASCII,
)
_UNSAFE = frozenset('<>:"/\\|?*')
_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Zola:
    """Zola, with the configuration of one site."""

    #: Besides the main one.
    languages: tuple[str, ...]
    #: `slugify.paths`: on, safe or off.
    slugify: str
    #: `slugify.paths_keep_dates`.
    keeps_dates: bool
    ignored: tuple[str, ...]
    #: Of dates without one. Zola itself takes them for UTC.
    zone: tzinfo
    #: Folders whose `_index.md` is a draft: nothing below them is published.
    drafts: tuple[str, ...]

    def page(self, relative: str, head: Record) -> Page | None:
        """Say what becomes of a file; None: Zola makes no page of the main language of it.

        Args:
            relative: its path from the root of the repository, with `/`.
            head: its front matter; values are texts (`Scalar`), lists and mappings of them.
        """
        *folders, file = relative.removeprefix(_CONTENT).split("/")
        stem = file.removesuffix(".md")
        if (
            not relative.startswith(_CONTENT)
            or stem == file
            or file.startswith((".", "_index."))
            or any(matches(pattern, f"/site/{relative}") for pattern in self.ignored)
        ):
            return None
        language = stem.partition(".")[2]
        if language in self.languages:
            return None
        named = folders[-1] if folders and stem == "index" else stem
        parts = folders[:-1] if folders and stem.partition(".")[0] == "index" else folders
        warnings: list[str] = []
        dated = _DATED.match(named)
        published = self._date(head, "date", warnings)
        if "date" not in head and dated:
            published = self._date({"date": Scalar(dated[1], 1)}, "date", warnings)
        own = _text(head.get("slug"))
        plain = dated[2] if dated and dated[2] and not self.keeps_dates else named
        slug = self._slug(own or plain, warnings)
        hidden = _truth(head.get("draft"))
        if hidden is None:
            warnings.append("`draft` is neither true nor false, so the page stays hidden")
        return Page(
            head=_head(head),
            name=own or (dated[2] if dated and dated[2] else named),
            title="",
            published=published,
            updated=self._date(head, "updated", warnings),
            address=_path(_text(head.get("path")).strip() or "/".join([*parts, slug])),
            public=hidden is False and not any(f in self.drafts for f in _folders(relative)),
            listed=published is not None,
            aliases=tuple(f"/{text.lstrip('/')}" for text in _texts(head.get("aliases"))),
            warnings=tuple(warnings),
        )

    def _date(self, head: Mapping[str, Value], key: str, warnings: list[str]) -> datetime | None:
        if not (text := _text(head.get(key))):
            return None
        try:
            return dates.parse(text, self.zone)
        except ContentError as error:
            warnings.append(f"`{key}`: {error.what}")
            return None

    def _slug(self, text: str, warnings: list[str]) -> str:
        """Return a name as a part of an address (`slugify_paths`)."""
        if self.slugify == "off":
            return text
        if self.slugify == "safe":
            return "".join(c for c in text.rstrip(" .") if c not in _UNSAFE)
        spelled = ascii_of(text)
        if spelled is None:
            warnings.append("an address that only Zola can spell; give the page a `path`")
            spelled = text
        return "-".join(re.findall(r"[^\W_]+", spelled.lower()))


def _folders(relative: str) -> Iterator[str]:
    parts = relative.split("/")
    for length in range(1, len(parts)):
        yield "/".join(parts[:length])


def _path(text: str) -> str:
    path = text if text.startswith("/") else f"/{text}"
    return path if path.endswith("/") else f"{path}/"


def _text(value: Value | None) -> str:
    return str(value) if isinstance(value, Scalar) and not value.is_null else ""


def _texts(value: Value | None) -> list[Scalar]:
    return [item for item in value if isinstance(item, Scalar)] if isinstance(value, list) else []


def _record(value: Value | None) -> Record:
    return value if isinstance(value, dict) else {}


def _truth(value: Value | None) -> bool | None:
    """Return a truth value; nothing at all is False, what cannot be read None."""
    word = _text(value).strip().lower()
    if isinstance(value, list | dict):
        return None
    return True if word in _TRUE else False if word in _FALSE else None


def _head(head: Record) -> Record:
    """Return the front matter with terms and authors where the reader of posts looks for them."""
    found = {key: value for key, value in head.items() if key not in {"template", "taxonomies"}}
    taxonomies, extra = _record(head.get("taxonomies")), _record(head.get("extra"))
    for key in ("tags", "categories"):
        if key in taxonomies:
            found[key] = taxonomies[key]
    authors = head.get("authors") or taxonomies.get("authors") or extra.get("authors")
    author = extra.get("author")
    if authors:
        found["authors"] = authors
    elif author:
        found["author"] = author
    if "image" in extra:
        found.setdefault("image", extra["image"])
    return found


def configured(
    config: Record, zone: tzinfo | None, sections: Mapping[str, Record] | None = None
) -> Zola:
    """Return Zola as a site's configuration has it.

    Args:
        config: `config.toml` or `zola.toml`.
        zone: of dates without one; None: UTC, as Zola has it.
        sections: the front matter of each `_index.md`, by its folder from the repository's root.
    """
    slugify = config.get("slugify", config.get("slugify_paths"))
    strategies = _record(slugify)
    paths = _text(strategies.get("paths")).lower() or "on"
    if isinstance(slugify, Scalar):  # a truth value before 0.12
        paths = "on" if _truth(slugify) else "safe"
    return Zola(
        languages=tuple(sorted({*_record(config.get("languages"))} - {_main_language(config)})),
        slugify=paths,
        keeps_dates=_truth(strategies.get("paths_keep_dates")) is True,
        # Without a separator of its own, `*` matches slashes there.
        ignored=tuple(
            re.sub(r"\*+", "**", pattern) for pattern in _texts(config.get("ignored_content"))
        ),
        zone=zone or UTC,
        drafts=tuple(
            folder
            for folder, head in sorted((sections or {}).items())
            if _truth(head.get("draft")) is not False
        ),
    )


def _main_language(config: Record) -> str:
    return _text(config.get("default_language")) or "en"


def site_facts(config: Record) -> Mapping[str, str]:
    """Return what `site.toml` wants to know, as far as the configuration says it.

    Keys: title, url, description, language, author. Zola knows no time zone.
    """
    url = _text(config.get("base_url"))
    facts = {
        "title": _text(config.get("title")),
        "url": url if not url or url.endswith("/") else f"{url}/",
        "description": _text(config.get("description")),
        "language": _main_language(config),
        "author": _text(config.get("author")) or _text(_record(config.get("extra")).get("author")),
    }
    return {key: value for key, value in facts.items() if value}


def entry_id(site: str, address: str) -> str:
    """Return the id and guid of Zola's own feed: the permalink, with nothing percent-encoded.

    Args:
        site: `base_url`.
        address: the page's (`Page.address`).
    """
    return site.rstrip("/") + "/" + address.lstrip("/")
