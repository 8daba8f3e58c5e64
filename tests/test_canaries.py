"""Promise 7, byte by byte: what a source knows of its commenters, and no feed, file or line may tell.

Marked addresses, numbers and secrets (the canaries) stand in every place in which a source can keep
one. Then every byte that was written is searched for them: the feeds, compressed ones too, what an
import wrote, the index with its free pages, what stands beside it, and all that was said on the way.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.cli import main
from feeds.sources.fields import web_uri
from feeds.sources.records import Scalar
from tests.builders import TinyBlog
from tests.test_in_place import in_layout

Capture = pytest.CaptureFixture[str]

# --- the canaries ---------------------------------------------------------------------------------

#: Stands in fields: nothing of it may be seen.
MAIL = "linnet@voliere.example"
#: Stands where a name belongs: what is before the at sign is the name.
NAME_MAIL = "ann.finch@voliere.example"
#: Was typed into a comment: that is what its author had to say.
TYPED = "wren@aviary.example"
HASHES = {name: hashlib.new(name, MAIL.encode()).hexdigest() for name in ("md5", "sha1", "sha256")}
MD5 = HASHES["md5"]
GRAVATAR = f"https://www.gravatar.com/avatar/{MD5}?s=48"
IP, IP6 = "198.51.100.73", "2001:db8::feed:beef"
AGENT = "Kestrel/7.3 (perch; rv:41)"
PASSWORD, TOKEN = "hunter-kestrel-7", "tok_kestrel_9c1f"
CANARIES = (
    "voliere", "linnet", *HASHES.values(), "gravatar.com", IP, IP6, "kestrel", "mailto:",
)  # fmt: skip

#: What forms, plugins and exports call such things.
KEYS: Mapping[str, str] = {
    "email": MAIL,
    "Email": MAIL,
    "e-mail": MAIL,
    "mail": MAIL,
    "author_email": MAIL,
    "authorEmail": MAIL,
    "email_md5": MD5,
    "email_hash": HASHES["sha256"],
    "hash": HASHES["sha1"],
    "gravatar": MD5,
    "avatar": GRAVATAR,
    "ip": IP,
    "author_ip": IP,
    "author_IP": IP6,
    "remote_addr": IP6,
    "user_agent": AGENT,
    "author_user_agent": AGENT,
    "token": TOKEN,
    "hp": TOKEN,
}


def caught(data: bytes) -> list[str]:
    """The canaries that are to be seen somewhere."""
    found = data.lower()
    return [word for word in CANARIES if word.lower().encode() in found]


def written(*folders: Path) -> bytes:
    """Every byte of every file, names included; of compressed ones what they hold, too."""
    pieces = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            pieces.append(str(path.relative_to(folder)).encode())
            if path.is_file():
                data = path.read_bytes()
                pieces.append(data)
                if path.suffix == ".gz":
                    pieces.append(gzip.decompress(data))
    return b"\n".join(pieces)


@dataclass
class Cage:
    """A folder in which everything is written, and a voice that is listened to."""

    root: Path
    capture: Capture

    def say(self, *arguments: object) -> tuple[int, bytes]:
        """Run the command line; return its exit code and all that it said."""
        code = main([str(argument) for argument in arguments])
        heard = self.capture.readouterr()
        return code, (heard.out + heard.err).encode("utf-8", "replace")

    def build(self, content: Path) -> bytes:
        """Build, take a comment away and build again from memory; return all that came of it."""
        output, index = self.root / "output", self.root / "memory" / "index.sqlite"
        common = ("build", content, "-o", output, "--index", index, "--now", "2024-06-01T12:00Z")
        said = self.say(*common, "-v")[1]
        assert (output / "comments.json").exists(), said
        first = written(output, index.parent)
        comments = [path for path in content.rglob("*") if path.stem.endswith("7")]
        for path in comments:
            path.unlink()
        said += self.say(*common, "--json", "--accept")[1]
        said += self.say("redirects", content, "--server", "nginx")[1]
        return first + said + written(output, index.parent)

    def take(self, export: Path, *options: object) -> bytes:
        """Import an export, and build what it became; return all that came of both."""
        into = self.root / "into"
        assert {"voliere", "linnet", "gravatar.com", "kestrel"} & set(caught(export.read_bytes()))
        code, said = self.say("import", export, "--into", into, *options)
        assert code == 0, said
        made = written(into)  # a build may touch a file: what was imported is looked at first
        return said + made + self.build(into)


@pytest.fixture
def cage(tmp_path: Path, capsys: Capture) -> Cage:
    return Cage(tmp_path, capsys)


def yaml_of(record: Mapping[str, object]) -> str:
    """Lines of YAML: a value is quoted as JSON quotes it."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in record.items())


#: A person as a record, with all that may be known of one.
PERSON = {"name": NAME_MAIL, "uri": f"mailto:{MAIL}", **KEYS}
BODY = f"Write to {TYPED}, I say."
COMMENTS: Mapping[str, dict[str, object]] = {
    "1": {"name": NAME_MAIL, "url": f"mailto:{MAIL}"},
    "2": {"author": PERSON},
    "3": {"author": f"Ann Finch <{NAME_MAIL}>", "uri": GRAVATAR},
    "4": {"author": "Bea", "website": f"https://bea.example/?from={MAIL}", "status": "pending"},
    "5": {"author": "Bea", "website": f"https://pictures.example/avatar/{HASHES['sha256']}"},
    "6": {"author": [PERSON, NAME_MAIL], "url": "https://linnet%40voliere.example/"},
    "7": {"author": "Cy", "url": "https://linnet:hunter-kestrel-7@cy.example/"},
}


def comment(id: str) -> dict[str, object]:
    """A comment with every key that a source may have, and where it answers another, one more."""
    answers = {"parent": str(int(id) - 1)} if id > "1" else {}
    return {**KEYS, "date": f"2024-05-02 10:00:0{id}", **answers, **COMMENTS[id]}


POST: Mapping[str, object] = {
    **KEYS, "title": "The perch", "date": "2024-05-01 10:00:00", "author": PERSON,
    "authors": [PERSON, {"name": "Dee", "email": MAIL}],
}  # fmt: skip


def shows_what_was_typed(cage: Cage) -> bool:
    """Whether what a commenter typed is still there, and no link was made of it."""
    shown = (cage.root / "output" / "comments.json").read_text("utf-8")
    return TYPED in shown and "mailto" not in shown


# --- our own layout -------------------------------------------------------------------------------


def test_no_key_of_a_post_or_comment_leaks(cage: Cage) -> None:
    blog = TinyBlog(cage.root, '[feeds]\nprecompress = ["gzip"]\n')
    blog.write("posts/perch.md", f"---\n{yaml_of(POST)}---\n\nText.\n")
    blog.write("posts/shut.md", f"---\n{yaml_of({**POST, 'password': PASSWORD})}---\n\nText.\n")
    for id in COMMENTS:
        blog.write(f"comments/perch/{id}.md", f"---\n{yaml_of(comment(id))}---\n\n{BODY}\n")
    assert caught(written(blog.content)) == list(CANARIES)
    assert caught(cage.build(blog.content)) == []
    assert shows_what_was_typed(cage)
    assert b"ann.finch" in blog.published()
    assert (blog.output / "comments.json.gz").exists()


def test_no_key_of_staticmans_files_and_lists_leaks(cage: Cage) -> None:
    blog = TinyBlog(cage.root).post("list")
    blog.write("posts/perch.md", f"---\n{yaml_of(POST)}---\n\nText.\n")
    for id in COMMENTS:
        record = {"_id": f"s{id}", "_parent": f"mail:{MAIL}", "message": BODY, **comment(id)}
        blog.write(f"comments/perch/{id}.yml", yaml_of(record))
    blog.write("comments/list.yml", f"- {json.dumps({'message': BODY, **comment('1')})}\n")
    assert caught(cage.build(blog.content)) == []
    assert shows_what_was_typed(cage)


#: Files that break in the middle of what is private: what is said of them may not quote it.
BROKEN = {
    "posts/a.md": f"---\ntitle: A\nemail: [{MAIL}\n---\n",
    "posts/b.md": f"---\ntitle: B\nemail: *{NAME_MAIL}\n---\n",
    "posts/c.md": f"+++\ntitle = 'C'\nemail = {MAIL}\n+++\n",
    "posts/d.md": f"---\ntitle: D\ndate: 2024-05-01\nemail:\n  - {MAIL}\n ip: {IP}\n---\n",
    "comments/hello/1.yml": f"name: Ann\nemail: '{MAIL}\nmessage: Hm.\n",
    "comments/hello/2.yml": f"name: Ann\nemail: {MAIL}\nemail: {IP}\nmessage: Hm.\n",
    "comments/hello/3.md": f"---\nname: Ann\nemail: !!binary {MAIL}: x\n---\nHm.\n",
    "comments/hello.yml": f"- name: Ann\n  ip: {IP6}\n  agent: {AGENT}\n  message:\n",
}


def test_no_complaint_about_a_broken_file_quotes_it(cage: Cage) -> None:
    blog = TinyBlog(cage.root).post("hello").comment("hello", "9")
    for path, text in BROKEN.items():
        blog.write(path, text)
    assert caught(cage.build(blog.content)) == []


# --- other programs' blogs ------------------------------------------------------------------------


@dataclass(frozen=True)
class Plant:
    """A blog of another program: where its files are, and how their heads are written."""

    config: tuple[str, str]
    post: str
    comments: str
    head: str = "yaml"


_SECRETS_YAML = yaml_of({**KEYS, "title": "Birds", "author": PERSON, "staticman_token": TOKEN})
_SECRETS_TOML = f'''
title = "Birds"
ADDRESS = "https://blog.example/"
email = "{MAIL}"
author = "{NAME_MAIL}"
[params]
email = "{MAIL}"
token = "{TOKEN}"
[params.author]
name = "Ann"
email = "{MAIL}"
[extra]
author = "{NAME_MAIL}"
email = "{MAIL}"
'''
_SECRETS_PY = f"""
SITENAME = BLOG_TITLE = 'Birds'
SITEURL = SITE_URL = 'https://blog.example/'
AUTHOR = BLOG_AUTHOR = '{NAME_MAIL}'
BLOG_EMAIL = '{MAIL}'
TOKEN = '{TOKEN}'
PATH = 'content'
POSTS = (('posts/*.md', 'posts', 'post.tmpl'),)
PAGES = ()
AUTHOR_AVATAR = '{GRAVATAR}'
"""
PLANTS = {
    "jekyll": Plant(
        ("_config.yml", f"url: https://blog.example\n{_SECRETS_YAML}"),
        "_posts/2024-05-01-perch.md",
        "_data/comments/perch/{}.yml",
    ),
    "hugo": Plant(
        ("hugo.toml", _SECRETS_TOML.replace("ADDRESS", "baseURL")),
        "content/posts/perch.md",
        "data/comments/perch/{}.yml",
    ),
    "zola": Plant(
        ("config.toml", _SECRETS_TOML.replace("ADDRESS", "base_url")),
        "content/perch.md",
        "data/comments/perch/{}.yml",
    ),
    "nikola": Plant(("conf.py", _SECRETS_PY), "posts/perch.md", "posts/perch.{}.wpcomment", "dots"),
    "pelican": Plant(
        ("pelicanconf.py", _SECRETS_PY), "content/perch.md", "content/comments/perch/{}.md", "lines"
    ),
}
#: A line holds no record.
FLAT = {**POST, "slug": "perch", "author": NAME_MAIL, "authors": f"{NAME_MAIL}, Dee"}


def head_of(form: str, record: Mapping[str, object]) -> str:
    """Front matter, in the form that a program has for it."""
    if form == "yaml":
        return f"---\n{yaml_of(record)}---\n\n"
    start = ".. " if form == "dots" else ""
    texts = {key: value for key, value in record.items() if isinstance(value, str)}
    return "".join(f"{start}{key}: {value}\n" for key, value in texts.items()) + "\n"


def planted(root: Path, layout: str, site_toml: bool = True) -> TinyBlog:
    """A blog of another program, with canaries in its configuration, its post and its comments."""
    plant = PLANTS[layout]
    blog = in_layout(root, layout)
    if not site_toml:
        (blog.content / "site.toml").unlink()
    blog.write(*plant.config)
    blog.write(plant.post, head_of(plant.head, POST if plant.head == "yaml" else FLAT) + "Text.\n")
    for id in COMMENTS:
        said = comment(id)
        if plant.head != "yaml":
            flat = {"author": NAME_MAIL, "author_url": f"mailto:{MAIL}", "id": id}
            said = {key: value for key, value in said.items() if isinstance(value, str)}
            text = head_of(plant.head, {**flat, **said}) + BODY + "\n"
        else:
            text = yaml_of({"message": BODY, **said})
        blog.write(plant.comments.format(id), text)
    return blog


@pytest.mark.parametrize("layout", PLANTS)
def test_no_blog_of_another_program_leaks(cage: Cage, layout: str) -> None:
    blog = planted(cage.root, layout)
    assert caught(written(blog.content)) == list(CANARIES)
    assert caught(cage.build(blog.content)) == []
    assert shows_what_was_typed(cage)
    assert b"The perch" in blog.published()


@pytest.mark.parametrize("layout", ["jekyll", "hugo", "zola", "nikola", "pelican"])
def test_no_site_toml_that_is_made_of_a_configuration_leaks(cage: Cage, layout: str) -> None:
    blog = planted(cage.root, layout, site_toml=False)
    code, said = cage.say("init", blog.content)
    assert code == 0
    made = (blog.content / "site.toml").read_bytes()
    assert b"Birds" in made
    assert caught(said + made) == []


# --- exports --------------------------------------------------------------------------------------


def cdata(name: str, text: str) -> str:
    """An element of a WordPress export."""
    return f"<{name}><![CDATA[{text}]]></{name}>"


def wordpress_comment(number: int, **changes: str) -> str:
    """A comment with all that WordPress keeps of it."""
    said = {
        "id": str(number),
        "author": NAME_MAIL,
        "author_email": MAIL,
        "author_url": f"mailto:{MAIL}",
        "author_IP": IP6,
        "date": "2024-05-02 10:00:00",
        "date_gmt": "2024-05-02 10:00:00",
        "content": BODY,
        "approved": "1",
        "agent": AGENT,
        "type": "comment",
        "parent": "0",
        "user_id": "0",
    } | changes
    inside = "".join(cdata(f"wp:comment_{key}", text) for key, text in said.items())
    meta = cdata("wp:meta_key", "akismet_as_submitted") + cdata("wp:meta_value", json.dumps(KEYS))
    return f"<wp:comment>{inside}<wp:commentmeta>{meta}</wp:commentmeta></wp:comment>"


def wordpress_item(number: int, comments: str = "", **changes: str) -> str:
    """An item with all that WordPress keeps of it."""
    said = {
        "post_id": str(number),
        "post_date": "2024-05-01 10:00:00",
        "post_date_gmt": "2024-05-01 10:00:00",
        "comment_status": "open",
        "post_name": f"perch-{number}",
        "status": "publish",
        "post_type": "post",
        "post_password": "",
    } | changes
    inside = "".join(cdata(f"wp:{key}", text) for key, text in said.items())
    meta = "".join(
        f"<wp:postmeta>{cdata('wp:meta_key', key)}{cdata('wp:meta_value', text)}</wp:postmeta>"
        for key, text in KEYS.items()
    )
    return (
        f"<item><title>The perch</title><link>https://blog.example/perch-{number}/</link>"
        f"{cdata('dc:creator', NAME_MAIL)}<guid>https://blog.example/?p={number}</guid>"
        f"{cdata('content:encoded', '<p>Text.</p>')}{inside}{meta}{comments}</item>"
    )


WORDPRESS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">'
    "<channel><title>Birds</title><link>https://blog.example</link><wp:wxr_version>1.2</wp:wxr_version>"
    f"<managingEditor>{MAIL}</managingEditor>"
    f"<wp:author>{cdata('wp:author_login', NAME_MAIL)}{cdata('wp:author_email', MAIL)}"
    f"{cdata('wp:author_display_name', NAME_MAIL)}</wp:author>"
    + wordpress_item(
        1,
        wordpress_comment(7)
        + wordpress_comment(8, author="", author_url=GRAVATAR, parent="7")
        + wordpress_comment(9, author="Bea", author_url=f"https://bea.example/{MAIL}")
        + wordpress_comment(10, approved="spam", content=MAIL)
        + wordpress_comment(11, approved="0")
        + wordpress_comment(12, type="order_note", content=f"{MAIL} {IP}"),
    )
    + wordpress_item(2, wordpress_comment(13), post_password=PASSWORD)
    + wordpress_item(3, wordpress_comment(14), status="private")
    + wordpress_item(4, post_type="shop_order")
    + "</channel></rss>\n"
)


def test_no_export_of_wordpress_leaks(cage: Cage) -> None:
    export = cage.root / "wordpress.xml"
    export.write_text(WORDPRESS, "utf-8")
    assert caught(cage.take(export, "--pings")) == []
    assert shows_what_was_typed(cage)
    said = cage.say("adopt", export, cage.root / "into")[1]
    assert caught(said) == []


DISQUS = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
    '<thread dsq:id="10"><id/><link>https://blog.example/perch/</link><title>The perch</title>'
    f"<author><name>Ann</name><email>{MAIL}</email></author><ipAddress>{IP}</ipAddress>"
    "<isDeleted>false</isDeleted></thread>"
    + "".join(
        f'<post dsq:id="{number}"><id/><message><![CDATA[<p>{BODY}</p>]]></message>'
        f"<createdAt>2024-05-02T10:00:00Z</createdAt><isDeleted>false</isDeleted>"
        f"<isSpam>{spam}</isSpam><author><email>{MAIL}</email><name>{escape(name)}</name>"
        f"<username>{NAME_MAIL}</username></author><ipAddress>{IP6}</ipAddress>"
        '<thread dsq:id="10"/></post>'
        for number, name, spam in (
            (7, NAME_MAIL, "false"),
            (8, f"Ann <{NAME_MAIL}>", "false"),
            (9, MAIL, "true"),
        )
    )
    + "</disqus>\n"
)
REMARK42 = "\n".join(
    json.dumps(record)
    for record in (
        {"version": 1, "users": [{"id": f"email_{MD5}", "email": MAIL}], "posts": []},
        *(
            {
                "id": f"c{number}",
                "pid": "",
                "text": f"<p>{BODY}</p>",
                "user": {
                    "name": NAME_MAIL,
                    "id": f"email_{MD5}",
                    "picture": GRAVATAR,
                    "ip": IP,
                    **KEYS,
                },
                "locator": {"site": "birds", "url": "https://blog.example/perch/"},
                "voted_ips": {IP6: {"Value": True}},
                "time": "2024-05-02T10:00:00Z",
                **KEYS,
            }
            for number in (6, 7)
        ),
    )
)
COMMENTO = json.dumps(
    {
        "version": 1,
        "comments": [
            {
                "commentHex": f"c{number}",
                "domain": "blog.example",
                "url": "/perch/",
                "commenterHex": TOKEN,
                "markdown": BODY,
                "parentHex": "root",
                "state": state,
                "creationDate": "2024-05-02T10:00:00Z",
                "deleted": False,
                **KEYS,
            }
            for number, state in ((6, "approved"), (7, "approved"), (8, "flagged"))
        ],
        "commenters": [
            {
                **KEYS,
                "commenterHex": TOKEN,
                "name": NAME_MAIL,
                "link": f"mailto:{MAIL}",
                "photo": GRAVATAR,
            }
        ],
    }
)


def isso(path: Path) -> None:
    """A database of Isso, with what it keeps of everybody."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR, title VARCHAR);"
            "CREATE TABLE preferences (key VARCHAR, value VARCHAR);"
            "CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT,"
            " modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR, author VARCHAR,"
            " email VARCHAR, website VARCHAR, voters BLOB)"
        )
        database.execute("INSERT INTO preferences VALUES ('session-key', ?)", (TOKEN,))
        database.execute("INSERT INTO threads VALUES (1, '/perch/', 'The perch')")
        for mode, name, page in (
            (1, NAME_MAIL, f"mailto:{MAIL}"),
            (1, None, GRAVATAR),
            (2, MAIL, ""),
        ):
            row = (None, 1714644000.0, None, mode, IP, BODY, name, MAIL, page, IP6.encode())
            database.execute(f"INSERT INTO comments VALUES (1, NULL, {', '.join('?' * 10)})", row)
        database.commit()


@pytest.mark.parametrize("kind", ["disqus.xml", "remark42.json", "commento.json", "isso.db"])
def test_no_export_of_comments_leaks(cage: Cage, kind: str) -> None:
    export = cage.root / kind
    texts = {"disqus.xml": DISQUS, "remark42.json": REMARK42, "commento.json": COMMENTO}
    if kind in texts:
        export.write_text(texts[kind], "utf-8")
    else:
        isso(export)
    TinyBlog(cage.root).post("perch", permalink="/perch/").content.rename(cage.root / "into")
    assert caught(cage.take(export)) == []
    assert shows_what_was_typed(cage)


GHOST = {
    "db": [
        {
            "meta": {"version": "5.80.0", "exported_on": 1},
            "data": {
                "posts": [
                    {
                        **KEYS, "id": "5f0c2a9d8e7b6a5c4d3e2f17", "title": "The perch", "slug": "perch",
                        "html": "<p>Text.</p>", "status": "published", "visibility": "public",
                        "type": "post", "published_at": "2024-05-01T10:00:00.000Z",
                    },
                    {
                        "id": "5f0c2a9d8e7b6a5c4d3e2f18", "title": "A letter", "slug": TOKEN.replace("_", "-"),
                        "html": f"<p>{TOKEN}</p>", "status": "sent", "visibility": "public",
                        "type": "post", "published_at": "2024-05-01T10:00:00.000Z",
                    },
                ],
                "users": [{**KEYS, "id": "1", "name": NAME_MAIL, "password": PASSWORD, "website": GRAVATAR}],
                "members": [{**KEYS, "name": NAME_MAIL}],
                "posts_authors": [{"post_id": "5f0c2a9d8e7b6a5c4d3e2f17", "author_id": "1"}],
                "settings": [
                    {"key": "title", "value": "Birds"},
                    {"key": "members_private_key", "value": TOKEN},
                    {"key": "members_support_address", "value": MAIL},
                ],
            },
        }
    ]
}  # fmt: skip


def test_no_export_of_ghost_leaks(cage: Cage) -> None:
    export = cage.root / "ghost.json"
    export.write_text(json.dumps(GHOST), "utf-8")
    assert caught(cage.take(export, "--url", "https://blog.example/")) == []


def blogger_entry(kind: str, number: int, text: str, more: str) -> str:
    """An entry of Blogger's backup, with what it says of whoever wrote it."""
    return (
        f"<entry><id>tag:blogger.com,1999:blog-77.post-{number}</id>"
        "<published>2024-05-01T10:00:00Z</published><updated>2024-05-01T10:00:00Z</updated>"
        "<category scheme='http://schemas.google.com/g/2005#kind'"
        f" term='http://schemas.google.com/blogger/2008/kind#{kind}'/><title>The perch</title>"
        f"<content type='html'>{escape(text)}</content><author><name>{NAME_MAIL}</name>"
        f"<uri>{GRAVATAR}</uri><email>{MAIL}</email></author>{more}</entry>"
    )


BLOGGER = (
    "<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns='http://www.w3.org/2005/Atom'"
    " xmlns:gd='http://schemas.google.com/g/2005'"
    " xmlns:thr='http://purl.org/syndication/thread/1.0'>"
    "<id>tag:blogger.com,1999:blog-77</id><title>Birds</title>"
    "<link rel='alternate' href='https://blog.example/'/>"
    f"<author><name>Ann</name><email>{MAIL}</email></author>"
    + blogger_entry("settings", 1, f"{MAIL} {TOKEN}", "")
    + blogger_entry(
        "post", 2, "<p>Text.</p>", "<link rel='alternate' href='https://blog.example/perch.html'/>"
    )
    + blogger_entry(
        "comment", 7, BODY, "<thr:in-reply-to ref='tag:blogger.com,1999:blog-77.post-2'/>"
    )
    + "</feed>\n"
)


def test_no_export_of_blogger_leaks(cage: Cage) -> None:
    export = cage.root / "blogger.xml"
    export.write_text(BLOGGER, "utf-8")
    assert caught(cage.take(export)) == []
    assert shows_what_was_typed(cage)


# --- saved pages ----------------------------------------------------------------------------------


def html_comment(number: int, name: str, href: str) -> str:
    """A comment as a theme shows it, with what themes and plugins hide in it."""
    return (
        f'<li class="comment" id="comment-{number}" data-email="{MAIL}" data-ip="{IP}"'
        f' data-agent="{AGENT}"><div class="comment-author vcard">'
        f'<img class="avatar" alt="{NAME_MAIL}" src="{GRAVATAR}" srcset="{GRAVATAR} 2x">'
        f'<cite class="fn"><a class="url" href="{href}">{name}</a></cite></div>'
        '<div class="comment-meta"><time datetime="2024-05-02T10:00:00Z">then</time>'
        f'<a class="edit" href="/wp-admin/?c={number}&amp;_wpnonce={TOKEN}">Edit</a></div>'
        f'<div class="comment-content"><p>{BODY}</p><!-- {MAIL} {IP6} --></div></li>'
    )


_LD = {
    "@context": "https://schema.org",
    "@type": "BlogPosting",
    "headline": "The perch",
    "author": {"@type": "Person", "name": NAME_MAIL, "email": MAIL, "image": GRAVATAR},
}
HTML = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The perch</title>'
    '<link rel="canonical" href="https://blog.example/2024/05/perch/">'
    f'<meta name="author" content="{NAME_MAIL}"><meta name="contact" content="{MAIL}">'
    '<meta property="article:published_time" content="2024-05-01T10:00:00Z">'
    f'<script type="application/ld+json">{json.dumps(_LD)}</script>'
    f'<script>var nonce = "{TOKEN}", me = "{MAIL}";</script></head><body class="single logged-in">'
    f'<div id="wpadminbar">{MAIL}</div>'
    '<article class="post"><h1 class="entry-title">The perch</h1>'
    f'<div class="byline"><a href="mailto:{MAIL}"><img src="{GRAVATAR}">Ann</a></div>'
    '<div class="entry-content"><p>Text, and more of it.</p></div></article>'
    '<div id="comments"><h2>4 Responses</h2><ol class="commentlist">'
    + html_comment(7, NAME_MAIL, f"mailto:{MAIL}")
    + html_comment(8, "Bea", GRAVATAR)
    + html_comment(9, "Cy", f"https://cy.example/?me={MAIL}")
    + f"<!-- {html_comment(10, MAIL, '#')} -->"
    + '</ol></div><div id="respond"><form id="commentform" action="/wp-comments-post.php">'
    f'<input name="author" value="{NAME_MAIL}"><input name="email" value="{MAIL}">'
    f'<input type="hidden" name="akismet" value="{TOKEN}"><textarea>{MAIL}</textarea></form></div>'
    f'<footer><a href="mailto:{MAIL}">Write</a> © 2024 Birds</footer></body></html>'
)
TEXT = f"""\
The perch

Text, and more of it.

2 Responses to “The perch”

  1. {NAME_MAIL} says:
    March 4, 2024 at 7:05 am

    {BODY}

  2. Pingback: {NAME_MAIL}

© 2024 Birds. All rights reserved. · Entries RSS
"""


@pytest.mark.parametrize("kind", ["perch.html", "perch.txt"])
def test_no_saved_page_leaks(cage: Cage, kind: str) -> None:
    page = cage.root / kind
    page.write_text(HTML if kind.endswith("html") else TEXT, "utf-8")
    options = ("--url", "https://blog.example/2024/05/perch/", "--date", "2024-03-01")
    assert caught(cage.take(page, *options)) == []
    # On a page that is public, addresses were hidden from harvesters by whoever cared.
    assert b"wren@" in written(cage.root / "output")


# --- old feeds ------------------------------------------------------------------------------------

OLD_RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Birds</title>'
    f"<managingEditor>{MAIL} (Ann)</managingEditor><webMaster>{MAIL}</webMaster>"
    + "".join(
        f"<item><title>{title}</title><link>https://blog.example/{name}/</link>"
        f"<guid isPermaLink='false'>urn:old:{name}</guid><author>{MAIL} (Ann)</author>"
        f"<dc:creator>{NAME_MAIL}</dc:creator><description>{MAIL} {IP}</description>"
        "<pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate></item>"
        for title, name in (("Perch", "perch"), ("Gone", "gone"))
    )
    + "</channel></rss>"
)


def test_no_old_feed_leaks_into_what_is_pinned_or_said(cage: Cage) -> None:
    blog = TinyBlog(cage.root, 'permalink = "/{slug}/"\n').post("perch")
    old = cage.root / "old.xml"
    old.write_text(OLD_RSS, "utf-8")
    said = cage.say("adopt", old, blog.content, "--write")[1]
    assert b"urn:old:perch" in written(blog.content)
    assert caught(said + written(blog.content)) == []


# --- a person's own page --------------------------------------------------------------------------


@given(
    st.sampled_from(["", "https://", "http://www.", "//", "/", "mailto:", "HTTPS://x.example/?q="]),
    st.text("ab.%/:?#&=-+ ", max_size=12),
    st.sampled_from(
        [MAIL, MAIL.upper(), MAIL.replace("@", "%40"), GRAVATAR, f"x.example/avatar/{MD5}"]
    ),
    st.text("ab.%/:?#&=-+ ", max_size=12),
)
@settings(max_examples=300, deadline=None)
def test_no_page_of_a_person_names_their_address(
    start: str, before: str, canary: str, behind: str
) -> None:
    uri = web_uri("https://blog.example/", Scalar(f"{start}{before}{canary}{behind}", 1)) or ""
    # Letters and digits beside it make another host, or another number, of it.
    if not re.search(r"[0-9a-z]$", before) and not re.match(r"[0-9a-z]", behind):
        assert [word for word in ("linnet@", "linnet%40", MD5) if word in uri.lower()] == []


@pytest.mark.parametrize(
    "uri",
    [
        "https://gravatar.com/ann",
        "https://mastodon.example/@ann",
        "https://mastodon.example/@ann@other.example",
        "https://pictures.example/photos/7731@N00/",
        f"https://code.example/commit/{HASHES['sha1']}",
    ],
)
def test_a_page_that_only_looks_like_an_address_stays(uri: str) -> None:
    assert web_uri("https://blog.example/", Scalar(uri, 1)) == uri
