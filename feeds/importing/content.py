"""The content folder that something is imported into: what is there, and where new things go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from feeds.errors import ContentError, StorageError
from feeds.importing.disk import bytes_of, stays_in
from feeds.layouts import Kind
from feeds.model import Body, Post
from feeds.settings import Settings
from feeds.sources import comments, foreign, front_matter, posts
from feeds.sources.files import File
from feeds.sources.records import Scalar, from_yaml
from feeds.sources.site import source_of
from feeds.sources.tree import Tree
from feeds.threads import Links

_NOTHING = Body("")
#: More than any file that an import has written.
_HEAD_LIMIT = 64_000_000
#: What a file can be called without anybody having to write its id into it.
_PLAIN_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,100}", re.ASCII)


class Content:
    """A content folder, of our own layout or of another program's.

    Args:
        root: the folder of `site.toml`.
        settings: what that says.
    """

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self._source = source_of(settings, str(root))
        self.settings = self._source.settings
        self._tree = Tree(root, str(root), follow_links=settings.content.symlinks)
        self._links: Links | None = None
        #: Comments on a post come one after the other: the last post, and its folder.
        self._checked: tuple[str, Path | None] = ("", None)

    @property
    def is_ours(self) -> bool:
        """Whether posts may be written, too: those of another program are that one's."""
        return self._source.generator is None

    def posts(self) -> Iterator[tuple[File, Post]]:
        """Yield the posts that are there, without their bodies."""
        for place in self.settings.places:
            if place.kind is not Kind.POST or not self._tree.has(place.path):
                continue
            for file in self._tree.files(place.path, place.suffixes, []):
                if place.holds(file.inside) and (post := self._post(file)):
                    yield file, post._replace(body=_NOTHING)

    def _post(self, file: File) -> Post | None:
        generator = self._source.generator
        try:
            if generator:
                return foreign.parsed(file, self.settings, generator)[0]
            return posts.parsed(file, self.settings)[0]
        except ContentError:
            return None

    def post_of(self, address: str) -> str | None:
        """Return the name of the post that an address, or a name, is that of; None if of none."""
        if self._links is None:
            self._links = Links(
                (post for _, post in self.posts()), self.settings.url, by_title=True
            )
        return self._links.find(address)

    def post_path(self, name: str, day: str, suffix: str) -> Path:
        """Return where a new post goes; `day` is `YYYY-MM-DD`, or nothing."""
        prefix = f"{day}-" if day else ""
        return self.root / self.settings.posts_place.path / f"{prefix}{name}{suffix}"

    def comments_folder(self, name: str) -> Path | None:
        """Return where new comments on a post go.

        None if they cannot: a slug may lead out of the content, be longer than a file system takes,
        or a link of that name may lead anywhere.
        """
        if self._checked[0] != name:
            folder = self.root / self.settings.comments_place.path / name
            may_be = stays_in(folder, self.root) or self.settings.content.symlinks
            self._checked = (name, folder if may_be else None)
        return self._checked[1]

    def comments_on(self, name: str) -> dict[str, Path]:
        """Return where the comments on a post stand, by id, in whatever form."""
        place = self.settings.comments_place
        folder = self.comments_folder(name)
        if folder is None:
            return {}
        files = (
            self._tree.files_in(place.path, f"/{name}", place.suffixes, [])
            if os.path.isdir(folder)
            else []
        )
        lists = [folder.with_name(f"{name}{suffix}") for suffix in (".yml", ".yaml")]
        if any(path.exists() for path in lists):
            files += [
                file
                for file in self._tree.files_in(place.path, "", place.suffixes, [])
                if file.stem == name
            ]
        return {
            comment.id: self.root / file.inside
            for file in files
            for comment in comments.read(file, self.settings)[0]
        }


def updated_in(path: Path) -> str | None:
    """Return the `updated` that stands in a file; None if there is none, or no file."""
    try:
        text = (bytes_of(path, _HEAD_LIMIT) or b"").decode("utf-8")
        head = front_matter.split(text).head if text.startswith("---") else from_yaml(text)
    except (StorageError, UnicodeDecodeError, ContentError):
        return None
    value = head.get("updated")
    return str(value) if isinstance(value, Scalar) and value else None


def file_of(id: str) -> str | None:
    """Return what the file of a comment can be called that needs no `id` in it; None if nothing."""
    is_safe = _PLAIN_ID.fullmatch(id) and not id.lower().startswith("readme") and id[-1] != "."
    return unquote(id) if is_safe else None
