//! Keys change: those signed in stay so, and the new key is found soon and with measure.

use api::{Settings, assert_outcome};
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn a_rotated_key_is_accepted_within_a_minute_and_nobody_is_thrown_out() {
    let running = Settings::default().start();
    let server = &running.server;
    let before = server.admin();
    before.get("/Patient").expect(200);
    server.rotate_keys();
    let after = server.bearing(&server.forgery().sign());
    let start = Instant::now();
    loop {
        before.get("/Patient").expect(200);
        let answer = after.get("/Patient");
        if answer.status == 200 {
            break;
        }
        assert_outcome(&answer, 401, "login", "does not publish");
        assert!(start.elapsed() < Duration::from_secs(60), "{answer}");
        thread::sleep(Duration::from_secs(1));
    }
}
