//! Tries every call once, in every account and region: which succeed, which are
//! denied. Uses the cheapest valid request of each call.

use futures_util::future::{join, join3, join4};
use futures_util::{StreamExt as _, stream};

use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::iam;
use crate::plan::iam::{Access, Action};
use crate::record::{CallCheck, CallStatus, Caller, CallerIdentity, Cause, Scope, Subject, Unread};
use crate::source::aws::api::error::{CallError, ErrorKind};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::probe_calls::{
    PROBE_BASELINE_ID, PROBE_HYBRID_NODE_ID, PROBE_NODE_ID, PROBE_PATCH_GROUP,
};
use crate::source::aws::session::Session;
use crate::source::aws::source::AwsSource;

/// Locations that are tried concurrently.
const CONCURRENT_LOCATIONS: usize = 32;

/// Checks that run together, in the order of the output.
enum CheckStage<'a> {
    Session(&'a Session),
    Location(&'a RegionClient, &'a Session),
}

impl AwsSource {
    /// Tries every call that these plans need in every location and passes each
    /// result to `each`, in a fixed order; returns the caller of each location.
    ///
    /// # Errors
    /// Those of `each`, at once.
    pub(crate) async fn check_calls<E>(
        &self,
        plans: &[FetchPlan],
        interrupt: &Interrupt,
        mut each: impl FnMut(CallCheck) -> Result<(), E>,
    ) -> Result<Vec<Caller>, E> {
        for unread in &self.unread {
            each(self.unreachable_check(unread))?;
        }
        let mut stages = Vec::new();
        for session in self.sessions() {
            stages.push(CheckStage::Session(session));
            let clients = self.clients.iter();
            let theirs = clients.filter(|client| is_same_session(session, client.session()));
            stages.extend(theirs.map(|client| CheckStage::Location(client, session)));
        }
        let mut tried = stream::iter(stages)
            .map(|stage| self.run_stage(stage, interrupt))
            .buffered(CONCURRENT_LOCATIONS);
        let needed = Access::unlimited(plans).actions();
        let is_needed = |check: &CallCheck| {
            let mut name = check.action.iter().map(|action| action.name);
            name.all(|name| needed.contains(name))
        };
        let mut callers = Vec::new();
        while let Some((checks, caller)) = tried.next().await {
            callers.extend(caller);
            let mut checks = checks.into_iter().filter(is_needed);
            checks.try_for_each(&mut each)?;
        }
        Ok(callers)
    }

    /// The user's sessions, and that of each role that was assumed.
    fn sessions(&self) -> Vec<&Session> {
        let mut sessions: Vec<&Session> = Vec::new();
        let clients = self.clients.iter().map(|client| client.session());
        for session in self.callers.iter().chain(clients) {
            if !sessions.iter().any(|known| is_same_session(known, session)) {
                sessions.push(session);
            }
        }
        sessions
    }

    async fn run_stage(
        &self,
        stage: CheckStage<'_>,
        interrupt: &Interrupt,
    ) -> (Vec<CallCheck>, Option<Caller>) {
        match stage {
            CheckStage::Session(session) => {
                let checks = Box::pin(self.check_session(session, interrupt)).await;
                (checks, None)
            }
            CheckStage::Location(client, session) => {
                let known = self.caller_of(session, interrupt);
                let (known, mut checks) = join(known, Box::pin(check_location(client))).await;
                let known = known.ok();
                let account = client.location.account.clone();
                let account = account.or_else(|| Some(known.as_ref()?.account.clone()));
                for checked in &mut checks {
                    checked.scope.account.clone_from(&account);
                }
                let region = client.location.region.clone();
                let caller = Caller {
                    endpoint: session.ssm_endpoint(&region).await.map(Into::into),
                    region,
                    account,
                    arn: known.map(|caller| caller.arn),
                    credentials: session.credentials_source.clone(),
                };
                (checks, Some(caller))
            }
        }
    }

    /// The checks of a session, independent of the location.
    async fn check_session(&self, session: &Session, interrupt: &Interrupt) -> Vec<CallCheck> {
        let home = session.home_region();
        let is_asked = self
            .clients
            .iter()
            .any(|client| is_same_session(session, client.session()));
        let regions = async {
            if !is_asked {
                return Ok(());
            }
            self.call_stats.record_call("ec2", "DescribeRegions");
            let ec2 = session.ec2_client(home, &self.call_stats, session.max_attempts);
            unless_interrupted(interrupt, ec2.regions()).await.map(drop)
        };
        let (known, regions) = join(self.caller_of(session, interrupt), Box::pin(regions)).await;
        let account = session.account.clone();
        let account = account.or_else(|| Some(known.as_ref().ok()?.account.clone()));
        let scope = Scope {
            region: Some(home.into()),
            account,
            account_name: session.account_name.clone(),
            profile: session.profile.clone(),
        };
        let mut checks = vec![call_check(&scope, &iam::CALLER_IDENTITY, known.map(drop))];
        // The source has made these calls already; otherwise this session
        // would not exist.
        if session.role_arn.is_some() {
            checks.push(CallCheck::ok(scope.clone(), &iam::ASSUME_ROLE));
        } else if self.is_organization {
            checks.push(CallCheck::ok(scope.clone(), &iam::ACCOUNTS));
            if self.skips_units {
                let made = [&iam::UNIT_ACCOUNTS, &iam::UNITS];
                checks.extend(made.map(|action| CallCheck::ok(scope.clone(), action)));
            }
        }
        if is_asked {
            checks.push(call_check(&scope, &iam::REGIONS, regions));
        }
        checks
    }

    /// The caller's identity.
    pub(super) async fn caller_of(
        &self,
        session: &Session,
        interrupt: &Interrupt,
    ) -> Result<CallerIdentity, CallError> {
        unless_interrupted(interrupt, session.caller_identity(&self.call_stats)).await
    }

    /// The row of a scope that could not be reached at all.
    fn unreachable_check(&self, unread: &Unread) -> CallCheck {
        let scope = match &unread.subject {
            Subject::Scope(scope) => scope.clone(),
            Subject::Node(node) => Scope::of(&node.location),
        };
        let refused = self.refused_calls.iter().find(|(of, _)| *of == scope);
        CallCheck {
            action: refused.map(|(_, action)| *action),
            status: if ErrorKind::from_code(&unread.cause.code) == ErrorKind::AccessDenied {
                CallStatus::Denied
            } else {
                CallStatus::Unread
            },
            scope,
            detail: unread.cause.text.clone(),
            is_blocking: true,
        }
    }
}

/// Do two sessions have the same credentials?
fn is_same_session(one: &Session, other: &Session) -> bool {
    let key = |of: &Session| (of.label.clone(), of.profile.clone(), of.role_arn.clone());
    key(one) == key(other)
}

async fn unless_interrupted<T>(
    interrupt: &Interrupt,
    call: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    tokio::select! {
        biased;
        cause = interrupt.wait_until_raised() => Err(CallError::interrupted(cause)),
        answer = call => answer,
    }
}

/// Every call about the nodes of one location. List calls go first: they return
/// a node and a group for the others.
async fn check_location(client: &RegionClient) -> Vec<CallCheck> {
    let ((listed, groups, instances, inventory), (baselines, properties)) = Box::pin(join(
        join4(
            client.probe_managed(),
            client.probe_patch_groups(),
            client.probe_instances(),
            client.probe_inventory(),
        ),
        join(client.probe_baselines(), client.probe_properties()),
    ))
    .await;
    let ids = listed.as_deref().unwrap_or_default();
    let node = ids.first().map_or(PROBE_NODE_ID, |id| &**id);
    let hybrid = ids.iter().find(|id| id.starts_with("mi-"));
    let hybrid_id = hybrid.map_or(PROBE_HYBRID_NODE_ID, |id| &**id);
    let group = groups.as_ref().ok().and_then(Option::as_deref);
    let of_group = client.probe_group_states(group.unwrap_or(PROBE_PATCH_GROUP));
    let baseline = baselines.as_ref().ok().and_then(Option::as_deref);
    let baseline_name = baseline.unwrap_or(PROBE_BASELINE_ID);
    let ((states, patches, of_group, tags), (ruling, available, items)) = Box::pin(join(
        join4(
            client.probe_state(node),
            client.probe_patches(node),
            of_group,
            client.hybrid_node_tags(hybrid_id),
        ),
        join3(
            client.read_baseline(baseline_name),
            client.probe_available_patches(),
            client.probe_compliance_items(node),
        ),
    ))
    .await;

    let scope = Scope::of(&client.location);
    let about = |is_known: bool, mut checked: CallCheck, id: &str| {
        if !is_known && checked.status == CallStatus::Ok {
            checked.detail = format!("called with {id}, as no real id is known").into();
        }
        checked
    };
    let of_node = |action: &'static Action, result| {
        about(!ids.is_empty(), call_check(&scope, action, result), node)
    };
    // The error that there is no such node shows that the call is allowed.
    let tags = match tags {
        Err(error) if hybrid.is_none() && error.is_invalid_id() => Ok(()),
        other => other.map(drop),
    };
    let ruling = match ruling {
        Err(error) if baseline.is_none() && error.is_not_found() => Ok(()),
        other => other.map(drop),
    };
    vec![
        of_node(&iam::STATES, states),
        of_node(&iam::PATCHES, patches),
        about(
            baseline.is_some(),
            call_check(&scope, &iam::BASELINE, ruling),
            baseline_name,
        ),
        call_check(
            &scope,
            &iam::BASELINES,
            baselines.as_ref().map(drop).map_err(Clone::clone),
        ),
        call_check(&scope, &iam::AVAILABLE_PATCHES, available),
        of_node(&iam::COMPLIANCE_ITEMS, items),
        call_check(
            &scope,
            &iam::INSTANCE_INFORMATION,
            listed.as_ref().map(drop).map_err(Clone::clone),
        ),
        call_check(&scope, &iam::INSTANCES, instances),
        call_check(&scope, &iam::PROPERTIES, properties),
        call_check(&scope, &iam::INVENTORY, inventory),
        call_check(
            &scope,
            &iam::PATCH_GROUPS,
            groups.as_ref().map(drop).map_err(Clone::clone),
        ),
        about(
            group.is_some(),
            call_check(&scope, &iam::GROUP_STATES, of_group),
            PROBE_PATCH_GROUP,
        ),
        about(
            hybrid.is_some(),
            call_check(&scope, &iam::TAGS, tags),
            hybrid_id,
        ),
    ]
}

fn call_check(scope: &Scope, action: &'static Action, result: Result<(), CallError>) -> CallCheck {
    match result {
        Ok(()) => CallCheck::ok(scope.clone(), action),
        Err(error) => {
            let is_own = error.cause.text.contains(action.name);
            let (check, cause) = match error.kind {
                ErrorKind::AccessDenied => (CallStatus::Denied, error.cause),
                _ if error.is_interrupted() => (CallStatus::Unread, error.cause),
                _ if is_own => (CallStatus::Failed, error.cause),
                // Another call has failed with an error that affects all calls.
                _ => {
                    let text = "not called: an earlier error affects all calls";
                    let text = text.into();
                    (
                        CallStatus::Unread,
                        Cause {
                            text,
                            ..error.cause
                        },
                    )
                }
            };
            CallCheck::not_answered(scope.clone(), action, check, cause)
        }
    }
}
