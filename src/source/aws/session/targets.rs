//! Resolves the requested accounts and regions to one client for each, and
//! reports those that could not be reached.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use futures_util::future::join_all;

use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::plan::iam;
use crate::plan::iam::Action;
use crate::record::{AccountRegion, CallerIdentity, Cause, Scope, Subject, Unread};
use crate::source::aws::api::error::{CallError, ErrorKind};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::remedy::DenyingPolicy;
use crate::source::aws::connect_options::{Accounts, ConnectOptions};
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::limits::circuit_breaker::CircuitBreaker;
use crate::source::aws::session;
use crate::source::aws::session::Session;
use crate::source::aws::session::organization::{NamedAccount, Organization};
use crate::source::aws::session::profile;
use crate::source::aws::session::regions::{target_regions, without_skipped};
use crate::suggest::nearest;

/// Roles that are assumed concurrently.
const CONCURRENT_ROLES: usize = 16;

/// All accounts and regions that are read.
#[derive(Default)]
pub(crate) struct Targets {
    pub clients: Vec<Arc<RegionClient>>,
    /// Profiles, accounts and regions that cannot be read, and why.
    pub unread: Vec<Unread>,
    /// Regions and accounts that are left out on purpose.
    pub skipped: Vec<Scope>,
    /// The calls that were denied for some of those.
    pub failed_actions: Vec<(Scope, &'static Action)>,
    /// The caller, one for each profile.
    pub sessions: Vec<Session>,
    /// Notes for the user.
    pub remarks: Vec<String>,
}

impl Targets {
    /// Records a location that cannot be read because this call failed.
    fn add_unread(&mut self, unread: Unread, action: &'static Action) {
        if let Subject::Scope(scope) = &unread.subject {
            self.failed_actions.push((scope.clone(), action));
        }
        self.unread.push(unread);
    }
}

/// Resolves all accounts and regions to read. `call_stats` counts the calls
/// this takes.
///
/// # Errors
/// If there is none.
pub(crate) async fn resolve_targets(
    connect: &ConnectOptions,
    now: Timestamp,
    interrupt: &Interrupt,
    call_stats: &CallStats,
) -> Result<Targets> {
    let mut targets = Targets::default();
    let mut sessions = Vec::new();
    for caller in load_sessions(connect, &mut targets.unread).await? {
        let caller = if connect.fail_fast {
            caller.fail_fast()
        } else {
            caller
        };
        targets.sessions.push(caller.clone());
        sessions.extend(account_sessions(connect, caller, call_stats, &mut targets).await?);
    }
    let mut seen = HashSet::new();
    let mut breakers: HashMap<String, CircuitBreaker> = HashMap::new();
    for some in sessions.chunks(CONCURRENT_ROLES) {
        let known = some.iter().map(|caller| {
            let breaker = breakers
                .entry(caller.home_region().to_owned())
                .or_default()
                .clone();
            target_regions(connect, caller, call_stats, breaker)
        });
        let known = join_all(known.collect::<Vec<_>>()).await;
        for (caller, known) in some.iter().zip(known) {
            let names = match known {
                Ok(names) => without_skipped(names, connect, &mut targets.skipped)?,
                Err(unread) => {
                    targets.add_unread(unread, &iam::REGIONS);
                    continue;
                }
            };
            for region in names {
                let location = AccountRegion {
                    region: region.into(),
                    account: caller.account.clone(),
                    account_name: caller.account_name.clone(),
                };
                // Two profiles of one account must not produce every node
                // twice.
                if location.account.is_none() || seen.insert(location.clone()) {
                    let client = RegionClient::new(
                        caller.clone(),
                        location,
                        connect.concurrency,
                        now,
                        interrupt.clone(),
                    );
                    targets.clients.push(Arc::new(client));
                }
            }
        }
    }
    if targets.clients.is_empty() && targets.unread.is_empty() && !targets.skipped.is_empty() {
        bail!(
            "every region and account is skipped; see --skip-region, --skip-account and --skip-ou"
        );
    }
    Ok(targets)
}

/// The session of each profile. If there are several, one that cannot be used
/// is unread; a single one is an error.
async fn load_sessions(connect: &ConnectOptions, unread: &mut Vec<Unread>) -> Result<Vec<Session>> {
    if connect.demo {
        return Ok(vec![session::demo_session()]);
    }
    if connect.profiles.len() < 2 {
        let named = connect.profiles.first().map(String::as_str);
        return Ok(vec![Box::pin(profile::load_session(connect, named)).await?]);
    }
    let mut found = Vec::new();
    for name in &connect.profiles {
        match Box::pin(profile::load_session(connect, Some(name))).await {
            Ok(identity) => found.push(identity),
            Err(error) => unread.push(Unread {
                subject: Subject::Scope(Scope {
                    profile: Some(name.as_str().into()),
                    ..Scope::default()
                }),
                cause: Cause {
                    code: "Profile".into(),
                    text: format!("{error:#}").into(),
                },
            }),
        }
    }
    if found.is_empty() {
        let first = unread.first().map_or("", |unread| &*unread.cause.text);
        return Err(anyhow!("none of the profiles can be used; {first}"));
    }
    Ok(found)
}

/// The sessions of the accounts that one caller reads, each with its own
/// credentials.
async fn account_sessions(
    connect: &ConnectOptions,
    caller: Session,
    call_stats: &CallStats,
    targets: &mut Targets,
) -> Result<Vec<Session>> {
    if connect.accounts == Accounts::Own {
        return Ok(
            match own_account_session(connect, caller, call_stats).await {
                Ok(caller) => vec![caller],
                Err((scope, error)) => {
                    targets.add_unread(error.into_unread(scope), &iam::CALLER_IDENTITY);
                    vec![]
                }
            },
        );
    }
    let CallerIdentity { account: own, arn } = match caller.caller_identity(call_stats).await {
        Ok(caller) => caller,
        // With several profiles, the others are still read.
        Err(error) if connect.profiles.len() > 1 => {
            let scope = Scope {
                profile: caller.profile.clone(),
                ..Scope::default()
            };
            targets.add_unread(error.into_unread(scope), &iam::CALLER_IDENTITY);
            return Ok(vec![]);
        }
        Err(error) => return Err(anyhow!("{}", error.cause.text)),
    };
    let mut in_units = BTreeSet::new();
    let ids = match &connect.accounts {
        Accounts::Listed(ids) => ids.iter().map(|id| (id.clone(), None)).collect(),
        Accounts::Own | Accounts::Organization => {
            let organization = Organization {
                caller: &caller,
                call_stats,
            };
            in_units = organization
                .accounts_in_units(&connect.skipped_units)
                .await?;
            let remarks = &mut targets.remarks;
            organization.active_accounts(&own, remarks).await?
        }
    };
    for unknown in connect.skipped_accounts.iter().filter(|skipped| {
        let mut known = ids.iter();
        !known.any(|(id, _)| id == *skipped)
    }) {
        let known: Vec<&str> = ids.iter().map(|(id, _)| &**id).collect();
        let guess = nearest(unknown, &known);
        let guess = guess.map_or(String::new(), |id| format!("; did you mean {id}?"));
        let text = format!("--skip-account {unknown} skips nothing: it is not read{guess}");
        targets.remarks.push(text);
    }
    let (skipped, ids): (Vec<NamedAccount>, Vec<NamedAccount>) = ids
        .into_iter()
        .partition(|(id, _)| connect.skipped_accounts.contains(id) || in_units.contains(id));
    let skipped = skipped.into_iter().map(account_scope);
    targets.skipped.extend(skipped);
    // `arn:aws:sts::111122223333:assumed-role/...`: roles are in the same
    // partition.
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    let role = connect.role_name.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    let breaker = CircuitBreaker::default();
    for some in ids.chunks(CONCURRENT_ROLES) {
        let assumed = join_all(some.iter().map(|(account, _)| {
            let caller = &caller;
            let (own, external_id) = (&own, connect.external_id.clone());
            let breaker = &breaker;
            async move {
                if **own == **account {
                    // An organization's management account has no role that its
                    // own users assume.
                    return Ok(Session {
                        account: Some(own.clone()),
                        ..caller.clone()
                    });
                }
                let arn = format!("arn:{partition}:iam::{account}:role/{role}");
                let assuming = caller.assume_role(account, arn, external_id, call_stats);
                breaker.guard(assuming).await
            }
        }))
        .await;
        for ((account, name), assumed) in some.iter().zip(assumed) {
            match assumed {
                Ok(session) => found.push(Session {
                    account_name: name.clone(),
                    ..session
                }),
                Err(error) => {
                    let error = assume_role_error(error, role, connect.external_id.is_some());
                    let scope = account_scope((account.clone(), name.clone()));
                    targets.add_unread(error.into_unread(scope), &iam::ASSUME_ROLE);
                }
            }
        }
    }
    Ok(found)
}

/// The caller's own account. Its id is read only if rows need it.
async fn own_account_session(
    connect: &ConnectOptions,
    caller: Session,
    call_stats: &CallStats,
) -> Result<Session, (Scope, CallError)> {
    if caller.account.is_some() || connect.profiles.len() < 2 {
        return Ok(caller);
    }
    match caller.caller_identity(call_stats).await {
        Ok(identity) => Ok(Session {
            account: Some(identity.account),
            ..caller
        }),
        Err(error) => {
            let scope = Scope {
                profile: caller.profile.clone(),
                ..Scope::default()
            };
            Err((scope, error))
        }
    }
}

fn account_scope((id, name): NamedAccount) -> Scope {
    Scope {
        account: Some(id.into()),
        account_name: name,
        ..Scope::default()
    }
}

/// Names every cause that AWS does not tell from others.
fn assume_role_error(mut error: CallError, role: &str, with_external_id: bool) -> CallError {
    // A policy that is named is the cause; else AWS reports every cause alike.
    let is_named = DenyingPolicy::from_message(&error.cause.text)
        .is_some_and(|policy| policy != DenyingPolicy::RoleTrust);
    if error.kind == ErrorKind::AccessDenied && !is_named {
        let external_id = if with_external_id {
            "wants another --external-id"
        } else {
            "wants an --external-id"
        };
        error.cause.text = format!(
            "the role {role} cannot be assumed: {}, and see whether the role exists there, trusts this caller, or {external_id}",
            error.cause.text
        )
        .into();
    } else {
        error.cause.text =
            format!("the role {role} cannot be assumed: {}", error.cause.text).into();
    }
    error
}
