//! Whether a node has a platform. Pure.

use crate::glob::{Glob, is_glob};
use crate::record::{InfoField, NodeInfo, is_same_word};

/// A platform: a type (`windows`, `linux`, `macos`), the start of a name, a name with its
/// version as `summary --by platform` prints it, or a pattern of one of these. Case and
/// separators do not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformFilter {
    text: String,
    glob: Option<Glob>,
}

impl PlatformFilter {
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            glob: is_glob(text).then(|| Glob::new_case_insensitive(text)),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The platform type that it is, in the spelling of the service.
    pub(super) fn platform_type(&self) -> Option<&'static str> {
        PlatformType::parse(&self.text)
    }

    /// Whether the node has this platform; `None` if its platform is unknown.
    pub(super) fn matches(&self, info: Option<&NodeInfo>) -> Option<bool> {
        let info = info?;
        let word = info.get(InfoField::PlatformType).unwrap_or_default();
        let name = info.get(InfoField::PlatformName);
        let name = name.filter(|name| name.chars().any(char::is_alphanumeric));
        let kind = PlatformType::parse(word).or_else(|| PlatformType::from_platform_name(name?));
        let is_type = [kind.unwrap_or_default(), word]
            .into_iter()
            .any(|word| !word.is_empty() && self.is_word(word));
        if is_type || name.is_some_and(|name| self.is_name(name, info)) {
            return Some(true);
        }
        // EC2 reports only the type, so a requested name stays unknown. So does a
        // type if neither the type nor the name of the node implies one.
        let is_unknown = match self.platform_type() {
            Some(_) => kind.is_none(),
            None => name.is_none(),
        };
        (!is_unknown).then_some(false)
    }

    fn is_word(&self, word: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.matches(word),
            None => is_same_word(word, &self.text),
        }
    }

    fn is_name(&self, name: &str, info: &NodeInfo) -> bool {
        let (bare, version) = info.platform_label().unwrap_or((name, None));
        if let Some(glob) = &self.glob {
            let labelled =
                version.is_some_and(|version| glob.matches(&format!("{bare} {version}")));
            return labelled || glob.matches(name) || glob.matches(bare);
        }
        let asked = &self.text;
        let has_version =
            || version.is_some_and(|version| is_name_with_version(bare, version, asked));
        has_name_prefix(name, asked) || starts_with_words(bare, asked) || has_version()
    }
}

/// Whether this is the name with its version, or with the first parts of its version:
/// `Ubuntu 22` is `Ubuntu 22.04`, and `Amazon Linux 2` is not `Amazon Linux 2023`.
fn is_name_with_version(name: &str, version: &str, asked: &str) -> bool {
    let asked = folded(asked);
    let mut label = folded(name);
    version
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|part| {
            label.push_str(&folded(part));
            label == asked
        })
}

/// Platform types, in the spelling of the service.
struct PlatformType;

impl PlatformType {
    fn parse(word: &str) -> Option<&'static str> {
        ["Windows", "Linux", "MacOS"]
            .into_iter()
            .find(|kind| is_same_word(kind, word))
    }

    /// The type that the name of a platform implies. Source: Systems Manager user
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

/// Prefixes of the names of Linux distributions.
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

/// Whether the name starts with these words, ignoring case.
fn starts_with_words(name: &str, asked: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    words(name).starts_with(&words(asked))
}

/// Whether the name starts with these letters, ignoring case and separators.
fn has_name_prefix(name: &str, asked: &str) -> bool {
    let asked = folded(asked);
    !asked.is_empty() && folded(name).starts_with(&asked)
}

fn folded(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::selection::{NodeFacts, Selector};

    fn node_info(kind: Option<&str>, name: Option<&str>) -> NodeInfo {
        NodeInfo::of([
            (InfoField::PlatformType, kind),
            (InfoField::PlatformName, name),
        ])
    }

    #[test]
    fn a_platform_is_a_type_or_the_start_of_a_name_and_may_be_unknown() {
        let asking = |words: &[&str]| Selector {
            platforms: words.iter().map(|word| PlatformFilter::new(word)).collect(),
            ..Selector::default()
        };
        let ubuntu = node_info(Some("Linux"), Some("Ubuntu"));
        let windows = node_info(
            Some("Windows"),
            Some("Microsoft Windows Server 2022 Datacenter"),
        );
        let windows_name = windows.get(InfoField::PlatformName);
        // What EC2 reports for a stopped instance.
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
            // With an unknown type, the name decides.
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
            let node = NodeFacts {
                id: "i-1",
                info,
                state: None,
            };
            let has = asking(words).matches(&node);
            assert_eq!(has, expected, "{words:?} of {info:?}");
        }
        assert_eq!(
            asking(&["windows", "mac_os"]).platform_types(),
            Some(vec!["Windows", "MacOS"])
        );
        // A name cannot be filtered by the service, so nothing is.
        assert_eq!(asking(&["windows", "ubuntu"]).platform_types(), None);
        assert_eq!(asking(&[]).platform_types(), None);
    }

    #[test]
    fn a_platform_is_also_a_name_with_its_version_or_a_pattern() {
        let name = "Microsoft Windows Server 2022 Datacenter";
        let windows = node_info(Some("Windows"), Some(name));
        let versioned = |name: &str, version: &str| {
            node_info(Some("Linux"), Some(name)).with(InfoField::PlatformVersion, Some(version))
        };
        let ubuntu = versioned("Ubuntu", "22.04");
        let amazon = versioned("Amazon Linux", "2023");
        for (word, info, expected) in [
            ("Ubuntu 22.04", &ubuntu, true),
            ("ubuntu-22", &ubuntu, true),
            ("Ubuntu 22.0", &ubuntu, false),
            ("Amazon Linux 2023", &amazon, true),
            ("Amazon Linux 2", &amazon, false),
            ("Windows Server 2022 Datacenter", &windows, true),
            ("windows server", &windows, true),
            ("win", &windows, false),
            ("windows server*", &windows, true),
            ("*server 2022*", &windows, true),
            ("ubuntu 2?.04", &ubuntu, true),
            ("lin*", &ubuntu, true),
            ("buntu*", &ubuntu, false),
        ] {
            let has = PlatformFilter::new(word).matches(Some(info));
            assert_eq!(has, Some(expected), "{word} of {info:?}");
        }
    }
}
