//! Patch rows and state records in the JSON of Systems Manager.

use std::borrow::Cow;

use serde::Serialize;

/// The eight states in the spelling of responses; the enum of the service model has `INSTALLED_OTHER`.
pub(super) mod state {
    pub(crate) const INSTALLED: &str = "Installed";
    pub(crate) const OTHER: &str = "InstalledOther";
    pub(crate) const PENDING: &str = "InstalledPendingReboot";
    pub(crate) const REJECTED: &str = "InstalledRejected";
    pub(crate) const MISSING: &str = "Missing";
    pub(crate) const FAILED: &str = "Failed";
    pub(crate) const NOT_APPLICABLE: &str = "NotApplicable";
    pub(crate) const AVAILABLE: &str = "AvailableSecurityUpdate";
}

/// A text of a catalogue, or one made for a row.
pub(super) type Text = Cow<'static, str>;

/// A row of `DescribeInstancePatches`. It has no node id.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PatchComplianceData {
    pub title: Text,
    #[serde(rename = "KBId")]
    pub kb_id: Text,
    pub classification: &'static str,
    pub severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    pub installed_time: f64,
    #[serde(rename = "CVEIds", skip_serializing_if = "Option::is_none")]
    pub cve_ids: Option<&'static str>,
}

impl PatchComplianceData {
    /// A row without details, as the service gives for `InstalledOther` and `NotApplicable`.
    pub(super) fn without_details(kb_id: String, state: &'static str, installed_time: f64) -> Self {
        Self {
            title: Cow::Borrowed(""),
            kb_id: Cow::Owned(kb_id),
            classification: "",
            severity: "",
            state: Some(state),
            installed_time,
            cve_ids: None,
        }
    }
}

/// The CVE ids of a row: only missing and failed patches have any.
pub(super) fn reported_cves(cves: &'static str, state: &str) -> Option<&'static str> {
    let due = matches!(state, state::MISSING | state::FAILED);
    (due && !cves.is_empty()).then_some(cves)
}

/// A record of `DescribeInstancePatchStates`. `None` omits the key, as in old records; it is not zero.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InstancePatchState {
    pub instance_id: String,
    pub patch_group: String,
    pub baseline_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub install_override_list: Option<&'static str>,
    pub owner_information: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed_other_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed_pending_reboot_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed_rejected_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreported_not_applicable_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_security_update_count: Option<i64>,
    pub operation_start_time: f64,
    pub operation_end_time: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_no_reboot_install_operation_time: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reboot_option: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical_non_compliant_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_non_compliant_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_non_compliant_count: Option<i64>,
}

/// The owner of a baseline: only a custom baseline can give the compliance level CRITICAL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BaselineKind {
    Managed,
    Custom,
}

/// The counters of a record, computed from its rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct StateCounts {
    pub installed: i64,
    pub other: i64,
    pub pending: i64,
    pub rejected: i64,
    pub missing: i64,
    pub failed: i64,
    pub not_applicable: i64,
    pub available: i64,
    pub critical: i64,
    pub security: i64,
    pub other_non_compliant: i64,
}

impl StateCounts {
    /// Counts all rows.
    pub(super) fn of<'a>(
        rows: impl IntoIterator<Item = Cow<'a, PatchComplianceData>>,
        baseline: BaselineKind,
    ) -> Self {
        let mut counts = Self::default();
        for row in rows {
            counts.add(&row, baseline);
        }
        counts
    }

    fn add(&mut self, row: &PatchComplianceData, baseline: BaselineKind) {
        let (counter, compliant) = match row.state {
            Some(state::INSTALLED) => (&mut self.installed, true),
            Some(state::OTHER) => (&mut self.other, true),
            Some(state::PENDING) => (&mut self.pending, false),
            Some(state::REJECTED) => (&mut self.rejected, false),
            Some(state::MISSING) => (&mut self.missing, false),
            Some(state::FAILED) => (&mut self.failed, false),
            Some(state::NOT_APPLICABLE) => (&mut self.not_applicable, true),
            Some(state::AVAILABLE) => (&mut self.available, true),
            _ => return,
        };
        *counter += 1;
        if compliant {
            return;
        }
        let critical =
            baseline == BaselineKind::Custom && row.severity.eq_ignore_ascii_case("critical");
        let security = is_security(row.classification);
        // One patch can count in both, as in the service.
        self.critical += i64::from(critical);
        self.security += i64::from(security);
        self.other_non_compliant += i64::from(!critical && !security);
    }
}

/// Whether this is the classification of a security update, in the words of any system.
pub(super) fn is_security(classification: &str) -> bool {
    classification == "SecurityUpdates" || classification.eq_ignore_ascii_case("security")
}

impl InstancePatchState {
    /// Sets all counters; one exists on Windows only.
    pub(super) fn set_counts(&mut self, counts: &StateCounts, windows: bool) {
        self.installed_count = Some(counts.installed);
        self.installed_other_count = Some(counts.other);
        self.installed_pending_reboot_count = Some(counts.pending);
        self.installed_rejected_count = Some(counts.rejected);
        self.missing_count = Some(counts.missing);
        self.failed_count = Some(counts.failed);
        self.unreported_not_applicable_count = Some(0);
        self.not_applicable_count = Some(counts.not_applicable);
        self.available_security_update_count = windows.then_some(counts.available);
        self.critical_non_compliant_count = Some(counts.critical);
        self.security_non_compliant_count = Some(counts.security);
        self.other_non_compliant_count = Some(counts.other_non_compliant);
    }
}

#[cfg(test)]
mod tests {
    use super::{BaselineKind, Cow, InstancePatchState, PatchComplianceData, StateCounts, state};

    fn missing(classification: &'static str, severity: &'static str) -> PatchComplianceData {
        PatchComplianceData {
            title: "t".into(),
            kb_id: "KB1".into(),
            classification,
            severity,
            state: Some(state::MISSING),
            installed_time: 0.0,
            cve_ids: None,
        }
    }

    #[test]
    fn a_row_has_the_json_of_the_service() {
        assert_eq!(
            serde_json::to_string(&missing("SecurityUpdates", "Critical")).unwrap(),
            r#"{"Title":"t","KBId":"KB1","Classification":"SecurityUpdates","Severity":"Critical","State":"Missing","InstalledTime":0.0}"#
        );
    }

    #[test]
    fn an_absent_counter_has_no_key() {
        let json = serde_json::to_string(&InstancePatchState::default()).unwrap();
        assert!(!json.contains("Count"), "{json}");
        assert!(!json.contains("RebootOption"), "{json}");
        assert!(json.contains(r#""PatchGroup":"""#), "{json}");
    }

    #[test]
    fn only_a_custom_baseline_counts_critical_and_one_patch_may_count_twice() {
        let rows = || [Cow::Owned(missing("SecurityUpdates", "Critical"))];
        let managed = StateCounts::of(rows(), BaselineKind::Managed);
        assert_eq!(
            (
                managed.critical,
                managed.security,
                managed.other_non_compliant
            ),
            (0, 1, 0)
        );
        let custom = StateCounts::of(rows(), BaselineKind::Custom);
        assert_eq!(
            (custom.critical, custom.security, custom.other_non_compliant),
            (1, 1, 0)
        );
    }
}
