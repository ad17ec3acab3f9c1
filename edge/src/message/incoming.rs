//! A request as it came: method, address, headers; `body.rs` reads its body.

use crate::binding;
use fhir::outcome::{Issue, IssueType};
use std::net::Ipv6Addr;

/// A request that came over HTTP.
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// `https://host:port` as the caller wrote it.
    pub(crate) origin: String,
    /// The path's segments, percent-decoded.
    pub(crate) segments: Vec<String>,
    /// The decoded pairs of the query string.
    pub(crate) query: Vec<(String, String)>,
    /// By which logs and answers know the request.
    pub(crate) request_id: String,
    headers: Vec<(String, String)>,
    /// Where the body is.
    pub(super) request: web_sys::Request,
}

impl Incoming {
    /// A request of the runtime, to be known by an id.
    pub(crate) fn new(request: web_sys::Request, request_id: String) -> Self {
        let head = binding::request_head(&request).to_vec();
        let head = String::from_utf8(head).unwrap_or_default();
        let mut lines = head.split('\n').map(ToOwned::to_owned);
        let method = lines.next().unwrap_or_default();
        let url = lines.next().unwrap_or_default();
        let headers = std::iter::from_fn(|| Some((lines.next()?, lines.next()?))).collect();
        let (origin, rest) = split_origin(&url);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.split_once('#').map_or(path, |(path, _)| path);
        let decode = |segment: &str| {
            percent_encoding::percent_decode_str(segment)
                .decode_utf8_lossy()
                .into_owned()
        };
        Self {
            method,
            origin: origin.to_owned(),
            segments: path
                .split('/')
                .filter(|segment| !segment.is_empty())
                .map(decode)
                .collect(),
            query: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            request_id,
            headers,
            request,
        }
    }

    /// A request header by its name in lower case; values of a repeated one are joined.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// Where the request comes from: the address, of IPv6 the network that one customer has.
    pub(crate) fn address(&self) -> String {
        let address = self.header("cf-connecting-ip").unwrap_or("local");
        match address.parse::<Ipv6Addr>() {
            Ok(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
            }
            Err(_) => address.to_owned(),
        }
    }

    /// Logs a problem that is ours under the request id, and says what the caller is told of it.
    pub(crate) fn log(&self, problem: &str) -> Issue {
        binding::log_error(&format!("request {}: {problem}", self.request_id));
        let message = "Internal error, logged under this request id.";
        Issue::error(IssueType::Exception, message)
    }
}

/// Splits `https://host:port/path` after the port.
fn split_origin(url: &str) -> (&str, &str) {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let path = url
        .get(after_scheme..)
        .and_then(|rest| rest.find(['/', '?', '#']));
    let end = path.map_or(url.len(), |at| after_scheme + at);
    url.split_at_checked(end).unwrap_or((url, ""))
}

#[cfg(test)]
mod tests {
    use super::split_origin;

    #[test]
    fn an_address_is_split_after_its_port() {
        for (url, expected) in [
            ("http://a.example/x", ("http://a.example", "/x")),
            ("http://a.example:81?x", ("http://a.example:81", "?x")),
            ("http://[::1]:81/x/y", ("http://[::1]:81", "/x/y")),
            ("http://a.example", ("http://a.example", "")),
            ("", ("", "")),
        ] {
            assert_eq!(split_origin(url), expected, "{url}");
        }
    }
}
