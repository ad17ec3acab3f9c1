//! Tokens that somebody made up, broke or took from elsewhere: each is refused with 401 and the
//! reason, and none leads the server anywhere.
//! <https://www.rfc-editor.org/rfc/rfc8725>

use super::listener::Listener;
use api::{Forgery, Running, Server, Settings, assert_outcome};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// What is wrong with a token, the token, and what the refusal says.
type Forged = (String, String, &'static str);

const THE_TOKEN: &str = "Authentication failed: the";

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("a time after 1970").as_secs()
}

#[track_caller]
fn assert_refused(server: &Server, (wrong, token, reason): &Forged) {
    let answer = server.bearing(token).get("/Patient?_count=1");
    assert_eq!(answer.status, 401, "{wrong}: {answer}");
    assert_outcome(&answer, 401, "login", reason);
    let challenge = answer.header("www-authenticate").expect("a challenge");
    assert!(
        challenge.contains("error=\"invalid_token\""),
        "{wrong}: {challenge}"
    );
    let repeats = answer.text.contains(token.as_str()) && token.len() > 7;
    assert!(!repeats, "{wrong}: the token is repeated");
}

/// Parts that are missing, too many, swapped or encoded in another way.
fn broken(server: &Server) -> Vec<Forged> {
    let real = server.service_token("svc-client");
    let parts: Vec<&str> = real.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        panic!("three parts");
    };
    let reader = server.service_token("svc-reader");
    let others: Vec<&str> = reader.split('.').collect();
    let standard = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    // The last digit of 256 bytes has four bits that say nothing.
    let (most, last) = signature.split_at(signature.len() - 1);
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = digits.find(last).expect("a digit") + 1;
    let sloppy = &digits[digit..=digit];
    let tokens = [
        ("no JWT", "garbage".to_owned()),
        ("two short parts", "a.b".into()),
        ("three short parts", "a.b.c".into()),
        ("five short parts", "a.b.c.d.e".into()),
        ("no parts", "..".into()),
        ("no signature", format!("{header}.{claims}")),
        ("an empty signature", format!("{header}.{claims}.")),
        ("no claims", format!("{header}..{signature}")),
        ("no header", format!(".{claims}.{signature}")),
        ("parts swapped", format!("{claims}.{header}.{signature}")),
        ("a fourth part", format!("{header}.{claims}.{signature}.x")),
        ("padding", format!("{header}.{claims}.{signature}==")),
        (
            "padding of the header",
            format!("{header}=.{claims}.{signature}"),
        ),
        (
            "padding of the claims",
            format!("{header}.{claims}=.{signature}"),
        ),
        (
            "base64 that is not for URLs",
            format!("{header}.{claims}.{}", STANDARD_NO_PAD.encode(standard)),
        ),
        (
            "bits after the end",
            format!("{header}.{claims}.{most}{sloppy}"),
        ),
        (
            "a signature cut short",
            format!("{header}.{claims}.{}", &signature[..signature.len() - 4]),
        ),
        (
            "a signature of zeros",
            format!("{header}.{claims}.{}", "A".repeat(signature.len())),
        ),
        ("longer claims", format!("{header}.{claims}x.{signature}")),
        ("an odd letter", format!("{header}.{claims}.!{signature}")),
        ("upper case", real.to_uppercase()),
        (
            "the claims of another token",
            format!("{}.{claims}.{}", others[0], others[2]),
        ),
        (
            "the signature of another token",
            format!("{header}.{claims}.{}", others[2]),
        ),
        ("the token twice", format!("{real}.{real}")),
    ];
    tokens
        .map(|(wrong, token)| (wrong.into(), token, THE_TOKEN))
        .into()
}

/// An encrypted token: five parts, none of them a signature.
fn encrypted(forgery: &Forgery<'_>) -> Vec<Forged> {
    let header = json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "kid": forgery.key_id() });
    let nested = forgery.unsigned(&header, &[1; 256]);
    let direct = json!({ "alg": "dir", "enc": "A128CBC-HS256" });
    vec![
        (
            "a JWE".into(),
            format!("{nested}.AAAA.BBBB"),
            "more than three parts",
        ),
        (
            "a JWE without a key".into(),
            forgery.unsigned(&direct, b"") + "..",
            "more than three parts",
        ),
    ]
}

/// Claims of a token that the provider signed for another place, time or person.
fn wrong_claims(server: &Server, elsewhere: &str) -> Vec<Forged> {
    let (base, authority) = (&server.base, &server.authority);
    let cases = [
        ("exp", json!(now() - 3600), "expired"),
        ("exp", json!(now() - 61), "expired"),
        ("exp", json!(0), "expired"),
        ("exp", json!(-1), "expired"),
        ("exp", Value::Null, "no end (exp)"),
        ("exp", json!("tomorrow"), "not a time"),
        ("exp", json!([now() + 3600]), "not a time"),
        ("nbf", json!(now() + 3600), "not valid yet"),
        ("nbf", json!({}), "not a time"),
        ("iat", json!(now() + 3600), "future"),
        ("iat", json!(1e300), "future"),
        ("aud", json!("https://other.example"), "audience"),
        ("aud", json!(format!("{base}/")), "audience"),
        ("aud", json!(format!("{base}.evil.example")), "audience"),
        ("aud", json!(base.to_uppercase()), "audience"),
        ("aud", json!(["https://other.example"]), "audience"),
        ("aud", json!([[base]]), "audience"),
        ("aud", json!([]), "audience"),
        ("aud", json!({ "0": base }), "audience"),
        ("aud", json!(7), "audience"),
        ("aud", Value::Null, "audience"),
        ("iss", json!("https://login.example/v2.0"), "issuer"),
        ("iss", json!(elsewhere), "issuer"),
        ("iss", json!(format!("{authority}/")), "issuer"),
        ("iss", json!(authority.to_uppercase()), "issuer"),
        ("iss", json!(authority.replace("/v2.0", "")), "issuer"),
        ("iss", json!(authority.replace("1111", "2222")), "issuer"),
        ("iss", json!([authority]), "issuer"),
        ("iss", Value::Null, "issuer"),
    ];
    let forge = |(claim, value, reason): (&str, Value, &'static str)| {
        let token = server.forgery().claim(claim, value.clone()).sign();
        (format!("{claim} {value}"), token, reason)
    };
    let mut forged: Vec<Forged> = cases.map(forge).into();
    for (oid, sub) in [
        (Value::Null, Value::Null),
        (json!(7), json!("")),
        (json!([]), json!({})),
    ] {
        let nobody = server.forgery().claim("oid", oid).claim("sub", sub);
        forged.push(("nobody".into(), nobody.sign(), "names nobody"));
    }
    let id_token = server.forgery().claim("aud", json!("fhir-spa"));
    let id_token = id_token.claim("nonce", json!("n-1")).sign();
    forged.push(("an ID token".into(), id_token, "not an access token"));
    forged
}

/// Headers that name another algorithm, another key or a place to fetch one from.
fn wrong_headers(server: &Server, elsewhere: &str) -> Vec<Forged> {
    let cases = [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("NONE")),
        ("alg", json!("HS256")),
        ("alg", json!("HS512")),
        ("alg", json!("rs256")),
        ("alg", json!("RS256 ")),
        ("alg", json!("")),
        ("alg", Value::Null),
        ("alg", json!(["RS256"])),
        // The signature is right for the algorithm, but the key is for RS256.
        ("alg", json!("RS384")),
        ("alg", json!("RS512")),
        ("alg", json!("PS256")),
        ("alg", json!("PS384")),
        ("alg", json!("PS512")),
        ("alg", json!("ES256")),
        ("alg", json!("ES384")),
        ("alg", json!("ES512")),
        ("alg", json!("EdDSA")),
        ("alg", json!("RSA-OAEP")),
        ("kid", json!("unknown")),
        ("kid", json!("")),
        ("kid", Value::Null),
        ("kid", json!(1)),
        ("kid", json!(["unknown"])),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("__proto__")),
        ("kid", json!("x".repeat(600))),
        ("kid", json!("x".repeat(9000))),
        ("kid", json!("\u{0}ключ")),
        ("kid", json!(format!("{elsewhere}/keys"))),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(["b64"])),
    ];
    let forge = |(name, value): (&str, Value)| {
        let token = server.forgery().header(name, value.clone()).sign();
        let shown: String = value.to_string().chars().take(40).collect();
        (format!("{name} {shown}"), token, THE_TOKEN)
    };
    cases.map(forge).into()
}

/// Signatures of keys that the provider does not publish, and of none.
fn wrong_signatures(server: &Server, elsewhere: &str) -> Vec<Forged> {
    let forgery = server.forgery();
    let key_id = forgery.key_id();
    let foreign = forgery.clone().foreign_key();
    let mut forged = vec![(
        "another key".to_owned(),
        foreign.sign(),
        "signature of the token",
    )];
    for (alg, signature) in [
        ("none", &b""[..]),
        ("nOnE", b""),
        ("RS256", b""),
        ("RS256", b"\0"),
        ("RS256", &[0; 256]),
        ("RS256", &[255; 256]),
        ("PS256", &[0; 256]),
        ("HS256", &[7; 32]),
        // r = s = 0 is right for every message where a verifier does not look.
        ("ES256", &[0; 64]),
        ("ES384", &[0; 96]),
        ("ES256", &[0x30, 6, 2, 1, 0, 2, 1, 0]),
    ] {
        let header = json!({ "alg": alg, "typ": "JWT", "kid": key_id });
        let token = forgery.unsigned(&header, signature);
        forged.push((format!("{alg} {} bytes", signature.len()), token, THE_TOKEN));
    }
    for form in ["pem", "der", "jwk"] {
        let hmac = forgery.clone().header("alg", json!("HS256"));
        let token = hmac.public_key_as_secret(form).sign();
        forged.push((
            format!("an HMAC with the public key as {form}"),
            token,
            "algorithm",
        ));
        // The same under the name of the right algorithm.
        let token = forgery.clone().public_key_as_secret(form).sign();
        forged.push((
            format!("an HMAC with {form} called RS256"),
            token,
            "signature",
        ));
    }
    let url = format!("{elsewhere}/keys");
    let own_key = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": key_id });
    for (name, value) in [
        ("jku", json!(url)),
        ("x5u", json!(url)),
        ("jwk", own_key.clone()),
        ("jwk", json!(url)),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("jwks_uri", json!(url)),
        ("iss", json!(elsewhere)),
    ] {
        let token = foreign.clone().header(name, value.clone()).sign();
        forged.push((format!("{name} {value}"), token, "signature of the token"));
        let token = foreign.clone().header(name, value.clone());
        let token = token.header("kid", json!("foreign")).sign();
        forged.push((
            format!("{name} {value} and its kid"),
            token,
            "does not publish",
        ));
    }
    forged
}

/// JSON that two readers could read differently, or that is made to hurt a parser, rightly signed.
fn wrong_json(server: &Server) -> Vec<Forged> {
    let forgery = server.forgery();
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": forgery.key_id() }).to_string();
    let claims = forgery.claims().to_string();
    let open = |json: &str| json[..json.len() - 1].to_owned();
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let texts = [
        (
            "alg twice",
            format!("{},\"alg\":\"none\"}}", open(&header)),
            claims.clone(),
        ),
        (
            "kid twice",
            format!("{},\"kid\":\"x\"}}", open(&header)),
            claims.clone(),
        ),
        (
            "aud twice",
            header.clone(),
            format!("{},\"aud\":\"{}\"}}", open(&claims), server.base),
        ),
        (
            "exp twice",
            header.clone(),
            format!("{},\"exp\":4102444800}}", open(&claims)),
        ),
        (
            "roles twice",
            header.clone(),
            format!("{},\"roles\":[\"globalAdmin\"]}}", open(&claims)),
        ),
        (
            "deep claims",
            header.clone(),
            format!("{},\"x\":{}}}", open(&claims), deep(2500)),
        ),
        (
            "a deep header",
            format!("{},\"x\":{}}}", open(&header), deep(2500)),
            claims.clone(),
        ),
        ("claims that are an array", header.clone(), "[]".into()),
        ("claims that are null", header.clone(), "null".into()),
        ("claims that are text", header.clone(), "x".into()),
        ("no claims", header.clone(), "{}".into()),
        (
            "claims that go on",
            header.clone(),
            format!("{claims}{claims}"),
        ),
        ("a header that is text", "x".into(), claims.clone()),
        ("NUL after the claims", header, format!("{claims}\0")),
    ];
    let forge = |(wrong, header, claims): (&str, String, String)| {
        let token = forgery.sign_texts(json!(header), json!(claims));
        (wrong.to_owned(), token, "Authentication failed")
    };
    texts.map(forge).into()
}

#[test]
fn every_forged_token_is_refused_and_none_leads_anywhere() {
    let server = Server::shared();
    let elsewhere = Listener::open();
    let forged = [
        broken(server),
        encrypted(&server.forgery()),
        wrong_claims(server, &elsewhere.url),
        wrong_headers(server, &elsewhere.url),
        wrong_signatures(server, &elsewhere.url),
        wrong_json(server),
    ]
    .concat();
    assert!(forged.len() >= 130, "{} forged tokens", forged.len());
    for case in &forged {
        assert_refused(server, case);
    }
    assert_eq!(elsewhere.visits(), 0, "a token led the server elsewhere");
    // The trap works, and the server has not been locked up.
    server
        .bearing("x")
        .get(&format!("{}/keys", elsewhere.url))
        .expect(404);
    assert_eq!(elsewhere.visits(), 1);
    server.admin().get("/Patient?_count=1").expect(200);
}

#[test]
fn a_token_too_long_for_a_header_is_refused() {
    let server = Server::shared();
    for length in [20_000, 1 << 20] {
        let header = json!({ "alg": "RS256", "kid": "x".repeat(length) });
        let token = server.forgery().unsigned(&header, &[1; 256]);
        let request = server.anonymous().request("GET", "/Patient");
        let request = request.header("authorization", &format!("Bearer {token}"));
        // The runtime may hang up on headers of that size before the worker sees them.
        if let Ok(answer) = request.try_send() {
            assert!((400..500).contains(&answer.status), "{length}: {answer}");
        }
        server.admin().get("/Patient?_count=1").expect(200);
    }
}

/// A provider that publishes the forger's key for everything but RS256 signatures.
fn careless(published: &Listener, foreign: &Value) -> Running {
    published.serve(
        "/.well-known/openid-configuration",
        json!({
            "issuer": published.url,
            "authorization_endpoint": format!("{}/authorize", published.url),
            "token_endpoint": format!("{}/token", published.url),
            "jwks_uri": format!("{}/keys", published.url),
        }),
    );
    let key = |name: &str, changes: Value| {
        let mut key = foreign.clone();
        key["kid"] = json!(name);
        for (member, value) in changes.as_object().expect("an object") {
            key[member] = value.clone();
        }
        key
    };
    published.serve(
        "/keys",
        json!({ "keys": [
            key("right", json!({ "use": "sig" })),
            key("encryption", json!({ "use": "enc" })),
            key("another-algorithm", json!({ "alg": "RS384" })),
            key("another-type", json!({ "kty": "oct", "k": "c2VjcmV0" })),
            key("a-curve", json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" })),
            { "kty": "RSA", "kid": "no-key" },
        ] }),
    );
    let trusted = json!([{ "authority": published.url, "roles": ["*"] }]);
    Settings::default()
        .variable("TRUSTED_AUTHORITIES", &trusted.to_string())
        .start()
}

#[test]
fn keys_that_are_published_for_something_else_do_not_sign() {
    let shared = Server::shared();
    let foreign = shared
        .anonymous()
        .get(&format!("{}/test/foreign-keys", shared.idp));
    let published = Listener::open();
    let running = careless(&published, &foreign.body["keys"][0]);
    let token = |key_id: &str| {
        let forgery = shared.forgery().foreign_key();
        let forgery = forgery.claim("iss", json!(published.url));
        let forgery = forgery.claim("aud", json!(running.server.base));
        forgery.header("kid", json!(key_id)).sign()
    };
    let right = running.server.bearing(&token("right"));
    right.get("/Patient?_count=1").expect(200);
    for key_id in [
        "encryption",
        "another-algorithm",
        "another-type",
        "a-curve",
        "no-key",
        "keyless",
    ] {
        let forged = (key_id.to_owned(), token(key_id), THE_TOKEN);
        assert_refused(&running.server, &forged);
    }
}
