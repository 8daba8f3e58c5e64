"""What mutations start from: small and whole examples of everything that is read."""

from __future__ import annotations

import gzip
import json
import sqlite3

HTML = (
    b'<p title="x">Hi <a href="/a?b=1&amp;c#d" rel=x>there</a>, <b>you<i>and</b>I</i>.</p>',
    b'<table><tr><td><a href="https://a.example/"><table><a href=x>y</a></table></td></tr></table>',
    b'<img src="x.png" srcset="a.png 1x, b.png 2x" width="1" height="1" onerror=alert(1)>',
    b'<iframe src="//v.example/1">in</iframe><svg><style><a title="</style><img src=x>">',
    b'<a href="java\tscript:alert(1)">x</a><a href="data:text/html,x">y</a><p style="color:red">',
    b"<pre>\n\ncode &lt;b&gt;</pre><ul><li>a<li>b</ul><!-- c --><details open><summary>s</summary>",
    b"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1&gt;'>",
    b"<form><p></form><select><p><noscript><p title='</noscript><b>'>",
)
MARKDOWN = (
    b"# Title\n\nA *word* and **more**, `code`[^1], <b>raw</b>.\n\n[^1]: A note.\n\n---\n",
    b"- a\n  - b\n    1. c\n\n> q\n>> r\n\n```py\nx = 1\n```\n\n| a | b |\n|---|:-:|\n| 1 | ~~2~~ |\n",
    b"[x]: https://a.example/ 'T'\n\n[x] ![i](/i.png \"t\") <https://b.example> www.c.example a@b.example",
    b"<div>\n\n*x*\n\n</div>\n\nline  \nbreak\\\nbreak &copy; &#x110000; &nosuch;\n",
)
HTML_WORDS = (
    *(
        b"<a href=",
        b'<a href="',
        b"</a>",
        b"<p>",
        b"</p>",
        b"<b>",
        b"<table>",
        b"<tr><td>",
        b"<svg>",
    ),
    *(
        b"<math>",
        b"<style>",
        b"</style>",
        b"<title>",
        b"<textarea>",
        b"<template>",
        b"<iframe src=",
    ),
    *(
        b"</iframe>",
        b"<noscript>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<pre>",
        b"\n\n",
        b"<li>",
    ),
    *(b"<img src=", b'width="1" height="1"', b"srcset=", b"style=", b"onclick=", b"javascript:"),
    *(b"data:image/png;base64,", b"https:", b"//", b"mailto:", b"&#106;", b"&Tab;", b"&colon;"),
    *(b"<details>", b"<ruby><rt>", b"<select>", b"<frameset>", b"<plaintext>", b"<xmp>", b"/>"),
)
MARKDOWN_WORDS = (
    *(
        b"[",
        b"](",
        b")",
        b"![",
        b"[^",
        b"]: ",
        b"> ",
        b"- ",
        b"1. ",
        b"    ",
        b"```",
        b"~~~",
        b"***",
    ),
    *(
        b"__",
        b"~~",
        b"| ",
        b"|-|-|\n",
        b"# ",
        b"\n===\n",
        b"\\",
        b"``",
        b"<http://",
        b"www.",
        b"@a.b",
    ),
)
YAML = (
    b"title: Hello\ndate: 2024-05-01 10:00\ntags: [a, b]\nauthor: {name: Ann, uri: /ann}\n",
    b"title: 'x: y'\nbase: &b {a: 1}\nmore:\n  <<: *b\n  c: |\n    two\n    lines\nd: >-\n  f\n",
    b"- {name: Ann, message: Hi., date: 1714557600}\n- name: Bea\n  message: |\n    Yes.\n",
    b'"a": "\\u00e9\\x41"\n? b\n: !!str 12\nc: ~\n# note\nd: 0x1F\ne: 1_000\n',
)
YAML_WORDS = (
    *(
        b": ",
        b"- ",
        b"? ",
        b"&a ",
        b"*a",
        b"<<: ",
        b"[",
        b"]",
        b"{",
        b"}",
        b", ",
        b"|\n ",
        b">-\n ",
    ),
    *(b"---\n", b"...\n", b"%YAML 1.1\n", b"!!binary ", b"!x ", b"'", b'"', b"# ", b"\\x", b"\n  "),
)
TOML = (
    b'title = "Hello"\ndate = 2024-05-01T10:00:00Z\ntags = ["a", "b"]\n[extra]\nx = 1.10\ny = 0xff\n',
    b"a.b.c = '''\nraw'''\n[[d]]\ne = true\nf = {g = 07:32:00}\nh = inf\ni = 1979-05-27\n",
)
TOML_WORDS = (
    *(b" = ", b"[a]\n", b"[[a]]\n", b'"""', b"'''", b"\\u00", b"{a = ", b"}", b"a.b", b"1e", b"0x"),
    *(b"1979-05-27", b"T07:32:00", b"nan", b"_", b"\n", b"true"),
)
DATES = tuple(
    text.encode()
    for text in """\
2024-05-01|2024-05-01 10:00:00 +02:00|2024-05-01T10:00:00.1234567Z|20240501T1000|2024-W18-3
1 May 2024 10:00 GMT+0200 (CEST)|Wed, 01 May 2024 10:00:00 +0000|May 1st, 2024 at 5:30 pm
10/11/2012|2017-04-14-10:30|1714557600|1714557600123|0001-01-01T00:00:00Z|9999-12-31T23:59:59-23:59
31 February|12:30|2024-05-01 10:00 CST|14.04.2017 um 18:05 Uhr|Friday|0000-00-00 00:00:00|1e9
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
DATE_WORDS = tuple(
    b"2024 - / . : T Z +00:00 -2359 AM pm UTC GMT EST May Mai Friday st at , ( ) W 00 24 60 99 \xd9\xa3".split()
)
URLS = tuple(
    text.encode()
    for text in """\
https://blog.example/a/b.html?c=d&e#f|//host.example/x|/a/../b/./c|?q|#f|http://[::1]:80/x
http://user:pass@h\u00e9.example:8080/\u00e9 x|https:page.html|javascript:alert(1)|tag:a.example,2024:x
http://h\\evil.example/|http://a.example:99999/|con.txt|..|a/b\\c|%C3%A9%zz|xn--a|http://\u2100.example/
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
URL_WORDS = tuple(
    b"http: https: // / \\ @ : ? # [ ] %00 %2F %zz .. . ; & = xn-- localhost :80 :0 \xe2\x84\x80 {slug}".split()
)
LIQUID = (
    b"a {% raw %}{{ x }}{% endraw %} {% highlight py linenos %}\nx\n{% endhighlight %} b",
    b"{{ site.url | append: '/x' | escape }}{% if a %}y{% else %}z{% endif %}{{ '/a' | relative_url }}",
    b"{% for a in b %}{% for c in d %}e{% endfor %}{% endfor %}{% comment %}f{% endcomment %}",
    b'{% include figure.html src="/a.png" alt="b" %}{% youtube abc-def %}{% post_url 2024-05-01-x %}',
)
LIQUID_WORDS = (
    *(
        b"{%",
        b"%}",
        b"{{",
        b"}}",
        b"{%-",
        b"-%}",
        b" raw ",
        b" endraw ",
        b" highlight ",
        b"{% for %}",
    ),
    *(
        b"{% endfor %}",
        b"{% comment %}",
        b"{% endcomment %}",
        b" | ",
        b"'",
        b'"',
        b"append: ",
        b"=",
    ),
    *(b"{% raw %}", b"{% endraw %}", b"{% highlight x %}", b"{% endhighlight %}", b"{% capture %}"),
    *(b"{% include ", b"src=", b"site.url", b"youtube "),
)
SHORTCODES = (
    b'a {{< figure src="/a.png" title="b" >}} c {{% youtube abc %}} {{< ref "x.md#y" >}}',
    b"{{< highlight go >}}\nx\n{{< /highlight >}} {{</* raw */>}} {{< tabs >}}y{{< /tabs >}}",
    b'{{ youtube(id="abc") }} {% quote(author="x") %}text{% end %} {%- a() -%}b{%- end -%}',
)
SHORTCODE_WORDS = (
    *(b"{{<", b">}}", b"{{%", b"%}}", b"{{", b"}}", b"{%", b"%}", b"(", b")", b"{% end %}", b"/*"),
    *(b"*/", b"highlight", b"{{< highlight x >}}", b"{{< /highlight >}}", b"figure src=", b"a()"),
)
PYTHON = (
    b"SITEURL = 'https://a.example'\nTIMEZONE: str = 'UTC'\nPATHS = ['a', ('b', 1), {'c': None}]\nX = PATHS\n",
    b"POSTS = (('posts/*.md', 'blog', 'post.tmpl'),)\nA = B = -1 + 2\nif x:\n    C = f'{x}'\nD = 'a' 'b'\n",
)
PYTHON_WORDS = (
    *(b"A = ", b"(", b")", b"[", b"]", b"{", b"}", b"'", b"'''", b",", b"-", b"not ", b"A\n", b"+"),
    *(b"lambda:", b"\\N{", b"b'", b"f'{", b"0x", b"1_0", b"1e9", b".a", b"*", b": str = ", b"\n "),
)

_RSS = b'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"><channel><title>Boats</title><link>https://boats.example</link>'
WXR = (
    _RSS
    + b"<wp:author><wp:author_login>mo</wp:author_login><wp:author_email>m@p.example</wp:author_email></wp:author><item><title>Oars &amp; us</title><link>https://boats.example/oars/</link><dc:creator>mo</dc:creator><guid>https://boats.example/?p=7</guid><content:encoded><![CDATA[One.\n\n[gallery ids=\"1\"]\n\n[caption id=\"a\"]<img src='x'> b[/caption]]]></content:encoded><excerpt:encoded/><wp:post_id>7</wp:post_id><wp:post_date_gmt>2014-05-01 10:00:00</wp:post_date_gmt><wp:post_name>oars</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><category domain='post_tag' nicename='x'>X</category><wp:comment><wp:comment_id>3</wp:comment_id><wp:comment_author>Ann</wp:comment_author><wp:comment_author_email>a@p.example</wp:comment_author_email><wp:comment_author_IP>1.2.3.4</wp:comment_author_IP><wp:comment_date_gmt>2014-05-02 10:00:00</wp:comment_date_gmt><wp:comment_content>Well.\n\nSaid</wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment></item></channel></rss>",
)
XML_WORDS = (
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?", b"?>", b"</", b"<item>", b"</item>", b"&#1;"),
    *(
        b"&nbsp;",
        b"&x;",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
        b"xmlns=''",
        b"encoding='utf-16'",
        b"/>",
    ),
    *(
        b"<wp:comment>",
        b"</wp:comment>",
        b"<entry>",
        b"</entry>",
        b"<thread>",
        b"<post>",
        b"publish",
    ),
    *(b"[gallery]", b"[caption]", b"[/caption]", b"<!--more-->", b"<!-- wp:p -->", b"<p>", b"\n\n"),
)
DISQUS = (
    b'<?xml version="1.0"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals"><thread dsq:id="1"><id>x</id><link>https://boats.example/oars/</link><title>Oars</title><isDeleted>false</isDeleted></thread><post dsq:id="2"><message><![CDATA[<p>Hi</p>]]></message><createdAt>2014-05-02T10:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Ann</name><email>a@p.example</email></author><ipAddress>1.2.3.4</ipAddress><thread dsq:id="1"/><parent dsq:id="9"/></post></disqus>',
)
BLOGGER = (
    b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-1.archive</id><title>Goats</title><entry><id>tag:blogger.com,1999:blog-1.post-2</id><published>2014-05-01T10:00:00+02:00</published><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#post"/><title type="text">A</title><content type="html">&lt;p&gt;x&lt;/p&gt;</content><link rel="alternate" href="https://g.example/2014/05/a.html"/><author><name>Ann</name><email>x@p.example</email></author></entry><entry><id>tag:blogger.com,1999:blog-1.post-3</id><published>2014-05-02T10:00:00Z</published><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#comment"/><content type="html">y</content><author><name>Bea</name></author><thr:in-reply-to ref="tag:blogger.com,1999:blog-1.post-2"/></entry></feed>',
    b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:blogger="http://schemas.google.com/blogger/2018"><id>tag:blogger.com,1999:blog-1</id><title>Goats</title><entry><id>tag:blogger.com,1999:blog-1.post-2</id><blogger:type>POST</blogger:type><blogger:status>LIVE</blogger:status><title>A</title><content type="html">x</content><published>2014-05-01T10:00:00Z</published><blogger:filename>/2014/05/a.html</blogger:filename></entry><entry><id>tag:blogger.com,1999:blog-1.post-3</id><blogger:type>COMMENT</blogger:type><blogger:status>LIVE</blogger:status><blogger:parent>tag:blogger.com,1999:blog-1.post-2</blogger:parent><content>y</content><author><name>Bea</name></author></entry></feed>',
)
OLD_FEEDS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://a.example/</link><item><title>A &lt;b&gt;</title><link>/a</link><guid isPermaLink="false">1</guid><pubDate>Wed, 01 May 2024 10:00:00 EST</pubDate></item></channel></rss>',
    b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/"><id>x</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">T</div></title><entry><id>1</id><title>A</title><link href="a"/><updated>2024-05-01T10:00:00Z</updated></entry></feed>',
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "url": "/a", "title": "A", "date_published": "2024-05-01"}]}',
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="x"><title>A</title><link>https://a.example/a</link></item></rdf:RDF>',
)
_GHOST = {
    "db": [
        {
            "meta": {"version": "5.2"},
            "data": {
                "posts": [
                    {
                        "id": "1",
                        "uuid": "u",
                        "title": "A",
                        "slug": "a",
                        "html": '<p><a href="__GHOST_URL__/b/">x</a></p>',
                        "status": "published",
                        "visibility": "public",
                        "type": "post",
                        "published_at": "2014-05-01T10:00:00.000Z",
                        "updated_at": 1714557600000,
                    }
                ],
                "tags": [{"id": "t", "name": "T"}],
                "posts_tags": [{"post_id": "1", "tag_id": "t"}],
                "users": [{"id": "w", "name": "Ann", "email": "a@p.example"}],
                "posts_authors": [{"post_id": "1", "author_id": "w"}],
                "settings": [{"key": "title", "value": "G"}],
            },
        }
    ]
}
GHOST = (json.dumps(_GHOST).encode(),)
JSON_WORDS = (
    *(
        b'{"',
        b'": ',
        b"[",
        b"]",
        b"}",
        b", ",
        b'"id"',
        b"null",
        b"true",
        b"-1",
        b"1e400",
        b'"\\ud800"',
    ),
    *(b'\\"', b"\n", b'"published"', b'"approved"', b'"root"', b'""', b"[[[[[[[[", b'{"a":{"a":'),
)
COMMENTO = (
    b'{"version": 1, "comments": [{"commentHex": "a", "domain": "b.example", "url": "/x/", "commenterHex": "c", "markdown": "Hi", "parentHex": "root", "state": "approved", "creationDate": "2020-01-02T03:04:05Z", "deleted": false}], "commenters": [{"commenterHex": "c", "email": "a@p.example", "name": "Ann", "link": "undefined"}]}',
)
_REMARK = b'{"version":1,"users":[],"posts":[]}\n{"id":"a","pid":"","text":"<p>Hi</p>","orig":"Hi","user":{"name":"Ann","id":"x","picture":"","ip":"1","admin":false},"locator":{"site":"s","url":"https://b.example/x/"},"time":"2020-01-02T03:04:05.678Z","delete":false}\n{"id":"b","pid":"a","text":"y","user":{"name":"Bea"},"locator":{"url":"https://b.example/x/"},"time":"2020-01-02T03:04:05Z"}\n'
REMARK42 = (_REMARK, gzip.compress(_REMARK, mtime=0))
PAGE = (
    b"""<!doctype html><html lang="en"><head><meta charset=utf-8><title>Oars - Boats</title><link rel="canonical" href="https://boats.example/2014/05/oars/"><meta property="og:title" content="Oars"><meta property="article:published_time" content="2014-05-01T10:00:00+00:00"><script type="application/ld+json">{"@type":"BlogPosting","headline":"Oars","author":{"name":"Mo"}}</script></head><body><article><h1 class="entry-title">Oars</h1><div class="entry-content"><p>One. <a href="/x">x</a></p><p>Two.</p></div></article><div id="comments"><h2>2 Responses to &#8220;Oars&#8221;</h2><ol class="commentlist"><li class="comment" id="comment-3"><cite class="fn"><a href="http://ann.example" class="url">Ann</a></cite> says:<div class="comment-meta"><a href="#comment-3">July 11, 2011 at 12:25 pm</a></div><p>Well said.</p><ul class="children"><li class="comment" id="comment-4"><cite class="fn">Bea</cite><time datetime="2014-05-03T10:00:00Z">x</time><p>Yes.</p></li></ul></li></ol></div><footer>&copy; 2014 Boats. All rights reserved. <a href="/feed/">Entries RSS</a></footer></body></html>""",
    b"""<html><head><title>A</title></head><body><div class="post hentry"><h3 class="post-title entry-title"><a href="https://g.example/2014/05/a.html">A</a></h3><div class="post-body">x<br>y</div></div><div id="comments"><h4>1 comment:</h4><dl><dt id="c123">Ann said...</dt><dd><p>Hi</p></dd><dd class="comment-footer">5/3/14 10:00 AM</dd></dl></div></body></html>""",
)
PAGE_WORDS = (
    *(
        b"<li class=comment id=comment-9>",
        b"<ol class=commentlist>",
        b"<ul class=children>",
        b"</li>",
    ),
    *(
        b"<article>",
        b"</article>",
        b"<div class=entry-content>",
        b"<div>",
        b"</div>",
        b"<p>",
        b"<br>",
    ),
    *(b'<script type="application/ld+json">', b"</script>", b"<time datetime=", b"<meta property="),
    *(
        b"<title>",
        b"<template>",
        b"<table><tr><td>",
        b"class=",
        b"id=",
        b"<h1>",
        b"says:",
        b"Reply",
    ),
    *(
        b"3 comments",
        b"<cite class=fn>",
        b"<svg>",
        b"<select>",
        b"<b>",
        b"<form>",
        b"&copy; 2021 X",
    ),
)
TEXT_PAGE = (
    b"""Boats on the lake

By Mo | May 1, 2014

One paragraph, and a *star*.

Another paragraph.

  * a list
  * of two

Share This Post

2 Responses to \xe2\x80\x9cBoats on the lake\xe2\x80\x9d

  1. Ann says:

    Well said, all of it.

      1. Bea says:
        July 11, 2011 at 12:25 pm

        Yes.

  3. Cem says:

    No.

\xc2\xa9 2014 Boats. All rights reserved. \xc2\xb7 Entries RSS \xc2\xb7 Comments RSS
""",
)
TEXT_PAGE_WORDS = (
    *(
        b"\n\n",
        b"  1. ",
        b"    ",
        b"  * ",
        b"\n",
        b" says:",
        b"3 Responses to ",
        b"4 comments",
        b"Reply",
    ),
    *(
        b"Leave a Reply",
        b"\xc2\xa9 2021 X. All rights reserved.",
        b"Entries RSS",
        b"By Ann",
        b"Pingback: ",
    ),
    *(
        b"July 11, 2011 at 12:25 pm",
        b"Share This Post",
        b"\xe2\x80\x9c",
        b"\xe2\x80\x9d",
        b"Donate",
    ),
)


def isso() -> bytes:
    """A small database of Isso."""
    database = sqlite3.connect(":memory:")
    database.executescript(
        """
        CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR UNIQUE, title VARCHAR);
        CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
          created FLOAT NOT NULL, modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR,
          author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER, dislikes INTEGER, voters BLOB);
        INSERT INTO threads VALUES (1, '/ferry/', 'F');
        INSERT INTO comments VALUES (1, 1, NULL, 1457075100.5, NULL, 1, '1.2.3.4', 'Late.', 'Olaf',
          'o@p.example', 'https://goats.example/', 0, 0, x'00');
        INSERT INTO comments VALUES (1, 2, 1, 1457075200, 1457075300, 1, '', 'Yes.', NULL, NULL, NULL, 0, 0, x'');
        """
    )
    return database.serialize()
