//! The service's answers, as they are written, to records.
//!
//! The only place that knows AWS's spelling on the wire. Pure. It reads the
//! answer itself, because the SDK's types turn an absent counter into a zero
//! and refuse a whole page for one row without a state.

mod accounts;
mod baseline;
mod nodes;
mod refusal;
mod strict;
mod sts;
pub mod xml;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::record::{Count, Cves, Moment, Node, NodeState, Patch, PatchState};

pub use self::accounts::Member;
pub use self::baseline::{Listed, Release, bare};
pub use self::nodes::{Group, Inventoried, Managed, Tagged};
pub use self::refusal::refusal;
pub use self::strict::{FromBody, MOST_ROWS, Page, Unreadable};
pub use self::sts::{CallerIdentity, Session};

use self::strict::list;

/// A record with the id of the node it is about, as the service wrote it.
pub type Named = (Box<str>, NodeState);

impl FromBody for Page<Named> {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        list(body, "InstancePatchStates", |row: WireState<'_>| {
            if row.instance_id.0.is_empty() {
                return Err("a record with an empty InstanceId");
            }
            Ok(row.into_record())
        })
    }
}

/// A row before it is known whose it is: the answer does not repeat the node.
#[derive(Debug, PartialEq)]
pub struct Row {
    title: Option<Box<str>>,
    kb_id: Option<Box<str>>,
    classification: Option<Arc<str>>,
    severity: Option<Arc<str>>,
    state: PatchState,
    installed_time: Moment,
    cves: Cves,
}

impl Row {
    /// The row, as one of this node's.
    #[must_use]
    pub fn of(self, node: &Node) -> Patch {
        Patch {
            node: node.clone(),
            title: self.title,
            kb_id: self.kb_id,
            classification: self.classification,
            severity: self.severity,
            state: self.state,
            installed_time: self.installed_time,
            cves: self.cves,
            released: None,
        }
    }
}

impl FromBody for Page<Row> {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        let mut words = Words::default();
        list(body, "Patches", |row: WirePatch<'_>| {
            // No other member tells which patch it is.
            let names = [&row.kb_id, &row.title];
            if names.into_iter().flatten().all(|name| name.0.is_empty()) {
                return Err("a patch with neither a KBId nor a Title");
            }
            Ok(row.into_row(&mut words))
        })
    }
}

/// The few words that fill two columns of every row: each is kept once a page.
#[derive(Default)]
struct Words(Vec<Arc<str>>);

impl Words {
    /// Foreign input may hold a new word in each row; looking them all up
    /// again and again would cost more than it saves.
    const MOST: usize = 32;

    fn keep(&mut self, word: Text<'_>) -> Arc<str> {
        if let Some(known) = self.0.iter().find(|known| ***known == *word.0) {
            return known.clone();
        }
        let new: Arc<str> = word.0.into();
        if self.0.len() < Self::MOST {
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
    patch_group: Option<Text<'a>>,
    baseline_id: Option<Text<'a>>,
    snapshot_id: Option<Text<'a>>,
    install_override_list: Option<Text<'a>>,
    owner_information: Option<Text<'a>>,
    #[serde(default)]
    installed_count: Number,
    #[serde(default)]
    installed_other_count: Number,
    #[serde(default)]
    installed_pending_reboot_count: Number,
    #[serde(default)]
    installed_rejected_count: Number,
    #[serde(default)]
    missing_count: Number,
    #[serde(default)]
    failed_count: Number,
    #[serde(default)]
    unreported_not_applicable_count: Number,
    #[serde(default)]
    not_applicable_count: Number,
    #[serde(default)]
    available_security_update_count: Number,
    #[serde(default)]
    operation_start_time: Number,
    #[serde(default)]
    operation_end_time: Number,
    operation: Option<Text<'a>>,
    #[serde(default)]
    last_no_reboot_install_operation_time: Number,
    reboot_option: Option<Text<'a>>,
    #[serde(default)]
    critical_non_compliant_count: Number,
    #[serde(default)]
    security_non_compliant_count: Number,
    #[serde(default)]
    other_non_compliant_count: Number,
}

impl WireState<'_> {
    fn into_record(self) -> Named {
        let state = NodeState {
            patch_group: owned(self.patch_group),
            baseline_id: owned(self.baseline_id),
            snapshot_id: owned(self.snapshot_id),
            install_override_list: owned(self.install_override_list),
            owner_information: owned(self.owner_information),
            installed: count(self.installed_count),
            installed_other: count(self.installed_other_count),
            installed_pending_reboot: count(self.installed_pending_reboot_count),
            installed_rejected: count(self.installed_rejected_count),
            missing: count(self.missing_count),
            failed: count(self.failed_count),
            unreported_not_applicable: count(self.unreported_not_applicable_count),
            not_applicable: count(self.not_applicable_count),
            available_security_update: count(self.available_security_update_count),
            operation_start: moment(self.operation_start_time),
            operation_end: moment(self.operation_end_time),
            operation: owned(self.operation),
            last_no_reboot_install: moment(self.last_no_reboot_install_operation_time),
            reboot_option: owned(self.reboot_option),
            critical_non_compliant: count(self.critical_non_compliant_count),
            security_non_compliant: count(self.security_non_compliant_count),
            other_non_compliant: count(self.other_non_compliant_count),
            ruling: None,
        };
        (self.instance_id.0.into(), state)
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WirePatch<'a> {
    #[serde(borrow)]
    title: Option<Text<'a>>,
    #[serde(rename = "KBId")]
    kb_id: Option<Text<'a>>,
    classification: Option<Text<'a>>,
    severity: Option<Text<'a>>,
    state: Option<Text<'a>>,
    #[serde(default)]
    installed_time: Number,
    #[serde(rename = "CVEIds")]
    cve_ids: Option<Text<'a>>,
}

impl WirePatch<'_> {
    fn into_row(self, words: &mut Words) -> Row {
        Row {
            title: owned(self.title),
            kb_id: owned(self.kb_id),
            classification: self.classification.map(|word| words.keep(word)),
            severity: self.severity.map(|word| words.keep(word)),
            state: PatchState::read(self.state.as_ref().map_or("", |word| &word.0)),
            installed_time: moment(self.installed_time),
            cves: Cves::new(self.cve_ids.as_ref().map(|text| &*text.0)),
        }
    }
}

/// A string of the answer, borrowed from it wherever it holds no escape.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

fn owned(text: Option<Text<'_>>) -> Option<Box<str>> {
    text.map(|text| text.0.into())
}

/// A text that says something.
fn told(text: Option<Text<'_>>) -> Option<Box<str>> {
    owned(text).filter(|text| !text.is_empty())
}

/// `-1` stands for a count that could not be made.
fn count(value: Number) -> Count {
    let whole = value
        .0
        .filter(|n| *n >= 0.0 && *n <= MOST_EXACT && n.fract() == 0.0)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number in range, as checked above"
    )]
    Some(whole as u64)
}

/// The greatest whole number up to which all are exact as a float: 2^53.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// A number of the answer, or nothing where something else stands: one odd
/// value must not cost the page.
#[derive(Clone, Copy, Default)]
struct Number(Option<f64>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            #[expect(clippy::cast_precision_loss, reason = "no count or time is that large")]
            fn visit_i64<E: Error>(self, n: i64) -> Result<Number, E> {
                Ok(Number(Some(n as f64)))
            }
            #[expect(clippy::cast_precision_loss, reason = "no count or time is that large")]
            fn visit_u64<E: Error>(self, n: u64) -> Result<Number, E> {
                Ok(Number(Some(n as f64)))
            }
            fn visit_f64<E: Error>(self, n: f64) -> Result<Number, E> {
                Ok(Number(Some(n)))
            }
            fn visit_bool<E: Error>(self, _: bool) -> Result<Number, E> {
                Ok(Number(None))
            }
            fn visit_str<E: Error>(self, _: &str) -> Result<Number, E> {
                Ok(Number(None))
            }
            fn visit_unit<E: Error>(self) -> Result<Number, E> {
                Ok(Number(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Number, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Number(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Number, A::Error> {
                while items.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Number(None))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Epoch seconds with an optional fraction. Zero, anything before it, and the
/// year 1 of .NET mean "not known". Kept to the microsecond, which is what the
/// fraction of such a number can hold.
fn moment(value: Number) -> Moment {
    let seconds = value
        .0
        .filter(|seconds| *seconds > 0.0 && *seconds < 253_402_300_800.0)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range was checked above"
    )]
    let micros = (seconds * 1e6).round() as i64;
    Timestamp::from_microsecond(micros).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn states(body: &str) -> Page<Named> {
        Page::from_body(body.as_bytes()).unwrap()
    }

    fn patches(body: &str) -> Page<Row> {
        Page::from_body(body.as_bytes()).unwrap()
    }

    #[test]
    fn an_absent_counter_and_minus_one_are_not_reported_and_zero_is_zero() {
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
        assert_eq!(page.next.as_deref(), Some("t"));
        let (id, state) = &page.rows[0];
        let at = |seconds: f64| moment(Number(Some(seconds)));
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
                ruling: None,
            }
        );
    }

    #[test]
    fn a_row_without_a_state_costs_nobody_elses_row() {
        let page = patches(
            r#"{"Patches":[{"KBId":"KB1","Title":"a \"b\""},{"KBId":"KB2","State":"MISSING","CVEIds":"CVE-1-1,CVE-1-2"},{"Title":"c","State":"InstalledSuperseded"}]}"#,
        );
        let states: Vec<&str> = page.rows.iter().map(|row| row.state.as_str()).collect();
        assert_eq!(states, ["", "Missing", "InstalledSuperseded"]);
        assert_eq!(page.rows[0].title.as_deref(), Some("a \"b\""));
        assert_eq!(page.rows[1].cves.iter().count(), 2);
    }

    #[test]
    fn one_odd_value_costs_neither_its_row_nor_the_page() {
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
    fn a_patch_that_cannot_be_told_from_others_makes_its_page_unreadable() {
        for row in ["{}", r#"{"State":"Missing"}"#, r#"{"KBId":"","Title":""}"#] {
            let body = format!(r#"{{"Patches":[{{"KBId":"KB1"}},{row}]}}"#);
            assert!(Page::<Row>::from_body(body.as_bytes()).is_err(), "{row}");
        }
        // InstalledOther and NotApplicable have an empty Title on purpose.
        patches(r#"{"Patches":[{"KBId":"bash.x86_64","Title":"","State":"InstalledOther"}]}"#);
    }

    #[test]
    fn a_page_of_more_rows_than_ten_thousand_is_no_answer() {
        let row = r#"{"KBId":"1"}"#;
        let body = |rows: usize| format!(r#"{{"Patches":[{}]}}"#, vec![row; rows].join(","));
        assert!(Page::<Row>::from_body(body(MOST_ROWS).as_bytes()).is_ok());
        let error = Page::<Row>::from_body(body(MOST_ROWS + 1).as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains("more than 10000 rows"),
            "{error}"
        );
    }

    #[test]
    fn no_token_and_an_empty_token_both_end_the_pages() {
        assert_eq!(patches(r#"{"Patches":[],"NextToken":""}"#).next, None);
        assert_eq!(patches(r#"{"Patches":[]}"#).next, None);
        let more = patches(r#"{"Patches":[],"NextToken":"x"}"#);
        assert_eq!(more.next.as_deref(), Some("x"));
    }

    #[test]
    fn times_that_mean_nothing_are_unknown() {
        for seconds in [
            0.0,
            -0.0,
            -1.0,
            -62_135_596_800.0,
            f64::NAN,
            f64::INFINITY,
            1e300,
        ] {
            assert_eq!(moment(Number(Some(seconds))), None, "{seconds}");
        }
        assert_eq!(moment(Number(None)), None);
        assert_eq!(
            moment(Number(Some(1_559_250_178.25))).unwrap().to_string(),
            "2019-05-30T21:02:58.25Z"
        );
    }

    proptest! {
        #[test]
        fn any_number_is_a_time_of_this_era_or_unknown(seconds in any::<f64>()) {
            if let Some(moment) = moment(Number(Some(seconds))) {
                prop_assert!(moment.as_second() >= 0);
            }
        }

        #[test]
        fn titles_arrive_letter_for_letter(title in any::<String>()) {
            let body = serde_json::json!({"Patches": [{"KBId": "KB1", "Title": title, "State": "Failed"}]}).to_string();
            let page = Page::<Row>::from_body(body.as_bytes()).unwrap();
            prop_assert_eq!(page.rows[0].title.as_deref(), Some(title.as_str()));
        }
    }
}
