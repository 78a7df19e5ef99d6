//! Text from AWS is untrusted: how it is made harmless where it is shown.
//!
//! Pure. Knows what a terminal or a spreadsheet would act on. Must not know
//! who prints.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Makes control and bidirectional characters visible (`\u{1b}`, `\n`), so that
/// a title can neither move the cursor nor reorder what stands beside it.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_acting) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            letter if is_acting(letter) => {
                write!(shown, "\\u{{{:x}}}", u32::from(letter))
                    .expect("writing to a string cannot fail");
            }
            letter => shown.push(letter),
        }
    }
    Cow::Owned(shown)
}

/// C0, DEL and C1 controls; line and paragraph separators; the bidirectional
/// formatting characters of UAX #9; and zero-width characters, which hide.
#[must_use]
pub fn is_acting(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Keeps a spreadsheet from reading text as a formula: a cell that starts with
/// a sign it acts on gets a leading apostrophe.
///
/// Source: OWASP, "CSV Injection". The full-width forms are acted on by
/// spreadsheets in East Asian locales.
#[must_use]
pub fn no_formula(text: &str) -> Cow<'_, str> {
    let acts = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if acts {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_and_bidi_overrides_are_shown_not_obeyed() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("a\u{202e}b\u{85}"), "a\\u{202e}b\\u{85}");
        assert_eq!(visible("one\ttwo\r\n"), "one\\ttwo\\r\\n");
        assert!(matches!(visible("更新プログラム é"), Cow::Borrowed(_)));
    }

    #[test]
    fn formulas_are_quoted_and_numbers_inside_text_left_alone() {
        assert_eq!(no_formula("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(no_formula("＝1+1"), "'＝1+1");
        assert_eq!(no_formula("2021-01 Update"), "2021-01 Update");
        assert_eq!(no_formula(""), "");
    }

    proptest! {
        #[test]
        fn nothing_that_acts_is_left_in_visible_text(text in "\\PC*|[\\x00-\\x1f\\x7f-\\x9f\u{202a}-\u{202e}a]{0,20}") {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(is_acting));
            prop_assert!(matches!(visible(&shown), Cow::Borrowed(_)));
        }

        #[test]
        fn a_cell_never_starts_with_a_sign_a_spreadsheet_acts_on(text in "[=+@\\-\\t\\ra-z]{0,5}") {
            let cell = no_formula(&text);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            prop_assert!(cell.ends_with(&*text));
        }
    }
}
