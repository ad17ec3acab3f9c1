//! Every attempt at every route.

use super::attempt::{Attempt, Sent, Sides, attempts};
use super::judgement::{finds, judge};
use super::{PATIENT_SCOPES, Pair};
use api::{Answer, Client, Running, Server, Settings};
use fhir::capability::is_searched;
use fhir::route::ROUTES;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;

/// A server with nothing but two records, so that nobody else's stand before them in a search.
fn own_server() -> &'static Server {
    static OWN: OnceLock<Running> = OnceLock::new();
    &OWN.get_or_init(|| Settings::default().start()).server
}

/// Everything that is tried, at every route and for every type.
fn all_attempts(sides: Sides<'_>) -> Vec<Attempt> {
    let types = sides.victim.definitions.resource_types();
    let each = types
        .iter()
        .flat_map(|name| ROUTES.iter().map(move |route| (route, *name)));
    each.flat_map(|(route, name)| attempts(sides, route, name))
        .collect()
}

/// Sends attempts, some at once, and shows each answer.
fn send<'a>(
    client: &Client,
    attempts: impl Iterator<Item = &'a Attempt>,
    on_answer: impl Fn(&Attempt, &Answer) + Sync,
) {
    let attempts: Vec<&Attempt> = attempts.collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(attempt) = attempts.get(next.fetch_add(1, Ordering::Relaxed)) {
            on_answer(attempt, &attempt.send(client));
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
}

/// The same with the first person's token, and judges each answer.
fn send_and_judge<'a>(pair: &Pair, scopes: &str, attempts: impl Iterator<Item = &'a Attempt>) {
    send(&pair.thief(scopes), attempts, |attempt, answer| {
        judge(pair.sides(), attempt, answer);
    });
}

fn reads(attempt: &&Attempt) -> bool {
    !attempt.writes() && (attempt.is_bundle() || attempt.sent == Sent::Alone)
}

fn reads_in_bundles(attempt: &&Attempt) -> bool {
    !attempt.writes() && attempt.is_bundle() && attempt.sent == Sent::Bundled
}

#[test]
fn no_request_of_a_patient_tells_anything_of_another() {
    let pair = Pair::plant(own_server(), "Patient");
    let all = all_attempts(pair.sides());
    let [full, rest @ ..] = PATIENT_SCOPES;
    send_and_judge(&pair, full, all.iter().filter(reads));
    for scopes in rest {
        send_and_judge(&pair, scopes, all.iter().filter(reads_in_bundles));
    }
    assert_searches_are_not_in_vain(&pair, &all);
}

/// Who may see everything finds the victim by the same searches.
fn assert_searches_are_not_in_vain(pair: &Pair, all: &[Attempt]) {
    let victim = pair.sides().victim;
    let found = Mutex::new(BTreeSet::new());
    let (searches, finding) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let searching = all.iter().filter(reads_in_bundles);
    send(&pair.server.admin(), searching, |attempt, answer| {
        if answer.status != 200 {
            return;
        }
        for (entry, answered) in attempt.answered(answer) {
            let Some((name, parameter)) = entry.searched_by() else {
                continue;
            };
            searches.fetch_add(1, Ordering::Relaxed);
            if finds(victim, answered) {
                finding.fetch_add(1, Ordering::Relaxed);
                let searched_by = (name.to_owned(), parameter.to_owned());
                found.lock().expect("no panic").insert(searched_by);
            }
        }
    });
    let found = found.into_inner().expect("no panic");
    let searched = victim.resources().flat_map(|(name, _)| {
        let parameters = victim.definitions.search_parameters(name).iter();
        let searched = parameters.filter(|parameter| is_searched(parameter));
        searched.map(move |parameter| (name.to_owned(), parameter.code.to_owned()))
    });
    let (found, missed): (Vec<_>, Vec<_>) =
        searched.partition(|searched_by| found.contains(searched_by));
    assert!(
        found.len() > 9 * missed.len(),
        "nothing is found by {missed:?}"
    );
    let (searches, finding) = (searches.into_inner(), finding.into_inner());
    assert!(
        finding * 2 > searches,
        "only {finding} of {searches} searches find anything"
    );
}

#[test]
fn no_request_of_a_patient_changes_anything_of_another() {
    let pair = Pair::plant(Server::shared(), "Patient");
    let victim = pair.sides().victim;
    let before = victim.stored(&pair.server.admin());
    let all = all_attempts(pair.sides());
    let [full, rest @ ..] = PATIENT_SCOPES;
    let writes = || all.iter().filter(|attempt| attempt.writes());
    send_and_judge(&pair, full, writes());
    for scopes in rest {
        let batches = writes().filter(|attempt| attempt.entries.len() > 1);
        send_and_judge(&pair, scopes, batches);
    }
    assert_eq!(before, victim.stored(&pair.server.admin()));
}

#[test]
fn no_request_of_a_practitioner_tells_or_changes_anything_of_another() {
    let pair = Pair::plant(Server::shared(), "Practitioner");
    let victim = pair.sides().victim;
    let before = victim.stored(&pair.server.admin());
    let all = all_attempts(pair.sides());
    // What is written would be counted by what is read.
    send_and_judge(&pair, "user/*.cruds", all.iter().filter(reads_in_bundles));
    let writes = all
        .iter()
        .filter(|attempt| attempt.writes() && attempt.entries.len() > 1);
    send_and_judge(&pair, "user/*.cruds", writes);
    let after = victim.stored(&pair.server.admin());
    assert_eq!(before, after);
}
