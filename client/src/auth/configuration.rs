//! The connection of the client: a FHIR base and, unless the server is open, an identity provider.
//!
//! The deployment says so in `/app/config.json`; a person may choose another connection on the
//! settings page, which is kept in this browser. Neither holds a secret.

use serde::{Deserialize, Serialize};

/// The FHIR release that a server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FhirVersion {
    /// 4.0.1
    #[default]
    R4,
    /// 3.0.2
    #[serde(rename = "STU3")]
    Stu3,
}

impl FhirVersion {
    /// The release's usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::R4 => "R4",
            Self::Stu3 => "STU3",
        }
    }

    /// Reads a CapabilityStatement's `fhirVersion`; releases after R4 are close enough to it here.
    pub fn of_number(number: &str) -> Self {
        if number.starts_with("3.") {
            Self::Stu3
        } else {
            Self::R4
        }
    }
}

/// The identity provider and this client's registration there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The issuer's address, under which its metadata document hangs.
    pub authority: String,
    /// This client's registration.
    pub client_id: String,
    /// What the access token is for.
    pub scopes: Vec<String>,
}

/// A checked connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Service base URL, without a slash at the end.
    pub fhir_base: String,
    /// The server's release.
    pub fhir_version: FhirVersion,
    /// Absent when the server is open.
    pub provider: Option<Provider>,
    /// True when the provider is the development one, whose accounts may be shown.
    pub demo_accounts: bool,
}

/// The JSON form, of the deployment's document and of the stored connection alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigurationDocument {
    /// Empty or absent: no sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Needed with an authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Needed with an authority.
    pub scopes: Vec<String>,
    /// Service base URL.
    pub fhir_base: String,
    /// R4 unless said otherwise.
    pub fhir_version: FhirVersion,
    /// Never set in a deployment.
    pub demo_accounts: bool,
}

/// A field of the connection that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigurationProblem {
    /// The FHIR base is no http(s) address.
    FhirBase,
    /// The authority is no https address.
    Authority,
    /// An authority without a client id.
    ClientId,
    /// An authority without scopes.
    Scopes,
}

impl std::fmt::Display for ConfigurationProblem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::FhirBase => {
                "Enter the server's base address, such as https://fhir.example.org/r4, without \
                 ? or #."
            }
            Self::Authority => {
                "Enter the provider's address, such as https://login.example.org/tenant/v2.0. It \
                 must begin with https:// (http:// only for localhost)."
            }
            Self::ClientId => "Enter the client id under which this page is registered.",
            Self::Scopes => "Enter at least one scope; the provider's documentation names them.",
        })
    }
}

impl ConfigurationDocument {
    /// Checks the document.
    pub fn check(&self) -> Result<Configuration, ConfigurationProblem> {
        let fhir_base = self.fhir_base.trim().trim_end_matches('/');
        if !is_address(fhir_base) {
            return Err(ConfigurationProblem::FhirBase);
        }
        let provider = match filled(self.authority.as_ref()) {
            None => None,
            Some(authority) => {
                if !is_address(authority) || !(is_https(authority) || is_loopback(authority)) {
                    return Err(ConfigurationProblem::Authority);
                }
                let client_id =
                    filled(self.client_id.as_ref()).ok_or(ConfigurationProblem::ClientId)?;
                let scopes: Vec<String> = self
                    .scopes
                    .iter()
                    .map(|scope| scope.trim().to_owned())
                    .filter(|scope| !scope.is_empty())
                    .collect();
                if scopes.is_empty() {
                    return Err(ConfigurationProblem::Scopes);
                }
                Some(Provider {
                    authority: authority.trim_end_matches('/').to_owned(),
                    client_id: client_id.to_owned(),
                    scopes,
                })
            }
        };
        Ok(Configuration {
            fhir_base: fhir_base.to_owned(),
            fhir_version: self.fhir_version,
            provider,
            demo_accounts: self.demo_accounts,
        })
    }
}

impl Configuration {
    /// Identifies the connection, so that tokens for one are never sent to another.
    pub fn fingerprint(&self) -> String {
        let provider = self.provider.as_ref().map(|provider| {
            format!(
                "{} {} {}",
                provider.authority,
                provider.client_id,
                provider.scopes.join(" ")
            )
        });
        format!("{} {}", self.fhir_base, provider.unwrap_or_default())
    }
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn is_https(address: &str) -> bool {
    address.starts_with("https://")
}

/// An absolute http(s) address with a host and without query, fragment or blanks.
fn is_address(address: &str) -> bool {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !rest.contains(|letter: char| {
                letter.is_whitespace() || matches!(letter, '?' | '#' | '@' | '\\')
            })
    })
}

fn is_loopback(address: &str) -> bool {
    let host = address
        .strip_prefix("http://")
        .and_then(|rest| rest.split(['/', ':']).next());
    host.is_some_and(|host| host == "localhost" || host == "127.0.0.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployed() -> ConfigurationDocument {
        serde_json::from_str(
            r#"{"authority":"http://localhost:8400/t/v2.0","clientId":"fhir-spa",
                "scopes":["http://localhost:8787/.default"],"fhirBase":"http://localhost:8787/",
                "fhirVersion":"STU3","demoAccounts":true}"#,
        )
        .unwrap()
    }

    #[test]
    fn the_deployed_document_is_read() {
        let configuration = deployed().check().unwrap();
        assert_eq!(configuration.fhir_base, "http://localhost:8787");
        assert_eq!(configuration.fhir_version, FhirVersion::Stu3);
        assert!(configuration.demo_accounts);
        assert_eq!(configuration.provider.unwrap().client_id, "fhir-spa");
    }

    #[test]
    fn without_an_authority_the_server_is_open() {
        let document = ConfigurationDocument {
            authority: Some("  ".into()),
            ..deployed()
        };
        assert_eq!(document.check().unwrap().provider, None);
    }

    #[test]
    fn addresses_that_cannot_be_bases_are_refused() {
        for base in [
            "",
            "fhir.example.org",
            "ftp://x",
            "http://",
            "https:///r4",
            "https://x/r4?a=b",
            "https://x/#a",
            "https://x y",
            "https://user@x",
            "javascript:alert(1)",
        ] {
            let document = ConfigurationDocument {
                fhir_base: base.into(),
                ..deployed()
            };
            assert_eq!(
                document.check(),
                Err(ConfigurationProblem::FhirBase),
                "{base}"
            );
        }
    }

    #[test]
    fn a_provider_without_tls_is_for_localhost_only() {
        let with = |authority: &str| {
            ConfigurationDocument {
                authority: Some(authority.into()),
                ..deployed()
            }
            .check()
            .map(|_| ())
        };
        assert_eq!(with("https://idp.example"), Ok(()));
        assert_eq!(with("http://127.0.0.1:8400/t"), Ok(()));
        for refused in ["http://idp.example", "http://localhost.evil.example/", "x"] {
            assert_eq!(
                with(refused),
                Err(ConfigurationProblem::Authority),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_provider_needs_a_client_and_scopes() {
        let no_client = ConfigurationDocument {
            client_id: None,
            ..deployed()
        };
        assert_eq!(no_client.check(), Err(ConfigurationProblem::ClientId));
        let no_scopes = ConfigurationDocument {
            scopes: vec![" ".into()],
            ..deployed()
        };
        assert_eq!(no_scopes.check(), Err(ConfigurationProblem::Scopes));
    }

    #[test]
    fn another_base_is_another_connection() {
        let elsewhere = ConfigurationDocument {
            fhir_base: "https://fhir.example".into(),
            ..deployed()
        };
        assert_ne!(
            deployed().check().unwrap().fingerprint(),
            elsewhere.check().unwrap().fingerprint()
        );
    }

    #[test]
    fn the_release_is_told_from_its_number() {
        assert_eq!(FhirVersion::of_number("3.0.2"), FhirVersion::Stu3);
        assert_eq!(FhirVersion::of_number("4.0.1"), FhirVersion::R4);
        assert_eq!(FhirVersion::of_number("5.0.0"), FhirVersion::R4);
    }
}
