"""Every function that takes what strangers wrote, with what must hold of its results.

Errors of our own kinds are results; anything else that is raised is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import partial

from feeds.errors import FeedsError
from feeds.exports import blogger, commento, disqus, ghost, isso, remark42, wxr
from feeds.markup import POST, Policy
from feeds.model import Markup
from tests.fuzz import checks, parsing, reading, seeds
from tests.fuzz.engine import Run, Target
from tests.fuzz.generators import GENERATORS
from tests.fuzz.web import check_urls

COMMENT, WITH_IMAGES = Policy(comment=True), Policy(comment=True, images=True)


def refusing(run: Callable[[bytes], Hashable]) -> Run:
    """Take our own errors for results, and see that each is one line for a person."""

    def guarded(data: bytes) -> Hashable:
        try:
            return run(data)
        except FeedsError as error:
            return checks.is_refusal(error)

    return guarded


def _head(front: bytes, fence: bytes = b"---") -> bytes:
    return fence + b"\n" + front + fence + b"\n\nText.\n"


_HEADS = (*map(_head, seeds.YAML), *(_head(toml, b"+++") for toml in seeds.TOML))
_HEADS += (b'{\n"title": "x",\n"tags": ["a"]\n}\nText.', b"---\ntitle: x\n", b"Text.\n---\n")
_LINES = (
    b"Title: Hello\nDate: 2024-05-01 10:00\nTags: a, b\n    c\n\nText.",
    b"<!--\n.. title: Hello\n.. slug: hello\n.. date: 2024-05-01\n-->\n\nText.",
    b".. title: Hello\n.. tags: a, b\n\nText.",
)
_SITE = b'title = "A"\nurl = "https://a.example/"\nids = "tag:a.example,2024:"\n'
_SITES = (
    _SITE,
    _SITE + b'timezone = "Europe/Rome"\n[feeds]\nformats = ["atom"]\n[content]\nlayout = "hugo"\n',
    _SITE + b'permalink = "/{year}/{slug}"\n[limits]\ndepth = 3\n[comments]\nanchor = "c{id}"\n',
)
_SITE_WORDS = (
    *seeds.TOML_WORDS,
    *(b"permalink = ", b"ids = ", b"{slug}", b"{", b"}", b"[content]\n", b"layout = ", b"logo = "),
    *(b"posts = ", b"[feeds]\n", b"[limits]\n", b"titel = ", b"feeds_url = ", b"language = "),
)
_ALL_WORDS = seeds.HTML_WORDS + seeds.MARKDOWN_WORDS


def _cleaning() -> Iterable[Target]:
    for language, name, written in (
        (Markup.HTML, "html", seeds.HTML),
        (Markup.MARKDOWN, "markdown", seeds.MARKDOWN + seeds.HTML[:3]),
    ):
        for policy, kind in ((COMMENT, "comment"), (WITH_IMAGES, "image"), (POST, "post")):
            words = seeds.HTML_WORDS if language is Markup.HTML else _ALL_WORDS
            run = partial(parsing.clean, language=language, policy=policy)
            yield Target(f"{name}-{kind}", run, written, words)


def _exports() -> Iterable[Target]:
    for name, module, written, words in (
        ("wxr", wxr, seeds.WXR, seeds.XML_WORDS),
        ("disqus", disqus, seeds.DISQUS, seeds.XML_WORDS),
        ("blogger", blogger, seeds.BLOGGER, seeds.XML_WORDS),
        ("ghost", ghost, seeds.GHOST, seeds.JSON_WORDS),
        ("commento", commento, seeds.COMMENTO, seeds.JSON_WORDS),
        ("remark42", remark42, seeds.REMARK42, seeds.JSON_WORDS),
        ("isso", isso, (seeds.isso(),), ()),
    ):
        yield Target(name, refusing(partial(reading.export, module=module)), written, words)


def _heads() -> Iterable[Target]:
    for layout in (None, "jekyll", "pelican", "nikola"):
        words = (*seeds.YAML_WORDS, *seeds.TOML_WORDS, b"---\n", b"+++\n", b".. title: ", b"Key: ")
        run = refusing(partial(parsing.head, layout=layout))
        yield Target(f"head-{layout or 'native'}", run, _HEADS + _LINES, words)


_BODIES = (
    b"One.\n\nTwo <b>x</b>\nthree -- \"four\" 'n' 5' x 6\" ... (c) :-) https://a.example/b.\n",
    b"[gallery ids='1,2'][caption]<img> x[/caption][embed]https://v.example/1[/embed]<pre>\n\n</pre>",
    b"<!-- wp:list --><ul><li>a</li></ul><!-- /wp:list --><blockquote>q\n\nr</blockquote><!--more-->",
)

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *_cleaning(),
        Target(
            "yaml", refusing(partial(parsing.yaml, lenient=False)), seeds.YAML, seeds.YAML_WORDS
        ),
        Target(
            "yaml-lenient",
            refusing(partial(parsing.yaml, lenient=True)),
            seeds.YAML,
            seeds.YAML_WORDS,
        ),
        Target("yaml-list", refusing(parsing.yaml_list), seeds.YAML, seeds.YAML_WORDS),
        Target("toml", refusing(parsing.toml), seeds.TOML, seeds.TOML_WORDS),
        *_heads(),
        Target("site.toml", refusing(parsing.site_toml), _SITES, _SITE_WORDS, 800),
        Target("pins", parsing.pinned, _HEADS + _LINES, (*seeds.YAML_WORDS, b"---\n", b"id: ")),
        Target("dates", refusing(parsing.date), seeds.DATES, seeds.DATE_WORDS),
        Target(
            "generators-dates", refusing(parsing.generators_date), seeds.DATES, seeds.DATE_WORDS
        ),
        *_exports(),
        Target("page", refusing(reading.html_page), seeds.PAGE, seeds.PAGE_WORDS),
        Target("text-page", refusing(reading.text_page), seeds.TEXT_PAGE, seeds.TEXT_PAGE_WORDS),
        Target(
            "old-feed", refusing(reading.old), seeds.OLD_FEEDS, seeds.XML_WORDS + seeds.JSON_WORDS
        ),
        Target("wordpress", reading.wordpress, _BODIES, seeds.XML_WORDS + seeds.HTML_WORDS),
        Target("liquid", parsing.templates, seeds.LIQUID, seeds.LIQUID_WORDS),
        Target("shortcodes", parsing.codes, seeds.SHORTCODES, seeds.SHORTCODE_WORDS),
        Target("python", refusing(parsing.python), seeds.PYTHON, seeds.PYTHON_WORDS),
        Target("urls", check_urls, seeds.URLS, seeds.URL_WORDS, 16_384),
        *(Target(name, refusing(run), written, words) for name, run, written, words in GENERATORS),
    )
}
