"""Each generator with a random configuration, a random path and a random head.

An input has three parts, between lines of `%%%%`: the configuration, the file's path, the file.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial

from feeds import urls
from feeds.sources import front_matter
from feeds.sources.generators import Page, hugo, jekyll, nikola, pelican, zola
from feeds.sources.generators.python_settings import config_from_python
from feeds.sources.records import Record, from_toml, from_yaml
from tests.fuzz import checks, seeds
from tests.fuzz.texts import legal_text

_PARTS = "\n%%%%\n"
#: Characters of a path: Linux has no files with longer ones than 4096 bytes.
_LONGEST_PATH = 1000
SITE = "https://blog.example/"


def page(data: bytes, layout: str) -> Hashable:
    """Whatever a generator is told, its page has a name and an address, and is the same twice."""
    text = legal_text(data)
    config, _, rest = text.partition(_PARTS)
    path, _, file = rest.partition(_PARTS)
    head = front_matter.split_as(layout, file).head
    path = "/".join(part for part in path.split("/") if part not in {"", ".", ".."}) or "x.md"
    path = path[-_LONGEST_PATH:].strip("/") or "x.md"
    ask = _ASK[layout]
    found = ask(config, path, head)
    if found is None:
        return None
    assert found == ask(config, path, head)
    assert found.name
    assert found.address
    for moment in (found.published, found.updated, found.expires):
        checks.is_moment(moment)
    for said in (found.name, found.title, found.address, *found.aliases, *found.warnings):
        assert isinstance(said, str)
    address = urls.on_site(SITE, found.address)
    assert address is None or address.isascii()
    warned = frozenset(checks.shape_of(said) for said in found.warnings)
    return found.public, found.listed, found.published is None, warned


def _jekyll(config: str, path: str, head: Record) -> Page | None:
    said = from_yaml(config, lenient=True)
    assert all(isinstance(fact, str) for fact in jekyll.site_facts(said).values())
    found = jekyll.configured(said)
    found.entry_id(path, head)
    return found.page(path, head)


def _hugo(config: str, path: str, head: Record) -> Page | None:
    said = from_yaml(config, lenient=True)
    section = {path.rpartition("/")[0]: head}
    hugo.configured(said, None, section, frozenset()).page(path, {})
    return hugo.configured(said, None).page(path, head)


def _zola(config: str, path: str, head: Record) -> Page | None:
    said = from_toml(config)
    assert all(isinstance(fact, str) for fact in zola.site_facts(said).values())
    zola.configured(said, None, {path.rpartition("/")[0]: head}).page(path, {})
    return zola.configured(said, None).page(path, head)


def _nikola(config: str, path: str, head: Record) -> Page | None:
    said = config_from_python(config)
    assert all(isinstance(fact, str) for fact in nikola.site_facts(said).values())
    return nikola.configured(said, None).page(path, head)


def _pelican(config: str, path: str, head: Record) -> Page | None:
    said = config_from_python(config)
    assert all(isinstance(fact, str) for fact in pelican.site_facts(said).values())
    return pelican.configured(said, None).page(path, head)


_ASK: dict[str, Callable[[str, str, Record], Page | None]] = {
    "jekyll": _jekyll,
    "hugo": _hugo,
    "zola": _zola,
    "nikola": _nikola,
    "pelican": _pelican,
}


def _seed(config: str, path: str, file: str) -> bytes:
    return _PARTS.join((config, path, file)).encode()


_SEEDS = {
    "jekyll": (
        _seed(
            "title: A\ntimezone: Europe/Rome\npermalink: /:categories/:year/:title:output_ext\nfuture: false\n"
            "defaults:\n- scope: {path: 'n*s/**', type: posts}\n  values: {layout: post, tags: [x]}\n"
            "collections: {pets: {output: true, permalink: /:path/}}\nexclude: [vendor, '*.bak']",
            "news/_posts/2024-05-01-hello-World.md",
            "---\ntitle: Hello\ndate: 2024-05-01 10:00:00 +0200\ncategories: [a, b c]\ntags: x y\nslug: é\n"
            "permalink: pretty\nredirect_from: /old/\npublished: true\nlast_modified_at: 2024-05-02\n---\nText.",
        ),
    ),
    "hugo": (
        _seed(
            "baseURL: https://a.example/b/\ntimeZone: Europe/Rome\ndefaultContentLanguage: de\n"
            "languages: {de: {contentDir: content, weight: 1}, en: {}}\nuglyURLs: true\ndisablePathToLower: true\n"
            "permalinks: {posts: '/:year/:month/:slugorfilename/', page: {news: '/:sections[1:]/:title'}}\n"
            "frontmatter: {date: [':filename', date, ':default'], lastmod: [':fileModTime', lastmod]}\nignoreFiles: ['x$']",
            "content/posts/deep/2024-05-01-hello.de.md",
            "---\ntitle: Hello\ndate: 2024-05-01\nlastmod: 2024-05-02T10:00:00Z\ndraft: false\nslug: H i\nurl: /u/:year/\n"
            "aliases: [/old, new]\nexpiryDate: 2030-01-01\nbuild: {list: never, render: link}\ncascade: {draft: true, _target: {path: '/x/**'}}\n---\nText.",
        ),
    ),
    "zola": (
        _seed(
            'base_url = "https://a.example"\ndefault_language = "en"\n[languages.fr]\n[slugify]\npaths = "safe"\n',
            "content/blog/2024-05-01_hello.fr.md",
            '+++\ntitle = "Hello"\ndate = 2024-05-01T10:00:00Z\nupdated = 2024-05-02\nslug = "h"\npath = "x/y"\naliases = ["old"]\ndraft = false\n'
            '[taxonomies]\ntags = ["a"]\n[extra]\nauthor = "x"\n+++\nText.',
        ),
    ),
    "nikola": (
        _seed(
            'SITE_URL = "https://a.example/"\nPOSTS = (("posts/*.md", "blog", "post.tmpl"), ("x/*", {"en": "y"}, "t"))\n'
            "PRETTY_URLS = False\nTRANSLATIONS = {'en': '', 'de': './de'}\nTIMEZONE = 'Europe/Rome'\nSHOW_INDEX = 1",
            "posts/deep/hello.md",
            "<!--\n.. title: Hello\n.. slug: hello\n.. date: 2024-05-01 10:00:00 UTC+02:00\n.. tags: a, draft\n.. status: featured\n"
            ".. updated: 2024-05-02\n.. author: Ann\n-->\n\nText.",
        ),
    ),
    "pelican": (
        _seed(
            'SITEURL = "https://a.example"\nPATH = "content"\nARTICLE_URL = "{date:%Y}/{slug}.html"\nTIMEZONE = "Europe/Rome"\n'
            "FILENAME_METADATA = '(?P<date>\\\\d{4}-\\\\d{2}-\\\\d{2})-(?P<slug>.*)'\nSLUG_REGEX_SUBSTITUTIONS = [('a+', 'b')]\n"
            "PATH_METADATA = '(?P<category>.*)/.*'\nARTICLE_PATHS = ['blog']\nDEFAULT_METADATA = {'status': 'draft'}\nUSE_FOLDER_AS_CATEGORY = True",
            "content/blog/2024-05-01-hello.md",
            "Title: Hello\nDate: 2024-05-01 10:00\nModified: 2024-05-02\nTags: a, b\nSlug: hello\nCategory: x\nAuthors: Ann; Bea\n"
            "Status: published\nsave_as: x.html\nurl: x/\n\nText.",
        ),
    ),
}
_WORDS = (
    *(
        b": ",
        b" = ",
        b"{",
        b"}",
        b"[",
        b"]",
        b"'",
        b'"',
        b"\n%%%%\n",
        b"---\n",
        b"/",
        b"//",
        b"..",
        b".",
    ),
    *(
        b":year",
        b":title",
        b":sections[",
        b"{date:",
        b"{slug}",
        b"{0}",
        b"{slug.x}",
        b"%Y",
        b"%",
        b"(?P<slug>",
    ),
    *(
        b"(",
        b")",
        b"**",
        b"*",
        b"null",
        b"true",
        b"false",
        b"2024-05-01",
        b"0001-01-01",
        b"9999-12-31",
    ),
    *(
        b"index.md",
        b"_index.md",
        b"_posts/",
        b"drafts",
        b"date: ",
        b"slug: ",
        b"url: ",
        b"permalink: ",
    ),
    *(
        b"cascade: ",
        b"defaults: ",
        b"aliases: ",
        b"status: ",
        b"Europe/Rome",
        b"../x",
        b"content/",
        b"#",
    ),
)

GENERATORS: tuple[
    tuple[str, Callable[[bytes], Hashable], tuple[bytes, ...], tuple[bytes, ...]], ...
]
GENERATORS = tuple(
    (f"page-{layout}", partial(page, layout=layout), written, _WORDS + seeds.DATE_WORDS)
    for layout, written in _SEEDS.items()
)
