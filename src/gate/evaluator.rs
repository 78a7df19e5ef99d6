//! The fold: nodes in, one at a time and in any order; a report out.
//!
//! Pure. Knows which finding stands under which rule, which of them a waiver
//! covers, and what all come to. Must not know how nodes are read or formats.

use std::cell::OnceCell;
use std::sync::Arc;

use jiff::Timestamp;

use crate::compliance::baseline_conflict::Conflict;
use crate::compliance::severity::Severity;
use crate::compliance::verdict::{Verdict, Yardstick};
use crate::gate::evaluate::Sight;
use crate::gate::ordering::{patched, told, waived_by};
use crate::gate::outcome::{Answer, Seen, With};
use crate::gate::patch_rules::age;
use crate::gate::remedy;
use crate::gate::waiver::{Waiver, Waivers, Who};
use crate::gate::{Counts, Finding, Held, Patched, Question, Rule, Waived};
use crate::record::{Node, Outcome, Patch, Scope, Subject};
use crate::report::StateRow;

/// A node that is judged.
struct Case<'a> {
    sight: Sight<'a>,
    who: Who<'a>,
    is_unread: bool,
    /// The waiver of the whole node, asked about once, and only if it has a finding.
    waiver: OnceCell<Option<Arc<Waiver>>>,
}

/// A node that was scanned with a baseline.
struct Scanned {
    node: Node,
    group: Box<str>,
    baseline: Box<str>,
    waiver: OnceCell<Option<Arc<Waiver>>>,
}

impl Case<'_> {
    /// Does it stand under `unread` or `no-data`, where what it lacks is told?
    fn is_told(&self) -> bool {
        self.is_unread || self.sight.row.judgement.verdict == Verdict::NoData
    }

    fn waiver(&self, waivers: &mut Waivers, now: Timestamp) -> Option<Arc<Waiver>> {
        let waiver = self.waiver.get_or_init(|| waivers.node(&self.who, now));
        waiver.clone()
    }
}

/// The gate, fed with every node and every place that could not be read.
///
/// - A node that is unread, or whose patches are where a rule hangs on them,
///   stands under `unread`, given or not, and nothing waives it: it may break
///   any rule, so the gate cannot say, unless something is broken.
/// - A node without data stands under `no-data`. Where that rule is not given
///   and others hang on data, the gate cannot say either.
/// - A stale node that is non-compliant breaks both rules.
pub struct Gate {
    pub(super) question: Arc<Question>,
    pub(super) waivers: Waivers,
    pub(super) yardstick: Yardstick,
    pub(super) counts: Counts,
    /// For each rule, in their order.
    pub(super) found: Vec<Vec<Finding>>,
    pub(super) unread: Vec<Finding>,
    pub(super) no_data: Vec<Finding>,
    /// With the place of the rule in their order.
    pub(super) waived: Vec<(usize, Waived)>,
    /// For each rule, the nodes that count as compliant by a share, and those
    /// that nothing is known of that would answer it.
    pub(super) shares: Vec<(u64, u64)>,
    /// Nodes that were scanned with a baseline, for those that differ.
    scanned: Vec<Scanned>,
    pub(super) unrated: (u64, u64),
    pub(super) remarks: Vec<String>,
    pub(super) cut_short: Option<String>,
}

impl Gate {
    #[must_use]
    pub fn new(question: Question, waivers: Waivers, yardstick: Yardstick) -> Self {
        let rules = question.rules().len();
        Self {
            question: Arc::new(question),
            waivers,
            yardstick,
            counts: Counts::default(),
            found: vec![Vec::new(); rules],
            unread: Vec::new(),
            no_data: Vec::new(),
            waived: Vec::new(),
            shares: vec![(0, 0); rules],
            scanned: Vec::new(),
            unrated: (0, 0),
            remarks: Vec::new(),
            cut_short: None,
        }
    }

    /// One node, with those of its patches that were read and how reading them
    /// ended; or a place that could not be read. Each once.
    pub fn take(&mut self, row: &StateRow, patches: &[Patch], end: &Outcome<()>) {
        let Subject::Node(node) = &row.subject else {
            self.counts.unread_scopes += 1;
            let why = row.judgement.reasons.clone();
            self.unread(Some(row.subject.clone()), why);
            return;
        };
        let verdict = row.judgement.verdict;
        self.counts.asked += 1;
        self.counts.verdicts.count(verdict);
        let why = match (verdict, end) {
            (Verdict::Unread, _) => Some(row.judgement.reasons.clone()),
            (_, Outcome::Unread(why)) => Some(format!("its patches are unread: {}", why.text)),
            (_, Outcome::Answered(()) | Outcome::NoData) => None,
        };
        match (verdict, &why) {
            // Also without data: patches that are unread may be anything.
            (_, Some(_)) => self.counts.unread += 1,
            (Verdict::NoData, None) => self.counts.no_data += 1,
            (_, None) => self.counts.answered += 1,
        }
        let is_unread = why.is_some();
        if let Some(why) = why {
            self.unread(Some(row.subject.clone()), why);
        }
        let question = self.question.clone();
        let mut sight = Sight {
            row,
            rows: patches
                .iter()
                .map(|patch| Seen {
                    patch,
                    severity: Severity::of(patch),
                    waiver: None,
                })
                .collect(),
            is_whole: !matches!(end, Outcome::Unread(_)),
            has_patch_waivers: self.waivers.of_patches(),
            question: &question,
            yardstick: self.yardstick,
        };
        let state = row.state();
        let who = Who {
            node,
            patch_group: state.and_then(|state| state.patch_group.as_deref()),
        };
        // Of a node that is unread nobody knows what a waiver would hide.
        if sight.has_patch_waivers && state.is_some() {
            for at in 0..sight.rows.len() {
                let counts = |rule: &Rule| sight.is_of(*rule, &sight.rows[at]);
                if question.rules().iter().any(counts) {
                    let patch = sight.rows[at].patch;
                    sight.rows[at].waiver = self.waivers.patch(&who, patch, self.yardstick.now);
                }
            }
        }
        let unrated = sight.unrated();
        self.unrated.0 += unrated;
        self.unrated.1 += u64::from(unrated > 0);
        let case = Case {
            sight,
            who,
            is_unread,
            waiver: OnceCell::new(),
        };
        for (at, rule) in question.rules().iter().enumerate() {
            self.judge(at, *rule, &case);
        }
        self.without_data(&case);
        if question.has(Rule::BaselineDiffers)
            && let Some(state) = state
            && let (Some(group), Some(id)) = (&state.patch_group, &state.baseline_id)
            && !id.is_empty()
        {
            self.scanned.push(Scanned {
                node: node.clone(),
                group: group.clone(),
                baseline: id.clone(),
                waiver: case.waiver,
            });
        }
    }

    /// Something that could not be read.
    fn unread(&mut self, subject: Option<Subject>, why: String) {
        self.unread.push(Finding {
            remedy: remedy::of(Rule::Unread, &[], None),
            subject,
            held: Held::CannotSay,
            detail: why,
            patches: Vec::new(),
        });
    }

    /// What one rule says of a node.
    fn judge(&mut self, at: usize, rule: Rule, case: &Case<'_>) {
        let sight = &case.sight;
        let is_share = matches!(rule, Rule::Compliant(_));
        let before = sight.answer(rule, With::NoWaivers);
        if before == Answer::Fine {
            self.shares[at].0 += u64::from(is_share);
            self.shares[at].1 += u64::from(sight.hides(rule));
            return;
        }
        self.waive_rows(at, rule, sight);
        let (held, detail) = match (before, sight.answer(rule, With::Waivers)) {
            (_, Answer::Fine) => {
                self.shares[at].0 += u64::from(is_share);
                return;
            }
            // It stands under `unread` or `no-data` already.
            (Answer::Unknown(_), Answer::Unknown(_)) if case.is_told() && !is_share => {
                self.shares[at].1 += u64::from(case.is_unread);
                return;
            }
            (_, Answer::Unknown(detail)) => (Held::CannotSay, detail),
            (_, Answer::Broken(detail)) => (Held::Broken, detail),
        };
        let rows: Vec<&Seen<'_>> = sight
            .rows
            .iter()
            .filter(|row| row.waiver.is_none() && sight.is_of(rule, row))
            // Those of unknown age are not what breaks it.
            .filter(|row| {
                held == Held::CannotSay
                    || !matches!(rule, Rule::PatchOlder(_))
                    || age(row.patch, self.yardstick.now).is_some()
            })
            .collect();
        // Patches of one kind alone would pass for all there are.
        let rows = if sight.lists_all(rule) {
            rows
        } else {
            Vec::new()
        };
        let (patches, more) = patched(&rows);
        let detail = format!("{detail}{more}");
        let waiver = case.waiver(&mut self.waivers, self.yardstick.now);
        if is_share {
            let (compliant, unknown) = &mut self.shares[at];
            // Nothing makes a node compliant of which something is unread.
            if waiver.is_some() && !case.is_unread {
                *compliant += 1;
            } else if waiver.is_some() || held == Held::CannotSay {
                *unknown += 1;
            }
        }
        if let Some(waiver) = waiver {
            self.waive(at, rule, sight, detail, patches, &waiver);
        } else if !is_share {
            let id = sight.row.id();
            self.found[at].push(Finding {
                subject: Some(sight.row.subject.clone()),
                held,
                detail,
                patches,
                remedy: match (held, rule) {
                    (Held::Broken, Rule::NoData) => remedy::of_no_data(sight.row.state(), id),
                    (Held::Broken, _) => remedy::of(rule, &sight.to_blame(rule), id),
                    (Held::Held | Held::CannotSay, _) => remedy::of_doubt(rule, id),
                },
            });
        }
    }

    /// A node without data, where `no-data` is not asked for and others hang on it.
    fn without_data(&mut self, case: &Case<'_>) {
        let (sight, question) = (&case.sight, self.question.clone());
        // One that is unread, too, stands under `unread` already.
        let is_bare = sight.row.judgement.verdict == Verdict::NoData && !case.is_unread;
        if !is_bare || question.has(Rule::NoData) {
            return;
        }
        let hangs = |rule: &&Rule| {
            let is_share = matches!(rule, Rule::Compliant(_));
            !is_share && matches!(sight.answer(**rule, With::NoWaivers), Answer::Unknown(_))
        };
        let Some(rule) = question.rules().iter().find(hangs) else {
            return;
        };
        let detail = sight.row.judgement.reasons.clone();
        if let Some(waiver) = case.waiver(&mut self.waivers, self.yardstick.now) {
            let at = question.rules().len();
            self.waive(at, Rule::NoData, sight, detail, Vec::new(), &waiver);
            return;
        }
        self.no_data.push(Finding {
            subject: Some(sight.row.subject.clone()),
            held: Held::CannotSay,
            detail: format!("{detail}; it may break {rule}"),
            patches: Vec::new(),
            remedy: remedy::of_no_data(sight.row.state(), sight.row.id()),
        });
    }

    /// One finding that a waiver covers.
    fn waive(
        &mut self,
        at: usize,
        rule: Rule,
        sight: &Sight<'_>,
        detail: String,
        patches: Vec<Patched>,
        waiver: &Waiver,
    ) {
        let subject = Some(sight.row.subject.clone());
        self.waived
            .push((at, waived_by(waiver, rule, subject, detail, patches)));
    }

    /// The patches that waivers keep from counting under this rule.
    fn waive_rows(&mut self, at: usize, rule: Rule, sight: &Sight<'_>) {
        let mut by: Vec<(Arc<Waiver>, Vec<&Seen<'_>>)> = Vec::new();
        for row in sight.rows.iter().filter(|row| sight.is_of(rule, row)) {
            let Some(waiver) = &row.waiver else { continue };
            match by.iter_mut().find(|(known, _)| known == waiver) {
                Some((_, rows)) => rows.push(row),
                None => by.push((waiver.clone(), vec![row])),
            }
        }
        for (waiver, rows) in by {
            let (patches, more) = patched(&rows);
            let detail = format!("{}{more}", told(&rows));
            self.waive(at, rule, sight, detail, patches, &waiver);
        }
    }

    /// The nodes that were scanned with another baseline than the rest of their
    /// patch group; known once all nodes are.
    pub fn conflicts(&mut self, conflicts: &[Conflict]) {
        let question = self.question.clone();
        let is_it = |rule: &Rule| *rule == Rule::BaselineDiffers;
        let Some(at) = question.rules().iter().position(is_it) else {
            return;
        };
        for scanned in std::mem::take(&mut self.scanned) {
            let Scanned {
                node,
                group,
                baseline,
                waiver,
            } = scanned;
            let conflict = conflicts.iter().find(|conflict| {
                conflict.place == node.place
                    && conflict.patch_group == group
                    && conflict.baseline == baseline
            });
            let Some(conflict) = conflict else { continue };
            let others: Vec<&str> = conflict.others.iter().map(|(id, _)| &**id).collect();
            let doubt = if conflict.is_certain {
                ""
            } else {
                ", unless these are for different operating systems"
            };
            let detail = format!(
                "scanned with {baseline}, others of patch group {group} with {}{doubt}",
                others.join(", ")
            );
            let who = Who {
                node: &node,
                patch_group: Some(&group),
            };
            let ask = || self.waivers.node(&who, self.yardstick.now);
            let rule = Rule::BaselineDiffers;
            if let Some(waiver) = waiver.get_or_init(ask) {
                let subject = Some(Subject::Node(node.clone()));
                let covered = waived_by(waiver, rule, subject, detail, Vec::new());
                self.waived.push((at, covered));
                continue;
            }
            let (held, remedy) = if conflict.is_certain {
                (Held::Broken, remedy::of(rule, &[], Some(&node.id)))
            } else {
                (Held::CannotSay, remedy::of_doubt(rule, Some(&node.id)))
            };
            self.found[at].push(Finding {
                subject: Some(Subject::Node(node)),
                held,
                detail,
                patches: Vec::new(),
                remedy,
            });
        }
    }

    /// Something else that is to be said, on one line.
    pub fn remark(&mut self, line: String) {
        self.remarks.push(line);
    }

    /// The run was cut short: whatever was not seen may break any rule.
    pub fn cut_short(&mut self, why: String) {
        self.cut_short = Some(why.clone());
        self.unread(None, why);
    }

    /// A place part of which could not be seen: it counts like one that is unread.
    pub fn unseen(&mut self, scope: Scope, why: String) {
        self.counts.unread_scopes += 1;
        self.unread(Some(Subject::Scope(scope)), why);
    }
}
