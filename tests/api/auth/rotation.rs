//! Keys change: those signed in stay so while their key is published, the new key is found soon and
//! with measure, and a key that was removed stops counting.

use api::{Settings, assert_outcome};
use std::thread;
use std::time::{Duration, Instant};

/// A minute, and what the requests in between take.
const A_MINUTE: Duration = Duration::from_secs(65);

#[test]
fn a_rotated_key_is_accepted_within_a_minute_and_nobody_is_thrown_out() {
    let running = Settings::default().start();
    let server = &running.server;
    let before = server.admin();
    before.get("/Patient").expect(200);
    server.rotate_keys(true);
    let after = server.bearing(&server.forgery().sign());
    let start = Instant::now();
    loop {
        before.get("/Patient").expect(200);
        let answer = after.get("/Patient");
        if answer.status == 200 {
            break;
        }
        assert_outcome(&answer, 401, "login", "does not publish");
        assert!(start.elapsed() < A_MINUTE, "{answer}");
        thread::sleep(Duration::from_secs(1));
    }
    before.get("/Patient").expect(200);
}

#[test]
fn tokens_of_a_removed_key_end_within_a_minute_also_those_that_were_verified_before() {
    let running = Settings::default().start();
    let server = &running.server;
    let verified = server.admin();
    verified.get("/Patient").expect(200);
    let unused = server.bearing(&server.forgery().sign());
    server.rotate_keys(false);
    let start = Instant::now();
    loop {
        let answer = verified.get("/Patient");
        if answer.status == 401 {
            assert_outcome(&answer, 401, "login", "does not publish");
            break;
        }
        answer.expect(200);
        assert!(start.elapsed() < A_MINUTE, "the token is still taken");
        thread::sleep(Duration::from_secs(2));
    }
    let answer = unused.get("/Patient");
    assert_outcome(&answer, 401, "login", "does not publish");
    // The new key counts; `forgery` signs with it.
    let renewed = server.bearing(&server.forgery().sign());
    renewed.get("/Patient").expect(200);
}
