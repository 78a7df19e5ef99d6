//! A field of a record that is there and cannot be read, which is not the same
//! as one that was not sent.

use std::fmt;

/// What stands in the place of a value that a verdict, a rule or an exposure uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableField {
    /// AWS's name of the field.
    pub field: Box<str>,
    /// The value as it is shown: cut, and with control characters escaped.
    pub value: Box<str>,
}

impl fmt::Display for UnreadableField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be read: {}", self.field, self.value)
    }
}
