//! Finds the running EC2 instances that Systems Manager does not manage, and what
//! DescribeInstanceProperties adds to the nodes. Calls that only add to the others
//! may fail.

use std::sync::Arc;

use crate::plan::iam;
use crate::plan::selection::Selector;
use crate::record::{InfoField, NodeInfo, NodeOrigin, PATCH_GROUP_TAGS};
use crate::source::aws::api::error::CallError;
use crate::source::aws::discovery::discovered::{
    FoundNode, FoundNodes, add_managed, add_unmanaged,
};
use crate::source::aws::discovery::enrich::add_managed_info;
use crate::source::aws::discovery::filter::node_facts;
use crate::source::aws::discovery::{Finder, escape_wildcards, hybrid_instance};

impl Finder<'_> {
    /// The running instances that the tags put into the selected groups.
    pub(super) async fn find_unmanaged_in_patch_groups(&mut self) -> Result<(), CallError> {
        let groups = &self.selector.patch_groups;
        let groups: Vec<String> = groups.iter().map(|name| escape_wildcards(name)).collect();
        let mut running = FoundNodes::new();
        for key in PATCH_GROUP_TAGS {
            let filters = [
                ("instance-state-name".to_owned(), vec!["running".to_owned()]),
                (format!("tag:{key}"), groups.clone()),
            ];
            let found = |id: &str, facts| add_unmanaged(&mut running, id, facts);
            if let Err(error) = self.client.list_instances(&filters, found).await {
                return self.limit(iam::INSTANCES.name, error);
            }
        }
        self.discovered.calls.insert(iam::INSTANCES.name);
        self.discovered.unmanaged = Some(running);
        Ok(())
    }

    /// Records that the instances that are not managed are unknown, because this call failed.
    fn limit(&mut self, call: &str, error: CallError) -> Result<(), CallError> {
        let failure = describe_failure(call, error)?;
        self.discovered.limitations.insert(format!(
            "running EC2 instances that are not managed: {failure}"
        ));
        Ok(())
    }

    /// Records that a call failed which only adds to the others.
    fn tolerate(&mut self, call: &str, error: CallError) -> Result<(), CallError> {
        let failure = describe_failure(call, error)?;
        self.discovered.tolerated_failures.insert(failure);
        Ok(())
    }

    /// Takes from the properties of nodes what the other calls did not report:
    /// details, and nodes.
    pub(super) async fn find_properties(&mut self) -> Result<(), CallError> {
        // They contain no tags.
        let adds = self.selector.tags.is_empty();
        let (found, keeps_info) = (&self.discovered, self.keeps_info);
        let is_gone = |facts: &NodeInfo| {
            let state = facts.get(InfoField::InstanceState);
            matches!(state, Some("terminated" | "shutting-down"))
        };
        // Whether the list is whole is known at its end. Held until then is what it adds.
        let (mut listed, mut hybrid_instances) = (Vec::new(), Vec::new());
        let each = |id: &str, facts: NodeInfo| {
            hybrid_instances.extend(hybrid_instance(id, &facts));
            let is_unmanaged = || {
                let unmanaged = found.unmanaged.as_ref();
                unmanaged.is_some_and(|nodes| nodes.contains_key(id))
            };
            let added = match found.nodes.get(id) {
                Some(one) => {
                    let added = match one.info.as_deref() {
                        Some(known) => facts.missing_in(known),
                        None if keeps_info => facts,
                        None => NodeInfo::default(),
                    };
                    let is_new = !added.is_empty() || one.origin == NodeOrigin::Stopped;
                    is_new.then_some(added)
                }
                None => ((adds && !is_gone(&facts)) || is_unmanaged()).then_some(facts),
            };
            listed.extend(added.map(|added| (Arc::from(id), added)));
        };
        if let Err(error) = self.client.list_instance_properties(each).await {
            return self.tolerate(iam::PROPERTIES.name, error);
        }
        self.discovered.calls.insert(iam::PROPERTIES.name);
        self.hybrid_instances.extend(hybrid_instances);
        for (id, facts) in listed {
            if let Some(unmanaged) = &mut self.discovered.unmanaged {
                unmanaged.remove(&id);
            }
            match self.discovered.nodes.get_mut(&id) {
                Some(one) => {
                    // It lists managed nodes only.
                    if one.origin == NodeOrigin::Stopped {
                        one.origin = NodeOrigin::Managed;
                    }
                    one.add_info(facts);
                    one.share_info(&mut self.shared_info);
                }
                None if adds && !is_gone(&facts) => {
                    add_managed(&mut self.discovered.nodes, id, Arc::new(facts));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Removes from the instances that are not managed those that the selection
    /// excludes, and those that are managed: a list of nodes with a filter may
    /// leave some out. The selected ones of these become nodes.
    pub(super) async fn confirm_unmanaged(&mut self) -> Result<(), CallError> {
        let Some(mut unmanaged) = self.discovered.unmanaged.take() else {
            return Ok(());
        };
        let selector = self.selector;
        // EC2 has applied the filters of tags that are exact.
        let open_tags = self.selector.tags.iter().filter(|tag| !tag.is_exact());
        let others = Selector {
            tags: open_tags.cloned().collect(),
            ..selector.clone()
        };
        let is_selected = |id: &str, one: &FoundNode| {
            let facts = node_facts(id, one);
            others.matches(&facts) != Some(false)
        };
        let is_managed =
            |id: &str| self.discovered.nodes.contains_key(id) || self.hybrid_instances.contains(id);
        unmanaged.retain(|id, one| !is_managed(id) && is_selected(id, one));
        let ids: Vec<Arc<str>> = unmanaged.keys().cloned().collect();
        if selector.has_criteria() {
            let confirmed = add_managed_info(self.client, &mut unmanaged, &ids).await;
            if let Err(error) = confirmed {
                return self.limit(iam::INSTANCE_INFORMATION.name, error);
            }
            let is_managed = |one: &FoundNode| {
                let fields = [InfoField::PingStatus, InfoField::AgentVersion];
                let info = one.info.as_deref();
                info.is_some_and(|info| fields.iter().any(|field| info.get(*field).is_some()))
            };
            for (id, one) in unmanaged.extract_if(.., |_, one| is_managed(one)) {
                // The members of a group are those whose records say so.
                let is_selected = selector.patch_groups.is_empty()
                    && selector.matches(&node_facts(&id, &one)) == Some(true);
                if let Some(info) = one.info.filter(|_| is_selected) {
                    add_managed(&mut self.discovered.nodes, id, info);
                }
            }
        }
        self.discovered.unmanaged = Some(unmanaged);
        Ok(())
    }
}

/// What a failed call says that the answer survives; an interrupted one is an error.
fn describe_failure(call: &str, error: CallError) -> Result<String, CallError> {
    if error.is_interrupted() {
        return Err(error);
    }
    Ok(format!("{call} failed ({})", error.cause.code))
}
