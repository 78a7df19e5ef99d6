//! Fleets: the nodes and other machines of one account and region, from the sample files or generated.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::demo::generate::GeneratedFleet;
use crate::demo::machine;
use crate::demo::machine::Machine;
use crate::demo::sample;
use crate::demo::sample::Quirk;
use crate::demo::wire::{InstancePatchState, PatchComplianceData};
use crate::demo::{ACCOUNT, NOW_SECONDS, REGION};

pub use crate::demo::generate::FleetShape;

/// Nodes by id, in a stable order.
pub struct Fleet {
    kind: FleetKind,
    time_shift: TimeShift,
}

/// The shift of all times, in whole seconds after the fixed time of the demo.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct TimeShift(i32);

impl TimeShift {
    const DAY: i32 = 86_400;

    /// The shifted time. Absent times, 0 or in the year 1, stay as they are; midnight stays midnight, as Windows knows
    /// only the day of an installation.
    fn shift(self, time: f64) -> f64 {
        if time <= 0.0 {
            return time;
        }
        let is_day = time % f64::from(Self::DAY) == 0.0;
        let rest = if is_day {
            self.0.rem_euclid(Self::DAY)
        } else {
            0
        };
        time + f64::from(self.0 - rest)
    }
}

enum FleetKind {
    Sample(SampleFleet),
    Generated(Box<GeneratedFleet>),
}

/// `machines` are those of the nodes, in the same order, then unmanaged ones.
struct SampleFleet {
    nodes: Vec<sample::SampleNode>,
    machines: Vec<Machine>,
}

/// The index of a node in its fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeIndex(pub(super) usize);

/// A list of patch rows, which nodes of a generated fleet share: rows have no node id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RowList(usize);

/// Valid but unusual paging, to test clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageQuirk {
    EmptyPage,
    BlankToken,
    ShortPage,
}

impl Fleet {
    /// The sample fleet of some fifty nodes.
    #[must_use]
    pub fn sample() -> Self {
        Self::sample_of(ACCOUNT, REGION)
    }

    /// The sample nodes of an account and region; most have none.
    pub(super) fn sample_of(account: &str, region: &str) -> Self {
        let nodes = sample::nodes(account, region);
        let mut machines = machine::machines(account, region);
        for (facts, node) in machines.iter_mut().zip(&nodes) {
            node.group().clone_into(&mut facts.group);
        }
        Self {
            kind: FleetKind::Sample(SampleFleet { nodes, machines }),
            time_shift: TimeShift::default(),
        }
    }

    /// A fleet without nodes.
    pub(super) fn empty() -> Self {
        Self {
            kind: FleetKind::Sample(SampleFleet {
                nodes: vec![],
                machines: vec![],
            }),
            time_shift: TimeShift::default(),
        }
    }

    /// A fleet generated from a seed. The cost does not depend on its size: rows are made on request.
    #[must_use]
    pub fn generated(shape: &FleetShape) -> Self {
        Self {
            kind: FleetKind::Generated(Box::new(GeneratedFleet::new(shape))),
            time_shift: TimeShift::default(),
        }
    }

    /// Sets the time of the fleet: scans, pings and installations keep their age. Release dates, registrations and
    /// launches keep their date.
    pub(super) fn set_now(&mut self, now: Timestamp) {
        let later = now.as_second() - i64::from(NOW_SECONDS);
        // Clamped to the range of the shift, for clocks that are very wrong.
        let later = later.clamp(-i64::from(NOW_SECONDS), i64::from(i32::MAX));
        self.time_shift = TimeShift(i32::try_from(later).expect("it is clamped to less"));
    }

    /// All ids, always in the same order.
    #[must_use]
    pub fn node_ids(&self) -> Vec<String> {
        match &self.kind {
            FleetKind::Sample(SampleFleet { nodes, .. }) => {
                nodes.iter().map(|node| node.id().to_owned()).collect()
            }
            FleetKind::Generated(fleet) => (0..fleet.node_count())
                .map(|index| fleet.id(index))
                .collect(),
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<NodeIndex> {
        match &self.kind {
            FleetKind::Sample(SampleFleet { nodes, .. }) => {
                nodes.iter().position(|node| node.id() == id)
            }
            FleetKind::Generated(fleet) => fleet.find(id),
        }
        .map(NodeIndex)
    }

    /// The state record; `None` for a node that was never scanned.
    pub(super) fn record(&self, NodeIndex(index): NodeIndex) -> Option<InstancePatchState> {
        let record = match &self.kind {
            FleetKind::Sample(SampleFleet { nodes, .. }) => nodes[index].record(),
            FleetKind::Generated(fleet) => fleet.record(index),
        };
        record.map(|record| self.shift_record(record))
    }

    fn shift_record(&self, record: InstancePatchState) -> InstancePatchState {
        let moved = |time| self.time_shift.shift(time);
        InstancePatchState {
            operation_start_time: moved(record.operation_start_time),
            operation_end_time: moved(record.operation_end_time),
            last_no_reboot_install_operation_time: record
                .last_no_reboot_install_operation_time
                .map(moved),
            ..record
        }
    }

    /// The number of nodes; their indices come first among all machines.
    pub(super) fn node_count(&self) -> usize {
        match &self.kind {
            FleetKind::Sample(SampleFleet { nodes, .. }) => nodes.len(),
            FleetKind::Generated(fleet) => fleet.node_count(),
        }
    }

    /// The number of machines, nodes and others.
    pub(super) fn machine_count(&self) -> usize {
        match &self.kind {
            FleetKind::Sample(SampleFleet { machines, .. }) => machines.len(),
            FleetKind::Generated(fleet) => fleet.node_count(),
        }
    }

    pub(super) fn machine(&self, index: usize) -> Cow<'_, Machine> {
        let mut machine = match &self.kind {
            FleetKind::Sample(SampleFleet { machines, .. }) => Cow::Borrowed(&machines[index]),
            FleetKind::Generated(fleet) => Cow::Owned(fleet.machine(index)),
        };
        if self.time_shift != TimeShift::default()
            && let Some(agent) = &mut machine.to_mut().agent
        {
            agent.last_ping = agent.last_ping.saturating_add_signed(self.time_shift.0);
        }
        machine
    }

    /// The index of the machine with this id.
    pub(super) fn find_machine(&self, id: &str) -> Option<usize> {
        match &self.kind {
            FleetKind::Sample(SampleFleet { machines, .. }) => {
                machines.iter().position(|m| m.id == id)
            }
            FleetKind::Generated(fleet) => fleet.find(id),
        }
    }

    /// The distinct patch groups of the nodes, in order.
    pub(super) fn groups(&self) -> BTreeSet<&str> {
        match &self.kind {
            FleetKind::Sample(SampleFleet { nodes, .. }) => {
                nodes.iter().map(sample::SampleNode::group).collect()
            }
            FleetKind::Generated(_) => GeneratedFleet::groups().collect(),
        }
    }

    /// Whether the fleet has unusual pages.
    pub(super) fn has_page_quirks(&self) -> bool {
        matches!(self.kind, FleetKind::Sample(_))
    }

    pub(super) fn list(&self, NodeIndex(index): NodeIndex) -> RowList {
        RowList(match &self.kind {
            FleetKind::Sample(_) => index,
            FleetKind::Generated(fleet) => fleet.list(index),
        })
    }

    /// The number of rows of a list.
    pub(super) fn row_count(&self, RowList(list): RowList) -> usize {
        match &self.kind {
            FleetKind::Sample(SampleFleet { nodes, .. }) => nodes[list].rows().len(),
            FleetKind::Generated(fleet) => fleet.row_count(list),
        }
    }

    pub(super) fn row(&self, RowList(list): RowList, nth: usize) -> Cow<'_, PatchComplianceData> {
        let mut row = match &self.kind {
            FleetKind::Sample(SampleFleet { nodes, .. }) => Cow::Borrowed(&nodes[list].rows()[nth]),
            FleetKind::Generated(fleet) => Cow::Owned(fleet.row(list, nth)),
        };
        let installed = self.time_shift.shift(row.installed_time);
        if installed.to_bits() != row.installed_time.to_bits() {
            row.to_mut().installed_time = installed;
        }
        row
    }

    pub(super) fn page_quirk(&self, NodeIndex(index): NodeIndex) -> Option<PageQuirk> {
        let FleetKind::Sample(SampleFleet { nodes, .. }) = &self.kind else {
            return None;
        };
        match nodes[index].quirk()? {
            Quirk::EmptyPage => Some(PageQuirk::EmptyPage),
            Quirk::BlankToken => Some(PageQuirk::BlankToken),
            Quirk::ShortPage => Some(PageQuirk::ShortPage),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Fleet, FleetShape, InstancePatchState, NodeIndex, TimeShift};
    use crate::demo::NOW;

    proptest! {
        #[test]
        fn a_time_is_shifted_by_whole_seconds_or_days_and_an_absent_time_is_not(
            later in -200_000_000_i32..2_000_000_000,
            eighths in 1_i64..16_000_000_000,
            day in 1_i32..20_000,
        ) {
            #[expect(clippy::cast_precision_loss, reason = "so many eighths of a second are exact")]
            let time = eighths as f64 / 8.0;
            prop_assume!(time % 86_400.0 != 0.0);
            let moved = |time: f64| TimeShift(later).shift(time);
            prop_assert_eq!((moved(time) - time).to_bits(), f64::from(later).to_bits());
            let midnight = f64::from(day) * 86_400.0;
            prop_assert!(moved(midnight) % 86_400.0 == 0.0);
            let rest = midnight + f64::from(later) - moved(midnight);
            prop_assert!((0.0..86_400.0).contains(&rest), "{rest}");
            for none in [0.0, -0.0, -1.0, -62_135_596_800.0] {
                prop_assert_eq!(moved(none).to_bits(), f64::to_bits(none));
            }
        }
    }

    fn some() -> Fleet {
        Fleet::generated(&FleetShape {
            seed: 1,
            nodes: 60,
            patches: 40,
            missing_one_in: 5,
            ..FleetShape::default()
        })
    }

    #[test]
    fn only_times_change_with_the_time_of_the_fleet() {
        let contents = |fleet: &Fleet| {
            let places = || (0..fleet.node_count()).map(NodeIndex);
            let rows = |place| {
                let list = fleet.list(place);
                (0..fleet.row_count(list)).map(move |nth| fleet.row(list, nth))
            };
            let records: Vec<_> = places().map(|place| fleet.record(place)).collect();
            let rows: Vec<_> = places()
                .flat_map(rows)
                .map(std::borrow::Cow::into_owned)
                .collect();
            let seen: Vec<_> = (0..fleet.machine_count())
                .map(|at| {
                    fleet
                        .machine(at)
                        .agent
                        .as_ref()
                        .map(|agent| agent.last_ping)
                })
                .collect();
            (
                serde_json::to_string(&(&records, &rows, &seen)).unwrap(),
                records,
                rows,
                seen,
            )
        };
        for make in [Fleet::sample, some] {
            let (text, records, rows, seen) = contents(&make());
            let mut fleet = make();
            fleet.set_now(NOW);
            assert_eq!(contents(&fleet).0, text);
            let year: Timestamp = "2027-11-20T12:00:00.9Z".parse().unwrap();
            fleet.set_now(year);
            let (_, later_records, later_rows, later_seen) = contents(&fleet);
            let shift = 365.0 * 86_400.0;
            let moved = |time: f64| if time > 0.0 { time + shift } else { time };
            for (was, is) in records.into_iter().zip(later_records) {
                let was = was.map(|was| InstancePatchState {
                    operation_start_time: moved(was.operation_start_time),
                    operation_end_time: moved(was.operation_end_time),
                    last_no_reboot_install_operation_time: was
                        .last_no_reboot_install_operation_time
                        .map(moved),
                    ..was
                });
                assert_eq!(
                    serde_json::to_string(&was).unwrap(),
                    serde_json::to_string(&is).unwrap()
                );
            }
            for (was, is) in rows.iter().zip(&later_rows) {
                assert_eq!(
                    (&was.kb_id, &was.title, was.state),
                    (&is.kb_id, &is.title, is.state)
                );
                assert_eq!(
                    moved(was.installed_time).to_bits(),
                    is.installed_time.to_bits()
                );
            }
            let shifted: Vec<_> = seen
                .iter()
                .map(|seen| seen.map(|at| at + 31_536_000))
                .collect();
            assert_eq!(shifted, later_seen);
        }
    }

    #[test]
    fn every_id_is_unique_and_is_found() {
        let shape = FleetShape {
            seed: 1,
            nodes: 300,
            patches: 10,
            missing_one_in: 5,
            ..FleetShape::default()
        };
        for fleet in [Fleet::sample(), Fleet::generated(&shape)] {
            let ids = fleet.node_ids();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
            assert!(ids.iter().all(|id| fleet.find(id).is_some()));
            assert!(fleet.find("i-0ffffffffffffffff").is_none());
        }
    }

    #[test]
    fn a_hundred_thousand_nodes_cost_nothing_until_requested() {
        let shape = FleetShape {
            seed: 1,
            nodes: 100_000,
            patches: 3_000,
            missing_one_in: 5,
            ..FleetShape::default()
        };
        let fleet = Fleet::generated(&shape);
        let last = fleet.node_ids().pop().unwrap();
        let place = fleet.find(&last).unwrap();
        assert_eq!(fleet.row_count(fleet.list(place)), 3_000);
        assert!(fleet.record(place).is_some());
    }
}
