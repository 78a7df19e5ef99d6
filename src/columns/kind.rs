//! What a column holds, and what it costs.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Short text that must not be shortened: ids and closed lists of words.
    Word,
    /// An id that people type again, of any length.
    Id,
    /// A word or two from AWS or its vendors.
    Text,
    /// A sentence or a title, of little use when it is cut short.
    Prose,
    /// A count; "not reported" is no zero.
    Count,
    /// A count that, above zero, makes a node non-compliant.
    ViolationCount,
    /// A moment, RFC 3339 in UTC.
    Time,
    /// A verdict.
    Verdict,
    /// A patch state.
    State,
    /// The name of a call, to be read whole wherever there is room.
    Call,
    /// How a call went.
    Check,
    /// A list of CVE ids.
    CveList,
    /// A span of time, which machines are told in whole days.
    Age,
    /// A share, in tenths of a percent.
    Percent,
    /// Yes or no.
    Flag,
    /// A severity on the one scale.
    Severity,
    /// A list of names, of which a table shows the first few.
    Names,
}

impl ColumnKind {
    /// Is it read from the right, as numbers are?
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Count | Self::ViolationCount | Self::Age | Self::Percent
        )
    }
}

/// What a column costs beyond the records that are read anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnCost {
    /// All rows have to be known before the first is printed.
    AllRows,
    /// The patches of nodes have to be read.
    Patches,
    /// Release dates have to be asked for.
    ReleaseDates,
    /// The same, and time limits are needed.
    DueDates,
    /// No call: it is about the second key of `--by`.
    SecondKey,
    /// No call: AWS Organizations tells it with `--organization`.
    AccountNames,
    /// What associations reported of nodes without data has to be asked for.
    Associations,
}
