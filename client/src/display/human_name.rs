//! HumanName. <https://hl7.org/fhir/R4/datatypes.html#HumanName>

use serde_json::Value;

use super::{list, text};

/// The words shown for someone without a name.
pub const UNNAMED: &str = "Unnamed";

/// The name to call a person by: official before usual before any other, never an old one if
/// there is another.
pub fn preferred(names: &[Value]) -> Option<&Value> {
    let rank = |name: &&Value| match text(name, "use") {
        Some("official") => 0,
        Some("usual") => 1,
        None => 2,
        Some("old" | "maiden") => 5,
        Some("nickname" | "anonymous" | "temp") => 4,
        Some(_) => 3,
    };
    names
        .iter()
        .filter(|name| !full(name).is_empty())
        .min_by_key(rank)
}

/// `Dr. James T. Kirk Jr.`
pub fn full(name: &Value) -> String {
    if let Some(written) = text(name, "text") {
        return written.to_owned();
    }
    [
        parts(name, "prefix"),
        parts(name, "given"),
        parts(name, "family"),
        parts(name, "suffix"),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(" ")
}

/// `Kirk, James T.`, for lists that are ordered by family name.
pub fn family_first(name: &Value) -> String {
    let (family, given) = (parts(name, "family"), parts(name, "given"));
    match (family.is_empty(), given.is_empty()) {
        (false, false) => format!("{family}, {given}"),
        (false, true) => family,
        _ => full(name),
    }
}

/// At most two letters for the picture that nobody uploaded.
pub fn initials(name: &Value) -> String {
    let first = |words: &str| words.chars().find(|letter| letter.is_alphanumeric());
    let given = first(&parts(name, "given"));
    let family = first(&parts(name, "family"));
    let letters: Vec<char> = match (given, family) {
        (None, None) => full(name).split(' ').filter_map(first).take(2).collect(),
        (given, family) => given.into_iter().chain(family).collect(),
    };
    letters.into_iter().flat_map(char::to_uppercase).collect()
}

/// STU3 and R4 have one family name as text; DSTU2 had a list, which some servers still send.
fn parts(name: &Value, element: &str) -> String {
    list(name, element)
        .iter()
        .filter_map(Value::as_str)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_in_full_family_first_and_as_initials() {
        for (name, whole, listed, letters) in [
            (
                json!({"family": "Kirk", "given": ["James", "T."]}),
                "James T. Kirk",
                "Kirk, James T.",
                "JK",
            ),
            (
                json!({"prefix": ["Dr."], "given": ["Ana"], "family": "Núñez", "suffix": ["MD"]}),
                "Dr. Ana Núñez MD",
                "Núñez, Ana",
                "AN",
            ),
            (json!({"family": "Cher"}), "Cher", "Cher", "C"),
            (json!({"given": ["Madonna"]}), "Madonna", "Madonna", "M"),
            (
                json!({"text": "Sitting Bull"}),
                "Sitting Bull",
                "Sitting Bull",
                "SB",
            ),
            (
                json!({"text": "James Tiberius Kirk", "family": "Kirk", "given": ["James"]}),
                "James Tiberius Kirk",
                "Kirk, James",
                "JK",
            ),
            (
                json!({"family": ["van", "Dyk"], "given": ["élise"]}),
                "élise van Dyk",
                "van Dyk, élise",
                "ÉV",
            ),
            (
                json!({"family": "ß", "given": ["'Ōlelo"]}),
                "'Ōlelo ß",
                "ß, 'Ōlelo",
                "ŌSS",
            ),
            (json!({"family": " ", "given": [null, ""]}), "", "", ""),
            (json!({}), "", "", ""),
            (json!(7), "", "", ""),
        ] {
            assert_eq!(full(&name), whole, "{name}");
            assert_eq!(family_first(&name), listed, "{name}");
            assert_eq!(initials(&name), letters, "{name}");
        }
    }

    #[test]
    fn the_official_name_is_preferred_and_an_old_one_is_the_last_resort() {
        let names = [
            json!({"use": "old", "family": "Before"}),
            json!({"use": "nickname", "family": "Nick"}),
            json!({"family": "Plain"}),
            json!({"use": "usual", "family": "Usual"}),
            json!({"use": "official", "family": "Official"}),
        ];
        for (count, family) in [
            (1, "Before"),
            (2, "Nick"),
            (3, "Plain"),
            (4, "Usual"),
            (5, "Official"),
        ] {
            let name = preferred(names.get(..count).unwrap()).unwrap();
            assert_eq!(full(name), family);
        }
        assert_eq!(preferred(&[json!({"use": "official"})]), None);
    }
}
