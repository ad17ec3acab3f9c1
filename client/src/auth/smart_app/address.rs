//! Which addresses an app or a server may have: what is opened or called must be a secure one.
//! <https://hl7.org/fhir/smart-app-launch/best-practices.html>

/// Why an address cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressProblem {
    /// Nothing was entered.
    Empty,
    /// No `https://` in front.
    Scheme,
    /// `http://` to another machine.
    Clear,
    /// No host, or blanks within.
    Malformed,
    /// A name or a password before the host.
    Credentials,
    /// A `#`, which parameters cannot follow.
    Fragment,
}

impl std::fmt::Display for AddressProblem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "Enter an address that begins with https://.",
            Self::Scheme => "The address must begin with https:// (http:// only for localhost).",
            Self::Clear => {
                "http:// sends everything in the clear, so it is taken for localhost only: use \
                 https://."
            }
            Self::Malformed => "This is no web address: look for blanks or a missing host name.",
            Self::Credentials => "Leave out the user name before the @: addresses hold no secrets.",
            Self::Fragment => "Leave out the # and what follows it.",
        })
    }
}

/// Checks an absolute web address; it may have a path and a query.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check(address: &str) -> Result<(), AddressProblem> {
    if address.is_empty() {
        return Err(AddressProblem::Empty);
    }
    let (rest, clear) = match (
        address.strip_prefix("https://"),
        address.strip_prefix("http://"),
    ) {
        (Some(rest), _) => (rest, false),
        (None, Some(rest)) => (rest, true),
        (None, None) => return Err(AddressProblem::Scheme),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let unreadable = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '\\';
    if rest.contains(unreadable) {
        return Err(AddressProblem::Malformed);
    }
    if authority.contains('@') {
        return Err(AddressProblem::Credentials);
    }
    let host = host_of(authority);
    if host.is_empty() {
        return Err(AddressProblem::Malformed);
    }
    if clear && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
        return Err(AddressProblem::Clear);
    }
    if rest.contains('#') {
        return Err(AddressProblem::Fragment);
    }
    Ok(())
}

/// `host` of `host:port`; a bracketed IPv6 address keeps its brackets.
fn host_of(authority: &str) -> &str {
    match authority.find(']') {
        Some(end) => authority.get(..=end).unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// An address with parameters added to those that it has.
pub fn with_parameters(address: &str, parameters: &str) -> String {
    let joint = match address {
        _ if address.ends_with(['?', '&']) => "",
        _ if address.contains('?') => "&",
        _ => "?",
    };
    format!("{address}{joint}{parameters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secure_and_loopback_addresses_are_accepted() {
        for address in [
            "https://app.example",
            "https://app.example:8443/launch.html?mode=a&b",
            "http://localhost:8787/app/sample-app/launch",
            "http://127.0.0.1/x",
            "http://[::1]:80/",
            "https://app.example/?mail=a@b",
        ] {
            assert_eq!(check(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn every_problem_is_reported() {
        for (address, problem) in [
            ("", AddressProblem::Empty),
            ("app.example/launch", AddressProblem::Scheme),
            ("javascript:alert(1)", AddressProblem::Scheme),
            ("HTTPS//app.example", AddressProblem::Scheme),
            ("ftp://app.example", AddressProblem::Scheme),
            ("http://app.example", AddressProblem::Clear),
            ("http://localhost.evil.example/", AddressProblem::Clear),
            ("http://127.0.0.1.evil.example/", AddressProblem::Clear),
            ("https://", AddressProblem::Malformed),
            ("https:///launch", AddressProblem::Malformed),
            ("https://:443/launch", AddressProblem::Malformed),
            ("https://app example/", AddressProblem::Malformed),
            (
                "https://app.example\\@evil.example/",
                AddressProblem::Malformed,
            ),
            (
                "https://user:pass@app.example/",
                AddressProblem::Credentials,
            ),
            ("https://app.example/#/launch", AddressProblem::Fragment),
        ] {
            assert_eq!(check(address), Err(problem), "{address}");
            assert!(problem.to_string().ends_with('.'));
        }
    }

    #[test]
    fn parameters_follow_those_that_are_there() {
        for (address, expected) in [
            ("https://a.example/l", "https://a.example/l?x=1"),
            ("https://a.example/l?", "https://a.example/l?x=1"),
            ("https://a.example/l?y=2", "https://a.example/l?y=2&x=1"),
            ("https://a.example/l?y=2&", "https://a.example/l?y=2&x=1"),
        ] {
            assert_eq!(with_parameters(address, "x=1"), expected);
        }
    }
}
