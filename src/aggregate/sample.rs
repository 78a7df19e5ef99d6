//! The sample of an auditor: nodes, patches, or patches of nodes, whose history is asked for.
//! Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::record::{Patch, normalize_windows_kb};

/// What a line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleItem {
    /// Its line, from 1.
    pub line: u64,
    /// As it is written, without comment.
    pub text: String,
    pub node: Option<Arc<str>>,
    pub patch: Option<SampledPatch>,
}

/// A patch as an auditor names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampledPatch {
    /// A KB number of Windows, in its usual form.
    Kb(String),
    /// A CVE id, in its usual form.
    Cve(String),
    /// A title, or the id of a package.
    Text(String),
}

/// The lines of a sample, and which of them name a patch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    pub items: Vec<SampleItem>,
    /// The places of the items of each node.
    by_node: HashMap<Arc<str>, Vec<usize>>,
    /// Of those without a node: by KB or CVE id, package or title, folded.
    by_word: HashMap<String, Vec<usize>>,
}

impl Sample {
    #[must_use]
    pub fn new(items: Vec<SampleItem>) -> Self {
        let mut by_node: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            match (&item.node, &item.patch) {
                (Some(node), _) => by_node.entry(node.clone()).or_default().push(at),
                (None, Some(patch)) => by_word.entry(patch.folded()).or_default().push(at),
                (None, None) => {}
            }
        }
        Self {
            items,
            by_node,
            by_word,
        }
    }

    /// The nodes, where every line names one.
    #[must_use]
    pub fn only_nodes(&self) -> Option<Vec<String>> {
        let mut seen = HashSet::new();
        let nodes = self.items.iter().map(|item| item.node.as_deref());
        let nodes: Option<Vec<&str>> = nodes.collect();
        let nodes = nodes?.into_iter().filter(|id| seen.insert(*id));
        Some(nodes.map(str::to_owned).collect())
    }

    /// The KB numbers, where every line names one.
    #[must_use]
    pub fn only_kbs(&self) -> Option<Vec<String>> {
        let kbs = self.items.iter().map(|item| match &item.patch {
            Some(SampledPatch::Kb(kb)) => Some(kb.clone()),
            _ => None,
        });
        let mut kbs: Vec<String> = kbs.collect::<Option<_>>()?;
        kbs.sort();
        kbs.dedup();
        Some(kbs)
    }

    /// Does a line name the node, alone or with a patch?
    #[must_use]
    pub fn names_node(&self, id: &str) -> bool {
        self.by_node.contains_key(id)
    }

    /// Does a line name the node alone?
    #[must_use]
    pub fn names_node_alone(&self, id: &str) -> bool {
        let lines = self.by_node.get(id).into_iter().flatten();
        lines.into_iter().any(|at| self.items[*at].patch.is_none())
    }

    /// Does a line name the patch, or its node alone?
    #[must_use]
    pub fn names_patch(&self, patch: &Patch) -> bool {
        let lines = self.by_node.get(&patch.node.id).into_iter().flatten();
        let is_named = |at: &usize| {
            let named = self.items[*at].patch.as_ref();
            named.is_none_or(|named| words_of(patch).contains(&named.folded()))
        };
        lines.into_iter().any(is_named)
            || (!self.by_word.is_empty()
                && words_of(patch)
                    .iter()
                    .any(|word| self.by_word.contains_key(word)))
    }

    /// The places of the lines that name the patch, and not only its node, in their order.
    #[must_use]
    pub fn lines_of(&self, patch: &Patch) -> Vec<usize> {
        let of_node = self.by_node.get(&patch.node.id);
        if of_node.is_none() && self.by_word.is_empty() {
            return Vec::new();
        }
        let words = words_of(patch);
        let of_node = of_node.into_iter().flatten().copied().filter(|at| {
            let named = self.items[*at].patch.as_ref();
            named.is_some_and(|named| words.contains(&named.folded()))
        });
        let by_word = words.iter().filter_map(|word| self.by_word.get(word));
        let mut lines: Vec<usize> = of_node.chain(by_word.flatten().copied()).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

impl SampledPatch {
    fn folded(&self) -> String {
        match self {
            Self::Kb(text) | Self::Cve(text) | Self::Text(text) => fold(text),
        }
    }
}

/// What a sample can call a patch, folded: its id, its title and its CVE ids.
fn words_of(patch: &Patch) -> Vec<String> {
    let id = patch.kb_id.as_deref();
    let kb = id.and_then(normalize_windows_kb);
    let texts = id.into_iter().chain(patch.title.as_deref());
    let words = texts.chain(kb.as_deref()).chain(patch.cves.iter());
    words.map(fold).collect()
}

fn fold(text: &str) -> String {
    text.trim().to_ascii_lowercase()
}
