//! The gate: may this pipeline go on?
//!
//! Pure. Knows rules, findings and what they come to. Must not know how nodes
//! are read, nor how a report is printed.

mod report;
mod rule;

pub use self::report::{Counts, Finding, Held, Patched, Report, Ruled, Waived};
pub use self::rule::{Bound, Counted, FORMS, Rule, Share};
