//! Every parser of a list: a body that is not the requested list, complete and
//! with every row readable, is an error.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::record::{InfoField, NodeInfo};
use crate::source::aws::api::wire::strict::*;
use crate::source::aws::api::wire::{
    InventoryNode, ListedBaseline, ManagedNode, OrganizationAccount, PatchGroupName, PatchRecord,
    PatchRelease, ResourceTag, StateRecord,
};

/// The number of rows and the token, or the error.
type ReadOutcome = Result<(usize, Option<String>), String>;

/// A list call and its parser.
struct ListCase {
    member: &'static str,
    /// The member that identifies a row, and a row with every member.
    id_key: &'static str,
    row: Value,
    read: fn(&[u8]) -> ReadOutcome,
}

fn read<T>(body: &[u8]) -> ReadOutcome
where
    Page<T>: FromBody,
{
    match Page::<T>::from_body(body) {
        Ok(page) => Ok((page.rows.len(), page.next_token)),
        Err(error) => Err(error.to_string()),
    }
}

/// All nine of them.
fn list_cases() -> Vec<ListCase> {
    let call = |member, id, row, read| ListCase {
        member,
        id_key: id,
        row,
        read,
    };
    let entity = json!({"Id": "i-1", "Data": {"AWS:InstanceInformation": {"TypeName": "AWS:InstanceInformation",
        "Content": [{"InstanceStatus": "Stopped", "ComputerName": "c"}]}}});
    let state = json!({"InstanceId": "i-1", "MissingCount": 1});
    vec![
        call(
            "InstancePatchStates",
            "InstanceId",
            state,
            read::<StateRecord>,
        ),
        call(
            "Patches",
            "KBId",
            json!({"KBId": "KB1", "State": "Missing"}),
            read::<PatchRecord>,
        ),
        call(
            "InstanceInformationList",
            "InstanceId",
            json!({"InstanceId": "i-1", "Name": "n"}),
            read::<ManagedNode>,
        ),
        call("Entities", "Id", entity, read::<InventoryNode>),
        call(
            "Mappings",
            "PatchGroup",
            json!({"PatchGroup": "web", "BaselineIdentity": {}}),
            read::<PatchGroupName>,
        ),
        call(
            "TagList",
            "Key",
            json!({"Key": "Env", "Value": ""}),
            read::<ResourceTag>,
        ),
        call(
            "BaselineIdentities",
            "BaselineId",
            json!({"BaselineId": "pb-1"}),
            read::<ListedBaseline>,
        ),
        call(
            "Patches",
            "KbNumber",
            json!({"KbNumber": "KB1", "ReleaseDate": 1}),
            read::<PatchRelease>,
        ),
        call(
            "Accounts",
            "Id",
            json!({"Id": "111122223333", "Status": "ACTIVE"}),
            read::<OrganizationAccount>,
        ),
    ]
}

impl ListCase {
    /// A page of two rows with a page after it.
    fn document(&self) -> Value {
        json!({self.member: [self.row, self.row], "NextToken": "more", "Newer": {"a": [null]}})
    }

    fn with_row(&self, row: &Value) -> String {
        json!({self.member: [self.row, row], "NextToken": "more"}).to_string()
    }
}

#[test]
fn every_list_is_read_with_its_token_and_an_empty_list_is_empty() {
    for call in list_cases() {
        let member = call.member;
        let body = call.document().to_string();
        let two = Ok((2, Some("more".to_owned())));
        assert_eq!((call.read)(body.as_bytes()), two, "{member}");
        let spaced = format!(" \r\n{body}\n ");
        assert_eq!((call.read)(spaced.as_bytes()), two, "{member}");
        for last in [json!({member: []}), json!({member: [], "NextToken": ""})] {
            assert_eq!(
                (call.read)(last.to_string().as_bytes()),
                Ok((0, None)),
                "{last}"
            );
        }
        let between = json!({member: [], "NextToken": "more"}).to_string();
        let none = Ok((0, Some("more".to_owned())));
        assert_eq!((call.read)(between.as_bytes()), none, "{member}");
    }
}

#[test]
fn a_body_that_is_not_the_requested_list_is_an_error() {
    for call in list_cases() {
        let (member, row) = (call.member, call.row.to_string());
        let whole = call.document().to_string();
        for (body, cause) in [
            (String::new(), "it is empty"),
            (" \r\n".to_owned(), "it is empty"),
            ("null".to_owned(), "invalid type: null"),
            ("{}".to_owned(), "missing field"),
            ("[]".to_owned(), "invalid type: sequence"),
            // serde would accept a list of the fields' values.
            (format!(r#"[[{row}],"more"]"#), "invalid type: sequence"),
            (
                "<html><body>sign in</body></html>".to_owned(),
                "expected value",
            ),
            (
                r#"{"message":"sign in to the network"}"#.to_owned(),
                "missing field",
            ),
            (
                r#"{"Output":{"__type":"UnknownOperationException"}}"#.to_owned(),
                "missing field",
            ),
            (
                format!(r#"{{"Others":[{row}],"NextToken":"more"}}"#),
                "missing field",
            ),
            (r#"{"NextToken":"more"}"#.to_owned(), "missing field"),
            (
                json!({member: [], "__type": "InternalServerError"}).to_string(),
                "an error with the status",
            ),
            (
                json!({member: null, "NextToken": "more"}).to_string(),
                "expected a list",
            ),
            (json!({member: "none"}).to_string(), "expected a list"),
            (json!({member: 0}).to_string(), "expected a list"),
            (json!({member: false}).to_string(), "expected a list"),
            (
                json!({member: {"0": call.row}}).to_string(),
                "expected a list",
            ),
            (
                json!({member: [], "NextToken": 7}).to_string(),
                "invalid type",
            ),
            (
                json!({member: [], "NextToken": ["more"]}).to_string(),
                "invalid type",
            ),
            (
                json!({member: [], "NextToken": {}}).to_string(),
                "invalid type",
            ),
            (
                format!(r#"{{"{member}":[{row}],"{member}":[]}}"#),
                "duplicate field",
            ),
            (
                format!(r#"{{"{member}":[],"NextToken":"more","NextToken":""}}"#),
                "duplicate field",
            ),
            (format!("{whole}x"), "trailing characters"),
            (format!("{whole}{whole}"), "trailing characters"),
            (format!("{whole}\u{0}"), "trailing characters"),
        ] {
            let error = (call.read)(body.as_bytes()).unwrap_err();
            assert!(error.contains(cause), "{body}: {error}");
        }
        assert!((call.read)(&[whole.as_bytes(), b"\xff"].concat()).is_err());
        // A member that is null is absent.
        let null = json!({member: [], "NextToken": null}).to_string();
        assert!((call.read)(null.as_bytes()).is_ok(), "{null}");
    }
}

#[test]
fn an_unreadable_row_makes_its_page_unreadable() {
    for call in list_cases() {
        let with_id = |id: Value| {
            let mut row = call.row.clone();
            row[call.id_key] = id;
            row
        };
        let mut without = call.row.clone();
        without.as_object_mut().unwrap().remove(call.id_key);
        let listed = Value::Array(call.row.as_object().unwrap().values().cloned().collect());
        for row in [
            Value::Null,
            json!({}),
            json!([]),
            json!("i-1"),
            json!(1),
            listed,
            without,
            with_id(Value::Null),
            with_id(json!("")),
            with_id(json!(1)),
            with_id(json!(["i-1"])),
            with_id(json!({})),
        ] {
            let body = call.with_row(&row);
            assert!((call.read)(body.as_bytes()).is_err(), "{body}");
        }
        let row = call.row.to_string();
        let doubled = format!(r#"{{"{}":"x",{}"#, call.id_key, &row[1..]);
        let body = format!(r#"{{"{}":[{doubled}]}}"#, call.member);
        assert!((call.read)(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn a_node_of_the_inventory_has_an_id_and_perhaps_nothing_else() {
    let read = |entity: Value| {
        let body = json!({"Entities": [entity]}).to_string();
        Page::<InventoryNode>::from_body(body.as_bytes()).map(|mut page| page.rows.remove(0))
    };
    for data in [
        json!({}),
        json!({"Data": {}}),
        json!({"Data": {"AWS:InstanceInformation": {}}}),
        json!({"Data": {"AWS:InstanceInformation": {"Content": []}}}),
        json!({"Data": {"AWS:InstanceInformation": {"Content": [{}]}}}),
    ] {
        let mut entity = data;
        entity["Id"] = json!("i-1");
        let node = read(entity).unwrap();
        assert_eq!(
            (&*node.id, node.status, node.info),
            ("i-1", None, NodeInfo::default())
        );
    }
    let content =
        json!({"InstanceId": "i-2", "InstanceStatus": "Stopped", "PlatformType": "Linux"});
    let node = read(json!({"Data": {"AWS:InstanceInformation": {"Content": [content]}}})).unwrap();
    assert_eq!(
        (&*node.id, node.status.as_deref()),
        ("i-2", Some("Stopped"))
    );
    assert_eq!(node.info.get(InfoField::PlatformType), Some("Linux"));
    for data in [
        json!({"Id": "i-1", "Data": []}),
        json!({"Id": "i-1", "Data": {"AWS:InstanceInformation": "x"}}),
        json!({"Id": "i-1", "Data": {"AWS:InstanceInformation": {"Content": {}}}}),
        json!({"Id": "i-1", "Data": {"AWS:InstanceInformation": {"Content": [null]}}}),
        json!({"Id": "i-1", "Data": {"AWS:InstanceInformation": {"Content": [{"InstanceStatus": 1}]}}}),
    ] {
        assert!(read(data.clone()).is_err(), "{data}");
    }
}

#[test]
fn every_field_of_a_managed_node_is_read_and_empty_ones_are_absent() {
    let body = json!({"InstanceInformationList": [
        {"InstanceId": "mi-1", "Name": "n", "ComputerName": "c", "PlatformType": "Linux", "PlatformName": "Ubuntu",
            "PlatformVersion": "22.04", "PingStatus": "Online", "AgentVersion": "3.1", "ResourceType": "ManagedInstance",
            "IPAddress": "10.0.0.1", "LastPingDateTime": 1.5, "AssociationOverview": {"a": 1}},
        {"InstanceId": "i-1", "Name": "", "IPAddress": null},
    ]});
    let page = Page::<ManagedNode>::from_body(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        page.rows[0].info,
        NodeInfo::of([
            (InfoField::Name, Some("n")),
            (InfoField::ComputerName, Some("c")),
            (InfoField::PlatformType, Some("Linux")),
            (InfoField::PlatformName, Some("Ubuntu")),
            (InfoField::PlatformVersion, Some("22.04")),
            (InfoField::PingStatus, Some("Online")),
            (InfoField::AgentVersion, Some("3.1")),
            (InfoField::ResourceType, Some("ManagedInstance")),
            (InfoField::IpAddress, Some("10.0.0.1")),
        ])
    );
    assert_eq!(page.rows[1].info, NodeInfo::default());
}

proptest! {
    #[test]
    fn a_response_that_breaks_off_is_an_error(of in 0usize..9, part in 0.0..1.0f64) {
        let call = &list_cases()[of];
        let body = call.document().to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an offset in a short text")]
        let end = (body.len() as f64 * part) as usize;
        prop_assert!((call.read)(&body.as_bytes()[..end]).is_err());
    }

    /// Compared with serde_json: whatever is parsed has as many rows as the
    /// list in the document, each an object, and the same token.
    #[test]
    fn changed_bytes_are_an_error_or_their_new_value(
        of in 0usize..9, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let call = &list_cases()[of];
        let mut body = call.document().to_string().into_bytes();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if let Ok((rows, next)) = (call.read)(&body) {
            let document: Value = serde_json::from_slice(&body).unwrap();
            let list = document[call.member].as_array().unwrap();
            prop_assert_eq!(list.len(), rows);
            prop_assert!(list.iter().all(Value::is_object));
            let token = document["NextToken"].as_str().filter(|token| !token.is_empty());
            prop_assert_eq!(token, next.as_deref());
        }
    }

    #[test]
    fn foreign_bytes_never_panic(of in 0usize..9, body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (list_cases()[of].read)(&body);
    }

    #[test]
    fn foreign_json_is_an_error(of in 0usize..9, key in "[A-Za-z]{1,12}", depth in 0usize..200) {
        let body = format!(r#"{{"{key}":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
        prop_assert!((list_cases()[of].read)(body.as_bytes()).is_err());
    }
}
