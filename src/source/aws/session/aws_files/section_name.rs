//! Splits the heading of a section as the AWS CLI does, with Python's `shlex`:
//! a name with spaces stands in quotes. Pure.

/// The words of a heading; `None` if a quote is not closed or nothing follows a
/// backslash.
pub(super) fn words(heading: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = heading.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        inner => word.push(inner),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '"' => break,
                        // Only these two can be escaped here.
                        '\\' => match letters.next()? {
                            inner @ ('"' | '\\') => word.push(inner),
                            inner => word.extend(['\\', inner]),
                        },
                        inner => word.push(inner),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

/// A name as it is written in a heading.
pub(in crate::source::aws::session) fn quoted(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-.@%+:/,".contains(letter);
    if !name.is_empty() && name.chars().all(is_plain) {
        name.to_owned()
    } else if name.contains('\'') {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("'{name}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_split_as_a_shell_splits_words() {
        for (heading, expected) in [
            ("profile prod", Some(vec!["profile", "prod"])),
            ("profile\tprod ", Some(vec!["profile", "prod"])),
            (
                "sso-session 'My Corp Ltd'",
                Some(vec!["sso-session", "My Corp Ltd"]),
            ),
            (
                r#"profile "it's \"x\" \y""#,
                Some(vec!["profile", r#"it's "x" \y"#]),
            ),
            (r"profile my\ corp", Some(vec!["profile", "my corp"])),
            ("profile a'b c'd", Some(vec!["profile", "ab cd"])),
            ("profile ''", Some(vec!["profile", ""])),
            ("profile a b", Some(vec!["profile", "a", "b"])),
            ("profile 'open", None),
            ("profile open\\", None),
        ] {
            let expected = expected.map(|all| all.into_iter().map(String::from).collect());
            assert_eq!(words(heading), expected, "{heading}");
        }
    }

    #[test]
    fn a_name_that_is_quoted_is_read_as_itself() {
        for name in ["prod", "My Corp Ltd", "it's", r#"a"b'c\d"#, "", "#1"] {
            let heading = format!("profile {}", quoted(name));
            assert_eq!(
                words(&heading),
                Some(vec!["profile".to_owned(), name.to_owned()])
            );
        }
    }
}
