"""What Hugo makes of a file, by the rules of Hugo 0.111 and the names that later ones gave them.

Compared page by page with Hugo itself (`tests/test_hugo_itself.py`). What its own home feed lists
is every regular page of the default language, newest first; an item's guid is its permalink.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import MAXYEAR, UTC, datetime, tzinfo

from feeds.errors import quoted
from feeds.patterns import lazy
from feeds.sources.generators import Page, hugo_dates
from feeds.sources.generators.hugo_cascade import Cascade, lower_keys, merged
from feeds.sources.generators.hugo_config import Section, Site, read_site
from feeds.sources.generators.hugo_config import site_facts as site_facts
from feeds.sources.generators.hugo_head import (
    NOT_RENDERED,
    RENDERED,
    aliases_of,
    for_readers,
    unread_dates,
    unrendered,
    visibility,
)
from feeds.sources.generators.hugo_urls import Facts, Target, expanded
from feeds.sources.generators.hugo_values import text_of
from feeds.sources.records import Record
from feeds.tuples import NamedTuple
from feeds.urls import is_web_url

#: No file system takes a longer path; a hostile one would stand for gigabytes.
_MAX_URL = 4096
_MAX_TITLE = 1000
#: What Hugo neither spells otherwise nor takes for more than a name.
_PLAIN_NAME = lazy(r"[A-Za-z0-9_-][A-Za-z0-9_.~-]*")
_PLAIN_FOLDER = lazy(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_.~-]*/)*")
_DATED = lazy(r"\d{4}-\d{2}-\d{2}-(?=.)", re.ASCII)


class _Folder(NamedTuple):
    """What is the same for all pages that lie in one folder, or are its leaf bundle."""

    #: Seen from the content folder; empty: that folder.
    path: str
    #: The same, taken apart, without that of a leaf bundle.
    folders: tuple[str, ...]
    lang: str
    is_bundle: bool
    #: The sections that the pages are in, the nearest first.
    above: tuple[Section, ...]
    cascades: tuple[Cascade, ...]
    is_hidden: bool
    expires: tuple[datetime, ...]
    #: What the first folder's permalinks look like; empty: nothing is configured.
    permalink: str
    is_ugly: bool
    #: The path of a page's address as far as the page's name, if it has nothing to be spelled.
    link: str | None

    @property
    def section(self) -> str:
        """The first folder: what permalinks and `uglyURLs` are configured by."""
        return self.folders[0] if self.folders else ""


class _Place(NamedTuple):
    """Where a file is, seen from the content folder."""

    folder: _Folder
    #: With a leading slash: `/posts/trip/index.md`.
    path: str
    #: The file's name without suffix and language, or its bundle's.
    name: str
    suffix: str

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of it, without that of a leaf bundle."""
        return self.folder.folders


class Hugo:
    """Hugo, with the configuration of one site.

    Args:
        site: what the configuration says.
        sections: what each `_index.md` says for the pages below it, by its folder from the content
            folder.
        bundles: folders that are one page with its resources, from the repository's root.
    """

    def __init__(
        self, site: Site, sections: tuple[tuple[str, Section], ...], bundles: tuple[str, ...]
    ) -> None:
        self.site = site
        self._said = (site, sections, bundles)
        self._known = dict(sections)
        self._bundles = frozenset(bundles)
        self._folders: dict[tuple[str, bool], _Folder | None] = {}

    def __repr__(self) -> str:
        """Return what tells it from any other."""
        return f"Hugo{self._said!r}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hugo) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)

    def page(self, relative: str, head: Record) -> Page | None:
        """Say what becomes of a file; None: it is no regular page of the main language.

        Args:
            relative: its path from the root of the repository, with `/`.
            head: its front matter; values are texts (`Scalar`), lists and mappings of them.
        """
        place = self._place(relative)
        if place is None or (place.suffix in {"html", "htm"} and not head):
            return None  # HTML without front matter is a file that Hugo copies
        folder = place.folder
        said = self._with_cascades(lower_keys(head), place)
        dates = hugo_dates.of_page(said, place.name, self.site.dates, self.site.zone)
        slug = text_of(said.get("slug")).strip("-") if "slug" in said else dates.slug or ""
        seen = visibility(said, is_bundle=folder.is_bundle)
        published = _carried(dates.date)
        warnings = [*seen.warnings]
        aliases: tuple[str, ...] = ()
        address = self._plain_address(place, said, slug)
        if not address:
            target = self._target(place, said, dates.date or hugo_dates.ZERO, slug)
            address = target.url if is_web_url(target.url) else target.link(self.site.spelling)
            aliases = tuple(
                target.alias(alias, self.site.spelling) for alias in aliases_of(said.get("aliases"))
            )
            if ":" in target.permalink:
                warnings.append(
                    f"a permalink pattern that is not known here: {quoted(target.permalink)}"
                )
        if not published:
            warnings += unread_dates(said, self.site.dates.date)
        if language := unrendered(said, place.suffix):
            warnings.append(f"its body is {language}, which is not rendered here")
        expiry = _carried(dates.expiry)
        if folder.expires:
            expiry = min((expiry, *folder.expires) if expiry else folder.expires)
        return Page(
            head=for_readers(said),
            name=slug or _DATED.sub("", place.name) or "index",
            title="",
            published=_later(published, _carried(dates.publish)),
            updated=_carried(dates.lastmod) if dates.lastmod != dates.date else None,
            address=address,
            public=seen.public and not folder.is_hidden,
            listed=seen.listed,
            aliases=aliases,
            warnings=tuple(warnings),
            expires=expiry,
        )

    def _place(self, relative: str) -> _Place | None:
        outer, _, name = relative.rpartition("/")
        is_index = name.startswith("index.") and outer in self._bundles
        folder = self._folder(outer, is_index)
        if folder is None or name.startswith((".", "#", "_index.")) or name.endswith("~"):
            return None
        if self.site.ignored and self.site.ignores(relative):
            return None
        stem, dot, suffix = name.rpartition(".")
        if not dot or (suffix not in RENDERED and suffix not in NOT_RENDERED):
            return None
        lang = folder.lang
        plain, dot, tag = stem.rpartition(".")
        if dot and tag in self.site.languages:
            stem, lang = plain, tag
        if lang != self.site.language:
            return None
        if is_index:
            stem = folder.path.rpartition("/")[2]
        return _Place(folder, f"/{folder.path}/{name}" if folder.path else f"/{name}", stem, suffix)

    def _folder(self, outer: str, is_bundle: bool) -> _Folder | None:
        """Return what is the same for pages in a folder; None: Hugo makes no pages of files there.

        Args:
            outer: from the repository's root.
            is_bundle: whether the folder is one page, and that is what is asked for.
        """
        key = (outer, is_bundle)
        if key not in self._folders:
            self._folders[key] = self._looked_at(outer, is_bundle)
        return self._folders[key]

    def _looked_at(self, outer: str, is_bundle: bool) -> _Folder | None:
        for root in self.site.roots:
            if f"{outer}/".startswith(f"{root.source}/"):
                path = f"{root.target}/{outer[len(root.source) + 1 :]}".strip("/")
                break
        else:
            return None
        parts = tuple(path.split("/")) if path else ()
        if any(part.startswith((".", "#")) or part.endswith("~") for part in parts):
            return None
        if any(folder in self._bundles for folder in _folders(outer, is_bundle)):
            return None  # what is in it is a resource of the page above it
        folders = parts[:-1] if is_bundle else parts
        section = folders[0] if folders else ""
        above = tuple(_above(self._known, folders))
        prefix = "/".join(part for part in (self.site.prefix, *folders) if part)
        link = f"/{prefix}/" if prefix else "/"
        permalink = dict(self.site.permalinks).get(section, "")
        is_ugly = self.site.is_ugly or section in self.site.ugly_sections
        is_plain = not permalink and not is_ugly and _PLAIN_FOLDER.fullmatch(link)
        return _Folder(
            path=path,
            folders=folders,
            lang=root.lang,
            is_bundle=is_bundle,
            above=above,
            cascades=(*(one for found in above for one in found.cascades), *self.site.cascades),
            is_hidden=any(found.is_hidden for found in above),
            expires=tuple(found.expires for found in above if found.expires),
            permalink=permalink,
            is_ugly=is_ugly,
            link=self.site.spelling.cased(link) if is_plain else None,
        )

    def _with_cascades(self, head: Record, place: _Place) -> Record:
        handed_down = place.folder.cascades
        return merged(head, handed_down, place.path, self.site.language) if handed_down else head

    def _plain_address(self, place: _Place, said: Record, slug: str) -> str | None:
        """Return what `_target` comes to where nothing has to be looked up or spelled; else None."""
        name = slug or place.name
        if place.folder.link is None or name == "index" or not _PLAIN_NAME.fullmatch(name):
            return None
        if "url" in said or "aliases" in said:
            return None
        return f"{place.folder.link}{self.site.spelling.cased(name)}/"

    def _target(self, place: _Place, said: Record, date: datetime, slug: str) -> Target:
        facts = Facts(
            date=date,
            title=text_of(said.get("title"))[:_MAX_TITLE],
            slug=slug,
            file_name=place.name,
            section=place.folder.section,
            sections=self._listing_section(place.folders),
        )
        url = text_of(said.get("url"))
        # Attributes in `url` came with Hugo 0.131.
        if ":" in url and not is_web_url(url) and len(url) < _MAX_URL:
            url = expanded(url.replace("+", "%2B"), facts, self.site.spelling) or url
        pattern = place.folder.permalink
        return Target(
            url=url,
            permalink=expanded(pattern, facts, self.site.spelling) if pattern else "",
            folder="/".join(place.folders),
            base_name=slug or place.name,
            prefix=self.site.prefix,
            is_ugly=place.folder.is_ugly,
        )

    def _listing_section(self, folders: tuple[str, ...]) -> tuple[str, ...]:
        """Return the nearest folder with an `_index.md`, else the first one (`.CurrentSection`)."""
        for length in range(len(folders), 0, -1):
            if "/".join(folders[:length]) in self._known:
                return folders[:length]
        # Hugo makes up the first one, and forgets its capitals.
        return tuple(folder.lower() for folder in folders[:1])


def _above(known: Mapping[str, Section], folders: tuple[str, ...]) -> Iterator[Section]:
    """Yield the sections that a page is in, the nearest first."""
    for length in range(len(folders), -1, -1):
        if section := known.get("/".join(folders[:length])):
            yield section


def _folders(path: str, without_last: bool) -> Iterator[str]:
    """Yield a folder and those above it."""
    parts = path.split("/")
    for length in range(len(parts) - without_last, 0, -1):
        yield "/".join(parts[:length])


def _carried(moment: datetime | None) -> datetime | None:
    """Return a date that a feed can carry: RFC 822 wants a year of four digits."""
    if moment is None or 1000 < moment.year < MAXYEAR:
        return moment
    try:
        return moment if moment.astimezone(UTC).year >= 1000 else None
    except OverflowError:
        # Past the last moment there is, in some zone: "never" where it says when to publish.
        return datetime(9999, 12, 31, tzinfo=UTC) if moment.year > 1 else None


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None or one is other:
        return one or other
    return max(one, other)


def leaf_bundles(paths: Iterable[str]) -> frozenset[str]:
    """Return the folders that are one page each: with an `index.*`, and no `_index.*` beside it."""
    found: set[str] = set()
    sections: set[str] = set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name.rpartition(".")[2] in RENDERED or name.rpartition(".")[2] in NOT_RENDERED:
            if name.startswith("index."):
                found.add(folder)
            elif name.startswith("_index."):
                sections.add(folder)
    return frozenset(found - sections)


def configured(
    config: Record,
    zone: tzinfo | None,
    sections: Mapping[str, Record] | None = None,
    bundles: frozenset[str] = frozenset(),
) -> Hugo:
    """Return Hugo as a site's configuration has it.

    Args:
        config: `hugo.toml` or the like, with `config/_default/` merged into it.
        zone: of dates without one; None: what `timeZone` says, else UTC.
        sections: the front matter of each `_index.*` of the main language, by its folder from the
            repository's root.
        bundles: the folders that are one page each (`leaf_bundles`), from the repository's root;
            one that is a section, too, is none.
    """
    site = read_site(config, zone)
    found: dict[str, Section] = {}
    for folder, head in sorted((sections or {}).items()):
        for root in site.roots:
            if f"{folder}/".startswith(f"{root.source}/"):
                inside = f"{root.target}/{folder[len(root.source) + 1 :]}".strip("/")
                above = _above(found, tuple(inside.split("/"))[:-1]) if inside else ()
                handed_down = [one for section in above for one in section.cascades]
                known = Section.read(head, inside, (*handed_down, *site.cascades), site)
                found.setdefault(inside, known)
                break
    return Hugo(site, tuple(sorted(found.items())), tuple(sorted(bundles - {*(sections or {})})))
