//! Environment variables of AWS settings, and the files that they name.

use std::path::PathBuf;

/// The value of a variable. Empty is unset.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The home directory: of the environment, else of the user's entry in the
/// system's database, as services run without `HOME`.
pub(super) fn home_dir() -> Option<PathBuf> {
    let of_variable = |name: &str| variable(name).map(PathBuf::from);
    let windows = || of_variable("USERPROFILE").filter(|_| cfg!(windows));
    of_variable("HOME")
        .or_else(windows)
        .or_else(std::env::home_dir)
}

/// The path in a setting, as the AWS CLI reads it: `$NAME` and `${NAME}` are
/// variables, `~` is the home directory.
pub(super) fn expand_path(text: &str) -> PathBuf {
    let text = expand_variables(text, variable);
    let path = PathBuf::from(&text);
    match (path.strip_prefix("~"), home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}

/// Replaces variables; those that are unset stay as they are written.
fn expand_variables(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        expanded.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let (name, end) = if let Some(inner) = rest[1..].strip_prefix('{') {
            let end = inner.find('}');
            end.map_or(("", 1), |end| (&inner[..end], end + 3))
        } else {
            let end = rest[1..].find(|letter| !is_of_name(letter));
            let end = end.map_or(rest.len(), |end| end + 1);
            (&rest[1..end], end)
        };
        match value(name) {
            Some(value) => expanded.push_str(&value),
            None => expanded.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    expanded + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_in_a_path_are_replaced_and_unset_ones_stay() {
        let value = |name: &str| (name == "HERE").then(|| "/x".to_owned());
        for (text, expected) in [
            ("$HERE/config", "/x/config"),
            ("${HERE}y", "/xy"),
            ("a$HERE", "a/x"),
            ("$NONE/$HERE", "$NONE//x"),
            ("${HERE", "${HERE"),
            ("$", "$"),
            ("${}", "${}"),
            ("~/x", "~/x"),
        ] {
            assert_eq!(expand_variables(text, value), expected, "{text}");
        }
    }
}
