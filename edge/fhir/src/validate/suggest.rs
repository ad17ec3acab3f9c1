//! Says what an unknown element was probably meant to be.

use crate::definitions::TypeDefinition;

/// The message for a property that the definition does not know.
pub(super) fn unknown_element(definition: &TypeDefinition, path: &str, name: &str) -> String {
    let owner = match path {
        "" => definition.name.to_owned(),
        path => format!("{}.{path}", definition.name),
    };
    let mut message = format!("`{name}` is not an element of {owner}");
    let shown: String = name.chars().take(64).collect();
    let mut best: Option<(usize, &str)> = None;
    for element in definition.elements_below(path) {
        let choice = definition
            .choice(path, element.name())
            .iter()
            .map(String::as_str);
        for candidate in choice.chain([element.name()]) {
            let distance = distance(&shown, candidate);
            if distance <= 2 && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, candidate));
            }
        }
    }
    message.push_str(&match best {
        Some((_, candidate)) => format!("; did you mean `{candidate}`?"),
        None => ".".to_owned(),
    });
    message
}

/// The edit distance of two short names, letters' case aside.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, from) in left.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut diagonal = at;
        let mut previous = at + 1;
        let mut next = vec![previous];
        for (to, above) in right.iter().zip(row.iter().skip(1)) {
            let replace = diagonal + usize::from(from != *to);
            previous = replace.min(previous + 1).min(above + 1);
            diagonal = *above;
            next.push(previous);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
