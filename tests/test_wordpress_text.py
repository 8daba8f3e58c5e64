"""What WordPress makes of the text that it stores: paragraphs, punctuation, links, shortcodes."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.exports import wordpress_text
from feeds.exports.wordpress_shortcodes import Media, Rendered
from feeds.exports.wordpress_text import curled, linked, paragraphs, smilies
from feeds.markup import POST, Policy, first_illegal, text_of, to_html
from feeds.model import Body, Markup

PIER = Media("https://blog.example/files/pier.jpg", "The pier", alt="A pier at dawn")
FERRY = Media("https://blog.example/files/ferry.jpg", "The ferry")
VIDEO = "https://a.example/v.mp4"
SONG = Media("https://blog.example/files/song.mp3", "Rowing song")


@dataclass
class Shelf:
    """A library with three files; the first two were uploaded for post 7."""

    files: dict[int, Media] = field(default_factory=lambda: {1: PIER, 2: FERRY, 3: SONG})

    def media(self, ids: Sequence[int]) -> list[Media]:
        return [self.files[number] for number in ids if number in self.files]

    def pictures_of(self, post: int) -> list[Media]:
        return [PIER, FERRY] if post == 7 else []


def rendered(text: str, post: int = 7) -> Rendered:
    return wordpress_text.post(text, post, Shelf())


def post(text: str) -> str:
    """The HTML of a post, without line ends."""
    return rendered(text).html.replace("\n", "")


def shown(markup: str) -> str:
    """What a reader sees of it."""
    return text_of(to_html(Body(markup, Markup.HTML), "https://blog.example/", POST))


def link(address: str) -> str:
    return f'<a href="{address}">{address}</a>'


# --- paragraphs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "html"),
    [
        ("One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One.\r\n\r\n \r\nTwo.\r\n", "<p>One.</p><p>Two.</p>"),
        ("One,\ntwo.", "<p>One,<br />two.</p>"),
        ("One,<br>\ntwo.", "<p>One,<br>two.</p>"),
        ("One.<br /><br/>Two.", "<p>One.</p><p>Two.</p>"),
        ("<h2>Head</h2>Text.", "<h2>Head</h2><p>Text.</p>"),
        ("Text.<hr />More.", "<p>Text.</p><hr /><p>More.</p>"),
        ("<p>Mine.</p>\n\nYours.", "<p>Mine.</p><p>Yours.</p>"),
        ("<p>Mine,\n\nin two.</p>", "<p>Mine,</p><p>in two.</p>"),
        ("<p>Never closed.\n<ul><li>x</li></ul>", "<p>Never closed.</p><ul><li>x</li></ul>"),
        ("<blockquote>Said.</blockquote>", "<blockquote><p>Said.</p></blockquote>"),
        ("<blockquote>A\n\nB</blockquote>", "<blockquote><p>A</p><p>B</p></blockquote>"),
        (
            "<ul>\n<li>a\n<ol>\n<li>b</li>\n</ol></li>\n</ul>",
            "<ul><li>a<ol><li>b</li></ol></li></ul>",
        ),
        ("<div>One.\n\nTwo.</div>", "<div><p>One.</p><p>Two.</p></div>"),
        ("<td>a\nb</td>", "<td>a<br />b</td>"),
        ("<em>a</em>\n<b\nclass='x'>b</b>", "<p><em>a</em><br /><b class='x'>b</b></p>"),
        ("a\n\n<!--more Go on-->\n\nb", "<p>a</p><!--more Go on--><p>b</p>"),
        ("<!--more-->", "<!--more-->"),
        ("<script>a\n\nb</script>", "<script>ab</script>"),
        ("  \n\n ", ""),
    ],
)
def test_blank_lines_make_paragraphs_and_line_ends_breaks(stored: str, html: str) -> None:
    assert paragraphs(stored).replace("\n", "") == html


def test_preformatted_text_keeps_its_lines() -> None:
    stored = "See:\n\n<pre>\nif a:\n\n    b\n</pre>\nDone."
    assert paragraphs(stored) == "<p>See:</p>\n<pre>\nif a:\n\n    b\n</pre>\n<p>Done.</p>"


def test_an_element_that_is_never_closed_swallows_nothing() -> None:
    assert paragraphs("<pre>a\n\nb").replace("\n", "") == "<pre><p>a</p><p>b</p>"


# --- punctuation ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('"Row", she said.', "“Row”, she said."),
        ("'Row', she said.", "‘Row’, she said."),
        ("\"'Row' is what she said.\"", "“‘Row’ is what she said.”"),
        ("It's the boatmen's", "It’s the boatmen’s"),
        ("the '90s and '04", "the ’90s and ’04"),
        ("'tis 'bout time", "’tis ’bout time"),
        ("a mast of 9'6\" in all", "a mast of 9’6″ in all"),
        ("12' long", "12′ long"),
        ('"It is 12" long"', "“It is 12″ long”"),
        ('of "42" boats', "of “42” boats"),
        ("('so')", "(‘so’)"),
        ("wait -- no", "wait — no"),
        ("wait---no", "wait—no"),
        ("pages 3--4", "pages 3–4"),
        ("north - south", "north – south"),
        ("xn--bcher-kva", "xn--bcher-kva"),
        ("and so...", "and so…"),
        ("``so''", "“so”"),
        ("Oars (tm)", "Oars ™"),
        ("3x4 and 10x20", "3×4 and 10×20"),
        ("0x9999, 3x4cm, ax3", "0x9999, 3x4cm, ax3"),
        ("oars & masts &amp; &#38;", "oars &amp; masts &amp; &#38;"),
        ("plain", "plain"),
    ],
)
def test_typewriters_marks_become_printers(typed: str, printed: str) -> None:
    assert curled(typed) == printed


@pytest.mark.parametrize("name", ["code", "pre", "kbd", "tt", "script", "style"])
def test_code_stays_as_it_was_typed(name: str) -> None:
    literal = f"<{name}>\"a\" -- 'b'...</{name}>"
    assert curled(f'{literal} "c"') == f"{literal} “c”"


def test_tags_comments_and_known_shortcodes_stay_and_unknown_ones_do_not() -> None:
    stored = '<a title="x -- y">a</a><!-- "b" -->[gallery ids="1"] [boats kind="row"]'
    assert curled(stored) == (
        '<a title="x -- y">a</a><!-- "b" -->[gallery ids="1"] [boats kind=”row”]'
    )


def test_a_bare_ampersand_in_an_address_names_no_sign() -> None:
    assert curled('<a href="/?a=1&copy=2">x</a>') == '<a href="/?a=1&amp;copy=2">x</a>'


@pytest.mark.parametrize(
    ("stored", "title"),
    [
        ('"Oars" & <em>masts</em>', "“Oars” & masts"),
        ("R&amp;D &copy; &#8217;", "R&D © ’"),
        ("If a < b, &lt; 3", "If a < b, < 3"),
        ("two\nlines\x08", "two lines"),
        ("", ""),
    ],
)
def test_a_title_is_plain_text_on_one_line(stored: str, title: str) -> None:
    assert wordpress_text.title(stored) == title


# --- links and smileys ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("See https://a.example/x.", f"See {link('https://a.example/x')}."),
        ("(http://a.example)", f"({link('http://a.example')})"),
        ("http://a.example/b_(c), d", f"{link('http://a.example/b_(c)')}, d"),
        ("www.a.example!", f"{link('http://www.a.example')}!"),
        ("http://a.example/?a&amp;b=1", link("http://a.example/?a&amp;b=1")),
        ("&lt;http://a.example&gt;", f"&lt;{link('http://a.example')}&gt;"),
        ("http:// and https://x", "http:// and https://x"),
        ("ann@a.example", "ann@a.example"),
        ("javascript://a.example", "javascript://a.example"),
    ],
)
def test_bare_addresses_become_links_and_email_does_not(written: str, html: str) -> None:
    assert linked(written) == html


@pytest.mark.parametrize("within", ["a", "code", "pre", "script"])
def test_nothing_is_linked_where_it_is_linked_or_code(within: str) -> None:
    stored = f"<{within} class='x'>http://a.example/</{within}>"
    assert linked(stored) == stored


def test_smileys_that_stand_alone_become_emoji() -> None:
    assert smilies("Row :) and ;-) :lol:") == "Row 🙂 and 😉 😆"
    assert smilies("a:) http://x <code>:)</code> 1:0 (8)") == "a:) http://x <code>:)</code> 1:0 (8)"


def test_a_comment_has_paragraphs_curls_links_and_emoji_but_no_shortcodes() -> None:
    said = wordpress_text.comment('"So" -- www.a.example :)\n\n[gallery] ann@a.example')
    assert said == (
        f"<p>“So” — {link('http://www.a.example')} 🙂</p>\n<p>[gallery] ann@a.example</p>"
    )


# --- shortcodes, blocks, pages --------------------------------------------------------------------


@pytest.mark.parametrize(
    "stored",
    [
        '[caption id="x" width="9"]<a href="/p"><img src="/p.jpg"></a> It\'s here[/caption]',
        '[caption caption="It’s here"]<a href="/p"><img src="/p.jpg"></a>[/caption]',
        '[wp_caption caption="It’s here"]<a href="/p"><img src="/p.jpg"></a>[/wp_caption]',
    ],
)
def test_captions_of_all_ages_are_figures(stored: str) -> None:
    figure = (
        '<figure><a href="/p"><img src="/p.jpg"></a><figcaption>It’s here</figcaption></figure>'
    )
    assert post(stored) == figure


def test_a_gallery_shows_its_pictures() -> None:
    assert post('[gallery ids="2,1"]') == (
        f'<p><img src="{FERRY.url}" alt="" /><br /><img src="{PIER.url}" alt="A pier at dawn" /></p>'
    )
    assert rendered("[gallery]", post=7).html.count("<img") == 2


def test_a_gallery_whose_pictures_are_elsewhere_is_dropped_and_counted() -> None:
    assert rendered('Before [gallery ids="8"][gallery] after', post=9) == Rendered(
        "<p>Before  after</p>", dropped=2
    )


@pytest.mark.parametrize(
    ("stored", "html"),
    [
        (
            '[audio mp3="/a.mp3"][/audio]',
            '<audio controls src="/a.mp3"><a href="/a.mp3">/a.mp3</a></audio>',
        ),
        (
            f'[video width="9" mp4="{VIDEO}" poster="/p.png"]',
            f'<video controls src="{VIDEO}" poster="/p.png">{link(VIDEO)}</video>',
        ),
        (
            "[audio https://a.example/a.mp3]",
            f'<audio controls src="https://a.example/a.mp3">{link("https://a.example/a.mp3")}</audio>',
        ),
        (
            "[embed]https://a.example/v?a=1&amp;b=2[/embed]",
            '<a href="https://a.example/v?a=1&amp;b=2">https://a.example/v?a=1&amp;b=2</a>',
        ),
        ("[audio src='javascript:x']", ""),
    ],
)
def test_players_and_embeds_lead_to_what_they_play(stored: str, html: str) -> None:
    assert post(stored) == (f"<p>{html}</p>" if html else "")


def test_galleries_without_end_come_to_one() -> None:
    start = time.process_time()
    done = rendered(
        "[gallery]" * 50_000 + f'[gallery ids="{"1," * 50_000}"]' + f"[audio {'a' * 50_000}]"
    )
    assert len(done.html) < 5_000_000
    assert done.dropped
    assert time.process_time() - start < 5


def test_a_playlist_is_a_list() -> None:
    assert post('[playlist ids="3"]') == f'<ul><li><a href="{SONG.url}">Rowing song</a></li></ul>'


def test_an_address_alone_on_its_line_is_a_link_and_one_in_a_sentence_is_not() -> None:
    assert post("https://a.example/v") == f"<p>{link('https://a.example/v')}</p>"
    assert post("See https://a.example/v") == "<p>See https://a.example/v</p>"


def test_escaped_and_unknown_shortcodes_are_shown() -> None:
    assert post('[[gallery ids="1"]] and [boats]') == '<p>[gallery ids="1"] and [boats]</p>'
    assert post("[[caption]x[/caption]]") == "<p>[caption]x[/caption]</p>"
    assert post("[caption]never closed [/gallery]") == "<p>[caption]never closed [/gallery]</p>"


def test_all_pages_of_a_post_are_one() -> None:
    assert post("One.\n<!--nextpage-->\nTwo.") == "<p>One.</p><p>Two.</p>"


def test_blocks_lose_their_comments_and_nothing_else() -> None:
    stored = (
        '<!-- wp:paragraph {"x":1} -->\n<p>"One"\ntwo</p>\n<!-- /wp:paragraph -->\n\n'
        "<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->\n"
        "<!-- wp:shortcode -->\n[boats]\n\n[more]\n<!-- /wp:shortcode -->\n"
        "<!-- wp:boats/list /-->\n<!-- wp:boats/box -->\n<div>in</div>\n<!-- /wp:boats/box -->"
    )
    assert post(stored) == "<p>“One”two</p><!--more--><p>[boats]</p><p>[more]</p><div>in</div>"


# --- what always holds ----------------------------------------------------------------------------

BITS = (
    "<p> </p> <div> </div> <li> </li> <ul> </ul> <blockquote> </blockquote> <pre> </pre> <br> <em>"
    " </em> <!-- --> [caption] [/caption] [gallery [[ ]] ] [embed] [/embed] \" ' -- ... 9 & &amp; :)"
    " http://a.example/ <script> <"
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from([*BITS.split(), " ", "\n", "\n\n", "<!-- wp:shortcode -->"]),
        st.text(max_size=5),
    ),
    max_size=20,
).map("".join)
MAKERS: list[Callable[[str], str]] = [
    paragraphs,
    curled,
    wordpress_text.comment,
    wordpress_text.title,
    lambda text: rendered(text).html,
]


@given(PIECES)
@settings(deadline=None)
def test_whatever_is_stored_gives_text_that_xml_allows(text: str) -> None:
    for change in MAKERS:
        assert first_illegal(change(text)) is None


WORDS = st.lists(
    st.sampled_from(["oar", "mast", "rope\n", "keel\n\n", "hull", "<em>rib</em>", "x"]), min_size=1
)


@given(WORDS)
@settings(deadline=None)
def test_paragraphs_change_no_word(words: list[str]) -> None:
    text = " ".join(words)
    assert shown(paragraphs(text)) == shown(text)


@given(PIECES)
@settings(max_examples=50, deadline=None)
def test_paragraphs_match_their_ends(text: str) -> None:
    plain = re.sub(r"</?p>|<!--|-->|<(?:/?(?:pre|script)>)", "", text)
    made = paragraphs(html.escape(plain, quote=False))
    assert made.count("<p>") == made.count("</p>")


@pytest.mark.parametrize(
    "seed",
    ["<!--", "<a ", "<pre>", "[gallery", "[caption]", "\"'", "1x", "--", " \n", "<br>", "http://",
     "http://a.b)", "&#", "'1\"", "<!-- wp:shortcode -->", "a=", ":) "],
)  # fmt: skip
def test_no_text_takes_more_than_its_length(seed: str) -> None:
    start = time.process_time()
    for change in [*MAKERS, linked, smilies]:
        change(seed * (200_000 // len(seed)))
    assert time.process_time() - start < 5


def test_a_tag_whose_name_never_ends_takes_no_more_than_its_length() -> None:
    start = time.process_time()
    for change in [*MAKERS, linked, smilies]:
        change("8-) www. 'x' <" + "name" * 50_000)
    assert time.process_time() - start < 5


def test_what_a_stranger_writes_is_still_for_the_sanitiser_to_judge() -> None:
    said = wordpress_text.comment('http://a.example/"onclick=x <b onclick="y">b</b>')
    clean = to_html(Body(said, Markup.HTML), "https://blog.example/", Policy(comment=True))
    assert "onclick" not in re.sub(r">[^<]*<", "><", clean)
