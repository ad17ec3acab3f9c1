//! What narrows a caller, case by case.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>

use super::*;
use fhir::Release;
use fhir::definitions::Definitions;
use fhir::search::Handling;

const BASE: &str = "https://fhir.example";

fn context() -> search::Context<'static> {
    search::Context {
        definitions: Definitions::of(Release::R4),
        base_url: BASE,
        now: 0,
        handling: Handling::Strict,
    }
}

fn person(scopes: &str) -> Stated<'_> {
    Stated {
        bearer: Bearer::Person,
        scopes,
        fhir_user: Some("Patient/1"),
        base_url: BASE,
        is_smart_user: false,
        launched: None,
    }
}

fn smart_user(scopes: &str) -> Stated<'_> {
    Stated {
        is_smart_user: true,
        ..person(scopes)
    }
}

fn launched(scope: &str, patient: Option<&str>) -> Launched {
    Launched {
        scope: scope.to_owned(),
        patient: patient.map(ToOwned::to_owned),
    }
}

/// What reading Observations is confined to; `None` when it is refused.
fn read(stated: &Stated<'_>) -> Option<Vec<String>> {
    let Some(narrowing) = Narrowing::of(stated) else {
        return Some(Vec::new());
    };
    let confinement = narrowing.confinement(Action::Read, Some("Observation"), &context());
    let compartments = confinement.ok()?.compartments.into_iter();
    Some(
        compartments
            .map(|own| format!("{}/{}", own.compartment, own.id))
            .collect(),
    )
}

#[test]
fn scopes_and_actions_form_a_lattice() {
    let actions = [
        (Action::Create, 'c'),
        (Action::Read, 'r'),
        (Action::History, 'r'),
        (Action::Update, 'u'),
        (Action::Delete, 'd'),
        (Action::Search, 's'),
    ];
    let v1 = [("read", "rs"), ("write", "cud"), ("*", "cruds")];
    let v2 = (1_u32..32).map(|bits| {
        let letters = "cruds"
            .chars()
            .enumerate()
            .filter(|(at, _)| bits & (1 << at) != 0);
        let letters: String = letters.map(|(_, letter)| letter).collect();
        (letters.clone(), letters)
    });
    let v1 = v1.map(|(text, letters)| (text.to_owned(), letters.to_owned()));
    for (access, letters) in v1.into_iter().chain(v2) {
        for whose in ["patient", "user"] {
            for named in ["Observation", "*"] {
                let scopes = format!("{whose}/{named}.{access}");
                for stated in [person(&scopes), smart_user(&scopes)] {
                    let narrowing = Narrowing::of(&stated).unwrap();
                    for (action, letter) in actions {
                        for wanted in ["Observation", "Condition"] {
                            let found = narrowing.confinement(action, Some(wanted), &context());
                            let expected =
                                letters.contains(letter) && (named == "*" || wanted == named);
                            assert_eq!(found.is_ok(), expected, "{scopes} {action:?} {wanted}");
                            if let Ok(confinement) = found {
                                let is_confined = whose == "patient" || stated.is_smart_user;
                                assert_eq!(!confinement.compartments.is_empty(), is_confined);
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn only_user_impersonation_leaves_the_role_as_it_is() {
    for (scopes, expected) in [
        ("", true),
        ("user_impersonation", true),
        ("https://fhir.example/user_impersonation", true),
        ("openid profile offline_access user_impersonation", true),
        ("openid profile", true),
        ("user_impersonation launch fhirUser", true),
        ("openid launch", false),
        ("openid launch/patient", false),
        ("openid fhirUser", false),
        ("system/*.cruds", false),
        ("user_impersonation user/Condition.rs", false),
        ("user_impersonation patient/Observation.x", false),
    ] {
        assert_eq!(
            Narrowing::of(&person(scopes)).is_none(),
            expected,
            "{scopes}"
        );
    }
}

#[test]
fn scopes_of_services_give_a_person_nothing() {
    let own = || Some(vec!["Patient/1".to_owned()]);
    for scopes in ["system/*.cruds", "system/*.rs openid", "system/*.* launch"] {
        assert_eq!(read(&person(scopes)), None, "{scopes}");
        assert_eq!(read(&smart_user(scopes)), own(), "{scopes}");
        let narrowing = Narrowing::of(&smart_user(scopes)).unwrap();
        let delete = narrowing.confinement(Action::Delete, Some("Observation"), &context());
        assert!(delete.is_err(), "{scopes}");
    }
    assert_eq!(read(&smart_user("patient/*.rs system/*.cruds")), own());
    assert_eq!(read(&person("user/*.rs system/*.cruds")), Some(Vec::new()));
}

#[test]
fn scopes_of_persons_give_a_service_nothing() {
    let service = |scopes| Stated {
        bearer: Bearer::Service,
        fhir_user: None,
        ..person(scopes)
    };
    assert_eq!(read(&service("system/Observation.r")), Some(Vec::new()));
    assert_eq!(read(&service("system/Condition.r")), None);
    assert_eq!(read(&service("patient/*.rs")), None);
    assert_eq!(read(&service("user/*.rs")), None);
    assert_eq!(read(&service("")), Some(Vec::new()));
}

#[test]
fn patient_scopes_mean_the_patient_of_the_launch() {
    let (amelia, nobody) = (
        launched("patient/*.rs", Some("2")),
        launched("patient/*.rs", None),
    );
    let user = launched("user/*.rs", Some("2"));
    let practitioner = |scopes, launched| Stated {
        fhir_user: Some("Practitioner/7"),
        launched: Some(launched),
        ..smart_user(scopes)
    };
    let both = ["Practitioner/7", "Patient/2"].map(ToOwned::to_owned);
    assert_eq!(
        read(&practitioner("patient/*.rs", &amelia)),
        Some(both.to_vec())
    );
    assert_eq!(read(&practitioner("patient/*.rs", &nobody)), None);
    assert_eq!(
        read(&practitioner("user/*.rs", &user)),
        Some(vec!["Practitioner/7".to_owned()])
    );
    let admin = |launched| Stated {
        fhir_user: None,
        launched: Some(launched),
        ..person("patient/*.rs")
    };
    assert_eq!(read(&admin(&amelia)), Some(vec!["Patient/2".to_owned()]));
    assert_eq!(read(&admin(&nobody)), None);
}

#[test]
fn what_the_app_was_granted_counts_where_the_token_has_no_scopes() {
    for (token, scope, expected) in [
        (
            "user_impersonation",
            "launch patient/Observation.rs",
            Some(1),
        ),
        ("user_impersonation", "launch patient/Condition.rs", None),
        ("user_impersonation", "user/Observation.rs", Some(0)),
        ("user_impersonation", "openid launch", None),
        ("user_impersonation", "", None),
        ("user_impersonation", "user_impersonation", Some(0)),
        (
            "user_impersonation",
            "https://fhir.example/.default",
            Some(0),
        ),
        ("user/Observation.rs", "user/*.cruds", Some(0)),
        ("user/Condition.rs", "user/*.cruds", None),
    ] {
        let launched = launched(scope, Some("2"));
        let stated = Stated {
            launched: Some(&launched),
            ..person(token)
        };
        let found = read(&stated).map(|compartments| compartments.len());
        assert_eq!(found, expected, "{token} / {scope}");
    }
}

#[test]
fn what_the_app_was_granted_narrows_a_token_with_more() {
    for (token, scope, action, expected) in [
        ("user/*.cruds", "user/Observation.rs", Action::Read, true),
        ("user/*.cruds", "user/Observation.rs", Action::Create, false),
        ("user/*.cruds", "user/Condition.rs", Action::Read, false),
        ("user/Condition.rs", "user/*.cruds", Action::Read, false),
        ("patient/*.cruds", "patient/*.read", Action::Update, false),
        (
            "user_impersonation user/*.cruds",
            "user/*.rs",
            Action::Delete,
            false,
        ),
        ("user/*.cruds", "openid launch", Action::Read, false),
        ("user/*.cruds", "", Action::Read, false),
        ("patient/*.cruds", "", Action::Search, false),
        ("user/*.cruds", "user_impersonation", Action::Delete, true),
    ] {
        let launched = launched(scope, Some("2"));
        let stated = Stated {
            launched: Some(&launched),
            ..person(token)
        };
        let narrowing = Narrowing::of(&stated).unwrap();
        let found = narrowing.confinement(action, Some("Observation"), &context());
        assert_eq!(found.is_ok(), expected, "{token} / {scope} {action:?}");
    }
}

#[test]
fn a_grant_of_patient_scopes_confines_a_token_with_user_scopes() {
    let launched = launched("patient/*.rs", Some("2"));
    let stated = Stated {
        launched: Some(&launched),
        fhir_user: None,
        ..person("user/*.cruds")
    };
    assert_eq!(read(&stated), Some(vec!["Patient/2".to_owned()]));
}

#[test]
fn a_smart_user_s_app_that_was_granted_no_data_changes_none() {
    for (scope, expected) in [("openid launch", false), ("patient/*.cruds", true)] {
        let launched = launched(scope, None);
        let stated = Stated {
            launched: Some(&launched),
            ..smart_user("patient/*.cruds")
        };
        let narrowing = Narrowing::of(&stated).unwrap();
        let found = narrowing.confinement(Action::Create, Some("Observation"), &context());
        assert_eq!(found.is_ok(), expected, "{scope}");
        assert_eq!(read(&stated), Some(vec!["Patient/1".to_owned()]));
    }
}

#[test]
fn a_constraint_counts_unless_another_scope_has_none() {
    let confinement = |scopes: &str| {
        let narrowing = Narrowing::of(&smart_user(scopes)).unwrap();
        narrowing.confinement(Action::Search, Some("Observation"), &context())
    };
    let both = "patient/Observation.rs?category=a patient/Observation.s?category=b";
    assert_eq!(confinement(both).unwrap().constraints.len(), 2);
    let open = "patient/Observation.rs?category=a patient/*.s";
    assert!(confinement(open).unwrap().constraints.is_empty());
    assert!(confinement("patient/Observation.rs?nonsense=a").is_err());
}

#[test]
fn the_person_is_one_of_this_server() {
    let of = |fhir_user| own_compartment(fhir_user, BASE).map(|own| own.id);
    assert_eq!(of("Patient/1").as_deref(), Some("1"));
    assert_eq!(
        of("https://fhir.example/Practitioner/1").as_deref(),
        Some("1")
    );
    for foreign in [
        "",
        "1",
        "Group/1",
        "Patient/",
        "Patient/a b",
        "Patient/1/",
        "/Patient/1",
        "Patient/1/_history/1",
        "Patient/../1",
        "x/Patient/1",
        "../Patient/1",
        "javascript:x/Patient/1",
        "https://elsewhere/fhir/Patient/1",
        "https://fhir.example.evil/Patient/1",
        "https://fhir.example/x/Patient/1",
        "https://fhir.example//Patient/1",
        "https://fhir.examplePatient/1",
        "http://fhir.example/Patient/1",
        "//fhir.example/Patient/1",
    ] {
        assert_eq!(of(foreign), None, "{foreign}");
        let stated = Stated {
            fhir_user: Some(foreign),
            ..smart_user("patient/*.rs")
        };
        assert_eq!(read(&stated), None, "{foreign}");
    }
    let nobody = Stated {
        fhir_user: None,
        ..smart_user("patient/*.rs")
    };
    assert_eq!(read(&nobody), None);
}

#[test]
fn a_person_s_own_resource_is_one_of_this_server_or_none() {
    let base = "https://fhir.example";
    for (fhir_user, base, expected) in [
        ("Patient/p", base, Some("p")),
        ("Patient/p", "", Some("p")),
        ("https://fhir.example/Patient/p", base, Some("p")),
        ("https://fhir.example/Patient/p", "", None),
        ("https://other.example/Patient/p", base, None),
        ("https://fhir.example.evil/Patient/p", base, None),
        ("/Patient/p", "", None),
        ("Device/p", base, None),
        ("Patient/p/q", base, None),
    ] {
        let own = own_compartment(fhir_user, base);
        let id = own.as_ref().map(|own| own.id.as_str());
        assert_eq!(id, expected, "{fhir_user} {base}");
    }
}
