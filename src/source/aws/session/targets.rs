//! Resolves the requested accounts and regions to one client for each, and
//! reports those that could not be reached.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use aws_sdk_organizations::operation::list_accounts::ListAccountsOutput;
use futures_util::future::join_all;

use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::plan::iam;
use crate::plan::iam::Action;
use crate::record::{AccountRegion, CallerIdentity, Cause, Scope, Subject, Unread};
use crate::source::aws::api::error::{CallError, ErrorKind};
use crate::source::aws::api::pages::{PageStart, Paginator};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::remedy::DenyingPolicy;
use crate::source::aws::api::response_capture::ResponseCapture;
use crate::source::aws::api::wire::{BodyError, OrganizationAccount, Page};
use crate::source::aws::connect_options::{Accounts, ConnectOptions};
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::limits::circuit_breaker::CircuitBreaker;
use crate::source::aws::session;
use crate::source::aws::session::Session;
use crate::source::aws::session::profile;
use crate::source::aws::session::regions::{target_regions, without_skipped};

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
        bail!("every region and account is skipped; see --skip-region and --skip-account");
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
    let ids = match &connect.accounts {
        Accounts::Listed(ids) => ids.iter().map(|id| (id.clone(), None)).collect(),
        Accounts::Own | Accounts::Organization => {
            active_accounts(&caller, &own, call_stats, &mut targets.remarks).await?
        }
    };
    let (skipped, ids): (Vec<NamedAccount>, Vec<NamedAccount>) = ids
        .into_iter()
        .partition(|(id, _)| connect.skipped_accounts.contains(id));
    targets
        .skipped
        .extend(skipped.into_iter().map(|(id, _)| Scope {
            account: Some(id.into()),
            ..Scope::default()
        }));
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
                    let scope = Scope {
                        account: Some(account.as_str().into()),
                        ..Scope::default()
                    };
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

/// The id of an account, and its name where AWS Organizations tells it.
type NamedAccount = (String, Option<Arc<str>>);

/// The active accounts of the organization, by id. The caller's account is one
/// of them, whether it is the management account or a delegated administrator.
async fn active_accounts(
    caller: &Session,
    own: &str,
    call_stats: &CallStats,
    remarks: &mut Vec<String>,
) -> Result<Vec<NamedAccount>> {
    let listed = list_accounts(caller, call_stats).await;
    let listed = listed.map_err(|error| anyhow!("{}", error.cause.text))?;
    if !listed.iter().any(|member| *member.id == *own) {
        let call = caller.call_context("organizations", LIST_ACCOUNTS);
        let text = format!("it does not list the caller's account, {own}");
        return Err(anyhow!(
            "{}",
            CallError::client_side("Unreadable", &text, call).cause.text
        ));
    }
    let (closed, active): (Vec<OrganizationAccount>, Vec<OrganizationAccount>) = listed
        .into_iter()
        .partition(OrganizationAccount::is_inactive);
    if !closed.is_empty() {
        let mut closed: Vec<String> = closed
            .into_iter()
            .map(|member| format!("{} ({})", member.id, member.state.unwrap_or_default()))
            .collect();
        closed.sort_unstable();
        remarks.push(format!(
            "accounts of the organization that are not active and were skipped: {}",
            closed.join(", ")
        ));
    }
    let mut active: Vec<NamedAccount> = active
        .into_iter()
        .map(|one| (one.id.into(), one.name.map(Arc::from)))
        .collect();
    active.sort_unstable();
    active.dedup_by(|a, b| a.0 == b.0);
    Ok(active)
}

const LIST_ACCOUNTS: &str = "ListAccounts";

/// Every account of the organization. An empty list is an error: there is at
/// least the management account.
async fn list_accounts(
    caller: &Session,
    call_stats: &CallStats,
) -> Result<Vec<OrganizationAccount>, CallError> {
    let call = caller.call_context("organizations", LIST_ACCOUNTS);
    let client = caller.organizations_client(call_stats);
    let mut members = Vec::new();
    let mut pages = Paginator::new(call);
    while let Some(PageStart(token)) = pages.next_start()? {
        let is_first = token.is_none();
        let slot = ResponseCapture::<Page<OrganizationAccount>>::with_check(move |page| {
            if is_first && page.rows.is_empty() && page.next_token.is_none() {
                return Err(BodyError::new("it lists no account"));
            }
            Ok(())
        });
        call_stats.record_call("organizations", LIST_ACCOUNTS);
        let asked = client.list_accounts().set_next_token(token);
        let ask = || {
            slot.send(
                call,
                || ListAccountsOutput::builder().build(),
                |reader| asked.clone().customize().interceptor(reader).send(),
            )
        };
        let page = caller
            .credentials_cache
            .with_refresh(ask, CallError::is_credentials_error)
            .await?;
        pages.record_page(page.rows.len(), page.next_token);
        members.extend(page.rows);
    }
    Ok(members)
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
