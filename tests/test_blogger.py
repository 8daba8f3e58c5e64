"""Exports of Blogger, both forms: what is public of them, and what a broken file costs."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem, StorageError
from feeds.exports import Item, LeftOut, Site, blogger
from feeds.model import Body, Comment, Enclosure, Markup, Person, Post, PostType
from feeds.settings import Limits
from tests.builders import at
from tests.exported import items_or_refusal, kinds_left_out, only

BLOG = "tag:blogger.com,1999:blog-77"
URL = "http://harbour.example/2016/03/ferry.html"
KIND = "http://schemas.google.com/blogger/2008/kind"
HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:gd='http://schemas.google.com/g/2005'"
    " xmlns:thr='http://purl.org/syndication/thread/1.0'"
    " xmlns:app='http://purl.org/atom/app#'"
    " xmlns:blogger='http://schemas.google.com/blogger/2018'>"
    f"<id>{BLOG}</id><title type='text'>Harbour Gazette</title>\n"
)
MONA = (
    "<author><name>Mona</name><uri>https://harbour.example/mona</uri>"
    "<email>noreply@blogger.com</email><gd:image src='https://faces.example/mona'/></author>"
)


def own(number: int) -> str:
    return f"{BLOG}.post-{number}"


def entry(
    kind: str = "post",
    number: int = 1,
    title: str = "Ferry to the island",
    text: str = "<p>The ferry is back.</p>",
    more: str = "",
    date: str = "2016-03-03T11:00:00.001+02:00",
    author: str = MONA,
) -> str:
    """An entry of the classic backup."""
    return (
        f"<entry><id>{own(number)}</id><published>{date}</published>"
        f"<updated>2016-03-05T10:30:00.500Z</updated>"
        f"<category scheme='http://schemas.google.com/g/2005#kind' term='{KIND}#{kind}'/>"
        f"<title type='text'>{escape(title)}</title>"
        f"<content type='html'>{escape(text)}</content>{author}{more}</entry>\n"
    )


def post(number: int = 1, url: str = URL, more: str = "", **changes: str) -> str:
    link = f"<link rel='alternate' type='text/html' href='{url}'/>" if url else ""
    return entry("post", number, more=link + more, **changes)


def comment(number: int = 2, on: int = 1, more: str = "", **changes: str) -> str:
    answered = f"<thr:in-reply-to ref='{own(on)}' href='{URL}' type='text/html'/>"
    values = {
        "title": "Nine is…",
        "text": "Nine is too late.<br />Really.",
        "date": "2016-03-04T07:05:00Z",
        "author": MONA.replace("Mona", "Olaf").replace("harbour.example/mona", "goats.example/"),
    }
    return entry("comment", number, more=answered + more, **values | changes)


def takeout(kind: str = "POST", number: int = 1, status: str = "LIVE", more: str = "") -> str:
    """An entry of the `feed.atom` of Google Takeout."""
    return (
        f"<entry><id>{own(number)}</id><blogger:type>{kind}</blogger:type>"
        f"<blogger:status>{status}</blogger:status>"
        "<author><name>Olaf</name><uri></uri><blogger:type>ANONYMOUS</blogger:type></author>"
        "<title>Ferry</title><content type='html'>&lt;p&gt;Back.&lt;/p&gt;</content>"
        "<blogger:created>2016-03-01T08:00:00Z</blogger:created>"
        "<published>2016-03-03T09:00:00Z</published><updated>2016-03-03T09:00:00Z</updated>"
        f"{more}<link/><enclosure/><blogger:trashed/></entry>\n"
    )


def export(*entries: str) -> str:
    return HEAD + "".join(entries) + "</feed>\n"


class File:
    """One export on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "blog.xml"

    def read(self, *entries: str, limits: Limits | None = None) -> list[Item]:
        self.path.write_text(export(*entries), "utf-8")
        return list(blogger.read(self.path, limits=limits or Limits()))

    def post(self, *entries: str) -> Post:
        (found,) = only(Post, self.read(*entries))
        return found


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


# --- the classic backup ---------------------------------------------------------------------------


def test_the_site_its_posts_and_then_the_comments_come_along(file: File) -> None:
    found = file.read(comment(), post())

    assert found == [
        Site("Harbour Gazette"),
        Post(
            path=own(1),
            name="ferry",
            title="Ferry to the island",
            body=Body("<p>The ferry is back.</p>", Markup.HTML),
            published=at("2016-03-03 09:00"),
            updated=at("2016-03-05 10:30"),
            authors=(Person("Mona", "https://harbour.example/mona"),),
            permalink=URL,
            id=own(1),
        ),
        Comment(
            path=str(file.path),
            line=3,
            folder=own(1),
            id=own(2),
            author=Person("Olaf", "https://goats.example/"),
            body=Body("Nine is too late.<br />Really.", Markup.HTML),
            published=at("2016-03-04 07:05"),
            updated=at("2016-03-05 10:30"),
        ),
    ]


def test_the_site_says_where_it_is(file: File) -> None:
    link = "<link rel='alternate' type='text/html' href='http://harbour.example/'/>"

    found = file.read(link + "<subtitle>News from the pier</subtitle>", post())

    assert found[0] == Site("Harbour Gazette", "http://harbour.example/", "News from the pier")


def test_a_page_is_a_page(file: File) -> None:
    assert file.post(entry("page")).type is PostType.PAGE


def test_settings_and_templates_are_left_out(file: File) -> None:
    found = file.read(entry("settings"), entry("template", 2), entry("weather", 3))

    assert kinds_left_out(found) == ["settings", "templates", "entries of unknown kind"]


def test_labels_are_tags(file: File) -> None:
    labels = "".join(
        f"<category scheme='http://www.blogger.com/atom/ns#' term='{label}'/>"
        for label in ("Boats", "Island", "Boats")
    )

    assert file.post(post(more=labels)).tags == ("Boats", "Island")


def test_recordings_are_enclosures(file: File) -> None:
    link = "<link rel='enclosure' type='audio/mpeg' href='http://x.example/a.mp3' length='77'/>"

    assert file.post(post(more=link)).enclosures == (
        Enclosure("http://x.example/a.mp3", "audio/mpeg", 77),
    )


def test_an_untitled_post_is_named_by_its_first_words(file: File) -> None:
    words = "<p>After two winters the ferry is back for all of us.</p>"

    assert file.post(post(title="", text=words)).title == "After two winters the ferry is back for…"


def test_a_post_without_an_id_is_known_by_its_address(file: File) -> None:
    nameless = [post(url=f"{URL}{n}").replace(f"<id>{own(1)}</id>", "") for n in (1, 2)]

    assert [(item.id, item.path) for item in only(Post, file.read(*nameless))] == [
        (None, f"{URL}1"),
        (None, f"{URL}2"),
    ]


def test_drafts_and_what_is_said_about_them_are_left_out(file: File) -> None:
    draft = post(more="<app:control><app:draft>yes</app:draft></app:control>")

    found = file.read(draft, comment())

    assert kinds_left_out(found) == ["drafts", "comments on drafts"]
    assert not only(Post, found)


def test_a_reply_names_the_comment_that_it_answers(file: File) -> None:
    feed = "http://www.blogger.com/feeds/77/1/comments/default/2?v=2"
    related = f"<link rel='related' type='application/atom+xml' href='{feed}'/>"

    found = only(Comment, file.read(post(), comment(), comment(3, more=related)))

    assert [item.parent for item in found] == [None, own(2)]


def test_a_comment_on_no_post_is_left_out_and_named(file: File) -> None:
    assert file.read(comment(on=9))[1:] == [
        LeftOut("comments on posts that are not in the export", subject=f"comment {own(2)}")
    ]


@pytest.mark.parametrize(
    "removed",
    [
        comment(more="<gd:extendedProperty name='blogger.contentRemoved' value='true'/>"),
        comment(text="This comment has been removed by the author."),
        comment(text="<i>This comment has been removed by a blog administrator.</i>"),
    ],
)
def test_comments_that_were_removed_are_left_out(file: File, removed: str) -> None:
    assert kinds_left_out(file.read(post(), removed)) == ["deleted comments"]


def test_a_comment_about_removal_is_a_comment(file: File) -> None:
    text = "This comment has been removed by the author. Why?"

    assert only(Comment, file.read(post(), comment(text=text)))


def test_nothing_private_of_anybody_is_held(file: File) -> None:
    author = "<author><name>olaf@goats.example</name><email>olaf@goats.example</email></author>"

    said = repr(file.read(post(), comment(author=author)))

    for private in ("@goats", "noreply@", "faces.example"):
        assert private not in said
    assert "name='olaf'" in said


# --- Google Takeout -------------------------------------------------------------------------------


def test_takeout_knows_the_path_of_a_post(file: File) -> None:
    more = (
        "<blogger:filename>/2016/03/ferry.html</blogger:filename>"
        f"<category scheme='{BLOG}' term='Boats'/>"
        "<blogger:metaDescription>For search</blogger:metaDescription>"
    )

    found = file.post(takeout(more=more))

    assert (found.id, found.name, found.permalink) == (own(1), "ferry", "/2016/03/ferry.html")
    assert (found.tags, found.excerpt) == (("Boats",), Body("For search", Markup.HTML))
    assert (found.published, found.updated) == (at("2016-03-03 09:00"), None)


def test_takeout_knows_what_a_comment_is_on_and_answers(file: File) -> None:
    on = f"<blogger:parent>{own(1)}</blogger:parent>"
    answer = f"<blogger:inReplyTo>{own(2)}</blogger:inReplyTo>"

    found = only(
        Comment,
        file.read(
            takeout("COMMENT", 3, more=on + answer),
            takeout("COMMENT", 2, more=f"{on}<blogger:inReplyTo/>"),
            takeout(),
        ),
    )

    assert [(item.id, item.folder, item.parent) for item in found] == [
        (own(3), own(1), own(2)),
        (own(2), own(1), None),
    ]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("DRAFT", "drafts"),
        ("SCHEDULED", "scheduled posts"),
        ("SOFT_TRASHED", "trashed posts"),
        ("MOONLIT", "posts of unknown status"),
    ],
)
def test_only_live_posts_come_along(file: File, status: str, kind: str) -> None:
    assert kinds_left_out(file.read(takeout(status=status))) == [kind]


def test_a_date_of_trashing_hides(file: File) -> None:
    trashed = takeout().replace(
        "<blogger:trashed/>", "<blogger:trashed>2017-01-01T00:00:00Z</blogger:trashed>"
    )

    assert kinds_left_out(file.read(trashed)) == ["trashed posts"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("SPAM", "spam comments"),
        ("PENDING", "pending comments"),
        ("EMPTIED", "deleted comments"),
        ("MOONLIT", "comments of unknown status"),
    ],
)
def test_only_live_comments_come_along(file: File, status: str, kind: str) -> None:
    on = f"<blogger:parent>{own(1)}</blogger:parent>"

    assert kinds_left_out(file.read(takeout(), takeout("COMMENT", 2, status, on))) == [kind]


# --- what a broken file costs ---------------------------------------------------------------------


def test_of_a_file_that_breaks_off_what_was_whole_counts(file: File) -> None:
    text = export(post(), comment(), post(3))
    file.path.write_text(text[: text.rindex("<content")])

    found = list(blogger.read(file.path))

    assert len(only(Post, found)) == len(only(Comment, found)) == 1
    assert ["breaks off" in problem.what for problem in only(Problem, found)] == [True]


def test_an_entry_that_is_there_twice_counts_once(file: File) -> None:
    assert kinds_left_out(file.read(post(), post())) == ["posts that are there twice"]


def test_a_post_over_the_limit_is_left_out_with_its_comments(file: File) -> None:
    found = file.read(post(text="x" * 200), comment(), limits=Limits(post=100))

    assert kinds_left_out(found) == [
        "posts of more than 100 bytes",
        "comments on posts of more than 100 bytes",
    ]


def test_an_unreadable_date_costs_the_date(file: File) -> None:
    found = file.read(post(date="soon"))

    assert only(Post, found)[0].published is None
    assert "'soon' is not a date" in only(Problem, found)[0].what


def test_a_file_that_declares_entities_is_refused(file: File) -> None:
    file.path.write_text(
        HEAD.replace("<feed", '<!DOCTYPE feed [<!ENTITY a "b">]><feed') + "&a;</feed>"
    )

    with pytest.raises(ContentError, match="document type"):
        list(blogger.read(file.path))


@pytest.mark.parametrize("text", ["", "<rss/>", "once upon a time", HEAD.partition("<id>")[0]])
def test_what_is_no_export_is_refused_with_a_next_step(file: File, text: str) -> None:
    file.path.write_text(text)

    with pytest.raises(ContentError) as refused:
        list(blogger.read(file.path))

    assert refused.value.remedy


def test_a_file_that_is_not_there_is_the_systems_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        list(blogger.read(tmp_path / "none.xml"))


PARTS = st.sampled_from(
    [
        *(post(), comment(), takeout(), entry("page", 5), "<entry>", "</entry>", "<link/>"),
        *("<entry><title/><content/></entry>", "<blogger:type>POST</blogger:type>", "&#0;", "<"),
    ]
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PARTS | st.text(max_size=5), max_size=8))
def test_whatever_stands_in_a_file_there_is_no_traceback(file: File, parts: list[str]) -> None:
    file.path.write_bytes(export(*parts).encode("utf-8", "surrogatepass"))

    items_or_refusal(blogger.read(file.path))


# --- recognised -----------------------------------------------------------------------------------


def test_an_export_is_known_by_its_head() -> None:
    assert blogger.recognised(export(post()).encode()[:8192])


@pytest.mark.parametrize("head", [b"", b"<feed xmlns='http://www.w3.org/2005/Atom'/>", b"\xff"])
def test_other_files_are_not_taken_for_one(head: bytes) -> None:
    assert not blogger.recognised(head)


def test_comments_on_a_page_find_it_though_they_call_it_a_post(file: File) -> None:
    page = entry("page", 7).replace(own(7), f"{BLOG}.page-7")
    found = file.read(page, comment(8, on=7))
    assert [item.folder for item in only(Comment, found)] == [f"{BLOG}.page-7"]
