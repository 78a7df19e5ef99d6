//! The roll of nodes that each place answers for, out of what was listed and
//! what was found.
//!
//! Knows how a list of ids and a selector combine, over several places too. Must
//! not know which calls find nodes (`find` does) nor what is asked of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::plan::selection::{Selector, is_well_formed};
use crate::record::{Finding, Found, Needs, Node, NodeState, Outcome, Place, Scope, Why};
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::{Fault, Kind};
use crate::source::aws::api::patch_calls::BATCH;
use crate::source::aws::discovery::enrich::{Lack, describe};
use crate::source::aws::discovery::{Nodes, One, find};

/// What is asked for, of every place alike.
pub struct Roll {
    listed: Vec<Arc<str>>,
    selector: Selector,
    needs: Option<Needs>,
    /// Is there more than one place a listed node can be in?
    several: bool,
    /// Calls side by side in one place.
    width: usize,
    met: Mutex<Met>,
}

/// What the places told of the listed nodes.
#[derive(Default)]
struct Met {
    found: HashSet<Arc<str>>,
    doubts: HashMap<Arc<str>, Why>,
    /// Places that could not be read at all.
    failed: Vec<(Scope, Why)>,
}

/// A node that a place answers for.
#[derive(Debug, Clone)]
pub struct Pick {
    pub node: Node,
    /// Its patch state, where finding it told.
    pub state: Option<Box<NodeState>>,
}

/// The nodes of one place, in the order of the answer.
#[derive(Debug, Default)]
pub struct Here {
    pub picks: Vec<Pick>,
    pub finding: Option<Finding>,
    /// Why some of its nodes may be missing, where that is no standing refusal.
    pub failed: Option<Why>,
    pub lacks: Vec<Lack>,
}

/// The listed nodes that no place answers for.
#[derive(Debug, Default)]
pub struct Nowhere {
    pub nodes: Vec<(Node, Outcome<NodeState>)>,
    /// Listed, and not what the selector asks for.
    pub left_out: Vec<Arc<str>>,
}

impl Roll {
    pub fn new(
        listed: &[String],
        selector: Selector,
        needs: Option<Needs>,
        several: bool,
        width: usize,
    ) -> Self {
        Self {
            listed: listed.iter().map(|id| id.as_str().into()).collect(),
            selector,
            needs,
            several,
            width,
            met: Mutex::default(),
        }
    }

    /// May a listed node be in no place?
    pub fn may_miss(&self) -> bool {
        !self.listed.is_empty() && (self.several || self.selector.finds())
    }

    fn met(&self) -> MutexGuard<'_, Met> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The nodes of one place. Where that fails, none of them are known.
    pub async fn here(&self, asker: &Asker) -> Result<Here, Fault> {
        let here = self.look(asker).await;
        if let Err(fault) = &here {
            let failed = (Scope::of(&asker.place), fault.why.clone());
            self.met().failed.push(failed);
        }
        here
    }

    async fn look(&self, asker: &Asker) -> Result<Here, Fault> {
        let (mut finding, mut failed) = (None, None);
        let (mut order, mut nodes): (Vec<Arc<str>>, Nodes) = (Vec::new(), Nodes::new());
        if self.selector.finds() {
            let catch = find(asker, &self.selector, self.needs).await?;
            finding = Some(Finding {
                places: vec![Scope::of(&asker.place)],
                ..catch.finding()
            });
            let mut met = self.met();
            for id in self
                .listed
                .iter()
                .filter(|id| !catch.nodes.contains_key(&***id))
            {
                if let Some(why) = catch.doubt_of(id) {
                    met.doubts.entry(id.clone()).or_insert(why);
                }
            }
            failed = catch.failed;
            nodes = catch.nodes;
        }
        // One that was asked for has a row whatever is known of it.
        for id in &self.listed {
            if let Some(one) = nodes.get_mut(&**id) {
                one.found = Found::Asked;
            }
        }
        let met: Vec<Arc<str>> = self
            .listed
            .iter()
            .filter(|id| nodes.contains_key(&***id))
            .cloned()
            .collect();
        self.met().found.extend(met.iter().cloned());
        if self.selector.narrows() && !self.listed.is_empty() && !self.selector.all {
            // Out of a list, in its order.
            let among: HashSet<&str> = met.iter().map(|id| &**id).collect();
            nodes.retain(|id, _| among.contains(&**id));
            order = met;
        } else {
            order.extend(nodes.keys().map(|id| Arc::from(&**id)));
            if !self.selector.narrows() {
                self.listed_here(asker, &mut order, &mut nodes).await?;
            }
        }
        let lacks = match self.needs {
            Some(needs) if !nodes.is_empty() => describe(asker, &mut nodes, needs).await,
            _ => Vec::new(),
        };
        let picks = order
            .into_iter()
            .filter_map(|id| {
                let one = nodes.remove(&*id)?;
                Some(Pick {
                    node: Node {
                        id,
                        place: asker.place.clone(),
                        found: one.found,
                        facts: one.facts.map(Arc::from),
                    },
                    state: one.state,
                })
            })
            .collect();
        Ok(Here {
            picks,
            finding,
            failed,
            lacks,
        })
    }

    /// Adds the listed nodes that were not found otherwise: in the only place
    /// there is, all of them; in one of several, those it has a patch record of.
    async fn listed_here(
        &self,
        asker: &Asker,
        order: &mut Vec<Arc<str>>,
        nodes: &mut Nodes,
    ) -> Result<(), Fault> {
        let rest: Vec<Arc<str>> = self
            .listed
            .iter()
            .filter(|id| !nodes.contains_key(&***id))
            .cloned()
            .collect();
        let mut add = |id: Arc<str>, state| {
            let one = One {
                found: Found::Asked,
                facts: None,
                state,
            };
            nodes.insert((&*id).into(), one);
            order.push(id);
        };
        if self.several {
            let located = match self.locate(asker, rest).await {
                // What was found here stays found; the ids are in doubt, each with its cause.
                Err(_) if self.selector.finds() => Vec::new(),
                located => located?,
            };
            for (id, state) in located {
                self.met().found.insert(id.clone());
                add(id, Some(Box::new(state)));
            }
        } else {
            for id in rest {
                self.met().found.insert(id.clone());
                add(id, None);
            }
        }
        Ok(())
    }

    /// Those of the ids that this place has a patch record of.
    async fn locate(
        &self,
        asker: &Asker,
        ids: Vec<Arc<str>>,
    ) -> Result<Vec<(Arc<str>, NodeState)>, Fault> {
        let batches: Vec<Vec<Node>> = ids
            .chunks(BATCH)
            .map(|ids| ids.iter().map(|id| Node::asked(id, &asker.place)).collect())
            .collect();
        let mut answers = stream::iter(batches)
            .map(|batch| async move {
                let outcomes = asker.states(&batch).await;
                (batch, outcomes)
            })
            .buffered(self.width.max(1));
        let (mut found, mut first, mut answered) = (Vec::new(), None, ids.is_empty());
        while let Some((batch, outcomes)) = answers.next().await {
            for (node, outcome) in batch.into_iter().zip(outcomes) {
                match outcome {
                    Outcome::Answered(state) => {
                        answered = true;
                        found.push((node.id, state));
                    }
                    Outcome::NoData => answered = true,
                    // That it is no id says nothing of the place.
                    Outcome::Unread(why)
                        if !is_well_formed(&node.id) && why.code.starts_with("Validation") =>
                    {
                        answered = true;
                        self.met().doubts.entry(node.id).or_insert(why);
                    }
                    Outcome::Unread(why) => {
                        first.get_or_insert_with(|| why.clone());
                        self.met().doubts.entry(node.id).or_insert(why);
                    }
                }
            }
        }
        match first {
            // Nothing was read here at all: that is about the place.
            Some(why) if !answered => Err(Fault {
                kind: Kind::Other,
                why,
            }),
            _ => Ok(found),
        }
    }

    /// What is left once every place has answered. `elsewhere` are places that
    /// nobody could even be asked in.
    pub fn nowhere(&self, elsewhere: &[(Scope, Why)]) -> Nowhere {
        let met = self.met();
        let nobody: Arc<Place> = Arc::new(Place {
            region: "".into(),
            account: None,
        });
        let unread = elsewhere.iter().chain(&met.failed).next();
        let mut nowhere = Nowhere::default();
        for id in self.listed.iter().filter(|id| !met.found.contains(*id)) {
            let doubt = met.doubts.get(id).cloned().or_else(|| {
                unread.map(|(scope, why)| Why {
                    code: why.code.clone(),
                    text: format!(
                        "found nowhere else, and {scope} could not be read: {}",
                        why.text
                    )
                    .into(),
                })
            });
            match doubt {
                Some(why) => nowhere
                    .nodes
                    .push((Node::asked(id, &nobody), Outcome::Unread(why))),
                None if self.selector.narrows() => nowhere.left_out.push(id.clone()),
                None => nowhere
                    .nodes
                    .push((Node::asked(id, &nobody), Outcome::NoData)),
            }
        }
        nowhere
    }
}

/// Findings that are alike, told once for all their places.
pub fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut alike: BTreeMap<(Vec<&'static str>, Vec<String>), Finding> = BTreeMap::new();
    for finding in findings {
        let key = (finding.by.clone(), finding.blind.clone());
        match alike.get_mut(&key) {
            None => {
                alike.insert(key, finding);
            }
            Some(known) => {
                known.places.extend(finding.places);
                known.stopped_without_record += finding.stopped_without_record;
            }
        }
    }
    alike.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn why() -> Why {
        Why {
            code: "Unreachable".into(),
            text: "nobody there".into(),
        }
    }

    fn region(name: &str) -> Scope {
        Scope {
            region: Some(name.into()),
            ..Scope::default()
        }
    }

    proptest! {
        /// Listed ids of which some were found and some are in doubt, with or
        /// without a place that nobody could look in, and with or without a filter.
        #[test]
        fn every_listed_node_is_found_or_told_nowhere_and_never_both(
            listed in proptest::collection::btree_set("i-[0-9]{1,3}", 0..20),
            fates in proptest::collection::vec(0u8..3, 20),
            dark in any::<bool>(),
            narrows in any::<bool>(),
        ) {
            let listed: Vec<String> = listed.into_iter().collect();
            let selector = Selector {
                patch_groups: if narrows { vec!["web".into()] } else { vec![] },
                ..Selector::default()
            };
            let roll = Roll::new(&listed, selector, None, true, 4);
            let mut found = Vec::new();
            for (id, fate) in listed.iter().zip(&fates) {
                match fate {
                    0 => {
                        roll.met().found.insert(id.as_str().into());
                        found.push(id.clone());
                    }
                    1 => {
                        roll.met().doubts.insert(id.as_str().into(), why());
                    }
                    _ => {}
                }
            }
            let elsewhere = if dark { vec![(region("eu-west-1"), why())] } else { vec![] };
            let nowhere = roll.nowhere(&elsewhere);
            let mut told: Vec<String> = nowhere.nodes.iter().map(|(node, _)| node.id.to_string()).collect();
            told.extend(nowhere.left_out.iter().map(ToString::to_string));
            told.extend(found);
            told.sort_unstable();
            prop_assert_eq!(&told, &listed);
            for (_, outcome) in &nowhere.nodes {
                // Nobody who may be where no one could look is without data.
                prop_assert!(!dark || matches!(outcome, Outcome::Unread(_)));
            }
            prop_assert!(nowhere.left_out.is_empty() || (narrows && !dark));
        }
    }

    #[test]
    fn findings_that_are_alike_are_told_once_for_all_their_places() {
        let finding = |by: &'static str, place: &str, stopped| Finding {
            by: vec![by],
            blind: vec![],
            places: vec![region(place)],
            stopped_without_record: stopped,
            is_refused: false,
            has_untold: false,
        };
        let told = merged(vec![
            finding("a", "eu-west-1", 1),
            finding("b", "us-east-1", 2),
            finding("a", "ap-south-1", 4),
        ]);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].places, [region("eu-west-1"), region("ap-south-1")]);
        assert_eq!(told[0].stopped_without_record, 5);
    }
}
