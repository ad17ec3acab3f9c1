//! HTTP: from a request of the runtime to an answer, whatever happens on the way.

mod app;
mod caching;
mod cors;
mod error;
mod fault;
mod finish;
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
use crate::exchange::Exchange;
use crate::message::Incoming;
use crate::server::Server;
use std::cell::RefCell;
use std::rc::Rc;
use worker::Env;

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
    let request = Incoming::new(request, request_id);
    let base_url = config.base_url.clone();
    let base_url = base_url.unwrap_or_else(|| request.origin.clone());
    let server = Server::new(config, env, base_url, now as i64);
    let exchange = Exchange { server, request };
    let answer = router::route(&exchange).await;
    exchange.request.drain().await;
    let answer = answer.unwrap_or_else(|failure| error::answer(&exchange, failure));
    finish::finish(&exchange, answer).into_response()
}

fn config(env: &Env) -> Result<Rc<Config>, String> {
    if let Some(config) = CONFIG.with_borrow(Clone::clone) {
        return Ok(config);
    }
    let config = Rc::new(Config::from_env(env)?);
    CONFIG.set(Some(Rc::clone(&config)));
    Ok(config)
}
