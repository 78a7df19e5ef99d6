//! Which nodes were asked for: read, checked, de-duplicated, in the order typed.
//!
//! Pure. Knows how a list of ids is written and what a well-formed id looks
//! like; must not know the service that is asked about them.

use std::collections::HashSet;
use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::bounded_read;
use crate::record::{NodeInfo, is_same_word};

/// More than a list of 500,000 nodes takes; less than a wrong path can hold.
const MAX_BYTES: u64 = 16 << 20;

/// Which nodes are asked for, beside those that are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    /// Every managed node, whether it is listed or not.
    pub all: bool,
    /// Only nodes that have every one of these.
    pub tags: Vec<TagFilter>,
    /// Only nodes of one of these.
    pub patch_groups: Vec<String>,
    /// Only nodes of one of these: `windows`, `linux`, `macos`, or the start of
    /// a platform's name.
    pub platforms: Vec<String>,
}

/// A tag a node must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFilter {
    pub key: String,
    pub value: String,
}

impl Selector {
    /// Does it ask for only some nodes?
    #[must_use]
    pub fn has_criteria(&self) -> bool {
        !(self.tags.is_empty() && self.patch_groups.is_empty() && self.platforms.is_empty())
    }

    /// Do nodes have to be found, or their facts, before they can be asked about?
    #[must_use]
    pub fn needs_discovery(&self) -> bool {
        self.all || self.has_criteria()
    }

    /// Is this one of the platforms asked for? `None`: not told, so nobody knows.
    #[must_use]
    pub fn matches_platform(&self, info: Option<&NodeInfo>) -> Option<bool> {
        if self.platforms.is_empty() {
            return Some(true);
        }
        let info = info?;
        let word = info.platform_type.as_deref().unwrap_or_default();
        let name = info.platform_name.as_deref();
        let name = name.filter(|name| name.chars().any(char::is_alphanumeric));
        let kind = PlatformType::parse(word).or_else(|| PlatformType::from_platform_name(name?));
        let is = |asked: &String| {
            [kind.unwrap_or_default(), word]
                .into_iter()
                .any(|told| !told.is_empty() && is_same_word(told, asked))
                || name.is_some_and(|name| has_name_prefix(name, asked))
        };
        if self.platforms.iter().any(is) {
            return Some(true);
        }
        // EC2 tells only the kind, so a name that was asked for stays open. So
        // does a kind where the node has a type and a name that tell none.
        let open = |asked: &String| match PlatformType::parse(asked) {
            Some(_) => kind.is_none(),
            None => name.is_none(),
        };
        if self.platforms.iter().any(open) {
            return None;
        }
        Some(false)
    }

    /// The kinds of platform that the service can be asked for, where every
    /// platform asked for is a kind.
    #[must_use]
    pub fn platform_types(&self) -> Option<Vec<&'static str>> {
        if self.platforms.is_empty() {
            return None;
        }
        self.platforms
            .iter()
            .map(|word| PlatformType::parse(word))
            .collect()
    }
}

/// The kinds of platform, as the service spells them.
struct PlatformType;

impl PlatformType {
    fn parse(word: &str) -> Option<&'static str> {
        ["Windows", "Linux", "MacOS"]
            .into_iter()
            .find(|kind| is_same_word(kind, word))
    }

    /// The kind that the name of a platform tells. Source: Systems Manager user
    /// guide, "Supported operating systems for Systems Manager".
    fn from_platform_name(name: &str) -> Option<&'static str> {
        let starts = |words: &[&str]| words.iter().any(|word| has_name_prefix(name, word));
        if starts(&["Microsoft Windows", "Windows"]) {
            Some("Windows")
        } else if starts(&["macOS", "Mac OS X"]) {
            Some("MacOS")
        } else if starts(&LINUX_NAME_PREFIXES) {
            Some("Linux")
        } else {
            None
        }
    }
}

/// How the names of Linux distributions start.
const LINUX_NAME_PREFIXES: [&str; 15] = [
    "AlmaLinux",
    "Amazon Linux",
    "Bottlerocket",
    "CentOS",
    "Debian",
    "Fedora",
    "Linux",
    "Oracle Linux",
    "Raspbian",
    "Red Hat",
    "RHEL",
    "Rocky",
    "SLES",
    "SUSE",
    "Ubuntu",
];

/// Does the name start with these letters, whatever their case and what stands between them?
fn has_name_prefix(name: &str, asked: &str) -> bool {
    let folded = |text: &str| -> String {
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let asked = folded(asked);
    !asked.is_empty() && folded(name).starts_with(&asked)
}

/// Reads the ids given as arguments, with `-` standing for what `stdin` holds,
/// then those in files, and drops repetitions. The order is that of the first
/// mention. None at all is an answer only where the selector asks for others.
///
/// # Errors
/// When there is no id at all, or stdin or a file cannot be read or is not UTF-8.
pub fn read_node_ids(
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
                let bytes = bounded_read::read_stream(stdin, MAX_BYTES)
                    .context("cannot read node ids from standard input")?;
                let text = String::from_utf8(bytes)
                    .context("the node ids on standard input are not UTF-8 text")?;
                add(text.strip_prefix('\u{feff}').unwrap_or(&text));
            }
        } else {
            add(argument);
        }
    }
    for file in files {
        let bytes = bounded_read::read_file(file, MAX_BYTES)
            .with_context(|| format!("cannot read node ids from {}", file.display()))?;
        let text = String::from_utf8(bytes)
            .with_context(|| format!("{} is not UTF-8 text", file.display()))?;
        add(text.strip_prefix('\u{feff}').unwrap_or(&text));
    }
    // An empty list beside --tag leaves nothing to choose from; it does not mean all.
    let listed = read_stdin || !files.is_empty();
    if ids.is_empty() && !selector.all && (listed || !selector.has_criteria()) {
        bail!(match files.first() {
            Some(file) => format!(
                "no node ids in {}; write one a line, or separate them by spaces or commas",
                file.display()
            ),
            None if read_stdin => "no node ids on standard input; write one a line, or separate them by spaces or commas".to_owned(),
            None => "which nodes? give ids such as i-0123456789abcdef0, - to read them from standard input, or --all".to_owned(),
        });
    }
    Ok(ids)
}

/// The ids in a text: separated by white space or commas, `#` to the end of a
/// line is a remark. Files that were joined have byte order marks inside.
fn split_ids(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r'])
        .map(|line| line.split_once('#').map_or(line, |(ids, _)| ids))
        .flat_map(|line| line.split(|c: char| matches!(c, ',' | '\u{feff}') || c.is_whitespace()))
        .filter(|id| !id.is_empty())
}

/// Has this id the form the service demands? One id that has not makes the
/// service refuse the whole call it stands in.
///
/// Source: the service model's pattern for `InstanceId`,
/// `(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)`.
#[must_use]
pub fn is_well_formed_node_id(id: &str) -> bool {
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if let Some(rest) = id.strip_prefix("mi-") {
        return rest.len() == 17 && word(rest);
    }
    id.strip_prefix("i-")
        .is_some_and(|rest| matches!(rest.len(), 8 | 17) && word(rest))
}

/// Could this be the name of a region? Kept loose: AWS adds regions. It becomes
/// a label of a host name. Source: RFC 1123, 2.1, and RFC 1035, 2.3.4.
#[must_use]
pub fn is_region_name(name: &str) -> bool {
    let is_of_label = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(is_of_label)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Could this be the id of an account: twelve digits?
#[must_use]
pub fn is_account_id(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit())
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
    fn byte_order_marks_of_joined_files_are_in_no_id() {
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
    fn no_ids_at_all_is_refused_with_what_to_type() {
        let error = read(&[], "").unwrap_err().to_string();
        assert!(
            error.contains("which nodes?") && error.contains('-'),
            "{error}"
        );
        let error = read(&["-"], "# none\n").unwrap_err().to_string();
        assert!(error.contains("standard input"), "{error}");
    }

    #[test]
    fn stdin_that_is_not_text_is_refused() {
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

    fn node_info(kind: Option<&str>, name: Option<&str>) -> NodeInfo {
        NodeInfo {
            platform_type: kind.map(Into::into),
            platform_name: name.map(Into::into),
            ..NodeInfo::default()
        }
    }

    #[test]
    fn a_platform_is_a_kind_or_the_start_of_a_name_and_may_be_unknown() {
        let asking = |words: &[&str]| Selector {
            platforms: words.iter().map(ToString::to_string).collect(),
            ..Selector::default()
        };
        let ubuntu = node_info(Some("Linux"), Some("Ubuntu"));
        let windows = node_info(
            Some("Windows"),
            Some("Microsoft Windows Server 2022 Datacenter"),
        );
        let windows_name = windows.platform_name.as_deref();
        // What EC2 tells of a stopped instance.
        let bare = node_info(Some("Linux"), None);
        for (words, info, expected) in [
            (&[][..], None, Some(true)),
            (&["LINUX"], Some(&ubuntu), Some(true)),
            (&["linux"], Some(&windows), Some(false)),
            (&["windows", "ubuntu"], Some(&ubuntu), Some(true)),
            (
                &["microsoft-windows server 2022"],
                Some(&windows),
                Some(true),
            ),
            (&["server 2022"], Some(&windows), Some(false)),
            (&["linux"], None, None),
            (&["linux"], Some(&node_info(None, None)), None),
            (&["ubuntu"], Some(&bare), None),
            (&["windows"], Some(&bare), Some(false)),
            // A type that tells no kind leaves it to the name, or open.
            (
                &["windows"],
                Some(&node_info(None, windows_name)),
                Some(true),
            ),
            (
                &["windows"],
                Some(&node_info(Some(""), windows_name)),
                Some(true),
            ),
            (
                &["windows"],
                Some(&node_info(Some("Win64"), windows_name)),
                Some(true),
            ),
            (
                &["linux"],
                Some(&node_info(Some("?"), windows_name)),
                Some(false),
            ),
            (
                &["windows"],
                Some(&node_info(None, Some("Ubuntu"))),
                Some(false),
            ),
            (
                &["mac_os"],
                Some(&node_info(Some(""), Some("macOS"))),
                Some(true),
            ),
            (&["windows"], Some(&node_info(Some(""), None)), None),
            (&["windows"], Some(&node_info(Some("Win64"), None)), None),
            (
                &["windows"],
                Some(&node_info(Some("Win64"), Some("Nonesuch"))),
                None,
            ),
            (&["windows"], Some(&node_info(None, Some(""))), None),
            (
                &["win64"],
                Some(&node_info(Some("Win64"), None)),
                Some(true),
            ),
        ] {
            let has = asking(words).matches_platform(info);
            assert_eq!(has, expected, "{words:?} of {info:?}");
        }
        assert_eq!(
            asking(&["windows", "mac_os"]).platform_types(),
            Some(vec!["Windows", "MacOS"])
        );
        // One that is a name cannot be asked for, so none is.
        assert_eq!(asking(&["windows", "ubuntu"]).platform_types(), None);
        assert_eq!(asking(&[]).platform_types(), None);
    }

    #[test]
    fn a_region_is_a_label_of_a_host_name() {
        for name in ["eu-west-1", "us-gov-east-1", "x", &"x".repeat(63)] {
            assert!(is_region_name(name), "{name}");
        }
        for name in [
            "",
            "-x",
            "x-",
            "eu west",
            "eu.west",
            "ä",
            "x\r",
            &"x".repeat(64),
        ] {
            assert!(!is_region_name(name), "{name}");
        }
    }

    #[test]
    fn ids_are_well_formed_as_the_service_model_says() {
        for id in [
            "i-1234abcd",
            "i-0123456789abcdef0",
            "mi-0123456789abcdef0",
            "i-ABCD_123",
        ] {
            assert!(is_well_formed_node_id(id), "{id}");
        }
        for id in [
            "i-123",
            "mi-12345678",
            "i-",
            "",
            "x-12345678",
            "i-1234567é",
            "i-12345678 ",
            "I-12345678",
        ] {
            assert!(!is_well_formed_node_id(id), "{id}");
        }
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
