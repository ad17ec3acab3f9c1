//! What anybody can call is not to be called without end.

use super::{AUTHORIZE, TOKEN, assert_token_refused};
use api::{Settings, assert_outcome};

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let running = Settings::default().rate("PROXY_RATE", 12).start();
    let server = &running.server;
    let post = |path| server.anonymous().request("POST", path).send();
    let ask = |at: u32| match at % 6 {
        0 => server.anonymous().get(AUTHORIZE),
        1 => post(TOKEN),
        2 => post("/connect/revoke"),
        3 => post("/connect/introspect"),
        4 => post("/AadSmartOnFhirProxy/par"),
        _ => post("/launch"),
    };
    // The count begins anew with each minute: within twice as many requests it is reached.
    let answers: Vec<_> = (0..24).map(ask).collect();
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    assert!((1..=12).contains(&refused.len()), "{}", refused.len());
    for answer in &refused {
        assert_eq!(answer.header("retry-after").as_deref(), Some("60"));
        // Pages answer with an outcome, forms in OAuth's words.
        if answer.body["resourceType"] == "OperationOutcome" {
            assert_outcome(answer, 429, "throttled", "in a minute");
        } else {
            assert_token_refused(answer, 429, "temporarily_unavailable", "in a minute");
        }
    }
    let is_outcome = |answer: &&&api::Answer| answer.body["resourceType"] == "OperationOutcome";
    assert!(refused.iter().any(|answer| is_outcome(&answer)));
    assert!(refused.iter().any(|answer| !is_outcome(&answer)));
    // Everything else goes on.
    server.admin().get("/Patient").expect(200);
    server
        .anonymous()
        .get("/.well-known/smart-configuration")
        .expect(200);
}
