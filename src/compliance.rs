//! The rules of compliance: verdicts, severities, and baselines that conflict.

pub mod baseline_conflict;
pub mod severity;
pub mod verdict;
