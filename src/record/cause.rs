//! Why something could not be read.

/// Why a node, or the rest of it, could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cause {
    /// A short name for machines: AWS's error code, or one of this program's
    /// (`Timeout`, `Unreachable`, `Unreadable`).
    pub code: Box<str>,
    /// One line for people, with the remedy where there is one.
    pub text: Box<str>,
}
