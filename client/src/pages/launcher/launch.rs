//! One EHR launch of an app: its settings, the launch context and the address to open.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-ehr-launch>

use serde_json::{Map, Value};
use smart::{base64url, form};

use crate::auth::smart_app::address::{self, AddressProblem};
use crate::display::reference::is_id;

/// What the person chose. Texts are kept as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// The app's launch address.
    pub app: String,
    /// Id of a Patient.
    pub patient: String,
    /// Id of an Encounter.
    pub encounter: String,
    /// Id of a Practitioner.
    pub practitioner: String,
    /// Whether the app must show who the patient is; `None` says nothing about it.
    pub banner: Option<bool>,
    /// Where the EHR's colours are.
    pub style: String,
}

/// What is wrong with the app's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppProblem {
    /// It cannot be opened.
    Address(AddressProblem),
    /// It has a `launch` or an `iss` of its own, and the app would take the first.
    Parameters,
}

impl std::fmt::Display for AppProblem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(problem) => problem.fmt(formatter),
            Self::Parameters => formatter.write_str(
                "Leave out launch and iss: this page adds them to the address of the app.",
            ),
        }
    }
}

/// The values of the banner choice, in the page's address and in its select.
const BANNERS: [(&str, Option<bool>); 3] =
    [("", None), ("true", Some(true)), ("false", Some(false))];

/// The banner choice of a value.
pub fn banner_of(value: &str) -> Option<bool> {
    let known = BANNERS.iter().find(|(name, _)| *name == value);
    known.and_then(|(_, banner)| *banner)
}

/// The value of a banner choice.
pub fn banner_value(banner: Option<bool>) -> &'static str {
    let known = BANNERS.iter().find(|(_, choice)| *choice == banner);
    known.map_or("", |(name, _)| name)
}

impl Launch {
    /// Reads the page address's query; the app is `default_app` unless it names another.
    pub fn of_query(query: &str, default_app: &str) -> Self {
        let pairs = form::decode(query);
        let value = |name| form::first(&pairs, name).unwrap_or_default().to_owned();
        Self {
            app: form::first(&pairs, "app").unwrap_or(default_app).to_owned(),
            patient: value("patient"),
            encounter: value("encounter"),
            practitioner: value("practitioner"),
            banner: banner_of(&value("banner")),
            style: value("style"),
        }
    }

    /// The page address's query: ids and settings, no names; defaults are left out.
    pub fn to_query(&self, default_app: &str) -> Vec<(String, String)> {
        let app = (self.app != default_app).then_some(&self.app);
        let mut pairs: Vec<(String, String)> = app
            .into_iter()
            .map(|app| ("app".to_owned(), app.clone()))
            .collect();
        let others = [
            ("patient", self.patient.as_str()),
            ("encounter", self.encounter.as_str()),
            ("practitioner", self.practitioner.as_str()),
            ("banner", banner_value(self.banner)),
            ("style", self.style.as_str()),
        ];
        let filled = others.iter().filter(|(_, value)| !value.is_empty());
        pairs.extend(filled.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        pairs
    }

    /// The launch context; what was left empty is not in it.
    pub fn context(&self) -> Map<String, Value> {
        let texts = [
            ("patient", &self.patient),
            ("encounter", &self.encounter),
            ("practitioner", &self.practitioner),
        ];
        let mut context: Map<String, Value> = texts
            .into_iter()
            .map(|(name, text)| (name, text.trim()))
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect();
        if let Some(banner) = self.banner {
            context.insert("need_patient_banner".into(), banner.into());
        }
        let style = self.style.trim();
        if !style.is_empty() {
            context.insert("smart_style_url".into(), style.into());
        }
        context
    }

    /// The context for reading.
    pub fn context_text(&self) -> String {
        // An object of texts and booleans: writing it has no way to fail.
        serde_json::to_string_pretty(&self.context()).unwrap_or_default()
    }

    /// The `launch` parameter.
    pub fn parameter(&self) -> String {
        base64url::encode(Value::Object(self.context()).to_string().as_bytes())
    }

    /// The address that launches the app on the server `base`.
    ///
    /// # Errors
    /// When the app's address cannot be used.
    pub fn address(&self, base: &str) -> Result<String, AppProblem> {
        self.address_with(base, &self.parameter())
    }

    /// The address that launches the app on the server `base` with a handle of that server.
    ///
    /// # Errors
    /// When the app's address cannot be used.
    pub fn address_with(&self, base: &str, launch: &str) -> Result<String, AppProblem> {
        let app = self.app.trim();
        address::check(app).map_err(AppProblem::Address)?;
        let own = form::decode(app.split_once('?').map_or("", |(_, query)| query));
        if ["launch", "iss"]
            .iter()
            .any(|name| form::first(&own, name).is_some())
        {
            return Err(AppProblem::Parameters);
        }
        let parameters = form::encode([("launch", launch), ("iss", base)]);
        Ok(address::with_parameters(app, &parameters))
    }
}

/// What is wrong with an id that was typed.
pub fn id_problem(id: &str) -> Option<&'static str> {
    let id = id.trim();
    let wrong = !id.is_empty() && !is_id(id);
    wrong
        .then_some("An id has at most 64 letters, digits, dots and hyphens, and no type before it.")
}

/// What is wrong with the address of the style.
pub fn style_problem(style: &str) -> Option<AddressProblem> {
    let style = style.trim();
    if style.is_empty() {
        return None;
    }
    address::check(style).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://fhir.example/r4";
    const APP: &str = "https://fhir.example/app/sample-app/launch";

    fn full() -> Launch {
        Launch {
            app: "https://app.example/launch.html?mode=dark".into(),
            patient: "p-1".into(),
            encounter: " e-1 ".into(),
            practitioner: "d-1".into(),
            banner: Some(false),
            style: "https://ehr.example/style.json".into(),
        }
    }

    #[test]
    fn the_worked_vector_holds() {
        let launch = Launch {
            app: APP.into(),
            patient: "p1".into(),
            ..Launch::default()
        };
        assert_eq!(launch.parameter(), "eyJwYXRpZW50IjoicDEifQ");
        assert_eq!(
            launch.address(BASE).unwrap(),
            format!("{APP}?launch=eyJwYXRpZW50IjoicDEifQ&iss=https%3A%2F%2Ffhir.example%2Fr4")
        );
    }

    #[test]
    fn the_context_holds_what_was_filled_in_and_no_more() {
        let context = full().context();
        assert_eq!(
            Value::Object(context).to_string(),
            r#"{"patient":"p-1","encounter":"e-1","practitioner":"d-1","need_patient_banner":false,"smart_style_url":"https://ehr.example/style.json"}"#
        );
        assert_eq!(Launch::default().context_text(), "{}");
        assert_eq!(Launch::default().parameter(), "e30");
    }

    #[test]
    fn the_server_reads_back_what_was_launched() {
        let address = full().address(BASE).unwrap();
        let (app, query) = address.split_once('?').unwrap();
        assert_eq!(app, "https://app.example/launch.html");
        let pairs = form::decode(query);
        assert_eq!(form::first(&pairs, "mode"), Some("dark"));
        assert_eq!(form::first(&pairs, "iss"), Some(BASE));
        let context = smart::launch_context::parse(form::first(&pairs, "launch")).unwrap();
        assert_eq!(context, full().context());
    }

    #[test]
    fn the_page_s_address_holds_the_whole_state() {
        let pairs = full().to_query(APP);
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "app",
                "patient",
                "encounter",
                "practitioner",
                "banner",
                "style"
            ]
        );
        let pairs = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        assert_eq!(Launch::of_query(&form::encode(pairs), APP), full());
        assert!(Launch::of_query("", APP).to_query(APP).is_empty());
        assert_eq!(Launch::of_query("?banner=maybe", APP).banner, None);
    }

    #[test]
    fn an_address_that_cannot_be_launched_is_reported() {
        let problem = |app: &str| {
            let launch = Launch {
                app: app.into(),
                ..Launch::default()
            };
            launch.address(BASE).unwrap_err()
        };
        assert_eq!(
            problem("javascript:alert(1)"),
            AppProblem::Address(AddressProblem::Scheme)
        );
        assert_eq!(problem(" "), AppProblem::Address(AddressProblem::Empty));
        assert_eq!(
            problem("https://app.example/?iss=https://x"),
            AppProblem::Parameters
        );
    }

    #[test]
    fn ids_with_a_type_before_them_are_no_ids() {
        assert_eq!(id_problem("demo-amelia "), None);
        assert_eq!(id_problem(""), None);
        assert!(id_problem("Patient/demo-amelia").is_some());
        assert!(style_problem("http://ehr.example/s").is_some());
        assert_eq!(style_problem(" "), None);
    }
}
