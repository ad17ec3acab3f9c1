//! The `state` parameter in the shape that MSAL gives it: base64 of
//! `{"id":..,"meta":{"interactionType":..}}`, so that the redirect page can tell whom to answer.
//! <https://www.rfc-editor.org/rfc/rfc6749#section-10.12>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// How the sign-in window is shown, hence how the answer travels back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interaction {
    /// The whole page goes to the provider and returns.
    Redirect,
    /// A second window.
    Popup,
    /// A hidden frame, `prompt=none`.
    Silent,
}

/// What a `state` says; `id` is the unguessable part that is checked on return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Random id of this one request.
    pub id: String,
    meta: Meta,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Meta {
    #[serde(rename = "interactionType")]
    interaction: Interaction,
}

impl State {
    /// The state of a new request.
    pub fn new(id: impl Into<String>, interaction: Interaction) -> Self {
        Self {
            id: id.into(),
            meta: Meta { interaction },
        }
    }

    /// How the request was shown.
    pub fn interaction(&self) -> Interaction {
        self.meta.interaction
    }

    /// The parameter's value.
    pub fn encode(&self) -> String {
        // Two plain strings: serialising them has no way to fail.
        STANDARD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a parameter; text after `|` is the application's own and is ignored.
    pub fn decode(value: &str) -> Option<Self> {
        let library = value.split('|').next()?;
        serde_json::from_slice(&STANDARD.decode(library).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from msal-browser 5.29.
    const RECORDED: &str = "eyJpZCI6IjAxYTFmYjhjLTBmZDUtN2VhMS1iZGQ0LWU0ZDUzNDk4NThjMiIsIm1ldGEiOnsiaW50ZXJhY3Rpb25UeXBlIjoicG9wdXAifX0=";

    #[test]
    fn a_state_of_msal_is_read_and_written_the_same() {
        let state = State::decode(RECORDED).unwrap();
        assert_eq!(state.id, "01a1fb8c-0fd5-7ea1-bdd4-e4d5349858c2");
        assert_eq!(state.interaction(), Interaction::Popup);
        assert_eq!(state.encode(), RECORDED);
    }

    #[test]
    fn application_state_after_the_bar_is_ignored() {
        let value = format!("{RECORDED}|a|b");
        assert_eq!(State::decode(&value), State::decode(RECORDED));
    }

    #[test]
    fn every_interaction_survives_a_round_trip() {
        for interaction in [
            Interaction::Redirect,
            Interaction::Popup,
            Interaction::Silent,
        ] {
            let state = State::new("id", interaction);
            assert_eq!(State::decode(&state.encode()), Some(state));
        }
    }

    #[test]
    fn foreign_text_is_no_state() {
        for value in ["", "|", "abc", "e30=", "%", "eyJpZCI6MX0="] {
            assert_eq!(State::decode(value), None, "{value}");
        }
    }
}
