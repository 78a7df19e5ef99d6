//! The rules of compliance: verdicts, severities, and baselines that conflict.

pub mod baseline_conflict;
pub mod due_date;
pub mod severity;
pub mod verdict;
