//! Media types. <https://www.rfc-editor.org/rfc/rfc9110#section-8.3>

/// Those that mean a resource in JSON.
pub(crate) const JSON_TYPES: [&str; 3] = ["application/fhir+json", "application/json", "text/json"];

/// The type of a header without its parameters, in lower case.
pub(crate) fn media_type(text: &str) -> String {
    text.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
