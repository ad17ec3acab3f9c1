//! The narrative (`text.div`) of a resource, made safe by construction.
//!
//! It is never given to the browser's HTML parser. This file reads it into a tree that can hold
//! nothing but text and elements of a fixed list without any attribute; the page builds DOM nodes
//! from that tree. So there is no markup to inject into, whatever a server sends.
//! <https://hl7.org/fhir/R4/narrative.html>

/// A piece of a narrative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Plain text.
    Text(String),
    /// An element of the allow-list.
    Element {
        /// Its name: one of [`ALLOWED`], never text of the input.
        name: &'static str,
        /// What it holds.
        children: Vec<Node>,
    },
}

/// Elements that are kept, without their attributes. Headings become paragraphs: the page has
/// headings of its own, and theirs would break its outline.
pub const ALLOWED: [(&str, &str); 35] = [
    ("p", "p"),
    ("div", "div"),
    ("span", "span"),
    ("br", "br"),
    ("hr", "hr"),
    ("b", "b"),
    ("strong", "strong"),
    ("i", "i"),
    ("em", "em"),
    ("u", "u"),
    ("small", "small"),
    ("sub", "sub"),
    ("sup", "sup"),
    ("ul", "ul"),
    ("ol", "ol"),
    ("li", "li"),
    ("dl", "dl"),
    ("dt", "dt"),
    ("dd", "dd"),
    ("table", "table"),
    ("caption", "caption"),
    ("thead", "thead"),
    ("tbody", "tbody"),
    ("tfoot", "tfoot"),
    ("tr", "tr"),
    ("td", "td"),
    ("th", "td"),
    ("pre", "pre"),
    ("code", "code"),
    ("blockquote", "blockquote"),
    ("h1", "p"),
    ("h2", "p"),
    ("h3", "p"),
    ("h4", "p"),
    ("a", "span"),
];

/// Elements whose whole content goes with them. Anything else that is not allowed loses its tags
/// and keeps its text.
const DROPPED: [&str; 20] = [
    "script",
    "style",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "svg",
    "math",
    "template",
    "noscript",
    "title",
    "textarea",
    "select",
    "head",
    "audio",
    "video",
    "canvas",
    "xmp",
    "plaintext",
];

const VOID: [&str; 6] = ["br", "hr", "img", "input", "link", "meta"];

/// Deeper elements are flattened: no page nests that deep, and rendering is recursive.
const MAX_DEPTH: usize = 32;

/// Reads a narrative.
pub fn read(xhtml: &str) -> Vec<Node> {
    let mut reader = Reader {
        rest: xhtml,
        open: Vec::new(),
        nodes: Vec::new(),
    };
    while reader.step() {}
    while reader.close_last() {}
    reader.nodes
}

/// True when there is nothing to read in it.
pub fn is_blank(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Text(text) => text.trim().is_empty(),
        Node::Element { children, .. } => is_blank(children),
    })
}

struct Open {
    /// As written, for finding its end.
    written: String,
    name: &'static str,
    children: Vec<Node>,
}

struct Reader<'a> {
    rest: &'a str,
    open: Vec<Open>,
    nodes: Vec<Node>,
}

impl<'a> Reader<'a> {
    /// Reads one tag or one run of text; false at the end.
    fn step(&mut self) -> bool {
        let Some(at) = self.rest.find('<') else {
            let text = self.take(self.rest.len());
            self.text(&decoded(text));
            return false;
        };
        let text = self.take(at);
        self.text(&decoded(text));
        if self.skip_past("<!--", "-->") || self.skip_past("<?", "?>") {
        } else if let Some(cdata) = self.rest.strip_prefix("<![CDATA[") {
            let length = cdata.find("]]>").unwrap_or(cdata.len());
            self.take("<![CDATA[".len());
            let text = self.take(length);
            self.text(text);
            self.take("]]>".len());
        } else if self.skip_past("<!", ">") {
        } else if let Some(tag) = Tag::read(self.rest) {
            self.take(tag.length);
            self.tag(&tag);
        } else {
            let bracket = self.take(1);
            self.text(bracket);
        }
        !self.rest.is_empty()
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip_past(&mut self, start: &str, end: &str) -> bool {
        let Some(inside) = self.rest.strip_prefix(start) else {
            return false;
        };
        if start == "<!" && inside.starts_with("[CDATA[") {
            return false;
        }
        let length = inside.find(end).map_or(inside.len(), |at| at + end.len());
        self.take(start.len() + length);
        true
    }

    fn tag(&mut self, tag: &Tag) {
        if tag.is_end {
            if self.open.iter().any(|open| open.written == tag.name) {
                while let Some(last) = self.open.last() {
                    let found = last.written == tag.name;
                    self.close_last();
                    if found {
                        break;
                    }
                }
            }
        } else if DROPPED.contains(&tag.name.as_str()) {
            if !tag.is_empty {
                self.drop_until_end(&tag.name);
            }
        } else if let Some((_, name)) = ALLOWED.iter().find(|(written, _)| *written == tag.name) {
            if tag.is_empty || VOID.contains(&tag.name.as_str()) {
                self.push(Node::Element {
                    name,
                    children: Vec::new(),
                });
            } else if self.open.len() < MAX_DEPTH {
                self.open.push(Open {
                    written: tag.name.clone(),
                    name,
                    children: Vec::new(),
                });
            }
        }
    }

    /// Skips to the end tag of a dropped element; without one, everything goes.
    fn drop_until_end(&mut self, name: &str) {
        loop {
            let Some(at) = self.rest.find("</") else {
                self.rest = "";
                return;
            };
            self.take(at);
            match Tag::read(self.rest) {
                Some(tag) if tag.is_end && tag.name == name => {
                    self.take(tag.length);
                    return;
                }
                _ => {
                    self.take("</".len());
                }
            }
        }
    }

    fn close_last(&mut self) -> bool {
        let Some(open) = self.open.pop() else {
            return false;
        };
        self.push(Node::Element {
            name: open.name,
            children: open.children,
        });
        true
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.push(Node::Text(text.to_owned()));
        }
    }

    fn push(&mut self, node: Node) {
        let siblings = match self.open.last_mut() {
            Some(open) => &mut open.children,
            None => &mut self.nodes,
        };
        match (siblings.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, node) => siblings.push(node),
        }
    }
}

struct Tag {
    name: String,
    is_end: bool,
    is_empty: bool,
    length: usize,
}

impl Tag {
    /// Reads a tag at the start of `text`, passing over its attributes.
    fn read(text: &str) -> Option<Self> {
        let inside = text.strip_prefix('<')?;
        let (is_end, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        if !inside.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        let name_length = inside
            .find(|letter: char| letter.is_whitespace() || matches!(letter, '>' | '/'))
            .unwrap_or(inside.len());
        let name = inside.get(..name_length)?.to_ascii_lowercase();
        let mut quote = None;
        let mut before = ' ';
        for (at, letter) in inside
            .char_indices()
            .skip_while(|(at, _)| *at < name_length)
        {
            match (quote, letter) {
                (None, '>') => {
                    let offset = text.len() - inside.len();
                    return Some(Self {
                        name,
                        is_end,
                        is_empty: before == '/',
                        length: offset + at + 1,
                    });
                }
                (None, '"' | '\'') if before == '=' => quote = Some(letter),
                (Some(open), letter) if letter == open => quote = None,
                _ => {}
            }
            if !letter.is_whitespace() {
                before = letter;
            }
        }
        // A tag that never ends takes the rest with it, as it does in browsers.
        Some(Self {
            name,
            is_end,
            is_empty: true,
            length: text.len(),
        })
    }
}

/// Text with its character references resolved, once; what is none stays as written.
fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        decoded.push_str(before);
        let reference = from
            .find(';')
            .filter(|end| *end <= 10)
            .and_then(|end| Some((from.get(1..end)?, from.get(end + 1..)?)));
        match reference.and_then(|(name, after)| Some((character(name)?, after))) {
            Some((letter, after)) => {
                decoded.push(letter);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn character(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(hex.get(1..)?, 16).ok(),
        Some(decimal) => decimal.parse().ok(),
        None => None,
    };
    match (number, name) {
        (Some(number), _) => char::from_u32(number).filter(|letter| !letter.is_control()),
        (None, "amp") => Some('&'),
        (None, "lt") => Some('<'),
        (None, "gt") => Some('>'),
        (None, "quot") => Some('"'),
        (None, "apos") => Some('\''),
        (None, "nbsp") => Some('\u{a0}'),
        (None, "copy") => Some('©'),
        (None, "reg") => Some('®'),
        (None, "deg") => Some('°'),
        (None, "plusmn") => Some('±'),
        (None, "micro") => Some('µ'),
        (None, "ndash") => Some('–'),
        (None, "mdash") => Some('—'),
        (None, "hellip") => Some('…'),
        (None, "le") => Some('≤'),
        (None, "ge") => Some('≥'),
        _ => None,
    }
}

#[cfg(test)]
#[path = "narrative_tests.rs"]
mod tests;
