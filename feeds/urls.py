"""Addresses: permalinks, ids, and where a file of `output/` will be found on the web."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from feeds.patterns import lazy

#: RFC 3986 §4.3, loosely: a scheme, a colon, and something without blanks behind it.
_ABSOLUTE_URI = lazy(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+")
_NOT_IN_HOST = r"\s\x00-\x20\x7f/\\?#@\[\]<>\"|^`{}"
#: RFC 3986 §3.2, loosely. A browser takes `\` for a slash, and would see another host than we do.
_AUTHORITY = lazy(
    rf"(?:[^{_NOT_IN_HOST}]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^:{_NOT_IN_HOST}]+)(?::[0-9]*)?"
)
#: A web URL that no function of this module would change, quickly told: no port, no query.
_PLAIN_URL = lazy(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9/!$&'()*+,=:@._~%-]*)?")
#: RFC 5646 §2.1, loosely: what `xml:lang` and RSS take.
LANGUAGE_TAG = lazy(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
#: What may stand in a path as it is; `%` too, where somebody else has encoded the rest already.
_PATH = "/!$&'()*+,;=:@-._~"
_ENCODED_PATH = _PATH + "%?#[]"
#: Names that Windows keeps for devices, whatever the suffix.
_DEVICES = lazy(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_MAX_NAME_BYTES = 200
#: What most posts are called, and no device is.
_PLAIN_NAME = lazy(r"[A-Za-z0-9_-]{5,100}")
_HASH_DIGITS = 8


def is_absolute_uri(text: str) -> bool:
    """Tell whether `text` can stand as an id by itself (RFC 3986 §4.3)."""
    return _ABSOLUTE_URI.fullmatch(text) is not None


def is_web_url(text: str) -> bool:
    """Tell whether `text` is an http or https URL that names a host."""
    if _PLAIN_URL.fullmatch(text):
        return True
    try:
        parts = urlsplit(text)
        return (
            parts.scheme.lower() in {"http", "https"}
            and _AUTHORITY.fullmatch(parts.netloc) is not None
            and parts.port != 0
            and is_absolute_uri(text)
        )
    except ValueError:  # a port that is no number, or over 65535; half an IPv6 address
        return False


_UNRESERVED = lazy(r"[A-Za-z0-9_.~-]*")


def quoted(text: str) -> str:
    """Percent-encode everything but RFC 3986's unreserved characters."""
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="")


def post_id(prefix: str, name: str, own: str | None) -> str:
    """Return a post's id: its own, if that is an absolute URI, else `prefix` and a name.

    Made of nothing that changes: not the title, the date, the permalink or the scheme.
    """
    if own and is_absolute_uri(own):
        return own
    return prefix + quoted(own or name)


def comment_id(post: str, own: str) -> str:
    """Return a comment's id, from the id of its post and what the comment itself is called."""
    return own if is_absolute_uri(own) else f"{post}#comment-{quoted(own)}"


def all_quoted(texts: Sequence[str]) -> Sequence[str]:
    """Percent-encode several texts as `quoted` does each; none of them needs it, mostly."""
    return texts if _UNRESERVED.fullmatch("".join(texts)) else [*map(quoted, texts)]


def comment_ids(post: str, owns: Sequence[str]) -> list[str]:
    """Return the ids of several comments on a post, as `comment_id` does of each."""
    if all_quoted(owns) is owns:  # what needs no encoding has no colon in it, as a URI has
        return [f"{post}#comment-{own}" for own in owns]
    return [comment_id(post, own) for own in owns]


def permalink(site: str, pattern: str, name: str, date: datetime, zone: tzinfo) -> str:
    """Return where a post stands that gives no permalink: `pattern`, appended to `site`.

    Year, month and day are those of the site's `zone`.
    """
    local = date.astimezone(zone)
    path = pattern.format(
        year=f"{local.year:04}",
        month=f"{local.month:02}",
        day=f"{local.day:02}",
        slug=quote(name, safe=_PATH.replace("/", "")),
    )
    return encoded(site.rstrip("/") + "/" + path.lstrip("/"))


def on_site(site: str, address: str) -> str | None:
    """Return a permalink that an author wrote as an absolute URL; None if it is not one.

    A path is appended to `site`, with that one's own path; nothing but http and https is a
    permalink.
    """
    address = address.strip()
    if address.startswith("/") and not address.startswith("//"):  # as nearly all are written
        return encoded(site.rstrip("/") + "/" + address.lstrip("/"))
    if is_web_url(url := encoded(address)):
        return url
    if address.startswith("//") or (":" in address.split("/", 1)[0]):
        return None
    return encoded(site.rstrip("/") + "/" + address.lstrip("/"))


def absolute(base: str, address: str) -> str | None:
    """Resolve `address` as a browser would on the page `base`; None if that is no web address."""
    try:
        url = urljoin(base, address.strip())
    except ValueError:
        return None
    url = encoded(url)
    return url if is_web_url(url) else None


def encoded(address: str) -> str:
    """Percent-encode what may not stand in a URL and leave the rest byte for byte."""
    if _PLAIN_URL.fullmatch(address):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return _quoted(address)
    rest = (_quoted(part) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, _ascii_authority(parts.netloc), *rest))


def _quoted(text: str) -> str:
    return quote(text, safe=_ENCODED_PATH, errors="replace")


def _ascii_authority(netloc: str) -> str:
    """Return `user@host:port` with the host in the form that DNS knows."""
    if netloc.isascii():
        return netloc
    user, at, place = netloc.rpartition("@")
    host, colon, port = place.partition(":")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = _quoted(host)
    return _quoted(user) + at + host + colon + _quoted(port)


def origin(url: str) -> str:
    """Return the scheme and host of `url`, with a slash: a page's site, if nothing else is known."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


@lru_cache(maxsize=256)
def output_url(feeds_url: str, path: str) -> str:
    """Return where the file `path` of `output/` is served."""
    return feeds_url.rstrip("/") + "/" + quote(path, safe=_PATH)


def output_names(names: Collection[str]) -> dict[str, str]:
    """Return a file name, without suffix, for each post name: itself wherever that is safe.

    Names that are too long, reserved or with a slash are cut and get eight digits of their hash.
    So do all but the first of those that a file system may take for one another (by case, or by
    Unicode normalisation): `names` come in the order in which they were published, so that a
    newcomer never takes the address of a feed that people subscribe to.
    """
    taken: set[str] = set()
    result: dict[str, str] = {}
    for name in names:
        file_name = name if _is_safe_name(name) else _hashed(name)
        key, salt = file_key(file_name), ""
        while key in taken:
            # The second round is for whoever calls a post `hello-2cf24dba`.
            file_name = _hashed(name, salt)
            key, salt = file_key(file_name), salt + "\0"
        taken.add(key)
        result[name] = file_name
    return result


def _is_safe_name(name: str) -> bool:
    if _PLAIN_NAME.fullmatch(name):
        return True
    return (
        0 < len(name.encode("utf-8", "surrogatepass")) <= _MAX_NAME_BYTES
        and not _DEVICES.fullmatch(name)
        and not name.startswith((".", " "))
        and not name.endswith((".", " "))
        and name.isprintable()
        and "/" not in name
        and "\\" not in name
    )


def digest(said: bytes) -> str:
    """Return what stands for some bytes for ever, in 64 hexadecimal digits (SHA-256)."""
    import hashlib  # which few runs need: what it loads takes two milliseconds

    return hashlib.sha256(said).hexdigest()


def _hashed(name: str, salt: str = "") -> str:
    salted = (name + salt).encode("utf-8", "surrogatepass")
    short = digest(salted)[:_HASH_DIGITS]
    safe = "".join("-" if c in "/\\" or not c.isprintable() else c for c in name).strip(" .")
    room = _MAX_NAME_BYTES - _HASH_DIGITS - 1
    stem = safe.encode("utf-8", "ignore")[:room].decode("utf-8", "ignore").strip(" .")
    if _DEVICES.fullmatch(stem):
        stem = stem.replace(".", "-")  # `con.x-1f0c` is still the console
    return f"{stem}-{short}" if stem else short


def file_key(name: str) -> str:
    """Return what is the same of all names that a file system may take for one another."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


#: A run of letters and digits.
_WORD = lazy(r"[^\W_]+")
#: What folding leaves as it is, such as the names of most posts, but for what stands between words.
_FOLDED = lazy(r"[a-z0-9]+(?:[-/ ][a-z0-9]+)*")


def folded(text: str) -> str:
    """Return what is the same in two spellings of one name (facts: the folded tier of linking).

    NFKC, percent-decoded, case-folded, each run of anything but letters and digits one hyphen,
    none at the ends.
    """
    if _FOLDED.fullmatch(lower := text.lower()) and text.isascii():
        return lower.replace("/", "-").replace(" ", "-")
    plain = unquote(text)
    plain = plain.lower() if plain.isascii() else unicodedata.normalize("NFKC", plain).casefold()
    return "-".join(_WORD.findall(plain))


#: What stands between words of one line, which an underscore does, too.
_NO_WORD = lazy(r"[^\w\n]+")


def all_folded(texts: Sequence[str]) -> list[str]:
    """Return what `folded` makes of each text; of all at once, that takes a tenth of the time."""
    plain = unquote("\n".join(texts))
    plain = plain.lower() if plain.isascii() else unicodedata.normalize("NFKC", plain).casefold()
    rows = _NO_WORD.sub("-", plain.replace("_", " ")).split("\n")
    if len(rows) != len(texts):  # one of them has more than one line
        return [folded(text) for text in texts]
    return [row.strip("-") for row in rows]
