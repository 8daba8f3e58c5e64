"""Which files are posts to Jekyll (4.3: `entry_filter.rb`, `reader.rb`, `readers/post_reader.rb`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

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
#: `Document::DATE_FILENAME_MATCHER`, on the path below `_posts`.
_DATED = re.compile(r"(?:.+/)?(\d{2,4}-\d{1,2}-\d{1,2})-([^/]*)\.[^./]+", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is a post, or a draft of one."""

    #: Below the folder of the collections, as `Document#relative_path`.
    path: str
    is_draft: bool

    @property
    def stem(self) -> str:
        """The file's name without its suffix."""
        return self.path.rpartition("/")[2].rpartition(".")[0]

    @property
    def suffix(self) -> str:
        """With its dot, as it is written."""
        return "." + self.path.rpartition(".")[2]

    @property
    def day(self) -> str | None:
        """What stands for the date in the file's name."""
        match = _DATED.fullmatch(self.path)
        return match[1] if match else None

    @property
    def slug(self) -> str:
        """What the file is called without its date (`Document#populate_title`)."""
        match = _DATED.fullmatch(self.path)
        return (match[2] if match else self.stem).rstrip(".")

    @property
    def categories(self) -> tuple[str, ...]:
        """The folders above `_posts`; those below it are none (`categories_from_path`)."""
        special = "_drafts" if self.is_draft else "_posts"
        above = self.path.partition(special)[0].split("/")
        name = self.path.rpartition("/")[2]
        return tuple(dict.fromkeys(part for part in above if part and part not in {special, name}))

    @property
    def cleaned(self) -> str:
        """`Document#cleaned_relative_path`, which `:path` stands for."""
        return self.path.rpartition(".")[0].replace("_posts", "", 1).rstrip(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a configuration says about files; paths are relative to the repository."""

    #: The folder of the site, empty: the repository itself.
    source: str = ""
    #: The folder, below the site's, where `_posts` stands; empty: anywhere.
    collections: str = ""
    #: Where the site is built, below the site's folder; nothing in it is read.
    destination: str = "_site"
    include: tuple[str, ...] = (".htaccess",)
    exclude: tuple[str, ...] = DEFAULT_EXCLUDES
    markdown: tuple[str, ...] = MARKDOWN_SUFFIXES

    def find(self, relative: str) -> Found | None:
        """Return what Jekyll makes of the file at this path; None: neither a post nor a draft."""
        below = self._below_source(relative)
        if below is None:
            return None
        relative = below
        parts = relative.split("/")
        depth = next((n for n, part in enumerate(parts) if part in {"_posts", "_drafts"}), None)
        if depth is None or depth == len(parts) - 1 or not self._is_read(parts, depth):
            return None
        entry = "/".join(parts[depth + 1 :])
        found = Found(self._below_collections(relative), parts[depth] == "_drafts")
        if not self._is_page(entry) or not (found.is_draft or _DATED.fullmatch(entry)):
            return None
        return found

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

    def _is_page(self, entry: str) -> bool:
        """Tell whether a file is a page whose text can be read: Markdown or HTML."""
        suffix = PurePosixPath(entry).suffix
        return self._is_markdown(suffix) or suffix.lower() in _HTML_SUFFIXES

    def _is_read(self, parts: list[str], depth: int) -> bool:
        """Tell whether Jekyll comes by: each folder, and the file below `_posts` as one path."""
        above = parts[:depth]
        folder = "/" + "/".join(above) if above else ""
        if self.collections and not folder.startswith("/" + self.collections):
            return False
        for n, part in enumerate(above):
            path = "/".join(above[: n + 1])
            if path == self.destination or not self._is_kept(above[:n], part, is_folder=True):
                return False
        below = parts[depth + 1 :]
        if any(part.startswith(".") or not part for part in below):  # Ruby's `**/*` sees none
            return False
        return self._is_kept(parts[: depth + 1], "/".join(below), is_folder=False)

    def _is_kept(self, base: list[str], entry: str, *, is_folder: bool) -> bool:
        """Answer for `EntryFilter#filter`."""
        name = entry.rpartition("/")[2]
        if not entry or entry.endswith("."):
            return False
        # Jekyll looks for what is included as if it stood at the top.
        if _fits(self.include, entry, is_folder) or _fits(self.include, name, is_folder):
            return True
        excluded = (pattern for pattern in self.exclude if pattern not in self.include)
        if _fits(excluded, "/".join([*base, entry]), is_folder):
            return False
        return not (entry.startswith(_SPECIAL) or name.startswith(_SPECIAL) or entry.endswith("~"))

    def _below_collections(self, relative: str) -> str:
        return relative.removeprefix(self.collections + "/") if self.collections else relative


_SPECIAL = (".", "_", "#", "~")
_GLOB = re.compile(r"[*?\[]")


def _fits(patterns: Iterable[str], path: str, is_folder: bool) -> bool:
    """Tell whether a pattern matches (`*` any slash, too) or is what the path starts with."""
    for written in patterns:
        pattern = written.lstrip("/")
        if path.startswith(pattern) or (is_folder and pattern == path + "/"):
            return True
        # Ruby negates a class by `^`, too.
        if _GLOB.search(pattern) and fnmatchcase(path, pattern.replace("[^", "[!")):
            return True
    return False
