//! The one grammar of globs: `*` is any letters or none, `?` is any one letter. Pure.
//!
//! There is no way to write a plain `*` or `?`.

use std::fmt;

use wildmatch::WildMatch;

/// A word, or one with wildcards.
#[derive(Debug, Clone)]
pub struct Glob {
    text: Box<str>,
    wildcards: Option<WildMatch>,
}

impl Glob {
    /// A pattern to the letter: node ids, names, tags and patch groups are different
    /// where their case is.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            wildcards: is_glob(text).then(|| WildMatch::new(text)),
        }
    }

    /// A pattern with wildcards that matches in any case.
    #[must_use]
    pub fn new_case_insensitive(text: &str) -> Self {
        Self {
            text: text.into(),
            wildcards: Some(WildMatch::new_case_insensitive(text)),
        }
    }

    /// A pattern of KB ids with wildcards. `kb-50*` is KB50*. Elsewhere separators stay:
    /// with its hyphen dropped, `bind-*` would match bind9.
    #[must_use]
    pub fn of_kb_ids(text: &str) -> Self {
        let folded: String = text
            .chars()
            .filter(|letter| !matches!(letter, '_' | '-') && !letter.is_whitespace())
            .collect();
        let is_digit_or_wild = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'*' | b'?');
        let is_number = folded
            .get(..2)
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case("kb"))
            && folded[2..].bytes().all(is_digit_or_wild);
        Self::new_case_insensitive(if is_number { &folded } else { text })
    }

    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.wildcards {
            None => *self.text == *text,
            Some(glob) => glob.matches(text),
        }
    }

    /// The only text that it matches, if it has no wildcards.
    #[must_use]
    pub fn as_exact(&self) -> Option<&str> {
        self.wildcards.is_none().then_some(&*self.text)
    }

    /// The pattern, as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Two patterns are the same if they are written alike: where they match in any case is
/// decided by what they are for.
impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Glob {}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether the text has wildcards.
#[must_use]
pub(crate) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_letters_and_a_question_mark_is_one() {
        assert!(Glob::new("web-*").matches("web-") && Glob::new("web-?").matches("web-1"));
        assert!(!Glob::new("web-?").matches("web-") && !Glob::new("web-*").matches("Web-1"));
        assert!(Glob::new("web").matches("web") && !Glob::new("web").matches("web-1"));
        assert!(Glob::new_case_insensitive("ubuntu*").matches("Ubuntu"));
        assert_eq!(Glob::new("web").as_exact(), Some("web"));
        assert_eq!(Glob::new("w?b").as_exact(), None);
    }

    #[test]
    fn a_glob_of_kb_ids_folds_kb_numbers_alone() {
        assert!(Glob::of_kb_ids("kb-50*").matches("KB5023702"));
        assert!(Glob::of_kb_ids("Kernel*").matches("kernel.x86_64"));
        assert!(!Glob::of_kb_ids("bind-*").matches("bind9-libs.amd64"));
    }
}
