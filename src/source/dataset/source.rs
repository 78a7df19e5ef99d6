//! A dataset as a source: the runs that are read at a moment, and the streams of their
//! nodes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::record::{AccountRegion, CallerReport, InfoLevel, Scope, Subject, Unread};
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::aws::source::LocationSpans;
use crate::source::dataset::location::DatasetLocation;
use crate::source::dataset::manifest::{Manifest, ManifestLocation, ManifestUnread};
use crate::source::dataset::manifest_records::{to_caller, to_cause, to_scope};
use crate::source::dataset::moment::Moment;
use crate::source::dataset::node_batch::not_collected;
use crate::source::dataset::options::DatasetOptions;
use crate::source::dataset::run_notes::{
    DEMO_CLOCK, describe_future, describe_newer, describe_runs,
};
use crate::source::dataset::runs::{RunLocation, Runs, Snapshot};
use crate::source::dataset::storage::Storage;
use crate::source::dataset::vocabulary::{INFO_LEVELS, word_of};

/// A dataset at a moment.
#[derive(Debug)]
pub(crate) struct DatasetSource {
    storage: Storage,
    locations: Vec<Arc<SourceLocation>>,
    /// The nodes that were in none of several locations.
    nowhere: Vec<Arc<SourceLocation>>,
    unread: Vec<Unread>,
    snapshot: Snapshot,
    /// The ids of the runs that are read.
    run_ids: Vec<String>,
    pub(crate) notes: Vec<String>,
    /// The flags that select nodes.
    criteria: Vec<String>,
    now: Timestamp,
    interrupt: Interrupt,
}

/// An account and region of a run.
#[derive(Debug, Clone)]
pub(super) struct SourceLocation {
    pub run: RunLocation,
    pub location: Arc<AccountRegion>,
    /// What the run could not read of it.
    pub unread: Vec<Unread>,
}

impl DatasetSource {
    /// The accounts and regions that are read, in their order.
    #[must_use]
    pub(crate) fn account_regions(&self) -> Vec<Arc<AccountRegion>> {
        let locations = self.locations.iter();
        locations.map(|source| source.location.clone()).collect()
    }

    /// When each of them was read.
    #[must_use]
    pub(crate) fn read_times(&self) -> BTreeMap<Arc<AccountRegion>, Timestamp> {
        let locations = self.locations.iter();
        let times = locations.map(|of| (of.location.clone(), of.manifest().finished_at));
        times.collect()
    }

    /// Reads the manifests. Reads no node.
    ///
    /// # Errors
    /// When there is no run at the moment, or a manifest cannot be read.
    pub(crate) async fn open(
        storage: Storage,
        dataset: &DatasetOptions,
        connect: &ConnectOptions,
        clock: fn() -> Timestamp,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let now = if dataset.at.is_relative() {
            clock()
        } else {
            Timestamp::UNIX_EPOCH
        };
        let runs = Runs::read_at(&storage, &dataset.at, now).await;
        let snapshot = runs
            .and_then(|runs| runs.at(&dataset.at, now))
            .with_context(|| dataset.location.to_string())?;
        Ok(Self::of_snapshot(
            storage, snapshot, dataset, connect, clock, interrupt,
        ))
    }

    /// A dataset of which no run is read.
    #[must_use]
    pub(crate) fn without_runs(
        storage: Storage,
        location: &DatasetLocation,
        clock: fn() -> Timestamp,
        interrupt: &Interrupt,
    ) -> Self {
        let dataset = DatasetOptions {
            location: location.clone(),
            at: Moment::Latest,
            uses_clock: true,
            needs_patches: false,
            criteria: Vec::new(),
        };
        let connect = ConnectOptions::default();
        let snapshot = Snapshot::default();
        Self::of_snapshot(storage, snapshot, &dataset, &connect, clock, interrupt)
    }

    /// What was chosen of the runs, without what the flags leave out.
    pub(super) fn of_snapshot(
        storage: Storage,
        snapshot: Snapshot,
        dataset: &DatasetOptions,
        connect: &ConnectOptions,
        clock: fn() -> Timestamp,
        interrupt: &Interrupt,
    ) -> Self {
        let accounts = connect.accounts.ids();
        let is_asked = |account: Option<&str>, region: Option<&str>| {
            let is_in = |asked: &[String], value: Option<&str>| {
                asked.is_empty() || value.is_none_or(|value| asked.iter().any(|one| one == value))
            };
            is_in(accounts, account) && is_in(&connect.regions, region)
        };
        let ids: BTreeSet<&str> = snapshot
            .locations
            .iter()
            .map(|run| &*run.location().account_id)
            .filter(|id| !id.is_empty())
            .collect();
        // Rows of several accounts have to be told apart.
        let has_several_accounts = ids.len() > 1;
        let mut locations = Vec::new();
        let mut nowhere = Vec::new();
        // What of the runs belongs to a location that is read.
        let mut known_unread = HashSet::new();
        let mut unread_by_run = HashMap::new();
        for run in &snapshot.locations {
            let of = run.location();
            let account = Some(&*of.account_id).filter(|id| !id.is_empty());
            let unread = unread_by_run
                .entry(&*run.run.run_id)
                .or_insert_with(|| run.run.unread_by_region())
                .get(&*of.region);
            let unread = unread.into_iter().flatten();
            let unread: Vec<&ManifestUnread> = unread
                .filter(|unread| {
                    let account = unread.scope.account.as_deref();
                    account.is_none_or(|account| account == of.account_id)
                })
                .copied()
                .collect();
            let has_account = of.is_account_known || has_several_accounts;
            let source = Arc::new(SourceLocation::new(run, has_account, &unread));
            if of.region.is_empty() {
                nowhere.push(source);
            } else if is_asked(account, Some(&of.region)) {
                known_unread.extend(unread.iter().map(|unread| (&unread.scope, &unread.cause)));
                locations.push(source);
            }
        }
        // As typed, where the order is the user's.
        let rank = |name: &str, asked: &[String]| asked.iter().position(|one| one == name);
        locations.sort_by_cached_key(|of: &Arc<SourceLocation>| {
            let of = of.run.location();
            rank(&of.account_id, accounts)
        });
        if connect.is_ordered {
            locations.sort_by_key(|of| of.location.clone());
        }
        let mut unread: Vec<Unread> = snapshot
            .unread
            .iter()
            .filter(|unread| {
                let scope = &unread.scope;
                is_asked(scope.account.as_deref(), scope.region.as_deref())
                    && !known_unread.contains(&(scope, &unread.cause))
            })
            .map(|unread| Unread {
                subject: Subject::Scope(to_scope(&unread.scope)),
                cause: to_cause(&unread.cause),
            })
            .collect();
        unread.extend(not_in_dataset(
            &locations,
            &unread,
            accounts,
            &connect.regions,
        ));
        let runs = runs_read(&snapshot, &locations, |unread| {
            let scope = &unread.scope;
            is_asked(scope.account.as_deref(), scope.region.as_deref())
        });
        let newest = runs.iter().map(|run| run.finished_at).max();
        let now = newest.filter(|_| !dataset.uses_clock).unwrap_or_else(clock);
        let mut notes = describe_runs(&runs);
        notes.extend(describe_future(&runs, clock()));
        let newer = snapshot.newer.iter().filter(|run| {
            let of = run.location();
            is_asked(Some(&of.account_id), Some(&of.region))
        });
        notes.extend(describe_newer(newer.map(|of| &*of.run)));
        Self {
            storage,
            locations,
            nowhere,
            unread,
            notes,
            criteria: dataset.criteria.clone(),
            run_ids: runs.iter().map(|run| run.run_id.clone()).collect(),
            snapshot,
            now,
            interrupt: interrupt.clone(),
        }
    }

    /// The ids of the runs that something is read from, or that could not read something
    /// that is asked for; oldest first.
    #[must_use]
    pub(super) fn run_ids(&self) -> &[String] {
        &self.run_ids
    }

    /// The time that ages are computed from.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Is the time that of the demo?
    #[must_use]
    pub(crate) fn is_demo(&self) -> bool {
        self.snapshot.runs.iter().all(|run| run.clock == DEMO_CLOCK)
    }

    /// Are nodes in the order of their ids? Those whose ids were typed are not.
    #[must_use]
    pub(crate) fn is_sorted(&self) -> bool {
        let mut runs = self.snapshot.runs.iter();
        runs.all(|run| run.selection.node_ids == 0)
    }

    /// What the locations that are read differ in.
    #[must_use]
    pub(crate) fn location_spans(&self) -> LocationSpans {
        let places = || self.locations.iter().map(|of| &of.location);
        let regions: BTreeSet<_> = places().map(|place| place.region.clone()).collect();
        let mut accounts: BTreeSet<_> = places().map(|place| place.account.clone()).collect();
        let scopes = self
            .unread
            .iter()
            .filter_map(|unread| unread.subject.scope());
        accounts.extend(scopes.map(|scope| scope.account.clone()));
        LocationSpans {
            regions: regions.len() > 1,
            accounts: accounts.len() > 1,
            has_account_names: places().any(|place| place.account_name.is_some()),
        }
    }

    pub(crate) fn storage(&self) -> &Storage {
        &self.storage
    }

    pub(super) fn locations(&self) -> &[Arc<SourceLocation>] {
        &self.locations
    }

    /// Is there more than one location in which a node can be?
    pub(super) fn has_several_locations(&self) -> bool {
        self.locations.len() > 1 || !self.unread.is_empty()
    }

    pub(super) fn nowhere(&self) -> &[Arc<SourceLocation>] {
        &self.nowhere
    }

    pub(super) fn unread(&self) -> &[Unread] {
        &self.unread
    }

    pub(super) fn criteria(&self) -> &[String] {
        &self.criteria
    }

    pub(super) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Regions and accounts that the runs left out on purpose.
    pub(super) fn skipped(&self) -> Vec<Scope> {
        let scopes = self.snapshot.runs.iter().flat_map(|run| &run.skipped);
        let mut skipped: Vec<Scope> = Vec::new();
        for scope in scopes.map(to_scope) {
            if !skipped.contains(&scope) {
                skipped.push(scope);
            }
        }
        skipped
    }

    /// Who made the calls of the runs.
    pub(super) fn callers(&self) -> Vec<CallerReport> {
        let callers = self.snapshot.runs.iter().flat_map(|run| &run.callers);
        let mut reports: Vec<CallerReport> = Vec::new();
        for report in callers.map(to_caller) {
            if !reports.contains(&report) {
                reports.push(report);
            }
        }
        reports
    }
}

impl SourceLocation {
    /// `unread` is what the run could not read of it.
    fn new(run: &RunLocation, has_account: bool, unread: &[&ManifestUnread]) -> Self {
        let of = run.location();
        let account = Some(&*of.account_id).filter(|id| has_account && !id.is_empty());
        let location = Arc::new(AccountRegion {
            region: of.region.as_str().into(),
            account: account.map(Into::into),
            account_name: of.account_name.as_deref().map(Into::into),
        });
        let unread = unread.iter().map(|unread| Unread {
            subject: Subject::Scope(Scope::of(&location)),
            cause: to_cause(&unread.cause),
        });
        Self {
            unread: unread.collect(),
            run: run.clone(),
            location,
        }
    }

    /// Did the run read all tags of its nodes?
    pub(super) fn has_tags(&self) -> bool {
        let level = self.run.run.plan.node_info.as_deref();
        level == Some(word_of(INFO_LEVELS, &InfoLevel::Tags))
    }

    pub(super) fn manifest(&self) -> &ManifestLocation {
        self.run.location()
    }
}

/// The runs that something is read from, or that could not read something that is asked for.
fn runs_read(
    snapshot: &Snapshot,
    locations: &[Arc<SourceLocation>],
    is_asked: impl Fn(&ManifestUnread) -> bool,
) -> Vec<Arc<Manifest>> {
    let ids: HashSet<&str> = locations.iter().map(|of| &*of.run.run.run_id).collect();
    let is_read =
        |run: &&Arc<Manifest>| ids.contains(&*run.run_id) || run.unread.iter().any(&is_asked);
    snapshot.runs.iter().filter(is_read).cloned().collect()
}

/// Accounts and regions that are asked for and that no run has.
fn not_in_dataset(
    locations: &[Arc<SourceLocation>],
    unread: &[Unread],
    accounts: &[String],
    regions: &[String],
) -> Vec<Unread> {
    let is_known = |account: Option<&str>, region: Option<&str>| {
        let fits = |known: Option<&str>, asked: Option<&str>| asked.is_none() || known == asked;
        let read = locations.iter().any(|of| {
            let of = of.manifest();
            fits(Some(&of.account_id), account) && fits(Some(&of.region), region)
        });
        let scopes = unread.iter().filter_map(|unread| unread.subject.scope());
        read || scopes.into_iter().any(|scope| {
            (scope.account.is_none() || fits(scope.account.as_deref(), account))
                && (scope.region.is_none() || fits(scope.region.as_deref(), region))
        })
    };
    let each = |asked: &[String]| -> Vec<Option<String>> {
        if asked.is_empty() {
            vec![None]
        } else {
            asked.iter().cloned().map(Some).collect()
        }
    };
    let mut missing = Vec::new();
    for account in each(accounts) {
        for region in each(regions) {
            if (account.is_some() || region.is_some())
                && !is_known(account.as_deref(), region.as_deref())
            {
                missing.push(Unread {
                    subject: Subject::Scope(Scope {
                        account: account.as_deref().map(Into::into),
                        region: region.as_deref().map(Into::into),
                        ..Scope::default()
                    }),
                    cause: not_collected("it", "is in no run of the dataset at this moment"),
                });
            }
        }
    }
    missing
}
