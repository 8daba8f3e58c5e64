"""Links from one post to another by the name of its file, as generators know them.

Where the other post stands is known when all are. So whoever reads a body leaves a mark in the place
of the address, and whoever shows the body puts the address there: the address of today, of a post
that is public today. What leads nowhere loses its link and keeps its text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote

from feeds.patterns import lazy

_MARK = "feeds-page:"
_MARKS = lazy(rf"{_MARK}([\w.~%-]+)/([\w.~%-]*)", re.ASCII)
#: No reader follows it and no sanitiser lets it through: the link goes.
_NOWHERE = "about:blank"
_SUFFIX = lazy(r"\.(?:md|markdown|html?|mkdn?|rst)$")
#: Longer than any path that a file system takes.
_LONGEST = 4096


def mark(asked: str, folder: str) -> str:
    """Return what stands for the address of a page until all pages are known.

    Args:
        asked: what the author calls the page, perhaps with a `#fragment`.
        folder: the folder of the file that asks, from the root of the repository.
    """
    if not asked or len(asked) > _LONGEST:
        return _NOWHERE
    return f"{_MARK}{quote(asked, safe='')}/{quote(folder, safe='')}"


def resolved(text: str, pages: Callable[[], Iterable[tuple[str, str]]]) -> str:
    """Return a body with addresses in the place of marks.

    Args:
        text: the body.
        pages: tells the file and the address of each public post; asked only if there is a mark.
    """
    if _MARK not in text:
        return text
    finder = _Finder(pages())
    return _MARKS.sub(
        lambda match: finder.find(unquote(match[1]), unquote(match[2])) or _NOWHERE, text
    )


class _Finder:
    def __init__(self, pages: Iterable[tuple[str, str]]) -> None:
        self._by_path: dict[str, str] = {}
        self._by_name: dict[str, str | None] = {}
        for file, address in pages:
            path = _bare(file)
            self._by_path[path] = address
            name = path.rpartition("/")[2]
            self._by_name[name] = None if name in self._by_name else address

    def find(self, asked: str, folder: str) -> str | None:
        """Return the address of a page: by its path from here or from a root, else by its name."""
        path, mark, fragment = asked.partition("#")
        wanted = _bare(path.strip().lstrip("/"))
        root = folder.partition("/")[0]
        places = [] if path.startswith("/") else [f"{folder}/{wanted}"]
        places += [wanted, f"{root}/{wanted}", f"_posts/{wanted}"]
        found = (self._by_path.get(posixpath.normpath(place)) for place in places)
        address = next((f for f in found if f), None) or self._by_name.get(
            wanted.rpartition("/")[2]
        )
        return address + mark + fragment if address else None


def _bare(path: str) -> str:
    """Return a path without suffix; a bundle is called by its folder."""
    return re.sub(r"/(?:_?index)$", "", _SUFFIX.sub("", path))
