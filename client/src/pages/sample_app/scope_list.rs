//! The requested scopes and whether they were granted.

use yew::prelude::*;

use crate::auth::smart_app::scopes::compare;
use crate::auth::smart_app::session::AppSession;

/// What Azure AD grants where it does not distinguish scopes.
const WHOLE_PERSON: &str = "user_impersonation";

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ScopeListProps {
    pub(super) session: AppSession,
}

#[component]
pub(super) fn ScopeList(props: &ScopeListProps) -> Html {
    let (session, granted) = (&props.session, props.session.granted());
    let lines = compare(&session.asked, granted, &session.evident());
    let whole = lines.iter().any(|line| line.scope == WHOLE_PERSON);
    let short = lines.iter().filter(|line| line.fate.is_short()).count();
    html! {
        <section class="card" aria-labelledby="scopes-given">
            <h2 id="scopes-given">{ "Scopes" }</h2>
            <p class="hint">
                if granted.is_none() {
                    { "The server did not name the granted scopes, so all requested scopes were \
                       granted." }
                } else if short == 0 {
                    { "All requested scopes were granted." }
                } else {
                    { format!("Requested scopes that were not granted in full: {short}.") }
                }
            </p>
            if whole {
                <p class="hint">
                    <code>{ WHOLE_PERSON }</code>
                    { " lets the app do whatever the person may." }
                </p>
            }
            <table class="table table-compact">
                <caption class="visually-hidden">{ "Scopes" }</caption>
                <thead>
                    <tr><th scope="col">{ "Scope" }</th><th scope="col">{ "Result" }</th></tr>
                </thead>
                <tbody>
                    for line in lines {
                        <tr key={line.scope.clone()}>
                            <td><code>{ &line.scope }</code></td>
                            <td>
                                if line.fate.is_short() {
                                    <span class="flag">{ line.fate.words() }</span>
                                } else {
                                    { line.fate.words() }
                                }
                            </td>
                        </tr>
                    }
                </tbody>
            </table>
        </section>
    }
}
