//! `patchctl iam-policy`: prints the least policy for a command. Makes no AWS calls.

use anyhow::Result;

use crate::cli::{Cli, DiffSource, PolicyArgs, PolicyCommand};
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
        let datasets = args
            .command()
            .map_or_else(|| Ok(Datasets::default()), datasets)?;
        let plan = fetch_plan(args.command(), &cli.settings)?;
        let is_everything = plan.is_none();
        let plans = match plan {
            Some(_) if datasets.replace_aws => Vec::new(),
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
        let buckets = datasets.all.iter().filter_map(bucket_access);
        buckets.fold(policy, |policy, bucket| {
            policy.with_bucket(&bucket, partition)
        })
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

/// The datasets of a command.
#[derive(Default)]
struct Datasets {
    /// Each once.
    all: Vec<(DatasetLocation, BucketUse)>,
    /// Does the command read them in place of AWS?
    replace_aws: bool,
}

/// The datasets that the command reads or writes.
fn datasets(command: &PolicyCommand) -> Result<Datasets> {
    let read = |location: &DatasetLocation| (location.clone(), BucketUse::Read);
    let from = match command {
        PolicyCommand::States(args) => args.from.from.as_ref(),
        PolicyCommand::Patches(args) => args.from.from.as_ref(),
        PolicyCommand::Check(args) => args.from.from.as_ref(),
        PolicyCommand::Summary(args) => args.from.from.as_ref(),
        PolicyCommand::Report(args) => args.from.from.as_ref(),
        PolicyCommand::Trend(args) => args.from.as_ref(),
        PolicyCommand::History(args) => args.from.as_ref(),
        PolicyCommand::Verify(args) => Some(&args.dataset),
        PolicyCommand::Diff(_) | PolicyCommand::Collect(_) | PolicyCommand::Doctor(_) => None,
    };
    let mut all: Vec<_> = from.map(read).into_iter().collect();
    let mut replace_aws = from.is_some();
    match command {
        PolicyCommand::Check(args) => {
            let baseline = args.baseline()?;
            all.extend(baseline.map(|(_, dataset)| read(&dataset.location)));
        }
        PolicyCommand::Diff(args) => {
            let sides = args.sides()?.map(|(_, side)| side);
            replace_aws = !sides.contains(&DiffSource::Live);
            all.extend(sides.iter().filter_map(|side| match side {
                DiffSource::Dataset(dataset) => Some(read(&dataset.location)),
                DiffSource::Live => None,
            }));
        }
        PolicyCommand::Collect(args) => {
            let changes_runs = args.resume || args.keep.is_some();
            all.push((args.to.clone(), BucketUse::Write { changes_runs }));
        }
        _ => {}
    }
    if let [first, second] = &all[..]
        && first == second
    {
        all.pop();
    }
    Ok(Datasets { all, replace_aws })
}

/// A folder takes no permission.
fn bucket_access((location, usage): &(DatasetLocation, BucketUse)) -> Option<BucketAccess> {
    match location {
        DatasetLocation::Folder(_) => None,
        DatasetLocation::S3 { bucket, prefix } => Some(BucketAccess {
            bucket: bucket.clone(),
            prefix: prefix.clone(),
            usage: *usage,
        }),
    }
}

/// What the command fetches; `None`: everything that any command does.
fn fetch_plan(command: Option<&PolicyCommand>, settings: &Settings) -> Result<Option<FetchPlan>> {
    Ok(match command {
        None | Some(PolicyCommand::Doctor(_)) => None,
        Some(PolicyCommand::Verify(_) | PolicyCommand::History(_)) => Some(FetchPlan::default()),
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
