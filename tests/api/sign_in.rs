//! A browser without a screen, as far as a sign-in needs one: it follows redirects, keeps cookies
//! and fills in the identity provider's login page.

use crate::server::Server;
use std::collections::BTreeMap;
use ureq::http::{Request, Response, header};
use ureq::{Agent, Body};

const MOST_REDIRECTS: usize = 10;

/// One person's browser.
#[derive(Clone, Debug)]
pub struct Browser {
    agent: Agent,
    provider: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser that nobody has signed in with yet.
    pub fn new(server: &Server) -> Self {
        Self {
            agent: server.agent.clone(),
            provider: server.idp.clone(),
            cookies: BTreeMap::new(),
        }
    }

    /// Goes to `start` and on, signs in as `user` where the provider asks, and stops before
    /// leaving for an address that begins with `target`. Returns that whole address.
    #[track_caller]
    pub fn sign_in(&mut self, start: &str, user: &str, target: &str) -> String {
        let mut url = start.to_owned();
        let mut answer = self.send("GET", &url, "");
        for _ in 0..MOST_REDIRECTS {
            if let Some(location) = location(&answer) {
                url = self.absolute(&location);
                if url.starts_with(target) {
                    return url;
                }
                answer = self.send("GET", &url, "");
            } else {
                let page = answer.body_mut().read_to_string().expect("a page");
                assert!(page.contains("id=\"password\""), "{url} says: {page}");
                // Every development account's password is its name.
                let form = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs([("login", user), ("password", user)])
                    .finish();
                answer = self.send("POST", &url, &form);
            }
        }
        panic!("no redirect to {target} but {url}");
    }

    fn absolute(&self, location: &str) -> String {
        if location.starts_with('/') {
            format!("{}{location}", self.provider)
        } else {
            location.to_owned()
        }
    }

    fn send(&mut self, method: &str, url: &str, form: &str) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(url);
        // All cookies are the provider's; nobody else is shown them.
        if url.starts_with(&self.provider) && !self.cookies.is_empty() {
            let pairs = self.cookies.iter();
            let pairs: Vec<String> = pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let answer = if method == "POST" {
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            self.agent.run(request.body(form).expect("a request"))
        } else {
            self.agent.run(request.body(()).expect("a request"))
        };
        let answer = answer.unwrap_or_else(|error| panic!("{method} {url}: {error}"));
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie");
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("name=value");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

fn location(answer: &Response<Body>) -> Option<String> {
    let location = answer.headers().get(header::LOCATION)?;
    location.to_str().ok().map(ToOwned::to_owned)
}
