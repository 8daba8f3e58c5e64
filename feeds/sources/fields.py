"""The fields of a record, typed: each key read once, each mistake noted where it stands."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import datetime, tzinfo
from urllib.parse import unquote, urlsplit

from feeds import dates
from feeds.errors import ContentError, Problem, Severity, quoted
from feeds.markup import ANONYMOUS, display_name, one_line
from feeds.model import Person
from feeds.patterns import lazy
from feeds.sources.records import Record, Scalar, Value
from feeds.urls import absolute

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
#: The MD5, SHA-1 or SHA-256 of an e-mail address, by which pictures are found: to whoever has a list
#: of addresses, as good as the address.
_HASH = lazy(r"(?i)(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])")
#: `@ann` and `@ann@social.example` are names, `ann@blog.example` is an address.
_ADDRESS = lazy(r"[\w.+-]@(?:[\w-]+\.)+\w{2,}")
_NAME_AT = lazy(r"@[\w.+-]+@(?:[\w-]+\.)+\w{2,}")
_COUNT = lazy(r"\d{1,18}")
#: A page on the web as most are, which has room for nobody's e-mail address.
_PLAIN_PAGE = lazy(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9/._~-]*)?")
#: What a person's own page is called.
PAGES = ("uri", "url", "website", "author_url")


class Fields:
    """One record, and what is wrong with it.

    Attributes:
        problems: everything that is wrong, in the order of asking.
        broken: whether any of it is so vital (a date, a status) that the record cannot be used.
    """

    def __init__(self, record: Record, shown: str, line: int = 1) -> None:
        self.problems: list[Problem] = []
        self.broken = False
        # `Draft: true` means what it says: to miss it would publish a draft.
        self._record = record if _is_lower(record) else _lowered(record)
        self._shown = shown
        self._line = line

    def __contains__(self, key: str) -> bool:
        return key in self._record

    def has_any(self, keys: Set[str]) -> bool:
        """Tell whether there is any of `keys`: most records have few of all that are asked for."""
        return not keys.isdisjoint(self._record)

    def line(self, key: str) -> int:
        """Return the line of `key`, or of the record."""
        value = self._record.get(key)
        while isinstance(value, list) and value:
            value = value[0]
        return value.line if isinstance(value, Scalar) else self._line

    def complain(self, key: str, what: str, remedy: str) -> None:
        """Note something wrong with `key` that makes the record unusable."""
        self.broken = True
        self.mention(key, what, remedy)

    def mention(self, key: str, what: str, remedy: str) -> None:
        """Note something wrong with `key` that the record can do without."""
        self.problems.append(Problem(self._shown, what, remedy, self.line(key)))

    def warn(self, key: str, what: str, remedy: str) -> None:
        """Note something odd about `key` that costs nothing."""
        line = self.line(key)
        self.problems.append(Problem(self._shown, what, remedy, line, Severity.WARNING))

    def first(self, *keys: str) -> Scalar | None:
        """Return the first of `keys` that holds a text with something in it."""
        for key in keys:
            value = self._record.get(key)
            if value is None:
                continue
            if isinstance(value, Scalar):
                if value.strip() and not value.is_null:
                    return value
            elif value:
                self.mention(key, f"{key!r} holds a list", "it takes one value")
        return None

    def name(self, *keys: str) -> str | None:
        """Return the first of `keys` with a text, on one line; `null` is a name as any other."""
        for key in keys:
            value = self._record.get(key)
            if value is None:
                continue
            if isinstance(value, Scalar):
                if name := one_line(value):
                    return name
            elif value:
                self.mention(key, f"{key!r} holds a list", "it takes one value")
        return None

    def date(self, zone: tzinfo, *keys: str) -> datetime | None:
        """Return the date in the first of `keys` that holds one; a bad one is a problem."""
        for key in keys:
            if value := self.first(key):
                try:
                    return dates.parse(value, zone)
                except ContentError as error:
                    self.complain(key, error.what, error.remedy)
                    return None
            elif key in self._record and not isinstance(self._record[key], Scalar):
                self.broken |= bool(self._record[key])  # `first` has said so
        return None

    def lenient_date(self, zone: tzinfo, *keys: str) -> datetime | None:
        """Return what `date` does, or of a bad date the day that it starts with; a warning tells."""
        for key in keys:
            if not (value := self.first(key)):
                continue
            try:
                return dates.parse(value, zone)
            except ContentError as error:
                self.warn(key, error.what, error.remedy)
            day = re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", value)
            try:
                return dates.parse(day[0], zone) if day else None
            except ContentError:
                return None
        return None

    def holds(self, key: str) -> bool:
        """Tell whether a key has anything behind it, readable or not."""
        value = self._record.get(key)
        if isinstance(value, Scalar):
            return bool(value.strip()) and not value.is_null
        return bool(value)

    def says_yes(self, key: str) -> bool:
        """Tell whether a key holds a word for yes."""
        return self.word(key) in _TRUE

    def says_no(self, key: str) -> bool:
        """Tell whether a key holds a word for no."""
        return self.word(key) in _FALSE

    def truth(self, key: str) -> bool | None:
        """Return a truth value; None if there is none, a problem (and None) if it cannot be read."""
        if key not in self._record:
            return None
        value = self._record[key]
        word = value.strip().lower() if isinstance(value, Scalar) else ""
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        self.complain(key, f"{key!r} is neither true nor false", "write one of them")
        return None

    def number(self, key: str) -> int | None:
        """Return a whole number; None if there is none, a problem if it is something else."""
        value = self.first(key)
        if value is None or _COUNT.fullmatch(value):
            return int(value) if value else None
        self.mention(key, f"{key!r} is {quoted(value)}", "it takes a whole number")
        return None

    def word(self, key: str) -> str | None:
        """Return a keyword in lower case; None if the key is absent, empty if it says nothing."""
        if key not in self._record:
            return None
        value = self._record[key]
        return value.strip().lower() if isinstance(value, Scalar) else ""

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return a list of texts, each once; one text with commas is a list, too."""
        found: dict[str, None] = {}
        for key in keys:
            if key not in self._record:
                continue
            for item in _items(self._record[key]):
                if text := one_line(item):
                    found[text] = None
        return tuple(found)

    def records(self, key: str) -> list[Record]:
        """Return a list of records; a text is a record with nothing but a `url`."""
        value = self._record.get(key)
        values = value if isinstance(value, list) else [] if value is None else [value]
        result: list[Record] = []
        for item in values:
            if isinstance(item, dict):
                result.append(item)
            elif isinstance(item, Scalar) and item.strip():
                result.append({"url": item})
        return result

    def people(self, site: str, limit: int, *keys: str) -> tuple[Person, ...]:
        """Return people: names, or `{name, uri}`, one or a list of them; addresses are not read."""
        found: dict[Person, None] = {}
        for key in keys:
            value = self._record.get(key)
            if value is None:
                continue
            for item in value if isinstance(value, list) else [value]:
                if person := _person(item, site, limit):
                    found[person] = None
        return tuple(found)


def _is_lower(record: Record) -> bool:
    """Tell whether all keys are in lower case; most are, and one look at all of them costs less."""
    keys = "".join(record)
    return keys == keys.lower()


def _lowered(record: Record) -> Record:
    return {key.lower(): value for key, value in record.items()} | record


def _items(value: Value) -> list[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, Scalar)]
    return value.split(",") if isinstance(value, Scalar) and not value.is_null else []


def _person(value: Value | None, site: str, limit: int) -> Person | None:
    if isinstance(value, Scalar):
        return Person(display_name(value, limit)) if one_line(value) else None
    if isinstance(value, dict):
        name = value.get("name")
        if isinstance(name, Scalar) and one_line(name):
            return Person(
                display_name(name, limit), web_uri(site, value.get("uri") or value.get("url"))
            )
    return None


def web_uri(site: str, value: Value | None) -> str | None:
    """Return a person's own page, if it is on the web (a path is one on this site).

    `http://ann@blog.example` is what a form makes of an address in the wrong box: it is none. Nor is
    what holds an e-mail address elsewhere, or the hash of one.
    """
    if not isinstance(value, Scalar) or value.is_null or not value.strip():
        return None
    text = value.strip()
    if _PLAIN_PAGE.fullmatch(text) and "avatar" not in text.lower():
        return text
    if "://" not in text and not text.startswith("/"):
        if not re.fullmatch(r"[\w.-]+\.\w{2,}(?:/\S*)?", text):
            return None
        text = f"https://{text}"
    # The bare `https://` that a form had there is not this site's own page.
    url = absolute(site if text.startswith("/") else "", text)
    return url if url and not _names_address(url) else None


def _names_address(url: str) -> bool:
    """Tell whether an address on the web has somebody's e-mail address in it, or a hash of one."""
    parts = urlsplit(url)
    if "@" in unquote(parts.netloc):
        return True
    # Gravatar, Libravatar, and who passes on what they have.
    if "avatar" in url.lower() and _HASH.search(url):
        return True
    rest = unquote(f"{parts.path}?{parts.query}#{parts.fragment}")
    return _ADDRESS.search(_NAME_AT.sub("", rest)) is not None


def author(fields: Fields, site: str, limit: int) -> Person:
    """Return who wrote a comment: `author`, or Staticman's `name`, and `uri` or `url`."""
    uri = fields.first(*PAGES)
    people = fields.people(site, limit, "author", "name", "author_name")
    person = people[0] if people else Person(ANONYMOUS)
    return person if person.uri else Person(person.name, web_uri(site, uri))
