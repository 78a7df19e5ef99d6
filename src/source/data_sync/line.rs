//! A line of an object of a Resource Data Sync: one JSON object whose values are texts.
//! Members that are not known are ignored, and none has to be there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::record::{Count, Moment};
use crate::sanitize::sanitize_truncated;

/// The most characters of a value that a message shows.
const MAX_SHOWN_CHARS: usize = 40;

/// The members of a line, by AWS's names.
#[derive(Debug)]
pub(super) struct Line<'a>(BTreeMap<Cow<'a, str>, Member<'a>>);

/// A value: a text, or what stands in its place.
#[derive(Debug)]
enum Member<'a> {
    Text(Cow<'a, str>),
    Other(Value),
}

impl<'de: 'a, 'a> Deserialize<'de> for Member<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Member<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Member::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Member::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Member::Text(Cow::Borrowed("")))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Member::Text(Cow::Owned(number.to_string())))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Member::Text(Cow::Owned(number.to_string())))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Member::Other(number.into()))
            }

            fn visit_bool<E>(self, is: bool) -> Result<Self::Value, E> {
                Ok(Member::Other(is.into()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut items: A,
            ) -> Result<Self::Value, A::Error> {
                while items.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Member::Other(Value::Array(Vec::new())))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut members: A,
            ) -> Result<Self::Value, A::Error> {
                use serde::de::IgnoredAny;
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Member::Other(Value::Object(serde_json::Map::new())))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// The name of a member, borrowed where it can be.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Line<'a> {
    /// Reads a line about this node.
    ///
    /// # Errors
    /// When it is no JSON object, or is about another node.
    pub(super) fn parse(text: &'a [u8], node_id: &str) -> Result<Self, String> {
        let members: BTreeMap<Name<'a>, Member<'a>> =
            serde_json::from_slice(text).map_err(|error| format!("not a JSON object: {error}"))?;
        let line = Self(
            members
                .into_iter()
                .map(|(name, value)| (name.0, value))
                .collect(),
        );
        match line.text("resourceId") {
            Ok(Some(id)) if id != node_id => {
                Err(format!("it is about another node, {}", shown(id)))
            }
            Ok(_) => Ok(line),
            Err(value) => Err(format!("resourceId cannot be read: {value}")),
        }
    }

    /// The value of a member; `None` if it is absent or empty.
    ///
    /// # Errors
    /// The value as it is shown, if it is no text.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Member::Text(text)) => Ok(Some(&**text).filter(|text| !text.is_empty())),
            Some(Member::Other(value)) => Err(shown(&value.to_string())),
        }
    }

    /// The same, where what cannot be read is as good as absent.
    pub(super) fn text_or_none(&self, name: &str) -> Option<&str> {
        self.text(name).ok().flatten()
    }

    /// A counter; `-1` stands for one that could not be counted.
    ///
    /// # Errors
    /// The value as it is shown, if it is no number.
    pub(super) fn count(&self, name: &str) -> Result<Count, String> {
        match self.text(name)? {
            None | Some("-1") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| shown(text)),
        }
    }

    /// A time; 1970 and before stand for one that is not known.
    ///
    /// # Errors
    /// The value as it is shown, if it is no time.
    pub(super) fn time(&self, name: &str) -> Result<Moment, String> {
        match self.text(name)? {
            None => Ok(None),
            Some(text) => {
                // `0001-01-01T00:00:00Z` is one, too.
                let time: Timestamp = text.parse().map_err(|_| shown(text))?;
                Ok(Some(time).filter(|time| *time > Timestamp::UNIX_EPOCH))
            }
        }
    }

    /// The members whose names end so, with their values.
    pub(super) fn ending_with<'s>(
        &'s self,
        end: &'s str,
    ) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.0.iter().filter_map(move |(name, value)| match value {
            Member::Text(text) if name.ends_with(end) => Some((&**name, &**text)),
            _ => None,
        })
    }
}

/// The lines of an object that are not blank.
pub(super) fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
}

fn shown(value: &str) -> String {
    sanitize_truncated(value, MAX_SHOWN_CHARS).into_owned()
}
