"""A file is a head between two fences, and a body."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError
from feeds.markup import legal
from feeds.sources.front_matter import split


def refusal(text: str) -> ContentError:
    with pytest.raises(ContentError) as refused:
        split(text)
    return refused.value


@pytest.mark.parametrize(
    ("text", "head", "body"),
    [
        ("---\ntitle: a\n---\nbody\n", {"title": "a"}, "body\n"),
        ("---\ntitle: a\n---\n\n\nbody\n", {"title": "a"}, "body\n"),
        ("---\ntitle: a\n---\n    code\n", {"title": "a"}, "    code\n"),
        ("---\ntitle: a\n---", {"title": "a"}, ""),
        ("---\ntitle: a\n...\nbody", {"title": "a"}, "body"),
        ("---  \ntitle: a\n---\t\nbody", {"title": "a"}, "body"),
        ("---\n---\nbody", {}, "body"),
        ("+++\ntitle = 'a'\n+++\nbody", {"title": "a"}, "body"),
        ("+++\n+++\n", {}, ""),
        # a fence in the body is a line of the body
        ("---\ntitle: a\n---\none\n\n---\n\ntwo", {"title": "a"}, "one\n\n---\n\ntwo"),
        ("+++\ntitle = 'a'\n+++\n---\nb: c\n---\n", {"title": "a"}, "---\nb: c\n---\n"),
        # a fence that is indented, or goes on, is none
        ("---\ntext: |\n  ---\n  a\n---\nbody", {"text": "---\na\n"}, "body"),
        ("---\ntitle: a\n--- b: c\n", None, ""),
        ("---\ntitle: a\n----\n---\n", None, ""),
    ],
)
def test_front_matter_stands_between_fences(
    text: str, head: dict[str, str] | None, body: str
) -> None:
    if head is None:
        refusal(text)
        return
    document = split(text)
    assert (document.head, document.body) == (head, body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "body",
        "\n---\ntitle: a\n---\n",
        " ---\ntitle: a\n---\n",
        "----\ntitle: a\n----\n",
        "--- title: a\n---\n",
        "# Title\n\n---\n",
        "...\ntitle: a\n...\n",
    ],
)
def test_what_does_not_open_with_a_fence_is_all_body(text: str) -> None:
    document = split(text)
    assert (document.head, document.body) == ({}, text)


@pytest.mark.parametrize("fence", ["---", "+++"])
@pytest.mark.parametrize("rest", ["", "\n", "\ntitle: a", "\ntitle: a\n\nbody\n", "\n ---\n"])
def test_front_matter_that_does_not_end_is_refused_at_its_start(fence: str, rest: str) -> None:
    error = refusal(fence + rest)
    assert error.what == f"the front matter does not end with `{fence}`"
    assert error.line == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: a: b\n---\n", 2),
        ("---\ntitle: a\ntitle: b\n---\n", 3),
        ("---\n- a\n---\n", 2),
        ("+++\ntitle: a\n+++\n", 2),
        ("+++\na = 1\nb = \n+++\n", 3),
    ],
)
def test_a_mistake_in_it_is_named_with_its_line_in_the_file(text: str, line: int) -> None:
    assert refusal(text).line == line


@given(st.lists(st.sampled_from(["---", "+++", "...", "\n", " ", "a: b", "a = 1", "x", ": "])))
@settings(max_examples=300, deadline=None)
def test_any_file_is_a_head_and_a_body_or_a_content_error(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        document = split(text)
    except ContentError:
        return
    assert text.endswith(document.body)


@given(st.text().map(legal))
@settings(max_examples=200, deadline=None)
def test_a_body_comes_back_as_it_was_but_for_blank_lines_above_it(body: str) -> None:
    assert split(f"---\ntitle: a\n---\n{body}").body == body.lstrip("\n")
