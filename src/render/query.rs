//! `--query`: a JMESPath expression, as the AWS CLI has it, on the JSON document of an
//! answer. The only file that names the crate.

use std::fmt;
use std::io::Write;

use anyhow::{Context as _, Result, anyhow};
use jmespath::ast::Ast;
use jmespath::{
    DEFAULT_RUNTIME, ErrorReason, Expression, JmespathError, RuntimeError, Variable, compile,
};

use crate::render::json::encode::write_value;
use crate::render::large_stack::with_large_stack;
use crate::suggest::nearest;

/// The parser and the interpreter call themselves for each level of an expression, and a
/// level takes one of the characters below. Useful expressions have a few dozen of them.
const MAX_LEVELS: usize = 200;
const LEVEL_CHARACTERS: [char; 10] = ['(', '[', '{', '!', '&', '|', '.', '=', '<', '>'];

/// A valid expression.
#[derive(Clone)]
pub(crate) struct Query(Expression<'static>);

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query").field(&self.0.as_str()).finish()
    }
}

impl Query {
    /// Parses an expression.
    ///
    /// # Errors
    /// One line with the position, also for a function that does not exist.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.matches(LEVEL_CHARACTERS).count() > MAX_LEVELS {
            return Err(format!(
                "more than {MAX_LEVELS} brackets and operators; pipe -o json to another program"
            ));
        }
        let parse = || {
            let expression = compile(text).map_err(|error| describe_error(&error))?;
            check_functions(expression.as_ast())
                .map_err(|(offset, cause)| describe_position(text, offset, &cause))?;
            Ok(Self(expression))
        };
        with_large_stack(parse).map_err(|error| error.to_string())?
    }

    /// Writes the result of the expression on a document: the entries of a list on a line
    /// each, any other value on one line.
    ///
    /// # Errors
    /// When the expression does not fit the document, or the result cannot be written.
    pub(crate) fn write(
        &self,
        document: &[u8],
        to_terminal: bool,
        out: &mut dyn Write,
    ) -> Result<()> {
        let document: Variable =
            serde_json::from_slice(document).context("--query: there is no whole document")?;
        let found = with_large_stack(|| self.0.search(document))?;
        let found = found.map_err(|error| anyhow!("--query {}", describe_error(&error)))?;
        match found.as_array() {
            Some(entries) if !entries.is_empty() => {
                for (at, entry) in entries.iter().enumerate() {
                    out.write_all(if at == 0 { b"[\n" } else { b",\n" })?;
                    write_value(&mut *out, entry, to_terminal)?;
                }
                out.write_all(b"\n]")?;
            }
            _ => write_value(&mut *out, &found, to_terminal)?,
        }
        out.write_all(b"\n")?;
        Ok(())
    }
}

/// `"foo[" at character 5: Unexpected token`
fn describe_error(error: &JmespathError) -> String {
    let reason = match &error.reason {
        ErrorReason::Parse(cause) => cause.trim_end_matches('.').to_owned(),
        ErrorReason::Runtime(cause) => describe_runtime_error(cause),
    };
    describe_position(&error.expression, error.offset, &reason)
}

fn describe_runtime_error(error: &RuntimeError) -> String {
    match error {
        RuntimeError::InvalidType {
            expected,
            actual,
            position,
        } => format!("argument {} is {actual}, not {expected}", position + 1),
        other => other.to_string(),
    }
}

fn describe_position(expression: &str, offset: usize, cause: &str) -> String {
    format!("{expression:?} at character {}: {cause}", offset + 1)
}

/// The first function that does not exist: an expression is evaluated after all calls,
/// which would then be made for nothing.
fn check_functions(ast: &Ast) -> Result<(), (usize, String)> {
    let all = |nodes: &[&Ast]| nodes.iter().try_for_each(|node| check_functions(node));
    match ast {
        Ast::Function { offset, name, args } => {
            if DEFAULT_RUNTIME.get_function(name).is_none() {
                let near = nearest(name, &FUNCTIONS);
                let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
                return Err((*offset, format!("no function {name:?}{near}")));
            }
            args.iter().try_for_each(check_functions)
        }
        Ast::MultiList { elements, .. } => elements.iter().try_for_each(check_functions),
        Ast::MultiHash { elements, .. } => elements
            .iter()
            .try_for_each(|pair| check_functions(&pair.value)),
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => all(&[lhs, rhs]),
        Ast::Condition {
            predicate, then, ..
        } => all(&[predicate, then]),
        Ast::Expref { ast: node, .. }
        | Ast::Flatten { node, .. }
        | Ast::Not { node, .. }
        | Ast::ObjectValues { node, .. } => check_functions(node),
        Ast::Identity { .. }
        | Ast::Field { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. }
        | Ast::Slice { .. } => Ok(()),
    }
}

/// The functions of JMESPath, for a suggestion. Source: JMESPath specification,
/// "Built-in Functions".
const FUNCTIONS: [&str; 26] = [
    "abs",
    "avg",
    "ceil",
    "contains",
    "ends_with",
    "floor",
    "join",
    "keys",
    "length",
    "map",
    "max",
    "max_by",
    "merge",
    "min",
    "min_by",
    "not_null",
    "reverse",
    "sort",
    "sort_by",
    "starts_with",
    "sum",
    "to_array",
    "to_number",
    "to_string",
    "type",
    "values",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn result(expression: &str, document: &str) -> Result<String, String> {
        let mut out = Vec::new();
        let query = Query::parse(expression)?;
        let written = query.write(document.as_bytes(), true, &mut out);
        written.map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn the_result_is_json_with_the_entries_of_a_list_on_a_line_each() {
        let document = r#"{"Rows":[{"Id":"b","N":2},{"Id":"a\u001b","N":1.5},{"Id":null,"N":0}]}"#;
        let ids = "[\n\"b\",\n\"a\\u001b\"\n]\n";
        for (expression, expected) in [
            ("Rows[].Id", ids),
            (
                "Rows[?N > `1`].Id | sort(@)",
                "[\n\"a\\u001b\",\n\"b\"\n]\n",
            ),
            ("Rows[0].{Z: Id, A: N}", "{\"A\":2,\"Z\":\"b\"}\n"),
            ("length(Rows)", "3\n"),
            ("Rows[?N > `9`]", "[]\n"),
            ("Nonesuch", "null\n"),
            ("sum(Rows[].N)", "3.5\n"),
        ] {
            assert_eq!(
                result(expression, document).as_deref(),
                Ok(expected),
                "{expression}"
            );
        }
    }

    #[test]
    fn a_wrong_expression_is_one_line_with_its_position() {
        for (expression, parts) in [
            ("Rows[", &["\"Rows[\" at character "][..]),
            ("", &["\"\" at character 1"]),
            ("Rows[?N > 1]", &["at character "]),
            (
                "lenght(Rows)",
                &[
                    "at character ",
                    "no function \"lenght\"; did you mean length?",
                ],
            ),
            ("Rows[].sort_on(@, &Id)", &["no function \"sort_on\""]),
            ("length(`1`)", &["argument 1 is number, not "]),
            ("length(Rows, Rows)", &["at character "]),
        ] {
            let line = result(expression, "{\"Rows\":[1]}").expect_err(expression);
            for part in parts {
                assert!(line.contains(part), "{expression}: {line}");
            }
            assert!(!line.contains('\n'), "{expression}: {line}");
        }
    }

    #[test]
    fn every_function_of_the_specification_is_there() {
        for name in FUNCTIONS {
            assert!(DEFAULT_RUNTIME.get_function(name).is_some(), "{name}");
        }
    }

    #[test]
    fn no_expression_overflows_the_stack() {
        let deep = |open: &str, close: &str| {
            let levels = MAX_LEVELS / open.matches(LEVEL_CHARACTERS).count().max(1);
            format!("{}a{}", open.repeat(levels), close.repeat(levels))
        };
        let expressions = [
            deep("(", ")"),
            deep("[", "]"),
            deep("!", ""),
            deep("a[?", "]"),
            deep("{a:", "}"),
            deep("abs(", ")"),
            deep("a.", ""),
            deep("a|", ""),
            deep("a||", ""),
            deep("a==", ""),
            deep("a[].", ""),
        ];
        let all = move || {
            for expression in &expressions {
                let _ = result(expression, "{\"a\":{\"a\":1}}");
            }
        };
        let small = std::thread::Builder::new().stack_size(1 << 20);
        small.spawn(all).unwrap().join().unwrap();
        let line = Query::parse(&"(".repeat(MAX_LEVELS + 1)).unwrap_err();
        assert!(line.starts_with("more than 200 brackets"), "{line}");
    }
}
