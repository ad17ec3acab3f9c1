//! What a confined caller may see and change, before and after.

use super::*;

/// Two patients with an observation each; asked by the app of the first.
fn two_patients() -> Fixture {
    let mut fixture = Fixture::new();
    for id in ["one", "two"] {
        let writes = vec![
            fixture.create(id, &patient(id)),
            fixture.create(&format!("of-{id}"), &observation(id, "1-1")),
        ];
        fixture.apply(writes).expect("created");
    }
    fixture.confine("one");
    fixture
}

#[test]
fn a_confined_caller_sees_what_is_in_the_compartment() {
    let fixture = two_patients();
    assert!(fixture.read("Observation", "of-one").is_some());
    assert!(fixture.read("Observation", "of-two").is_none());
    assert_eq!(fixture.found("Observation", &[]), ["of-one"]);
    assert_eq!(fixture.found("Observation", &[("code", "1-1")]), ["of-one"]);
    assert_eq!(fixture.found("Patient", &[]), ["one"]);
}

#[test]
fn a_write_is_confined_before_and_after() {
    let fixture = two_patients();
    let outside = Some(Refusal::Outside { at: 0 });
    for write in [
        // Another's, before.
        fixture.update("of-two", None, &observation("one", "1-1")),
        // Another's, afterwards.
        fixture.update("of-one", None, &observation("two", "1-1")),
        fixture.create("new", &observation("two", "1-1")),
        // What is not there is nobody's.
        fixture.update("new", None, &observation("one", "1-1")),
    ] {
        assert_eq!(fixture.apply(vec![write]).err(), outside);
    }
    let own = vec![
        fixture.update("of-one", None, &observation("one", "2-2")),
        fixture.create("new", &observation("one", "3-3")),
    ];
    let expected = [(Outcome::Updated, 2), (Outcome::Created, 1)];
    assert_eq!(outcomes(fixture.apply(own)), expected);
}

#[test]
fn a_deletion_says_nothing_about_what_the_caller_may_not_see() {
    let fixture = two_patients();
    for id in ["of-two", "nothing"] {
        let absent = fixture.apply(vec![fixture.delete("Observation", id, None)]);
        assert_eq!(outcomes(absent), [(Outcome::Absent, 0)], "{id}");
        let missing = fixture.apply(vec![fixture.delete("Observation", id, Some(1))]);
        assert_eq!(missing.err(), Some(Refusal::Missing { at: 0 }), "{id}");
    }
    let own = fixture.apply(vec![fixture.delete("Observation", "of-one", None)]);
    assert_eq!(outcomes(own), [(Outcome::Deleted, 2)]);
    // A deleted resource has no index rows by which its owner could be known.
    assert!(fixture.read("Observation", "of-one").is_none());
}
