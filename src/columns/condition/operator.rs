//! The operators of conditions, and which of them a column takes.

use crate::columns::ColumnKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Glob,
    NotGlob,
}

impl Operator {
    pub(super) const ALL: [Self; 8] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Glob,
        Self::NotGlob,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Glob => "~",
            Self::NotGlob => "!~",
        }
    }

    pub(super) const fn is_glob(self) -> bool {
        matches!(self, Self::Glob | Self::NotGlob)
    }

    pub(super) const fn is_order(self) -> bool {
        matches!(
            self,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual
        )
    }

    /// What columns of this kind hold, and the operators that they take.
    pub(super) fn of_kind(kind: ColumnKind) -> (&'static str, &'static [Self]) {
        const ORDER: [Operator; 4] = [
            Operator::Less,
            Operator::LessOrEqual,
            Operator::Greater,
            Operator::GreaterOrEqual,
        ];
        const EQUAL_OR_ORDER: [Operator; 6] = [
            Operator::Equal,
            Operator::NotEqual,
            Operator::Less,
            Operator::LessOrEqual,
            Operator::Greater,
            Operator::GreaterOrEqual,
        ];
        const EQUAL: [Operator; 2] = [Operator::Equal, Operator::NotEqual];
        const EQUAL_OR_GLOB: [Operator; 4] = [
            Operator::Equal,
            Operator::NotEqual,
            Operator::Glob,
            Operator::NotGlob,
        ];
        match kind {
            ColumnKind::Count | ColumnKind::ViolationCount => ("a count", &EQUAL_OR_ORDER),
            ColumnKind::Percent => ("a percentage", &EQUAL_OR_ORDER),
            ColumnKind::Time => ("a time", &EQUAL_OR_ORDER),
            ColumnKind::Severity => ("a severity", &EQUAL_OR_ORDER),
            ColumnKind::Age => ("an age", &ORDER),
            ColumnKind::Verdict => ("a verdict", &EQUAL),
            ColumnKind::Flag => ("true or false", &EQUAL),
            ColumnKind::CveList | ColumnKind::Names => ("a list", &EQUAL_OR_GLOB),
            ColumnKind::Word
            | ColumnKind::Id
            | ColumnKind::Text
            | ColumnKind::Prose
            | ColumnKind::State
            | ColumnKind::Call
            | ColumnKind::Check => ("text", &EQUAL_OR_GLOB),
        }
    }
}

/// The operators, for a message.
pub(super) fn list_operators(operators: &[Operator]) -> String {
    let words: Vec<&str> = operators.iter().map(|known| known.as_str()).collect();
    words.join(" ")
}
