//! The page's one clock, set by the `Date` of its own server. Other sites' `Date` headers are
//! hidden from scripts. <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>

use std::cell::Cell;

use gloo_net::http::{Request, Response};

use super::clock::{Clock, Reading};

/// A small uncached document of this origin.
const ASKED: &str = "/app/config.json";

thread_local! {
    static CLOCK: Cell<Option<Clock>> = const { Cell::new(None) };
}

/// Both clocks of the browser.
pub(crate) fn reading() -> Reading {
    let wall = js_sys::Date::now() / 1_000.0;
    let performance = web_sys::window().and_then(|window| window.performance());
    Reading {
        wall,
        // A browser without it cannot tell a changed clock from elapsed time.
        monotonic: performance.map_or(wall, |performance| performance.now() / 1_000.0),
    }
}

fn clock() -> Clock {
    CLOCK.get().unwrap_or_else(|| Clock::unset(reading()))
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    clock().now(reading())
}

/// True when the server set the clock.
pub(crate) fn by_server() -> bool {
    clock().by_server()
}

/// Sets the clock by an answer of this origin to a request made at `asked`.
pub(crate) fn set_by(response: &Response, asked: Reading) {
    let answered = reading();
    let date = response.headers().get("date");
    let date = date.map(|date| js_sys::Date::parse(&date) / 1_000.0);
    CLOCK.set(Some(match date.filter(|date| date.is_finite()) {
        Some(date) => Clock::set(date, asked, answered),
        None => Clock::unset(answered),
    }));
}

/// Sets the clock again after the computer slept or its clock was changed.
pub(crate) async fn keep_right() {
    if !clock().must_be_set(reading()) {
        return;
    }
    let asked = reading();
    // Offline just after waking: the faster of the two clocks serves until the next time.
    if let Ok(response) = Request::get(ASKED)
        .cache(web_sys::RequestCache::NoStore)
        .send()
        .await
    {
        set_by(&response, asked);
    }
}
