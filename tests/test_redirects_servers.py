"""What real servers make of the rules: every old address arrives, in one redirect, at its file.

Each server is given what `feeds redirects` prints, split at the lines that say where it belongs.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from feeds.precompress import SUFFIXES
from feeds.redirects import OldPost, Server, System, rules
from feeds.settings import Settings
from tests.builders import settings
from tests.web import free_port, open_folder, program, running

_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}
_REGULAR = tuple(f"tide-{word}" for word in ("high", "low", "neap", "spring", "slack", "rip"))


# --- servers --------------------------------------------------------------------------------------

_NGINX = """\
daemon off;
pid {work}/nginx.pid;
error_log {work}/error.log;
worker_processes 1;
events {{}}
http {{
  types {{ text/html html; application/json json; }}
  access_log off;
  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;
  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
{http}
  server {{
    listen 127.0.0.1:{port};
    root {root};
{server}
  }}
}}
"""
_MODULES = "mpm_event authz_core mime dir rewrite headers env filter deflate"
_APACHE = """\
ServerName 127.0.0.1
ServerRoot {work}
Listen 127.0.0.1:{port}
PidFile {work}/apache.pid
ErrorLog {work}/error.log
{modules}
TypesConfig /dev/null
AddType text/html .html
AddType application/json .json
AddType application/x-gzip .gz
DirectoryIndex index.html
AddOutputFilterByType DEFLATE application/atom+xml
User nobody
Group nogroup
DocumentRoot {root}
<Directory {root}>
AllowOverride {override}
{directory}
</Directory>
"""
_APACHE_MODULES = Path("/usr/lib/apache2/modules")
_CADDY = """\
{{
  admin off
}}
http://127.0.0.1:{port} {{
  bind 127.0.0.1
  root * {root}
{block}
  file_server
}}
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A server's configuration, written: how to check it, and how to run it."""

    check: list[str | Path]
    run: list[str | Path]
    port: int
    home: dict[str, str]


def parts(text: str) -> list[str]:
    """The rules, without what stands before the first of the lines that say where they belong."""
    return re.split(r"(?m)^# --- \d\. .*\n", text)[1:]


def nginx(text: str, root: Path, work: Path) -> Command:
    binary, port = program("nginx"), free_port()
    http_part, *server_parts = parts(text)
    config = work / "nginx.conf"
    values = {"http": http_part, "server": "\n".join(server_parts)}
    config.write_text(_NGINX.format(work=work, root=root, port=port, **values))
    command: list[str | Path] = [binary, "-c", config, "-p", work, "-e", work / "error.log"]
    return Command([*command, "-t"], command, port, {})


def apache(text: str, root: Path, work: Path) -> Command:
    """Apache with the rules in a <Directory> of its own configuration."""
    return _apache("\n".join(parts(text)), "None", root, work)


def apache_htaccess(text: str, root: Path, work: Path) -> Command:
    """Apache with the rules in an .htaccess."""
    (root / ".htaccess").write_text("\n".join(parts(text)))
    return _apache("", "All", root, work)


def _apache(directory: str, override: str, root: Path, work: Path) -> Command:
    binary, port = program("apache2"), free_port()
    modules = "\n".join(
        f"LoadModule {name}_module {_APACHE_MODULES}/mod_{name}.so" for name in _MODULES.split()
    )
    config = work / "apache.conf"
    values = {"modules": modules, "directory": directory, "override": override}
    config.write_text(_APACHE.format(work=work, root=root, port=port, **values))
    return Command([binary, "-t", "-f", config], [binary, "-DFOREGROUND", "-f", config], port, {})


def caddy(text: str, root: Path, work: Path) -> Command:
    binary, port = program("caddy"), free_port()
    config = work / "Caddyfile"
    config.write_text(_CADDY.format(root=root, port=port, block="\n".join(parts(text))))
    home = {name: str(work) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    options: list[str | Path] = ["--config", config, "--adapter", "caddyfile"]
    return Command([binary, "validate", *options], [binary, "run", *options], port, home)


Setup: TypeAlias = Callable[[str, Path, Path], Command]
SETUPS: dict[str, tuple[Server, Setup]] = {
    "nginx": (Server.NGINX, nginx),
    "apache": (Server.APACHE, apache),
    "htaccess": (Server.APACHE, apache_htaccess),
    "caddy": (Server.CADDY, caddy),
}


# --- a site that moved ----------------------------------------------------------------------------


def site(extra: str = "", url: str = "https://blog.example/", folder: str = "feeds/") -> Settings:
    return settings(extra)._replace(url=url, feeds_url=url + folder)


def old_post(path: str, name: str, number: int | None = None, **changes: bool) -> OldPost:
    """A post below the home page."""
    return OldPost(f"https://blog.example/{path}", name, str(number) if number else None, **changes)


def wordpress_posts() -> list[OldPost]:
    """Posts whose addresses have one shape, and some that have none."""
    return [
        *(
            old_post(f"2024/03/{day:02}/{name}/", name, 40 + day)
            for day, name in enumerate(_REGULAR, 1)
        ),
        old_post("2024/04/01/%e6%bd%ae-how/", "潮-how", 61),
        old_post("2024/04/02/77/", "77", 62),
        old_post("2024/04/03/tide-high/", "tide-high-0a1b2c3d", 63),
        old_post("2024/04/04/tide-low/", "tide-low-0a1b2c3d", 64, has_feed=False),
        old_post("2024/04/05/it%27s-%22%24%7Bhome%7D%22/", 'it\'s-"${home}"', 65),
        old_post("2024/04/06/a%2Bb%20c%25d%7Ce/", "a+b c%d|e", 66),
        old_post("2024/04/07/%E9t%E9/", "été", 67),
        old_post("2024/04/08/1e3/", "1e3", 71),
        old_post("2024/04/09/007/", "007", 72),
        old_post("2024/04/10/-/", "-", 73),
        old_post("2024/04/11/true/", "true", 74),
        old_post("contact/", "contact", 68, is_page=True),
        old_post("contact/where/", "where", 69, is_page=True),
        old_post("quiet/", "quiet", 70, has_feed=False, is_page=True),
    ]


def publish(root: Path, site: Settings, posts: list[OldPost]) -> None:
    """Put a feed where each is to be, and a page at the home and at each post."""
    feeds = root / unquote(urlsplit(site.feeds_url).path).strip("/")
    (feeds / "comments").mkdir(parents=True, exist_ok=True)
    names = ["entries", "comments", *(f"comments/{p.output_name}" for p in posts if p.has_feed)]
    for name in names:
        for suffix in site.feeds.formats:
            file = f"{name}.{suffix}"
            (feeds / file).write_text(file + " " * 2000)
            for end in (SUFFIXES[encoding] for encoding in site.feeds.precompress):
                (feeds / (file + end)).write_text(f"{end} of {file}")
    pages = [urlsplit(post.permalink).path for post in posts if post.has_feed]
    for page in (urlsplit(site.url).path, *pages):
        folder = root / unquote(page, errors="surrogateescape").strip("/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text("a page")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Site:
    """A server that runs."""

    port: int

    def ask(self, address: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", address, headers=named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read().decode("latin-1").strip())
        finally:
            connection.close()

    def arrives(self, address: str) -> str:
        """What an address leads to in at most one redirect: the file, or a status."""
        first = self.ask(address)
        if first.status != 301:
            return str(first.status)
        location = first.headers["location"]
        assert location.startswith("https://blog.example/"), (address, location)
        assert "?" not in location, (address, location)
        assert first.headers["cache-control"] == "public, max-age=86400", address
        second = self.ask(urlsplit(location).path)
        assert second.status == 200, (address, location, second.status)
        suffix = location.rpartition(".")[2]
        assert second.headers["content-type"] == _TYPES[suffix], (address, location)
        return second.body


@contextmanager
def serving(name: str, old: System, site: Settings, posts: list[OldPost]) -> Iterator[Site]:
    """Serve what is published by a server that has the rules."""
    server, setup = SETUPS[name]
    with open_folder() as folder:
        root, work = folder / "root", folder / "work"
        root.mkdir()
        work.mkdir()
        publish(root, site, posts)
        command = setup(rules(server, old, site, posts), root, work)
        with running(command.run, command.port, command.home):
            yield Site(command.port)


@pytest.fixture(params=list(SETUPS), scope="module")
def wordpress(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Each server in turn, in the place of a WordPress."""
    with serving(request.param, System.WORDPRESS, site(), wordpress_posts()) as running_site:
        yield running_site


@pytest.fixture(params=list(SETUPS))
def server(request: pytest.FixtureRequest) -> str:
    """The name of each server in turn."""
    return str(request.param)


# --- WordPress ------------------------------------------------------------------------------------

_ENTRIES = """
/feed /feed/ /feed// /feed/rss2/ /feed/rss2 /feed/rss/ /feed/rdf/ /feed/feed/ /rss /rss/ /rss2/ /rdf/
/?feed=rss2 /?feed=rss /?feed=rdf /?feed=feed /index.php?feed=rss2 /index.php/feed/ /wp-rss.php
/wp-rss2.php /wp-rdf.php /wp-feed.php /page/2/feed/ /feed/?paged=2 /feed/?utm_source=mail
/?utm_source=mail&feed=rss2 /?author=3&feed=rss2
"""
_ENTRIES_ATOM = "/feed/atom /feed/atom/ /atom /atom/ /?feed=atom /wp-atom.php /index.php/feed/atom/"
_COMMENTS = """
/comments/feed /comments/feed/ /comments/feed/rss2/ /comments/rss2/ /?feed=comments-rss2
/wp-commentsrss2.php /feed/?withcomments=1 /?feed=rss2&withcomments=1 /?withcomments=1&feed=rss2
/comments/feed/?withcomments=1
"""
_COMMENTS_ATOM = "/comments/feed/atom /comments/feed/atom/ /?feed=comments-atom"
#: What follows a post's address, with and without its slash.
_TAILS = (
    "feed feed/ feed/rss2/ feed/rss/ feed/rdf/ rss2/ comments/feed/ feed/?utm_source=x ?feed=rss2"
)
_TAILS_ATOM = "feed/atom feed/atom/ atom/ comments/feed/atom/ ?feed=atom"
_LEFT_ALONE = """
/category/boats/feed/ /category/boats/shed/feed/ /tag/tea/feed /author/ann/feed/ /search/boat/feed/
/2024/feed/ /2024/03/feed/ /2024/03/01/feed/ /feed/nonsense/ /FEED/ /comments/
/category/boats/comments/feed/?withcomments=1 /quiet/feed/ /2024/04/04/tide-low/feed/
/2024/04/04/tide-low/feed/atom/
"""
_PAGES = """
/ /index.html /?p=41 /?utm_source=x /?tag=tea&feed=rss2 /?feed=rss2&cat=1 /?s=boat&feed=rss2
/2024/03/01/tide-high/ /2024/03/01/tide-high/?replytocom=12 /contact/
"""


@pytest.mark.parametrize(
    ("addresses", "file"),
    [
        (_ENTRIES, "entries.rss"),
        (_ENTRIES_ATOM, "entries.atom"),
        (_COMMENTS, "comments.rss"),
        (_COMMENTS_ATOM, "comments.atom"),
        (_LEFT_ALONE, "404"),
        (_PAGES, "200"),
    ],
    ids=["entries", "entries-atom", "comments", "comments-atom", "left-alone", "pages"],
)
def test_addresses_of_the_site_arrive(wordpress: Site, addresses: str, file: str) -> None:
    asked = addresses.split()
    assert {address: wordpress.arrives(address) for address in asked} == dict.fromkeys(asked, file)


def test_addresses_of_posts_arrive(wordpress: Site) -> None:
    for post in wordpress_posts():
        if not post.has_feed:
            continue
        path = urlsplit(post.permalink).path
        if "%E9" in path and wordpress.ask(path + "feed/").status == 404:
            continue  # bytes that are no UTF-8: not in Caddy's expressions
        name = f"comments/{post.output_name}".encode().decode("latin-1")
        for tails, suffix in ((_TAILS, "rss"), (_TAILS_ATOM, "atom")):
            for tail in tails.split():
                assert wordpress.arrives(path + tail) == f"{name}.{suffix}", path + tail


def test_addresses_by_number_arrive(wordpress: Site) -> None:
    for post in wordpress_posts():
        n = post.wordpress_id
        name = f"comments/{post.output_name}".encode().decode("latin-1")
        for suffix, addresses in (
            ("rss", f"/?p={n}&feed=rss2 /?feed=rss2&p={n} /?feed=comments-rss2&p={n}"),
            ("rss", f"/?page_id={n}&feed=rss2 /wp-commentsrss2.php?p={n}"),
            ("atom", f"/?p={n}&feed=atom /?feed=atom&page_id={n}"),
        ):
            for address in addresses.split():
                wanted = f"{name}.{suffix}" if post.has_feed else "404"
                assert wordpress.arrives(address) == wanted, address
    assert wordpress.arrives("/?p=9999&feed=rss2") == "404"


def test_dates_without_zeros_arrive(wordpress: Site) -> None:
    assert wordpress.arrives("/2024/3/1/tide-high/feed/") == "comments/tide-high.rss"
    assert wordpress.arrives("/2024/4/3/tide-high/feed/") == "comments/tide-high-0a1b2c3d.rss"
    assert wordpress.arrives("/2024/4/2/77/feed/atom/") == "comments/77.atom"


def test_nothing_of_a_request_gets_into_a_header(wordpress: Site) -> None:
    for address in (
        "/2024/03/01/x%0d%0aSet-Cookie:%20a=b/feed/",
        "/2024/03/01/x%0aSet-Cookie:%20a=b/feed/",
        "/%0d%0aSet-Cookie:%20a=b/feed/",
        "/?feed=rss2%0d%0aSet-Cookie:%20a=b",
        "/?p=41%0d%0aSet-Cookie:%20a=b&feed=rss2",
        "/contact|/feed/",
        "/.feeds-moved",
        "/x%20=/feed/",
    ):
        answer = wordpress.ask(address)
        assert "set-cookie" not in answer.headers, address
        assert answer.headers.get("location", "").rpartition("/")[2] in {"", "entries.rss"}, address


def test_the_files_have_their_headers(wordpress: Site) -> None:
    for path in ("entries", "comments", "comments/contact"):
        for suffix, type in _TYPES.items():
            headers = wordpress.ask(f"/feeds/{path}.{suffix}").headers
            assert headers["content-type"] == type
            assert headers["cache-control"] == "public, max-age=900, must-revalidate"
            assert headers["access-control-allow-origin"] == "*"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["etag"]
            assert headers["last-modified"]


def test_other_files_have_theirs(wordpress: Site) -> None:
    headers = wordpress.ask("/").headers
    assert headers["content-type"].startswith("text/html")
    assert "access-control-allow-origin" not in headers
    assert "cache-control" not in headers


def test_readers_get_their_304(wordpress: Site) -> None:
    for path in ("/feeds/entries.rss", "/feeds/entries.atom"):
        for encoding in ("identity", "gzip"):
            headers = wordpress.ask(path, Accept_Encoding=encoding).headers
            etag, modified = headers["etag"], headers["last-modified"]
            again = wordpress.ask(path, Accept_Encoding=encoding, If_None_Match=etag)
            assert again.status == 304, (path, encoding)
            again = wordpress.ask(path, Accept_Encoding=encoding, If_Modified_Since=modified)
            assert again.status == 304, (path, encoding)


# --- other sites ----------------------------------------------------------------------------------


def test_a_blog_in_a_folder_keeps_to_it(server: str) -> None:
    """The folder has letters that mean something to servers."""
    base = "/a.b%20c%24d"
    posts = [
        replace(p, permalink=p.permalink.replace(".example", f".example{base}"))
        for p in wordpress_posts()
    ]
    moved = site(url=f"https://blog.example{base}/")
    with serving(server, System.WORDPRESS, moved, posts) as running_site:
        for address, file in (
            ("/feed/", "entries.rss"),
            ("/?feed=atom", "entries.atom"),
            ("/?p=41&feed=rss2", "comments/tide-high.rss"),
            ("/wp-commentsrss2.php?p=41", "comments/tide-high.rss"),
            ("/2024/03/01/tide-high/feed/", "comments/tide-high.rss"),
            ("/2024/4/2/77/feed/atom/", "comments/77.atom"),
            ("/contact/where/feed", "comments/where.rss"),
        ):
            assert running_site.arrives(base + address) == file
            assert running_site.arrives(address) in {"404", "403"}


def test_files_may_stand_beside_the_pages(server: str) -> None:
    """Without `feeds_url` the comments feeds are where WordPress had the comments feed."""
    with serving(server, System.WORDPRESS, site(folder=""), wordpress_posts()) as running_site:
        for address, file in (
            ("/feed/", "entries.rss"),
            ("/comments/feed", "comments.rss"),
            ("/comments/feed/atom/", "comments.atom"),
            ("/2024/03/01/tide-high/feed/", "comments/tide-high.rss"),
        ):
            assert running_site.arrives(address) == file


@pytest.mark.parametrize(
    ("formats", "rss", "atom"),
    [('["json"]', "json", "json"), ('["rss", "json"]', "rss", "rss")],
)
def test_a_format_that_is_not_made_has_a_substitute(
    server: str, formats: str, rss: str, atom: str
) -> None:
    chosen = site(f"[feeds]\nformats = {formats}\n")
    with serving(server, System.WORDPRESS, chosen, wordpress_posts()) as running_site:
        assert running_site.arrives("/feed/") == f"entries.{rss}"
        assert running_site.arrives("/feed/atom/") == f"entries.{atom}"
        assert running_site.arrives("/contact/feed/") == f"comments/contact.{rss}"
        assert running_site.arrives("/?p=68&feed=atom") == f"comments/contact.{atom}"


def test_compressed_copies_are_sent_to_who_takes_them(server: str) -> None:
    packed = site('[feeds]\nprecompress = ["gzip"]\n')
    with serving(server, System.WORDPRESS, packed, wordpress_posts()) as running_site:
        for path in ("entries.rss", "comments/contact.atom", "comments.json"):
            plain = running_site.ask(f"/feeds/{path}")
            small = running_site.ask(f"/feeds/{path}", Accept_Encoding="gzip, br")
            assert (plain.body, small.body) == (path, f".gz of {path}")
            assert small.headers["content-encoding"] == "gzip"
            assert "content-encoding" not in plain.headers
            for answer in (plain, small):
                assert answer.headers["content-type"] == _TYPES[path.rpartition(".")[2]]
                assert answer.headers["cache-control"] == "public, max-age=900, must-revalidate"
            assert small.headers["vary"] == "Accept-Encoding"
            again = running_site.ask(
                f"/feeds/{path}", Accept_Encoding="gzip", If_None_Match=small.headers["etag"]
            )
            assert again.status == 304


_OTHERS = {
    System.JEKYLL: "/feed.xml=atom /atom.xml=atom /feed/=atom /feed=atom /rss.xml=rss",
    System.HUGO: "/index.xml=rss /posts/index.xml=rss /essays/index.xml=rss /feed.xml=rss "
    "/tags/index.xml=404 /notes/index.xml=404",
    System.PELICAN: "/feeds/all.atom.xml=atom /feeds/all.rss.xml=rss /feeds/ann-lee.atom.xml=atom "
    "/feeds/boats.atom.xml=404",
    System.NIKOLA: "/rss.xml=rss /feed.xml=rss",
    System.ZOLA: "/atom.xml=atom /rss.xml=rss",
    System.GHOST: "/rss/=rss /rss=rss /feed/=rss /tag/tea/rss/=404",
    System.BLOGGER: "/feeds/posts/default=atom /feeds/posts/default?alt=rss=rss /atom.xml=atom "
    "/rss.xml=rss /feeds/posts/default?orderby=published&alt=rss=rss /feeds/posts/summary=atom "
    "/feeds/posts/default/-/tea=404",
    System.OCTOPRESS: "/atom.xml=atom",
}


@pytest.mark.parametrize(
    ("server", "old"),
    [
        *(("nginx", old) for old in _OTHERS),
        *((server, old) for server in SETUPS for old in (System.BLOGGER, System.ANY)),
    ],
)
def test_addresses_of_other_systems_arrive(server: str, old: System) -> None:
    posts = [
        *(
            old_post(f"essays/{name}/", name, 9_000_000_000_000_000_040 + number)
            for number, name in enumerate(_REGULAR)
        ),
        old_post("notes/short/", "short", 12),
    ]
    wanted = _OTHERS.get(old, " ".join(v for k, v in _OTHERS.items() if k is not System.ZOLA))
    with serving(server, old, site('author = "Ann Lee"\n'), posts) as running_site:
        for address, _, format in (line.rpartition("=") for line in wanted.split()):
            found = running_site.arrives(address)
            if old is System.ANY and format != "404":
                assert found in {"entries.atom", "entries.rss"}, address
            else:
                assert found == (format if format == "404" else f"entries.{format}"), address
        if old in {System.BLOGGER, System.ANY}:
            for address, file in (
                ("/feeds/comments/default", "comments.atom"),
                ("/feeds/comments/default?alt=rss", "comments.rss"),
                ("/feeds/9000000000000000041/comments/default", "comments/tide-low.atom"),
                ("/feeds/12/comments/default?alt=rss", "comments/short.rss"),
                ("/feeds/13/comments/default", "404"),
            ):
                assert running_site.arrives(address) == file


# --- whatever the addresses -----------------------------------------------------------------------

_HOSTILE = (
    '";}',
    "';",
    "{$HOME}",
    "${HOME}",
    "$uri",
    "{path}",
    "%{ENV:HOME}",
    "`x`",
    "#",
    "\\",
    "\n",
    "\r\n}",
    "~^.*$",
    "(.*)*",
    "[",
    "*",
    ":splat",
    "default",
    "</If>",
    "|",
    "=",
    " ",
    "\\\n",
    "a b=c",
    "\u2028",
    "\u202e",
    "é",
    "e\u0301",
    "\U0001f6a4",
    "\x7f",
    "1",
    "A",
    "a",
    "+",
    "%41",
    "?",
    "x" * 80,
)
_words = st.lists(st.sampled_from(_HOSTILE) | st.text(max_size=3), min_size=1, max_size=3)
_segments = _words.map("".join).filter(lambda text: not {"/", "\0"} & set(text))
_paths = st.lists(_segments, min_size=1, max_size=3).filter(lambda p: not {".", ".."} & set(p))


@st.composite
def hostile_posts(draw: st.DrawFn) -> list[OldPost]:
    """Posts at addresses that no two servers would take for one, each with its own name."""
    found = draw(st.lists(_paths, min_size=5, max_size=60))
    paths = {"/".join(part.encode("utf-8", "ignore").decode() for part in path) for path in found}
    good = [p for p in sorted(paths) if all(p.split("/")) and not {".", ".."} & set(p.split("/"))]
    return [
        old_post(f"{quote(path, safe='/')}/", f"name-{number}", 100 + number)
        for number, path in enumerate(good)
    ]


@hypothesis_settings(
    max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(posts=hostile_posts())
def test_posts_at_any_address_are_found_and_nothing_else_is_said(
    server: str, posts: list[OldPost]
) -> None:
    with serving_rules_only(server, posts) as running_site:
        for post in posts:
            path = urlsplit(post.permalink).path
            answer = running_site.ask(f"{path}feed/")
            wanted = f"https://blog.example/feeds/comments/{post.output_name}.rss"
            if "%2F" not in path.upper():
                assert (answer.status, answer.headers.get("location")) == (301, wanted), path
        assert running_site.ask("/feed/").headers["location"].endswith("/entries.rss")
        assert running_site.ask("/nothing").status == 404


@contextmanager
def serving_rules_only(name: str, posts: list[OldPost]) -> Iterator[Site]:
    """The same without files: no folder can have such names."""
    server, setup = SETUPS[name]
    with open_folder() as folder:
        root, work = folder / "root", folder / "work"
        root.mkdir()
        work.mkdir()
        command = setup(rules(server, System.WORDPRESS, site(), posts), root, work)
        with running(command.run, command.port, command.home):
            yield Site(command.port)


# --- what a real WordPress answered ---------------------------------------------------------------

_FACTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "wordpress"


def real_posts() -> list[OldPost]:
    """The posts and pages of the blog that was asked, each with a feed."""
    export = (_FACTS / "export.wxr.xml").read_text("utf-8", "replace")
    posts = []
    for item in export.split("<item>")[1:]:
        fields = {
            name: re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", item)
            for name in ("link", "wp:post_id", "wp:post_name", "wp:status", "wp:post_type")
        }
        link, number, name, status, type = (match[1] if match else "" for match in fields.values())
        if status == "publish" and type in {"post", "page"}:
            posts.append(OldPost(link, unquote(name), number, True, type == "page"))
    return posts


def real_addresses() -> dict[str, str]:
    """Each address that WordPress answered with a feed that we have, and our file for it."""
    by_page = {urlsplit(post.permalink).path: post.output_name for post in real_posts()}
    result = {}
    for alias in json.loads((_FACTS / "aliases.json").read_text()):
        end = urlsplit(alias.get("location", alias["path"]))
        match = re.fullmatch(r"(|/.*?)/(comments/)?feed/(atom/|rdf/|old/)?", end.path)
        if alias["status"] not in {200, 301} or alias.get("content_type", "").startswith("text/"):
            continue
        suffix = "atom" if match and match[3] == "atom/" else "rss"
        asked = parse_qs(urlsplit(alias["path"]).query)
        if match and not match[1] and "p" not in parse_qs(end.query):
            kind = "comments" if match[2] else "entries"
            result[alias["path"]] = f"{kind}.{suffix}"
        elif match and (name := by_page.get(_padded(match[1]) + "/")):
            result[alias["path"]] = f"comments/{name}.{suffix}"
        elif asked.get("feed") and not match and asked.get("p", [""])[0] in {"71"}:
            raise AssertionError(alias)
    return result


def _padded(path: str) -> str:
    return re.sub(r"(?<=/)(\d)(?=/)", r"0\1", path)


@pytest.mark.skipif(not _FACTS.is_dir(), reason="there are no answers of a WordPress here")
def test_whatever_wordpress_answered_with_a_feed_arrives(server: str) -> None:
    addresses = real_addresses()
    posts = [
        replace(post, permalink=post.permalink.replace("http:", "https:")) for post in real_posts()
    ]
    pages = json.loads((_FACTS / "pages.json").read_text())
    linked = set(re.findall(r'href=.{1,2}http://blog.example(/[^"\\]*feed/)', json.dumps(pages)))
    with serving(server, System.WORDPRESS, site(), posts) as running_site:
        found = {address: running_site.arrives(address) for address in addresses}
        assert found == addresses
        for address in linked:
            part = address.startswith(("/author/", "/category/", "/tag/", "/search/"))
            assert (running_site.arrives(address) == "404") == part, address
    assert len(addresses) >= 61


# --- large blogs ----------------------------------------------------------------------------------


def large_blog(count: int, *, regular: bool) -> list[OldPost]:
    """Posts with numbers; the names of irregular ones are in another script."""
    word = "" if regular else quote("潮汐")
    return [
        old_post(
            f"20{10 + n % 15}/{n % 12 + 1:02}/{n % 28 + 1:02}/{word}a-post-on-the-tides-{n}/",
            f"{unquote(word)}a-post-on-the-tides-{n}",
            100 + n,
        )
        for n in range(count)
    ]


def test_a_large_blog_is_served_at_once(server: str) -> None:
    posts = large_blog(3000, regular=False)
    with serving_rules_only(server, posts) as running_site:
        for post in (posts[0], posts[-1]):
            for address in (
                urlsplit(post.permalink).path + "feed/",
                f"/?feed=rss2&p={post.wordpress_id}",
            ):
                answer = running_site.ask(address)
                name = quote(post.output_name, safe="")
                assert answer.headers["location"].endswith(f"/comments/{name}.rss")


def test_no_server_warns_of_the_rules(tmp_path: Path) -> None:
    """Neither of too small a hash nor of a condition that is never true."""
    for name, (server, setup) in SETUPS.items():
        work, root = tmp_path / name, tmp_path / name / "root"
        root.mkdir(parents=True)
        posts = large_blog(3000, regular=False)
        command = setup(rules(server, System.ANY, site(), posts), root, work)
        checked = subprocess.run(
            command.check, capture_output=True, text=True, timeout=60, env=command.home or None
        )
        assert checked.returncode == 0, checked.stderr
        complaints = re.findall(
            r'.*(?:\[warn\]|:warn\]|"warn"(?!.*not formatted)).*', checked.stderr
        )
        assert not complaints, name
