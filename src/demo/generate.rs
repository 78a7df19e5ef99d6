//! Generated fleets of any size: ids by arithmetic, and sixteen profiles of nodes whose rows are made on request.
//!
//! Nothing is stored per node.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::demo::catalogue::{Family, Os};
use crate::demo::hash;
use crate::demo::machine::{Agent, LATEST_AGENT, Machine, MachineState, PingStatus};
use crate::demo::wire::{
    BaselineKind, InstancePatchState, PatchComplianceData, StateCounts, is_security, reported_cves,
    state,
};
use crate::demo::{NOW_SECONDS, baseline_catalogue};

/// Parameters of a generated fleet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FleetShape {
    /// The same seed gives the same fleet.
    pub seed: u64,
    /// Number of nodes.
    pub nodes: usize,
    /// Number of patch rows of each node.
    pub patches: usize,
    /// One node in N has non-compliant rows; 0 and 1: every node.
    pub missing_one_in: usize,
    /// One node in N is stopped; 0: none.
    pub stopped_one_in: usize,
    /// One node in N was never scanned; 0: none.
    pub unscanned_one_in: usize,
}

/// Nodes of one profile have the same rows, so that pages can be cached.
const PROFILES: [&str; 16] = [
    "windows-2022",
    "amazon-2023",
    "ubuntu-24.04",
    "redhat-9",
    "windows-2019",
    "amazon-2",
    "debian-12",
    "suse-15",
    "windows-2025",
    "amazon-2023",
    "ubuntu-22.04",
    "redhat-8",
    "windows-2016",
    "redhat-7",
    "debian-11",
    "suse-12",
];

/// Each profile has a compliant and a non-compliant list.
const LISTS: usize = PROFILES.len() * 2;

/// The list of nodes that were never scanned, without rows.
const UNSCANNED_LIST: usize = LISTS;

/// The first of the lists with available security updates and no other finding, one per profile of Windows.
const FIRST_AVAILABLE_LIST: usize = LISTS + 1;

/// One compliant node of Windows in N has such a list; one node in N has a scan up to 40 days old, the others of this
/// week.
const ONE_AVAILABLE_IN: u64 = 4;
const ONE_STALE_IN: u64 = 8;
const WEEK: u32 = 604_800_000;
const FORTY_DAYS: u32 = 3_456_000_000;

/// Patch groups, with the tags Env and Team of their nodes.
const GROUPS: [(&str, &str, &str); 4] = [
    ("prod-web", "prod", "web"),
    ("prod-db", "prod", "data"),
    ("stage", "stage", "web"),
    ("", "dev", "platform"),
];

/// An odd number and its inverse modulo 2^64.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
const BACK: u64 = 0xf1de_83e1_9937_733d;

pub(super) struct GeneratedFleet {
    shape: FleetShape,
    key: u64,
    systems: [Os; PROFILES.len()],
    /// By list, under an AWS baseline and under a custom one.
    counts: [[OnceLock<StateCounts>; 2]; FIRST_AVAILABLE_LIST + PROFILES.len()],
}

impl GeneratedFleet {
    pub(super) fn new(shape: &FleetShape) -> Self {
        let os = |tag| Os::try_from(Cow::Borrowed(tag)).expect("the tests build every profile");
        Self {
            shape: shape.clone(),
            key: hash::mix(shape.seed),
            systems: PROFILES.map(os),
            counts: [const { [const { OnceLock::new() }; 2] };
                FIRST_AVAILABLE_LIST + PROFILES.len()],
        }
    }

    pub(super) fn node_count(&self) -> usize {
        self.shape.nodes
    }

    /// The id of the node at `index`. Every step is invertible, so a lookup needs no table.
    pub(super) fn id(&self, index: usize) -> String {
        let spread = (index as u64).wrapping_mul(STEP);
        format!("i-{:017x}", (spread ^ (spread >> 32)) ^ self.key)
    }

    /// The index of the node with this id.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        let digits = id.strip_prefix("i-0").filter(|digits| digits.len() == 16)?;
        if !digits
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        {
            return None;
        }
        let folded = u64::from_str_radix(digits, 16).ok()? ^ self.key;
        let index = (folded ^ (folded >> 32)).wrapping_mul(BACK);
        usize::try_from(index)
            .ok()
            .filter(|&index| index < self.shape.nodes)
    }

    /// The list of rows of the node at `index`.
    pub(super) fn list(&self, index: usize) -> usize {
        if is_last_of(self.shape.unscanned_one_in, index) {
            return UNSCANNED_LIST;
        }
        let one_in = self.shape.missing_one_in;
        let profile = profile(index);
        if one_in == 0 || index.is_multiple_of(one_in) {
            profile * 2 + 1
        } else if self.systems[profile].is_windows()
            && (self.node_hash(index) >> 12).is_multiple_of(ONE_AVAILABLE_IN)
        {
            FIRST_AVAILABLE_LIST + profile
        } else {
            profile * 2
        }
    }

    fn node_hash(&self, index: usize) -> u64 {
        hash::join(self.key, index as u64)
    }

    /// The baseline of the last scan of the node at `index`: a custom one for some nodes of Windows.
    fn baseline(&self, index: usize) -> (BaselineKind, &'static str) {
        let os = self.systems[profile(index)];
        match (self.node_hash(index) >> 16) % 4 {
            0 if os.is_windows() => (BaselineKind::Custom, baseline_catalogue::LENIENT),
            1 if os.is_windows() => (BaselineKind::Custom, baseline_catalogue::STRICT),
            _ => (BaselineKind::Managed, os.baseline()),
        }
    }

    pub(super) fn row_count(&self, list: usize) -> usize {
        if list == UNSCANNED_LIST {
            0
        } else {
            self.shape.patches
        }
    }

    /// The patch groups.
    pub(super) fn groups() -> impl Iterator<Item = &'static str> {
        GROUPS.iter().map(|(group, ..)| *group)
    }

    /// A row of a list, computed from its index.
    pub(super) fn row(&self, list: usize, nth: usize) -> PatchComplianceData {
        let os = self.systems[profile_of(list)];
        let entries = os.entries();
        let entry = &entries[nth % entries.len()];
        let rng = hash::join(self.key ^ list as u64, nth as u64);
        let state = if list >= FIRST_AVAILABLE_LIST {
            // The first row is always available: the newest entry of a catalogue is a security update.
            let waits = nth == 0 || rng % 120 < 10;
            if waits && is_security(&entry.classification) {
                state::AVAILABLE
            } else {
                compliant_state(rng % 120, os)
            }
        } else if list % 2 == 1 {
            // The first row is always missing.
            if nth == 0 {
                state::MISSING
            } else {
                non_compliant_state(rng % 120, os)
            }
        } else {
            compliant_state(rng % 120, os)
        };
        let installed_time = match state {
            state::INSTALLED | state::OTHER | state::PENDING if !rng.is_multiple_of(8) => {
                f64::from(NOW_SECONDS - 86_400) - f64::from((rng >> 32) as u32 % 34_000_000)
            }
            _ => 0.0,
        };
        if matches!(state, state::OTHER | state::NOT_APPLICABLE) {
            return PatchComplianceData::without_details(
                os.generated_id(nth),
                state,
                installed_time,
            );
        }
        let (kb_id, title) = if nth < entries.len() {
            (
                Cow::Borrowed(entry.kb_id.as_str()),
                Cow::Borrowed(entry.title.as_str()),
            )
        } else {
            // Beyond the catalogue, entries repeat with generated ids.
            let kb = os.generated_id(nth);
            let title = entry.title.replace(&entry.kb_id, &kb);
            (Cow::Owned(kb), Cow::Owned(title))
        };
        PatchComplianceData {
            title,
            kb_id,
            classification: &entry.classification,
            severity: &entry.severity,
            state: Some(state),
            installed_time,
            cve_ids: reported_cves(&entry.cves, state),
        }
    }

    /// The machine of the node at `index`.
    pub(super) fn machine(&self, index: usize) -> Machine {
        let rng = self.node_hash(index);
        let (group, env, team) = GROUPS[group_of(rng)];
        let os = self.systems[profile(index)];
        let more = hash::mix(rng);
        let stopped = is_last_of(self.shape.stopped_one_in, index);
        let lost = stopped || more.is_multiple_of(50);
        // At most a million nodes: three bytes are enough.
        let address = |separator| {
            let [third, second, first, ..] = index.to_le_bytes();
            format!("10{separator}{first}{separator}{second}{separator}{third}")
        };
        Machine {
            id: self.id(index),
            os,
            name: format!("{env}-{team}-{index:05}"),
            computer_name: format!("ip-{}", address('-')),
            ip: address('.'),
            state: if stopped {
                MachineState::Stopped
            } else {
                MachineState::Running
            },
            agent: Some(Agent {
                version: Cow::Borrowed(if (more >> 8).is_multiple_of(4) {
                    "3.3.2299.0"
                } else {
                    LATEST_AGENT
                }),
                ping: if lost {
                    PingStatus::ConnectionLost
                } else {
                    PingStatus::Online
                },
                last_ping: NOW_SECONDS - (more >> 40) as u32 % if lost { 600_000 } else { 300 },
                association_status: Cow::Borrowed(if (more >> 16).is_multiple_of(20) {
                    "Failed"
                } else {
                    "Success"
                }),
            }),
            env: env.to_owned(),
            team: team.to_owned(),
            group: group.to_owned(),
        }
    }

    /// The state record of the node at `index`; `None` if it was never scanned.
    pub(super) fn record(&self, index: usize) -> Option<InstancePatchState> {
        let list = self.list(index);
        if list == UNSCANNED_LIST {
            return None;
        }
        let os = self.systems[profile_of(list)];
        let rng = self.node_hash(index);
        let (kind, baseline_id) = self.baseline(index);
        let oldest = if (rng >> 20).is_multiple_of(ONE_STALE_IN) {
            FORTY_DAYS
        } else {
            WEEK
        };
        let end = f64::from(NOW_SECONDS) - f64::from((rng >> 32) as u32 % oldest) / 1_000.0;
        let counts =
            self.counts[list][usize::from(kind == BaselineKind::Custom)].get_or_init(|| {
                let rows = (0..self.row_count(list)).map(|nth| Cow::Owned(self.row(list, nth)));
                StateCounts::of(rows, kind)
            });
        let mut record = InstancePatchState {
            instance_id: self.id(index),
            patch_group: GROUPS[group_of(rng)].0.to_owned(),
            baseline_id: baseline_id.to_owned(),
            snapshot_id: Some(hash::uuid(rng)),
            operation_start_time: end - 95.0,
            operation_end_time: end,
            operation: Some(
                if (rng >> 50).is_multiple_of(4) {
                    "Install"
                } else {
                    "Scan"
                }
                .to_owned(),
            ),
            reboot_option: Some("RebootIfNeeded".to_owned()),
            ..InstancePatchState::default()
        };
        record.set_counts(counts, os.family() == Family::Windows);
        Some(record)
    }
}

/// The profile of a list.
fn profile_of(list: usize) -> usize {
    list.checked_sub(FIRST_AVAILABLE_LIST).unwrap_or(list / 2)
}

/// The profile of the node at `index`.
fn profile(index: usize) -> usize {
    // Shifted by one each round, so that no profile is always compliant.
    (index + index / PROFILES.len()) % PROFILES.len()
}

/// The patch group of a node.
fn group_of(rng: u64) -> usize {
    (rng >> 40) as usize % GROUPS.len()
}

/// Whether this is the last of every `one_in` indices.
fn is_last_of(one_in: usize, index: usize) -> bool {
    one_in > 0 && index % one_in == one_in - 1
}

/// States of compliant nodes.
fn compliant_state(rng: u64, os: Os) -> &'static str {
    match rng {
        0..76 => state::INSTALLED,
        100.. if os.is_windows() => state::NOT_APPLICABLE,
        _ => state::OTHER,
    }
}

/// States of non-compliant nodes: one row in twelve is missing.
fn non_compliant_state(rng: u64, os: Os) -> &'static str {
    match rng {
        0..10 => state::MISSING,
        10 => state::FAILED,
        11 => state::PENDING,
        _ => compliant_state(rng, os),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        BACK, FIRST_AVAILABLE_LIST, FleetShape, GeneratedFleet, LISTS, MachineState, NOW_SECONDS,
        PROFILES, STEP,
    };
    use super::{baseline_catalogue, state};

    fn shape(missing_one_in: usize) -> FleetShape {
        FleetShape {
            seed: 7,
            nodes: 1_000,
            patches: 600,
            missing_one_in,
            stopped_one_in: 20,
            unscanned_one_in: 0,
        }
    }

    #[test]
    fn an_id_is_found_and_others_are_not() {
        assert_eq!(STEP.wrapping_mul(BACK), 1);
        let fleet = GeneratedFleet::new(&shape(5));
        for index in 0..1_000 {
            let id = fleet.id(index);
            assert_eq!(id.len(), 19);
            assert_eq!(fleet.find(&id), Some(index));
        }
        for unknown in [
            "i-00000000000000000",
            "i-0",
            "",
            "mi-0123456789abcdef0",
            "i-1ffffffffffffffff",
        ] {
            assert_eq!(fleet.find(unknown), None, "{unknown}");
        }
        assert_eq!(
            fleet.find(&fleet.id(3).to_uppercase().replace('I', "i")),
            None
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_fleet_and_another_seed_another() {
        let json = |seed| {
            let fleet = GeneratedFleet::new(&FleetShape { seed, ..shape(5) });
            serde_json::to_string(&(fleet.record(17), fleet.row(3, 40))).unwrap()
        };
        assert_eq!(json(7), json(7));
        assert_ne!(json(7), json(8));
    }

    #[test]
    fn one_node_in_five_is_not_compliant() {
        let fleet = GeneratedFleet::new(&shape(5));
        for index in 0..100 {
            let record = fleet.record(index).unwrap();
            let due = record.missing_count.unwrap()
                + record.failed_count.unwrap()
                + record.installed_pending_reboot_count.unwrap();
            assert_eq!(due > 0, index % 5 == 0, "{index}");
        }
    }

    #[test]
    fn when_all_nodes_have_missing_rows_one_row_in_twelve_is_missing() {
        let fleet = GeneratedFleet::new(&shape(0));
        for index in 0..100 {
            let missing = fleet.record(index).unwrap().missing_count.unwrap();
            assert!((25..=80).contains(&missing), "{missing} of 600");
        }
    }

    #[test]
    fn even_one_row_is_a_missing_one() {
        let fleet = GeneratedFleet::new(&FleetShape {
            patches: 1,
            ..shape(1)
        });
        for list in (1..LISTS).step_by(2) {
            assert_eq!(fleet.row(list, 0).state, Some(state::MISSING));
        }
    }

    #[test]
    fn every_profile_is_clean_on_some_nodes_and_not_on_others() {
        let fleet = GeneratedFleet::new(&shape(4));
        let lists: std::collections::BTreeSet<_> =
            (0..1_000).map(|index| fleet.list(index)).collect();
        let windows = PROFILES.iter().filter(|os| os.starts_with("windows"));
        assert_eq!(lists.len(), LISTS + windows.count());
    }

    #[test]
    fn on_some_clean_nodes_of_windows_security_updates_wait_under_each_kind_of_baseline() {
        let fleet = GeneratedFleet::new(&shape(5));
        let records: Vec<_> = (0..1_000).filter_map(|index| fleet.record(index)).collect();
        let waiting = |baseline: &str| {
            let of = records.iter().filter(|record| {
                record.available_security_update_count > Some(0) && record.baseline_id == baseline
            });
            let of: Vec<_> = of.collect();
            assert!(of.iter().all(|record| record.missing_count == Some(0)
                && record.failed_count == Some(0)
                && record.installed_pending_reboot_count == Some(0)));
            of.len()
        };
        let managed = fleet.systems[0].baseline();
        for baseline in [
            managed,
            baseline_catalogue::LENIENT,
            baseline_catalogue::STRICT,
        ] {
            assert!((5..60).contains(&waiting(baseline)), "{baseline}");
        }
        // Only a custom baseline gives the compliance level CRITICAL.
        for record in &records {
            let is_own = [baseline_catalogue::LENIENT, baseline_catalogue::STRICT]
                .contains(&&*record.baseline_id);
            let critical = record.critical_non_compliant_count.unwrap();
            assert!(critical == 0 || is_own, "{}", record.instance_id);
        }
        let one = GeneratedFleet::new(&FleetShape {
            patches: 1,
            ..shape(5)
        });
        let list = (0..1_000)
            .map(|index| one.list(index))
            .find(|list| *list >= FIRST_AVAILABLE_LIST);
        assert_eq!(one.row(list.unwrap(), 0).state, Some(state::AVAILABLE));
    }

    #[test]
    fn most_scans_are_of_this_week_and_some_are_up_to_forty_days_old() {
        let fleet = GeneratedFleet::new(&shape(5));
        let age = |index| {
            let end = fleet.record(index).unwrap().operation_end_time;
            (f64::from(NOW_SECONDS) - end) / 86_400.0
        };
        let ages: Vec<f64> = (0..1_000).map(age).collect();
        let older = |days: f64| ages.iter().filter(|age| **age > days).count();
        assert!((60..150).contains(&older(7.0)), "{}", older(7.0));
        assert!((10..60).contains(&older(30.0)), "{}", older(30.0));
        assert_eq!(older(40.0), 0);
    }

    #[test]
    fn one_node_in_n_is_stopped_and_one_was_never_scanned() {
        let fleet = GeneratedFleet::new(&FleetShape {
            unscanned_one_in: 10,
            ..shape(3)
        });
        let of = |fits: &dyn Fn(usize) -> bool| (0..1_000).filter(|&nth| fits(nth)).count();
        assert_eq!(
            of(&|nth| fleet.machine(nth).state == MachineState::Stopped),
            50
        );
        assert_eq!(of(&|nth| fleet.record(nth).is_none()), 100);
        assert_eq!(of(&|nth| fleet.row_count(fleet.list(nth)) == 0), 100);
    }

    #[test]
    fn the_machine_agrees_with_the_record() {
        let fleet = GeneratedFleet::new(&shape(3));
        for index in 0..200 {
            let (facts, record) = (fleet.machine(index), fleet.record(index).unwrap());
            assert_eq!(
                (facts.id, facts.group),
                (record.instance_id, record.patch_group)
            );
            let is_own = [baseline_catalogue::LENIENT, baseline_catalogue::STRICT]
                .contains(&&*record.baseline_id);
            assert!(facts.os.baseline() == record.baseline_id || (is_own && facts.os.is_windows()));
        }
    }
}
