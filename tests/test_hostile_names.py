"""Slugs and ids from people who mean harm: every file stays in its folder, and none takes another's."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import urls
from tests.builders import TinyBlog
from tests.processes import run

#: What a slug in quotes may say in YAML.
SLUGS = [
    *("..", ".", "../../outside", "/outside", "a/b", "a\\\\b", "a\\0b", "a\\nb", "-rf", "~", "*"),
    *("con", "CON.x", "nul", "aux.rss", "$(touch x)", "`id`", "a'b", "<script>", "%2e%2e", "%00"),
    *("\\u202Egpj.exe", "\\u200b", "a ", " a", "a.", "entries", "comments", "feeds/entries"),
    *("n" * 200, "n" * 300, "é" * 150, "\\U0001F642" * 80, ".hidden", "a:b", "a?b", "a#b", "a|b"),
]
#: Each is another post than the one before, whatever it looks like.
LOOK_ALIKES = ["hello", "Hello", "HELLO", "h\\u0435llo", "\\uff48ello", "caf\\u00e9", "cafe\\u0301"]
LONGEST = len(".atom.gz")


def everywhere(folder: Path) -> set[str]:
    """Every path in a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def hostile(blog: TinyBlog, slugs: list[str]) -> TinyBlog:
    """A post for each slug, with a comment for each."""
    for number, slug in enumerate(slugs):
        blog.post(f"p{number:02}", slug=f'"{slug}"', comments="open", id=f'"{slug}-{number}"')
    return blog


def one_disk(path: str) -> str:
    """What a path is on a disk that knows neither case nor normalisation."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


# --- files ----------------------------------------------------------------------------------------


def test_every_file_stays_in_the_output_folder(blog: TinyBlog) -> None:
    hostile(blog, SLUGS)
    before = everywhere(blog.folder)
    report = blog.build(index=None)
    new = everywhere(blog.folder) - before
    assert new
    assert all(path.split("/")[0] == "output" for path in new)
    assert all(path.count("/") <= 2 for path in new)
    assert all(len(os.fsencode(part)) <= 255 for path in new for part in path.split("/"))
    assert all(str(problem).isprintable() for problem in report.problems)


def test_no_file_is_called_what_a_shell_a_device_or_a_terminal_could_act_on(blog: TinyBlog) -> None:
    hostile(blog, SLUGS).build()
    for path in everywhere(blog.output / "comments"):
        assert path.isprintable()
        assert not path.startswith(".")
        assert path.partition(".")[0].lower() not in {"con", "nul", "aux", "prn"}
        assert not set(path) & set("/\\\0\n")


@pytest.mark.parametrize("slugs", [SLUGS, LOOK_ALIKES])
def test_each_post_has_a_feed_of_its_own_on_any_disk(blog: TinyBlog, slugs: list[str]) -> None:
    report = hostile(blog, slugs).build()
    out = sum("the name" in problem.what for problem in report.problems)
    feeds = [path for path in blog.files() if path.startswith("comments/") and path[-4:] == ".rss"]
    assert len(feeds) == len(slugs) - out
    assert len({one_disk(path) for path in feeds}) == len(feeds)
    selves = [blog.feed(path.replace(".rss", ".atom")).feed.id for path in feeds]
    assert len(set(selves)) == len(selves)


def test_look_alikes_are_posts_of_their_own_with_ids_of_their_own(blog: TinyBlog) -> None:
    for number, slug in enumerate(LOOK_ALIKES):
        blog.post(f"p{number}", slug=f'"{slug}"')
    assert not blog.build().has_problems
    ids = [entry.id for entry in blog.feed("entries.atom").entries]
    assert len(set(ids)) == len(LOOK_ALIKES)
    assert all(id.isascii() for id in ids)


def test_a_slug_is_the_same_one_in_whatever_order_files_are_made(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    slugs = [*SLUGS, *LOOK_ALIKES]
    first = TinyBlog(tmp_path / "a")
    second = TinyBlog(tmp_path / "b")
    posts = {f"p{number:02}": slug for number, slug in enumerate(slugs)}
    for blog, names in ((first, list(posts)), (second, list(reversed(posts)))):
        for name in names:
            blog.post(name, slug=f'"{posts[name]}"', comments="open")
        blog.build()
    assert first.files() == second.files()


def test_two_blogs_into_two_folders_take_nothing_of_each_other(tmp_path: Path) -> None:
    blogs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        blog = TinyBlog(tmp_path / name).post("same", slug='"../../b/output/entries"')
        blog.comment("x", "1").build()
        blogs.append(blog.files())
    assert blogs[0] == blogs[1]
    assert len(blogs[0]) > 6


def test_a_name_as_long_as_may_be_has_room_for_what_a_build_adds(blog: TinyBlog) -> None:
    blog.extra = '[feeds]\nprecompress = ["gzip"]\n'
    blog.__post_init__()
    for size in (199, 200, 201, 255):
        blog.post(f"p{size}", slug="n" * size, comments="open")
    assert not blog.build().has_problems
    feeds = [path for path in blog.files() if path.startswith("comments/n")]
    assert len(feeds) == 4 * (3 + 3)


def test_names_of_files_that_a_shell_could_act_on_are_names(blog: TinyBlog) -> None:
    for name in ("-rf", "$(touch x)", "a\nb", "\u202egpj", "a;b", "a b", "'", '"', "*"):
        blog.post(name, title="A post", comments="open")
    report = blog.build()
    assert not report.has_problems
    assert len(blog.feed("entries.rss").entries) == 9
    assert not (blog.folder / "x").exists()


@given(
    st.lists(st.text(max_size=80) | st.sampled_from(["..", "con", "a/b", "A/B", ""]), unique=True)
)
@settings(max_examples=150, deadline=None)
def test_any_names_are_files_of_their_own(names: list[str]) -> None:
    found = urls.output_names(names)
    assert list(found) == names
    assert len({one_disk(name) for name in found.values()}) == len(names)
    for name in found.values():
        assert os.path.normpath(name) == name
        assert os.path.dirname(name) == ""
        assert name not in {".", "..", ""}
        assert len(name.encode("utf-8", "surrogateescape")) + LONGEST <= 255
        assert name.isprintable()


# --- ids ------------------------------------------------------------------------------------------

IDS = [
    *("..", "../../1", "/etc", "a/b", "a#b", "a b", "-1", "<1>", "&", '\\"', "%20", "a\\nb"),
    *(
        "1",
        "01",
        "A",
        "a",
        "\\u0430",
        "é",
        "e\\u0301",
        "\\u202E1",
        "i" * 300,
        "javascript:alert(1)",
    ),
]


def test_comments_have_ids_of_their_own_that_are_uris(blog: TinyBlog) -> None:
    records = [f'- id: "{id}"\n  name: Ann\n  date: 2024-05-02\n  message: Hi.\n' for id in IDS]
    blog.post("hello").write("comments/hello.yml", "".join(records)).build()
    entries = blog.feed("comments/hello.atom").entries
    found = [entry.id for entry in entries]
    assert len(set(found)) == len(found) == len(IDS)
    assert all(urls.is_absolute_uri(id) and id.isascii() for id in found)


def test_no_id_makes_a_link_that_is_not_of_the_web(blog: TinyBlog) -> None:
    records = [f'- id: "{id}"\n  name: Ann\n  date: 2024-05-02\n  message: Hi.\n' for id in IDS]
    blog.post("hello", id="javascript:alert(1)").write("comments/hello.yml", "".join(records))
    blog.build()
    for path in ("comments/hello.atom", "entries.atom"):
        for entry in blog.feed(path).entries:
            assert {urlsplit(link.href).scheme for link in entry.links} <= {"http", "https"}
    assert b'href="javascript:' not in blog.published()


def test_posts_that_claim_one_id_are_told_apart_or_named(blog: TinyBlog) -> None:
    blog.post("a", id="same").post("b", id="same").post("c", id="SAME")
    report = blog.build()
    ids = [entry.id for entry in blog.feed("entries.atom").entries]
    assert len(set(ids)) == len(ids)
    assert report.has_problems or len(ids) == 3


# --- redirects ------------------------------------------------------------------------------------

PERMALINKS = [
    *(
        "/a b/",
        "/a;b/",
        "/a{b}/",
        "/a$1b/",
        "/a\\nb/",
        '/a\\"b/',
        "/a'b/",
        "/a\\\\b/",
        "/*/",
        "/a#b/",
    ),
    *("/../../etc/", "/%0a/", "/é/", "/\\u202E/", "/" + "n" * 3000 + "/", "/:a/"),
    *(
        "/a\\nINJECTED b/",
        '/a\\"\\nINJECTED/',
        "/a}\\nINJECTED;/",
        "/a\\rINJECTED/",
        "/a\\u2028INJECTED/",
    ),
]


@pytest.mark.parametrize("server", ["nginx", "apache", "caddy", "netlify"])
def test_no_permalink_gets_out_of_its_rule(blog: TinyBlog, server: str) -> None:
    for number, permalink in enumerate(PERMALINKS):
        blog.post(f"p{number:02}", permalink=f'"{permalink}"', comments="open")
    result = run(
        *("redirects", blog.content, "--server", server, "--from", "wordpress"), cwd=blog.folder
    )
    assert result.returncode in {0, 1}
    assert "Traceback" not in result.stderr
    lines = result.stdout.splitlines()
    assert lines
    assert not any(line.lstrip().startswith("INJECTED") for line in lines)
    assert all(line.replace("\t", " ").isprintable() for line in lines)
