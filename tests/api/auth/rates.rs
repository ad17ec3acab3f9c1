//! Nobody asks without end: bad tokens by address, searches by caller, tokens by client.
//! <https://www.rfc-editor.org/rfc/rfc6585#section-4>

use api::{Answer, Client, Server, Settings, assert_outcome, entries};
use serde_json::{Value, json};

/// A request from an address, which the platform tells in this header.
fn from(client: &Client, address: &str) -> Answer {
    let request = client.request("GET", "/Patient?_count=1");
    request.header("cf-connecting-ip", address).send()
}

/// An OperationOutcome that says when to come again, in seconds that are not more than `most`.
#[track_caller]
fn assert_throttled(answer: &Answer, words: &str, most: u32) {
    assert_outcome(answer, 429, "throttled", words);
    let seconds = answer.header("retry-after").expect("Retry-After");
    let seconds: u32 = seconds.parse().expect("seconds");
    assert!((1..=most).contains(&seconds), "{seconds}");
}

/// A token that the provider never signed, unlike every other.
fn forged(server: &Server, number: usize) -> Client {
    let forgery = server.forgery().foreign_key();
    server.bearing(&forgery.claim("jti", json!(number)).sign())
}

/// Sends bad tokens until they are refused unread; the count begins anew with each minute.
#[track_caller]
fn exhaust(server: &Server, address: &str, limit: usize) -> Answer {
    for number in 0..=2 * limit {
        let answer = from(&forged(server, number), address);
        if answer.status == 429 {
            assert!(number >= limit, "after {number}");
            return answer;
        }
        assert_outcome(&answer, 401, "login", "signature");
    }
    panic!("never refused");
}

#[test]
fn an_address_that_sends_bad_tokens_is_refused_unless_its_token_is_known() {
    let running = Settings::default().rate("FAILURE_RATE", 5).start();
    let server = &running.server;
    let (here, elsewhere) = ("198.51.100.7", "203.0.113.9");
    let admin = server.admin();
    from(&admin, here).expect(200);
    let refused = exhaust(server, here, 5);
    assert_throttled(&refused, "from this address", 60);
    // A right token that was not seen before could be one more guess.
    let unseen = server.user("reader");
    assert_throttled(&from(&unseen, here), "from this address", 60);
    from(&admin, here).expect(200);
    from(&unseen, elsewhere).expect(200);
    from(&unseen, here).expect(200);
    // Without a token there is nothing to verify, and nothing to count.
    for _ in 0..12 {
        let answer = from(&server.anonymous(), elsewhere);
        assert_outcome(&answer, 401, "login", "no Authorization header");
    }
    from(&server.user("writer"), elsewhere).expect(200);
}

#[test]
fn a_network_of_ipv6_counts_as_one_address() {
    let running = Settings::default().rate("FAILURE_RATE", 5).start();
    let server = &running.server;
    exhaust(server, "2001:db8:1:2::1", 5);
    let neighbour = from(&forged(server, 100), "2001:db8:1:2:3:4:5:6");
    assert_throttled(&neighbour, "from this address", 60);
    let other = from(&forged(server, 101), "2001:db8:1:3::1");
    assert_outcome(&other, 401, "login", "signature");
}

#[test]
fn a_caller_who_searches_without_end_is_told_to_wait() {
    // Each counts ten.
    let running = Settings::default().rate("SEARCH_RATE", 3).start();
    let server = &running.server;
    let (reader, admin) = (server.user("reader"), server.admin());
    let answers = (0..80).map(|_| reader.get("/Patient?_count=1"));
    let answers: Vec<Answer> = answers.collect();
    let first = answers.iter().position(|answer| answer.status == 429);
    let first = first.expect("a refusal");
    assert!((30..80).contains(&first), "{first}");
    assert_throttled(&answers[first], "Too many searches", 10);
    assert!(answers[..first].iter().all(|answer| answer.status == 200));
    // Posted ones count as well, and entries of a bundle; reading goes on, and so do others.
    let posted = reader
        .request("POST", "/Patient/_search")
        .form(&[("_count", "1")]);
    assert_throttled(&posted.send(), "Too many searches", 10);
    let search = json!({ "request": { "method": "GET", "url": "Patient?_count=1" } });
    let batch = |entries: Vec<Value>| json!({ "resourceType": "Bundle", "type": "batch", "entry": entries });
    let answer = reader.post("/", &batch(vec![search.clone()])).expect(200);
    assert_eq!(
        entries(&answer.body)[0]["response"]["status"],
        "429",
        "{answer}"
    );
    reader.get("/Patient/nobody").expect(404);
    admin.get("/Patient?_count=1").expect(200);
    let answer = admin.post("/", &batch(vec![search; 100])).expect(200);
    let statuses: Vec<Value> = entries(&answer.body)
        .iter()
        .map(|entry| entry["response"]["status"].clone())
        .collect();
    let refused = statuses.iter().filter(|status| *status == "429").count();
    assert!((1..=70).contains(&refused), "{statuses:?}");
}

#[test]
fn a_client_asks_for_tokens_and_a_caller_about_them_with_measure() {
    let running = Settings::default().rate("TOKEN_RATE", 6).start();
    let server = &running.server;
    let admin = server.admin();
    let ask = |path: &str, client: &str, address: &str| {
        let request = server.anonymous().request("POST", path);
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
            ("token", "x"),
            ("client_id", client),
        ];
        let request = request.header("cf-connecting-ip", address);
        request.form(&form).send()
    };
    let assert_refused = |answer: &Answer| {
        assert_eq!(answer.body["error"], "temporarily_unavailable", "{answer}");
        assert!(answer.body["error_description"].is_string(), "{answer}");
        assert_eq!(answer.header("retry-after").as_deref(), Some("60"));
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    };
    for path in ["/AadSmartOnFhirProxy/token", "/connect/revoke"] {
        let address = format!("198.51.100.{}", path.len());
        let answers: Vec<Answer> = (0..14).map(|_| ask(path, "app", &address)).collect();
        let refused = answers.iter().filter(|answer| answer.status == 429);
        let refused: Vec<&Answer> = refused.collect();
        assert!(
            (1..=8).contains(&refused.len()),
            "{path}: {}",
            refused.len()
        );
        refused.into_iter().for_each(assert_refused);
        // Another client, and the same one elsewhere: nobody uses up its name.
        assert_ne!(ask(path, "other", &address).status, 429);
        assert_ne!(ask(path, "app", "203.0.113.1").status, 429);
    }
    let introspect = || {
        let request = admin.request("POST", "/connect/introspect");
        request.form(&[("token", "x")]).send()
    };
    let answers: Vec<Answer> = (0..14).map(|_| introspect()).collect();
    let refused = answers.iter().filter(|answer| answer.status == 429);
    assert!((1..=8).contains(&refused.clone().count()));
    refused.for_each(assert_refused);
    admin.get("/Patient?_count=1").expect(200);
}
