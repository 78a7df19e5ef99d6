//! `patchctl iam-policy`: the least policy for a command, without asking anybody.
//!
//! Knows which flags take which uses of the service, as `source/` goes by them.
//! Must not know the actions behind a use.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::cli::{Cli, PolicyArgs, PolicyCommand, SelectArgs};
use crate::columns::{ColumnCost, Row};
use crate::command::output::ColumnSelection;
use crate::command::{check, patches};
use crate::exit::Exit;
use crate::plan::iam::{AssumedRole, Policy, Purpose, partition_of_region};
use crate::record::InfoLevel;
use crate::terminal::Terminal;

pub fn run(cli: &Cli, args: &PolicyArgs, terminal: &mut Terminal) -> Result<Exit> {
    let connect = &cli.connect;
    let region = connect.regions.first();
    let partition = region.map_or("aws", |region| partition_of_region(region));
    let of_others = connect.organization || !connect.accounts.is_empty();
    let policy = match &args.trust {
        Some(_) if args.command.is_some() => {
            bail!("--trust is about who may assume the role, not about a command; leave one out")
        }
        Some(account) => Policy::trust_policy(account, connect.external_id.as_deref(), partition),
        None => {
            let role = AssumedRole {
                name: connect.role_name.clone().unwrap_or_default(),
                accounts: connect.to_connect().accounts.ids().to_vec(),
            };
            Policy::allowing(&required_uses(args, cli)?, &role, partition)
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

/// What is to be allowed.
fn required_uses(args: &PolicyArgs, cli: &Cli) -> Result<BTreeSet<Purpose>> {
    let connect = &cli.connect;
    let without_ec2 = args.without_ec2;
    let mut uses = BTreeSet::new();
    match &args.command {
        None | Some(PolicyCommand::Doctor(_)) => uses.extend(Purpose::OWN_ACCOUNT),
        Some(PolicyCommand::States(args)) => {
            // Without the last two, the verdicts that hang on a baseline stay open.
            uses.extend([Purpose::States, Purpose::Baselines, Purpose::AwsBaselines]);
            add_selection_uses(&args.select, without_ec2, &mut uses);
            add_column_uses(
                &ColumnSelection::new(&args.layout, args.output.output),
                &mut uses,
            );
        }
        Some(PolicyCommand::Summary(args)) => {
            uses.extend([Purpose::States, Purpose::Baselines, Purpose::AwsBaselines]);
            add_selection_uses(&args.select_or_all(), without_ec2, &mut uses);
            add_info_uses(args.by.info_level(), &mut uses);
        }
        Some(PolicyCommand::Patches(args)) => {
            // Whether a node without patches was ever scanned, its state tells.
            uses.extend([Purpose::States, Purpose::Patches]);
            add_selection_uses(&args.select, without_ec2, &mut uses);
            add_info_uses(patches::info_level(args), &mut uses);
            if patches::has_release_date_column(args) {
                uses.insert(Purpose::ReleaseDates);
            }
            if !args.filter.cves.is_empty() {
                // Which nodes cannot be judged hangs on their verdicts.
                uses.extend([Purpose::Baselines, Purpose::AwsBaselines]);
            }
        }
        Some(PolicyCommand::Check(args)) => {
            uses.extend([Purpose::States, Purpose::Baselines, Purpose::AwsBaselines]);
            add_selection_uses(&args.select, without_ec2, &mut uses);
            let (question, waivers) = check::load_rules_and_waivers(args, &cli.settings)?;
            if let Some(reading) = question.patch_needs(&waivers) {
                uses.insert(Purpose::Patches);
                if reading.release_dates {
                    uses.insert(Purpose::ReleaseDates);
                }
            }
            add_info_uses(question.info_level(&waivers), &mut uses);
        }
    }
    if without_ec2 {
        for of in [Purpose::StoppedNodes, Purpose::Names, Purpose::Regions] {
            uses.remove(&of);
        }
    }
    if connect.all_regions {
        uses.insert(Purpose::Regions);
    }
    if connect.organization {
        uses.insert(Purpose::Accounts);
    }
    if connect.organization || !connect.accounts.is_empty() {
        uses.insert(Purpose::Roles);
    }
    Ok(uses)
}

/// What finding the nodes takes.
fn add_selection_uses(select: &SelectArgs, without_ec2: bool, uses: &mut BTreeSet<Purpose>) {
    let selector = select.to_selector();
    let by_group = !selector.patch_groups.is_empty();
    if by_group {
        uses.insert(Purpose::PatchGroups);
        // EC2 tells the platform of nodes that only the group knew.
        if !selector.platforms.is_empty() {
            uses.insert(Purpose::Names);
        }
    }
    // The members of a group are listed beside all others only to compare tags.
    if !selector.needs_discovery() || (by_group && selector.tags.is_empty()) {
        return;
    }
    uses.insert(Purpose::ManagedNodes);
    if !without_ec2 {
        uses.insert(Purpose::StoppedNodes);
    } else if selector.tags.is_empty() {
        uses.insert(Purpose::StoppedWithoutEc2);
    }
}

/// What the columns take.
fn add_column_uses<R: Row>(chosen: &ColumnSelection<R>, uses: &mut BTreeSet<Purpose>) {
    add_info_uses(chosen.info_level, uses);
    if chosen.has_extra(ColumnCost::Patches) {
        uses.extend([Purpose::Patches, Purpose::ReleaseDates]);
    }
    if chosen.has_extra(ColumnCost::ReleaseDates) {
        uses.insert(Purpose::ReleaseDates);
    }
}

/// What facts of nodes take.
fn add_info_uses(needs: Option<InfoLevel>, uses: &mut BTreeSet<Purpose>) {
    let all = [
        (InfoLevel::Basic, Purpose::NodeInfo),
        (InfoLevel::Names, Purpose::Names),
        (InfoLevel::Tags, Purpose::Tags),
    ];
    uses.extend(
        all.into_iter()
            .filter_map(|(of, use_)| (needs >= Some(of)).then_some(use_)),
    );
}
