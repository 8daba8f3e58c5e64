"""Addresses and ids: what stands for ever, what a feed reader can follow, what a disk can hold."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds import urls

SITE = "https://blog.example/"
PAGE = "https://blog.example/2024/05/hello"
IDS = "tag:blog.example,2024:"

# --- ids ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "own", "expected"),
    [
        ("hello", None, IDS + "hello"),
        ("hello", "", IDS + "hello"),
        ("hello", "old-name", IDS + "old-name"),
        ("hello", "https://old.example/?p=17", "https://old.example/?p=17"),
        ("hello", "urn:uuid:1225c695-cfb8", "urn:uuid:1225c695-cfb8"),
        ("hello", "tag:old.example,2004:x", "tag:old.example,2004:x"),
        ("hello", "/2004/old/", IDS + "%2F2004%2Fold%2F"),
        ("hello", "note: this", IDS + "note%3A%20this"),
        ("Grüße aus 日本", None, IDS + "Gr%C3%BC%C3%9Fe%20aus%20%E6%97%A5%E6%9C%AC"),
        ("a/b#c?d", None, IDS + "a%2Fb%23c%3Fd"),
        ("Case.Kept_~-", None, IDS + "Case.Kept_~-"),
    ],
)
def test_a_post_is_known_by_its_own_uri_or_by_its_name(
    name: str, own: str | None, expected: str
) -> None:
    assert urls.post_id(IDS, name, own) == expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("17", IDS + "hello#comment-17"),
        ("03752642", IDS + "hello#comment-03752642"),
        ("a b/c", IDS + "hello#comment-a%20b%2Fc"),
        ("https://old.example/?p=1#comment-17", "https://old.example/?p=1#comment-17"),
    ],
)
def test_a_comment_is_known_by_its_own_uri_or_by_its_place_on_its_post(
    own: str, expected: str
) -> None:
    assert urls.comment_id(IDS + "hello", own) == expected


@given(
    st.lists(
        st.sampled_from(["1", "a-b", "c_d", "urn:x:1", "https://b.example/", "é"])
        | st.text(st.characters(exclude_categories=["Cs"]))
    )
)
def test_the_ids_of_a_thread_are_those_of_its_comments(owns: list[str]) -> None:
    post = IDS + "hello"
    assert urls.comment_ids(post, owns) == [urls.comment_id(post, own) for own in owns]
    assert list(urls.all_quoted(owns)) == [urls.quoted(own) for own in owns]


@given(st.text(min_size=1))
@settings(max_examples=200, deadline=None)
def test_an_id_made_from_a_name_is_an_ascii_uri(name: str) -> None:
    made = urls.post_id(IDS, name, None)
    assert made.isascii()
    assert urls.is_absolute_uri(made)


@given(st.text(min_size=1), st.text(min_size=1))
@settings(max_examples=200, deadline=None)
def test_two_names_never_make_one_id(one: str, other: str) -> None:
    same = urls.post_id(IDS, one, None) == urls.post_id(IDS, other, None)
    assert same == (one == other)


@pytest.mark.parametrize(
    "text", ["a:b", "tag:x,1:y", "https://a.example", "urn:isbn:1", "x+y.z-1:q"]
)
def test_a_scheme_and_something_behind_it_is_an_absolute_uri(text: str) -> None:
    assert urls.is_absolute_uri(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a:", ":b", "1a:b", "/a:b", "a b:c", "a:b c", 'a:"', "a:<"]
)
def test_anything_else_is_not(text: str) -> None:
    assert not urls.is_absolute_uri(text)


# --- on the web -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "https://blog.example",
        "HTTP://BLOG.EXAMPLE/",
        "https://blog.example:8080/a?b#c",
        "https://blog.example:1/",
        "http://127.0.0.1/",
        "http://[::1]:8000/",
        "https://user:secret@blog.example/",
        "https://münchen.example/",
        "https://नमस्ते.example/",
    ],
)
def test_http_and_a_host_is_the_web(text: str) -> None:
    assert urls.is_web_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "blog.example",
        "//blog.example/",
        "ftp://blog.example/",
        "mailto:ann@blog.example",
        "javascript:alert(1)",
        "https:",
        "https:/blog.example",
        "https:///path",
        "https://:80/",
        "https://user@/",
        "https://blog.example:port/",
        "https://blog.example:99999/",
        "https://blog.example:0/",
        "https://[::1/",
        "https://[::1]x/",
        "https://[not an address]/",
        "https://blog example/",
        "https://evil.example\\@blog.example/",
        "https://a|b/",
        "https://a{b}/",
        "https://a\x7fb/",
        'https://blog.example/"',
    ],
)
def test_what_no_browser_could_open_is_not_the_web(text: str) -> None:
    assert not urls.is_web_url(text)


# --- permalinks -----------------------------------------------------------------------------------

NIGHT = datetime(2024, 12, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("site", "pattern", "expected"),
    [
        (SITE, "/{year}/{month}/{slug}", "https://blog.example/2024/12/hello"),
        (SITE, "{year}/{month}/{day}/{slug}/", "https://blog.example/2024/12/31/hello/"),
        (SITE, "/{slug}.html", "https://blog.example/hello.html"),
        (SITE, "/?p={slug}", "https://blog.example/?p=hello"),
        ("https://blog.example/journal", "/{slug}", "https://blog.example/journal/hello"),
        ("https://blog.example/journal/", "/{slug}", "https://blog.example/journal/hello"),
        (SITE, "/über uns/{slug}", "https://blog.example/%C3%BCber%20uns/hello"),
    ],
)
def test_a_permalink_is_the_sites_pattern_behind_its_url(
    site: str, pattern: str, expected: str
) -> None:
    assert urls.permalink(site, pattern, "hello", NIGHT, UTC) == expected


def test_the_day_in_a_permalink_is_the_day_on_the_site() -> None:
    pattern = "/{year}/{month}/{day}/{slug}"
    sydney = urls.permalink(SITE, pattern, "hello", NIGHT, ZoneInfo("Australia/Sydney"))
    assert sydney == "https://blog.example/2025/01/01/hello"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Case.Kept!,v2", "Case.Kept!,v2"),
        ("a/b", "a%2Fb"),
        ("what?", "what%3F"),
        ("50%", "50%25"),
        ("#1", "%231"),
        ("schöne grüße", "sch%C3%B6ne%20gr%C3%BC%C3%9Fe"),
    ],
)
def test_a_name_is_one_part_of_a_permalink(name: str, path: str) -> None:
    assert urls.permalink(SITE, "/{slug}", name, NIGHT, UTC) == SITE + path


def test_a_year_before_1000_has_four_digits() -> None:
    first = datetime(1000, 1, 1, tzinfo=UTC)
    assert urls.permalink(SITE, "/{year}/{slug}", "x", first, ZoneInfo("America/New_York")) == (
        SITE + "0999/x"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://old.example/a", "https://old.example/a"),
        ("/2004/05/a", "https://blog.example/journal/2004/05/a"),
        ("2004/05/a/", "https://blog.example/journal/2004/05/a/"),
        ("?p=17", "https://blog.example/journal/?p=17"),
        ("/a b/ü", "https://blog.example/journal/a%20b/%C3%BC"),
        ("https://old.example/a b", "https://old.example/a%20b"),
        ("/50%25/a,b!", "https://blog.example/journal/50%25/a,b!"),
        ("/a:b", "https://blog.example/journal/a:b"),
        ("//elsewhere.example/a", None),
        ("javascript:alert(1)", None),
        ("mailto:ann@blog.example", None),
        ("ftp://blog.example/a", None),
    ],
)
def test_a_written_permalink_is_on_the_web_or_a_path_on_the_site(
    written: str, expected: str | None
) -> None:
    assert urls.on_site("https://blog.example/journal/", written) == expected


# --- absolute -------------------------------------------------------------------------------------

ABSOLUTE = [
    ("https://a.example/b", "https://a.example/b"),
    ("  https://a.example/b\n", "https://a.example/b"),
    ("/b", "https://blog.example/b"),
    ("b", "https://blog.example/2024/05/b"),
    ("../b", "https://blog.example/2024/b"),
    ("../../../../b", "https://blog.example/b"),
    ("?b", PAGE + "?b"),
    ("#b", PAGE + "#b"),
    ("", PAGE),
    ("//a.example/b", "https://a.example/b"),
    ("https:b", "https://blog.example/2024/05/b"),
    ("/ü b", "https://blog.example/%C3%BC%20b"),
    ("/a%20b%zz", "https://blog.example/a%20b%zz"),
    ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
    ("https://ü:x@münchen.example:80/", "https://%C3%BC:x@xn--mnchen-3ya.example:80/"),
]


@pytest.mark.parametrize(("written", "expected"), ABSOLUTE)
def test_an_address_is_resolved_as_on_its_page(written: str, expected: str) -> None:
    assert urls.absolute(PAGE, written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "mailto:ann@blog.example",
        "https://[::1",
        "//[",
        "http:b",
        "https://a.example:port/",
        # its full-width backslash is a backslash once DNS's own rules have been applied
        "https://evil\uff3cblog.example/",
    ],
)
def test_what_leads_to_no_page_is_none(written: str) -> None:
    assert urls.absolute(PAGE, written) is None


_PIECES = ["https:", "http:", "//", "/", "\\", "..", "?", "#", "@", ":", "[", "]", "::1", "ä", "。"]
_PIECES += ["%", "%zz", " ", "\t", "\n", "\x00", "\x7f", "<", '"', "'", "{", "|", "a.example", "80"]
ADDRESSES = st.text() | st.lists(st.sampled_from(_PIECES), max_size=9).map("".join)


@given(ADDRESSES)
@example("http://\ud800/\ud800")
@example("http://" + "ä" * 80 + ".example")
@example("http://ä..example")
@example("https://a.example\uff0fb/")
@settings(max_examples=500, deadline=None)
def test_an_absolute_address_is_a_web_url_in_visible_ascii_or_none(written: str) -> None:
    url = urls.absolute(PAGE, written)
    if url is not None:
        assert re.fullmatch(r"[!-~]+", url)
        assert urlsplit(url).scheme in {"http", "https"}
        assert urlsplit(url).hostname
        assert urls.is_web_url(url)
        assert not re.search(r'[<>"\\^`{|}]', url)


@given(ADDRESSES)
@settings(max_examples=300, deadline=None)
def test_an_absolute_address_stays_as_it_is(written: str) -> None:
    url = urls.absolute(PAGE, written)
    if url is not None:
        assert urls.absolute("http://other.example/x", url) == url


@given(ADDRESSES)
@example(' //"')
@settings(max_examples=300, deadline=None)
def test_a_written_permalink_is_a_web_url_or_none(written: str) -> None:
    url = urls.on_site(SITE, written)
    assert url is None or (urls.is_web_url(url) and url.isascii())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://a.example/b?c=d&e#f", "https://a.example/b?c=d&e#f"),
        ("https://a.example/50%25/%zz", "https://a.example/50%25/%zz"),
        ("/a b/ü?ö#ä", "/a%20b/%C3%BC?%C3%B6#%C3%A4"),
        ("https://ü.example/", "https://xn--tda.example/"),
        ("https://[no host/ü", "https://[no%20host/%C3%BC"),
        ("", ""),
    ],
)
def test_what_may_not_stand_in_a_url_is_encoded_and_the_rest_kept(
    written: str, expected: str
) -> None:
    assert urls.encoded(written) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://blog.example/a/b?c#d", "https://blog.example/"),
        ("http://blog.example:8080/a", "http://blog.example:8080/"),
    ],
)
def test_a_pages_site_is_its_scheme_and_host(url: str, expected: str) -> None:
    assert urls.origin(url) == expected


@pytest.mark.parametrize(
    ("feeds_url", "path", "expected"),
    [
        ("https://blog.example/feeds/", "entries.rss", "https://blog.example/feeds/entries.rss"),
        ("https://blog.example/feeds", "entries.rss", "https://blog.example/feeds/entries.rss"),
        (SITE, "comments/a b?.atom", "https://blog.example/comments/a%20b%3F.atom"),
        (SITE, "comments/50%.atom", "https://blog.example/comments/50%25.atom"),
        (SITE, "comments/ü.atom", "https://blog.example/comments/%C3%BC.atom"),
    ],
)
def test_a_file_of_the_output_is_served_below_the_feeds_url(
    feeds_url: str, path: str, expected: str
) -> None:
    assert urls.output_url(feeds_url, path) == expected


# --- output names ---------------------------------------------------------------------------------


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    "name", ["a", "hello", "Grüße", "日本語", "a b", "v1.2", "ä" * 100, "x" * 200]
)
def test_a_name_that_every_disk_can_hold_is_kept(name: str) -> None:
    assert urls.output_names([name]) == {name: name}


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a/b", "a-b-"),
        ("a\\b", "a-b-"),
        ("../../etc/passwd", "-..-etc-passwd-"),
        ("x" * 201, "x" * 191 + "-"),
        ("ä" * 101, "ä" * 95 + "-"),
        ("con", "con-"),
        ("NUL", "NUL-"),
        ("com1.backup", "com1-backup-"),
        (".htaccess", "htaccess-"),
        ("dot.", "dot-"),
        ("a\nb", "a-b-"),
        ("\x00", "--"),
        ("..", ""),
        ("", ""),
    ],
)
def test_a_name_that_some_disk_cannot_hold_is_cut_and_gets_digits_of_its_hash(
    name: str, stem: str
) -> None:
    assert urls.output_names([name]) == {name: stem + _digest(name)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Hello", "hello"),
        ("straße", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("\u01c5", "\u01c6"),
    ],
)
def test_of_two_names_that_a_disk_takes_for_one_the_first_keeps_it(first: str, second: str) -> None:
    names = urls.output_names([first, second])
    assert names[first] == first
    assert names[second].endswith("-" + _digest(second))


def test_a_name_that_looks_like_anothers_hash_takes_nothing_from_it() -> None:
    imitation = "A-" + _digest("A")
    names = urls.output_names([imitation, "a", "A"])
    assert names[imitation] == imitation
    assert len(set(names.values())) == 3


_AWKWARD = ["a", "A", "ä", "a\u0308", "Ä", "/", "\\", "..", ".", " ", "\x00", "\u0130", "i\u0307"]
_AWKWARD += ["ß", "ss", "con", "con.x", "LPT1", "x" * 199, "日" * 67, "A-" + _digest("A"), "\u0345"]
NAMES = st.lists(
    st.text() | st.lists(st.sampled_from(_AWKWARD), max_size=3).map("".join), unique=True
)


@given(NAMES)
@settings(max_examples=300, deadline=None)
def test_no_two_output_names_are_one_to_a_disk_that_folds(names: list[str]) -> None:
    found = list(urls.output_names(names).values())
    assert len(found) == len(names)
    for form in ("NFC", "NFD"):
        folded = {unicodedata.normalize(form, name).casefold() for name in found}
        assert len(folded) == len(names)


@given(NAMES)
@settings(max_examples=300, deadline=None)
def test_an_output_name_is_one_file_in_its_folder_on_any_system(names: list[str]) -> None:
    for found in urls.output_names(names).values():
        assert 0 < len(found.encode("utf-8")) <= 200
        assert found.isprintable()
        assert "\\" not in found
        assert not found.startswith((".", " "))
        assert not found.endswith((".", " "))
        assert found.partition(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
        path = PurePosixPath("/output/comments", found + ".atom")
        assert path.parent == PurePosixPath("/output/comments")


@given(NAMES, st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_a_newcomer_takes_no_name_that_is_in_use(names: list[str], count: int) -> None:
    before = urls.output_names(names[:count])
    after = urls.output_names(names)
    assert {name: after[name] for name in before} == before


def test_output_names_are_files_that_this_system_makes(tmp_path: Path) -> None:
    names = urls.output_names([name + suffix for name in _AWKWARD for suffix in ("", "x", "ü/")])
    for found in names.values():
        (tmp_path / f"{found}.atom").touch()
    assert len(list(tmp_path.iterdir())) == len(names)


# --- folding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hello-world", "Hello World"),
        ("hello_world", "hello.world"),
        ("--hello--", "hello"),
        ("caf%C3%A9", "Café"),
        ("cafe\u0301", "caf\u00e9"),
        ("ﬁn", "FIN"),
        ("１２", "12"),
        ("a/b", "a-b"),
    ],
)
def test_two_spellings_of_one_name_fold_to_the_same(one: str, other: str) -> None:
    assert urls.folded(one) == urls.folded(other) != ""


@pytest.mark.parametrize(("one", "other"), [("ab", "a-b"), ("c", "d"), ("cafe", "café")])
def test_two_names_do_not(one: str, other: str) -> None:
    assert urls.folded(one) != urls.folded(other)


@given(
    st.lists(
        st.text(st.sampled_from("aBz09-_ /%.\n\u0301\u00e9\u0130\u1e9e\ufb01\u2028\x85C3"))
        | st.text()
    )
)
@example([])
@example(["", ""])
@example(["one\ntwo", "three"])
@example(["%C3", "%A9", "%0", "A"])
@example(["e", "\u0301e"])
def test_all_names_fold_as_each_does(texts: list[str]) -> None:
    assert urls.all_folded(texts) == [urls.folded(text) for text in texts]


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_a_folded_name_is_words_and_single_hyphens(text: str) -> None:
    folded = urls.folded(text)
    assert re.fullmatch(r"(?:[^\W_]+(?:-[^\W_]+)*)?", folded)


@given(st.text(alphabet="abz09AZ-_ .%éİ²ſ/", max_size=12) | st.text(max_size=6))
def test_what_is_folded_at_a_glance_is_what_folding_makes_of_it(text: str) -> None:
    plain = unicodedata.normalize("NFKC", unquote(text)).casefold()
    assert urls.folded(text) == "-".join(re.findall(r"[^\W_]+", plain))
