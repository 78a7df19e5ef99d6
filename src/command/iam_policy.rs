//! `patchctl iam-policy`: prints the least policy for a command. Makes no AWS calls.

use anyhow::Result;

use crate::cli::{Cli, PolicyArgs, PolicyCommand};
use crate::command::read_patches::PatchQuery;
use crate::command::runtime::runtime;
use crate::command::{check, collect, diff, patches, report, states, summary, trend};
use crate::exit::Exit;
use crate::plan::bucket_access::{BucketAccess, BucketUse};
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::iam::{
    Access, AssumedRole, Ec2Access, OrganizationAccess, Policy, partition_of_region,
};
use crate::settings::Settings;
use crate::source::{DatasetLocation, configured_region};
use crate::terminal::Terminal;

pub(super) fn run(cli: &Cli, args: &PolicyArgs, terminal: &mut Terminal) -> Result<Exit> {
    let connect = &cli.connect;
    let region = if connect.demo {
        None
    } else {
        runtime()?.block_on(configured_region(&connect.to_connect()))?
    };
    let partition = region.as_deref().map_or("aws", partition_of_region);
    let of_others = connect.organization || !connect.accounts.is_empty();
    let policy = if let Some(account) = &args.trust {
        Policy::trust_policy(account, connect.external_id.as_deref(), partition)
    } else {
        let role = AssumedRole {
            name: connect.role_name.clone().unwrap_or_default(),
            accounts: connect.to_connect().accounts.ids().to_vec(),
        };
        let dataset = args.command().and_then(dataset);
        let bucket = dataset.and_then(|(location, usage)| bucket_access(location, usage));
        let reads_dataset = dataset.is_some_and(|(_, usage)| usage == BucketUse::Read);
        let plan = fetch_plan(args.command(), &cli.settings)?;
        let is_everything = plan.is_none();
        let plans = match plan {
            Some(_) if reads_dataset => Vec::new(),
            plan => plan.map_or_else(FetchPlan::everything, |plan| vec![plan]),
        };
        let access = Access {
            plans: &plans,
            all_regions: connect.all_regions || (is_everything && !args.without_ec2),
            organization: match (connect.organization, connect.skipped_units.is_empty()) {
                (false, _) => OrganizationAccess::None,
                (true, true) => OrganizationAccess::Accounts,
                (true, false) => OrganizationAccess::Units,
            },
            assumes_roles: of_others,
            ec2: match (args.without_ec2, is_everything) {
                (true, _) => Ec2Access::Denied,
                (false, true) => Ec2Access::Unknown,
                (false, false) => Ec2Access::Allowed,
            },
        };
        let policy = Policy::least(&access, &role, partition);
        match bucket {
            Some(bucket) => policy.with_bucket(&bucket, partition),
            None => policy,
        }
    };
    let text = serde_json::to_string_pretty(&policy)?;
    writeln!(terminal.out, "{text}")?;
    terminal.out.flush()?;
    if args.trust.is_none() && of_others {
        terminal.note(
            "this is for the caller; the role in each account needs it without Organization and \
             AssumeRole, and the trust policy that iam-policy --trust ACCOUNT_ID prints",
        );
    }
    Ok(Exit::Success)
}

/// The dataset that the command reads in place of AWS, or writes.
fn dataset(command: &PolicyCommand) -> Option<(&DatasetLocation, BucketUse)> {
    let from = match command {
        PolicyCommand::Trend(args) => return Some((args.from.as_ref()?, BucketUse::Read)),
        PolicyCommand::States(args) => &args.from,
        PolicyCommand::Patches(args) => &args.from,
        PolicyCommand::Check(args) => &args.from,
        PolicyCommand::Summary(args) => &args.from,
        PolicyCommand::Report(args) => &args.from,
        PolicyCommand::Collect(args) => {
            let changes_runs = args.resume || args.keep.is_some();
            return Some((&args.to, BucketUse::Write { changes_runs }));
        }
        PolicyCommand::Diff(_) | PolicyCommand::Doctor(_) => return None,
    };
    Some((from.from.as_ref()?, BucketUse::Read))
}

/// A folder takes no permission.
fn bucket_access(location: &DatasetLocation, usage: BucketUse) -> Option<BucketAccess> {
    match location {
        DatasetLocation::Folder(_) => None,
        DatasetLocation::S3 { bucket, prefix } => Some(BucketAccess {
            bucket: bucket.clone(),
            prefix: prefix.clone(),
            usage,
        }),
    }
}

/// What the command fetches; `None`: everything that any command does.
fn fetch_plan(command: Option<&PolicyCommand>, settings: &Settings) -> Result<Option<FetchPlan>> {
    Ok(match command {
        None | Some(PolicyCommand::Doctor(_)) => None,
        Some(PolicyCommand::States(args)) => Some(states::fetch_plan(args)),
        Some(PolicyCommand::Collect(args)) => Some(collect::fetch_plan(args)),
        Some(PolicyCommand::Summary(args)) => Some(summary::fetch_plan(args)),
        Some(PolicyCommand::Trend(args)) => Some(trend::fetch_plan(args)),
        Some(PolicyCommand::Diff(args)) => Some(diff::fetch_plan(args, &args.filter.to_filter()?)),
        Some(PolicyCommand::Patches(args)) => {
            Some(patches::fetch_plan(args, &PatchQuery::new(args)?))
        }
        Some(PolicyCommand::Check(args)) => {
            let sla = args.sla.to_sla()?;
            let (rules, waivers) = args.gate.load(settings, &sla)?;
            Some(check::fetch_plan(args, &rules, &waivers))
        }
        Some(PolicyCommand::Report(args)) => {
            let sla = args.sla.to_sla()?;
            let (rules, waivers) = args.gate_or_default().load(settings, &sla)?;
            Some(report::fetch_plan(args, &rules, &waivers))
        }
    })
}
