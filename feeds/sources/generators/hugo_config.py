"""Hugo's configuration, as far as it decides what becomes of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from feeds.sources.generators import hugo_dates
from feeds.sources.generators.hugo_cascade import Cascade, cascades, lower_keys, merged
from feeds.sources.generators.hugo_head import is_draft
from feeds.sources.generators.hugo_urls import Spelling
from feeds.sources.generators.hugo_values import is_true, text_of
from feeds.sources.records import Record, Scalar, Value
from feeds.tuples import NamedTuple


class Root(NamedTuple):
    """A folder of content: `contentDir`, or a mount."""

    #: From the repository's root.
    source: str
    #: Where it is seen in the content folder; mostly empty.
    target: str
    lang: str


class Site(NamedTuple):
    """What of a configuration decides about pages."""

    #: The longest source first.
    roots: tuple[Root, ...]
    #: The default language, whose pages the main feed lists, and all of them.
    language: str
    languages: tuple[str, ...]
    #: The folder that the main language's pages stand in, if any.
    prefix: str
    zone: tzinfo
    dates: hugo_dates.Keys
    #: Pattern by section.
    permalinks: tuple[tuple[str, str], ...]
    spelling: Spelling
    is_ugly: bool
    ugly_sections: tuple[str, ...]
    ignored: tuple[str, ...]
    cascades: tuple[Cascade, ...]

    def ignores(self, relative: str) -> bool:
        """Tell whether `ignoreFiles` names a file, or a folder that it is in."""
        if not self.ignored:
            return False
        patterns = _compiled(self.ignored)
        parts = relative.split("/")
        # Hugo looks at the whole path on the author's machine: `^` never fits here, either.
        paths = ["/site/" + "/".join(parts[:length]) for length in range(1, len(parts) + 1)]
        return any(pattern.search(path) for pattern in patterns for path in paths)


@lru_cache(maxsize=8)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    found: list[re.Pattern[str]] = []
    for pattern in patterns:
        try:
            found.append(re.compile(pattern))
        except (re.error, OverflowError, RecursionError):  # Hugo says so, and goes on without it
            continue
    return tuple(found)


class Section(NamedTuple):
    """What an `_index.md` says for the pages below it."""

    cascades: tuple[Cascade, ...] = ()
    #: A draft: the whole section is hidden.
    is_hidden: bool = False
    expires: datetime | None = None

    @classmethod
    def read(cls, head: Record, folder: str, above: Iterable[Cascade], site: Site) -> Section:
        """Return what the front matter of an `_index.md` says.

        Args:
            head: its front matter.
            folder: where it is, from the content folder.
            above: what the sections above it hand down, the nearest first, and the site.
            site: the configuration.
        """
        said = lower_keys(head)
        own = cascades(said.get("cascade"))
        # A section gets what it hands down itself.
        path = f"/{folder}/_index.md" if folder else "/_index.md"
        kind = "section" if folder else "home"
        said = merged(said, (*own, *above), path, site.language, kind)
        return cls(own, is_draft(said), hugo_dates.of_page(said, "", site.dates, site.zone).expiry)


def read_site(config: Record, zone: tzinfo | None) -> Site:
    """Return what the configuration says; `zone` beats its `timeZone`."""
    known = _of_main_language(lower_keys(config))
    language = _main_language(known)
    languages = _languages(known) or {language: {}}
    in_folder = is_true(known.get("defaultcontentlanguageinsubdir")) is True
    ugly = known.get("uglyurls")
    return Site(
        roots=_roots(known, languages, language),
        language=language,
        languages=tuple(sorted(languages)),
        prefix=language if len(languages) > 1 and in_folder else "",
        zone=zone or _zone(text_of(known.get("timezone"))),
        dates=hugo_dates.keys(
            {key: _texts(value) for key, value in _record(known.get("frontmatter")).items()}
        ),
        permalinks=_permalinks(_record(known.get("permalinks"))),
        spelling=Spelling(
            keeps_case=is_true(known.get("disablepathtolower")) is True,
            plain_letters=is_true(known.get("removepathaccents")) is True,
        ),
        is_ugly=isinstance(ugly, Scalar) and is_true(ugly) is True,
        ugly_sections=tuple(
            section for section, value in _record(ugly).items() if is_true(value) is True
        ),
        ignored=tuple(_texts(known.get("ignorefiles"))),
        cascades=cascades(known.get("cascade")),
    )


def site_facts(config: Record) -> Mapping[str, str]:
    """Return what `site.toml` wants to know, as far as the configuration says it.

    Keys: title, url, description, language, timezone, author.
    """
    known = _of_main_language(lower_keys(config))
    params = _record(known.get("params"))
    url = text_of(known.get("baseurl"))
    author = params.get("author") or known.get("author")
    if isinstance(author, list):
        author = author[0] if author else None
    facts = {
        "title": text_of(known.get("title")),
        "url": url if not url or url.endswith("/") else url + "/",
        "description": text_of(params.get("description")) or text_of(known.get("description")),
        "language": text_of(known.get("languagecode")) or text_of(known.get("locale")),
        "timezone": text_of(known.get("timezone")),
        "author": text_of(_record(author).get("name"))
        if isinstance(author, dict)
        else text_of(author),
    }
    facts["language"] = facts["language"] or text_of(known.get("defaultcontentlanguage"))
    return {key: value for key, value in facts.items() if value}


def _record(value: Value | None) -> Record:
    return value if isinstance(value, dict) else {}


def _texts(value: Value | None) -> list[str]:
    if isinstance(value, list):
        return [text_of(item) for item in value]
    return text_of(value).split()


def _main_language(known: Record) -> str:
    return text_of(known.get("defaultcontentlanguage")).lower() or "en"


def _of_main_language(known: Record) -> Record:
    """Return the configuration with what it says of its main language in its place."""
    own = _record(_record(known.get("languages")).get(_main_language(known)))
    params = {**_record(known.get("params")), **_record(own.get("params"))}
    return {**known, **own, "params": params} if own else known


def _languages(known: Record) -> dict[str, Record]:
    disabled = set(_texts(known.get("disablelanguages")))
    return {
        name: _record(language)
        for name, language in _record(known.get("languages")).items()
        if name not in disabled and is_true(_record(language).get("disabled")) is not True
    }


def _roots(known: Record, languages: Mapping[str, Record], main: str) -> tuple[Root, ...]:
    found: dict[str, Root] = {}
    mounts = _record(known.get("module")).get("mounts")
    for mount in mounts if isinstance(mounts, list) else []:
        said = _record(mount)
        target = _folder(text_of(said.get("target")))
        if f"{target}/".startswith("content/"):
            source = _folder(text_of(said.get("source")))
            lang = text_of(said.get("lang")).lower() or main
            found.setdefault(source, Root(source, target[len("content/") :], lang))
    if not any(root.lang == main for root in found.values()):
        source = _folder(text_of(known.get("contentdir"))) or "content"
        found.setdefault(source, Root(source, "", main))
    for name, language in languages.items():
        if source := _folder(text_of(language.get("contentdir"))):
            found.setdefault(source, Root(source, "", name))
    return tuple(sorted(found.values(), key=lambda root: (-len(root.source), root.source)))


def _folder(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in {"", "."})


def _zone(name: str) -> tzinfo:
    if not name:
        return UTC
    from zoneinfo import ZoneInfo  # takes longer to import than to read fifty posts

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError, RecursionError):  # Hugo ends its build there
        return UTC


def _permalinks(said: Record) -> tuple[tuple[str, str], ...]:
    """Return the pattern for each section's pages; since 0.115 they may stand under `page`."""
    sections = {**said, **_record(said.get("page"))}
    return tuple(
        (section.strip(" /"), text_of(pattern))
        for section, pattern in sections.items()
        if text_of(pattern)
    )
