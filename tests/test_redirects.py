"""`feeds redirects` without a server: what is said for which posts, and Netlify, read by its rules.

There is no Netlify to ask, so its files are read here as its documentation says: the first line
that fits wins, a slash at the end means nothing, and a line with parameters fits a query that has
them all. Whether that query may have others, too, is left open there: both are tried.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from feeds.redirects import OldPost, Server, System, number_of, rules
from feeds.redirects.old_addresses import of
from feeds.redirects.posts import collect
from feeds.redirects.serving import OLD_FORMATS, Task, media_types, moves, pcre, post_pattern
from tests import test_redirects_servers as servers
from tests.builders import settings
from tests.test_redirects_servers import hostile_posts, large_blog, old_post, site, wordpress_posts

HOME = "https://blog.example/"


# --- which posts need a rule of their own ---------------------------------------------------------


def regular(count: int = 9, path: str = "2024/05/{n:02}/post-{n}x/") -> list[OldPost]:
    return [old_post(path.format(n=n), f"post-{n}x") for n in range(1, count + 1)]


def test_posts_of_one_shape_need_no_names() -> None:
    found = collect(regular(), HOME)
    assert len(found.shapes) == 1
    assert not found.names


@pytest.mark.parametrize(
    "path", ["{n}/post-{n}x.html", "post-{n}x", "archives/post-{n}x/", "2024/05/post-{n}x.php"]
)
def test_shapes_are_of_many_kinds(path: str) -> None:
    assert not collect(regular(path=path), HOME).names


def test_a_few_posts_are_no_shape() -> None:
    found = collect(regular(4), HOME)
    assert not found.shapes
    assert found.names["/2024/05/01/post-1x"] == "post-1x"
    assert found.names["/2024/5/1/post-1x"] == "post-1x"


def test_a_post_that_its_shape_would_take_for_another_has_its_name() -> None:
    other = old_post("2023/01/01/post-1x/", "post-1x-0a1b")
    assert collect([*regular(), other], HOME).names["/2023/01/01/post-1x"] == "post-1x-0a1b"


def test_a_silent_post_is_not_taken_for_another() -> None:
    silent = old_post("2023/01/01/post-1x/", "post-1x-0a1b", has_feed=False)
    assert collect([*regular(), silent], HOME).names["/2023/01/01/post-1x"] == ""


def test_a_silent_post_needs_no_words() -> None:
    found = collect([*regular(), old_post("about/", "about", 7, has_feed=False)], HOME)
    assert not found.names
    assert not found.numbers


def test_a_name_of_digits_is_not_left_to_a_shape() -> None:
    """`/2024/05/07/` is the archive of a day."""
    found = collect([*regular(path="2024/{n:02}/post-{n}x/"), old_post("2024/05/07/", "07")], HOME)
    assert found.names["/2024/05/07"] == "07"


def test_numbers_come_from_plain_permalinks_too() -> None:
    posts = [OldPost(f"{HOME}?p=12", "a"), OldPost(f"{HOME}?page_id=13", "b")]
    assert collect(posts, HOME).numbers == {"12": "a", "13": "b"}


@pytest.mark.parametrize(
    ("id", "number"),
    [
        ("http://old.example/?p=71", "71"),
        ("https://blog.example/?page_id=5", "5"),
        ("https://blog.example/?post_type=post&p=72", "72"),
        ("tag:blogger.com,1999:blog-12.post-9000000000000000001", "9000000000000000001"),
        ("https://blog.example/2024/05/a-post/", None),
        ("https://blog.example/?p=x", None),
        ("https://blog.example/?p=0", None),
        ("https://[blog.example/?p=1", None),
        ("tag:blog.example,2024:a", None),
        ("https://blog.example/?" + "a=1&" * 1000, None),
    ],
)
def test_a_number_is_found_in_an_id(id: str, number: str | None) -> None:
    assert number_of(id) == number


def test_a_number_that_is_none_is_ignored() -> None:
    posts = [OldPost(f"{HOME}a/", "a", "7; return 200"), OldPost(f"{HOME}b/", "b", "٣")]
    assert collect(posts, HOME).numbers == {}


@pytest.mark.parametrize(
    "permalink",
    [
        "https://elsewhere.example/a/",
        "https://blog.example/view.php?a=1",
        "https://blog.example/%00/",
        "https://blog.example/a/%2e%2e/b/",
        "https://[blog.example/a/",
        "nonsense",
        "",
    ],
)
def test_a_post_that_no_rule_can_find_is_counted(permalink: str) -> None:
    found = collect([OldPost(permalink, "a")], HOME)
    assert (found.names, found.elsewhere) == ({}, 1)
    text = rules(Server.NGINX, System.WORDPRESS, site(), [OldPost(permalink, "a")])
    assert "No rule for 1 post:" in text


def test_www_is_the_same_host() -> None:
    assert collect([OldPost("http://WWW.blog.example/a/", "a")], HOME).names == {"/a": "a"}


def test_sections_of_hugo_that_hold_few_posts_are_left_alone() -> None:
    folders = ["essays"] * 5 + ["notes"] * 2 + ["posts", "2024", ""]
    paths = {address.path for address in of(System.HUGO, settings(), folders).site}
    assert paths == {"index.xml", "feed.xml", "post/index.xml", "blog/index.xml"}
    paths = {address.path for address in of(System.HUGO, settings(), folders[:8]).site}
    assert "essays/index.xml" in paths


# --- what is said ---------------------------------------------------------------------------------

every_server = pytest.mark.parametrize("server", list(Server))


@every_server
def test_the_order_of_posts_does_not_matter(server: Server) -> None:
    posts = wordpress_posts()
    text = rules(server, System.ANY, site(), posts)
    for seed in range(3):
        random.Random(seed).shuffle(posts)
        assert rules(server, System.ANY, site(), posts) == text


@every_server
@pytest.mark.parametrize("old", list(System))
def test_every_line_is_told_where_it_belongs(server: Server, old: System) -> None:
    text = rules(server, old, site(), wordpress_posts())
    head = text.partition("\n# --- 1. ")[0]
    assert all(line.startswith("#") for line in head.splitlines() if line)
    assert text.endswith("\n")
    assert "/feeds/entries." in text


@every_server
def test_what_is_left_alone_is_said(server: Server) -> None:
    text = " ".join(rules(server, System.WORDPRESS, site(), []).split())
    assert "a category, a tag, an author" in text.replace("# ", "")


@every_server
def test_without_comments_feeds_of_posts_nothing_is_said_of_posts(server: Server) -> None:
    text = rules(server, System.WORDPRESS, site("[feeds]\npost_comments = 0\n"), wordpress_posts())
    assert "tide-high" not in text
    assert "/comments.rss" in text


@pytest.mark.parametrize("server", [Server.NGINX, Server.APACHE, Server.CADDY])
def test_a_shape_is_as_long_for_ten_thousand_posts_as_for_ten(server: Server) -> None:
    small, large = (
        [replace(post, wordpress_id=None) for post in large_blog(count, regular=True)]
        for count in (10, 10_000)
    )
    assert rules(server, System.WORDPRESS, site(), small) == rules(
        server, System.WORDPRESS, site(), large
    )


def test_no_line_is_longer_than_an_htaccess_may_have() -> None:
    posts = large_blog(2000, regular=False)
    text = rules(Server.APACHE, System.WORDPRESS, site(), posts)
    lines = text.replace("\\\n", "").encode().split(b"\n")
    assert max(map(len, lines)) < 8190


def test_the_place_of_the_feeds_is_said_safely() -> None:
    odd = site()._replace(feeds_url="https://blog.example/a;b'c$d(e)/{f}/")
    for server in Server:
        text = rules(server, System.WORDPRESS, odd, wordpress_posts()).replace("\\%", "%")
        assert "https://blog.example/a%3Bb%27c%24d%28e%29/%7Bf%7D/entries.rss" in text
        assert "a;b" not in text


@pytest.mark.parametrize("old", list(System))
@pytest.mark.parametrize("folder", ["", "feed/", "rss/", "comments/", "feeds/posts/", "page/2/"])
def test_no_rule_leads_to_another(old: System, folder: str) -> None:
    moved = site(folder=folder)
    known = collect(wordpress_posts(), HOME)
    task = Task(moved, old, of(old, moved, known.folders), known)
    patterns = [pattern for pattern, _ in moves(task, pcre)]
    if task.old.tails:
        patterns += [post_pattern(task, format, pcre) for format in OLD_FORMATS]
    for name in ("entries", "comments", "comments/feed", "comments/tide-high", "comments/default"):
        for suffix, _ in media_types(moved):
            path = f"/{folder}{name}{suffix}"
            assert not [pattern for pattern in patterns if re.search(pattern, path)]


def test_two_sites_of_one_nginx_have_variables_of_their_own() -> None:
    one, two = (
        set(re.findall(r"(?m)^map .* (\$\w+) {$", rules(Server.NGINX, System.ANY, moved, [])))
        for moved in (site(), site(url="https://blog.example/two/"))
    )
    assert one
    assert not one & two


# --- Netlify --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    path: list[str]
    query: dict[str, str]
    target: str
    status: int

    def fits(
        self, path: list[str], query: dict[str, str], *, exactly: bool
    ) -> dict[str, str] | None:
        """What its placeholders stand for; None if it does not fit."""
        found: dict[str, str] = {}
        own = self.path
        if own and own[-1] == "*":
            own, path = own[:-1], path[: len(own) - 1]
        pairs = list(zip(own, path, strict=False)) if len(own) == len(path) else [("", "x")]
        if self.query:
            if exactly and set(self.query) != set(query):
                return None
            pairs += ((value, query.get(name, "")) for name, value in self.query.items())
        for wanted, given_ in pairs:
            if wanted.startswith(":") and given_:
                found[wanted] = given_
            elif unquote(wanted) != unquote(given_):
                return None
        return found


def netlify(text: str) -> list[Line]:
    redirects = text.partition("# --- 1.")[2].partition("\n# --- 2.")[0]
    lines = []
    for line in redirects.splitlines()[1:]:
        if not line.startswith("#") and line:
            path, *query, target, status = line.split(" ")
            assert re.fullmatch(r"(?:301|404|200)!", status)
            assert path.startswith("/")
            pairs = dict(pair.split("=") for pair in query)
            lines.append(Line(_parts(path), pairs, target, int(status[:-1])))
    return lines


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _stands_for(found: dict[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda match: found.get(match[0], match[0])


def arrives(lines: list[Line], address: str, *, exactly: bool) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    for line in lines:
        found = line.fits(_parts(parts.path), query, exactly=exactly)
        if found is None:
            continue
        if line.status != 301:
            return str(line.status)
        target = re.sub(r":[a-z]+\d?(?=[./]|$)", _stands_for(found), line.target)
        assert target.startswith("https://blog.example/feeds/")
        return unquote(target.removeprefix("https://blog.example/feeds/"))
    return "none"


exactly_or_not = pytest.mark.parametrize("exactly", [True, False])
_WITH_OTHERS = ("/?utm_source=mail&feed=rss2", "/?author=3&feed=rss2", "feed=rss2&p=1&")


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return netlify(rules(Server.NETLIFY, System.WORDPRESS, site(), wordpress_posts()))


@exactly_or_not
@pytest.mark.parametrize(
    ("addresses", "file"),
    [
        (servers._ENTRIES, "entries.rss"),
        (servers._ENTRIES_ATOM, "entries.atom"),
        (servers._COMMENTS, "comments.rss"),
        (servers._COMMENTS_ATOM, "comments.atom"),
    ],
)
def test_on_netlify_addresses_of_the_site_arrive(
    lines: list[Line], addresses: str, file: str, exactly: bool
) -> None:
    asked = [a for a in addresses.split() if not (exactly and a in _WITH_OTHERS)]
    found = {address: arrives(lines, address, exactly=exactly) for address in asked}
    assert found == dict.fromkeys(asked, file)


@exactly_or_not
def test_on_netlify_addresses_of_posts_arrive(lines: list[Line], exactly: bool) -> None:
    for post in wordpress_posts():
        path, n = urlsplit(post.permalink).path, post.wordpress_id
        asked = {
            "rss": [path + tail for tail in servers._TAILS.split()]
            + [f"/?p={n}&feed=rss2", f"/?feed=rss2&p={n}", f"/wp-commentsrss2.php?p={n}"],
            "atom": [path + tail for tail in servers._TAILS_ATOM.split()]
            + [f"/?page_id={n}&feed=atom"],
        }
        for suffix, addresses in asked.items():
            for address in addresses:
                wanted = f"comments/{post.output_name}.{suffix}"
                found = arrives(lines, address, exactly=exactly)
                assert found == wanted if post.has_feed else found in {"404", "none"}, address


@exactly_or_not
def test_on_netlify_everything_else_is_left_alone(lines: list[Line], exactly: bool) -> None:
    for address in servers._LEFT_ALONE.split() + servers._PAGES.split():
        if address == "/feed/nonsense/":
            continue
        assert arrives(lines, address, exactly=exactly) in {"none", "404", "200"}, address


@exactly_or_not
def test_on_netlify_blogger_is_known(exactly: bool) -> None:
    found = netlify(rules(Server.NETLIFY, System.BLOGGER, site(), [old_post("a/", "a", 12)]))
    for address, file in (
        ("/feeds/posts/default", "entries.atom"),
        ("/feeds/posts/default?alt=rss", "entries.rss"),
        ("/feeds/comments/default", "comments.atom"),
        ("/feeds/12/comments/default?alt=rss", "comments/a.rss"),
        ("/feeds/12/comments/default", "comments/a.atom"),
        ("/a/default", "none"),
    ):
        assert arrives(found, address, exactly=exactly) == file


@hypothesis_settings(deadline=None, max_examples=40)
@given(posts=hostile_posts())
def test_on_netlify_posts_at_any_address_arrive(posts: list[OldPost]) -> None:
    found = netlify(rules(Server.NETLIFY, System.WORDPRESS, site(), posts))
    for post in posts:
        path = urlsplit(post.permalink).path
        wanted = f"comments/{post.output_name}.rss"
        assert arrives(found, f"{path}feed/", exactly=True) == wanted


def test_on_netlify_the_files_have_their_headers() -> None:
    text = rules(Server.NETLIFY, System.WORDPRESS, site(), [])
    blocks = text.partition("# --- 2.")[2]
    for name in ("entries", "comments"):
        for suffix, type in servers._TYPES.items():
            assert f"\n/feeds/{name}.{suffix}\n  Content-Type: {type}\n" in blocks
    assert "\n/feeds/comments/*\n  Cache-Control: public, max-age=900, must-revalidate\n" in blocks


# --- bad input ------------------------------------------------------------------------------------


@every_server
@given(
    permalink=st.text(max_size=60),
    name=st.text(min_size=1, max_size=20),
    number=st.none() | st.text(max_size=9),
)
def test_whatever_a_post_is_called_there_are_rules(
    server: Server, permalink: str, name: str, number: str | None
) -> None:
    text = rules(server, System.ANY, site(), [OldPost(HOME + permalink, name, number)])
    assert "entries.rss" in text


@every_server
def test_an_address_that_no_server_takes_costs_nothing(server: Server) -> None:
    """Of a megabyte, and of parts that look like a date."""
    long = [OldPost(f"{HOME}{'2024/05/' * 100_000}x/", "x", "1")]
    slashes = [OldPost(f"{HOME}{'/' * 500_000}x/", "y", "2")]
    digits = [OldPost(f"{HOME}{'1' * 500_000}/", "z", "3" * 500_000)]
    text = rules(server, System.WORDPRESS, site(), [*regular(), *long, *slashes, *digits])
    assert len(text) < 60_000
