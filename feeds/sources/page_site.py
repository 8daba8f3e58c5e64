"""What a saved page says about its site → a `site.toml` to start from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from feeds import urls
from feeds.errors import printable
from feeds.markup import one_line
from feeds.sources import native
from feeds.sources.saved_page import SavedPage

_HEAD = """\
# Written by `feeds import` from {file}. Please check it before the feeds are published:
# title, url and author are taken from the page; ids starts every id, so never change it later;
# timezone is UTC and language {language} until you set another, and feeds_url is where output/ is served.
"""
#: Host names that say what a site is, not what it is called.
_GENERIC = frozenset({"blog", "blogs", "news", "journal", "weblog"})
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def site_toml(
    page: SavedPage,
    text: str,
    *,
    file: str,
    url: str,
    author: str | None,
    date: str | None,
    this_year: int,
) -> str:
    """Return the text of a `site.toml`.

    Args:
        page: what the page says.
        text: the page itself, in which the site's name may stand.
        file: what the page's file is called.
        url: the page's address.
        author: who wrote the post, if somebody knows better than the page.
        date: when it was published, likewise.
        this_year: no year that the page names is taken for later.
    """
    values = {
        "title": page.site or _name_in(text, host(url)) or host(url),
        "url": urls.origin(url),
        "ids": f"tag:{host(url)},{_year(page.rights, date or page.date, this_year)}:",
        "language": page.language,
        "author": author or page.author,
        "rights": page.rights,
    }
    labels = {"entries": page.entries_label, "comments": page.comments_label}
    comment = _HEAD.format(file=printable(file), language=page.language or "en")
    footer = ["", "[footer]", *_keys(labels)] if any(labels.values()) else []
    return "\n".join([comment, *_keys(values), *footer, ""])


def _keys(values: Mapping[str, str | None]) -> Iterator[str]:
    return (f"{key} = {native.quoted(one_line(value))}" for key, value in values.items() if value)


def _name_in(text: str, domain: str) -> str | None:
    """Return the host's name as the page itself writes it, most often: AMERICAblog, The Ugly Volvo."""
    parts = domain.split(".")
    label = parts[1] if parts[0] in _GENERIC and len(parts) > 2 else parts[0]
    letters = [re.escape(letter) for letter in label if letter != "-"]
    if not any(letter.isalpha() for letter in label):
        return None
    pattern = "[ '’.-]?".join(letters)
    written = re.findall(rf"(?i)(?<!\w){pattern}(?!\w)", text)
    spellings = Counter(name for name in written if not name.islower())
    return spellings.most_common(1)[0][0] if spellings else None


def _year(rights: str | None, date: str | None, this_year: int) -> int:
    """Return a year in which the site had its host, as RFC 4151 §2.1 asks of a tag."""
    said = [int(year) for year in _YEAR.findall(rights or "") if int(year) <= this_year]
    return max(said) if said else int(date[:4]) if date else this_year


def host(url: str) -> str:
    """Return the host that an address names, without `www.`, which means nothing."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
