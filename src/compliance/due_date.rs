//! Due dates: until when a patch has to be installed, by its severity and its release.
//! Pure.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::compliance::severity::Severity;
use crate::duration;
use crate::record::{Due, Moment, Patch, PatchState};
use crate::suggest::unknown_word;

/// How long after its release a patch of this severity may be lacking: `critical=7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlaLimit {
    pub severity: Severity,
    /// Above zero.
    pub seconds: u64,
}

impl FromStr for SlaLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((word, span)) = text.split_once('=') else {
            return Err(format!(
                "{text:?} is not SEVERITY=TIME; write critical=7d or important=30d"
            ));
        };
        let severity = Severity::from_word(word.trim());
        Ok(Self {
            severity: severity.ok_or_else(|| {
                let known = Severity::ALL.map(|severity| severity.as_str().to_lowercase());
                let known: Vec<&str> = known.iter().map(|word| &**word).collect();
                unknown_word("unknown severity", word.trim(), &known)
            })?,
            seconds: duration::parse_seconds(span)?,
        })
    }
}

impl fmt::Display for SlaLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity.as_str().to_lowercase();
        write!(f, "{severity}={}", duration::format_exact(self.seconds))
    }
}

/// The limit of each severity that has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sla {
    /// From the most severe down, each severity once.
    limits: Vec<SlaLimit>,
}

/// What is known of when a patch is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueDate {
    /// The node has it, or its severity has no limit.
    None,
    /// Its release date is not known, or lies in the future.
    Unknown,
    Known(Due),
}

impl Sla {
    /// # Errors
    /// When a severity has two limits.
    pub fn new(limits: &[SlaLimit]) -> Result<Self, String> {
        let mut limits = limits.to_vec();
        limits.sort_by_key(|limit| std::cmp::Reverse(limit.severity));
        for pair in limits.windows(2) {
            if pair[0].severity == pair[1].severity {
                let severity = pair[0].severity.as_str().to_lowercase();
                return Err(format!("{severity} has two time limits; give one"));
            }
        }
        Ok(Self { limits })
    }

    /// Has no severity a limit?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    /// The limits, from the most severe down.
    #[must_use]
    pub fn limits(&self) -> &[SlaLimit] {
        &self.limits
    }

    /// The limit of a severity, in seconds.
    #[must_use]
    pub fn limit(&self, severity: Severity) -> Option<u64> {
        let mut limits = self.limits.iter();
        let limit = limits.find(|limit| limit.severity == severity)?;
        Some(limit.seconds)
    }

    /// When this patch of a node is due.
    #[must_use]
    pub fn due_date(&self, patch: &Patch, now: Timestamp) -> DueDate {
        self.due_date_since(patch, None, now)
    }

    /// The same. Where the release date is not known, the limit counts from when a dataset
    /// first saw the node lack the patch.
    #[must_use]
    pub fn due_date_since(&self, patch: &Patch, first_seen: Moment, now: Timestamp) -> DueDate {
        if self.is_empty() || !PatchState::LACKING.contains(&patch.state) {
            return DueDate::None;
        }
        if self.limit(Severity::of_patch(patch)).is_none() {
            return DueDate::None;
        }
        let due = self.due(patch, first_seen, now);
        due.map_or(DueDate::Unknown, DueDate::Known)
    }

    /// The end of the time limit of a patch, whether the node lacks it now or not; `None`
    /// without a limit, and where it is not known what it counts from.
    #[must_use]
    pub fn due(&self, patch: &Patch, first_seen: Moment, now: Timestamp) -> Option<Due> {
        let limit = self.limit(Severity::of_patch(patch))?;
        let limit = i64::try_from(limit).map_or(SignedDuration::MAX, SignedDuration::from_secs);
        let released = patch.release_date.filter(|released| *released <= now);
        // One that lies beyond the calendar is as good as unlimited.
        let date = released.or(first_seen)?.saturating_add(limit).ok()?;
        Some(Due {
            date,
            is_overdue: date < now,
            is_from_first_seen: released.is_none(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AccountRegion, Cves, Node};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn sla(limits: &[&str]) -> Sla {
        let limits: Vec<SlaLimit> = limits.iter().map(|text| text.parse().unwrap()).collect();
        Sla::new(&limits).unwrap()
    }

    fn patch(state: PatchState, severity: &str, released: Option<&str>) -> Patch {
        let location = Arc::new(AccountRegion {
            region: "eu-west-1".into(),
            account: None,
            account_name: None,
        });
        Patch {
            node: Node::requested("i-1", &location),
            title: None,
            kb_id: Some("KB1".into()),
            classification: None,
            severity: Some(severity.into()),
            state,
            installed_time: None,
            cves: Cves::default(),
            release_date: released.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn a_patch_is_due_its_limit_after_its_release_and_overdue_a_moment_later() {
        let sla = sla(&["critical=7d", "important=30d"]);
        let due = |severity, released| {
            sla.due_date(&patch(PatchState::Missing, severity, Some(released)), now())
        };
        let known = |date: &str, is_overdue| {
            DueDate::Known(Due {
                date: date.parse().unwrap(),
                is_overdue,
                is_from_first_seen: false,
            })
        };
        assert_eq!(
            due("Critical", "2026-11-13T12:00:00Z"),
            known("2026-11-20T12:00:00Z", false)
        );
        assert_eq!(
            due("Critical", "2026-11-13T11:59:59Z"),
            known("2026-11-20T11:59:59Z", true)
        );
        assert_eq!(
            due("Important", "2026-11-13T12:00:00Z"),
            known("2026-12-13T12:00:00Z", false)
        );
        assert_eq!(due("Low", "2020-01-01T00:00:00Z"), DueDate::None);
        assert_eq!(due("Critical", "2026-11-20T12:00:01Z"), DueDate::Unknown);
    }

    #[test]
    fn only_a_patch_that_the_node_lacks_is_due() {
        let sla = sla(&["critical=7d"]);
        let released = Some("2026-01-01T00:00:00Z");
        for state in PatchState::DOCUMENTED {
            let is_due = PatchState::LACKING.contains(&state);
            let due = sla.due_date(&patch(state, "Critical", released), now());
            assert_eq!(matches!(due, DueDate::Known(_)), is_due, "{due:?}");
        }
        let unknown = patch(PatchState::Missing, "Critical", None);
        assert_eq!(sla.due_date(&unknown, now()), DueDate::Unknown);
        assert_eq!(Sla::default().due_date(&unknown, now()), DueDate::None);
    }

    #[test]
    fn a_limit_is_read_in_the_words_of_the_scale_and_a_wrong_one_is_explained() {
        for (typed, shown) in [
            ("critical=7d", "critical=7d"),
            (" HIGH = 2w ", "important=14d"),
            ("moderate=36h", "medium=36h"),
            ("Unrated=90d", "unrated=90d"),
        ] {
            assert_eq!(typed.parse::<SlaLimit>().unwrap().to_string(), shown);
        }
        for (typed, cause) in [
            ("critical", "write critical=7d"),
            ("critical=", "is not a time span"),
            ("critical=0d", "is not a time span"),
            ("crit=7d", "did you mean critical?"),
            ("=7d", "unknown severity"),
        ] {
            let error = typed.parse::<SlaLimit>().unwrap_err();
            assert!(error.contains(cause), "{typed}: {error}");
        }
        let twice = ["high=7d", "important=8d"].map(|text| text.parse().unwrap());
        assert_eq!(
            Sla::new(&twice),
            Err("important has two time limits; give one".to_owned())
        );
    }

    proptest! {
        #[test]
        fn a_shorter_limit_never_makes_a_patch_less_overdue(days in 0i64..500, limit in 1u64..400, less in 1u64..400) {
            let released = now() - SignedDuration::from_hours(24 * days);
            let one = patch(PatchState::Missing, "Critical", Some(&released.to_string()));
            let is_overdue = |limit: u64| matches!(
                sla(&[&format!("critical={limit}d")]).due_date(&one, now()),
                DueDate::Known(Due { is_overdue: true, .. })
            );
            prop_assert!(!is_overdue(limit) || is_overdue(limit.min(less)));
            prop_assert_eq!(is_overdue(limit), u64::try_from(days).unwrap() > limit);
        }
    }
}
