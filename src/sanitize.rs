//! Text from AWS is untrusted: how it is made harmless where it is shown.
//!
//! Pure. Knows what a terminal or a spreadsheet would act on. Must not know
//! who prints.

use std::borrow::Cow;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// Makes control and bidirectional characters visible (`\u{1b}`, `\n`), so that
/// a title can neither move the cursor nor reorder what stands beside it.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_unsafe(letter) {
            push_escaped(&mut shown, letter);
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// The same of at most so many characters, and `…` where there are more.
#[must_use]
pub fn sanitize_truncated(text: &str, most: usize) -> Cow<'_, str> {
    let end = |text: &str| text.char_indices().nth(most).map(|(at, _)| at);
    // Cut before, as what is not shown need not be looked at, and after, as what
    // is made visible is longer.
    let first = end(text);
    let shown = sanitize(&text[..first.unwrap_or(text.len())]);
    match (first, end(&shown)) {
        (None, None) => shown,
        (_, second) => format!("{}…", &shown[..second.unwrap_or(shown.len())]).into(),
    }
}

fn push_escaped(shown: &mut String, letter: char) {
    match letter {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        letter => write!(shown, "\\u{{{:x}}}", u32::from(letter))
            .expect("writing to a string cannot fail"),
    }
}

/// All but the unreserved characters. Source: RFC 3986, 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The text as a segment of a path, or a value of a form or a query.
#[must_use]
pub fn percent_encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// C0, DEL and C1 controls; line and paragraph separators; the bidirectional
/// formatting characters of UAX #9; and zero-width characters, which hide.
#[must_use]
pub fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Who reads a cell of CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsvDestination {
    /// A program or a file: only controls and line ends are made visible.
    Pipe,
    /// A terminal, which also acts on other characters.
    Terminal,
}

/// A cell of CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvCell<'a> {
    pub text: Cow<'a, str>,
    /// Does the text hold what a reader could split it at? Spaces do not count: they
    /// are in every title.
    pub needs_quotes: bool,
}

/// Text for a cell of CSV: nothing in it acts, and no spreadsheet takes any part of
/// it for a formula, whatever it splits the file at.
///
/// A sign that starts a formula gets an apostrophe where it starts the cell, or
/// stands behind a separator or a control character. Behind a mere space, as in
/// `KB123 - Update`, it stays as it is when another space follows: split at spaces,
/// it is then a cell of its own, which is no formula.
///
/// Source: OWASP, "CSV Injection". The full-width forms are acted on by
/// spreadsheets in East Asian locales. Not covered: a spreadsheet that is told to
/// take the apostrophe for the quotation mark.
#[must_use]
pub fn csv_cell(text: &str, reader: CsvDestination) -> CsvCell<'_> {
    let classes = byte_classes(text);
    let needs_quotes = classes & NEEDS_QUOTES != 0;
    if classes & (FORMULA_SIGN | CONTROL_OR_NON_ASCII) == 0 {
        return CsvCell {
            text: Cow::Borrowed(text),
            needs_quotes,
        };
    }
    CsvCell {
        // The controls beyond ASCII are not among the classes.
        needs_quotes: needs_quotes || !text.is_ascii() && text.contains(char::is_control),
        text: neutralize_formulas(text, reader),
    }
}

fn neutralize_formulas(text: &str, reader: CsvDestination) -> Cow<'_, str> {
    let mut shown = String::with_capacity(text.len() + 8);
    let mut before = Preceding::Start;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if starts_formula(letter) {
            let is_alone = before == Preceding::Space && letters.peek() == Some(&' ');
            if before != Preceding::Text && !is_alone {
                shown.push('\'');
            }
            shown.push(letter);
            before = Preceding::Text;
            continue;
        }
        let acts = match reader {
            CsvDestination::Pipe => is_control_or_line_end(letter),
            CsvDestination::Terminal => is_unsafe(letter),
        };
        if acts {
            push_escaped(&mut shown, letter);
        } else {
            shown.push(letter);
        }
        before = match before {
            Preceding::Text if letter == ' ' => Preceding::Space,
            before if letter == ' ' => before,
            _ if is_unsafe(letter) || is_separator(letter) => Preceding::Start,
            _ => Preceding::Text,
        };
    }
    if shown == text {
        return Cow::Borrowed(text);
    }
    Cow::Owned(shown)
}

/// What a letter stands behind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Preceding {
    /// The start of a cell, where text is split at separators, and spaces.
    Start,
    /// A space: a start only where text is split at spaces.
    Space,
    Text,
}

/// A control character, or what is not ASCII.
const CONTROL_OR_NON_ASCII: u8 = 1;
/// What a reader could split a cell at.
const NEEDS_QUOTES: u8 = 1 << 1;
/// A sign that starts a formula.
const FORMULA_SIGN: u8 = 1 << 2;
/// What a sign may stand behind, as in `x64-based`.
const WORD_CHAR: u8 = 1 << 3;

const BYTE_CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = match byte {
            b',' | b';' | b'|' | b'"' => NEEDS_QUOTES,
            b'=' | b'+' | b'-' | b'@' => FORMULA_SIGN,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => WORD_CHAR,
            ..b' ' | 0x7f => CONTROL_OR_NON_ASCII | NEEDS_QUOTES,
            0x80.. => CONTROL_OR_NON_ASCII,
            _ => 0,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

/// What bytes there are in a text, where `SIGN` does not count inside words: without
/// it and `OTHER`, nothing has to be done. Each cell goes through this, so it looks
/// once at each byte and never jumps.
fn byte_classes(text: &str) -> u8 {
    let (mut classes, mut before) = (0, 0);
    for byte in text.bytes() {
        let class = BYTE_CLASSES[usize::from(byte)];
        classes |= class & !((before & WORD_CHAR) >> 1);
        before = class;
    }
    classes
}

fn starts_formula(letter: char) -> bool {
    matches!(letter, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// What people split text at, and the quotation marks, which some reader drops.
fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ',' | ';' | '|' | ':' | '^' | '~' | '"' | '\'' | '`')
}

/// Ends a line, or is no text at all.
fn is_control_or_line_end(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_and_bidi_overrides_are_shown_not_obeyed() {
        assert_eq!(sanitize("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(sanitize("a\u{202e}b\u{85}"), "a\\u{202e}b\\u{85}");
        assert_eq!(sanitize("one\ttwo\r\n"), "one\\ttwo\\r\\n");
        assert!(matches!(sanitize("更新プログラム é"), Cow::Borrowed(_)));
    }

    fn piped(text: &str) -> Cow<'_, str> {
        csv_cell(text, CsvDestination::Pipe).text
    }

    #[test]
    fn formulas_get_an_apostrophe_wherever_a_cell_may_be_split() {
        for (text, shown) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("＝1+1", "'＝1+1"),
            ("-", "'-"),
            ("  =1", "  '=1"),
            ("a;=1+1", "a;'=1+1"),
            ("a,b; - c", "a,b; '- c"),
            ("a\t=1+1", "a\\t'=1+1"),
            ("\0=1+1", "\\u{0}'=1+1"),
            ("a\n=1", "a\\n'=1"),
            ("a\u{85}＠x", "a\\u{85}'＠x"),
            ("a|@x", "a|'@x"),
            ("a =1+1", "a '=1+1"),
            ("a\u{a0}=1", "a\u{a0}'=1"),
            ("a =", "a '="),
            ("\u{feff}=1", "\u{feff}'=1"),
            ("x;\"=1\"", "x;\"'=1\""),
        ] {
            assert_eq!(piped(text), shown, "{text:?}");
        }
    }

    #[test]
    fn ordinary_text_in_a_cell_is_left_alone() {
        for text in [
            "",
            "2021-01 Update",
            "KB123 - Update; second part",
            "Visual C++ 2019 = new",
            "linux-libc-dev.amd64:32:9.8.2-0.68.rc1",
            "a@example.com",
            "更新プログラム - é",
            "(-1)",
            "zero\u{200d}width",
        ] {
            assert!(
                matches!(piped(text), Cow::Borrowed(same) if same == text),
                "{text:?}"
            );
        }
        assert_eq!(
            csv_cell("zero\u{200d}width", CsvDestination::Terminal).text,
            "zero\\u{200d}width"
        );
    }

    #[test]
    fn text_is_shortened_also_where_it_is_longer_once_it_is_visible() {
        assert!(matches!(
            sanitize_truncated("five.", 5),
            Cow::Borrowed("five.")
        ));
        assert_eq!(sanitize_truncated("sixth.", 5), "sixth…");
        assert_eq!(sanitize_truncated("a\u{1b}\u{1b}", 5), "a\\u{1…");
    }

    proptest! {
        #[test]
        fn nothing_that_acts_is_left_in_visible_text(text in "\\PC*|[\\x00-\\x1f\\x7f-\\x9f\u{202a}-\u{202e}a]{0,20}") {
            let shown = sanitize(&text);
            prop_assert!(!shown.chars().any(is_unsafe));
            prop_assert!(matches!(sanitize(&shown), Cow::Borrowed(_)));
        }

        #[test]
        fn no_part_of_a_cell_starts_with_a_sign_a_spreadsheet_acts_on(
            text in "[=+@\\-＝＠;,|: \\t\\r\\n\\x00\\x0b\u{85}\u{a0}\u{2028}\"'a-c]{0,12}",
        ) {
            let cell = piped(&text);
            prop_assert!(!cell.chars().any(is_control_or_line_end));
            // What stands behind a backslash was a control.
            for part in cell.split(|letter| is_separator(letter) && !matches!(letter, '\'' | ' ')) {
                let part = part.trim_start();
                prop_assert!(!part.starts_with(starts_formula), "{part:?} of {cell:?}");
            }
            let parts: Vec<&str> = cell.split(' ').collect();
            for (at, part) in parts.iter().enumerate() {
                let is_lone = part.chars().count() == 1 && at + 1 < parts.len();
                prop_assert!(is_lone || !part.starts_with(starts_formula), "{part:?} of {cell:?}");
            }
        }

        #[test]
        fn what_is_done_to_a_cell_does_not_hang_on_the_short_cut(text in "[ -~]{0,12}|[=+@\\- ,;\ta1é]{0,8}") {
            prop_assert_eq!(piped(&text), neutralize_formulas(&text, CsvDestination::Pipe));
        }
    }
}
