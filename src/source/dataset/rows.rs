//! The rows of the tables: which value of the domain stands in which column.

use crate::record::{
    BaselineComplianceStatus, Cause, InfoField, Node, NodeState, Outcome, Patch, Subject,
};
use crate::source::dataset::table_writer::TableWriter;
use crate::source::dataset::table_writer::row_cursor::RowCursor;
use crate::source::dataset::vocabulary;
use crate::source::dataset::vocabulary::{NO_DATA_CAUSES, ORIGINS, word_of};

/// What was not sent of a patch, where its columns are empty.
pub(crate) const ABSENT_KB_ID: &str = "KBId";
pub(crate) const ABSENT_TITLE: &str = "Title";
pub(crate) const ABSENT_BOTH: &str = "KBId,Title";

/// A node, as it stands in the table.
pub(super) struct NodeRow<'a> {
    pub node: &'a Node,
    pub state: &'a Outcome<NodeState>,
    /// `None`: its patches were not collected.
    pub patches: Option<&'a Outcome<()>>,
    pub patch_rows: u64,
    /// Were its tags to be collected? A record of it may name some in any case.
    pub has_tags: bool,
}

/// The part of a node that an unread row is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum UnreadPart {
    State,
    Patches,
    Baseline,
    Scope,
}

impl UnreadPart {
    const fn as_str(self) -> &'static str {
        match self {
            Self::State => "State",
            Self::Patches => "Patches",
            Self::Baseline => "Baseline",
            Self::Scope => "Scope",
        }
    }
}

/// The fields of `NodeInfo` and their columns, in the order of the table.
pub(crate) const INFO_COLUMNS: [(InfoField, &str); 14] = [
    (InfoField::Name, "Name"),
    (InfoField::ComputerName, "ComputerName"),
    (InfoField::IpAddress, "IPAddress"),
    (InfoField::SourceId, "SourceId"),
    (InfoField::SourceType, "SourceType"),
    (InfoField::SourceLocation, "SourceLocation"),
    (InfoField::PlatformType, "PlatformType"),
    (InfoField::PlatformName, "PlatformName"),
    (InfoField::PlatformVersion, "PlatformVersion"),
    (InfoField::PingStatus, "PingStatus"),
    (InfoField::AgentVersion, "AgentVersion"),
    (InfoField::ResourceType, "ResourceType"),
    (InfoField::InstanceState, "InstanceState"),
    (InfoField::InstanceType, "InstanceType"),
];

impl TableWriter {
    pub(super) fn push_patch(&mut self, patch: &Patch) {
        self.push_row(|row| {
            row.text(Some(&patch.node.id));
            row.text(Some(patch.kb_id.as_deref().unwrap_or_default()));
            row.text(Some(patch.title.as_deref().unwrap_or_default()));
            row.text(match (&patch.kb_id, &patch.title) {
                (Some(_), Some(_)) => None,
                (None, Some(_)) => Some(ABSENT_KB_ID),
                (Some(_), None) => Some(ABSENT_TITLE),
                (None, None) => Some(ABSENT_BOTH),
            });
            row.text(Some(patch.state.as_str()));
            row.text(patch.severity.as_deref());
            row.text(patch.classification.as_deref());
            row.time(patch.installed_time);
            let has_cves = !patch.cves.is_empty();
            row.list(has_cves.then(|| patch.cves.iter()));
            row.time(patch.release_date);
        });
    }

    pub(super) fn push_unread(&mut self, subject: &Subject, part: UnreadPart, cause: &Cause) {
        self.push_row(|row| {
            row.text(Some(subject.id().unwrap_or_default()));
            row.text(subject.account_name());
            row.text(subject.profile());
            row.text(Some(part.as_str()));
            row.text(Some(&cause.code));
            row.text(Some(&cause.text));
        });
    }

    pub(super) fn push_node(&mut self, row: &NodeRow<'_>) {
        let NodeRow {
            node,
            state,
            patches,
            patch_rows,
            has_tags,
        } = row;
        self.push_row(|row| {
            row.text(Some(&node.id));
            row.text(node.location.account_name.as_deref());
            row.text(Some(word_of(ORIGINS, &node.origin)));
            row.text(Some(word_of(NO_DATA_CAUSES, &node.no_data)));
            push_outcome(row, Some(state));
            push_outcome(row, *patches);
            row.count(Some(*patch_rows));
            push_info(row, node, *has_tags);
            push_state(row, state);
        });
    }
}

fn push_outcome<T>(row: &mut RowCursor<'_>, outcome: Option<&Outcome<T>>) {
    let (word, cause) = match outcome {
        None => (vocabulary::NOT_COLLECTED, None),
        Some(Outcome::Answered(_)) => (vocabulary::ANSWERED, None),
        Some(Outcome::NoData) => (vocabulary::NO_DATA, None),
        Some(Outcome::Unread(cause)) => (vocabulary::UNREAD, Some(cause)),
    };
    row.text(Some(word));
    push_cause(row, cause);
}

fn push_cause(row: &mut RowCursor<'_>, cause: Option<&Cause>) {
    row.text(cause.map(|cause| &*cause.code));
    row.text(cause.map(|cause| &*cause.text));
}

/// What else is known of the node.
fn push_info(row: &mut RowCursor<'_>, node: &Node, has_tags: bool) {
    let info = node.info.as_deref();
    row.bool(info.is_some());
    for (field, _) in INFO_COLUMNS {
        row.text(info.and_then(|info| info.get(field)));
    }
    row.map(info.iter().flat_map(|info| info.tags.iter()));
    row.bool(has_tags && info.is_some_and(|info| info.has_all_tags));
    let association = node.association.as_deref();
    row.text(association.map(|scan| &*scan.status));
    row.text(association.and_then(|scan| scan.baseline_id.as_deref()));
    let counters = association.iter().flat_map(|scan| &scan.counters);
    row.map(counters.map(|(name, value)| (&**name, &**value)));
}

/// The fields of the patch state, all NULL where there is none.
fn push_state(row: &mut RowCursor<'_>, outcome: &Outcome<NodeState>) {
    let empty = NodeState::default();
    let state = match outcome {
        Outcome::Answered(state) => state,
        Outcome::NoData | Outcome::Unread(_) => &empty,
    };
    row.text(state.patch_group.as_deref());
    row.text(state.baseline_id.as_deref());
    row.text(state.snapshot_id.as_deref());
    row.text(state.install_override_list.as_deref());
    row.text(state.owner_information.as_deref());
    row.count(state.installed);
    row.count(state.installed_other);
    row.count(state.installed_pending_reboot);
    row.count(state.installed_rejected);
    row.count(state.missing);
    row.count(state.failed);
    row.count(state.unreported_not_applicable);
    row.count(state.not_applicable);
    row.count(state.available_security_update);
    row.time(state.operation_start);
    row.time(state.operation_end);
    row.text(state.operation.as_deref());
    row.time(state.last_no_reboot_install);
    row.text(state.reboot_option.as_deref());
    row.count(state.critical_non_compliant);
    row.count(state.security_non_compliant);
    row.count(state.other_non_compliant);
    let (word, value, cause) = match &state.baseline_status {
        None => (None, None, None),
        Some(BaselineComplianceStatus::Compliant) => (Some(vocabulary::COMPLIANT), None, None),
        Some(BaselineComplianceStatus::NonCompliant) => {
            (Some(vocabulary::NON_COMPLIANT), None, None)
        }
        Some(BaselineComplianceStatus::Unspecified) => (Some(vocabulary::UNSPECIFIED), None, None),
        Some(BaselineComplianceStatus::Unrecognized(value)) => {
            (Some(vocabulary::UNRECOGNIZED), Some(&**value), None)
        }
        Some(BaselineComplianceStatus::Deleted) => (Some(vocabulary::DELETED), None, None),
        Some(BaselineComplianceStatus::Unreadable(cause)) => {
            (Some(vocabulary::UNREADABLE), None, Some(cause))
        }
    };
    row.text(word);
    row.text(value);
    push_cause(row, cause);
    let odd = state.unreadable_fields.iter();
    row.map(odd.map(|odd| (&*odd.field, &*odd.value)));
}
