"""Where each kind of blog keeps what: names of folders and files, and nothing else.

One reader serves them all; a new layout is a row here, and a module in `sources.generators` for the
rules by which its generator names and places posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from feeds.tuples import NamedTuple

#: Nikola keeps the front matter of `a.md` in a file beside it, `a.meta`.
COMPANION = ".meta"


class Kind(StrEnum):
    """What a file of content holds."""

    POST = "post"
    COMMENTS = "comments"


class Layout(NamedTuple):
    """The names that a generator looks for, seen from the root of its repository."""

    #: Folders of posts.
    posts: tuple[str, ...]
    #: Folders of comments, or files that list the comments on many posts.
    comments: tuple[str, ...]
    post_suffixes: frozenset[str]
    comment_suffixes: frozenset[str]
    #: Folders of posts that nobody is to see yet.
    drafts: tuple[str, ...] = ()
    #: What a folder is called that holds posts wherever it stands.
    anywhere: str = ""
    #: The generator's configuration: of each group the first file that is there; later groups
    #: override earlier ones.
    config: tuple[tuple[str, ...], ...] = ()


_MARKDOWN = frozenset({".md", ".markdown"})
_YAML = frozenset({".yml", ".yaml"})
_POSTS = _MARKDOWN | {".html"}
_COMMENTS = _POSTS | _YAML
#: Staticman may be told to write JSON; in our own form nobody does.
_DATA = _COMMENTS | {".json"}
_HUGO = [
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "config.toml",
    "config.yaml",
    "config.yml",
    "config.json",
]

NATIVE = Layout(
    posts=("posts",),
    comments=("comments",),
    post_suffixes=_POSTS,
    comment_suffixes=_COMMENTS,
)
LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "jekyll": Layout(
            posts=("_posts",),
            drafts=("_drafts",),
            comments=("_data/comments", "_data/comments.yml", "_data/comments.yaml"),
            anywhere="_posts",
            config=(("_config.yml", "_config.yaml", "_config.toml"),),
            post_suffixes=_POSTS | {".mkd", ".mkdn", ".mkdown", ".htm"},
            comment_suffixes=_DATA,
        ),
        "hugo": Layout(
            posts=("content",),
            comments=("data/comments", "data/comments.yml", "data/comments.yaml"),
            config=(tuple(_HUGO), tuple(f"config/_default/{name}" for name in _HUGO)),
            post_suffixes=_POSTS | {".mdown", ".htm", ".org", ".rst", ".adoc", ".asciidoc"},
            comment_suffixes=_DATA,
        ),
        "zola": Layout(
            posts=("content",),
            comments=("data/comments", "data/comments.yml", "data/comments.yaml"),
            config=(("zola.toml", "config.toml"),),
            post_suffixes=_MARKDOWN,
            comment_suffixes=_DATA,
        ),
        "nikola": Layout(
            posts=("posts", "pages"),
            comments=("posts", "pages", "comments"),
            config=(("conf.py",),),
            post_suffixes=_POSTS | {".rst", ".txt", ".htm", COMPANION},
            comment_suffixes=frozenset({".wpcomment", ".json", *_YAML}),
        ),
        "pelican": Layout(
            posts=("content",),
            comments=("content/comments",),
            config=(("pelicanconf.py",), ("publishconf.py",)),
            post_suffixes=_POSTS | {".rst", ".htm", ".mkd", ".mdown"},
            comment_suffixes=_DATA | {".rst"},
        ),
    }
)


class Place(NamedTuple):
    """A folder, or one file, with content of one kind."""

    path: str
    kind: Kind
    suffixes: frozenset[str]

    def is_near(self, folder: str) -> bool:
        """Tell whether what lies right in a folder may be here."""
        return f"{folder}/".startswith(f"{self.path}/") or self.path.startswith(f"{folder}/")

    def holds(self, inside: str) -> bool:
        """Tell whether a path, seen from the same root, is here and has one of our suffixes."""
        is_here = inside == self.path or inside.startswith(f"{self.path}/")
        name = inside.rpartition("/")[2]
        return is_here and "." + name.rpartition(".")[2].lower() in self.suffixes
