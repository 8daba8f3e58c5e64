"""What a blog's theme puts around posts: boxes, links, notes about authors, the site's footer.

A paragraph goes in, and out comes what kind of furniture it is, if it is any. The patterns err on
the side of the text: what somebody wrote is worth more than a clean end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feeds.markup import one_line
from feeds.sources.page_words import MAX_LINE, DateLine, any_of, is_personal, pattern_of

# --- the footer -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Footer:
    """What a line of the site's footer says."""

    rights: str | None = None
    #: What the link to the entries feed is called.
    entries: str | None = None
    #: What the link to the comments feed is called.
    comments: str | None = None
    #: Everything else in it.
    rest: tuple[str, ...] = ()


_SEPARATOR = re.compile(r"\s+[·•|–—-]\s+|\s*[·•|]\s*")
_RIGHTS = pattern_of(r"(?:copyright\s*)?(?:©|\(c\)\s|(?<=copyright)\s+(?:\d{4}|by)\b).*")
_RESERVED = pattern_of(r".*(?:rights reserved|rechte vorbehalten|derechos reservados).*")
_FEED = pattern_of(r"\b(?:rss|atom)\b|feed\b")
_ENTRIES = pattern_of(
    r"entr(?:y|ies)|posts?\b|articles?|beitr[aä]g|eintr[aä]g|artikel|entradas?|artículos?"
)
_COMMENTS = pattern_of(r"comment|kommentar|comentario")
_PLAIN_FEED = pattern_of(r"(?:rss|atom)(?:[- ]feed)?")
_MAX_LABEL = 40


def footer(line: str) -> Footer | None:
    """Read `© 2021 Somebody. All rights reserved. · Entries RSS`; None if it is no such line."""
    if len(line) > 2 * MAX_LINE:
        return None
    rights = entries = comments = None
    rest: list[str] = []
    for segment in _segments(line):
        kind = _label(segment)
        if rights is None and _RIGHTS.match(segment):
            rights = segment
        elif rights and _RESERVED.fullmatch(segment):
            # Letter for letter, with the separator: "© 2021 Somebody | All rights reserved".
            rights = line[line.index(rights) : line.index(segment) + len(segment)]
        elif kind == "entries" and entries is None:
            entries = segment
        elif kind == "comments" and comments is None:
            comments = segment
        else:
            rest.append(segment)
    found = rights or entries or comments
    return Footer(rights, entries, comments, tuple(rest)) if found else None


def _segments(line: str) -> Iterable[str]:
    for segment in filter(None, (part.strip() for part in _SEPARATOR.split(line))):
        halves = re.split(r"\s+(?:and|und|y)\s+", segment.rstrip("."))
        # Kubrick, WordPress' theme of 2005: "Entries (RSS) and Comments (RSS)."
        yield from halves if all(_label(half) for half in halves) else [segment]


def _label(segment: str) -> str | None:
    if len(segment) > _MAX_LABEL or _RIGHTS.match(segment) or not _FEED.search(segment):
        return None
    if _COMMENTS.search(segment):
        return "comments"
    return "entries" if _ENTRIES.search(segment) or _PLAIN_FEED.fullmatch(segment) else None


# --- furniture ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of furniture: what people call it, and what a whole paragraph of it looks like."""

    what: str
    pattern: re.Pattern[str]

    def matches(self, paragraph: str) -> re.Match[str] | None:
        """Match a paragraph that is short enough to be furniture."""
        return self.pattern.fullmatch(paragraph) if len(paragraph) <= MAX_LINE else None


def _kind(what: str, *patterns: str) -> _Kind:
    return _Kind(what, pattern_of("|".join(f"(?:{pattern})" for pattern in patterns)))


_NETWORKS = any_of(
    r"facebook twitter x pinterest linkedin reddit whatsapp tumblr pocket telegram google\+?"
    r" instagram mastodon bluesky substack youtube threads e-?mail print drucken imprimir more mehr"
    r" más rss tweet flipboard stumbleupon digg skype xing"
)
_SHARE_WORDS = (
    r"share_this(?:_(?:post|article|story|entry|page))? share_(?:post|article|story)"
    r" share_this_with_.* click_to_(?:share|print|e-?mail)_.* (?:diesen_)?beitrag_teilen"
    r" teilen_mit comparte_est[aeo]\w* compartir_(?:est[aeo]\w*|en)"
)
_LEAVE_A_REPLY = (
    r"leave a (?:reply|comment|response)",
    r"(?:schreibe?|hinterlasse?) (?:einen kommentar|eine antwort)",
    r"deja (?:un comentario|una respuesta)",
)
#: Seen after a post's text, or around its comments.
_AROUND = (
    _kind(
        "share links",
        rf"{any_of(_SHARE_WORDS)}\W*",
        any_of(
            rf"share share_on_{_NETWORKS} like_this like_loading gefällt_mir teilen compartir"
            r" gefällt_mir_wird_geladen me_gusta(?:_esto)? me_gusta_cargando comparte"
        )
        + r"\W*",
    ),
    _kind(
        "comment form",
        *(rf"{words}\b.{{0,80}}" for words in _LEAVE_A_REPLY),
        r"comments? (?:are|is) (?:now )?closed\W*",
        r".{0,40}kommentare? (?:sind|ist) geschlossen\W*",
        r"(?:los )?comentarios (?:están )?cerrados\W*",
        r"(?:post|add|write) a comment\b.{0,40}|post comment|submit|cancel reply|δ",
        r"kommentar (?:schreiben|hinterlassen|abschicken)|antwort(?:en)? abbrechen",
        r"publicar (?:el )?comentario|cancelar (?:la )?respuesta",
        r"join the (?:discussion|conversation)\W*",
        r"your e-?mail address will not be published.{0,80}|required fields are marked.{0,20}",
        r"(?:deine|ihre) e-?mail-adresse wird nicht veröffentlicht.{0,80}",
        r"(?:erforderliche|notwendige) felder sind.{0,40}",
        r"tu dirección de correo electrónico no será publicada.{0,80}",
        r"los campos obligatorios.{0,40}",
        r"(?:comment|name|e-?mail|mail|website|url|kommentar|webseite)\s*(?:\*|\(required\))?",
        r"(?:comentario|nombre|correo electrónico|web)\s*\*?",
        r"save my name, e-?mail.{0,120}|notify me of .{0,80}|subscribe to comments.{0,40}",
        r"meinen namen, meine e-?mail.{0,140}|guarda mi nombre, correo.{0,140}",
        r"you can (?:leave a response|follow any responses|skip to the end)\b.{0,150}",
        r"you must be logged in to\b.{0,80}|this site uses akismet.{0,120}",
    ),
    _kind(
        "follow links",
        rf"(?:follow|find|like|connect with) (?:me|us|@?\w+(?: \w+)?) on {_NETWORKS}\b.{{0,80}}",
        rf"(?:folge?t?|folgen sie) (?:mir|uns) (?:auf|bei) {_NETWORKS}\b.{{0,80}}",
        rf"s[ií]gue(?:me|nos) en {_NETWORKS}\b.{{0,80}}",
        rf"(?:[^|]{{1,40}}\|)+ ?{_NETWORKS}\W*",
        rf"(?:{_NETWORKS}\b\W*){{1,12}}",
    ),
    _kind(
        "tags",
        r"(?:tag|categor(?:y|ie)|kategorie|etiqueta|categoría)s?n?\s*:.{1,180}",
        r"(?:tagged(?: with| as)?|filed (?:under|in)|posted in)\s*:.{1,180}",
        r"(?:schlagw(?:ort|örter)|veröffentlicht in|etiquetado|archivado en)\s*:.{1,180}",
        r"(?:tagged|filed under|posted in|veröffentlicht in|archivado en)\s.{0,180}[^.!?]",
        r"this entry was (?:posted|tagged|filed)\s.{0,190}",
        r"dieser beitrag wurde (?:am|unter|von|in)\s.{0,190}",
        r"esta entrada fue publicada\s.{0,190}",
    ),
    _kind(
        "navigation",
        r"←.{0,150}|.{0,150}→",
        # In German, »…« stand around a quotation, and in Spanish «…»: these have no such pair.
        r"[«‹]\s[^«»]{0,150}|[^«»]{0,150}\s[»›]",
        r"(?:previous|next|older|newer) (?:post|article|entr)(?:s|y|ies)?(?::.{0,150})?",
        r"(?:previous|next):.{0,150}|vorheriger beitrag.{0,150}|nächster beitrag.{0,150}",
        r"entrada (?:anterior|siguiente).{0,150}|navegación de entradas",
        r"(?:post|beitrags|artikel)-? ?navigation|back to top|skip to content",
    ),
    _kind("advertisement", r"(?:advertisements?|anzeige|werbung|publicidad|anuncios?)\W*"),
)
#: Unmistakable even amid a text.
_ANYWHERE = (
    _kind("share links", rf"{any_of(_SHARE_WORDS)}\W*"),
    _kind("advertisement", r"advertisements?\W*"),
)
_OWN_WORK = (
    r"(?:(?:our|my|unsere|meine|nuestr[oa]|mi) (?:[\w-]+ ){0,2}(?:work|site|website|blog|journalism"
    r"|writing|podcast|newsletter|magazine|activism|project|reporting|arbeit|seite|trabajo|proyecto)"
    r"|this (?:work|site|website|blog|podcast|newsletter)|diese[ns]? (?:blog|seite)|este (?:blog|sitio))\b"
)
_DONATION = pattern_of(
    "|".join(
        (
            rf"\b(?:please|to|help|bitte|por favor,?) (?:support|fund|sustain|apoya) {_OWN_WORK}",
            rf"(?:^|[.!?:] )(?:support|fund|sustain|apoya|unterstützen? ?(?:sie)?) (?:us\b|{_OWN_WORK})",
            r"\bplease (?:support us|donate to us)\b|\bunterstützen? ?(?:sie)? uns\b",
            r"\b(?:buy (?:me|us) a (?:coffee|beer)|invítame a un café)\b",
            r"^(?:donate(?: (?:now|today|here|via paypal))?|(?:jetzt )?spenden|donar)\W*$",
            # The alt text of a button, run into the sentence behind it: "red-donateWith your …".
            r"(?-i:^(?:[^\W_]+[-_])*[Dd]onate(?:[-_][a-z0-9]+)*(?=[A-Z][a-z]))",
        )
    )
)
_MAX_DONATION = 600
_BULLET = re.compile(r"^[•◦▪▫‣●○■]\s+")


def furniture(paragraph: str) -> str | None:
    """Return what kind of furniture a paragraph outside of texts is; None if it is none."""
    paragraph = _BULLET.sub("", paragraph)
    if len(paragraph) <= _MAX_DONATION and _DONATION.search(paragraph):
        return "donation box"
    return next((kind.what for kind in _AROUND if kind.matches(paragraph)), None)


def furniture_anywhere(paragraph: str) -> str | None:
    """Return what kind of furniture a paragraph amid a post's text is; None if it is none."""
    return next((kind.what for kind in _ANYWHERE if kind.matches(paragraph)), None)


def is_furniture(paragraph: str) -> bool:
    """Tell whether a paragraph is furniture, or the site's footer."""
    return bool(furniture(paragraph) or footer(paragraph))


# --- boxes ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Box:
    """Furniture with a heading of its own."""

    heading: _Kind
    #: How many paragraphs there may be below the heading.
    most: int
    #: Whether they are titles, links or labels, and no sentences.
    is_light: bool


_BOXES = (
    _Box(
        _kind(
            "related posts",
            r"related(?: (?:posts?|articles?|stories|content))?\W*",
            r"you (?:may|might) also (?:like|enjoy)\W*|(?:recent|popular) posts\W*|see also\W*",
            r"more (?:posts|from this (?:blog|site)|like this)\W*",
            r"(?:ähnliche|verwandte) (?:beiträge|artikel)\W*",
            r"das könnte (?:dich|sie) auch interessieren\W*",
            r"(?:(?:entradas|artículos) )?relacionad[ao]s?\W*",
            r"(?:también )?te (?:puede|podría) interesar\W*",
        ),
        most=12,
        is_light=True,
    ),
    _Box(
        _kind("comment form", *(rf"{words}\W*" for words in _LEAVE_A_REPLY)),
        most=12,
        is_light=True,
    ),
    _Box(
        _kind(
            "author's note",
            r"about (?:the author|me|(?P<who>\w+(?: \w+){0,3}))\W*",
            r"über (?:den autor|die autorin|mich)\W*",
            r"(?:sobre|acerca de) (?:el autor|la autora|mí)\W*",
        ),
        most=1,
        is_light=False,
    ),
)
_LIGHT = 120
#: No box has more paragraphs, with its heading.
MAX_BOX = 13


def box(paragraphs: Sequence[str]) -> tuple[str, int] | None:
    """Find a box ("Related Posts" and what is below) at the end of `paragraphs`.

    Returns what it is and how many paragraphs it has, or None.
    """
    for kind in _BOXES:
        if size := _size(kind, paragraphs):
            return kind.heading.what, size
    return None


def _size(kind: _Box, paragraphs: Sequence[str]) -> int | None:
    for size in range(1, min(kind.most + 1, len(paragraphs)) + 1):
        text = paragraphs[-size]
        match = kind.heading.matches(text)
        if match and _is_about(match, paragraphs[len(paragraphs) - size + 1 :]):
            return size
        if kind.is_light and (len(text) > _LIGHT or text.endswith(".")):
            return None
    return None


def _is_about(heading: re.Match[str], below: Sequence[str]) -> bool:
    """Tell whether "About Somebody" is followed by what may be about somebody of that name.

    "About last night" may be a heading within the text.
    """
    who = heading.groupdict().get("who")
    if who is None:
        return True
    return is_personal(who) and bool(below) and who.split()[0] in below[0][:_LIGHT]


# --- notes about authors ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Biography:
    """What a note about an author says: who that is, and of what."""

    name: str
    #: The publication, if the role is one that belongs to it.
    site: str | None


_ROLES = any_of(
    "editor founder co-founder publisher owner blogger writer author columnist contributor"
    " correspondent journalist reporter redakteur redakteurin herausgeber herausgeberin gründer"
    " gründerin autor autorin journalist journalistin editora director directora fundador fundadora"
    " autora periodista"
)
_BIOGRAPHY = pattern_of(
    r"(?:^|[.!?|•·:]\s+)(?P<name>[^\W\d_][\w'’-]*(?:\s(?:[^\W\d_]\.|[\w'’-]+)){0,4})\s+"
    r"(?:is|ist|es)\s+(?:(?:the|an?|our|der|die|ein|eine|el|la|un|una)\s+)?"
    rf"(?:[\w-]+\s+){{0,4}}?{_ROLES}\b(?:-in-chief)?(?:\s+(?:and|und|y)\s+(?:[\w-]+\s*){{1,3}}?)?"
    r"(?:\s+(?:of|at|for|behind|von|bei|de|en)\s+(?P<site>(?:[^,.;()|]|\.(?=\w)){2,60}?)"
    r"(?=\s*[,;.()|]|$|\s+(?:and|where|which|who|since|und|wo|y|donde)\b))?"
)


def biography(paragraph: str) -> Biography | None:
    """Read `NAME is the Executive Editor of SITE`; None if the paragraph says nothing like it."""
    match = _BIOGRAPHY.search(paragraph[:600])
    if not match or not is_personal(match["name"]):
        return None
    return Biography(match["name"], match["site"])


# --- what is set aside -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something on the page that is neither the post nor a comment."""

    what: str
    text: str


class Aside:
    """What is set aside while reading a part of a page: the footer's words, and all left out.

    Attributes:
        rights: the footer's rights line.
        entries_label: what the footer's link to the entries feed is called.
        comments_label: likewise for the comments feed.
    """

    def __init__(self, below: Aside | None = None) -> None:
        """Start with what was set aside in the part `below`, which was read before this one."""
        self.rights: str | None = below.rights if below else None
        self.entries_label: str | None = below.entries_label if below else None
        self.comments_label: str | None = below.comments_label if below else None
        self._below = below
        self._left_out: list[LeftOut] = []
        self._links: Counter[str] = Counter()

    def leave(self, what: str, text: str) -> None:
        """Note that something is left out."""
        self._left_out.append(LeftOut(what, one_line(text)))

    def leave_link(self, text: str) -> None:
        """Note a link of a comment; there are as many as comments, so they are only counted."""
        self._links[one_line(text)] += 1

    def leave_date(self, line: str, date: DateLine) -> None:
        """Note a date of which something was not understood."""
        if not date.certain:
            self.leave("part of a date" if date.value else "date that cannot be read", line)

    def take_footer(self, line: str) -> bool:
        """Take a line for the site's footer, if it is one; the first of each kind counts."""
        found = footer(line)
        if not found:
            return False
        self.rights = self._first(self.rights, found.rights)
        self.entries_label = self._first(self.entries_label, found.entries)
        self.comments_label = self._first(self.comments_label, found.comments)
        for text in found.rest:
            self.leave("footer", text)
        return True

    def _first(self, known: str | None, found: str | None) -> str | None:
        if known and found and known != found:
            self.leave("footer", found)
        return known or found

    def listed(self) -> tuple[LeftOut, ...]:
        """Return all that was left out, in the order of the page; comments' links come last."""
        links = (
            LeftOut("links in comments", text if times == 1 else f"{text} ({times} times)")
            for text, times in self._links.items()
        )
        return (*self._left_out, *links, *(self._below.listed() if self._below else ()))
