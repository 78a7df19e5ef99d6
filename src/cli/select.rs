//! The flags that say which nodes and which of their patches.
//!
//! Knows how they are written. Must not know how nodes are found.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;

use crate::cli::value_parsers::{
    SEVERITY_PARSER, STATE_PARSER, parse_cve, parse_max_age, parse_rate, parse_tag, parse_word,
};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::VerdictOptions;
use crate::duration::MaxAge;
use crate::plan::filter::Filter;
use crate::plan::selection::{Selector, TagFilter};
use crate::record::PatchState;

#[derive(Debug, Clone, Args)]
pub struct SelectArgs {
    /// Node ids (i-... or mi-...); `-` reads more from standard input: one a line, or separated by spaces or commas, `#` starts a comment
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Read more ids from a file, written as on standard input
    #[arg(long, value_name = "PATH", help_heading = "Select")]
    pub ids_file: Vec<PathBuf>,
    /// Every managed node of the regions asked, stopped ones too
    #[arg(long, help_heading = "Select")]
    pub all: bool,
    /// Only nodes with this tag; given again, only nodes with all of them
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = parse_tag, help_heading = "Select")]
    pub tags: Vec<TagFilter>,
    /// Only nodes of this patch group, by their tag or their last scan
    #[arg(long = "patch-group", value_name = "NAME", help_heading = "Select")]
    pub patch_groups: Vec<String>,
    /// Only nodes of these platforms: windows, linux, macos, or the start of a name such as Ubuntu
    #[arg(long = "platform", value_name = "NAME,...", value_delimiter = ',', value_parser = parse_word, help_heading = "Select")]
    pub platforms: Vec<String>,
    /// Only say how many calls the answer takes, and how long: nodes are found, nothing is drilled into
    #[arg(long, help_heading = "Select")]
    pub estimate: bool,
    /// Calls a second in each account and region that --estimate reckons with
    #[arg(long, value_name = "CALLS", value_parser = parse_rate, default_value_t = 10.0, requires = "estimate", help_heading = "Select")]
    pub rate: f64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Filter")]
pub struct FilterArgs {
    /// Only patches in these states
    #[arg(long = "state", value_name = "STATE,...", value_delimiter = ',', value_parser = STATE_PARSER)]
    pub states: Vec<PatchState>,
    /// Only the four non-compliant states: Missing, Failed, InstalledRejected, InstalledPendingReboot (security updates not approved yet are `--state AvailableSecurityUpdate`)
    #[arg(long)]
    pub non_compliant: bool,
    /// Only these severities, in the vendor's words: Critical, Important, Medium ...
    #[arg(long = "severity", value_name = "WORD,...", value_delimiter = ',', value_parser = parse_word)]
    pub severities: Vec<String>,
    /// Only patches at least this severe on the one scale: critical, important (or high), medium (or moderate), low; leaves out what nobody rated
    #[arg(long, value_name = "SEVERITY", value_parser = SEVERITY_PARSER)]
    pub min_severity: Option<Severity>,
    /// Only these classifications, in the vendor's words: SecurityUpdates, Security, Bugfix ...
    #[arg(long = "classification", value_name = "WORD,...", value_delimiter = ',', value_parser = parse_word)]
    pub classifications: Vec<String>,
    /// Only these patches: KB5088215 on Windows, name.architecture of the package elsewhere
    #[arg(long = "kb", value_name = "ID,...", value_delimiter = ',', value_parser = parse_word)]
    pub kb_ids: Vec<String>,
    /// Only patches that fix these CVEs, where the service tells which; asks for Missing and Failed, the states it tells them for, unless --state says otherwise
    #[arg(long = "cve", value_name = "CVE,...", value_delimiter = ',', value_parser = parse_cve)]
    pub cves: Vec<String>,
    /// Drill into every node, whatever its counters say: more calls, the same answer
    #[arg(long)]
    pub no_prefetch: bool,
}

/// What `--max-age` does where patches are listed.
pub const MAX_AGE_WITH_CVES_HELP: &str = "With --cve: how old a node's last scan may be, such as 7d or 36h, for the node to be judged; `none`: any age";

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Judge")]
pub struct VerdictArgs {
    /// How old a node's last scan may be, such as 7d or 36h, before it is STALE rather than COMPLIANT; `none`: any age
    #[arg(long, value_name = "AGE", value_parser = parse_max_age, default_value_t = MaxAge::default())]
    pub max_age: MaxAge,
}

impl VerdictArgs {
    /// What verdicts are measured by at this moment.
    #[must_use]
    pub fn to_verdict_options(&self, now: Timestamp) -> VerdictOptions {
        VerdictOptions {
            now,
            max_age: self.max_age,
            wants_reasons: true,
        }
    }
}

impl SelectArgs {
    /// Which nodes these flags ask for, beside the ids that are listed.
    #[must_use]
    pub fn to_selector(&self) -> Selector {
        Selector {
            all: self.all,
            tags: self.tags.clone(),
            patch_groups: self.patch_groups.clone(),
            platforms: self.platforms.clone(),
        }
    }
}

impl FilterArgs {
    /// The question these flags put.
    ///
    /// # Errors
    /// When `--state` and `--non-compliant` leave no state that both allow.
    pub fn to_filter(&self) -> Result<Filter> {
        let mut states = self.states.clone();
        states.sort();
        states.dedup();
        if self.non_compliant {
            if states.is_empty() {
                states = PatchState::NON_COMPLIANT.to_vec();
            } else {
                states.retain(|state| PatchState::NON_COMPLIANT.contains(state));
                if states.is_empty() {
                    bail!(
                        "--non-compliant and --state have no state in common; drop one of them \
                         (non-compliant are Missing, Failed, InstalledRejected, InstalledPendingReboot)"
                    );
                }
            }
        }
        // AWS tells CVE ids for these two only, so no others can match. Source:
        // AWS Systems Manager API, PatchComplianceData, CVEIds.
        if !self.cves.is_empty() && self.states.is_empty() && !self.non_compliant {
            states = vec![PatchState::Missing, PatchState::Failed];
        }
        Ok(Filter {
            states,
            min_severity: self.min_severity,
            severities: self.severities.clone(),
            classifications: self.classifications.clone(),
            kb_ids: self.kb_ids.clone(),
            cves: self.cves.clone(),
        })
    }
}
