"""No single file costs more than itself: not time, not memory, and never a look outside.

The real command line, with a clock that ends it and a bound on its memory.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.errors import ContentError, StorageError
from feeds.importing import import_files
from feeds.importing.disk import bytes_of, new_file, stays_in
from feeds.sources.files import File, TextStream, read_text
from tests.builders import SITE_TOML, TinyBlog
from tests.processes import run

#: Far more than any of this takes, and far less than what would be read without bounds.
_MEMORY = 1_000_000_000
_SECONDS = 30
_BOUNDED = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY}, {_MEMORY}))
from feeds.cli import main
raise SystemExit(main(sys.argv[1:]))
"""
_POST = "---\ntitle: {}\ndate: 2024-05-01T10:00:00Z\n---\n\nText.\n"
_LINKS = "[content]\nsymlinks = true\n"
_NOT_A_FILE = "not a regular file; replace it by one"
_LEADS_OUT = "leads out of the content folder; set symlinks = true below [content] to follow it"

Maker = Callable[[Path], None]


def bounded(*arguments: str, cwd: Path) -> tuple[int, list[str]]:
    """Run the command line within its bounds; return the exit code and the lines on stderr."""
    settle = ["--settle", "0"] if arguments[0] == "build" else []
    result = subprocess.run(
        [sys.executable, "-c", _BOUNDED, *arguments, *settle],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=_SECONDS,
    )
    assert "Traceback" not in result.stderr, result.stderr[-2000:]
    return result.returncode, result.stderr.splitlines()


def jekyll(folder: Path, extra: str = "") -> Path:
    """A repository of Jekyll's with one post, made a blog of ours."""
    (folder / "_posts").mkdir()
    (folder / "_data").mkdir()
    (folder / "site.toml").write_text(f'{SITE_TOML}[content]\nlayout = "jekyll"\n{extra}')
    (folder / "_config.yml").write_text("title: A blog\n")
    (folder / "_posts/2024-05-01-hello.md").write_text(_POST.format("Hello"))
    return folder


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listener(path: Path) -> None:
    """A socket that nobody answers; its own path would be too long for one."""
    with socket.socket(socket.AF_UNIX) as stream:
        folder = os.open(path.parent, os.O_RDONLY)
        stream.bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)


def sparse(path: Path, size: int = 1_000_000_000) -> None:
    """A file that says it is this large."""
    with path.open("wb") as stream:
        stream.truncate(size)


NOT_FILES = pytest.mark.parametrize("make", [os.mkfifo, device], ids=["pipe", "device"])


# --- what is no file ------------------------------------------------------------------------------


def test_what_is_no_file_costs_itself_and_is_named(blog: TinyBlog) -> None:
    blog.write("site.toml", SITE_TOML + _LINKS).post("hello").comment("hello", "1")
    places = ["posts/pipe.md", "comments/hello/2.md", "comments/hello/3.yml", "comments/hello.yml"]
    for place in places:
        os.mkfifo(blog.content / place)
    device(blog.content / "posts/zero.md")
    listener(blog.content / "posts/socket.md")
    code, lines = bounded("build", cwd=blog.folder)
    assert code == 1
    named = sorted([*places, "posts/zero.md", "posts/socket.md"])
    assert lines == [f"content/{place}: {_NOT_A_FILE}" for place in named]
    assert [entry.title for entry in blog.feed("entries.rss").entries] == ["Hello"]
    assert len(blog.feed("comments.rss").entries) == 1


@NOT_FILES
def test_a_folder_of_comments_that_is_none_is_named(blog: TinyBlog, make: Maker) -> None:
    blog.write("site.toml", SITE_TOML + _LINKS).post("hello")
    make(blog.content / "comments")
    assert bounded("build", cwd=blog.folder) == (1, [f"content/comments: {_NOT_A_FILE}"])
    assert len(blog.feed("entries.rss").entries) == 1


@NOT_FILES
def test_a_folder_of_posts_that_is_none_ends_the_build(blog: TinyBlog, make: Maker) -> None:
    blog.write("site.toml", SITE_TOML + _LINKS)
    (blog.content / "posts").rmdir()
    make(blog.content / "posts")
    code, lines = bounded("build", cwd=blog.folder)
    assert (code, len(lines)) == (2, 1)
    assert not blog.output.exists()


def test_a_list_of_all_comments_that_is_a_pipe_is_named(tmp_path: Path) -> None:
    jekyll(tmp_path)
    os.mkfifo(tmp_path / "_data/comments.yml")
    code, lines = bounded("build", "-o", "feeds", cwd=tmp_path)
    assert (code, lines) == (1, [f"_data/comments.yml: {_NOT_A_FILE}"])
    assert (tmp_path / "feeds/entries.rss").exists()


@NOT_FILES
@pytest.mark.parametrize("extra", ["", 'config = "other.yml"\n'])
def test_a_configuration_that_is_no_file_ends_the_build(
    tmp_path: Path, make: Maker, extra: str
) -> None:
    """To pass over it would give every post another address."""
    jekyll(tmp_path, "symlinks = true\n" + extra)
    path = tmp_path / ("other.yml" if extra else "_config.yml")
    path.unlink(missing_ok=True)
    make(path)
    code, lines = bounded("build", "-o", "feeds", cwd=tmp_path)
    assert (code, len(lines)) == (2, 1)
    assert lines[0].endswith(f"{path.name}: {_NOT_A_FILE}")
    assert not (tmp_path / "feeds").exists()


@pytest.mark.parametrize("name", ["_index.md", "_index.de.md"])
@pytest.mark.parametrize("make", [os.mkfifo, device, sparse], ids=["pipe", "device", "sparse"])
def test_a_section_that_is_no_file_costs_nothing_else(
    tmp_path: Path, make: Maker, name: str
) -> None:
    (tmp_path / "content/posts").mkdir(parents=True)
    (tmp_path / "hugo.toml").write_text('baseURL = "https://blog.example/"\n')
    site = f'{SITE_TOML}[content]\nlayout = "hugo"\nsymlinks = true\n'
    (tmp_path / "site.toml").write_text(site)
    (tmp_path / "content/posts/hello.md").write_text(_POST.format("Hello"))
    make(tmp_path / "content/posts" / name)
    assert bounded("build", "-o", "feeds", cwd=tmp_path) == (0, [])
    assert b"Hello" in (tmp_path / "feeds/entries.rss").read_bytes()


@pytest.mark.parametrize("make", [os.mkfifo, device, sparse], ids=["pipe", "device", "sparse"])
def test_a_companion_that_is_no_file_costs_its_post(tmp_path: Path, make: Maker) -> None:
    (tmp_path / "posts").mkdir()
    posts = "POSTS = (('posts/*.md', 'posts', 'post.tmpl'),)\n"
    (tmp_path / "conf.py").write_text(posts)
    site = f'{SITE_TOML}[content]\nlayout = "nikola"\nsymlinks = true\n'
    (tmp_path / "site.toml").write_text(site)
    head = "<!--\n.. title: Hello\n.. slug: hello\n.. date: 2024-05-01 10:00 UTC\n-->\n\nText.\n"
    (tmp_path / "posts/hello.md").write_text(head)
    (tmp_path / "posts/apart.md").write_text("Text.\n")
    make(tmp_path / "posts/apart.meta")
    code, lines = bounded("build", "-o", "feeds", cwd=tmp_path)
    assert code == 1
    assert all("posts/apart.m" in line for line in lines)
    assert b"Hello" in (tmp_path / "feeds/entries.rss").read_bytes()


def file_of(path: Path, size: int = 0) -> File:
    return File(path=str(path), shown="content/posts/a.md", relative="a.md", size=size)


@pytest.mark.parametrize("make", [os.mkfifo, device, listener])
def test_what_took_a_files_place_since_it_was_listed_is_not_read(
    tmp_path: Path, make: Maker
) -> None:
    make(tmp_path / "a.md")
    with pytest.raises((ContentError, StorageError), match=r"not a regular|No such device"):
        read_text(file_of(tmp_path / "a.md"), 1000)
    with pytest.raises((ContentError, StorageError), match=r"not a regular|No such device"):
        TextStream(file_of(tmp_path / "a.md"))


@pytest.mark.parametrize("listed", [0, 1, 5])
def test_a_file_that_has_grown_since_it_was_listed_is_read_whole(
    tmp_path: Path, listed: int
) -> None:
    (tmp_path / "a.md").write_bytes(b"0123456789")
    assert read_text(file_of(tmp_path / "a.md", listed), 10).text == "0123456789"
    with pytest.raises(ContentError, match="10 bytes, over the limit of 9"):
        read_text(file_of(tmp_path / "a.md", listed), 9)


# --- what leads out -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["posts", "comments"])
def test_a_folder_that_is_a_link_is_followed_out_only_if_the_site_says_so(
    blog: TinyBlog, name: str
) -> None:
    blog.post("hello").comment("hello", "1")
    (blog.content / name).rename(blog.folder / "elsewhere")
    (blog.content / name).symlink_to("../elsewhere")
    code, lines = bounded("build", cwd=blog.folder)
    assert (code, len(lines)) == (2, 1)
    assert lines[0].endswith(f"{name}: {_LEADS_OUT}")
    assert not blog.output.exists()
    blog.write("site.toml", SITE_TOML + _LINKS)
    assert bounded("build", cwd=blog.folder) == (0, [])
    assert len(blog.feed("comments.rss").entries) == 1


def test_a_folder_that_is_a_link_to_one_beside_it_is_followed(blog: TinyBlog) -> None:
    blog.post("hello")
    (blog.content / "posts").rename(blog.content / "texts")
    (blog.content / "posts").symlink_to("texts")
    blog.build()
    assert len(blog.feed("entries.rss").entries) == 1


def test_a_content_folder_may_itself_be_a_link(blog: TinyBlog) -> None:
    blog.post("hello")
    blog.content.rename(blog.folder / "elsewhere")
    blog.content.symlink_to("elsewhere")
    blog.build()
    assert len(blog.feed("entries.rss").entries) == 1


@pytest.mark.parametrize("key", ["posts", "comments", "config", "drafts"])
@pytest.mark.parametrize("absolute", [False, True])
def test_a_path_in_the_settings_leads_out_only_if_they_say_so(
    tmp_path: Path, key: str, absolute: bool
) -> None:
    (tmp_path / "repository").mkdir()
    place = tmp_path / "elsewhere"
    if key == "config":
        place.write_text("title: A blog\n")
    else:
        place.mkdir()
    path = str(place) if absolute else "../elsewhere"
    root = jekyll(tmp_path / "repository", f'{key} = "{path}"\n')
    code, lines = bounded("build", "-o", "feeds", cwd=root)
    assert (code, len(lines)) == (2, 1)
    assert "set symlinks = true" in lines[0]
    assert not (root / "feeds").exists()


def test_a_configuration_that_is_a_link_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "secret").write_text("title: Secret\n")
    root = jekyll(tmp_path / "repository")
    (root / "_config.yml").unlink()
    (root / "_config.yml").symlink_to(tmp_path / "secret")
    code, (line,) = bounded("build", "-o", "feeds", cwd=root)
    assert code == 2
    assert line.endswith(f"_config.yml: {_LEADS_OUT}")


# --- what is too large ----------------------------------------------------------------------------


def test_files_that_are_too_large_are_named_and_never_read(blog: TinyBlog) -> None:
    blog.post("hello").comment("hello", "1")
    for place in ("posts/a.md", "posts/b.html", "comments/hello/2.md"):
        sparse(blog.content / place)
    sparse(blog.content / "comments/hello.yml")
    code, lines = bounded("build", cwd=blog.folder)
    assert code == 1
    over = (
        "1,000,000,000 bytes, over the limit of {}; shorten it, or raise the limit below [limits]"
    )
    assert lines == [
        "content/comments/hello.yml:1: holds a NUL byte: this is not text; restore it from a copy",
        f"content/comments/hello/2.md: {over.format('1,048,576')}",
        f"content/posts/a.md: {over.format('4,000,000')}",
        f"content/posts/b.html: {over.format('4,000,000')}",
    ]
    assert len(blog.feed("entries.rss").entries) == 1
    assert len(blog.feed("comments.rss").entries) == 1


def test_a_comment_of_20_mb_is_cut_and_its_neighbours_in_the_list_stay(blog: TinyBlog) -> None:
    def said(name: str, message: str) -> str:
        return f'- id: {name}\n  name: {name}\n  date: 2024-05-02\n  message: "{message}"\n'

    records = [said("Ann", "Before."), said("Bob", "word " * 4_000_000), said("Cleo", "Behind.")]
    blog.post("hello").write("comments/hello.yml", "".join(records))
    code, (line,) = bounded("build", cwd=blog.folder)
    assert code == 1
    assert line.startswith("content/comments/hello.yml:8: a comment of 20,000,000 characters")
    names = {entry.author for entry in blog.feed("comments.rss").entries}
    assert names == {"Ann", "Bob", "Cleo"}
    assert max(map(len, blog.files().values())) < 512_000


def test_names_and_scalars_of_a_megabyte_are_cut(blog: TinyBlog) -> None:
    blog.post("hello", author="N" * 1_000_000, other="x" * 1_000_000)
    blog.comment("hello", "1", author="M" * 1_000_000)
    assert bounded("build", cwd=blog.folder) == (0, [])
    assert max(map(len, blog.files().values())) < 20_000


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("---\nx: " + "[" * 100_000 + "\n---\n", id="YAML lists"),
        pytest.param("---\nx: " + "{a: " * 100_000 + "\n---\n", id="YAML mappings"),
        pytest.param("---\n" + "? " * 100_000 + "\n---\n", id="YAML keys"),
        pytest.param("+++\nx = " + "[" * 100_000 + "\n+++\n", id="TOML lists"),
        pytest.param("+++\nx = " + "{a=" * 100_000 + "\n+++\n", id="TOML tables"),
        pytest.param("+++\nx = " + "9" * 1_000_000 + "\n+++\n", id="TOML number"),
    ],
)
def test_front_matter_that_nests_without_end_costs_its_post(blog: TinyBlog, head: str) -> None:
    blog.post("hello").write("posts/deep.md", head)
    report = blog.build()
    (problem,) = report.problems
    assert problem.path == "content/posts/deep.md"
    assert len(str(problem)) < 400
    assert len(blog.feed("entries.rss").entries) == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("> " * 10_000 + "x", id="quotes"),
        pytest.param("<blockquote>" * 10_000 + "x", id="blockquotes"),
        pytest.param("<b><i>" * 10_000 + "x", id="inline"),
        pytest.param("- " * 10_000 + "x", id="lists"),
        pytest.param("[" * 50_000, id="brackets"),
        pytest.param("[a](" * 20_000, id="links"),
        pytest.param("*a **a " * 20_000, id="emphasis"),
        pytest.param("<!-- more " * 20_000, id="marks"),
        pytest.param("<img width='1' " * 20_000, id="pictures"),
        pytest.param("<svg><math>" * 20_000, id="foreign"),
    ],
)
def test_markup_that_nests_without_end_is_shown_as_far_as_it_goes(
    blog: TinyBlog, body: str
) -> None:
    blog.post("hello", body=body).post("other").comment("other", "1", body=body[:60_000])
    blog.build()
    assert len(blog.feed("entries.rss").entries) == 2
    assert len(blog.feed("comments/other.rss").entries) == 1


# --- a budget for each feed -----------------------------------------------------------------------


def test_an_entry_that_alone_is_over_the_budget_drives_no_other_out(blog: TinyBlog) -> None:
    blog.post("huge", title="T" * 1_000_000, date="2024-05-30").post("a").post("b")
    report = blog.build()
    assert [entry.title for entry in blog.feed("entries.rss").entries] == ["B", "A"]
    assert len(blog.files()["entries.rss"]) < 512_000
    (problem,) = report.problems
    assert problem.what.endswith("over 512,000 bytes: 2 of 3 entries fit, as summaries")


def test_a_text_that_alone_is_over_the_budget_leaves_the_other_texts(blog: TinyBlog) -> None:
    blog.post("huge", "word " * 200_000, date="2024-05-30").post("a", "long " * 300)
    blog.build()
    first, second = blog.feed("entries.rss").entries
    assert "content" not in first
    assert len(second.content[0].value) > 1000


def test_a_comment_whose_id_is_over_the_budget_drives_no_other_out(blog: TinyBlog) -> None:
    blog.post("hello").comment("hello", "1")
    blog.write("comments/hello.yml", f"- id: {'i' * 600_000}\n  name: Bob\n  message: Long.\n")
    blog.build()
    for path in ("comments.rss", "comments/hello.rss"):
        assert [entry.author for entry in blog.feed(path).entries] == ["Ann"]
        assert len(blog.files()[path]) < 512_000


# --- import ---------------------------------------------------------------------------------------

_PAGE = "<html><head><title>A post</title></head><body><article><h1>A post</h1><p>Text, and more of it.</p></article></body></html>"
_WXR = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>A blog</title><link>https://blog.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://blog.example</wp:base_blog_url>
<item><title>Hello</title><link>https://blog.example/{name}/</link><dc:creator>ann</dc:creator>
<guid isPermaLink="false">https://blog.example/?p=1</guid>
<content:encoded><![CDATA[Text.]]></content:encoded><wp:post_id>1</wp:post_id>
<wp:post_date_gmt>2024-05-01 10:00:00</wp:post_date_gmt><wp:post_name>{name}</wp:post_name>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Ann</wp:comment_author>
<wp:comment_date_gmt>2024-05-02 10:00:00</wp:comment_date_gmt>
<wp:comment_content>Well said.</wp:comment_content><wp:comment_approved>1</wp:comment_approved>
<wp:comment_type>comment</wp:comment_type><wp:comment_parent>0</wp:comment_parent></wp:comment>
</item></channel></rss>
"""


def everything(folder: Path) -> dict[str, bytes]:
    """All files in a folder, by path; links are none."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and "cache" not in path.parts
    }


@pytest.mark.parametrize("make", [os.mkfifo, device, listener])
def test_an_import_of_what_is_no_file_is_refused(tmp_path: Path, make: Maker) -> None:
    make(tmp_path / "export.xml")
    code, lines = bounded("import", "export.xml", "--into", "new", cwd=tmp_path)
    message = "feeds: export.xml: not a regular file; save the export as one, and name that"
    assert (code, lines) == (2, [message])
    assert not (tmp_path / "new").exists()


def test_an_import_never_waits_for_what_stands_in_a_files_place(blog: TinyBlog) -> None:
    (blog.folder / "export.xml").write_text(_WXR.format(name="hello", id="7"))
    (blog.content / "comments/hello").mkdir(parents=True)
    os.mkfifo(blog.content / "comments/hello/7.html")
    code, lines = bounded("import", "export.xml", "--into", "content", cwd=blog.folder)
    assert code == 4
    assert lines[-1].endswith(
        "comments/hello/7.html: not a regular file; remove it, and import again"
    )


def test_an_import_writes_through_no_link_that_leads_out(blog: TinyBlog) -> None:
    (blog.folder / "export.xml").write_text(_WXR.format(name="hello", id="7"))
    (blog.folder / "precious").write_text("precious")
    (blog.folder / "elsewhere").mkdir()
    (blog.content / "comments").mkdir()
    (blog.content / ".import-new").symlink_to("../precious")
    (blog.content / "comments/hello").symlink_to("../../elsewhere")
    result = run("import", "export.xml", "--into", "content", cwd=blog.folder)
    assert result.returncode == 0, result.stderr
    assert "cannot be that of a folder here" in result.stdout + result.stderr
    assert (blog.folder / "precious").read_text() == "precious"
    assert not (blog.content / "posts/2024-05-01-hello.md").is_symlink()
    assert list((blog.folder / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("slug", ["../../outside", "/outside-of-all", "..", "n" * 300])
def test_an_import_writes_no_comment_where_a_slug_leads(blog: TinyBlog, slug: str) -> None:
    blog.post("old", id="https://blog.example/?p=1", slug=slug, permalink="/hello/")
    (blog.folder / "export.xml").write_text(_WXR.format(name="hello", id="7"))
    before = everything(blog.folder)
    code, lines = bounded("import", "export.xml", "--into", "content", cwd=blog.folder)
    assert code in {0, 1}, lines
    new = everything(blog.folder).keys() - before.keys()
    assert all(path.startswith(("content/comments/", "content/posts/")) for path in new)


@pytest.mark.parametrize(
    "name", ["../../../etc/cron", "%2e%2e%2f%2e%2e", "con", "-rf", "a&#10;b", "é" * 200]
)
@pytest.mark.parametrize("id", ["../../../1", "1"])
def test_an_import_writes_below_its_folder_whatever_posts_are_called(
    tmp_path: Path, name: str, id: str
) -> None:
    export = tmp_path / "in/deep/down/export.xml"
    export.parent.mkdir(parents=True)
    export.write_text(_WXR.format(name=name, id=id))
    into = tmp_path / "in/deep/down/new"
    import_files([export], into=into, now=datetime(2024, 6, 1, tzinfo=UTC))
    paths = [Path(path) for path in everything(tmp_path)]
    ours = [path for path in paths if path.parts[:4] == ("in", "deep", "down", "new")]
    assert len(ours) == len(paths) - 1
    assert sorted(path.parts[4] for path in ours)[-1] == "site.toml"
    assert all(part.isprintable() for path in ours for part in path.parts)


@pytest.mark.parametrize("make", [os.mkfifo, device])
def test_only_a_file_has_bytes(tmp_path: Path, make: Maker) -> None:
    make(tmp_path / "x")
    with pytest.raises(StorageError, match="not a regular file"):
        bytes_of(tmp_path / "x")


def test_a_new_file_takes_the_place_of_what_has_its_name(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "new").symlink_to("precious")
    os.close(new_file(tmp_path / "new"))
    assert not (tmp_path / "new").is_symlink()
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.parametrize(
    ("folder", "inside"),
    [("a", True), ("a/b/c", True), ("", False), ("..", False), ("a/../..", False), ("/x", False)],
)
def test_a_folder_stays_in_another_or_not(tmp_path: Path, folder: str, inside: bool) -> None:
    assert stays_in(tmp_path / folder, tmp_path) is inside


def test_a_folder_with_a_name_that_no_disk_takes_is_none(tmp_path: Path) -> None:
    assert stays_in(tmp_path / ("é" * 127), tmp_path)
    assert not stays_in(tmp_path / ("é" * 128), tmp_path)
    assert not stays_in(tmp_path / "a\0b", tmp_path)


# --- adopt ----------------------------------------------------------------------------------------


@NOT_FILES
def test_an_old_feed_that_is_no_file_is_refused(blog: TinyBlog, make: Maker) -> None:
    blog.post("hello")
    make(blog.folder / "old.xml")
    code, (line,) = bounded("adopt", "old.xml", "content", cwd=blog.folder)
    assert code == 2
    assert line.startswith("feeds: old.xml: not a regular file")


# --- settings, init and the feeds that stand ------------------------------------------------------


@pytest.mark.parametrize("make", [os.mkfifo, device, sparse], ids=["pipe", "device", "sparse"])
def test_settings_that_are_no_file_end_the_build(blog: TinyBlog, make: Maker) -> None:
    blog.post("hello")
    (blog.content / "site.toml").unlink()
    make(blog.content / "site.toml")
    code, (line,) = bounded("build", cwd=blog.folder)
    assert code == 2
    assert line.startswith("feeds: content/site.toml: ")


@NOT_FILES
@pytest.mark.parametrize("name", ["_config.yml", "feed.xml", "atom.xml"])
def test_init_waits_for_nothing_in_a_repository(tmp_path: Path, make: Maker, name: str) -> None:
    jekyll(tmp_path)
    (tmp_path / "site.toml").unlink()
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)
    code, lines = bounded("init", ".", cwd=tmp_path)
    assert code == (2 if name == "_config.yml" else 0), lines


@NOT_FILES
def test_feeds_to_compare_with_that_are_no_files_are_none(blog: TinyBlog, make: Maker) -> None:
    blog.post("hello")
    (blog.folder / "live").mkdir()
    for suffix in (".rss", ".atom", ".json"):
        make(blog.folder / f"live/entries{suffix}")
    assert bounded("build", "--against", "live", cwd=blog.folder) == (0, [])


def test_a_built_site_elsewhere_is_read_only_if_the_settings_say_so(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "built").mkdir()
    root = jekyll(tmp_path / "repository", 'built = "../built"\n')
    code, (line,) = bounded("build", "-o", "feeds", cwd=root)
    assert code == 2
    assert "site.toml:7: 'content.built' leads out of the folder of site.toml" in line


def test_a_record_of_millions_of_values_costs_itself_whatever_it_hides(blog: TinyBlog) -> None:
    keys = "".join(f"  k{n}: v\n" for n in range(300_000))
    record = f"- id: b\n  name: Bob\n  date: 2024-05-03\n  message: Hi.\n{keys}  status: spam\n"
    blog.post("hello").write(
        "comments/hello.yml", f"{record}- id: c\n  name: Cleo\n  message: Ho.\n"
    )
    code, (line,) = bounded("build", cwd=blog.folder)
    assert code == 1
    assert line.startswith("content/comments/hello.yml:1: a comment without text")
    assert {entry.author for entry in blog.feed("comments.rss").entries} == {"Cleo"}


def test_front_matter_of_millions_of_values_costs_its_post(blog: TinyBlog) -> None:
    keys = "".join(f"k{n}: v\n" for n in range(120_000))
    text = f"---\ntitle: Many\ndate: 2024-05-02\nx: [y]\n{keys}draft: true\n---\n\nText.\n"
    code, (line,) = bounded("build", cwd=blog.post("hello").write("posts/x.md", text).folder)
    assert code == 1
    assert line.startswith("content/posts/x.md:2: more than 100,000 values")
    assert len(blog.feed("entries.rss").entries) == 1


def test_a_hundred_thousand_tags_take_no_square_of_time(blog: TinyBlog) -> None:
    tags = "[" + ",".join(f"t{n}" for n in range(50_000)) + "]"
    blog.post("hello").post("tagged", tags=tags)
    assert bounded("build", cwd=blog.folder)[0] == 0
    assert "Hello" in [entry.title for entry in blog.feed("entries.rss").entries]


def test_aliases_within_aliases_cost_a_comment_no_more_than_its_size(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    root = jekyll(tmp_path)
    (root / "_data/comments").mkdir()
    head = "\n".join([*lines, "author: *a59", "message: *a59"])
    (root / "_data/comments/hello.md").write_text(f"---\n{head}\n---\n\nWell said.\n")
    code, _ = bounded("build", "-o", "feeds", cwd=root)
    assert code in {0, 1}
    assert (root / "feeds/entries.rss").exists()


@pytest.mark.parametrize("body", ["&" * 3_900_000, "[^1]" * 900_000 + "\n\n[^1]: x"])
def test_references_without_end_are_cut(blog: TinyBlog, body: str) -> None:
    blog.post("hello").post("long", body=body)
    code, (line,) = bounded("build", cwd=blog.folder)
    assert code == 0
    assert "1 of 2 entries carry their summary only" in line
