//! The patient list's question: what the page's own address says, and the FHIR search it becomes.
//! <https://hl7.org/fhir/R4/patient.html#search>

use smart::form;

/// Page sizes on offer.
pub const PAGE_SIZES: [u16; 4] = [10, 20, 50, 100];
const DEFAULT_PAGE_SIZE: u16 = 20;

/// Administrative gender codes with their words.
/// <https://hl7.org/fhir/R4/valueset-administrative-gender.html>
pub const GENDERS: [(&str, &str); 4] = [
    ("female", "Female"),
    ("male", "Male"),
    ("other", "Other"),
    ("unknown", "Unknown"),
];

/// The column that orders the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Family name.
    Name,
    /// Date of birth.
    BirthDate,
    /// Last change on the server.
    LastUpdated,
}

impl Column {
    /// Every column that orders, in the table's order.
    pub const ALL: [Self; 3] = [Self::Name, Self::BirthDate, Self::LastUpdated];

    /// The FHIR search parameter, which is also the name in the page's address.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Name => "family",
            Self::BirthDate => "birthdate",
            Self::LastUpdated => "_lastUpdated",
        }
    }

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::BirthDate => "Birth date",
            Self::LastUpdated => "Last updated",
        }
    }
}

/// The order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub column: Column,
    /// Z to A, latest first.
    pub descending: bool,
}

impl Order {
    /// The `_sort` value.
    pub fn parameter(self) -> String {
        let minus = if self.descending { "-" } else { "" };
        format!("{minus}{}", self.column.parameter())
    }

    /// Reads a `_sort` value.
    pub fn of_parameter(text: &str) -> Option<Self> {
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        Column::ALL
            .into_iter()
            .find(|column| column.parameter() == name)
            .map(|column| Self { column, descending })
    }

    /// The order that a click on a column's heading brings.
    pub fn after_click(self, column: Column) -> Self {
        Self {
            column,
            descending: self.column == column && !self.descending,
        }
    }
}

/// What the search box is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nothing was entered.
    Everyone,
    /// Every word must begin some part of the name.
    Name(Vec<String>),
    /// A year, a month or a day.
    BirthDate(String),
    /// A number such as an MRN, with its system before a `|` if given.
    Identifier(String),
}

/// The list's whole state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientSearch {
    /// The search box.
    pub text: String,
    /// A gender code.
    pub gender: Option<&'static str>,
    /// The order.
    pub order: Order,
    /// Rows on a page.
    pub page_size: u16,
    /// A page after the first: its link, relative to the server's base.
    pub page: Option<String>,
}

impl Default for PatientSearch {
    fn default() -> Self {
        Self {
            text: String::new(),
            gender: None,
            order: Order {
                column: Column::Name,
                descending: false,
            },
            page_size: DEFAULT_PAGE_SIZE,
            page: None,
        }
    }
}

impl PatientSearch {
    /// Reads the page address's query; what it does not understand stays at its default.
    pub fn of_query(query: &str) -> Self {
        let pairs = form::decode(query);
        let value = |name| form::first(&pairs, name);
        let default = Self::default();
        Self {
            text: value("q").unwrap_or_default().to_owned(),
            gender: value("gender").and_then(gender),
            order: value("sort")
                .and_then(Order::of_parameter)
                .unwrap_or(default.order),
            page_size: value("count")
                .and_then(|count| count.parse().ok())
                .filter(|count| PAGE_SIZES.contains(count))
                .unwrap_or(default.page_size),
            page: value("page")
                .filter(|page| page.starts_with("Patient?") || page.starts_with('?'))
                .map(str::to_owned),
        }
    }

    /// The page address's query; defaults are left out.
    pub fn to_query(&self) -> Vec<(String, String)> {
        let default = Self::default();
        let mut pairs = Vec::new();
        let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if !self.text.is_empty() {
            put("q", self.text.clone());
        }
        if let Some(gender) = self.gender {
            put("gender", gender.to_owned());
        }
        if self.order != default.order {
            put("sort", self.order.parameter());
        }
        if self.page_size != default.page_size {
            put("count", self.page_size.to_string());
        }
        if let Some(page) = &self.page {
            put("page", page.clone());
        }
        pairs
    }

    /// The first page of the same question.
    pub fn first_page(&self) -> Self {
        Self {
            page: None,
            ..self.clone()
        }
    }

    /// True when nothing narrows the list down.
    pub fn is_everyone(&self) -> bool {
        self.reading() == Reading::Everyone && self.gender.is_none()
    }

    /// What the search box is taken for.
    pub fn reading(&self) -> Reading {
        let text = self.text.trim();
        if text.is_empty() {
            Reading::Everyone
        } else if is_date(text) {
            Reading::BirthDate(text.to_owned())
        } else if text.contains(|letter: char| letter.is_ascii_digit() || letter == '|') {
            Reading::Identifier(text.to_owned())
        } else {
            let words = text.split(|letter: char| letter.is_whitespace() || letter == ',');
            Reading::Name(
                words
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect(),
            )
        }
    }

    /// The FHIR search, relative to the server's base.
    pub fn fhir_query(&self) -> String {
        if let Some(page) = &self.page {
            return page.clone();
        }
        let mut pairs: Vec<(&str, String)> = Vec::new();
        match self.reading() {
            Reading::Everyone => {}
            Reading::Name(words) => {
                pairs.extend(words.iter().map(|word| ("name", escaped(word))));
            }
            Reading::BirthDate(date) => pairs.push(("birthdate", date)),
            Reading::Identifier(text) => {
                let value = match text.split_once('|') {
                    Some((system, value)) => format!("{}|{}", escaped(system), escaped(value)),
                    None => escaped(&text),
                };
                pairs.push(("identifier", value));
            }
        }
        if let Some(gender) = self.gender {
            pairs.push(("gender", gender.to_owned()));
        }
        pairs.push(("_sort", self.order.parameter()));
        pairs.push(("_count", self.page_size.to_string()));
        pairs.push(("_total", "accurate".to_owned()));
        let query = form::encode(pairs.iter().map(|(name, value)| (*name, value.as_str())));
        format!("Patient?{query}")
    }

    /// The search in words, for the line above the list.
    pub fn words(&self) -> String {
        let what = match self.reading() {
            Reading::Everyone => "All patients".to_owned(),
            Reading::Name(words) => format!("Name beginning with “{}”", words.join("” and “")),
            Reading::BirthDate(date) => format!("Born {date}"),
            Reading::Identifier(text) => format!("Identifier “{text}”"),
        };
        match self.gender.and_then(|gender| {
            GENDERS
                .iter()
                .find(|(code, _)| *code == gender)
                .map(|(_, words)| words.to_lowercase())
        }) {
            Some(gender) => format!("{what}, {gender}"),
            None => what,
        }
    }
}

/// The known code of a text.
pub fn gender(text: &str) -> Option<&'static str> {
    GENDERS
        .iter()
        .find(|(code, _)| *code == text)
        .map(|(code, _)| *code)
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut part = |length: usize, range: std::ops::RangeInclusive<u32>| {
        parts.next().map(|part| {
            part.len() == length
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse().is_ok_and(|number| range.contains(&number))
        })
    };
    part(4, 1..=9999) == Some(true)
        && part(2, 1..=12) != Some(false)
        && part(2, 1..=31) != Some(false)
        && parts.next().is_none()
}

/// Search values escape their own separators. <https://hl7.org/fhir/R4/search.html#escaping>
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        if matches!(letter, '\\' | ',' | '$' | '|') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(text: &str) -> PatientSearch {
        PatientSearch {
            text: text.into(),
            ..PatientSearch::default()
        }
    }

    #[test]
    fn the_box_is_taken_for_what_it_looks_like() {
        let name =
            |words: &[&str]| Reading::Name(words.iter().map(|word| word.to_string()).collect());
        for (text, reading) in [
            ("", Reading::Everyone),
            ("   ", Reading::Everyone),
            ("kirk", name(&["kirk"])),
            ("James T. Kirk", name(&["James", "T.", "Kirk"])),
            ("Kirk, James", name(&["Kirk", "James"])),
            ("O'Neil-Ñandú", name(&["O'Neil-Ñandú"])),
            (",", name(&[])),
            ("2233-03-22", Reading::BirthDate("2233-03-22".into())),
            (" 1980-05 ", Reading::BirthDate("1980-05".into())),
            ("1980", Reading::BirthDate("1980".into())),
            ("1980-13", Reading::Identifier("1980-13".into())),
            ("1980-05-32", Reading::Identifier("1980-05-32".into())),
            ("1980-05-01-01", Reading::Identifier("1980-05-01-01".into())),
            ("NCC-1701", Reading::Identifier("NCC-1701".into())),
            ("urn:x|SC937", Reading::Identifier("urn:x|SC937".into())),
        ] {
            assert_eq!(search(text).reading(), reading, "{text}");
        }
    }

    #[test]
    fn the_question_becomes_a_fhir_search() {
        for (text, query) in [
            ("", "Patient?_sort=family&_count=20&_total=accurate"),
            (
                "James Kirk",
                "Patient?name=James&name=Kirk&_sort=family&_count=20&_total=accurate",
            ),
            (
                "2233-03-22",
                "Patient?birthdate=2233-03-22&_sort=family&_count=20&_total=accurate",
            ),
            (
                "urn:x|S,1",
                "Patient?identifier=urn%3Ax%7CS%5C%2C1&_sort=family&_count=20&_total=accurate",
            ),
        ] {
            assert_eq!(search(text).fhir_query(), query, "{text}");
        }
    }

    #[test]
    fn the_page_s_address_holds_the_whole_state() {
        let state = PatientSearch {
            text: "kirk & spock".into(),
            gender: Some("male"),
            order: Order {
                column: Column::LastUpdated,
                descending: true,
            },
            page_size: 50,
            page: Some("Patient?name=kirk&ct=a%2Bb".into()),
        };
        let pairs = state.to_query();
        let query = form::encode(
            pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        assert_eq!(PatientSearch::of_query(&query), state);
        assert_eq!(state.fhir_query(), "Patient?name=kirk&ct=a%2Bb");
        assert_eq!(state.first_page().page, None);
        assert!(PatientSearch::default().to_query().is_empty());
    }

    #[test]
    fn nonsense_in_the_address_falls_back_to_defaults() {
        let state = PatientSearch::of_query(
            "?gender=robot&sort=shoe&count=7&page=https://evil.example/&q=kirk",
        );
        assert_eq!(state, search("kirk"));
    }

    #[test]
    fn a_heading_s_second_click_turns_the_order_round() {
        let by_name = PatientSearch::default().order;
        let reversed = by_name.after_click(Column::Name);
        assert!(reversed.descending);
        assert!(!reversed.after_click(Column::Name).descending);
        let by_birth = reversed.after_click(Column::BirthDate);
        assert_eq!(
            (by_birth.column, by_birth.descending),
            (Column::BirthDate, false)
        );
    }

    #[test]
    fn the_search_is_told_in_words() {
        assert_eq!(search("").words(), "All patients");
        assert_eq!(
            search("James Kirk").words(),
            "Name beginning with “James” and “Kirk”"
        );
        let women = PatientSearch {
            gender: Some("female"),
            ..search("1980")
        };
        assert_eq!(women.words(), "Born 1980, female");
        assert!(!women.is_everyone());
        assert!(search(" ").is_everyone());
    }
}
