"""The subscribe page, and the two lines that a site includes into its own pages.

Three functions of values, made from the same `Feed`s as the feeds themselves: what the page calls
a feed, and the rights line at its foot, are letter for letter what stands in the feeds. Titles and
names are strangers' text here, so `_text` is the only way that any of it gets into the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from feeds import dates, markup, urls
from feeds.feed import GENERATOR, Entry, Feed, Replies
from feeds.formats import FORMATS, FormatInfo
from feeds.patterns import lazy
from feeds.settings import Settings
from feeds.tuples import NamedTuple

_NEWEST = 10
#: The comments feeds of so many posts are listed; a sentence tells of the others.
LISTED = 200
_EXCERPT_WORDS = 30
#: A script that puts no blanks between words knows no thirty words.
_EXCERPT_CHARACTERS = 240
# fmt: off
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


class PostFeed(NamedTuple):
    """One post's comments feed, as the subscribe page lists it."""

    title: str
    permalink: str
    #: Where it is published, without suffix.
    address: str
    #: How many comments are to be read there.
    count: int  # type: ignore[assignment]  # nobody counts what is in the tuple


#: Colours keep 4.5:1 on the paper and on the cards, light and dark (WCAG 1.4.3); the page loads
#: nothing, so the fonts are those that the reader's system sets long text in.
_STYLE = """
:root{color-scheme:light dark;--paper:#fffdfa;--card:#f7f3ec;--ink:#24211d;--quiet:#635c53;--line:#e3dcd1;--link:#9a3b06;--mark:#d9600f}
@media(prefers-color-scheme:dark){:root{--paper:#181614;--card:#211e1b;--ink:#e8e3da;--quiet:#aba295;--line:#3a352f;--link:#ffb27d;--mark:#f08a3c}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{max-width:66rem;margin:0 auto;padding:clamp(1.5rem,5vw,4rem) clamp(1rem,5vw,3rem) 2rem;overflow-wrap:anywhere}
h1,h2,h3,p,ul,dl,dd{margin:0;padding:0}
h1,h2,h3,.title,.tagline{font-family:Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,serif}
h1,h2,h3{line-height:1.2;text-wrap:balance}
h1{font-size:clamp(1.8rem,1.3rem + 2.4vw,2.9rem);letter-spacing:-.015em;margin-top:.4rem}
h2{font-size:1.4rem;margin-bottom:.7rem}
h3{font-size:1.15rem;margin-bottom:.3rem}
section{margin-top:clamp(2.25rem,5vw,3.5rem)}
section>p,header>p,details>p{max-width:42rem}
a{color:var(--link);text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.18em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--mark);outline-offset:3px;border-radius:2px}
.home,.meta,footer{color:var(--quiet);font-size:.875rem}
svg{width:.85em;height:.85em;margin-inline-end:.5em;fill:var(--mark)}
.tagline{margin-top:.6rem;font-size:1.15rem;font-style:italic;color:var(--quiet)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.25rem clamp(1.25rem,4vw,3rem)}
section .pair{margin-top:1.5rem}
.card{padding:1.25rem clamp(1rem,3vw,1.5rem) 1.1rem;background:var(--card);border:1px solid var(--line);border-radius:.6rem}
dl{margin:1rem 0}
dl div{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 1rem;padding:.6rem 0;border-top:1px solid var(--line)}
dt{flex:0 0 8.5rem;font-weight:600;font-size:.95rem}
dd{flex:1 1 20rem}
code{font:.85em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
dd code{display:block;-webkit-user-select:all;user-select:all}
.list{list-style:none}
.list li{padding:.85rem 0;border-top:1px solid var(--line)}
.title{color:inherit;font-size:1.1rem;line-height:1.35;text-decoration-color:var(--mark)}
.meta a,time{white-space:nowrap}
.excerpt{margin-top:.3rem}
summary{width:fit-content;margin-top:1rem;padding:.3rem 0;cursor:pointer;font-weight:600}
details .list{margin-top:.6rem;columns:24rem;column-gap:clamp(1.25rem,4vw,3rem)}
details li{break-inside:avoid}
details>p{margin-top:1rem}
footer{margin-top:clamp(2.5rem,6vw,4rem);padding-top:1.25rem;border-top:1px solid var(--line)}
"""


# --- the three files ------------------------------------------------------------------------------


def index_html(
    settings: Settings,
    entries: Feed,
    comments: Feed,
    post_feeds: Sequence[PostFeed],
    total: int | None = None,
) -> bytes:
    """Return `index.html`: every feed, what is new, and the site's footer line.

    Args:
        settings: the site.
        entries: the entries feed.
        comments: the comments feed of the whole site.
        post_feeds: the comments feeds of single posts, in the order in which they are to be shown.
        total: how many there are, if `post_feeds` is no more than `LISTED` of them.
    """
    return _file(
        "<!DOCTYPE html>",
        f'<html lang="{_text(_page_language(settings))}">',
        "<head>",
        *_head(settings, entries, comments),
        "</head>",
        "<body>",
        *_header(settings),
        "<main>",
        *_subscribe(settings, entries, comments),
        '<div class="pair">',
        *_newest_entries(settings, entries),
        *_newest_comments(settings, comments),
        "</div>",
        *_post_feeds(settings, post_feeds[:LISTED], total or len(post_feeds)),
        "</main>",
        f"<footer><p{_lang(settings)}>{_footer_line(settings, entries, comments)}</p></footer>",
        "</body>",
        "</html>",
    )


def head_html(settings: Settings, feeds: Sequence[Feed]) -> bytes:
    """Return `head.html`: the links by which browsers and readers find `feeds` on a page."""
    return _file(_GENERATOR_COMMENT, *_alternates(settings, feeds))


def footer_html(settings: Settings, entries: Feed, comments: Feed) -> bytes:
    """Return `footer.html`: rights and labels, for the paragraph that the site's footer has."""
    return _file(_GENERATOR_COMMENT, _footer_line(settings, entries, comments))


# --- what the three share -------------------------------------------------------------------------

_GENERATOR_COMMENT = f"<!-- generator: {GENERATOR} -->"
_LAST_OF_PLANES = "".join(chr(p + 0xFFFE) + chr(p + 0xFFFF) for p in range(0, 0x110000, 0x10000))
#: Legal in XML, parse errors in HTML (§13.2.3.5): more control characters, and noncharacters.
_NO_HTML = lazy(f"[\x7f-\x9f\ufdd0-\ufdef{_LAST_OF_PLANES}]")


def _file(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _text(text: str) -> str:
    """Return anybody's text as HTML, for an element or for an attribute in double quotes.

    Apostrophes stay: letter for letter means that a search for the rights line finds it.
    """
    legal = _NO_HTML.sub(markup.REPLACEMENT, markup.legal(text, markup.REPLACEMENT))
    return markup.escaped(legal).replace('"', "&quot;")


def _formats(settings: Settings) -> list[FormatInfo]:
    return [FORMATS[name] for name in settings.feeds.formats]


def _alternates(settings: Settings, feeds: Sequence[Feed]) -> Iterator[str]:
    formats = _formats(settings)
    for feed in feeds:
        for info in formats:
            title = f"{feed.title} ({info.name})" if len(formats) > 1 else feed.title
            yield (
                f'<link rel="alternate" type="{info.media_type}"'
                f' title="{_text(title)}" href="{_text(feed.address + info.suffix)}">'
            )


def _footer_line(settings: Settings, entries: Feed, comments: Feed) -> str:
    """Return `© … · Entries RSS · Comments RSS`; the labels lead to RSS, or to what there is."""
    formats = settings.feeds.formats
    info = FORMATS["rss" if "rss" in formats else formats[0]]
    parts = [f"<bdi>{_text(settings.rights)}</bdi>"] if settings.rights else []
    parts += [
        f'<a rel="alternate" type="{info.media_type}" href="{_text(feed.address + info.suffix)}">'
        f"<bdi>{_text(feed.label)}</bdi></a>"
        for feed in (entries, comments)
        if feed.label
    ]
    return " · ".join(parts)


# --- the parts of the page ------------------------------------------------------------------------


def _head(settings: Settings, entries: Feed, comments: Feed) -> Iterator[str]:
    yield '<meta charset="utf-8">'
    # Before anything that the site can make long: `publish` looks for it in the first 2 KB.
    yield f'<meta name="generator" content="{_text(GENERATOR)}">'
    yield (
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>Subscribe to {_text(settings.title)}</title>"
    yield from _alternates(settings, (entries, comments))
    yield f"<style>{_STYLE}</style>"


#: The sign that people know feeds by.
_ICON = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="5" cy="19" r="3"/>'
    '<path d="M2 2a20 20 0 0 1 20 20h-4A16 16 0 0 0 2 6zm0 7a13 13 0 0 1 13 13h-4a9 9 0 0 0-9-9z"/>'
    "</svg>"
)


def _header(settings: Settings) -> Iterator[str]:
    home = re.sub(r"^https?://", "", settings.url, flags=re.IGNORECASE).rstrip("/")
    yield "<header>"
    yield f'<p class="home">{_ICON}<a href="{_text(settings.url)}"><bdi>{_text(home)}</bdi></a></p>'
    yield f"<h1>Subscribe to {_own(settings, settings.title)}</h1>"
    if settings.description not in {"", settings.title}:
        yield f'<p class="tagline"{_lang(settings)} dir="auto">{_text(settings.description)}</p>'
    yield "</header>"


def _subscribe(settings: Settings, entries: Feed, comments: Feed) -> Iterator[str]:
    yield '<section aria-labelledby="feeds">'
    yield '<h2 id="feeds">Feeds</h2>'
    yield (
        "<p>A feed brings what is new here to your feed reader, an app or a website of your choice:"
        " no account, no e-mail address. Copy an address below into your reader."
        f"{_which_format(settings)}</p>"
    )
    yield '<div class="pair">'
    window = settings.feeds
    what = f"New posts, {_how(settings, entries)}, the newest {window.entries} at a time."
    yield from _feed(settings, entries, "Posts", what)
    what = f"New comments, {_how(settings, comments)}, the newest {window.comments} at a time."
    yield from _feed(settings, comments, "Comments", what)
    yield "</div>"
    yield "</section>"


def _which_format(settings: Settings) -> str:
    if len(settings.feeds.formats) == 1:
        return ""
    return " The formats all say the same; if in doubt, take the first."


def _how(settings: Settings, feed: Feed) -> str:
    """Say how much the feed has of each entry; comments are there in full where posts are not."""
    full = settings.feeds.content == "full" or any(entry.content for entry in feed.entries)
    return "in full" if full else "in brief"


def _feed(settings: Settings, feed: Feed, heading: str, what: str) -> Iterator[str]:
    """Show one feed: what it is, and its address in each format, a click selecting all of it."""
    key = heading.lower()
    yield '<div class="card">'
    yield f'<h3 id="{key}">{heading}</h3>'
    yield f"<p>{what}</p>"
    yield "<dl>"
    for info in _formats(settings):
        address = feed.address + info.suffix
        yield (
            f"<div><dt>{_feed_link(settings, address, info, key)}</dt>"
            f"<dd>{_address(address)}</dd></div>"
        )
    yield "</dl>"
    yield f'<p class="meta">Your reader will call it “{_own(settings, feed.title)}”</p>'
    yield "</div>"


def _newest_entries(settings: Settings, feed: Feed) -> Iterator[str]:
    yield '<section aria-labelledby="newest-posts">'
    yield '<h2 id="newest-posts">Newest posts</h2>'
    yield from _list(
        (
            _title_link(settings, entry)
            + _meta(_date(entry), _authors(entry), _replies(entry.replies))
            for entry in feed.entries[:_NEWEST]
        ),
        "Nothing has been published yet.",
    )
    yield "</section>"


def _newest_comments(settings: Settings, feed: Feed) -> Iterator[str]:
    yield '<section aria-labelledby="newest-comments">'
    yield '<h2 id="newest-comments">Newest comments</h2>'
    yield from _list(
        (
            _title_link(settings, entry) + _meta(_date(entry)) + _excerpt(settings, entry)
            for entry in feed.entries[:_NEWEST]
        ),
        "Nobody has commented yet.",
    )
    yield "</section>"


def _list(items: Iterator[str], if_empty: str) -> Iterator[str]:
    lines = [f"<li>{item}</li>" for item in items]
    yield from (
        ['<ul class="list" role="list">', *lines, "</ul>"] if lines else [f"<p>{if_empty}</p>"]
    )


def _post_feeds(settings: Settings, post_feeds: Sequence[PostFeed], total: int) -> Iterator[str]:
    if not post_feeds:
        return
    yield '<section aria-labelledby="post-feeds">'
    yield '<h2 id="post-feeds">Comments on one post</h2>'
    yield "<p>To follow the conversation on a single post, take the feed of its comments.</p>"
    yield "<details>"
    yield f"<summary>Feeds of {_counted(total, 'post')}</summary>"
    yield '<ul class="list" role="list">'
    for number, post_feed in enumerate(post_feeds, 1):
        yield f"<li>{_post_feed(settings, post_feed, f'post-{number}')}</li>"
    yield "</ul>"
    if total > len(post_feeds):
        yield _more_post_feeds(settings, total - len(post_feeds))
    yield "</details>"
    yield "</section>"


def _post_feed(settings: Settings, post_feed: PostFeed, key: str) -> str:
    links = (
        _feed_link(settings, post_feed.address + info.suffix, info, key)
        for info in _formats(settings)
    )
    title = _own(settings, post_feed.title)
    link = f'<a class="title" id="{key}" href="{_text(post_feed.permalink)}">{title}</a>'
    return link + _meta(_comments(post_feed.count), *links)


def _more_post_feeds(settings: Settings, more: int) -> str:
    address = urls.output_url(settings.feeds_url, "comments/NAME" + _formats(settings)[0].suffix)
    return (
        f"<p>{_counted(more, 'more post')} {'has' if more == 1 else 'have'} a feed too, at"
        f" {_address(address)} with the post’s name in the place of <code>NAME</code>.</p>"
    )


# --- the smallest pieces --------------------------------------------------------------------------


def _page_language(settings: Settings) -> str:
    """Return the language of the page's own words: English, the site's if the site has one."""
    english = settings.language.lower().split("-")[0] == "en"
    return settings.language if english else "en"


def _lang(settings: Settings, own: str | None = None) -> str:
    """Return the `lang` attribute of the site's words (WCAG 3.1.2), if they need one."""
    language = own or settings.language
    return "" if language == _page_language(settings) else f' lang="{_text(language)}"'


def _own(settings: Settings, text: str, language: str | None = None) -> str:
    """Return the site's words isolated, whatever their direction does (UAX #9)."""
    return f"<bdi{_lang(settings, language)}>{_text(text)}</bdi>"


def _title_link(settings: Settings, entry: Entry) -> str:
    title = _own(settings, entry.title, entry.language)
    return f'<a class="title" href="{_text(entry.permalink)}">{title}</a>'


def _feed_link(settings: Settings, address: str, info: FormatInfo, described_by: str) -> str:
    return (
        f'<a href="{_text(_beside(settings, address))}" type="{info.media_type}"'
        f' aria-describedby="{described_by}">{info.name}</a>'
    )


def _address(address: str) -> str:
    """Return an address to be copied, which breaks where its path does if the screen is narrow."""
    return "<code>" + re.sub(r"(?<=[^/])/(?=[^/])", "/<wbr>", _text(address)) + "</code>"


def _beside(settings: Settings, address: str) -> str:
    """Return `address` as seen from this page, so that it leads to the file beside it.

    In a preview, and in a folder opened from disk, the site's address may not answer yet.
    """
    here = urls.output_url(settings.feeds_url, "")
    return "./" + address.removeprefix(here) if address.startswith(here) else address


def _meta(*parts: str) -> str:
    shown = " · ".join(part for part in parts if part)
    return f'<p class="meta">{shown}</p>' if shown else ""


def _date(entry: Entry) -> str:
    """Return when it was published; what has no date shows none."""
    if entry.published is None:
        return ""
    return f'<time datetime="{dates.rfc3339(entry.published)}">{_day(entry.published)}</time>'


def _day(moment: datetime) -> str:
    """Return `14 April 2017`: strftime would ask the machine for its language."""
    moment = dates.utc(moment)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _authors(entry: Entry) -> str:
    return ", ".join(f"<bdi>{_text(person.name)}</bdi>" for person in entry.authors)


def _replies(replies: Replies | None) -> str:
    if replies is None:
        return ""
    return f'<a href="{_text(replies.page_url)}">{_comments(replies.count)}</a>'


def _comments(count: int) -> str:
    return _counted(count, "comment") if count else "no comments yet"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _excerpt(settings: Settings, entry: Entry) -> str:
    text = markup.excerpt_of(entry.summary or entry.content or "", _EXCERPT_WORDS)
    if len(text) > _EXCERPT_CHARACTERS:
        text = text[: _EXCERPT_CHARACTERS - 1].rstrip() + "…"
    language = _lang(settings, entry.language)
    return f'<p class="excerpt"{language} dir="auto">{_text(text)}</p>' if text else ""
