//! The app's tokens and the launch context that came with them, kept in this tab's sessionStorage
//! under a name of its own. <https://hl7.org/fhir/smart-app-launch/app-launch.html#response-5>

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use smart::claims::{Expected, IdClaims};
use smart::{base64url, launch_context};

use super::failure::AppFailure;
use super::request::AppRequest;

/// Members of a token response that must not be shown whole.
const SECRETS: [&str; 3] = ["access_token", "refresh_token", "id_token"];
/// Letters of a token that are shown at either end.
const SHOWN: usize = 8;
/// A token that ends within these seconds might end on its way.
const NEARLY_OVER_SECONDS: u64 = 10;

/// One launch that succeeded.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AppSession {
    /// The server's FHIR base.
    pub server: String,
    /// The app's registration there.
    pub client_id: String,
    /// The requested scopes.
    pub asked: String,
    /// Where the refresh token is exchanged.
    pub token_endpoint: String,
    /// The issuer of the ID tokens, if the server names it.
    pub issuer: Option<String>,
    /// The token response, with what later ones changed.
    pub answer: Map<String, Value>,
    /// Seconds since 1970; none when the server does not say.
    pub expires_at: Option<u64>,
    /// What is wrong with the ID token.
    pub id_token_problem: Option<String>,
}

/// Tokens stay out of logs.
impl std::fmt::Debug for AppSession {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AppSession")
            .field("server", &self.server)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl AppSession {
    /// The session that a token response begins.
    ///
    /// # Errors
    /// When it is not a token response.
    pub fn begin(
        request: &AppRequest,
        answer: Map<String, Value>,
        now: u64,
    ) -> Result<Self, AppFailure> {
        let mut session = Self {
            server: request.entry.server.clone(),
            client_id: request.entry.client_id.clone(),
            asked: request.entry.scopes.clone(),
            token_endpoint: request.token_endpoint.clone(),
            issuer: request.issuer.clone(),
            answer: Map::new(),
            expires_at: None,
            id_token_problem: None,
        };
        session.take(answer, Some(&request.nonce), now)?;
        Ok(session)
    }

    /// The session after a refresh, whose response need not repeat everything.
    ///
    /// # Errors
    /// When it is not a token response.
    pub fn refreshed(&self, answer: Map<String, Value>, now: u64) -> Result<Self, AppFailure> {
        let mut session = self.clone();
        session.take(answer, None, now)?;
        Ok(session)
    }

    fn take(
        &mut self,
        answer: Map<String, Value>,
        nonce: Option<&str>,
        now: u64,
    ) -> Result<(), AppFailure> {
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        if text("access_token").is_none_or(str::is_empty) {
            return Err(AppFailure::TokenAnswer("It holds no access token."));
        }
        if !text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
            return Err(AppFailure::TokenAnswer("Its token is no bearer token."));
        }
        // Azure AD v1 writes the number as text.
        let seconds = match answer.get("expires_in") {
            Some(Value::String(text)) => text.parse().ok(),
            Some(number) => number.as_u64(),
            None => None,
        };
        self.expires_at = seconds.map(|seconds| now.saturating_add(seconds));
        if let Some(token) = text("id_token") {
            self.id_token_problem = self.problem_of(token, nonce, now);
        }
        self.answer.extend(answer);
        Ok(())
    }

    /// The app relies on no other identity, so an invalid ID token is only reported.
    fn problem_of(&self, id_token: &str, nonce: Option<&str>, now: u64) -> Option<String> {
        let claims = match IdClaims::read(id_token) {
            Ok(claims) => claims,
            Err(error) => return Some(error.to_string()),
        };
        let expected = Expected {
            issuer: self.issuer.as_deref().unwrap_or(&claims.iss),
            client_id: &self.client_id,
            nonce,
            now,
        };
        claims.check(expected).err().map(|error| error.to_string())
    }

    fn text(&self, name: &str) -> Option<&str> {
        let text = self.answer.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    }

    /// The bearer token.
    pub fn access_token(&self) -> &str {
        self.text("access_token").unwrap_or_default()
    }

    /// Renews the bearer token.
    pub fn refresh_token(&self) -> Option<&str> {
        self.text("refresh_token")
    }

    /// The granted scopes, if the server names them.
    pub fn granted(&self) -> Option<&str> {
        self.answer.get("scope").and_then(Value::as_str)
    }

    /// Id of the patient in context.
    pub fn patient(&self) -> Option<&str> {
        self.text("patient")
    }

    /// Whether the app shows who the patient is: unless the EHR says that it does.
    pub fn needs_banner(&self) -> bool {
        !matches!(
            self.answer.get("need_patient_banner"),
            Some(Value::Bool(false))
        ) && self.text("need_patient_banner") != Some("false")
    }

    /// Where the EHR's colours are.
    pub fn style(&self) -> Option<&str> {
        self.text("smart_style_url")
    }

    /// The launch context: what the response says beyond OAuth's own members.
    pub fn context(&self) -> Vec<(&str, &Value)> {
        let told = launch_context::FIELDS.into_iter();
        told.filter_map(|name| Some((name, self.answer.get(name)?)))
            .collect()
    }

    /// Scopes that must have been given, because the response holds what they are for.
    pub fn evident(&self) -> Vec<&'static str> {
        let claims = self.id_claims().unwrap_or_default();
        let claimed = |name: &str| claims.contains_key(name);
        let renewable = self.refresh_token().is_some();
        let evidence = [
            ("openid", !claims.is_empty()),
            ("profile", claimed("name") || claimed("preferred_username")),
            ("email", claimed("email")),
            ("fhirUser", claimed("fhirUser")),
            ("offline_access", renewable),
            ("online_access", renewable),
            ("launch", !self.context().is_empty()),
            ("launch/patient", self.patient().is_some()),
            ("launch/encounter", self.text("encounter").is_some()),
        ];
        let seen = evidence.into_iter().filter(|(_, seen)| *seen);
        seen.map(|(scope, _)| scope).collect()
    }

    /// True while the token has not expired.
    pub fn is_valid(&self, now: u64) -> bool {
        self.expires_at
            .is_none_or(|end| now.saturating_add(NEARLY_OVER_SECONDS) < end)
    }

    /// The claims of the ID token as they are written in it.
    pub fn id_claims(&self) -> Option<Map<String, Value>> {
        let payload = self.text("id_token")?.split('.').nth(1)?;
        serde_json::from_slice(&base64url::decode(payload)?).ok()
    }
}

/// True for a member of the token response that is a token.
pub fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name)
}

/// The ends of a token, and how long it is.
pub fn shortened(token: &str) -> String {
    let letters: Vec<char> = token.chars().collect();
    if letters.len() <= 3 * SHOWN {
        return "•".repeat(SHOWN);
    }
    let first: String = letters.iter().take(SHOWN).collect();
    let last: String = letters.iter().skip(letters.len() - SHOWN).collect();
    format!("{first}…{last} ({} letters)", letters.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::smart_app::request::Entry;
    use serde_json::json;

    const NOW: u64 = 1_700_000_000;

    fn request() -> AppRequest {
        AppRequest {
            entry: Entry {
                server: "https://fhir.example".into(),
                client_id: "app".into(),
                scopes: "openid".into(),
            },
            issuer: Some("https://idp.example".into()),
            answers_with_issuer: false,
            token_endpoint: "https://idp.example/token".into(),
            redirect_uri: String::new(),
            state_id: String::new(),
            nonce: "n".into(),
            verifier: String::new(),
        }
    }

    fn begun(answer: Value) -> Result<AppSession, AppFailure> {
        AppSession::begin(&request(), answer.as_object().unwrap().clone(), NOW)
    }

    fn good() -> Value {
        json!({"access_token": "SECRET-TOKEN-THAT-IS-LONG-ENOUGH", "token_type": "bearer",
               "expires_in": 3600, "scope": "openid", "patient": "p-1", "refresh_token": "R",
               "need_patient_banner": true, "smart_style_url": "https://ehr.example/s"})
    }

    #[test]
    fn the_token_response_is_read() {
        let session = begun(good()).unwrap();
        assert_eq!(session.patient(), Some("p-1"));
        assert_eq!(session.granted(), Some("openid"));
        assert_eq!(session.style(), Some("https://ehr.example/s"));
        assert!(session.needs_banner());
        assert!(session.is_valid(NOW + 3_589) && !session.is_valid(NOW + 3_590));
        let names: Vec<&str> = session.context().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["patient", "need_patient_banner", "smart_style_url"]);
        assert!(!format!("{session:?}").contains("SECRET"));
    }

    #[test]
    fn the_banner_is_left_to_the_ehr_when_it_says_so() {
        for (banner, needed) in [
            (json!(false), false),
            (json!("false"), false),
            (json!(true), true),
            (json!(null), true),
        ] {
            let mut answer = good();
            answer["need_patient_banner"] = banner.clone();
            assert_eq!(begun(answer).unwrap().needs_banner(), needed, "{banner}");
        }
    }

    #[test]
    fn what_is_no_token_response_is_refused() {
        for answer in [
            json!({"token_type": "Bearer"}),
            json!({"access_token": "", "token_type": "Bearer"}),
            json!({"access_token": "a"}),
            json!({"access_token": "a", "token_type": "mac"}),
        ] {
            assert!(matches!(begun(answer), Err(AppFailure::TokenAnswer(_))));
        }
    }

    #[test]
    fn a_refresh_keeps_what_the_server_does_not_repeat() {
        let session = begun(good()).unwrap();
        let answer = json!({"access_token": "B", "token_type": "Bearer", "expires_in": "60"});
        let later = session
            .refreshed(answer.as_object().unwrap().clone(), NOW + 100)
            .unwrap();
        assert_eq!(later.access_token(), "B");
        assert_eq!(later.refresh_token(), Some("R"));
        assert_eq!(later.patient(), Some("p-1"));
        assert_eq!(later.expires_at, Some(NOW + 160));
    }

    #[test]
    fn an_id_token_for_another_request_is_reported() {
        let token =
            |claims: Value| format!("e30.{}.s", base64url::encode(claims.to_string().as_bytes()));
        let mut claims = json!({"iss": "https://idp.example", "aud": "app", "exp": NOW + 60,
                                "nonce": "n", "sub": "s"});
        let mut answer = good();
        answer["id_token"] = token(claims.clone()).into();
        let session = begun(answer.clone()).unwrap();
        assert_eq!(session.id_token_problem, None);
        assert_eq!(session.id_claims().unwrap()["sub"], "s");
        assert_eq!(
            session.evident(),
            [
                "openid",
                "offline_access",
                "online_access",
                "launch",
                "launch/patient"
            ]
        );
        claims["nonce"] = "other".into();
        answer["id_token"] = token(claims).into();
        let problem = begun(answer).unwrap().id_token_problem.unwrap();
        assert!(problem.contains("another request"), "{problem}");
    }

    #[test]
    fn a_token_is_never_shown_whole() {
        let token = "a".repeat(100);
        assert_eq!(shortened(&token), "aaaaaaaa…aaaaaaaa (100 letters)");
        assert_eq!(shortened("short-secret"), "••••••••");
        assert!(is_secret("refresh_token") && !is_secret("scope"));
    }
}
