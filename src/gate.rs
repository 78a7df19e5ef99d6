//! The gate: may this pipeline go on?
//!
//! Pure. Knows rules, findings and what they come to. Must not know how nodes
//! are read, nor how a report is printed.

mod evaluate;
mod evaluator;
mod finish;
mod ordering;
mod outcome;
mod patch_rules;
mod remedy;
mod report;
mod rule;
mod rule_set;
pub mod waiver;

pub use self::evaluator::Gate;
pub use self::report::{Configured, Counts, Finding, Held, Patched, Report, Ruled, Waived};
pub use self::rule::{Bound, Counted, FORMS, Rule, Share};
pub use self::rule_set::{Question, Reading};

#[cfg(test)]
mod tests;
