//! Tests of refused requests and their messages.

use serde_json::{Value, json};

use crate::demo::request::{PatchesRequest, ServiceError, StatesRequest, well_formed};

fn states(body: &Value) -> Result<StatesRequest, ServiceError> {
    StatesRequest::read(body.to_string().as_bytes(), |id| id == "i-123")
}

fn patches(body: &Value) -> Result<PatchesRequest, ServiceError> {
    PatchesRequest::read(body.to_string().as_bytes(), |id| id == "i-123")
}

fn refusal<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> (&'static str, String) {
    let fault = result.unwrap_err();
    assert_eq!(fault.status, 400);
    (fault.code, fault.message)
}

#[test]
fn a_page_above_fifty_is_refused_with_the_message_of_the_service() {
    let expected = "1 validation error detected: Value '100' at 'maxResults' failed to satisfy constraint: \
                    Member must have value less than or equal to 50";
    let body = json!({ "InstanceIds": ["i-123"], "MaxResults": 100 });
    assert_eq!(
        refusal(states(&body)),
        ("ValidationException", expected.to_owned())
    );
    let body = json!({ "InstanceId": "i-123", "MaxResults": 100 });
    assert_eq!(
        refusal(patches(&body)),
        ("ValidationException", expected.to_owned())
    );
}

#[test]
fn a_page_below_ten_is_refused() {
    let (_, message) = refusal(patches(&json!({ "InstanceId": "i-123", "MaxResults": 9 })));
    assert!(
        message.ends_with("Member must have value greater than or equal to 10"),
        "{message}"
    );
}

#[test]
fn fifty_ids_are_accepted_and_one_more_is_refused() {
    let ids = |count: u32| -> Vec<String> { (0..count).map(|n| format!("i-{n:017x}")).collect() };
    assert_eq!(
        states(&json!({ "InstanceIds": ids(50) })).unwrap().page.max,
        50
    );
    let (kind, message) = refusal(states(&json!({ "InstanceIds": ids(51) })));
    assert_eq!(kind, "ValidationException");
    assert!(
        message.starts_with("1 validation error detected: Value '[i-00000000000000000, i-0"),
        "{message}"
    );
    assert!(message.ends_with("at 'instanceIds' failed to satisfy constraint: Member must have length less than or equal to 50"));
}

#[test]
fn an_empty_list_of_ids_is_refused() {
    assert!(
        refusal(states(&json!({})))
            .1
            .contains("Value null at 'instanceIds'")
    );
    assert!(
        refusal(states(&json!({ "InstanceIds": [] })))
            .1
            .contains("greater than or equal to 1")
    );
    assert!(
        refusal(patches(&json!({})))
            .1
            .contains("Value null at 'instanceId'")
    );
}

#[test]
fn one_malformed_id_fails_the_whole_call_unless_the_fleet_knows_it() {
    let (kind, message) = refusal(states(&json!({ "InstanceIds": ["i-123", "i-nope"] })));
    assert_eq!(kind, "ValidationException");
    assert!(
        message.contains(r"Value '[i-123, i-nope]' at 'instanceIds'"),
        "{message}"
    );
    assert!(
        message.contains(r"pattern: (^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)"),
        "{message}"
    );
    assert!(states(&json!({ "InstanceIds": ["i-123"] })).is_ok());
    assert!(
        refusal(patches(&json!({ "InstanceId": "web-1" })))
            .1
            .contains("'web-1' at 'instanceId'")
    );
}

#[test]
fn instance_ids_have_two_lengths_and_hybrid_ids_one() {
    for id in [
        "i-1f7c3a9b",
        "i-0a4c1f8e7d2b93605",
        "mi-0a9c3e7f5b1d82460",
        "i-ABCDEF_9",
    ] {
        assert!(well_formed(id), "{id}");
    }
    for id in [
        "i-123",
        "mi-1f7c3a9b",
        "I-1f7c3a9b",
        "i-1f7c3a9b ",
        "i-1f7c-a9b",
        "",
        "x",
    ] {
        assert!(!well_formed(id), "{id}");
    }
}

#[test]
fn several_errors_are_reported_at_once() {
    let (_, message) = refusal(states(
        &json!({ "InstanceIds": ["nope"], "MaxResults": 100 }),
    ));
    assert!(
        message.starts_with("2 validation errors detected: "),
        "{message}"
    );
}

#[test]
fn five_filters_are_accepted_and_six_are_refused() {
    let filters = |count| json!({ "InstanceId": "i-123", "Filters": vec![json!({ "Key": "State", "Values": ["Missing"] }); count] });
    assert!(patches(&filters(5)).is_ok());
    assert_eq!(refusal(patches(&filters(6))).0, "ValidationException");
}

#[test]
fn a_filter_with_an_unknown_key_is_invalid() {
    let body = |key: &str, values: Value| json!({ "InstanceId": "i-123", "Filters": [{ "Key": key, "Values": values }] });
    assert_eq!(
        refusal(patches(&body("Title", json!(["x"])))).0,
        "InvalidFilter"
    );
    assert_eq!(
        refusal(patches(&body("state", json!(["Missing"])))).0,
        "InvalidFilter"
    );
    assert_eq!(
        refusal(patches(&body("State", json!([])))).0,
        "ValidationException"
    );
    assert_eq!(
        refusal(patches(&body("State", json!([""])))).0,
        "ValidationException"
    );
    assert_eq!(
        refusal(patches(&body("State", json!(["x".repeat(257)])))).0,
        "ValidationException"
    );
    assert!(patches(&body("State", json!(["x".repeat(256)]))).is_ok());
}

#[test]
fn invalid_json_and_wrong_types_are_serialization_errors() {
    assert_eq!(
        refusal(StatesRequest::read(b"{", |_| true)).0,
        "SerializationException"
    );
    assert_eq!(
        refusal(states(&json!({ "InstanceIds": "i-123" }))).0,
        "SerializationException"
    );
    assert_eq!(
        refusal(patches(&json!({ "InstanceId": 7 }))).0,
        "SerializationException"
    );
}

#[test]
fn errors_of_the_model_have_message_with_a_capital() {
    let text = |fault: ServiceError| String::from_utf8(fault.body()).unwrap();
    assert_eq!(
        text(ServiceError::throttled()),
        r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#
    );
    assert!(text(ServiceError::internal()).contains(r#""Message":"#));
    assert_eq!(
        text(ServiceError::unknown_operation()),
        r#"{"__type":"UnknownOperationException"}"#
    );
}
