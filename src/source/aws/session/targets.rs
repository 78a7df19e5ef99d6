//! Which accounts and regions are asked: from what the user said to one asker
//! for each, and what could not be reached at all.
//!
//! Knows profiles, roles, the organization and its regions. Must not know nodes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Result, anyhow};
use aws_sdk_organizations::operation::list_accounts::ListAccountsOutput;
use futures_util::future::join_all;

use crate::interrupt::Interrupt;
use crate::plan::iam;
use crate::plan::iam::Action;
use crate::record::{Place, Scope, Subject, Unread, Why};
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::{Fault, Kind};
use crate::source::aws::api::pages::{Pages, Start};
use crate::source::aws::api::response_capture::Slot;
use crate::source::aws::api::wire::{Member, Page, Unreadable};
use crate::source::aws::limits::call_stats::Tally;
use crate::source::aws::limits::circuit_breaker::CircuitBreaker;
use crate::source::aws::session;
use crate::source::aws::session::Identity;
use crate::source::aws::session::profile;
use crate::source::{Accounts, Connect};

/// Roles that are assumed side by side.
const AT_ONCE: usize = 16;

/// Everywhere that is asked.
#[derive(Default)]
pub struct Reach {
    pub askers: Vec<Arc<Asker>>,
    /// Profiles, accounts and regions that cannot be asked, and why.
    pub unread: Vec<Unread>,
    /// Which call it was that some of those were refused.
    pub refused: Vec<(Scope, &'static Action)>,
    /// The user, under each profile.
    pub callers: Vec<Identity>,
    /// What the user may wonder about.
    pub remarks: Vec<String>,
}

impl Reach {
    /// Somewhere cannot be asked, for want of this call.
    fn refuse(&mut self, unread: Unread, action: &'static Action) {
        if let Subject::Scope(scope) = &unread.subject {
            self.refused.push((scope.clone(), action));
        }
        self.unread.push(unread);
    }
}

/// Finds everywhere that is to be asked. `tally` counts the calls this takes.
///
/// # Errors
/// When there is nowhere to ask.
pub async fn reach(connect: &Connect, interrupt: &Interrupt, tally: &Tally) -> Result<Reach> {
    let mut reach = Reach::default();
    let mut identities = Vec::new();
    for who in profiles(connect, &mut reach.unread).await? {
        let who = if connect.brief { who.brief() } else { who };
        reach.callers.push(who.clone());
        identities.extend(accounts(connect, who, tally, &mut reach).await?);
    }
    let mut seen = HashSet::new();
    let mut breakers: HashMap<String, CircuitBreaker> = HashMap::new();
    for some in identities.chunks(AT_ONCE) {
        let known = some.iter().map(|who| {
            let breaker = breakers.entry(who.home().to_owned()).or_default().clone();
            regions(connect, who, tally, breaker)
        });
        let known = join_all(known.collect::<Vec<_>>()).await;
        for (who, known) in some.iter().zip(known) {
            let names = match known {
                Ok(names) => names,
                Err(unread) => {
                    reach.refuse(unread, &iam::REGIONS);
                    continue;
                }
            };
            for region in names {
                let place = Place {
                    region: region.into(),
                    account: who.account.clone(),
                };
                // Two profiles of one account must not give every node twice.
                if place.account.is_none() || seen.insert(place.clone()) {
                    let asker =
                        Asker::new(who.clone(), place, connect.concurrency, interrupt.clone());
                    reach.askers.push(Arc::new(asker));
                }
            }
        }
    }
    Ok(reach)
}

/// Who asks: each profile. One of several that cannot be used is unread; alone,
/// it is an error.
async fn profiles(connect: &Connect, unread: &mut Vec<Unread>) -> Result<Vec<Identity>> {
    if connect.demo {
        return Ok(vec![session::demo()]);
    }
    if connect.profiles.len() < 2 {
        let named = connect.profiles.first().map(String::as_str);
        return Ok(vec![profile::live(connect, named).await?]);
    }
    let mut found = Vec::new();
    for name in &connect.profiles {
        match profile::live(connect, Some(name)).await {
            Ok(identity) => found.push(identity),
            Err(error) => unread.push(Unread {
                subject: Subject::Scope(Scope {
                    profile: Some(name.as_str().into()),
                    ..Scope::default()
                }),
                why: Why {
                    code: "Profile".into(),
                    text: format!("{error:#}").into(),
                },
            }),
        }
    }
    if found.is_empty() {
        let first = unread.first().map_or("", |unread| &*unread.why.text);
        return Err(anyhow!("none of the profiles can be used; {first}"));
    }
    Ok(found)
}

/// The accounts that one identity is to ask, each with credentials of its own.
async fn accounts(
    connect: &Connect,
    who: Identity,
    tally: &Tally,
    reach: &mut Reach,
) -> Result<Vec<Identity>> {
    if connect.accounts == Accounts::Own {
        return Ok(match own(connect, who, tally).await {
            Ok(who) => vec![who],
            Err((scope, fault)) => {
                reach.refuse(fault.of(scope), &iam::CALLER);
                vec![]
            }
        });
    }
    let (own, arn) = match who.caller(tally).await {
        Ok(caller) => caller,
        // Of several profiles, the others are asked all the same.
        Err(fault) if connect.profiles.len() > 1 => {
            let scope = Scope {
                profile: who.profile.clone(),
                ..Scope::default()
            };
            reach.refuse(fault.of(scope), &iam::CALLER);
            return Ok(vec![]);
        }
        Err(fault) => return Err(anyhow!("{}", fault.why.text)),
    };
    let ids = match &connect.accounts {
        Accounts::Listed(ids) => ids.clone(),
        Accounts::Own | Accounts::Organization => {
            members(&who, &own, tally, &mut reach.remarks).await?
        }
    };
    // `arn:aws:sts::111122223333:assumed-role/...`: roles lie in the same partition.
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    let role = connect.role_name.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    let breaker = CircuitBreaker::default();
    for some in ids.chunks(AT_ONCE) {
        let assumed = join_all(some.iter().map(|account| {
            let who = &who;
            let (own, external_id) = (&own, connect.external_id.clone());
            let breaker = &breaker;
            async move {
                if **own == **account {
                    // An organization's first account has no role that its own people assume.
                    return Ok(Identity {
                        account: Some(own.clone()),
                        ..who.clone()
                    });
                }
                let arn = format!("arn:{partition}:iam::{account}:role/{role}");
                let assuming = who.assuming(account, arn, external_id, tally);
                breaker.guard(assuming).await
            }
        }))
        .await;
        for (account, assumed) in some.iter().zip(assumed) {
            match assumed {
                Ok(identity) => found.push(identity),
                Err(fault) => {
                    let fault = not_assumed(fault, role, connect.external_id.is_some());
                    let scope = Scope {
                        account: Some(account.as_str().into()),
                        ..Scope::default()
                    };
                    reach.refuse(fault.of(scope), &iam::ROLE);
                }
            }
        }
    }
    Ok(found)
}

/// The identity's own account. Its id is asked for only where it tells rows apart.
async fn own(connect: &Connect, who: Identity, tally: &Tally) -> Result<Identity, (Scope, Fault)> {
    if who.account.is_some() || connect.profiles.len() < 2 {
        return Ok(who);
    }
    match who.caller(tally).await {
        Ok((account, _)) => Ok(Identity {
            account: Some(account),
            ..who
        }),
        Err(fault) => {
            let scope = Scope {
                profile: who.profile.clone(),
                ..Scope::default()
            };
            Err((scope, fault))
        }
    }
}

/// The active accounts of the organization, by their ids. The account that
/// asks is one of them, whether it manages the organization or was delegated to.
async fn members(
    who: &Identity,
    own: &str,
    tally: &Tally,
    remarks: &mut Vec<String>,
) -> Result<Vec<String>> {
    let listed = listed(who, tally).await;
    let listed = listed.map_err(|fault| anyhow!("{}", fault.why.text))?;
    if !listed.iter().any(|member| *member.id == *own) {
        let call = who.call("organizations", LIST);
        let text = format!("it does not list the account that asks, {own}");
        return Err(anyhow!(
            "{}",
            Fault::own("Unreadable", &text, call).why.text
        ));
    }
    let (closed, active): (Vec<Member>, Vec<Member>) =
        listed.into_iter().partition(Member::is_inactive);
    if !closed.is_empty() {
        let mut closed: Vec<String> = closed
            .into_iter()
            .map(|member| format!("{} ({})", member.id, member.state.unwrap_or_default()))
            .collect();
        closed.sort_unstable();
        remarks.push(format!(
            "accounts of the organization that are not active, and so are not asked: {}",
            closed.join(", ")
        ));
    }
    let mut active: Vec<String> = active.into_iter().map(|one| one.id.into()).collect();
    active.sort_unstable();
    active.dedup();
    Ok(active)
}

const LIST: &str = "ListAccounts";

/// Every account of the organization. None at all is no answer: there is at
/// least the one that manages it.
async fn listed(who: &Identity, tally: &Tally) -> Result<Vec<Member>, Fault> {
    let call = who.call("organizations", LIST);
    let client = who.organizations(tally);
    let mut members = Vec::new();
    let mut pages = Pages::new(call);
    while let Some(Start(token)) = pages.next()? {
        let is_first = token.is_none();
        let slot = Slot::<Page<Member>>::checked(move |page| {
            if is_first && page.rows.is_empty() && page.next.is_none() {
                return Err(Unreadable::new("it lists no account"));
            }
            Ok(())
        });
        tally.call("organizations", LIST);
        let asked = client.list_accounts().set_next_token(token);
        let ask = || {
            slot.call(
                call,
                || ListAccountsOutput::builder().build(),
                |reader| asked.clone().customize().interceptor(reader).send(),
            )
        };
        let page = who.held.renewing(ask, Fault::is_for_credentials).await?;
        pages.then(page.rows.len(), page.next);
        members.extend(page.rows);
    }
    Ok(members)
}

/// The regions that are asked for one account.
async fn regions(
    connect: &Connect,
    who: &Identity,
    tally: &Tally,
    breaker: CircuitBreaker,
) -> Result<Vec<String>, Unread> {
    if !connect.all_regions {
        return Ok(if connect.regions.is_empty() {
            vec![who.home().to_owned()]
        } else {
            connect.regions.clone()
        });
    }
    let ask = async {
        tally.call("ec2", "DescribeRegions");
        who.ec2(who.home(), tally, who.attempts).regions().await
    };
    match breaker.guard(ask).await {
        Ok(all) => {
            let enabled = all.into_iter().filter(|region| region.enabled);
            let mut names: Vec<String> = enabled.map(|region| region.name.into()).collect();
            names.sort_unstable();
            Ok(names)
        }
        Err(mut fault) => {
            let text = format!(
                "its regions are not known: {}, or name them with --region",
                fault.why.text
            );
            fault.why.text = text.into();
            Err(fault.of(Scope {
                account: who.account.clone(),
                profile: who.profile.clone(),
                region: None,
            }))
        }
    }
}

/// AWS says the same of every cause, so all of them are named.
fn not_assumed(mut fault: Fault, role: &str, with_external_id: bool) -> Fault {
    if fault.kind == Kind::Denied {
        let external_id = if with_external_id {
            "wants another --external-id"
        } else {
            "wants an --external-id"
        };
        fault.why.text = format!(
            "the role {role} cannot be assumed: {}, and see whether the role exists there, trusts this caller, or {external_id}",
            fault.why.text
        )
        .into();
    } else {
        fault.why.text = format!("the role {role} cannot be assumed: {}", fault.why.text).into();
    }
    fault
}

impl Fault {
    /// The line for everywhere that this fault keeps from being read.
    pub fn of(self, scope: Scope) -> Unread {
        Unread {
            subject: Subject::Scope(scope),
            why: self.why,
        }
    }
}
