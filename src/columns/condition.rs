//! `--where`: conditions on the columns of a row, such as `MissingCount>0`. Pure.
//!
//! A value that is not known meets no comparison, `!=` included; `is unknown` asks for it.

mod operator;
mod value;

use std::fmt;

use crate::columns::condition::operator::{Operator, list_operators};
use crate::columns::condition::value::{Value, compare, is_equal, is_known, parse_value};
use crate::columns::{Cell, Column};

pub(crate) use self::value::parse_verdict;

/// What a row has to meet.
#[derive(Debug, Clone)]
pub(crate) struct Condition<R: 'static> {
    pub column: &'static Column<R>,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    IsKnown(bool),
    Compare {
        operator: Operator,
        /// One of these for `=` and `~`, none of them for `!=` and `!~`; the other
        /// operators have one.
        values: Vec<Value>,
        /// The values as they were typed.
        typed: Box<str>,
    },
}

impl<R> Condition<R> {
    /// Parses `COLUMN OPERATOR VALUE`, `COLUMN is known` or `COLUMN is unknown`;
    /// `find` finds a column by its name.
    ///
    /// # Errors
    /// One line that says what is wrong and what is allowed.
    pub(crate) fn parse(
        text: &str,
        find: impl Fn(&str) -> Result<&'static Column<R>, String>,
    ) -> Result<Self, String> {
        let text = text.trim();
        let Some(at) = text.find(is_operator_char) else {
            let (name, is_known) = split_is_known(text).ok_or_else(|| {
                format!(
                    "{text:?} has no operator; write COLUMN OPERATOR VALUE in quotes, such as \
                     'MissingCount>0', or 'COLUMN is unknown' (allowed: {})",
                    list_operators(&Operator::ALL)
                )
            })?;
            return Ok(Self {
                column: find(name)?,
                test: Test::IsKnown(is_known),
            });
        };
        let (name, rest) = text.split_at(at);
        let typed = rest.trim_start_matches(is_operator_char);
        let operator = &rest[..rest.len() - typed.len()];
        let column = find(name.trim())?;
        let (holds, allowed) = Operator::of_kind(column.kind);
        let Some(operator) = allowed.iter().find(|known| known.as_str() == operator) else {
            return Err(format!(
                "{text:?}: {} is {holds}, which takes the operators {}",
                column.name,
                list_operators(allowed)
            ));
        };
        let typed = typed.trim();
        // An order is of one value, and its error says so.
        let words: Vec<&str> = if operator.is_order() {
            vec![typed]
        } else {
            typed.split(',').map(str::trim).collect()
        };
        let values = words.iter().map(|word| {
            parse_value(column, *operator, word).map_err(|cause| format!("{text:?}: {cause}"))
        });
        Ok(Self {
            column,
            test: Test::Compare {
                operator: *operator,
                values: values.collect::<Result<_, _>>()?,
                typed: typed.into(),
            },
        })
    }

    /// Does the row meet it? `None` where that is not known.
    pub(crate) fn holds(&self, row: &R) -> Option<bool> {
        let cell = self.column.cell(row);
        let (operator, values) = match &self.test {
            Test::IsKnown(wanted) => return Some(is_known(&cell) == *wanted),
            Test::Compare { .. } if cell == Cell::Unknown => return None,
            Test::Compare {
                operator, values, ..
            } => (*operator, values),
        };
        if operator.is_order() {
            if !is_known(&cell) {
                return None;
            }
            let order = compare(&cell, values.first()?);
            return Some(match operator {
                Operator::Less => order.is_lt(),
                Operator::LessOrEqual => order.is_le(),
                Operator::Greater => order.is_gt(),
                _ => order.is_ge(),
            });
        }
        let is_any = values.iter().any(|value| is_equal(&cell, value));
        Some(is_any != matches!(operator, Operator::NotEqual | Operator::NotGlob))
    }
}

impl<R> Condition<R> {
    /// The typed text, if it is one that a row has to have: a typing error finds none.
    pub(crate) fn wanted_text(&self) -> Option<&str> {
        match &self.test {
            Test::Compare {
                operator: Operator::Equal | Operator::Glob,
                values,
                typed,
            } if matches!(values[..], [Value::Text(_) | Value::Glob(_)]) => Some(typed),
            _ => None,
        }
    }
}

/// As it can be typed.
impl<R> fmt::Display for Condition<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.column.name)?;
        match &self.test {
            Test::IsKnown(true) => f.write_str(" is known"),
            Test::IsKnown(false) => f.write_str(" is unknown"),
            Test::Compare {
                operator, typed, ..
            } => {
                f.write_str(operator.as_str())?;
                f.write_str(typed)
            }
        }
    }
}

fn is_operator_char(letter: char) -> bool {
    matches!(letter, '=' | '!' | '<' | '>' | '~')
}

/// The column of `COLUMN is known` or `COLUMN is unknown`, and which of them it is.
fn split_is_known(text: &str) -> Option<(&str, bool)> {
    let (rest, last) = text.rsplit_once(char::is_whitespace)?;
    let (name, is) = rest.trim_end().rsplit_once(char::is_whitespace)?;
    let is_known = match last.to_ascii_lowercase().as_str() {
        "known" => true,
        "unknown" => false,
        _ => return None,
    };
    is.eq_ignore_ascii_case("is")
        .then_some((name.trim_end(), is_known))
}

#[cfg(test)]
mod tests;
