//! Flags that select nodes and filter patches.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;

use crate::cli::node_criteria::{
    PING_PARSER, is_id_pattern, parse_name, parse_patch_group, parse_platform, parse_tag,
};
use crate::cli::value_parsers::{
    SEVERITY_PARSER, STATE_PARSER, parse_cve, parse_kb, parse_max_age, parse_rate, parse_word,
};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::VerdictOptions;
use crate::duration::MaxAge;
use crate::glob::{Glob, is_glob};
use crate::plan::fetch_plan::UnmanagedPlan;
use crate::plan::filter::{Filter, requested_states};
use crate::plan::selection::{Excludes, PingStatus, PlatformFilter, Selector, TagFilter};
use crate::record::PatchState;

#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct SelectArgs {
    /// Node ids (i-... or mi-...); `-` reads ids from standard input, separated by white space or commas; `#` starts a comment
    #[arg(value_name = "INSTANCE_ID")]
    pub ids: Vec<String>,
    /// Read node ids from a file, in the format of standard input
    #[arg(long, value_name = "PATH", help_heading = "Select nodes")]
    pub ids_file: Vec<PathBuf>,
    /// Every managed node, stopped ones included
    #[arg(long, help_heading = "Select nodes")]
    pub all: bool,
    /// Only nodes with such a name (tag Name, computer name or name of the activation); * and ? are wildcards
    #[arg(long = "name", value_name = "GLOB,...", value_delimiter = ',', value_parser = parse_name, help_heading = "Select nodes")]
    pub names: Vec<Glob>,
    /// Only nodes with this tag, as in Team=web-*,db; if repeated, with all of them; KEY alone: with any value
    #[arg(long = "tag", value_name = "KEY[=GLOB,...]", value_parser = parse_tag, help_heading = "Select nodes")]
    pub tags: Vec<TagFilter>,
    /// Only nodes of these patch groups, by tag or last scan
    #[arg(long = "patch-group", value_name = "NAME,...", value_delimiter = ',', value_parser = parse_patch_group, help_heading = "Select nodes")]
    pub patch_groups: Vec<String>,
    /// Only nodes of these platforms: windows, linux, macos, the start of a name such as Ubuntu, or a group of `summary --by platform`
    #[arg(long = "platform", value_name = "NAME,...", value_delimiter = ',', value_parser = parse_platform, help_heading = "Select nodes")]
    pub platforms: Vec<PlatformFilter>,
    /// Only nodes whose agent is online, connection-lost or inactive, or EC2 instances that are stopped
    #[arg(long = "ping", value_name = "STATUS,...", value_delimiter = ',', value_parser = PING_PARSER, hide_possible_values = true, help_heading = "Select nodes")]
    pub ping_statuses: Vec<PingStatus>,
    /// Leave out these nodes; a value that starts with i- or mi- is an id, any other is a name
    #[arg(long = "exclude", value_name = "ID|GLOB,...", value_delimiter = ',', value_parser = parse_name, help_heading = "Select nodes")]
    pub excludes: Vec<Glob>,
    /// Leave out nodes with one of these tags
    #[arg(long = "exclude-tag", value_name = "KEY[=GLOB,...]", value_parser = parse_tag, help_heading = "Select nodes")]
    pub excluded_tags: Vec<TagFilter>,
    /// Leave out nodes of these platforms
    #[arg(long = "exclude-platform", value_name = "NAME,...", value_delimiter = ',', value_parser = parse_platform, help_heading = "Select nodes")]
    pub excluded_platforms: Vec<PlatformFilter>,
    /// Add the running EC2 instances that Systems Manager does not manage, as nodes without data
    #[arg(long, help_heading = "Select nodes")]
    pub unmanaged: bool,
    /// Accept criteria that select no node; otherwise they are an error
    #[arg(long, help_heading = "Select nodes")]
    pub allow_empty: bool,
    /// Print the number of calls and the duration instead; only finds the nodes
    #[arg(long, help_heading = "Estimate")]
    pub estimate: bool,
    /// Calls per second and region that --estimate assumes
    #[arg(long, value_name = "CALLS", value_parser = parse_rate, default_value_t = 10.0, requires = "estimate", help_heading = "Estimate")]
    pub rate: f64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct FilterArgs {
    /// Only patches in these states
    #[arg(long = "state", value_name = "STATE,...", value_delimiter = ',', value_parser = STATE_PARSER)]
    pub states: Vec<PatchState>,
    /// Only patches in the states Missing, Failed, InstalledRejected and InstalledPendingReboot
    #[arg(long)]
    pub non_compliant: bool,
    /// Only these severities, in the vendor's words: Critical, Important, Medium, ...
    #[arg(long = "severity", value_name = "WORD,...", value_delimiter = ',', value_parser = parse_word)]
    pub severities: Vec<String>,
    /// Only patches of at least this severity: critical, important (high), medium (moderate), low; excludes unrated patches
    #[arg(long, value_name = "SEVERITY", value_parser = SEVERITY_PARSER)]
    pub min_severity: Option<Severity>,
    /// Only these classifications, in the vendor's words: SecurityUpdates, Security, Bugfix, ...
    #[arg(long = "classification", value_name = "WORD,...", value_delimiter = ',', value_parser = parse_word)]
    pub classifications: Vec<String>,
    /// Only these patches: KB5088215 on Windows, package name.architecture elsewhere; * and ? are wildcards
    #[arg(long = "kb", value_name = "ID,...", value_delimiter = ',', value_parser = parse_kb)]
    pub kb_ids: Vec<String>,
    /// Only patches that fix these CVEs [default states: Missing and Failed, the ones with CVE ids]
    #[arg(long = "cve", value_name = "CVE,...", value_delimiter = ',', value_parser = parse_cve)]
    pub cves: Vec<String>,
    /// List the patches of every node, whatever its counters; more calls, same output
    #[arg(long)]
    pub no_prefetch: bool,
}

/// Help of `--max-age` for `patches`.
pub(super) const MAX_AGE_WITH_CVES_HELP: &str = "With --cve: greatest age of a scan that can rule out an exposure, such as 7d or 36h; `none`: any age";

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Verdict")]
pub(crate) struct VerdictArgs {
    /// Greatest age of the last scan of a COMPLIANT node, such as 7d or 36h; older is STALE; `none`: any age
    #[arg(long, value_name = "AGE", value_parser = parse_max_age, default_value_t = MaxAge::default())]
    pub max_age: MaxAge,
}

impl VerdictArgs {
    /// Options of verdicts at the time `now`.
    #[must_use]
    pub(crate) fn to_verdict_options(&self, now: Timestamp) -> VerdictOptions {
        VerdictOptions {
            now,
            max_age: self.max_age,
            wants_reasons: true,
        }
    }
}

impl SelectArgs {
    /// What is needed of instances that are not managed.
    #[must_use]
    pub(crate) fn unmanaged_plan(&self) -> UnmanagedPlan {
        if self.unmanaged {
            UnmanagedPlan::Rows
        } else {
            UnmanagedPlan::IfListed
        }
    }

    /// The selection, or every node if none is given.
    #[must_use]
    pub(crate) fn or_all(&self) -> Self {
        let is_given = !self.ids.is_empty()
            || !self.ids_file.is_empty()
            || self.to_selector().needs_discovery();
        Self {
            all: self.all || !is_given,
            ..self.clone()
        }
    }

    /// The criteria of nodes, without the listed ids.
    #[must_use]
    pub(crate) fn to_selector(&self) -> Selector {
        let (ids, names) = self.excludes.iter().cloned().partition(is_id_pattern);
        Selector {
            all: self.all,
            allows_empty: self.allow_empty,
            names: self.names.clone(),
            tags: self.tags.clone(),
            patch_groups: self.patch_groups.clone(),
            platforms: self.platforms.clone(),
            ping_statuses: self.ping_statuses.clone(),
            excludes: Excludes {
                ids,
                names,
                tags: self.excluded_tags.clone(),
                platforms: self.excluded_platforms.clone(),
            },
        }
    }
}

impl FilterArgs {
    /// The filter of patches.
    ///
    /// # Errors
    /// When `--state` and `--non-compliant` have no state in common.
    pub(crate) fn to_filter(&self) -> Result<Filter> {
        let states = requested_states(&self.states, self.non_compliant, !self.cves.is_empty());
        let Some(states) = states else {
            bail!(
                "--non-compliant and --state have no state in common; drop one of them \
                 (non-compliant: Missing, Failed, InstalledRejected, InstalledPendingReboot)"
            );
        };
        let (globs, ids): (Vec<&String>, Vec<&String>) =
            self.kb_ids.iter().partition(|text| is_glob(text));
        Ok(Filter {
            states,
            min_severity: self.min_severity,
            severities: self.severities.clone(),
            classifications: self.classifications.clone(),
            kb_ids: ids.into_iter().cloned().collect(),
            kb_globs: globs
                .into_iter()
                .map(|text| Glob::of_kb_ids(text))
                .collect(),
            cves: self.cves.clone(),
        })
    }
}
