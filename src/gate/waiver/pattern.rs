//! The patterns of a waiver: how each is written, and what it matches.
//!
//! A pattern never matches more than it says: a node whose finding is waived by mistake
//! stays exposed.

use crate::glob::{Glob, is_glob};
use crate::record::{is_account_id, is_same_word, normalize_cve_id, normalize_windows_kb};

/// The KB id of a patch: a KB number on Windows, a package elsewhere.
#[derive(Debug, Clone)]
pub(super) enum KbPattern {
    /// One id, and the KB number that it may stand for. Separators do not matter
    /// in KB numbers alone: `python3-dns` is not `python3dns`.
    Exact(String, Option<String>),
    /// Case does not matter.
    Glob(Glob),
}

impl KbPattern {
    /// None where there is nothing but separators.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if is_same_word(text, "") {
            return None;
        }
        if !is_glob(text) {
            return Some(Self::Exact(text.to_owned(), normalize_windows_kb(text)));
        }
        Some(Self::Glob(Glob::of_kb_ids(text)))
    }

    pub(super) fn matches(&self, kb: &str) -> bool {
        match self {
            Self::Exact(id, number) => {
                kb.eq_ignore_ascii_case(id)
                    || number
                        .as_ref()
                        .is_some_and(|number| is_same_word(kb, number))
            }
            Self::Glob(glob) => glob.matches(kb),
        }
    }
}

/// The id of a CVE.
#[derive(Debug, Clone)]
pub(super) enum CvePattern {
    Exact(String),
    Glob(Glob),
}

impl CvePattern {
    /// None where it is not of the form of a CVE id, with wildcards for digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !is_glob(text) {
            return normalize_cve_id(text).map(Self::Exact);
        }
        let digits = strip_cve_prefix(text)?;
        let (year, number) = match digits.split_once('-') {
            Some((year, number)) => (year, Some(number)),
            None => (digits, None),
        };
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(is_digit_or_wild);
        // One star can stand for the rest of a year, its hyphen and a number.
        let is_year = is_part(year) && (year.contains('*') || year.len() == 4 && number.is_some());
        (is_year && number.is_none_or(is_part))
            .then(|| Self::Glob(Glob::new_case_insensitive(text)))
    }

    /// What is no CVE id is matched by no pattern: it may be two of them, joined
    /// in a way that is not known.
    pub(super) fn matches(&self, cve: &str) -> bool {
        match self {
            Self::Exact(id) => is_same_word(cve, id),
            Self::Glob(glob) => is_cve_id(cve) && glob.matches(cve),
        }
    }
}

/// A tag: its key to the letter, and a pattern for its value.
#[derive(Debug, Clone)]
pub(super) struct TagPattern {
    pub key: Box<str>,
    pub value: Glob,
}

impl TagPattern {
    /// None where it is not written `KEY=VALUE`, or has wildcards in the key.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (key, value) = text.split_once('=')?;
        let is_fine = !key.trim().is_empty() && !is_glob(key) && !value.trim().is_empty();
        is_fine.then(|| Self {
            key: key.into(),
            value: Glob::new(value),
        })
    }
}

/// The id of an account, which has no wildcards.
pub(super) fn parse_account_id(text: &str) -> Option<Box<str>> {
    let text = text.trim();
    is_account_id(text).then(|| text.into())
}

/// Is it made of wildcards alone, and what stands within all ids? Then it names
/// nothing. `mi-*` and `KB*` name a kind, and are told with what they waive.
pub(super) fn is_catch_all(text: &str) -> bool {
    let rest = strip_cve_prefix(text.trim()).unwrap_or(text.trim());
    is_glob(rest) && rest.bytes().all(|b| matches!(b, b'*' | b'?' | b'-' | b'.'))
}

fn is_digit_or_wild(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'*' | b'?')
}

fn strip_cve_prefix(text: &str) -> Option<&str> {
    let (prefix, rest) = text.split_at_checked(4)?;
    prefix.eq_ignore_ascii_case("cve-").then_some(rest)
}

/// `CVE-`, the year, and a number.
fn is_cve_id(id: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    strip_cve_prefix(id)
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(year, number)| year.len() == 4 && is_number(year) && is_number(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::waiver::tests::missing;
    use crate::plan::filter::Filter;
    use proptest::prelude::*;

    fn kb(pattern: &str, id: &str) -> bool {
        KbPattern::parse(pattern).is_some_and(|pattern| pattern.matches(id))
    }

    fn cve(pattern: &str, id: &str) -> bool {
        CvePattern::parse(pattern).is_some_and(|pattern| pattern.matches(id))
    }

    #[test]
    fn kb_ids_are_compared_in_any_spelling_and_globs_in_any_case() {
        assert!(kb("kb-5023702", "KB5023702") && kb("5023702", "KB5023702"));
        assert!(kb("kb_50*", "KB5023702") && kb("KB50????2", "KB5023702"));
        assert!(kb("OpenSSL*.x86_64", "openssl-libs.x86_64"));
        assert!(!kb("50*", "KB5023702") && !kb("KB502370", "KB5023702"));
        assert!(KbPattern::parse(" -_ ").is_none());
    }

    #[test]
    fn a_glob_of_packages_keeps_its_hyphens() {
        assert!(kb("bind-*", "bind-libs.x86_64"));
        assert!(!kb("bind-*", "bind9-libs.amd64"));
    }

    #[test]
    fn a_cve_pattern_matches_whole_ids_alone() {
        assert!(cve("cve_2024_21338", "CVE-2024-21338"));
        for pattern in ["CVE-2024-*", "cve-202?-21338", "CVE-20*-21338", "CVE-2024*"] {
            assert!(cve(pattern, "CVE-2024-21338"), "{pattern}");
            assert!(!cve(pattern, "CVE-2024-21338 CVE-2025-1"), "{pattern}");
            assert!(!cve(pattern, "CVE-2023-1"), "{pattern}");
        }
    }

    #[test]
    fn what_is_not_of_the_form_of_a_cve_id_is_no_pattern() {
        for text in [
            "*",
            "2024-*",
            "CVE-24-*",
            "CVE-202?",
            "CVE-2024-",
            "CVE--*",
            "CVE-2024-x*",
            "CVE*",
            "CVE-2024-1",
            "CVE-2024-1111,CVE-2024-2222",
            "CVE-20é*",
            "",
        ] {
            assert!(CvePattern::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn wildcards_alone_are_anything() {
        for text in ["*", " ** ", "?*", "*.*", "*-*", "CVE-*", "cve-????-*"] {
            assert!(is_catch_all(text), "{text}");
        }
        for text in ["", "-", "KB*", "i-*", "CVE-2024-*"] {
            assert!(!is_catch_all(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_kb_id_without_wildcards_matches_no_more_than_the_filter_and_all_spellings_of_a_number(
            pattern in "[kK][bB][-_ ]?[0-9]{1,3}|[0-9]{1,3}|[a-c._-]{1,4}",
            id in "KB[0-9]{1,3}|[0-9]{1,3}|[a-c._-]{1,4}",
        ) {
            prop_assume!(!is_same_word(&pattern, ""));
            let filter = Filter { kb_ids: vec![pattern.clone()], ..Filter::default() };
            let passes = filter.matches(&missing("i-1", &id, ""));
            // Separators within the name of a package tell it from another one.
            let is_package = normalize_windows_kb(&pattern).is_none();
            prop_assert_eq!(kb(&pattern, &id), passes && (!is_package || id == pattern));
        }

        #[test]
        fn a_cve_glob_never_matches_what_is_no_cve_id(id in "(CVE-)?[0-9]{1,5}[-, ]?[0-9CVE-]{0,8}") {
            if cve("CVE-*", &id) {
                prop_assert_eq!(id.matches("CVE").count(), 1);
                prop_assert!(is_cve_id(&id));
            }
        }
    }
}
