//! Requests to the provider, repeated after a pause while it is busy.

use gloo_net::http::{Request, Response};
use gloo_timers::future::TimeoutFuture;

use super::failure::SignInFailure;
use super::patience::{Next, is_busy, next};
use super::time;

/// Posts a form, or without one gets a document.
pub(super) async fn ask(address: &str, form: Option<&str>) -> Result<Response, SignInFailure> {
    let unreachable = || SignInFailure::Unreachable {
        address: address.to_owned(),
    };
    let mut tried = 0;
    loop {
        let request = match form {
            None => Request::get(address).build(),
            Some(form) => Request::post(address)
                .header(
                    "content-type",
                    "application/x-www-form-urlencoded;charset=utf-8",
                )
                .body(form),
        };
        let request = request.map_err(|_| unreachable())?;
        let response = request.send().await.map_err(|_| unreachable())?;
        if !is_busy(response.status()) {
            return Ok(response);
        }
        tried += 1;
        match next(tried, retry_after(&response)) {
            Next::After { millis } => TimeoutFuture::new(millis).await,
            Next::GiveUp { seconds } => return Err(SignInFailure::Busy { seconds }),
        }
    }
}

/// Seconds, which come as such or as a date. Few providers let scripts of other sites see either.
fn retry_after(response: &Response) -> Option<u64> {
    let value = response.headers().get("retry-after")?;
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(seconds);
    }
    let date = js_sys::Date::parse(value) / 1_000.0;
    date.is_finite()
        .then(|| (date as u64).saturating_sub(time::now()))
}
