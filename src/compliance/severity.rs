//! Maps the severity words of all vendors to one scale. Pure; records keep the
//! vendor's word.

use std::fmt;

use crate::record::{Patch, is_same_word};

/// The severity of a missing patch. In ascending order, so that `>=
/// Severity::Important` has its usual meaning.
///
/// Sources: Microsoft's severity rating system (Critical, Important, Moderate,
/// Low); Red Hat's and SUSE's severity ratings (critical, important, moderate,
/// low); Amazon Linux Security Center (Critical, Important, Medium, Low).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Not rated: no word, `Unspecified`, `None`, or a Debian or Ubuntu
    /// priority, which says how much a system needs a package and nothing about
    /// what a patch fixes.
    #[default]
    Unrated,
    Low,
    /// Also `Moderate`.
    Medium,
    /// Also `High`.
    Important,
    Critical,
}

/// The architecture names that only Debian and Ubuntu use; a package's id ends
/// with its architecture. Source: dpkg's `cputable` against rpm's `rpmrc`.
const DPKG_ARCHITECTURES: [&str; 8] = [
    "amd64", "arm64", "all", "armhf", "armel", "ppc64el", "riscv64", "i386",
];

impl Severity {
    /// From the most severe down, the usual order of display.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::Important,
        Self::Medium,
        Self::Low,
        Self::Unrated,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::Important => "Important",
            Self::Medium => "Medium",
            Self::Low => "Low",
            Self::Unrated => "Unrated",
        }
    }

    /// The severity of a word that a user typed; `None` for any other word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        const SYNONYMS: [(&str, Severity); 2] = [
            ("High", Severity::Important),
            ("Moderate", Severity::Medium),
        ];
        let own = Self::ALL
            .into_iter()
            .map(|severity| (severity.as_str(), severity));
        own.chain(SYNONYMS)
            .find(|(known, _)| is_same_word(known, word))
            .map(|(_, severity)| severity)
    }

    /// The severity of this patch, by its vendor's word.
    #[must_use]
    pub fn of_patch(patch: &Patch) -> Self {
        Self::from_vendor_word(patch.severity.as_deref(), patch.kb_id.as_deref())
    }

    /// The severity of a vendor's word, whose meaning depends on the vendor:
    /// the `important` of Debian and Ubuntu is a priority.
    #[must_use]
    pub fn from_vendor_word(word: Option<&str>, kb_id: Option<&str>) -> Self {
        let Some(word) = word else {
            return Self::Unrated;
        };
        let severity = Self::from_word(word).unwrap_or(Self::Unrated);
        let is_priority = severity == Self::Important
            && word == "important"
            && kb_id
                .and_then(|id| id.rsplit_once('.'))
                .is_some_and(|(_, arch)| DPKG_ARCHITECTURES.contains(&arch));
        if is_priority { Self::Unrated } else { severity }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_vendors_word_is_on_the_scale() {
        let rated = |word, kb| Severity::from_vendor_word(Some(word), Some(kb));
        for (word, kb, severity) in [
            ("Critical", "KB5023702", Severity::Critical),
            ("Important", "bind-libs.x86_64", Severity::Important),
            ("important", "evince.x86_64", Severity::Important),
            ("important", "bind9-libs.amd64", Severity::Unrated),
            ("important", "tzdata.all", Severity::Unrated),
            ("Moderate", "KB1", Severity::Medium),
            ("Medium", "bind.x86_64", Severity::Medium),
            ("low", "evince.noarch", Severity::Low),
            ("High", "bind.x86_64", Severity::Important),
            ("Unspecified", "KB1", Severity::Unrated),
            ("None", "bind.x86_64", Severity::Unrated),
            ("required", "libc6.amd64", Severity::Unrated),
            ("optional", "bind9.amd64", Severity::Unrated),
            ("", "KB1", Severity::Unrated),
        ] {
            assert_eq!(rated(word, kb), severity, "{word} of {kb}");
        }
        assert_eq!(Severity::from_vendor_word(None, None), Severity::Unrated);
    }

    #[test]
    fn the_scale_is_in_ascending_order() {
        assert!(Severity::ALL.is_sorted_by(|worse, better| worse > better));
    }

    proptest! {
        #[test]
        fn an_unknown_word_is_unrated(word in "\\PC{0,12}", kb in "\\PC{0,12}") {
            let rated = Severity::from_vendor_word(Some(&word), Some(&kb));
            prop_assert!(rated == Severity::Unrated || Severity::from_word(&word) == Some(rated));
        }
    }
}
