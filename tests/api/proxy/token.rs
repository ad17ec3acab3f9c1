//! What the token endpoint refuses. <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>

use super::parameters::{Parameters, Target};
use super::{
    APP, APP_WITH_QUERY, AUTHORIZE, CHALLENGE, CONFIDENTIAL, OTHER_APP, PUBLIC, SECRET, TOKEN,
    VERIFIER, assert_token_refused, code, confidential_request, post_token, redemption, request,
    sealed_state, v1, v2,
};
use api::{Answer, Browser, assert_outcome};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::thread;

fn refresh_token(answer: &Answer) -> &str {
    let token = answer.body["refresh_token"].as_str();
    token.expect("a refresh token")
}

const FORM: &str = "application/x-www-form-urlencoded";

fn post(content_type: &str, authorization: Option<&str>, body: &str) -> Answer {
    let request = v2().anonymous().request("POST", TOKEN);
    let request = match authorization {
        Some(authorization) => request.header("authorization", authorization),
        None => request,
    };
    request
        .header("content-type", content_type)
        .body(body)
        .send()
}

#[test]
fn only_the_verifier_of_the_challenge_redeems_a_code() {
    for server in [v1(), v2()] {
        let right = redemption(&code(server, &request(server)));
        for wrong in [
            right
                .clone()
                .set("code_verifier", &VERIFIER.replace('d', "e")),
            right.clone().set("code_verifier", CHALLENGE),
            right.clone().set("code_verifier", ""),
            right.clone().without("code_verifier"),
        ] {
            let answer = post_token(server, &wrong);
            assert_token_refused(&answer, 400, "invalid_grant", "code_verifier");
        }
        // Who does not know the verifier does not use the code up either.
        post_token(server, &right).expect(200);
        let again = post_token(server, &right);
        assert_token_refused(&again, 400, "invalid_grant", "used before");
    }
}

#[test]
fn a_verifier_without_a_challenge_is_refused() {
    let server = v2();
    let form = redemption(&code(server, &confidential_request(server)));
    let form = form
        .set("client_id", CONFIDENTIAL)
        .set("client_secret", SECRET);
    let answer = post_token(server, &form);
    assert_token_refused(
        &answer,
        400,
        "invalid_grant",
        "belongs to no code_challenge",
    );
    post_token(server, &form.without("code_verifier")).expect(200);
}

#[test]
fn a_code_that_comes_back_ends_what_was_issued_for_it() {
    let server = v2();
    let form = redemption(&code(server, &request(server)));
    let first = post_token(server, &form).expect(200);
    let token = first.body["access_token"].as_str().expect("a token");
    let again = post_token(server, &form);
    assert_token_refused(&again, 400, "invalid_grant", "used before");
    let refused = server.bearing(token).get("/Patient/demo-amelia");
    assert_outcome(&refused, 401, "login", "revoked");
    let renewal = Parameters::default()
        .set("grant_type", "refresh_token")
        .set("refresh_token", refresh_token(&first));
    let refused = post_token(server, &renewal);
    assert_token_refused(&refused, 400, "invalid_grant", "revoked");
}

#[test]
fn scopes_of_other_servers_are_not_asked_for() {
    let server = v2();
    let service = Parameters::default()
        .set("grant_type", "client_credentials")
        .set("client_id", "svc-reader")
        .set("client_secret", "dev-secret-3");
    for scope in [
        "https://graph.microsoft.com/.default".to_owned(),
        format!(
            "{}/.default https://graph.microsoft.com/.default",
            server.base
        ),
        format!("{}.evil.example/.default", server.base),
    ] {
        let answer = post_token(server, &service.clone().set("scope", &scope));
        assert_token_refused(&answer, 400, "invalid_scope", "not one of this server");
    }
    let own = service.set("scope", &format!("{}/.default", server.base));
    post_token(server, &own).expect(200);
}

#[test]
fn forms_are_short() {
    let long = redemption(&"x".repeat(70_000)).to_string();
    let answer = post("application/x-www-form-urlencoded", None, &long);
    assert_outcome(&answer, 413, "too-long", "64 KB");
    let many: Vec<String> = (0..8_000).map(|at| format!("n{at}=1")).collect();
    let start = std::time::Instant::now();
    let answer = post("application/x-www-form-urlencoded", None, &many.join("&"));
    assert_token_refused(&answer, 400, "invalid_request", "grant_type");
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn a_client_proves_itself_in_one_way() {
    let server = v2();
    let form = redemption("x")
        .set("client_id", CONFIDENTIAL)
        .set("client_secret", SECRET);
    let header = format!(
        "Basic {}",
        STANDARD.encode(format!("{CONFIDENTIAL}:{SECRET}"))
    );
    let request = server.anonymous().request("POST", TOKEN);
    let request = request.header("authorization", &header);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form.to_string()).send();
    assert_token_refused(&answer, 400, "invalid_request", "two ways");
}

#[test]
fn a_public_app_without_a_challenge_gets_no_code() {
    let server = v2();
    let request = request(server)
        .without("code_challenge")
        .without("code_challenge_method");
    let start = format!("{}{}?{request}", server.base, AUTHORIZE);
    let address = Browser::new(server).sign_in(&start, "patient", APP);
    let target = Target::parse(&address);
    assert_eq!(target.value("error"), Some("invalid_request"), "{address}");
    assert_eq!(target.value("code"), None);
}

#[test]
fn a_code_is_redeemed_once_even_by_many_at_the_same_time() {
    let server = v2();
    let form = redemption(&code(server, &request(server)));
    let answers = thread::scope(|scope| {
        let calls = Vec::from_iter((0..8).map(|_| scope.spawn(|| post_token(server, &form))));
        Vec::from_iter(
            calls
                .into_iter()
                .map(|call| call.join().expect("an answer")),
        )
    });
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    // By this server, or by the provider where another request was faster there.
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_token_refused(answer, 400, "invalid_grant", "");
    }
    assert_token_refused(
        &post_token(server, &form),
        400,
        "invalid_grant",
        "used before",
    );
}

#[test]
fn a_wrong_secret_does_not_use_a_code_up() {
    let server = v2();
    let form = redemption(&code(server, &confidential_request(server)));
    let form = form.without("code_verifier").set("client_id", CONFIDENTIAL);
    let right = form.clone().set("client_secret", SECRET);
    for _ in 0..2 {
        let wrong = post_token(server, &form.clone().set("client_secret", "wrong"));
        assert_token_refused(&wrong, 401, "invalid_client", "AADSTS7000215");
    }
    let first = post_token(server, &right).expect(200);
    // A replay after that ends what was issued.
    let again = post_token(server, &right);
    assert_token_refused(&again, 400, "invalid_grant", "used before");
    let app = server.bearing(first.body["access_token"].as_str().expect("a token"));
    assert_outcome(&app.get("/Patient/demo-amelia"), 401, "login", "revoked");
}

#[test]
fn wrong_secrets_at_the_same_time_do_not_stop_the_right_one() {
    let server = v2();
    let form = redemption(&code(server, &confidential_request(server)));
    let form = form.without("code_verifier").set("client_id", CONFIDENTIAL);
    let secrets = ["wrong", "other", SECRET, "wrong", "x"];
    let answers = thread::scope(|scope| {
        let form = &form;
        let send = |secret| move || post_token(server, &form.clone().set("client_secret", secret));
        let calls = Vec::from_iter(secrets.map(|secret| scope.spawn(send(secret))));
        Vec::from_iter(
            calls
                .into_iter()
                .map(|call| call.join().expect("an answer")),
        )
    });
    for (secret, answer) in secrets.iter().zip(&answers) {
        assert_eq!(
            answer.status == 200,
            *secret == SECRET,
            "{secret}: {answer}"
        );
    }
}

#[test]
fn a_code_is_for_its_app_and_address_and_trying_does_not_use_it_up() {
    let server = v2();
    let form = redemption(&code(server, &request(server)));
    for other in [
        form.clone()
            .set("client_id", CONFIDENTIAL)
            .set("client_secret", SECRET),
        form.clone().set("client_id", "unknown"),
        form.clone().set("client_id", "SMART-APP"),
        form.clone().set("redirect_uri", APP_WITH_QUERY),
        form.clone().set("redirect_uri", OTHER_APP),
        form.clone().set("redirect_uri", "https://evil.example/cb"),
        form.clone().set("redirect_uri", "https://app.example/cb/"),
    ] {
        assert_token_refused(
            &post_token(server, &other),
            400,
            "invalid_grant",
            "not one of this",
        );
    }
    post_token(server, &form).expect(200);
}

#[test]
fn a_code_that_this_server_did_not_seal_is_none() {
    let server = v2();
    let good = code(server, &request(server));
    let mut bytes = URL_SAFE_NO_PAD.decode(&good).expect("base64url");
    bytes[40] ^= 1;
    let touched = URL_SAFE_NO_PAD.encode(&bytes);
    let foreign = code(v1(), &request(v1()));
    let state = sealed_state(server, &request(server));
    // The reference's compound code: {"patient":"p1","code":"AADCODE"} for everybody to change.
    let plain = "eyJwYXRpZW50IjoicDEiLCJjb2RlIjoiQUFEQ09ERSJ9";
    for other in [
        &touched,
        &good[..good.len() - 4],
        &foreign,
        &state,
        plain,
        "AADCODE",
        "!",
    ] {
        let answer = post_token(server, &redemption(other));
        assert_token_refused(&answer, 400, "invalid_grant", "not one of this");
    }
    post_token(server, &redemption(&good)).expect(200);
}

#[test]
fn what_is_missing_is_named() {
    let server = v2();
    let whole = redemption("x");
    for name in ["grant_type", "code", "redirect_uri", "client_id"] {
        for form in [whole.clone().without(name), whole.clone().set(name, "")] {
            let answer = post_token(server, &form);
            let words = format!("The parameter {name} is required.");
            assert_token_refused(&answer, 400, "invalid_request", &words);
        }
    }
    let refresh = Parameters::default().set("grant_type", "refresh_token");
    let answer = post_token(server, &refresh);
    assert_token_refused(&answer, 400, "invalid_request", "refresh_token");
    let empty = post(FORM, None, "");
    assert_token_refused(&empty, 400, "invalid_request", "grant_type");
}

#[test]
fn a_person_s_token_has_no_scopes_of_services() {
    let server = v2();
    let form = redemption(&code(server, &request(server)));
    for scope in ["system/*.rs", "openid system$Patient.read"] {
        let answer = post_token(server, &form.clone().set("scope", scope));
        assert_token_refused(&answer, 400, "invalid_scope", "backend services");
    }
    // Asking did not use anything up.
    let first = post_token(server, &form).expect(200);
    let renewal = Parameters::default()
        .set("grant_type", "refresh_token")
        .set("refresh_token", refresh_token(&first));
    let answer = post_token(server, &renewal.clone().set("scope", "system/*.rs"));
    assert_token_refused(&answer, 400, "invalid_scope", "backend services");
    post_token(server, &renewal).expect(200);
}

#[test]
fn a_repeated_parameter_is_refused() {
    let server = v2();
    let form = redemption(&code(server, &request(server)));
    for name in form.names() {
        let again = Parameters::default().set(name, "x");
        let answer = post(FORM, None, &format!("{form}&{again}"));
        assert_token_refused(&answer, 400, "invalid_request", name);
    }
}

#[test]
fn grants_that_show_a_password_or_skip_the_proxy_are_not_supported() {
    let server = v2();
    for grant in [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "Authorization_Code",
        "authorization_code ",
    ] {
        let form = redemption("x").set("grant_type", grant);
        let form = form.set("username", "patient").set("password", "patient");
        let answer = post_token(server, &form);
        assert_token_refused(&answer, 400, "unsupported_grant_type", grant);
    }
}

#[test]
fn only_a_form_is_read() {
    let form = redemption("x").to_string();
    for content_type in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        let answer = post(content_type, None, &form);
        assert_token_refused(&answer, 400, "invalid_request", "x-www-form-urlencoded");
    }
}

#[test]
fn a_form_is_one_with_parameters_and_in_capitals_too() {
    let form = redemption("x").to_string();
    for content_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-UrlEncoded",
    ] {
        let answer = post(content_type, None, &form);
        assert_token_refused(&answer, 400, "invalid_grant", "not one of this");
    }
}

#[test]
fn a_wrong_secret_is_refused_in_the_provider_s_words() {
    let server = v2();
    let form = redemption(&code(server, &confidential_request(server)));
    let form = form.without("code_verifier").set("client_id", CONFIDENTIAL);
    // Without a secret it is a public app to us, which would need PKCE.
    let bare = post_token(server, &form.clone().set("client_secret", ""));
    assert_token_refused(&bare, 400, "invalid_grant", "PKCE");
    let answer = post_token(server, &form.set("client_secret", "wrong"));
    assert_token_refused(&answer, 401, "invalid_client", "AADSTS7000215");
    let names = Vec::from_iter(answer.body.as_object().expect("an object").keys());
    assert_eq!(names, ["error", "error_description"], "{answer}");
    assert!(!answer.text.contains("Trace ID"), "{answer}");
    let service = Parameters::default()
        .set("grant_type", "client_credentials")
        .set("client_id", "svc-reader")
        .set("client_secret", "dev-secret-3");
    let answer = post_token(server, &service.set("scope", "user_impersonation"));
    assert_token_refused(&answer, 400, "invalid_scope", "AADSTS");
}

#[test]
fn who_fails_with_a_header_is_told_which_one_to_send() {
    let form = redemption("x").without("client_id").to_string();
    for authorization in ["Basic", "Basic !!", "Basic eHg=", "Basic /w==", "Bearer x"] {
        let answer = post(FORM, Some(authorization), &form);
        assert_token_refused(&answer, 401, "invalid_client", "Basic");
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(
            challenge.starts_with("Basic"),
            "`{challenge}` for {authorization}"
        );
    }
    let service = Parameters::default().set("grant_type", "client_credentials");
    let service = service
        .set("scope", &format!("{}/.default", v2().base))
        .to_string();
    let wrong = format!("Basic {}", STANDARD.encode("svc-reader:wrong"));
    let answer = post(FORM, Some(&wrong), &service);
    assert_token_refused(&answer, 401, "invalid_client", "AADSTS");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Basic"), "`{challenge}`");
}

#[test]
fn a_public_app_s_code_is_not_redeemed_with_another_s_credentials() {
    let server = v2();
    let form = redemption(&code(server, &request(server))).without("client_id");
    let basic = format!(
        "Basic {}",
        STANDARD.encode(format!("{CONFIDENTIAL}:{SECRET}"))
    );
    let answer = post(FORM, Some(&basic), &form.to_string());
    assert_token_refused(&answer, 400, "invalid_grant", "not one of this");
    post_token(server, &form.set("client_id", PUBLIC)).expect(200);
}
