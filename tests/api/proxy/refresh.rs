//! Refresh tokens: they carry the launch on, for the app that got them.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#refresh-access-token>

use super::parameters::Parameters;
use super::{
    CONFIDENTIAL, PUBLIC, SECRET, assert_not_stored, assert_token_refused, code,
    confidential_request, launch, post_token, redemption, request, sealed_state, v1, v2,
};
use api::Answer;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What fhirclient sends: no client, no scope.
fn renewal(token: &str) -> Parameters {
    let form = Parameters::default().set("grant_type", "refresh_token");
    form.set("refresh_token", token)
}

fn refresh_token(answer: &Answer) -> &str {
    answer.body["refresh_token"]
        .as_str()
        .expect("a refresh token")
}

#[test]
fn a_refresh_keeps_the_launch_as_often_as_it_is_done() {
    for server in [v1(), v2()] {
        let first = launch(server);
        let mut before = first.clone();
        for client in [None, Some(PUBLIC), None] {
            let form = renewal(refresh_token(&before));
            let form = client
                .iter()
                .fold(form, |form, id| form.set("client_id", id));
            let answer = post_token(server, &form).expect(200);
            assert_not_stored(&answer);
            for name in [
                "patient",
                "encounter",
                "need_patient_banner",
                "smart_style_url",
                "client_id",
                "token_type",
            ] {
                assert!(!first.body[name].is_null(), "{name}");
                assert_eq!(answer.body[name], first.body[name], "{name}");
            }
            assert!(answer.body["expires_in"].is_u64(), "{answer}");
            let scope = answer.body["scope"].as_str().expect("scope");
            assert!(
                scope.split(' ').any(|scope| scope == "offline_access"),
                "{scope}"
            );
            assert_ne!(answer.body["access_token"], before.body["access_token"]);
            let app = server.bearing(answer.body["access_token"].as_str().expect("a token"));
            app.get("/Patient/demo-amelia").expect(200);
            app.get("/Patient/demo-other").expect(404);
            before = answer;
        }
    }
}

#[test]
fn the_provider_s_own_refresh_token_stays_hidden() {
    let first = launch(v2());
    let token = refresh_token(&first);
    let opened = URL_SAFE_NO_PAD.decode(token).expect("base64url");
    for secret in ["demo-amelia", "patient", PUBLIC] {
        let found = opened
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found && !token.contains(secret), "{secret}");
    }
}

#[test]
fn a_refresh_token_is_for_its_app() {
    let server = v2();
    let first = launch(server);
    let form = renewal(refresh_token(&first));
    for other in [
        form.clone()
            .set("client_id", CONFIDENTIAL)
            .set("client_secret", SECRET),
        form.clone().set("client_id", CONFIDENTIAL),
        form.clone().set("client_id", "unknown"),
    ] {
        let answer = post_token(server, &other);
        assert_token_refused(&answer, 400, "invalid_grant", "for this client");
    }
    post_token(server, &form).expect(200);
}

#[test]
fn an_app_with_a_secret_shows_it_again() {
    let server = v2();
    let code = code(server, &confidential_request(server));
    let form = redemption(&code)
        .without("code_verifier")
        .set("client_id", CONFIDENTIAL);
    let first = post_token(server, &form.set("client_secret", SECRET)).expect(200);
    let form = renewal(refresh_token(&first));
    for form in [form.clone(), form.clone().set("client_id", CONFIDENTIAL)] {
        assert_token_refused(&post_token(server, &form), 401, "invalid_client", "AADSTS");
    }
    let foreign = form.clone().set("client_id", PUBLIC);
    assert_token_refused(
        &post_token(server, &foreign),
        400,
        "invalid_grant",
        "for this client",
    );
    let form = form
        .set("client_id", CONFIDENTIAL)
        .set("client_secret", SECRET);
    let answer = post_token(server, &form).expect(200);
    assert_eq!(answer.body["client_id"], CONFIDENTIAL);
    assert_eq!(answer.body["patient"], "demo-amelia");
}

#[test]
fn what_this_server_did_not_make_renews_nothing() {
    let server = v2();
    let first = launch(server);
    let token = refresh_token(&first);
    let mut bytes = URL_SAFE_NO_PAD.decode(token).expect("base64url");
    bytes[30] ^= 1;
    let touched = URL_SAFE_NO_PAD.encode(&bytes);
    let state = sealed_state(server, &request(server));
    let unused = code(server, &request(server));
    let foreign = launch(v1());
    let others = [
        &touched,
        &token[..token.len() - 4],
        &state,
        &unused,
        refresh_token(&foreign),
        "x",
    ];
    for other in others {
        let answer = post_token(server, &renewal(other));
        assert_token_refused(&answer, 400, "invalid_grant", "not made by this server");
    }
    let as_code = post_token(server, &redemption(token));
    assert_token_refused(&as_code, 400, "invalid_grant", "not one of this");
}

#[test]
fn a_public_app_s_old_refresh_token_ends_the_authorization() {
    let server = v2();
    let first = launch(server);
    let second = post_token(server, &renewal(refresh_token(&first))).expect(200);
    // The answer may have got lost: the one before the newest is taken for a while.
    let again = post_token(server, &renewal(refresh_token(&first))).expect(200);
    let third = post_token(server, &renewal(refresh_token(&second))).expect(200);
    post_token(server, &renewal(refresh_token(&again))).expect(200);
    // The first is two behind now: whoever sends it is not who got the newest.
    let stolen = post_token(server, &renewal(refresh_token(&first)));
    assert_token_refused(&stolen, 400, "invalid_grant", "used before");
    for answer in [&third, &second, &again] {
        let ended = post_token(server, &renewal(refresh_token(answer)));
        assert_token_refused(&ended, 400, "invalid_grant", "revoked");
    }
    let app = server.bearing(third.body["access_token"].as_str().expect("a token"));
    api::assert_outcome(&app.get("/Patient/demo-amelia"), 401, "login", "revoked");
}

#[test]
fn an_app_with_a_secret_may_use_a_refresh_token_again() {
    let server = v2();
    let code = code(server, &confidential_request(server));
    let form = redemption(&code).without("code_verifier");
    let form = form
        .set("client_id", CONFIDENTIAL)
        .set("client_secret", SECRET);
    let first = post_token(server, &form).expect(200);
    let form = renewal(refresh_token(&first));
    let form = form
        .set("client_id", CONFIDENTIAL)
        .set("client_secret", SECRET);
    let second = post_token(server, &form).expect(200);
    let newer = form.clone().set("refresh_token", refresh_token(&second));
    post_token(server, &newer).expect(200);
    post_token(server, &form).expect(200);
}

#[test]
fn of_many_refreshes_at_once_two_succeed() {
    let server = v2();
    let first = launch(server);
    let form = renewal(refresh_token(&first));
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| post_token(server, &form)))
            .collect();
        sent.into_iter()
            .map(|answer| answer.join().expect("an answer"))
            .collect()
    });
    // One, and one more whose answer may have got lost; the third tells that two parties ask.
    let granted = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(granted <= 2, "{granted}");
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        let ended = post_token(server, &renewal(refresh_token(answer)));
        assert_token_refused(&ended, 400, "invalid_grant", "revoked");
    }
}

#[test]
fn a_refresh_that_the_provider_refused_uses_nothing_up() {
    let server = v2();
    let first = launch(server);
    let form = renewal(refresh_token(&first));
    let refused = form.clone().set("scope", "patient/Nonsense.everything");
    let foreign = form
        .clone()
        .set("scope", "https://graph.microsoft.com/.default");
    for _ in 0..4 {
        let answer = post_token(server, &refused);
        assert_token_refused(&answer, 400, "invalid_scope", "AADSTS");
        let answer = post_token(server, &foreign);
        assert_token_refused(&answer, 400, "invalid_scope", "not one of this server");
    }
    post_token(server, &form).expect(200);
}

#[test]
fn a_refused_use_of_a_replaced_token_does_not_revive_it() {
    let server = v2();
    let first = launch(server);
    let stolen = renewal(refresh_token(&first));
    let second = post_token(server, &stolen).expect(200);
    // The thief comes soon after the app, and the provider refuses what it asks for.
    let refused = stolen.clone().set("scope", "patient/Nonsense.everything");
    assert_token_refused(
        &post_token(server, &refused),
        400,
        "invalid_scope",
        "AADSTS",
    );
    let third = post_token(server, &renewal(refresh_token(&second))).expect(200);
    assert_token_refused(
        &post_token(server, &stolen),
        400,
        "invalid_grant",
        "used before",
    );
    for answer in [&second, &third] {
        let ended = post_token(server, &renewal(refresh_token(answer)));
        assert_token_refused(&ended, 400, "invalid_grant", "revoked");
    }
}

#[test]
fn a_repeated_use_that_was_refused_counts() {
    let server = v2();
    let first = launch(server);
    let stolen = renewal(refresh_token(&first));
    let second = post_token(server, &stolen).expect(200);
    let refused = stolen.clone().set("scope", "patient/Nonsense.everything");
    post_token(server, &refused).expect(400);
    let again = post_token(server, &stolen);
    assert_token_refused(&again, 400, "invalid_grant", "used before");
    let ended = post_token(server, &renewal(refresh_token(&second)));
    assert_token_refused(&ended, 400, "invalid_grant", "revoked");
}

#[test]
fn a_public_app_does_not_become_trusted_by_sending_a_secret() {
    let server = v2();
    let first = launch(server);
    let renew = |token: &str| renewal(token).set("client_id", PUBLIC);
    let with_secret = renew(refresh_token(&first)).set("client_secret", "x");
    let second = post_token(server, &with_secret);
    let second = match second.status {
        200 => second,
        _ => post_token(server, &renew(refresh_token(&first))).expect(200),
    };
    let third = post_token(server, &renew(refresh_token(&second))).expect(200);
    let stolen = post_token(server, &renew(refresh_token(&first)));
    assert_token_refused(&stolen, 400, "invalid_grant", "used before");
    let ended = post_token(server, &renew(refresh_token(&third)));
    assert_token_refused(&ended, 400, "invalid_grant", "revoked");
}
