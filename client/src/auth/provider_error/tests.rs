//! Every error that a provider may send, with its course of action and its message.

use super::*;

fn authorization(code: &str, description: &str) -> ProviderError {
    ProviderError::of_fragment(code.into(), description, "")
}

fn azure(code: &str, number: u32) -> ProviderError {
    ProviderError::of_token_endpoint(
        serde_json::from_value(serde_json::json!({
            "error": code,
            "error_description":
                format!("AADSTS{number}: Something technical. Trace ID: 1-2 Correlation ID: 3-4"),
            "error_codes": [number],
        }))
        .unwrap(),
    )
}

#[test]
fn each_code_of_oauth_and_openid_connect_has_its_course_and_a_remedy() {
    for (code, course, remedy) in [
        ("login_required", Course::Interact, "Sign in again"),
        ("interaction_required", Course::Interact, "Sign in again"),
        ("consent_required", Course::Interact, "consent"),
        ("account_selection_required", Course::Interact, "choose one"),
        ("invalid_grant", Course::Reacquire, "Sign in again"),
        ("access_denied", Course::Stop, "another account"),
        ("invalid_scope", Course::Stop, "scopes"),
        ("invalid_target", Course::Stop, "scopes"),
        ("unauthorized_client", Course::Stop, "registration"),
        ("invalid_client", Course::Stop, "client id"),
        ("unsupported_response_type", Course::Stop, "code flow"),
        ("unsupported_grant_type", Course::Stop, "code flow"),
        ("invalid_request", Course::Stop, "redirect address"),
        ("registration_not_supported", Course::Stop, "register"),
        ("request_not_supported", Course::Stop, "settings"),
        ("request_uri_not_supported", Course::Stop, "settings"),
        ("invalid_request_object", Course::Stop, "settings"),
        ("invalid_request_uri", Course::Stop, "settings"),
        ("server_error", Course::Stop, "few minutes"),
        ("temporarily_unavailable", Course::Wait, "Wait"),
        ("slow_down", Course::Wait, "Wait"),
    ] {
        let error = authorization(code, code);
        assert_eq!(error.course(), course, "{code}");
        assert!(error.words().contains(remedy), "{code}: {}", error.words());
    }
}

#[test]
fn each_number_of_azure_ad_has_its_course_and_a_remedy() {
    for (code, number, course, remedy) in [
        ("login_required", 50058, Course::Interact, "Sign in again"),
        ("invalid_grant", 50076, Course::Interact, "multi-factor"),
        ("interaction_required", 50079, Course::Interact, "set it up"),
        ("invalid_grant", 50173, Course::Interact, "password"),
        ("invalid_grant", 65001, Course::Interact, "consent"),
        (
            "interaction_required",
            160_021,
            Course::Interact,
            "no longer signed in",
        ),
        ("invalid_grant", 70008, Course::Reacquire, "Sign in again"),
        ("invalid_grant", 70043, Course::Reacquire, "Sign in again"),
        ("invalid_grant", 700_082, Course::Reacquire, "Sign in again"),
        ("invalid_grant", 700_084, Course::Reacquire, "Sign in again"),
        ("invalid_grant", 50105, Course::Stop, "assign"),
        ("access_denied", 53000, Course::Stop, "managed devices"),
        ("access_denied", 53003, Course::Stop, "Conditional Access"),
        ("invalid_request", 50011, Course::Stop, "redirect address"),
        ("invalid_resource", 500_011, Course::Stop, "scopes"),
        ("unauthorized_client", 700_016, Course::Stop, "client id"),
        ("invalid_request", 9_002_326, Course::Stop, "single-page"),
        ("temporarily_unavailable", 90033, Course::Wait, "Wait"),
    ] {
        let error = azure(code, number);
        assert_eq!(error.course(), course, "{number}");
        let words = error.words();
        assert!(words.contains(remedy), "{number}: {words}");
        assert!(words.ends_with(&format!("(AADSTS{number})")), "{words}");
        assert!(!words.contains("Trace"), "{words}");
    }
}

#[test]
fn a_code_that_nobody_knows_is_shown_with_the_provider_s_words() {
    let words = azure("odd_error", 1).words();
    assert!(words.contains("Something technical (odd_error)"), "{words}");
    assert_eq!(azure("odd_error", 1).course(), Course::Stop);
    let bare = authorization("odd_error", "odd_error").words();
    assert!(
        bare.contains("(odd_error)") && bare.contains("administrator"),
        "{bare}"
    );
}

#[test]
fn the_provider_s_own_words_are_kept_beside_the_remedy() {
    let words = authorization("access_denied", "You are not on the list.").words();
    assert!(
        words.starts_with("The sign-in was refused: You are not on the list. Ask your"),
        "{words}"
    );
}

#[test]
fn a_dead_refresh_token_that_needs_the_person_does_not_go_to_the_frame() {
    let with = |suberror: &str| ProviderError {
        suberror: Some(suberror.into()),
        ..authorization("invalid_grant", "x")
    };
    assert_eq!(with("basic_action").course(), Course::Interact);
    assert_eq!(with("consent_required").course(), Course::Interact);
    assert_eq!(with("bad_token").course(), Course::Reacquire);
}

#[test]
fn the_number_and_the_claims_challenge_of_a_fragment_are_read() {
    let fragment = "#error=interaction_required&claims=%7B%22id_token%22%3A1%7D";
    let error = ProviderError::of_fragment(
        "interaction_required".into(),
        "AADSTS50076: Due to a configuration change\r\nyou must use MFA. Trace ID: x",
        fragment,
    );
    assert_eq!(error.number, Some(50076));
    assert_eq!(error.claims.as_deref(), Some(r#"{"id_token":1}"#));
    assert_eq!(
        error.description,
        "Due to a configuration change you must use MFA."
    );
}

#[test]
fn no_code_is_listed_twice() {
    for (at, meaning) in NUMBERS.iter().enumerate() {
        assert!(
            NUMBERS
                .iter()
                .skip(at + 1)
                .all(|other| other.code != meaning.code)
        );
    }
    for (at, meaning) in CODES.iter().enumerate() {
        assert!(
            CODES
                .iter()
                .skip(at + 1)
                .all(|other| other.code != meaning.code)
        );
    }
}
