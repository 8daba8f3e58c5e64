"""`feeds import`: what it writes, what it leaves alone, and what it says about both."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import settings as site_toml
from feeds.errors import ContentError, Problem, Severity, StorageError, UsageError
from feeds.importing import MAX_PAGE, ImportReport, Outcome, import_pages
from feeds.markup import POST, Policy, one_line, text_of, to_html
from feeds.model import Blog, Body, CommentType
from feeds.sources import comments, front_matter, native, posts
from feeds.sources.records import Scalar
from feeds.sources.tree import Tree

SEED = Path(__file__).resolve().parents[2] / "shared" / "seed" / "page.txt"
URL = "https://goatnews.example/2016/03/ferry-runs-again.html"
NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2025, 7, 2, 13, 0, tzinfo=UTC)

PAGE = """\
The ferry runs again

After two winters the ferry is back, says Goat News.

# It costs *nothing*, for now.

3 Responses to “The ferry runs again”

  1. Olaf says:
    March 4, 2016 at 7:05 am

    At last.

    • Greta says:

      Mine, too.

  2. Pingback: Ferries of the north

© 2016–2021 Goat News Ltd. All rights reserved. · Entries RSS
"""


class Desk:
    """A folder with a page in it, and a content folder to import it into."""

    def __init__(self, root: Path) -> None:
        self.content = root / "content"
        self.page = root / "page.txt"
        self.write(PAGE)

    def write(self, text: str | bytes) -> None:
        self.page.write_bytes(text.encode() if isinstance(text, str) else text)

    def run(self, *files: Path, now: datetime = NOW, **wishes: Any) -> ImportReport:
        if not (self.content / "site.toml").exists():
            wishes = {"url": URL, **wishes}
        return import_pages(files or [self.page], into=self.content, now=now, **wishes)

    def blog(self) -> Blog:
        """What the readers of content files make of it; they must have nothing to complain of."""
        site = site_toml.load(self.content)
        tree = Tree(site.root, "content", follow_links=False)
        problems: list[Problem] = []
        places = (site.posts_place, site.comments_place)
        files = [list(tree.files(place.path, place.suffixes, problems)) for place in places]
        found = [posts.parsed(file, site) for file in files[0]]
        said = [comments.read(file, site) for file in files[1]]
        assert [*problems, *(p for _, wrong in (*found, *said) for p in wrong)] == []
        return Blog(
            tuple(post for post, _ in found), tuple(c for several, _ in said for c in several)
        )

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.content.rglob("*") if path.is_file())
        return {str(path.relative_to(self.content)): path.read_bytes() for path in found}

    def text(self, path: str) -> str:
        return (self.content / path).read_text("utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def rows(report: ImportReport, outcome: Outcome, root: Path) -> list[str]:
    found = (row.subject for row in report.rows if row.outcome is outcome)
    return [subject.removeprefix(f"{root}/") for subject in found]


def what(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.what for problem in problems]


# --- what is written ------------------------------------------------------------------------------


def test_a_page_becomes_a_post_its_comments_and_a_site(desk: Desk) -> None:
    report = desk.run()
    assert rows(report, Outcome.WRITTEN, desk.content) == [
        "site.toml",
        "posts/ferry-runs-again.md",
        "comments/ferry-runs-again/1.md",
        "comments/ferry-runs-again/1-1.md",
    ]
    assert not report.has_problems


def test_the_files_are_what_a_person_would_write(desk: Desk) -> None:
    desk.run(author="Mona Lund")
    assert desk.text("posts/ferry-runs-again.md") == (
        "---\n"
        "title: The ferry runs again\n"
        "author: Mona Lund\n"
        "updated: 2024-06-01T11:59:57Z\n"
        f"permalink: {URL}\n"
        "responses: 3\n"
        "---\n"
        "\n"
        "After two winters the ferry is back, says Goat News.\n"
        "\n"
        "\\# It costs \\*nothing\\*, for now.\n"
    )
    assert desk.text("comments/ferry-runs-again/1-1.md") == (
        '---\nauthor: Greta\nparent: "1"\nupdated: 2024-06-01T11:59:59Z\n---\n\nMine, too.\n'
    )


def test_the_readers_of_content_read_it_back(desk: Desk) -> None:
    desk.run(pings=True)
    blog = desk.blog()
    post = blog.posts[0]
    assert (post.name, post.title, post.permalink) == (
        "ferry-runs-again",
        "The ferry runs again",
        URL,
    )
    assert (post.published, post.updated) == (None, NOW - timedelta(seconds=3))
    found = {c.id: (c.author.name, c.parent, c.type) for c in blog.comments}
    assert found == {
        "1": ("Olaf", None, CommentType.COMMENT),
        "1-1": ("Greta", "1", CommentType.COMMENT),
        "2": ("Ferries of the north", None, CommentType.PINGBACK),
    }


def test_a_comments_date_is_kept_and_an_undated_comment_has_updated(desk: Desk) -> None:
    desk.run()
    found = {c.id: (c.published, c.updated) for c in desk.blog().comments}
    assert found == {
        "1": (datetime(2016, 3, 4, 7, 5, tzinfo=UTC), None),
        "1-1": (None, NOW - timedelta(seconds=1)),
    }


def test_undated_items_are_a_second_apart_in_the_order_of_the_page(desk: Desk) -> None:
    """Readers sort by time: the post comes first, the last comment at the moment of import."""
    desk.run(pings=True)
    blog = desk.blog()
    times = [blog.posts[0].updated, *(c.updated for c in blog.comments if not c.published)]
    assert times == sorted(times, key=str)
    assert len(set(times)) == len(times)
    assert times[-1] == NOW


def test_a_time_without_a_zone_is_left_to_the_site(desk: Desk) -> None:
    desk.run()
    path = desk.content / "site.toml"
    path.write_text('timezone = "America/New_York"\n' + path.read_text("utf-8"), "utf-8")
    assert desk.blog().comments[1].published == datetime(2016, 3, 4, 12, 5, tzinfo=UTC)


def test_files_are_readable_by_all_and_nothing_else_is_left(desk: Desk) -> None:
    old = os.umask(0o077)
    try:
        desk.run()
    finally:
        os.umask(old)
    modes = {stat.S_IMODE((desk.content / name).stat().st_mode) for name in desk.files()}
    assert modes == {0o644}
    assert len(desk.files()) == 4


# --- site.toml ------------------------------------------------------------------------------------


def test_site_toml_says_what_the_page_says_of_its_site(desk: Desk) -> None:
    desk.run(author="Mona Lund")
    site = site_toml.load(desk.content)
    assert (site.title, site.url) == ("Goat News", "https://goatnews.example/")
    assert site.ids == "tag:goatnews.example,2021:"
    assert site.rights == "© 2016–2021 Goat News Ltd. All rights reserved."
    assert (site.author, site.footer.entries) == ("Mona Lund", "Entries RSS")
    assert "Please check" in desk.text("site.toml")


def test_the_authors_note_names_the_site(desk: Desk) -> None:
    note = "Mona Lund is the editor of The Goat Gazette, which she started."
    desk.write(f"T\n\nText.\n\n\n{note}\n\nShare this:\n")
    desk.run()
    assert site_toml.load(desk.content).title == "The Goat Gazette"


def test_a_host_that_the_page_does_not_name_is_the_title(desk: Desk) -> None:
    desk.write("T\n\nText.\n")
    desk.run(url="https://www.sheep.example/a/")
    site = site_toml.load(desk.content)
    assert (site.title, site.url) == ("sheep.example", "https://www.sheep.example/")
    assert site.ids == "tag:sheep.example,2024:"


@pytest.mark.parametrize(
    ("page", "wishes", "year"),
    [
        ("T\n\nText.\n\n© 2009 A", {}, 2009),
        ("T\n\nText.\n\n© 2009–2099 A", {}, 2009),
        ("T\n\nText.", {"date": "2013-01-05"}, 2013),
        ("T\n\nMarch 3, 2012\n\nText.", {}, 2012),
        ("T\n\nText.", {}, 2024),
    ],
)
def test_ids_start_with_a_year_in_which_the_site_was_there(
    desk: Desk, page: str, wishes: dict[str, Any], year: int
) -> None:
    desk.write(page)
    desk.run(**wishes)
    assert site_toml.load(desk.content).ids == f"tag:goatnews.example,{year}:"


def test_site_toml_is_compared_and_never_changed(desk: Desk) -> None:
    desk.run()
    before = desk.files()
    desk.write(PAGE.replace("Ltd.", "Inc.").replace("Entries RSS", "Posts RSS · Comments Atom"))
    report = desk.run(url=URL)
    assert desk.files() == before
    changed = [w for w in report.warnings if w.path == str(desk.content / "site.toml")]
    assert ["Ltd." in w.what and "Inc." in w.what for w in changed] == [True, False, False]
    assert [w.what.split(":")[0] for w in changed] == [
        "rights",
        "entries of [footer]",
        "comments of [footer]",
    ]
    assert all(w.severity is Severity.WARNING for w in changed)


def test_a_page_of_another_site_is_warned_of(desk: Desk) -> None:
    desk.run()
    report = desk.run(url="https://sheep.example/a/b")
    assert any("sheep.example" in text for text in what(report.warnings))


# --- names and addresses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/2016/03/Ferry_runs.again.html", "Ferry_runs.again"),
        ("https://a.example/2016/03/ferry/", "ferry"),
        ("https://a.example/2016/03/ferry/index.html", "ferry"),
        ("https://a.example/ferry.php?x=1#comments", "ferry"),
        ("https://a.example/f%C3%A4hre", "fähre"),
        ("https://a.example/a%2Fb", "a-b"),
        ("https://a.example/..%2f..%2fetc", "-..-etc"),
        ("https://a.example/2016-03-04-ferry", "ferry"),
        ("https://a.example/README.html", "post-README"),
        ("https://a.example/", "the-ferry-runs-again"),
        ("https://a.example/?p=12", "the-ferry-runs-again"),
    ],
)
def test_a_post_is_called_after_its_address(desk: Desk, url: str, name: str) -> None:
    desk.run(url=url)
    assert [post.name for post in desk.blog().posts] == [name]
    assert {comment.folder for comment in desk.blog().comments} == {name}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("It’s Olaf's Ferry!", "its-olafs-ferry"),
        ("Die Fähre fährt", "die-fähre-fährt"),
        ("!!!", "page"),
        ("word " * 40, "-".join(["word"] * 16)),
        ("x" * 200, "x" * 80),
        ("船" * 90, "船" * 50),
        ("Read me: README", "read-me-readme"),
        ("README", "post-readme"),
    ],
)
def test_without_an_address_a_post_is_called_after_its_title(
    desk: Desk, title: str, name: str
) -> None:
    desk.write(f"{title}\n\nText.")
    desk.run(url="https://a.example/")
    assert [post.name for post in desk.blog().posts] == [name]


@pytest.mark.parametrize(
    ("url", "permalink"),
    [
        ("https://a.example/b#c", "https://a.example/b"),
        ("https://a.example/?p=1", "https://a.example/?p=1"),
        ("https://a.example", None),
        ("https://a.example/", None),
        ("https://a.example/fähre", "https://a.example/f%C3%A4hre"),
    ],
)
def test_the_address_is_the_permalink_unless_it_is_the_sites(
    desk: Desk, url: str, permalink: str | None
) -> None:
    desk.run(url=url)
    assert desk.blog().posts[0].permalink == permalink


def test_a_date_is_in_the_file_and_before_its_name(desk: Desk) -> None:
    desk.run(date="14 March 2016 10:30 +02:00")
    assert (desk.content / "posts/2016-03-14-ferry-runs-again.md").is_file()
    post = desk.blog().posts[0]
    assert (post.name, post.updated) == ("ferry-runs-again", None)
    assert post.published == datetime(2016, 3, 14, 8, 30, tzinfo=UTC)


def test_a_date_on_the_page_is_the_posts_and_not_in_its_name(desk: Desk) -> None:
    desk.write(PAGE.replace("After two", "By Mona Lund on March 3, 2016\n\nAfter two"))
    desk.run()
    post = desk.blog().posts[0]
    assert (post.path, post.published) == (
        "content/posts/ferry-runs-again.md",
        datetime(2016, 3, 3, tzinfo=UTC),
    )
    assert [person.name for person in post.authors] == ["Mona Lund"]


def test_an_author_given_is_better_than_one_read(desk: Desk) -> None:
    desk.write("T\n\nBy Mona Lund\n\nText.")
    desk.run(author="  Knut\nBerg ")
    assert [person.name for person in desk.blog().posts[0].authors] == ["Knut Berg"]


# --- once more ------------------------------------------------------------------------------------


def test_importing_again_changes_nothing(desk: Desk) -> None:
    desk.run()
    before = {name: (desk.content / name).stat().st_mtime_ns for name in desk.files()}
    files = desk.files()
    report = desk.run(url=URL, now=LATER)
    assert desk.files() == files
    assert {name: (desk.content / name).stat().st_mtime_ns for name in files} == before
    assert report.count(Outcome.UNCHANGED) == 3
    assert report.count(Outcome.WRITTEN) == report.count(Outcome.KEPT) == 0


@pytest.mark.parametrize("name", ["posts/ferry-runs-again.md", "comments/ferry-runs-again/1.md"])
def test_a_file_that_a_person_edited_is_kept(desk: Desk, name: str) -> None:
    desk.run()
    edited = desk.text(name) + "\nAnd one more thing.\n"
    (desk.content / name).write_text(edited, "utf-8")
    report = desk.run(url=URL)
    assert desk.text(name) == edited
    assert rows(report, Outcome.KEPT, desk.content) == [name]


@pytest.mark.parametrize("moved", ["posts/2016/2016-03-04-ferry-runs-again.md", "posts/x/y.md"])
def test_a_post_that_a_person_moved_is_not_written_again(desk: Desk, moved: str) -> None:
    desk.run()
    target = desk.content / moved
    target.parent.mkdir()
    text = desk.text("posts/ferry-runs-again.md")
    if moved.endswith("y.md"):
        text = text.replace("---\n", "---\nslug: ferry-runs-again\n", 1)
    target.write_text(text, "utf-8")
    (desk.content / "posts/ferry-runs-again.md").unlink()
    report = desk.run(url=URL)
    assert [post.path for post in desk.blog().posts] == [f"content/{moved}"]
    assert report.count(Outcome.WRITTEN) == 0


def test_comments_that_a_person_put_into_a_list_are_not_written_again(desk: Desk) -> None:
    desk.run()
    for name in ("1", "1-1"):
        (desk.content / f"comments/ferry-runs-again/{name}.md").unlink()
    listed = desk.content / "comments/ferry-runs-again.yml"
    listed.write_text('- id: "1"\n  name: Olaf\n  date: 2016-03-04\n  message: At last!\n', "utf-8")
    report = desk.run(url=URL)
    assert rows(report, Outcome.KEPT, desk.content) == ["comments/ferry-runs-again.yml"]
    assert rows(report, Outcome.WRITTEN, desk.content) == ["comments/ferry-runs-again/1-1.md"]


def test_a_new_comment_joins_those_that_are_there(desk: Desk) -> None:
    desk.run()
    desk.write(PAGE.replace("\n© 2016", "\n  3. Pål says:\n\n    Bring the sheep.\n\n© 2016"))
    report = desk.run(url=URL, now=LATER)
    assert rows(report, Outcome.WRITTEN, desk.content) == ["comments/ferry-runs-again/3.md"]


def test_several_pages_are_imported_and_a_bad_one_costs_itself(desk: Desk, tmp_path: Path) -> None:
    desk.run()
    other, bad = tmp_path / "other.txt", tmp_path / "bad.txt"
    other.write_text("Goats\n\nThey like the ferry.\n", "utf-8")
    bad.write_text("<html>", "utf-8")
    report = desk.run(bad, other)
    assert {post.name for post in desk.blog().posts} == {"ferry-runs-again", "goats"}
    assert [problem.path for problem in report.problems] == [str(bad)]
    assert report.has_problems


# --- what is said ---------------------------------------------------------------------------------


def test_a_number_that_differs_is_a_warning_with_its_line(desk: Desk) -> None:
    desk.write(PAGE.replace("3 Responses", "4 Responses"))
    report = desk.run()
    warning = report.warnings[0]
    assert warning.what == "the page says 4 responses and has 3"
    assert (warning.path, warning.severity) == (str(desk.page), Severity.WARNING)
    assert warning.line == PAGE.splitlines().index("3 Responses to “The ferry runs again”") + 1


def test_a_number_that_agrees_is_not_mentioned(desk: Desk) -> None:
    assert desk.run().warnings == ()


def test_pingbacks_are_left_out_and_named(desk: Desk) -> None:
    report = desk.run()
    assert "pingback 2" in rows(report, Outcome.LEFT_OUT, desk.content)
    assert "--pings" in report.table()


def test_a_reply_to_a_pingback_that_is_left_out_answers_the_post(desk: Desk) -> None:
    desk.write(
        "T\n\nText.\n\n2 Comments\n\n  1. Pingback: Goats\n\n    • Ann says:\n\n      Hello."
    )
    desk.run()
    assert [(c.id, c.parent) for c in desk.blog().comments] == [("1-1", None)]


def test_the_furniture_is_named_and_keep_all_keeps_it(desk: Desk) -> None:
    desk.write(PAGE.replace("3 Responses", "Share This Post\n\n3 Responses"))
    assert "share links" in rows(desk.run(), Outcome.LEFT_OUT, desk.content)
    assert "Share This Post" not in desk.text("posts/ferry-runs-again.md")
    desk.run(url="https://goatnews.example/all", keep_all=True)
    assert "Share This Post" in desk.text("posts/all.md")


def test_the_table_is_for_a_terminal(desk: Desk) -> None:
    many = "".join(f"  {n}. Ann says:\n\n    Text {n}.\n\n" for n in range(1, 10))
    desk.write(f"T\x9b31m\n\nText.\n\n9 Comments\n\n{many}")
    table = desk.run().table()
    assert "9 files" in table
    assert "\x9b" not in table
    assert all(line == line.rstrip() for line in table.splitlines())


def test_a_commenters_address_does_not_get_into_content(desk: Desk) -> None:
    desk.write(PAGE.replace("Olaf says:", "olaf@fjord.example says:"))
    desk.run()
    assert "fjord" not in desk.text("comments/ferry-runs-again/1.md")


# --- what is refused ------------------------------------------------------------------------------


def test_without_an_address_and_without_a_site_nothing_is_written(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"site\.toml.*--url") as caught:
        import_pages([desk.page], into=desk.content, now=NOW)
    assert caught.value.exit_code == 2
    assert not desk.content.exists()


def test_one_address_for_several_pages_is_refused(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Goats\n\nText.", "utf-8")
    with pytest.raises(UsageError, match="--url is the address of one page"):
        desk.run(desk.page, other)
    assert not desk.content.exists()


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"date": "31 February"}, "--date"),
        ({"date": "10/11/2012"}, "--date"),
        ({"date": ""}, "--date"),
        ({"url": "goatnews.example/x"}, "--url"),
        ({"url": "ftp://goatnews.example/x"}, "--url"),
        ({"url": ""}, "--url"),
        ({"url": "https://goatnews.example/\udcff"}, "--url"),
        ({"url": "https://me:secret@goatnews.example/x"}, "user name"),
    ],
)
def test_what_cannot_be_read_on_the_command_line_is_refused(
    desk: Desk, wishes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        desk.run(**wishes)
    assert "secret" not in str(caught.value)
    assert not desk.content.exists()


def test_a_page_that_is_not_there_is_named(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.txt: no such file"):
        desk.run(desk.page, tmp_path / "nowhere.txt", url=None)
    with pytest.raises(UsageError, match="a folder"):
        desk.run(tmp_path)
    with pytest.raises(UsageError, match="no page"):
        import_pages([], into=desk.content, now=NOW)


@pytest.mark.parametrize("page", ["", "Only a title", "<html><body>", "\x00\x01\x02", '{"a": 1}'])
def test_what_is_no_page_is_refused_with_its_path(desk: Desk, page: str) -> None:
    desk.write(page)
    with pytest.raises(ContentError) as caught:
        desk.run()
    assert str(caught.value).startswith(f"{desk.page}: ")
    assert not desk.content.exists()


def test_a_page_of_no_honest_size_is_refused(desk: Desk) -> None:
    desk.write(b"a" * (MAX_PAGE + 1))
    with pytest.raises(ContentError, match="20 MB"):
        desk.run()


def test_a_page_in_windows_letters_is_read_with_a_warning(desk: Desk) -> None:
    desk.write("T\n\nThe caf\xe9 \u2013 open.".encode("cp1252"))
    report = desk.run()
    assert "The café – open." in desk.text("posts/ferry-runs-again.md")
    assert [text.split(",")[0] for text in what(report.warnings)] == ["not UTF-8"]


def test_a_broken_site_is_an_error_and_nothing_is_written(desk: Desk) -> None:
    desk.content.mkdir()
    (desk.content / "site.toml").write_text("title = \n", "utf-8")
    with pytest.raises(UsageError, match=r"site\.toml:1"):
        desk.run()
    assert list(desk.files()) == ["site.toml"]


def test_a_folder_that_cannot_be_written_is_named(desk: Desk) -> None:
    desk.content.write_text("a file in its place", "utf-8")
    with pytest.raises(StorageError, match="content"):
        desk.run()


def test_a_post_that_is_a_folder_is_named(desk: Desk) -> None:
    (desk.content / "posts/ferry-runs-again.md").mkdir(parents=True)
    with pytest.raises(StorageError, match=r"ferry-runs-again\.md"):
        desk.run()


# --- the form of the files ------------------------------------------------------------------------


def one_of(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.split())


_MARKDOWN = st.lists(
    one_of(
        "# * _ - + = > ` ~ [ ] ( ) ! < & ; | \\ . : / 1. 12) a b é 😀 --- *** ``` ~~~ <!-- -->"
        " <!--more--> <div> <script> </p> &amp; &#42; [^1] [^1]: [a]: http://a.example/c_d*e"
        " www.b.example/_a_ me@c.example mailto:me@c.example - | -"
    )
    | st.sampled_from(
        [" ", "  ", "\n", "\n\n", "\t", "\u00a0", "\ufeff", "\u2028", "\x85", "\x00"]
    ),
    max_size=25,
).map("".join)


@given(st.one_of(_MARKDOWN, st.text(max_size=80)))
@settings(deadline=None)
def test_any_text_is_shown_as_it_was(text: str) -> None:
    markdown = native.markdown_of(text)
    for policy in (POST, Policy(comment=True)):
        shown = text_of(to_html(Body(markdown), "https://a.example/", policy))
        assert shown == one_line(text)


@given(st.lists(_MARKDOWN, max_size=4))
@settings(deadline=None)
def test_paragraphs_do_not_change_one_another(texts: list[str]) -> None:
    body = front_matter.split(native.document({"title": "T"}, texts)).body
    shown = text_of(to_html(Body(body), "https://a.example/", POST))
    assert shown == one_line(" \n ".join(texts))


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Nothing special: 5 > 3, a_b_c, 2*3, AT&T.", "Nothing special: 5 > 3, a_b_c, 2*3, AT&T."),
        ("1. one", "1\\. one"),
        ("- one", "\\- one"),
        ("*so*", "\\*so\\*"),
        ("see http://a.example/b_c_d", "see http://a.example/b_c_d"),
        ("<b>", "\\<b>"),
    ],
)
def test_no_more_is_escaped_than_must_be(text: str, markdown: str) -> None:
    assert native.markdown_of(text) == markdown


_NAMES = (
    st.text(max_size=30)
    | one_of(
        "null Yes no ~ 012 1e3 0x1f .inf - --- x:y x: #a a#b [a] {a} &a *a !a %a @a `a ? | > << ="
        " 12:30:45 2001-01-01 \" ' \\"
    )
    | st.sampled_from(["x: y", "a #b", "a: ", "- a", "", "é: ü", "O’Hara, Ann (Dr.)"])
).map(one_line)


@given(_NAMES)
def test_any_name_comes_back_as_the_same_text(name: str) -> None:
    head = front_matter.split(native.document({"author": name}, [])).head
    value = head["author"]
    assert isinstance(value, Scalar)
    assert str(value) == name
    # Another program, which knows types, must not take it for anything but text.
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        assert yaml.load(f"author: {native.scalar(name)}\n", loader) == {"author": name}


@given(_NAMES)
def test_any_text_comes_back_from_toml(text: str) -> None:
    line = f"rights = {native.quoted(text)}\n"
    required = 'title = "T"\nurl = "https://a.example/"\nids = "tag:a.example,2024:"\n'
    assert site_toml.parse(required + line, Path()).rights == text


# --- the seed -------------------------------------------------------------------------------------


def test_the_seed_is_imported_whole(desk: Desk) -> None:
    if not SEED.is_file():
        pytest.skip(f"the page that the project started from is not at {SEED}")
    url = "https://americablog.com/2017/04/chechnya.html"
    report = import_pages([SEED], into=desk.content, url=url, now=NOW)
    assert what(report.warnings) == ["the page says 4 responses and has 3"]
    site = site_toml.load(desk.content)
    assert (site.title, site.ids, site.author) == (
        "AMERICAblog",
        "tag:americablog.com,2021:",
        "John Aravosis",
    )
    assert site.rights == "© 2021 AMERICAblog Media, LLC. All rights reserved."
    assert site.footer.entries == "Entries RSS"
    blog = desk.blog()
    said = one_line(SEED.read_text("utf-8"))
    for body in [blog.posts[0].body, *(comment.body for comment in blog.comments)]:
        for paragraph in body.text.split("\n\n"):
            assert text_of(to_html(Body(paragraph), url, POST)) in said
    found = {c.author.name: len(c.body.text.split("\n\n")) for c in blog.comments}
    assert found == {"Badgerite": 1, "Bill_Perdue": 4, "Demosthenes": 1}


def test_a_page_imported_again_without_its_address_is_known_by_its_title(desk: Desk) -> None:
    desk.run()
    before = desk.files()
    report = desk.run()
    assert desk.files() == before
    assert not report.count(Outcome.WRITTEN)
    assert not report.count(Outcome.KEPT)
