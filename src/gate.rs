//! The gate: checks a fleet against rules.
//!
//! Pure: independent of how nodes are read and how a report is printed.

mod baseline;
mod differing_baselines;
mod due_rules;
mod finding_record;
mod gate_evaluator;
mod merge;
mod node_case;
mod node_evaluation;
mod ordering;
mod outcome;
mod patch_age;
mod patch_rules;
mod remedy;
mod report;
mod report_builder;
mod rule;
mod rule_set;
mod unknown_age;
mod unmanaged;
pub mod waiver;

pub use self::baseline::{FindingBaseline, FindingPatches};
pub use self::gate_evaluator::GateEvaluator;
pub use self::remedy::{PatchOperation, Remedy};
pub use self::report::{
    ConfiguredKey, Finding, GateCounts, GateReport, GateStatus, KnownFinding, PatchRef, RuleReport,
    WaivedFinding,
};
pub use self::rule::{CountThreshold, PatchCriteria, PatchKind, RULE_SYNTAX, Rule, ShareThreshold};
pub use self::rule_set::RuleSet;
pub use self::unknown_age::UnknownAge;

#[cfg(test)]
mod tests;
