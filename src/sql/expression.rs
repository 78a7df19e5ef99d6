//! Expressions of SQL, as far as the rules on nodes need them. They are written once and
//! rendered for each engine; tests evaluate them.

use std::fmt::Write as _;

use crate::sql::engine::Engine;

/// Longer conditions take a line for each part.
const LINE: usize = 100;

/// An expression. Comparisons with NULL are NULL, as in SQL.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    Column(&'static str),
    Number(i64),
    Text(&'static str),
    Null,
    IsNull(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Compare(Box<Self>, Comparison, Box<Self>),
    /// How many entries a map has.
    EntryCount(&'static str),
    /// Whether a map has a key.
    HasKey(&'static str, &'static str),
    Coalesce(Box<Self>, Box<Self>),
    /// Whole seconds since 1970.
    EpochSeconds(Box<Self>),
    Minus(Box<Self>, Box<Self>),
    /// The value of the first condition that is true, or the last value.
    Case(Vec<(Self, Self)>, Box<Self>),
    Not(Box<Self>),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    Greater,
}

impl Comparison {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::Greater => ">",
        }
    }
}

pub(super) fn column(name: &'static str) -> Expression {
    Expression::Column(name)
}

pub(super) fn text(value: &'static str) -> Expression {
    Expression::Text(value)
}

pub(super) fn is_null(of: Expression) -> Expression {
    Expression::IsNull(Box::new(of))
}

impl Expression {
    pub(super) fn equals(self, value: &'static str) -> Self {
        self.compare(Comparison::Equal, text(value))
    }

    pub(super) fn differs_from(self, value: &'static str) -> Self {
        self.compare(Comparison::NotEqual, text(value))
    }

    pub(super) fn compare(self, comparison: Comparison, other: Self) -> Self {
        Self::Compare(Box::new(self), comparison, Box::new(other))
    }

    pub(super) fn or_else(self, other: Self) -> Self {
        Self::Coalesce(Box::new(self), Box::new(other))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self::Minus(Box::new(self), Box::new(other))
    }

    pub(super) fn epoch_seconds(self) -> Self {
        Self::EpochSeconds(Box::new(self))
    }

    pub(super) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// The SQL, names in double quotation marks.
    #[must_use]
    pub(super) fn render(&self, engine: Engine) -> String {
        let joined = |parts: &[Self], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| part.render(engine)).collect();
            let line = format!("({})", parts.join(&format!(" {word} ")));
            if line.len() <= LINE {
                return line;
            }
            format!("({})", parts.join(&format!("\n      {word} ")))
        };
        match self {
            Self::Column(name) => format!("\"{name}\""),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("'{text}'"),
            Self::Null => "NULL".to_owned(),
            Self::IsNull(of) => format!("{} IS NULL", of.render(engine)),
            Self::All(parts) => joined(parts, "AND"),
            Self::Any(parts) => joined(parts, "OR"),
            Self::Compare(left, comparison, right) => {
                let (left, right) = (left.render(engine), right.render(engine));
                format!("{left} {} {right}", comparison.as_str())
            }
            Self::EntryCount(map) => format!("cardinality(\"{map}\")"),
            Self::HasKey(map, key) => engine.has_key(&format!("\"{map}\""), &format!("'{key}'")),
            Self::Coalesce(first, second) => {
                format!(
                    "COALESCE({}, {})",
                    first.render(engine),
                    second.render(engine)
                )
            }
            Self::EpochSeconds(moment) => engine.epoch_seconds(&moment.render(engine)),
            Self::Minus(left, right) => {
                format!("{} - {}", left.render(engine), right.render(engine))
            }
            Self::Case(arms, last) => {
                let mut sql = "CASE".to_owned();
                for (condition, value) in arms {
                    let (condition, value) = (condition.render(engine), value.render(engine));
                    let _ = write!(sql, "\n    WHEN {condition} THEN {value}");
                }
                format!("{sql}\n    ELSE {}\n  END", last.render(engine))
            }
            Self::Not(of) => format!("NOT {}", of.render(engine)),
        }
    }
}
