//! Discovers the nodes of one account and region that match a selector:
//! combines the calls that list them, with fallbacks for calls that are denied.
//!
//! DescribeInstanceInformation does not list stopped EC2 nodes, although their patch states
//! exist. EC2 knows the stopped instances, but not which of them are managed: a patch record
//! makes them nodes. Without EC2, the inventory and the patch groups cover most of them.

mod discovered;
pub(in crate::source) mod enrich;
mod filter;
pub(in crate::source) mod resolve;
#[cfg(test)]
mod tests;
mod unmanaged;
mod vocabulary;

pub(crate) use self::discovered::merge_reports;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::fetch_plan::UnmanagedPlan;
use crate::plan::iam;
use crate::plan::selection::Selector;
use crate::record::{
    Cause, InfoField, InfoLevel, NodeInfo, NodeOrigin, PATCH_GROUP_TAGS, PackedTexts,
};
use crate::source::aws::api::error::CallError;
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::inventory_calls::ListFilter;
use crate::source::aws::discovery::discovered::{Discovered, FoundNode, FoundNodes, add_unmanaged};
use crate::source::aws::discovery::filter::{keep_matching, retain_common};

/// Finds the nodes that match the selector.
pub(crate) async fn discover(
    client: &RegionClient,
    selector: &Selector,
    needs: Option<InfoLevel>,
    unmanaged: UnmanagedPlan,
) -> Result<Discovered, CallError> {
    let mut finder = Finder {
        client,
        selector,
        keeps_info: needs.is_some() || selector.has_criteria(),
        keeps_names: needs >= Some(InfoLevel::Names),
        keeps_tags: needs >= Some(InfoLevel::Tags) || selector.uses_tags(),
        shared_info: BTreeSet::new(),
        hybrid_instances: BTreeSet::new(),
        discovered: Discovered::default(),
    };
    if selector.patch_groups.is_empty() {
        finder.find_managed().await?;
        finder.find_instances().await?;
        // They have names, and nodes that a failed call may have listed: which nodes are
        // found must not depend on the columns.
        if finder.keeps_names || finder.discovered.has_failed_calls {
            finder.find_properties().await?;
        }
    } else {
        finder.find_in_patch_groups().await?;
        if selector.tags.is_empty() {
            if unmanaged > UnmanagedPlan::IfListed {
                finder.find_unmanaged_in_patch_groups().await?;
            }
        } else {
            let members = std::mem::take(&mut finder.discovered.nodes);
            finder.find_managed().await?;
            finder.find_instances().await?;
            let tagged = std::mem::replace(&mut finder.discovered.nodes, members);
            retain_common(&mut finder.discovered.nodes, tagged);
        }
    }
    keep_matching(client, selector, &mut finder.discovered).await?;
    finder.confirm_unmanaged().await?;
    let mut catch = finder.discovered;
    for id in &catch.ambiguous_ids {
        if let Some(one) = catch.nodes.get_mut(id) {
            one.state = None;
        }
    }
    if needs.is_none() {
        for one in catch.nodes.values_mut() {
            one.info = None;
        }
        // The notes name those that are not managed.
        for one in catch.unmanaged.iter_mut().flat_map(FoundNodes::values_mut) {
            let info = one.info.take();
            let name = info.as_ref().and_then(|info| info.get(InfoField::Name));
            one.info = Some(Arc::new(NodeInfo::of([(InfoField::Name, name)])));
        }
    }
    Ok(catch)
}

struct Finder<'a> {
    client: &'a RegionClient,
    selector: &'a Selector,
    keeps_info: bool,
    /// Are names kept, too?
    keeps_names: bool,
    /// Does anything depend on the tags?
    keeps_tags: bool,
    /// What details nodes have in common.
    shared_info: BTreeSet<PackedTexts>,
    /// EC2 instances that are managed as `mi-...`.
    hybrid_instances: BTreeSet<Box<str>>,
    discovered: Discovered,
}

impl Finder<'_> {
    /// The nodes that Systems Manager lists: one list per tag, because a tag
    /// filter cannot be combined with others; otherwise all nodes, or all with a tag or
    /// of a platform type.
    async fn find_managed(&mut self) -> Result<(), CallError> {
        self.discovered.calls.insert(iam::INSTANCE_INFORMATION.name);
        let selector = self.selector;
        let tags = &selector.tags;
        let mut found = None;
        for tag in tags.iter().filter(|tag| tag.is_exact()) {
            let mut listed = FoundNodes::new();
            for value in &tag.values {
                self.read_tagged_nodes(&tag.key, value.as_str(), &mut listed)
                    .await?;
            }
            match &mut found {
                None => found = Some(listed),
                Some(found) => retain_common(found, listed),
            }
        }
        if found.is_none() {
            let mut listed = FoundNodes::new();
            // The service has no wildcards.
            let only = match tags.first() {
                Some(tag) => Some(("tag-key".to_owned(), vec![tag.key.clone()])),
                None => selector.platform_types().map(|kinds| {
                    let kinds = kinds.into_iter().map(ToOwned::to_owned).collect();
                    ("PlatformTypes".to_owned(), kinds)
                }),
            };
            self.read_managed_nodes(only.as_ref(), None, &mut listed)
                .await?;
            found = Some(listed);
        }
        self.discovered.nodes.extend(found.into_iter().flatten());
        Ok(())
    }

    /// The nodes with this tag.
    async fn read_tagged_nodes(
        &mut self,
        key: &str,
        value: &str,
        nodes: &mut FoundNodes,
    ) -> Result<(), CallError> {
        let only = (format!("tag:{key}"), vec![value.to_owned()]);
        self.read_managed_nodes(Some(&only), Some((key, value)), nodes)
            .await
    }

    /// The nodes of one list. The list does not contain tags, but if it is filtered by a
    /// tag, every node in it has that tag.
    async fn read_managed_nodes(
        &mut self,
        only: Option<&ListFilter>,
        tag: Option<(&str, &str)>,
        nodes: &mut FoundNodes,
    ) -> Result<(), CallError> {
        let (keeps_info, known) = (self.keeps_info, &mut self.shared_info);
        let hybrid_instances = &mut self.hybrid_instances;
        self.client
            .read_managed_nodes(only, |id, mut facts| {
                hybrid_instances.extend(hybrid_instance(id, &facts));
                facts.share(known);
                if let Some((key, value)) = tag {
                    facts.tags = [(key, value)].into_iter().collect();
                }
                let found = FoundNode::new(NodeOrigin::Managed, Some(&facts));
                let mut facts = keeps_info.then(|| Arc::new(facts));
                let one = nodes.entry(id.into()).or_insert_with(|| FoundNode {
                    info: facts.take(),
                    ..found
                });
                if let (Some(known), Some(other)) = (&mut one.info, &facts) {
                    Arc::make_mut(known).keep_common(other);
                }
            })
            .await
    }

    /// Adds the stopped nodes, which that list does not contain, and the running
    /// instances that it would contain if they were managed.
    async fn find_instances(&mut self) -> Result<(), CallError> {
        let states = ["running", "stopping", "stopped"];
        let states = states.map(ToOwned::to_owned).to_vec();
        let mut filters = vec![("instance-state-name".to_owned(), states)];
        for tag in &self.selector.tags {
            filters.push(if tag.is_exact() {
                let values = tag.values.iter();
                let values = values.map(|value| escape_wildcards(value.as_str()));
                (format!("tag:{}", tag.key), values.collect())
            } else {
                ("tag-key".to_owned(), vec![escape_wildcards(&tag.key)])
            });
        }
        let (keeps_facts, keeps_tags) = (self.keeps_info, self.keeps_tags);
        let keeps_names = self.keeps_names;
        let (nodes, known) = (&mut self.discovered.nodes, &mut self.shared_info);
        let mut running = FoundNodes::new();
        let asked = self
            .client
            .list_instances(&filters, |id, mut facts| {
                if !keeps_tags {
                    // Groups of nodes are counted without a record, too.
                    facts.tags.retain(|key, _| PATCH_GROUP_TAGS.contains(&key));
                    facts.tags.share(known);
                }
                if facts.get(InfoField::InstanceState) == Some("running") {
                    match nodes.get_mut(id) {
                        // No other call is needed for its name and tags.
                        Some(one) if keeps_names => {
                            one.add_info(facts);
                            one.share_info(known);
                        }
                        Some(_) => {}
                        None => add_unmanaged(&mut running, id, facts),
                    }
                    return;
                }
                nodes.entry(id.into()).or_insert_with(|| FoundNode {
                    info: keeps_facts.then(|| Arc::new(facts)),
                    ..FoundNode::new(NodeOrigin::Stopped, None)
                });
            })
            .await;
        match asked {
            Ok(()) => {
                self.discovered.calls.insert(iam::INSTANCES.name);
                self.discovered.unmanaged = Some(running);
                self.mark_managed_stopped().await
            }
            Err(error) if error.is_interrupted() => Err(error),
            Err(error) => {
                self.discovered.record_failure("its stopped nodes", &error);
                if self.selector.tags.is_empty() {
                    return self.find_stopped_without_ec2(&error).await;
                }
                self.discovered.has_failed_calls = true;
                self.discovered.limitations.insert(format!(
                    "stopped EC2 nodes, whose tags only {} reports ({})",
                    iam::INSTANCES.name,
                    error.cause.code
                ));
                self.discovered.general_uncertainty = Some(Cause {
                    code: "Unknown".into(),
                    text: format!(
                        "if it is stopped, its tags are unknown: {}",
                        error.cause.text
                    )
                    .into(),
                });
                Ok(())
            }
        }
    }

    /// Records that a call for stopped nodes failed. The code alone: the text
    /// names the location, and limitations are merged over many locations.
    fn failure_code(
        &mut self,
        result: Result<(), CallError>,
    ) -> Result<Option<Box<str>>, CallError> {
        match result {
            Ok(()) => Ok(None),
            Err(error) if error.is_interrupted() => Err(error),
            Err(error) => {
                self.discovered.record_failure("its stopped nodes", &error);
                self.discovered.has_failed_calls = true;
                Ok(Some(error.cause.code))
            }
        }
    }

    /// Marks the stopped instances that the inventory lists as managed: they
    /// get a row even if they were never scanned. Without the inventory,
    /// instances without a patch record are only counted.
    async fn mark_managed_stopped(&mut self) -> Result<(), CallError> {
        let mut nodes = self.discovered.nodes.values();
        if !nodes.any(|one| one.origin == NodeOrigin::Stopped) {
            return Ok(());
        }
        let inventory = self.read_inventory(false).await;
        if let Some(code) = self.failure_code(inventory)? {
            self.discovered.limitations.insert(format!(
                "which stopped EC2 nodes are managed and were never scanned: {} failed ({code})",
                iam::INVENTORY.name
            ));
        }
        Ok(())
    }

    /// Reads stopped nodes from the inventory: that they are managed, and what
    /// their agent reported. With `adds`, also adds nodes that EC2 did not
    /// list.
    async fn read_inventory(&mut self, adds: bool) -> Result<(), CallError> {
        let (keeps_facts, nodes) = (self.keeps_info, &mut self.discovered.nodes);
        self.client
            .list_stopped_in_inventory(|id, facts| {
                let one = match nodes.get_mut(id) {
                    Some(one) => one,
                    None if adds => nodes
                        .entry(id.into())
                        .or_insert(FoundNode::new(NodeOrigin::Stopped, None)),
                    None => return,
                };
                // A listed node has been started since; the list is more
                // recent.
                if one.origin != NodeOrigin::Stopped {
                    return;
                }
                one.origin = NodeOrigin::Managed;
                if keeps_facts {
                    // The agent knows the platform better: EC2 reports a Mac as
                    // "Linux/UNIX".
                    let ec2 = one.info.replace(Arc::new(facts));
                    if let Some(ec2) = ec2 {
                        one.add_info(Arc::unwrap_or_clone(ec2));
                    }
                }
            })
            .await?;
        self.discovered.calls.insert(iam::INVENTORY.name);
        Ok(())
    }

    /// Finds stopped nodes without EC2.
    async fn find_stopped_without_ec2(&mut self, ec2: &CallError) -> Result<(), CallError> {
        let inventory = self.read_inventory(true).await;
        let forgotten = match self.failure_code(inventory)? {
            None => "that the inventory has forgotten (after 30 days)".to_owned(),
            Some(code) => format!("that only the inventory has ({code})"),
        };
        let groups = self.find_in_registered_groups().await;
        let ungrouped = match self.failure_code(groups)? {
            None => "whose patch group is registered with no baseline".to_owned(),
            Some(code) => format!("that only patch groups have ({code})"),
        };
        self.discovered.limitations.insert(format!(
            "stopped EC2 nodes {forgotten} and {ungrouped}: {} failed ({})",
            iam::INSTANCES.name,
            ec2.cause.code
        ));
        Ok(())
    }

    async fn find_in_registered_groups(&mut self) -> Result<(), CallError> {
        let groups = self.client.read_patch_groups().await?;
        self.discovered.calls.insert(iam::PATCH_GROUPS.name);
        for group in groups {
            self.read_group_states(&group).await?;
        }
        Ok(())
    }

    /// The response contains the states, so they are kept and not read again.
    async fn read_group_states(&mut self, group: &str) -> Result<(), CallError> {
        let Discovered {
            nodes,
            ambiguous_ids: ambiguous,
            ..
        } = &mut self.discovered;
        self.client
            .list_group_states(group, |id, state| {
                let id: Arc<str> = id.into();
                let one = nodes
                    .entry(id.clone())
                    .or_insert(FoundNode::new(NodeOrigin::Managed, None));
                if one.state.as_ref().is_some_and(|known| **known != state) {
                    ambiguous.insert(id.clone());
                }
                one.state = Some(Box::new(state));
            })
            .await?;
        self.discovered.calls.insert(iam::GROUP_STATES.name);
        Ok(())
    }

    /// The members of the selected groups: by their last scan, running or
    /// stopped, and by their tag, scanned or not.
    async fn find_in_patch_groups(&mut self) -> Result<(), CallError> {
        let selector = self.selector;
        for key in PATCH_GROUP_TAGS {
            for group in &selector.patch_groups {
                let mut listed = FoundNodes::new();
                self.read_tagged_nodes(key, group, &mut listed).await?;
                self.discovered.nodes.extend(listed);
            }
        }
        self.discovered.calls.insert(iam::INSTANCE_INFORMATION.name);
        for group in &self.selector.patch_groups {
            self.read_group_states(group).await?;
        }
        self.discovered
            .limitations
            .insert("nodes of the group that are stopped and were never scanned".to_owned());
        Ok(())
    }
}

/// The EC2 instance that a node with an id of its own runs on, if it is one.
fn hybrid_instance(id: &str, facts: &NodeInfo) -> Option<Box<str>> {
    let is_instance = facts.get(InfoField::SourceType) == Some("AWS::EC2::Instance");
    let source = facts.get(InfoField::SourceId)?;
    (id.starts_with("mi-") && is_instance && source.starts_with("i-")).then(|| source.into())
}

/// Escapes a value for EC2, which supports wildcards; Systems Manager does not.
fn escape_wildcards(value: &str) -> String {
    let value = value.replace('\\', "\\\\");
    value.replace('*', "\\*").replace('?', "\\?")
}
