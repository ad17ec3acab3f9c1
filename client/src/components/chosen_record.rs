//! Describes the record behind an id, so that nobody launches with the wrong one.

use yew::prelude::*;

use crate::api::failure::FhirFailure;
use crate::clock::today;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::settled::use_settled;
use crate::desk::Desk;
use crate::display::choice::Choice;
use crate::display::reference::is_id;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ChosenRecordProps {
    pub(crate) desk: Desk,
    pub(crate) resource_type: &'static str,
    pub(crate) id: AttrValue,
}

#[component]
pub(crate) fn ChosenRecord(props: &ChosenRecordProps) -> Html {
    let id = use_settled(props.id.trim().to_owned());
    let fhir = props.desk.fhir.clone();
    let resource_type = props.resource_type;
    let question = is_id(&id).then(|| format!("{resource_type}/{id}"));
    let asked = use_asked(question.clone(), move |question: Option<String>| {
        let fhir = fhir.clone();
        async move {
            match question {
                Some(address) => fhir.read(&address).await.map(Some),
                None => Ok(None),
            }
        }
    });
    let words = match (&asked.loaded, &question) {
        (_, None) => return html! { <p class="chosen" role="status"></p> },
        (Loaded::Loading(_), _) => "Looking it up…".to_owned(),
        (Loaded::Ready(record), Some(_)) => {
            let choice = record
                .as_ref()
                .as_ref()
                .and_then(|record| Choice::of(record, today()));
            if let Some(choice) = choice {
                return html! {
                    <p class="chosen" role="status">
                        <strong>{ &choice.name }</strong>
                        for fact in &choice.facts {
                            <span>{ fact }</span>
                        }
                    </p>
                };
            }
            format!("The server has no {resource_type} with this id.")
        }
        (
            Loaded::Failed(FhirFailure::Refused {
                status: 404 | 410, ..
            }),
            Some(_),
        ) => format!(
            "You can see no {resource_type} with this id. The person who starts the app may."
        ),
        (Loaded::Failed(failure), Some(_)) => {
            format!("{}: the id is used as entered.", failure.heading())
        }
    };
    html! { <p class="chosen hint" role="status">{ words }</p> }
}
