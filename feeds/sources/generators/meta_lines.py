"""Front matter without fences: `Title: x` and `.. title: x` lines, with nothing private in it.

Comments are kept in the same forms as posts, with the commenter's address among their lines; such
a line is passed over while reading.
"""

from __future__ import annotations

from feeds.markup import display_name

#: What says who or where a reader is, in the words of Nikola's and Pelican's comment plugins.
_PRIVATE = frozenset(
    [
        *("email", "e_mail", "mail", "author_email", "authoremail", "email_hash", "gravatar"),
        *("ip", "author_ip", "ip_address", "remote_addr", "host", "user_agent", "agent"),
        *("author_user_agent", "avatar", "md5", "passwd"),
    ]
)


def is_private(key: str) -> bool:
    """Tell whether a key names an e-mail address, an IP address or the like."""
    return key.strip().lower().replace("-", "_") in _PRIVATE


def said(key: str, value: str) -> str:
    """Return what a line says, without the blanks around it; a name is never an address."""
    value = value.strip()
    if key.strip().lower() == "password":
        return "set" if value else ""  # that there is one hides a post; what it is nobody holds
    is_name = key.strip().lower() in {"author", "authors", "name"}
    return display_name(value) if is_name and "@" in value else value
