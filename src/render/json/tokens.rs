//! The tokens of a JSON document as its bytes come, for those who write it otherwise.

use std::borrow::Cow;

/// A token of a valid document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum JsonToken<'t> {
    /// The name of a member, as it is written.
    Key {
        text: Cow<'t, str>,
        is_first: bool,
    },
    /// A text as it is written, a number, `true`, `false` or `null`.
    Scalar {
        text: Cow<'t, str>,
        place: JsonPlace,
    },
    Open {
        is_list: bool,
        place: JsonPlace,
    },
    Close {
        is_list: bool,
        is_empty: bool,
    },
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonPlace {
    Root,
    /// After the name of its member.
    Member,
    /// In a list.
    Entry {
        is_first: bool,
    },
}

/// Finds the tokens.
#[derive(Default)]
pub(crate) struct JsonTokens {
    /// The objects and lists that are open.
    levels: Vec<Level>,
    within: Within,
    /// The string or word at hand.
    text: Vec<u8>,
}

struct Level {
    is_list: bool,
    /// How many members or entries have begun.
    count: usize,
    /// Is the next string the name of a member?
    expects_key: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    #[default]
    None,
    String,
    /// After a backslash in a string.
    Escape,
    /// A number, `true`, `false` or `null`.
    Word,
}

impl JsonTokens {
    /// The next token that ends in these bytes, which are taken off their start.
    pub(crate) fn next(&mut self, bytes: &mut &[u8]) -> Option<JsonToken<'_>> {
        while let Some((&byte, rest)) = bytes.split_first() {
            match self.within {
                Within::Word if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => {
                    self.text.push(byte);
                }
                // The byte after it is looked at again.
                Within::Word => return Some(self.end_scalar()),
                Within::String | Within::Escape => {
                    self.text.push(byte);
                    let is_end = byte == b'"' && self.within == Within::String;
                    self.within = if byte == b'\\' && self.within == Within::String {
                        Within::Escape
                    } else {
                        Within::String
                    };
                    if is_end {
                        *bytes = rest;
                        return Some(self.end_scalar());
                    }
                }
                Within::None => {
                    if let Some(token) = self.start(byte) {
                        *bytes = rest;
                        return Some(token);
                    }
                }
            }
            *bytes = rest;
        }
        None
    }

    /// Takes a byte outside of strings and words.
    fn start(&mut self, byte: u8) -> Option<JsonToken<'static>> {
        match byte {
            b'{' | b'[' => {
                let (is_list, place) = (byte == b'[', self.place());
                self.levels.push(Level {
                    is_list,
                    count: 0,
                    expects_key: !is_list,
                });
                return Some(JsonToken::Open { is_list, place });
            }
            b'}' | b']' => {
                let is_empty = self.levels.pop().is_none_or(|level| level.count == 0);
                let is_list = byte == b']';
                return Some(JsonToken::Close { is_list, is_empty });
            }
            b',' => {
                if let Some(level) = self.levels.last_mut() {
                    level.expects_key = !level.is_list;
                }
            }
            b':' => {}
            byte if byte.is_ascii_whitespace() => {}
            byte => {
                self.within = if byte == b'"' {
                    Within::String
                } else {
                    Within::Word
                };
                self.text.clear();
                self.text.push(byte);
            }
        }
        None
    }

    fn end_scalar(&mut self) -> JsonToken<'_> {
        self.within = Within::None;
        let key = self.levels.last_mut().filter(|level| level.expects_key);
        let is_first = key.map(|level| {
            level.expects_key = false;
            level.count += 1;
            level.count == 1
        });
        let place = is_first.is_none().then(|| self.place());
        // The document is UTF-8, so that nothing changes here.
        let text = String::from_utf8_lossy(&self.text);
        match (is_first, place) {
            (Some(is_first), _) => JsonToken::Key { text, is_first },
            (None, place) => JsonToken::Scalar {
                text,
                place: place.unwrap_or(JsonPlace::Root),
            },
        }
    }

    /// Where the value stands that begins or ends here.
    fn place(&mut self) -> JsonPlace {
        match self.levels.last_mut() {
            None => JsonPlace::Root,
            Some(level) if level.is_list => {
                level.count += 1;
                JsonPlace::Entry {
                    is_first: level.count == 1,
                }
            }
            Some(_) => JsonPlace::Member,
        }
    }
}
