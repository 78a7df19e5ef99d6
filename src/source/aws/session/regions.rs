//! The regions that are read in one account, and those that are left out on purpose.

use anyhow::{Result, bail};

use crate::plan::iam;
use crate::record::{Scope, Unread};
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::limits::circuit_breaker::CircuitBreaker;
use crate::source::aws::session::Session;
use crate::suggest::unknown_word;

/// Regions of an account.
pub(super) struct RegionNames {
    to_read: Vec<String>,
    /// All that AWS lists, enabled or not.
    known: Vec<String>,
}

/// The regions that are read in one account.
pub(super) async fn target_regions(
    connect: &ConnectOptions,
    caller: &Session,
    call_stats: &CallStats,
    breaker: CircuitBreaker,
) -> Result<RegionNames, Unread> {
    if !connect.all_regions {
        let to_read = if connect.regions.is_empty() {
            vec![caller.home_region().to_owned()]
        } else {
            connect.regions.clone()
        };
        return Ok(RegionNames {
            known: Vec::new(),
            to_read,
        });
    }
    let ask = async {
        call_stats.record_call("ec2", "DescribeRegions");
        caller
            .ec2_client(caller.home_region(), call_stats, caller.max_attempts)
            .regions()
            .await
    };
    match breaker.guard(ask).await {
        Ok(all) => {
            let mut known: Vec<String> = all.iter().map(|region| region.name.to_string()).collect();
            known.sort_unstable();
            let enabled = all.into_iter().filter(|region| region.is_enabled);
            let mut to_read: Vec<String> = enabled.map(|region| region.name.into()).collect();
            to_read.sort_unstable();
            Ok(RegionNames { to_read, known })
        }
        Err(mut error) => {
            let text = format!(
                "its regions are not known: {}, or name them with --region",
                error.cause.text
            );
            error.cause.text = text.into();
            Err(error.into_unread(Scope {
                account: caller.account.clone(),
                account_name: caller.account_name.clone(),
                profile: caller.profile.clone(),
                region: None,
            }))
        }
    }
}

/// The regions of an account that are read. A region that is skipped is reported once,
/// for all accounts.
///
/// # Errors
/// If AWS has no region of that name: nothing would be skipped.
pub(super) fn without_skipped(
    names: RegionNames,
    connect: &ConnectOptions,
    skipped: &mut Vec<Scope>,
) -> Result<Vec<String>> {
    let skips = |name: &String| connect.skipped_regions.contains(name);
    if let (true, Some(first)) = (connect.all_regions, names.known.first()) {
        // A configured region may be one of another partition.
        let partition = iam::partition_of_region(first);
        let mut asked = connect.skipped_regions.iter();
        let unknown = asked.find(|name| {
            iam::partition_of_region(name) == partition && !names.known.contains(name)
        });
        if let Some(name) = unknown {
            let known: Vec<&str> = names.known.iter().map(|name| &**name).collect();
            bail!(unknown_word("--skip-region: unknown region", name, &known));
        }
    }
    for name in names.to_read.iter().filter(|name| skips(name)) {
        let scope = Scope {
            region: Some(name.as_str().into()),
            ..Scope::default()
        };
        if !skipped.contains(&scope) {
            skipped.push(scope);
        }
    }
    Ok(names
        .to_read
        .into_iter()
        .filter(|name| !skips(name))
        .collect())
}
