"""Pelican's configuration, as far as it decides what becomes of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from feeds.sources.generators.meta_lines import is_private
from feeds.sources.records import Record, Scalar, Value

_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "ARTICLE_URL": "{slug}.html",
        "ARTICLE_LANG_URL": "{slug}-{lang}.html",
        "PAGE_URL": "pages/{slug}.html",
        "PAGE_LANG_URL": "pages/{slug}-{lang}.html",
    }
)
_FILE_NAME = r"(?P<date>\d{4}-\d{2}-\d{2}).*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What of a configuration decides about articles and pages."""

    #: The content folder, from the repository's root; empty: the root itself.
    content: str
    #: Folders of it, and folders in them that are left out.
    articles: tuple[str, ...]
    not_articles: tuple[str, ...]
    pages: tuple[str, ...]
    not_pages: tuple[str, ...]
    #: Globs of the names of files and folders.
    ignored: tuple[str, ...]
    #: `ARTICLE_URL` and its kin.
    patterns: tuple[tuple[str, str], ...]
    language: str
    zone: tzinfo
    author: str
    category: str
    has_folder_categories: bool
    #: `FILENAME_METADATA` and `PATH_METADATA`.
    file_name: str
    path_name: str
    #: What each file or folder of content is given, the least specific first.
    extra: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    slug_source: str
    #: `SLUG_REGEX_SUBSTITUTIONS`; None: Pelican's own.
    substitutions: tuple[tuple[str, str], ...] | None
    keeps_case: bool
    keeps_unicode: bool


def read_site(config: Record, zone: tzinfo | None) -> Site:
    """Return what the configuration says; `zone` beats its `TIMEZONE`."""
    articles = _folders(config.get("ARTICLE_PATHS"), ("",))
    pages = _folders(config.get("PAGE_PATHS"), ("pages",))
    substitutions = config.get("SLUG_REGEX_SUBSTITUTIONS")
    # The plugin for comments adds its own folder to what is left out.
    with_comments = text_of(config.get("PELICAN_COMMENT_SYSTEM")) == "true"
    comments = _folder(text_of(config.get("PELICAN_COMMENT_SYSTEM_DIR"))) or "comments"
    others = (comments,) if with_comments else ()
    return Site(
        content=_folder(text_of(config.get("PATH"))),
        articles=articles,
        not_articles=(*others, *_folders(config.get("ARTICLE_EXCLUDES"), ()), *filter(None, pages)),
        pages=pages,
        not_pages=(*others, *_folders(config.get("PAGE_EXCLUDES"), ()), *filter(None, articles)),
        ignored=tuple(text_of(item) for item in _items(config.get("IGNORE_FILES"))),
        patterns=tuple((key, text_of(config.get(key)) or own) for key, own in _PATTERNS.items()),
        language=text_of(config.get("DEFAULT_LANG")).lower() or "en",
        zone=zone or zone_of(text_of(config.get("TIMEZONE"))),
        author=text_of(config.get("AUTHOR")),
        category=text_of(config.get("DEFAULT_CATEGORY")) or "misc",
        has_folder_categories=text_of(config.get("USE_FOLDER_AS_CATEGORY")) != "false",
        file_name=text_of(config.get("FILENAME_METADATA")) or _FILE_NAME,
        path_name=text_of(config.get("PATH_METADATA")),
        extra=tuple(sorted(_given(config.get("EXTRA_PATH_METADATA")))),
        slug_source=text_of(config.get("SLUGIFY_SOURCE")) or "title",
        substitutions=None if substitutions is None else tuple(_pairs(substitutions)),
        keeps_case=text_of(config.get("SLUGIFY_PRESERVE_CASE")) == "true",
        keeps_unicode=text_of(config.get("SLUGIFY_USE_UNICODE")) == "true",
    )


def site_facts(config: Record) -> Mapping[str, str]:
    """Return what `site.toml` wants to know, as far as the configuration says it.

    Keys: title, url, description, language, timezone, author.
    """
    url = text_of(config.get("SITEURL"))
    facts = {
        "title": text_of(config.get("SITENAME")),
        "url": url if not url or url.endswith("/") else f"{url}/",
        "description": text_of(config.get("SITESUBTITLE")),
        "language": text_of(config.get("DEFAULT_LANG")),
        "timezone": text_of(config.get("TIMEZONE")),
        "author": text_of(config.get("AUTHOR")),
    }
    return {key: value for key, value in facts.items() if value}


def text_of(value: Value | None) -> str:
    """Return a text; of several, the first, as Pelican does where one is enough."""
    if isinstance(value, list):
        value = value[0] if value else None
    return str(value).strip() if isinstance(value, Scalar) and not value.is_null else ""


def zone_of(name: str) -> tzinfo:
    """Return the zone of that name; UTC, if there is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError, RecursionError):  # the generator ends its build there
        return UTC


def _items(value: Value | None) -> list[Value]:
    return value if isinstance(value, list) else [value] if isinstance(value, Scalar) else []


def _folder(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in {"", "."})


def _folders(value: Value | None, default: tuple[str, ...]) -> tuple[str, ...]:
    return default if value is None else tuple(_folder(text_of(item)) for item in _items(value))


def _pairs(value: Value) -> Iterator[tuple[str, str]]:
    for item in _items(value):
        if isinstance(item, list) and len(item) == 2:
            pattern, replacement = item
            if isinstance(pattern, Scalar) and isinstance(replacement, Scalar):
                yield str(pattern), str(replacement)


def _given(value: Value | None) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for path, said in value.items() if isinstance(value, dict) else ():
        if isinstance(said, dict):
            texts = ((key.lower(), text) for key, text in said.items() if not is_private(key))
            yield (
                path.strip("/"),
                tuple((key, str(text)) for key, text in texts if isinstance(text, Scalar)),
            )
