//! Attacks on the redirect: none leads a browser anywhere but to a registered address of the app
//! or to the provider's sign-in page. <https://www.rfc-editor.org/rfc/rfc9700#section-4.11>

use super::parameters::{Parameters, Target};
use super::{APP, AUTHORIZE, OTHER_APP, STATE, assert_shown_here, authorize, encoded, request, v2};
use api::Answer;
use serde_json::json;

/// Addresses that are not registered, however they look.
const STRANGERS: [&str; 66] = [
    "",
    " ",
    "https://evil.example/cb",
    "https://app.example/cb/",
    "https://app.example/CB",
    "https://app.example/c",
    "https://app.example/cb2",
    "https://app.example",
    "https://APP.example/cb",
    "http://app.example/cb",
    "HTTPS://app.example/cb",
    "https://app.example:443/cb",
    "https://app.example:8443/cb",
    "https://app.example./cb",
    "https://app.example.evil.example/cb",
    "https://evil-app.example/cb",
    "https://sub.app.example/cb",
    "https://evil.example/https://app.example/cb",
    "https://evil.example?https://app.example/cb",
    "https://evil.example#https://app.example/cb",
    "https://app.example@evil.example/cb",
    "https://app.example:443@evil.example/cb",
    "https://user:word@app.example/cb",
    "https://@app.example/cb",
    "https://app.example\\@evil.example/cb",
    "https://app.example\\.evil.example/cb",
    "https://evil.example\\app.example/cb",
    "https:\\\\app.example/cb",
    "\\\\evil.example/cb",
    "//evil.example/cb",
    "///evil.example/cb",
    "/cb",
    "cb",
    "https:/app.example/cb",
    "https:app.example/cb",
    "https:///app.example/cb",
    "javascript:alert(1)",
    "JavaScript://app.example/cb%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://app.example/cb",
    "ftp://app.example/cb",
    "myapp:cb",
    "https://app.example/cb#",
    "https://app.example/cb#code=x",
    "https://app.example/cb?",
    "https://app.example/cb?tenant=2",
    "https://app.example/cb?tenant=1&next=https://evil.example",
    "https://app.example/cb/../evil",
    "https://app.example/x/../cb",
    "https://app.example/%63b",
    "https://app.example/cb%2f..%2fevil",
    "https://app.example%2f@evil.example/cb",
    "https%3A%2F%2Fapp.example%2Fcb",
    "https://app.example/cb\r\nLocation: https://evil.example",
    "https://app.example/cb\n",
    "https://app.example\t/cb",
    " https://app.example/cb",
    "https://app.example/cb\u{0}",
    "https://\u{430}pp.example/cb",
    "https://app\u{3002}example/cb",
    "http://localhost:3000@evil.example/cb",
    "http://localhost.evil.example:3000/cb",
    "http://127.0.0.1:3000/cb",
    "https://localhost:3000/cb",
];

/// Wherever an answer leads, it is the app or the provider, and there is only one such header.
#[track_caller]
fn assert_leads_nowhere_else(answer: &Answer) {
    let Some(location) = answer.header("location") else {
        assert!(answer.status >= 400, "{answer}");
        return;
    };
    let provider = format!(
        "{}/oauth2/v2.0/authorize",
        v2().authority.trim_end_matches("/v2.0")
    );
    let address = Target::parse(&location).address;
    assert!([APP, &provider].contains(&address.as_str()), "{location}");
}

#[test]
fn addresses_that_are_not_registered_are_not_gone_to() {
    let server = v2();
    for address in STRANGERS {
        // Nor when the rest is wrong as well: the app must not be told then either.
        for request in [
            request(server),
            request(server).without("state"),
            request(server).set("response_type", "token"),
            request(server).set("aud", "https://evil.example"),
        ] {
            let answer = authorize(server, &request.set("redirect_uri", address));
            assert_shown_here(&answer, "redirect_uri");
        }
    }
    let answer = authorize(server, &request(server).without("redirect_uri"));
    assert_shown_here(&answer, "redirect_uri is required");
    let foreign = authorize(server, &request(server).set("redirect_uri", OTHER_APP));
    assert_shown_here(&foreign, "not registered");
}

#[test]
fn an_address_is_registered_for_one_client_only() {
    let server = v2();
    for client in [
        "unknown",
        "SMART-APP",
        "smart-app ",
        " smart-app",
        "smart-app,smart-confidential",
        "smart-app\u{0}",
        "*",
        "fhir-spa",
    ] {
        let answer = authorize(server, &request(server).set("client_id", client));
        assert_shown_here(&answer, "client_id");
    }
    for request in [
        request(server).without("client_id"),
        request(server).set("client_id", ""),
    ] {
        assert_shown_here(&authorize(server, &request), "client_id is required");
    }
}

#[test]
fn a_parameter_that_stands_twice_is_refused_before_anything_is_believed() {
    let server = v2();
    let good = request(server);
    let client = server.anonymous();
    for name in good.names() {
        let value = good.value(name).unwrap_or_default();
        for value in [value, "https://evil.example/cb", ""] {
            let again = Parameters::default().set(name, value);
            let queries = [format!("{good}&{again}"), format!("{again}&{good}")];
            for query in queries {
                let answer = client.get(&format!("{}?{query}", AUTHORIZE));
                assert_shown_here(&answer, &format!("{name} must not be repeated"));
            }
        }
    }
    for again in [
        "redirect%5Furi=https://evil.example",
        "%72edirect_uri=x",
        "redirect_uri",
        "unknown=1&unknown=2",
    ] {
        let answer = client.get(&format!("{}?{good}&{again}", AUTHORIZE));
        assert_shown_here(&answer, "must not be repeated");
    }
}

#[test]
fn whatever_else_is_wrong_no_code_is_asked_for_and_the_app_is_told() {
    let server = v2();
    let base = &server.base;
    let list = encoded(&json!(["p1"]));
    let text = encoded(&json!("p1"));
    let other_base = format!("{base}.evil.example");
    let below = format!("{base}/Patient");
    let user = base.replace("://", "://user@");
    let upper = base.to_uppercase();
    let two = format!("{base} https://evil.example");
    let cases = [
        ("response_type", "token"),
        ("response_type", "code token"),
        ("response_type", "code id_token"),
        ("response_type", "id_token"),
        ("response_type", "CODE"),
        ("response_type", "none"),
        ("response_type", ""),
        ("aud", "https://evil.example"),
        ("aud", ""),
        ("aud", other_base.as_str()),
        ("aud", below.as_str()),
        ("aud", user.as_str()),
        ("aud", upper.as_str()),
        ("aud", two.as_str()),
        ("aud", "https://graph.microsoft.com"),
        ("code_challenge_method", "plain"),
        ("code_challenge_method", "s256"),
        ("code_challenge_method", "S512"),
        ("code_challenge_method", ""),
        ("launch", "!!"),
        ("launch", "eyJ"),
        ("launch", "{\"patient\":\"p1\"}"),
        ("launch", "bnVsbA"),
        ("launch", "_w"),
        ("launch", list.as_str()),
        ("launch", text.as_str()),
        ("state", ""),
    ];
    for (name, value) in cases {
        let answer = authorize(server, &request(server).set(name, value));
        let target = Target::of(&answer);
        assert_eq!(target.address, APP, "{name} {value}");
        assert!(
            target.value("error").is_some() && target.value("code").is_none(),
            "{name} {value}"
        );
        let state = (name != "state").then_some(STATE);
        assert_eq!(target.value("state"), state, "{name} {value}");
    }
    for name in ["response_type", "aud", "code_challenge_method", "state"] {
        let target = Target::of(&authorize(server, &request(server).without(name)));
        assert_eq!(target.address, APP, "without {name}");
        assert!(target.value("error").is_some(), "without {name}");
    }
}

#[test]
fn two_wrongs_do_not_open_a_way_either() {
    let server = v2();
    let values = [
        "https://evil.example/cb",
        "",
        "\r\nLocation: https://evil.example",
        "%00",
        APP,
    ];
    let names = Vec::from_iter(request(server).names().map(ToOwned::to_owned));
    for first in &names {
        for second in &names {
            for value in values {
                let request = request(server).set(first, value).set(second, value);
                assert_leads_nowhere_else(&authorize(server, &request));
            }
        }
    }
}
