//! From the provider back to the app: only with a state that this server made, for this app, once.

use super::parameters::{Parameters, Target};
use super::{
    APP, APP_SEGMENT, APP_WITH_QUERY, AUTHORIZE, CALLBACK, CONFIDENTIAL, OTHER_APP, STATE,
    assert_shown_here, call_back, request, sealed_state, v1, v2,
};
use api::Browser;
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use std::thread;

fn answer(state: &str) -> Parameters {
    Parameters::default()
        .set("code", "AADCODE")
        .set("state", state)
}

#[test]
fn the_app_gets_a_code_of_its_own_and_its_state() {
    let server = v2();
    let state = sealed_state(server, &request(server));
    let target = Target::of(&call_back(server, &answer(&state)));
    assert_eq!(target.address, APP);
    assert_eq!(target.names(), ["code", "state"]);
    assert_eq!(target.value("state"), Some(STATE));
    let code = target.value("code").expect("a code");
    let opened = URL_SAFE_NO_PAD.decode(code).expect("base64url");
    for secret in ["AADCODE", "demo-amelia", "smart-app"] {
        let found = opened
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found && !code.contains(secret), "{secret}");
    }
}

#[test]
fn the_session_is_passed_on_and_nothing_else() {
    let server = v2();
    let state = sealed_state(server, &request(server));
    let answer = answer(&state)
        .set("session_state", "s-1")
        .set("admin_consent", "True");
    let target = Target::of(&call_back(server, &answer));
    assert_eq!(target.names(), ["code", "session_state", "state"]);
    assert_eq!(target.value("session_state"), Some("s-1"));
}

#[test]
fn the_app_s_own_query_is_kept() {
    let server = v2();
    let request = request(server).set("redirect_uri", APP_WITH_QUERY);
    let path = format!("{CALLBACK}/{}", URL_SAFE_NO_PAD.encode(APP_WITH_QUERY));
    for (given, expected) in [("code", "code"), ("error", "error")] {
        let query = Parameters::default()
            .set(given, "access_denied")
            .set("state", &sealed_state(server, &request));
        let answer = server.anonymous().get(&format!("{path}?{query}"));
        let target = Target::of(&answer);
        assert_eq!(target.address, APP);
        assert_eq!(target.value("tenant"), Some("1"));
        assert!(target.value(expected).is_some());
        assert_eq!(target.value("state"), Some(STATE));
    }
}

#[test]
fn the_provider_s_error_reaches_the_app_with_its_state() {
    let server = v2();
    let words = "AADSTS65004: The user \"said\" no & left.\r\nLocation: https://evil.example";
    let error = Parameters::default()
        .set("error", "access_denied")
        .set("error_description", words)
        .set("state", &sealed_state(server, &request(server)));
    let target = Target::of(&call_back(server, &error));
    assert_eq!(target.address, APP);
    assert_eq!(target.names(), ["error", "error_description", "state"]);
    assert_eq!(target.value("error"), Some("access_denied"));
    let told = "AADSTS65004: The user said no & left.Location: https://evil.example";
    assert_eq!(target.value("error_description"), Some(told));
    assert_eq!(target.value("state"), Some(STATE));
    assert_shown_here(&call_back(server, &error), "completed before");
}

#[test]
fn a_refusal_of_the_real_provider_reaches_the_app() {
    let server = v2();
    let silent = request(server).set("prompt", "none");
    let start = format!("{}{AUTHORIZE}?{silent}", server.base);
    let address = Browser::new(server).sign_in(&start, "patient", APP);
    let target = Target::parse(&address);
    assert_eq!(target.value("error"), Some("login_required"), "{address}");
    assert_eq!(target.value("state"), Some(STATE));
    assert_eq!(target.value("code"), None);
}

#[test]
fn a_state_that_this_server_did_not_make_leads_nowhere() {
    let server = v2();
    let good = sealed_state(server, &request(server));
    let code = Target::of(&call_back(server, &answer(&good)));
    let code = code.value("code").expect("a code");
    let fresh = sealed_state(server, &request(server));
    let mut bytes = URL_SAFE_NO_PAD.decode(&fresh).expect("base64url");
    let (first, last) = (0, bytes.len() - 1);
    let mut touched = |at: usize| {
        bytes[at] ^= 1;
        let text = URL_SAFE_NO_PAD.encode(&bytes);
        bytes[at] ^= 1;
        text
    };
    let foreign = sealed_state(v1(), &request(v1()));
    let longer = format!("{fresh}AAAA");
    // The reference's state: not sealed at all.
    let plain = "eyJzIjoieHl6IiwibCI6ImV5SndZWFJwWlc1MElqb2ljREVpZlEifQ";
    for state in [
        &touched(first),
        &touched(24),
        &touched(60),
        &touched(last),
        &fresh[..fresh.len() - 4],
        &fresh[4..],
        &fresh[..32],
        &longer,
        &foreign,
        code,
        plain,
        STATE,
        "x",
        "null",
    ] {
        for query in [
            answer(state),
            Parameters::default()
                .set("error", "access_denied")
                .set("state", state),
        ] {
            assert_shown_here(&call_back(server, &query), "not made by this server");
        }
    }
    for query in [
        answer("").without("state"),
        answer(""),
        Parameters::default(),
        Parameters::default().set("error", "access_denied"),
    ] {
        assert_shown_here(&call_back(server, &query), "state is required");
    }
    // Nothing of this has used up the good one.
    Target::of(&call_back(server, &answer(&fresh)));
}

#[test]
fn a_state_is_for_one_app_and_address() {
    let server = v2();
    let client = server.anonymous();
    let state = sealed_state(server, &request(server));
    for address in [
        OTHER_APP,
        APP_WITH_QUERY,
        "http://localhost:3000/cb",
        "https://evil.example/cb",
        "https://app.example/cb#",
        "javascript:alert(1)",
    ] {
        let segment = URL_SAFE_NO_PAD.encode(address);
        let path = format!("{CALLBACK}/{segment}?{}", answer(&state));
        assert_shown_here(&client.get(&path), "another app");
    }
    for segment in ["!!", "a", "_w", "https:%2F%2Fevil.example"] {
        let answer = client.get(&format!("{CALLBACK}/{segment}?{}", answer(&state)));
        assert_eq!(answer.status, 400, "{segment}: {answer}");
        assert_eq!(answer.header("location"), None, "{segment}");
    }
    let confidential = request(server)
        .set("client_id", CONFIDENTIAL)
        .set("redirect_uri", OTHER_APP);
    let other = sealed_state(server, &confidential);
    assert_shown_here(&call_back(server, &answer(&other)), "another app");
    Target::of(&call_back(server, &answer(&state)));
}

#[test]
fn the_segment_may_be_padded() {
    let server = v2();
    let segment = URL_SAFE.encode(APP);
    assert!(segment.ends_with('='));
    let state = sealed_state(server, &request(server));
    let path = format!("{CALLBACK}/{segment}?{}", answer(&state));
    assert_eq!(Target::of(&server.anonymous().get(&path)).address, APP);
}

#[test]
fn a_state_opens_once_even_for_many_at_the_same_time() {
    let server = v2();
    let state = sealed_state(server, &request(server));
    let answers = thread::scope(|scope| {
        let calls =
            Vec::from_iter((0..8).map(|_| scope.spawn(|| call_back(server, &answer(&state)))));
        Vec::from_iter(
            calls
                .into_iter()
                .map(|call| call.join().expect("an answer")),
        )
    });
    let redirects = answers.iter().filter(|answer| answer.status == 302).count();
    assert_eq!(redirects, 1);
    for answer in answers.iter().filter(|answer| answer.status != 302) {
        assert_shown_here(answer, "completed before");
    }
    assert_shown_here(&call_back(server, &answer(&state)), "completed before");
}

#[test]
fn a_repeated_parameter_is_refused_and_uses_nothing_up() {
    let server = v2();
    let state = sealed_state(server, &request(server));
    let whole = answer(&state).set("session_state", "s-1").set("extra", "x");
    for name in ["code", "state", "session_state", "extra"] {
        for again in [whole.value(name).unwrap_or_default(), "other", ""] {
            let again = Parameters::default().set(name, again);
            let path = format!("{CALLBACK}/{APP_SEGMENT}?{whole}&{again}");
            let words = format!("The parameter {name} must not be repeated.");
            assert_shown_here(&server.anonymous().get(&path), &words);
        }
    }
    Target::of(&call_back(server, &whole));
}

#[test]
fn the_provider_s_trace_stays_behind() {
    let server = v2();
    let words = "AADSTS65004: The user said no.\r\nTrace ID: 8f0b\r\nCorrelation ID: 9a1c\r\n\
                 Timestamp: 2026-01-09 02:02:12Z";
    let error = Parameters::default()
        .set("error", "access_denied")
        .set("error_description", words)
        .set("error_uri", "https://idp.example/error?trace=8f0b")
        .set("trace_id", "8f0b")
        .set("state", &sealed_state(server, &request(server)));
    let target = Target::of(&call_back(server, &error));
    assert_eq!(target.names(), ["error", "error_description", "state"]);
    let told = Some("AADSTS65004: The user said no.");
    assert_eq!(target.value("error_description"), told);
}

#[test]
fn an_answer_with_neither_code_nor_error_is_refused() {
    let server = v2();
    let state = sealed_state(server, &request(server));
    let empty = Parameters::default().set("state", &state);
    let path = format!("{CALLBACK}/{APP_SEGMENT}?{empty}");
    assert_shown_here(&server.anonymous().get(&path), "neither code nor error");
}
