//! What is asked of the nodes of one place: their states, their patches page by
//! page, and their counters ahead of the patches.
//!
//! Knows when an answer can be trusted. Must not know how nodes were found, nor
//! other places.

mod listing;
mod prefetch;

pub use self::prefetch::{Ahead, Foreknown, Known, Wanted};
use crate::plan::filter::{Filter, Sifted};
use crate::record::{Node, NodeState, Outcome, Patch, PatchState, Ruling, Why};
use crate::source::aws::api::baselines;
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::Kind;
use crate::source::aws::api::pages::Start;
use crate::source::aws::api::patch_calls;
use crate::source::aws::discovery::resolve::Pick;
use crate::source::aws::patch_reader::listing::{Expected, Listing, Scope};
use crate::source::ordered::ordered_jobs::Lane;
use crate::source::{Counts, Event, Lack, PatchEvent};

/// The states of some nodes, in their order, with what their baselines rule.
/// Those that finding the nodes told are not asked for again.
pub async fn states(asker: &Asker, batch: Vec<Pick>) -> Vec<(Node, Outcome<NodeState>)> {
    let mut rest = Vec::with_capacity(batch.len());
    let told: Vec<Option<(Node, Outcome<NodeState>)>> = batch
        .into_iter()
        .map(|pick| {
            if let Some(state) = pick.state {
                return Some((pick.node, Outcome::Answered(*state)));
            }
            rest.push(pick.node);
            None
        })
        .collect();
    let outcomes = if rest.is_empty() {
        Vec::new()
    } else {
        asker.states(&rest).await
    };
    let mut others = rest.into_iter().zip(outcomes);
    let mut rows: Vec<(Node, Outcome<NodeState>)> = told
        .into_iter()
        .filter_map(|told| told.or_else(|| others.next()))
        .collect();
    rule(asker, rows.iter_mut().map(|(_, outcome)| outcome)).await;
    rows
}

/// Finds out what baselines rule of the nodes whose verdict may hang on it.
async fn rule(asker: &Asker, outcomes: impl Iterator<Item = &mut Outcome<NodeState>>) {
    for outcome in outcomes {
        if let Outcome::Answered(state) = outcome
            && state.available_security_update.is_some_and(|n| n > 0)
            && let Some(id) = &state.baseline_id
        {
            state.ruling = Some(match asker.baseline(id).await {
                Ok(baseline) => baseline.ruling.clone(),
                Err(why) if baselines::is_gone(&why) => Ruling::Gone,
                Err(why) => Ruling::Unreadable(why),
            });
        }
    }
}

/// Are counters read whatever else is asked, to compare lists with them?
pub fn compares(filter: &Filter) -> bool {
    !Scope::of(filter).is_empty()
}

/// What is lacking where counters may not be read.
const COUNTERS: &str = "the counters that say whether lists are whole";

/// Reads nodes' patches to the last page.
pub struct Drill<'a> {
    pub asker: &'a Asker,
    pub wanted: &'a Wanted,
    pub ahead: &'a Ahead,
    pub counts: &'a Counts,
    pub lane: &'a mut Lane<Event<PatchEvent>>,
}

impl Drill<'_> {
    async fn send(&mut self, event: PatchEvent, weight: usize) {
        self.lane.send(Event::Item(event), weight).await;
    }

    /// The patches of the node at this place in the list; how it ended is for
    /// the caller to send, with its state where that was read anew.
    pub async fn patches(
        &mut self,
        node: &Node,
        at: usize,
    ) -> (Outcome<()>, Option<Outcome<NodeState>>) {
        let mut pages = self.asker.patches_pages();
        let mut listing = Listing::new();
        // Pages of which nothing is kept are told together, so that they hold no memory.
        let mut hidden = Sifted::default();
        let end = loop {
            let token = match pages.next() {
                Ok(Some(Start(token))) => token,
                Ok(None) => break Ok(()),
                Err(fault) => break Err(fault),
            };
            let page = match self
                .asker
                .patches_page(node, &self.wanted.filters, token.as_deref())
                .await
            {
                Ok(page) => page,
                Err(fault) => break Err(fault),
            };
            pages.then(page.rows.len(), page.next);
            let rows = page.rows.into_iter().map(|row| row.of(node));
            let mut patches: Vec<Patch> = rows.collect();
            listing.take(&mut patches);
            let mut sifted = self.wanted.filter.sift(patches);
            if self.wanted.release_dates {
                date(self.asker, &mut sifted.kept).await;
            }
            if sifted.kept.is_empty() {
                hidden.hidden += sifted.hidden;
                hidden.unrated += sifted.unrated;
                hidden.seen.merge(sifted.seen);
            } else {
                let weight = sifted.kept.len();
                self.counts.rows(weight);
                self.send(PatchEvent::Rows(sifted), weight).await;
            }
        };
        if hidden.hidden > 0 {
            self.send(PatchEvent::Rows(hidden), 1).await;
        }
        match end {
            Err(fault) => (Outcome::Unread(fault.about(node)), None),
            Ok(()) => self.compared(node, at, &listing).await,
        }
    }

    /// How a node ends whose list was read to the last page: answered only if
    /// its counters count the same patches. A scan may have ended between the
    /// two calls, so where they differ the state is read once more; the list is
    /// not, as its rows are told already.
    async fn compared(
        &mut self,
        node: &Node,
        at: usize,
        listing: &Listing,
    ) -> (Outcome<()>, Option<Outcome<NodeState>>) {
        let told = self.ahead.told(at).await;
        let contradiction = |what: &str| {
            let fault = self.asker.contradiction(what);
            (Outcome::Unread(fault.about(node)), None)
        };
        let doubt = match told.known {
            Known::NoRecord if listing.is_empty() => return (Outcome::NoData, None),
            // No rows at all: a clean node, or one that nothing is known of? Its state tells.
            Known::Nothing if listing.is_empty() => String::new(),
            Known::HasRecord | Known::CannotMatch => match listing.doubt(&told.expected) {
                Some(doubt) => doubt,
                None => return self.unambiguous(node, listing, None),
            },
            Known::Nothing | Known::NoRecord => {
                return match told.unread.filter(|_| !self.wanted.scope.is_empty()) {
                    Some(why) => self.uncompared(node, listing, &why).await,
                    None => self.unambiguous(node, listing, None),
                };
            }
        };
        let state = self.asker.states(std::slice::from_ref(node)).await.pop();
        let state = match state {
            Some(Outcome::Answered(state)) => state,
            _ if !doubt.is_empty() => return contradiction(&doubt),
            Some(Outcome::Unread(why)) => {
                let what = "no patch rows, and whether it has data is unknown";
                return (Outcome::Unread(patch_calls::doubtful(what, &why)), None);
            }
            Some(Outcome::NoData) | None => return (Outcome::NoData, None),
        };
        if let Some(doubt) = listing.doubt(&Expected::of(self.wanted.scope, &state)) {
            return contradiction(&doubt);
        }
        let mut fresh = Outcome::Answered(state);
        if self.wanted.states {
            rule(self.asker, std::iter::once(&mut fresh)).await;
        }
        self.unambiguous(node, listing, Some(fresh))
    }

    /// How a node ends whose list has rows and whose counters could not be read:
    /// unread, as the list may fall short. Where the caller may not read
    /// counters at all, lists are all there is to have, and that is told once.
    async fn uncompared(
        &mut self,
        node: &Node,
        listing: &Listing,
        why: &Why,
    ) -> (Outcome<()>, Option<Outcome<NodeState>>) {
        if Kind::of(&why.code) != Kind::Denied {
            let why = patch_calls::doubtful("nothing says whether the list is whole", why);
            return (Outcome::Unread(why), None);
        }
        if self.ahead.is_first_denial() {
            let lack = Lack {
                columns: COUNTERS,
                why: why.text.to_string(),
            };
            // What holds no rows stays in memory: only items can wait in a file.
            self.lane.send(Event::Lack(lack), 0).await;
        }
        self.unambiguous(node, listing, None)
    }

    /// Answered, unless the list alone contradicts itself.
    fn unambiguous(
        &self,
        node: &Node,
        listing: &Listing,
        fresh: Option<Outcome<NodeState>>,
    ) -> (Outcome<()>, Option<Outcome<NodeState>>) {
        let outcome = match listing.ambiguity() {
            Some(what) => Outcome::Unread(self.asker.contradiction(&what).about(node)),
            None => Outcome::Answered(()),
        };
        (outcome, fresh.filter(|_| self.wanted.states))
    }
}

/// Finds out when patches were released that a node still lacks: nothing hangs
/// on the age of the others.
async fn date(asker: &Asker, patches: &mut [Patch]) {
    let lacks = |patch: &Patch| PatchState::NON_COMPLIANT.contains(&patch.state);
    let mut kb_ids: Vec<&str> = patches
        .iter()
        .filter(|patch| lacks(patch))
        .filter_map(|patch| patch.kb_id.as_deref())
        .collect();
    kb_ids.sort_unstable();
    kb_ids.dedup();
    if kb_ids.is_empty() {
        return;
    }
    let dates = asker.released(&kb_ids).await;
    for patch in patches.iter_mut().filter(|patch| lacks(patch)) {
        patch.released = patch.kb_id.as_deref().and_then(|id| dates.get(id)).copied();
    }
}
