//! What there is to select nodes by, to answer a selection that selects none. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::glob::Glob;
use crate::plan::selection::{NodeFacts, PlatformFilter, Selector, TagFilter};
use crate::record::{InfoField, PATCH_GROUP_TAGS};
use crate::suggest::nearest;
use crate::text::{count, first_n};

/// A bound on distinct words of one kind, which are untrusted input.
const MAX_WORDS: usize = 1_000;
/// More words than this are counted.
const MAX_NAMED: usize = 12;

/// The words of the nodes that there are, and which criteria of a selector each meets.
#[derive(Debug, Clone, Default)]
pub struct NodeVocabulary {
    nodes: u64,
    excluded: u64,
    names: BTreeSet<Box<str>>,
    tags: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
    patch_groups: BTreeSet<Box<str>>,
    platforms: BTreeSet<Box<str>>,
    ping_statuses: BTreeSet<Box<str>>,
    /// Whether a node meets each criterion alone.
    is_met: Vec<bool>,
}

/// A criterion alone, and what there is in its place.
struct Criterion<'a> {
    selector: Selector,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Names,
    Tag(&'a TagFilter),
    PatchGroups,
    Platforms,
    PingStatuses,
}

/// The criteria of a selector, each as a selector of its own.
fn criteria(selector: &Selector) -> Vec<Criterion<'_>> {
    let none = Selector::default();
    let tags = selector.tags.iter().map(|tag| Criterion {
        selector: Selector {
            tags: vec![tag.clone()],
            ..none.clone()
        },
        kind: Kind::Tag(tag),
    });
    let names = Selector {
        names: selector.names.clone(),
        ..none.clone()
    };
    let patch_groups = Selector {
        patch_groups: selector.patch_groups.clone(),
        ..none.clone()
    };
    let platforms = Selector {
        platforms: selector.platforms.clone(),
        ..none.clone()
    };
    let ping_statuses = Selector {
        ping_statuses: selector.ping_statuses.clone(),
        ..none.clone()
    };
    let others = [
        (names, Kind::Names),
        (patch_groups, Kind::PatchGroups),
        (platforms, Kind::Platforms),
        (ping_statuses, Kind::PingStatuses),
    ];
    let others = others
        .into_iter()
        .filter(|(selector, _)| selector.has_criteria())
        .map(|(selector, kind)| Criterion { selector, kind });
    tags.chain(others).collect()
}

impl NodeVocabulary {
    /// Adds a node.
    pub fn add(&mut self, selector: &Selector, node: &NodeFacts<'_>) {
        self.nodes += 1;
        let is_excluded =
            selector.fits(node) == Some(true) && selector.excludes(node) == Some(true);
        self.excluded += u64::from(is_excluded);
        let criteria = criteria(selector);
        self.is_met.resize(criteria.len(), false);
        for (is_met, criterion) in self.is_met.iter_mut().zip(&criteria) {
            *is_met |= criterion.selector.fits(node) == Some(true);
        }
        let group = node.state.and_then(|state| state.patch_group.as_deref());
        insert(&mut self.patch_groups, group);
        let Some(info) = node.info else { return };
        insert(&mut self.names, info.get(InfoField::Name));
        insert(&mut self.names, info.get(InfoField::ComputerName));
        insert(&mut self.ping_statuses, info.get(InfoField::PingStatus));
        if let Some((name, version)) = info.platform_label() {
            let label =
                version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"));
            insert(&mut self.platforms, Some(&label));
        }
        for (key, value) in info.tags.iter() {
            if self.tags.len() < MAX_WORDS || self.tags.contains_key(key) {
                insert(self.tags.entry(key.into()).or_default(), Some(value));
            }
            if PATCH_GROUP_TAGS.contains(&key) {
                insert(&mut self.patch_groups, Some(value));
            }
        }
    }

    /// Adds what there is elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.nodes += other.nodes;
        self.excluded += other.excluded;
        self.names.extend(other.names);
        for (key, values) in other.tags {
            self.tags.entry(key).or_default().extend(values);
        }
        self.patch_groups.extend(other.patch_groups);
        self.platforms.extend(other.platforms);
        self.ping_statuses.extend(other.ping_statuses);
        self.is_met
            .resize(self.is_met.len().max(other.is_met.len()), false);
        for (is_met, other) in self.is_met.iter_mut().zip(other.is_met) {
            *is_met |= other;
        }
    }

    /// Why a selection of these nodes is empty, with what to type instead; `None` if there
    /// is no node at all. Of `undecided` nodes it is not known whether they are selected.
    #[must_use]
    pub fn describe_empty(&self, selector: &Selector, undecided: usize) -> Option<String> {
        if self.nodes == 0 {
            return None;
        }
        let criteria = criteria(selector);
        let unmet = criteria.iter().zip(&self.is_met);
        let unmet = unmet.filter(|(_, is_met)| !**is_met);
        let mut parts: Vec<String> = unmet
            .map(|(criterion, _)| self.describe(selector, &criterion.kind))
            .collect();
        if undecided > 0 {
            let nodes = count(undecided, "node");
            parts.push(format!("of {nodes} too little is known to decide"));
        } else if parts.is_empty() && self.excluded > 0 {
            let nodes = count(self.excluded, "node");
            parts.push(format!(
                "--exclude, --exclude-tag or --exclude-platform leaves out {nodes}, and no other is selected"
            ));
        } else if parts.is_empty() {
            parts.push(format!(
                "no node meets all criteria, of {}",
                count(self.nodes, "node")
            ));
        }
        let parts = parts.join("; ");
        Some(format!(
            "{parts}; to accept an empty selection, add --allow-empty"
        ))
    }

    fn describe(&self, selector: &Selector, kind: &Kind<'_>) -> String {
        let texts = |words: &[&str]| words.join(",");
        match kind {
            Kind::Names => {
                let asked: Vec<&str> = selector.names.iter().map(Glob::as_str).collect();
                let what = format!("no node has a name that matches --name {}", texts(&asked));
                with_words(&what, &asked, "names", &self.names)
            }
            Kind::Tag(tag) => self.describe_tag(tag),
            Kind::PatchGroups => {
                let asked: Vec<&str> = selector.patch_groups.iter().map(|group| &**group).collect();
                let what = format!("no node is in --patch-group {}", texts(&asked));
                with_words(&what, &asked, "patch groups", &self.patch_groups)
            }
            Kind::Platforms => {
                let asked: Vec<&str> = selector
                    .platforms
                    .iter()
                    .map(PlatformFilter::as_str)
                    .collect();
                let what = format!("no node is of --platform {}", texts(&asked));
                with_words(&what, &asked, "platforms", &self.platforms)
            }
            Kind::PingStatuses => {
                let asked: Vec<&str> = selector
                    .ping_statuses
                    .iter()
                    .map(|of| of.as_str())
                    .collect();
                let what = format!("no node has --ping {}", texts(&asked));
                with_words(&what, &asked, "ping statuses", &self.ping_statuses)
            }
        }
    }

    fn describe_tag(&self, tag: &TagFilter) -> String {
        match self.tags.get(&*tag.key) {
            None => {
                let keys: BTreeSet<Box<str>> = self.tags.keys().cloned().collect();
                let what = format!("no node has the tag {}", tag.key);
                with_words(&what, &[&tag.key], "tags", &keys)
            }
            Some(values) => {
                let asked: Vec<&str> = tag.values.iter().map(Glob::as_str).collect();
                let what = format!("no node has the tag {}={}", tag.key, asked.join(","));
                with_words(&what, &asked, &format!("values of {}", tag.key), values)
            }
        }
    }
}

/// `WHAT; did you mean prod? (values of Env: prod, dev and 4 more)`, nearest first.
fn with_words(what: &str, asked: &[&str], kind: &str, words: &BTreeSet<Box<str>>) -> String {
    if words.is_empty() {
        return format!("{what} (no {kind} known)");
    }
    let mut rest: Vec<&str> = words.iter().map(|word| &**word).collect();
    let mut sorted = Vec::new();
    for asked in asked {
        let asked = asked.replace(['*', '?'], "");
        while let Some(word) = nearest(&asked, &rest) {
            rest.retain(|known| *known != word);
            sorted.push(word);
            if sorted.len() >= MAX_NAMED {
                break;
            }
        }
    }
    let guess = sorted
        .first()
        .map_or_else(String::new, |word| format!("; did you mean {word}?"));
    sorted.extend(rest);
    format!("{what}{guess} ({kind}: {})", first_n(&sorted, MAX_NAMED))
}

fn insert(words: &mut BTreeSet<Box<str>>, word: Option<&str>) {
    if let Some(word) = word.filter(|word| !word.is_empty() && words.len() < MAX_WORDS) {
        words.insert(word.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::NodeInfo;

    fn describe(selector: &Selector) -> String {
        let info = |name: &str, env: &str| {
            NodeInfo::of([
                (InfoField::Name, Some(name)),
                (InfoField::PlatformType, Some("Linux")),
                (InfoField::PlatformName, Some("Ubuntu")),
                (InfoField::PlatformVersion, Some("22.04")),
            ])
            .with_all_tags([("Env", env), ("Team", "web")])
        };
        let mut all = NodeVocabulary::default();
        for (id, info) in [("i-1", info("web-1", "prod")), ("i-2", info("db-1", "dev"))] {
            let mut one = NodeVocabulary::default();
            one.add(
                selector,
                &NodeFacts {
                    id,
                    info: Some(&info),
                    state: None,
                },
            );
            all.merge(one);
        }
        all.describe_empty(selector, 0).unwrap()
    }

    fn tag(key: &str, value: &str) -> TagFilter {
        TagFilter {
            key: key.to_owned(),
            values: vec![Glob::new(value)],
        }
    }

    #[test]
    fn each_criterion_that_no_node_meets_is_named_with_what_there_is() {
        let of_tag = |key, value| Selector {
            tags: vec![tag(key, value)],
            ..Selector::default()
        };
        let advice = "; to accept an empty selection, add --allow-empty";
        for (selector, expected) in [
            (
                of_tag("Env", "production"),
                "no node has the tag Env=production; did you mean prod? (values of Env: prod, dev)",
            ),
            (
                of_tag("team", "web"),
                "no node has the tag team; did you mean Team? (tags: Team, Env)",
            ),
            (
                of_tag("Team", "Web"),
                "no node has the tag Team=Web; did you mean web? (values of Team: web)",
            ),
            (
                Selector {
                    names: vec![Glob::new("wbe-1")],
                    ..Selector::default()
                },
                "no node has a name that matches --name wbe-1; did you mean web-1? (names: web-1, db-1)",
            ),
            (
                Selector {
                    platforms: vec![PlatformFilter::new("win")],
                    ..Selector::default()
                },
                "no node is of --platform win (platforms: Ubuntu 22.04)",
            ),
            (
                Selector {
                    tags: vec![tag("Env", "prod")],
                    names: vec![Glob::new("db-*")],
                    ..Selector::default()
                },
                "no node meets all criteria, of 2 nodes",
            ),
        ] {
            assert_eq!(describe(&selector), format!("{expected}{advice}"));
        }
    }

    #[test]
    fn without_any_node_the_selection_is_not_at_fault() {
        let empty = NodeVocabulary::default().describe_empty(&Selector::default(), 0);
        assert_eq!(empty, None);
    }
}
