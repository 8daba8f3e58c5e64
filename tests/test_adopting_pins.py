"""One line more in a post's front matter, and not another byte."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from feeds import settings as site_toml
from feeds.adopting import Outcome, Pinned, pin, pinning, with_id
from feeds.errors import ContentError, StorageError
from feeds.ids import post_id
from feeds.markup import legal
from feeds.sources import posts
from feeds.sources.files import File
from feeds.sources.front_matter import split
from tests.builders import SITE_TOML

ID = "https://blog.example/?p=12"
POST = b"---\ntitle: Hello\ndate: 2024-05-01\n---\n\nText.\n"


def pinned(text: str | bytes, id: str = ID) -> tuple[bytes | None, Pinned]:
    return with_id(text.encode() if isinstance(text, str) else text, id, "hello.md")


def without_line(data: bytes, number: int) -> bytes:
    """The bytes without one of their lines, whatever ends them."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", data.decode())
    return "".join(lines[: number - 1] + lines[number:]).encode()


def normal(data: bytes) -> str:
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return legal(text)


# --- the line -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "---\ntitle: Hello\n---\nText.\n",
            '---\ntitle: Hello\nid: "https://blog.example/?p=12"\n---\nText.\n',
        ),
        ("---\r\na: b\r\n---\r\n", '---\r\na: b\r\nid: "https://blog.example/?p=12"\r\n---\r\n'),
        ("---\ra: b\r---\r", '---\ra: b\rid: "https://blog.example/?p=12"\r---\r'),
        ("---\n---\n", '---\nid: "https://blog.example/?p=12"\n---\n'),
        ("\ufeff---\na: b\n---", '\ufeff---\na: b\nid: "https://blog.example/?p=12"\n---'),
        ("---  \na: b\n...\nx", '---  \na: b\nid: "https://blog.example/?p=12"\n...\nx'),
        (
            "---\n  a: b\n  c: d\n---\n",
            '---\n  a: b\n  c: d\n  id: "https://blog.example/?p=12"\n---\n',
        ),
        (
            "---\nbio: |\n  ---\n  id: x\n---\nid: y\n",
            '---\nbio: |\n  ---\n  id: x\nid: "https://blog.example/?p=12"\n---\nid: y\n',
        ),
        (
            "+++\ntitle = 'a'\n+++\n",
            "+++\ntitle = 'a'\nid = \"https://blog.example/?p=12\"\n+++\n",
        ),
        # At the end it would be the table's.
        (
            "+++\ntitle = 'a'\n\n[extra]\nb = 1\n+++\n",
            "+++\ntitle = 'a'\nid = \"https://blog.example/?p=12\"\n\n[extra]\nb = 1\n+++\n",
        ),
        # What looks like a table's head is none; what comes first is always the post's own.
        (
            "+++\nt = '''\n[x]\n'''\n[extra]\nb = 1\n+++\n",
            "+++\nid = \"https://blog.example/?p=12\"\nt = '''\n[x]\n'''\n[extra]\nb = 1\n+++\n",
        ),
    ],
)  # fmt: skip
def test_the_line_stands_at_the_end_of_what_is_the_posts_own(before: str, after: str) -> None:
    new, result = pinned(before)
    assert new is not None
    assert new.decode() == after
    assert result.outcome is Outcome.PINNED
    assert without_line(new, result.line or 0) == before.encode()


@pytest.mark.parametrize(
    "text",
    [
        "no front matter",
        "",
        "Title: Pelican\n\nText.",
        "<!--\n.. title: Nikola\n-->\n",
        "---\na: b\n",
        "{% include a.html %}\n",
        "---\na: [\n---\n",
        "---\n- a\n---\n",
        "---\n{a: b}\n---\n",
        "+++\na = \n+++\n",
        '{\n"title": "Hugo"\n}\nText.',
        b"---\na: \xff\n---\n",
        "---\na: b\x00\n---\n",
    ],
)
def test_what_cannot_take_a_line_is_refused_with_the_next_step(text: str | bytes) -> None:
    new, result = pinned(text)
    assert new is None
    assert result.outcome is Outcome.REFUSED
    assert result.problem
    assert str(result.problem).startswith("hello.md:")
    assert "no id pinned" in str(result.problem)
    assert result.remedy


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("id: other", "id: other"),
        ("ID: other", "ID: other"),
        ("'id': 'other'  # for ever", "'id': 'other'  # for ever"),
        ("id:", "id:"),
        ("id: [a, b]", ""),
    ],
)
def test_another_id_stays_and_is_shown(line: str, written: str) -> None:
    new, result = pinned(f"---\ntitle: a\n{line}\n---\n")
    assert (new, result.outcome, result.written) == (None, Outcome.OTHER, written)
    assert result.problem
    assert written in result.problem.what
    assert ID in result.problem.what


@pytest.mark.parametrize("line", [f"id: {ID}", f"ID: '{ID}'", f'"id": "{ID}"'])
def test_the_same_id_is_left_as_it_is_written(line: str) -> None:
    new, result = pinned(f"---\ntitle: a\n{line}\n---\n")
    assert (new, result.outcome, result.line, result.problem) == (None, Outcome.ALREADY, 3, None)


def test_in_other_programs_blogs_a_guid_is_the_id() -> None:
    text = f"---\nguid: {ID}\nid: 12\n---\n".encode()
    assert with_id(text, ID, "a.md", ("guid", "id"))[1].outcome is Outcome.ALREADY
    assert with_id(text, "urn:x:1", "a.md", ("guid", "id"))[1].written == f"guid: {ID}"
    assert with_id(text, ID, "a.md")[1].outcome is Outcome.OTHER


@pytest.mark.parametrize("id", ["", "12", "a b", "hello:", "urn:a\nb: c", 'urn:"', "urn:a\ud800"])
def test_an_id_that_would_not_stand_for_itself_is_refused(id: str) -> None:
    new, result = pinned(POST, id)
    assert (new, result.outcome) == (None, Outcome.REFUSED)


# --- what always holds ----------------------------------------------------------------------------

_LINES = st.lists(
    st.sampled_from(["a: b", "b:", "  - c", "c: |", "  text", "# x", "", "id: x", "---", "d: 'e'"])
    | st.text(max_size=12),
    max_size=8,
)
_URIS = st.from_regex(r"[a-z]{1,5}:[^\s<>\"]{1,20}", fullmatch=True)


@given(
    _LINES,
    st.text(max_size=30),
    st.sampled_from(["---", "+++"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    _URIS,
)
@example(["a: |", "  b", ""], "", "---", "\r\n", True, "urn:a\\b")
@settings(max_examples=400, deadline=None)
def test_a_pinned_post_has_the_id_and_is_else_what_it_was(
    lines: list[str], body: str, fence: str, end: str, marked: bool, id: str
) -> None:
    text = end.join([fence, *lines, fence, body])
    try:
        data = ("\ufeff" if marked else "").encode() + text.encode()
        old = split(normal(data), lenient=True)
    except (ContentError, UnicodeEncodeError):
        assume(False)
    new, result = pinned(data, id)
    if new is None:
        assert result.outcome is not Outcome.PINNED
        return
    document = split(normal(new), lenient=True)
    assert document.head == old.head | {"id": id}
    assert document.body == old.body
    assert result.line
    assert without_line(new, result.line) == data
    assert pinned(new, id)[1].outcome is Outcome.ALREADY
    assert pinned(new, id + "x")[0] is None


@given(st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_file_is_pinned_or_refused(data: bytes | str) -> None:
    assume(not isinstance(data, str) or data.isascii() or max(data) < "\ud800")
    new, result = pinned(data)
    assert (new is None) == (result.outcome is not Outcome.PINNED)
    assert result.what or new is not None


@pytest.mark.parametrize(
    "text",
    [
        "---\n" + "a: b\n" * 10 + "x" * 5_000_000,
        "+++\na = [\n" + "[1],\n" * 100_000 + "]\n+++\n",
        "---\n" + "\n" * 2_000_000,
        "---\n" + "\r" * 2_000_000 + "---\n",
    ],
    ids=["long body", "lists", "no end", "blank lines"],
)
def test_a_large_file_costs_little(text: str) -> None:
    pinned(text)


# --- the file -------------------------------------------------------------------------------------


@pytest.fixture
def post(tmp_path: Path) -> Path:
    path = tmp_path / "hello.md"
    path.write_bytes(POST)
    return path


def test_a_file_is_pinned_once(post: Path) -> None:
    first, second = pin(post, ID), pin(post, ID)
    assert (first.outcome, second.outcome) == (Outcome.PINNED, Outcome.ALREADY)
    assert (first.line, first.written) == (4, f'id: "{ID}"')
    assert post.read_bytes() == POST.replace(b"05-01\n", f'05-01\nid: "{ID}"\n'.encode())
    assert os.listdir(post.parent) == ["hello.md"]


def test_the_post_has_its_old_id_then(post: Path) -> None:
    pin(post, ID)
    site = site_toml.parse(SITE_TOML, post.parent)
    read, problems = posts.read(File(str(post), "hello.md", "hello.md", 0, "posts"), site)
    assert not problems
    assert read
    assert post_id(site, read) == ID


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_its_mode_stays(post: Path, mode: int) -> None:
    post.chmod(mode)
    pin(post, ID)
    assert stat.S_IMODE(post.stat().st_mode) == mode


def test_a_link_stays_a_link(post: Path, tmp_path: Path) -> None:
    link = tmp_path / "posts" / "link.md"
    link.parent.mkdir()
    link.symlink_to("../hello.md")
    assert pin(link, ID).outcome is Outcome.PINNED
    assert link.is_symlink()
    assert ID.encode() in post.read_bytes()
    assert os.listdir(link.parent) == ["link.md"]


def test_what_has_another_id_is_not_touched(post: Path) -> None:
    post.write_bytes(b"---\nid: a\n---\n")
    before = post.stat()
    assert pin(post, ID).outcome is Outcome.OTHER
    assert (post.stat().st_ino, post.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_that_is_gone_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "no such file" in pin(tmp_path / "gone.md", ID).what
    assert "not a regular file" in pin(tmp_path, ID).what


def test_a_file_that_somebody_writes_meanwhile_is_theirs(
    post: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def busy(descriptor: int) -> None:
        post.write_bytes(POST + b"More.")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", busy)
    result = pin(post, ID)
    assert (result.outcome, result.remedy) == (Outcome.REFUSED, pinning._CHANGED)
    assert post.read_bytes() == POST + b"More."
    assert os.listdir(post.parent) == ["hello.md"]


def test_a_full_disk_leaves_the_file_as_it_was(post: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        pin(post, ID)
    assert post.read_bytes() == POST
    assert os.listdir(post.parent) == ["hello.md"]
