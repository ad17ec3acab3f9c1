//! Groups in the compartment of a patient. <https://hl7.org/fhir/R4/compartmentdefinition-patient.html>

use super::sql::Sql;

/// Adds, for a Group in the compartment of a Patient, that the patient is its only member: the
/// others are other people. The members are counted in the resource, because one that is told by
/// name or number only has no row in the index. A Group too large for its row has no body there,
/// and is not shown.
pub(super) fn only_member(resource_type: &str, compartment: &str, sql: &mut Sql) {
    if (resource_type, compartment) == ("Group", "Patient") {
        sql.push(" AND json_array_length(r.body, '$.member') = 1");
    }
}
