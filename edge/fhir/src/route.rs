//! The routes of the interactions: one table that the worker routes by, the CapabilityStatement
//! is written from and the tests go through. <https://hl7.org/fhir/R4/http.html>

use crate::definitions::Definitions;
use crate::interaction::Interaction;

/// One segment of a path below the base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A word of the specification.
    Word(&'static str),
    /// The name of a resource type.
    Type,
    /// A logical id; the server judges later whether it is a valid one.
    Id,
    /// A version of a resource.
    Version,
}

/// What an interaction is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// One resource.
    Instance,
    /// All resources of a type.
    Type,
    /// The whole server.
    System,
}

/// A way to ask for an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method; HEAD is answered like GET.
    pub method: &'static str,
    /// The path below the base URL.
    pub path: &'static [Segment],
    /// What is asked for.
    pub interaction: Interaction,
}

/// Every route. Where two have the same address, the body tells them apart.
pub const ROUTES: [Route; 11] = {
    use Interaction::{
        Batch, Capabilities, Create, Delete, HistoryInstance, Read, SearchType, Transaction,
        Update, Vread,
    };
    use Segment::{Id, Type, Version, Word};
    [
        route("GET", &[Type, Id], Read),
        route("GET", &[Type, Id, Word("_history"), Version], Vread),
        route("PUT", &[Type, Id], Update),
        route("DELETE", &[Type, Id], Delete),
        route("GET", &[Type, Id, Word("_history")], HistoryInstance),
        route("POST", &[Type], Create),
        route("GET", &[Type], SearchType),
        route("POST", &[Type, Word("_search")], SearchType),
        route("GET", &[Word("metadata")], Capabilities),
        route("POST", &[], Batch),
        route("POST", &[], Transaction),
    ]
};

const fn route(method: &'static str, path: &'static [Segment], interaction: Interaction) -> Route {
    Route {
        method,
        path,
        interaction,
    }
}

/// A request that a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matched<'a> {
    /// The route.
    pub route: &'static Route,
    /// The resource type in the address; empty where the route has none.
    pub resource_type: &'static str,
    /// The id in the address; empty where the route has none.
    pub id: &'a str,
    /// The version in the address; empty where the route has none.
    pub version: &'a str,
}

/// The route for a method and the decoded segments of a path. Of those that share an address it
/// is the first.
pub fn find<'a>(
    definitions: &'static Definitions,
    method: &str,
    segments: &[&'a str],
) -> Option<Matched<'a>> {
    let mut routes = ROUTES.iter().filter(|route| route.method == method);
    routes.find_map(|route| route.matched(definitions, segments))
}

/// The methods that a path can be asked with; none when there is no such path.
pub fn methods(definitions: &'static Definitions, segments: &[&str]) -> Vec<&'static str> {
    let mut methods = Vec::new();
    for route in &ROUTES {
        if !methods.contains(&route.method) && route.matched(definitions, segments).is_some() {
            methods.push(route.method);
        }
    }
    methods
}

impl Route {
    /// What the interaction is about, as the path tells.
    pub fn level(&self) -> Level {
        if self.path.contains(&Segment::Id) {
            Level::Instance
        } else if self.path.contains(&Segment::Type) {
            Level::Type
        } else {
            Level::System
        }
    }

    /// The path with these values in it, with a leading slash.
    pub fn address(&self, resource_type: &str, id: &str, version: &str) -> String {
        let mut address = String::new();
        for segment in self.path {
            address.push('/');
            address.push_str(match segment {
                Segment::Word(word) => word,
                Segment::Type => resource_type,
                Segment::Id => id,
                Segment::Version => version,
            });
        }
        if address.is_empty() {
            address.push('/');
        }
        address
    }

    fn matched<'a>(
        &'static self,
        definitions: &'static Definitions,
        segments: &[&'a str],
    ) -> Option<Matched<'a>> {
        if segments.len() != self.path.len() {
            return None;
        }
        let mut matched = Matched {
            route: self,
            resource_type: "",
            id: "",
            version: "",
        };
        for (expected, segment) in self.path.iter().zip(segments) {
            match expected {
                Segment::Word(word) if word == segment => {}
                Segment::Type => matched.resource_type = definitions.resource(segment)?.name,
                // Those are operations and words of the specification, never ids.
                Segment::Id if segment.starts_with(['_', '$']) => return None,
                Segment::Id => matched.id = segment,
                Segment::Version => matched.version = segment,
                Segment::Word(_) => return None,
            }
        }
        Some(matched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;

    fn found(method: &str, path: &str) -> Option<Interaction> {
        let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
        let matched = find(Definitions::of(Release::R4), method, &segments);
        matched.map(|matched| matched.route.interaction)
    }

    #[test]
    fn every_interaction_has_a_route_and_every_route_an_interaction() {
        for interaction in Interaction::ALL {
            let routes = ROUTES.iter();
            let mut own = routes.filter(|route| route.interaction == interaction);
            let level = own.next().map(Route::level);
            assert!(level.is_some(), "{interaction:?}");
            assert!(
                own.all(|route| Some(route.level()) == level),
                "{interaction:?}"
            );
        }
        for route in ROUTES {
            assert!(Interaction::ALL.contains(&route.interaction), "{route:?}");
        }
    }

    #[test]
    fn each_route_finds_itself_or_the_one_that_shares_its_address() {
        for route in ROUTES {
            let address = route.address("Patient", "1", "2");
            let first = ROUTES.iter().find(|other| {
                other.method == route.method && other.address("Patient", "1", "2") == address
            });
            let first = first.unwrap().interaction;
            assert_eq!(found(route.method, &address), Some(first), "{address}");
        }
    }

    #[test]
    fn a_match_names_type_id_and_version() {
        let definitions = Definitions::of(Release::R4);
        let matched = find(definitions, "GET", &["Patient", "a", "_history", "3"]).unwrap();
        let named = (matched.resource_type, matched.id, matched.version);
        assert_eq!(named, ("Patient", "a", "3"));
        let matched = find(definitions, "POST", &[]).unwrap();
        assert_eq!((matched.resource_type, matched.id), ("", ""));
    }

    #[test]
    fn what_is_no_route_is_not_found() {
        for (method, path) in [
            ("GET", ""),
            ("GET", "Nonsense"),
            ("GET", "patient"),
            ("GET", "Patient/_search"),
            ("GET", "Patient/$everything"),
            ("GET", "Patient/1/2"),
            ("GET", "Patient/1/_history/2/3"),
            ("PUT", "Patient"),
            ("POST", "metadata"),
            ("PATCH", "Patient/1"),
            ("get", "Patient/1"),
        ] {
            assert_eq!(found(method, path), None, "{method} {path}");
        }
    }

    #[test]
    fn the_methods_of_a_path_are_those_of_its_routes() {
        let definitions = Definitions::of(Release::R4);
        for (path, expected) in [
            ("", &["POST"][..]),
            ("metadata", &["GET"]),
            ("Patient", &["POST", "GET"]),
            ("Patient/1", &["GET", "PUT", "DELETE"]),
            ("Patient/_search", &["POST"]),
            ("Patient/1/_history", &["GET"]),
            ("Nonsense", &[]),
            ("Nonsense/1", &[]),
        ] {
            let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
            assert_eq!(methods(definitions, &segments), expected, "{path}");
        }
    }
}
