//! The pages of a search that were visited, so that there is a way back.
//!
//! A searchset links to its next page only, by an opaque cursor; the way back is the client's to
//! remember. <https://hl7.org/fhir/R4/http.html#paging>

use serde::{Deserialize, Serialize};

use crate::api::bundle::SearchPage;
use crate::api::patient_search::PatientSearch;

/// Pages visited for one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// The FHIR query of the first page.
    question: String,
    /// False when the visit began in the middle, by a shared address.
    from_first: bool,
    /// The total over all pages, sent with the first.
    total: Option<u64>,
    /// Links of the second page and on.
    later: Vec<String>,
}

/// Where the page before is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// This is the first page.
    None,
    /// The first page, or a later one by its link.
    Page(Option<String>),
    /// Somebody shared the address of this page: only the first page is sure.
    Unknown,
}

impl Trail {
    /// The trail after a page has come.
    pub fn after(mut self, search: &PatientSearch, page: &SearchPage) -> Self {
        let question = search.first_page().fhir_query();
        if self.question != question {
            self = Self {
                question,
                ..Self::default()
            };
        }
        match &search.page {
            None => {
                // A fresh look: cursors of an earlier one may belong to an older state.
                self.later.clear();
                self.from_first = true;
                self.total = page.total;
            }
            Some(link) if !self.later.contains(link) => self.later.push(link.clone()),
            Some(_) => {}
        }
        self
    }

    /// Matches in all pages.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The number of the page, from 1, when the way to it is known from the beginning.
    pub fn page_number(&self, search: &PatientSearch) -> Option<usize> {
        let Some(link) = &search.page else {
            return Some(1);
        };
        let at = self.later.iter().position(|later| later == link)?;
        self.from_first.then_some(at + 2)
    }

    /// The page before this one.
    pub fn before(&self, search: &PatientSearch) -> Before {
        let Some(link) = &search.page else {
            return Before::None;
        };
        match self.later.iter().position(|later| later == link) {
            Some(0) if self.from_first => Before::Page(None),
            Some(0) | None => Before::Unknown,
            Some(at) => match self.later.get(at - 1) {
                Some(link) => Before::Page(Some(link.clone())),
                None => Before::Unknown,
            },
        }
    }

    /// `21–40 of 57`
    pub fn range(&self, search: &PatientSearch, shown: usize) -> String {
        let of = match self.total {
            Some(total) => format!(" of {total}"),
            None => String::new(),
        };
        match self.page_number(search) {
            _ if shown == 0 => format!("0{of}"),
            Some(number) => {
                let first = (number - 1) * usize::from(search.page_size) + 1;
                format!("{first}–{}{of}", first + shown - 1)
            }
            None => format!("{shown}{of}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(page: Option<&str>) -> PatientSearch {
        PatientSearch {
            page: page.map(str::to_owned),
            ..PatientSearch::default()
        }
    }

    fn page(total: Option<u64>) -> SearchPage {
        SearchPage {
            total,
            ..SearchPage::default()
        }
    }

    fn walked() -> Trail {
        Trail::default()
            .after(&at(None), &page(Some(57)))
            .after(&at(Some("?2")), &page(None))
            .after(&at(Some("?3")), &page(None))
    }

    #[test]
    fn every_visited_page_knows_the_one_before() {
        let trail = walked();
        assert_eq!(trail.before(&at(None)), Before::None);
        assert_eq!(trail.before(&at(Some("?2"))), Before::Page(None));
        assert_eq!(
            trail.before(&at(Some("?3"))),
            Before::Page(Some("?2".into()))
        );
        assert_eq!(trail.before(&at(Some("?9"))), Before::Unknown);
    }

    #[test]
    fn the_total_of_the_first_page_holds_for_all() {
        let trail = walked();
        assert_eq!(trail.range(&at(None), 20), "1–20 of 57");
        assert_eq!(trail.range(&at(Some("?2")), 20), "21–40 of 57");
        assert_eq!(trail.range(&at(Some("?3")), 17), "41–57 of 57");
    }

    #[test]
    fn a_shared_page_tells_only_what_it_shows() {
        let trail = Trail::default().after(&at(Some("?2")), &page(None));
        assert_eq!(trail.range(&at(Some("?2")), 20), "20");
        assert_eq!(trail.page_number(&at(Some("?2"))), None);
        assert_eq!(trail.before(&at(Some("?2"))), Before::Unknown);
        let trail = trail.after(&at(Some("?3")), &page(None));
        assert_eq!(
            trail.before(&at(Some("?3"))),
            Before::Page(Some("?2".into()))
        );
        assert_eq!(trail.range(&at(None), 0), "0");
    }

    #[test]
    fn another_question_begins_another_trail() {
        let other = PatientSearch {
            text: "kirk".into(),
            ..PatientSearch::default()
        };
        let trail = walked().after(&other, &page(Some(0)));
        assert_eq!(trail.total(), Some(0));
        assert_eq!(trail.before(&at(Some("?2"))), Before::Unknown);
    }

    #[test]
    fn going_back_to_the_first_page_forgets_old_cursors() {
        let trail = walked().after(&at(None), &page(Some(58)));
        assert_eq!(trail.total(), Some(58));
        assert_eq!(trail.before(&at(Some("?2"))), Before::Unknown);
    }
}
