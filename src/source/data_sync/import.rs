//! Writes a Resource Data Sync as one run of a dataset into a temporary folder, node by
//! node, so that it is selected, filtered and judged as every other answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::record::{
    AccountRegion, Cause, DiscoveryReport, InfoField, InfoLevel, NoDataCause, Node, NodeInfo,
    NodeOrigin, NodeState, Outcome, Patch, Scope, Subject, Unread, is_account_id,
};
use crate::regions::check_region;
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::data_sync::node_object::{Information, information, state, tags, unreadable};
use crate::source::data_sync::patch_items::PatchItems;
use crate::source::data_sync::tree::{LocationFolders, SyncTree, SyncType};
use crate::source::dataset::collect_request::CollectRequest;
use crate::source::dataset::manifest::{ManifestPlan, ManifestSelection};
use crate::source::dataset::options::DatasetOptions;
use crate::source::dataset::plan_gaps::{DETAILS, HYBRID_TAGS, NAMES_AND_TAGS};
use crate::source::dataset::run_writer::{NodeCount, RunWriter};
use crate::source::dataset::storage::Storage;
use crate::source::dataset::vocabulary::{INFO_LEVELS, word_of};
use crate::source::event::{Event, MissingColumns};
use crate::text::{count, first_n};

/// Nodes whose objects are read at one time.
const CONCURRENT_NODES: usize = 8;

/// The most bytes of a list of items: 3,000 patches of 500 bytes are 1.5 MB, and each CVE
/// adds 15.
const MAX_ITEMS_BYTES: u64 = 16 << 20;

/// The most bytes of any other object.
const MAX_OBJECT_BYTES: u64 = 1 << 20;

/// Terminated nodes that a note names.
const MAX_NAMED_NODES: usize = 5;

/// What was read of one node.
struct ReadNode {
    node: Node,
    state: Outcome<NodeState>,
    patches: Vec<Patch>,
    end: Option<Outcome<()>>,
    is_terminated: bool,
    /// Details that cannot be read, and why.
    problems: Vec<(SyncType, String)>,
}

/// Reads a sync into a dataset of one run, and returns its storage and what to say about
/// it.
///
/// # Errors
/// When a moment of the past is asked for, the sync cannot be listed, or the temporary
/// folder cannot be written.
pub(crate) async fn import(
    tree: &SyncTree,
    dataset: &DatasetOptions,
    connect: &ConnectOptions,
    clock: fn() -> Timestamp,
    interrupt: &Interrupt,
) -> Result<(Storage, Vec<String>)> {
    if !dataset.at.is_latest() {
        bail!(
            "{} is a Resource Data Sync, which keeps only the newest state: leave out --at, or collect into a dataset",
            dataset.location
        );
    }
    let storage = Storage::temporary()?;
    let mut importer = Importer {
        tree,
        dataset,
        interrupt: interrupt.clone(),
        writer: RunWriter::new(storage.clone(), interrupt.clone(), clock),
        terminated: Vec::new(),
    };
    importer.writer.start(&request(dataset)).await?;
    let (locations, others) = tree.locations().await?;
    let mut order = Vec::new();
    for ((account, region), folders) in &locations {
        let is_asked = |asked: &[String], value: &String| asked.is_empty() || asked.contains(value);
        if !is_asked(connect.accounts.ids(), account) || !is_asked(&connect.regions, region) {
            continue;
        }
        if !is_account_id(account) || check_region(region).is_err() {
            let scope = Scope::default();
            let what = format!("accountid={account}/region={region} is no account and region");
            importer.fail(scope, what).await?;
            continue;
        }
        let location = Arc::new(AccountRegion {
            region: region.as_str().into(),
            account: Some(account.as_str().into()),
            account_name: None,
        });
        order.push(location.clone());
        importer.read_location(&location, folders).await?;
    }
    let mut notes = Vec::new();
    if !others.is_empty() {
        let names: Vec<&String> = others.iter().collect();
        notes.push(format!(
            "not read, as they are no accounts and regions: {}",
            first_n(&names, MAX_NAMED_NODES)
        ));
    }
    let Importer {
        writer, terminated, ..
    } = importer;
    writer.commit(&order, BTreeMap::new()).await?;
    if !terminated.is_empty() {
        notes.push(format!(
            "{} left out, which {} says are terminated: {}",
            count(terminated.len() as u64, "node"),
            SyncType::InstanceInformation.as_str(),
            first_n(&terminated, MAX_NAMED_NODES),
        ));
    }
    Ok((storage, notes))
}

/// A run of everything that a sync contains.
fn request(dataset: &DatasetOptions) -> CollectRequest {
    CollectRequest {
        accounts: Vec::new(),
        selection: ManifestSelection {
            is_complete: true,
            ..ManifestSelection::default()
        },
        plan: ManifestPlan {
            node_info: Some(word_of(INFO_LEVELS, &InfoLevel::Tags).to_owned()),
            patches: dataset.needs_patches,
            baselines: true,
            release_dates: true,
            associations: true,
            unmanaged: false,
        },
        node_ids: Vec::new(),
        sha256: String::new(),
        is_demo: false,
    }
}

struct Importer<'a> {
    tree: &'a SyncTree,
    dataset: &'a DatasetOptions,
    interrupt: Interrupt,
    writer: RunWriter,
    terminated: Vec<Arc<str>>,
}

impl Importer<'_> {
    async fn observe(&mut self, event: Event<()>) -> Result<()> {
        self.writer.observe(&event, BTreeMap::new).await
    }

    /// Nodes of a scope are not known.
    async fn fail(&mut self, scope: Scope, what: String) -> Result<()> {
        let cause = Cause {
            code: "Unreadable".into(),
            text: what.into(),
        };
        let subject = Subject::Scope(scope);
        self.observe(Event::Unread(Unread { subject, cause })).await
    }

    async fn read_location(
        &mut self,
        location: &Arc<AccountRegion>,
        folders: &LocationFolders,
    ) -> Result<()> {
        self.observe(Event::Location {
            location: location.clone(),
            has_uncertain_ids: false,
        })
        .await?;
        let nodes = match self.tree.nodes(folders).await {
            Ok(nodes) => nodes,
            Err(error) => return self.fail(Scope::of(location), format!("{error:#}")).await,
        };
        let report = DiscoveryReport {
            calls: vec!["Resource Data Sync".to_owned()],
            limitations: vec![
                "nodes that never sent inventory are in no Resource Data Sync".to_owned(),
            ],
            ..DiscoveryReport::default()
        };
        self.observe(Event::Discovery(location.clone(), report))
            .await?;
        for (kind, columns) in [
            (SyncType::InstanceInformation, &[DETAILS][..]),
            (SyncType::Tag, &[NAMES_AND_TAGS, HYBRID_TAGS]),
        ] {
            if self.tree.has(kind) && folders.contains_key(&kind) {
                continue;
            }
            for columns in columns {
                self.observe(Event::MissingColumns(MissingColumns {
                    columns: (*columns).into(),
                    reason: format!("the Resource Data Sync has no {}", kind.as_str()),
                }))
                .await?;
            }
        }
        let (tree, dataset, interrupt) = (self.tree, self.dataset, self.interrupt.clone());
        let reads = nodes.into_iter().map(|(id, objects)| {
            let node = Node {
                origin: NodeOrigin::Managed,
                ..Node::requested(&id, location)
            };
            let interrupt = &interrupt;
            async move {
                match interrupt.cause() {
                    None => read_node(tree, dataset, node, &objects).await,
                    Some(cause) => unread_node(
                        node,
                        Cause {
                            code: cause.code().into(),
                            text: format!("{cause} before it was read").into(),
                        },
                    ),
                }
            }
        });
        let mut problems: BTreeMap<SyncType, (String, u64)> = BTreeMap::new();
        let mut reads = stream::iter(reads).buffered(CONCURRENT_NODES);
        while let Some(read) = reads.next().await {
            for (kind, what) in read.problems {
                let first = || (format!("of {}: {what}", read.node.id), 0);
                problems.entry(kind).or_insert_with(first).1 += 1;
            }
            if read.is_terminated {
                self.terminated.push(read.node.id);
                continue;
            }
            let counted = match (&read.state, &read.end) {
                (Outcome::Unread(_), _) | (_, Some(Outcome::Unread(_))) => NodeCount::Unread,
                (Outcome::NoData, _) => NodeCount::NoData,
                (Outcome::Answered(_), _) => NodeCount::Answered,
            };
            self.writer.add_patches(&read.patches).await?;
            self.writer
                .end_node(&read.node, &read.state, read.end.as_ref(), counted)
                .await?;
        }
        drop(reads);
        for (kind, (first, nodes)) in problems {
            let columns = match kind {
                SyncType::Tag => NAMES_AND_TAGS,
                _ => DETAILS,
            };
            let (nodes, kind) = (count(nodes, "node"), kind.as_str());
            self.observe(Event::MissingColumns(MissingColumns {
                columns: columns.into(),
                reason: format!("{kind} of {nodes} cannot be read, the first {first}"),
            }))
            .await?;
        }
        self.observe(Event::ReleaseDatesMissing(
            location.clone(),
            Cause {
                code: "NotCollected".into(),
                text: "a Resource Data Sync does not contain them".into(),
            },
        ))
        .await
    }
}

fn unread_node(node: Node, cause: Cause) -> ReadNode {
    ReadNode {
        node,
        end: Some(Outcome::Unread(cause.clone())),
        state: Outcome::Unread(cause),
        patches: Vec::new(),
        is_terminated: false,
        problems: Vec::new(),
    }
}

/// The content of the objects of a type; empty if there are none.
async fn content(
    tree: &SyncTree,
    objects: &BTreeMap<SyncType, Vec<String>>,
    kind: SyncType,
) -> Result<Vec<u8>, String> {
    let limit = match kind {
        SyncType::ComplianceItem => MAX_ITEMS_BYTES,
        _ => MAX_OBJECT_BYTES,
    };
    let mut content = Vec::new();
    for path in objects.get(&kind).into_iter().flatten() {
        let read = tree.storage().read(path, limit).await;
        match read {
            Ok(Some(bytes)) => content.extend_from_slice(&bytes),
            // Deleted since it was listed.
            Ok(None) => {}
            Err(error) => return Err(format!("{error:#}")),
        }
        content.push(b'\n');
    }
    Ok(content)
}

async fn read_node(
    tree: &SyncTree,
    dataset: &DatasetOptions,
    mut node: Node,
    objects: &BTreeMap<SyncType, Vec<String>>,
) -> ReadNode {
    let of = async |kind| content(tree, objects, kind).await;
    let id = node.id.clone();
    let mut problems = Vec::new();
    // A detail that cannot be read leaves its columns empty; what depends on it is unknown.
    let known = of(SyncType::InstanceInformation).await;
    let Information {
        info,
        is_terminated,
    } = known
        .and_then(|content| information(&content, &id))
        .unwrap_or_else(|what| {
            problems.push((SyncType::InstanceInformation, what));
            Information::default()
        });
    let mut tags_of = None;
    if objects.contains_key(&SyncType::Tag) {
        match of(SyncType::Tag)
            .await
            .and_then(|content| tags(&content, &id))
        {
            Ok(tags) => tags_of = Some(tags),
            Err(what) => problems.push((SyncType::Tag, what)),
        }
    }
    let mut info = info.unwrap_or_else(|| NodeInfo::of([]));
    if let Some(tags) = tags_of {
        let name = tags.get("Name").cloned();
        info = info
            .with(InfoField::Name, name.as_deref())
            .with_all_tags(tags);
    }
    node.no_data = node.origin.no_data_cause(Some(&info));
    let state = match of(SyncType::PatchSummary).await {
        Ok(content) => state(&content, &id, Some(&info)),
        Err(what) => Outcome::Unread(unreadable(SyncType::PatchSummary, &what)),
    };
    node.info = Some(Arc::new(info));
    let mut read = ReadNode {
        node,
        state,
        patches: Vec::new(),
        end: None,
        is_terminated,
        problems,
    };
    // Without a record, only an association may tell of a scan.
    let is_needed = dataset.needs_patches || read.state == Outcome::NoData;
    if is_terminated || !is_needed {
        return read;
    }
    let content = of(SyncType::ComplianceItem).await;
    let content = content.map_err(|what| unreadable(SyncType::ComplianceItem, &what));
    add_items(&mut read, content);
    if !dataset.needs_patches {
        (read.end, read.patches) = (None, Vec::new());
    }
    read
}

/// Adds what the items say to a node.
fn add_items(read: &mut ReadNode, content: Result<Vec<u8>, Cause>) {
    let snapshot_id = match &read.state {
        Outcome::Answered(state) => state.snapshot_id.clone(),
        Outcome::NoData | Outcome::Unread(_) => None,
    };
    let content = match content {
        Ok(content) => content,
        Err(cause) => {
            if read.state == Outcome::NoData {
                read.state = Outcome::Unread(cause.clone());
            }
            read.end = Some(Outcome::Unread(cause));
            return;
        }
    };
    let items = PatchItems::parse(&content, &read.node, snapshot_id.as_deref());
    read.end = Some(match &read.state {
        Outcome::Answered(state) => match items.incomplete(state) {
            None => Outcome::Answered(()),
            Some(cause) => Outcome::Unread(cause),
        },
        Outcome::NoData => Outcome::NoData,
        Outcome::Unread(cause) => Outcome::Unread(cause.clone()),
    });
    match (&read.state, items.association) {
        (Outcome::Answered(_), _) => read.patches = items.patches,
        (Outcome::NoData, Some(scan)) => {
            read.node.no_data = NoDataCause::AssociationScan;
            read.node.association = Some(Arc::new(scan));
        }
        // Items of a scan whose record is not there: nothing says that they are current.
        _ => {}
    }
}
