//! Sanitizes untrusted text for terminals and spreadsheets. Pure.

use std::borrow::Cow;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// Escapes control and bidirectional characters (`\u{1b}`, `\n`), so that a title
/// can neither move the cursor nor reorder text.
#[must_use]
pub(crate) fn sanitize(text: &str) -> Cow<'_, str> {
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

/// The same, truncated to `most` characters and `…`.
#[must_use]
pub(crate) fn sanitize_truncated(text: &str, most: usize) -> Cow<'_, str> {
    let end = |text: &str| text.char_indices().nth(most).map(|(at, _)| at);
    // Truncated before, to save work, and after, as escapes are longer.
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
pub(crate) fn percent_encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// C0, DEL and C1 controls; line and paragraph separators; the bidirectional
/// formatting characters of UAX #9; and zero-width characters, which are invisible.
#[must_use]
pub(crate) fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Where CSV goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CsvDestination {
    /// A program or a file: only controls and line ends are escaped.
    Pipe,
    /// A terminal, which also interprets other characters.
    Terminal,
}

/// A cell of CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CsvCell<'a> {
    pub text: Cow<'a, str>,
    /// Whether the text has a character at which a reader could split it. Spaces do
    /// not count, as every title has some.
    pub needs_quotes: bool,
}

/// Text for a cell of CSV: controls are escaped, and no spreadsheet interprets a
/// part of it as a formula, whatever separator it splits the file at.
///
/// A sign that starts a formula gets an apostrophe at the start of the cell and
/// after a separator or control character. Between two spaces, as in
/// `KB123 - Update`, it is kept: split at spaces, the sign alone is not a formula.
///
/// Source: OWASP, "CSV Injection". Spreadsheets in East Asian locales also
/// interpret the full-width forms. Not covered: an import with the apostrophe as
/// quotation mark.
#[must_use]
pub(crate) fn csv_cell(text: &str, reader: CsvDestination) -> CsvCell<'_> {
    let classes = byte_classes(text);
    let needs_quotes = classes & NEEDS_QUOTES != 0;
    if classes & (FORMULA_SIGN | CONTROL_OR_NON_ASCII) == 0 {
        return CsvCell {
            text: Cow::Borrowed(text),
            needs_quotes,
        };
    }
    CsvCell {
        // The byte classes do not include controls beyond ASCII.
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
        let is_escaped = match reader {
            CsvDestination::Pipe => is_control_or_line_end(letter),
            CsvDestination::Terminal => is_unsafe(letter),
        };
        if is_escaped {
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

/// The context before a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Preceding {
    /// The start of a cell if text is split at separators.
    Start,
    /// A space: a start if text is split at spaces.
    Space,
    Text,
}

/// A control character, or one beyond ASCII.
const CONTROL_OR_NON_ASCII: u8 = 1;
/// A character at which a reader could split a cell.
const NEEDS_QUOTES: u8 = 1 << 1;
/// A sign that starts a formula.
const FORMULA_SIGN: u8 = 1 << 2;
/// A character after which a sign is harmless, as in `x64-based`.
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

/// The classes of the bytes of a text; `FORMULA_SIGN` does not count inside words.
/// Without it and `CONTROL_OR_NON_ASCII`, the text is safe. Every cell passes
/// through this, so it reads each byte once, without branches.
fn byte_classes(text: &str) -> u8 {
    let (mut classes, mut before) = (0, 0);
    for byte in text.bytes() {
        let class = BYTE_CLASSES[usize::from(byte)];
        classes |= class & !((before & WORD_CHAR) >> 1);
        before = class;
    }
    classes
}

/// Does a spreadsheet take a text that starts with it for a formula?
pub(crate) fn starts_formula(letter: char) -> bool {
    matches!(letter, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// Separators, and quotation marks, which some readers drop.
fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ',' | ';' | '|' | ':' | '^' | '~' | '"' | '\'' | '`')
}

/// A control character or line end.
fn is_control_or_line_end(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_and_bidi_overrides_are_escaped() {
        assert_eq!(sanitize("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(sanitize("a\u{202e}b\u{85}"), "a\\u{202e}b\\u{85}");
        assert_eq!(sanitize("one\ttwo\r\n"), "one\\ttwo\\r\\n");
        assert!(matches!(sanitize("更新プログラム é"), Cow::Borrowed(_)));
    }

    fn piped(text: &str) -> Cow<'_, str> {
        csv_cell(text, CsvDestination::Pipe).text
    }

    #[test]
    fn formulas_get_an_apostrophe_wherever_a_cell_can_be_split() {
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
    fn ordinary_text_in_a_cell_is_unchanged() {
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
    fn text_is_truncated_after_escaping() {
        assert!(matches!(
            sanitize_truncated("five.", 5),
            Cow::Borrowed("five.")
        ));
        assert_eq!(sanitize_truncated("sixth.", 5), "sixth…");
        assert_eq!(sanitize_truncated("a\u{1b}\u{1b}", 5), "a\\u{1…");
    }

    proptest! {
        #[test]
        fn sanitized_text_has_no_unsafe_character(text in "\\PC*|[\\x00-\\x1f\\x7f-\\x9f\u{202a}-\u{202e}a]{0,20}") {
            let shown = sanitize(&text);
            prop_assert!(!shown.chars().any(is_unsafe));
            prop_assert!(matches!(sanitize(&shown), Cow::Borrowed(_)));
        }

        #[test]
        fn no_part_of_a_cell_starts_with_a_formula_sign(
            text in "[=+@\\-＝＠;,|: \\t\\r\\n\\x00\\x0b\u{85}\u{a0}\u{2028}\"'a-c]{0,12}",
        ) {
            let cell = piped(&text);
            prop_assert!(!cell.chars().any(is_control_or_line_end));
            // A backslash starts an escaped control.
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
        fn the_fast_path_gives_the_same_text(text in "[ -~]{0,12}|[=+@\\- ,;\ta1é]{0,8}") {
            prop_assert_eq!(piped(&text), neutralize_formulas(&text, CsvDestination::Pipe));
        }
    }
}
