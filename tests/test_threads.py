"""Which post a comment belongs to, and which comment it answers."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import Severity
from feeds.model import Comment
from feeds.threads import Links, Orphans, natural, thread, unlinked
from tests.builders import NOW, at, comment, post


def parents(comments: list[Comment]) -> dict[str, str | None]:
    return {c.id: c.parent for c in comments}


def problems_of(*comments: Comment) -> list[str]:
    return [str(p) for p in thread(comments, NOW)[1] if p.severity is Severity.PROBLEM]


# --- the order of ids -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ids",
    [
        ["1", "2", "10"],
        ["a1", "a2", "a10", "b1"],
        ["#comment-9", "#comment-10", "#comment-100"],
        ["part-2", "part-003", "part-10"],  # leading zeros do not count
        ["9", "9" * 5000],  # more digits than `int` takes
        ["1", "a"],
        ["1", "٢"],  # another script's digit is a letter to us
        ["", "0"],
    ],
)
def test_natural_order_puts_2_before_10(ids: list[str]) -> None:
    for shuffled in list(permutations(ids))[:24]:
        assert sorted(shuffled, key=natural) == ids


@given(st.lists(st.text("0123456789ab-é²٣", max_size=6)))
def test_any_ids_can_be_put_in_order(ids: list[str]) -> None:
    assert Counter(sorted(ids, key=natural)) == Counter(ids)


# --- which post -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("hello", "hello"),  # the exact name…
        ("Hello", "Hello"),  # …before any that is like it
        ("second-post", "Second Post"),  # folded: case, blanks, punctuation
        ("SECOND_POST!", "Second Post"),
        ("cafe\u0301", "Caf\u00e9"),  # and normalisation
        ("2017-04-14-Second Post", "Second Post"),  # without a leading date
        ("2017-04-14-second-post", "Second Post"),
        ("what-it-was-called", "third"),  # a former address
        ("old-third", "third"),
        ("nobody", None),
        ("", None),
        ("2017-04-14-", None),
    ],
)
def test_a_folder_finds_its_post_by_the_strongest_likeness(
    folder: str, expected: str | None
) -> None:
    posts = [
        post("hello"),
        post("Hello"),
        post("Second Post"),
        post("Café"),
        post(
            "third",
            aliases=("/2016/what-it-was-called/", "https://old.example/old-third.html?p=1#x"),
        ),
    ]
    assert Links(posts).find(folder) == expected


@pytest.mark.parametrize("folder", ["a-b", "a_B", "2017-04-14-a-b", "shared"])
def test_what_two_posts_claim_links_nothing(folder: str) -> None:
    posts = [post("A B", aliases=("/shared",)), post("a b", aliases=("/x/shared.html",))]
    assert Links(posts).find(folder) is None


def test_an_exact_name_is_no_matter_of_doubt() -> None:
    assert Links([post("A B"), post("a b")]).find("a b") == "a b"


def test_a_folder_of_no_post_is_told_with_its_number_of_comments() -> None:
    orphans = [
        Orphans("helo", "content/comments/helo", 2),
        Orphans("zzz", "content/comments/zzz.yml", 1),
    ]
    told = unlinked(orphans, ["hello", "other"])
    assert [str(problem) for problem in told] == [
        "content/comments/helo: 2 comments for no post; did you mean 'hello'?",
        "content/comments/zzz.yml: 1 comment for no post; name it as the post is named, or remove it",
    ]


# --- which comment --------------------------------------------------------------------------------


def test_a_reply_answers_the_comment_that_it_names() -> None:
    comments, problems = thread([comment("1"), comment("2", parent="1")], NOW)
    assert parents(comments) == {"1": None, "2": "1"}
    assert problems == []


def test_a_reply_may_stand_before_what_it_answers() -> None:
    comments, _ = thread([comment("1", parent="2"), comment("2")], NOW)
    assert parents(comments) == {"1": "2", "2": None}


@pytest.mark.parametrize("status", ["spam", "pending", "whatever", "unreadable"])
def test_a_reply_to_a_hidden_comment_answers_the_post(status: str) -> None:
    comments, problems = thread([comment("1", status=status), comment("2", parent="1")], NOW)
    assert parents(comments) == {"2": None}
    assert {problem.severity for problem in problems} == {Severity.NOTE}


def test_a_reply_to_a_comment_that_is_gone_answers_the_post() -> None:
    comments, problems = thread([comment("2", parent="1")], NOW)
    assert parents(comments) == {"2": None}
    assert problems[0].severity is Severity.NOTE
    assert "'1', which is hidden or gone" in problems[0].what


def test_a_comment_that_is_still_to_come_is_left_out_with_a_note() -> None:
    comments, problems = thread([comment("1", published=at("2024-06-01 12:01"))], NOW)
    assert comments == []
    assert "still to come" in problems[0].what


def test_a_reply_to_itself_answers_the_post_and_is_a_problem() -> None:
    comments, _ = thread([comment("1", parent="1")], NOW)
    assert parents(comments) == {"1": None}
    assert problems_of(comment("1", parent="1")) == [
        "content/comments/hello/1.md:1: the comment answers itself; shown as an answer to the post; correct its `parent`"
    ]


@pytest.mark.parametrize("size", [2, 3, 50])
def test_everybody_in_a_circle_answers_the_post(size: int) -> None:
    circle = [comment(str(n), parent=str((n + 1) % size)) for n in range(size)]
    comments, _ = thread(circle, NOW)
    assert set(parents(comments).values()) == {None}
    assert len(problems_of(*circle)) == size


def test_a_reply_to_somebody_in_a_circle_keeps_its_parent() -> None:
    comments, _ = thread(
        [comment("1", parent="2"), comment("2", parent="1"), comment("3", parent="2")], NOW
    )
    assert parents(comments) == {"1": None, "2": None, "3": "2"}


def test_a_circle_through_a_hidden_comment_is_none() -> None:
    said = [comment("1", parent="2"), comment("2", parent="1", status="spam")]
    assert parents(thread(said, NOW)[0]) == {"1": None}
    assert problems_of(*said) == []


def test_a_conversation_may_be_very_deep() -> None:
    deep = [comment(str(n), parent=str(n - 1) if n else None) for n in range(20_000)]
    comments, problems = thread(deep, NOW)
    assert parents(comments) == parents(deep)
    assert problems == []


class TestIds:
    def test_the_first_by_path_keeps_an_id_and_the_next_gets_a_suffix(self) -> None:
        said = [comment("1"), comment("1", path="content/comments/hello/b.md", line=7)]
        comments, _ = thread(said, NOW)
        assert [c.id[:2] for c in comments] == ["1", "1-"]
        new = comments[1].id
        assert problems_of(*said) == [
            f"content/comments/hello/b.md:7: the id '1' is another comment's; this one is published as {new!r}; pin it with `id: {new}`"
        ]

    def test_the_suffix_is_made_of_name_and_date_so_others_do_not_move_it(self) -> None:
        first, second, other = (
            comment("1"),
            comment("1", published=at("2024-05-03 10:00")),
            comment("1", published=at("2024-05-04 10:00")),
        )
        alone = thread([first, second], NOW)[0][1].id
        assert thread([first, other, second], NOW)[0][2].id == alone

    def test_even_twins_have_ids_of_their_own(self) -> None:
        comments, _ = thread([comment("1")] * 5, NOW)
        assert len({c.id for c in comments}) == 5

    def test_a_suffix_steps_aside_for_an_id_that_somebody_has(self) -> None:
        taken = thread([comment("1"), comment("1")], NOW)[0][1].id
        comments, _ = thread([comment(taken), comment("1"), comment("1")], NOW)
        assert len({c.id for c in comments}) == 3

    def test_replies_answer_the_one_that_kept_the_id(self) -> None:
        comments, _ = thread([comment("1"), comment("1"), comment("2", parent="1")], NOW)
        assert comments[2].parent == "1"

    def test_a_hidden_comment_takes_no_id(self) -> None:
        comments, problems = thread([comment("1", status="spam"), comment("1")], NOW)
        assert parents(comments) == {"1": None}
        assert {problem.severity for problem in problems} == {Severity.NOTE}


class TestStaticmansPlaces:
    """Its first version counted: a reply names its parent's place among the top-level comments."""

    @pytest.mark.parametrize(
        ("place", "parent"), [(1, "older"), (2, "newer"), (3, "undated"), (4, None)]
    )
    def test_the_place_is_that_in_time(self, place: int, parent: str | None) -> None:
        said = [
            comment("newer", published=at("2024-05-03 10:00")),
            comment("older", published=at("2024-05-02 10:00")),
            comment("reply", parent_index=place),
            comment("undated", published=None),
            comment("nested", parent="older", published=at("2024-05-01 10:00")),
        ]
        assert parents(thread(said, NOW)[0])["reply"] == parent


@given(
    st.lists(
        st.tuples(
            st.sampled_from("12345"),
            st.sampled_from(["", "1", "2", "3", "4", "5", "6"]),
            st.sampled_from(["approved", "approved", "spam"]),
        ),
        max_size=12,
    )
)
def test_whatever_people_write_each_comment_is_there_once_and_leads_to_the_post(
    said: list[tuple[str, str, str]],
) -> None:
    comments, _ = thread(
        [comment(id, parent=parent or None, status=status) for id, parent, status in said], NOW
    )
    up = parents(comments)
    assert len(up) == len(comments) == sum(status == "approved" for _, _, status in said)
    for start in up:
        steps, current = 0, up[start]
        while current is not None:
            steps, current = steps + 1, up[current]
            assert steps <= len(up)
