//! One node before the gate: what each rule says of it, with waivers and
//! without them.
//!
//! Pure. Knows counters, rows and how far they agree. Must not know other nodes.
//! What cannot be told is never taken for the better.

use crate::compliance::severity::Severity;
use crate::compliance::verdict;
use crate::compliance::verdict::{Available, Verdict, Yardstick, available};
use crate::gate::outcome::{Answer, Seen, Tally, With};
use crate::gate::patch_rules::age;
use crate::gate::{Counted, Question, Rule};
use crate::plan::filter::counter;
use crate::record::{NodeState, PatchState};
use crate::report::StateRow;

/// A node with all that is known of it.
pub struct Sight<'a> {
    pub row: &'a StateRow,
    pub rows: Vec<Seen<'a>>,
    /// Were its patches read to the end, or nobody asked for them?
    pub is_whole: bool,
    /// Are there waivers that cover single patches?
    pub has_patch_waivers: bool,
    pub question: &'a Question,
    pub yardstick: Yardstick,
}

/// The four kinds that make a node non-compliant whatever its baseline rules.
const FOUR: [Counted; 4] = [
    Counted::Missing,
    Counted::Failed,
    Counted::Rejected,
    Counted::PendingReboot,
];

/// Why a node's patches tell less than its counters.
pub(super) const NOT_READ: &str = "its patches could not be read to the end";

impl<'a> Sight<'a> {
    pub(super) fn state(&self) -> Option<&'a NodeState> {
        self.row.state()
    }

    /// "no patch data: ..."
    pub(super) fn absence(&self) -> Answer {
        Answer::Unknown(self.row.judgement.reasons.clone())
    }

    /// Why its last scan is too old to be believed, if it is.
    fn staleness(&self) -> Option<String> {
        let (_, old) = verdict::age(self.state()?, &self.yardstick);
        old.map(|old| old.to_string())
    }

    fn is_mild(&self, row: &Seen<'_>) -> bool {
        let least = self.question.min_severity;
        least.is_some_and(|least| row.severity < least)
    }

    pub(super) fn counts(&self, row: &Seen<'_>, with: With) -> bool {
        !self.is_mild(row) && (with == With::NoWaivers || row.waiver.is_none())
    }

    /// Does the verdict hang on less than the counters say?
    fn narrows(&self, with: With) -> bool {
        self.question.min_severity.is_some() || (self.has_patch_waivers && with == With::Waivers)
    }

    /// The node's counter. Only Windows counts available security updates:
    /// elsewhere one that is not there is a zero.
    fn counter(&self, of: Counted) -> Option<u64> {
        let state = self.state()?;
        let counter = counter(state, &of.state());
        let is_other = |kind: &str| !kind.eq_ignore_ascii_case("windows");
        let facts = self.row.subject.facts();
        let platform = facts.and_then(|facts| facts.platform_type.as_deref());
        match of {
            Counted::Unapproved if state.unreadable_counter(&of.state()).is_none() => {
                counter.or(platform.is_some_and(is_other).then_some(0))
            }
            _ => counter,
        }
    }

    pub(super) fn tally(&self, of: Counted, with: With) -> Tally {
        let mut tally = Tally {
            least: 0,
            most: None,
            unlisted: 0,
            waived: 0,
            mild: 0,
        };
        let mut listed = 0;
        let state = of.state();
        let rows = self.rows.iter().filter(|row| row.patch.state == state);
        let mut rows: Vec<&Seen<'_>> = rows.collect();
        rows.sort_by_key(|row| row.identity());
        // A patch that stands twice is one, and as bad as the worse of its rows.
        for same in rows.chunk_by(|one, other| one.identity() == other.identity()) {
            listed += 1;
            if same.iter().any(|row| self.counts(row, with)) {
                tally.least += 1;
            } else if same.iter().all(|row| self.is_mild(row)) {
                tally.mild += 1;
            } else {
                tally.waived += 1;
            }
        }
        if let Some(counter) = self.counter(of) {
            // A row that was counted and is not listed is never waived by luck.
            tally.unlisted = counter.saturating_sub(listed);
            tally.most = Some(tally.least + tally.unlisted);
            if self.is_whole || !self.narrows(with) {
                tally.least += tally.unlisted;
            }
        }
        tally
    }

    /// Why it is not known how many patches of a kind there are.
    pub(super) fn uncounted(&self, of: Counted) -> String {
        let odd = |state: &NodeState| Some(state.unreadable_counter(&of.state())?.to_string());
        self.state()
            .and_then(odd)
            .unwrap_or_else(|| of.not_reported())
    }

    /// The kinds that count against a node by AWS's rule.
    fn kinds(&self) -> Vec<Counted> {
        let mut kinds = FOUR.to_vec();
        if let Some(state) = self.state()
            && matches!(available(state), Available::Counts(_))
        {
            kinds.push(Counted::Unapproved);
        }
        kinds
    }

    /// The kinds of patches for which it breaks the rule.
    pub fn to_blame(&self, rule: Rule) -> Vec<Counted> {
        match rule {
            Rule::NonCompliant | Rule::Compliant(_) => {
                let mut kinds = self.kinds();
                kinds.retain(|of| self.tally(*of, With::Waivers).least > 0);
                kinds
            }
            Rule::Count(of, _) | Rule::Severe(of, _) => vec![of],
            Rule::PatchOlder(_) => vec![Counted::Missing],
            _ => Vec::new(),
        }
    }

    /// Were patches read of every kind for which it breaks the rule?
    pub fn lists_all(&self, rule: Rule) -> bool {
        let is_listed = |of: &Counted| {
            let mut rows = self.rows.iter();
            rows.any(|row| row.patch.state == of.state())
        };
        // Where the verdict hangs on patches, those of every kind are.
        rule != Rule::NonCompliant
            || self.narrows(With::Waivers)
            || self.to_blame(rule).iter().all(is_listed)
    }

    /// Would the rule count this patch, waivers aside?
    pub fn is_of(&self, rule: Rule, row: &Seen<'_>) -> bool {
        let state = &row.patch.state;
        !self.is_mild(row)
            && match rule {
                Rule::NonCompliant | Rule::Compliant(_) => {
                    self.kinds().iter().any(|of| of.state() == *state)
                }
                Rule::Count(of, _) => of.state() == *state,
                Rule::Severe(of, least) => of.state() == *state && row.severity >= least,
                Rule::PatchOlder(seconds) => {
                    *state == PatchState::Missing
                        && age(row.patch, self.yardstick.now).is_none_or(|age| age > seconds)
                }
                Rule::Stale | Rule::NoData | Rule::Unread | Rule::BaselineDiffers => false,
            }
    }

    /// How many of its patches a rule leaves out because nobody rated them.
    pub fn unrated(&self) -> u64 {
        let rules = self.question.rules();
        let by_least = |row: &Seen<'_>| {
            let counts = |rule: &Rule| match rule {
                Rule::NonCompliant | Rule::Compliant(_) => true,
                Rule::Count(of, _) => of.state() == row.patch.state,
                Rule::PatchOlder(_) => row.patch.state == PatchState::Missing,
                _ => false,
            };
            self.question.min_severity.is_some() && rules.iter().any(counts)
        };
        let by_rule = |row: &Seen<'_>| {
            rules
                .iter()
                .any(|rule| matches!(rule, Rule::Severe(of, _) if of.state() == row.patch.state))
        };
        let unrated = self
            .rows
            .iter()
            .filter(|row| row.severity == Severity::Unrated && (by_least(row) || by_rule(row)));
        unrated.count() as u64
    }

    /// What the rule says of this node alone. Of rules on the whole fleet: does
    /// the node count as compliant?
    pub fn answer(&self, rule: Rule, with: With) -> Answer {
        match rule {
            Rule::NonCompliant => self.non_compliant(with),
            Rule::Stale => match (self.state(), self.staleness()) {
                (Some(_), Some(why)) => Answer::Broken(why),
                (None, _) if self.yardstick.max_age.0.is_some() => self.absence(),
                _ => Answer::Fine,
            },
            Rule::NoData => self.no_data(),
            Rule::Count(of, bound) => {
                let tally = self.tally(of, with);
                if bound.is_met(tally.least) {
                    Answer::Broken(tally.told(of, tally.least))
                } else if self.state().is_none() {
                    self.absence()
                } else if tally.most.is_none() {
                    Answer::Unknown(self.uncounted(of))
                } else if tally.most.is_some_and(|most| bound.is_met(most)) {
                    let told = of.told(tally.most.unwrap_or_default());
                    Answer::Unknown(format!("{told} at most; {NOT_READ}"))
                } else {
                    Answer::Fine
                }
            }
            Rule::Severe(of, least) => self.severe(of, least, with),
            Rule::PatchOlder(seconds) => self.older(seconds, with),
            Rule::Compliant(_) => match self.row.judgement.verdict {
                Verdict::NoData => Answer::Broken(self.row.judgement.reasons.clone()),
                Verdict::Unread => self.absence(),
                Verdict::Compliant | Verdict::NonCompliant | Verdict::Stale => {
                    match (self.non_compliant(with), self.staleness()) {
                        (Answer::Fine, Some(why)) => Answer::Broken(why),
                        (answer, _) => answer,
                    }
                }
            },
            Rule::BaselineDiffers => self.differs(),
            Rule::Unread => Answer::Fine,
        }
    }

    /// Which baselines differ is told of all nodes together. A node without a
    /// record, or with one that cannot be read there, may be one that does.
    fn differs(&self) -> Answer {
        match self.state() {
            None if self.row.judgement.verdict == Verdict::NoData => self.absence(),
            None => Answer::Fine,
            Some(state) => {
                let fields = ["PatchGroup", "BaselineId"].into_iter();
                let mut odd = fields.filter_map(|field| state.unreadable(field));
                if let Some(odd) = odd.next() {
                    return Answer::Unknown(odd.to_string());
                }
                let has =
                    |field: &Option<Box<str>>| field.as_deref().is_some_and(|s| !s.is_empty());
                if has(&state.patch_group) && !has(&state.baseline_id) {
                    return Answer::Unknown("its record has no BaselineId".to_owned());
                }
                Answer::Fine
            }
        }
    }

    /// Does nobody know what it has to do with a rule that finds nothing about it?
    /// Its record may tell of no data, or of another baseline.
    pub fn hides(&self, rule: Rule) -> bool {
        matches!(rule, Rule::NoData | Rule::BaselineDiffers)
            && self.row.judgement.verdict == Verdict::Unread
            && self.state().is_none()
    }

    /// A non-compliant node whose record lacks something breaks this rule too:
    /// what it lacks may be worse.
    fn no_data(&self) -> Answer {
        let judgement = &self.row.judgement;
        let state = match (judgement.verdict, self.state()) {
            (Verdict::NoData, _) => return Answer::Broken(judgement.reasons.clone()),
            (Verdict::NonCompliant, Some(state)) => state,
            _ => return Answer::Fine,
        };
        let of = FOUR.into_iter().filter(|of| self.counter(*of).is_none());
        let mut lacking: Vec<String> = of.map(|of| self.uncounted(of)).collect();
        if let Available::Unknown(why, Verdict::NoData) = available(state) {
            lacking.push(why);
        }
        lacking.extend(uncountable(state));
        if lacking.is_empty() {
            Answer::Fine
        } else {
            Answer::Broken(lacking.join(", "))
        }
    }

    fn non_compliant(&self, with: With) -> Answer {
        let judgement = &self.row.judgement;
        let (Some(state), reasons) = (self.state(), &judgement.reasons) else {
            return self.absence();
        };
        match judgement.verdict {
            Verdict::Compliant | Verdict::Stale => return self.listed_all_the_same(with),
            Verdict::NoData | Verdict::Unread => return self.absence(),
            Verdict::NonCompliant if !self.narrows(with) => return Answer::Broken(reasons.clone()),
            Verdict::NonCompliant => {}
        }
        let tallies: Vec<(Counted, Tally)> = self
            .kinds()
            .into_iter()
            .map(|of| (of, self.tally(of, with)))
            .collect();
        let bad: Vec<String> = tallies
            .iter()
            .filter(|(_, tally)| tally.least > 0)
            .map(|(of, tally)| tally.told(*of, tally.least))
            .collect();
        if !bad.is_empty() {
            return Answer::Broken(bad.join(", "));
        }
        let is_counted = |of: &Counted| self.counter(*of).is_some_and(|n| n > 0);
        if self.rows.is_empty() && !tallies.iter().any(|(of, _)| is_counted(of)) {
            // AWS's own counts contradict the others: there is nothing to waive.
            return Answer::Broken(reasons.clone());
        }
        let mut doubts: Vec<String> = tallies
            .iter()
            .filter_map(|(of, tally)| match tally.most {
                None => Some(self.uncounted(*of)),
                Some(0) => None,
                Some(most) => Some(format!("{} at most; {NOT_READ}", of.told(most))),
            })
            .collect();
        if let Available::Unknown(why, _) = available(state) {
            doubts.push(why);
        }
        doubts.extend(uncountable(state));
        if doubts.is_empty() {
            Answer::Fine
        } else {
            Answer::Unknown(doubts.join(", "))
        }
    }

    /// A node that its counters call compliant, and whose list says otherwise:
    /// the reassuring half is not believed.
    fn listed_all_the_same(&self, with: With) -> Answer {
        let tallies = self
            .kinds()
            .into_iter()
            .map(|of| (of, self.tally(of, with)));
        let bad: Vec<String> = tallies
            .filter(|(_, tally)| tally.least > 0)
            .map(|(of, tally)| tally.told(of, tally.least))
            .collect();
        if bad.is_empty() {
            return Answer::Fine;
        }
        let bad = bad.join(", ");
        Answer::Broken(format!("{bad} by its list, none by its counters"))
    }
}

/// The fields of a record that cannot be read and are no counters of patches by
/// state: those are told where they are counted.
fn uncountable(state: &NodeState) -> impl Iterator<Item = String> {
    let counters = PatchState::KNOWN.map(|of| of.counter_name());
    let odd = state.unreadable.iter();
    odd.filter(move |odd| !counters.contains(&Some(&*odd.field)))
        .map(ToString::to_string)
}
