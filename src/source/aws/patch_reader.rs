//! Reads the nodes of one account and region: their states, their patches page
//! by page, and their counters ahead of the patches. Decides when a list of
//! patches can be trusted.

pub(super) mod associations;
mod listing;
mod prefetch;
pub(super) mod states;

pub(crate) use self::prefetch::{Hint, HintKind, Prefetch, PreparedPlan};
use crate::plan::filter::{Filter, Filtered};
use crate::record::{Cause, InfoField, Node, NodeState, Outcome, Patch, PatchState};
use crate::source::aws::api::error::ErrorKind;
use crate::source::aws::api::pages::PageStart;
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::patch_calls;
use crate::source::aws::api::region_client::release_date_calls::release_date;
use crate::source::aws::patch_reader::listing::{ComparedCounters, ExpectedCounts, PatchListing};
use crate::source::aws::patch_reader::states::add_baseline_status;
use crate::source::aws::progress::ProgressCounters;
use crate::source::event::{Event, MissingColumns, PatchEvent};
use crate::source::ordered::ordered_jobs::JobSender;

/// Are counters always read, to compare lists with them?
pub(crate) fn needs_counters(filter: &Filter) -> bool {
    !ComparedCounters::of(filter).is_empty()
}

/// What is missing if counters may not be read.
const COUNTER_COLUMNS: &str = "the counters that verify lists";

/// Reads nodes' patches to the last page.
pub(crate) struct PatchReader<'a> {
    pub client: &'a RegionClient,
    pub plan: &'a PreparedPlan,
    pub prefetch: &'a Prefetch,
    pub counters: &'a ProgressCounters,
    pub sender: &'a mut JobSender<Event<PatchEvent>>,
}

impl PatchReader<'_> {
    async fn send_event(&mut self, event: PatchEvent, weight: usize) {
        self.sender.send(Event::Item(event), weight).await;
    }

    /// Sends the patches of the node at this index. The caller sends the end,
    /// with the state if it was read again.
    pub(crate) async fn read_patches(
        &mut self,
        node: &Node,
        at: usize,
    ) -> (Outcome<()>, Option<Outcome<NodeState>>) {
        let mut pages = self.client.patches_paginator();
        let mut listing = PatchListing::new();
        // Filtered-out rows of several pages are sent together, so that they
        // use no memory.
        let mut hidden = Filtered::default();
        let end = loop {
            let token = match pages.next_start() {
                Ok(Some(PageStart(token))) => token,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            };
            let page = match self
                .client
                .patches_page(node, &self.plan.pushed_filters, token.as_deref())
                .await
            {
                Ok(page) => page,
                Err(error) => break Err(error),
            };
            pages.record_page(page.rows.len(), page.next_token);
            let rows = page.rows.into_iter().map(|row| row.into_patch(node));
            let mut patches: Vec<Patch> = rows.collect();
            listing.add_page(&mut patches);
            let mut filtered = self.plan.filter.apply(patches);
            if self.plan.wants_release_dates {
                add_release_dates(self.client, &mut filtered.kept).await;
            }
            if filtered.kept.is_empty() {
                hidden.hidden += filtered.hidden;
                hidden.unrated += filtered.unrated;
                hidden.seen_words.merge(filtered.seen_words);
            } else {
                let weight = filtered.kept.len();
                self.counters.add_rows(weight);
                self.send_event(PatchEvent::Rows(filtered), weight).await;
            }
        };
        if hidden.hidden > 0 {
            self.send_event(PatchEvent::Rows(hidden), 1).await;
        }
        match end {
            Err(error) => (Outcome::Unread(error.into_node_cause(node)), None),
            Ok(()) => self.compare_with_counters(node, at, &listing).await,
        }
    }

    /// The end of a node whose list was read to the last page: complete only if
    /// its counters count the same patches. A scan may have ended between the
    /// two calls, so on a difference the state is read once more; the list is
    /// not, as its rows have been sent.
    async fn compare_with_counters(
        &mut self,
        node: &Node,
        at: usize,
        listing: &PatchListing,
    ) -> (Outcome<()>, Option<Outcome<NodeState>>) {
        let known = self.prefetch.counter_hint(at).await;
        let contradiction = |what: &str| {
            let error = self.client.contradiction(what);
            (Outcome::Unread(error.into_node_cause(node)), None)
        };
        let doubt = match known.kind {
            HintKind::NoRecord if listing.is_empty() => return (Outcome::NoData, None),
            // No rows: either no patches, or no record. The state distinguishes
            // them.
            HintKind::Unknown if listing.is_empty() => String::new(),
            HintKind::HasRecord | HintKind::CannotMatch => {
                match listing.mismatch(&known.expected) {
                    Some(doubt) => doubt,
                    None => return self.finish_unless_ambiguous(node, listing, None),
                }
            }
            HintKind::Unknown | HintKind::NoRecord => {
                return match known
                    .cause
                    .filter(|_| !self.plan.compared_counters.is_empty())
                {
                    Some(cause) => self.finish_without_counters(node, listing, &cause).await,
                    None => self.finish_unless_ambiguous(node, listing, None),
                };
            }
        };
        let state = self
            .client
            .patch_states(std::slice::from_ref(node))
            .await
            .pop();
        let state = match state {
            Some(Outcome::Answered(state)) => state,
            _ if !doubt.is_empty() => return contradiction(&doubt),
            Some(Outcome::Unread(cause)) => {
                let what = "no patch rows, and whether it has data is unknown";
                return (
                    Outcome::Unread(patch_calls::prefix_cause(what, &cause)),
                    None,
                );
            }
            Some(Outcome::NoData) | None => return (Outcome::NoData, None),
        };
        if let Some(doubt) =
            listing.mismatch(&ExpectedCounts::of(self.plan.compared_counters, &state))
        {
            return contradiction(&doubt);
        }
        let mut fresh = Outcome::Answered(state);
        if self.plan.wants_states {
            add_baseline_status(self.client, std::iter::once(&mut fresh)).await;
        }
        self.finish_unless_ambiguous(node, listing, Some(fresh))
    }

    /// The end of a node whose list has rows and whose counters could not be
    /// read: unread, as the list may be incomplete. If the caller is not
    /// allowed to read counters at all, lists are accepted without them, and
    /// that is reported once.
    async fn finish_without_counters(
        &mut self,
        node: &Node,
        listing: &PatchListing,
        cause: &Cause,
    ) -> (Outcome<()>, Option<Outcome<NodeState>>) {
        if ErrorKind::from_code(&cause.code) != ErrorKind::AccessDenied {
            let cause = patch_calls::prefix_cause("the list cannot be verified", cause);
            return (Outcome::Unread(cause), None);
        }
        if self.prefetch.take_first_denial() {
            let missing = MissingColumns {
                columns: COUNTER_COLUMNS.into(),
                reason: cause.text.to_string(),
            };
            // An event without rows stays in memory: only items can be spilled.
            self.sender.send(Event::MissingColumns(missing), 0).await;
        }
        self.finish_unless_ambiguous(node, listing, None)
    }

    /// Complete, unless the list contradicts itself.
    fn finish_unless_ambiguous(
        &self,
        node: &Node,
        listing: &PatchListing,
        fresh: Option<Outcome<NodeState>>,
    ) -> (Outcome<()>, Option<Outcome<NodeState>>) {
        let outcome = match listing.ambiguity() {
            Some(what) => Outcome::Unread(self.client.contradiction(&what).into_node_cause(node)),
            None => Outcome::Answered(()),
        };
        (outcome, fresh.filter(|_| self.plan.wants_states))
    }
}

/// Adds the release dates of patches that a node still lacks: no result depends
/// on the age of the others.
async fn add_release_dates(client: &RegionClient, patches: &mut [Patch]) {
    let is_missing = |patch: &Patch| {
        PatchState::NON_COMPLIANT.contains(&patch.state)
            || patch.state == PatchState::AvailableSecurityUpdate
    };
    let mut kb_ids: Vec<&str> = patches
        .iter()
        .filter(|patch| is_missing(patch))
        .filter_map(|patch| patch.kb_id.as_deref())
        .collect();
    kb_ids.sort_unstable();
    kb_ids.dedup();
    if kb_ids.is_empty() {
        return;
    }
    let releases = client.releases(&kb_ids).await;
    for patch in patches.iter_mut().filter(|patch| is_missing(patch)) {
        let rows = patch.kb_id.as_deref().and_then(|id| releases.get(id));
        let info = patch.node.info.as_ref();
        let platform = info.and_then(|info| info.get(InfoField::PlatformName));
        patch.release_date =
            rows.and_then(|rows| release_date(rows, patch.title.as_deref(), platform));
    }
}
