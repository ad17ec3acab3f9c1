//! HTTP: from a request of the runtime to an answer, whatever happens on the way.

mod answer;
mod app;
mod body;
mod caching;
mod cors;
pub(crate) mod dpop;
mod error;
mod exchange;
mod fault;
mod interact;
mod negotiation;
mod open;
mod reindex;
mod render;
mod responses;
mod router;
mod token_in_url;

use crate::binding;
use crate::config::Config;
use std::cell::RefCell;
use std::rc::Rc;
use worker::Env;

pub(crate) use answer::{Answer, Body};
pub(crate) use dpop::Unproven;
pub(crate) use error::method_not_allowed;
pub(crate) use exchange::Exchange;

thread_local! {
    static CONFIG: RefCell<Option<Rc<Config>>> = const { RefCell::new(None) };
}

/// Answers one request that arrived at `now` (milliseconds since 1970).
pub(crate) async fn serve(request: web_sys::Request, env: Env, now: f64) -> web_sys::Response {
    let request_id = binding::random_uuid();
    let config = match config(&env) {
        Ok(config) => config,
        Err(problem) => {
            binding::log_error(&format!("request {request_id}: configuration: {problem}"));
            return error::unconfigured(&request_id).into_response();
        }
    };
    let exchange = Exchange::new(config, env, &request, request_id, now as i64);
    let answer = router::route(&exchange, &request).await;
    exchange.drain(&request).await;
    let answer = answer.unwrap_or_else(|failure| error::answer(&exchange, failure));
    exchange.finish(answer).into_response()
}

fn config(env: &Env) -> Result<Rc<Config>, String> {
    if let Some(config) = CONFIG.with_borrow(Clone::clone) {
        return Ok(config);
    }
    let config = Rc::new(Config::from_env(env)?);
    CONFIG.set(Some(Rc::clone(&config)));
    Ok(config)
}
