"""Pages saved as plain text: what is the post, what is a comment, and what is furniture."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError
from feeds.sources.page_words import date_line, heading
from feeds.sources.saved_page import SavedComment, SavedPage, parse

SEED = Path(__file__).resolve().parents[2] / "shared" / "seed" / "page.txt"

PAGE = """\
The Harbour Gazette

Ferry to the island runs again

By Mona Lund on March 3, 2016

12 Comments

After two winters the ferry is back.

The new ferry at the pier.

It leaves at nine and at four.


big-red-donateKeep the Gazette afloat, dear readers.

Please support our work with a small sum each month.


Follow me on Twitter & Facebook:

Boats on Substack | @mona | LinkedIn. Mona Lund is the Managing Editor of The Harbour Gazette, \
which she started in a shed.

Share This Post

5 Responses to “Ferry to the island runs again”

  1. Olaf says:
    March 4, 2016 at 7:05 am

    At last.

    My goats will be glad.

    Reply

    • Greta says:

      Mine, too.

      Reply

  2. Pingback: Ferries of the north

  5. Tom_B says:

    Nine is too late.

Leave a Reply

Your email address will not be published. Required fields are marked *

© 2021 Harbour Gazette Ltd. All rights reserved. · Entries RSS · Comments RSS · Log in
"""


@pytest.fixture
def page() -> SavedPage:
    return parse(PAGE)


def comments_of(listed: str, title: str = "2 Comments") -> dict[str, SavedComment]:
    """The comments of a page with this list, by id."""
    page = parse(f"A title\n\nSome text of the post.\n\n{title}\n\n{listed}")
    return {comment.id: comment for comment in page.comments}


def left_out(page: SavedPage, what: str) -> list[str]:
    return [left.text for left in page.left_out if left.what == what]


# --- the post -------------------------------------------------------------------------------------


def test_the_title_is_the_line_that_the_heading_quotes(page: SavedPage) -> None:
    assert page.title == "Ferry to the island runs again"
    assert left_out(page, "above the title") == ["The Harbour Gazette"]


def test_without_a_quoted_title_the_first_line_is_the_title() -> None:
    assert parse("\n\n  First line \n\nText.").title == "First line"


def test_the_body_goes_on_to_the_furniture_and_keeps_its_captions(page: SavedPage) -> None:
    assert page.paragraphs == (
        "After two winters the ferry is back.",
        "The new ferry at the pier.",
        "It leaves at nine and at four.",
    )


def test_the_byline_gives_author_and_date(page: SavedPage) -> None:
    assert (page.author, page.date) == ("Mona Lund", "2016-03-03")
    assert left_out(page, "byline") == ["By Mona Lund on March 3, 2016"]


@pytest.mark.parametrize(
    ("line", "author", "date"),
    [
        ("By Mona Lund", "Mona Lund", None),
        ("Posted on March 3, 2016 by Mona Lund", "Mona Lund", "2016-03-03"),
        ("March 3, 2016 10:00 am by Mona Lund", "Mona Lund", "2016-03-03 10:00"),
        ("Veröffentlicht am 3. März 2016 von Mona Lund", "Mona Lund", "2016-03-03"),
        ("Publicado el 3 marzo, 2016 por Mona Lund", "Mona Lund", "2016-03-03"),
        ("March 3, 2016", None, "2016-03-03"),
        ("A story by Mona Lund", None, None),
        ("By and by the ferry came", None, None),
    ],
)
def test_bylines_come_in_many_forms(line: str, author: str | None, date: str | None) -> None:
    page = parse(f"A title\n\n{line}\n\nText.")
    assert (page.author, page.date) == (author, date)
    assert page.paragraphs[-1:] == ("Text.",)
    assert (len(page.paragraphs) == 1) is bool(author or date)


def test_the_authors_note_gives_author_and_site() -> None:
    page = parse(PAGE.replace("By Mona Lund on March 3, 2016\n\n", ""))
    assert (page.author, page.site, page.date) == ("Mona Lund", "The Harbour Gazette", None)


def test_everything_that_is_left_out_is_named(page: SavedPage) -> None:
    assert [left.what for left in page.left_out] == [
        "above the title",
        "byline",
        "number of comments",
        "donation box",
        "donation box",
        "follow links",
        "author's note",
        "share links",
        "comment form",
        "comment form",
        "footer",
        "links in comments",
    ]
    assert left_out(page, "links in comments") == ["Reply (2 times)"]


def test_keep_all_keeps_the_furniture_in_its_order() -> None:
    page = parse(PAGE, keep_all=True)
    assert page.paragraphs[0] == "By Mona Lund on March 3, 2016"
    assert page.paragraphs[-1] == "Share This Post"
    assert page.author == "Mona Lund"
    assert len(page.comments) == 4
    assert not left_out(page, "donation box")


@pytest.mark.parametrize(
    "last",
    [
        "Knut Berg is the executive editor of The Inland Courier.",
        "She wants to donate to the museum.",
        "Few people there support this project.",
        "Copyright law says nothing about it.",
        "About the harbour nobody spoke.",
        "»Das war es«, sagte er.",
        "Three thoughts on the matter",
        "We gave 4 comments on the plan.",
        "Related: nothing at all, as far as we know.",
        "Name three of them!",
    ],
)
def test_a_real_last_paragraph_is_never_taken_for_furniture(last: str) -> None:
    assert parse(f"A title\n\nSome text.\n\n{last}\n\nShare this:").paragraphs[-1] == last


def test_furniture_amid_the_text_stays_unless_it_is_unmistakable() -> None:
    page = parse("A title\n\nOne.\n\nTags: cut\n\nShare This Post\n\nTwo.")
    assert page.paragraphs == ("One.", "Tags: cut", "Two.")
    assert left_out(page, "share links") == ["Share This Post"]


def test_related_posts_go_with_their_heading() -> None:
    page = parse("A title\n\nText.\n\nRelated Posts\n\n  • Goats\n  • Sheep\n\n2 Comments\n")
    assert page.paragraphs == ("Text.",)
    assert left_out(page, "related posts") == ["Related Posts", "• Goats", "• Sheep"]


def test_a_list_in_the_text_stays_item_by_item() -> None:
    page = parse("A title\n\nWe saw:\n\n  • goats\n  • sheep\n  1. one\n  2. two")
    assert page.paragraphs == ("We saw:", "• goats", "• sheep", "1. one", "2. two")


def test_a_wrapped_line_that_starts_with_a_number_divides_nothing() -> None:
    assert parse("A title\n\nIt was in\n1999. Then it ended.").paragraphs == (
        "It was in\n1999. Then it ended.",
    )


def test_a_title_without_a_gap_below_is_one_line() -> None:
    page = parse("A title\nand the text at once")
    assert (page.title, page.paragraphs) == ("A title", ("and the text at once",))


# --- the heading over the comments ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "stated", "title"),
    [
        ("4 Responses to “Ferry”", 4, "Ferry"),
        ('One thought on "Ferry"', 1, "Ferry"),
        ("3 thoughts on “Ferry", 3, "Ferry"),
        ("12 comments to Ferry", 12, "Ferry"),
        ("1,204 Comments", 1204, None),
        ("Comments (7)", 7, None),
        ("This Post Has 6 Comments", 6, None),
        ("This post has one comment", 1, None),
        ("3 Comments so far", 3, None),
        ("4 Comments | Leave a comment", 4, None),
        ("No Responses to ‘Ferry’", 0, "Ferry"),
        ("Comments", None, None),
        ("Ein Gedanke zu „Fähre“", 1, "Fähre"),
        ("5 Antworten zu Fähre", 5, "Fähre"),
        ("Eine Antwort auf „Fähre“", 1, "Fähre"),
        ("Dieser Beitrag hat 2 Kommentare", 2, None),
        ("Un comentario en «Barco»", 1, "Barco"),
        ("8 respuestas a “Barco”", 8, "Barco"),
        ("Esta entrada tiene 3 comentarios", 3, None),
    ],
)
def test_a_heading_is_read_in_many_forms(line: str, stated: int | None, title: str | None) -> None:
    found = heading(line)
    assert found is not None
    assert (found.stated, found.title) == (stated, title)


@pytest.mark.parametrize(
    "line", ["Comments are closed.", "He had 4 comments to make and", "Thoughts", "4 goats", ""]
)
def test_other_lines_are_no_heading(line: str) -> None:
    assert heading(line) is None


def test_the_stated_number_is_kept_with_its_line(page: SavedPage) -> None:
    assert (page.responses, len(page.comments)) == (5, 4)
    assert PAGE.splitlines()[(page.responses_line or 0) - 1].startswith("5 Responses")


def test_a_count_under_the_title_does_not_start_the_comments() -> None:
    page = parse("A title\n\n3 Comments\n\nText.\n\n2 Comments\n\n  1. Ann says:\n\n    Hello.")
    assert page.paragraphs == ("Text.",)
    assert (page.responses, len(page.comments)) == (2, 1)


def test_a_page_whose_comments_are_lost_still_says_how_many_there_were() -> None:
    page = parse("A title\n\nText.\n\n14 Comments\n\nComments are closed.\n")
    assert (page.responses, page.comments, page.paragraphs) == (14, (), ("Text.",))


def test_a_heading_may_run_over_two_lines_if_it_quotes_the_title() -> None:
    page = parse(
        "A very long title about ferries\n\nText.\n\n"
        "2 Responses to “A very long title\nabout ferries”\n\n  1. Ann says:\n\n    Hello."
    )
    assert (page.responses, len(page.comments)) == (2, 1)


def test_the_language_is_known_by_the_heading() -> None:
    assert parse("Titel\n\nText.\n\n2 Kommentare\n\n  1. Ann sagt:\n\n    Ja.").language == "de"
    assert parse("Title\n\nText.\n\n2 Comments\n\n  1. Ann says:\n\n    Yes.").language is None


def test_a_page_without_comments_is_a_post() -> None:
    page = parse("A title\n\nText.\n\nLeave a Reply\n\nName *\n\nEmail *\n\nPost Comment")
    assert (page.paragraphs, page.comments, page.responses) == (("Text.",), (), None)


# --- the comments ---------------------------------------------------------------------------------


def test_each_comment_has_number_name_paragraphs_and_date(page: SavedPage) -> None:
    first = page.comments[0]
    assert (first.id, first.name, first.date) == ("1", "Olaf", "2016-03-04 07:05")
    assert first.paragraphs == ("At last.", "My goats will be glad.")


def test_a_reply_keeps_its_parent(page: SavedPage) -> None:
    reply = page.comments[1]
    assert (reply.id, reply.parent, reply.name) == ("1-1", "1", "Greta")
    assert reply.paragraphs == ("Mine, too.",)


def test_numbers_may_skip_what_was_dropped(page: SavedPage) -> None:
    assert [comment.id for comment in page.comments] == ["1", "1-1", "2", "5"]


def test_numbers_that_start_again_in_replies_stay_unique() -> None:
    found = comments_of(
        "  1. Ann says:\n\n    One.\n\n    1. Bob says:\n\n      Two.\n\n"
        "      1. Cy says:\n\n        Three.\n\n  2. Dee says:\n\n    Four.\n\n"
        "    1. Eve says:\n\n      Five."
    )
    assert {id: comment.parent for id, comment in found.items()} == {
        "1": None,
        "1-1": "1",
        "1-1-1": "1-1",
        "2": None,
        "2-1": "2",
    }


def test_a_number_that_comes_twice_gets_a_letter() -> None:
    assert list(comments_of("  1. Ann says:\n\n    A.\n\n  1. Bob says:\n\n    B.")) == ["1", "1b"]


def test_a_page_of_bullets_is_counted() -> None:
    found = comments_of(
        "  • Ann says:\n\n    A.\n\n  • Bob says:\n\n    B.\n\n    • Cy says:\n\n      C."
    )
    assert list(found) == ["1", "2", "2-1"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ann Lee says:", "Ann Lee"),
        ("Ann sagt:", "Ann"),
        ("Ann schreibt:", "Ann"),
        ("Ann meint:", "Ann"),
        ("Ann dice:", "Ann"),
        ("Ann dijo:", "Ann"),
        ("Ann wrote on July 11, 2011 at 12:25 pm:", "Ann"),
        ("Ann on July 11, 2011 at 12:25 pm said:", "Ann"),
        ("Ann (Post author) says:", "Ann"),
        ("null says:", "null"),
    ],
)
def test_the_first_line_names_who_speaks(line: str, name: str) -> None:
    comment = comments_of(f"  1. {line}\n\n    Hello.")["1"]
    assert (comment.name, comment.paragraphs) == (name, ("Hello.",))


def test_a_name_may_stand_alone() -> None:
    found = comments_of(
        "  1. Ann Lee\n\n    Hello.\n\n  2. Bob\n    July 11, 2011 at 1:00 pm\n\n    Yes."
    )
    assert [(c.name, c.date) for c in found.values()] == [
        ("Ann Lee", None),
        ("Bob", "2011-07-11 13:00"),
    ]


def test_a_comment_may_start_with_its_text() -> None:
    comment = comments_of("  1. I think it is wrong, and I say so.\n\n    Twice.")["1"]
    assert comment.name == "Anonymous"
    assert comment.paragraphs == ("I think it is wrong, and I say so.", "Twice.")


def test_where_names_are_followed_by_says_a_short_line_is_text() -> None:
    found = comments_of("  1. Ann says:\n\n    Hello.\n\n  2. Good point\n\n    Well said.")
    assert found["2"].name == "Anonymous"
    assert found["2"].paragraphs == ("Good point", "Well said.")


def test_pingbacks_are_told_from_comments(page: SavedPage) -> None:
    assert [c.is_ping for c in page.comments] == [False, False, True, False]
    assert page.comments[2].name == "Ferries of the north"


def test_a_list_below_trackbacks_holds_pings() -> None:
    found = comments_of(
        "  1. Ann says:\n\n    Hello.\n\nTrackbacks\n\n  1. Some blog says:\n\n    Look here."
    )
    assert [c.is_ping for c in found.values()] == [False, True]


def test_a_quotation_in_marks_is_a_ping() -> None:
    found = comments_of("  1. Some blog says:\n\n    [...] as they write on their blog [...]")
    assert found["1"].is_ping


def test_links_of_the_theme_are_no_text_but_a_lone_word_is() -> None:
    found = comments_of(
        "  1. Ann says:\n    Permalink\n\n    Hello.\n\n    Reply\n\n    (Edit)\n\n"
        "  2. Bob sagt:\n\n    Ja.ReplyDelete\n\n    Antworten\n\n  3. Cy says:\n\n    Like"
    )
    assert [c.paragraphs for c in found.values()] == [("Hello.",), ("Ja.",), ("Like",)]


def test_a_list_within_a_comment_is_text() -> None:
    comment = comments_of(
        "  1. Ann says:\n\n    I saw:\n\n    • goats\n    • sheep\n\n    1. typed by hand\n\n    Done."
    )["1"]
    assert comment.paragraphs == ("I saw:", "• goats", "• sheep", "1. typed by hand", "Done.")


def test_a_comment_without_text_is_left_out_and_its_replies_answer_the_post() -> None:
    page = parse(
        "A title\n\nText.\n\n2 Comments\n\n"
        "  1. Ann says:\n\n    Reply\n\n    • Bob says:\n\n      I agree."
    )
    assert [(c.id, c.parent) for c in page.comments] == [("1-1", None)]
    assert left_out(page, "comment without text") == ["1, by Ann"]


def test_a_page_that_indents_nothing_is_read() -> None:
    found = comments_of("1. Ann says:\n\nHello.\n\nMore.\n\n2. Bob says:\nHi.\n\nLeave a Reply")
    assert [c.paragraphs for c in found.values()] == [("Hello.", "More."), ("Hi.",)]


def test_a_page_without_markers_is_read() -> None:
    found = comments_of(
        "Ann says:\n\nMay 2, 2014 at 9:00 am\n\nHello.\n\nBob says:\n\nHi.\n\nReply"
    )
    assert [(c.name, c.date, c.paragraphs) for c in found.values()] == [
        ("Ann", "2014-05-02 09:00", ("Hello.",)),
        ("Bob", None, ("Hi.",)),
    ]


def test_what_follows_the_list_is_no_comment() -> None:
    page = parse(
        "A title\n\nText.\n\n1 Comment\n\n  1. Ann says:\n\n    Hello.\n\nRecent posts\n\n  • Goats\n"
    )
    assert [c.paragraphs for c in page.comments] == [("Hello.",)]
    assert left_out(page, "around the comments") == ["Recent posts", "• Goats"]


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("July 11, 2011 at 12:25 pm", "2011-07-11 12:25"),
        ("July 11, 2011 at 12:25 pm | Reply", "2011-07-11 12:25"),
        ("July 11, 2011 at 12:25 pm (Edit)", "2011-07-11 12:25"),
        ("Posted on 11th July 2011", "2011-07-11"),
        ("10. Februar 2019 um 18:05 Uhr", "2019-02-10 18:05"),
        ("am 10. März 2019", "2019-03-10"),
        ("23. Juli 2019 at 05:00", "2019-07-23 05:00"),
        ("11 de julio de 2011 a las 12:25", "2011-07-11 12:25"),
        ("lunes, 11 julio, 2011", "2011-07-11"),
        ("14/04/2020 at 3:00 pm", "2020-04-14 15:00"),
        ("2019-07-23 05:00 +02:00", "2019-07-23 05:00:00+02:00"),
    ],
)
def test_a_date_is_read_as_front_matter_takes_it(line: str, value: str) -> None:
    found = date_line(line)
    assert found is not None
    assert (found.value, found.certain) == (value, True)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("July 11, 2011 at 12:25 pm EST", "2011-07-11 12:25"),
        ("July 11, 2011 at 25:61", "2011-07-11"),
        ("04/05/2020 at 3:00 pm", None),
        ("5 years ago", None),
    ],
)
def test_what_a_date_leaves_open_is_not_guessed(line: str, value: str | None) -> None:
    found = date_line(line)
    assert found is not None
    assert (found.value, found.certain) == (value, False)


@pytest.mark.parametrize("line", ["2016", "In July 2011 it rained", "1984 2001", "May", "3:00 pm"])
def test_other_lines_are_no_date(line: str) -> None:
    assert date_line(line) is None


def test_a_date_that_cannot_be_read_is_named() -> None:
    page = parse(
        "T\n\nText.\n\n1 Comment\n\n  1. Ann says:\n    04/05/2020 at 3:00 pm\n\n    Hello."
    )
    assert (page.comments[0].date, page.comments[0].paragraphs) == (None, ("Hello.",))
    assert left_out(page, "date that cannot be read") == ["04/05/2020 at 3:00 pm"]


# --- the footer -----------------------------------------------------------------------------------


def test_the_footer_gives_rights_and_labels_letter_for_letter(page: SavedPage) -> None:
    assert page.rights == "© 2021 Harbour Gazette Ltd. All rights reserved."
    assert (page.entries_label, page.comments_label) == ("Entries RSS", "Comments RSS")
    assert left_out(page, "footer") == ["Log in"]


@pytest.mark.parametrize(
    ("line", "rights", "entries", "comments"),
    [
        ("Entries (RSS) and Comments (RSS).", None, "Entries (RSS)", "Comments (RSS)"),
        ("© 2020 A | All rights reserved | RSS", "© 2020 A | All rights reserved", "RSS", None),
        ("Copyright 2019 A", "Copyright 2019 A", None, None),
        (
            "© 2020 Fähre · Beitrags-Feed · Kommentar-Feed",
            "© 2020 Fähre",
            "Beitrags-Feed",
            "Kommentar-Feed",
        ),
    ],
)
def test_footers_come_in_many_forms(
    line: str, rights: str | None, entries: str | None, comments: str | None
) -> None:
    page = parse(f"A title\n\nText.\n\n{line}")
    assert page.paragraphs == ("Text.",)
    assert (page.rights, page.entries_label, page.comments_label) == (rights, entries, comments)


def test_a_page_without_a_footer_says_nothing_of_the_site() -> None:
    page = parse("A title\n\nText.")
    assert (page.rights, page.entries_label, page.site, page.author) == (None, None, None, None)


# --- what is no such page -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        (" \n\t\n\u00a0", "empty"),
        ("Only a title", "nothing on the page but its title"),
        ("Only a title\n\nShare this:\n", "nothing but furniture"),
        ("\x00\x01\x02binary\x00\x03", "binary"),
        ("%PDF-1.4 and so on", "binary"),
        ("<!DOCTYPE html><p>Hello", "HTML or XML"),
        ("\n\n<html lang=en>\n", "HTML or XML"),
        ('<?xml version="1.0"?><rss/>', "HTML or XML"),
        ('{"title": "An export"}', "JSON"),
        ("From: <x>\nContent-Type: multipart/related;\n", "web archive"),
    ],
)
def test_what_is_no_page_is_refused_with_a_way_on(text: str, what: str) -> None:
    with pytest.raises(ContentError, match=what) as caught:
        parse(text)
    assert caught.value.remedy


def test_a_text_that_begins_with_an_angle_bracket_is_text() -> None:
    assert parse("<3 for the ferry\n\nText.").title == "<3 for the ferry"


def test_a_stray_control_character_is_dropped() -> None:
    page = parse("A title\n\n" + "Some text of the post. " * 10 + "\x0bEnd.")
    assert page.paragraphs[0].endswith("End.")
    assert "\x0b" not in page.paragraphs[0]


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    assert parse("\ufeff" + PAGE.replace("\n", "\r\n")) == parse(PAGE)


_LINES = sorted({line for line in PAGE.split("\n") if "Responses to" not in line})


@given(
    st.lists(st.tuples(st.sampled_from(_LINES), st.integers(0, 8)), min_size=1, max_size=60),
    st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_nothing_is_lost_however_the_lines_fall(
    drawn: list[tuple[str, int]], keep_all: bool
) -> None:
    text = "\n".join(" " * indent + line.strip() for line, indent in drawn)
    try:
        page = parse(text, keep_all=keep_all)
    except ContentError:
        return
    ids = [comment.id for comment in page.comments]
    assert len(ids) == len(set(ids))
    assert {comment.parent for comment in page.comments} <= {None, *ids}
    kept = [page.title, *page.paragraphs, page.rights, page.entries_label, page.comments_label]
    kept += [part for c in page.comments for part in (c.name, c.date, *c.paragraphs)]
    kept += [left.text for left in page.left_out]
    everything = " ".join(str(part) for part in kept)
    # A date is kept in another form; everything else must be there as it was.
    words = {word for word in text.split() if len(word) > 5}
    assert {word for word in words if word not in everything} <= {"Comments"}


# --- the seed -------------------------------------------------------------------------------------


@pytest.fixture
def seed() -> SavedPage:
    if not SEED.is_file():
        pytest.skip(f"the page that the project started from is not at {SEED}")
    return parse(SEED.read_text("utf-8"))


def test_the_seed_gives_its_post(seed: SavedPage) -> None:
    assert seed.title == SEED.read_text("utf-8").splitlines()[0]
    assert seed.paragraphs[0].startswith("The NYT has")
    assert seed.paragraphs[-1].endswith("Chechnya is a part of Russia.")
    assert len(seed.paragraphs) == 11
    assert (seed.author, seed.site, seed.date) == ("John Aravosis", "AMERICAblog", None)


def test_the_seed_gives_its_three_comments(seed: SavedPage) -> None:
    found = [(c.id, c.name, len(c.paragraphs), c.parent, c.date) for c in seed.comments]
    assert found == [
        ("1", "Badgerite", 1, None, None),
        ("2", "Bill_Perdue", 4, None, None),
        ("3", "Demosthenes", 1, None, None),
    ]
    assert (seed.responses, seed.responses_line) == (4, 37)


def test_the_seed_gives_its_footer(seed: SavedPage) -> None:
    assert seed.rights == "© 2021 AMERICAblog Media, LLC. All rights reserved."
    assert (seed.entries_label, seed.comments_label) == ("Entries RSS", None)


def test_the_seed_leaves_out_five_paragraphs(seed: SavedPage) -> None:
    assert [left.what for left in seed.left_out] == [
        "donation box",
        "donation box",
        "follow links",
        "author's note",
        "share links",
    ]
