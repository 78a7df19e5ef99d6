//! Which nodes lack the fix of a CVE, and of which that cannot be said.
//!
//! Pure. Knows what Systems Manager tells of CVEs and what it leaves out: a CVE
//! can be seen open, never proven closed. Must not know where rows come from,
//! nor any layout.

mod doubt;

use std::sync::Arc;

use crate::compliance::verdict::Yardstick;
use crate::record::{Node, NodeState, Outcome, Patch, PatchState, Scope, Subject, Why, same_word};

pub use self::doubt::{Doubt, Doubted};
use crate::aggregate::exposure::doubt::Listed;

/// More nodes than this are counted in a sentence, not named.
const MOST_NAMED: usize = 3;

/// The states whose patches AWS tells CVE ids of. Source: AWS Systems Manager
/// API, PatchComplianceData, CVEIds.
pub const TOLD: [PatchState; 2] = [PatchState::Missing, PatchState::Failed];

/// What "not seen" is worth, for people.
pub const NOT_PROVEN: &str = "a CVE can be seen open, never proven closed: AWS tells CVE ids of missing and failed \
     patches only, and lists no fix that the baseline leaves out or no scan looked for";

/// What is known of one CVE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The id as it was asked for.
    pub cve: Box<str>,
    /// The nodes that lack its fix: a missing or failed patch names it.
    pub open: Vec<Node>,
    /// The nodes that were judged and are not seen to lack it.
    pub not_seen: u64,
    /// Every doubt, of this CVE and all others.
    doubts: Arc<[Doubted]>,
    /// Which of those are about nodes that lack its fix all the same.
    settled: Vec<usize>,
}

impl Exposure {
    /// What cannot be judged, each node once, with the strongest reason. Places
    /// that could not be read are among it.
    pub fn not_judged(&self) -> impl Iterator<Item = &Doubted> {
        self.doubts
            .iter()
            .enumerate()
            .filter(|(at, _)| self.settled.binary_search(at).is_err())
            .map(|(_, doubted)| doubted)
    }

    /// The lines for people: what is known, then why the rest is not.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let open = match &self.open[..] {
            [] => "no node is seen to lack its fix".to_owned(),
            open => {
                let (lack, ids) = match open.len() {
                    1 => ("lacks", "1 node".to_owned()),
                    n => ("lack", format!("{n} nodes")),
                };
                let named: Vec<&str> = open.iter().map(|node| &*node.id).collect();
                format!("{ids} {lack} its fix: {}", some(&named))
            }
        };
        let mut doubts: Vec<(&Doubt, Vec<&Subject>)> = Vec::new();
        for Doubted { subject, doubt } in self.not_judged() {
            match doubts.iter_mut().find(|(of, _)| of.is_like(doubt)) {
                Some((_, subjects)) => subjects.push(subject),
                None => doubts.push((doubt, vec![subject])),
            }
        }
        doubts.sort_by_key(|(doubt, _)| doubt.strength());
        let not_judged = counted(self.not_judged().map(|doubted| &doubted.subject));
        let mut lines = vec![format!(
            "{}: {open}; {not_judged} cannot be judged, {} not seen to lack it",
            self.cve, self.not_seen
        )];
        for (doubt, subjects) in doubts {
            let kind = doubt.kind(&counted(subjects.iter().copied()));
            let ids: Vec<String> = subjects.iter().map(ToString::to_string).collect();
            let named: Vec<&str> = ids.iter().map(String::as_str).collect();
            lines.push(format!("  not judged: {kind}: {}", some(&named)));
        }
        lines
    }
}

/// The lines of all of them, which say once where those stand that are not named.
#[must_use]
pub fn told(exposures: &[Exposure]) -> Vec<String> {
    let mut lines: Vec<String> = exposures.iter().flat_map(Exposure::told).collect();
    let more = lines.iter_mut().find_map(|line| {
        let end = line.find(MORE)? + MORE.len();
        Some((line, end))
    });
    if let Some((line, end)) = more {
        line.insert_str(end, " (-o json names all)");
    }
    lines
}

/// What follows the number of those that are not named.
const MORE: &str = " more";

/// How many nodes, and how many places, which are none.
fn counted<'a>(subjects: impl Iterator<Item = &'a Subject>) -> String {
    let (mut nodes, mut places) = (0_usize, 0_usize);
    for subject in subjects {
        match subject {
            Subject::Node(_) => nodes += 1,
            Subject::Scope(_) => places += 1,
        }
    }
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    let told = |places: usize| format!("{places} place{}", plural(places));
    match (nodes, places) {
        (nodes, 0) => nodes.to_string(),
        (0, places) => told(places),
        _ => format!("{nodes} node{} and {}", plural(nodes), told(places)),
    }
}

/// The first of them, and how many more there are.
fn some(ids: &[&str]) -> String {
    let named = &ids[..ids.len().min(MOST_NAMED)];
    match ids.len() - named.len() {
        0 => named.join(", "),
        more => format!("{} and {more}{MORE}", named.join(", ")),
    }
}

/// The fold: the missing and failed patches of each node, then how it ended.
#[derive(Debug)]
pub struct Exposures {
    asked: Vec<Asked>,
    /// What was listed of the node at hand.
    listed: Listed,
    doubts: Vec<Doubted>,
    yardstick: Yardstick,
}

#[derive(Debug)]
struct Asked {
    cve: Box<str>,
    open: Vec<Node>,
    settled: Vec<usize>,
    not_seen: u64,
    /// Does the node at hand lack its fix?
    is_open: bool,
}

impl Exposures {
    /// `yardstick` tells which scans are too old to be believed.
    #[must_use]
    pub fn new(cves: &[String], yardstick: Yardstick) -> Self {
        let mut asked: Vec<Asked> = Vec::with_capacity(cves.len());
        for cve in cves {
            if !asked.iter().any(|known| same_word(&known.cve, cve)) {
                asked.push(Asked {
                    cve: cve.as_str().into(),
                    open: Vec::new(),
                    settled: Vec::new(),
                    not_seen: 0,
                    is_open: false,
                });
            }
        }
        Self {
            asked,
            listed: Listed::default(),
            doubts: Vec::new(),
            yardstick,
        }
    }

    /// A patch of the node at hand, before any filter but that of its state.
    pub fn row(&mut self, patch: &Patch) {
        match patch.state {
            PatchState::Missing => self.listed.missing += 1,
            PatchState::Failed => self.listed.failed += 1,
            _ => return,
        }
        if patch.cves.is_empty() {
            self.listed.nameless += 1;
            return;
        }
        for asked in self.asked.iter_mut().filter(|asked| !asked.is_open) {
            asked.is_open = patch.cves.iter().any(|id| same_word(id, &asked.cve));
        }
    }

    /// The end of a node: how reading its patches ended, and what its state is.
    pub fn node(&mut self, node: &Node, outcome: &Outcome<()>, state: Option<&Outcome<NodeState>>) {
        let listed = std::mem::take(&mut self.listed);
        let doubt = doubt::of(node, outcome, state, listed, &self.yardstick);
        for asked in &mut self.asked {
            if std::mem::take(&mut asked.is_open) {
                asked.open.push(node.clone());
                if doubt.is_some() {
                    asked.settled.push(self.doubts.len());
                }
            } else if doubt.is_none() {
                asked.not_seen += 1;
            }
        }
        if let Some(doubt) = doubt {
            self.doubts.push(Doubted {
                subject: Subject::Node(node.clone()),
                doubt,
            });
        }
    }

    /// A place whose nodes are not known.
    pub fn unread(&mut self, scope: Scope, why: &Why) {
        self.doubts.push(Doubted {
            subject: Subject::Scope(scope),
            doubt: Doubt::Unread(why.text.clone()),
        });
    }

    /// What is known of each CVE, in the order asked.
    #[must_use]
    pub fn end(self) -> Vec<Exposure> {
        let doubts: Arc<[Doubted]> = self.doubts.into();
        let finished = self.asked.into_iter().map(|asked| Exposure {
            cve: asked.cve,
            open: asked.open,
            not_seen: asked.not_seen,
            doubts: doubts.clone(),
            settled: asked.settled,
        });
        finished.collect()
    }
}

#[cfg(test)]
mod tests;
