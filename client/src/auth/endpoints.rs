//! Checks the addresses in a provider's metadata: the browser opens two of them, and the third
//! receives codes and refresh tokens.
//! <https://www.rfc-editor.org/rfc/rfc6749#section-3.1>

use smart::discovery::ProviderMetadata;

use super::failure::SignInFailure;
use super::smart_app::address;

/// Checks all of them before any is used.
///
/// # Errors
/// Names the first that is neither https nor on this machine.
pub fn check(metadata: &ProviderMetadata) -> Result<(), SignInFailure> {
    let endpoints = [
        (
            "authorization endpoint",
            Some(&metadata.authorization_endpoint),
        ),
        ("token endpoint", Some(&metadata.token_endpoint)),
        (
            "end session endpoint",
            metadata.end_session_endpoint.as_ref(),
        ),
    ];
    for (name, endpoint) in endpoints {
        if endpoint.is_some_and(|endpoint| address::check(endpoint).is_err()) {
            return Err(SignInFailure::Endpoint(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(base: &str) -> ProviderMetadata {
        ProviderMetadata {
            issuer: "https://idp.example/v2.0".into(),
            authorization_endpoint: format!("{base}/authorize"),
            token_endpoint: format!("{base}/token"),
            end_session_endpoint: Some(format!("{base}/logout?p=policy")),
        }
    }

    #[test]
    fn https_and_loopback_addresses_are_accepted() {
        for base in [
            "https://login.example/tenant/oauth2/v2.0",
            "http://localhost:8400/tenant",
            "http://127.0.0.1",
        ] {
            assert_eq!(check(&metadata(base)), Ok(()), "{base}");
        }
        let without_sign_out = ProviderMetadata {
            end_session_endpoint: None,
            ..metadata("https://login.example")
        };
        assert_eq!(check(&without_sign_out), Ok(()));
    }

    #[test]
    fn script_and_cleartext_addresses_are_refused_for_every_endpoint() {
        for address in [
            "javascript:alert(1)//",
            "data:text/html,x",
            "http://login.example/x",
            "http://localhost.evil.example/x",
            "//login.example/x",
            "/x",
            "",
        ] {
            let good = || metadata("https://login.example");
            for (changed, name) in [
                (
                    ProviderMetadata {
                        authorization_endpoint: address.into(),
                        ..good()
                    },
                    "authorization endpoint",
                ),
                (
                    ProviderMetadata {
                        token_endpoint: address.into(),
                        ..good()
                    },
                    "token endpoint",
                ),
                (
                    ProviderMetadata {
                        end_session_endpoint: Some(address.into()),
                        ..good()
                    },
                    "end session endpoint",
                ),
            ] {
                assert_eq!(
                    check(&changed),
                    Err(SignInFailure::Endpoint(name)),
                    "{address}"
                );
            }
        }
    }
}
