//! Exchanges a code or a refresh token at the provider's token endpoint.
//! <https://www.rfc-editor.org/rfc/rfc6749#section-3.2>

use smart::authorization_request::with_openid_scopes;
use smart::claims::{ClaimsError, Expected, IdClaims};
use smart::form;
use smart::token_error::TokenError;
use smart::token_response::TokenResponse;

use super::account::AccountKey;
use super::failure::{Cause, SignInFailure};
use super::provider_error::ProviderError;
use super::provider_request::ask;
use super::sign_in::SignIn;
use super::time;
use super::tokens::Tokens;

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
        claims: &'a IdClaims,
    },
}

impl SignIn {
    /// Exchanges and validates; the caller stores the result.
    pub(super) async fn exchange(
        &self,
        grant: Grant<'_>,
    ) -> Result<(IdClaims, Tokens), SignInFailure> {
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
            Grant::Refresh { refresh_token, .. } => pairs.extend([
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token),
            ]),
        }
        time::keep_right().await;
        let response = request_tokens(&metadata.token_endpoint, &form::encode(pairs)).await?;

        let read = |token: &str, nonce| {
            let claims = IdClaims::read(token).map_err(not_accepted)?;
            let expected = Expected {
                issuer: &metadata.issuer,
                client_id: &provider.client_id,
                nonce,
                now: time::now(),
            };
            match claims.check(expected) {
                Ok(()) => Ok(claims),
                Err(ClaimsError::Expired | ClaimsError::NotYetValid) => Err(clock(&claims)),
                Err(error) => Err(not_accepted(error)),
            }
        };
        let (claims, used) = match (grant, &response.id_token) {
            (Grant::Code { nonce, .. }, Some(token)) => (read(token, Some(nonce))?, None),
            (Grant::Code { .. }, None) => {
                return Err(SignInFailure::Answer("it has no ID token".into()));
            }
            // A refresh response may omit the ID token (OpenID Connect Core 12.2): the person is the
            // same.
            (
                Grant::Refresh {
                    refresh_token,
                    claims,
                },
                None,
            ) => (claims.clone(), Some(refresh_token)),
            (
                Grant::Refresh {
                    refresh_token,
                    claims: known,
                },
                Some(token),
            ) => {
                let claims = read(token, None)?;
                if AccountKey::of(&claims) != AccountKey::of(known) {
                    return Err(SignInFailure::InteractionRequired(Cause::OtherAccount));
                }
                (claims, Some(refresh_token))
            }
        };
        let refresh_token = response.refresh_token;
        let tokens = Tokens::new(
            response.access_token,
            refresh_token.or_else(|| used.map(str::to_owned)),
            time::now(),
            response.expires_in,
        );
        Ok((claims, tokens))
    }
}

fn not_accepted(error: ClaimsError) -> SignInFailure {
    SignInFailure::Answer(error.to_string())
}

/// The token was just issued, so `iat` is the provider's current time.
fn clock(claims: &IdClaims) -> SignInFailure {
    let signed = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    SignInFailure::Clock {
        ahead: signed(time::now()).saturating_sub(signed(claims.iat)),
        by_server: time::by_server(),
    }
}

async fn request_tokens(endpoint: &str, body: &str) -> Result<TokenResponse, SignInFailure> {
    let response = ask(endpoint, Some(body)).await?;
    if response.ok() {
        return response
            .json()
            .await
            .map_err(|_| SignInFailure::Answer("its token response is not valid".into()));
    }
    let status = response.status();
    match response.json::<TokenError>().await {
        Ok(error) => Err(ProviderError::of_token_endpoint(error).into()),
        Err(_) => Err(SignInFailure::Answer(format!(
            "its token endpoint answered {status}"
        ))),
    }
}
