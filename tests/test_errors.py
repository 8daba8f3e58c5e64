"""What goes wrong has an exit code for scripts and one safe line for people."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import (
    BusyError,
    ContentError,
    FeedsError,
    GuardError,
    Problem,
    SettingsError,
    Severity,
    StorageError,
    UsageError,
    printable,
    quoted,
)

ANY_TEXT = st.text(st.characters())  # lone surrogates, control characters and all


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (ContentError, 1),
        (UsageError, 2),
        (SettingsError, 2),
        (GuardError, 3),
        (StorageError, 4),
        (BusyError, 75),
    ],
)
def test_every_kind_of_error_has_the_exit_code_of_the_contract(
    error: type[FeedsError], exit_code: int
) -> None:
    assert error.exit_code == exit_code
    assert issubclass(error, FeedsError)


def test_a_content_error_says_what_is_wrong_and_what_to_do() -> None:
    error = ContentError("the key 'date' stands twice", "keep one of them", 7)
    assert str(error) == "the key 'date' stands twice; keep one of them"
    assert (error.what, error.remedy, error.line) == (
        "the key 'date' stands twice",
        "keep one of them",
        7,
    )


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("posts/a.md", "no title", "add one", 3), "posts/a.md:3: no title; add one"),
        (Problem("posts/a.md", "no title", "add one"), "posts/a.md: no title; add one"),
        (Problem("posts/a.md", "left out", line=3), "posts/a.md:3: left out"),
        (Problem("posts/a.md", "left out"), "posts/a.md: left out"),
    ],
)
def test_a_problem_is_one_line_of_place_fault_and_remedy(problem: Problem, line: str) -> None:
    assert str(problem) == line


def test_a_problem_matters_to_the_exit_code_unless_it_says_otherwise() -> None:
    assert Problem("a.md", "no title").severity is Severity.PROBLEM


def test_problems_stand_in_the_order_of_files_and_lines() -> None:
    found = [
        Problem("b.md", "x"),
        Problem("a.md", "x", line=10),
        Problem("a.md", "z", line=9),
        Problem("a.md", "y", line=9),
        Problem("a.md", "b", line=1),
        Problem("a.md", "the whole file"),
    ]
    assert sorted(found, key=lambda problem: problem.order) == found[::-1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grüße, 日本", "Grüße, 日本"),
        ("two\nlines", r"two\nlines"),
        ("C:\\new", "C:\\new"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x07", r"\x07"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\u2028", r"\u2028"),
        ("\udcff", r"\udcff"),
    ],
)
def test_what_a_terminal_could_act_on_is_made_visible(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
@settings(max_examples=100, deadline=None)
def test_the_line_of_a_problem_is_printable_whatever_the_content_says(
    path: str, what: str, remedy: str
) -> None:
    line = str(Problem(path, what, remedy, 1))
    assert line.isprintable()
    line.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("short", "'short'"),
        ("it's", '"it\'s"'),
        ("x" * 60, repr("x" * 60)),
        ("x" * 61, repr("x" * 59 + "…")),
        ("x" * 1_000_000, repr("x" * 59 + "…")),
    ],
)
def test_what_a_message_quotes_is_cut_to_sixty_characters(text: str, inside: str) -> None:
    assert quoted(text) == inside
