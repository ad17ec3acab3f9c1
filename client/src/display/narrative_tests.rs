//! Hostile and ordinary narratives and what is left of them, written as HTML.

use super::*;

fn html(nodes: &[Node]) -> String {
    nodes
        .iter()
        .map(|node| match node {
            Node::Text(text) => text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
            Node::Element { name, children } if children.is_empty() => format!("<{name}/>"),
            Node::Element { name, children } => format!("<{name}>{}</{name}>", html(children)),
        })
        .collect()
}

/// Attempts at script, by family: tags, handlers, addresses, styles, embedding, malformed markup,
/// encodings and parser tricks (mutation XSS).
const HOSTILE: [(&str, &str); 64] = [
    ("<script>alert(1)</script>", ""),
    ("<SCRIPT>alert(1)</SCRIPT>ok", "ok"),
    ("<script src='//evil'></script >ok", "ok"),
    ("<script>alert('</p>')</script>ok", "ok"),
    ("<script>alert(1)", ""),
    ("<script/>ok", "ok"),
    ("<script\n>alert(1)</script\n>ok", "ok"),
    ("<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"),
    ("<<script>alert(1)</script>", "&lt;"),
    ("<p onclick=alert(1)>a</p>", "<p>a</p>"),
    ("<p onclick='alert(1)'>a</p>", "<p>a</p>"),
    ("<p onclick=\"a>b\">a</p>", "<p>a</p>"),
    ("<p/onmouseover=alert(1)>a</p>", "<p>a</p>"),
    ("<p\u{c}onclick=alert(1)>a</p>", "<p>a</p>"),
    ("<p style='background:url(javascript:x)'>a</p>", "<p>a</p>"),
    ("<p style=\"width:expression(alert(1))\">a</p>", "<p>a</p>"),
    ("<p id=location class=x data-x=y>a</p>", "<p>a</p>"),
    ("<a href='javascript:alert(1)'>a</a>", "<span>a</span>"),
    ("<a href=JaVaScRiPt:alert(1)>a</a>", "<span>a</span>"),
    ("<a href='&#106;avascript:alert(1)'>a</a>", "<span>a</span>"),
    ("<a href='java\nscript:alert(1)'>a</a>", "<span>a</span>"),
    (
        "<a href='data:text/html,<script>x</script>'>a</a>",
        "<span>a</span>",
    ),
    ("<a xlink:href='javascript:x'>a</a>", "<span>a</span>"),
    ("<img src=x onerror=alert(1)>", ""),
    ("<img src='x' onerror='alert(1)'/>ok", "ok"),
    ("<img src=javascript:alert(1)>ok", "ok"),
    ("<img src=\"x` `\"onerror=alert(1)>ok", "ok"),
    ("<image src=x onerror=alert(1)>ok", "ok"),
    ("<input autofocus onfocus=alert(1)>ok", "ok"),
    ("<video><source onerror=alert(1)></video>ok", "ok"),
    ("<audio src=x onerror=alert(1)></audio>ok", "ok"),
    ("<body onload=alert(1)>ok</body>", "ok"),
    ("<svg onload=alert(1)>", ""),
    ("<svg><script>alert(1)</script></svg>ok", "ok"),
    ("<svg><a xlink:href='javascript:x'>a</a></svg>ok", "ok"),
    ("<math><mi xlink:href='javascript:x'>a</mi></math>ok", "ok"),
    (
        "<math><style><img src=x onerror=alert(1)></style></math>ok",
        "ok",
    ),
    ("<iframe src='javascript:alert(1)'></iframe>ok", "ok"),
    ("<iframe srcdoc='<script>x</script>'></iframe>ok", "ok"),
    ("<object data='javascript:x'></object>ok", "ok"),
    ("<embed src='javascript:x'/>ok", "ok"),
    ("<applet code=x></applet>ok", "ok"),
    ("<form action='javascript:x'><button>a</button></form>", "a"),
    ("<base href='//evil/'/>ok", "ok"),
    ("<link rel=stylesheet href='//evil'>ok", "ok"),
    (
        "<meta http-equiv=refresh content='0;url=javascript:x'>ok",
        "ok",
    ),
    ("<style>@import '//evil';</style>ok", "ok"),
    ("<style>*{x:expression(alert(1))}", ""),
    (
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>ok",
        "\"&gt;ok",
    ),
    ("<template><script>alert(1)</script></template>ok", "ok"),
    ("<title><img src=x onerror=alert(1)></title>ok", "ok"),
    ("<textarea><script>alert(1)</script></textarea>ok", "ok"),
    ("<xmp><script>alert(1)</script></xmp>ok", "ok"),
    ("<plaintext><script>alert(1)</script>", ""),
    ("<!--><script>alert(1)</script>-->ok", "ok"),
    ("<!-- <p>a</p>", ""),
    ("<!DOCTYPE html [<!ENTITY x 'y'>]>ok", "]&gt;ok"),
    ("<?php echo 1 ?>ok", "ok"),
    (
        "<![CDATA[<script>alert(1)</script>]]>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ),
    (
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ),
    ("&amp;lt;script&amp;gt;", "&amp;lt;script&amp;gt;"),
    ("&#60;script&#x3e;alert(1)", "&lt;script&gt;alert(1)"),
    ("<p title='unclosed>a</p><script>alert(1)</script>", "<p/>"),
    (
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>a</x:script>",
        "a",
    ),
];

#[test]
fn nothing_of_a_hostile_narrative_survives_but_text_and_bare_elements() {
    for (narrative, left) in HOSTILE {
        assert_eq!(html(&read(narrative)), left, "{narrative}");
    }
}

#[test]
fn ordinary_narratives_keep_their_structure() {
    for (narrative, left) in [
        (
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p><b>Kirk</b>, James</p></div>",
            "<div><p><b>Kirk</b>, James</p></div>",
        ),
        (
            "<table class='g'><tr><th>A</th><td>1<br/>2</td></tr></table>",
            "<table><tr><td>A</td><td>1<br/>2</td></tr></table>",
        ),
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>b</li></li></ul>"),
        ("<h2>Title</h2>", "<p>Title</p>"),
        (
            "5 &gt; 3 &amp;&nbsp;1 < 2 &unknown; &",
            "5 &gt; 3 &amp;\u{a0}1 &lt; 2 &amp;unknown; &amp;",
        ),
        ("<p>a</b></p>b</div>", "<p>a</p>b"),
        ("<p>open <i>still", "<p>open <i>still</i></p>"),
        ("temperature 37 &deg;C &plusmn;1", "temperature 37 °C ±1"),
        (
            "&#0;&#x110000;&#xD800;",
            "&amp;#0;&amp;#x110000;&amp;#xD800;",
        ),
        ("", ""),
    ] {
        assert_eq!(html(&read(narrative)), left, "{narrative}");
    }
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = "<div>".repeat(10_000);
    let mut depth = 0;
    let mut nodes = read(&deep);
    while let Some(Node::Element { children, .. }) = nodes.pop() {
        depth += 1;
        nodes = children;
    }
    assert_eq!(depth, MAX_DEPTH);
    assert!(is_blank(&read(&"</script".repeat(10_000))));
    assert!(is_blank(&read("<div> <br/> </div>")));
    assert!(!is_blank(&read("<div> x </div>")));
}

#[test]
fn any_text_is_read_without_a_panic() {
    let letters = [
        '<', '>', '/', '!', '-', '"', '\'', '=', '&', ';', '#', 'p', 'é', ' ', '[', '?',
    ];
    // Every string of five of these letters would be a million: a fixed stride covers them evenly.
    for number in (0..letters.len().pow(5)).step_by(7) {
        let text: String = (0..5)
            .map(|place| letters[number / letters.len().pow(place) % letters.len()])
            .collect();
        read(&text);
    }
}
