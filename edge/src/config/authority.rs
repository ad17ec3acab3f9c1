//! The identity providers whose tokens are taken, and what each may say of its users: a provider
//! that is trusted less must not be able to speak of another's.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html>

use super::Roles;
use serde::Deserialize;

/// One identity provider.
#[derive(Debug)]
pub(crate) struct Authority {
    /// Where its discovery document is found, without a slash at the end.
    pub(crate) url: String,
    /// The issuer that its document must name, where it is not the address.
    issuer: Option<String>,
    /// The only roles that its tokens can name; `None` when they can name any.
    pub(crate) roles: Option<Vec<String>>,
    /// The only users and services of it that are let in; empty for all.
    pub(crate) allowed_object_ids: Vec<String>,
    /// Whether its tokens can say which resource a person is.
    pub(crate) names_fhir_users: bool,
}

/// A trusted authority as the operator writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    authority: String,
    issuer: Option<String>,
    roles: Option<Vec<String>>,
    allowed_object_ids: Option<Vec<String>>,
    fhir_user: Option<bool>,
}

/// The issuers of Azure's first version, by the host of the authority.
/// <https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#token-formats>
const AZURE: [(&str, &str); 3] = [
    (
        "https://login.microsoftonline.com/",
        "https://sts.windows.net/",
    ),
    (
        "https://login.microsoftonline.us/",
        "https://sts.windows.net/",
    ),
    (
        "https://login.partner.microsoftonline.cn/",
        "https://sts.chinacloudapi.cn/",
    ),
];

impl Authority {
    /// `AUTHORITY`, which may say everything.
    pub(crate) fn primary(
        url: &str,
        issuer: Option<String>,
        allowed_object_ids: Vec<String>,
    ) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            issuer,
            roles: None,
            allowed_object_ids,
            names_fhir_users: true,
        }
    }

    /// `TRUSTED_AUTHORITIES`: a list with commas, or a JSON array.
    pub(super) fn trusted(
        value: Option<String>,
        primary: Option<&Self>,
        roles: &Roles,
    ) -> Result<Vec<Self>, String> {
        let is_json = value.as_ref().is_some_and(|value| value.starts_with('['));
        let entries: Vec<Entry> = if is_json {
            serde_json::from_str(&value.unwrap_or_default()).map_err(|error| {
                format!("TRUSTED_AUTHORITIES is no JSON array of authorities: {error}")
            })?
        } else {
            let urls = super::list(value).into_iter();
            urls.map(Entry::of).collect()
        };
        let mut trusted: Vec<Self> = Vec::new();
        for entry in entries {
            let authority = entry.check(primary, roles)?;
            let mut before = primary.into_iter().chain(&trusted);
            if before.any(|other| other.url == authority.url) {
                // In a plain list, which has no rules, once more says nothing new.
                if !is_json {
                    continue;
                }
                let url = &authority.url;
                return Err(format!("TRUSTED_AUTHORITIES: `{url}` is configured twice"));
            }
            trusted.push(authority);
        }
        Ok(trusted)
    }

    /// The issuer of tokens when the discovery document names `stated`; `None` when that is not
    /// this authority's.
    pub(crate) fn issuer_of(&self, stated: &str) -> Option<String> {
        if let Some(issuer) = &self.issuer {
            // Azure writes so for authorities of many tenants; the operator says which one.
            let is_template = stated
                .split_once("{tenantid}")
                .is_some_and(|(before, after)| {
                    let tenant = issuer.strip_prefix(before);
                    let tenant = tenant.and_then(|rest| rest.strip_suffix(after));
                    tenant.is_some_and(|tenant| !tenant.is_empty() && !tenant.contains('/'))
                });
            return (issuer == stated || is_template).then(|| issuer.clone());
        }
        let is_own = stated.trim_end_matches('/') == self.url || self.is_azure_issuer(stated);
        is_own.then(|| stated.to_owned())
    }

    /// Azure's own hosts name the issuer of the first version elsewhere, and a tenant by its id
    /// where the operator has named it by its domain.
    fn is_azure_issuer(&self, stated: &str) -> bool {
        AZURE.iter().any(|(host, first_version)| {
            let Some(path) = self.url.strip_prefix(host) else {
                return false;
            };
            let (named, own) = match path.strip_suffix("/v2.0") {
                Some(tenant) => {
                    let rest = stated.strip_prefix(host);
                    (tenant, rest.and_then(|rest| rest.strip_suffix("/v2.0")))
                }
                None => {
                    let rest = stated.strip_prefix(first_version);
                    (path, rest.and_then(|rest| rest.strip_suffix('/')))
                }
            };
            own.is_some_and(|own| own == named || (named.contains('.') && is_tenant_id(own)))
        })
    }

    /// Whether both are endpoints of one directory, with the same users: the versions of an Azure
    /// tenant.
    pub(crate) fn is_same_directory(&self, other: &Self) -> bool {
        directory(&self.url) == directory(&other.url)
    }
}

impl Entry {
    fn of(authority: String) -> Self {
        Self {
            authority,
            issuer: None,
            roles: None,
            allowed_object_ids: None,
            fhir_user: None,
        }
    }

    fn check(self, primary: Option<&Authority>, roles: &Roles) -> Result<Authority, String> {
        let url = self.authority.trim_end_matches('/').to_owned();
        let same = primary.filter(|primary| directory(&primary.url) == directory(&url));
        let named = self.roles.as_deref().unwrap_or_default();
        let mut unknown = named
            .iter()
            .filter(|name| *name != "*" && !roles.is_defined(name));
        if let Some(unknown) = unknown.next() {
            return Err(format!(
                "TRUSTED_AUTHORITIES: `{url}` has the role `{unknown}`, which is neither built in nor in ROLES"
            ));
        }
        // Another directory's tokens have no roles until the operator says which.
        let roles = match self.roles {
            Some(roles) if roles.iter().any(|name| name == "*") => None,
            Some(roles) => Some(roles),
            None if same.is_some() => None,
            None => Some(Vec::new()),
        };
        let same_ids = || same.map(|primary| primary.allowed_object_ids.clone());
        let ids = self.allowed_object_ids.or_else(same_ids);
        Ok(Authority {
            url,
            issuer: self.issuer,
            roles,
            allowed_object_ids: ids.unwrap_or_default(),
            names_fhir_users: self.fhir_user.unwrap_or(same.is_some()),
        })
    }
}

fn directory(url: &str) -> &str {
    url.strip_suffix("/v2.0").unwrap_or(url)
}

fn is_tenant_id(text: &str) -> bool {
    text.len() == 36 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "11111111-1111-1111-1111-111111111111";

    fn primary(url: &str, issuer: Option<&str>) -> Authority {
        Authority::primary(url, issuer.map(ToOwned::to_owned), vec!["o-1".into()])
    }

    fn trusted(value: &str) -> Result<Vec<Authority>, String> {
        let primary = primary("https://login.example/t/v2.0", None);
        let roles = Roles::read(None).unwrap();
        Authority::trusted(Some(value.into()), Some(&primary), &roles)
    }

    #[test]
    fn a_discovery_document_is_of_the_issuer_that_was_configured() {
        let azure = format!("https://login.microsoftonline.com/{TENANT}");
        let (v1, v2) = (azure.clone(), format!("{azure}/v2.0"));
        let named = "https://login.microsoftonline.com/contoso.com/v2.0";
        let many = "https://login.microsoftonline.com/common/v2.0";
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
        let sts = format!("https://sts.windows.net/{TENANT}/");
        let other = "22222222-2222-2222-2222-222222222222";
        let (other_sts, other_v2) = (sts.replace(TENANT, other), v2.replace(TENANT, other));
        for (url, issuer, stated, expected) in [
            ("https://a.example/t", None, "https://a.example/t", true),
            ("https://a.example/t", None, "https://a.example/t/", true),
            ("https://a.example/t/", None, "https://a.example/t", true),
            ("https://a.example/t", None, "https://a.example", false),
            ("https://a.example/t", None, "https://b.example/t", false),
            ("https://a.example/t", None, "https://a.example/T", false),
            ("https://a.example/t", None, &sts, false),
            ("https://a.example", Some("urn:a"), "urn:a", true),
            (
                "https://a.example",
                Some("urn:a"),
                "https://a.example",
                false,
            ),
            (&v2, None, &v2, true),
            (&v2, None, &other_v2, false),
            (&v2, None, &sts, false),
            (&v1, None, &sts, true),
            (&v1, None, &other_sts, false),
            (&v1, None, &v1, true),
            (named, None, &v2, true),
            (
                named,
                None,
                "https://login.microsoftonline.com/x/v2.0",
                false,
            ),
            (many, None, template, false),
            (many, Some(&v2), template, true),
            (many, Some(&sts), template, false),
        ] {
            let found = primary(url, issuer).issuer_of(stated);
            assert_eq!(found.is_some(), expected, "{url} {issuer:?} {stated}");
        }
        assert_eq!(primary(many, Some(&v2)).issuer_of(template), Some(v2));
    }

    #[test]
    fn another_directory_may_say_nothing_until_it_is_told_what() {
        let of_list = trusted("https://login.example/t/, https://other.example").unwrap();
        let [same, other] = of_list.as_slice() else {
            panic!("two authorities");
        };
        assert_eq!((&same.roles, same.names_fhir_users), (&None, true));
        assert_eq!(same.allowed_object_ids, ["o-1"]);
        assert_eq!(other.roles, Some(Vec::new()));
        assert!(!other.names_fhir_users && other.allowed_object_ids.is_empty());
        let json = r#"[{"authority":"https://other.example","roles":["globalReader"],
            "allowedObjectIds":["o-2"],"fhirUser":true},
            {"authority":"https://third.example","roles":["*"]}]"#;
        let of_json = trusted(json).unwrap();
        assert_eq!(of_json[0].roles, Some(vec!["globalReader".to_owned()]));
        assert_eq!(of_json[0].allowed_object_ids, ["o-2"]);
        assert!(of_json[0].names_fhir_users && !of_json[1].names_fhir_users);
        assert_eq!(of_json[1].roles, None);
    }

    #[test]
    fn what_a_plain_list_says_twice_counts_once() {
        let list = "https://a.example,https://login.example/t/v2.0,https://a.example/";
        let trusted = trusted(list).unwrap();
        assert_eq!(trusted.len(), 1);
        assert_eq!(trusted[0].url, "https://a.example");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (value, expected) in [
            ("[{}]", "authority"),
            (
                r#"[{"authority":"https://a.example","colour":1}]"#,
                "colour",
            ),
            (
                r#"[{"authority":"https://a.example","roles":["king"]}]"#,
                "`king`",
            ),
            (
                r#"[{"authority":"https://a.example"},{"authority":"https://a.example/"}]"#,
                "twice",
            ),
            (r#"[{"authority":"https://login.example/t/v2.0"}]"#, "twice"),
        ] {
            let message = trusted(value).unwrap_err();
            assert!(message.contains(expected), "{value}: {message}");
        }
    }
}
