//! `meta.versionId` and `meta.lastUpdated`: known only at the moment of the commit.
//! <https://hl7.org/fhir/R4/resource.html#Meta>
//!
//! The worker renders a resource around the two values, so that the store, which is one thread,
//! only joins strings and never parses JSON.

use serde_json::Value;

/// A resource as JSON text, open where the version and the time of the commit go:
/// `head` version [`Rendered::BETWEEN`] time `tail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text up to the version.
    pub head: String,
    /// The text after the time.
    pub tail: String,
}

impl Rendered {
    /// The text between version and time.
    pub const BETWEEN: &'static str = "\",\"lastUpdated\":\"";

    /// Renders `resource` under `id`. `resourceType`, `id` and `meta` come first, the other
    /// properties keep their order, decimals their digits.
    pub fn new(resource: &Value, id: &str) -> Self {
        let text = |value: &Value| value.to_string();
        let property = |name: &str| resource.get(name);
        let mut head = String::from("{\"resourceType\":");
        head.push_str(&property("resourceType").map(text).unwrap_or_default());
        head.push_str(",\"id\":");
        head.push_str(&text(&Value::from(id)));
        head.push_str(",\"meta\":{\"versionId\":\"");
        let mut tail = String::from("\"");
        let meta = property("meta").and_then(Value::as_object);
        let rest = meta.into_iter().flatten();
        push_all(&mut tail, rest.filter(|(name, _)| !is_ours(name)));
        tail.push('}');
        let rest = resource.as_object().into_iter().flatten();
        push_all(
            &mut tail,
            rest.filter(|(name, _)| !matches!(name.as_str(), "resourceType" | "id" | "meta")),
        );
        tail.push('}');
        Self { head, tail }
    }

    /// How many bytes the text has, give or take the version.
    pub fn bytes(&self) -> usize {
        self.head.len() + Self::BETWEEN.len() + self.tail.len() + 30
    }

    /// The whole text.
    pub fn complete(&self, version: &str, last_updated: &str) -> String {
        [&self.head, version, Self::BETWEEN, last_updated, &self.tail].concat()
    }
}

fn is_ours(name: &str) -> bool {
    matches!(
        name,
        "versionId" | "lastUpdated" | "_versionId" | "_lastUpdated"
    )
}

fn push_all<'a>(text: &mut String, properties: impl Iterator<Item = (&'a String, &'a Value)>) {
    for (name, value) in properties {
        text.push(',');
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        text.push_str(&value.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::Rendered;
    use crate::json::parse;

    #[test]
    fn all_but_id_version_and_time_is_as_it_was_sent() {
        let sent = r#"{"meta":{"lastUpdated":"x","tag":[{"code":"t"}]},"b":1.50,"resourceType":"Basic","a":"é\n"}"#;
        let rendered = Rendered::new(&parse(sent.as_bytes()).unwrap(), "1");
        assert_eq!(
            rendered.complete("3", "2020-01-01T00:00:00.000Z"),
            concat!(
                r#"{"resourceType":"Basic","id":"1","meta":{"versionId":"3","#,
                r#""lastUpdated":"2020-01-01T00:00:00.000Z","tag":[{"code":"t"}]},"b":1.50,"a":"é\n"}"#
            )
        );
    }
}
