"""Which files are posts to Jekyll (4.3: `entry_filter.rb`, `reader.rb`, `readers/post_reader.rb`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from feeds.patterns import lazy
from feeds.tuples import NamedTuple

#: What Jekyll leaves out, whatever `exclude` says.
DEFAULT_EXCLUDES = (
    ".sass-cache",
    ".jekyll-cache",
    "gemfiles",
    "Gemfile",
    "Gemfile.lock",
    "node_modules",
    "vendor/bundle/",
    "vendor/cache/",
    "vendor/gems/",
    "vendor/ruby/",
)
MARKDOWN_SUFFIXES = ("markdown", "mkdown", "mkdn", "mkd", "md")
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
#: `Document::DATE_FILENAME_MATCHER`, on the name alone.
_DATED = lazy(r"(\d{2,4}-\d{1,2}-\d{1,2})-([^/]*)\.[^./]+", re.ASCII)


class Found(NamedTuple):
    """A file that is a post, or a draft of one."""

    #: Below the folder of the collections, as `Document#relative_path`.
    path: str
    is_draft: bool
    #: The file's name without its suffix.
    stem: str
    #: With its dot, as it is written.
    suffix: str
    #: What stands for the date in the file's name.
    day: str | None
    #: What the file is called without its date (`Document#populate_title`).
    slug: str
    #: The folders above `_posts`; those below it are none (`categories_from_path`).
    categories: tuple[str, ...]

    @property
    def cleaned(self) -> str:
        """`Document#cleaned_relative_path`, which `:path` stands for."""
        return self.path.rpartition(".")[0].replace("_posts", "", 1).rstrip(".")


class _Patterns(NamedTuple):
    """Patterns of `include` or `exclude`."""

    #: What a path starts with.
    starts: tuple[str, ...]
    globs: tuple[str, ...]

    def fit(self, path: str, is_folder: bool) -> bool:
        """Tell whether one matches (`*` any slash, too) or is what the path starts with."""
        if path.startswith(self.starts) or (is_folder and f"{path}/" in self.starts):
            return True
        return bool(self.globs) and any(fnmatchcase(path, glob) for glob in self.globs)


_GLOB = lazy(r"[*?\[]")


def _patterns(written: Iterable[str]) -> _Patterns:
    patterns = tuple(pattern.lstrip("/") for pattern in written)
    # Ruby negates a class by `^`, too.
    globs = (pattern.replace("[^", "[!") for pattern in patterns if _GLOB.search(pattern))
    return _Patterns(patterns, tuple(globs))


class _Folder(NamedTuple):
    """A folder of posts or drafts."""

    #: Below that of the collections, with a slash at its end.
    path: str
    is_drafts: bool
    #: As far as `_posts`, below the site's.
    base: str
    #: What is behind that, with a slash at its end; mostly empty.
    below: str
    categories: tuple[str, ...]


class Files:
    """What a configuration says about files; paths are relative to the repository.

    Args:
        source: the folder of the site, empty: the repository itself.
        collections: the folder, below the site's, where `_posts` stands; empty: anywhere.
        destination: where the site is built, below the site's folder; nothing in it is read.
        include: patterns of what is read although its name is a hidden one.
        exclude: patterns of what is not read.
        markdown: the suffixes of Markdown.
    """

    def __init__(
        self,
        *,
        source: str = "",
        collections: str = "",
        destination: str = "_site",
        include: tuple[str, ...] = (".htaccess",),
        exclude: tuple[str, ...] = DEFAULT_EXCLUDES,
        markdown: tuple[str, ...] = MARKDOWN_SUFFIXES,
    ) -> None:
        self.source = source
        self.collections = collections
        self.destination = destination
        self.markdown = markdown
        self._said = (source, collections, destination, include, exclude, markdown)
        self._included = _patterns(include)
        self._excluded = _patterns([pattern for pattern in exclude if pattern not in include])
        self._folders: dict[str, _Folder | None] = {}

    def __repr__(self) -> str:
        """Return what tells it from any other."""
        return f"Files{self._said!r}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Files) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)

    def find(self, relative: str) -> Found | None:
        """Return what Jekyll makes of the file at this path; None: neither a post nor a draft."""
        outer, _, name = relative.rpartition("/")
        if outer not in self._folders:
            self._folders[outer] = self._folder(outer)
        folder = self._folders[outer]
        if folder is None or not name or name.startswith(".") or not self._is_page(name):
            return None
        dated = _DATED.fullmatch(name)
        if not (folder.is_drafts or dated) or not self._is_kept(folder.base, folder.below + name):
            return None
        stem, _, suffix = name.rpartition(".")
        return Found(
            path=folder.path + name,
            is_draft=folder.is_drafts,
            stem=stem,
            suffix=f".{suffix}",
            day=dated[1] if dated else None,
            slug=(dated[2] if dated else stem).rstrip("."),
            categories=tuple(part for part in folder.categories if part != name),
        )

    def _folder(self, outer: str) -> _Folder | None:
        """Return what is the same for all files in a folder; None: none of them is a post."""
        below = self._below_source(f"{outer}/")
        if below is None:
            return None
        parts = below.split("/")[:-1]
        depth = next((n for n, part in enumerate(parts) if part in {"_posts", "_drafts"}), None)
        if depth is None or not self._is_read(parts, depth):
            return None
        path = self._below_collections(below)
        special = "_drafts" if parts[depth] == "_drafts" else "_posts"
        above = path.partition(special)[0].split("/")
        return _Folder(
            path=path,
            is_drafts=parts[depth] == "_drafts",
            base="/".join(parts[: depth + 1]),
            below="".join(f"{part}/" for part in parts[depth + 1 :]),
            categories=tuple(dict.fromkeys(part for part in above if part and part != special)),
        )

    def _below_source(self, relative: str) -> str | None:
        """Return a path seen from the site's folder; None: it is not in it.

        Where a build step fills that folder (`.tmp/src`), `src` is what it is filled from.
        """
        source = self.source
        while source:
            if relative.startswith(source + "/"):
                return relative[len(source) + 1 :]
            source = source.partition("/")[2]
        return None if self.source else relative

    def output_ext(self, suffix: str) -> str:
        """Return the suffix of the page that a file with this one becomes."""
        return ".html" if self._is_markdown(suffix) else suffix

    def _is_markdown(self, suffix: str) -> bool:
        return suffix[1:].lower() in self.markdown

    def _is_page(self, name: str) -> bool:
        """Tell whether a file is a page whose text can be read: Markdown or HTML."""
        stem, dot, suffix = name.rpartition(".")
        suffix = dot + suffix if stem and suffix else ""
        return self._is_markdown(suffix) or suffix.lower() in _HTML_SUFFIXES

    def _is_read(self, parts: list[str], depth: int) -> bool:
        """Tell whether Jekyll comes by: each folder, and those below `_posts` as one path."""
        above = parts[:depth]
        folder = "/" + "/".join(above) if above else ""
        if self.collections and not folder.startswith("/" + self.collections):
            return False
        for n, part in enumerate(above):
            path = "/".join(above[: n + 1])
            if path == self.destination:
                return False
            if not self._is_kept("/".join(above[:n]), part, is_folder=True):
                return False
        # Ruby's `**/*` sees none that is hidden.
        return not any(part.startswith(".") or not part for part in parts[depth + 1 :])

    def _is_kept(self, base: str, entry: str, *, is_folder: bool = False) -> bool:
        """Answer for `EntryFilter#filter`."""
        name = entry.rpartition("/")[2]
        if not entry or entry.endswith("."):
            return False
        # Jekyll looks for what is included as if it stood at the top.
        included, excluded = self._included, self._excluded
        if included.fit(entry, is_folder) or (name != entry and included.fit(name, is_folder)):
            return True
        if excluded.fit(f"{base}/{entry}" if base else entry, is_folder):
            return False
        return not (entry.startswith(_SPECIAL) or name.startswith(_SPECIAL) or entry.endswith("~"))

    def _below_collections(self, relative: str) -> str:
        return relative.removeprefix(self.collections + "/") if self.collections else relative


_SPECIAL = (".", "_", "#", "~")
