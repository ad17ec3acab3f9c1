//! Evaluates a compiled expression against a resource.

use super::item::{Item, Node};
use crate::definitions::Definitions;
use crate::expression::Expression;
use serde_json::Value;

/// The items that `expression` selects, starting at `start` inside `resource`.
pub fn evaluate<'a>(
    definitions: &'static Definitions,
    expression: &'a Expression,
    resource: Node<'a>,
    start: Node<'a>,
) -> Vec<Item<'a>> {
    let context = Context {
        definitions,
        resource,
    };
    context.items(expression, &[Item::Node(start)])
}

struct Context<'a> {
    definitions: &'static Definitions,
    resource: Node<'a>,
}

impl<'a> Context<'a> {
    fn items(&self, expression: &'a Expression, focus: &[Item<'a>]) -> Vec<Item<'a>> {
        match expression {
            Expression::Step(None, name) => self.first_step(name, focus),
            Expression::Step(Some(input), name) => self.step(&self.items(input, focus), name),
            Expression::Resource => vec![Item::Node(self.resource)],
            Expression::Text(text) => vec![Item::Text(text)],
            Expression::Boolean(value) => vec![Item::Boolean(*value)],
            Expression::Union(left, right) => self.union(left, right, focus),
            Expression::Equals(left, right, negated) => self.equals(left, right, *negated, focus),
            Expression::And(left, right) => {
                let left = truth(&self.items(left, focus));
                let right = truth(&self.items(right, focus));
                vec![Item::Boolean(left && right)]
            }
            Expression::OfType(input, name) => {
                let mut items = self.items(input, focus);
                items.retain(|item| self.is(item, name));
                items
            }
            Expression::Is(input, name) => match self.items(input, focus).as_slice() {
                [item] => vec![Item::Boolean(self.is(item, name))],
                _ => Vec::new(),
            },
            Expression::Index(input, index) => self
                .items(input, focus)
                .into_iter()
                .nth(*index)
                .into_iter()
                .collect(),
            Expression::Where(input, criterion) => {
                let mut items = self.items(input, focus);
                items.retain(|item| truth(&self.items(criterion, std::slice::from_ref(item))));
                items
            }
            Expression::Resolve(input) => {
                let items = self.input(input.as_deref(), focus);
                items.iter().filter_map(|item| self.resolve(item)).collect()
            }
            Expression::Extension(input, url) => {
                let mut items = self.step(&self.input(input.as_deref(), focus), "extension");
                items.retain(|item| {
                    matches!(item, Item::Node(node)
                        if node.value.get("url").and_then(Value::as_str) == Some(url))
                });
                items
            }
            Expression::Exists(input, negated) => {
                let exists = !self.input(input.as_deref(), focus).is_empty();
                vec![Item::Boolean(exists != *negated)]
            }
            Expression::Not(input) => match self.input(input.as_deref(), focus).as_slice() {
                [] => Vec::new(),
                items => vec![Item::Boolean(!truth(items))],
            },
            Expression::HasValue(input) => {
                let items = self.input(input.as_deref(), focus);
                let scalar = matches!(items.as_slice(), [Item::Node(node)]
                    if !node.value.is_object() && !node.value.is_array());
                vec![Item::Boolean(scalar)]
            }
        }
    }

    fn input(&self, input: Option<&'a Expression>, focus: &[Item<'a>]) -> Vec<Item<'a>> {
        match input {
            Some(input) => self.items(input, focus),
            None => focus.to_vec(),
        }
    }

    /// A first step with a capital names a resource type: it selects the resource when it has
    /// that type and nothing otherwise.
    fn first_step(&self, name: &str, focus: &[Item<'a>]) -> Vec<Item<'a>> {
        if name.starts_with(|first: char| first.is_ascii_uppercase()) {
            let same = self.resource.is(self.definitions, name);
            return same
                .then_some(Item::Node(self.resource))
                .into_iter()
                .collect();
        }
        self.step(focus, name)
    }

    fn step(&self, input: &[Item<'a>], name: &str) -> Vec<Item<'a>> {
        let mut items = Vec::new();
        for item in input {
            if let Item::Node(node) = item {
                node.children(self.definitions, name, &mut items);
            }
        }
        items
    }

    fn union(
        &self,
        left: &'a Expression,
        right: &'a Expression,
        focus: &[Item<'a>],
    ) -> Vec<Item<'a>> {
        let mut items = self.items(left, focus);
        for item in self.items(right, focus) {
            if !items.iter().any(|other| same(other, &item)) {
                items.push(item);
            }
        }
        items
    }

    fn equals(
        &self,
        left: &'a Expression,
        right: &'a Expression,
        negated: bool,
        focus: &[Item<'a>],
    ) -> Vec<Item<'a>> {
        let left = self.items(left, focus);
        let right = self.items(right, focus);
        if left.is_empty() || right.is_empty() {
            return Vec::new();
        }
        let equal = left.len() == right.len() && left.iter().zip(&right).all(|(a, b)| same(a, b));
        vec![Item::Boolean(equal != negated)]
    }

    fn is(&self, item: &Item<'a>, name: &str) -> bool {
        match item {
            Item::Node(node) => node.is(self.definitions, name),
            Item::Boolean(_) => name.eq_ignore_ascii_case("boolean"),
            Item::Text(_) => name.eq_ignore_ascii_case("string"),
            Item::Resolved(resource_type) => *resource_type == name,
        }
    }

    /// The type of the resource that a reference names; a contained one is looked up.
    fn resolve(&self, item: &Item<'a>) -> Option<Item<'a>> {
        let Item::Node(node) = item else {
            return None;
        };
        let reference = node.value.get("reference").and_then(Value::as_str);
        let Some(reference) = reference.or_else(|| node.value.as_str()) else {
            let stated = node.value.get("type").and_then(Value::as_str);
            return stated.map(Item::Resolved);
        };
        if let Some(id) = reference.strip_prefix('#') {
            let contained = self.resource.value.get("contained")?.as_array()?;
            let target = contained
                .iter()
                .find(|target| target.get("id").and_then(Value::as_str) == Some(id))?;
            return target.get("resourceType")?.as_str().map(Item::Resolved);
        }
        let unversioned = reference
            .split_once("/_history/")
            .map_or(reference, |(start, _)| start);
        let mut steps = unversioned.rsplit('/');
        let named = steps.next().and_then(|_id| steps.next());
        let known = named.filter(|name| self.definitions.resource(name).is_some());
        known
            .or_else(|| node.value.get("type").and_then(Value::as_str))
            .map(Item::Resolved)
    }
}

fn truth(items: &[Item<'_>]) -> bool {
    match items {
        [Item::Boolean(value)] => *value,
        [Item::Node(node)] => node.value.as_bool().unwrap_or(true),
        [] => false,
        _ => true,
    }
}

fn same(left: &Item<'_>, right: &Item<'_>) -> bool {
    match (left, right) {
        (Item::Node(left), Item::Node(right)) => left.value == right.value,
        (Item::Node(node), Item::Text(text)) | (Item::Text(text), Item::Node(node)) => {
            node.value.as_str() == Some(text)
        }
        (Item::Node(node), Item::Boolean(value)) | (Item::Boolean(value), Item::Node(node)) => {
            node.value.as_bool() == Some(*value)
        }
        (Item::Text(left), Item::Text(right)) => left == right,
        (Item::Boolean(left), Item::Boolean(right)) => left == right,
        (Item::Resolved(left), Item::Resolved(right)) => left == right,
        _ => false,
    }
}
