//! CapabilityStatement, generated from the tables that route and search.
//! <https://hl7.org/fhir/R4/capabilitystatement.html>

use crate::Release;
use crate::definitions::{Definitions, SearchParameter};
use crate::interaction::Interaction;
use crate::route::{Level, ROUTES};
use crate::search::IndexKind;
use serde_json::{Value, json};

/// What the statement says about this deployment.
pub struct Deployment<'a> {
    /// The base URL.
    pub base_url: &'a str,
    /// When the running version was published, as a FHIR date.
    pub date: &'a str,
    /// The version of the software.
    pub software_version: &'a str,
    /// `rest.security`.
    pub security: Value,
}

/// Whether the server can search by a parameter.
pub fn is_searched(parameter: &SearchParameter) -> bool {
    IndexKind::of(parameter.search_type).is_some() && parameter.expression.is_some()
}

/// The statement that `GET /metadata` answers with.
pub fn capability_statement(
    definitions: &'static Definitions,
    deployment: &Deployment<'_>,
) -> Value {
    let release = definitions.release();
    let system: Vec<Value> = codes(Level::System)
        .into_iter()
        .filter(|code| *code != Interaction::Capabilities.code())
        .map(|code| json!({ "code": code }))
        .collect();
    let resources = definitions.resource_types().into_iter();
    let resources: Vec<Value> = resources
        .filter(|name| *name != "Parameters")
        .map(|name| resource(definitions, name))
        .collect();
    let mut statement = json!({
        "resourceType": "CapabilityStatement",
        "url": format!("{}/metadata", deployment.base_url),
        "version": deployment.software_version,
        "name": "FhirEdgeCapabilityStatement",
        "title": "fhir-edge Capability Statement",
        "status": "active",
        "experimental": false,
        "date": deployment.date,
        "publisher": "fhir-edge",
        "kind": "instance",
        "software": { "name": "fhir-edge", "version": deployment.software_version },
        "implementation": { "description": "fhir-edge", "url": deployment.base_url },
        "fhirVersion": release.version(),
        "format": ["application/fhir+json", "json"],
        "rest": [{
            "mode": "server",
            "security": deployment.security,
            "resource": resources,
            "interaction": system,
        }],
    });
    if let (Release::Stu3, Some(statement)) = (release, statement.as_object_mut()) {
        statement.insert("acceptUnknown".into(), json!("no"));
    }
    statement
}

/// The codes of the interactions of a level, each once.
fn codes(level: Level) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for route in ROUTES.iter().filter(|route| route.level() == level) {
        let code = route.interaction.code();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn resource(definitions: &'static Definitions, name: &str) -> Value {
    let interactions: Vec<Value> = codes(Level::Instance)
        .into_iter()
        .chain(codes(Level::Type))
        .map(|code| json!({ "code": code }))
        .collect();
    let parameters = definitions.search_parameters(name).iter();
    let parameters: Vec<Value> = parameters
        .filter(|parameter| is_searched(parameter))
        .map(|parameter| {
            json!({
                "name": parameter.code,
                "definition": parameter.canonical(),
                "type": parameter.search_type.code(),
                "documentation": parameter.description,
            })
        })
        .collect();
    let profile = format!("http://hl7.org/fhir/StructureDefinition/{name}");
    let profile = match definitions.release() {
        Release::R4 => json!(profile),
        Release::Stu3 => json!({ "reference": profile }),
    };
    json!({
        "type": name,
        "profile": profile,
        "interaction": interactions,
        "versioning": "versioned",
        "readHistory": true,
        "updateCreate": true,
        "conditionalCreate": true,
        "conditionalUpdate": false,
        "conditionalDelete": "not-supported",
        "searchParam": parameters,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::validate;

    #[test]
    fn the_statement_is_valid_in_both_releases() {
        for release in [Release::R4, Release::Stu3] {
            let definitions = Definitions::of(release);
            let deployment = Deployment {
                base_url: "http://localhost:8787",
                date: "2026-01-01",
                software_version: "0.1.0",
                security: json!({ "cors": true }),
            };
            let statement = capability_statement(definitions, &deployment);
            assert_eq!(validate(definitions, &statement), []);
            let resources = statement["rest"][0]["resource"].as_array().unwrap();
            assert_eq!(resources.len(), definitions.resource_types().len() - 1);
        }
    }
}
