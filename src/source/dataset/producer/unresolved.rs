//! Listed nodes without a row: what a run tells of them by having none, and what becomes of
//! those that no location has.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::plan::selection::NodeVocabulary;
use crate::record::{
    AccountRegion, Cause, Node, NodeState, Outcome, Scope, Subject, Unread, is_well_formed_node_id,
};
use crate::source::dataset::event_channel::Closed;
use crate::source::dataset::node_batch::not_collected;
use crate::source::dataset::producer::{DatasetItem, NodeOutcomes, Producer};
use crate::source::dataset::selected::Selected;
use crate::source::dataset::source::SourceLocation;
use crate::source::event::Event;

impl<T: DatasetItem> Producer<T> {
    /// Was the run for the nodes of the same criteria?
    pub(super) fn is_of_criteria(&self, of: &SourceLocation) -> bool {
        of.run.run.selection.criteria == self.criteria
    }

    /// A run that was not about every node does not say which others there are.
    pub(super) fn not_asked_for(&self, of: &SourceLocation) -> Option<Unread> {
        let selection = &of.run.run.selection;
        let is_known = selection.is_complete
            || selection.node_ids == 0 && self.is_of_criteria(of)
            || !self.selection.discovers()
            || self.selection.selects_from_listed();
        let what = match &selection.criteria[..] {
            [] => "the nodes whose ids were given".to_owned(),
            criteria => criteria.join(" "),
        };
        (!is_known).then(|| Unread {
            subject: Subject::Scope(Scope::of(&of.location)),
            cause: not_collected(
                "other nodes",
                &format!("were not collected: the run was for {what}"),
            ),
        })
    }

    /// The listed nodes that have no row here and get one nevertheless, as there is no
    /// other location.
    pub(super) fn absent_here(
        &mut self,
        of: &SourceLocation,
        selected: &Selected,
    ) -> HashMap<Arc<str>, (Node, Outcome<NodeState>)> {
        let mut absent = HashMap::new();
        let is_resolved_later =
            self.selection.has_several_locations || self.selection.selector.has_criteria();
        let told = self.lookups.nowhere.get(&of.run.run.run_id);
        let told = told.cloned().unwrap_or_default();
        let excluded: HashSet<&str> = if self.is_of_criteria(of) {
            let ids = of.run.run.excluded_ids.iter();
            ids.map(String::as_str).collect()
        } else {
            HashSet::new()
        };
        for id in &self.selection.ids {
            if selected.known.contains(id) || self.lookups.found.contains(id) {
                continue;
            }
            let (outcome, may_be_unlisted) = match (told.get(id), of.unread.first()) {
                (Some(outcome), _) => (outcome.clone(), false),
                (None, Some(_)) if is_resolved_later => continue,
                (None, Some(unread)) => (Outcome::Unread(unread.cause.clone()), false),
                (None, None) if excluded.contains(&**id) => (Outcome::NoData, false),
                (None, None) => self.outcome_without_row(of, id, selected.unanswered.as_ref()),
            };
            if is_resolved_later {
                if let Outcome::Unread(cause) = outcome {
                    let doubts = if may_be_unlisted {
                        &mut self.lookups.unlisted
                    } else {
                        &mut self.lookups.uncertain
                    };
                    doubts.entry(id.clone()).or_insert(cause);
                }
                continue;
            }
            self.lookups.found.insert(id.clone());
            absent.insert(id.clone(), (Node::requested(id, &of.location), outcome));
        }
        absent
    }

    /// What it tells of a listed node that it has no row here; and whether that is only
    /// because not every node could be listed.
    fn outcome_without_row(
        &self,
        of: &SourceLocation,
        id: &str,
        unanswered: Option<&Cause>,
    ) -> (Outcome<NodeState>, bool) {
        let run = &of.run.run;
        let has_criteria = self.selection.selector.has_criteria();
        let is_asked = run.selection.is_complete
            || has_criteria && run.selection.node_ids == 0 && self.is_of_criteria(of);
        let is_listed = of.manifest().discovery.as_ref().is_some_and(|discovery| {
            discovery.lists_stopped_instances
                && !discovery.has_failed_calls
                && !discovery.has_undecided_nodes
        });
        let run = &run.run_id;
        let not_told =
            |why: &str| Outcome::Unread(not_collected("it", &format!("{why} by the run {run}")));
        let outcome = if !is_asked {
            not_told("was not asked for")
        } else if !has_criteria && !is_well_formed_node_id(id) {
            Outcome::Unread(malformed())
        } else if !is_listed {
            return (not_told("may be a node that could not be listed"), true);
        } else {
            let cause = unanswered.filter(|_| !has_criteria);
            cause.map_or(Outcome::NoData, |cause| Outcome::Unread(cause.clone()))
        };
        (outcome, false)
    }

    /// The listed nodes that no location has, and why no node is selected.
    pub(super) async fn send_unresolved(&mut self) -> Result<(), Closed> {
        let selection = &self.selection;
        let may_be = selection.narrows()
            || !selection.ids.is_empty()
                && (self.selection.has_several_locations || selection.discovers());
        if !may_be {
            return Ok(());
        }
        let no_location = Arc::new(AccountRegion {
            region: "".into(),
            account: None,
            account_name: None,
        });
        let scopes = self.unread.iter().filter_map(|unread| {
            let scope = unread.subject.scope()?;
            Some((scope.clone(), unread.cause.clone()))
        });
        let failed: Vec<(Scope, Cause)> =
            scopes.chain(self.lookups.failed.iter().cloned()).collect();
        let mut nodes = Vec::new();
        let mut excluded = selection.excluded_ids.clone();
        for id in &selection.ids {
            if self.lookups.found.contains(id) {
                continue;
            }
            let unlisted = self.lookups.unlisted.get(id);
            // A node that one location lists is not one that another could not list.
            let unlisted = unlisted.filter(|_| !self.lookups.with_row.contains(id));
            let doubt = self.lookups.uncertain.get(id).or(unlisted);
            let doubt = doubt.cloned().or_else(|| {
                let (scope, cause) = failed.first()?;
                let mut told = self.lookups.nowhere.values();
                if let Some(cause) = told.find_map(|told| match told.get(id) {
                    Some(Outcome::Unread(cause)) => Some(cause.clone()),
                    _ => None,
                }) {
                    return Some(cause);
                }
                Some(scope.may_have_node(cause))
            });
            match doubt {
                Some(cause) => {
                    nodes.push((Node::requested(id, &no_location), Outcome::Unread(cause)));
                }
                None if selection.selector.has_criteria() => excluded.push(id.clone()),
                None => nodes.push((Node::requested(id, &no_location), Outcome::NoData)),
            }
        }
        let has_rows = !nodes.is_empty();
        let mut events: Vec<Event<T>> = T::of_nodes(&self.context, nodes)
            .into_iter()
            .map(Event::Item)
            .collect();
        if !excluded.is_empty() {
            events.push(Event::Excluded(excluded));
        }
        if failed.is_empty() && !has_rows && !self.lookups.has_nodes {
            events.extend(self.explain_empty().await.map(Event::NothingSelected));
        }
        self.sender.send(events).await
    }

    /// What each run says of listed nodes that it found in none of several locations.
    pub(super) async fn outcomes_nowhere(&self) -> BTreeMap<String, NodeOutcomes> {
        let mut by_run = BTreeMap::new();
        if self.selection.ids.is_empty() {
            return by_run;
        }
        for of in &self.nowhere {
            // Without it, these nodes are unread as those are that no run was asked for.
            let Ok(files) = self.open_files(of).await else {
                continue;
            };
            let outcomes: &mut NodeOutcomes = by_run.entry(of.run.run.run_id.clone()).or_default();
            let _ = self.selection.add_outcomes(of, &files, outcomes).await;
        }
        by_run
    }

    async fn explain_empty(&self) -> Option<Box<str>> {
        let selector = &self.selection.selector;
        if !self.selection.narrows() || selector.allows_empty {
            return None;
        }
        let mut words = NodeVocabulary::default();
        for of in &self.locations {
            let files = self.open_files(of).await.ok()?;
            let mut found = NodeVocabulary::default();
            self.selection
                .add_words(of, &files, &mut found)
                .await
                .ok()?;
            words.merge(found);
        }
        let cause = words.describe_empty(selector, self.lookups.undecided);
        cause.map(Into::into)
    }
}

/// What the service says of an id that is none, in a few words.
fn malformed() -> Cause {
    Cause {
        code: "ValidationException".into(),
        text: "not a node id".into(),
    }
}
