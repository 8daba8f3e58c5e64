"""Blogs of every kind that hold the same texts: as bodies, names, titles, categories, addresses."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from xml.sax.saxutils import escape

from feeds.importing import import_files
from feeds.markup import legal
from tests.browser import attacks
from tests.builders import NOW, TinyBlog

#: No window is so small that an attack stays outside of it.
_WIDE = (
    "[feeds]\nentries = 2000\ncomments = 2000\npost_comments = 2000\n"
    "[limits]\nfeed_bytes = 50_000_000\n"
)
_DAY = "2024-05-02T10:00:00Z"
#: What an export's file starts with.
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

Texts = Sequence[tuple[str, str, str]]


def texts() -> Texts:
    """Every body, with a line for names and titles and an address for whoever wrote it."""
    return list(zip(attacks.BODIES, cycle(attacks.LINES), cycle(attacks.URIS), strict=False))


def _yaml(value: object) -> str:
    """Return a value as YAML that needs no further thought: JSON is a part of it."""
    return json.dumps(value)


def _front(**values: object) -> str:
    lines = [f"{key}: {_yaml(value)}" for key, value in values.items()]
    return "\n".join(["---", *lines, "---", "", ""])


def _post_front(line: str, uri: str) -> str:
    return _front(
        title=line, date=_DAY, categories=[line], tags=[line], author={"name": line, "uri": uri}
    )


def _record(id: int, body: str, line: str, uri: str) -> str:
    values = {"_id": f"c{id}", "name": line, "url": uri, "date": _DAY, "message": body}
    return "".join(f"{key}: {_yaml(value)}\n" for key, value in values.items())


def _wide(folder: Path, layout: str = "", built: str = "") -> TinyBlog:
    content = f'[content]\nlayout = "{layout}"\n{built}' if layout else ""
    return TinyBlog(folder, _WIDE + content)


# --- our own form, and the generators' ------------------------------------------------------------


def markdown(folder: Path) -> TinyBlog:
    """Posts and comments of our own form, in Markdown."""
    blog = _wide(folder).post("talk")
    for n, (body, line, uri) in enumerate(texts()):
        blog.write(f"posts/p{n}.md", _post_front(line, uri) + body)
        author = {"name": line, "uri": uri}
        blog.write(f"comments/talk/c{n}.md", _front(author=author, date=_DAY) + body)
    return blog


def native_html(folder: Path) -> TinyBlog:
    """Posts in HTML, their excerpts too; comments all in one file."""
    blog = _wide(folder).post("talk")
    records = []
    for n, (body, line, uri) in enumerate(texts()):
        head = _post_front(line, uri).replace("---\n\n", f"excerpt: {_yaml(body)}\n---\n\n")
        blog.write(f"posts/p{n}.html", head + body)
        records.append({"id": f"c{n}", "author": line, "uri": uri, "date": _DAY, "body": body})
    return blog.write("comments/talk.yml", _yaml(records))


def staticman(folder: Path) -> TinyBlog:
    """Comments as Staticman writes them, one answering the one before."""
    blog = _wide(folder).post("talk")
    for n, (body, line, uri) in enumerate(texts()):
        parent = f"parent: c{n - 1}\n" if n else ""
        blog.write(f"comments/talk/c{n}.yml", parent + _record(n, body, line, uri))
    return blog


def jekyll(folder: Path) -> TinyBlog:
    """A Jekyll blog as it is."""
    blog = _wide(folder, "jekyll").write("_config.yml", "permalink: /:title/\n")
    for n, (body, line, uri) in enumerate(texts()):
        blog.write(f"_posts/2024-05-01-p{n}.md", _post_front(line, uri) + body)
        blog.write(f"_data/comments/p{n}/c.yml", _record(n, body, line, uri))
    return blog


def hugo(folder: Path) -> TinyBlog:
    """A Hugo blog as it is."""
    blog = _wide(folder, "hugo").write("hugo.toml", 'baseURL = "https://blog.example/"\n')
    for n, (body, line, uri) in enumerate(texts()):
        blog.write(f"content/posts/p{n}.md", _post_front(line, uri) + body)
        blog.write(f"data/comments/p{n}/c.yml", _record(n, body, line, uri))
    return blog


def built(folder: Path) -> TinyBlog:
    """A Jekyll blog whose posts are taken from the pages that it was built into."""
    blog = _wide(folder, "jekyll", 'built = "_site"\n')
    blog.write("_config.yml", "permalink: /:title/\n")
    for n, (body, line, uri) in enumerate(texts()):
        blog.write(f"_posts/2024-05-01-p{n}.md", _post_front(line, uri) + "{{ x }}")
        page = f"<!DOCTYPE html><title>x</title><article class=post-content>{body}</article>"
        blog.write(f"_site/p{n}/index.html", page)
    return blog


# --- what is imported -----------------------------------------------------------------------------


def _imported(folder: Path, *files: tuple[str, str], date: str | None = "2024-05-01") -> TinyBlog:
    """Import files into a blog that takes everything."""
    blog = TinyBlog(folder, _WIDE)
    paths = []
    for name, text in files:
        paths.append(folder / name)
        paths[-1].write_text(text, "utf-8", errors="replace")
    import_files(paths, into=blog.content, date=date, now=NOW)
    return blog


def _wxr() -> str:
    items = [
        f"<item><title>{escape(legal(line))}</title><link>https://blog.example/p{n}/</link>"
        f"<dc:creator>ann</dc:creator><guid>https://blog.example/?p={n + 1}</guid>"
        f'<category domain="category" nicename="x">{escape(legal(line))}</category>'
        f"<content:encoded>{escape(legal(body))}</content:encoded>"
        f"<excerpt:encoded>{escape(legal(body))}</excerpt:encoded><wp:post_id>{n + 1}</wp:post_id>"
        "<wp:post_date_gmt>2024-05-01 10:00:00</wp:post_date_gmt>"
        f"<wp:post_name>p{n}</wp:post_name><wp:status>publish</wp:status>"
        "<wp:post_type>post</wp:post_type><wp:comment>"
        f"<wp:comment_id>{n + 1}</wp:comment_id>"
        f"<wp:comment_author>{escape(legal(line))}</wp:comment_author>"
        f"<wp:comment_author_url>{escape(legal(uri))}</wp:comment_author_url>"
        "<wp:comment_date_gmt>2024-05-02 10:00:00</wp:comment_date_gmt>"
        f"<wp:comment_content>{escape(legal(body))}</wp:comment_content>"
        "<wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type>"
        "<wp:comment_parent>0</wp:comment_parent></wp:comment></item>\n"
        for n, (body, line, uri) in enumerate(texts())
    ]
    spaces = "".join(
        f' xmlns:{prefix}="{uri}"'
        for prefix, uri in (
            ("excerpt", "http://wordpress.org/export/1.2/excerpt/"),
            ("content", "http://purl.org/rss/1.0/modules/content/"),
            ("dc", "http://purl.org/dc/elements/1.1/"),
            ("wp", "http://wordpress.org/export/1.2/"),
        )
    )
    return (
        f'{_XML}<rss version="2.0"{spaces}><channel><title>A blog</title>'
        "<link>https://blog.example</link><wp:wxr_version>1.2</wp:wxr_version>"
        "<wp:base_blog_url>https://blog.example</wp:base_blog_url>"
        f"{''.join(items)}</channel></rss>"
    )


def wordpress(folder: Path) -> TinyBlog:
    """An export of WordPress."""
    return _imported(folder, ("export.xml", _wxr()))


def disqus(folder: Path) -> TinyBlog:
    """An export of Disqus, to the posts of a blog."""
    posts = [
        f'<post dsq:id="{n + 100}"><id/><message>{escape(legal(body))}</message>'
        f"<createdAt>{_DAY}</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>"
        f"<author><name>{escape(legal(line))}</name><isAnonymous>true</isAnonymous></author>"
        '<thread dsq:id="9"/></post>\n'
        for n, (body, line, _) in enumerate(texts())
    ]
    export = (
        f'{_XML}<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
        '<thread dsq:id="9"><id/><link>https://blog.example/2024/05/talk</link><title>Talk</title>'
        f"<isDeleted>false</isDeleted></thread>{''.join(posts)}</disqus>"
    )
    blog = TinyBlog(folder, _WIDE).post("talk", permalink="/2024/05/talk")
    file = folder / "disqus.xml"
    file.write_text(export, "utf-8")
    import_files([file], into=blog.content, now=NOW)
    return blog


def blogger(folder: Path) -> TinyBlog:
    """A backup of Blogger."""
    entries = []
    kind = "http://schemas.google.com/blogger/2008/kind"
    for n, (body, line, uri) in enumerate(texts()):
        for number, what, more in (
            (
                n,
                "post",
                f"<link rel='alternate' type='text/html' href='https://blog.example/p{n}'/>",
            ),
            (
                n + 5000,
                "comment",
                (
                    f"<thr:in-reply-to ref='tag:blogger.com,1999:blog-7.post-{n}'"
                    f" href='https://blog.example/p{n}' type='text/html'/>"
                ),
            ),
        ):
            entries.append(
                f"<entry><id>tag:blogger.com,1999:blog-7.post-{number}</id>"
                f"<published>{_DAY}</published><updated>{_DAY}</updated>"
                f"<category scheme='http://schemas.google.com/g/2005#kind' term='{kind}#{what}'/>"
                f"<category scheme='http://www.blogger.com/atom/ns#' term=\"{html.escape(legal(line))}\"/>"
                f"<title type='text'>{escape(legal(line))}</title>"
                f"<content type='html'>{escape(legal(body))}</content><author>"
                f"<name>{escape(legal(line))}</name><uri>{escape(legal(uri))}</uri></author>"
                f"{more}</entry>\n"
            )
    return _imported(
        folder,
        (
            "blog.xml",
            (
                f"{_XML}<feed xmlns='http://www.w3.org/2005/Atom'"
                " xmlns:thr='http://purl.org/syndication/thread/1.0'>"
                "<id>tag:blogger.com,1999:blog-7</id><title type='text'>A blog</title>"
                f"{''.join(entries)}</feed>"
            ),
        ),
    )


def saved_pages(folder: Path) -> TinyBlog:
    """Pages of a blog, saved with their comments."""
    pages = (
        (
            f"page{n}.html",
            (
                f"<!DOCTYPE html><html><head><title>Page {n}</title>"
                f'<link rel=canonical href="https://blog.example/p{n}/">'
                f'<meta property="og:title" content="{html.escape(line)}">'
                f'<meta property="article:published_time" content="{_DAY}">'
                '</head><body class="single"><article class="post hentry">'
                f'<h1 class="entry-title">{html.escape(line)}</h1>'
                f'<div class="entry-content"><p>Words of the post.</p>{body}</div></article>'
                '<div id="comments"><h2>One thought</h2><ol class="commentlist">'
                '<li class="comment" id="comment-1"><cite class="fn"><a class="url" '
                f'href="{html.escape(uri)}">{html.escape(line)}</a></cite> says:'
                f'<time datetime="{_DAY}">2 May</time><div class="comment-content"><p>Well.</p>{body}'
                "</div></li></ol></div></body></html>"
            ),
        )
        for n, (body, line, uri) in enumerate(texts())
    )
    return _imported(folder, *pages, date=None)


SOURCES: tuple[Callable[[Path], TinyBlog], ...] = (
    markdown,
    native_html,
    staticman,
    jekyll,
    hugo,
    built,
    wordpress,
    disqus,
    blogger,
    saved_pages,
)
