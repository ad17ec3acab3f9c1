//! Whoever caught a code without the verifier of its session gets nothing for it.
//! <https://www.rfc-editor.org/rfc/rfc7636>

use super::parameters::{Parameters, Target};
use super::{
    APP, AUTHORIZE, CHALLENGE, CONFIDENTIAL, SECRET, VERIFIER, assert_token_refused, authorize,
    code, confidential_request, post_token, redemption, request, v1, v2,
};
use api::{Browser, Server};

/// Another session's verifier, and what the app had sent before.
const OTHER_VERIFIER: &str = "ccccccccccccccccccccccccccccccccccccccccccc";
const OTHER_CHALLENGE: &str = "DEnYkjBpb_PAMcpaEopOEh41ib-HLBf6BEh-0MwkXSE";

#[test]
fn a_challenge_of_another_method_is_sent_back_to_the_app() {
    let methods = [
        "plain",
        "PLAIN",
        "",
        "s256",
        "S256 ",
        "S512",
        "none",
        "S256,plain",
    ];
    let mut refused = 0;
    for server in [v1(), v2()] {
        for app in [
            request(server),
            request(server).set("client_id", CONFIDENTIAL),
        ] {
            let changed = methods.map(|method| app.clone().set("code_challenge_method", method));
            let plain = app.clone().without("code_challenge_method");
            let verifier_as_challenge = plain.clone().set("code_challenge", VERIFIER);
            for sent in changed.into_iter().chain([plain, verifier_as_challenge]) {
                let target = Target::of(&authorize(server, &sent));
                assert_eq!(target.address, APP, "{sent}");
                assert_eq!(target.value("error"), Some("invalid_request"), "{sent}");
                assert_eq!(target.value("code"), None, "{sent}");
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 2 * 2 * 10);
}

/// Signs in; what the app gets at its address.
fn sign_in(server: &Server, request: &Parameters) -> Target {
    let start = format!("{}{AUTHORIZE}?{request}", server.base);
    Target::parse(&Browser::new(server).sign_in(&start, "patient", APP))
}

#[test]
fn a_challenge_that_is_none_leads_to_no_token() {
    let server = v2();
    let long = "A".repeat(129);
    let padded = format!("{CHALLENGE}=");
    let challenges = [
        Some(""),
        Some("abc"),
        Some(&long),
        Some(&padded),
        Some("*"),
        Some(VERIFIER),
        None,
    ];
    for challenge in challenges {
        let request = match challenge {
            Some(challenge) => request(server).set("code_challenge", challenge),
            None => request(server).without("code_challenge"),
        };
        let target = sign_in(server, &request);
        match target.value("code") {
            None => assert_eq!(target.value("error"), Some("invalid_request"), "{target:?}"),
            Some(code) => {
                for verifier in [VERIFIER, CHALLENGE, challenge.unwrap_or_default()] {
                    let form = redemption(code).set("code_verifier", verifier);
                    assert_token_refused(&post_token(server, &form), 400, "invalid_grant", "");
                }
            }
        }
    }
}

#[test]
fn no_other_verifier_redeems_a_code_and_trying_does_not_use_it_up() {
    let server = v2();
    let long = VERIFIER.repeat(4);
    let padded = format!("{VERIFIER}=");
    let spaced = format!("{VERIFIER} ");
    let twice = format!("{VERIFIER},{VERIFIER}");
    let verifiers = [
        None,
        Some(""),
        Some(" "),
        Some("short"),
        Some(&VERIFIER[..42]),
        Some(&long),
        Some(&padded),
        Some(&spaced),
        Some(&twice),
        Some(CHALLENGE),
        Some(OTHER_VERIFIER),
        Some("null"),
        Some("\u{0}"),
        Some("%"),
    ];
    let changed = VERIFIER.to_ascii_lowercase();
    let form = redemption(&code(server, &request(server)));
    for verifier in verifiers.into_iter().chain([Some(changed.as_str())]) {
        let wrong = match verifier {
            Some(verifier) => form.clone().set("code_verifier", verifier),
            None => form.clone().without("code_verifier"),
        };
        let answer = post_token(server, &wrong);
        assert_token_refused(&answer, 400, "invalid_grant", "code_verifier");
    }
    post_token(server, &form).expect(200);
}

#[test]
fn the_verifier_of_one_session_does_not_redeem_the_code_of_another() {
    let server = v2();
    let own = request(server).set("code_challenge", OTHER_CHALLENGE);
    let (caught, own) = (code(server, &request(server)), code(server, &own));
    let with = |code: &str, verifier: &str| {
        post_token(server, &redemption(code).set("code_verifier", verifier))
    };
    assert_token_refused(
        &with(&caught, OTHER_VERIFIER),
        400,
        "invalid_grant",
        "code_verifier",
    );
    with(&own, OTHER_VERIFIER).expect(200);
}

#[test]
fn a_secret_does_not_replace_a_verifier_nor_a_verifier_a_challenge() {
    let server = v2();
    let with_challenge = request(server).set("client_id", CONFIDENTIAL);
    let without_challenge = confidential_request(server);
    let form = |code: &str| {
        let form = redemption(code).set("client_id", CONFIDENTIAL);
        form.set("client_secret", SECRET)
    };
    let forgotten = form(&code(server, &with_challenge)).without("code_verifier");
    assert_token_refused(
        &post_token(server, &forgotten),
        400,
        "invalid_grant",
        "code_verifier",
    );
    let unasked = form(&code(server, &without_challenge));
    assert_token_refused(
        &post_token(server, &unasked),
        400,
        "invalid_grant",
        "code_verifier",
    );
    let both = form(&code(server, &with_challenge));
    post_token(server, &both).expect(200);
    let neither = form(&code(server, &without_challenge)).without("code_verifier");
    post_token(server, &neither).expect(200);
}
