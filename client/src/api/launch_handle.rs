//! A launch handle of the server: what an app is opened with that nobody else could have written.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-ehr-launch>

use gloo_net::http::Request;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::api::failure::FhirFailure;
use crate::api::fhir_client::answer;
use crate::auth::sign_in::SignIn;
use crate::auth::silent::Freshness;

#[derive(Deserialize)]
struct Issued {
    launch: String,
}

/// Asks the server at `base` for a handle, as the person who is signed in. @returns the `launch`
/// parameter
pub(crate) async fn request_handle(
    base: &str,
    sign_in: &SignIn,
    context: Map<String, Value>,
) -> Result<String, FhirFailure> {
    let account = sign_in.person().account();
    let token = sign_in
        .access_token(account.as_ref(), Freshness::Kept)
        .await?;
    let unreachable = || FhirFailure::Unreachable {
        base: base.to_owned(),
        other_origin: false,
    };
    let mut request =
        Request::post(&format!("{base}/launch")).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", &format!("Bearer {token}"));
    }
    let request = request
        .body(Value::Object(context).to_string())
        .map_err(|_| unreachable())?;
    let response = request.send().await.map_err(|_| unreachable())?;
    let issued: Result<Issued, _> = serde_json::from_value(answer(response).await?);
    issued
        .map(|issued| issued.launch)
        .map_err(|_| FhirFailure::Unreadable { status: 201 })
}
