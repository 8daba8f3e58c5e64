"""Promise 6 in every kind of source: a table of what hides, and whole blogs searched byte by byte.

Whatever is hidden has a marked word in each of its fields and a marked moment for a date, so that a
search of the bytes finds any trace of it.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import settings as site_toml
from feeds.exports import Item as ExportItem
from feeds.importing import import_files
from feeds.importing.exports import ExportRun
from feeds.model import Person
from feeds.pipeline import Options, build
from feeds.visibility import why_comment_hidden, why_post_hidden
from tests.builders import NOW, TinyBlog, comment, post
from tests.exported import ANYTHING
from tests.test_canaries import blogger_entry, wordpress_comment, wordpress_item, yaml_of
from tests.test_in_place import in_layout

#: Stands in every field of what is hidden, and in nothing else.
SECRET = "geheim"
#: So do these moments, in all the ways in which a feed could write them.
PAST, FUTURE = "2019-08-07 06:05:43", "2031-08-07 06:05:43"
TRACES = (b"geheim", b"2019-08-07", b"2031-08-07", b"07 Aug 20", b"7 August 20", b"06:05:43")
Record = Mapping[str, object]


@pytest.fixture(autouse=True, scope="module")
def _no_disk_is_waited_for() -> Iterator[None]:
    """What a crash would leave is another matter."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "fdatasync", "sync"):
            patch.setattr(os, name, lambda *_: None)
        yield


def traces(files: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """Where something hidden is to be seen: in names of files, and in what they hold."""
    found = []
    for path, data in files.items():
        plain = gzip.decompress(data) if path.endswith(".gz") else data
        plain = brotli.decompress(data) if path.endswith(".br") else plain
        text = path.encode() + b"\n" + plain.lower()
        found += [(path, trace) for trace in TRACES if trace.lower() in text]
    return found


# --- six kinds of blogs ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """Where a blog has its files, and how their heads are written."""

    layout: str
    post: str
    comment: str
    config: tuple[str, str] = ("unused.txt", "")
    form: str = "yaml"
    #: How a post leads to another; nothing if it cannot.
    link: str = ""

    def blog(self, root: Path, extra: str = "") -> TinyBlog:
        if self.layout == "native":
            return TinyBlog(root, extra)
        return in_layout(root, self.layout, extra).write(*self.config)

    def head(self, record: Record) -> str:
        if self.form == "yaml":
            return f"---\n{yaml_of(record)}---\n\n"
        start = ".. " if self.form == "dots" else ""
        flat = {key: _flat(value) for key, value in record.items()}
        return "".join(f"{start}{key}: {text}\n" for key, text in flat.items() if text) + "\n"

    def post_at(self, name: str, record: Record) -> str:
        return self.post.format(name=name, day=str(record.get("date", ""))[:10])

    def comment_text(self, record: Record, message: str) -> str:
        if self.comment.endswith(".yml"):
            return yaml_of({**record, "message": message})
        return self.head(record) + message + "\n"


def _flat(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := _flat(item)))
    return "" if value is None or isinstance(value, dict) else str(value)


_PY = (
    "POSTS = (('posts/*.md', 'posts', 'post.tmpl'),)\nPAGES = ()\nPATH = 'content'\n"
    "SITEURL = SITE_URL = 'https://blog.example/'\n"
)
SHAPES = {
    shape.layout: shape
    for shape in (
        Shape("native", "posts/{name}.md", "comments/{name}/{id}.md"),
        Shape(
            "jekyll",
            "_posts/{day}-{name}.md",
            "_data/comments/{name}/{id}.yml",
            ("_config.yml", "permalink: /:title/\n"),
            link="[there]({{% post_url {day}-{name} %}}) ",
        ),
        Shape(
            "hugo",
            "content/posts/{name}.md",
            "data/comments/{name}/{id}.yml",
            ("hugo.toml", 'baseURL = "https://blog.example/"\n'),
            link='[there]({{{{< ref "{name}.md" >}}}}) ',
        ),
        Shape(
            "zola",
            "content/{name}.md",
            "data/comments/{name}/{id}.yml",
            ("config.toml", 'base_url = "https://blog.example/"\n'),
            link="[there](@/{name}.md) ",
        ),
        Shape("nikola", "posts/{name}.md", "posts/{name}.{id}.wpcomment", ("conf.py", _PY), "dots"),
        Shape(
            "pelican",
            "content/{name}.md",
            "content/comments/{name}/{id}.md",
            ("pelicanconf.py", _PY),
            "lines",
            "[there]({{filename}}{name}.md) ",
        ),
    )
}
ALL = frozenset(SHAPES)
#: Programs to which a status is a word of the author's own.
FREE = frozenset({"jekyll", "hugo", "zola"})
#: Programs that write front matter as lines of text: no value can be a list or nothing.
LINES = frozenset({"nikola", "pelican"})
NATIVE, JEKYLL, HUGO, ZOLA, NIKOLA, PELICAN = (frozenset({name}) for name in SHAPES)
POST: Record = {"title": f"On {SECRET}", "slug": SECRET, "date": "2024-05-01 10:00:00"}

# --- one table of every status --------------------------------------------------------------------

#: What a post says, and in which kinds of blogs that hides it. In the others it means nothing.
POSTS: list[tuple[Record, frozenset[str]]] = [
    ({}, frozenset()),
    *(
        ({"status": word}, ALL)
        for word in [
            "draft",
            "private",
            "password",
            "protected",
            "future",
            "scheduled",
            "pending",
            "trash",
            "spam",
            "deleted",
            "archived",
            "unlisted",
            "hidden",
            "inherit",
            "auto-draft",
            "Draft",
            "PRIVATE",
        ]
    ),
    # A slip of the pen, where the program itself knows no status.
    *(({"status": word}, ALL) for word in ("draf", "drafts", "privat", "pendign", "in draft")),
    # What only means something for comments.
    *(({"status": word}, ALL) for word in ("unapproved", "rejected", "hold", "unpublished")),
    *(
        ({"status": word}, ALL - FREE)
        for word in [
            "geheim",
            "evergreen",
            "seedling",
            "featured-",
            "old",
            "completed",
            "updated",
            "public",
            "approved",
            "listed",
            "7",
        ]
    ),
    ({"status": "published"}, frozenset()),
    ({"status": [SECRET]}, ALL),
    ({"status": ["published", "now"]}, ALL),
    ({"status": {"published": "true"}}, ALL - LINES),
    ({"status": None}, NATIVE),
    ({"status": ""}, NATIVE),
    *(({"draft": word}, ALL) for word in ("true", "yes", "on", "1", "TRUE", "perhaps")),
    *(({"Draft": word}, ALL) for word in ("true", "yes")),
    *(({"draft": word}, frozenset()) for word in ("false", "no")),
    ({"draft": ["true"]}, ALL),
    ({"draft": {"is": "true"}}, ALL - LINES),
    ({"draft": None}, NATIVE),
    *(({"published": word}, ALL) for word in ("false", "no", "off", "0")),
    ({"published": "true"}, frozenset()),
    ({"published": ["false"]}, ALL),
    ({"private": "true"}, ALL),
    ({"private": ["x"]}, ALL),
    ({"private": "false"}, frozenset()),
    ({"password": "sesame"}, ALL),
    ({"Password": "sesame"}, ALL),
    ({"password": ["sesame"]}, ALL),
    ({"password": {"is": "sesame"}}, ALL - LINES),
    ({"password": None}, frozenset()),
    *(({"feed": word}, ALL) for word in ("false", "no", "off")),
    ({"feed": "true"}, frozenset()),
    ({"date": FUTURE}, ALL),
    ({"date": "2024-06-01T12:00:01Z"}, ALL),
    ({"date": ""}, ALL - JEKYLL),
    ({"tags": "draft"}, NIKOLA),
    ({"tags": ["life", "private"]}, NIKOLA),
    ({"expiryDate": "2024-05-31"}, HUGO),
    ({"expiryDate": "2024-06-02"}, frozenset()),
    ({"publishDate": "2024-06-02"}, HUGO),
    ({"build": {"list": "never"}}, HUGO),
    ({"_build": {"render": "never"}}, HUGO),
    ({"build": {"list": SECRET}}, HUGO),
    ({"build": [SECRET]}, HUGO),
]
#: What a comment says that is hidden, in every kind of blog; and what says nothing of the kind.
HIDDEN_COMMENTS: list[Record] = [
    *(
        {"status": word}
        for word in (
            "pending hold held unapproved spam trash deleted rejected hidden draft publish aproved 7"
            f" {SECRET} SPAM Pending"
        ).split()
    ),
    {"Status": "spam"},
    {"status": ["approved", "now"]},
    *({"approved": word} for word in ("False", "false", "no", "0", "spam", SECRET)),
    {"approved": ["no"]},
    {"status": "approved", "approved": "False"},
    {"published": "false"},
    *({"deleted": word} for word in ("true", "1", "2024-05-03", SECRET)),
    {"isDeleted": "true"},
    {"spam": "yes"},
    {"isSpam": "true"},
    {"private": "true"},
    {"date": FUTURE},
    {"date": "2024-06-01T12:00:01Z"},
]
PUBLIC_COMMENTS: list[Record] = [
    {},
    *({"status": word} for word in ("approved", "published", "Approved")),
    *({"approved": word} for word in ("True", "true", "yes", "1", "approved")),
    {"deleted": "false", "spam": "no", "published": "true"},
    {"deleted": "", "spam": None, "private": ""},
]

_ALL_SHOWN = "[feeds]\nentries = 1000\ncomments = 1000\npost_comments = 1000\n"


def _posts_shown(shape: Shape, folder: Path, records: Sequence[Record]) -> list[Record]:
    """Which of these posts are published, and with them the comment on each."""
    blog = shape.blog(folder, _ALL_SHOWN)
    for number, record in enumerate(records):
        name = f"post-{number}-"
        head = {"title": f"On {name}", "slug": name, "date": "2024-05-01 10:00:00", **record}
        # The day in the name of a file stands for a date that is not there.
        blog.write(shape.post_at(name, {"date": "2024-05-01"}), shape.head(head) + ".\n")
        said = {"id": "1", "author": f"By {name}", "date": "2024-05-02 10:00:00"}
        blog.write(shape.comment.format(name=name, id="1"), shape.comment_text(said, "Hm."))
    blog.build(index=None)
    everything = b"\n".join([*blog.files().values(), *map(str.encode, blog.files())])
    traced = [n for n in range(len(records)) if f"post-{n}-".encode() in everything]
    told = [n for n in range(len(records)) if f"By post-{n}-".encode() in everything]
    assert traced == told
    return [records[number] for number in traced]


@pytest.mark.parametrize("layout", SHAPES)
def test_a_post_is_hidden_by_what_it_says(tmp_path: Path, layout: str) -> None:
    shown = _posts_shown(SHAPES[layout], tmp_path, [record for record, _ in POSTS])
    assert shown == [record for record, hiding in POSTS if layout not in hiding]


@pytest.mark.parametrize("layout", SHAPES)
def test_a_comment_is_hidden_by_what_it_says(tmp_path: Path, layout: str) -> None:
    shape = SHAPES[layout]
    blog = shape.blog(tmp_path, _ALL_SHOWN)
    head = {"title": "Boat", "slug": "boat", "date": "2024-05-01 10:00:00"}
    blog.write(shape.post_at("boat", head), shape.head(head) + ".\n")
    records = [*PUBLIC_COMMENTS, *HIDDEN_COMMENTS]
    for number, record in enumerate(records):
        said = {"author": f"By {number}-", "date": "2024-05-02 10:00:00", **record}
        text = shape.comment_text({"id": f"c{number}-", **said}, "Hm.")
        blog.write(shape.comment.format(name="boat", id=number), text)
    blog.build(index=None)
    items = json.loads(blog.files()["comments.json"])["items"]
    shown = {int(item["authors"][0]["name"][3:-1]) for item in items}
    assert [records[number] for number in sorted(shown)] == PUBLIC_COMMENTS
    total = f">{len(PUBLIC_COMMENTS)}<".encode()
    assert b"slash:comments" + total in blog.files()["entries.rss"]


@given(ANYTHING)
def test_both_gates_know_one_word_each_and_hide_the_rest(word: object) -> None:
    status: Any = word
    is_public = (
        why_post_hidden(post(status=status), NOW),
        why_comment_hidden(comment(status=str(status)), NOW),
    )
    assert is_public[0] is None if status == "published" else is_public[0]
    assert (is_public[1] is None) == (str(status) in {"approved", "published"})


#: A public post, and a hidden one of the same name, with its date.
_NAMESAKES = [
    ("jekyll", "_posts/2024-05-09-boat.md", "_drafts/boat.md", {}),
    ("hugo", "content/new/boat.md", "content/next/boat.md", {"date": "2024-05-20"}),
    ("zola", "content/new/boat.md", "content/next/boat.md", {"date": FUTURE}),
]


@pytest.mark.parametrize(("layout", "shown", "hidden", "dated"), _NAMESAKES)
def test_a_new_draft_takes_no_name_from_a_public_post(
    tmp_path: Path, layout: str, shown: str, hidden: str, dated: Record
) -> None:
    shape = SHAPES[layout]
    blog = shape.blog(tmp_path)
    blog.write(shown, shape.head({"title": "Boat", "date": "2024-05-09 10:00:00"}) + ".\n")
    said = shape.comment_text({"author": "Ann"}, "Hm.")
    blog.write(shape.comment.format(name="boat", id="1"), said).build()
    before = blog.files()
    head = {"title": f"The {SECRET}", "draft": "true", **dated}
    blog.write(hidden, shape.head(head) + ".\n").build()
    assert blog.files() == before


def test_the_comments_on_a_post_of_ours_that_is_hidden_fall_to_no_namesake(
    tmp_path: Path,
) -> None:
    shape = SHAPES["native"]
    blog = shape.blog(tmp_path)
    head = {"title": f"The {SECRET}", "date": "2024-05-01 10:00:00"}
    blog.write("posts/old/boat.md", shape.head({**head, "draft": "true"}) + ".\n")
    later = {"title": "Boat", "date": "2024-05-09 10:00:00"}
    blog.write("posts/new/boat.md", shape.head(later) + ".\n")
    said = shape.comment_text({"author": SECRET}, "Hm.")
    blog.write(shape.comment.format(name="boat", id="1"), said).build()
    assert b"Boat" in blog.files()["entries.atom"]
    assert traces(blog.files()) == []


@pytest.mark.parametrize("layout", ["hugo", "zola"])
def test_the_comments_on_a_post_that_is_hidden_fall_to_no_namesake(
    tmp_path: Path, layout: str
) -> None:
    shape = SHAPES[layout]
    blog = shape.blog(tmp_path)
    head = {"title": f"The {SECRET}", "date": "2024-05-01 10:00:00"}
    blog.write("content/old/boat.md", shape.head(head) + ".\n")
    blog.write(
        "content/new/boat.md", shape.head({"title": "Boat", "date": "2024-05-09 10:00:00"}) + ".\n"
    )
    said = shape.comment_text({"author": SECRET}, "Hm.")
    blog.write(shape.comment.format(name="boat", id="1"), said).build()
    assert traces(blog.files()) != []
    blog.write("content/old/boat.md", shape.head({**head, "draft": "true"}) + ".\n").build()
    assert traces(blog.files()) == []


@pytest.mark.parametrize(
    "head",
    [
        {"lastmod": "2024-05-01", "publishDate": "2024-06-02"},
        {"date": "2024-05-01", "publishDate": "9999-12-31T23:59:59-05:00"},
        {"date": "2024-05-01", "publishDate": "9999-12-31"},
        {"date": "2024-05-01", "lastmod": "2024-05-01", "publishDate": "2024-06-02"},
    ],
)
def test_a_day_of_publication_that_has_not_come_hides(tmp_path: Path, head: Record) -> None:
    shape = SHAPES["hugo"]
    config = shape.config[1] + '[frontmatter]\ndate = ["date"]\nlastmod = ["lastmod"]\n'
    blog = shape.blog(tmp_path).write("hugo.toml", config)
    text = shape.head({"title": f"The {SECRET}", **head}) + ".\n"
    blog.write("content/post.md", text).build(index=None)
    assert traces(blog.files()) == []


@pytest.mark.parametrize("name", ["comment", "hugo-encryptor", "encrypt", "private"])
@pytest.mark.parametrize(("start", "end"), [("<", ">"), ("%", "%")])
def test_what_a_shortcode_hides_stays_hidden(
    tmp_path: Path, name: str, start: str, end: str
) -> None:
    shape = SHAPES["hugo"]
    body = f'{{{{{start} {name} "pw" {end}}}}}\n{SECRET}\n{{{{{start} /{name} {end}}}}}\n'
    head = {"title": "Boat", "date": "2024-05-01"}
    blog = shape.blog(tmp_path).write("content/post.md", shape.head(head) + body)
    blog.build(index=None)
    assert traces(blog.files()) == []


# --- whole blogs ----------------------------------------------------------------------------------

_COMMENTS = [dict(record) for record in HIDDEN_COMMENTS]
_DATES = [
    "2024-05-01 10:00:00",
    "2024-05-01 10:00:01",
    "2024-05-02 10:00:00",
    "2024-05-30 23:59:59",
]


@dataclass(frozen=True)
class Item:
    """A post or comment: its file as it was while everybody could see it, and as it is."""

    path: str
    before: str
    after: str
    is_hidden: bool


def _post_record(number: int, mark: str, date: str, draw: st.DrawFn) -> dict[str, object]:
    record: dict[str, object] = {
        "title": f"The {mark} {number}",
        "slug": f"{mark}-{number}",
        "date": date,
        "author": f"By {mark}",
        "tags": [f"{mark} tag", mark],
        "categories": [f"{mark} kind"],
        "image": f"/{mark}.png",
        "excerpt": f"In short, {mark}.",
        "description": f"In short, {mark}.",
        "aliases": [f"/old/{mark}-{number}/"],
        "enclosures": [{"url": f"/{mark}.mp3", "length": "7"}],
        "comments": draw(st.sampled_from(["open", "closed"])),
    }
    if draw(st.booleans()):
        record["id"] = f"tag:blog.example,2024:{mark}{number}"
    if draw(st.booleans()):
        record["updated"] = PAST if mark == SECRET else draw(st.sampled_from(_DATES))
    return record


@st.composite
def _blogs(draw: st.DrawFn, shape: Shape) -> list[Item]:
    items, shown, names = [], set[str](), []
    hidings = [
        record
        for record, hiding in POSTS
        if shape.layout in hiding
        and record.get("date") != ""  # where it was updated, that stands for it
    ]
    links = ""
    for number in range(draw(st.integers(1, 5))):
        hiding = draw(st.one_of(st.none(), st.sampled_from(hidings)))
        mark = SECRET if hiding else "word"
        name = f"{mark}-{number}"
        record = _post_record(number, mark, PAST if hiding else draw(st.sampled_from(_DATES)), draw)
        text = f"On {mark}. {links if draw(st.booleans()) else ''}\n"
        links += shape.link.format(name=name, day=str(record["date"])[:10])
        items.append(
            Item(
                shape.post_at(name, record),
                shape.head(record) + text,
                shape.head({**record, **(hiding or {})}) + text,
                hiding is not None,
            )
        )
        names.append(name)
        shown |= set() if hiding else {name}
    ids = dict.fromkeys(names, "")
    for number in range(draw(st.integers(0, 9))):
        on = draw(st.sampled_from(names))
        hiding = draw(st.one_of(st.none(), st.sampled_from(_COMMENTS)))
        is_hidden = hiding is not None or on not in shown
        mark = SECRET if is_hidden else "word"
        said: dict[str, object] = {
            "id": f"{mark}{number}",
            "author": f"By {mark}",
            "author_url" if shape.form == "dots" else "url": f"https://{mark}.example/",
            "date": PAST if is_hidden else draw(st.sampled_from(_DATES)),
        }
        if ids[on] and draw(st.booleans()):
            said["parent_id"] = ids[on]
        ids[on] = str(said["id"])
        items.append(
            Item(
                shape.comment.format(name=on, id=f"{mark}{number}"),
                shape.comment_text(said, f"Hm, {mark}."),
                shape.comment_text({**said, **(hiding or {})}, f"Hm, {mark}."),
                is_hidden,
            )
        )
    return items


_PACKED = '[feeds]\nprecompress = ["gzip", "br"]\n'


def _built(shape: Shape, items: Sequence[Item], *, then: bool) -> dict[str, bytes]:
    """What is published of these; `then`: after a build at a time when all of them were public."""
    with tempfile.TemporaryDirectory() as folder:
        extra = _PACKED if shape.layout == "native" else ""
        blog = shape.blog(Path(folder), extra)
        if then:
            for item in items:
                blog.write(item.path, item.before)
            blog.build()
            assert bool(traces(blog.files())) == any(item.is_hidden for item in items)
        for item in items:
            blog.write(item.path, item.after)
        report = blog.build()
        assert report.exit_code in {0, 1}
        return blog.files()


@pytest.mark.parametrize("layout", SHAPES)
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_what_becomes_hidden_goes_with_every_trace(layout: str, data: st.DataObject) -> None:
    shape = SHAPES[layout]
    items = data.draw(_blogs(shape))
    after = _built(shape, items, then=True)
    assert traces(after) == []
    visible = [item for item in items if not item.is_hidden]
    if any("word-" in item.path for item in visible) or layout == "native":
        assert after == _built(shape, visible, then=False)


# --- exports --------------------------------------------------------------------------------------

_WORDPRESS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">'
    "<channel><title>Boats</title><link>https://blog.example</link>"
    "<wp:wxr_version>1.2</wp:wxr_version>{}</channel></rss>\n"
)
#: What is hidden says so in each of its texts.
_MARKED_ITEM = {"post_name": SECRET, "post_date": PAST, "post_date_gmt": PAST}
_MARKED = {"author": SECRET, "content": SECRET, "date": PAST, "date_gmt": PAST}


def _wordpress(root: Path) -> Path:
    posts = [
        {"status": word}
        for word in (
            "draft",
            "pending",
            "private",
            "future",
            "trash",
            "auto-draft",
            "inherit",
            "",
            SECRET,
        )
    ]
    posts += [{"post_password": "x"}, {"post_type": "revision"}, {"post_type": SECRET}]
    comments = [
        {"approved": word}
        for word in ("0", "hold", "spam", "trash", "post-trashed", "", SECRET, "true")
    ]
    comments += [{"type": word} for word in ("order_note", "note", SECRET)]
    hidden = "".join(
        wordpress_comment(100 + number, **_MARKED, **said) for number, said in enumerate(comments)
    )
    answer = wordpress_comment(10, author="Word", content="Yes.", parent="100")
    public = wordpress_item(1, hidden + answer)
    marked = "".join(
        wordpress_item(
            2 + number, wordpress_comment(200 + number, **_MARKED), **_MARKED_ITEM, **said
        )
        for number, said in enumerate(posts)
    )
    # The builder knows one title and one text for all.
    marked = marked.replace("The perch", f"The {SECRET}").replace("Text.", SECRET)
    return _saved(root, "wordpress.xml", _WORDPRESS.format(public + marked))


def _saved(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.write_text(text, "utf-8")
    return path


def _disqus(root: Path) -> Path:
    threads = "".join(
        f'<thread dsq:id="{id}"><id/><link>https://blog.example/boat/</link><title>Boat</title>'
        f"<isDeleted>{deleted}</isDeleted></thread>"
        for id, deleted in ((1, "false"), (2, "true"), (3, SECRET))
    )
    flags = [
        "<isDeleted>true</isDeleted>", "<isSpam>true</isSpam>", "<isApproved>false</isApproved>",
        f"<isDeleted>{SECRET}</isDeleted>", f"<isSpam>{SECRET}</isSpam>",
        f"<isApproved>{SECRET}</isApproved>", "<isDeleted>1</isDeleted>",
    ]  # fmt: skip

    def said(id: int, word: str, more: str, thread: int = 1, parent: str = "") -> str:
        return (
            f'<post dsq:id="{id}"><id/><message>{word}</message><createdAt>2024-05-02T10:00:00Z'
            f"</createdAt>{more}<author><name>{word}</name></author>"
            f'<thread dsq:id="{thread}"/>{parent}</post>'
        )

    hidden = "".join(said(100 + number, SECRET, flag) for number, flag in enumerate(flags))
    hidden += said(200, SECRET, "", thread=2) + said(201, SECRET, "", thread=3)
    answer = said(10, "Word", "", parent='<parent dsq:id="100"/>')
    head = '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
    return _saved(root, "disqus.xml", f"{head}{threads}{hidden}{answer}</disqus>")


def _isso(root: Path) -> Path:
    path = root / "isso.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR, title VARCHAR);"
            "CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent, created, modified, mode,"
            " remote_addr, text, author, email, website, voters)"
        )
        database.execute("INSERT INTO threads VALUES (1, '/boat/', 'Boat')")
        modes: list[tuple[object, str, object]] = [
            (mode, SECRET, None) for mode in (2, 4, 0, 3, None, SECRET, -1)
        ]
        for mode, word, parent in [*modes, (1, "Word", 1)]:
            row = (parent, 1714644000.0, mode, word, word)
            database.execute(
                "INSERT INTO comments (tid, parent, created, mode, text, author)"
                " VALUES (1, ?, ?, ?, ?, ?)",
                row,
            )
        database.commit()
    return path


def _remark42(root: Path) -> Path:
    hidden: list[dict[str, object]] = [
        {"delete": True}, {"deleted": True}, {"delete": SECRET}, {"delete": [1]},
    ]  # fmt: skip
    records = [
        {
            "id": f"hush{number}",
            "pid": "hush0" if word == "Word" else "",
            "text": f"<p>{word}</p>",
            "user": {"name": word},
            "locator": {"url": "https://blog.example/boat/"},
            "time": "2024-05-02T10:00:00Z",
            **said,
        }
        for number, (word, said) in enumerate([*((SECRET, said) for said in hidden), ("Word", {})])
    ]
    lines = [json.dumps(record) for record in ({"version": 1, "users": [], "posts": []}, *records)]
    return _saved(root, "remark42.json", "\n".join(lines))


def _commento(root: Path) -> Path:
    hidden: list[dict[str, object]] = [
        {"state": "unapproved"}, {"state": "flagged"}, {"state": ""}, {"state": None},
        {"state": SECRET}, {"deleted": True}, {"deleted": SECRET},
    ]  # fmt: skip
    comments = [
        {
            "commentHex": f"hush{number}",
            "domain": "blog.example",
            "url": "/boat/",
            "commenterHex": word,
            "markdown": word,
            "parentHex": "hush0" if word == "Word" else "root",
            "state": "approved",
            "creationDate": "2024-05-02T10:00:00Z",
            "deleted": False,
            **said,
        }
        for number, (word, said) in enumerate([*((SECRET, said) for said in hidden), ("Word", {})])
    ]
    people = [{"commenterHex": word, "name": word} for word in (SECRET, "Word")]
    whole = {"version": 1, "comments": comments, "commenters": people}
    return _saved(root, "commento.json", json.dumps(whole))


def _ghost(root: Path) -> Path:
    statuses = ("draft", "scheduled", "sent", "", None, SECRET, ["published"])
    hidden: list[dict[str, object]] = [{"status": word} for word in statuses]
    hidden += [{"visibility": word} for word in ("members", "paid", "tiers", SECRET)]
    hidden.append({"type": SECRET})
    posts = [
        {
            "id": f"5f0c2a9d8e7b6a5c4d3e2f{number + 16:x}",
            "title": word,
            "slug": f"{word.lower()}-{number}",
            "html": f"<p>{word}</p>",
            "custom_excerpt": word,
            "status": "published",
            "visibility": "public",
            "type": "post",
            "published_at": "2024-05-01T10:00:00.000Z",
            **said,
        }
        for number, (word, said) in enumerate([*((SECRET, said) for said in hidden), ("Word", {})])
    ]
    return _saved(root, "ghost.json", json.dumps({"data": {"posts": posts}, "meta": {}}))


def _blogger(root: Path) -> Path:
    app = (
        "<app:control xmlns:app='http://purl.org/atom/app#'><app:draft>{}</app:draft></app:control>"
    )
    status = (
        "<blogger:status xmlns:blogger='http://schemas.google.com/blogger/2018'>{}</blogger:status>"
    )
    trashed = status.replace("status", "trashed").format("2024-05-02T10:00:00Z")
    on = "<thr:in-reply-to ref='tag:blogger.com,1999:blog-77.post-{}'/>"
    posts = [app.format("yes"), app.format(SECRET), trashed]
    posts += [status.format(word) for word in ("DRAFT", "SCHEDULED", "SOFT_TRASHED", SECRET)]
    comments = [
        status.format(w) for w in ("SPAM", "PENDING", "EMPTIED", "GHOSTED", "TRASHED", SECRET)
    ]
    comments += [trashed, "<gd:extendedProperty name='blogger.contentRemoved' value='true'/>"]
    link = "<link rel='alternate' href='https://blog.example/{}.html'/>"
    entries = [blogger_entry("post", 1, "Word", link.format("boat"))]
    entries += [
        blogger_entry("post", 100 + n, SECRET, link.format(f"{SECRET}{n}") + more)
        + blogger_entry("comment", 300 + n, SECRET, on.format(100 + n))
        for n, more in enumerate(posts)
    ]
    entries += [
        blogger_entry("comment", 200 + n, SECRET, on.format(1) + more)
        for n, more in enumerate(comments)
    ]
    head = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:gd='http://schemas.google.com/g/2005'"
        " xmlns:thr='http://purl.org/syndication/thread/1.0'>"
        "<id>tag:blogger.com,1999:blog-77</id><link rel='alternate' href='https://blog.example/'/>"
    )
    answer = blogger_entry("comment", 10, "Word", on.format(1))
    return _saved(root, "blogger.xml", f"{head}{''.join(entries)}{answer}</feed>")


EXPORTS: Mapping[str, tuple[Callable[[Path], Path], int, int]] = {
    "wordpress": (_wordpress, 1, 1),
    "disqus": (_disqus, 1, 1),
    "isso": (_isso, 1, 1),
    "remark42": (_remark42, 1, 1),
    "commento": (_commento, 1, 1),
    "ghost": (_ghost, 1, 0),
    "blogger": (_blogger, 1, 1),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_hidden_comes_out_of_an_export(tmp_path: Path, name: str) -> None:
    export, posts, comments = EXPORTS[name]
    content = tmp_path / "content"
    if name not in {"wordpress", "ghost", "blogger"}:
        TinyBlog(tmp_path).post("boat", permalink="/boat/")
    file = export(tmp_path)
    assert SECRET.encode() in file.read_bytes()
    import_files([file], into=content, url="https://blog.example/", pings=True, now=NOW)
    build(site_toml.load(content), tmp_path / "output", now=NOW, options=Options())
    for folder in (content, tmp_path / "output"):
        files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert traces(files) == []
        assert b"hush0" not in b"".join(files.values()) or folder == content
    read = {
        feed: json.loads((tmp_path / "output" / f"{feed}.json").read_bytes())["items"]
        for feed in ("entries", "comments")
    }
    assert (len(read["entries"]), len(read["comments"])) == (posts, comments)
    # An answer to what is hidden answers the post.
    for item in read["comments"]:
        assert item["_feeds"]["in_reply_to"]["ref"] == read["entries"][0]["id"]
        assert "In reply" not in item["content_html"]


@pytest.mark.parametrize("change", [{"status": "draft"}, {"status": SECRET}, {"in_feeds": False}])
def test_what_a_reader_lets_through_by_mistake_is_not_written(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    TinyBlog(tmp_path).post("boat")
    run = ExportRun(tmp_path / "content", url=None, author=None, now=NOW)
    hidden = post(f"{SECRET}-plan", path="plan", **change)
    items: list[ExportItem] = [
        hidden,
        comment("7", folder="plan", author=Person(SECRET)),
        comment("8", folder="boat", author=Person(SECRET), status="held"),
        comment("9", folder="boat", author=Person("Ann")),
    ]
    run.take(tmp_path / "export", "export", items)
    run.finish()
    files = {str(p): p.read_bytes() for p in (tmp_path / "content").rglob("*") if p.is_file()}
    assert traces(files) == []
    assert [path for path in files if path.endswith("9.md")]
