//! Nodes with their verdicts, in their order: what every command that judges
//! does alike.
//!
//! Knows the source and the rows of `states`. Must not know what becomes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use crate::command::collect::{Gathered, Left};
use crate::compliance::baseline_conflict::{Baselines, System};
use crate::compliance::verdict::Yardstick;
use crate::plan::filter::Seen;
use crate::record::{Node, NodeState, Outcome, Patch, Place, Subject};
use crate::report::{StateRow, Verdicts};
use crate::source::{Drilling, End, PatchEvent, Selection, Source};

/// What verdicts come to, beside the rows.
#[derive(Default)]
pub struct Judged {
    pub verdicts: Verdicts,
    pub baselines: Baselines,
    /// The words met in patches.
    pub seen: Seen,
}

impl Judged {
    fn count(&mut self, row: &StateRow) {
        self.verdicts.count(row.judgement.verdict);
        if let (Subject::Node(node), Some(state)) = (&row.subject, row.state()) {
            self.baselines.count(node, state);
        }
    }

    /// Closes the tail: how many rows there were, what the verdicts come to, and
    /// which nodes differ from the rest of their patch group.
    pub async fn end(self, source: &Source, gathered: &mut Gathered) {
        let summary = &mut gathered.tail.summary;
        summary.rows = summary.asked + summary.unread_scopes;
        summary.verdicts = Some(self.verdicts);
        let mut systems: BTreeMap<(Arc<Place>, Box<str>), System> = BTreeMap::new();
        for (place, id) in self.baselines.in_doubt() {
            let system = source.system_of(&place, &id).await;
            systems.insert((place, id), system);
        }
        gathered.tail.conflicts = self.baselines.conflicts(|place, id| {
            let of = systems.get(&(place.clone(), id.into()));
            of.cloned().flatten()
        });
    }
}

/// Judges every node asked for, and hands each row to `take`: also those of
/// regions and accounts that could not be read.
pub async fn states(
    source: &Source,
    selection: Selection,
    yardstick: &Yardstick,
    gathered: &mut Gathered,
    mut take: impl FnMut(StateRow) -> Result<()>,
) -> Result<Judged> {
    let mut judged = Judged::default();
    let mut stream = source.states(selection);
    while let Some(event) = stream.next().await {
        match gathered.take(event) {
            None => {}
            Some(Left::Unread(scope, why)) => take(StateRow::unread(scope, why, yardstick))?,
            Some(Left::Item(batch)) => {
                for (node, outcome) in batch {
                    if gathered.is_no_node(&node, &outcome) {
                        continue;
                    }
                    let row = StateRow::new(node.clone(), outcome, yardstick);
                    gathered.count(&node, &row.counted());
                    judged.count(&row);
                    take(row)?;
                }
            }
        }
    }
    Ok(judged)
}

/// A node with its verdict and those of its patches that were asked for.
pub struct Drilled {
    pub row: StateRow,
    pub patches: Vec<Patch>,
    /// How reading the patches ended.
    pub end: Outcome<()>,
}

/// The same, with the patches of each node that pass the filter. Holds those of
/// one node at a time.
pub async fn drilled(
    source: &Source,
    selection: Selection,
    drilling: &Drilling,
    yardstick: &Yardstick,
    gathered: &mut Gathered,
    mut take: impl FnMut(Drilled) -> Result<()>,
) -> Result<Judged> {
    let mut judged = Judged::default();
    let mut patches = Vec::new();
    let drilling = Drilling {
        states: true,
        ..drilling.clone()
    };
    let mut stream = source.patches(selection, &drilling);
    while let Some(event) = stream.next().await {
        match gathered.take(event) {
            None => {}
            Some(Left::Unread(scope, why)) => take(Drilled {
                row: StateRow::unread(scope, why.clone(), yardstick),
                patches: Vec::new(),
                end: Outcome::Unread(why),
            })?,
            Some(Left::Item(PatchEvent::Rows(sifted))) => {
                judged.seen.merge(sifted.seen);
                patches.extend(sifted.kept);
            }
            Some(Left::Item(PatchEvent::End(end))) => {
                let patches = std::mem::take(&mut patches);
                if gathered.is_no_node(&end.node, &end.outcome) {
                    continue;
                }
                let (node, state, end) = parts(end);
                let row = StateRow::new(node.clone(), state, yardstick);
                gathered.count(&node, &counted(&row, &end));
                judged.count(&row);
                take(Drilled { row, patches, end })?;
            }
        }
    }
    Ok(judged)
}

/// The node, its state and how its patches ended.
fn parts(end: End) -> (Node, Outcome<NodeState>, Outcome<()>) {
    let state = end.state.map(|state| *state);
    // A node whose events were lost has no state, and an end that says why.
    let state = state.unwrap_or_else(|| match &end.outcome {
        Outcome::Unread(why) => Outcome::Unread(why.clone()),
        Outcome::Answered(()) | Outcome::NoData => Outcome::NoData,
    });
    (end.node, state, end.outcome)
}

/// A node is read when both its state and its patches are; one without data whose
/// patches are unread is unread.
fn counted(row: &StateRow, end: &Outcome<()>) -> Outcome<()> {
    match (row.counted(), end) {
        (Outcome::Answered(()) | Outcome::NoData, Outcome::Unread(why)) => {
            Outcome::Unread(why.clone())
        }
        (counted, _) => counted,
    }
}
