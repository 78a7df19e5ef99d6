//! Tries every call once, in every place: which are answered, which denied.
//!
//! Knows the cheapest honest question for each call. Must not know what is made
//! of the answers, nor how they are printed.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::{join, join4};
use futures_util::{StreamExt as _, stream};
use tokio::sync::OnceCell;

use crate::interrupt::Interrupt;
use crate::plan::iam;
use crate::plan::iam::Action;
use crate::record::{Caller, Check, Checked, Node, Scope, Subject, Unread, Why};
use crate::source::Source;
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::{Fault, Kind};
use crate::source::aws::api::inventory_calls::INSTANCES;
use crate::source::aws::api::patch_calls::Filters;
use crate::source::aws::session::Identity;

/// Places that are tried side by side.
const PLACES_AT_ONCE: usize = 32;

/// What is asked about where no node is known: well formed, and nobody's.
const NOBODY: &str = "i-00000000000000000";
const NOBODY_HYBRID: &str = "mi-00000000000000000";
const NO_GROUP: &str = "patchctl-doctor";
const NO_BASELINE: &str = "pb-00000000000000000";

/// The patch that AWS's own documentation asks about.
const SOME_PATCH: &str = "KB4480979";

/// The account and ARN that the service takes somebody for.
type Known = Result<(Arc<str>, Arc<str>), Fault>;

/// Somebody who asks, and what the service takes them for, asked for once.
struct Who<'a> {
    identity: &'a Identity,
    known: OnceCell<Known>,
}

/// What is tried together, in the order of the answer.
enum Stage<'a> {
    Who(&'a Who<'a>),
    Place(&'a Asker, &'a Who<'a>),
}

impl Source {
    /// Tries every call in every place and hands each to `each`, in a fixed
    /// order; returns who was asking in each place.
    ///
    /// # Errors
    /// Those of `each`, at once.
    pub async fn check<E>(
        &self,
        interrupt: &Interrupt,
        mut each: impl FnMut(Checked) -> Result<(), E>,
    ) -> Result<Vec<Caller>, E> {
        for unread in &self.unread {
            each(self.unreached(unread))?;
        }
        let whos = self.whos();
        let mut stages = Vec::new();
        for who in &whos {
            stages.push(Stage::Who(who));
            let theirs = self.askers.iter().filter(|asker| who.is(asker.identity()));
            stages.extend(theirs.map(|asker| Stage::Place(asker, who)));
        }
        let mut tried = stream::iter(stages)
            .map(|stage| self.stage(stage, interrupt))
            .buffered(PLACES_AT_ONCE);
        let mut callers = Vec::new();
        while let Some((checks, caller)) = tried.next().await {
            callers.extend(caller);
            checks.into_iter().try_for_each(&mut each)?;
        }
        Ok(callers)
    }

    /// Everybody who asks: the user, and each role that was assumed.
    fn whos(&self) -> Vec<Who<'_>> {
        let mut whos: Vec<Who> = Vec::new();
        let askers = self.askers.iter().map(|asker| asker.identity());
        for identity in self.callers.iter().chain(askers) {
            if !whos.iter().any(|who| who.is(identity)) {
                whos.push(Who {
                    identity,
                    known: OnceCell::new(),
                });
            }
        }
        whos
    }

    async fn stage(
        &self,
        stage: Stage<'_>,
        interrupt: &Interrupt,
    ) -> (Vec<Checked>, Option<Caller>) {
        match stage {
            Stage::Who(who) => (Box::pin(self.who(who, interrupt)).await, None),
            Stage::Place(asker, who) => {
                let known = self.known(who, interrupt);
                let (known, mut checks) = join(known, Box::pin(place(asker))).await;
                let known = known.as_ref().ok();
                let account = asker.place.account.clone();
                let account = account.or_else(|| known.map(|(account, _)| account.clone()));
                for checked in &mut checks {
                    checked.scope.account.clone_from(&account);
                }
                let region = asker.place.region.clone();
                let caller = Caller {
                    endpoint: who.identity.endpoint(&region).await.map(Into::into),
                    region,
                    account,
                    arn: known.map(|(_, arn)| arn.clone()),
                    credentials: who.identity.credentials.clone(),
                };
                (checks, Some(caller))
            }
        }
    }

    /// What is about somebody, wherever they ask.
    async fn who(&self, who: &Who<'_>, interrupt: &Interrupt) -> Vec<Checked> {
        let identity = who.identity;
        let home = identity.home();
        let is_asked = self.askers.iter().any(|asker| who.is(asker.identity()));
        let regions = async {
            if !is_asked {
                return Ok(());
            }
            self.tally.call("ec2", "DescribeRegions");
            let ec2 = identity.ec2(home, &self.tally, identity.attempts);
            unless(interrupt, ec2.regions()).await.map(drop)
        };
        let (known, regions) = join(self.known(who, interrupt), Box::pin(regions)).await;
        let account = identity.account.clone();
        let account = account.or_else(|| known.as_ref().ok().map(|(account, _)| account.clone()));
        let scope = Scope {
            region: Some(home.into()),
            account,
            profile: identity.profile.clone(),
        };
        let mut checks = vec![checked(
            &scope,
            &iam::CALLER,
            known.as_ref().map(|_| ()).map_err(Clone::clone),
        )];
        // The source has made these two calls already, or there would be nobody here.
        if identity.role.is_some() {
            checks.push(Checked::ok(scope.clone(), &iam::ROLE));
        } else if self.is_organization {
            checks.push(Checked::ok(scope.clone(), &iam::ACCOUNTS));
        }
        if is_asked {
            checks.push(checked(&scope, &iam::REGIONS, regions));
        }
        checks
    }

    /// Who the service takes them for.
    async fn known<'w>(&self, who: &'w Who<'_>, interrupt: &Interrupt) -> &'w Known {
        who.known
            .get_or_init(|| unless(interrupt, who.identity.caller(&self.tally)))
            .await
    }

    /// The row of what could not be reached at all.
    fn unreached(&self, unread: &Unread) -> Checked {
        let scope = match &unread.subject {
            Subject::Scope(scope) => scope.clone(),
            Subject::Node(node) => Scope::of(&node.place),
        };
        let refused = self.refused.iter().find(|(of, _)| *of == scope);
        Checked {
            action: refused.map(|(_, action)| *action),
            check: if Kind::of(&unread.why.code) == Kind::Denied {
                Check::Denied
            } else {
                Check::Unread
            },
            scope,
            detail: unread.why.text.clone(),
            matters: true,
        }
    }
}

impl Who<'_> {
    fn is(&self, other: &Identity) -> bool {
        let key = |of: &Identity| (of.said.clone(), of.profile.clone(), of.role.clone());
        key(self.identity) == key(other)
    }
}

async fn unless<T>(
    interrupt: &Interrupt,
    call: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    tokio::select! {
        biased;
        cause = interrupt.raised() => Err(Fault::interrupted(cause)),
        answer = call => answer,
    }
}

/// Every call about the nodes of one place. Those that list go first: they know
/// a node and a group to ask the others about.
async fn place(asker: &Asker) -> Vec<Checked> {
    let ((listed, groups, instances, inventory), baselines) = Box::pin(join(
        join4(
            asker.some_listed(),
            asker.a_group(),
            asker.no_instance(),
            asker.some_inventory(),
        ),
        asker.a_baseline(),
    ))
    .await;
    let ids = listed.as_deref().unwrap_or_default();
    let node = ids.first().map_or(NOBODY, |id| &**id);
    let hybrid = ids.iter().find(|id| id.starts_with("mi-"));
    let hybrid_id = hybrid.map_or(NOBODY_HYBRID, |id| &**id);
    let group = groups.as_ref().ok().and_then(Option::as_deref);
    let of_group = asker.some_of_group(group.unwrap_or(NO_GROUP));
    let baseline = baselines.as_ref().ok().and_then(Option::as_deref);
    let baseline_name = baseline.unwrap_or(NO_BASELINE);
    let ((states, patches, of_group, tags), (ruling, available)) = Box::pin(join(
        join4(
            asker.state_of(node),
            asker.some_patches(node),
            of_group,
            asker.tags_of_hybrid(hybrid_id),
        ),
        join(asker.read_baseline(baseline_name), asker.some_available()),
    ))
    .await;

    let scope = Scope::of(&asker.place);
    let about = |is_known: bool, mut checked: Checked, id: &str| {
        if !is_known && checked.check == Check::Ok {
            checked.detail = format!("asked about {id}, for want of a real one").into();
        }
        checked
    };
    let of_node = |action: &'static Action, result| {
        about(!ids.is_empty(), checked(&scope, action, result), node)
    };
    // That there is no such node is an answer to whoever may ask.
    let tags = match tags {
        Err(fault) if hybrid.is_none() && fault.is_about_the_id() => Ok(()),
        other => other.map(drop),
    };
    let ruling = match ruling {
        Err(fault) if baseline.is_none() && fault.is_about_nothing() => Ok(()),
        other => other.map(drop),
    };
    vec![
        of_node(&iam::STATES, states),
        of_node(&iam::PATCHES, patches),
        about(
            baseline.is_some(),
            checked(&scope, &iam::BASELINE, ruling),
            baseline_name,
        ),
        checked(
            &scope,
            &iam::BASELINES,
            baselines.as_ref().map(drop).map_err(Clone::clone),
        ),
        checked(&scope, &iam::AVAILABLE, available),
        checked(
            &scope,
            &iam::INFORMATION,
            listed.as_ref().map(drop).map_err(Clone::clone),
        ),
        checked(&scope, &iam::INSTANCES, instances),
        checked(&scope, &iam::INVENTORY, inventory),
        checked(
            &scope,
            &iam::GROUPS,
            groups.as_ref().map(drop).map_err(Clone::clone),
        ),
        about(
            group.is_some(),
            checked(&scope, &iam::OF_GROUP, of_group),
            NO_GROUP,
        ),
        about(
            hybrid.is_some(),
            checked(&scope, &iam::TAGS, tags),
            hybrid_id,
        ),
    ]
}

fn checked(scope: &Scope, action: &'static Action, result: Result<(), Fault>) -> Checked {
    match result {
        Ok(()) => Checked::ok(scope.clone(), action),
        Err(fault) => {
            let is_own = fault.why.text.contains(action.name);
            let (check, why) = match fault.kind {
                Kind::Denied => (Check::Denied, fault.why),
                _ if fault.is_interrupted() => (Check::Unread, fault.why),
                _ if is_own => (Check::Failed, fault.why),
                // Another call has shown that none would fare better.
                _ => {
                    let text = "not asked, as a call before it failed for all of them";
                    let text = text.into();
                    (Check::Unread, Why { text, ..fault.why })
                }
            };
            Checked::amiss(scope.clone(), action, check, why)
        }
    }
}

impl Fault {
    fn is_about_the_id(&self) -> bool {
        self.kind == Kind::Refused || *self.why.code == *"InvalidResourceId"
    }
}

/// Each call as small as the service takes it: one page.
impl Asker {
    async fn some_listed(&self) -> Result<Vec<Box<str>>, Fault> {
        let page = self.managed_page(None, 5, None).await?;
        Ok(page.rows.into_iter().map(|node| node.id).collect())
    }

    async fn a_group(&self) -> Result<Option<String>, Fault> {
        let page = self.groups_page(10, None).await?;
        Ok(page.rows.into_iter().map(|group| group.0).next())
    }

    async fn a_baseline(&self) -> Result<Option<String>, Fault> {
        let page = self.baselines_page(1, None).await?;
        let mut listed = page.rows.into_iter();
        Ok(listed.next().map(|listed| listed.name.into()))
    }

    async fn some_available(&self) -> Result<(), Fault> {
        let only = BTreeSet::from([SOME_PATCH.into()]);
        self.available_page(&only, None).await.map(drop)
    }

    async fn no_instance(&self) -> Result<(), Fault> {
        self.tally.call("ec2", INSTANCES);
        // A filter, unlike a list of ids, may match nothing.
        let only = [("instance-id".to_owned(), vec![NOBODY.to_owned()])];
        self.unless_interrupted(self.ec2().instances(&only, None))
            .await
            .map(drop)
    }

    async fn some_inventory(&self) -> Result<(), Fault> {
        self.inventory_page(None, 5, None).await.map(drop)
    }

    async fn some_of_group(&self, group: &str) -> Result<(), Fault> {
        self.group_page(group, 10, None).await.map(drop)
    }

    async fn state_of(&self, id: &str) -> Result<(), Fault> {
        self.states_page(&[id], None).await.map(drop)
    }

    async fn some_patches(&self, id: &str) -> Result<(), Fault> {
        let node = Node::asked(id, &self.place);
        let page = self.patches_page(&node, &Filters::new(), None).await;
        page.map(drop)
    }
}
