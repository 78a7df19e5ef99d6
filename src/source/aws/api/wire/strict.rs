//! Strict parsers of JSON responses: a body that is not the requested document
//! is an error, and never an empty list.
//!
//! AWS sends the list of a list call in every response, an empty one as `[]`,
//! also on an empty page before the last; a row is an object. Source: raw
//! responses of DescribeInstanceInformation and ListCommandInvocations in
//! aws-cli issue 2626 and boto3 issue 2643, and the samples of the CLI
//! reference.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::source::aws::api::wire::borrowed_text::Text;

/// Why a response is not the requested document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BodyError(Cow<'static, str>);

impl BodyError {
    pub(crate) fn new(cause: impl Into<Cow<'static, str>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BodyError {}

impl From<&'static str> for BodyError {
    fn from(cause: &'static str) -> Self {
        Self::new(cause)
    }
}

impl From<serde_json::Error> for BodyError {
    fn from(error: serde_json::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// A type that is parsed from the body of a response.
pub(crate) trait FromBody: Sized + Send + 'static {
    /// Parses the body.
    ///
    /// # Errors
    /// If it is not exactly one complete document of this kind.
    fn from_body(body: &[u8]) -> Result<Self, BodyError>;
}

/// One page of a list.
#[derive(Debug, PartialEq)]
pub(crate) struct Page<T> {
    pub rows: Vec<T>,
    /// Where the next page starts; an empty token means there is none.
    pub next_token: Option<String>,
}

/// The most rows of a page, for requests of 50. Within the size limit, a
/// response could hold millions of the smallest rows, which would take
/// gigabytes.
pub(crate) const MAX_PAGE_ROWS: usize = 10_000;

/// Parses the response of a list call: an object with a list under `member` and
/// possibly a token of the next page. A token that is `null` is none: the AWS
/// JSON protocols treat a null member as absent. Source: Smithy, "AWS JSON 1.1
/// protocol". `make` makes a row of each object in the list, or returns what it
/// lacks.
///
/// # Errors
/// If the body is anything else, or a row is: a row that cannot be read may be
/// the one that matters.
pub(super) fn read_list<'a, R, T>(
    body: &'a [u8],
    member: &'static str,
    make: impl FnMut(R) -> Result<T, BodyError>,
) -> Result<Page<T>, BodyError>
where
    R: Deserialize<'a>,
{
    let row = PhantomData;
    read_json(
        body,
        ListSeed {
            member,
            make_row: make,
            row_type: row,
        },
    )
}

/// Parses a response that is one object.
///
/// # Errors
/// If the body is anything else.
pub(super) fn read_object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, BodyError> {
    read_json(body, PhantomData::<JsonObject<T>>).map(|object| object.0)
}

fn read_json<'a, S: DeserializeSeed<'a>>(body: &'a [u8], seed: S) -> Result<S::Value, BodyError> {
    if body.trim_ascii().is_empty() {
        return Err(BodyError::new("it is empty"));
    }
    // UTF-8 is checked once for the whole body, not for each of its strings.
    let text =
        std::str::from_utf8(body).map_err(|error| BodyError::new(format!("not UTF-8: {error}")))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(read)
}

/// Parses the response of a list call.
struct ListSeed<R, F> {
    member: &'static str,
    make_row: F,
    row_type: PhantomData<R>,
}

impl<'de, R, T, F> DeserializeSeed<'de> for ListSeed<R, F>
where
    R: Deserialize<'de>,
    F: FnMut(R) -> Result<T, BodyError>,
{
    type Value = Page<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R, T, F> Visitor<'de> for ListSeed<R, F>
where
    R: Deserialize<'de>,
    F: FnMut(R) -> Result<T, BodyError>,
{
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with {}", self.member)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Page<T>, A::Error> {
        let mut rows = None;
        let mut next: Option<Option<Text<'_>>> = None;
        while let Some(key) = map.next_key::<Text<'_>>()? {
            match &*key.0 {
                key if key == self.member => {
                    if rows.is_some() {
                        return Err(Error::duplicate_field(self.member));
                    }
                    let (make, row) = (&mut self.make_row, PhantomData::<R>);
                    rows = Some(map.next_value_seed(RowsSeed {
                        make_row: make,
                        row_type: row,
                    })?);
                }
                "NextToken" => {
                    if next.is_some() {
                        return Err(Error::duplicate_field("NextToken"));
                    }
                    next = Some(map.next_value()?);
                }
                "__type" => return Err(Error::custom("an error with the status of an answer")),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let next = next.flatten().map(|token| token.0.into_owned());
        Ok(Page {
            rows: rows.ok_or_else(|| Error::missing_field(self.member))?,
            next_token: next.filter(|token| !token.is_empty()),
        })
    }
}

/// Parses the list itself.
struct RowsSeed<'f, R, F> {
    make_row: &'f mut F,
    row_type: PhantomData<R>,
}

impl<'de, R, T, F> DeserializeSeed<'de> for RowsSeed<'_, R, F>
where
    R: Deserialize<'de>,
    F: FnMut(R) -> Result<T, BodyError>,
{
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, R, T, F> Visitor<'de> for RowsSeed<'_, R, F>
where
    R: Deserialize<'de>,
    F: FnMut(R) -> Result<T, BodyError>,
{
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut rows = Vec::new();
        while let Some(JsonObject(row)) = items.next_element::<JsonObject<R>>()? {
            if rows.len() == MAX_PAGE_ROWS {
                let what = format!("a page of more than {MAX_PAGE_ROWS} rows");
                return Err(Error::custom(what));
            }
            rows.push((self.make_row)(row).map_err(Error::custom)?);
        }
        Ok(rows)
    }
}

/// A struct that must be a JSON object: serde would accept a list of its
/// fields' values as well.
pub(super) struct JsonObject<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for JsonObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = JsonObject<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JsonObject<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(JsonObject)
            }
        }
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests;
