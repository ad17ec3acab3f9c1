//! The first pages of a chart's sections, each loaded separately, so that a slow or failing one does
//! not delay the others.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api::bundle::SearchPage;
use crate::api::chart::Section;
use crate::api::failure::FhirFailure;
use crate::desk::Desk;

/// What has come of one section.
#[derive(Clone, PartialEq)]
pub(super) enum Part {
    Loading,
    Ready(Rc<SearchPage>),
    Failed(FhirFailure),
}

impl Part {
    /// The number beside the tab's name.
    pub(super) fn count(&self) -> Option<String> {
        match self {
            Self::Loading => None,
            Self::Ready(page) => Some(page.count()),
            Self::Failed(_) => Some("!".to_owned()),
        }
    }
}

/// The sections of one patient in the order of the table that they come from.
#[derive(Clone, PartialEq)]
pub(super) struct Parts(Vec<Part>);

impl Parts {
    /// The part of a section that is in the table.
    pub(super) fn of(&self, index: usize) -> Part {
        self.0.get(index).cloned().unwrap_or(Part::Loading)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Part> {
        self.0.iter()
    }
}

pub(super) enum PartNews {
    Asked(usize),
    First(usize, Result<SearchPage, FhirFailure>),
    More(usize, SearchPage),
}

impl Reducible for Parts {
    type Action = PartNews;

    fn reduce(self: Rc<Self>, news: PartNews) -> Rc<Self> {
        let mut parts = (*self).clone();
        let (PartNews::Asked(index) | PartNews::First(index, _) | PartNews::More(index, _)) = &news;
        if let Some(part) = parts.0.get_mut(*index) {
            *part = match (news, &*part) {
                (PartNews::Asked(_), _) => Part::Loading,
                (PartNews::First(_, Ok(page)), _) => Part::Ready(Rc::new(page)),
                (PartNews::First(_, Err(failure)), _) => Part::Failed(failure),
                (PartNews::More(_, more), Part::Ready(page)) => {
                    let mut page = (**page).clone();
                    page.append(more);
                    Part::Ready(Rc::new(page))
                }
                (PartNews::More(..), part) => part.clone(),
            };
        }
        Rc::new(parts)
    }
}

/// Parts and the ways to ask for them again and for more of them.
#[derive(Clone, PartialEq)]
pub(super) struct Chart {
    pub(super) parts: UseReducerHandle<Parts>,
    pub(super) again: Callback<usize>,
    pub(super) more: Callback<usize>,
}

/// Loads the sections of a patient. Components that use it are keyed by patient.
#[hook]
pub(super) fn use_chart(desk: &Desk, patient_id: &str, sections: &'static [Section]) -> Chart {
    let parts = use_reducer_eq(|| Parts(vec![Part::Loading; sections.len()]));
    let ask = {
        let (fhir, patient_id) = (desk.fhir.clone(), patient_id.to_owned());
        let version = desk.sign_in.configuration().fhir_version;
        let tell = parts.dispatcher();
        Callback::from(move |index: usize| {
            let Some(section) = sections.get(index) else {
                return;
            };
            let (fhir, tell) = (fhir.clone(), tell.clone());
            let query = section.query(&patient_id, version);
            spawn_local(async move {
                tell.dispatch(PartNews::First(index, fhir.search(&query).await));
            });
        })
    };
    {
        let ask = ask.clone();
        use_effect_with((), move |()| {
            (0..sections.len()).for_each(|index| ask.emit(index));
        });
    }
    let again = {
        let tell = parts.dispatcher();
        Callback::from(move |index: usize| {
            tell.dispatch(PartNews::Asked(index));
            ask.emit(index);
        })
    };
    let more = {
        let (fhir, parts) = (desk.fhir.clone(), parts.clone());
        Callback::from(move |index: usize| {
            let Part::Ready(page) = parts.of(index) else {
                return;
            };
            let Some(next) = page.next.clone() else {
                return;
            };
            let (fhir, tell) = (fhir.clone(), parts.dispatcher());
            spawn_local(async move {
                match fhir.search(&next).await {
                    Ok(page) => tell.dispatch(PartNews::More(index, page)),
                    Err(failure) => tell.dispatch(PartNews::First(index, Err(failure))),
                }
            });
        })
    };
    Chart { parts, again, more }
}
