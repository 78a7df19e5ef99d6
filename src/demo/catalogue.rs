//! The operating systems of the demo, with their patches and packages from the catalogue files.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde::Deserialize;

/// Operating systems with the same format of patches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Windows,
    Amazon,
    RedHat,
    Debian,
    Suse,
    MacOs,
}

struct OsInfo {
    tag: &'static str,
    family: Family,
    baseline: &'static str,
    name: &'static str,
    version: &'static str,
}

const fn os_info(
    tag: &'static str,
    family: Family,
    baseline: &'static str,
    name: &'static str,
    version: &'static str,
) -> OsInfo {
    OsInfo {
        tag,
        family,
        baseline,
        name,
        version,
    }
}

/// Every system, with its default baseline of AWS and the platform that its agent reports.
const SYSTEMS: [OsInfo; 17] = [
    os_info(
        "windows-2016",
        Family::Windows,
        "pb-09ca3fb51f0412ec3",
        "Microsoft Windows Server 2016 Datacenter",
        "10.0.14393",
    ),
    os_info(
        "windows-2019",
        Family::Windows,
        "pb-09ca3fb51f0412ec3",
        "Microsoft Windows Server 2019 Datacenter",
        "10.0.17763",
    ),
    os_info(
        "windows-2022",
        Family::Windows,
        "pb-09ca3fb51f0412ec3",
        "Microsoft Windows Server 2022 Datacenter",
        "10.0.20348",
    ),
    os_info(
        "windows-2025",
        Family::Windows,
        "pb-09ca3fb51f0412ec3",
        "Microsoft Windows Server 2025 Datacenter",
        "10.0.26100",
    ),
    os_info(
        "amazon-2",
        Family::Amazon,
        "pb-0be8c61cde3be63f3",
        "Amazon Linux",
        "2",
    ),
    os_info(
        "amazon-2023",
        Family::Amazon,
        "pb-05c9c9bf778d4c4d0",
        "Amazon Linux",
        "2023",
    ),
    os_info(
        "redhat-7",
        Family::RedHat,
        "pb-0cbb3a633de00f07c",
        "Red Hat Enterprise Linux Server",
        "7.9",
    ),
    os_info(
        "redhat-8",
        Family::RedHat,
        "pb-0cbb3a633de00f07c",
        "Red Hat Enterprise Linux",
        "8.10",
    ),
    os_info(
        "redhat-9",
        Family::RedHat,
        "pb-0cbb3a633de00f07c",
        "Red Hat Enterprise Linux",
        "9.6",
    ),
    os_info(
        "ubuntu-20.04",
        Family::Debian,
        "pb-0c7e89f711c3095f4",
        "Ubuntu",
        "20.04",
    ),
    os_info(
        "ubuntu-22.04",
        Family::Debian,
        "pb-0c7e89f711c3095f4",
        "Ubuntu",
        "22.04",
    ),
    os_info(
        "ubuntu-24.04",
        Family::Debian,
        "pb-0c7e89f711c3095f4",
        "Ubuntu",
        "24.04",
    ),
    os_info(
        "debian-11",
        Family::Debian,
        "pb-09a5f8eb62bde80b1",
        "Debian GNU/Linux",
        "11",
    ),
    os_info(
        "debian-12",
        Family::Debian,
        "pb-09a5f8eb62bde80b1",
        "Debian GNU/Linux",
        "12",
    ),
    os_info(
        "suse-12",
        Family::Suse,
        "pb-07d8884178197b66b",
        "SLES",
        "12.5",
    ),
    os_info(
        "suse-15",
        Family::Suse,
        "pb-07d8884178197b66b",
        "SLES",
        "15.7",
    ),
    os_info(
        "macos",
        Family::MacOs,
        "pb-0f3e5a1c9b7d24860",
        "macOS",
        "15.6.1",
    ),
];

/// Generated KB numbers start here and go in steps modulo a prime; `KB_BACK` is the inverse of the step.
const FIRST_KB: usize = 3_000_000;
const KB_STEP: usize = 7_919;
const KB_PRIME: usize = 999_983;
const KB_BACK: u64 = 984_451;

/// An operating system, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Cow<'_, str>")]
pub(super) struct Os(usize);

impl TryFrom<Cow<'_, str>> for Os {
    type Error = String;

    fn try_from(tag: Cow<'_, str>) -> Result<Self, String> {
        let place = SYSTEMS.iter().position(|kind| kind.tag == tag);
        place
            .map(Self)
            .ok_or_else(|| format!("unknown operating system {tag}"))
    }
}

/// A patch of a catalogue, in the spelling of its operating system.
#[derive(Debug)]
pub(super) struct CatalogueEntry {
    pub kb_id: String,
    pub title: String,
    pub classification: String,
    pub severity: String,
    /// Comma-separated; empty if the service reports none.
    pub cves: String,
}

/// A line of a catalogue file. Packages have a version in place of a title.
#[derive(Deserialize)]
struct CatalogueLine {
    kb: String,
    #[serde(alias = "version")]
    title: String,
    classification: String,
    severity: String,
    cves: String,
    on: String,
}

impl Os {
    /// Every system, in the order of the list.
    #[cfg(test)]
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..SYSTEMS.len()).map(Self)
    }

    pub(super) fn family(self) -> Family {
        SYSTEMS[self.0].family
    }

    pub(super) fn tag(self) -> &'static str {
        SYSTEMS[self.0].tag
    }

    /// The id of the default baseline of AWS, without an ARN.
    pub(super) fn baseline(self) -> &'static str {
        SYSTEMS[self.0].baseline
    }

    /// The platform's name and version, as the agent reports them.
    pub(super) fn platform(self) -> (&'static str, &'static str) {
        (SYSTEMS[self.0].name, SYSTEMS[self.0].version)
    }

    pub(super) fn is_windows(self) -> bool {
        self.family() == Family::Windows
    }

    /// The patches of this system, newest first. Parsed once, at the first use.
    pub(super) fn entries(self) -> &'static [CatalogueEntry] {
        static READ: [OnceLock<Vec<CatalogueEntry>>; SYSTEMS.len()] =
            [const { OnceLock::new() }; SYSTEMS.len()];
        READ[self.0].get_or_init(|| read(self))
    }

    /// The id of the `nth` generated patch or package of this system; all differ.
    pub(super) fn generated_id(self, nth: usize) -> String {
        if self.is_windows() {
            // Steps modulo a prime reach each number once before one repeats.
            return format!("KB{}", FIRST_KB + nth * KB_STEP % KB_PRIME);
        }
        let names = self.generated_names();
        let (round, name) = (nth / names.len(), names[nth % names.len()]);
        let variants = self.variants();
        let (variant, again) = match round.checked_sub(1) {
            None => ("", 0),
            Some(round) => (variants[round % variants.len()], round / variants.len()),
        };
        let again = if again == 0 {
            String::new()
        } else {
            format!("{}", again + 1)
        };
        match self.family() {
            Family::Debian => format!("{name}{again}{variant}.amd64"),
            Family::MacOs => format!("{name}{again}{variant}"),
            _ => format!("{name}{again}{variant}.x86_64"),
        }
    }

    /// The index of a generated KB number; the inverse of `generated_id`.
    pub(super) fn generated_index(self, kb: &str) -> Option<usize> {
        let number: usize = kb.strip_prefix("KB")?.parse().ok()?;
        let offset = number.checked_sub(FIRST_KB).filter(|n| *n < KB_PRIME)?;
        let nth = offset as u64 * KB_BACK % KB_PRIME as u64;
        usize::try_from(nth).ok().filter(|_| self.is_windows())
    }

    fn generated_names(self) -> &'static [&'static str] {
        static RPM: OnceLock<Vec<&str>> = OnceLock::new();
        static DEB: OnceLock<Vec<&str>> = OnceLock::new();
        static BREW: OnceLock<Vec<&str>> = OnceLock::new();
        let (names, text) = match self.family() {
            Family::Debian => (&DEB, include_str!("others-deb.txt")),
            Family::MacOs => (&BREW, include_str!("others-macos.txt")),
            _ => (&RPM, include_str!("others-rpm.txt")),
        };
        names.get_or_init(|| text.split_whitespace().collect())
    }

    fn variants(self) -> &'static [&'static str] {
        match self.family() {
            Family::Debian => &[
                "-dev",
                "-doc",
                "-dbgsym",
                "-data",
                "-tools",
                "-examples",
                "-locales",
                "-plugins",
            ],
            Family::MacOs => &["@1", "@2", "@3", "@4", "@5", "@6", "@7", "@8"],
            _ => &[
                "-devel",
                "-doc",
                "-debuginfo",
                "-debugsource",
                "-tools",
                "-minimal",
                "-plugins",
                "-tests",
            ],
        }
    }

    /// Whether the service ever reports CVE ids for this system.
    fn reports_cves(self) -> bool {
        !matches!(self.family(), Family::Debian | Family::MacOs)
    }
}

impl Family {
    fn catalogue(self) -> &'static str {
        match self {
            Self::Windows => include_str!("windows.csv"),
            Self::Amazon => include_str!("amazon.csv"),
            Self::RedHat => include_str!("redhat.csv"),
            Self::Debian => include_str!("debian.csv"),
            Self::Suse => include_str!("suse.csv"),
            Self::MacOs => include_str!("macos.csv"),
        }
    }
}

/// Parses the entries of `os` in the catalogue of its family.
fn read(os: Os) -> Vec<CatalogueEntry> {
    csv::Reader::from_reader(os.family().catalogue().as_bytes())
        .deserialize()
        .map(|line| line.expect("the catalogues are part of the program and read by its tests"))
        .filter(|line: &CatalogueLine| line.on.split(' ').any(|tag| tag == os.tag()))
        .map(|line| entry(os, line))
        .collect()
}

fn entry(os: Os, line: CatalogueLine) -> CatalogueEntry {
    let title = match os.family() {
        Family::Windows => line.title,
        Family::MacOs => format!("{}.{}", line.kb, line.title),
        _ => format!("{}:{}", line.kb, line.title),
    };
    CatalogueEntry {
        title,
        kb_id: line.kb,
        classification: line.classification,
        severity: line.severity,
        cves: if os.reports_cves() {
            line.cves.replace(' ', ",")
        } else {
            String::new()
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CatalogueEntry, Family, Os};

    fn every_entry() -> impl Iterator<Item = (Os, &'static CatalogueEntry)> {
        Os::all().flat_map(|os| os.entries().iter().map(move |entry| (os, entry)))
    }

    #[test]
    fn every_system_has_a_catalogue_worth_the_name() {
        for os in Os::all() {
            let count = os.entries().len();
            assert!((18..=60).contains(&count), "{} has {count}", os.tag());
        }
    }

    #[test]
    fn severities_and_classifications_are_the_words_of_their_system() {
        for (os, entry) in every_entry() {
            let (severities, classes): (&[&str], &[&str]) = match os.family() {
                Family::Windows => (
                    &[
                        "Critical",
                        "Important",
                        "Moderate",
                        "Low",
                        "Unspecified",
                        "",
                    ],
                    &[
                        "SecurityUpdates",
                        "CriticalUpdates",
                        "UpdateRollups",
                        "Updates",
                        "ServicePacks",
                        "DefinitionUpdates",
                        "FeaturePacks",
                        "Tools",
                    ],
                ),
                Family::Amazon | Family::RedHat if ["amazon-2", "redhat-7"].contains(&os.tag()) => {
                    (
                        &["Critical", "Important", "Medium", "Moderate", "Low", "None"],
                        &[
                            "Security",
                            "Bugfix",
                            "Enhancement",
                            "Recommended",
                            "Newpackage",
                            "",
                        ],
                    )
                }
                Family::Amazon | Family::RedHat => (
                    &["Critical", "Important", "Medium", "Moderate", "Low", ""],
                    &["Security", "Bugfix", "Enhancement", "Newpackage", ""],
                ),
                Family::Debian => (
                    &["required", "important", "standard", "optional", "extra"],
                    &["Security", ""],
                ),
                Family::Suse => (
                    &["critical", "important", "moderate", "low", "unspecified"],
                    &["security", "recommended", "optional", "feature"],
                ),
                Family::MacOs => (&[""], &["softwareupdate", "installer", "brew", "brew_cask"]),
            };
            assert!(
                severities.contains(&entry.severity.as_str()),
                "{entry:?} on {}",
                os.tag()
            );
            assert!(
                classes.contains(&entry.classification.as_str()),
                "{entry:?} on {}",
                os.tag()
            );
        }
    }

    #[test]
    fn ids_and_titles_have_the_form_of_their_system() {
        for (os, entry) in every_entry() {
            match os.family() {
                Family::Windows => {
                    assert!(entry.kb_id.starts_with("KB"), "{entry:?}");
                    assert!(
                        entry.title.is_empty() || entry.title.len() > 20,
                        "{entry:?}"
                    );
                }
                Family::MacOs => assert!(entry.title.starts_with(&format!("{}.", entry.kb_id))),
                _ => {
                    assert!(
                        entry.title.starts_with(&format!("{}:", entry.kb_id)),
                        "{entry:?}"
                    );
                    let arch = entry.kb_id.rsplit('.').next();
                    assert!(
                        ["x86_64", "noarch", "amd64", "all"].contains(&arch.unwrap()),
                        "{entry:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn cve_ids_are_joined_by_commas_and_never_reported_where_the_service_reports_none() {
        for (os, entry) in every_entry() {
            if matches!(os.family(), Family::Debian | Family::MacOs) {
                assert_eq!(entry.cves, "");
            }
            for cve in entry.cves.split(',').filter(|_| !entry.cves.is_empty()) {
                let parts: Vec<_> = cve.split('-').collect();
                assert!(
                    parts.len() == 3 && parts[0] == "CVE" && parts[1].len() == 4,
                    "{cve}"
                );
                assert!(
                    parts[2].len() >= 4 && parts[2].bytes().all(|b| b.is_ascii_digit()),
                    "{cve}"
                );
            }
        }
    }

    #[test]
    fn no_two_other_things_on_a_system_are_called_alike() {
        for os in Os::all() {
            let names: BTreeSet<_> = (0..5_000).map(|nth| os.generated_id(nth)).collect();
            assert_eq!(names.len(), 5_000, "{}", os.tag());
        }
        let windows = Os::all().find(|os| os.is_windows()).unwrap();
        for nth in [0, 1, 40, 2_999, 999_982] {
            assert_eq!(
                windows.generated_index(&windows.generated_id(nth)),
                Some(nth)
            );
        }
        for stranger in ["KB2999999", "KB3999983", "KB5094128", "bash.x86_64"] {
            assert_eq!(windows.generated_index(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn a_package_can_be_there_in_two_versions() {
        let twice = |os: Os| {
            let ids: BTreeSet<_> = os.entries().iter().map(|entry| &entry.kb_id).collect();
            ids.len() < os.entries().len()
        };
        assert!(Os::all().any(twice));
    }
}
