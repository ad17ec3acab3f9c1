//! What each search type finds: tables of queries and the resources that match.

mod date;
mod limits;
mod missing;
mod reference;
mod sort;
mod string;
mod token;

use api::{Client, Server, ids, unique};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Resources of one type under short names, apart from those of other tests.
struct Shelf {
    client: Client,
    resource_type: String,
    tag: String,
    names: BTreeMap<String, &'static str>,
}

impl Shelf {
    /// Writes the resources in their order; each gets the tag by which only they are searched.
    fn of(resources: &[(&'static str, Value)]) -> Self {
        let client = Server::shared().admin();
        let tag = unique("shelf");
        let mut names = BTreeMap::new();
        let mut resource_type = String::new();
        for (name, resource) in resources {
            let mut resource = resource.clone();
            resource["meta"]["tag"] = json!([{ "code": tag }]);
            resource_type = resource["resourceType"].as_str().unwrap().to_owned();
            let created = client.post(&format!("/{resource_type}"), &resource);
            names.insert(created.clone().expect(201).id(), *name);
        }
        Self {
            client,
            resource_type,
            tag,
            names,
        }
    }

    /// The names of the matches, in the order in which they were found.
    #[track_caller]
    fn find(&self, parameters: &[(&str, &str)]) -> Vec<&'static str> {
        let mut all = vec![("_tag", self.tag.as_str()), ("_count", "100")];
        all.extend(parameters);
        let answer = self.client.search(&self.resource_type, &all);
        assert_eq!(answer.status, 200, "{parameters:?}: {answer}");
        let issue = &answer.body["entry"][0]["resource"]["issue"];
        assert!(issue.is_null(), "{parameters:?}: {issue}");
        ids(&answer.body).iter().map(|id| self.names[id]).collect()
    }

    /// `name=value` finds exactly these, whatever their order; names are separated by spaces.
    #[track_caller]
    fn assert_finds(&self, name: &str, value: &str, expected: &str) {
        let mut found = self.find(&[(name, value)]);
        found.sort_unstable();
        let mut expected: Vec<&str> = expected.split_whitespace().collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}={value}");
    }

    /// Every row of a table: parameter, value, what it finds.
    #[track_caller]
    fn assert_table(&self, table: &[(&str, &str, &str)]) {
        for (name, value, expected) in table {
            self.assert_finds(name, value, expected);
        }
    }
}
