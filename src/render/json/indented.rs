//! JSON for people: indented and in colours. The bytes between are those of the document.

use std::io::{self, Write};

use crate::render::tone::Tone;

/// Passes JSON on with line breaks, indents and colours.
pub(crate) struct IndentedJson {
    out: Box<dyn Write>,
    color: bool,
    /// `{` or `[` of each object and list that is open.
    open: Vec<u8>,
    token: Token,
    /// The string or word at hand.
    text: Vec<u8>,
    /// Is the string at hand, or the next one, the key of a member?
    is_key: bool,
    /// Was a list or an object just opened, which may be empty?
    is_opened: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    None,
    String,
    /// After a backslash in a string.
    Escape,
    /// A number, `true`, `false` or `null`.
    Word,
}

impl IndentedJson {
    pub(crate) fn new(out: Box<dyn Write>, color: bool) -> Self {
        Self {
            out,
            color,
            open: Vec::new(),
            token: Token::None,
            text: Vec::new(),
            is_key: false,
            is_opened: false,
        }
    }

    /// Ends the string or word at hand.
    fn end_token(&mut self, shown: &mut Vec<u8>) {
        let tone = match self.text.first() {
            Some(b'"') if self.is_key => Tone::Strong,
            Some(b'"') => Tone::Good,
            Some(b'n') => Tone::Dim,
            _ => Tone::Plain,
        };
        // The document escapes what is not harmless, so that nothing changes here.
        let text = String::from_utf8_lossy(&self.text);
        shown.extend(tone.paint(&text, self.color).into_bytes());
        self.text.clear();
        self.token = Token::None;
    }

    fn break_line(&self, shown: &mut Vec<u8>) {
        shown.push(b'\n');
        shown.resize(shown.len() + 2 * self.open.len(), b' ');
    }

    fn take(&mut self, byte: u8, shown: &mut Vec<u8>) {
        match self.token {
            Token::String | Token::Escape => {
                self.text.push(byte);
                match byte {
                    b'"' if self.token == Token::String => self.end_token(shown),
                    b'\\' if self.token == Token::String => self.token = Token::Escape,
                    _ => self.token = Token::String,
                }
                return;
            }
            Token::Word if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => {
                return self.text.push(byte);
            }
            Token::Word => self.end_token(shown),
            Token::None => {}
        }
        if byte.is_ascii_whitespace() {
            return;
        }
        let closes = matches!(byte, b'}' | b']');
        if closes {
            self.open.pop();
        }
        // An empty one stays on its line.
        if self.is_opened != closes {
            self.break_line(shown);
        }
        self.is_opened = matches!(byte, b'{' | b'[');
        match byte {
            b'{' | b'[' => {
                self.open.push(byte);
                self.is_key = byte == b'{';
                shown.push(byte);
            }
            b',' => {
                shown.push(byte);
                self.break_line(shown);
                self.is_key = self.open.last() == Some(&b'{');
            }
            b':' => {
                shown.extend(b": ");
                self.is_key = false;
            }
            byte if closes => {
                shown.push(byte);
                if self.open.is_empty() {
                    shown.push(b'\n');
                }
            }
            byte => {
                self.text.push(byte);
                let is_string = byte == b'"';
                self.token = if is_string {
                    Token::String
                } else {
                    Token::Word
                };
            }
        }
    }
}

impl Write for IndentedJson {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut shown = Vec::with_capacity(2 * bytes.len());
        for byte in bytes {
            self.take(*byte, &mut shown);
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
