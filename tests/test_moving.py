"""Subscribers who are moved: `feeds adopt` and `feeds redirects`, and a real reader that follows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from feeds import settings as site_toml
from feeds.cli import main
from feeds.importing import import_files
from feeds.moving import redirects
from feeds.pipeline import Options, build
from tests.builders import NOW, TinyBlog
from tests.test_importing_exports import WXR, item, said
from tests.test_in_place import in_layout, written
from tests.test_readers import Newsboat
from tests.web import free_port, open_folder, program, running

OLD = """<?xml version="1.0"?><rss version="2.0"><channel><title>A blog</title>
<link>https://blog.example/</link><description>d</description>
<item><title>Hello</title><link>https://blog.example/2024/05/hello/</link>
<guid isPermaLink="false">https://blog.example/?p=7</guid></item>
{more}</channel></rss>"""


def cli(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.xml"
    path.write_text(OLD.replace("{more}", ""), "utf-8")
    return path


# --- adopt ----------------------------------------------------------------------------------------


def test_what_would_come_back_as_new_is_said_and_nothing_touched(
    blog: TinyBlog, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blog.post("hello", permalink="/2024/05/hello/")
    before = (blog.content / "posts/hello.md").read_bytes()
    assert cli("adopt", old, blog.content) == 1
    said_so = capsys.readouterr().out
    assert "https://blog.example/?p=7" in said_so
    assert "tag:blog.example,2024:hello" in said_so
    assert (blog.content / "posts/hello.md").read_bytes() == before


def test_the_old_id_is_pinned_with_one_line(blog: TinyBlog, old: Path) -> None:
    blog.post("hello", permalink="/2024/05/hello/").comment("hello", "3")
    before = (blog.content / "posts/hello.md").read_text("utf-8").splitlines()
    assert cli("adopt", old, blog.content, "--write") == 0
    after = (blog.content / "posts/hello.md").read_text("utf-8").splitlines()
    assert [line for line in after if line not in before] == ['id: "https://blog.example/?p=7"']
    blog.build()
    assert blog.feed("entries.atom").entries[0].id == "https://blog.example/?p=7"
    assert blog.feed("comments.atom").entries[0].id == "https://blog.example/?p=7#comment-3"
    assert cli("adopt", old, blog.content, "--write") == 0


def test_in_another_programs_blog_the_old_id_is_pinned_too(tmp_path: Path, old: Path) -> None:
    blog = in_layout(tmp_path, "jekyll")
    blog.write("_config.yml", "permalink: /:year/:month/:title/\n")
    blog.write("_posts/2024-05-01-hello.md", written("Hello"))
    assert cli("adopt", old, blog.content) == 1
    assert cli("adopt", old, blog.content, "--write") == 0
    blog.build()
    assert blog.feed("entries.atom").entries[0].id == "https://blog.example/?p=7"


def test_one_word_that_would_do_for_all_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blog = in_layout(tmp_path, "jekyll")
    blog.write("_config.yml", "permalink: /:title/\n")
    items = ""
    for day in range(1, 6):
        blog.write(f"_posts/2024-05-0{day}-a{day}.md", written(f"A{day}"))
        items += (
            f"<item><title>A{day}</title><link>https://blog.example/a{day}/</link>"
            f"<guid>https://blog.example/a{day}/</guid></item>"
        )
    feed = tmp_path / "old.xml"
    feed.write_text(OLD.replace("{more}", items), "utf-8")
    assert cli("adopt", feed, blog.content) == 1
    assert 'ids = "' in capsys.readouterr().out


def test_what_is_no_feed_is_refused_with_the_next_step(
    blog: TinyBlog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>Not a feed</title>", "utf-8")
    blog.post()
    assert cli("adopt", page, blog.content) == 2
    assert "curl" in capsys.readouterr().err


# --- redirects ------------------------------------------------------------------------------------


@pytest.mark.parametrize("server", ["nginx", "apache", "caddy", "netlify"])
def test_the_rules_are_printed_for_each_server(
    blog: TinyBlog, server: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    blog.post("héllo", permalink="/2024/05/héllo/").comment("héllo", "1")
    assert cli("redirects", blog.content, "--server", server, "--from", "wordpress") == 0
    printed = capfdbinary.readouterr().out.decode()
    assert "/feeds/entries.rss" in printed


def test_without_a_server_the_rules_for_each_are_printed(
    blog: TinyBlog, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.post("hello").comment("hello", "1")
    assert cli("redirects", blog.content) == 0
    printed = capfdbinary.readouterr().out.decode()
    assert [line for line in printed.splitlines() if line.startswith("#####")] == [
        f"##### {name} #####" for name in ("nginx", "apache", "caddy", "netlify")
    ]
    monkeypatch.chdir(blog.folder)
    assert cli("redirects", "caddy") == 0
    assert "#####" not in capfdbinary.readouterr().out.decode()


def test_the_numbers_of_wordpress_are_found_in_ids_and_former_addresses(blog: TinyBlog) -> None:
    blog.post("one", id="https://blog.example/?p=71").comment("one", "1")
    blog.post("two", aliases='["/?p=72"]').comment("two", "1")
    site = site_toml.load(blog.content)
    rules = redirects(site, server="nginx", old="wordpress", now=NOW)
    assert "?71" in rules
    assert "?72" in rules


# --- a reader that is moved -----------------------------------------------------------------------

_SERVER = """\
daemon off;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{}}
http {{
  types {{ text/plain txt; }}
  access_log {work}/access.log;
  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;
  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
  {http}
  server {{ listen 127.0.0.1:{port}; root {root}; {server} }}
}}
"""


def _unread(home: Path) -> tuple[int, int]:
    """How many items the reader has, and how many of them are unread."""
    with sqlite3.connect(home / "cache.db") as database:
        items, unread = database.execute("select count(*), sum(unread) from rss_item").fetchone()
    return items, unread or 0


def _read_everything(home: Path) -> None:
    with sqlite3.connect(home / "cache.db") as database:
        database.execute("update rss_item set unread = 0")


def test_a_subscriber_of_wordpress_who_is_moved_sees_nothing_twice_and_misses_nothing(
    tmp_path: Path,
) -> None:
    """The old feeds by hand in WordPress's words, the move by the printed rules, newsboat in between."""
    nginx = program("nginx")
    with open_folder() as folder:
        port = free_port()
        home = f"http://127.0.0.1:{port}"
        export = folder / "export.xml"
        posts = [
            item(70 + n, f"kid-{n}", said(n, f"Comment {n}."), title=f"Kid {n}")
            for n in range(1, 5)
        ]
        export.write_text(
            WXR.replace("{items}", "".join(posts)).replace("https://goats.example", home), "utf-8"
        )
        # The old site.
        root = folder / "root"
        for path, entries in {
            "feed/index.txt": [(f"?p={70 + n}", f"Kid {n}") for n in range(1, 5)],
            "comments/feed/index.txt": [(f"?p={70 + n}#comment-{n}", "By") for n in range(1, 5)],
        }.items():
            (root / path).parent.mkdir(parents=True)
            items = "".join(
                f"<item><title>{title}</title><link>{home}/{guid}</link>"
                f'<guid isPermaLink="false">{home}/{guid}</guid></item>'
                for guid, title in entries
            )
            (root / path).write_text(
                f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', "utf-8"
            )
        config = tmp_path / "nginx.conf"
        old = "location / { index index.txt; }"

        def configure(http: str, server: str) -> None:
            text = _SERVER.format(work=tmp_path, port=port, root=root, http=http, server=server)
            config.write_text(text, "utf-8")

        reader_home = tmp_path / "home"
        configure("", old)
        command: list[str | Path] = [nginx, "-c", config, "-p", tmp_path, "-e", tmp_path / "e.log"]
        with running(command, port):
            reader = Newsboat(reader_home, [f"{home}/feed/", f"{home}/comments/feed/"])
            reader.poll()
        assert _unread(reader_home) == (8, 8)
        _read_everything(reader_home)
        # The move.
        import_files([export], into=folder / "content", now=NOW)
        site = site_toml.load(folder / "content")
        report = build(site, root / "feeds", now=NOW, options=Options())
        assert not report.has_problems
        rules = redirects(site, server="nginx", old="wordpress", now=NOW)
        _, http, *rest = rules.split("\n# --- ")
        server = "\n".join(part.partition("\n")[2] for part in rest)
        configure(http.partition("\n")[2], server)
        with running(command, port):
            reader.poll()
            reader.poll()
        assert _unread(reader_home) == (8, 0)
        (folder / "content/posts/2024-05-09-new.md").write_text(
            written("New", more="date: 2024-05-09\n"), "utf-8"
        )
        build(site, root / "feeds", now=NOW, options=Options())
        with running(command, port):
            reader.poll()
        assert _unread(reader_home) == (9, 1)
