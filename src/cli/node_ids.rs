//! Reads node ids from arguments, standard input and files.

use std::collections::HashSet;
use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::bounded_read;
use crate::plan::selection::Selector;

/// Enough for 500,000 ids; a bound for a path that is wrong.
const MAX_BYTES: u64 = 16 << 20;

/// What stands in standard input, if `-` is among the arguments: it can be read once only.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn buffer_stdin(arguments: &[String], stdin: &mut dyn Read) -> Result<Vec<u8>> {
    if !arguments.iter().any(|argument| argument == "-") {
        return Ok(Vec::new());
    }
    bounded_read::read_stream(stdin, MAX_BYTES).context("cannot read node ids from standard input")
}

/// Reads the ids in arguments, where `-` stands for standard input, then those in
/// files. Repetitions are dropped; the order is that of the first mention. An
/// empty list is valid only if the selector finds nodes.
///
/// # Errors
/// When there are no ids, or standard input or a file cannot be read or is not UTF-8.
pub(crate) fn read_node_ids(
    arguments: &[String],
    files: &[PathBuf],
    selector: &Selector,
    stdin: &mut dyn Read,
) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut seen = HashSet::new();
    let mut read_stdin = false;
    let mut add = |text: &str| {
        for id in split_ids(text) {
            if seen.insert(id.to_owned()) {
                ids.push(id.to_owned());
            }
        }
    };
    for argument in arguments {
        if argument == "-" {
            if !read_stdin {
                read_stdin = true;
                let bytes = buffer_stdin(arguments, stdin)?;
                bounded_read::check_text("standard input", &bytes)?;
                let text = String::from_utf8(bytes)
                    .context("cannot read node ids from standard input: not UTF-8 text")?;
                add(text.strip_prefix('\u{feff}').unwrap_or(&text));
            }
        } else {
            check_argument(argument)?;
            add(argument);
        }
    }
    for file in files {
        let bytes = bounded_read::read_file(file, MAX_BYTES)
            .with_context(|| format!("cannot read node ids from {}", file.display()))?;
        bounded_read::check_text(file.display(), &bytes)?;
        let text = String::from_utf8(bytes).with_context(|| {
            format!(
                "cannot read node ids from {}: not UTF-8 text",
                file.display()
            )
        })?;
        add(text.strip_prefix('\u{feff}').unwrap_or(&text));
    }
    // An empty list with --tag selects no node; it does not mean every node.
    let listed = read_stdin || !files.is_empty();
    if ids.is_empty() && !selector.all && (listed || !selector.has_criteria()) {
        bail!(match files.first() {
            Some(file) => format!(
                "no node ids in {}; separate ids by white space or commas",
                file.display()
            ),
            None if read_stdin => "no node ids on standard input; separate ids by white space or commas".to_owned(),
            None => "no nodes selected; give ids such as i-0123456789abcdef0, - to read ids from standard input, or --all".to_owned(),
        });
    }
    Ok(ids)
}

/// Refuses an argument that names no node id. A malformed id is not one of these: it gets
/// a row, as it does in a file.
fn check_argument(argument: &str) -> Result<()> {
    if argument.contains(char::is_whitespace) {
        bail!(
            "{argument:?} contains white space; give each id as an argument of its own, or - to read ids from standard input"
        );
    }
    let is_id = |id: &str| id.starts_with("i-") || id.starts_with("mi-");
    let mut words = argument.split(',').filter(|word| !word.is_empty());
    let Some(word) = words.find(|word| !is_id(word)) else {
        return Ok(());
    };
    let lower = word.to_ascii_lowercase();
    if is_id(&lower) {
        bail!("{word:?} is not a node id; did you mean {lower}?");
    }
    match word.strip_prefix('!') {
        Some(bare) => {
            bail!("{word:?} is not a node id; to leave nodes out, write --exclude {bare:?}")
        }
        None => bail!(
            "{word:?} is not a node id (i-... or mi-...); to select nodes by name, write --name {word:?}"
        ),
    }
}

/// The ids in a text: separated by white space or commas; `#` starts a comment.
/// Concatenated files have byte order marks inside.
fn split_ids(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r'])
        .map(|line| line.split_once('#').map_or(line, |(ids, _)| ids))
        .flat_map(|line| line.split(|c: char| matches!(c, ',' | '\u{feff}') || c.is_whitespace()))
        .filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(arguments: &[&str], stdin: &str) -> Result<Vec<String>> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        read_node_ids(&arguments, &[], &Selector::default(), &mut stdin.as_bytes())
    }

    #[test]
    fn byte_order_marks_of_concatenated_files_are_in_no_id() {
        let ids = read(&["-"], "\u{feff}\u{feff}i-1\n\u{feff}i-2\n").unwrap();
        assert_eq!(ids, ["i-1", "i-2"]);
    }

    #[test]
    fn ids_come_from_arguments_and_stdin_in_the_order_mentioned() {
        let ids = read(
            &["i-1", "-", "i-2,i-3"],
            "\u{feff}# my fleet\r\ni-9, i-1\ti-8 # two\r\r\n,mi-7\n",
        )
        .unwrap();
        assert_eq!(ids, ["i-1", "i-9", "i-8", "mi-7", "i-2", "i-3"]);
    }

    #[test]
    fn an_empty_selection_is_refused_with_what_to_type() {
        let error = read(&[], "").unwrap_err().to_string();
        assert!(
            error.contains("no nodes selected") && error.contains('-'),
            "{error}"
        );
        let error = read(&["-"], "# none\n").unwrap_err().to_string();
        assert!(error.contains("standard input"), "{error}");
    }

    #[test]
    fn standard_input_that_is_not_text_is_refused() {
        let arguments = ["-".to_owned()];
        assert!(
            read_node_ids(
                &arguments,
                &[],
                &Selector::default(),
                &mut &[0xff, 0xfe, 0x00][..]
            )
            .is_err()
        );
    }

    proptest! {
        #[test]
        fn reading_is_idempotent_and_never_repeats(text in "[-i0-3, #\\n\\t]{0,80}") {
            if let Ok(ids) = read(&["-"], &text) {
                let distinct: HashSet<&String> = ids.iter().collect();
                prop_assert_eq!(distinct.len(), ids.len());
                let again = read(&["-"], &ids.join("\n")).unwrap();
                prop_assert_eq!(again, ids);
            }
        }
    }
}
