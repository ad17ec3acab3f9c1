//! Every form in which a type can be searched, generated from the parameter table.

use super::record::Record;
use fhir::definitions::{SearchParameter, SearchType};
use fhir::fhirpath::{Item, Node, evaluate};
use fhir::search::value::{string, token};
use fhir::search::{IndexKind, extract};
use serde_json::Value;

/// One search.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) resource_type: &'static str,
    pub(super) pairs: Vec<(String, String)>,
}

impl Query {
    fn new(resource_type: &'static str, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter();
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            resource_type,
            pairs: pairs.map(own).collect(),
        }
    }

    /// As a query string.
    pub(super) fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.pairs)
            .finish()
    }
}

/// The searches of a type that are about no single parameter.
pub(super) fn of_type(name: &'static str, victim: &Record) -> Vec<Query> {
    let [id, reference] = [&victim.id, &victim.reference()];
    let query = |pairs| Query::new(name, pairs);
    vec![
        query(&[("_total", "accurate")]),
        query(&[("_summary", "count")]),
        query(&[("_count", "0")]),
        query(&[("_count", "1"), ("_total", "accurate")]),
        query(&[("_id:not", "x"), ("_total", "accurate")]),
        query(&[("_id", &format!("x,{id}")), ("_sort", "-_lastUpdated")]),
        query(&[("_include", "*"), ("_revinclude", "*")]),
        query(&[("_include:iterate", "*")]),
        query(&[("_summary", "text")]),
        query(&[("_contained", "both")]),
        query(&[("_filter", &format!("_id eq {id}"))]),
        query(&[("_list", id)]),
        query(&[("_type", "Patient,Observation")]),
        query(&[("_compartment", reference)]),
    ]
}

/// The searches by one parameter that would find the victim's resource; the first is the plainest.
pub(super) fn of_parameter(
    name: &'static str,
    parameter: &'static SearchParameter,
    victim: &Record,
) -> Vec<Query> {
    let code = parameter.code;
    let found = victim
        .resource(name)
        .and_then(|resource| value(victim, parameter, resource));
    let value = found.unwrap_or_else(|| guess(parameter.search_type, victim));
    let mut queries: Vec<Query> = modified(parameter, &value, victim)
        .iter()
        .map(|(form, value)| Query::new(name, &[(form, value), ("_total", "accurate")]))
        .collect();
    let descending = format!("-{code}");
    for pairs in [
        [(code, value.as_str()), ("_summary", "count")],
        [(code, value.as_str()), ("_count", "0")],
        [(code, value.as_str()), ("_elements", code)],
        [("_sort", code), ("_total", "accurate")],
        [("_sort", &descending), ("_count", "1")],
    ] {
        queries.push(Query::new(name, &pairs));
    }
    if parameter.search_type == SearchType::Reference {
        queries.extend(across(name, parameter, victim));
    }
    queries
}

/// Parameter names with their modifiers, and values.
fn modified(parameter: &SearchParameter, value: &str, victim: &Record) -> Vec<(String, String)> {
    let Record {
        id, word, person, ..
    } = victim;
    let form =
        |suffix: &str, value: &str| (format!("{}{suffix}", parameter.code), value.to_owned());
    let mut forms = vec![
        form("", value),
        form(":missing", "true"),
        form(":missing", "false"),
    ];
    let part = value.get(1..).unwrap_or_default();
    forms.extend(match parameter.search_type {
        SearchType::String => vec![
            form(":exact", value),
            form(":contains", part),
            form(":text", value),
        ],
        SearchType::Token => vec![
            form(":not", "x"),
            form(":text", word),
            form(":in", &format!("http://example.org/{word}")),
            form(":not-in", "http://example.org/x"),
            form(":above", value),
            form(":below", value),
            form(
                ":of-type",
                &format!("http://example.org/{word}|{word}|{word}"),
            ),
            form("", value.rsplit('|').next().unwrap_or(value)),
            form("", &format!("x,{value}")),
        ],
        SearchType::Reference => vec![
            form("", id),
            form(&format!(":{person}"), id),
            form(":identifier", word),
            form(".identifier", word),
            form("._id", id),
            form(&format!(":{person}._id"), id),
            form(&format!(":{person}.identifier"), word),
        ],
        SearchType::Date => ["ne1900", "ge1900", "lt2100", "ap2020"]
            .iter()
            .map(|value| form("", value))
            .collect(),
        SearchType::Number | SearchType::Quantity => {
            vec![form("", "ge0"), form("", "ne-1")]
        }
        SearchType::Uri => vec![form(":above", value), form(":below", "http://example.org/")],
        SearchType::Composite => vec![form(":not", value)],
        SearchType::Special => vec![form("", "0|0|100000")],
    });
    forms
}

/// Searches that look at the victim's resources from what they point to.
fn across(name: &'static str, parameter: &SearchParameter, victim: &Record) -> Vec<Query> {
    let code = parameter.code;
    let pair = format!("{name}:{code}");
    let mut targets: Vec<&'static str> = parameter.targets.iter().take(2).copied().collect();
    targets.push(victim.person);
    let mut queries = vec![Query::new(name, &[("_include", &pair)])];
    for target in targets
        .into_iter()
        .filter(|name| victim.definitions.resource(name).is_some())
    {
        let has = format!("_has:{name}:{code}:_id");
        queries.push(Query::new(target, &[("_revinclude", &pair)]));
        queries.push(Query::new(
            target,
            &[(&has, &victim.id), ("_total", "accurate")],
        ));
    }
    queries
}

/// What the parameter would have to be for the resource to be found.
fn value(victim: &Record, parameter: &'static SearchParameter, resource: &Value) -> Option<String> {
    let definitions = victim.definitions;
    match parameter.code {
        "_id" => return Some(victim.id.clone()),
        "_lastUpdated" => return Some("gt2020".into()),
        _ => {}
    }
    if parameter.search_type == SearchType::Composite {
        let parts = parameter.components.iter().map(|component| {
            let name = resource["resourceType"].as_str()?;
            let part = definitions.search_parameter(name, component.code)?;
            value(victim, part, resource)
        });
        return Some(parts.collect::<Option<Vec<_>>>()?.join("$"));
    }
    match parameter.search_type {
        SearchType::String => {
            let row = row(victim, parameter, resource, &string::KIND)?;
            return Some(row[2].as_str()?.to_owned());
        }
        SearchType::Token => {
            let row = row(victim, parameter, resource, &token::KIND)?;
            return Some(format!("{}|{}", row[2].as_str()?, row[1].as_str()?));
        }
        _ => {}
    }
    let root = Node::resource(definitions, resource)?;
    let items = evaluate(definitions, parameter.expression.as_ref()?, root, root);
    items.iter().find_map(|item| match item {
        Item::Node(node) => text(parameter.search_type, node),
        Item::Boolean(value) => Some(value.to_string()),
        Item::Text(_) | Item::Resolved(_) => None,
    })
}

/// The first row of an index that a parameter gives to the resource.
fn row(
    victim: &Record,
    parameter: &SearchParameter,
    resource: &Value,
    kind: &IndexKind,
) -> Option<Value> {
    let rows = extract(victim.definitions, resource);
    let arrays = rows.of(kind).iter();
    let mut rows = arrays.flat_map(|rows| {
        let rows: Vec<Value> = serde_json::from_str(rows).expect("an array of rows");
        rows
    });
    rows.find(|row| row[0] == parameter.id)
}

fn text(search_type: SearchType, node: &Node<'_>) -> Option<String> {
    let plain = || node.value.as_str().map(ToOwned::to_owned);
    let part = |name: &str| node.value[name].as_str().map(ToOwned::to_owned);
    match search_type {
        SearchType::Date => plain().or_else(|| part("start")),
        SearchType::Reference => part("reference").or_else(plain),
        SearchType::Number => node.value.is_number().then(|| node.value.to_string()),
        SearchType::Quantity => {
            let number = node.value["value"].is_number();
            number.then(|| node.value["value"].to_string())
        }
        SearchType::Uri => plain(),
        SearchType::String | SearchType::Token => None,
        SearchType::Composite | SearchType::Special => None,
    }
}

/// What a value could be where the record has none.
fn guess(search_type: SearchType, victim: &Record) -> String {
    let word = &victim.word;
    match search_type {
        SearchType::String | SearchType::Token | SearchType::Special => word.clone(),
        SearchType::Date => "2020-05-17".into(),
        SearchType::Reference => victim.reference(),
        SearchType::Number | SearchType::Quantity => "1.5".into(),
        SearchType::Uri => format!("http://example.org/{word}"),
        SearchType::Composite => format!("{word}${word}"),
    }
}
