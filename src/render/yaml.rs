//! YAML, as the AWS CLI prints it: the JSON document of an answer in block style, passed on
//! as it comes. Whatever a reader could take for something else than a text is in quotes.
//!
//! By hand, as what a terminal acts on must be escaped, of which serializers know nothing.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use anyhow::Result;

use crate::columns::Row;
use crate::render::json::JsonRenderer;
use crate::render::json::tokens::{JsonPlace, JsonToken, JsonTokens};
use crate::render::{RenderFooter, Renderer};
use crate::report::Note;
use crate::sanitize::is_unsafe;

/// Writes the JSON document of rows as YAML.
pub(super) struct YamlRenderer<R: 'static> {
    pub document: JsonRenderer<R>,
    pub yaml: YamlState,
}

impl<R: Row<Footer: RenderFooter>> Renderer<R> for YamlRenderer<R> {
    fn write_header(&mut self, out: &mut dyn Write) -> Result<()> {
        self.document.write_header(&mut self.yaml.writer(out))
    }

    fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()> {
        self.document.write_row(row, &mut self.yaml.writer(out))
    }

    fn write_footer(
        &mut self,
        footer: &R::Footer,
        notes: &[Note],
        out: &mut dyn Write,
    ) -> Result<()> {
        let mut out = self.yaml.writer(out);
        self.document.write_footer(footer, notes, &mut out)
    }
}

/// How far the document at hand is written.
#[derive(Default)]
pub(crate) struct YamlState {
    tokens: JsonTokens,
    /// The objects and lists that are open.
    levels: Vec<Level>,
}

struct Level {
    /// Of its lines.
    indent: usize,
    /// What stands before it on its line.
    place: JsonPlace,
}

/// Takes JSON, and writes YAML to `out`.
pub(crate) struct YamlWriter<'o> {
    state: &'o mut YamlState,
    out: &'o mut dyn Write,
}

impl YamlState {
    /// Goes on with the document where it was left.
    pub(crate) fn writer<'o>(&'o mut self, out: &'o mut dyn Write) -> YamlWriter<'o> {
        YamlWriter { state: self, out }
    }
}

impl Write for YamlWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let YamlState { tokens, levels } = &mut *self.state;
        let mut shown = String::with_capacity(2 * bytes.len());
        let mut rest = bytes;
        while let Some(token) = tokens.next(&mut rest) {
            if let JsonToken::Scalar { place, .. } | JsonToken::Open { place, .. } = &token
                && let JsonPlace::Entry { is_first } = *place
            {
                start_line(&mut shown, levels.last(), is_first);
                shown.push('-');
            }
            match token {
                JsonToken::Key { text, is_first } => {
                    start_line(&mut shown, levels.last(), is_first);
                    push_scalar(&mut shown, &text, JsonPlace::Member)?;
                    shown.push(':');
                }
                JsonToken::Scalar { text, place } => {
                    if place != JsonPlace::Root {
                        shown.push(' ');
                    }
                    push_scalar(&mut shown, &text, place)?;
                    shown.push('\n');
                }
                JsonToken::Open { is_list, place } => {
                    let outer = levels.last().map_or(0, |level| level.indent);
                    let is_level =
                        place == JsonPlace::Root || place == JsonPlace::Member && is_list;
                    levels.push(Level {
                        // The dashes of a list stand below the name of its member.
                        indent: if is_level { outer } else { outer + 2 },
                        place,
                    });
                }
                JsonToken::Close { is_list, is_empty } => {
                    let place = levels.pop().map(|level| level.place);
                    if is_empty {
                        if place.is_some_and(|place| place != JsonPlace::Root) {
                            shown.push(' ');
                        }
                        shown.push_str(if is_list { "[]\n" } else { "{}\n" });
                    }
                }
            }
        }
        self.out.write_all(shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What stands before a dash or the name of a member.
fn start_line(shown: &mut String, level: Option<&Level>, is_first: bool) {
    let Some(level) = level else {
        return;
    };
    match level.place {
        // On the line of the dash.
        JsonPlace::Entry { .. } if is_first => return shown.push(' '),
        JsonPlace::Member if is_first => shown.push('\n'),
        _ => {}
    }
    shown.extend(std::iter::repeat_n(' ', level.indent));
}

/// A token of JSON as YAML.
fn push_scalar(shown: &mut String, token: &str, place: JsonPlace) -> io::Result<()> {
    if !token.starts_with('"') {
        shown.push_str(&number_text(token));
        return Ok(());
    }
    let text: Cow<'_, str> = serde_json::from_str(token)?;
    // The AWS CLI prints the one text that a query finds as JSON.
    if place != JsonPlace::Root && is_plain(&text) {
        shown.push_str(&text);
    } else {
        push_quoted(shown, &text);
    }
    Ok(())
}

/// A number as every reader takes it: those of YAML 1.1 know `1.0e+16`, and `1e16` as text.
fn number_text(token: &str) -> Cow<'_, str> {
    let exponent = token.split_once(['e', 'E']);
    let Some((digits, exponent)) = exponent.filter(|_| !matches!(token, "true" | "false")) else {
        return token.into();
    };
    let point = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) {
        ""
    } else {
        "+"
    };
    format!("{digits}{point}e{sign}{exponent}").into()
}

/// Words that readers of YAML 1.1 or 1.2 take for something else than a text.
const RESERVED: [&str; 11] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
];

/// Is the text the same without quotes to every reader? Stricter than YAML: a text that
/// starts with a letter is no number, date or indicator.
fn is_plain(text: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || " ._/()+-,:".contains(letter);
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(is_word)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn push_quoted(shown: &mut String, text: &str) {
    shown.push('"');
    for letter in text.chars() {
        let code = u32::from(letter);
        match letter {
            '"' => shown.push_str("\\\""),
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            // Also what YAML 1.1 takes for a line break, and what it does not allow.
            letter if is_unsafe(letter) || matches!(code, 0xfffe | 0xffff) => {
                let escaped = match code {
                    ..=0xff => write!(shown, "\\x{code:02x}"),
                    0x100..=0xffff => write!(shown, "\\u{code:04x}"),
                    _ => write!(shown, "\\U{code:08x}"),
                };
                escaped.expect("writing to a string cannot fail");
            }
            letter => shown.push(letter),
        }
    }
    shown.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn yaml(json: &str, piece: usize) -> String {
        let (mut out, mut state) = (Vec::new(), YamlState::default());
        for bytes in json.as_bytes().chunks(piece) {
            state.writer(&mut out).write_all(bytes).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_document_has_the_block_style_of_the_aws_cli() {
        let json = r#"{"A":[{"Id":"i-1","Count":0,"L":["x",[1,[]],{"B":{}}]},{"Id":null}],
            "tag:a b":{"C":true,"D":1.5},"E":[],"F":{"G":{"H":["yes or no"]}}}"#;
        let expected = "\
A:
- Id: i-1
  Count: 0
  L:
  - x
  - - 1
    - []
  - B: {}
- Id: null
tag:a b:
  C: true
  D: 1.5
E: []
F:
  G:
    H:
    - yes or no
";
        for piece in 1..9 {
            assert_eq!(yaml(json, piece), expected);
        }
        assert_eq!(yaml("[[1,2],[3]]\n", 9), "- - 1\n  - 2\n- - 3\n");
        for (json, expected) in [
            ("3\n", "3\n"),
            ("[]\n", "[]\n"),
            ("null\n", "null\n"),
            ("\"FAIL\"\n", "\"FAIL\"\n"),
            ("1e16\n", "1.0e+16\n"),
            ("1.5e-7\n", "1.5e-7\n"),
        ] {
            assert_eq!(yaml(json, 2), expected);
        }
    }

    #[test]
    fn a_text_that_reads_as_something_else_is_quoted() {
        for text in [
            "",
            "~",
            "no",
            "Yes",
            "ON",
            "y",
            "null",
            "NULL",
            "true",
            "1e3",
            "0x1f",
            "1_000",
            "12:30:45",
            "2026-11-26",
            "2026-11-26T05:00:00Z",
            "111122223333",
            ".inf",
            "nan",
            "=",
            "<<",
            "- a",
            ": x",
            "a: b",
            "a:",
            "#",
            "a #b",
            " a",
            "a ",
            "a\nb",
            "[a]",
            "{a}",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "'a'",
            "\"a\"",
            "---",
            "...",
            "? a",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{202e}b",
            "\u{feff}a",
            "a\u{ffff}b",
            "a\u{e0001}b",
            "a\u{1b}[31mb",
        ] {
            let json = serde_json::to_string(text).unwrap() + "\n";
            let line = yaml(&format!("[{json}]"), 3);
            assert!(line.starts_with("- \"") && line.ends_with("\"\n"), "{line}");
            assert!(!line[..line.len() - 1].contains(is_unsafe), "{line:?}");
        }
        for text in [
            "i-0abc",
            "KB5001",
            "Gr\u{fc}n (a), b/c",
            "pb-1",
            "tag:Team",
            "x64-based 1.0",
        ] {
            assert_eq!(yaml(&format!("[\"{text}\"]"), 5), format!("- {text}\n"));
        }
    }

    proptest! {
        #[test]
        fn quotes_hold_every_text_on_one_line(text in any::<String>()) {
            let mut shown = String::new();
            push_quoted(&mut shown, &text);
            prop_assert!(!shown.contains(is_unsafe));
            // Readers of YAML are asked in .ci/yaml_document.py; of the escapes, JSON has these.
            if !shown.contains("\\x") && !shown.contains("\\U") {
                prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
            }
        }
    }
}
