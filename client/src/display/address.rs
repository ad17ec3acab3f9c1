//! Address. <https://hl7.org/fhir/R4/datatypes.html#Address>

use serde_json::Value;

use super::{list, text};

/// The lines of an envelope: streets, then city, state and code, then the country.
pub fn lines(address: &Value) -> Vec<String> {
    let mut lines: Vec<String> = list(address, "line")
        .iter()
        .filter_map(Value::as_str)
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let region = [text(address, "state"), text(address, "postalCode")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let place = [text(address, "city"), Some(region.as_str())]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    if !place.is_empty() {
        lines.push(place);
    }
    if let Some(country) = text(address, "country") {
        lines.push(country.to_owned());
    }
    if lines.is_empty() {
        lines.extend(text(address, "text").map(str::to_owned));
    }
    lines
}

/// The address where the person lives now.
pub fn current(addresses: &[Value]) -> Option<&Value> {
    let rank = |address: &&Value| match text(address, "use") {
        Some("home") => 0,
        None => 1,
        Some("old") => 3,
        Some(_) => 2,
    };
    addresses
        .iter()
        .filter(|address| !lines(address).is_empty())
        .min_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn addresses_as_on_an_envelope() {
        for (address, words) in [
            (
                json!({"line": ["1 Main St", "Apt 2"], "city": "Riverside", "state": "IA",
                       "postalCode": "52327", "country": "US"}),
                "1 Main St / Apt 2 / Riverside, IA 52327 / US",
            ),
            (json!({"city": "Ghent"}), "Ghent"),
            (json!({"postalCode": "9000"}), "9000"),
            (json!({"country": "BE"}), "BE"),
            (json!({"text": "By the river"}), "By the river"),
            (json!({"line": ["", "  "]}), ""),
            (json!({}), ""),
        ] {
            assert_eq!(lines(&address).join(" / "), words, "{address}");
        }
    }

    #[test]
    fn home_comes_first_and_an_old_address_last() {
        let addresses = [
            json!({"use": "old", "city": "Old"}),
            json!({"use": "work", "city": "Work"}),
            json!({"city": "Plain"}),
            json!({"use": "home", "city": "Home"}),
        ];
        for (count, city) in [(1, "Old"), (2, "Work"), (3, "Plain"), (4, "Home")] {
            let address = current(addresses.get(..count).unwrap()).unwrap();
            assert_eq!(lines(address), [city]);
        }
        assert_eq!(current(&[json!({"use": "home"})]), None);
    }
}
