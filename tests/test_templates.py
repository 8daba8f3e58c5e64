"""Templates in posts' bodies: what is mapped, what is left out and counted, what the built site says."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import references
from feeds.errors import Severity
from feeds.model import Markup
from feeds.sources import kramdown, restructured, shortcodes
from feeds.sources.liquid import Surroundings, arguments, counted, expanded, media
from tests.builders import TinyBlog
from tests.test_in_place import complaints, in_layout, said, written

AROUND = Surroundings(
    values={"site.url": "https://blog.example", "site.baseurl": "/b", "page.title": "The boat"},
    home="/b",
    origin="https://blog.example",
    address=lambda asked: f"/b/{asked}/",
)


def shown(text: str, markup: Markup = Markup.MARKDOWN) -> str:
    around = Surroundings(AROUND.values, AROUND.home, AROUND.origin, AROUND.address, markup)
    return expanded(text, around)[0]


# --- Liquid ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain {x} text", "plain {x} text"),
        ("{{ site.url }}/a", "https://blog.example/a"),
        ("{{site.baseurl}}/a.png", "/b/a.png"),
        ("{{ '/a.png' | relative_url }}", "/b/a.png"),
        ('{{ "/a.png" | absolute_url }}', "https://blog.example/b/a.png"),
        ("{{ '/a' | prepend: site.baseurl | prepend: site.url }}", "https://blog.example/b/a"),
        ("{{- page.title -}}", "The boat"),
        ("[x]({% post_url 2024-05-01-x %})", "[x](/b/2024-05-01-x/)"),
        ("a{% comment %}not {{ this }}{% endcomment %}b", "ab"),
        ("{% raw %}{{ kept }}{% endraw %}", "{{ kept }}"),
        ("{% if x %}a{% else %}b{% endif %}", "ab"),
        ("a{% if false %}put aside{% if x %}y{% endif %}{% endif %}b", "ab"),
        ("a{% for x in y %}{{ x }} and {% for z in x %}{% endfor %}{% endfor %}b", "ab"),
        ("a{% assign x = 1 %}b{% capture c %}c{% endcapture %}d", "abd"),
        ("{{ never closed", "{{ never closed"),
        ("{% never closed", "{% never closed"),
        ("{% raw %}{{ never ended", "{{ never ended"),
        ("100% {sure}", "100% {sure}"),
    ],
)
def test_liquid_that_means_the_same_everywhere_is_mapped(text: str, result: str) -> None:
    assert shown(text) == result


def test_a_listing_becomes_a_code_block_in_either_language() -> None:
    text = "{% highlight ruby linenos %}\nputs '<a>' # {% raw %}{{ x }}{% endraw %}\n{% endhighlight %}"
    assert shown(text) == "\n```ruby\nputs '<a>' # {{ x }}\n```\n"
    assert shown(text, Markup.HTML) == (
        "<pre><code>puts '&lt;a&gt;' # {{ x }}\n</code></pre>".replace("&#x27;", "'")
    )


def test_a_listing_with_backticks_in_it_has_a_longer_fence() -> None:
    assert shown("{% highlight md %}\n```\n{% endhighlight %}") == "\n````md\n```\n````\n"


@pytest.mark.parametrize(
    "text",
    [
        '{% include figure.html src="/a.png" alt="A boat" %}',
        '{% figure src:"/a.png" alt:"A boat" %}',
        '{% include image.html url="/a.png" alt="A boat" %}',
    ],
)
def test_pictures_by_their_usual_tags_stay_pictures(text: str) -> None:
    assert shown(text) == '<figure><img src="/b/a.png" alt="A boat"></figure>'


def test_films_become_links_to_them() -> None:
    url = "https://www.youtube.com/watch?v=abc_DEF-123"
    assert shown("{% youtube abc_DEF-123 %}") == f"<{url}>"
    assert shown('{% include youtube.html id="abc_DEF-123" %}') == f"<{url}>"
    link = f'<a href="{url}">{url}</a>'
    assert shown("{% youtube abc_DEF-123 %}", Markup.HTML) == link
    assert shown('{% youtube "><script>" %}') == ""


def test_what_needs_the_generator_is_left_out_and_counted() -> None:
    text, dropped = expanded("a{% include toc.html %}b{% include toc.html %}{{ x.y }}c", AROUND)
    assert text == "abc"
    assert dropped == {"include toc.html": 2, "{{ x.y }}": 1}
    assert counted(dropped) == "include toc.html (2 times), {{ x.y }}"


def test_a_long_list_of_what_was_left_out_is_cut() -> None:
    _, dropped = expanded("".join(f"{{% tag{n} %}}" for n in range(9)), AROUND)
    assert counted(dropped).endswith(" and 4 more")


@given(st.text(alphabet="{}%- ifendx\n'\"|", max_size=80))
def test_nothing_that_is_a_template_is_left_in_a_text(text: str) -> None:
    """Where no `raw` and no listing can stand, which keep what is in them."""
    result, _ = expanded(text, AROUND)
    assert not re.search(r"\{\{[^{}]*\}\}|\{%[^{}%]*%\}", result)
    if "{{" not in text and "{%" not in text:
        assert result == text


@pytest.mark.parametrize("piece", ["{%", "{{", "{% raw %}", "{% highlight a %}", "{{ a | b '"])
def test_hostile_liquid_takes_no_more_time_than_its_length(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.perf_counter()
        expanded(piece * count, AROUND)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(10_000) < 60 * max(seconds(1_000), 1e-3)


# --- shortcodes -----------------------------------------------------------------------------------


def hugo(text: str) -> str:
    return shortcodes.hugo(text, lambda asked: f"/to/{asked}", Markup.MARKDOWN)[0]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ not.ours }}", "{{ not.ours }}"),
        ('{{< figure src="/a.png" alt="A" >}}', '<figure><img src="/a.png" alt="A"></figure>'),
        ('[x]({{< ref "boat.md" >}})', "[x](/to/boat.md)"),
        ("{{</* shown */>}}", "{{< shown >}}"),
        ("{{%/* shown */%}}", "{{% shown %}}"),
        ("a {{< note >}}stays{{< /note >}} b", "a stays b"),
        ("{{% note %}}*stays*{{% /note %}}", "*stays*"),
        ("{{< highlight go >}}\na <- b\n{{< /highlight >}}", "\n```go\na <- b\n```\n"),
        ("{{< never closed", "{{< never closed"),
    ],
)
def test_hugos_shortcodes_are_mapped_or_go(text: str, result: str) -> None:
    assert hugo(text) == result


def test_shortcodes_that_go_are_counted() -> None:
    _, dropped = shortcodes.hugo("{{< a >}}{{< a >}}{{< b x=1 />}}", str, Markup.MARKDOWN)
    assert dropped == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('{{ youtube(id="abc_DEF-123") }}', "watch?v=abc_DEF-123"),
        ("a{% quote(by='x') %}stays{% end %}b", "astaysb"),
        ("{{ not_a_call }}", "{{ not_a_call }}"),
    ],
)
def test_zolas_shortcodes_are_mapped_or_go(text: str, result: str) -> None:
    assert result in shortcodes.zola(text)[0]


@pytest.mark.parametrize("piece", ["{{<", "{{< a", "{{% ", "{{< highlight x >}}", "{% a(", "{{ a("])
def test_hostile_shortcodes_take_no_more_time_than_their_length(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.perf_counter()
        shortcodes.hugo(piece * count, str, Markup.MARKDOWN)
        shortcodes.zola(piece * count)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(10_000) < 60 * max(seconds(1_000), 1e-3)


def test_arguments_are_named_or_numbered() -> None:
    assert arguments("""a "b c" d='e' f=g h:"i" """) == {
        "0": "a",
        "1": "b c",
        "d": "e",
        "f": "g",
        "h": "i",
    }


def test_a_picture_without_an_address_is_no_picture() -> None:
    assert media("figure", {}) is None
    assert media("toc", {"0": "x"}) is None


# --- links from one post to another ---------------------------------------------------------------


def test_a_mark_is_an_address_once_all_posts_are_known() -> None:
    pages = [
        ("content/blog/one.md", "https://x.example/1/"),
        ("content/two/index.md", "https://x.example/2/"),
    ]
    for asked in ("one.md", "/blog/one.md", "one", "blog/one.md#part"):
        text = references.resolved(f"[x]({references.mark(asked, 'content/blog')})", lambda: pages)
        assert text.startswith("[x](https://x.example/1/")
    assert references.resolved(references.mark("two", "content/blog"), lambda: pages) == (
        "https://x.example/2/"
    )


def test_a_name_that_two_pages_have_is_neither() -> None:
    pages = [("content/a/x.md", "https://x.example/a/"), ("content/b/x.md", "https://x.example/b/")]
    assert "x.example" not in references.resolved(references.mark("x.md", "content"), lambda: pages)


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_mark_breaks_no_link_whatever_is_asked_for(asked: str, folder: str) -> None:
    mark = references.mark(asked, folder)
    assert not set(mark) & set(" ()<>[]\"'\n")
    assert "feeds-page:" not in references.resolved(mark, list)


def test_pages_are_asked_for_only_if_there_is_a_mark() -> None:
    def asked() -> list[tuple[str, str]]:
        raise AssertionError

    assert references.resolved("no mark", asked) == "no mark"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("[a]({static}/img/a.png)", "[a](/img/a.png)"),
        ("![a]({attach}a.png)", "![a](/blog/a.png)"),
        ("[a](|static|/a.pdf)", "[a](/a.pdf)"),
        ("[a]({other}x)", "[a]({other}x)"),
        ("{filename}x in text", "{filename}x in text"),
    ],
)
def test_pelicans_links_to_files_lead_where_it_puts_them(text: str, result: str) -> None:
    assert shortcodes.pelican(text, "content/blog", "content") == result


# --- kramdown -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Warn.\n{: .notice}\nNext.", "Warn.\nNext."),
        ("* TOC\n{:toc}\n\nText.", "\nText."),
        ("## Head {#id}", "## Head"),
        ('[l](/x){:target="_blank"} and *e*{: .x}', "[l](/x) and *e*"),
        ("a {::comment}secret\nmore{:/comment} b", "a  b"),
        ("a {::comment}secret that never ends", "a "),
        ("```\n{: .kept}\n## H {#kept}\n```", "```\n{: .kept}\n## H {#kept}\n```"),
        ("    {: .kept}", "    {: .kept}"),
        ("{ not: this }", "{ not: this }"),
        ("`a{: .x}`", "`a{: .x}`"),
    ],
)
def test_what_only_kramdown_reads_is_taken_out(text: str, result: str) -> None:
    assert kramdown.plain(text) == result


def test_what_was_a_comment_is_never_published(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll")
    blog.write("_posts/2024-05-01-a.md", written("A", "Text{::comment}secret{:/comment}.\n{: .x}"))
    blog.build()
    assert entry(blog) == "<p>Text.</p>"


# --- reStructuredText -----------------------------------------------------------------------------


def test_posts_in_restructured_text_are_shown(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "pelican").write("pelicanconf.py", "PATH = 'content'\n")
    blog.write(
        "content/a.rst", "The boat\n########\n\n:date: 2024-05-01\n:slug: boat\n\nIt *floats*.\n"
    )
    assert complaints(blog) == []
    assert blog.feed("entries.atom").entries[0].title == "The boat"
    assert entry(blog) == "<p>It <em>floats</em>.</p>"


def test_nikolas_text_files_are_restructured_text(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "nikola")
    blog.write("conf.py", "POSTS = (('posts/*.txt', 'posts', 'post.tmpl'),)\n")
    blog.write(
        "posts/a.txt", ".. title: A\n.. slug: a\n.. date: 2024-05-01 10:00 UTC\n\nIt ``is``.\n"
    )
    blog.build()
    assert "It " in entry(blog)
    assert "``" not in entry(blog)


def test_restructured_text_reads_no_file_and_asks_no_address(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words", "utf-8")
    text = (
        f".. include:: {secret}\n\n.. raw:: html\n   :file: {secret}\n\n"
        f".. csv-table:: t\n   :file: {secret}\n\n.. raw:: html\n   :url: http://127.0.0.1:1/\n\nEnd.\n"
    )
    assert "secret words" not in restructured.rendered(text)
    assert "End." in restructured.rendered(text)


@given(st.text(alphabet="a*`|_.:=- \n\t<>&[]", max_size=200))
def test_no_text_breaks_the_reader_of_restructured_text(text: str) -> None:
    restructured.rendered(text)
    restructured.split(text)


def test_a_language_that_nobody_here_reads_is_a_problem_with_the_way_out(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "hugo").write("hugo.toml", "")
    blog.write("content/a.org", "---\ntitle: A\ndate: 2024-05-01\n---\n* Head\n")
    report = blog.build()
    assert report.exit_code == 1
    assert complaints(blog) == [
        "content/content/a.org: its body is Org, which is not rendered here; set `built` below [content] to take it from the built site"
    ]
    assert blog.feed("entries.atom").entries[0].title == "A"


# --- in a blog ------------------------------------------------------------------------------------


def entry(blog: TinyBlog) -> str:
    text: str = blog.feed("entries.atom").entries[0].content[0].value
    return text


def test_links_between_posts_lead_where_the_posts_stand_today(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll").write("_config.yml", "permalink: /:year/:title/\n")
    blog.write("_posts/2024-05-01-one.md", written("One", more="permalink: /first/\n"))
    blog.write("_posts/2024-05-02-two.md", written("Two", "[see]({% post_url 2024-05-01-one %})"))
    blog.build()
    assert '<a href="https://blog.example/first/">see</a>' in entry(blog)
    blog.write("_posts/2024-05-01-one.md", written("One", more="permalink: /moved/\n"))
    blog.build()
    assert '<a href="https://blog.example/moved/">see</a>' in entry(blog)
    incremental = blog.files()
    blog.build(index=None)
    assert blog.files() == incremental


@pytest.mark.parametrize("more", ["published: false\n", None], ids=["hidden", "gone"])
def test_a_link_to_a_post_that_nobody_may_see_keeps_its_text_only(
    tmp_path: Path, more: str | None
) -> None:
    blog = in_layout(tmp_path, "jekyll")
    if more:
        blog.write("_posts/2024-05-01-one.md", written("One", more=more))
    blog.write("_posts/2024-05-02-two.md", written("Two", "[see]({% post_url 2024-05-01-one %})."))
    blog.build()
    assert entry(blog) == "<p>see.</p>"


@pytest.mark.parametrize(
    ("layout", "link"),
    [
        ("hugo", '[see]({{< ref "one.md" >}})'),
        ("hugo", '[see]({{% relref "/blog/one" %}})'),
        ("zola", "[see](@/blog/one.md)"),
    ],
)
def test_links_between_pages_find_them_by_their_files(
    tmp_path: Path, layout: str, link: str
) -> None:
    blog = in_layout(tmp_path, layout).write("config.toml", 'base_url = "https://blog.example"\n')
    blog.write(
        "content/blog/one.md", '+++\ntitle = "One"\ndate = 2024-05-01\nslug = "uno"\n+++\nx\n'
    )
    blog.write("content/blog/two.md", f'+++\ntitle = "Two"\ndate = 2024-05-02\n+++\n{link}\n')
    blog.build()
    assert '<a href="https://blog.example/blog/uno/">see</a>' in entry(blog)


def test_pelicans_links_between_posts_are_found(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "pelican").write("pelicanconf.py", "PATH = 'content'\n")
    blog.write("content/one.md", "Title: One\nDate: 2024-05-01\nSlug: uno\n\nText.\n")
    blog.write("content/two.md", "Title: Two\nDate: 2024-05-02\n\n[see]({filename}one.md)\n")
    blog.build()
    assert '<a href="https://blog.example/uno.html">see</a>' in entry(blog)


def test_templates_are_never_expanded_in_comments(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll").write("_posts/2024-05-01-a.md", written("A"))
    blog.write("_data/comments/a/1.yml", said("Ann", "'{{ site.url }} {% include x %}'"))
    blog.build()
    assert (
        "{{ site.url }} {% include x %}" in blog.feed("comments.atom").entries[0].content[0].value
    )


def test_what_was_left_out_is_a_note_and_one_warning_with_the_way_out(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll")
    for day in (1, 2):
        blog.write(f"_posts/2024-05-0{day}-a{day}.md", written("A", "{% include toc.html %}Text."))
    report = blog.build()
    assert report.exit_code == 0
    notes = [str(p) for p in report.problems if p.severity is Severity.NOTE]
    assert "content/_posts/2024-05-01-a1.md: left out of the body: include toc.html" in notes
    assert complaints(blog) == [
        "content/site.toml: templates in the bodies of 2 posts were left out (-v tells which); set `built` below [content] to take bodies from the built site"
    ]


def test_posts_that_say_so_are_no_templates(tmp_path: Path) -> None:
    blog = in_layout(tmp_path, "jekyll")
    blog.write("_posts/2024-05-01-a.md", written("A", "{{ x }}", "render_with_liquid: false\n"))
    blog.build()
    assert "{{ x }}" in entry(blog)


PAGE = """<!doctype html><title>A</title><body><nav>Home</nav><article>
<h1>A</h1><div class="{cls}"><p>Built {{% by %}} the <b>generator</b>.</p>{more}</div></article>"""


def built_blog(
    folder: Path, cls: str = "post-content", extra: str = "", more: str = ""
) -> TinyBlog:
    blog = in_layout(folder, "jekyll", f'built = "_site"\n{extra}')
    blog.write("_config.yml", "permalink: /:title/\n")
    blog.write("_posts/2024-05-01-a.md", written("A", "{% include x %} source"))
    return blog.write("_site/a/index.html", PAGE.replace("{cls}", cls).replace("{more}", more))


@pytest.mark.parametrize("cls", ["post-content", "entry-content", "e-content"])
def test_the_body_is_taken_from_the_built_page(tmp_path: Path, cls: str) -> None:
    blog = built_blog(tmp_path, cls)
    blog.build()
    assert entry(blog) == "<p>Built {{% by %}} the <b>generator</b>.</p>"
    assert complaints(blog) == []


def test_which_element_is_the_body_can_be_said(tmp_path: Path) -> None:
    blog = built_blog(tmp_path, "odd", 'selector = "div.odd"\n')
    blog.build()
    assert entry(blog) == "<p>Built {{% by %}} the <b>generator</b>.</p>"


def test_scripts_of_the_built_page_stay_out(tmp_path: Path) -> None:
    blog = built_blog(tmp_path, more="<script>alert(1)</script>")
    blog.build()
    assert b"alert" not in blog.published()


def test_a_post_that_is_not_built_yet_is_read_from_its_source(tmp_path: Path) -> None:
    blog = built_blog(tmp_path)
    (blog.content / "_site/a/index.html").unlink()
    blog.build()
    assert "source" in entry(blog)


def test_a_page_that_is_built_anew_changes_the_entry(tmp_path: Path) -> None:
    blog = built_blog(tmp_path)
    blog.build()
    blog.write("_site/a/index.html", PAGE.replace("{cls}", "post-content").replace("Built", "Anew"))
    blog.build()
    assert "Anew" in entry(blog)


def test_a_link_out_of_the_built_site_is_not_followed(tmp_path: Path) -> None:
    blog = built_blog(tmp_path)
    secret = tmp_path / "secret.html"
    secret.write_text("<article>secret</article>", "utf-8")
    page = blog.content / "_site/a/index.html"
    page.unlink()
    page.symlink_to(secret)
    blog.build()
    assert b"secret" not in blog.published()
