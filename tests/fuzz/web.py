"""What must hold of addresses, ids and names of files."""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feeds import urls
from feeds.adopting import keys
from feeds.markup import display_name
from tests.fuzz.checks import is_legal
from tests.fuzz.texts import text_of

SITE = "https://blog.example/sub/"
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def check_urls(data: bytes) -> Hashable:
    """Whatever an address, an id or a name is made of, it can stand where it goes."""
    text = text_of(data).encode("utf-8", "replace").decode()  # no address holds half a character
    absolute = urls.absolute(SITE, text)
    on_site = urls.on_site(SITE, text)
    for address in (absolute, on_site):
        if address is not None:
            _is_plain(address)
            # A host that no browser takes is kept as it is, an empty query behind it not.
            assert "://%" in address or urls.encoded(address) == address, "encoded twice"
    if absolute:
        assert urls.is_web_url(absolute)
        assert urls.absolute(SITE, absolute) == absolute
    if name := text.strip():
        _check_names(name)
    keys.page_key(text)
    keys.anchor_key(text)
    keys.means_comment(text)
    keys.alias_key(text, SITE)
    shown = display_name(text)
    assert shown.strip()
    assert "<" not in shown
    is_legal(shown)
    return urls.is_web_url(text), urls.is_absolute_uri(text), absolute is None, on_site is None


def _is_plain(address: str) -> None:
    assert address.isascii()
    assert not re.search(r"[\x00-\x20\x7f<>\"]", address), f"{address!r} cannot stand in a feed"


def _check_names(name: str) -> None:
    twins = dict.fromkeys((name, name.upper(), name.lower(), f"{name}.", f"{name}/"))
    files = urls.output_names(list(twins))
    folded = {file.casefold() for file in files.values()}
    assert len(folded) == len(twins), "two names are one file"
    for file in files.values():
        assert 0 < len(file.encode()) <= 200
        assert not _DEVICE.fullmatch(file)
        assert not set(file) & set("/\\\0")
        assert file not in {".", ".."}
    legal = name.encode("utf-8", "replace").decode()
    for id in (
        urls.post_id("tag:a.example,2024:", legal, None),
        urls.comment_id("tag:a.example,2024:x", legal),
    ):
        assert urls.is_absolute_uri(id)
    found = urls.permalink(
        SITE, "/{year}/{slug}", legal, datetime(2024, 5, 1, tzinfo=UTC), ZoneInfo("UTC")
    )
    _is_plain(found)
    assert urls.folded(urls.folded(name)) == urls.folded(name)
