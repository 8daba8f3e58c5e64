"""Jekyll's own answers (4.3) and ours, for small sites with every form that we know of.

Skipped where there is no `jekyll`.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feeds.sources import front_matter
from feeds.sources.generators import jekyll_dates, jekyll_urls
from feeds.sources.generators.jekyll import Jekyll, configured
from feeds.sources.records import Record, from_yaml

JEKYLL = shutil.which("jekyll")
pytestmark = pytest.mark.skipif(not JEKYLL, reason="needs Jekyll")

#: What Jekyll says of each post, a line of JSON for each.
DUMP = """\
---
---
{% for post in site.posts %}[{{ post.path | jsonify }}, {{ post.url | jsonify }}, \
{{ post.id | jsonify }}, {{ post.date | date_to_xmlschema | jsonify }}, \
{{ post.title | jsonify }}, {{ post.categories | jsonify }}, {{ post.tags | jsonify }}, \
{{ post.slug | jsonify }}, {{ post.layout | jsonify }}]
{% endfor %}"""
EVERYTHING = "future: true\nunpublished: true\nshow_drafts: true\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one post, by either."""

    url: str
    id: str
    date: str
    title: str
    categories: list[str]
    tags: list[str]
    slug: str
    layout: str | None


def run(folder: Path) -> dict[str, Said]:
    """What Jekyll says of the posts of a site, by path below the folder of the collections."""
    assert JEKYLL
    source = next(folder.rglob("dump.json")).parent
    done = subprocess.run(
        [JEKYLL, "build", "--disable-disk-cache", "--quiet", "--trace"],
        cwd=folder,
        env=dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", JEKYLL_NO_BUNDLER_REQUIRE="true"),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    dumps = [path for path in folder.rglob("dump.json") if path.parent != source]
    lines = dumps[0].read_text("utf-8").splitlines()
    posts = {path: Said(*rest) for path, *rest in map(json.loads, filter(None, lines))}
    # A post needs a name, and a slug may be empty.
    return {path: replace(said, slug=said.slug or Path(path).stem) for path, said in posts.items()}


def ours(jekyll: Jekyll, path: str, text: str) -> Said:
    """What we say of a post."""
    head = front_matter.split(text).head
    page = jekyll.page(path, head)
    assert page
    assert page.warnings == ()
    return Said(
        url=page.address,
        id=jekyll.entry_id(path, head) or "",
        date=page.published.isoformat() if page.published else "",
        title=text_in(page.head, "title") or page.title,
        categories=texts_in(page.head, "categories"),
        tags=texts_in(page.head, "tags"),
        slug=page.name,
        layout=text_in(page.head, "layout"),
    )


def text_in(head: Record, key: str) -> str | None:
    value = head.get(key)
    return str(value) if isinstance(value, str) and value else None


def texts_in(head: Record, key: str) -> list[str]:
    value = head.get(key, [])
    assert isinstance(value, list)
    return [str(item) for item in value]


def head(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "", "Words.", ""])


DATES = {
    "plain": "2013-03-14 23:42:50",
    "plain-t": "2013-03-14T23:42:50",
    "plain-short": "2013-3-4 1:02:03",
    "plain-fraction": "2013-03-14 23:42:50.1234567",
    "plain-offset": "2013-03-14 23:42:50 -0500",
    "plain-colon": "2013-03-14T23:42:50+01:00",
    "plain-hours": "2013-03-14 23:42:50 +9",
    "plain-short-minutes": "2013-03-14 23:42:50 -5:30",
    "plain-half": "2013-03-14 23:42:50 -00:30",
    "plain-three-digits": "2013-03-14 23:42:50 -500",
    "plain-three-more": "2013-03-14 23:42:50 -130",
    "plain-z": "2013-03-14T23:42:50Z",
    "plain-spaces": "2013-03-14  23:42:50   Z",
    "plain-named": "2013-03-14 23:42:50 UTC",
    "plain-minutes": "2013-03-14 23:42",
    "plain-minutes-offset": "2013-03-14 23:42 +0200",
    "plain-day": "2013-03-14",
    "plain-short-day": "2013-3-4",
    "plain-february": "2013-02-30",
    "plain-february-clock": "2013-02-30 10:00:00",
    "plain-midnight": "2013-03-14 24:00:00",
    "plain-leap-second": "2013-03-14 23:59:60",
    "plain-number": "20130314",
    "plain-long-number": "20130314101112",
    "quoted": '"2013-03-14 23:42:50"',
    "single": "'2013-03-14 23:42:50'",
    "quoted-t": '"2013-03-14T23:42:50"',
    "quoted-offset": '"2013-03-14 23:42:50 -0500"',
    "quoted-bad-offset": '"2013-03-14 23:42:50 -5"',
    "quoted-fraction": '"2013-03-14 23:42:50.5"',
    "quoted-comma": '"2013-03-14 23:42:50,5"',
    "quoted-gmt": '"2013-03-14 23:42:50 GMT"',
    "quoted-pst": '"2013-03-14 23:42:50 PST"',
    "quoted-own-zone": '"2013-01-14 23:42:50 CET"',
    "quoted-own-summer": '"2013-01-14 23:42:50 CEST"',
    "quoted-strange-zone": '"2013-03-14 23:42:50 XYZT"',
    "quoted-military": '"2013-03-14 23:42:50 A"',
    "quoted-gmt-plus": '"2013-03-14 23:42:50 GMT+2"',
    "quoted-half-day": '"2013-03-14 11:42 pm"',
    "quoted-half-day-dots": '"2013-03-14 12:42 a.m."',
    "quoted-z": '"2013-03-14T23:42Z"',
    "quoted-one-digit": '"2013-03-14 3:5"',
    "slashes": "2013/03/14 10:11",
    "slashes-day-first": "14/03/2013 10:11",
    "slashes-both": "04/05/2013",
    "slashes-short-year": "10/11/12",
    "dots": "2013.03.14",
    "dots-day-first": "14.3.2013",
    "hyphens-day-first": "14-03-2013",
    "words": "Mar 14 2013",
    "words-more": "Thu, 14 Mar 2013 10:11:12 +0000",
    "words-day": "14 March 2013",
    "words-week": "Thursday, March 14, 2013 10:11",
    "with-comma": "2013-03-14, 10:15",
    "with-at": "2013-03-14 at 10:15",
    "with-hyphen": "2013-03-14-10:30",
    "compact": "20130314T101112Z",
    "gap": "2013-03-31 02:30",
    "twice": "2013-10-27 02:30",
    "next-day": "2013-03-14 23:30:00 -0800",
}
DATED = {
    f"_posts/2012-01-02-{name}.md": head(f"title: T {name}", f"date: {text}")
    for name, text in DATES.items()
}
NAMES = {
    f"_posts/{name}": head("layout: plain")
    for name in (
        "2013-03-14-simple.md",
        "2013-3-4-short.markdown",
        "13-3-4-two-digits.mkd",
        "99-12-31-last-century.md",
        "2013-03-14-Case_Kept v2.0!.md",
        "2013-03-14-a--b-.md",
        "2013-03-14-dots...md",
        "2013-03-14-ünïcödé-日本語-ΑΣ.md",
        "2013-03-14-50%-off, (really) & [more]'s; ~$1=@+.md",
        "2013-03-14-html.html",
        "2013-03-14-upper.HTML",
        "2013-03-14-upper2.MD",
        "2013-03-14-htm.htm",
        "2013-03-14-.md",
        "2013-02-30-february.md",
        "2013-03-14-2014-05-06-twice.md",
        "2013-03-14-e\u0301-combining-½-Ⅳ-٣.md",
        "2013-03-14-ǆungla-ßa-STRASSE.md",
        "sub/2013-03-14-in-a-folder.md",
        "2014-01-01-folder/2013-03-14-dated-folder.md",
        "a/_x/2013-03-14-underscore-below.md",
        "_x/2013-03-14-underscore.md",
        ".x/2013-03-14-dot.md",
        "a/.x/2013-03-14-dot-below.md",
        "2013-03-14-backup.md~",
        "_2013-03-14-underscored.md",
        "#2013-03-14-hash.md",
        "20131-03-14-no-year.md",
        "no-date.md",
        "2013-03-14.md",
        "2013-03-14-no-suffix",
        "excluded/2013-03-14-x.md",
        "part/2013-03-14-y.tmp.md",
        "excl.md/2013-03-14-z.md",
    )
}
HEADS = {
    "published": ["published: true"],
    "unpublished": ["published: false"],
    "published-null": ["published:"],
    "published-no": ["published: no"],
    "published-date": ["published: 2013-03-14"],
    "title": ["title: A 'title' with: <b>markup</b> & more".replace(": <", " <")],
    "title-null": ["title:"],
    "title-false": ["title: false"],
    "title-quoted-null": ['title: "null"'],
    "slug": ["slug: Own Slug_v2.x"],
    "slug-null": ["slug:"],
    "slug-unicode": ["slug: Ünï Cödé"],
    "slug-slash": ["slug: a/b"],
    "categories": ["categories: One TWO  three"],
    "categories-list": ["categories: [One, Two Words, c++, 'x/y', One]"],
    "categories-null": ["categories:"],
    "category": ["category: Two Words"],
    "category-list": ["category: [a, b c]"],
    "category-both": ["category: Alpha", "categories: [Beta, Alpha]"],
    "category-unicode": ["categories: [Straße, 'Ü & Ö', '50%', 'a:b', 'q?r', 'h#i']"],
    "tags": ["tags: a  b c"],
    "tags-list": ["tags: [a b, c, null, [d, e]]"],
    "tags-null": ["tags: null"],
    "tag": ["tag: one tag"],
    "tag-both": ["tag: one tag", "tags: [two, three]"],
    "tag-list": ["tag: [x, y z]"],
    "literal": ["permalink: /some/where/else.html"],
    "literal-folder": ["permalink: /some/where/"],
    "literal-relative": ["permalink: some/where"],
    "literal-dots": ["permalink: /a/../b/./c"],
    "literal-double": ["permalink: //a///b//"],
    "literal-unicode": ["permalink: /ü/日本 x/"],
    "literal-php": ["permalink: /old/index.php"],
    "literal-query": ["permalink: '/index.php?p=12'"],
    "literal-absolute": ["permalink: 'https://elsewhere.example/x/'"],
    "literal-style": ["permalink: pretty"],
    "literal-null": ["permalink:"],
    "literal-false": ["permalink: false"],
    "literal-encoded": ["permalink: /a%20b/"],
    "template": ["permalink: /:year/:i_month/:title", "categories: [A]"],
    "template-ext": ["permalink: '/:categories/:slug:output_ext'"],
    "template-suffix": ["permalink: /x/:slug.php"],
    "template-underscores": ["permalink: /:year_:month_:day-:title/"],
    "layout": ["layout: special"],
    "layout-null": ["layout:"],
    "nothing": [],
}
HEADED = {
    f"_posts/2013-03-14-{name}.md": head(f"about: {name}", *lines) for name, lines in HEADS.items()
} | {"_posts/2013-03-14-no-front-matter.md": "Only words.\n"}
PLACES = {
    f"{folder}_posts/2013-03-14-{n}.md": head("categories: [Own, news]")
    for n, folder in enumerate(
        [
            *("", "blog/", "News/Örtlich Da/", "my_posts/", "a/b/a/", "_hidden/", ".dot/"),
            *("_site/", "vendor/bundle/", "vendorous/", "node_modules/x/", "excluded/", "tmpl/"),
            *("tilde~/", "included.d/", "_pages/", "gemfiles2/", "c/tmp1/", "c/tmpx/"),
        ]
    )
}
DRAFTS = {
    "_drafts/draft.md": head("title: A draft", "date: 2013-03-14"),
    "_drafts/2013-04-05-dated draft.md": head("category: x"),
    "blog/_drafts/deep/draft two.html": head("date: 2013-03-14 10:00"),
}
ZONES = {
    f"_posts/2013-03-14-zone-{n}.md": head(f"date: {text}")
    for n, text in enumerate(
        [
            "2013-03-14 23:42:50",
            "2013-03-14 23:42",
            "2013-03-14",
            "'2013-03-14 00:30 +0000'",
            "2013-12-31 23:30:00",
            "2012-12-31 10:11:12",
            "2010-01-03",
            "2016-12-31",
            "2013-11-03 01:30",
            "2013-03-10 02:30",
            "2013-04-07 02:30",
        ]
    )
}
ALL_FIELDS = (
    "/:collection/:year/:short_year/:w_year/:month/:i_month/:short_month/:long_month/:day/:i_day"
    "/:y_day/:week/:w_day/:short_day/:long_day/:hour-:minute-:second/:categories"
    "/:slugified_categories/:path/:name/:slug/:title:output_ext"
)
DEFAULTS = """\
defaults:
- {scope: {path: "", type: posts}, values: {layout: post, categories: [All], tags: [t0]}}
- {scope: {path: "_posts/deep", type: posts}, values: {layout: deep}}
- {scope: {path: "_posts"}, values: {layout: untyped, tag: single}}
- {scope: {path: "_posts", type: pages}, values: {layout: never}}
- {scope: {path: "", type: drafts}, values: {layout: never}}
- {scope: {path: "", type: ""}, values: {layout: never}}
- {scope: {path: "_posts/dee"}, values: {layout: prefix, categories: two words}}
- {scope: {path: "/_posts/deep/er"}, values: {layout: never}}
- {scope: {path: "_posts/*/glob"}, values: {layout: glob, permalink: "/glob/:title/"}}
- {scope: {path: "**/_posts/*.html"}, values: {layout: html}}
- {scope: {path: "{blog,news}/_posts/**/*x*"}, values: {layout: braces}}
- {scope: {path: "blog", type: post}, values: {layout: blog, published: false}}
- {scope: {path: "blog/_posts/sub", type: posts}, values: {published: true, title: From above}}
- {scope: {path: "_posts/same"}, values: {layout: first}}
- {scope: {path: "_posts/same"}, values: {layout: second}}
- {scope: {path: "_posts/same", type: posts}, values: {layout: third}}
- {scope: {path: "_posts/same"}, values: {layout: fourth}}
- {values: nothing}
- nothing
"""
DEFAULTED = {
    path: head("about: it")
    for path in (
        "_posts/2013-03-14-top.md",
        "_posts/deep/2013-03-14-deep.md",
        "_posts/deep/er/2013-03-14-deeper.md",
        "_posts/deeper/2013-03-14-prefix.md",
        "_posts/x/glob/2013-03-14-globbed.md",
        "_posts/x/other/2013-03-14-not-globbed.md",
        "_posts/2013-03-14-html.html",
        "blog/_posts/2013-03-14-hidden.md",
        "blog/_posts/sub/2013-03-14-shown.md",
        "blog/_posts/2013-03-14-xylophone.md",
        "news/_posts/q/2013-03-14-max.md",
        "_posts/same/2013-03-14-same.md",
    )
} | {
    "_posts/2013-03-14-own.md": head("layout: own", "categories: Own", "tags: [t1]"),
    "_posts/2013-03-14-null.md": head("layout:", "categories:", "tags:", "tag: false"),
    "_posts/x/glob/2013-03-14-own-permalink.md": head("permalink:"),
}

SITES: dict[str, tuple[str, dict[str, str]]] = {
    "dates": (EVERYTHING + "timezone: Europe/Berlin\n", DATED),
    "names": (EVERYTHING + "exclude: [_posts/excluded, '*.tmp.md', excl.md]\n", NAMES),
    "heads": (EVERYTHING + "permalink: date\n", HEADED),
    "heads-hidden": ("permalink: pretty\n", HEADED),
    "places": (
        EVERYTHING + "permalink: none\nexclude: [excluded, 'tmpl/', 'c/tmp[^x]']\n"
        "include: [included.d, _pages, node_modules]\n",
        PLACES | DRAFTS,
    ),
    "all-fields": (
        f"permalink: '{ALL_FIELDS}'\ntimezone: Australia/Sydney\n" + EVERYTHING,
        ZONES | NAMES | PLACES,
    ),
    "zone-west": ("permalink: weekdate\ntimezone: America/New_York\n" + EVERYTHING, ZONES),
    "zone-none": ("permalink: ordinal\n" + EVERYTHING, ZONES),
    "collection": (
        "permalink: pretty\ncollections: {posts: {permalink: '/p/:slug', output: true}}\n",
        HEADED,
    ),
    "collection-style": ("collections: {posts: {permalink: /pretty/:title}, x: {}}\n", NAMES),
    "defaults": (DEFAULTS, DEFAULTED),
    "collections-dir": (
        "collections_dir: all\npermalink: '/:categories/:path/'\n"
        "defaults: [{scope: {path: all/_posts}, values: {layout: a}},"
        " {scope: {path: 'all/*/_posts'}, values: {layout: b}}]\n" + EVERYTHING,
        {f"all/{path}": text for path, text in (PLACES | DRAFTS).items()} | PLACES,
    ),
    "source": (
        "source: site\ndestination: out/www\ndefaults: [{scope: {path: _posts}, values: {layout: a}}]",
        {f"site/{path}": text for path, text in PLACES.items()} | PLACES,
    ),
    "markdown-ext": (
        "markdown_ext: 'md,txt'\n",
        {
            f"_posts/2013-03-14-{n}.{suffix}": head()
            for n, suffix in enumerate(["md", "TXT", "htm"])
        },
    ),
}


@pytest.mark.parametrize("site", SITES)
def test_we_say_of_every_post_what_jekyll_says(site: str, tmp_path: Path) -> None:
    config, files = SITES[site]
    root = "site/" if site == "source" else ""
    extra = {"_config.yml": config, f"{root}dump.json": DUMP}
    for name, text in {**files, **extra}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    expected = run(tmp_path)
    jekyll = configured(from_yaml(config))
    assert not jekyll.warnings or site == "defaults"
    root += "all/" if site == "collections-dir" else ""
    found: dict[str, Said] = {}
    for name, text in files.items():
        page = jekyll.page(name, front_matter.split(text).head)
        if page and (page.public or EVERYTHING in config):
            found[name.removeprefix(root)] = ours(jekyll, name, text)
    # Where nothing says when, Jekyll asks the file system.
    for name in [name for name, said in found.items() if not said.date]:
        assert name in DRAFTS
        del found[name], expected[name]
    assert found
    assert _lines(found) == _lines(expected)


def _lines(posts: dict[str, Said]) -> str:
    return json.dumps({path: asdict(said) for path, said in sorted(posts.items())}, indent=1)


# --- by chance ------------------------------------------------------------------------------------

#: Asks the functions of Jekyll themselves: lines of JSON in, lines of JSON out.
ORACLE = """
require "jekyll"
require "json"
Jekyll.logger.log_level = :error
answers = {
  "slug" => ->(text) { Jekyll::Utils.slugify(text) },
  "title" => ->(text) { Jekyll::Utils.slugify(text, mode: "pretty", cased: true) },
  "titled" => ->(text) { Jekyll::Utils.titleize_slug(text) },
  "escaped" => ->(text) { Jekyll::URL.escape_path(text) },
  "address" => ->(text) { Jekyll::URL.new(template: "").sanitize_url(text) },
  "quoted" => ->(text) { Jekyll::Utils.parse_date(text).xmlschema },
  "plain" => ->(text) {
    value = Psych.safe_load("a: " + text, permitted_classes: [Date, Time])["a"]
    Jekyll::Utils.parse_date(value.to_s).xmlschema
  },
}
STDIN.each_line do |line|
  kind, text = JSON.parse(line)
  answer = begin
    answers[kind].call(text)
  rescue StandardError, Jekyll::Errors::FatalException
    nil
  end
  puts JSON.generate(answer)
end
"""
ZONE = "America/New_York"
SIGNS = "aZ09-_. ~!$&'()+,;=@/#?%[]*\\\"<>|^`{}éßΣİǆŉ日½Ⅳ٣\u0301\u00a0\u200d\U0001f600"
ZONE_NAMES = ["", "", "Z", " UTC", " est", " PDT", " A", " j", " XYZ", " -500", " +5", " +0530"]
ZONE_NAMES += ["-03:00", " +14", " GMT+2", " Europe/Berlin", " -0000", " +00:30", "-0:30"]


def _chance_words(dice: random.Random) -> str:
    return "".join(dice.choices(SIGNS, k=dice.randint(0, 12)))


def _chance_date(dice: random.Random) -> str:
    """A day that is on every calendar, as people write it, mostly with a clock."""
    sign = dice.choice("---/.")
    year = dice.choice([f"{dice.randint(1902, 2037)}"] * 4 + [f"{dice.randint(0, 99):02}"])
    month, day = (dice.choice(["{}", "{:02}"]).format(dice.randint(1, top)) for top in (12, 28))
    # As a year of two digits is the first number, a day can come first if the year has four.
    order = [year, month, day] if len(year) == 2 or dice.random() < 0.8 else [day, month, year]
    text = sign.join(order)
    if dice.random() < 0.2:
        return text
    text += dice.choice([" ", "  ", "T", ", ", " at "]) + f"{dice.randint(0, 23)}:"
    text += f"{dice.randint(0, 59):02}"
    if dice.random() < 0.7:
        text += f":{dice.randint(0, 59):02}" + dice.choice(["", "", ".5", ".1234567"])
    return (
        text
        + (dice.choice([" am", "PM", " p.m."]) if dice.random() < 0.1 else "")
        + (dice.choice(ZONE_NAMES))
    )


def _answer(kind: str, text: str) -> str | None:
    if kind in {"plain", "quoted"}:
        moment = jekyll_dates.read(text, kind == "plain", ZoneInfo(ZONE))
        return moment.isoformat() if moment else None
    if kind == "address":
        place = jekyll_urls.Place(
            date=None, slug="", categories=(), stem="", path="", output_ext=""
        )
        return jekyll_urls.address(text, place)[0]
    if kind in {"slug", "title"}:
        return jekyll_urls.slugified(text, pretty=kind == "title")
    return jekyll_urls.titled(text) if kind == "titled" else jekyll_urls.escaped(text)


def test_we_read_what_chance_writes_as_jekyll_does() -> None:
    ruby = shutil.which("ruby")
    if not ruby:
        pytest.skip("needs Ruby")
    dice = random.Random(20130314)
    kinds = ["slug", "title", "titled", "escaped", "address", *["plain", "quoted"] * 4]
    asked = []
    for _ in range(6000):
        kind = dice.choice(kinds)
        text = _chance_date(dice) if kind in {"plain", "quoted"} else _chance_words(dice)
        asked.append((kind, text))
    done = subprocess.run(
        [ruby, "-e", ORACLE],
        input="\n".join(map(json.dumps, asked)),
        env=dict(os.environ, LC_ALL="C.UTF-8", TZ=ZONE),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(answer is None for answer in answers) < len(answers) / 50
    differ = [
        (kind, text, answer, ours)
        for (kind, text), answer in zip(asked, answers, strict=True)
        # What Jekyll refuses we read as far as we can.
        if answer is not None and (ours := _answer(kind, text)) != answer
    ]
    assert differ == []
