//! The gate: may this pipeline go on?
//!
//! Pure. Knows rules, findings and what they come to. Must not know how nodes
//! are read, nor how a report is printed.

mod end;
mod fold;
mod listed;
mod naming;
mod question;
mod remedy;
mod report;
mod rule;
mod sight;
mod tally;

pub use self::fold::Gate;
pub use self::question::{Question, Reading};
pub use self::report::{Configured, Counts, Finding, Held, Patched, Report, Ruled, Waived};
pub use self::rule::{Bound, Counted, FORMS, Rule, Share};

#[cfg(test)]
mod tests;
