"""Jekyll's rules: which files are posts, when they came, what they are called and where they stand.

`test_jekyll_itself.py` asks Jekyll whether this is so.
"""

from __future__ import annotations

import pickle
import time
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from feeds.sources.generators import Generator, Page
from feeds.sources.generators.jekyll import Jekyll, configured, site_facts
from feeds.sources.records import Record, Scalar, Value, from_yaml

NAME = "_posts/2013-03-14-hello-world.md"


def page(head: str = "", path: str = NAME, config: str = "") -> Page:
    """What Jekyll makes of a post."""
    found = configured(from_yaml(config)).page(path, from_yaml(head))
    assert found
    return found


def address(head: str = "", path: str = NAME, config: str = "") -> str:
    """Where a post stands, with nothing to complain about."""
    found = page(head, path, config)
    assert found.warnings == ()
    return found.address


def date(head: str, config: str = "", path: str = NAME) -> str | None:
    published = page(head, path, config).published
    return published.isoformat() if published else None


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "address"),
    [
        ("_posts/2013-03-14-hello.md", "hello", "/2013/03/14/hello.html"),
        ("_posts/13-3-4-hello.markdown", "hello", "/2013/03/04/hello.html"),
        ("_posts/99-12-31-hello.md", "hello", "/1999/12/31/hello.html"),
        ("_posts/2013/2013-03-14-Hello_You.MD", "Hello_You", "/2013/03/14/Hello_You.html"),
        ("_posts/2013-03-14-dots...md", "dots", "/2013/03/14/dots.html"),
        ("_posts/2013-03-14-hello.html", "hello", "/2013/03/14/hello.html"),
        ("News/_posts/2013-03-14-hello.md", "hello", "/news/2013/03/14/hello.html"),
        ("a/b/_posts/c/2013-03-14-hello.md", "hello", "/a/b/2013/03/14/hello.html"),
        ("_posts/2013-03-14-.md", "2013-03-14-", "/2013/03/14/.html"),
        ("_posts/2013-03-14-日本.md", "日本", "/2013/03/14/%E6%97%A5%E6%9C%AC.html"),
    ],
)
def test_a_dated_file_below_posts_is_a_post(path: str, name: str, address: str) -> None:
    found = page("title: Hello", path)
    assert (found.name, found.address, found.public, found.listed) == (name, address, True, True)


@pytest.mark.parametrize(
    "path",
    [
        "2013-03-14-hello.md",
        "posts/2013-03-14-hello.md",
        "_posts",
        "_posts/hello.md",
        "_posts/2013-03-14.md",
        "_posts/2013-03-hello.md",
        "_posts/20131-03-14-hello.md",
        "_posts/2013-03-14-hello",
        "_posts/2013-03-14-hello.png",
        "_posts/2013-03-14-hello.md~",
        "_posts/2013-03-14-hello/more.md",
        "_posts/.2013-03-14-hello.md",
        "_posts/_2013-03-14-hello.md",
        "_posts/.hidden/2013-03-14-hello.md",
        "_posts/a/.hidden/2013-03-14-hello.md",
        "_hidden/_posts/2013-03-14-hello.md",
        ".hidden/_posts/2013-03-14-hello.md",
        "#x/_posts/2013-03-14-hello.md",
        "x~/_posts/2013-03-14-hello.md",
        "x./_posts/2013-03-14-hello.md",
        "_site/_posts/2013-03-14-hello.md",
        "node_modules/x/_posts/2013-03-14-hello.md",
        "vendor/bundle/_posts/2013-03-14-hello.md",
        "_data/comments/hello/1.yml",
        "a//_posts/2013-03-14-hello.md",
        "_posts/2013-03-14-hello.md/",
        "",
        "/",
    ],
)
def test_any_other_file_is_none(path: str) -> None:
    jekyll = Jekyll()
    assert jekyll.page(path, {}) is None
    assert jekyll.entry_id(path, {}) is None


@pytest.mark.parametrize(
    ("config", "path", "is_post"),
    [
        ("exclude: [old]", "old/_posts/2013-03-14-x.md", False),
        ("exclude: [old]", "older/_posts/2013-03-14-x.md", False),
        ("exclude: [old]", "very/old/_posts/2013-03-14-x.md", True),
        ("exclude: ['*/old']", "very/old/_posts/2013-03-14-x.md", False),
        ("exclude: [old/]", "old/_posts/2013-03-14-x.md", False),
        ("exclude: [/old]", "old/_posts/2013-03-14-x.md", False),
        ("exclude: ['o[^l]d']", "old/_posts/2013-03-14-x.md", True),
        ("exclude: ['o[^x]d']", "old/_posts/2013-03-14-x.md", False),
        ("exclude: [_posts/2013]", "_posts/2013-03-14-x.md", False),
        ("exclude: [old]\ninclude: [old]", "old/_posts/2013-03-14-x.md", True),
        ("exclude: old", "old/_posts/2013-03-14-x.md", True),
        ("include: [_pages]", "_pages/_posts/2013-03-14-x.md", True),
        ("collections_dir: all", "all/_posts/2013-03-14-x.md", True),
        ("collections_dir: all", "_posts/2013-03-14-x.md", False),
        ("source: site", "site/_posts/2013-03-14-x.md", True),
        ("source: ./site/", "site/_posts/2013-03-14-x.md", True),
        ("source: site", "_posts/2013-03-14-x.md", False),
        ("source: .tmp/src", "src/_posts/2013-03-14-x.md", True),
        ("source: .tmp/src", "_posts/2013-03-14-x.md", False),
        ("source: .", "_posts/2013-03-14-x.md", True),
        ("destination: docs", "docs/_posts/2013-03-14-x.md", False),
        ("markdown_ext: 'md,TXT'", "_posts/2013-03-14-x.txt", True),
        ("markdown_ext: 'md,TXT'", "_posts/2013-03-14-x.mkd", False),
    ],
)
def test_the_configuration_says_which_folders_are_read(
    config: str, path: str, is_post: bool
) -> None:
    assert (configured(from_yaml(config)).page(path, {}) is not None) is is_post


@pytest.mark.parametrize(
    ("path", "head", "config", "public"),
    [
        (NAME, "", "", True),
        (NAME, "published: true", "", True),
        (NAME, "published: 2013-03-14", "", True),
        (NAME, "published: [x]", "", True),
        (NAME, "published: false", "", False),
        (NAME, "published: 'false'", "", False),
        (NAME, "published: No", "", False),
        (NAME, "published:", "", False),
        (NAME, "published: false", "unpublished: true", False),
        (NAME, "draft: true", "", False),
        (NAME, "draft: 'Yes'", "", False),
        (NAME, "Draft: true", "", False),
        (NAME, "PUBLISHED: false", "", False),
        (NAME, "draft: false", "", True),
        (NAME, "hidden: true\nsitemap: false", "", True),
        (NAME, "", "defaults: [{values: {published: false}}]", False),
        (NAME, "published: true", "defaults: [{values: {published: false}}]", True),
        (NAME, "published:", "defaults: [{values: {published: true}}]", True),
        ("_drafts/hello.md", "", "", False),
        ("_drafts/hello.md", "published: true", "show_drafts: true", False),
        ("blog/_drafts/2013-03-14-hello.md", "", "", False),
        (NAME, "date: 2999-01-01", "", True),
    ],
)
def test_drafts_and_unpublished_posts_are_hidden_and_dates_are_for_others_to_judge(
    path: str, head: str, config: str, public: bool
) -> None:
    assert page(head, path, config).public is public


def test_what_publishes_is_gone_from_the_head_and_what_hides_stays() -> None:
    assert "published" not in page("published: 2013-03-14").head
    assert page("published: no").head["published"] == "no"


def test_a_draft_has_no_date_but_what_it_says_itself() -> None:
    assert page("", "_drafts/hello.md").published is None
    assert date("date: 2013-03-14", path="_drafts/hello.md") == "2013-03-14T00:00:00+00:00"
    assert date("", path="_drafts/2013-03-14-hello.md") == "2013-03-14T00:00:00+00:00"


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        # a YAML timestamp is UTC
        ("2013-03-14 23:42:50", "2013-03-15T10:42:50+11:00"),
        ("2013-3-4 1:02:03", "2013-03-04T12:02:03+11:00"),
        ("2013-03-14T23:42:50.1234567", "2013-03-15T10:42:50+11:00"),
        ("2013-03-14 23:42:50 -0500", "2013-03-15T15:42:50+11:00"),
        ("2013-03-14 23:42:50 +9", "2013-03-15T01:42:50+11:00"),
        # a text is in the site's zone
        ("'2013-03-14 23:42:50'", "2013-03-14T23:42:50+11:00"),
        ("2013-03-14 23:42", "2013-03-14T23:42:00+11:00"),
        ("2013-03-14", "2013-03-14T00:00:00+11:00"),
        ("'2013-03-14 23:42:50 -0500'", "2013-03-15T15:42:50+11:00"),
        ("'2013-03-14 23:42:50 PST'", "2013-03-15T18:42:50+11:00"),
        ("2013-07-14 23:42 AEDT", "2013-07-14T22:42:00+10:00"),
        ("'2013-03-14 23:42:50 -5'", "2013-03-14T23:42:50+11:00"),
        ("2013-03-14 23:42:50 -500", "2013-03-14T23:42:50+11:00"),
        ("2013/03/14 11:42 pm", "2013-03-14T23:42:00+11:00"),
        ("14.3.2013", "2013-03-14T00:00:00+11:00"),
        ("20130314", "2013-03-14T00:00:00+11:00"),
        ("Thu, 14 Mar 2013 10:11:12 +0000", "2013-03-14T21:11:12+11:00"),
        # what no calendar has is counted on
        ("2013-02-30", "2013-03-02T00:00:00+11:00"),
        ("2013-03-14 24:00", "2013-03-15T00:00:00+11:00"),
        # of an hour that comes twice the second, and what the clocks leave out behind it
        ("2013-04-07 02:30", "2013-04-07T02:30:00+10:00"),
        ("2013-10-06 02:30", "2013-10-06T03:30:00+11:00"),
    ],
)
def test_dates_are_read_as_ruby_reads_them(written: str, read: str) -> None:
    found = page(f"date: {written}", config="timezone: Australia/Sydney")
    assert found.published
    assert (found.published.isoformat(), found.warnings) == (read, ())


def test_front_matter_beats_the_files_name() -> None:
    assert date("") == "2013-03-14T00:00:00+00:00"
    assert date("date: 2014-05-06 07:08") == "2014-05-06T07:08:00+00:00"


def test_the_day_in_an_address_is_one_in_the_sites_zone() -> None:
    head = "date: 2013-03-14 23:42:50"
    assert address(head) == "/2013/03/14/hello-world.html"
    assert address(head, config="timezone: Australia/Sydney") == "/2013/03/15/hello-world.html"
    jekyll = configured(from_yaml("timezone: Australia/Sydney"), ZoneInfo("America/New_York"))
    found = jekyll.page(NAME, from_yaml(head))
    assert found
    assert found.published
    assert found.published.isoformat() == "2013-03-14T19:42:50-04:00"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("soon", "2013-03-14T00:00:00+00:00"),
        ("2014-05-06 77:88", "2014-05-06T00:00:00+00:00"),
        ("'2014-05-06 10:00 +9999'", "2014-05-06T00:00:00+00:00"),
        ("2014-13-06", "2013-03-14T00:00:00+00:00"),
        ("0000-00-00", "2013-03-14T00:00:00+00:00"),
        ("[2014-05-06]", "2013-03-14T00:00:00+00:00"),
        ("{a: b}", "2013-03-14T00:00:00+00:00"),
        ("'" + "9" * 500 + "'", "2013-03-14T00:00:00+00:00"),
        ("'2014-05-06 " + "9" * 500 + "'", "2014-05-06T00:00:00+00:00"),
    ],
)
def test_what_is_no_date_is_a_warning_and_leaves_the_day_or_the_files_name(
    written: str, kept: str
) -> None:
    found = page(f"date: {written}")
    assert found.published
    assert found.published.isoformat() == kept
    (warning,) = found.warnings
    assert warning.startswith("a date that")
    assert len(warning) < 120


@pytest.mark.parametrize("written", ["", "null", "~", "false"])
def test_nothing_is_no_date(written: str) -> None:
    assert date(f"date: {written}") == "2013-03-14T00:00:00+00:00"


def test_a_date_that_no_feed_can_carry_is_a_warning() -> None:
    found = page("", "_posts/201-03-14-hello.md")
    assert found.published is None
    assert found.address == "/0201/03/14/hello.html"
    assert found.warnings == ("a date that no feed can carry: 0201",)
    found = page("", "_posts/2013-13-14-hello.md")
    assert found.published is None
    assert found.address == "/hello.html"
    assert found.warnings == ("a date that cannot be read in the file's name: 2013-13-14",)


@pytest.mark.parametrize("key", ["last_modified_at", "updated", "modified"])
def test_an_update_is_read_as_a_date_is(key: str) -> None:
    found = page(f"{key}: 2014-05-06 07:08:09", config="timezone: Europe/Berlin")
    assert found.updated
    assert found.updated.isoformat() == "2014-05-06T09:08:09+02:00"
    found = page(f"{key}: lately")
    assert found.updated is None
    assert found.warnings == (f"{key}: a date that cannot be read: 'lately'",)


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("hello-world", "Hello World"),
        ("HELLO-wORLD", "Hello World"),
        ("a--b-", "A  B"),
        ("-a", " A"),
        ("ünder_score", "Ünder_score"),
        ("ǆungla-ßa-ΑΣ", "ǅungla Ssa Ασ"),
    ],
)
def test_a_post_without_a_title_is_called_by_its_file(slug: str, title: str) -> None:
    assert page("", f"_posts/2013-03-14-{slug}.md").title == title


def test_nothing_is_no_title() -> None:
    for written in ("", "null", "false"):
        assert "title" not in page(f"title: {written}").head
    for written in ("'null'", "Falsehood", "''"):
        assert "title" in page(f"title: {written}").head


def test_a_slug_is_the_name_and_the_end_of_the_address() -> None:
    found = page("slug: Own Slug_v2.0!")
    assert (found.name, found.address) == ("Own Slug_v2.0!", "/2013/03/14/Own-Slug_v2.0!.html")
    assert page("slug:").name == "hello-world"
    assert page("slug: [a]").name == "hello-world"


@pytest.mark.parametrize(
    ("head", "categories", "tags"),
    [
        ("", [], []),
        ("categories: a  B c\ntags: d e", ["a", "B", "c"], ["d", "e"]),
        ("categories: [a b, c]\ntags: [d e, null]", ["a b", "c"], ["d e"]),
        ("category: a b\ntag: d e", ["a b"], ["d e"]),
        ("category: a\ncategories: [b, a]", ["b", "a"], []),
        ("tag: a\ntags: [b]", [], ["a"]),
        ("category: [a, [b, c]]", ["a", "b", "c"], []),
        ("categories: {a: b}\ntags: {c: d}", [], []),
        ("categories:\ntags: null\ncategory: false", [], []),
        ("tags: a\u00a0b", [], ["a\u00a0b"]),
    ],
)
def test_categories_and_tags_become_lists(
    head: str, categories: list[str], tags: list[str]
) -> None:
    found = page(head)
    assert found.head.get("categories", []) == categories
    assert found.head.get("tags", []) == tags
    assert not {"category", "tag"} & set(found.head)


def test_folders_above_posts_are_the_first_categories() -> None:
    found = page("category: x\ncategories: [Own, News]", "News/Big/_posts/y/2013-03-14-z.md")
    assert found.head["categories"] == ["News", "Big", "Own", "x"]
    assert found.address == "/news/big/own/x/2013/03/14/z.html"


def test_former_addresses_are_aliases() -> None:
    head = "redirect_from: [/a/, /b/, null, '']\nalias: /c\naliases: [/a/, {d: e}]\n"
    assert page(head).aliases == ("/a/", "/b/", "/c")
    assert page("redirect_from: /a/").aliases == ("/a/",)


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permalink", "address"),
    [
        ("date", "/a-b/c%20d/2013/03/04/hello.html"),
        ("pretty", "/a-b/c%20d/2013/03/04/hello/"),
        ("ordinal", "/a-b/c%20d/2013/063/hello.html"),
        ("weekdate", "/a-b/c%20d/2013/W10/Mon/hello.html"),
        ("none", "/a-b/c%20d/hello.html"),
        ("other", "/other"),
        ("/:year/:month/:title", "/2013/03/hello"),
        ("/:short_year:month:day/:slug/", "/130304/hello/"),
        ("/:slugified_categories/:title", "/a-b/c-d/hello"),
        ("/:i_month-:i_day-:short_month-:long_month/", "/3-4-Mar-March/"),
        ("/:y_day/:w_year/:week/:w_day/:short_day/:long_day", "/063/2013/10/1/Mon/Monday"),
        ("/:hour:minute:second", "/010203"),
        ("/:collection:path", "/posts/2013-03-04-hello"),
        ("/:name:output_ext", "/2013-03-04-hello.html"),
        ("/:year_:month", "/2013_03"),
        ("//x///:title", "/x/hello"),
        ("/../:title/./x", "/hello/x"),
    ],
)
def test_the_sites_permalink_is_a_style_or_a_template(permalink: str, address: str) -> None:
    head = "categories: [A-b, c d]\ndate: 2013-03-04 01:02:03"
    path = "_posts/2013-03-04-hello.md"
    assert page(head, path, f"permalink: '{permalink}'").address == address


def test_the_posts_own_permalink_wins_over_the_collections_and_that_over_the_sites() -> None:
    config = "permalink: pretty\ncollections: {posts: {permalink: '/p/:title'}}"
    assert address(config=config) == "/p/hello-world"
    assert address("permalink: /:year/x", config=config) == "/2013/x"
    assert address("permalink:", config=config) == "/p/hello-world"
    assert address(config="permalink: none\ncollections: [posts]") == "/hello-world.html"
    # Only the site's is looked up among the styles.
    assert address(config="collections: {posts: {permalink: pretty}}") == "/pretty"
    assert address("permalink: pretty") == "/pretty"


def test_a_file_name_that_is_not_unicode_has_an_address() -> None:
    name = b"_posts/2013-03-14-caf\xe9.md".decode("utf-8", "surrogateescape")
    assert address(path=name, config="permalink: '/:title/:path/'") == "/caf/2013-03-14-caf%3F/"


def test_the_suffix_of_the_posts_own_permalink_is_its_output_ext() -> None:
    assert address("permalink: /old/index.php") == "/old/index.php"
    assert address("permalink: '/:title:output_ext'") == "/hello-world.html"


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("a b", "/a-b"),
        ("50% (off), really", "/50-(off),-really"),
        ("a?b#c[d]", "/a-b-c-d"),
        ("Größe ½", "/Gr%C3%B6%C3%9Fe"),
        ("e\u0301", "/e%CC%81"),
        ("../../etc", "/-/-etc"),
        ("--a--", "/a"),
        ("\U0001f600", "/"),
    ],
)
def test_a_title_in_an_address_is_a_slug_and_percent_encoded(slug: str, address: str) -> None:
    found = Jekyll(permalink="/:title").page(NAME, {"slug": Scalar(slug, 1)})
    assert found
    assert found.address == address


def test_categories_in_an_address_are_in_lower_case_and_encoded_once() -> None:
    config = "permalink: /:categories/:title"
    assert address("categories: [C++, Ü, 50%, x/y]", config=config) == (
        "/c++/%C3%BC/50%25/x/y/hello-world"
    )


def test_a_placeholder_that_jekyll_has_not_is_a_warning() -> None:
    found = page("permalink: /:yaer/:title/:more")
    assert found.address == "/:yaer/hello-world/:more"
    assert found.warnings == ("a permalink with :yaer, which Jekyll does not know",)


@pytest.mark.parametrize(
    "head",
    [
        {"permalink": ":title" * 1_000_000},
        {"slug": "é" * 1_000_000},
        {"permalink": ":title" * 500_000, "slug": "x" * 5_000_000},
        {"categories": " ".join(map(str, range(500_000)))},
        {"permalink": "/" * 5_000_000},
        {"permalink": "." * 5_000_000},
        {"date": "2013-03-14 " + " " * 5_000_000},
        {"date": "9" * 5_000_000},
        {"date": "2013-03-14 10:00" + "+" * 5_000_000},
        {"tags": " " * 5_000_000},
    ],
    ids="-".join,
)
def test_what_is_enormous_costs_little_and_makes_no_address(head: dict[str, str]) -> None:
    started = time.process_time()
    found = Jekyll().page(NAME, {key: Scalar(text, 1, True) for key, text in head.items()})
    assert time.process_time() - started < 3
    assert found
    assert len(found.address) < 100
    assert found.warnings or "tags" in head


# --- defaults -------------------------------------------------------------------------------------


def layout(defaults: str, path: str = NAME, config: str = "") -> str | None:
    value = page("", path, f"{config}\ndefaults: {defaults}").head.get("layout")
    return str(value) if value is not None else None


@pytest.mark.parametrize(
    ("scope", "path", "applies"),
    [
        ("{path: ''}", NAME, True),
        ("{path: '', type: posts}", NAME, True),
        ("{path: '', type: post}", NAME, True),
        ("{path: '', type: pages}", NAME, False),
        ("{path: '', type: ''}", NAME, False),
        ("{path: '', type: drafts}", "_drafts/x.md", False),
        ("{type: posts}", "_drafts/x.md", True),
        ("{path: _posts}", NAME, True),
        ("{path: _pos}", NAME, True),
        ("{path: /_posts}", NAME, False),
        ("{path: blog}", NAME, False),
        ("{path: blog}", "blogs/_posts/2013-03-14-x.md", True),
        ("{path: '_posts/*'}", NAME, True),
        ("{path: '_posts/*/'}", NAME, False),
        ("{path: '*'}", NAME, True),
        ("{path: '**'}", NAME, True),
        ("{path: '**/*.md'}", NAME, True),
        ("{path: '**/*.html'}", NAME, False),
        ("{path: '_posts/*/x'}", "_posts/a/x/2013-03-14-x.md", True),
        ("{path: '_posts/*/x'}", "_posts/a/b/x/2013-03-14-x.md", False),
        ("{path: '_posts/**/x'}", "_posts/a/b/x/2013-03-14-x.md", True),
        ("{path: '{news,blog}/*'}", "blog/_posts/2013-03-14-x.md", True),
        ("{path: '{news,blog}/*'}", "blogs/_posts/2013-03-14-x.md", False),
        ("nothing", NAME, True),
    ],
)
def test_a_default_applies_in_its_scope(scope: str, path: str, applies: bool) -> None:
    assert (layout(f"[{{scope: {scope}, values: {{layout: it}}}}]", path) == "it") is applies


def test_the_longer_path_wins_then_the_one_with_a_type_then_the_later() -> None:
    def two(first: str, second: str) -> str | None:
        return layout(
            f"[{{scope: {first}, values: {{layout: first}}}},"
            f" {{scope: {second}, values: {{layout: second}}}}]"
        )

    assert two("{path: _posts}", "{path: ''}") == "first"
    assert two("{path: ''}", "{path: _posts}") == "second"
    assert two("{path: '', type: posts}", "{path: ''}") == "first"
    assert two("{path: ''}", "{path: '', type: posts}") == "second"
    assert two("{path: ''}", "{path: ''}") == "second"


def test_front_matter_wins_over_defaults_and_maps_are_merged() -> None:
    config = (
        "defaults: [{scope: {path: ''}, values: {author: {name: Ann, uri: /ann}, lang: en,"
        " categories: All, tags: [x], permalink: '/d/:title'}}]"
    )
    found = page("author: {name: Bob}\nlang:\ncategories: Own\ntags: [y]", config=config)
    assert found.head["author"] == {"name": "Bob", "uri": "/ann"}
    assert found.head["lang"] == "en"
    assert found.head["categories"] == ["All", "Own"]
    assert found.head["tags"] == ["y"]
    assert found.address == "/d/hello-world"


def test_a_default_date_is_read_as_one_in_front_matter() -> None:
    config = "timezone: Europe/Berlin\ndefaults: [{values: {date: 2014-05-06 07:08:09}}]"
    assert date("", config) == "2014-05-06T09:08:09+02:00"
    assert date("date: 2013-01-01", config) == "2013-01-01T00:00:00+01:00"


@pytest.mark.parametrize(
    ("defaults", "warnings"),
    [
        ("nothing", ()),
        ("[]", ()),
        ("{values: {a: b}}", ()),
        ("[nothing, [], {}]", ("3 of `defaults` that cannot be read",)),
        ("[{values: x}, {values: []}]", ("2 of `defaults` that cannot be read",)),
    ],
)
def test_defaults_that_are_none_are_passed_over(defaults: str, warnings: tuple[str, ...]) -> None:
    jekyll = configured(from_yaml(f"defaults: {defaults}"))
    assert (jekyll.defaults, jekyll.warnings) == ((), warnings)


def bomb(levels: int) -> Value:
    """What ten aliases on each of many levels make: small to hold, too large to walk."""
    value: Value = Scalar("x", 1, True)
    for level in range(levels):
        value = [value] * 10 if level % 2 else {str(n): value for n in range(10)}
    return value


def nested(levels: int) -> Value:
    """Lists within lists, deeper than the stack."""
    value: Value = Scalar("x", 1, True)
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", [bomb(60), nested(100_000)], ids=["bomb", "nested"])
def test_aliases_that_multiply_cost_nothing(value: Value) -> None:
    started = time.process_time()
    keys = ("categories", "category", "tags", "tag", "redirect_from", "permalink", "date", "slug")
    head: Record = dict.fromkeys(keys, value)
    config: Record = {"defaults": [{"values": {"a": value}}], "exclude": value, "author": value}
    jekyll = configured(config)
    assert jekyll.warnings == ("1 of `defaults` that cannot be read",)
    found = jekyll.page(NAME, head)
    assert found
    assert time.process_time() - started < 2
    lists: Value = Scalar("x", 1, True)
    for _ in range(30):
        lists = [lists, lists]
    found = jekyll.page(NAME, {"categories": lists, "tags": lists})
    assert found
    assert (found.head["categories"], found.head["tags"]) == (["x"], ["x"])
    assert time.process_time() - started < 2


def test_a_pattern_with_braces_without_end_costs_nothing() -> None:
    started = time.process_time()
    for pattern in ("{a,b}" * 200 + "*", "*" * 3000, "*a" * 1000, "{" * 3000 + "*", "**/" * 500):
        layout(f"[{{scope: {{path: '{pattern}'}}, values: {{layout: it}}}}]")
    assert time.process_time() - started < 2


# --- ids ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "config", "id"),
    [
        ("", "", "/2013/03/14/hello-world"),
        ("", "permalink: pretty", "/2013/03/14/hello-world"),
        ("slug: Own Slug", "", "/2013/03/14/Own Slug"),
        ("permalink: /", "", "/hello-world"),
        ("permalink: /a/b/", "", "/a/hello-world"),
        ("permalink: /a/b.html", "", "/a/hello-world"),
        ("permalink: /b", "", "/hello-world"),
        ("slug: /x", "permalink: /a/:year", "/a/x"),
        ("categories: [Big News]", "", "/big%20news/2013/03/14/hello-world"),
    ],
)
def test_an_entrys_id_is_the_folder_of_its_address_and_its_slug(
    head: str, config: str, id: str
) -> None:
    assert configured(from_yaml(config)).entry_id(NAME, from_yaml(head)) == id


# --- the configuration ----------------------------------------------------------------------------


def test_a_timezone_that_nobody_knows_is_utc_and_a_warning() -> None:
    jekyll = configured(from_yaml("timezone: Mars/Olympus"))
    assert jekyll.zone is UTC
    assert jekyll.warnings == ("a timezone that nobody knows, so UTC counts: 'Mars/Olympus'",)
    assert configured({}).warnings == ()


def test_a_configured_jekyll_is_a_value() -> None:
    text = (
        "timezone: Europe/Berlin\nexclude: [a]\nfuture: true\npermalink: /:title\n"
        "defaults: [{scope: {path: x}, values: {a: [b, {c: null}], d: 'e'}}]"
    )
    jekyll = configured(from_yaml(text))
    other = configured(from_yaml("# a comment moves every line\n" + text))
    assert jekyll.future
    assert (jekyll, hash(jekyll), repr(jekyll)) == (other, hash(other), repr(other))
    assert jekyll != configured(from_yaml(text.replace("c: null", "c: 'null'")))
    assert pickle.loads(pickle.dumps(jekyll)) == jekyll
    generator: Generator = jekyll
    assert generator.page(NAME, {})


def test_the_configuration_names_the_site() -> None:
    config = (
        "title: '  The  Blog '\nname: Other\nurl: https://blog.example/\nbaseurl: /notes\n"
        "description: >\n  Two\n  lines\nlocale: de_AT\ntimezone: Europe/Vienna\n"
        "author: {name: Ann, email: ann@blog.example}\npermalink: none\n"
    )
    assert dict(site_facts(from_yaml(config))) == {
        "title": "The Blog",
        "url": "https://blog.example/notes/",
        "description": "Two lines",
        "language": "de-AT",
        "timezone": "Europe/Vienna",
        "author": "Ann",
        "permalink": "/:categories/:title:output_ext",
    }


@pytest.mark.parametrize(
    ("config", "key", "fact"),
    [
        ("name: Blog", "title", "Blog"),
        ("title: [a]", "title", None),
        ("url: https://blog.example", "url", "https://blog.example/"),
        ("url: https://blog.example\nbaseurl: /", "url", "https://blog.example/"),
        ("url: https://blog.example\nbaseurl:", "url", "https://blog.example/"),
        ("url: ''", "url", None),
        ("url: blog.example", "url", None),
        ("url: 'javascript:alert(1)'", "url", None),
        ("lang: en", "language", "en"),
        ("lang: not a language", "language", None),
        ("timezone: Mars/Olympus", "timezone", None),
        ("author: Ann", "author", "Ann"),
        ("author: ann@blog.example", "author", "ann"),
        ("author: {name: ann@blog.example}", "author", "ann"),
        ("author: {email: ann@blog.example}", "author", None),
        ("author: [Ann]", "author", None),
        ("{}", "permalink", "/:categories/:year/:month/:day/:title:output_ext"),
    ],
)
def test_a_fact_is_there_if_it_can_be_used(config: str, key: str, fact: str | None) -> None:
    assert site_facts(from_yaml(config)).get(key) == fact


def test_no_address_of_the_author_is_among_the_facts() -> None:
    config = "email: ann@blog.example\nauthor: {name: Ann, email: ann@blog.example}"
    assert "@" not in repr(dict(site_facts(from_yaml(config))))


# --- whatever stands there ------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["2013-03-14 10:00:00 +01:00", "null", "false", "/:title", "pretty", "a b"]),
    st.from_regex(r"\A:[a-z_]{0,12}/[0-9:T+ -]{0,20}\Z"),
    st.from_regex(r"\A[0-9]{1,5}[-/.][0-9]{1,3}[-/.][0-9]{1,5}[T ,]?[0-9:apm. +-]{0,20}\Z"),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.builds(Scalar, TEXTS, st.just(1), st.booleans()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = [
    *("title", "date", "slug", "permalink", "categories", "category", "tags", "tag", "published"),
    *("draft", "updated", "last_modified_at", "redirect_from", "alias", "timezone", "url", "lang"),
    *("baseurl", "author", "defaults", "exclude", "include", "source", "destination", "future"),
    *("collections", "collections_dir", "markdown_ext"),
]
RECORDS: st.SearchStrategy[Record] = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)
PATHS = st.one_of(
    st.text(max_size=30),
    st.builds("{}_posts/2013-03-14-{}.md".format, st.sampled_from(["", "a/"]), st.text(max_size=9)),
    st.builds("_drafts/{}.md".format, st.text(max_size=9)),
)


@given(RECORDS, RECORDS, PATHS)
@tries(max_examples=300, deadline=None)
def test_whatever_stands_there_makes_a_page_or_none(
    config: Record, head: Record, path: str
) -> None:
    jekyll = configured(config)
    site_facts(config)
    before = repr(head)
    found = jekyll.page(path, head)
    assert repr(head) == before
    assert jekyll.page(path, head) == found
    assert (jekyll.entry_id(path, head) is None) is (found is None)
    if found:
        assert found.address.startswith("/")
        assert "//" not in found.address
        assert found.name
        for moment in (found.published, found.updated):
            assert moment is None or (moment.tzinfo and moment.year >= 1000)
