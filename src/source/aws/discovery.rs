//! Which nodes a place has: the calls that a selector takes, joined.
//!
//! Knows which call sees what, and what to use where one may not be made. Must
//! not know how its answer is used, nor other places.
//!
//! DescribeInstanceInformation leaves stopped EC2 nodes out, though their patch
//! states are still there. EC2 knows which instances are stopped, but not which
//! are managed: those are candidates, and only a patch record makes them nodes.
//! Where EC2 may not be asked, the inventory and the patch groups tell of most.

pub(in crate::source) mod enrich;
pub(in crate::source) mod resolve;

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::selection::Selector;
use crate::record::{Facts, Finding, Found, Needs, NodeState, Why};
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::{Fault, Kind};
use crate::source::aws::api::inventory_calls::Only;
use crate::source::aws::discovery::enrich::join_instances;

/// Systems Manager's list of managed nodes.
const LIST: &str = "ssm:DescribeInstanceInformation";
const EC2: &str = "ec2:DescribeInstances";
const INVENTORY: &str = "ssm:GetInventory";

/// The two tags that put a node into a patch group. Source: Systems Manager
/// user guide, "Patch groups".
const GROUP_TAGS: [&str; 2] = ["tag:Patch Group", "tag:PatchGroup"];

/// A node that was found.
#[derive(Debug)]
pub struct One {
    pub found: Found,
    pub facts: Option<Box<Facts>>,
    /// Its patch state, where finding it told.
    pub state: Option<Box<NodeState>>,
}

/// The nodes by their ids.
pub type Nodes = BTreeMap<Box<str>, One>;

/// What was found in one place.
#[derive(Debug, Default)]
pub struct Catch {
    pub nodes: Nodes,
    pub by: BTreeSet<&'static str>,
    pub blind: BTreeSet<String>,
    /// Is it blind for want of a call that was refused or failed?
    pub is_refused: bool,
    /// A call broke off that might have told of more nodes: asked again, it may.
    pub failed: Option<Why>,
    /// Why nobody can say of any other node that it is not meant.
    doubtful: Option<Why>,
    /// Nodes that may be of the platform asked for.
    untold: BTreeSet<Box<str>>,
    /// Nodes of which groups gave different records: they are asked for by id.
    ambiguous: BTreeSet<Box<str>>,
}

impl Catch {
    /// Why a node that was not found may yet be what the selector asks for.
    pub fn doubt_of(&self, id: &str) -> Option<Why> {
        let untold = self.untold.contains(id).then(|| Why {
            code: "Unknown".into(),
            text: "nobody tells whether it is of the platform asked for".into(),
        });
        untold.or_else(|| self.doubtful.clone())
    }

    /// How it was found, for the reader.
    pub fn finding(&self) -> Finding {
        Finding {
            by: self.by.iter().copied().collect(),
            blind: self.blind.iter().cloned().collect(),
            is_refused: self.is_refused,
            has_untold: !self.untold.is_empty(),
            ..Finding::default()
        }
    }
}

/// Finds the nodes that the selector asks for.
pub async fn find(
    asker: &Asker,
    selector: &Selector,
    needs: Option<Needs>,
) -> Result<Catch, Fault> {
    let mut finder = Finder {
        asker,
        selector,
        keeps_facts: needs.is_some() || !selector.platforms.is_empty(),
        catch: Catch::default(),
    };
    if selector.patch_groups.is_empty() {
        finder.managed().await?;
        finder.stopped().await?;
    } else {
        finder.of_groups().await?;
        if !selector.tags.is_empty() {
            let members = std::mem::take(&mut finder.catch.nodes);
            finder.managed().await?;
            finder.stopped().await?;
            let tagged = std::mem::replace(&mut finder.catch.nodes, members);
            finder.catch.nodes.retain(|id, _| tagged.contains_key(id));
        }
    }
    finder.of_platforms().await?;
    let mut catch = finder.catch;
    if needs.is_none() {
        for one in catch.nodes.values_mut() {
            one.facts = None;
        }
    }
    Ok(catch)
}

struct Finder<'a> {
    asker: &'a Asker,
    selector: &'a Selector,
    keeps_facts: bool,
    catch: Catch,
}

impl Finder<'_> {
    /// What Systems Manager lists: by tag one list for each, as a tag's filter
    /// goes alone; else everything, or everything of a kind of platform.
    async fn managed(&mut self) -> Result<(), Fault> {
        self.catch.by.insert(LIST);
        let mut filters: Vec<Option<Only>> = Vec::new();
        for tag in &self.selector.tags {
            filters.push(Some((format!("tag:{}", tag.key), vec![tag.value.clone()])));
        }
        if filters.is_empty() {
            let kinds = self.selector.platform_kinds();
            filters.push(kinds.map(|kinds| {
                let kinds = kinds.into_iter().map(ToOwned::to_owned).collect();
                ("PlatformTypes".to_owned(), kinds)
            }));
        }
        for (at, only) in filters.iter().enumerate() {
            let mut listed = BTreeMap::new();
            self.list(only.as_ref(), &mut listed).await?;
            if at == 0 {
                self.catch.nodes.extend(listed);
            } else {
                self.catch.nodes.retain(|id, _| listed.contains_key(id));
            }
        }
        Ok(())
    }

    async fn list(&self, only: Option<&Only>, nodes: &mut Nodes) -> Result<(), Fault> {
        self.asker
            .managed(only, |id, facts| {
                let mut facts = self.keeps_facts.then(|| Box::new(facts));
                let one = nodes.entry(id.into()).or_insert_with(|| One {
                    found: Found::Managed,
                    facts: facts.take(),
                    state: None,
                });
                if let (Some(known), Some(other)) = (&mut one.facts, &facts) {
                    known.keep_common(other);
                }
            })
            .await
    }

    /// The nodes that the list leaves out.
    async fn stopped(&mut self) -> Result<(), Fault> {
        let states = ["stopping", "stopped"].map(ToOwned::to_owned).to_vec();
        let mut filters = vec![("instance-state-name".to_owned(), states)];
        for tag in &self.selector.tags {
            filters.push((format!("tag:{}", tag.key), vec![literal(&tag.value)]));
        }
        let (keeps_facts, nodes) = (self.keeps_facts, &mut self.catch.nodes);
        let asked = self
            .asker
            .instances(&filters, |id, facts| {
                nodes.entry(id.into()).or_insert_with(|| One {
                    found: Found::Stopped,
                    facts: keeps_facts.then(|| Box::new(facts)),
                    state: None,
                });
            })
            .await;
        match asked {
            Ok(()) => {
                self.catch.by.insert(EC2);
                self.managed_though_stopped().await
            }
            Err(fault) if fault.is_interrupted() => Err(fault),
            Err(fault) => {
                self.failed(&fault);
                if self.selector.tags.is_empty() {
                    return self.without_ec2(&fault).await;
                }
                self.catch.is_refused = true;
                self.catch.blind.insert(format!(
                    "stopped EC2 nodes, whose tags only {EC2} tells ({})",
                    short(&fault)
                ));
                self.catch.doubtful = Some(Why {
                    code: "Unknown".into(),
                    text: format!(
                        "nobody tells its tags, should it be stopped: {}",
                        fault.why.text
                    )
                    .into(),
                });
                Ok(())
            }
        }
    }

    /// A call for its stopped nodes broke off.
    fn failed(&mut self, fault: &Fault) {
        self.may_lack("its stopped nodes", fault);
    }

    /// A call that broke off, rather than being denied, may answer when it is
    /// asked again.
    fn may_lack(&mut self, nodes: &str, fault: &Fault) {
        if fault.kind != Kind::Denied && self.catch.failed.is_none() {
            self.catch.failed = Some(Why {
                code: fault.why.code.clone(),
                text: format!("{nodes} may be missing: {}", fault.why.text).into(),
            });
        }
    }

    /// Which stopped instances are managed, as far as the inventory tells: those
    /// get a row also when they were never scanned. Without it, those that have
    /// no record are only counted.
    async fn managed_though_stopped(&mut self) -> Result<(), Fault> {
        let mut nodes = self.catch.nodes.values();
        if !nodes.any(|one| one.found == Found::Stopped) {
            return Ok(());
        }
        let inventory = self.inventory(false).await;
        match inventory {
            Err(fault) if fault.is_interrupted() => Err(fault),
            Ok(()) => Ok(()),
            Err(fault) => {
                self.failed(&fault);
                self.catch.is_refused = true;
                self.catch.blind.insert(format!(
                    "which stopped EC2 nodes are managed and were never scanned, for want of {INVENTORY} ({})",
                    short(&fault)
                ));
                Ok(())
            }
        }
    }

    /// What the inventory tells of stopped nodes: that they are managed, and
    /// what their agent knew. With `adds`, also of those that EC2 did not tell.
    async fn inventory(&mut self, adds: bool) -> Result<(), Fault> {
        let (keeps_facts, nodes) = (self.keeps_facts, &mut self.catch.nodes);
        self.asker
            .stopped_in_inventory(|id, facts| {
                let one = match nodes.get_mut(id) {
                    Some(one) => one,
                    None if adds => nodes.entry(id.into()).or_insert(One {
                        found: Found::Stopped,
                        facts: None,
                        state: None,
                    }),
                    None => return,
                };
                // A node that is listed has been started since; the list is fresher.
                if one.found != Found::Stopped {
                    return;
                }
                one.found = Found::Managed;
                if keeps_facts {
                    // The agent knows its platform better: to EC2 a Mac is "Linux/UNIX".
                    let known = one.facts.get_or_insert_default();
                    let ec2 = std::mem::replace(&mut **known, facts);
                    known.complete(ec2);
                }
            })
            .await?;
        self.catch.by.insert(INVENTORY);
        Ok(())
    }

    /// Stopped nodes where EC2 does not tell.
    async fn without_ec2(&mut self, ec2: &Fault) -> Result<(), Fault> {
        let inventory = self.inventory(true).await;
        let mut missed = Vec::new();
        match inventory {
            Ok(()) => missed.push("that the inventory has forgotten (after 30 days)".to_owned()),
            Err(fault) if fault.is_interrupted() => return Err(fault),
            Err(fault) => {
                self.failed(&fault);
                self.catch.is_refused = true;
                missed.push(format!("that only the inventory has ({})", short(&fault)));
            }
        }
        match self.of_registered_groups().await {
            Ok(()) => missed.push("whose patch group is registered with no baseline".to_owned()),
            Err(fault) if fault.is_interrupted() => return Err(fault),
            Err(fault) => {
                self.failed(&fault);
                self.catch.is_refused = true;
                missed.push(format!("that only patch groups have ({})", short(&fault)));
            }
        }
        self.catch.blind.insert(format!(
            "stopped EC2 nodes {}, for want of {EC2} ({})",
            missed.join(" and "),
            short(ec2)
        ));
        Ok(())
    }

    async fn of_registered_groups(&mut self) -> Result<(), Fault> {
        let groups = self.asker.patch_groups().await?;
        self.catch.by.insert("ssm:DescribePatchGroups");
        for group in groups {
            self.states_of(&group).await?;
        }
        Ok(())
    }

    /// The states come with it, so they are kept and not asked for again.
    async fn states_of(&mut self, group: &str) -> Result<(), Fault> {
        let Catch {
            nodes, ambiguous, ..
        } = &mut self.catch;
        self.asker
            .states_of_group(group, |id, state| {
                let one = nodes.entry(id.clone()).or_insert(One {
                    found: Found::Managed,
                    facts: None,
                    state: None,
                });
                if one.state.as_ref().is_some_and(|known| **known != state) {
                    ambiguous.insert(id.clone());
                }
                one.state = (!ambiguous.contains(&id)).then(|| Box::new(state));
            })
            .await?;
        self.catch
            .by
            .insert("ssm:DescribeInstancePatchStatesForPatchGroup");
        Ok(())
    }

    /// The members of the groups asked for: by their last scan, stopped or not,
    /// and by their tag, scanned or not.
    async fn of_groups(&mut self) -> Result<(), Fault> {
        for key in GROUP_TAGS {
            let only = (key.to_owned(), self.selector.patch_groups.clone());
            let mut listed = Nodes::new();
            self.list(Some(&only), &mut listed).await?;
            self.catch.nodes.extend(listed);
        }
        self.catch.by.insert(LIST);
        for group in &self.selector.patch_groups {
            self.states_of(group).await?;
        }
        self.catch
            .blind
            .insert("nodes of the group that are stopped and were never scanned".to_owned());
        Ok(())
    }

    /// Drops what is of another platform.
    async fn of_platforms(&mut self) -> Result<(), Fault> {
        if self.selector.platforms.is_empty() {
            return Ok(());
        }
        let selector = self.selector;
        let nodes = self.catch.nodes.iter();
        let untold: Vec<Box<str>> = nodes
            .filter(|(_, one)| selector.has_platform(one.facts.as_deref()).is_none())
            .map(|(id, _)| id.clone())
            .collect();
        let mut refused = None;
        if !untold.is_empty() {
            // EC2 tells of nodes that only a patch group knew. A refusal leaves them untold.
            match join_instances(self.asker, &mut self.catch.nodes, &untold).await {
                Err(fault) if fault.is_interrupted() => return Err(fault),
                joined => refused = joined.err(),
            }
        }
        let mut untold = Vec::new();
        self.catch.nodes.retain(|id, one| {
            let has = selector.has_platform(one.facts.as_deref());
            if has.is_none() {
                untold.push(id.to_string());
            }
            has == Some(true)
        });
        self.catch.untold = untold.iter().map(|id| id.as_str().into()).collect();
        if !untold.is_empty() {
            self.catch.blind.insert(format!(
                "whether these are of the platform asked for, as nobody tells: {}",
                untold.join(", ")
            ));
            if let Some(fault) = refused {
                self.catch.is_refused = true;
                self.may_lack("nodes of the platform asked for", &fault);
            }
        }
        Ok(())
    }
}

/// A value that EC2 takes to the letter: it knows wildcards, Systems Manager does not.
fn literal(value: &str) -> String {
    let value = value.replace('\\', "\\\\");
    value.replace('*', "\\*").replace('?', "\\?")
}

/// The cause without the place, which is the same for many.
fn short(fault: &Fault) -> String {
    fault.why.code.to_string()
}
