//! `patchctl iam-policy`: the least policy for a command, without asking anybody.
//!
//! Knows which flags take which uses of the service, as `source/` goes by them.
//! Must not know the actions behind a use.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::cli::{Allowed, Cli, PolicyArgs, SelectArgs};
use crate::columns::{Extra, Row};
use crate::command::output::Chosen;
use crate::command::{check, patches};
use crate::exit::Exit;
use crate::plan::iam::{Policy, Role, Use, partition};
use crate::record::Needs;
use crate::terminal::Terminal;

pub fn run(cli: &Cli, args: &PolicyArgs, terminal: &mut Terminal) -> Result<Exit> {
    let connect = &cli.connect;
    let region = connect.regions.first();
    let partition = region.map_or("aws", |region| partition(region));
    let of_others = connect.organization || !connect.accounts.is_empty();
    let policy = match &args.trust {
        Some(_) if args.command.is_some() => {
            bail!("--trust is about who may assume the role, not about a command; leave one out")
        }
        Some(account) => Policy::of_trust(account, connect.external_id.as_deref(), partition),
        None => {
            let role = Role {
                name: connect.role_name.clone().unwrap_or_default(),
                accounts: connect.to_connect().accounts.listed().to_vec(),
            };
            Policy::of(&uses(args, cli)?, &role, partition)
        }
    };
    let text = serde_json::to_string_pretty(&policy)?;
    writeln!(terminal.out, "{text}")?;
    terminal.out.flush()?;
    if args.trust.is_none() && of_others {
        terminal.remark(
            "this is for the caller; the role in each account needs it without Organization and \
             AssumeRole, and the trust policy that iam-policy --trust ACCOUNT_ID prints",
        );
    }
    Ok(Exit::Answered)
}

/// What is to be allowed.
fn uses(args: &PolicyArgs, cli: &Cli) -> Result<BTreeSet<Use>> {
    let connect = &cli.connect;
    let without_ec2 = args.without_ec2;
    let mut uses = BTreeSet::new();
    match &args.command {
        None | Some(Allowed::Doctor(_)) => uses.extend(Use::OWN),
        Some(Allowed::States(args)) => {
            // Without the last two, the verdicts that hang on a baseline stay open.
            uses.extend([Use::States, Use::Baselines, Use::OwnedByAws]);
            selecting(&args.select, without_ec2, &mut uses);
            showing(&Chosen::new(&args.layout, args.output.output), &mut uses);
        }
        Some(Allowed::Summary(args)) => {
            uses.extend([Use::States, Use::Baselines, Use::OwnedByAws]);
            selecting(&args.select(), without_ec2, &mut uses);
            needing(args.by.needs(), &mut uses);
        }
        Some(Allowed::Patches(args)) => {
            // Whether a node without patches was ever scanned, its state tells.
            uses.extend([Use::States, Use::Patches]);
            selecting(&args.select, without_ec2, &mut uses);
            needing(patches::needs(args), &mut uses);
            if patches::asks_for_dates(args) {
                uses.insert(Use::ReleaseDates);
            }
            if !args.filter.cves.is_empty() {
                // Which nodes cannot be judged hangs on their verdicts.
                uses.extend([Use::Baselines, Use::OwnedByAws]);
            }
        }
        Some(Allowed::Check(args)) => {
            uses.extend([Use::States, Use::Baselines, Use::OwnedByAws]);
            selecting(&args.select, without_ec2, &mut uses);
            let (question, waivers) = check::asked(args, &cli.settings)?;
            if let Some(reading) = question.reading(&waivers) {
                uses.insert(Use::Patches);
                if reading.release_dates {
                    uses.insert(Use::ReleaseDates);
                }
            }
            needing(question.needs(&waivers), &mut uses);
        }
    }
    if without_ec2 {
        for of in [Use::Stopped, Use::Names, Use::Regions] {
            uses.remove(&of);
        }
    }
    if connect.all_regions {
        uses.insert(Use::Regions);
    }
    if connect.organization {
        uses.insert(Use::Accounts);
    }
    if connect.organization || !connect.accounts.is_empty() {
        uses.insert(Use::Roles);
    }
    Ok(uses)
}

/// What finding the nodes takes.
fn selecting(select: &SelectArgs, without_ec2: bool, uses: &mut BTreeSet<Use>) {
    let selector = select.to_selector();
    let by_group = !selector.patch_groups.is_empty();
    if by_group {
        uses.insert(Use::Groups);
        // EC2 tells the platform of nodes that only the group knew.
        if !selector.platforms.is_empty() {
            uses.insert(Use::Names);
        }
    }
    // The members of a group are listed beside all others only to compare tags.
    if !selector.finds() || (by_group && selector.tags.is_empty()) {
        return;
    }
    uses.insert(Use::Listed);
    if !without_ec2 {
        uses.insert(Use::Stopped);
    } else if selector.tags.is_empty() {
        uses.insert(Use::StoppedWithoutEc2);
    }
}

/// What the columns take.
fn showing<R: Row>(chosen: &Chosen<R>, uses: &mut BTreeSet<Use>) {
    needing(chosen.needs, uses);
    if chosen.asks_for(Extra::Patches) {
        uses.extend([Use::Patches, Use::ReleaseDates]);
    }
    if chosen.asks_for(Extra::ReleaseDates) {
        uses.insert(Use::ReleaseDates);
    }
}

/// What facts of nodes take.
fn needing(needs: Option<Needs>, uses: &mut BTreeSet<Use>) {
    let all = [
        (Needs::Facts, Use::Facts),
        (Needs::Names, Use::Names),
        (Needs::Tags, Use::Tags),
    ];
    uses.extend(
        all.into_iter()
            .filter_map(|(of, use_)| (needs >= Some(of)).then_some(use_)),
    );
}
