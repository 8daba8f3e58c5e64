"""What blogs say around their posts and comments, in English, German and Spanish.

A line goes in, and out comes what it says: a heading over comments, a date, who wrote something.
How a page is built is not known here. Another language is a row in the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from types import MappingProxyType

from feeds import dates
from feeds.errors import ContentError
from feeds.urls import folded

#: No line of furniture is longer; what is longer was written by somebody.
MAX_LINE = 200
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹› "


def any_of(words: str | Iterable[str]) -> str:
    """Return a pattern for any of `words`; `_` stands for blanks within one."""
    listed = words.split() if isinstance(words, str) else words
    return "(?:" + "|".join(word.replace("_", r"\s+") for word in listed) + ")"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def pattern_of(text: str) -> re.Pattern[str]:
    """Return a pattern that takes capitals for small letters."""
    return re.compile(text, re.IGNORECASE)


# --- the heading over the comments ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """The line over a list of comments."""

    language: str
    #: How many comments it says there are; None if it gives no number.
    stated: int | None
    #: The post's title, if the heading names it.
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counting:
    """How a language counts comments."""

    language: str
    #: From none on; several words for one number are joined by a slash.
    numbers: str
    nouns: str
    #: What stands between the number of comments and the post's title.
    links: str
    #: What may stand before the number: "This Post Has …".
    frame: str
    #: What may follow the number: "… so far".
    rest: str
    #: Headings without a number; they count above a list only.
    bare: str

    @property
    def values(self) -> dict[str, int]:
        """What each number word means."""
        groups = enumerate(self.numbers.split())
        spelled = {word: n for n, group in groups for word in group.split("/")}
        return {word.replace("_", " "): number for word, number in spelled.items()}

    @property
    def pattern(self) -> re.Pattern[str]:
        """All the headings of this language."""
        number = any_of([r"\d[\d.,'\u00a0]*", *self.values])
        nouns, links = any_of(self.nouns), any_of(self.links)
        counted = (
            rf"(?:{self.frame}\s+)?(?P<number>{number})\s+{nouns}(?:\s+{links}\s+(?P<title>\S.*?))?"
            rf"\s*[|»·:,.!–-]*\s*(?:{any_of(self.rest)}\W*)?"
        )
        bracketed = rf"{nouns}\s*\((?P<bracketed>\d+)\)(?:\s+{links}\s+(?P<titled>\S.*))?:?"
        return pattern_of(rf"{counted}|{bracketed}|{any_of(self.bare)}:?")


_COUNTINGS = (
    _Counting(
        language="en",
        numbers="no/zero one two three four five six",
        nouns="responses? thoughts? comments? repl(?:y|ies) reactions?",
        links="to on about for",
        frame=r"(?:this|the) (?:post|entry|article|story) has",
        rest="so_far add_(?:yours|your_own|a_comment|comment) leave_a_(?:comment|reply)",
        bare="comments responses replies discussion",
    ),
    _Counting(
        language="de",
        numbers="kein/keine ein/eine/einen zwei drei vier fünf sechs",
        nouns="antwort(?:en)? gedanken? kommentare? reaktion(?:en)? meinung(?:en)?",
        links="zu auf über",
        frame=r"(?:dieser|der|diese|dieses) (?:beitrag|artikel|eintrag|post) hat",
        rest="bisher kommentar_(?:hinzufügen|schreiben|hinterlassen)",
        bare="kommentare antworten",
    ),
    _Counting(
        language="es",
        numbers="ningún/ninguna/sin/no_hay un/una dos tres cuatro cinco seis",
        nouns="comentarios? respuestas? pensamientos? ideas? opini(?:ón|ones) reacci(?:ón|ones)",
        links="a en sobre para",
        frame=r"est[ea] (?:entrada|artículo|post|publicación) tiene",
        rest="hasta_ahora añade_el_tuyo deja_un_comentario",
        bare="comentarios respuestas",
    ),
)
_HEADINGS = tuple((counting, counting.pattern) for counting in _COUNTINGS)


def heading(line: str) -> Heading | None:
    """Read `4 Responses to “Title”` and its kin; None if the line is nothing of the kind."""
    if len(line) > 2 * MAX_LINE:
        return None
    for counting, pattern in _HEADINGS:
        if match := pattern.fullmatch(line):
            title = (match["title"] or match["titled"] or "").strip(_QUOTES)
            stated = _count(match["number"] or match["bracketed"], counting.values)
            return Heading(counting.language, stated, title or None)
    return None


def _count(number: str | None, values: Mapping[str, int]) -> int | None:
    if number is None:
        return None
    digits = re.sub(r"\D", "", number)
    return int(digits[:9]) if digits else values.get(number.lower())


_PINGS = pattern_of(r"(?:\d+\s+)?(?:(?:pingback|trackback|ping)s?(?:\W+(?:and|und|y)\W+|\W*))+")


def is_ping_heading(line: str) -> bool:
    """Tell whether a line stands over a list of pingbacks."""
    return len(line) <= MAX_LINE and _PINGS.fullmatch(line) is not None


# --- links of comments ----------------------------------------------------------------------------

#: Nothing else in a paragraph, and it is a link, wherever it stands.
_CERTAIN_LINKS = (
    r"(?:log_in_to_)?reply(?:_to_this_comment)? reply\W?delete antworten? zum_antworten_anmelden"
    r" responder accede_para_responder your_comment_is_awaiting_moderation"
)
_LINKS = any_of(
    rf"{_CERTAIN_LINKS} replies delete edit permalink quote flag report like share"
    r" link(?:_to_this_comment)? bearbeiten zitieren melden löschen editar citar eliminar"
    r" enlace(?:_permanente)? post_author author beitragsautor(?:in)? autor(?:_de_la_entrada)? loading"
)
_LINK = pattern_of(rf"\b{_LINKS}\b|#\d*|[¶∞]")
_CERTAIN_LINK = pattern_of(rf"\W*{any_of(_CERTAIN_LINKS)}\W*")
_TRAILING_LINK = pattern_of(rf"(?:[\s|·•–—-]|\()(?:{_LINKS}\b|[#¶∞])\W*$")
_BLOGGER_LINKS = re.compile(r"(?<=\S)Reply ?Delete$")


def is_link(line: str) -> bool:
    """Tell whether a line at a comment's edge is nothing but links: Reply, Edit, #."""
    rest, links = _LINK.subn("", line)
    return links > 0 and len(line) <= MAX_LINE // 2 and not any(c.isalnum() for c in rest)


def is_certain_link(line: str) -> bool:
    """Tell whether a line amid a comment is nothing but a link to answer it."""
    return len(line) <= MAX_LINE // 2 and _CERTAIN_LINK.fullmatch(line) is not None


def without_links(line: str) -> str:
    """Return a date's line without the links behind it: `… at 12:25 pm | Reply`, `… (Edit)`."""
    previous = ""
    while line != previous:
        previous, line = line, _TRAILING_LINK.sub("", line)
    return line


def without_blogger_links(line: str) -> str:
    """Return a line without the `ReplyDelete` that Blogger's theme runs into a comment's end."""
    return _BLOGGER_LINKS.sub("", line)


# --- dates ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that is nothing but a date."""

    #: As front matter takes it, with a zone only where one was written; None: it cannot be read.
    value: str | None
    #: Whether all of the line was understood.
    certain: bool = True


_ENGLISH = "january february march april may june july august september october november december"
_GERMAN = "januar februar märz april mai juni juli august september oktober november dezember"
_SPANISH = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
_MONTHS: Mapping[str, str] = MappingProxyType(
    {
        spelling: english
        for names in (_ENGLISH, _GERMAN, _SPANISH)
        for name, english in zip(names.split(), _ENGLISH.split(), strict=True)
        for spelling in (name, name[:3])
    }
    | {"sept": "september", "mrz": "march"}
)
#: Words of a date that say nothing that its numbers do not say, too.
_FILLERS = _words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun montag"
    " dienstag mittwoch donnerstag freitag samstag sonntag lunes martes miércoles jueves viernes"
    " sábado domingo at on um uhr vom den el a las la de del the of"
)
_CLOCK_WORDS = _words("am pm utc gmt t z st nd rd th")
#: Abbreviations that mean a zone, and which one nobody knows.
_UNPLACEABLE = _words(
    "est edt cst cdt mst mdt pst pdt cet cest mez mesz bst ist eet eest wet west aest aedt"
)
_RELATIVE = pattern_of(
    r"(?:about\s+)?(?:\d+|an?|one)\s+(?:second|minute|hour|day|week|month|year)s?\s+ago"
    r"|vor\s+\w+\s+(?:sekunde|minute|stunde|tag|woche|monat|jahr)\w*"
    r"|hace\s+\w+\s+(?:segundo|minuto|hora|día|semana|mes|año)\w*"
)
_CLOCK = pattern_of(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?")
_POSTED = pattern_of(r"^(?:posted|published|veröffentlicht|publicado|last updated)\b:?\s*")
#: A month by name, or day, month and year by number; a lone `2016` is no date.
_DAY = pattern_of(rf"\b(?:{any_of(_MONTHS)})\b|\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}")
_MAX_DATE = 80
#: Stands for "no zone was written" while `dates.parse` reads; it never leaves this room.
_UNPLACED = timezone(timedelta(0), "unplaced")


def date_line(line: str) -> DateLine | None:
    """Read a line that is nothing but a date, with or without a time and links around it."""
    if len(line) > MAX_LINE:
        return None
    text = _POSTED.sub("", without_links(line), count=1).strip(" .,:·|()")
    if not text or len(text) > _MAX_DATE:
        return None
    if _RELATIVE.fullmatch(text):
        return DateLine(None, certain=False)
    read = _in_english(text)
    if read is None:
        return None
    plain, certain = read
    if value := date_value(plain):
        return DateLine(value, certain)
    return DateLine(date_value(_CLOCK.sub("", plain)), certain=False)


def _in_english(text: str) -> tuple[str, bool] | None:
    """Return a date in words that `dates.parse` knows, and whether nothing of it was ignored.

    None: there is a word in it that no date has, or no year.
    """
    if not re.search(r"(?<!\d)\d{4}(?!\d)", text) or not _DAY.search(text):
        return None
    text = re.sub(r"(?i)\b([ap])\.\s?m\b\.?", r"\1m", text.replace("@", " "))
    certain = True
    pieces: list[str] = []
    for piece in re.split(r"([^\W\d_]+)", text):
        word = piece.lower()
        follows_number = bool(re.search(r"\d\s*$", "".join(pieces)))
        if word in _MONTHS:
            pieces.append(_MONTHS[word])
        elif word in _FILLERS or (word == "am" and not follows_number):
            pieces.append(" ")
        elif word in _UNPLACEABLE:
            certain = False
        elif piece.isalpha() and word not in _CLOCK_WORDS:
            return None
        else:
            pieces.append(piece)
    plain = re.sub(r"(?i)(?<=\d)(?:st|nd|rd|th)\b", "", "".join(pieces))
    return " ".join(plain.split()).strip(" .,"), certain


def date_value(text: str) -> str | None:
    """Return a date as front matter takes it, with a zone only if it has one; None if it is none.

    The site's zone is not known here, so a time without one stays without.
    """
    try:
        moment = dates.parse(text, _UNPLACED)
    except ContentError:
        return None
    if moment.tzinfo is not _UNPLACED:
        return moment.isoformat(sep=" ")
    if not _CLOCK.search(text) and not (moment.hour or moment.minute or moment.second):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


# --- who wrote it ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Byline:
    """A line that says who wrote something, and perhaps when."""

    name: str
    date: DateLine | None = None


_VERBS = any_of(
    "says said wrote writes commented replied sagt sagte schreibt schrieb meint meinte kommentiert"
    " kommentierte antwortet antwortete dice dijo escribe escribió comenta comentó opina"
)
_SAYS = pattern_of(
    rf"(?P<name>.{{1,100}})[\s,]+{_VERBS}(?:[\s,]+(?P<when>[^:].*?))?\s*(?P<colon>:?)"
)
_VERB_AT_END = pattern_of(rf"\s+{_VERBS}\s*:?$")
_NAME_THEN_DATE = pattern_of(r"[\s,]+(?:on|am|el|at|·|\||–|—|-)\s+")
_PING = pattern_of(r"(?:pingback|trackback|ping)(?: (?:from|von|de))?\s*:\s*(?P<name>.*)")
_BY = pattern_of(
    r"(?:(?:posted|written|published|geschrieben|veröffentlicht|publicado|escrito)\s+)?"
    r"(?:(?P<before>\S.{5,60}?)\s+)?(?:by|von|por):?\s+(?P<name>.{2,60}?)"
    r"(?:(?:\s*[,|·]\s*|\s+(?:[–—-]|on|am|el)\s+)(?P<after>.{4,60}))?"
)
_PARTICLES = _words("von van de der den del di da la le bin al y und and &")
_AUTHOR_MARK = pattern_of(r"\s*\(?\b(?:post author|author|beitragsautor(?:in)?|autor)\)?$")
_MAX_NAME_WORDS = 8


def said_by(line: str) -> Byline | None:
    """Read `Name says:`, `Name wrote on July 11, 2011 at 12:25 pm:` and their kin."""
    if len(line) > MAX_LINE:
        return None
    for cut in _NAME_THEN_DATE.finditer(line):
        if when := date_line(_VERB_AT_END.sub("", line[cut.end() :])):
            return _byline(_VERB_AT_END.sub("", line[: cut.start()]), when)
    if match := _SAYS.fullmatch(line):
        when = date_line(match["when"]) if match["when"] else None
        is_told = when or match["colon"] or len(match["name"].split()) <= _MAX_NAME_WORDS // 2
        if is_told and bool(when) == bool(match["when"]):
            return _byline(match["name"], when)
    return None


def _byline(name: str, when: DateLine | None) -> Byline | None:
    name = clean_name(name)
    is_name = any(c.isalnum() for c in name) and len(name.split()) <= _MAX_NAME_WORDS
    return Byline(name, when) if is_name else None


def clean_name(name: str) -> str:
    """Return a commenter's name without what a theme puts beside it."""
    return _AUTHOR_MARK.sub("", name).strip(" ,:")


def could_be_name(line: str) -> bool:
    """Tell whether a line that stands alone may be a name: short, and no sentence."""
    return (
        len(line) <= 60
        and len(line.split()) <= _MAX_NAME_WORDS // 2
        and any(c.isalnum() for c in line)
        and line[-1] not in ".!?…:,;"
        and not line.startswith(("http:", "https:", "@"))
    )


def pinged_by(line: str) -> str | None:
    """Return the title of the page that a `Pingback: …` line names; None if it is no such line."""
    match = _PING.fullmatch(line)
    return match["name"].strip() if match else None


def written_by(line: str) -> Byline | None:
    """Read a post's byline: `By Name`, `Posted on April 14, 2017 by Name`, `Von Name`."""
    match = _BY.fullmatch(line) if len(line) <= MAX_LINE else None
    if not match:
        return None
    when = match["before"] or match["after"]
    date = date_line(when) if when else None
    if bool(when) != bool(date) or not is_personal(match["name"]):
        return None
    return Byline(match["name"].strip(), date)


def is_personal(name: str) -> bool:
    """Tell whether each word could be part of a person's name: a capital, or a particle."""
    words = name.split()
    return 0 < len(words) <= 5 and all(w[0].isupper() or w.lower() in _PARTICLES for w in words)


def same(one: str, other: str) -> bool:
    """Tell whether two titles are one, whatever became of quotes, case and blanks."""
    return bool(folded(one)) and folded(one) == folded(other)
