"""Which public post a folder of comments belongs to, or why it belongs to none."""

from __future__ import annotations

from feeds import threads
from feeds.model import Body, Post
from feeds.public import PublicPost
from feeds.settings import Settings


class Finder:
    """Says which post a folder belongs to, or whether it is passed over in silence.

    All posts take part in the search: a folder that is a hidden post's by name must not fall to a
    public one of a similar name.
    """

    def __init__(
        self, public: list[PublicPost], posts: list[Post], unreadable: list[str], site: Settings
    ) -> None:
        nameless = [Post(path="", name=name, title="", body=Body("")) for name in unreadable]
        self._links = threads.Links(
            [*posts, *nameless], site.url, by_title=bool(site.content.layout)
        )
        #: The names of posts in files that say nothing we understand.
        self.unreadable = unreadable
        self._found: dict[str, tuple[str | None, int]] = {}
        self._public = {post.post.name: post.post for post in public}
        #: Names that a hidden post had first: the comments under them were made on that one.
        self._withheld = {post.name for post in posts if self._is_hidden_elder(post)}

    def _is_hidden_elder(self, post: Post) -> bool:
        other = self._public.get(post.name)
        if other is None or other.path == post.path or not post.date or not other.date:
            return False
        return post.date < other.date

    def find(self, folder: str) -> tuple[str | None, int]:
        """Return the name of its public post, and whether none being there is no problem."""
        if folder not in self._found:
            name = self._links.find(folder)
            is_public = name in self._public and name not in self._withheld
            self._found[folder] = (name, 0) if is_public else (None, int(name is not None))
        return self._found[folder]
