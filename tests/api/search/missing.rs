//! `:missing`, for every search type.

use super::Shelf;
use serde_json::json;

#[test]
fn presence_and_absence_of_an_element_can_be_asked_for() {
    let shelf = Shelf::of(&[
        (
            "full",
            json!({"resourceType": "Patient", "name": [{"family": "x"}], "gender": "male", "birthDate": "2000",
            "managingOrganization": {"reference": "Organization/1"}}),
        ),
        (
            "empty",
            json!({"resourceType": "Patient", "language": "en"}),
        ),
        (
            "half",
            json!({"resourceType": "Patient", "name": [{"given": ["x"]}], "birthDate": "2001"}),
        ),
    ]);
    shelf.assert_table(&[
        ("family:missing", "true", "empty half"),
        ("family:missing", "false", "full"),
        ("name:missing", "true", "empty"),
        ("gender:missing", "true", "empty half"),
        ("gender:missing", "false", "full"),
        ("birthdate:missing", "true", "empty"),
        ("birthdate:missing", "false", "full half"),
        ("organization:missing", "true", "empty half"),
        ("organization:missing", "false", "full"),
    ]);
    assert_eq!(
        shelf.find(&[("birthdate:missing", "false"), ("gender:missing", "true")]),
        ["half"]
    );
    assert_eq!(
        shelf.find(&[("birthdate", "2000"), ("gender:missing", "false")]),
        ["full"]
    );
}
