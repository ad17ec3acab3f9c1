//! How one resource becomes an entry of a transaction or batch: an update when it brings a usable
//! id (so that loading twice is harmless), else a create.

use serde_json::{Value, json};

const LONGEST_ID: usize = 64;

/// `Type/id` of a resource that can be updated, `Type` of one that can only be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// It goes to its own place.
    Update(String),
    /// The server gives it a place.
    Create(String),
}

impl Target {
    /// Where a resource goes; none when it has no `resourceType`.
    pub(crate) fn of(resource: &Value) -> Option<Self> {
        let kind = resource.get("resourceType")?.as_str()?;
        let id = resource
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| is_id(id));
        Some(match id {
            Some(id) => Self::Update(format!("{kind}/{id}")),
            None => Self::Create(kind.to_owned()),
        })
    }

    /// The request's method.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Update(_) => "PUT",
            Self::Create(_) => "POST",
        }
    }

    /// The request's URL under the base.
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Update(url) | Self::Create(url) => url,
        }
    }

    /// The entry that sends a resource there.
    pub(crate) fn entry(&self, full_url: Option<&str>, resource: Value) -> Value {
        let request = json!({"method": self.method(), "url": self.url()});
        match full_url {
            Some(full_url) => {
                json!({"fullUrl": full_url, "resource": resource, "request": request})
            }
            None => json!({"resource": resource, "request": request}),
        }
    }
}

/// What an id may be: <https://hl7.org/fhir/R4/datatypes.html#id>.
fn is_id(id: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_with_a_usable_id_are_updated() {
        let long = "x".repeat(65);
        for (id, expected) in [
            (json!("a-1.B"), Target::Update("Patient/a-1.B".into())),
            (json!("urn:uuid:1"), Target::Create("Patient".into())),
            (json!(long), Target::Create("Patient".into())),
            (json!(""), Target::Create("Patient".into())),
            (json!(7), Target::Create("Patient".into())),
            (Value::Null, Target::Create("Patient".into())),
        ] {
            assert_eq!(
                Target::of(&json!({"resourceType": "Patient", "id": id})),
                Some(expected)
            );
        }
        assert_eq!(Target::of(&json!({"id": "a"})), None);
        assert_eq!(Target::of(&json!([])), None);
    }
}
