//! Cross-origin sharing. <https://fetch.spec.whatwg.org/#http-cors-protocol>

use api::{Answer, Client, Server, Settings, assert_varies_by_origin};

const LISTED: &str = "https://app.example";

/// What lets a script of another origin do anything.
const PERMISSIONS: [&str; 6] = [
    "allow-origin",
    "allow-methods",
    "allow-headers",
    "allow-credentials",
    "expose-headers",
    "max-age",
];

fn preflight(client: &Client, path: &str, origin: &str) -> Answer {
    let request = client.request("OPTIONS", path).header("origin", origin);
    let request = request.header("access-control-request-method", "PUT");
    request
        .header("access-control-request-headers", "authorization,if-match")
        .send()
}

fn get(client: &Client, path: &str, origin: &str) -> Answer {
    client.request("GET", path).header("origin", origin).send()
}

fn header(answer: &Answer, name: &str) -> String {
    answer
        .header(&format!("access-control-{name}"))
        .unwrap_or_default()
}

fn names(list: &str) -> Vec<String> {
    list.split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .collect()
}

#[test]
fn a_preflight_of_a_listed_origin_is_answered_without_a_token() {
    let client = Server::shared().anonymous();
    for path in [
        "/Patient/1",
        "/Patient",
        "/",
        "/metadata",
        "/Nonsense/1/2/3",
    ] {
        let answer = preflight(&client, path, LISTED).expect(204);
        assert_eq!(answer.text, "");
        assert_eq!(header(&answer, "allow-origin"), LISTED);
        assert_eq!(header(&answer, "allow-credentials"), "true");
        assert_eq!(header(&answer, "max-age"), "1234");
        assert_varies_by_origin(&answer);
        let methods = names(&header(&answer, "allow-methods"));
        for method in ["get", "post", "put", "delete"] {
            assert!(methods.contains(&method.to_owned()), "{methods:?}");
        }
        let headers = names(&header(&answer, "allow-headers"));
        for name in [
            "authorization",
            "content-type",
            "if-match",
            "if-none-exist",
            "prefer",
            "x-ms-consistency-level",
        ] {
            assert!(headers.contains(&name.to_owned()), "{headers:?}");
        }
    }
}

#[test]
fn answers_of_every_status_can_be_read_by_a_listed_origin() {
    let server = Server::shared();
    let cases = [
        (get(&server.admin(), "/Patient", LISTED), 200),
        (get(&server.anonymous(), "/Patient", LISTED), 401),
        (get(&server.user("nobody"), "/Patient", LISTED), 403),
        (get(&server.admin(), "/Patient/nobody-has-it", LISTED), 404),
        (get(&server.anonymous(), "/metadata", LISTED), 200),
        (
            get(
                &server.anonymous(),
                "/app/config.json",
                "http://localhost:3000",
            ),
            200,
        ),
    ];
    for (answer, status) in cases {
        assert_eq!(answer.status, status, "{answer}");
        assert!(
            [LISTED, "http://localhost:3000"].contains(&header(&answer, "allow-origin").as_str())
        );
        assert_varies_by_origin(&answer);
        let exposed = names(&header(&answer, "expose-headers"));
        for name in [
            "etag",
            "location",
            "last-modified",
            "x-request-id",
            "www-authenticate",
            "content-location",
            "x-correlation-id",
            "retry-after",
            "x-ms-request-charge",
            "x-ms-session-token",
        ] {
            assert!(exposed.contains(&name.to_owned()), "{name} in {exposed:?}");
        }
    }
}

/// Origins that a careless comparison would take for one on the list, and some from far away.
const UNLISTED: [&str; 30] = [
    "http://app.example",
    "HTTPS://app.example",
    "https://APP.example",
    "https://app.example:443",
    "https://app.example:444",
    "https://app.example:",
    "https://app.example.",
    "https://app.example/",
    "https://app.example/path",
    "https://app.example?x",
    "https://app.example#x",
    "https://app.example.evil",
    "https://app.example@evil.example",
    "https://evil.example@app.example",
    "https://evil-app.example",
    "https://evil.app.example",
    "https://app-example",
    "https://appxexample",
    "https://app.exampl",
    "https://app.example,http://localhost:3000",
    "https://app.example https://evil.example",
    "https://evil.example/https://app.example",
    "https://*.example",
    "//app.example",
    "app.example",
    "http://localhost:3001",
    "http://localhost",
    "http://127.0.0.1:3000",
    "null",
    "*",
];

#[test]
fn an_origin_that_is_not_listed_to_the_letter_gets_no_permission() {
    let server = Server::shared();
    let mut cases = 0;
    for origin in UNLISTED {
        let post = server.admin().request("POST", "/Patient/_search");
        for answer in [
            preflight(&server.anonymous(), "/Patient/1", origin),
            preflight(&server.anonymous(), "/", origin),
            get(&server.admin(), "/Patient?_count=1", origin),
            get(&server.anonymous(), "/Patient", origin),
            post.header("origin", origin)
                .form(&[("_count", "1")])
                .send(),
        ] {
            assert!(matches!(answer.status, 200 | 204 | 401), "{answer}");
            for name in PERMISSIONS {
                assert_eq!(header(&answer, name), "", "{origin} {name}");
            }
            assert_varies_by_origin(&answer);
            cases += 1;
        }
    }
    assert!(cases >= 150, "{cases} cases");
    let none = server.admin().get("/Patient?_count=1").expect(200);
    assert_eq!(header(&none, "allow-origin"), "");
    assert_varies_by_origin(&none);
}

#[test]
fn discovery_is_for_every_origin_and_never_with_credentials() {
    let client = Server::shared().anonymous();
    for origin in UNLISTED {
        for path in ["/metadata", "/.well-known/smart-configuration"] {
            let answer = get(&client, path, origin).expect(200);
            assert_eq!(header(&answer, "allow-origin"), "*", "{origin} {path}");
            assert_eq!(header(&answer, "allow-credentials"), "", "{origin} {path}");
        }
    }
}

#[test]
fn what_a_preflight_asks_for_is_not_echoed() {
    let client = Server::shared().anonymous();
    for (method, headers) in [
        ("TRACE", "authorization"),
        ("CONNECT", "authorization"),
        ("EVIL", "x-evil"),
        ("PUT", "x-evil"),
        ("PUT", "cookie"),
        ("*", "*"),
        ("", ""),
        ("PUT, EVIL", "x-evil, authorization"),
    ] {
        let request = client
            .request("OPTIONS", "/Patient/1")
            .header("origin", LISTED);
        let request = request.header("access-control-request-method", method);
        let request = request.header("access-control-request-headers", headers);
        let answer = request.send().expect(204);
        let methods = names(&header(&answer, "allow-methods"));
        let allowed = names(&header(&answer, "allow-headers"));
        for method in ["trace", "connect", "evil", "*"] {
            assert!(!methods.contains(&method.to_owned()), "{methods:?}");
        }
        for name in ["x-evil", "cookie", "*"] {
            assert!(!allowed.contains(&name.to_owned()), "{allowed:?}");
        }
    }
}

#[test]
fn options_that_is_no_preflight_is_an_ordinary_request() {
    let server = Server::shared();
    let answer = server.anonymous().request("OPTIONS", "/Patient/1").send();
    assert_eq!(answer.status, 401, "{answer}");
    let answer = server.admin().request("OPTIONS", "/Patient/1").send();
    assert_eq!(answer.status, 405, "{answer}");
}

#[test]
fn every_origin_may_read_when_the_list_is_a_star_but_without_credentials() {
    let running = Settings::default().variable("CORS_ORIGINS", "*").start();
    for origin in ["https://anywhere.example", "null"] {
        let preflight = preflight(&running.server.anonymous(), "/Patient", origin).expect(204);
        let answer = get(&running.server.admin(), "/Patient", origin).expect(200);
        for answer in [preflight, answer] {
            assert_eq!(header(&answer, "allow-origin"), "*");
            assert_eq!(header(&answer, "allow-credentials"), "");
        }
    }
}
