//! The scopes that were asked for and what became of them.

use yew::prelude::*;

use crate::auth::smart_app::scopes::compare;
use crate::auth::smart_app::session::AppSession;

/// What Azure AD gives where it does not tell scopes apart.
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
                    { "The server did not say what it gave, which means: everything." }
                } else if short == 0 {
                    { "Everything that was asked for was given." }
                } else {
                    { format!("Not everything was given: {short} of those asked for.") }
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
                    <tr><th scope="col">{ "Scope" }</th><th scope="col">{ "What became of it" }</th></tr>
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
