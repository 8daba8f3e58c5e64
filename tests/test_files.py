"""What is ours in a content folder, and what stands in it; a disk that fails is never empty."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem, StorageError
from feeds.markup import legal
from feeds.sources.files import File, Text, TextStream, read_bytes, read_text
from feeds.sources.tree import Tree

SUFFIXES = frozenset({".md", ".html"})
ENOUGH = 1_000_000


def put(folder: Path, *paths: str) -> None:
    """Make files, each holding its own path."""
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path, "utf-8")


def listed(
    root: Path, folder: str = "posts", *, follow_links: bool = False
) -> tuple[list[str], list[str]]:
    """The paths that are ours, and the lines about what only looks so."""
    problems: list[Problem] = []
    tree = Tree(root, "content", follow_links=follow_links)
    found = [file.relative for file in tree.files(folder, SUFFIXES, problems)]
    return found, [str(problem) for problem in problems]


def file_of(path: Path, data: bytes) -> File:
    """A file that holds these bytes."""
    path.write_bytes(data)
    return File(path=str(path), shown="content/posts/a.md", relative="a.md", size=len(data))


# --- which files ----------------------------------------------------------------------------------


def test_files_of_ours_are_found_in_all_folders_in_the_order_of_their_paths(tmp_path: Path) -> None:
    put(
        tmp_path / "posts",
        "b.md",
        "a.html",
        "2024/b/c.md",
        "2024/a.MD",
        "Ü.md",
        "a/z.md",
        "a.b/y.md",
    )
    found, problems = listed(tmp_path)
    assert found == [
        *("2024/a.MD", "2024/b/c.md", "a.b/y.md", "a.html", "a/z.md", "b.md", "Ü.md"),
    ]
    assert problems == []


@pytest.mark.parametrize(
    "name",
    [
        *(".hidden.md", ".git/x.md", ".#lock.md", "draft.md~", "#auto#", "#a.md#", "_index.md"),
        *("README.md", "README.de.md", "README-first.md", "readme.md", "Readme.html", "photo.jpg"),
        *("notes.txt", "Makefile", "nothing", "a.md.bak", "a.md.swp", "md"),
    ],
)
def test_what_is_not_ours_is_passed_over_in_silence(tmp_path: Path, name: str) -> None:
    put(tmp_path / "posts", "a.md", name)
    assert listed(tmp_path) == (["a.md"], [])


@pytest.mark.parametrize(
    "name", ["readmes-and-why.md", "index.md", "a~b.md", "#1.md", "_a.md", "a b.md"]
)
def test_a_name_that_only_resembles_one_is_ours(tmp_path: Path, name: str) -> None:
    put(tmp_path / "posts", name)
    assert listed(tmp_path) == ([name], [])


def test_a_file_knows_its_name_folder_and_suffix(tmp_path: Path) -> None:
    put(tmp_path / "posts", "2024/v1.2.HTML")
    (file,) = Tree(tmp_path, "my blog", follow_links=False).files("posts", SUFFIXES, [])
    assert (file.stem, file.folder, file.suffix) == ("v1.2", "2024", ".html")
    assert file.shown == "my blog/posts/2024/v1.2.HTML"
    assert file.inside == "posts/2024/v1.2.HTML"
    assert file.place == ("posts/2024", "v1.2.HTML")
    assert file.size == len("2024/v1.2.HTML")
    assert Path(file.path).read_text() == "2024/v1.2.HTML"


def test_a_file_seen_again_is_as_it_is_now(tmp_path: Path) -> None:
    put(tmp_path / "posts", "a.md")
    (file,) = Tree(tmp_path, "content", follow_links=False).files("posts", SUFFIXES, [])
    assert file.seen_again() == file
    (tmp_path / "posts/a.md").write_text("longer than before")
    again = file.seen_again()
    assert again is not None
    assert again.size == 18
    assert again != file
    (tmp_path / "posts/a.md").unlink()
    assert file.seen_again() is None


def test_the_order_of_files_is_not_that_of_the_disk(tmp_path: Path) -> None:
    names = [f"{n:02}.md" for n in range(40)]
    put(tmp_path / "posts", *sorted(names, key=lambda name: name[::-1]))
    assert listed(tmp_path)[0] == names


def test_a_folder_without_files_of_ours_is_empty_and_one_that_is_not_there_as_well(
    tmp_path: Path,
) -> None:
    (tmp_path / "posts/drafts").mkdir(parents=True)
    assert listed(tmp_path) == ([], [])
    assert listed(tmp_path, "comments") == ([], [])


@pytest.mark.parametrize(("name", "there"), [("posts", True), ("comments", False), ("file", False)])
def test_a_tree_knows_whether_it_has_a_folder(tmp_path: Path, name: str, there: bool) -> None:
    put(tmp_path, "posts/a.md", "file")
    assert Tree(tmp_path, "content", follow_links=False).has(name) is there


# --- what looks ours and is not -------------------------------------------------------------------


def test_a_fifo_is_named_and_never_waited_for(tmp_path: Path) -> None:
    put(tmp_path / "posts", "a.md")
    os.mkfifo(tmp_path / "posts/b.md")
    os.mkfifo(tmp_path / "posts/pipe")
    assert listed(tmp_path) == (
        ["a.md"],
        ["content/posts/b.md: not a regular file; replace it by one"],
    )


def test_a_name_that_is_not_utf_8_is_named_in_ascii(tmp_path: Path) -> None:
    put(tmp_path / "posts", "a.md")
    folder = os.fsencode(tmp_path / "posts")
    for name in (b"b\xff.md", b"c\xff.txt"):
        Path(os.fsdecode(folder + b"/" + name)).touch()
    assert listed(tmp_path) == (
        ["a.md"],
        [r"content/posts/b\udcff.md: a file name that is not UTF-8; rename it"],
    )


def test_a_name_with_a_line_end_in_it_stays_on_one_line(tmp_path: Path) -> None:
    put(tmp_path / "posts", "a.md")
    os.mkfifo(tmp_path / "posts/b\n\x1b[2J.md")
    (line,) = listed(tmp_path)[1]
    assert line.isprintable()


# --- links ----------------------------------------------------------------------------------------


def test_a_link_within_the_content_is_followed(tmp_path: Path) -> None:
    put(tmp_path, "posts/a.md", "drafts/b.md")
    (tmp_path / "posts/b.md").symlink_to("../drafts/b.md")
    assert listed(tmp_path) == (["a.md", "b.md"], [])


@pytest.mark.parametrize(
    ("name", "target", "told"),
    [
        ("b.md", "secret.md", True),
        ("b", "folder", True),
        ("b.md", "gone.md", True),
        ("b.txt", "secret.md", False),
    ],
)
def test_a_link_that_leads_out_is_named_and_followed_only_if_the_site_says_so(
    tmp_path: Path, name: str, target: str, told: bool
) -> None:
    put(tmp_path, "content/posts/a.md", "secret.md", "folder/c.md")
    (tmp_path / "content/posts" / name).symlink_to(tmp_path / target)
    found, problems = listed(tmp_path / "content")
    assert found == ["a.md"]
    remedy = "set symlinks = true below [content] to follow it"
    line = f"content/posts/{name}: a link that leads out of the content folder; {remedy}"
    assert problems == ([line] if told else [])


def test_links_that_lead_out_can_be_followed(tmp_path: Path) -> None:
    put(tmp_path, "content/posts/a.md", "shared.md", "folder/c.md")
    (tmp_path / "content/posts/b.md").symlink_to(tmp_path / "shared.md")
    (tmp_path / "content/posts/more").symlink_to(tmp_path / "folder")
    assert listed(tmp_path / "content", follow_links=True) == (["a.md", "b.md", "more/c.md"], [])


@pytest.mark.parametrize("target", [".", "../posts", "deep", "deep/deeper"])
def test_a_link_that_leads_back_brings_no_file_twice(tmp_path: Path, target: str) -> None:
    put(tmp_path / "posts", "a.md", "deep/deeper/b.md", "deep/c.md")
    (tmp_path / "posts/deep/again").symlink_to(tmp_path / "posts" / target)
    found, problems = listed(tmp_path)
    assert found == ["a.md", "deep/c.md", "deep/deeper/b.md"]
    assert problems == []


@pytest.mark.parametrize("alias", ["a", "z"])
def test_a_folder_with_two_names_is_known_by_its_own(tmp_path: Path, alias: str) -> None:
    put(tmp_path / "comments", "hello/1.md")
    (tmp_path / "comments" / alias).symlink_to("hello")
    assert listed(tmp_path, "comments") == (["hello/1.md"], [])


@pytest.mark.parametrize("target", ["gone.md", "b.md", "user@host.1234:5678"])
def test_a_link_to_nothing_or_to_itself_is_passed_over(tmp_path: Path, target: str) -> None:
    put(tmp_path / "posts", "a.md")
    (tmp_path / "posts/b.md").symlink_to(target)
    assert listed(tmp_path) == (["a.md"], [])


# --- what the system does not let us see ----------------------------------------------------------

#: Longer than a file system takes: for root, too, the system says no.
TOO_LONG = "x" * 300


def test_a_folder_that_cannot_be_asked_about_is_not_taken_for_none(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "content", follow_links=False)
    with pytest.raises(StorageError, match=r"^content/x+: cannot be read \(File name too long\)"):
        tree.has(TOO_LONG)


def test_a_folder_on_a_disk_that_is_gone_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "comments").symlink_to(tmp_path / "mnt/comments")
    tree = Tree(tmp_path, "content", follow_links=True)
    with pytest.raises(StorageError, match=r"^content/comments: cannot be read \(No such file"):
        tree.has("comments")


def test_a_folder_that_went_since_it_was_listed_has_no_files(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    tree = Tree(tmp_path, "content", follow_links=True)
    assert tree.files_in("posts", "/gone", SUFFIXES, []) == []


def test_a_folder_that_is_there_and_does_not_open_ends_the_listing(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/drafts").symlink_to(tmp_path / "mnt/drafts")
    tree = Tree(tmp_path, "content", follow_links=True)
    with pytest.raises(StorageError, match=r"^content/posts/drafts: cannot be read"):
        tree.files_in("posts", "/drafts", SUFFIXES, [])


def test_a_link_to_what_cannot_be_read_ends_the_listing(tmp_path: Path) -> None:
    put(tmp_path / "posts", "a.md")
    (tmp_path / "posts/b.md").symlink_to(TOO_LONG)
    with pytest.raises(StorageError, match=r"^content/posts/b\.md: cannot be read"):
        listed(tmp_path)


def test_a_file_that_cannot_be_read_ends_the_build(tmp_path: Path) -> None:
    file = File(path=str(tmp_path), shown="content/posts/a.md", relative="a.md", size=0)
    with pytest.raises(
        StorageError, match=r"^content/posts/a\.md: cannot be read \(Is a directory"
    ):
        read_text(file, ENOUGH)
    with pytest.raises(
        StorageError, match=r"^content/posts/a\.md: cannot be read \(Is a directory"
    ):
        TextStream(file)


def test_a_file_that_went_since_it_was_listed_costs_itself(tmp_path: Path) -> None:
    gone = File(path=str(tmp_path / "a.md"), shown="content/posts/a.md", relative="a.md", size=0)
    with pytest.raises(ContentError, match="gone"):
        read_text(gone, ENOUGH)
    with pytest.raises(ContentError, match="gone"):
        TextStream(gone)


# --- what stands in a file ------------------------------------------------------------------------

READ = [
    (b"plain", "plain"),
    ("größer 🙂".encode(), "größer 🙂"),
    (b"\xef\xbb\xbfwith a mark", "with a mark"),
    (b"one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
    ("\x85\u2028\u200b\x7f\x9f".encode(), "\x85\u2028\u200b\x7f\x9f"),
    (b"", ""),
]


@pytest.mark.parametrize(("data", "text"), READ)
def test_a_text_is_read_without_mark_and_with_plain_line_ends(
    tmp_path: Path, data: bytes, text: str
) -> None:
    assert read_text(file_of(tmp_path / "a.md", data), ENOUGH) == Text(text)


def test_what_xml_forbids_is_left_out_and_named_once_a_file(tmp_path: Path) -> None:
    file = file_of(tmp_path / "a.md", b"one\r\ntwo\x0c\nthree\x1b\n")
    text = read_text(file, ENOUGH)
    assert text.text == "one\ntwo\nthree\n"
    (problem,) = text.problems
    what = "the character U+000C, which no feed can carry, was left out"
    assert str(problem) == f"content/posts/a.md:2: {what}; delete it from the file"


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b"one\ntwo\0", 2, "holds a NUL byte: this is not text"),
        (b"\ntwo\0", 2, "holds a NUL byte: this is not text"),
        (b"\0", 1, "holds a NUL byte: this is not text"),
        (b"\n\xfc", 2, "not UTF-8: byte 0xfc"),
        ("one\ntwo".encode("utf-16"), 1, "holds a NUL byte: this is not text"),
        (b"one\n\ngr\xfc\xdfe", 3, "not UTF-8: byte 0xfc"),
        (b"\xef\xbb\xbfone\n\xfc", 2, "not UTF-8: byte 0xfc"),
        (b"\xed\xa0\x80", 1, "not UTF-8: byte 0xed"),
        (b"cut \xf0\x9f\x99", 1, "not UTF-8: byte 0xf0"),
    ],
)
def test_what_is_not_text_is_refused_with_its_line(
    tmp_path: Path, data: bytes, line: int, what: str
) -> None:
    with pytest.raises(ContentError) as refused:
        read_text(file_of(tmp_path / "a.md", data), ENOUGH)
    assert (refused.value.what, refused.value.line) == (what, line)


@pytest.mark.parametrize(("size", "limit", "read"), [(10, 10, True), (11, 10, False), (0, 0, True)])
def test_a_file_over_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, size: int, limit: int, read: bool
) -> None:
    file = file_of(tmp_path / "a.md", b"x" * size)
    if read:
        assert read_text(file, limit).text == "x" * size
        return
    Path(file.path).unlink()
    with pytest.raises(ContentError, match="11 bytes, over the limit of 10; shorten it, or raise"):
        read_text(file, limit)


@given(st.binary() | st.text().map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_text_that_feeds_can_carry_or_a_content_error(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = file_of(Path(folder, "a.md"), data)
        try:
            text = read_text(file, ENOUGH).text
        except ContentError:
            return
    assert legal(text) == text
    assert "\r" not in text


# --- a stream of it -------------------------------------------------------------------------------


def streamed(file: File, size: int) -> tuple[str, list[str]]:
    """A file's text, read `size` characters at a time, and the lines about it."""
    pieces = []
    with TextStream(file) as stream:
        while piece := stream.read(size):
            pieces.append(piece)
    return "".join(pieces), [str(problem) for problem in stream.problems]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_a_stream_gives_the_text_of_the_file_wherever_it_is_cut(tmp_path: Path, size: int) -> None:
    text = "größer 🙂\n" * 5
    file = file_of(tmp_path / "a.yml", b"\xef\xbb\xbf" + text.encode())
    assert streamed(file, size) == (text, [])


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_stream_leaves_out_what_xml_forbids_and_names_it(tmp_path: Path, size: int) -> None:
    data = b"\none\n" + b"\x08" * 5000 + b"\ntwo"
    text, (problem,) = streamed(file_of(tmp_path / "a.yml", data), size)
    assert text == "\none\n\ntwo"
    assert problem.startswith("content/posts/a.md:3: the character U+0008")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"one\ntwo\0", "holds a NUL byte"),
        (b"one\nt\xffo", "not UTF-8"),
        (b"one\n\xf0", "not UTF-8"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_a_stream_refuses_what_is_not_text(
    tmp_path: Path, data: bytes, what: str, size: int
) -> None:
    with pytest.raises(ContentError, match=what):
        streamed(file_of(tmp_path / "a.yml", data), size)


@pytest.mark.parametrize("said", [b"", b"More than was listed."])
def test_a_pipe_that_somebody_writes_to_is_not_waited_for(tmp_path: Path, said: bytes) -> None:
    """It has taken the place of a file that was listed."""
    os.mkfifo(tmp_path / "pipe.md")
    pipe = os.open(tmp_path / "pipe.md", os.O_RDWR)
    try:
        os.write(pipe, said)
        with pytest.raises(ContentError, match="not a regular file"):
            read_bytes(File(str(tmp_path / "pipe.md"), "pipe.md", "pipe.md", 5), 1000)
    finally:
        os.close(pipe)


@pytest.mark.parametrize("listed", [0, 4, 5, 6, 999])
def test_a_file_is_read_whole_whatever_size_it_had_when_it_was_listed(
    tmp_path: Path, listed: int
) -> None:
    (tmp_path / "a.md").write_bytes(b"12345")
    assert read_bytes(File(str(tmp_path / "a.md"), "a.md", "a.md", listed), 1000) == b"12345"
