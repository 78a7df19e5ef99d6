//! Collects what a stream of events says beside its rows.

use std::sync::Arc;

use crate::compliance::baseline_conflict::BaselineConflict;
use crate::record::{
    AccountRegion, Cause, DiscoveryReport, Node, NodeOrigin, Outcome, Scope, Subject, Unread,
};
use crate::report::Coverage;
use crate::source::{Event, MissingColumns, merge_reports};

#[derive(Clone, Default)]
pub(super) struct Collector {
    pub coverage: Coverage,
    /// Why no node is selected, if that is not an answer.
    pub empty_selection: Option<Box<str>>,
    discovery_reports: Vec<(Arc<AccountRegion>, DiscoveryReport)>,
    /// Stopped instances without a record of locations that have no report here.
    stopped_without_report: Vec<(Arc<AccountRegion>, u64)>,
    /// Patch groups whose nodes were scanned with different baselines.
    pub conflicts: Vec<BaselineConflict>,
}

/// What is left of an event for the command itself.
pub(super) enum RowEvent<T> {
    Item(T),
    /// A region, account or profile that could not be read gets a row, too.
    Unread(Scope, Cause),
}

impl Collector {
    /// Keeps what is not a row.
    pub(super) fn collect<T>(&mut self, event: Event<T>) -> Option<RowEvent<T>> {
        match event {
            Event::Item(item) => return Some(RowEvent::Item(item)),
            Event::Discovery(location, report) => self.discovery_reports.push((location, report)),
            Event::Excluded(ids) => self.coverage.unmatched_ids = ids,
            Event::Skipped(scopes) => self.coverage.skipped = scopes,
            Event::NothingSelected(cause) => self.empty_selection = Some(cause),
            Event::Callers(callers) => self.coverage.callers = callers,
            Event::Location { .. } | Event::LocationEnd(_) | Event::BaselineSystems(..) => {}
            Event::BaselineConflicts(conflicts) => self.conflicts = conflicts,
            Event::ReleaseDatesMissing(location, cause) => {
                let failure = (Scope::of(&location).to_string(), cause.text.into());
                self.coverage.missing_release_dates.push(failure);
            }
            Event::MissingColumns(MissingColumns { columns, reason }) => {
                let missing = self.coverage.missing_columns.entry(columns);
                missing.or_insert((reason, 0)).1 += 1;
            }
            Event::Unread(unread) => {
                let Unread { subject, cause } = unread.clone();
                self.coverage.unread.push(unread);
                if let Subject::Scope(scope) = subject {
                    self.coverage.totals.unread_scopes += 1;
                    return Some(RowEvent::Unread(scope, cause));
                }
            }
        }
        None
    }

    /// Is this a stopped EC2 instance without a patch record? It may not be managed, so
    /// it is counted and gets no row.
    pub(super) fn count_if_stopped_without_record<T>(
        &mut self,
        node: &Node,
        outcome: &Outcome<T>,
    ) -> bool {
        let is_none = node.origin == NodeOrigin::Stopped && matches!(outcome, Outcome::NoData);
        if is_none {
            self.add_stopped(&node.location, 1);
        }
        is_none
    }

    fn add_stopped(&mut self, location: &Arc<AccountRegion>, count: u64) {
        // The report of a location comes before its nodes.
        let mut reports = self.discovery_reports.iter_mut();
        if let Some((_, report)) = reports.rfind(|(known, _)| known == location) {
            report.stopped_without_record += count;
            return;
        }
        let mut counts = self.stopped_without_report.iter_mut();
        match counts.find(|(known, _)| known == location) {
            Some((_, known)) => *known += count,
            None => self.stopped_without_report.push((location.clone(), count)),
        }
    }

    /// Counts how one node ended.
    pub(super) fn count_node<T>(&mut self, node: &Node, outcome: &Outcome<T>) {
        let totals = &mut self.coverage.totals;
        totals.asked += 1;
        match outcome {
            Outcome::Answered(_) => totals.answered += 1,
            Outcome::NoData => {
                totals.no_data += 1;
                self.coverage.no_data.push(node.clone());
            }
            Outcome::Unread(cause) => {
                totals.unread += 1;
                self.coverage.unread.push(Unread {
                    subject: Subject::Node(node.clone()),
                    cause: cause.clone(),
                });
            }
        }
    }

    /// Adds what another one collected of some nodes, or of a location.
    pub(super) fn add(&mut self, other: Self) {
        let Coverage {
            totals,
            no_data,
            unread,
            missing_columns,
            ..
        } = other.coverage;
        let all = &mut self.coverage.totals;
        all.asked += totals.asked;
        all.answered += totals.answered;
        all.no_data += totals.no_data;
        all.unread += totals.unread;
        all.unread_scopes += totals.unread_scopes;
        self.coverage.no_data.extend(no_data);
        self.coverage.unread.extend(unread);
        for (columns, (reason, locations)) in missing_columns {
            let missing = self.coverage.missing_columns.entry(columns);
            missing.or_insert((reason, 0)).1 += locations;
        }
        self.discovery_reports.extend(other.discovery_reports);
        for (location, count) in other.stopped_without_report {
            self.add_stopped(&location, count);
        }
    }

    /// The coverage after the last event.
    pub(super) fn finish(self) -> Coverage {
        let reports = self.discovery_reports.into_iter();
        Coverage {
            discovery: merge_reports(reports.map(|(_, report)| report).collect()),
            ..self.coverage
        }
    }
}
