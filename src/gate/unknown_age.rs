//! What rules on the age of patches make of a patch whose age is not known.

/// What a patch of unknown age means to rules on the age of patches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnknownAge {
    /// It fails them.
    Fail,
    /// It does not count, and is reported.
    Ignore,
    /// Their outcome is unknown.
    #[default]
    Unknown,
}

impl UnknownAge {
    pub const ALL: [Self; 3] = [Self::Fail, Self::Ignore, Self::Unknown];

    /// The word that is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Ignore => "ignore",
            Self::Unknown => "unknown",
        }
    }
}
