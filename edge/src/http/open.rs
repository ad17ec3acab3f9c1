//! What anybody may see: health, capabilities, versions.

use super::negotiation;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::grant::PartitionName;
use crate::message::Answer;
use crate::proxy;
use crate::status::Status;
use crate::store::Partition;
use fhir::Release;
use fhir::capability::{Deployment, capability_statement};
use serde_json::{Value, json};

/// `GET /health/check`: whether the ledger answers.
pub(super) async fn health(exchange: &Exchange) -> Result<Answer, Error> {
    let ledger = Partition::open(exchange.server.env()?, PartitionName::Default)?
        .is_healthy()
        .await;
    let status = |healthy: bool| if healthy { "Healthy" } else { "Unhealthy" };
    let mut answer = Answer::json(&json!({
        "overallStatus": status(ledger),
        "details": [{
            "name": "Ledger",
            "status": status(ledger),
            "description": "The Durable Object that orders all changes answers queries.",
        }],
    }));
    if !ledger {
        answer.status = Status::UNAVAILABLE;
    }
    Ok(answer.with("cache-control", "no-store"))
}

/// When this version was made: `CapabilityStatement.date`.
const RELEASED: &str = "2026-11-21";

/// `GET /metadata`: the CapabilityStatement.
pub(super) async fn metadata(exchange: &Exchange) -> Result<Answer, Error> {
    negotiation::check_acceptable(&exchange.request)?;
    let deployment = Deployment {
        base_url: &exchange.server.base_url,
        date: RELEASED,
        software_version: env!("CARGO_PKG_VERSION"),
        security: security(exchange).await,
    };
    let statement = capability_statement(exchange.server.definitions, &deployment);
    // Discovery is for every origin: https://hl7.org/fhir/smart-app-launch/conformance.html
    Ok(Answer::fhir(Status::OK, statement.to_string())
        .with("access-control-allow-origin", "*")
        .with("cache-control", "no-cache"))
}

/// `rest.security`: OAuth, and where its endpoints are. The statement must not fail because the
/// identity provider is down; it leaves the endpoints out then.
async fn security(exchange: &Exchange) -> Value {
    let system = match exchange.server.config.release {
        Release::R4 => "http://terminology.hl7.org/CodeSystem/restful-security-service",
        Release::Stu3 => "http://hl7.org/fhir/restful-security-service",
    };
    let mut security = json!({
        "cors": !exchange.server.config.cors.origins.is_empty(),
        "service": [{ "coding": [{ "system": system, "code": "OAuth" }], "text": "OAuth" }],
    });
    if let (Ok(endpoints), Some(security)) =
        (proxy::endpoints(exchange).await, security.as_object_mut())
    {
        let mut extensions = vec![json!({
            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
            "extension": [
                { "url": "token", "valueUri": endpoints.token },
                { "url": "authorize", "valueUri": endpoints.authorize },
                { "url": "introspect", "valueUri": endpoints.introspect },
                { "url": "revoke", "valueUri": endpoints.revoke },
            ],
        })];
        extensions.extend(proxy::capabilities(exchange).iter().map(|capability| {
            json!({
                "url": "http://hl7.org/fhir/smart-app-launch/StructureDefinition/capabilities",
                "valueCode": capability,
            })
        }));
        security.insert("extension".into(), extensions.into());
    }
    security
}

/// `GET /$versions`: the release that is served.
pub(super) fn versions(exchange: &Exchange) -> Result<Answer, Error> {
    negotiation::check_acceptable(&exchange.request)?;
    let version = exchange.server.config.release.mime_version();
    let versions = json!({ "versions": [version], "default": version });
    Ok(Answer::json(&versions).with("cache-control", "no-cache"))
}
