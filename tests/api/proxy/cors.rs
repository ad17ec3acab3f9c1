//! Scripts may redeem codes, when their origin is listed; the pages that people sign in on are
//! nobody's to read. <https://hl7.org/fhir/smart-app-launch/app-launch.html#considerations-for-cross-origin-resource-sharing-cors-support>

use super::parameters::Parameters;
use super::{
    APP_SEGMENT, AUTHORIZE, CALLBACK, LISTED_ORIGIN, TOKEN, authorize, call_back, redemption,
    request, sealed_state, v2,
};
use api::{Answer, assert_varies_by_origin};

const HEADERS: [&str; 6] = [
    "allow-origin",
    "allow-credentials",
    "allow-methods",
    "allow-headers",
    "expose-headers",
    "max-age",
];

fn header(answer: &Answer, name: &str) -> Option<String> {
    answer.header(&format!("access-control-{name}"))
}

#[track_caller]
fn assert_no_permission(answer: &Answer, about: &str) {
    for name in HEADERS {
        assert_eq!(header(answer, name), None, "{name} for {about}");
    }
}

fn preflight(path: &str, method: &str, origin: &str) -> Answer {
    let request = v2()
        .anonymous()
        .request("OPTIONS", path)
        .header("origin", origin);
    let request = request.header("access-control-request-method", method);
    request
        .header("access-control-request-headers", "content-type")
        .send()
}

fn post(origin: &str, form: &Parameters) -> Answer {
    let request = v2()
        .anonymous()
        .request("POST", TOKEN)
        .header("origin", origin);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_string()).send()
}

#[test]
fn a_script_of_a_listed_origin_may_redeem_a_code() {
    let answer = preflight(TOKEN, "POST", LISTED_ORIGIN).expect(204);
    assert_eq!(
        header(&answer, "allow-origin").as_deref(),
        Some(LISTED_ORIGIN)
    );
    let methods = header(&answer, "allow-methods").unwrap_or_default();
    assert!(
        methods.split(", ").any(|method| method == "POST"),
        "{methods}"
    );
    let headers = header(&answer, "allow-headers")
        .unwrap_or_default()
        .to_ascii_lowercase();
    assert!(headers.contains("content-type"), "{headers}");

    for form in [redemption("x"), Parameters::default()] {
        let answer = post(LISTED_ORIGIN, &form).expect(400);
        assert_eq!(
            header(&answer, "allow-origin").as_deref(),
            Some(LISTED_ORIGIN)
        );
        assert_varies_by_origin(&answer);
    }
}

#[test]
fn a_script_of_another_origin_gets_no_permission() {
    for origin in [
        "https://evil.example",
        "https://app.example.evil",
        "http://app.example",
        "null",
    ] {
        assert_no_permission(&preflight(TOKEN, "POST", origin), origin);
        assert_no_permission(&post(origin, &redemption("x")), origin);
    }
}

#[test]
fn the_pages_of_a_sign_in_are_no_script_s_business() {
    let server = v2();
    let callback = format!("{CALLBACK}/{APP_SEGMENT}");
    for origin in [LISTED_ORIGIN, "https://evil.example"] {
        let state = sealed_state(server, &request(server));
        let answer = Parameters::default().set("code", "x").set("state", &state);
        for (path, status) in [
            (format!("{AUTHORIZE}?{}", request(server)), 302),
            (AUTHORIZE.to_owned(), 400),
            (format!("{callback}?{answer}"), 302),
            (format!("{callback}?{answer}"), 400),
        ] {
            let request = server.anonymous().request("GET", &path);
            let answer = request.header("origin", origin).send().expect(status);
            assert_no_permission(&answer, &path);
        }
    }
    let state = sealed_state(server, &request(server));
    let plain = Parameters::default().set("code", "x").set("state", &state);
    assert_no_permission(&authorize(server, &request(server)), AUTHORIZE);
    assert_no_permission(&call_back(server, &plain), CALLBACK);
}

#[test]
fn nor_are_they_to_a_preflight() {
    let callback = format!("{CALLBACK}/{APP_SEGMENT}");
    for origin in [LISTED_ORIGIN, "https://evil.example"] {
        for path in [AUTHORIZE, &callback] {
            assert_no_permission(&preflight(path, "GET", origin), path);
        }
    }
}
