//! Where records come from: an ordered stream of what each node answered.
//!
//! Knows how questions become jobs that run side by side. Must not know
//! columns, formats or the terminal. Only the files below it name the SDK.

mod aws;
mod clients;
mod fanout;
mod fault;
mod hold;
mod http;
mod inprocess;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "one place is all that can be asked for yet")
)]
mod places;
mod reader;
mod spill;
mod tally;
mod wire;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::Result;

use self::aws::{Asker, BATCH};
use self::fanout::{Bounds, Fanout, Lane};
use self::tally::Tally;
use crate::filter::{Filter, Sifted};
use crate::record::{Node, NodeState, Outcome};

pub use self::fanout::Fanout as Stream;
pub use self::tally::Calls;

/// How to reach the service, as the user said it.
#[derive(Debug, Clone, Default)]
pub struct Connect {
    /// Ask the demo region inside the process.
    pub demo: bool,
    pub profile: Option<String>,
    pub region: Option<String>,
    pub endpoint_url: Option<String>,
    /// Calls under way at once.
    pub concurrency: usize,
}

/// Rows that nodes read ahead of their turn may hold together: some 20 MB.
const ROWS_AHEAD: usize = 40_000;

/// One account in one region, ready to be asked.
pub struct Source {
    asker: Arc<Asker>,
    tally: Tally,
    bounds: Bounds,
}

/// What comes of one node's patches.
#[derive(Debug)]
pub enum PatchEvent {
    /// Some of its rows, filtered.
    Rows(Sifted),
    /// There are no more, and this is how it ended. Sent once for every node.
    End(Node, Outcome<()>),
}

/// What is known of a node before its patches are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing yet.
    Nothing,
    /// The service has a record of it.
    HasRecord,
    /// Its counters say that there are rows of a state asked for.
    MustMatch,
    /// Its counters say that no row can pass the filter.
    CannotMatch,
    /// The service has no record of it.
    NoRecord,
}

impl Source {
    /// Finds region and credentials; makes no call to the service itself.
    ///
    /// # Errors
    /// When one of them cannot be found, with the remedy.
    pub async fn connect(connect: &Connect) -> Result<Self> {
        let tally = Tally::default();
        let client = if connect.demo {
            clients::demo(&tally)
        } else {
            clients::live(connect, &tally).await?
        };
        Ok(Self {
            asker: Arc::new(client),
            tally,
            bounds: Bounds {
                jobs: connect.concurrency,
                rows: ROWS_AHEAD,
            },
        })
    }

    /// The node of this id, here.
    #[must_use]
    pub fn node(&self, id: &str) -> Node {
        Node {
            id: id.into(),
            place: self.asker.place.clone(),
        }
    }

    /// The calls made so far, by operation.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, Calls> {
        self.tally.counts()
    }

    /// The state of each node, a batch at a time, in their order.
    #[must_use]
    pub fn states(&self, nodes: Vec<Node>) -> Stream<Vec<(Node, Outcome<NodeState>)>> {
        let asker = self.asker.clone();
        let mut nodes = nodes.into_iter();
        let batches = std::iter::from_fn(move || {
            let batch: Vec<Node> = nodes.by_ref().take(BATCH).collect();
            (!batch.is_empty()).then_some(batch)
        });
        Fanout::new(
            batches,
            self.bounds,
            move |batch: Vec<Node>, mut lane: Lane<_>| {
                let asker = asker.clone();
                async move {
                    let outcomes = asker.states(&batch).await;
                    let rows = batch.len();
                    lane.send(batch.into_iter().zip(outcomes).collect(), rows)
                        .await;
                }
            },
        )
    }

    /// The patches of each node that pass the filter, page by page, in the
    /// order of the nodes; an [`PatchEvent::End`] closes each node.
    #[must_use]
    pub fn patches(&self, nodes: Vec<(Node, Known)>, filter: &Arc<Filter>) -> Stream<PatchEvent> {
        let asker = self.asker.clone();
        let filters = Arc::new(aws::filters(&filter.push_down()));
        let filter = filter.clone();
        Fanout::new(
            nodes.into_iter(),
            self.bounds,
            move |(node, known): (Node, Known), mut lane| {
                let (asker, filter, filters) = (asker.clone(), filter.clone(), filters.clone());
                async move {
                    let end = match known {
                        Known::NoRecord => Outcome::NoData,
                        Known::CannotMatch => Outcome::Answered(()),
                        Known::Nothing | Known::HasRecord | Known::MustMatch => {
                            drill(&asker, &node, known, &filter, &filters, &mut lane).await
                        }
                    };
                    lane.send(PatchEvent::End(node, end), 1).await;
                }
            },
        )
    }
}

/// Reads one node's patches to the last page.
async fn drill(
    asker: &Asker,
    node: &Node,
    known: Known,
    filter: &Filter,
    filters: &aws::Filters,
    lane: &mut Lane<PatchEvent>,
) -> Outcome<()> {
    let mut tokens = HashSet::new();
    let mut token = None;
    let (mut rows, mut kept) = (0, 0);
    // Pages of which nothing is kept are told together, so that they hold no memory.
    let mut hidden = Sifted::default();
    let end = loop {
        let page = match asker.patches_page(node, filters, token.as_deref()).await {
            Ok(page) => page,
            Err(fault) => break Err(fault),
        };
        rows += page.rows.len();
        let sifted = filter.sift(page.rows.into_iter().map(|row| row.of(node)).collect());
        if sifted.kept.is_empty() {
            hidden.hidden += sifted.hidden;
            hidden.seen.merge(sifted.seen);
        } else {
            kept += sifted.kept.len();
            let weight = sifted.kept.len();
            lane.send(PatchEvent::Rows(sifted), weight).await;
        }
        match page.next {
            None => break Ok(()),
            Some(next) if !tokens.insert(next.clone()) => break Err(asker.endless()),
            Some(next) => token = Some(next),
        }
    };
    if hidden.hidden > 0 {
        lane.send(PatchEvent::Rows(hidden), 1).await;
    }
    if let Err(fault) = end {
        return Outcome::Unread(fault.about(node));
    }
    let must_match = match known {
        Known::MustMatch => true,
        // No rows at all: a clean node, or one that nothing is known of? Its state tells.
        Known::Nothing if rows == 0 => match asker.states(std::slice::from_ref(node)).await.pop() {
            Some(Outcome::Answered(state)) => filter.must_match(&state),
            Some(Outcome::Unread(why)) => return Outcome::Unread(aws::doubtful(&why)),
            Some(Outcome::NoData) | None => return Outcome::NoData,
        },
        _ => false,
    };
    if must_match && kept == 0 {
        return Outcome::Unread(asker.contradiction().about(node));
    }
    Outcome::Answered(())
}
