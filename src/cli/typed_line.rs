//! The command line as it was typed, for a report: secrets are masked.

use std::ffi::OsString;

use crate::endpoint::redact_url;
use crate::secrets;

/// The flag whose value is a secret.
const SECRET_FLAG: &str = "--external-id";
/// The flag whose value can contain one.
const URL_FLAG: &str = "--endpoint-url";

/// The line as a shell reads it.
#[must_use]
pub(super) fn typed_line(args: &[OsString]) -> String {
    let mut line = "patchctl".to_owned();
    let mut flag_before = String::new();
    for arg in args.iter().skip(1) {
        let arg = arg.to_string_lossy();
        let shown = match arg.split_once('=') {
            Some((flag, value)) if [SECRET_FLAG, URL_FLAG].contains(&flag) => {
                format!("{flag}={}", masked(flag, value))
            }
            _ => masked(&flag_before, &arg),
        };
        line.push(' ');
        line.push_str(&quoted(&secrets::redact(&shown)));
        flag_before = arg.into_owned();
    }
    line
}

/// The value of a flag.
fn masked(flag: &str, value: &str) -> String {
    match flag {
        SECRET_FLAG => "***".to_owned(),
        URL_FLAG => match value.split_once('=') {
            Some((region, url)) if !region.contains("://") => {
                format!("{region}={}", redact_url(url))
            }
            _ => redact_url(value),
        },
        _ => value.to_owned(),
    }
}

/// A word of a shell, in quotes where it needs them.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:,=@%+*".contains(letter);
    // Unquoted, a star could stand for files.
    if !word.is_empty() && word.chars().all(is_plain) && !word.contains('*') {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(args: &[&str]) -> String {
        let args: Vec<OsString> = ["/usr/bin/patchctl"]
            .iter()
            .chain(args)
            .map(OsString::from)
            .collect();
        typed_line(&args)
    }

    #[test]
    fn words_are_quoted_as_a_shell_needs_it() {
        assert_eq!(
            line(&["report", "--name", "web-*", "--tag=Team=it's", "", "a b"]),
            "patchctl report --name 'web-*' '--tag=Team=it'\\''s' '' 'a b'"
        );
    }

    #[test]
    fn secrets_are_masked_in_each_spelling() {
        for args in [
            &["report", "--external-id", "hunter2-abc"][..],
            &["report", "--external-id=hunter2-abc"],
            &[
                "report",
                "--endpoint-url",
                "https://me:hunter2-abc@h:1/?k=hunter2-abc",
            ],
            &[
                "report",
                "--endpoint-url=eu-west-1=https://me:hunter2-abc@h:1",
            ],
        ] {
            let line = line(args);
            assert!(!line.contains("hunter2"), "{line}");
            assert!(
                line.contains("***") || line.contains("https://h:1"),
                "{line}"
            );
        }
    }
}
