//! The filter of patches: whether a patch passes, which part of the filter the service can apply, and which nodes can have
//! a match. Pure.
//!
//! A part that is pushed down only saves work: every row is filtered again here.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::compliance::severity::Severity;
use crate::glob::Glob;
use crate::record::{
    Count, NodeInfo, NodeState, Patch, PatchState, is_same_word, normalize_windows_kb,
};

/// The most values of one kind that are pushed down. The limit of the service is
/// not documented; a longer list is filtered here only.
const MAX_PUSHED_VALUES: usize = 20;

/// The filter of `patches`: values of one kind are OR, kinds are AND, an empty kind
/// matches everything. Case, `_`, `-` and white space are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub states: Vec<PatchState>,
    pub severities: Vec<String>,
    /// At least this severity.
    pub min_severity: Option<Severity>,
    pub classifications: Vec<String>,
    pub kb_ids: Vec<String>,
    /// KB ids with wildcards; a patch passes with one of either list.
    pub kb_globs: Vec<Glob>,
    pub cves: Vec<String>,
}

/// The states to list, in order: those given, of which `non_compliant` keeps the
/// non-compliant ones; empty for every state. `None` where no state is left.
///
/// AWS returns CVE ids for Missing and Failed only. Source: AWS Systems Manager
/// API, `PatchComplianceData`, `CVEIds`.
#[must_use]
pub fn requested_states(
    given: &[PatchState],
    non_compliant: bool,
    has_cves: bool,
) -> Option<Vec<PatchState>> {
    let mut states = given.to_vec();
    if states.is_empty() && non_compliant {
        return Some(PatchState::NON_COMPLIANT.to_vec());
    }
    if states.is_empty() && has_cves {
        return Some(vec![PatchState::Missing, PatchState::Failed]);
    }
    states.sort();
    states.dedup();
    if non_compliant {
        states.retain(|state| PatchState::NON_COMPLIANT.contains(state));
        if states.is_empty() {
            return None;
        }
    }
    Some(states)
}

/// The part of a filter that the service applies, in its spelling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushDown {
    pub states: Vec<String>,
    pub kb_ids: Vec<String>,
}

impl Filter {
    /// Whether the patch passes.
    #[must_use]
    pub fn matches(&self, patch: &Patch) -> bool {
        (self.states.is_empty() || self.states.contains(&patch.state))
            && matches_any(&self.severities, patch.severity.as_deref(), is_same_word)
            && self.has_min_severity(patch)
            && matches_any(
                &self.classifications,
                patch.classification.as_deref(),
                is_same_word,
            )
            && self.has_kb(patch)
            && (self.cves.is_empty()
                || patch
                    .cves
                    .iter()
                    .any(|cve| self.cves.iter().any(|asked| is_same_word(cve, asked))))
    }

    fn has_kb(&self, patch: &Patch) -> bool {
        let id = patch.kb_id.as_deref();
        if self.kb_globs.is_empty() {
            return matches_any(&self.kb_ids, id, is_same_kb);
        }
        id.is_some_and(|id| {
            self.kb_globs.iter().any(|glob| glob.matches(id))
                || self.kb_ids.iter().any(|asked| is_same_kb(id, asked))
        })
    }

    fn has_min_severity(&self, patch: &Patch) -> bool {
        self.min_severity
            .is_none_or(|least| Severity::of_patch(patch) >= least)
    }

    /// Whether the node can have a match by its counters. A counter that was not
    /// reported rules nothing out, unless it is one that its platform does not have.
    #[must_use]
    pub fn may_match(&self, node: &NodeState, info: Option<&NodeInfo>) -> bool {
        let is_of_windows_only = |state: &PatchState| {
            *state == PatchState::AvailableSecurityUpdate
                && node.available_security_update.is_none()
                && info.is_some_and(NodeInfo::is_not_windows)
        };
        self.states.is_empty()
            // A record with an unreadable field rules nothing out.
            || !node.unreadable_fields.is_empty()
            || self
                .states
                .iter()
                .any(|state| state_counter(node, state) != Some(0) && !is_of_windows_only(state))
            || (has_contradicting_counters(node)
                && self
                    .states
                    .iter()
                    .any(|state| PatchState::NON_COMPLIANT.contains(state)))
    }

    /// The number of rows that the service will list for the node, estimated from
    /// its counters. A counter that was not reported counts as zero.
    #[must_use]
    pub fn estimated_rows(&self, node: &NodeState) -> u64 {
        let pushed = self.push_down();
        if !pushed.kb_ids.is_empty() {
            return pushed.kb_ids.len() as u64;
        }
        let states: &[PatchState] = if pushed.states.is_empty() {
            &PatchState::DOCUMENTED
        } else {
            &self.states
        };
        // Windows lists patches that do not apply, others only count them. Only
        // Windows reports available security updates.
        let lists_all = node.available_security_update.is_some();
        states
            .iter()
            .filter(|state| lists_all || **state != PatchState::NotApplicable)
            .filter_map(|state| state_counter(node, state))
            .sum()
    }

    /// The part of the filter that the service applies.
    ///
    /// States, in AWS's `CamelCase`. KB ids only if each is a Windows KB number,
    /// which has one spelling: it is not documented whether the service compares
    /// names of packages with case, and a lost row would read as "not missing". The
    /// service has no wildcards.
    /// Severity and classification are open vocabularies, of which every value is
    /// reported.
    #[must_use]
    pub fn push_down(&self) -> PushDown {
        let states: Vec<String> = self.states.iter().map(ToString::to_string).collect();
        let kb_ids: Option<Vec<String>> = self
            .kb_ids
            .iter()
            // Digits alone are not enough: other systems have numbered products.
            .map(|kb| normalize_windows_kb(kb).filter(|_| kb.trim_start().starts_with(['k', 'K'])))
            .collect();
        PushDown {
            states: if states.len() == PatchState::DOCUMENTED.len() {
                Vec::new()
            } else {
                states
            },
            kb_ids: kb_ids
                .filter(|kbs| kbs.len() <= MAX_PUSHED_VALUES && self.kb_globs.is_empty())
                .unwrap_or_default(),
        }
    }

    /// A wider filter to judge exposure to CVEs: every row in these states too,
    /// because a row left out could be the fix.
    #[must_use]
    pub fn widened_to_states(&self, states: &[PatchState]) -> Self {
        let mut all = self.states.clone();
        if !all.is_empty() {
            all.extend_from_slice(states);
            all.sort();
            all.dedup();
        }
        Self {
            states: all,
            ..Self::default()
        }
    }

    /// Whether it matches every patch.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

fn matches_any(asked: &[String], value: Option<&str>, same: fn(&str, &str) -> bool) -> bool {
    asked.is_empty() || value.is_some_and(|value| asked.iter().any(|word| same(value, word)))
}

/// The counter that counts rows of this state.
#[must_use]
pub fn state_counter(node: &NodeState, state: &PatchState) -> Count {
    match state {
        PatchState::Installed => node.installed,
        PatchState::InstalledOther => node.installed_other,
        PatchState::InstalledPendingReboot => node.installed_pending_reboot,
        PatchState::InstalledRejected => node.installed_rejected,
        PatchState::Missing => node.missing,
        PatchState::NotApplicable => node.not_applicable,
        PatchState::Failed => node.failed,
        PatchState::AvailableSecurityUpdate => node.available_security_update,
        PatchState::Other(_) => None,
    }
}

/// Whether AWS counts non-compliant patches while all state counters are zero. The
/// zeros are then not trusted.
fn has_contradicting_counters(node: &NodeState) -> bool {
    let some = |count: Count| count.is_some_and(|n| n > 0);
    let counts = [
        node.critical_non_compliant,
        node.security_non_compliant,
        node.other_non_compliant,
    ];
    counts.into_iter().any(some)
        && !some(node.available_security_update)
        && !PatchState::NON_COMPLIANT
            .iter()
            .any(|state| some(state_counter(node, state)))
}

fn is_same_kb(kb: &str, asked: &str) -> bool {
    is_same_word(kb, asked)
        || normalize_windows_kb(asked).is_some_and(|canonical| is_same_word(kb, &canonical))
}

/// The words in unfiltered rows, to report when a filter matches nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenWords {
    pub severities: BTreeSet<Arc<str>>,
    pub classifications: BTreeSet<Arc<str>>,
    pub unknown_states: BTreeSet<Box<str>>,
    /// KB ids and CVE ids that start as those that are asked for.
    pub kb_ids: BTreeSet<Box<str>>,
    pub cves: BTreeSet<Box<str>>,
}

impl SeenWords {
    /// A bound on distinct words, which are untrusted input.
    const MAX_WORDS: usize = 64;

    /// Adds the words of other rows.
    pub fn merge(&mut self, other: Self) {
        merge_words(&mut self.severities, other.severities);
        merge_words(&mut self.classifications, other.classifications);
        merge_words(&mut self.unknown_states, other.unknown_states);
        merge_words(&mut self.kb_ids, other.kb_ids);
        merge_words(&mut self.cves, other.cves);
    }
}

fn merge_words<T: Ord>(into: &mut BTreeSet<T>, from: BTreeSet<T>) {
    for word in from {
        if into.len() >= SeenWords::MAX_WORDS {
            return;
        }
        into.insert(word);
    }
}

/// The result of filtering rows.
#[derive(Debug, Clone, Default)]
pub struct Filtered {
    pub kept: Vec<Patch>,
    pub hidden: u64,
    /// How many of those are hidden only because they have no severity rating.
    pub unrated: u64,
    pub seen_words: SeenWords,
}

impl Filter {
    /// Filters rows, in their order.
    #[must_use]
    pub fn apply(&self, rows: Vec<Patch>) -> Filtered {
        let mut seen = SeenWords::default();
        let total = rows.len();
        let mut unrated = 0;
        // The same filter without the minimum severity.
        let any_severity = self.min_severity.map(|_| Self {
            min_severity: None,
            ..self.clone()
        });
        let mut kept: Vec<Patch> = rows
            .into_iter()
            .filter(|row| {
                record_word(
                    &mut seen.severities,
                    &self.severities,
                    row.severity.as_ref(),
                );
                record_word(
                    &mut seen.classifications,
                    &self.classifications,
                    row.classification.as_ref(),
                );
                if let PatchState::Other(word) = &row.state
                    && seen.unknown_states.len() < SeenWords::MAX_WORDS
                    && !seen.unknown_states.contains(word)
                {
                    seen.unknown_states.insert(word.clone());
                }
                let passes = self.matches(row);
                if !passes {
                    self.record_near_ids(&mut seen, row);
                }
                if let Some(any_severity) = &any_severity
                    && !passes
                    && Severity::of_patch(row) == Severity::Unrated
                    && any_severity.matches(row)
                {
                    unrated += 1;
                }
                passes
            })
            .collect();
        // Filtering in place keeps the capacity of hidden rows.
        kept.shrink_to_fit();
        Filtered {
            hidden: (total - kept.len()) as u64,
            unrated,
            kept,
            seen_words: seen,
        }
    }
}

impl Filter {
    /// Records the ids of a patch that start as one that is asked for.
    fn record_near_ids(&self, seen: &mut SeenWords, row: &Patch) {
        let globs = self.kb_globs.iter().map(Glob::as_str);
        let asked = self.kb_ids.iter().map(String::as_str).chain(globs);
        record_near(&mut seen.kb_ids, asked, row.kb_id.as_deref(), 3);
        if !self.cves.is_empty() {
            for cve in row.cves.iter() {
                let asked = self.cves.iter().map(String::as_str);
                record_near(&mut seen.cves, asked, Some(cve), "CVE-2024-1".len());
            }
        }
    }
}

/// Records a word that has its first letters in common with one that is asked for.
fn record_near<'a>(
    seen: &mut BTreeSet<Box<str>>,
    mut asked: impl Iterator<Item = &'a str>,
    word: Option<&str>,
    letters: usize,
) {
    if let Some(word) = word
        && seen.len() < SeenWords::MAX_WORDS
        && let Some(start) = word.get(..letters)
        && asked.any(|asked| {
            asked
                .get(..letters)
                .is_some_and(|of| of.eq_ignore_ascii_case(start))
        })
        && !seen.contains(word)
    {
        seen.insert(word.into());
    }
}

fn record_word(seen: &mut BTreeSet<Arc<str>>, asked: &[String], word: Option<&Arc<str>>) {
    if let Some(word) = word
        && !asked.is_empty()
        && seen.len() < SeenWords::MAX_WORDS
        && !seen.contains(word)
    {
        seen.insert(word.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AccountRegion, Cves, InfoField, Node};
    use proptest::prelude::*;

    fn node() -> Node {
        let place = Arc::new(AccountRegion {
            region: "eu-west-1".into(),
            account: None,
            account_name: None,
        });
        Node::requested("i-123", &place)
    }

    fn patch(state: PatchState, kb: &str, severity: &str, cves: &str) -> Patch {
        Patch {
            node: node(),
            title: None,
            kb_id: Some(kb.into()),
            classification: Some("SecurityUpdates".into()),
            severity: Some(severity.into()),
            state,
            installed_time: None,
            cves: Cves::new(Some(cves)),
            release_date: None,
        }
    }

    #[test]
    fn case_and_separators_are_ignored() {
        let row = patch(PatchState::Missing, "KB5023702", "Critical", "CVE-2024-1");
        for (severity, class, kb, cve) in [
            ("critical", "security-updates", "kb5023702", "cve_2024_1"),
            ("CRITICAL", "Security Updates", "5023702", "CVE-2024-1"),
        ] {
            let filter = Filter {
                states: vec![PatchState::Missing],
                severities: vec![severity.into()],
                classifications: vec![class.into()],
                kb_ids: vec![kb.into()],
                kb_globs: Vec::new(),
                cves: vec![cve.into()],
                min_severity: Some(Severity::Important),
            };
            assert!(filter.matches(&row), "{filter:?}");
        }
    }

    #[test]
    fn a_glob_of_kb_ids_passes_what_it_matches_and_is_not_pushed_down() {
        let row = |kb: &str| patch(PatchState::Missing, kb, "", "");
        let filter = Filter {
            kb_ids: vec!["KB1".to_owned()],
            kb_globs: vec![Glob::of_kb_ids("kernel*")],
            ..Filter::default()
        };
        assert!(filter.matches(&row("kernel.x86_64")) && filter.matches(&row("kb1")));
        assert!(!filter.matches(&row("KB2")));
        assert_eq!(filter.push_down(), PushDown::default());
    }

    #[test]
    fn values_of_one_flag_are_or_and_flags_are_and() {
        let row = patch(PatchState::Missing, "KB1", "Low", "");
        let mut filter = Filter {
            severities: vec!["critical".into(), "low".into()],
            ..Filter::default()
        };
        assert!(filter.matches(&row));
        filter.kb_ids = vec!["KB2".into()];
        assert!(!filter.matches(&row));
    }

    #[test]
    fn only_windows_kb_numbers_are_pushed_down() {
        let ask = |kbs: &[&str]| {
            Filter {
                kb_ids: kbs.iter().map(ToString::to_string).collect(),
                ..Filter::default()
            }
            .push_down()
            .kb_ids
        };
        assert_eq!(ask(&["kb-5023702", "KB42"]), ["KB5023702", "KB42"]);
        assert!(ask(&["KB1", "041-88823"]).is_empty());
        assert!(ask(&["KB1", "openssl.x86_64"]).is_empty());
        assert!(ask(&["kb"]).is_empty());
    }

    #[test]
    fn a_counter_that_was_not_reported_rules_nothing_out() {
        let filter = Filter {
            states: vec![PatchState::Missing],
            ..Filter::default()
        };
        let with = |missing| NodeState {
            missing,
            ..NodeState::default()
        };
        assert!(filter.may_match(&with(None), None));
        assert!(filter.may_match(&with(Some(1)), None));
        assert!(!filter.may_match(&with(Some(0)), None));
        assert!(Filter::default().may_match(&with(Some(0)), None));
        // AWS counts a non-compliant patch that no state counter includes.
        let contradicting = NodeState {
            missing: Some(0),
            critical_non_compliant: Some(1),
            ..NodeState::default()
        };
        assert!(filter.may_match(&contradicting, None));
        // Only Windows counts updates that are available and not approved.
        let available = Filter {
            states: vec![PatchState::AvailableSecurityUpdate],
            ..Filter::default()
        };
        let on = |platform: &str, count| {
            let info = NodeInfo::of([(InfoField::PlatformType, Some(platform))]);
            let state = NodeState {
                available_security_update: count,
                ..NodeState::default()
            };
            available.may_match(&state, Some(&info))
        };
        assert!(on("Windows", None) && on("Linux", Some(1)) && !on("Linux", None));
        assert!(available.may_match(&with(Some(0)), None));
    }

    fn state() -> impl Strategy<Value = PatchState> {
        prop_oneof![
            proptest::sample::select(PatchState::DOCUMENTED.to_vec()),
            Just(PatchState::Other("InstalledSuperseded".into())),
        ]
    }

    fn row() -> impl Strategy<Value = Patch> {
        (
            state(),
            proptest::sample::select(vec!["KB1", "KB22", "kb1", "1", "bind-libs.x86_64", ""]),
            proptest::sample::select(vec!["Critical", "critical", "None", "Low", ""]),
            proptest::sample::select(vec!["", "CVE-2024-1", "CVE-2024-1,CVE-2024-2"]),
        )
            .prop_map(|(state, kb, severity, cves)| patch(state, kb, severity, cves))
    }

    fn filter() -> impl Strategy<Value = Filter> {
        let words = |from: &'static [&'static str]| {
            proptest::collection::vec(proptest::sample::select(from).prop_map(String::from), 0..3)
        };
        (
            proptest::collection::vec(state(), 0..3),
            words(&["critical", "LOW", "nonesuch"]),
            words(&["kb1", "1", "Bind_Libs.x86_64", "KB9"]),
            proptest::option::of(proptest::sample::select(&["kb2*", "Bind*", "?"][..])),
            words(&["cve-2024-2", "CVE-1-1"]),
            proptest::option::of(proptest::sample::select(&Severity::ALL[..])),
        )
            .prop_map(
                |(states, severities, kb_ids, kb_glob, cves, min_severity)| Filter {
                    states,
                    min_severity,
                    severities,
                    classifications: Vec::new(),
                    kb_ids,
                    kb_globs: kb_glob.map(Glob::of_kb_ids).into_iter().collect(),
                    cves,
                },
            )
    }

    /// The strictest possible service: exact comparison of words.
    fn served(pushed: &PushDown, row: &Patch) -> bool {
        (pushed.states.is_empty() || pushed.states.iter().any(|s| s == row.state.as_str()))
            && (pushed.kb_ids.is_empty()
                || pushed
                    .kb_ids
                    .iter()
                    .any(|kb| Some(kb.as_str()) == row.kb_id.as_deref()))
    }

    proptest! {
        #[test]
        fn what_is_pushed_down_never_loses_a_row_that_passes(
            rows in proptest::collection::vec(row(), 0..20), filter in filter(),
        ) {
            // Windows writes `KB` in capitals.
            let rows: Vec<Patch> = rows.into_iter().filter(|r| r.kb_id.as_deref() != Some("kb1")).collect();
            let pushed = filter.push_down();
            for row in &rows {
                prop_assert!(!filter.matches(row) || served(&pushed, row), "{row:?} {filter:?} {pushed:?}");
            }
        }

        #[test]
        fn filtering_keeps_the_order_and_counts_every_row(
            rows in proptest::collection::vec(row(), 0..20), filter in filter(),
        ) {
            let filtered = filter.apply(rows.clone());
            let expected: Vec<Patch> = rows.iter().filter(|r| filter.matches(r)).cloned().collect();
            prop_assert_eq!(filtered.hidden + filtered.kept.len() as u64, rows.len() as u64);
            prop_assert_eq!(filtered.kept, expected);
        }

        #[test]
        fn a_node_with_consistent_counters_is_skipped_only_if_no_row_passes(
            rows in proptest::collection::vec(row(), 0..20), filter in filter(),
        ) {
            let count = |state: &PatchState| Some(rows.iter().filter(|r| &r.state == state).count() as u64);
            let node = NodeState {
                installed: count(&PatchState::Installed),
                installed_other: count(&PatchState::InstalledOther),
                installed_pending_reboot: count(&PatchState::InstalledPendingReboot),
                installed_rejected: count(&PatchState::InstalledRejected),
                missing: count(&PatchState::Missing),
                not_applicable: count(&PatchState::NotApplicable),
                failed: count(&PatchState::Failed),
                available_security_update: count(&PatchState::AvailableSecurityUpdate),
                ..NodeState::default()
            };
            if !filter.may_match(&node, None) {
                prop_assert!(!rows.iter().any(|r| filter.matches(r)));
            }
        }
    }
}
