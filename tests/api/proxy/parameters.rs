//! Parameters of requests and of redirects.

use api::Answer;
use std::fmt;

/// What is sent in a query or a form; displayed as it is encoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// With a value, instead of the one it had.
    pub(super) fn set(mut self, name: &str, value: &str) -> Self {
        match self.0.iter_mut().find(|(own, _)| own == name) {
            Some(pair) => value.clone_into(&mut pair.1),
            None => self.0.push((name.into(), value.into())),
        }
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(own, _)| own != name);
        self
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

impl fmt::Display for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut form = form_urlencoded::Serializer::new(String::new());
        f.write_str(&form.extend_pairs(&self.0).finish())
    }
}

/// Where a redirect leads.
#[derive(Debug)]
pub(super) struct Target {
    /// The address up to its query.
    pub(super) address: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl Target {
    /// The target of an answer, which must be a redirect that nobody keeps or tells on.
    #[track_caller]
    pub(super) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 302, "{answer}");
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
        assert_eq!(
            answer.header("referrer-policy").as_deref(),
            Some("no-referrer")
        );
        assert_eq!(answer.text, "");
        Self::parse(&answer.header("location").expect("Location"))
    }

    pub(super) fn parse(location: &str) -> Self {
        let (address, query) = location.split_once('?').unwrap_or((location, ""));
        Self {
            address: address.to_owned(),
            parameters: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        }
    }

    /// A value; it must not stand twice.
    #[track_caller]
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut found = self.parameters.iter().filter(|(own, _)| own == name);
        let first = found.next();
        assert!(found.next().is_none(), "{name} stands twice in {self:?}");
        first.map(|(_, value)| value.as_str())
    }

    /// The names, sorted.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names = Vec::from_iter(self.parameters.iter().map(|(name, _)| name.as_str()));
        names.sort_unstable();
        names
    }
}
