//! Narrative: a limited XHTML, because browsers will show it.
//! <https://hl7.org/fhir/R4/narrative.html#xhtml>

use super::Validator;
use crate::outcome::IssueType;
use serde_json::Value;

const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "bdo",
    "kbd",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
    "var",
];

const ATTRIBUTES: &[&str] = &[
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "bgcolor",
    "border",
    "cellhalign",
    "cellpadding",
    "cellspacing",
    "cellvalign",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "colspan",
    "compact",
    "coords",
    "dir",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "hspace",
    "id",
    "lang",
    "longdesc",
    "name",
    "nowrap",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "title",
    "type",
    "valign",
    "value",
    "vspace",
    "width",
    "xml:lang",
    "xmlns",
];

impl Validator {
    /// Checks the markup of `Narrative.div`.
    pub(super) fn narrative(&mut self, value: &Value, place: &str) {
        let checked = match value.as_str() {
            Some(markup) => check(markup),
            None => Err("it must be a string, in quotes".to_owned()),
        };
        if let Err(reason) = checked {
            let message = format!("The narrative is not the XHTML that FHIR allows: {reason}.");
            self.report(IssueType::Structure, place, message);
        }
    }
}

/// Checks that `markup` is one well-formed `div` of allowed elements and attributes.
fn check(markup: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut has_content = false;
    let mut rest = markup.trim();
    if !rest.starts_with("<div") {
        return Err("it must be one <div> element".into());
    }
    while let Some((text, after)) = rest.split_once('<') {
        has_content |= !text.trim().is_empty();
        rest = after;
        if let Some(after) = rest.strip_prefix("!--") {
            rest = after.split_once("-->").ok_or("a comment has no end")?.1;
            continue;
        }
        let (tag, after) = split_tag(rest).ok_or("a tag has no end")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name.trim_end()) {
                return Err(format!("</{}> closes what is not open", name.trim_end()));
            }
            if open.is_empty() {
                break;
            }
            continue;
        }
        let (tag, closed) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let end = tag.find(char::is_whitespace).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at_checked(end).unwrap_or((tag, ""));
        if !ELEMENTS.contains(&name) {
            return Err(format!("the element <{name}> is not allowed"));
        }
        check_attributes(name, attributes)?;
        has_content |= name == "img";
        if !closed {
            open.push(name);
        }
    }
    if !open.is_empty() {
        return Err(format!("<{}> is never closed", open.join("> <")));
    }
    if !rest.trim().is_empty() {
        return Err("something follows the <div>".into());
    }
    if has_content {
        Ok(())
    } else {
        Err("it has no content".into())
    }
}

/// Splits at the `>` that ends the tag, quotes respected.
fn split_tag(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    let end = text.find(|character| {
        match (quote, character) {
            (None, '>') => return true,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            _ => {}
        }
        false
    })?;
    let (tag, rest) = text.split_at_checked(end)?;
    Some((tag, rest.strip_prefix('>')?))
}

fn check_attributes(element: &str, text: &str) -> Result<(), String> {
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or("an attribute has no value")?;
        let (name, after) = (name.trim_end(), after.trim_start());
        let quote = after
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''));
        let quote = quote.ok_or("an attribute has no quotes")?;
        let value = after
            .strip_prefix(quote)
            .and_then(|after| after.split_once(quote));
        let (value, after) = value.ok_or("an attribute has no closing quote")?;
        if !ATTRIBUTES.contains(&name) {
            return Err(format!(
                "the attribute `{name}` of <{element}> is not allowed"
            ));
        }
        if matches!(name, "href" | "src" | "cite" | "longdesc") && !is_harmless(value) {
            return Err(format!(
                "the address in `{name}` of <{element}> is not allowed"
            ));
        }
        rest = after.trim_start();
    }
    Ok(())
}

/// Whether an address cannot run code: relative, or of a scheme that only shows something.
fn is_harmless(address: &str) -> bool {
    let plain: String = address
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    let plain = plain.to_ascii_lowercase();
    let scheme = plain.split_once(':').map(|(scheme, _)| scheme);
    match scheme {
        None => !plain.contains('&') || !plain.contains("&#"),
        Some("http" | "https" | "ftp" | "mailto" | "tel" | "urn" | "cid") => true,
        Some("data") => plain.starts_with("data:image/"),
        Some(scheme) => scheme.contains(['/', '#', '?']) && !scheme.contains('&'),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use proptest::prelude::*;

    #[test]
    fn ordinary_narrative_passes() {
        for markup in [
            r#"<div xmlns="http://www.w3.org/1999/xhtml">text</div>"#,
            r#"<div xmlns="http://www.w3.org/1999/xhtml"><p class='a'>a<br/>b &amp; c</p></div>"#,
            r##"<div><a href="#x">x</a><a href="https://example.org/?a=b:c">y</a><img src="x.png" alt=">"/></div>"##,
            "<div><!-- note --><table><tr><td>1</td></tr></table></div>\n",
        ] {
            assert_eq!(check(markup), Ok(()), "{markup}");
        }
    }

    #[test]
    fn what_a_browser_could_run_is_refused() {
        for markup in [
            "",
            "text",
            "<p>x</p>",
            "<div></div>",
            "<div> </div>",
            "<div>x",
            "<div>x</div><div>y</div>",
            "<div>x</div>tail",
            "<div><script>alert(1)</script></div>",
            "<div><b>x</div></b>",
            "<div onclick=\"x()\">x</div>",
            "<div><img src=x onerror=alert(1)></div>",
            "<div><a href=\"javascript:alert(1)\">x</a></div>",
            "<div><a href=\" java\nscript:alert(1)\">x</a></div>",
            "<div><a href=\"&#106;avascript:alert(1)\">x</a></div>",
            "<div><a href=\"data:text/html,x\">x</a></div>",
            "<div><iframe src=\"x\"/></div>",
            "<div><object/>x</div>",
            "<div><style>x</style></div>",
            "<div><svg onload=\"x\"/></div>",
            "<div><form>x</form></div>",
            "<div hidden>x</div>",
            "<DIV>x</DIV>",
            "<div><a href='x\">y</a></div>",
            "<div><!-- x</div>",
            "<div",
            "<div>&lt;<",
        ] {
            assert!(check(markup).is_err(), "{markup}");
        }
    }

    proptest! {
        #[test]
        fn no_markup_makes_it_panic(markup in "<div[ a-z=\"'<>/!-]{0,40}") {
            let _ = check(&markup);
        }
    }
}
