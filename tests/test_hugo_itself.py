"""Hugo's own word on whole sites, page by page: skipped where there is no `hugo`."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from io import StringIO
from pathlib import Path

import pytest
from lxml import etree

from feeds.sources import front_matter
from feeds.sources.generators import Page, hugo_dates
from feeds.sources.generators.hugo import Hugo, configured, leaf_bundles
from feeds.sources.generators.hugo_cascade import lower_keys
from feeds.sources.generators.hugo_values import text_of
from feeds.sources.records import Record, from_toml

HUGO = shutil.which("hugo")


def _version() -> str:
    if not HUGO:
        return ""
    return subprocess.run([HUGO, "version"], capture_output=True, text=True, timeout=60).stdout


#: Other versions have other columns in their lists, and other opinions here and there.
pytestmark = pytest.mark.skipif(" v0.111." not in _version(), reason="Hugo 0.111 is not installed")

BASE = "https://blog.example/"
NOW = "2024-06-01T12:00:00Z"
CONTENT = ("md", "markdown", "mdown", "html", "htm")


def heads(folder: Path) -> dict[str, Record]:
    """The front matter of each content file, by its path from the site's folder."""
    found: dict[str, Record] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.removeprefix(".") in CONTENT:
            relative = str(path.relative_to(folder))
            found[relative] = front_matter.split(path.read_text("utf-8")).head
    return found


def known(config: Record, found: dict[str, Record]) -> Hugo:
    """Hugo as the caller configures it: the sections and the bundles are looked up first."""
    names = {path: path.rpartition("/") for path in found}
    sections = {
        folder: found[path]
        for path, (folder, _, name) in names.items()
        if name.startswith("_index.")
    }
    return configured(config, None, sections, leaf_bundles(found))


@dataclass(frozen=True)
class Row:
    """What Hugo and we say of a page, in the same words."""

    slug: str
    title: str
    date: datetime | None
    expires: datetime | None
    publish: datetime | None
    draft: bool
    address: str


def hugos_rows(folder: Path) -> dict[str, Row]:
    listed = run(folder, "list", "all")
    rows = csv.DictReader(StringIO(listed[listed.index("path,slug,") :]))
    return {
        row["path"]: Row(
            row["slug"],
            row["title"],
            moment(row["date"]),
            moment(row["expiryDate"]),
            moment(row["publishDate"]),
            row["draft"] == "true",
            row["permalink"],
        )
        for row in rows
    }


def moment(text: str) -> datetime | None:
    return None if text.startswith("0001-01-01") else datetime.fromisoformat(text)


def run(folder: Path, *arguments: str) -> str:
    """Run Hugo on the site in `folder`; nothing of it goes anywhere else."""
    assert HUGO
    done = subprocess.run(
        [HUGO, *arguments, "--source", str(folder), "--clock", NOW, "--quiet"],
        capture_output=True,
        text=True,
        timeout=60,
        env=dict(os.environ, HUGO_CACHEDIR=str(folder / ".cache"), TZ="UTC"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def our_row(hugo: Hugo, path: str, head: Record, page: Page) -> Row:
    place = hugo._place(path)
    assert place
    said = hugo._with_cascades(lower_keys(head), place)
    dates = hugo_dates.of_page(said, place.name, hugo.site.dates, hugo.site.zone)
    written = text_of(said["slug"]).strip("-") if "slug" in said else dates.slug or ""
    draft = text_of(said.get("draft")) == "true" or (
        "draft" not in said and text_of(said.get("published")) == "false"
    )
    address = BASE + page.address.removeprefix("/")
    return Row(
        written, text_of(said.get("title")), dates.date, dates.expiry, dates.publish, draft, address
    )


def compare(folder: Path) -> int:
    """Compare every page of a site, and its feed; return the number of pages."""
    config = from_toml((folder / "hugo.toml").read_text("utf-8"))
    found = heads(folder)
    hugo = known(config, found)
    pages = {
        path: page for path, head in found.items() if (page := hugo.page(path, head)) is not None
    }
    others = tuple(f"{BASE}{lang}/" for lang in set(hugo.site.languages) - {hugo.site.language})
    theirs = {
        path: row for path, row in hugos_rows(folder).items() if not row.address.startswith(others)
    }
    ours = {path: our_row(hugo, path, found[path], page) for path, page in pages.items()}
    # What is below a draft section, or has no address of its own, Hugo does not list.
    for path, page in pages.items():
        if path not in theirs or not theirs[path].address:
            assert not page.public or not page.listed, path
            ours.pop(path)
            theirs.pop(path, None)
    assert ours == theirs
    compare_feed(folder, pages, hugo.site.prefix)
    return len(ours)


def compare_feed(folder: Path, pages: dict[str, Page], prefix: str) -> None:
    run(folder)
    now = datetime.fromisoformat(NOW)
    shown = [
        page
        for page in pages.values()
        if page.public
        and page.listed
        and not (page.expires and page.expires < now)
        and not (page.published and page.published > now)
    ]
    (path,) = (folder / "public").glob(f"{prefix}/index.xml" if prefix else "index.xml")
    theirs = [
        (item.findtext("guid") or "", item.findtext("pubDate") or "")
        for item in etree.parse(path).iter("item")
    ]
    ours = [(BASE + page.address.removeprefix("/"), page.published) for page in shown]
    assert Counter(ours) == Counter((guid, when(date)) for guid, date in theirs)


def when(text: str) -> datetime | None:
    return None if " 0001 " in text else parsedate_to_datetime(text)


CONFIG = f"""\
baseURL = "{BASE}"
title = "A blog"
disableKinds = ["taxonomy", "term", "sitemap", "404", "robotsTXT"]
[services.rss]
limit = -1
"""


def write_site(folder: Path, files: dict[str, str], config: str = "", tables: str = "") -> None:
    top, _, rest = CONFIG.partition("[services.rss]")
    (folder / "hugo.toml").write_text(f"{top}{config}\n[services.rss]{rest}\n{tables}", "utf-8")
    for path, text in files.items():
        target = folder / "content" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def yaml(**keys: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\n{lines}---\n\nSome words.\n"


DATES = (
    *("2020-01-02", "2020-01-02T03:04:05", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05+02:00"),
    *("2020-01-02 03:04:05", "2020-01-02 3:04:05", "2020-01-02 03:04:05 -0500", "1577934245"),
    *("2020-01-02 03:04:05 -05:00", "2020-01-02 03:04:05+02:00", "2020-01-02 03:04:05Z"),
    *("2020-01-02T03:04:05-0700", "2020-01-02T03:04:05.123456+02:00", "2020-01-02 03:04:05.5"),
    *("2020-1-2", "2020-01-02 03:04", "20200102", "02 Jan 2020", "2 Jan 2020", "'2020-01-02'"),
    *("Thu, 02 Jan 2020 03:04:05 +0100", "Thu, 02 Jan 2020 03:04:05 EST", "02 Jan 20 03:04 UTC"),
    *("Thursday, 02-Jan-20 03:04:05 UTC", "2020-01-02 03:04:05.999 -0700 MST", "2020-02-30"),
    *("Thu Jan  2 03:04:05 2020", "Thu Jan  2 03:04:05 CET 2020", "Thu Jan 02 03:04:05 -0700 2020"),
    *("02 JAN 2020", "2020-01-02 24:00:00", "2020-01-02  03:04:05", "2020-01-02 03:04:05 +0200"),
    *("yesterday", "~", "''", "true", "[2020-01-02]", "2020-01-02t03:04:05z"),
    *("0000-00-00", "2020-01-02T03:04:05 +02:00", "2020-01-02T03:04:05,25Z", "2020-01-02 03:04:60"),
    *("January 2, 2020", "2020/01/02", "2020-01-02 03:04:05 CET"),
)
NAMES = (
    *(
        "plain",
        "With Capitals",
        "under_score",
        "dots.in.it",
        "a--b",
        "a - b",
        "-lead-",
        "plus+plus",
    ),
    *(
        "über-straße",
        "日本語",
        "c#",
        "at@sign",
        "tilde~x",
        "perc%41ent",
        "perc%zz",
        "emoji😀x",
        "ΣΑΣ",
    ),
    *(
        "it's",
        "(parens)",
        "a,b",
        "2020-01-02-dated",
        "İstanbul",
        "e\u0301combined",
        "x=1&y=2",
        "ends ",
    ),
    *("what!", "a b  c", "tab\tx", "star*", "semi;colon", "[brackets]", "v1.2.md", "a\\b", "a:b"),
)
SLUGS = (
    *(
        "simple",
        "Two Words",
        "-hyphens-",
        "ünï",
        "a/b",
        "1.10",
        "2020",
        "007",
        "true",
        "'yes'",
        "~",
    ),
    *(
        "''",
        "x.html",
        "a?b",
        "'c#'",
        "100%",
        "'%41é'",
        "index",
        "trailing/",
        "/leading",
        "../up",
        "1e3",
    ),
)
URLS = (
    *("/abs/", "/abs-no-slash", "relative/", "relative-too", "/file.html", "/v1.0/", "/v1.0", "/"),
    *("/Caps/And Spaces/", "/ünï/", "/a!b/", "/é!/", "/%C3%A9/", "x/../y/", "/index.html", "''"),
    *("/dir/index.html", "/a//b/", "/x'y/", "/q?x=1", "/frag#part", "./here/", "//double/", "a+b"),
)


def keyed(key: str, values: tuple[str, ...]) -> dict[str, str]:
    return {
        f"posts/{key}-{number}.md": yaml(
            title=f"Number {number}", date="2020-03-04", **{key: value}
        )
        if key != "date"
        else yaml(title=f"Number {number}", date=value)
        for number, value in enumerate(values)
    }


@pytest.mark.parametrize("tables", ["", 'timeZone = "America/New_York"'])
def test_dates_are_read_as_hugo_reads_them(tmp_path: Path, tables: str) -> None:
    write_site(tmp_path, keyed("date", DATES), tables)
    assert compare(tmp_path) == len(DATES)


EVERYTHING: dict[str, str] = {
    **{
        f"posts/{name}.md": yaml(title=f"'{number}'", date="2020-03-04")
        for number, name in enumerate(NAMES)
    },
    **{
        f"{name}/index.md": yaml(title=f"'{number}'", date="2020-03-04")
        for number, name in enumerate(NAMES[:12])
    },
    **keyed("slug", SLUGS),
    **keyed("url", URLS),
}


@pytest.mark.parametrize(
    ("config", "tables"),
    [
        ("", ""),
        ("uglyURLs = true", ""),
        ("", "[uglyURLs]\nposts = true"),
        ("disablePathToLower = true", ""),
        ("removePathAccents = true", ""),
        ("", '[permalinks]\nposts = "/:year/:month/:day/:slug/"'),
        ("", '[permalinks]\nposts = "/:section/:sections/:filename"'),
        ("", '[permalinks]\nposts = "/:slugorfilename.html"'),
        (
            "",
            '[permalinks]\nposts = "/:2006/:Jan/:02/:monthname/:weekday/:weekdayname/:yearday/:title"',
        ),
        (
            "disablePathToLower = true",
            '[permalinks]\nposts = "/Blog/:Monday-:January/:slug"\n"/" = "/r/:title/"',
        ),
        (
            "defaultContentLanguageInSubdir = true",
            "[languages.en]\nweight = 1\n[languages.fr]\nweight = 2",
        ),
    ],
)
def test_addresses_are_hugos_byte_for_byte(tmp_path: Path, config: str, tables: str) -> None:
    write_site(tmp_path, EVERYTHING, config, tables)
    assert compare(tmp_path) > 80


SITES: dict[str, tuple[str, str, dict[str, str]]] = {
    "what is hidden": (
        "",
        "",
        {
            "posts/draft.md": yaml(title="A", date="2020-01-01", draft="true"),
            "posts/no-draft.md": yaml(title="A", date="2020-01-01", draft="false"),
            "posts/draft-yes.md": yaml(title="A", date="2020-01-01", draft="yes"),
            "posts/draft-null.md": yaml(title="A", date="2020-01-01", draft="~"),
            "posts/Draft-caps.md": yaml(title="A", date="2020-01-01", Draft="TRUE"),
            "posts/unpublished.md": yaml(title="A", date="2020-01-01", published="false"),
            "posts/published.md": yaml(title="A", date="2020-01-01", published="true"),
            "posts/published-date.md": yaml(title="A", published="2020-01-01"),
            "posts/both.md": yaml(title="A", date="2020-01-01", published="false", draft="false"),
            "posts/expired.md": yaml(title="A", date="2020-01-01", expiryDate="2023-01-01"),
            "posts/expires.md": yaml(title="A", date="2020-01-01", expiryDate="2025-01-01"),
            "posts/unpublish.md": yaml(title="A", date="2020-01-01", unpublishdate="2023-01-01"),
            "posts/future.md": yaml(title="A", date="2025-01-01"),
            "posts/later.md": yaml(title="A", date="2020-01-01", publishDate="2025-01-01"),
            "posts/pubdate.md": yaml(title="A", pubdate="2020-01-01"),
            "posts/lastmod.md": yaml(title="A", lastmod="2020-01-01"),
            "posts/modified.md": yaml(title="A", date="2020-01-01", modified="2021-01-01"),
            "posts/undated.md": yaml(title="A"),
            "posts/empty.md": "",
            "posts/bare.md": "Only text.\n",
            "posts/untitled.md": yaml(date="2020-01-01"),
            "posts/number.md": yaml(title="2020", date="2020-01-01"),
            "posts/unlisted.md": "---\ntitle: A\n_build:\n  list: never\n---\n",
            "posts/unlisted-too.md": "---\ntitle: A\n_build:\n  list: false\n---\n",
            "posts/local.md": "---\ntitle: A\n_build:\n  list: local\n---\n",
            "posts/link.md": "---\ntitle: A\n_build:\n  render: link\n---\n",
            "posts/unrendered.md": "---\ntitle: A\n_build:\n  render: never\n  list: never\n---\n",
            "posts/headless/index.md": yaml(title="A", headless="true"),
            "posts/headless.page.md": yaml(title="A", headless="true"),
            "drafts/_index.md": yaml(title="D", draft="true"),
            "drafts/a.md": yaml(title="A", date="2020-01-01"),
            "drafts/b/c.md": yaml(title="A", date="2020-01-01"),
            "gone/_index.md": yaml(title="D", expiryDate="2023-01-01"),
            "gone/a.md": yaml(title="A", date="2020-01-01"),
        },
    ),
    "which files are pages": (
        'ignoreFiles = ["\\\\.skip\\\\.md$", "/content/private/"]',
        "",
        {
            "about.md": yaml(title="A"),
            "page.markdown": yaml(title="A"),
            "page2.mdown": yaml(title="A"),
            "page3.html": yaml(title="A"),
            "page4.htm": yaml(title="A"),
            "raw.html": "<p>Raw</p>\n",
            "page.MD": yaml(title="A"),
            "note.txt": "text",
            ".hidden.md": yaml(title="A"),
            "#emacs.md": yaml(title="A"),
            "backup.md~": yaml(title="A"),
            "a.skip.md": yaml(title="A"),
            "private/a.md": yaml(title="A"),
            "_index.md": yaml(title="Home"),
            "posts/_index.md": yaml(title="Posts"),
            "posts/a.md": yaml(title="A"),
            "posts/_underscore.md": yaml(title="A"),
            "posts/README.md": yaml(title="A"),
            "_drafts/a.md": yaml(title="A"),
            ".git/a.md": yaml(title="A"),
            "posts/trip/index.md": yaml(title="A", date="2020-01-01"),
            "posts/trip/day.md": yaml(title="A"),
            "posts/trip/sub/more.md": yaml(title="A"),
            "posts/trip/sub/index.md": yaml(title="A"),
            "bundle/index.html": yaml(title="A"),
            "slugged/index.md": yaml(title="A", slug="other"),
            "posts/year/2020/_index.md": yaml(title="A"),
            "posts/year/2020/a.md": yaml(title="A"),
            "posts/READ/index.md": yaml(title="A", aliases="[/old/]"),
        },
    ),
    "languages": (
        'defaultContentLanguage = "de"',
        '[languages.de]\ntitle = "B"\n[languages.fr]\ncontentDir = "content"\n[languages.en-us]\n',
        {
            "posts/a.md": yaml(title="A"),
            "posts/a.fr.md": yaml(title="A"),
            "posts/b.de.md": yaml(title="A"),
            "posts/b.en-us.md": yaml(title="A"),
            "posts/b.it.md": yaml(title="A"),
            "posts/c/index.md": yaml(title="A"),
            "posts/c/index.fr.md": yaml(title="A"),
            "posts/d/index.de.md": yaml(title="A"),
            "posts/d.v1.md": yaml(title="A", url="rel/"),
        },
    ),
    "sections": (
        "",
        (
            '[permalinks]\nblog = "/:sections/:slug/"\nnews = "/n/:sections[1:]/:title/"\n'
            'deep = "/d/:sections[last]/:sections[0]/:filename/"\n'
        ),
        {
            **{
                f"{folder}/{name}.md": yaml(title=f"{name} Title", date="2020-01-01", **keys)
                for folder in (
                    "blog",
                    "blog/Sub Folder",
                    "blog/with",
                    "blog/with/more",
                    "news",
                    "news/with",
                    "news/with/more",
                    "deep/with/more",
                    "deep",
                    "Other",
                )
                for name, keys in (("one", {}), ("Two", {"slug": "2"}), ("c#", {}))
            },
            "blog/with/_index.md": yaml(title="S"),
            "news/with/_index.md": yaml(title="S"),
            "news/with/more/_index.md": yaml(title="S"),
            "deep/_index.md": yaml(title="S"),
            "deep/with/more/_index.md": yaml(title="S"),
            "deep/with/more/bundle/index.md": yaml(title="C++ Bundle"),
        },
    ),
    "cascades": (
        "",
        '[[cascade]]\nslug = "from-config"\n[cascade._target]\npath = "/conf/{a,b}*"\n',
        {
            "conf/a1.md": yaml(title="A"),
            "conf/b.md": yaml(title="A", slug="own"),
            "conf/c.md": yaml(title="A"),
            "conf/sub/a.md": yaml(title="A"),
            "notes/_index.md": "---\ntitle: N\ncascade:\n  draft: true\n  date: 2019-05-06\n---\n",
            "notes/a.md": yaml(title="A"),
            "notes/b.md": yaml(title="A", draft="false", date="2020-01-01"),
            "notes/sub/_index.md": "---\ntitle: N\ncascade:\n  date: 2018-05-06\n---\n",
            "notes/sub/a.md": yaml(title="A"),
            "list/_index.md": (
                "---\ntitle: L\ncascade:\n- _target:\n    path: /list/**x.md\n  publishdate: 2025-01-01\n"
                "- _target:\n    kind: section\n  draft: true\n"
                "- _target:\n    lang: '{en,sv}'\n  expirydate: 2030-01-01\n---\n"
            ),
            "list/ax.md": yaml(title="A"),
            "list/deep/er/x.md": yaml(title="A"),
            "list/y.md": yaml(title="A"),
            "hid/_index.md": "---\ntitle: H\ncascade:\n  _build:\n    list: never\n---\n",
            "hid/a.md": yaml(title="A"),
        },
    ),
    "frontmatter": (
        "",
        (
            '[frontmatter]\ndate = [":filename", "created", ":default"]\nlastmod = ["changed", ":fileModTime"]\n'
            'publishDate = ["go-live", ":default"]\nexpiryDate = ["until", ":default"]\n'
        ),
        {
            "posts/2020-01-02-named.md": yaml(title="A"),
            "posts/2020-01-02-v1.5.md": yaml(title="A"),
            "posts/2020-01-02-slugged.md": yaml(title="A", slug="own"),
            "posts/2020-01-02.md": yaml(title="A"),
            "posts/2020-01-02_ under.md": yaml(title="A"),
            "posts/2020-13-02-bad.md": yaml(title="A", created="2019-01-01"),
            "posts/created.md": yaml(title="A", created="2019-01-01", date="2018-01-01"),
            "posts/live.md": yaml(title="A", date="2020-01-01", **{"go-live": "2025-01-01"}),
            "posts/until.md": yaml(title="A", until="2023-01-01"),
            "posts/2020-01-03-bundle/index.md": yaml(title="A"),
        },
    ),
    "a home page that is a bundle": (
        "",
        "",
        {
            "index.md": yaml(title="Home"),
            "a.md": yaml(title="A"),
            "posts/b.md": yaml(title="B"),
        },
    ),
    "mounts": (
        "",
        (
            '[[module.mounts]]\nsource = "blog"\ntarget = "content/posts"\n'
            '[[module.mounts]]\nsource = "content"\ntarget = "content"\n'
        ),
        {
            "a.md": yaml(title="A"),
            "../blog/b.md": yaml(title="B"),
            "../blog/deep/c.md": yaml(title="C"),
            "../other/d.md": yaml(title="D"),
        },
    ),
    "toml": (
        'timeZone = "Asia/Tokyo"',
        "",
        {
            f"posts/{number}.md": f"+++\ntitle = 'A'\ndate = {date}\n+++\n"
            for number, date in enumerate(
                [
                    "2020-01-02",
                    "2020-01-02T03:04:05",
                    "2020-01-02T03:04:05Z",
                    "2020-01-02 03:04:05",
                    "2020-01-02T03:04:05.5+02:00",
                    "'2020-01-02'",
                    "1577934245",
                    "'02 Jan 2020'",
                ]
            )
        },
    ),
}


@pytest.mark.parametrize("name", SITES)
def test_a_site_has_the_pages_that_hugo_makes(tmp_path: Path, name: str) -> None:
    config, tables, files = SITES[name]
    write_site(tmp_path, files, config, tables)
    assert compare(tmp_path) > 0
