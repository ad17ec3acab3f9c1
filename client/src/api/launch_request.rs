//! The SMART proxy's question which patient an app may open, and the answer to it.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-standalone-launch>

use serde::Deserialize;

/// Letters of a name that are shown.
const NAME_LENGTH: usize = 80;

/// What an app asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchRequest {
    /// The app's registration.
    pub client_id: String,
    /// What its operator calls it, as it came; [`LaunchRequest::shown_name`] is to be shown.
    #[serde(default)]
    pub name: Option<String>,
    /// Where the browser goes back to in the end.
    pub redirect_host: String,
    /// What it wants to see, space-separated.
    #[serde(default)]
    pub scope: String,
    /// `patient`, and perhaps `encounter`.
    #[serde(default)]
    pub needs: Vec<String>,
}

impl LaunchRequest {
    /// The name in one line of moderate length, in which no letter turns others round; none when
    /// nothing is left.
    pub fn shown_name(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        let words: Vec<&str> = name.split_whitespace().collect();
        let letters: Vec<char> = words
            .join(" ")
            .chars()
            .filter(|letter| !letter.is_control() && !is_directing(*letter))
            .collect();
        let mut shown: String = letters.iter().take(NAME_LENGTH).collect();
        if letters.len() > NAME_LENGTH {
            shown.push('…');
        }
        Some(shown).filter(|shown| !shown.trim().is_empty())
    }

    /// True when the app would like to know the encounter as well.
    pub fn wants_encounter(&self) -> bool {
        self.needs.iter().any(|need| need == "encounter")
    }
}

/// Invisible letters that change the direction of those around them.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn is_directing(letter: char) -> bool {
    matches!(
        letter,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(target_arch = "wasm32")]
pub(crate) use exchange::{answer_request, decline_request, read_request};

#[cfg(target_arch = "wasm32")]
mod exchange {
    //! The requests themselves.

    use gloo_net::http::{Request, RequestBuilder};
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::LaunchRequest;
    use crate::api::failure::FhirFailure;
    use crate::api::fhir_client::answer;
    use crate::auth::sign_in::SignIn;
    use crate::auth::silent::Freshness;
    use crate::auth::smart_app::address;

    const CONTEXT: &str = "AadSmartOnFhirProxy/context";

    #[derive(Deserialize)]
    struct Onward {
        location: String,
    }

    /// Asks the proxy at `base` what a request is about.
    pub(crate) async fn read_request(
        base: &str,
        request: &str,
    ) -> Result<LaunchRequest, FhirFailure> {
        let query = smart::form::encode([("request", request)]);
        let sent = Request::get(&format!("{base}/{CONTEXT}?{query}")).send();
        let response = sent.await.map_err(|_| unreachable(base))?;
        understood(answer(response).await?)
    }

    /// Tells the choice, as the person who is signed in. @returns where to go on
    pub(crate) async fn answer_request(
        base: &str,
        sign_in: &SignIn,
        request: &str,
        patient: &str,
        encounter: Option<&str>,
    ) -> Result<String, FhirFailure> {
        let mut choice = json!({ "request": request, "patient": patient });
        if let (Some(encounter), Some(members)) = (encounter, choice.as_object_mut()) {
            members.insert("encounter".into(), encounter.into());
        }
        let account = sign_in.person().account();
        let token = sign_in
            .access_token(account.as_ref(), Freshness::Kept)
            .await?;
        post(base, token.as_deref(), &choice).await
    }

    /// Says no, for which nobody need sign in. @returns the way back to the app
    pub(crate) async fn decline_request(base: &str, request: &str) -> Result<String, FhirFailure> {
        let choice = json!({ "request": request, "declined": true });
        post(base, None, &choice).await
    }

    async fn post(base: &str, token: Option<&str>, body: &Value) -> Result<String, FhirFailure> {
        let mut request: RequestBuilder =
            Request::post(&format!("{base}/{CONTEXT}")).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", &format!("Bearer {token}"));
        }
        let request = request
            .body(body.to_string())
            .map_err(|_| unreachable(base))?;
        let response = request.send().await.map_err(|_| unreachable(base))?;
        let Onward { location } = understood(answer(response).await?)?;
        match address::check(&location) {
            Ok(()) => Ok(location),
            Err(_) => Err(FhirFailure::ForeignLink(location)),
        }
    }

    fn understood<T: serde::de::DeserializeOwned>(answer: Value) -> Result<T, FhirFailure> {
        serde_json::from_value(answer).map_err(|_| FhirFailure::Unreadable { status: 200 })
    }

    fn unreachable(base: &str) -> FhirFailure {
        FhirFailure::Unreachable {
            base: base.to_owned(),
            other_origin: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_read_as_the_proxy_writes_it() {
        let request: LaunchRequest = serde_json::from_str(
            r#"{"clientId":"smart-app","redirectHost":"app.example:8443",
                "scope":"launch/patient patient/*.rs","needs":["patient","encounter"]}"#,
        )
        .unwrap();
        assert_eq!(request.client_id, "smart-app");
        assert!(request.wants_encounter());
        let bare: LaunchRequest =
            serde_json::from_str(r#"{"clientId":"a","redirectHost":"b"}"#).unwrap();
        assert!(!bare.wants_encounter());
        assert_eq!(bare.shown_name(), None);
    }

    #[test]
    fn a_name_is_shown_in_one_line_without_what_hides_letters() {
        let shown = |name: &str| {
            let document = serde_json::json!({"clientId": "a", "redirectHost": "b", "name": name});
            let request: LaunchRequest = serde_json::from_value(document).unwrap();
            request.shown_name()
        };
        for (name, expected) in [
            ("Growth Chart", Some("Growth Chart")),
            (" Growth\n\t Chart ", Some("Growth Chart")),
            ("<b>Ä</b>", Some("<b>Ä</b>")),
            ("\u{202e}trahC\u{202c}\u{0007}", Some("trahC")),
            ("", None),
            (" \u{200f}\u{2069} ", None),
        ] {
            assert_eq!(shown(name).as_deref(), expected, "{name:?}");
        }
        let long = shown(&"ä".repeat(81)).unwrap();
        assert_eq!(long.chars().count(), 81);
        assert!(long.ends_with("ä…"));
        assert!(shown(&"ä".repeat(80)).unwrap().ends_with('ä'));
    }
}
