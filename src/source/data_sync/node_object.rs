//! What the objects of one node say: its last scan, what else is known of it, its tags.

use std::collections::BTreeMap;

use crate::record::{
    Cause, Count, InfoField, Moment, NodeInfo, NodeState, Outcome, PatchState, UnreadableField,
};
use crate::source::data_sync::line::{Line, lines};
use crate::source::data_sync::tree::SyncType;

/// What stands in the place of the counter that a sync does not contain.
const NOT_IN_A_SYNC: &str = "a Resource Data Sync does not contain it";

/// The status of a node that no longer exists. Source: Systems Manager user guide,
/// "Metadata collected by inventory", AWS:InstanceInformation.
const TERMINATED: &str = "Terminated";

/// An object cannot be read, or not as a whole.
pub(super) fn unreadable(kind: SyncType, what: &str) -> Cause {
    Cause {
        code: "Unreadable".into(),
        text: format!("its {} cannot be read: {what}", kind.as_str()).into(),
    }
}

/// The newest line of an object that has one line: a sync overwrites the object.
fn newest<'a>(content: &'a [u8], node_id: &str) -> Result<Option<Line<'a>>, String> {
    let mut newest: Option<Line<'a>> = None;
    let mut texts: Vec<&[u8]> = Vec::new();
    for text in lines(content) {
        let line = Line::parse(text, node_id)?;
        if texts.contains(&text) {
            continue;
        }
        texts.push(text);
        if texts.len() > MAX_LINES {
            return Err(format!("it has more than {MAX_LINES} different lines"));
        }
        let time = line.text_or_none("captureTime");
        match newest
            .as_ref()
            .map(|known| known.text_or_none("captureTime"))
        {
            Some(known) if known > time => {}
            Some(known) if known == time => {
                return Err("two lines of the same time contradict each other".to_owned());
            }
            _ => newest = Some(line),
        }
    }
    Ok(newest)
}

/// Objects with one line have seldom more.
const MAX_LINES: usize = 16;

/// The last scan of a node, from its patch summary.
pub(super) fn state(content: &[u8], node_id: &str, info: Option<&NodeInfo>) -> Outcome<NodeState> {
    let line = match newest(content, node_id) {
        Ok(Some(line)) => line,
        Ok(None) => return Outcome::NoData,
        Err(what) => return Outcome::Unread(unreadable(SyncType::PatchSummary, &what)),
    };
    let mut odd: Vec<UnreadableField> = Vec::new();
    let text = |name: &str| line.text_or_none(name).map(Box::from);
    let count = |name: &str| line.count(name).unwrap_or_default();
    let mut state = NodeState {
        snapshot_id: text("SnapshotId"),
        install_override_list: text("InstallOverrideList"),
        installed: count("InstalledCount"),
        installed_other: count("InstalledOtherCount"),
        unreported_not_applicable: count("UnreportedNotApplicableCount"),
        not_applicable: count("NotApplicableCount"),
        operation: text("OperationType"),
        last_no_reboot_install: line
            .time("LastNoRebootInstallOperationTime")
            .unwrap_or_default(),
        reboot_option: text("RebootOption"),
        ..NodeState::default()
    };
    // A verdict, a rule or an exposure uses these: what cannot be read is not absent.
    state.patch_group = used(&mut odd, "PatchGroup", line.text("PatchGroup")).map(Box::from);
    state.baseline_id = used(&mut odd, "BaselineId", line.text("BaselineId")).map(Box::from);
    let mut counter = |name: &str| -> Count { used(&mut odd, name, line.count(name)) };
    state.missing = counter("MissingCount");
    state.failed = counter("FailedCount");
    state.installed_rejected = counter("InstalledRejectedCount");
    state.installed_pending_reboot = counter("InstalledPendingRebootCount");
    state.critical_non_compliant = counter("CriticalNonCompliantCount");
    state.security_non_compliant = counter("SecurityNonCompliantCount");
    state.other_non_compliant = counter("OtherNonCompliantCount");
    state.available_security_update = counter("AvailableSecurityUpdateCount");
    let mut time = |name: &str| -> Moment { used(&mut odd, name, line.time(name)) };
    state.operation_start = time("OperationStartTime");
    state.operation_end = time(NodeState::OPERATION_END_FIELD);
    // Other systems than Windows have no such updates. Where the system is not known, it
    // may be Windows.
    if state.available_security_update.is_none()
        && !info.is_some_and(NodeInfo::is_not_windows)
        && let Some(name) = PatchState::AvailableSecurityUpdate.counter_name()
        && !odd.iter().any(|field| *field.field == *name)
    {
        odd.push(UnreadableField {
            field: name.into(),
            value: NOT_IN_A_SYNC.into(),
        });
    }
    state.unreadable_fields = odd.into();
    Outcome::Answered(state)
}

/// The value of a field that a verdict may use, or its place among those that cannot be
/// read.
fn used<T>(
    odd: &mut Vec<UnreadableField>,
    field: &str,
    read: Result<Option<T>, String>,
) -> Option<T> {
    read.unwrap_or_else(|value| {
        odd.push(UnreadableField {
            field: field.into(),
            value: value.into(),
        });
        None
    })
}

/// What is known of a node beside its scans.
#[derive(Debug, Default)]
pub(super) struct Information {
    pub info: Option<NodeInfo>,
    pub is_terminated: bool,
}

/// What the node's agent reported of it.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn information(content: &[u8], node_id: &str) -> Result<Information, String> {
    let Some(line) = newest(content, node_id)? else {
        return Ok(Information::default());
    };
    let status = line.text_or_none("InstanceStatus");
    // The words of DescribeInstanceInformation.
    let ping = match status {
        Some("Active") => Some("Online"),
        status => status,
    };
    let text = |name: &str| line.text_or_none(name);
    let info = NodeInfo::of([
        (InfoField::ComputerName, text("ComputerName")),
        (InfoField::IpAddress, text("IpAddress")),
        (InfoField::PlatformType, text("PlatformType")),
        (InfoField::PlatformName, text("PlatformName")),
        (InfoField::PlatformVersion, text("PlatformVersion")),
        (InfoField::PingStatus, ping),
        (InfoField::AgentVersion, text("AgentVersion")),
        (InfoField::ResourceType, text("ResourceType")),
    ]);
    Ok(Information {
        info: Some(info),
        is_terminated: status == Some(TERMINATED),
    })
}

/// The tags of a node: one line each.
///
/// # Errors
/// Why they cannot be read.
pub(super) fn tags(content: &[u8], node_id: &str) -> Result<BTreeMap<Box<str>, Box<str>>, String> {
    let mut tags = BTreeMap::new();
    for text in lines(content) {
        let line = Line::parse(text, node_id)?;
        let key = line
            .text("Key")
            .map_err(|value| format!("Key is {value}"))?;
        let value = line
            .text("Value")
            .map_err(|value| format!("Value is {value}"))?;
        let Some(key) = key else {
            return Err("a tag without a Key".to_owned());
        };
        let value: Box<str> = value.unwrap_or_default().into();
        if let Some(other) = tags.insert(Box::from(key), value.clone())
            && other != value
        {
            return Err("a tag with two values".to_owned());
        }
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compliance::verdict::{Verdict, VerdictOptions, judge};
    use crate::duration::MaxAge;
    use crate::record::NoDataCause;
    use proptest::prelude::*;

    /// A Linux node that misses three patches.
    const SUMMARY: &str = r#"{"SnapshotId":"s-1","MissingCount":"3","FailedCount":"0","InstalledRejectedCount":"0","InstalledPendingRebootCount":"0","OperationEndTime":"2026-11-02T04:17:28Z","resourceId":"i-1","captureTime":"2026-11-02T04:17:28Z"}"#;

    fn verdict(content: &[u8]) -> (Verdict, Outcome<NodeState>) {
        let info = NodeInfo::of([(InfoField::PlatformType, Some("Linux"))]);
        let outcome = state(content, "i-1", Some(&info));
        let options = VerdictOptions {
            now: "2026-11-03T00:00:00Z".parse().unwrap(),
            max_age: MaxAge(None),
            wants_reasons: false,
        };
        let judged = judge(&outcome, NoDataCause::Unknown, &options);
        (judged.verdict, outcome)
    }

    #[test]
    fn a_summary_that_is_cut_off_is_unread_wherever_it_ends() {
        assert_eq!(verdict(SUMMARY.as_bytes()).0, Verdict::NonCompliant);
        for end in 1..SUMMARY.len() {
            let (judged, outcome) = verdict(&SUMMARY.as_bytes()[..end]);
            assert_eq!(judged, Verdict::Unread, "{end}: {outcome:?}");
        }
        assert_eq!(verdict(b"").0, Verdict::NoData);
    }

    proptest! {
        #[test]
        fn a_mutated_summary_is_compliant_only_if_it_says_so(
            changes in proptest::collection::vec((0..SUMMARY.len(), any::<u8>()), 1..4)
        ) {
            let mut content = SUMMARY.as_bytes().to_vec();
            for (at, byte) in changes {
                content[at] = byte;
            }
            if let (Verdict::Compliant, Outcome::Answered(state)) = verdict(&content) {
                let text = String::from_utf8(content).unwrap();
                prop_assert!(state.missing == Some(0) && text.contains("\"MissingCount\":\"0\"")
                    || text.contains("\"MissingCount\":\"00"), "{}", text);
            }
        }

        #[test]
        fn foreign_bytes_never_panic(content in proptest::collection::vec(any::<u8>(), 0..300)) {
            verdict(&content);
            let _ = information(&content, "i-1");
            let _ = tags(&content, "i-1");
        }
    }
}
