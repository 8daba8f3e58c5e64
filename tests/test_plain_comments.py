"""What is read without a detour is what the detour gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import reading, rows
from feeds.markup import legal
from feeds.model import Comment
from feeds.settings import Limits, Settings
from feeds.sources import comments, plain_comments
from feeds.sources.fields import Fields
from feeds.sources.files import File, Text
from tests import builders

SITE = builders.settings()._replace(limits=Limits(comment=40, name=20))
USUAL = "_id: 1f3a\nname: Ann\ndate: '2024-05-01T10:00:00.25Z'\nmessage: Hello.\n"

#: Every key that `comments` asks for, some that nobody does, and some that are written otherwise.
_KEYS = st.sampled_from(
    [
        *sorted(comments.STATUS_KEYS | comments.PARENT_KEYS),
        *("id", "_id", "author", "name", "author_name", "uri", "url", "website", "author_url"),
        *("date", "published", "date_utc", "updated", "type", "format", "email", "avatar"),
        *("message", "body", "content", "comment", "text", "post", "slug", "_parent", "_"),
        *("Status", "Message", "replytoid", "Replying_to", "ID"),
    ]
)
_VALUES = st.sampled_from(
    [
        *("", "''", '""', "' '", "null", "'null'", "~", "0", "1", "true", "False", "approved"),
        *("Approved", "spam", "published", "pingback", "comment", "html", "Ann", "'Ann  Bo'"),
        *("Zoë", "A & B", "ann@blog.example", "<b>", '"\\u202eAnn"', '"\\u3164"', '"\\x01"'),
        *("a_name_that_is_too_long_for_the_limit", "a.b", "a b", "'a '", "日本"),
        *("https://ann.example/~a", "http://ann@blog.example", "ann.example", "/about"),
        *("https://gravatar.example/" + "0f" * 16, "https://", "https://a.example/b%40c.example"),
        *("2024-05-01", "2024-05-01 10:00:00", "2024-05-01T10:00:00Z", "2024-05-01T10:00:00-00:00"),
        *("2024-05-01T10:00:00.1234567+05:30", "2024-05-01T24:00:00Z", "2024-02-30T10:00:00Z"),
        *("1969-12-31T23:59:59.9Z", "1000-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        *(
            '"one\\r\\n\\r\\ntwo\\n"',
            '"\\n \\n"',
            "a message that is longer than its limit is, sadly",
        ),
    ]
)
_LINES = st.dictionaries(_KEYS, _VALUES | st.text(max_size=4).map(lambda t: f"'{t}'"), max_size=5)


def a_file(name: str = "comments/post/c1.yml") -> File:
    tree, _, relative = name.partition("/")
    return File(f"/{name}", name, relative, 1, tree)


def by_detour(file: File, text: str, site: Settings) -> list[tuple[Any, ...] | object]:
    return [
        rows.from_comment(item) if isinstance(item, Comment) else item
        for item in comments.in_text(file, site, Text(text))
    ]


def written(lines: dict[str, str]) -> str:
    return legal("".join(f"{key}: {value}\n" for key, value in lines.items()))


@given(
    _LINES,
    st.sampled_from(["c1.yml", "c2.md", "c3.html", "a b.yaml", "d.MD"]),
    st.sampled_from([None, "jekyll", "pelican"]),
)
@settings(max_examples=1000)
def test_a_plain_comment_is_what_the_detour_gives(
    lines: dict[str, str], name: str, layout: Literal["jekyll", "pelican"] | None
) -> None:
    """On top of what makes a comment plain, nearly every key may be there, with any value."""
    usual = {"name": "Ann", "date": "2024-05-01T10:00:00+02:00", "message": "Hello."}
    text = written(usual | lines)
    if not name.endswith(("yml", "yaml")):
        text = f"---\n{text}---\n\nWords.\n"
    site = SITE._replace(content=SITE.content._replace(layout=layout))
    file = a_file(f"comments/post/{name}")
    (row,) = plain_comments.rows([file], [text.encode()], site)
    if row is not None:
        assert [row] == by_detour(file, text, site)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c1.yml", USUAL),
        ("c1.yml", USUAL + 'replying_to_uid: ""\nurl: https://ann.example/~a\nemail: ""\n'),
        ("c1.yml", USUAL + "replyToId: c0\navatar: https://ann.example/a.jpg\n"),
        ("c1.yaml", USUAL.replace("name: Ann", 'name: "Zoë"') + "status: approved\n"),
        ("c1.md", "---\nauthor: Ann\ndate: 2024-05-01T10:00:00+02:00\n---\n\nHello.\n\nBye.\n"),
    ],
)
def test_usual_comments_are_plain(name: str, text: str) -> None:
    file = a_file(f"comments/post/{name}")
    (row,) = plain_comments.rows([file], [text.encode()], SITE)
    assert row is not None
    assert [row] == by_detour(file, text, SITE)


def test_a_lot_of_files_says_what_each_of_them_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of them are plain, large, broken or gone."""
    monkeypatch.setattr("feeds.reading._MOST_AHEAD", 200)
    large = USUAL + "comment: |-\n" + "  words\n" * 30
    written = {
        "1.yml": USUAL.encode(),
        "2.yml": b"\xff",
        "3.yml": USUAL.replace("\n", "\r\n").encode(),
        "4.yml": b"_id: [\n",
        "5.yml": large.encode(),
        "6.md": f"---\n{USUAL}---\n\tHello.\n".encode(),
        "7.yml": USUAL.replace("Ann", "A\x08nn").encode(),
        "8.yml": b"message: Hello.\n",
    }
    files = []
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)
        shown = f"comments/post/{name}"
        files.append(File(str(tmp_path / name), shown, f"post/{name}", len(data), "comments"))
    files.insert(3, files[0]._replace(path=str(tmp_path / "gone.yml")))
    start, found, wrong = reading.read_comments(SITE, files, 0)
    read = [comments.read(file, SITE) for file in files]
    assert start == 0
    assert found == [rows.from_comment(comment) for held, _ in read for comment in held]
    assert [(number, list(problems)) for number, _, problems in wrong] == [
        (number, problems) for number, (_, problems) in enumerate(read) if problems
    ]
    assert [number for number, is_broken, _ in wrong if is_broken] == [1, 3, 4]


def test_no_key_is_asked_for_that_the_quick_way_does_not_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key that `comments` learns must be learnt here, or left to `comments`."""
    asked: set[str] = set()

    class Spy(dict[str, Any]):
        def get(self, key: str, otherwise: Any = None) -> Any:
            asked.add(key)
            return super().get(key, otherwise)

        def __contains__(self, key: object) -> bool:
            asked.add(str(key))
            return super().__contains__(key)

    class Asked(Fields):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            self._record = Spy(self._record)

        def has_any(self, keys: Any) -> bool:
            return True

    monkeypatch.setattr(comments, "Fields", Asked)
    for text in ("", "message: Hello.\n", "message: Hello.\nname: Ann\ndate: 2024-05-01\n"):
        by_detour(a_file(), f"_: x\n{text}", SITE)
    known = plain_comments.KEYS | {"published", "date_utc", "body", "content", "comment", "text"}
    assert asked - known == {"author_name"}
