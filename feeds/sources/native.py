"""The form that `front_matter` and `records` read, written: values and plain text → a file's text.

What people have to look at is quoted and escaped only where it must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from urllib.parse import unquote, urlsplit

from feeds import urls
from feeds.markup import POST, Policy, legal, one_line, split_at_more, text_of, to_html
from feeds.model import Body

# --- YAML and TOML --------------------------------------------------------------------------------

#: What every version of YAML reads as text, and as nothing else, without quotes.
_PLAIN = re.compile(r"[^\W\d_](?:[\w.,()’/ -]*[\w.)’/])?|https?://[\w./~-]+")
#: Words that some YAML reader takes for a truth value, nothing or a number.
_KEYWORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ESCAPES = {'"': '\\"', "\\": "\\\\"}


def quoted(text: str) -> str:
    r"""Return `text` as a string that YAML and TOML read alike: in quotes, `\u0085` for U+0085."""
    return (
        '"' + "".join(_ESCAPES.get(c) or (c if c.isprintable() else _code(c)) for c in text) + '"'
    )


def _code(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def scalar(text: str) -> str:
    """Return `text` as a YAML scalar that any reader takes for this very text."""
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _KEYWORDS
    return text if is_plain else quoted(text)


#: A list is one of texts, or of records of texts.
Value = str | int | Sequence[str] | Sequence[Mapping[str, str]] | None
Head = Mapping[str, Value]
#: Keys whose values are no text: nobody writes quotes around them.
_TYPED = frozenset({"date", "updated", "responses"})
_DATE_OR_NUMBER = re.compile(r"[\dTZ: +-]+")


def document(head: Head, paragraphs: Iterable[str]) -> str:
    """Return a content file: front matter with the keys that have a value, and a Markdown body."""
    body = "\n\n".join(markdown for text in paragraphs if (markdown := markdown_of(text)))
    return with_body(head, body)


def with_body(head: Head, body: str) -> str:
    """Return a content file: front matter with the keys that have a value, and the body as it is."""
    lines = chain.from_iterable(_lines(key, value) for key, value in head.items())
    return "\n".join(["---", *lines, "---", ""]) + (f"\n{body}\n" if body else "")


def record(head: Head, message: str) -> str:
    """Return a comment's file in Staticman's form: YAML, the body as `message`."""
    lines = chain.from_iterable(_lines(key, value) for key, value in head.items())
    return "\n".join([*lines, f"message: {quoted(message)}", ""])


def _lines(key: str, value: Value) -> Iterator[str]:
    if value is None or (not isinstance(value, str | int) and not value):
        return
    if isinstance(value, str | int):
        yield _line(key, str(value))
        return
    yield f"{key}:"
    for item in value:
        if isinstance(item, str):
            yield f"  - {scalar(one_line(item))}"
        else:
            inner = [_line(name, text) for name, text in item.items() if text]
            yield from (f"  {' ' if n else '-'} {line}" for n, line in enumerate(inner))


def _line(key: str, value: str) -> str:
    is_typed = key in _TYPED and _DATE_OR_NUMBER.fullmatch(value)
    return f"{key}: {value if is_typed else scalar(one_line(value))}"


# --- Markdown -------------------------------------------------------------------------------------

#: Both of what may read a text back; the address means nothing, no link in it is relative.
_POLICIES = (POST, Policy(comment=True))
_BASE = "https://feeds.invalid/"


def markdown_of(text: str) -> str:
    """Return a paragraph of plain text as Markdown that renders to exactly this text.

    Most text needs nothing. Whatever is escaped, the result has been rendered and compared: where
    escaping what commonly has a meaning does not do, everything is escaped that could have one.
    """
    lines = [line.strip() for line in re.split(r"\r\n?|\n", legal(text))]
    plain = "\n".join(line for line in lines if line)
    for spelled in (plain, _escaped(plain)):
        if _reads_as(spelled, plain):
            return spelled
    return _PUNCTUATION.sub(r"\\\g<0>", plain).replace("\ufeff", "&#xFEFF;")


def _reads_as(markdown: str, text: str) -> bool:
    body = Body(markdown)
    if split_at_more(body):
        return False
    try:
        shown = {text_of(to_html(body, _BASE, policy)) for policy in _POLICIES}
    except UnicodeDecodeError:  # cmark cuts "[^", a line's end and "𐀀]" within a character
        return False
    return shown == {one_line(text)}


#: Every character that CommonMark §2.4 lets a backslash escape.
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
#: What means something wherever it stands; addresses are links, and would keep the backslashes.
_MEANINGFUL = re.compile(
    r"(?P<address>(?:https?://|www\.)\S+)|[\\`*\[\]<~|]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)"
)
#: What opens a heading, a quotation, a list or a rule at the start of a line.
_OPENING = re.compile(r"(?m)^(?:#{1,6}(?=\s|$)|[>+=-]|\d{1,9}(?=[.)](?:\s|$)))")


def _escaped(text: str) -> str:
    inside = _MEANINGFUL.sub(lambda match: match["address"] or "\\" + match[0], text)
    return _OPENING.sub(_opening, inside)


def _opening(match: re.Match[str]) -> str:
    """Escape what opens a block; a number's dot is what makes it one."""
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


# --- names ----------------------------------------------------------------------------------------

_PAGE_SUFFIX = re.compile(r"(?i)\.(?:[xs]?html?|php\d?|aspx?|jsp|cgi|txt|md)$")
_DAY = re.compile(r"(?:\d{4}-\d{2}-\d{2}-)+(?=.)")
_APOSTROPHES = re.compile(r"(?<=\w)['’](?=\w)")
#: The part of a name that a file system surely takes, with a day before it and a suffix behind.
_MAX_NAME_BYTES = 150
#: No title says more in its first so many characters than an address needs.
_MAX_SLUG = 80


def post_name(url: str | None, title: str) -> str:
    """Return what the post is called: the last part of its address, else its title as a slug."""
    parts = [part for part in urlsplit(url).path.split("/") if part] if url else []
    while parts:
        name = safe_name(_PAGE_SUFFIX.sub("", unquote(parts.pop())))
        if name and name.lower() not in {"index", "default"}:
            return name
    slug = urls.folded(_APOSTROPHES.sub("", title))
    if len(slug) > _MAX_SLUG:
        slug = slug[: _MAX_SLUG + 1].rpartition("-")[0] or slug[:_MAX_SLUG]
    return safe_name(slug) or "page"


def safe_name(name: str) -> str:
    """Return `name` as the reader of content files gives it back, with nothing unsafe in it.

    A leading day would be taken for the date, and files that start with README are passed over.
    """
    safe = "".join("-" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in name)
    safe = _DAY.sub(
        "", safe.encode()[:_MAX_NAME_BYTES].decode(errors="ignore").strip(" ."), count=1
    )
    is_special = safe.lower().startswith(("readme", "_index.")) or safe.endswith("~")
    return f"post-{safe.rstrip('~')}" if is_special or safe.startswith("#") else safe
