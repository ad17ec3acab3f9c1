//! Exchanges a code or a refresh token at the provider's token endpoint.
//! <https://www.rfc-editor.org/rfc/rfc6749#section-3.2>

use gloo_net::http::Request;
use smart::authorization_request::with_openid_scopes;
use smart::claims::{Expected, IdClaims};
use smart::form;
use smart::token_error::{TokenError, needs_interaction};
use smart::token_response::TokenResponse;

use super::browser;
use super::failure::SignInFailure;
use super::session::Session;
use super::sign_in::SignIn;

/// What is exchanged for tokens.
pub(super) enum Grant<'a> {
    Code {
        code: &'a str,
        verifier: &'a str,
        nonce: &'a str,
        redirect_uri: &'a str,
    },
    Refresh {
        refresh_token: &'a str,
    },
}

impl SignIn {
    /// Exchanges, checks and keeps the tokens.
    pub(super) async fn exchange(&self, grant: Grant<'_>) -> Result<Session, SignInFailure> {
        let provider = self.provider()?;
        let metadata = self.metadata().await?;
        let scope = with_openid_scopes(&provider.scopes);
        let mut pairs = vec![
            ("client_id", provider.client_id.as_str()),
            ("scope", scope.as_str()),
        ];
        match &grant {
            Grant::Code {
                code,
                verifier,
                redirect_uri,
                ..
            } => pairs.extend([
                ("grant_type", "authorization_code"),
                ("code", code),
                ("code_verifier", verifier),
                ("redirect_uri", redirect_uri),
            ]),
            Grant::Refresh { refresh_token } => pairs.extend([
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token),
            ]),
        }
        let response = request_tokens(&metadata.token_endpoint, form::encode(pairs)).await?;

        let known = self.session();
        let nonce = match grant {
            Grant::Code { nonce, .. } => Some(nonce),
            Grant::Refresh { .. } => None,
        };
        let claims = match (&response.id_token, &known, nonce) {
            (Some(token), ..) => {
                let claims = IdClaims::read(token)?;
                claims.check(Expected {
                    issuer: &metadata.issuer,
                    client_id: &provider.client_id,
                    nonce,
                    now: browser::now(),
                })?;
                claims
            }
            // A refresh may leave the ID token out (OpenID Connect Core 12.2); the person stays.
            (None, Some(known), None) => known.claims.clone(),
            _ => return Err(SignInFailure::Answer("it names nobody".into())),
        };
        let session = Session {
            connection: self.configuration().fingerprint(),
            access_token: response.access_token,
            expires_at: browser::now().saturating_add(response.expires_in),
            refresh_token: response
                .refresh_token
                .or_else(|| known.and_then(|known| known.refresh_token)),
            claims,
        };
        self.keep(&session)?;
        Ok(session)
    }
}

async fn request_tokens(endpoint: &str, body: String) -> Result<TokenResponse, SignInFailure> {
    let unreachable = || SignInFailure::Unreachable {
        address: endpoint.to_owned(),
    };
    let response = Request::post(endpoint)
        .header(
            "content-type",
            "application/x-www-form-urlencoded;charset=utf-8",
        )
        .body(body)
        .map_err(|_| unreachable())?
        .send()
        .await
        .map_err(|_| unreachable())?;
    if response.ok() {
        return response
            .json()
            .await
            .map_err(|_| SignInFailure::Answer("its token response cannot be understood".into()));
    }
    let status = response.status();
    match response.json::<TokenError>().await {
        Ok(error) if needs_interaction(&error.error) => Err(SignInFailure::InteractionRequired),
        Ok(error) => Err(SignInFailure::Provider {
            description: error.words().to_owned(),
            code: error.error,
        }),
        Err(_) => Err(SignInFailure::Answer(format!(
            "its token endpoint answered {status}"
        ))),
    }
}
