//! Restricts a search parameter's FHIRPath expression to one of the resource types it is defined
//! for: <https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression>.

use crate::{Error, Result};

/// The operands of an expression's outermost `|`, trimmed; those inside parentheses, brackets and
/// string literals do not count.
#[must_use]
pub fn union_operands(expression: &str) -> Vec<&str> {
    let mut operands = Vec::new();
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut rest = expression;
    let mut scanned = 0;
    while let Some(character) = rest.get(scanned..).and_then(|tail| tail.chars().next()) {
        match character {
            '\'' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth = depth.saturating_sub(1),
            '|' if !quoted && depth == 0 => {
                let (operand, tail) = rest.split_at(scanned);
                operands.push(operand.trim());
                rest = tail.strip_prefix('|').unwrap_or(tail);
                scanned = 0;
                continue;
            }
            _ => {}
        }
        scanned += character.len_utf8();
    }
    operands.push(rest.trim());
    operands
}

/// The type name that an operand starts from, if it names one: `Patient` of
/// `(Patient.deceased as dateTime)`. A path that starts with an element's name has none.
#[must_use]
pub fn root_type(operand: &str) -> Option<&str> {
    let path = operand.trim_start_matches(['(', ' ']);
    let end = path
        .find(|character: char| !character.is_ascii_alphanumeric())
        .unwrap_or(path.len());
    path.get(..end)
        .filter(|name| name.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// The part of `expression` that speaks of `base`, where the parameter is defined for all of
/// `bases`. Operands that name no type are taken to start from `base`.
///
/// # Errors
/// When an operand names a type that the parameter is not defined for, or none is left.
pub fn restrict(expression: &str, base: &str, bases: &[String]) -> Result<String> {
    let mut kept: Vec<String> = Vec::new();
    for operand in union_operands(expression) {
        let own = match root_type(operand) {
            Some(root) if root == base => operand.to_owned(),
            Some(root) if bases.iter().any(|other| other == root) => continue,
            Some(root) => {
                return Err(Error::new(format!(
                    "`{operand}` starts from {root}, which is none of the parameter's resource types"
                )));
            }
            None => format!("{base}.{operand}"),
        };
        if !kept.contains(&own) {
            kept.push(own);
        }
    }
    if kept.is_empty() {
        return Err(Error::new(format!(
            "`{expression}` has no part for the resource type {base}"
        )));
    }
    Ok(kept.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::{restrict, root_type, union_operands};

    #[test]
    fn only_the_outermost_union_is_split() {
        let cases: [(&str, &[&str]); 6] = [
            ("Patient.name", &["Patient.name"]),
            ("A.b | C.d|E.f", &["A.b", "C.d", "E.f"]),
            ("(A.b | A.c).d | E.f", &["(A.b | A.c).d", "E.f"]),
            ("A.b.where(c='x|y') | D.e", &["A.b.where(c='x|y')", "D.e"]),
            ("A.b.where(c='(') | D.e", &["A.b.where(c='(')", "D.e"]),
            (
                "Bundle.entry[0].resource | A.b",
                &["Bundle.entry[0].resource", "A.b"],
            ),
        ];
        for (expression, operands) in cases {
            assert_eq!(union_operands(expression), operands, "{expression}");
        }
    }

    #[test]
    fn the_root_is_found_behind_parentheses_and_never_an_element() {
        let cases = [
            ("Patient.name", Some("Patient")),
            ("(Patient.deceased as dateTime)", Some("Patient")),
            ("( (Patient.deceased) )", Some("Patient")),
            ("Observation", Some("Observation")),
            ("name", None),
            ("%resource.name", None),
        ];
        for (operand, root) in cases {
            assert_eq!(root_type(operand), root, "{operand}");
        }
    }

    #[test]
    fn an_expression_is_restricted_to_one_base() {
        let cases = [
            ("Patient.name", "Patient", "Patient", "Patient.name"),
            ("A.b | C.d | A.e", "A", "A,C", "A.b | A.e"),
            ("A.b | AB.c", "A", "A,AB", "A.b"),
            (
                "(A.b as Quantity) | (C.d as Range)",
                "C",
                "A,C",
                "(C.d as Range)",
            ),
            (
                "A.s.where(resolve() is Patient) | C.s",
                "A",
                "A,C",
                "A.s.where(resolve() is Patient)",
            ),
            (
                "name | alias",
                "InsurancePlan",
                "InsurancePlan",
                "InsurancePlan.name | InsurancePlan.alias",
            ),
            ("A.b | A.c | A.b", "A", "A", "A.b | A.c"),
            (
                "Observation | Observation.component",
                "Observation",
                "Observation",
                "Observation | Observation.component",
            ),
        ];
        for (expression, base, bases, restricted) in cases {
            let bases: Vec<String> = bases.split(',').map(str::to_owned).collect();
            assert_eq!(
                restrict(expression, base, &bases).unwrap(),
                restricted,
                "{expression}"
            );
        }
    }

    #[test]
    fn a_foreign_root_and_a_base_without_a_part_are_errors() {
        let bases = ["A".to_owned(), "C".to_owned()];
        assert!(restrict("A.b | X.c", "A", &bases).is_err());
        assert!(restrict("A.b", "C", &bases).is_err());
    }
}
