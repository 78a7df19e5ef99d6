//! Reads the sample of an auditor: nodes, patches and patches of nodes, one a line or as CSV.

use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::aggregate::sample::{Sample, SampleItem, SampledPatch};
use crate::bounded_read;
use crate::record::{is_same_word, is_well_formed_node_id, normalize_cve_id, normalize_windows_kb};
use crate::sanitize::is_unsafe;

/// Enough for the most lines that are read; a bound for a path that is wrong.
const MAX_BYTES: u64 = 4 << 20;
const MAX_ITEMS: usize = 10_000;
/// Characters; a title of AWS has some 150.
const MAX_LINE: usize = 1024;

/// What a line can be, for errors.
const FORMS: &str = "write a node id, a KB number, a package, a CVE id or a title, or a node id \
                     and one of these; put quotes around a title that contains a comma";
/// The columns of rows of patchctl that a sample can be made of.
const HEAD: [&[&str]; 2] = [
    &["InstanceId", "Node"],
    &["KBId", "KB", "CVEId", "CVE", "Title", "Patch"],
];

/// Reads a sample; `-` is standard input.
///
/// # Errors
/// When it cannot be read, has no line, or a line that names neither a node nor a patch.
pub(crate) fn read_sample(path: &Path, stdin: &mut dyn Read) -> Result<Sample> {
    let is_stdin = path.as_os_str() == "-";
    let name = if is_stdin {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let bytes = if is_stdin {
        bounded_read::read_stream(stdin, MAX_BYTES)
    } else {
        bounded_read::read_file(path, MAX_BYTES)
    };
    let bytes = bytes.with_context(|| format!("cannot read the sample from {name}"))?;
    bounded_read::check_text(&name, &bytes)?;
    let text = String::from_utf8(bytes)
        .with_context(|| format!("cannot read the sample from {name}: not UTF-8 text"))?;
    let items = parse(&text).with_context(|| format!("--sample: {name}"))?;
    ensure!(!items.is_empty(), "--sample: {name} has no line; {FORMS}");
    Ok(Sample::new(items))
}

/// The items of a text.
fn parse(text: &str) -> Result<Vec<SampleItem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut items: Vec<SampleItem> = Vec::new();
    let mut has_content = false;
    for (at, line) in text.lines().enumerate() {
        let number = at as u64 + 1;
        let fields = split(line).with_context(|| format!("line {number}"))?;
        let is_head = !has_content && is_head(&fields);
        has_content |= !fields.is_empty();
        if fields.is_empty() || is_head {
            continue;
        }
        ensure!(
            items.len() < MAX_ITEMS,
            "line {number}: more than {MAX_ITEMS} lines; split the sample"
        );
        let item = item(number, &fields).with_context(|| format!("line {number}"))?;
        items.push(item);
    }
    Ok(items)
}

fn is_head(fields: &[String]) -> bool {
    let is_name = |field: &String| {
        let mut names = HEAD.iter().copied().flatten();
        names.any(|name| is_same_word(name, field))
    };
    !fields.is_empty() && fields.iter().all(is_name)
}

/// The fields of a line of CSV, without a comment; none of an empty line.
fn split(line: &str) -> Result<Vec<String>> {
    ensure!(
        line.chars().nth(MAX_LINE).is_none(),
        "longer than {MAX_LINE} characters"
    );
    let is_refused = |letter: &char| is_unsafe(*letter) && *letter != '\t';
    if let Some(letter) = line.chars().find(is_refused) {
        bail!("contains the control character U+{:04X}", u32::from(letter));
    }
    let (mut fields, mut field) = (Vec::new(), String::new());
    let mut letters = line.chars().peekable();
    let (mut is_quoted, mut was_quoted) = (false, false);
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if is_quoted => is_quoted = false,
            _ if is_quoted => field.push(letter),
            '#' if before.is_whitespace() => break,
            ',' => {
                fields.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            '"' if field.trim().is_empty() && !was_quoted => {
                (is_quoted, was_quoted) = (true, true);
                field.clear();
            }
            _ if was_quoted && !letter.is_whitespace() => {
                bail!("text after a closing quote; double the quotes inside a title")
            }
            _ => field.push(letter),
        }
        before = letter;
    }
    ensure!(!is_quoted, "a quote is not closed");
    fields.push(field);
    let mut fields: Vec<String> = fields.iter().map(|text| text.trim().to_owned()).collect();
    while fields.last().is_some_and(String::is_empty) {
        fields.pop();
    }
    Ok(fields)
}

/// What the fields of a line name.
fn item(line: u64, fields: &[String]) -> Result<SampleItem> {
    let text = fields.join(" ").trim().to_owned();
    let (node, patch) = match fields {
        [one] => match one.split_once(char::is_whitespace) {
            Some((node, patch)) if is_node(node) => (Some(node), Some(patch.trim())),
            None if is_node(one) => (Some(&**one), None),
            _ => (None, Some(&**one)),
        },
        [node, patch] if node.is_empty() => (None, Some(&**patch)),
        [node, patch] => {
            ensure!(is_node(node), "{node:?} is not a node id; {FORMS}");
            (Some(&**node), Some(&**patch))
        }
        _ => bail!("{} fields; {FORMS}", fields.len()),
    };
    if let Some(node) = node {
        check_node(node)?;
    }
    let patch = patch.map(sampled_patch).transpose()?;
    Ok(SampleItem {
        line,
        node: node.map(Into::into),
        patch,
        text,
    })
}

/// Is it meant as a node id?
fn is_node(text: &str) -> bool {
    let starts_as = |prefix: &str| {
        let start = text.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    starts_as("i-") || starts_as("mi-")
}

fn check_node(id: &str) -> Result<()> {
    let lower = id.to_ascii_lowercase();
    let is_prefixed = id.starts_with("i-") || id.starts_with("mi-");
    ensure!(
        is_prefixed,
        "{id:?} is not a node id; did you mean {lower}?"
    );
    let rest = id.trim_start_matches("mi-").trim_start_matches("i-");
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    ensure!(
        !rest.is_empty() && rest.bytes().all(is_word),
        "{id:?} is not a node id"
    );
    Ok(())
}

fn sampled_patch(text: &str) -> Result<SampledPatch> {
    let mut words = text.split_whitespace();
    let first = words.next().filter(|word| is_node(word));
    if let Some(id) = first.or_else(|| words.find(|word| is_well_formed_node_id(word))) {
        bail!(
            "{id:?} stands where a patch is expected; write the node id first, and one node a line"
        );
    }
    ensure!(
        text.chars().any(char::is_alphanumeric),
        "{text:?} names neither a node nor a patch; {FORMS}"
    );
    if let Some(cve) = normalize_cve_id(text) {
        return Ok(SampledPatch::Cve(cve));
    }
    let kb = normalize_windows_kb(text);
    Ok(kb.map_or_else(|| SampledPatch::Text(text.to_owned()), SampledPatch::Kb))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Line, node and patch.
    type Item = (u64, Option<String>, Option<SampledPatch>);

    fn items(text: &str) -> Result<Vec<Item>> {
        let all = parse(text)?.into_iter();
        let all = all.map(|item| (item.line, item.node.map(|id| id.to_string()), item.patch));
        Ok(all.collect())
    }

    #[test]
    fn a_line_is_a_node_a_patch_or_a_patch_of_a_node() {
        let kb = |id: &str| Some(SampledPatch::Kb(id.to_owned()));
        let text = |text: &str| Some(SampledPatch::Text(text.to_owned()));
        let cve = Some(SampledPatch::Cve("CVE-2026-58310".to_owned()));
        let node = Some("i-0c28e79fea18f6c40".to_owned());
        let quoted = r#"2026-11 Update, "cumulative""#;
        for (line, has_node, patch) in [
            ("i-0c28e79fea18f6c40", true, None),
            ("i-0c28e79fea18f6c40 kb5094126", true, kb("KB5094126")),
            ("i-0c28e79fea18f6c40,5094126", true, kb("KB5094126")),
            (
                "i-0c28e79fea18f6c40\topenssl.x86_64 # why",
                true,
                text("openssl.x86_64"),
            ),
            ("i-0c28e79fea18f6c40,", true, None),
            (",KB5094126", false, kb("KB5094126")),
            ("cve 2026 58310", false, cve),
            (r#""2026-11 Update, ""cumulative""""#, false, text(quoted)),
            ("=cmd|' /C calc'!A0", false, text("=cmd|' /C calc'!A0")),
            (
                "<script>alert(1)</script>",
                false,
                text("<script>alert(1)</script>"),
            ),
            ("Update C#", false, text("Update C#")),
        ] {
            let expected = vec![(2, node.clone().filter(|_| has_node), patch)];
            let items = items(&format!("\u{feff}# sample\r\n{line}\r\n\r\n")).unwrap();
            assert_eq!(items, expected, "{line}");
        }
        let head = items("\nInstanceId,KBId\ni-1,KB1\n").unwrap();
        assert_eq!(head.len(), 1);
    }

    #[test]
    fn a_line_that_names_nothing_is_refused_with_its_number() {
        for (line, cause) in [
            ("\"abc", "a quote is not closed"),
            ("\"a\"b", "text after a closing quote"),
            ("a,b,c,d", "4 fields"),
            ("KB5,i-0c28e79fea18f6c40", "\"KB5\" is not a node id"),
            ("KB5 i-0c28e79fea18f6c40", "write the node id first"),
            ("i-1 i-2", "one node a line"),
            ("i-1;KB5", "is not a node id"),
            ("I-0c28e79fea18f6c40", "did you mean i-0c28e79fea18f6c40?"),
            ("i-", "is not a node id"),
            ("---", "names neither a node nor a patch"),
            ("a\u{1b}[31m", "control character U+001B"),
            ("a\u{202e}b", "control character U+202E"),
            (&"x".repeat(1025), "longer than 1024 characters"),
        ] {
            let error = items(&format!("KB1\n\n{line}\nKB2\n")).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.starts_with("line 3: "), "{line}: {error}");
            assert!(error.contains(cause), "{line}: {error}");
        }
        let many = "KB1\n".repeat(MAX_ITEMS + 1);
        let error = format!("{:#}", items(&many).unwrap_err());
        assert!(
            error.contains("line 10001: more than 10000 lines"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn every_line_becomes_an_item_or_an_error(text in "[-i#KB0-9,\" \n]{0,60}") {
            let lines = text.lines().enumerate();
            let expected: Vec<u64> = lines
                .filter(|(_, line)| split(line).is_ok_and(|fields| !fields.is_empty()))
                .map(|(at, _)| at as u64 + 1)
                .collect();
            if let Ok(items) = items(&text) {
                let head = usize::from(expected.len() > items.len());
                let got: Vec<u64> = items.iter().map(|(line, ..)| *line).collect();
                prop_assert_eq!(&got[..], &expected[head..]);
            }
        }
    }
}
