//! Configuration: every variable with its default, read once per instance. The operator's page
//! is `docs/configuration.md`.

mod authority;
mod cors;
mod roles;
mod security;
mod smart_proxy;

use fhir::Release;
use worker::Env;

pub(crate) use authority::Authority;
pub(crate) use cors::Cors;
pub(crate) use roles::{DataActions, Roles};
pub(crate) use security::Security;
pub(crate) use smart_proxy::{ClientKeys, SmartProxy};

/// What the operator has set.
#[derive(Debug)]
pub(crate) struct Config {
    /// `FHIR_VERSION`, default `R4`: the release that is served, `R4` or `STU3`.
    pub(crate) release: Release,
    /// `BASE_URL`, default the origin of the request: the public base, without a trailing slash.
    pub(crate) base_url: Option<String>,
    /// Who is trusted and what they may do.
    pub(crate) security: Security,
    /// Which web origins may call.
    pub(crate) cors: Cors,
    /// The SMART on FHIR proxy.
    pub(crate) smart_proxy: SmartProxy,
    /// The browser client at `/app/`.
    pub(crate) client: Client,
    /// `FAULT_INJECTION`, default `off`: with `on`, test routes below `/fault/` end the instance.
    pub(crate) fault_injection: bool,
}

/// What the browser client is told.
#[derive(Debug)]
pub(crate) struct Client {
    /// `CLIENT_ID`, default `fhir-spa`: its registration at the identity provider.
    pub(crate) id: String,
    /// `CLIENT_SCOPES`, default `<audience>/user_impersonation`, space-separated.
    pub(crate) scopes: Option<String>,
    /// `CLIENT_CONNECT_SRC`, default empty: other origins that the client may call.
    pub(crate) connect_src: String,
    /// `DEMO_ACCOUNTS`, default `off`: whether the client shows the development accounts.
    pub(crate) demo_accounts: bool,
    /// `SAMPLE_APP_CLIENT_ID`, default none: the registration of the sample SMART app at
    /// `/app/sample-app`. Without it the person at the app enters one.
    pub(crate) sample_app_id: Option<String>,
}

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    /// The variable that is wrong and what would be right, for the operator's log.
    pub(crate) fn from_env(env: &Env) -> Result<Self, String> {
        Self::read(&|name| env.var(name).ok().map(|value| value.to_string()))
    }

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let get = |name: &str| {
            get(name)
                .map(|v| v.trim().to_owned())
                .filter(|v| !v.is_empty())
        };
        let security = Security::read(&get)?;
        let smart_proxy = SmartProxy::read(&get, &security.roles)?;
        if smart_proxy.enabled && security.authority.is_none() {
            return Err("SMART_PROXY is on without an AUTHORITY to stand in front of".into());
        }
        Ok(Self {
            release: get("FHIR_VERSION").as_deref().unwrap_or("R4").parse()?,
            base_url: get("BASE_URL").map(|url| url.trim_end_matches('/').to_owned()),
            cors: Cors::read(&get)?,
            smart_proxy,
            security,
            client: Client {
                id: get("CLIENT_ID").unwrap_or_else(|| "fhir-spa".into()),
                scopes: get("CLIENT_SCOPES"),
                connect_src: get("CLIENT_CONNECT_SRC").unwrap_or_default(),
                demo_accounts: switch(&get, "DEMO_ACCOUNTS")?,
                sample_app_id: get("SAMPLE_APP_CLIENT_ID"),
            },
            fault_injection: switch(&get, "FAULT_INJECTION")?,
        })
    }
}

/// A switch: `on`, or `off` and unset.
fn switch(get: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<bool, String> {
    match get(name).as_deref() {
        None | Some("off") => Ok(false),
        Some("on") => Ok(true),
        Some(other) => Err(format!("{name} is `{other}`; it must be `on` or `off`")),
    }
}

/// The items of a comma-separated list.
fn list(value: Option<String>) -> Vec<String> {
    let value = value.unwrap_or_default();
    let items = value
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    items.map(ToOwned::to_owned).collect()
}

#[cfg(test)]
impl Config {
    /// What a server at `base_url` has where nothing else is set.
    pub(crate) fn of_tests(base_url: &str) -> Self {
        let base_url = base_url.to_owned();
        Self::read(&|name| (name == "BASE_URL").then(|| base_url.clone())).expect("a configuration")
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn read(variables: &[(&str, &str)]) -> Result<Config, String> {
        Config::read(&|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn every_variable_has_a_default() {
        let config = read(&[]).unwrap();
        assert_eq!(config.release, fhir::Release::R4);
        assert!(config.base_url.is_none() && config.cors.origins.is_empty());
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        let cases: [(&[(&str, &str)], &str); 8] = [
            (&[("FHIR_VERSION", "R5")], "must be R4 or STU3"),
            (&[("DEMO_ACCOUNTS", "yes")], "must be `on` or `off`"),
            (&[("SMART_PROXY", "on")], "AUTHORITY"),
            (&[("CORS_MAX_AGE", "soon")], "whole number of seconds"),
            (
                &[("CORS_ORIGINS", "*"), ("CORS_CREDENTIALS", "on")],
                "CORS_CREDENTIALS",
            ),
            (&[("CORS_ORIGINS", "example.org")], "scheme://host"),
            (&[("ROLES", "{}")], "ROLES"),
            (
                &[("ROLES", r#"[{"name":"x y","dataActions":["read"]}]"#)],
                "letters",
            ),
        ];
        for (variables, remedy) in cases {
            let message = read(variables).unwrap_err();
            assert!(message.contains(remedy), "{message}");
        }
    }
}
