"""Whole blogs of hostile content.

A blog is files by path, in our own layout or another program's. Contents are put together from
small pieces that mean something to some parser, so that most files are nearly right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.fuzz import seeds

#: What no output may hold, whatever file it stands in and whatever is broken around it.
PRIVATE = "secret-7f3a@private.example"


@dataclass(frozen=True, slots=True)
class HostileBlog:
    """A blog: what is added to `site.toml`, and its files, some of which come later."""

    layout: str | None
    site: str
    files: Mapping[str, bytes]
    later: Mapping[str, bytes]


def _joined(pieces: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(pieces, max_size=most).map("".join)


def _texts(*groups: tuple[bytes, ...]) -> list[str]:
    return [piece.decode("utf-8", "replace") for group in groups for piece in group]


#: File systems refuse NUL and slashes, and some more than 255 bytes.
_NAME_BITS = st.sampled_from(
    [
        *(
            "a",
            "A",
            "b",
            "é",
            "e\u0301",
            "日本",
            "ß",
            "ſ",
            "İ",
            "\u202e",
            "\u200b",
            " ",
            ".",
            "..",
            "-",
        ),
        *(
            "con",
            "aux.x",
            "%2F",
            "%",
            "#",
            "?",
            "&",
            "<b>",
            '"',
            "'",
            "\\",
            "\n",
            "\x7f",
            "~",
            "\U0001f600",
        ),
        *(
            "2024-05-01-",
            "9999-99-99-",
            "index",
            "_index",
            "x" * 90,
            "-2cf24dba",
            ":",
            "*",
            "\ufeff",
            "{slug}",
        ),
    ]
)
_NAMES = (
    _joined(_NAME_BITS, 3)
    .filter(lambda name: any(map(str.isalnum, name)))  # a name of blanks alone is no title either
    .map(lambda name: name.encode()[:200].decode("utf-8", "ignore"))
)
_BODIES = _joined(
    st.sampled_from(_texts(seeds.HTML, seeds.MARKDOWN, seeds.HTML_WORDS, seeds.MARKDOWN_WORDS))
    | st.sampled_from(_texts(seeds.LIQUID, seeds.SHORTCODES, seeds.LIQUID_WORDS))
    | st.text(max_size=6),
    10,
)
_DATES = st.sampled_from(_texts(seeds.DATES)) | _joined(
    st.sampled_from(_texts(seeds.DATE_WORDS)), 5
)
_WORDS = st.sampled_from(
    [
        *(
            "Hello",
            "null",
            "~",
            "''",
            '"a\\"b"',
            "[a, b]",
            "{a: b}",
            "&x y",
            "*x",
            "true",
            "12",
            "1e5",
        ),
        *(
            "<b>x</b>",
            "a@b.example",
            "&amp;",
            "]]>",
            "é",
            "\u202egnp",
            "'",
            "- a",
            "a: b",
            "# x",
            "|",
            ">",
        ),
        *(
            "/x/",
            "//x",
            "../..",
            "https://a.example/?b=1&c#d",
            "javascript:alert(1)",
            "tag:a.example,2024:x",
        ),
        *(
            "draft",
            "published",
            "open",
            "page",
            "\U0001f600" * 30,
            "\x85",
            "\ud7ff\ue000",
            "x" * 300,
        ),
    ]
)
_POST_KEYS = [
    "title",
    "updated",
    "author",
    "authors",
    "slug",
    "permalink",
    "id",
    "excerpt",
    "categories",
    "tags",
    "status",
    "type",
    "comments",
    "language",
    "enclosures",
    "image",
    "aliases",
    "feed",
    "draft",
    "published",
    "url",
    "lastmod",
    "expiryDate",
    "layout",
    "cascade",
    "category",
    "summary",
]
_COMMENT_KEYS = [
    "id",
    "parent",
    "author",
    "name",
    "uri",
    "updated",
    "status",
    "type",
    "message",
    "reply_to",
    "replying_to",
]


def _head(keys: list[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(keys), _WORDS, max_size=4)


@st.composite
def _file(draw: st.DrawFn, keys: list[str], first: str) -> bytes:
    """A file with front matter: YAML, TOML, or lines as other programs have them.

    Only a head that is whole, and of a form that everybody reads, holds what is private: of any
    other the author has made a text.
    """
    head = {
        first: draw(st.sampled_from(["Hello", "Ann", "<i>é</i> & b", "'x'"])),
        "date": draw(_DATES),
    }
    head |= draw(_head(keys))
    body = draw(_BODIES)
    form = draw(st.sampled_from(["yaml", "yaml", "yaml", "toml", "lines", "meta", "bytes"]))
    if form == "yaml":
        # First, or a quote that is left open would make a text of it.
        head = {"email": PRIVATE, "ip": "203.0.113.77"} | head
    if form == "toml":
        lines = [f"{key} = {json.dumps(value)}" for key, value in head.items()]
        text = "\n".join(["+++", *lines, "+++", body])
    elif form == "lines":
        text = "\n".join([*(f"{key.title()}: {value}" for key, value in head.items()), "", body])
    elif form == "meta":
        text = "\n".join(["<!--", *(f".. {k}: {v}" for k, v in head.items()), "-->", "", body])
    else:
        text = "\n".join(["---", *(f"{k}: {v}" for k, v in head.items()), "---", "", body])
    data = text.encode("utf-8", "replace")
    if form == "bytes":
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=3)) + data[at + draw(st.integers(0, 4)) :]
    return data


@st.composite
def _records(draw: st.DrawFn) -> bytes:
    """A list of comments in one file; what is private stands before any quote may be left open."""
    items = []
    for number in range(draw(st.integers(1, 4))):
        head = {"email": PRIVATE} if number == 0 else {}
        head |= {"name": "Ann", "date": draw(_DATES), "message": draw(_WORDS)}
        head |= draw(_head(_COMMENT_KEYS))
        items.append("- " + "\n  ".join(f"{key}: {value}" for key, value in head.items()))
    return "\n".join(items).encode("utf-8", "replace")


#: Where each program keeps posts and comments, and its configuration.
_PLACES: dict[str | None, tuple[str, str, str, tuple[str, ...]]] = {
    None: ("posts/{}.md", "comments/{}/{}.md", "", ()),
    "jekyll": (
        "_posts/2024-05-01-{}.md",
        "_data/comments/{}/{}.yml",
        "_config.yml",
        (
            "permalink: /:categories/:title/",
            "timezone: Europe/Rome",
            "defaults: [{values: {tags: a}}]",
        ),
    ),
    "hugo": (
        "content/posts/{}.md",
        "data/comments/{}/{}.yml",
        "hugo.yaml",
        ("baseURL: https://a.example/", "permalinks: {posts: '/:year/:title/'}", "uglyURLs: true"),
    ),
    "zola": (
        "content/{}.md",
        "data/comments/{}/{}.yml",
        "config.toml",
        ('base_url = "https://a.example"',),
    ),
    "nikola": (
        "posts/{}.md",
        "comments/{}/{}.yml",
        "conf.py",
        ("POSTS = (('posts/*.md', 'p', 't'),)", "PRETTY_URLS = False"),
    ),
    "pelican": (
        "content/{}.md",
        "content/comments/{}/{}.md",
        "pelicanconf.py",
        ("ARTICLE_URL = '{date:%Y}/{slug}'", "PATH_METADATA = '(?P<slug>.*)'"),
    ),
}
_SITE_LINES = [
    'timezone = "America/New_York"',
    'permalink = "/{slug}.html"',
    'rights = "© <b> & 2024"',
    'description = "a ]]> b"',
    "[feeds]\nentries = 2\ncomments = 2\npost_comments = 1",
    '[feeds]\ncontent = "summary"',
    '[feeds]\nprecompress = ["gzip"]',
    "[limits]\nfeed_bytes = 3000\npost = 500\ncomment = 50\nname = 3\ndepth = 2",
    '[comments]\nimages = true\nanchor = "c-{id}"',
]


@st.composite
def blogs(draw: st.DrawFn) -> HostileBlog:
    """A blog of any layout."""
    layout = draw(st.sampled_from([None, None, *filter(None, _PLACES)]))
    post, comment, config, lines = _PLACES[layout]
    names = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    files = {post.format(name): draw(_file(_POST_KEYS, "title")) for name in names}
    for name in draw(st.lists(st.sampled_from(names) | _NAMES, max_size=4)):
        form = _records() if comment.endswith(".yml") else _file(_COMMENT_KEYS, "author")
        files[comment.format(name, draw(st.sampled_from(["1", "2", "é", "10"])))] = draw(form)
    if layout is None and draw(st.booleans()):
        files[f"comments/{draw(st.sampled_from(names))}.yml"] = draw(_records())
    later = draw(st.sets(st.sampled_from(sorted(files)), max_size=2))
    if config:
        said = draw(st.lists(st.sampled_from(lines), unique=True))
        files[config] = "\n".join([*said, ""]).encode()
    extra = draw(st.sampled_from(["", *_SITE_LINES]))
    content = f'[content]\nlayout = "{layout}"\n' if layout else ""
    return HostileBlog(
        layout,
        f"{extra}\n{content}",
        {path: data for path, data in files.items() if path not in later},
        {path: files[path] for path in later if path in files},
    )
