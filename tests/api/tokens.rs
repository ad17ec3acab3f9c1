//! Tokens: of services and users by a real sign-in, and forged ones, which the provider signs
//! for tests only.

use crate::server::{Server, node, root};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use ureq::http;

/// The services with a secret.
const SERVICES: [(&str, &str); 2] = [
    ("svc-client", "dev-secret-2"),
    ("svc-reader", "dev-secret-3"),
];

impl Server {
    fn remembered(&self, name: &str, fetch: impl FnOnce() -> String) -> String {
        let mut tokens = self.tokens.lock().expect("no sign-in panicked");
        tokens.entry(name.to_owned()).or_insert_with(fetch).clone()
    }

    /// An access token of a service, by client credentials.
    pub fn service_token(&self, client_id: &str) -> String {
        self.remembered(client_id, || {
            let secret = SERVICES.iter().find(|(id, _)| *id == client_id);
            let (_, secret) = secret.expect("a service");
            let scope = format!("{}/.default", self.base);
            let form = form_urlencoded::Serializer::new(String::new())
                .append_pair("grant_type", "client_credentials")
                .append_pair("client_id", client_id)
                .append_pair("client_secret", secret)
                .append_pair("scope", &scope)
                .finish();
            let url = format!(
                "{}/oauth2/v2.0/token",
                self.authority.trim_end_matches("/v2.0")
            );
            let answer = self.ask(&url, "application/x-www-form-urlencoded", &form);
            let token = answer["access_token"].as_str();
            token.unwrap_or_else(|| panic!("no token: {answer}")).into()
        })
    }

    /// An access token of a user, by the sign-in that `npm run token` does.
    pub fn user_token(&self, name: &str) -> String {
        self.token_command(&["--user", name, "--idp", &self.idp])
    }

    /// An access token of the development backend service, by the assertion that `npm run token`
    /// signs.
    pub fn backend_service_token(&self, scope: &str) -> String {
        let command = [
            "--client",
            "svc-backend",
            "--base",
            &self.base,
            "--scope",
            scope,
        ];
        self.token_command(&command)
    }

    fn token_command(&self, arguments: &[&str]) -> String {
        self.remembered(&arguments.join(" "), || {
            let program = root().join("tools/run/token.mjs");
            let program = program.to_string_lossy();
            let command: Vec<&str> = [&*program].iter().chain(arguments).copied().collect();
            node(&command)
        })
    }

    /// The claims of a person's access token that this server accepts, to be changed and signed.
    pub fn forgery(&self) -> Forgery<'_> {
        self.service_forgery().claim("idtyp", Value::Null)
    }

    /// The same of a service's own token.
    pub fn service_forgery(&self) -> Forgery<'_> {
        let token = self.service_token("svc-client");
        let claims = token.split('.').nth(1).unwrap_or_default();
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64url");
        Forgery {
            server: self,
            header: json!({}),
            claims: serde_json::from_slice(&claims).expect("claims"),
            key: "current",
        }
    }

    /// A token of a person that the server's provider signs, with this object id and these roles.
    pub fn signed_by_own_provider(&self, object_id: Value, roles: Value) -> String {
        let forgery = self.forgery().claim("oid", object_id);
        forgery.claim("roles", roles).sign()
    }

    /// A JWT with this header and these claims, signed for tests with the key of that name:
    /// `app` (ES256) or `foreign` (RS256).
    pub fn sign(&self, key: &str, header: &Value, claims: &Value) -> String {
        let order = json!({ "header": header.to_string(), "payload": claims, "key": key });
        let url = format!("{}/test/sign", self.idp);
        let answer = self.ask(&url, "application/json", &order.to_string());
        answer["token"].as_str().expect("a token").to_owned()
    }

    /// Has the provider sign with a new key from now on; the old one stays published or not.
    pub fn rotate_keys(&self, keep_previous: bool) {
        let url = format!("{}/test/rotate-keys", self.idp);
        let order = json!({ "keepPrevious": keep_previous });
        self.ask(&url, "application/json", &order.to_string());
    }

    fn ask(&self, url: &str, content_type: &str, body: &str) -> Value {
        let request = http::Request::post(url)
            .header("content-type", content_type)
            .body(body)
            .expect("a request");
        let mut response = self.agent.run(request).expect("the identity provider");
        let text = response.body_mut().read_to_string().expect("its answer");
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }
}

/// A token in the making: real but for what a test changes.
#[derive(Clone, Debug)]
pub struct Forgery<'a> {
    server: &'a Server,
    header: Value,
    claims: Value,
    key: &'static str,
}

impl Forgery<'_> {
    /// Sets a claim; null leaves it out.
    #[must_use]
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        let claims = self.claims.as_object_mut().expect("an object");
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.to_owned(), value);
        }
        self
    }

    /// Sets a parameter of the header.
    #[must_use]
    pub fn header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    /// Signs with a key that the provider does not publish.
    #[must_use]
    pub fn foreign_key(mut self) -> Self {
        self.key = "foreign";
        self
    }

    /// Signs with an HMAC whose secret is the provider's public key, as `pem`, `der` or `jwk`.
    #[must_use]
    pub fn public_key_as_secret(mut self, form: &'static str) -> Self {
        self.key = match form {
            "pem" => "public-pem",
            "der" => "public-der",
            _ => "public-jwk",
        };
        self
    }

    /// The claims so far.
    pub fn claims(&self) -> &Value {
        &self.claims
    }

    /// The key id of the provider's signing key.
    pub fn key_id(&self) -> Value {
        let token = self.server.service_token("svc-client");
        let header = token.split('.').next().unwrap_or_default();
        let header = URL_SAFE_NO_PAD.decode(header).expect("base64url");
        let header: Value = serde_json::from_slice(&header).expect("a header");
        header["kid"].clone()
    }

    /// The token, signed by the provider.
    pub fn sign(&self) -> String {
        self.sign_texts(self.header.clone(), self.claims.clone())
    }

    /// The same with a text in the place of the header or the claims, which need not be JSON.
    pub fn sign_texts(&self, header: Value, claims: Value) -> String {
        let order = json!({"header": header, "payload": claims, "key": self.key});
        let url = format!("{}/test/sign", self.server.idp);
        let answer = self
            .server
            .ask(&url, "application/json", &order.to_string());
        answer["token"].as_str().expect("a token").to_owned()
    }

    /// A token with these claims, and a header and a signature that nobody checked.
    pub fn unsigned(&self, header: &Value, signature: &[u8]) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        format!(
            "{}.{}.{}",
            encode(header.to_string().as_bytes()),
            encode(self.claims.to_string().as_bytes()),
            encode(signature)
        )
    }
}
