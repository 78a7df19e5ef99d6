//! Reads the locations of a dataset one after the other, and sends their events in order.

mod unresolved;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anyhow::Result;

use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{FetchPlan, UnmanagedPlan};
use crate::plan::iam;
use crate::record::{
    AccountRegion, CallerReport, Cause, DiscoveryReport, InfoLevel, Node, NodeState, Outcome,
    Scope, Subject, Unread,
};
use crate::source::dataset::event_channel::{Closed, EventSender};
use crate::source::dataset::plan_gaps::{missing_columns, release_dates_gap};
use crate::source::dataset::schema::Table;
use crate::source::dataset::selected::{Entry, NodeRow, Order, Selected};
use crate::source::dataset::selection::Selection;
use crate::source::dataset::source::{DatasetSource, SourceLocation};
use crate::source::dataset::storage::Storage;
use crate::source::dataset::table_file::TableFile;
use crate::source::event::{DAMAGED, Event, NodeStates};
use crate::text::first_n;

/// More undecided nodes than this are counted.
const MAX_UNDECIDED_IDS: usize = 20;

/// Items that a dataset is read as.
pub(super) trait DatasetItem: Send + Sized + 'static {
    /// What items are made with.
    type Context: Clone + Send + Sync + 'static;

    /// Nodes of a row group that are sent at once.
    const NODES_AT_ONCE: usize;

    /// Adds a node to the items that are sent with it.
    fn add_node(
        context: &Self::Context,
        items: &mut Vec<Self>,
        node: Node,
        outcome: Outcome<NodeState>,
    );

    /// Items of nodes.
    fn of_nodes(context: &Self::Context, nodes: NodeStates) -> Vec<Self> {
        let mut items = Vec::new();
        for (node, outcome) in nodes {
            Self::add_node(context, &mut items, node, outcome);
        }
        items
    }

    /// Reads the selected nodes of a location.
    fn read_nodes(
        reader: LocationReader<'_, Self>,
        order: Order,
    ) -> impl Future<Output = Result<(), Closed>> + Send;
}

/// What reads the rows of one location.
pub(super) struct LocationReader<'a, T: DatasetItem> {
    pub storage: &'a Storage,
    pub plan: &'a FetchPlan,
    pub selection: &'a Arc<Selection>,
    pub of: &'a Arc<SourceLocation>,
    pub files: &'a [TableFile],
    pub sender: &'a EventSender<T>,
    pub context: &'a T::Context,
}

/// Reads a dataset for one stream.
pub(super) struct Producer<T: DatasetItem> {
    storage: Storage,
    locations: Vec<Arc<SourceLocation>>,
    /// Of each location, whether it is left out, if its start and end are events.
    is_kept: Option<Vec<bool>>,
    /// Locations that start, or else end. That is sent with the next events: as a job of its
    /// own it would keep another one waiting.
    marks: Vec<(Arc<AccountRegion>, bool)>,
    nowhere: Vec<Arc<SourceLocation>>,
    unread: Vec<Unread>,
    skipped: Vec<Scope>,
    callers: Vec<CallerReport>,
    /// The flags that select nodes.
    criteria: Vec<String>,
    interrupt: Interrupt,
    plan: FetchPlan,
    selection: Arc<Selection>,
    context: T::Context,
    sender: EventSender<T>,
    lookups: Lookups,
}

/// How reading nodes ended.
type NodeOutcomes = HashMap<Arc<str>, Outcome<NodeState>>;

/// What the locations say of the listed nodes.
#[derive(Default)]
struct Lookups {
    found: HashSet<Arc<str>>,
    uncertain: HashMap<Arc<str>, Cause>,
    /// Nodes that a location may have and could not list.
    unlisted: HashMap<Arc<str>, Cause>,
    /// Nodes that have a row in a location, whatever it says.
    with_row: HashSet<Arc<str>>,
    failed: Vec<(Scope, Cause)>,
    /// For each run, the nodes that it found in none of its locations.
    nowhere: BTreeMap<String, NodeOutcomes>,
    has_nodes: bool,
    undecided: usize,
}

impl<T: DatasetItem> Producer<T> {
    pub(super) fn new(
        source: &DatasetSource,
        plan: &FetchPlan,
        context: T::Context,
        is_kept: Option<Vec<bool>>,
        sender: EventSender<T>,
    ) -> Self {
        Self {
            storage: source.storage().clone(),
            locations: source.locations().to_vec(),
            is_kept,
            marks: Vec::new(),
            nowhere: source.nowhere().to_vec(),
            unread: source.unread().to_vec(),
            skipped: source.skipped(),
            callers: source.callers(),
            criteria: source.criteria().to_vec(),
            interrupt: source.interrupt().clone(),
            selection: Arc::new(Selection::new(plan, source.has_several_locations())),
            plan: plan.clone(),
            context,
            sender,
            lookups: Lookups::default(),
        }
    }

    /// Reads everything, unless the stream is dropped first.
    pub(super) async fn run(mut self) {
        let _ = self.produce().await;
    }

    async fn produce(&mut self) -> Result<(), Closed> {
        let callers = std::mem::take(&mut self.callers);
        let callers = self.plan.caller.then_some(Event::Callers(callers));
        let skipped = std::mem::take(&mut self.skipped);
        let skipped = (!skipped.is_empty()).then_some(Event::Skipped(skipped));
        let unread = self.unread.iter().cloned().map(Event::Unread);
        let events = callers.into_iter().chain(skipped).chain(unread).collect();
        self.sender.send(events).await?;
        self.lookups.nowhere = self.outcomes_nowhere().await;
        let is_kept = self.is_kept.take();
        for (at, of) in self.locations.clone().iter().enumerate() {
            let Some(is_kept) = &is_kept else {
                self.read_location(of).await?;
                continue;
            };
            self.marks.push((of.location.clone(), true));
            if !is_kept[at] {
                self.read_location(of).await?;
            }
            self.marks.push((of.location.clone(), false));
        }
        let marks = self.take_marks();
        self.sender.send(marks).await?;
        self.send_unresolved().await?;
        if self.plan.release_dates {
            let gaps = self.locations.iter().filter_map(|of| {
                let cause = release_dates_gap(of)?;
                Some(Event::ReleaseDatesMissing(of.location.clone(), cause))
            });
            let gaps = gaps.collect();
            self.sender.send(gaps).await?;
        }
        Ok(())
    }

    fn take_marks(&mut self) -> Vec<Event<T>> {
        let marks = self.marks.drain(..).map(|(location, starts)| {
            if starts {
                Event::Location {
                    location,
                    has_uncertain_ids: false,
                }
            } else {
                Event::LocationEnd(location)
            }
        });
        marks.collect()
    }

    async fn read_location(&mut self, of: &Arc<SourceLocation>) -> Result<(), Closed> {
        if let Some(cause) = self.interrupt.cause() {
            let cause = Cause {
                code: cause.code().into(),
                text: format!("{cause} before it was read").into(),
            };
            return self.fail(of, cause).await;
        }
        let files = match self.open_files(of).await {
            Ok(files) => files,
            Err(error) => return self.fail(of, damaged(&error)).await,
        };
        let mut selected = match self.selection.select(of, &files).await {
            Ok(selected) => selected,
            Err(error) => return self.fail(of, damaged(&error)).await,
        };
        let unmanaged_rows = self.look_up(of, &mut selected);
        let has_absent = !self
            .selection
            .ids
            .iter()
            .all(|id| selected.known.contains(id));
        if has_absent && !self.selection.selector.has_criteria() {
            selected.unanswered = self.selection.unanswered(of, &files).await.ok().flatten();
        }
        let mut events = self.take_marks();
        if self.selection.discovers() {
            events.push(Event::Discovery(
                of.location.clone(),
                self.discovery(of, &selected),
            ));
        }
        let unread = of.unread.iter().cloned().chain(self.not_asked_for(of));
        events.extend(unread.map(Event::Unread));
        let missing = missing_columns(of, &self.plan);
        events.extend(missing.into_iter().map(Event::MissingColumns));
        let unmanaged = unmanaged_rows
            .into_iter()
            .map(|node| (node, Outcome::NoData));
        let unmanaged = T::of_nodes(&self.context, unmanaged.collect());
        events.extend(unmanaged.into_iter().map(Event::Item));
        self.sender.send(events).await?;
        let mut absent = self.absent_here(of, &selected);
        let mut after = NodeStates::new();
        let order = if self.selection.discovers() {
            let ids = self.selection.ids.iter();
            after.extend(ids.filter_map(|id| absent.remove(id)));
            selected.order
        } else {
            Order::Listed(self.listed_here(&selected, absent))
        };
        let reader = LocationReader {
            storage: &self.storage,
            plan: &self.plan,
            selection: &self.selection,
            of,
            files: &files,
            sender: &self.sender,
            context: &self.context,
        };
        T::read_nodes(reader, order).await?;
        let after = T::of_nodes(&self.context, after)
            .into_iter()
            .map(Event::Item);
        self.sender.send(after.collect()).await
    }

    async fn open_files(&self, of: &SourceLocation) -> Result<Vec<TableFile>> {
        let mut files = Vec::new();
        for file in of.run.files(Table::Nodes) {
            files.push(TableFile::open(&self.storage, file).await?);
        }
        Ok(files)
    }

    /// A location that cannot be read does not lose the others.
    async fn fail(&mut self, of: &SourceLocation, cause: Cause) -> Result<(), Closed> {
        let scope = Scope::of(&of.location);
        self.lookups.failed.push((scope.clone(), cause.clone()));
        let unread = Unread {
            subject: Subject::Scope(scope),
            cause,
        };
        let mut events = self.take_marks();
        events.push(Event::Unread(unread));
        self.sender.send(events).await
    }

    /// Records what the location says of listed nodes. Returns the instances that are not
    /// managed and have rows.
    fn look_up(&mut self, of: &SourceLocation, selected: &mut Selected) -> Vec<Node> {
        let listed = &self.selection.listed;
        let has_row =
            |node: &&Node| self.plan.unmanaged == UnmanagedPlan::Rows || listed.contains(&node.id);
        let unmanaged = selected.unmanaged.iter().flatten().filter(has_row);
        let unmanaged: Vec<Node> = unmanaged.cloned().collect();
        let lookups = &mut self.lookups;
        lookups
            .found
            .extend(unmanaged.iter().map(|node| node.id.clone()));
        for (property, ids) in &selected.undecided {
            lookups.undecided += ids.len();
            for id in ids {
                let cause = Cause {
                    code: "Unknown".into(),
                    text: format!("its {} is unknown", property.as_str()).into(),
                };
                lookups.uncertain.entry(id.clone()).or_insert(cause);
            }
        }
        lookups.with_row.extend(selected.known.iter().cloned());
        for (id, cause) in selected.uncertain.drain(..) {
            lookups.uncertain.entry(id).or_insert(cause);
        }
        let failed = of.unread.iter();
        let failed = failed.map(|unread| (Scope::of(&of.location), unread.cause.clone()));
        lookups.failed.extend(failed);
        let has_rows = match &selected.order {
            Order::Files(files) => files.iter().flatten().any(|rows| !rows.is_empty()),
            Order::Listed(entries) => !entries.is_empty(),
        };
        lookups.has_nodes |= has_rows || !unmanaged.is_empty() || !of.unread.is_empty();
        if self.selection.discovers() {
            match &selected.order {
                Order::Files(files) => {
                    let is_selected = |at: &NodeRow| files[at.file][at.group].contains(at.row);
                    let found = selected.listed.iter().filter(|(_, at)| is_selected(at));
                    lookups.found.extend(found.map(|(id, _)| id.clone()));
                }
                Order::Listed(entries) => {
                    let rows: HashSet<NodeRow> = entries.iter().filter_map(Entry::row).collect();
                    let found = selected.listed.iter().filter(|(_, at)| rows.contains(at));
                    lookups.found.extend(found.map(|(id, _)| id.clone()));
                }
            }
        }
        unmanaged
    }

    /// How the nodes were found.
    fn discovery(&self, of: &SourceLocation, selected: &Selected) -> DiscoveryReport {
        let mut report = DiscoveryReport {
            scopes: vec![Scope::of(&of.location)],
            unmanaged: selected.unmanaged.clone(),
            excluded_nodes: (self.selection.selector.has_exclusions()
                && !self.selection.selects_from_listed())
            .then_some(selected.excluded),
            has_undecided_nodes: !selected.undecided.is_empty(),
            ..DiscoveryReport::default()
        };
        if let Some(known) = &of.manifest().discovery {
            report.calls.clone_from(&known.calls);
            report.limitations.clone_from(&known.limitations);
            report
                .tolerated_failures
                .clone_from(&known.tolerated_failures);
            if self.plan.node_info < Some(InfoLevel::Names) && !known.has_failed_calls {
                // It only adds to names.
                let adds = |text: &String| text.starts_with(iam::PROPERTIES.name);
                report.calls.retain(|call| !adds(call));
                report.tolerated_failures.retain(|failure| !adds(failure));
            }
            report.has_failed_calls = known.has_failed_calls;
            report.lists_stopped_instances = known.lists_stopped_instances;
        }
        for (property, ids) in &selected.undecided {
            report.limitations.push(format!(
                "whether these are of the selected {}, which is unknown: {}",
                property.as_str(),
                first_n(ids, MAX_UNDECIDED_IDS)
            ));
        }
        report
    }

    /// The listed nodes in their order, where nothing else selects nodes.
    fn listed_here(
        &mut self,
        selected: &Selected,
        mut absent: HashMap<Arc<str>, (Node, Outcome<NodeState>)>,
    ) -> Vec<Entry> {
        let mut entries = Vec::new();
        for id in &self.selection.ids {
            if let Some(node) = absent.remove(id) {
                entries.push(Entry::Absent(Box::new(node)));
            } else if let Some(at) = selected.listed.get(id) {
                self.lookups.found.insert(id.clone());
                entries.push(Entry::Row(*at));
            }
        }
        entries
    }
}

/// The cause of what a damaged file does not tell.
pub(super) fn damaged(error: &anyhow::Error) -> Cause {
    Cause {
        code: DAMAGED.into(),
        text: format!("{error:#}").into(),
    }
}
