//! ContactPoint. <https://hl7.org/fhir/R4/datatypes.html#ContactPoint>

use serde_json::Value;

use super::text;

/// A way to reach someone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// `Phone (home)`.
    pub label: String,
    /// The number or address.
    pub value: String,
    /// What a click opens, for phones and e-mail only.
    pub link: Option<String>,
}

/// A contact point in words; none when it has no value or is out of use.
pub fn contact(point: &Value) -> Option<Contact> {
    let value = text(point, "value")?;
    let usage = text(point, "use");
    if usage == Some("old") {
        return None;
    }
    let (system, scheme) = match text(point, "system") {
        Some("phone") => ("Phone", Some("tel:")),
        Some("sms") => ("SMS", Some("tel:")),
        Some("email") => ("E-mail", Some("mailto:")),
        Some("fax") => ("Fax", None),
        Some("pager") => ("Pager", None),
        Some("url") => ("Web", None),
        _ => ("Contact", None),
    };
    Some(Contact {
        label: match usage {
            Some(usage) => format!("{system} ({usage})"),
            None => system.to_owned(),
        },
        value: value.to_owned(),
        link: scheme.map(|scheme| {
            let bare: String = value
                .chars()
                .filter(|letter| !letter.is_whitespace())
                .collect();
            format!("{scheme}{bare}")
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn contacts_are_labelled_and_callable() {
        for (point, expected) in [
            (
                json!({"system": "phone", "value": "555 01 02", "use": "home"}),
                Some(("Phone (home)", Some("tel:5550102"))),
            ),
            (
                json!({"system": "email", "value": "jim@ufp.example"}),
                Some(("E-mail", Some("mailto:jim@ufp.example"))),
            ),
            (
                json!({"system": "url", "value": "javascript:alert(1)"}),
                Some(("Web", None)),
            ),
            (json!({"value": "by drum"}), Some(("Contact", None))),
            (json!({"system": "phone", "value": "1", "use": "old"}), None),
            (json!({"system": "phone"}), None),
            (json!({}), None),
        ] {
            let seen = contact(&point);
            let seen = seen
                .as_ref()
                .map(|contact| (contact.label.as_str(), contact.link.as_deref()));
            assert_eq!(seen, expected, "{point}");
        }
    }
}
