//! The selection of nodes: criteria on tags, patch groups and platforms. Pure.

use crate::record::{NodeInfo, is_same_word};

/// Criteria of nodes, in addition to listed ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    /// Every managed node, listed or not.
    pub all: bool,
    /// Only nodes with all of these.
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
    /// Whether it narrows the selection.
    #[must_use]
    pub fn has_criteria(&self) -> bool {
        !(self.tags.is_empty() && self.patch_groups.is_empty() && self.platforms.is_empty())
    }

    /// Whether nodes or their properties must be discovered first.
    #[must_use]
    pub fn needs_discovery(&self) -> bool {
        self.all || self.has_criteria()
    }

    /// Whether the node has one of the platforms; `None` if its platform is unknown.
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
                .any(|word| !word.is_empty() && is_same_word(word, asked))
                || name.is_some_and(|name| has_name_prefix(name, asked))
        };
        if self.platforms.iter().any(is) {
            return Some(true);
        }
        // EC2 reports only the type, so a requested name stays unknown. So does a
        // type if neither the type nor the name of the node implies one.
        let open = |asked: &String| match PlatformType::parse(asked) {
            Some(_) => kind.is_none(),
            None => name.is_none(),
        };
        if self.platforms.iter().any(open) {
            return None;
        }
        Some(false)
    }

    /// The platform types for a filter of the service, if every requested platform
    /// is a type.
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

/// Whether the name starts with these letters, ignoring case and separators.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn node_info(kind: Option<&str>, name: Option<&str>) -> NodeInfo {
        NodeInfo {
            platform_type: kind.map(Into::into),
            platform_name: name.map(Into::into),
            ..NodeInfo::default()
        }
    }

    #[test]
    fn a_platform_is_a_type_or_the_start_of_a_name_and_may_be_unknown() {
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
            let has = asking(words).matches_platform(info);
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
}
