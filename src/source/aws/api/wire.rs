//! Parses Systems Manager's responses into records. The only file with AWS's
//! spelling on the wire. Pure. It parses the response itself, because the SDK's
//! types turn an absent counter into a zero and refuse a whole page for one row
//! without a state.

mod accounts;
mod baseline;
mod borrowed_text;
mod compliance;
mod nodes;
mod refusal;
mod strict;
mod sts;
mod value;
pub(crate) mod xml;

use std::sync::Arc;

use crate::record::{Cves, Moment, Node, NodeState, Patch, PatchState, UnreadableField};
use crate::source::aws::api::wire::borrowed_text::Text;
use crate::source::aws::api::wire::value::{
    NumberValue, TextValue, parse_count, parse_text, parse_timestamp,
};

pub(crate) use self::accounts::{OrganizationAccount, OrganizationRoot, OrganizationalUnit};
pub(crate) use self::baseline::{ListedBaseline, PatchRelease, bare_baseline_id};
pub(crate) use self::compliance::ComplianceItem;
pub(crate) use self::nodes::{
    InstanceProperty, InventoryNode, ManagedNode, PatchGroupName, ResourceTag,
};
pub(crate) use self::refusal::parse_service_error;
pub(crate) use self::strict::{BodyError, FromBody, MAX_PAGE_ROWS, Page};
pub(crate) use self::sts::RoleCredentials;

use crate::source::aws::api::wire::strict::read_list;

/// A record with the id of its node, as the service wrote it.
pub(crate) type StateRecord = (Box<str>, NodeState);

impl FromBody for Page<StateRecord> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "InstancePatchStates", |row: WireState<'_>| {
            if row.instance_id.0.is_empty() {
                return Err(BodyError::new("a record with an empty InstanceId"));
            }
            Ok(row.into_record())
        })
    }
}

/// A row before its node is known: the response does not repeat the node.
#[derive(Debug, PartialEq)]
pub(crate) struct PatchRecord {
    title: Option<Box<str>>,
    kb_id: Option<Box<str>>,
    classification: Option<Arc<str>>,
    severity: Option<Arc<str>>,
    state: PatchState,
    installed_time: Moment,
    cves: Cves,
}

impl PatchRecord {
    /// The row as a patch of this node.
    #[must_use]
    pub(crate) fn into_patch(self, node: &Node) -> Patch {
        Patch {
            node: node.clone(),
            title: self.title,
            kb_id: self.kb_id,
            classification: self.classification,
            severity: self.severity,
            state: self.state,
            installed_time: self.installed_time,
            cves: self.cves,
            release_date: None,
        }
    }
}

impl FromBody for Page<PatchRecord> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        let mut words = WordInterner::default();
        read_list(body, "Patches", |row: WirePatch<'_>| {
            row.into_record(&mut words)
        })
    }
}

/// The few words that fill two columns of every row: each is kept once per
/// page.
#[derive(Default)]
struct WordInterner(Vec<Arc<str>>);

impl WordInterner {
    /// Foreign input may contain a new word in each row; searching them all
    /// each time would cost more than it saves.
    const MAX_WORDS: usize = 32;

    fn intern(&mut self, word: Text<'_>) -> Arc<str> {
        if let Some(known) = self.0.iter().find(|known| ***known == *word.0) {
            return known.clone();
        }
        let new: Arc<str> = word.0.into();
        if self.0.len() < Self::MAX_WORDS {
            self.0.push(new.clone());
        }
        new
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireState<'a> {
    #[serde(borrow)]
    instance_id: Text<'a>,
    patch_group: Option<TextValue<'a>>,
    baseline_id: Option<TextValue<'a>>,
    snapshot_id: Option<TextValue<'a>>,
    install_override_list: Option<TextValue<'a>>,
    owner_information: Option<TextValue<'a>>,
    #[serde(default)]
    installed_count: NumberValue,
    #[serde(default)]
    installed_other_count: NumberValue,
    #[serde(default)]
    installed_pending_reboot_count: NumberValue,
    #[serde(default)]
    installed_rejected_count: NumberValue,
    #[serde(default)]
    missing_count: NumberValue,
    #[serde(default)]
    failed_count: NumberValue,
    #[serde(default)]
    unreported_not_applicable_count: NumberValue,
    #[serde(default)]
    not_applicable_count: NumberValue,
    #[serde(default)]
    available_security_update_count: NumberValue,
    #[serde(default)]
    operation_start_time: NumberValue,
    #[serde(default)]
    operation_end_time: NumberValue,
    operation: Option<TextValue<'a>>,
    #[serde(default)]
    last_no_reboot_install_operation_time: NumberValue,
    reboot_option: Option<TextValue<'a>>,
    #[serde(default)]
    critical_non_compliant_count: NumberValue,
    #[serde(default)]
    security_non_compliant_count: NumberValue,
    #[serde(default)]
    other_non_compliant_count: NumberValue,
}

impl WireState<'_> {
    fn into_record(self) -> StateRecord {
        // A verdict, a rule or an exposure uses the fields that are read with
        // this: an unreadable value must not be treated as absent. Of the other
        // fields only a column depends.
        let mut unreadable = UnreadableFields::default();
        let state = NodeState {
            patch_group: into_boxed(
                unreadable.value_or_default("PatchGroup", parse_text(self.patch_group)),
            ),
            baseline_id: into_boxed(
                unreadable.value_or_default("BaselineId", parse_text(self.baseline_id)),
            ),
            snapshot_id: into_boxed(parse_text(self.snapshot_id).unwrap_or_default()),
            install_override_list: into_boxed(
                parse_text(self.install_override_list).unwrap_or_default(),
            ),
            owner_information: into_boxed(parse_text(self.owner_information).unwrap_or_default()),
            installed: parse_count(self.installed_count).unwrap_or_default(),
            installed_other: parse_count(self.installed_other_count).unwrap_or_default(),
            installed_pending_reboot: unreadable.value_or_default(
                "InstalledPendingRebootCount",
                parse_count(self.installed_pending_reboot_count),
            ),
            installed_rejected: unreadable.value_or_default(
                "InstalledRejectedCount",
                parse_count(self.installed_rejected_count),
            ),
            missing: unreadable.value_or_default("MissingCount", parse_count(self.missing_count)),
            failed: unreadable.value_or_default("FailedCount", parse_count(self.failed_count)),
            unreported_not_applicable: parse_count(self.unreported_not_applicable_count)
                .unwrap_or_default(),
            not_applicable: parse_count(self.not_applicable_count).unwrap_or_default(),
            available_security_update: unreadable.value_or_default(
                "AvailableSecurityUpdateCount",
                parse_count(self.available_security_update_count),
            ),
            operation_start: unreadable.value_or_default(
                "OperationStartTime",
                parse_timestamp(self.operation_start_time),
            ),
            operation_end: unreadable.value_or_default(
                NodeState::OPERATION_END_FIELD,
                parse_timestamp(self.operation_end_time),
            ),
            operation: into_boxed(parse_text(self.operation).unwrap_or_default()),
            last_no_reboot_install: parse_timestamp(self.last_no_reboot_install_operation_time)
                .unwrap_or_default(),
            reboot_option: into_boxed(parse_text(self.reboot_option).unwrap_or_default()),
            critical_non_compliant: unreadable.value_or_default(
                "CriticalNonCompliantCount",
                parse_count(self.critical_non_compliant_count),
            ),
            security_non_compliant: unreadable.value_or_default(
                "SecurityNonCompliantCount",
                parse_count(self.security_non_compliant_count),
            ),
            other_non_compliant: unreadable.value_or_default(
                "OtherNonCompliantCount",
                parse_count(self.other_non_compliant_count),
            ),
            baseline_status: None,
            unreadable_fields: unreadable.0.into(),
        };
        (self.instance_id.0.into(), state)
    }
}

/// The fields of one record that are present and unreadable.
#[derive(Default)]
struct UnreadableFields(Vec<UnreadableField>);

impl UnreadableFields {
    /// The value, or its default after recording that it is unreadable.
    fn value_or_default<T: Default>(&mut self, field: &str, read: Result<T, Box<str>>) -> T {
        read.unwrap_or_else(|value| {
            self.0.push(UnreadableField {
                field: field.into(),
                value,
            });
            T::default()
        })
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WirePatch<'a> {
    #[serde(borrow)]
    title: Option<TextValue<'a>>,
    #[serde(rename = "KBId")]
    kb_id: Option<TextValue<'a>>,
    classification: Option<TextValue<'a>>,
    severity: Option<TextValue<'a>>,
    state: Option<TextValue<'a>>,
    #[serde(default)]
    installed_time: NumberValue,
    #[serde(rename = "CVEIds")]
    cve_ids: Option<TextValue<'a>>,
}

impl WirePatch<'_> {
    /// # Errors
    /// If a field that identifies the patch is present and is no text: the page
    /// is then requested again, and affects its own node alone.
    fn into_record(self, words: &mut WordInterner) -> Result<PatchRecord, BodyError> {
        let state = text_field("State", self.state)?;
        let title = into_boxed(text_field("Title", self.title)?);
        let kb_id = into_boxed(text_field("KBId", self.kb_id)?);
        // No other member identifies the patch.
        if [&title, &kb_id]
            .into_iter()
            .flatten()
            .all(|name| name.is_empty())
        {
            return Err(BodyError::new("a patch with neither a KBId nor a Title"));
        }
        Ok(PatchRecord {
            title,
            kb_id,
            classification: text_field("Classification", self.classification)?
                .map(|word| words.intern(word)),
            severity: text_field("Severity", self.severity)?.map(|word| words.intern(word)),
            state: PatchState::parse(state.as_ref().map_or("", |word| &word.0)),
            installed_time: parse_timestamp(self.installed_time).unwrap_or_default(),
            cves: Cves::new(
                text_field("CVEIds", self.cve_ids)?
                    .as_ref()
                    .map(|text| &*text.0),
            ),
        })
    }
}

/// The text of a field that is required to read the response.
fn text_field<'a>(name: &str, value: Option<TextValue<'a>>) -> Result<Option<Text<'a>>, BodyError> {
    parse_text(value).map_err(|value| BodyError::new(format!("{name} cannot be read: {value}")))
}

fn into_boxed(text: Option<Text<'_>>) -> Option<Box<str>> {
    text.map(|text| text.0.into())
}

/// A text that is not empty.
fn non_empty(text: Option<Text<'_>>) -> Option<Box<str>> {
    into_boxed(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn states(body: &str) -> Page<StateRecord> {
        Page::from_body(body.as_bytes()).unwrap()
    }

    fn patches(body: &str) -> Page<PatchRecord> {
        Page::from_body(body.as_bytes()).unwrap()
    }

    #[test]
    fn an_absent_counter_is_not_reported_and_zero_is_zero() {
        let page = states(
            r#"{"InstancePatchStates":[{"InstanceId":"i-1","MissingCount":0,"UnreportedNotApplicableCount":-1,"FailedCount":null}]}"#,
        );
        let state = &page.rows[0].1;
        assert_eq!(state.missing, Some(0));
        assert_eq!(state.installed, None);
        assert_eq!(state.failed, None);
        assert_eq!(state.unreported_not_applicable, None);
    }

    #[test]
    fn every_field_of_a_record_is_read() {
        let body = r#"{"InstancePatchStates":[{"InstanceId":"i-1","PatchGroup":"g","BaselineId":"pb-1","SnapshotId":"s","InstallOverrideList":"o",
            "OwnerInformation":"w","InstalledCount":1,"InstalledOtherCount":2,"InstalledPendingRebootCount":3,"InstalledRejectedCount":4,"MissingCount":5,
            "FailedCount":6,"UnreportedNotApplicableCount":7,"NotApplicableCount":8,"AvailableSecurityUpdateCount":9,"OperationStartTime":1.5,
            "OperationEndTime":2,"Operation":"Scan","LastNoRebootInstallOperationTime":3,"RebootOption":"NoReboot","CriticalNonCompliantCount":10,
            "SecurityNonCompliantCount":11,"OtherNonCompliantCount":12,"NewerField":{"a":[1]}}],"NextToken":"t"}"#;
        let page = states(body);
        assert_eq!(page.next_token.as_deref(), Some("t"));
        let (id, state) = &page.rows[0];
        let at = |seconds: f64| parse_timestamp(NumberValue::Value(seconds)).unwrap();
        assert_eq!(&**id, "i-1");
        assert_eq!(
            *state,
            NodeState {
                patch_group: Some("g".into()),
                baseline_id: Some("pb-1".into()),
                snapshot_id: Some("s".into()),
                install_override_list: Some("o".into()),
                owner_information: Some("w".into()),
                installed: Some(1),
                installed_other: Some(2),
                installed_pending_reboot: Some(3),
                installed_rejected: Some(4),
                missing: Some(5),
                failed: Some(6),
                unreported_not_applicable: Some(7),
                not_applicable: Some(8),
                available_security_update: Some(9),
                operation_start: at(1.5),
                operation_end: at(2.0),
                operation: Some("Scan".into()),
                last_no_reboot_install: at(3.0),
                reboot_option: Some("NoReboot".into()),
                critical_non_compliant: Some(10),
                security_non_compliant: Some(11),
                other_non_compliant: Some(12),
                baseline_status: None,
                unreadable_fields: Box::default(),
            }
        );
    }

    /// The fields that a verdict, a rule or an exposure uses.
    const COUNTERS: [&str; 8] = [
        "MissingCount",
        "FailedCount",
        "InstalledRejectedCount",
        "InstalledPendingRebootCount",
        "AvailableSecurityUpdateCount",
        "CriticalNonCompliantCount",
        "SecurityNonCompliantCount",
        "OtherNonCompliantCount",
    ];

    fn unreadable_fields(field: &str, value: &str) -> Vec<String> {
        let body =
            format!(r#"{{"InstancePatchStates":[{{"InstanceId":"i-1","{field}":{value}}}]}}"#);
        let state = &states(&body).rows[0].1;
        state
            .unreadable_fields
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn an_unreadable_value_is_reported_with_its_field() {
        for field in COUNTERS {
            for (value, shown) in [
                (r#""5""#, "\"5\""),
                ("1.5", "1.5"),
                ("1e300", "1e300"),
                ("true", "true"),
                ("-1", "-1"),
                ("[5]", "a list"),
                (r#"{"N":5}"#, "an object"),
            ] {
                let expected = format!("{field} cannot be read: {shown}");
                assert_eq!(unreadable_fields(field, value), [expected]);
            }
            for value in ["null", "0", "5", "5.0"] {
                assert!(
                    unreadable_fields(field, value).is_empty(),
                    "{field} {value}"
                );
            }
        }
        for field in ["OperationStartTime", "OperationEndTime"] {
            for value in [r#""2026-11-20T12:00:00Z""#, "1e300", "true", "[]"] {
                assert_eq!(unreadable_fields(field, value).len(), 1, "{field} {value}");
            }
            for value in ["null", "0", "-62135596800.0", "1700000000.5"] {
                assert!(
                    unreadable_fields(field, value).is_empty(),
                    "{field} {value}"
                );
            }
        }
        for field in ["PatchGroup", "BaselineId"] {
            for value in ["5", "true", "[]", "{}"] {
                assert_eq!(unreadable_fields(field, value).len(), 1, "{field} {value}");
            }
            assert!(
                unreadable_fields(field, "null").is_empty()
                    && unreadable_fields(field, r#""""#).is_empty()
            );
        }
        // Only a column depends on these; -1 is documented for the first.
        for field in [
            "UnreportedNotApplicableCount",
            "InstalledCount",
            "Operation",
        ] {
            assert!(unreadable_fields(field, "-1").is_empty(), "{field}");
        }
    }

    #[test]
    fn a_patch_field_that_is_no_text_is_reported_with_its_value() {
        for field in [
            "Title",
            "KBId",
            "Classification",
            "Severity",
            "State",
            "CVEIds",
        ] {
            let named = match field {
                "KBId" => r#""Title":"t""#,
                _ => r#""KBId":"KB1""#,
            };
            for (value, shown) in [("5", "5"), ("true", "true"), (r#"["a"]"#, "a list")] {
                let body = format!(r#"{{"Patches":[{{{named},"{field}":{value}}}]}}"#);
                let error = Page::<PatchRecord>::from_body(body.as_bytes()).unwrap_err();
                let expected = format!("{field} cannot be read: {shown} at line 1");
                assert!(error.to_string().starts_with(&expected), "{error}");
            }
            let body = format!(r#"{{"Patches":[{{{named},"{field}":null}}]}}"#);
            assert_eq!(patches(&body).rows.len(), 1);
        }
    }

    #[test]
    fn a_row_without_a_state_does_not_affect_other_rows() {
        let page = patches(
            r#"{"Patches":[{"KBId":"KB1","Title":"a \"b\""},{"KBId":"KB2","State":"MISSING","CVEIds":"CVE-1-1,CVE-1-2"},{"Title":"c","State":"InstalledSuperseded"}]}"#,
        );
        let states: Vec<&str> = page.rows.iter().map(|row| row.state.as_str()).collect();
        assert_eq!(states, ["", "Missing", "InstalledSuperseded"]);
        assert_eq!(page.rows[0].title.as_deref(), Some("a \"b\""));
        assert_eq!(page.rows[1].cves.iter().count(), 2);
    }

    #[test]
    fn one_unusual_value_costs_neither_its_row_nor_the_page() {
        let page = states(
            r#"{"InstancePatchStates":[{"InstanceId":"i-1","MissingCount":1.0,"FailedCount":"two","OperationEndTime":"yesterday","InstalledCount":[1,{"a":2}],"InstalledOtherCount":1.5,"NotApplicableCount":true}]}"#,
        );
        let state = &page.rows[0].1;
        assert_eq!((page.rows.len(), state.missing), (1, Some(1)));
        assert_eq!(
            (
                state.failed,
                state.installed,
                state.installed_other,
                state.not_applicable
            ),
            (None, None, None, None)
        );
        assert_eq!(state.operation_end, None);
    }

    #[test]
    fn a_patch_without_an_identity_makes_its_page_unreadable() {
        for row in ["{}", r#"{"State":"Missing"}"#, r#"{"KBId":"","Title":""}"#] {
            let body = format!(r#"{{"Patches":[{{"KBId":"KB1"}},{row}]}}"#);
            assert!(
                Page::<PatchRecord>::from_body(body.as_bytes()).is_err(),
                "{row}"
            );
        }
        // InstalledOther and NotApplicable have an empty Title by design.
        patches(r#"{"Patches":[{"KBId":"bash.x86_64","Title":"","State":"InstalledOther"}]}"#);
    }

    #[test]
    fn a_page_of_more_than_ten_thousand_rows_is_an_error() {
        let row = r#"{"KBId":"1"}"#;
        let body = |rows: usize| format!(r#"{{"Patches":[{}]}}"#, vec![row; rows].join(","));
        assert!(Page::<PatchRecord>::from_body(body(MAX_PAGE_ROWS).as_bytes()).is_ok());
        let error = Page::<PatchRecord>::from_body(body(MAX_PAGE_ROWS + 1).as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains("more than 10000 rows"),
            "{error}"
        );
    }

    #[test]
    fn no_token_and_an_empty_token_both_end_the_pages() {
        assert_eq!(patches(r#"{"Patches":[],"NextToken":""}"#).next_token, None);
        assert_eq!(patches(r#"{"Patches":[]}"#).next_token, None);
        let more = patches(r#"{"Patches":[],"NextToken":"x"}"#);
        assert_eq!(more.next_token.as_deref(), Some("x"));
    }

    proptest! {
        #[test]
        fn titles_are_read_unchanged(title in any::<String>()) {
            let body = serde_json::json!({"Patches": [{"KBId": "KB1", "Title": title, "State": "Failed"}]}).to_string();
            let page = Page::<PatchRecord>::from_body(body.as_bytes()).unwrap();
            prop_assert_eq!(page.rows[0].title.as_deref(), Some(title.as_str()));
        }
    }
}
