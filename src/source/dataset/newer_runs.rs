//! What newer runs tell of, so that older ones that tell of nothing else are not kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::source::dataset::layout;
use crate::source::dataset::manifest::Manifest;

/// The locations that runs have.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct KnownLocations {
    locations: BTreeSet<(String, String)>,
    /// Those that could not be read in any region.
    accounts: BTreeSet<String>,
    pub profiles: BTreeSet<String>,
}

impl KnownLocations {
    pub(super) fn has_location(&self, account: &str, region: &str) -> bool {
        self.locations
            .contains(&(account.to_owned(), region.to_owned()))
    }

    /// Does a newer run say something of it? Of an account as a whole, any of its regions
    /// does.
    pub(super) fn contains(&self, account: &str, region: Option<&str>) -> bool {
        self.accounts.contains(account)
            || if let Some(region) = region {
                self.has_location(account, region)
            } else {
                let mut from = self.locations.range((account.to_owned(), String::new())..);
                from.next().is_some_and(|(known, _)| known == account)
            }
    }

    pub(super) fn add(&mut self, run: &Manifest) {
        let locations = run.locations.iter();
        let locations = locations.filter(|location| !location.region.is_empty());
        let keys = locations.map(|of| (of.account_id.clone(), of.region.clone()));
        self.locations.extend(keys);
        for unread in &run.unread {
            let scope = unread.scope.clone();
            let account = scope.account.unwrap_or_default();
            match (scope.region, scope.profile) {
                (Some(region), _) => _ = self.locations.insert((account, region)),
                (None, None) => _ = self.accounts.insert(account),
                (None, Some(profile)) => _ = self.profiles.insert(profile),
            }
        }
    }

    /// Does it have each location of the run, and each that the run could not read?
    pub(super) fn covers(&self, run: &Manifest) -> bool {
        let mut of_run = Self::default();
        of_run.add(run);
        self.first_missing(&of_run).is_none()
    }

    /// What the others have and these do not, if anything.
    fn first_missing(&self, others: &Self) -> Option<String> {
        let location = others.locations.difference(&self.locations).next();
        let account = others.accounts.difference(&self.accounts).next();
        let profile = others.profiles.difference(&self.profiles).next();
        location
            .map(|(account, region)| format!("{region} of account {account:?}"))
            .or_else(|| account.map(|account| format!("account {account:?}")))
            .or_else(|| profile.map(|profile| format!("profile {profile:?}")))
    }
}

/// What decides whether one run supersedes another.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Coverage {
    is_complete: bool,
    is_named_by_start: bool,
    known: KnownLocations,
}

impl Coverage {
    pub(super) fn of(run: &Manifest) -> Self {
        let mut known = KnownLocations::default();
        known.add(run);
        Self {
            is_complete: run.selection.is_complete,
            is_named_by_start: is_named_by_start(run),
            known,
        }
    }

    /// Why the run does not supersede an older one, if it does not.
    pub(super) fn gap(&self, older: &Self) -> Option<String> {
        if !(self.is_named_by_start && older.is_named_by_start) {
            return Some("the ids do not tell which of them is newer".to_owned());
        }
        if older.is_complete && !self.is_complete {
            return Some("that one listed every node, and this one did not".to_owned());
        }
        let missing = self.known.first_missing(&older.known)?;
        Some(format!("it does not tell of {missing}"))
    }
}

/// What is known of newer runs, while runs come newest first.
#[derive(Default)]
pub(super) struct NewerRuns {
    /// Of those that listed everything.
    complete: KnownLocations,
    all: KnownLocations,
    /// Those that started in one second: their ids do not tell which is the newest.
    same_second: Vec<Arc<Manifest>>,
}

impl NewerRuns {
    /// May something of the run be read, as no newer one that goes before it tells of it?
    pub(super) fn leave_something_to(&mut self, run: &Arc<Manifest>) -> bool {
        let snapshot = layout::snapshot_of(&run.run_id);
        if !is_named_by_start(run) {
            return true;
        }
        let mut others = self.same_second.iter();
        if others.any(|other| layout::snapshot_of(&other.run_id) != snapshot) {
            for other in self.same_second.drain(..) {
                if other.selection.is_complete {
                    self.complete.add(&other);
                }
                self.all.add(&other);
            }
        }
        let known = if run.selection.is_complete {
            &self.complete
        } else {
            &self.all
        };
        let is_needed = !known.covers(run);
        if is_needed {
            self.same_second.push(run.clone());
        }
        is_needed
    }
}

/// Does its id sort as the time of its start? Not all programs write it so.
pub(super) fn is_named_by_start(run: &Manifest) -> bool {
    layout::snapshot_name(run.started_at) == layout::snapshot_of(&run.run_id)
}
