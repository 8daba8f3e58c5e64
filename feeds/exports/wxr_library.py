"""What an export's items say of each other: which posts are public, which files there are.

Attachments stand anywhere in an export, so this takes a reading of its own. It is done once, and
only if something asks: most exports have neither galleries nor comments on pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from feeds.exports.wordpress_shortcodes import Media
from feeds.exports.wxr_fields import Batch, Channel, Item
from feeds.exports.wxr_records import records
from feeds.markup import one_line
from feeds.settings import Limits

_PICTURES = (".avif", ".bmp", ".gif", ".jpe", ".jpeg", ".jpg", ".png", ".svg", ".webp")


class Library:
    """The files and the public posts of one export."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits

    def media(self, ids: Sequence[int]) -> list[Media]:
        """Return the files with these numbers, as far as they are there."""
        return [self._files[number] for number in ids if number in self._files]

    def pictures_of(self, post: int) -> list[Media]:
        """Return the pictures that were uploaded for a post, in their order."""
        return self.media([number for _, number in sorted(self._pictures.get(post, []))])

    def is_public(self, post: int) -> bool:
        """Tell whether a post or page is published, and without a password."""
        return post in self._read[2]

    @property
    def _files(self) -> dict[int, Media]:
        return self._read[0]

    @property
    def _pictures(self) -> dict[int, list[tuple[int, int]]]:
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[dict[int, Media], dict[int, list[tuple[int, int]]], set[int]]:
        files: dict[int, Media] = {}
        pictures: dict[int, list[tuple[int, int]]] = {}
        public: set[int] = set()
        for batch in records(self._path, Channel(), self._limits, comments=False):
            if not isinstance(batch, Batch):
                continue
            item = batch.item
            number = whole_number(item.said("wp:post_id"))
            if item.said("wp:post_type") != "attachment":
                if is_published(item) and not batch.broken:
                    public.add(number)
            elif media := _media(item):
                files[number] = media
                if media.url.lower().endswith(_PICTURES):
                    order = whole_number(item.said("wp:menu_order"))
                    parent = whole_number(item.said("wp:post_parent"))
                    pictures.setdefault(parent, []).append((order, number))
        return files, pictures, public


def is_published(item: Item) -> bool:
    """Tell whether everybody may read an item that is no attachment."""
    return item.said("wp:status") == "publish" and not item.said("wp:post_password")


def whole_number(text: str) -> int:
    """Return the number that a text is; 0, which nothing has, if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _media(item: Item) -> Media | None:
    url = item.said("wp:attachment_url") or item.said("guid")
    if not url or item.said("wp:status") not in {"inherit", "publish"}:
        return None
    alt = next((one_line(text) for key, text in item.meta if key == "_wp_attachment_image_alt"), "")
    return Media(url=url, title=item.said("title"), alt=alt)
