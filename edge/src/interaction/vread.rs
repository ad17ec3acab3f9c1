//! vread: `GET /{type}/{id}/_history/{vid}`. <https://hl7.org/fhir/R4/http.html#vread>

use super::read::answer;
use crate::auth::Principal;
use crate::error::{Error, Reason};
use crate::grant::action;
use crate::http::{Answer, Exchange};
use crate::store;
use fhir::outcome::IssueType;
use fhir::types::is_id;

/// One version of a resource.
pub(crate) async fn vread(
    exchange: &Exchange,
    principal: &Principal,
    (name, id): (&str, &str),
    version_id: &str,
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    let grant = exchange.authorise::<action::Read>(principal, resource_type)?;
    let consistency = exchange.consistency()?;
    let not_found = || {
        let message = format!("{resource_type}/{id} has no version `{version_id}`.");
        Error::rejected(Reason::NotFound, IssueType::NotFound, message)
    };
    if !is_id(id) {
        return Err(Error::not_found(resource_type, id));
    }
    let number = version_id.parse::<u32>().map_err(|_| not_found())?;
    let address = (resource_type, id);
    let partition = exchange.partition()?;
    let found = store::vread(
        partition,
        exchange.definitions,
        &grant,
        id,
        i64::from(number),
        consistency,
    );
    answer(exchange, address, found.await?.ok_or_else(not_found)?)
}
