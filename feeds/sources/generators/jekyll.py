"""What Jekyll makes of a file (4.3.1, whose own answers the tests compare with).

The rules are those of `document.rb`: front matter over the defaults of `_config.yml` over what the
path says. We never show more than Jekyll does, and less in this: what `show_drafts` and
`unpublished` bring to light on its author's machine, and what only a person would take for hidden
(`published: "false"`, `Draft: true`), stays hidden here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from feeds.errors import quoted
from feeds.markup import display_name, one_line
from feeds.settings import is_zone
from feeds.sources.generators import (
    Page,
    jekyll_dates,
    jekyll_defaults,
    jekyll_files,
    jekyll_urls,
)
from feeds.sources.generators import jekyll_values as ruby
from feeds.sources.generators.jekyll_defaults import Default, merged
from feeds.sources.generators.jekyll_files import Files, Found
from feeds.sources.records import Record, Scalar
from feeds.tuples import NamedTuple
from feeds.urls import LANGUAGE_TAG, is_web_url

#: `jekyll-last-modified-at`, and what themes have.
_UPDATED = ("last_modified_at", "updated", "modified")
#: RFC 822 has no earlier year.
_FIRST_YEAR = 1000
#: No template, slug or list of categories of an address is longer: what they make is their product.
_MAX_LENGTH = 1000


class Jekyll(NamedTuple):
    """Jekyll with the configuration of one site."""

    #: The site's zone: the day in an address is a day there.
    zone: tzinfo = UTC
    #: Where a post stands whose front matter does not say: a template with placeholders.
    permalink: str = jekyll_urls.STYLES["date"]
    files: Files = Files()
    defaults: tuple[Default, ...] = ()
    #: Whether Jekyll shows posts whose time has not come.
    future: bool = False
    #: What of the configuration could not be understood.
    warnings: tuple[str, ...] = ()

    def page(self, relative: str, head: Record) -> Page | None:
        """Return what becomes of a file; None: it is no post, and no draft of one.

        The page's `head` has the defaults of the site in it, and `categories` and `tags` as lists
        wherever they came from (folders, `category`, `tag`, words with blanks between them).
        """
        found = self.files.find(relative)
        if not found:
            return None
        whole = self._whole(found, head)
        warnings: list[str] = []
        local = self._date(found, whole, warnings)
        address = self._address(found, whole, local, warnings)
        published = local
        if local and local.year < _FIRST_YEAR:
            warnings.append(f"a date that no feed can carry: {local.year:04}")
            published = None
        return Page(
            head=whole,
            name=one_line(_slug(found, whole)) or found.stem,
            title="" if _has_title(whole) else jekyll_urls.titled(found.slug),
            published=published,
            updated=self._updated(whole, warnings),
            address=address,
            public=not found.is_draft and not _is_hidden(whole),
            aliases=ruby.distinct(whole, "redirect_from", "alias", "aliases"),
            warnings=tuple(warnings),
        )

    def entry_id(self, relative: str, head: Record) -> str | None:
        """Return `post.id`, from which jekyll-feed makes an entry's id; None: it is no post.

        A path from the site's home page: the folder of the address, and the slug as it is written.
        """
        found = self.files.find(relative)
        if not found:
            return None
        whole = self._whole(found, head)
        address = self._address(found, whole, self._date(found, whole, []), [])
        return jekyll_urls.identifier(address, _slug(found, whole))

    def _whole(self, found: Found, head: Record) -> Record:
        """Return the front matter over the defaults, categories and tags collected."""
        below: Record = {}
        if self.defaults:
            below = jekyll_defaults.values(self.defaults, found.path, self.files.collections)
        whole = merged(below, head) if below else dict(head)
        categories, tags = [*found.categories], list[str]()
        if "categories" in whole or "category" in whole:
            for layer in (below, head):
                categories += ruby.plural(layer.get("categories"))
            own = ruby.singular(whole.get("category"))
            categories += own or ruby.plural(whole.get("categories"))
        if "tags" in whole or "tag" in whole:
            tags = ruby.singular(whole.get("tag")) or ruby.plural(whole.get("tags"))
        for key, singular, texts in (("categories", "category", categories), ("tags", "tag", tags)):
            whole.pop(singular, None)
            whole.pop(key, None)
            if texts:
                line = ruby.line(head, key, singular)
                whole[key] = [Scalar(text, line) for text in dict.fromkeys(texts) if text]
        if "title" in whole and ruby.is_nothing(whole["title"]):
            del whole["title"]
        if "published" in whole and not ruby.is_no(whole["published"]):
            del whole["published"]  # `published: 2013-03-14` publishes as well as `true`
        return whole

    def _date(self, found: Found, whole: Record, warnings: list[str]) -> datetime | None:
        """Return the date in the site's zone: front matter's, else the one in the file's name."""
        written = whole.get("date")
        if isinstance(written, Scalar) and not ruby.is_nothing(written):
            if moment := jekyll_dates.read(written, written.plain, self.zone):
                return moment
            warnings.append(f"a date that cannot be read: {quoted(written)}")
            if day := jekyll_dates.day_of(written, self.zone):
                return day
        elif not ruby.is_nothing(written):
            warnings.append("a date that is a list")
        named = jekyll_dates.read(found.day, False, self.zone) if found.day else None
        if found.day and not named and ruby.is_nothing(written):
            warnings.append(f"a date that cannot be read in the file's name: {found.day}")
        return named

    def _updated(self, whole: Record, warnings: list[str]) -> datetime | None:
        for key in _UPDATED:
            written = whole.get(key)
            if not isinstance(written, Scalar) or not written.strip() or written.is_null:
                continue
            moment = jekyll_dates.read(written, written.plain, self.zone)
            if moment and moment.year >= _FIRST_YEAR:
                return moment
            warnings.append(f"{key}: a date that cannot be read: {quoted(written)}")
        return None

    def _address(
        self, found: Found, whole: Record, local: datetime | None, warnings: list[str]
    ) -> str:
        own = ruby.text(whole.get("permalink"))
        template = self.permalink if own is None else own
        slug, categories = _slug(found, whole), ruby.plural(whole.get("categories"))
        longest = max(len(template), len(slug), sum(map(len, categories)) + len(categories))
        if longest > _MAX_LENGTH:
            warnings.append("an address that is too long, so the file's name is all there is of it")
            own, template, slug, categories = None, "/:title:output_ext", found.slug, []
        suffix = posixpath.splitext(own)[1] if own and not own.endswith("/") else ""
        place = jekyll_urls.Place(
            date=local,
            slug=slug,
            categories=tuple(categories),
            stem=found.stem,
            path=found.cleaned,
            output_ext=suffix or self.files.output_ext(found.suffix),
        )
        address, unknown = jekyll_urls.address(template, place)
        if unknown:
            warnings.append(f"a permalink with :{unknown[0]}, which Jekyll does not know")
        return address


def configured(config: Record, zone: tzinfo | None = None) -> Jekyll:
    """Return Jekyll as `_config.yml` has it.

    Args:
        config: the configuration, all of its files merged.
        zone: the site's zone, if something else than the configuration says it.
    """
    warnings: list[str] = []
    if zone is None:
        zone = _zone(ruby.stripped(config, "timezone"), warnings)
    defaults, passed_over = jekyll_defaults.read(config.get("defaults"))
    if passed_over:
        warnings.append(f"{passed_over} of `defaults` that cannot be read")
    return Jekyll(
        zone=zone,
        permalink=_permalink(config),
        files=Files(
            source=_folder(config, "source", ""),
            collections=ruby.stripped(config, "collections_dir"),
            destination=_folder(config, "destination", "_site"),
            include=tuple(ruby.items(config, "include")) if "include" in config else (".htaccess",),
            exclude=(*ruby.items(config, "exclude"), *jekyll_files.DEFAULT_EXCLUDES),
            markdown=_markdown(config),
        ),
        defaults=defaults,
        future=ruby.is_yes(config.get("future")),
        warnings=tuple(warnings),
    )


def site_facts(config: Record) -> Mapping[str, str]:
    """Return what a configuration says about its site; keys are missing where it says nothing.

    `title`, `url` (with `baseurl`, ends in a slash), `description`, `language`, `timezone`,
    `author` (a name, never an address), `permalink` (the template of posts).
    """
    author = config.get("author")
    name = ruby.text(author.get("name") if isinstance(author, dict) else author) or ""
    language = (ruby.stripped(config, "lang") or ruby.stripped(config, "locale")).replace("_", "-")
    timezone = ruby.stripped(config, "timezone")
    facts = {
        "title": one_line(ruby.stripped(config, "title") or ruby.stripped(config, "name")),
        "url": _home(config),
        "description": one_line(ruby.stripped(config, "description")),
        "language": language if LANGUAGE_TAG.fullmatch(language) else "",
        "timezone": timezone if timezone and is_zone(timezone) else "",
        "author": display_name(name) if name.strip() else "",
        "permalink": _permalink(config),
    }
    return {key: value for key, value in facts.items() if value}


def _home(config: Record) -> str:
    url = ruby.stripped(config, "url").rstrip("/")
    base = ruby.stripped(config, "baseurl").strip("/")
    home = f"{url}/{base}/" if base else f"{url}/"
    return home if is_web_url(home) else ""


def _permalink(config: Record) -> str:
    """Return the template of posts; only the site's own `permalink` may be the name of a style."""
    collections = config.get("collections")
    posts = collections.get("posts") if isinstance(collections, dict) else None
    own = ruby.text(posts.get("permalink")) if isinstance(posts, dict) else None
    if own is not None:
        return own
    style = ruby.text(config.get("permalink")) or "date"
    return jekyll_urls.STYLES.get(style, style)


def _zone(name: str, warnings: list[str]) -> tzinfo:
    if not name or name == "UTC":
        return UTC
    if is_zone(name):
        from zoneinfo import ZoneInfo  # takes longer to import than to read fifty posts

        return ZoneInfo(name)
    warnings.append(f"a timezone that nobody knows, so UTC counts: {quoted(name)}")
    return UTC


def _folder(config: Record, key: str, default: str) -> str:
    """Return a folder as a path from the repository."""
    path = posixpath.normpath(ruby.stripped(config, key) or default or ".")
    return "" if path == "." else path


def _markdown(config: Record) -> tuple[str, ...]:
    text = ruby.stripped(config, "markdown_ext").lower()
    return tuple(text.split(",")) if text else jekyll_files.MARKDOWN_SUFFIXES


def _is_hidden(whole: Record) -> bool:
    """Tell whether a post stays in: Jekyll leaves it out, or jekyll-feed, to which it is a draft.

    `Draft: true` means what it says, though Jekyll knows no keys in capitals.
    """
    for key, value in whole.items():
        word = key.lower()
        if (word == "draft" and ruby.is_yes(value)) or (word == "published" and ruby.is_no(value)):
            return True
    return False


def _has_title(whole: Record) -> bool:
    """Tell whether a title surely has something to see in it."""
    title = whole.get("title")
    return isinstance(title, Scalar) and title.isprintable() and not title.isspace() and title != ""


def _slug(found: Found, whole: Record) -> str:
    own = ruby.text(whole.get("slug"))
    return found.slug if own is None else own
