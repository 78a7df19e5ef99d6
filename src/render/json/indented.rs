//! JSON for people: indented and in colours. The bytes between are those of the document.

use std::io::{self, Write};

use crate::render::json::tokens::{JsonPlace, JsonToken, JsonTokens};
use crate::render::tone::Tone;

/// Passes JSON on with line breaks, indents and colours.
pub(crate) struct IndentedJson {
    out: Box<dyn Write>,
    color: bool,
    tokens: JsonTokens,
    /// How many objects and lists are open.
    depth: usize,
}

impl IndentedJson {
    pub(crate) fn new(out: Box<dyn Write>, color: bool) -> Self {
        Self {
            out,
            color,
            tokens: JsonTokens::default(),
            depth: 0,
        }
    }
}

/// What stands before a member or an entry.
fn break_line(shown: &mut Vec<u8>, is_first: bool, depth: usize) {
    shown.extend(if is_first { "\n" } else { ",\n" }.bytes());
    shown.resize(shown.len() + 2 * depth, b' ');
}

impl Write for IndentedJson {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut shown = Vec::with_capacity(2 * bytes.len());
        let mut rest = bytes;
        while let Some(token) = self.tokens.next(&mut rest) {
            if let JsonToken::Scalar { place, .. } | JsonToken::Open { place, .. } = &token
                && let JsonPlace::Entry { is_first } = *place
            {
                break_line(&mut shown, is_first, self.depth);
            }
            match token {
                JsonToken::Key { text, is_first } => {
                    break_line(&mut shown, is_first, self.depth);
                    shown.extend(Tone::Strong.paint(&text, self.color).bytes());
                    shown.extend(b": ");
                }
                JsonToken::Scalar { text, .. } => {
                    let tone = match text.as_bytes().first() {
                        Some(b'"') => Tone::Good,
                        Some(b'n') => Tone::Dim,
                        _ => Tone::Plain,
                    };
                    shown.extend(tone.paint(&text, self.color).bytes());
                }
                JsonToken::Open { is_list, .. } => {
                    self.depth += 1;
                    shown.push(if is_list { b'[' } else { b'{' });
                }
                JsonToken::Close { is_list, is_empty } => {
                    self.depth = self.depth.saturating_sub(1);
                    // An empty one stays on its line.
                    if !is_empty {
                        break_line(&mut shown, true, self.depth);
                    }
                    shown.push(if is_list { b']' } else { b'}' });
                    if self.depth == 0 {
                        shown.push(b'\n');
                    }
                }
            }
        }
        self.out.write_all(&shown)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn indented(json: &str, color: bool, piece: usize) -> String {
        let out = Shared::default();
        let mut indented = IndentedJson::new(Box::new(out.clone()), color);
        for bytes in json.as_bytes().chunks(piece) {
            indented.write_all(bytes).unwrap();
        }
        String::from_utf8(out.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn keys_strings_and_null_differ_in_colour() {
        let json = r#"{"A":null,"B":["x",1]}"#;
        assert_eq!(
            indented(json, true, 100),
            "{\n  \u{1b}[1m\"A\"\u{1b}[0m: \u{1b}[2mnull\u{1b}[0m,\n  \u{1b}[1m\"B\"\u{1b}[0m: [\n    \u{1b}[38;5;2m\"x\"\u{1b}[39m,\n    1\n  ]\n}\n"
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-c\"\\\\{}:,\\[\\] \n\u{e9}]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c\":]{0,3}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_is_what_serde_prints_for_people(value in any_json(), piece in 1usize..9) {
            let value = json!({"V": value});
            let pretty = serde_json::to_string_pretty(&value).unwrap() + "\n";
            prop_assert_eq!(indented(&value.to_string(), false, piece), pretty);
        }
    }
}
