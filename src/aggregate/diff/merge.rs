//! Two streams of nodes brought together, node by node. Locations come in the order of
//! their keys on both sides; so do the nodes of a location, unless their ids were typed.
//! Then one node of each side is in memory at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail};

use crate::aggregate::diff::{Change, Difference, Direction, NodePair, NodeSide, Side};
use crate::record::{AccountRegion, NodeOrigin, Outcome, Scope, Subject};
use crate::text::count;

/// An account and region as they are compared, in the order in which both sides read them:
/// by region, then by account, as `AccountRegion` sorts. A node that was found nowhere is
/// last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocationKey {
    is_nowhere: bool,
    region: Arc<str>,
    account: Option<Arc<str>>,
}

impl LocationKey {
    /// The key of a location, without its account where one side does not know that.
    #[must_use]
    pub fn new(location: &AccountRegion, has_accounts: bool) -> Self {
        Self {
            is_nowhere: location.region.is_empty(),
            account: location.account.clone().filter(|_| has_accounts),
            region: location.region.clone(),
        }
    }

    /// May nodes of this location be among those of a scope?
    #[must_use]
    pub fn may_be_in(&self, scope: &Scope) -> bool {
        let is_known_other =
            |of: &Option<Arc<str>>, own: Option<&Arc<str>>| match (of.as_ref(), own) {
                (Some(of), Some(own)) => of != own,
                _ => false,
            };
        !is_known_other(&scope.region, Some(&self.region))
            && !is_known_other(&scope.account, self.account.as_ref())
    }
}

/// One side: its nodes in order, and which locations it lists to the end.
pub trait NodeReader {
    /// The next node; `None` at the end.
    ///
    /// # Errors
    /// When the side cannot be read.
    fn next_node(&mut self) -> impl Future<Output = Result<Option<NodeSide>>>;

    /// Why a node of this location may be missing. Asked when a later node, or the end, was
    /// read.
    fn doubt(&self, location: &LocationKey) -> Option<String>;

    /// The regions, accounts and profiles that could not be read, each with its cause.
    /// Asked at the end.
    fn unread_scopes(&self) -> Vec<(Scope, String)>;
}

/// How the nodes of both sides are ordered.
#[derive(Debug, Clone, Copy)]
pub struct MergeOptions {
    /// Do the nodes of a location come in the order of their ids?
    pub is_sorted: bool,
    /// Do both sides know the accounts of their nodes?
    pub has_accounts: bool,
}

type Key = (LocationKey, Arc<str>);

/// One side with its next node.
struct Cursor<'a, R> {
    reader: &'a mut R,
    side: Side,
    options: MergeOptions,
    head: Option<(Key, NodeSide)>,
    last: Option<Key>,
    /// EC2 instances that are not managed, which come before the nodes of their location;
    /// without order, the nodes that wait for one of the other side.
    waiting: BTreeMap<Key, NodeSide>,
}

impl<R: NodeReader> Cursor<'_, R> {
    async fn advance(&mut self) -> Result<()> {
        self.head = None;
        while let Some(node) = self.reader.next_node().await? {
            let location = LocationKey::new(&node.node.location, self.options.has_accounts);
            let key = (location, node.node.id.clone());
            let is_unmanaged = node.node.origin == NodeOrigin::Unmanaged;
            let is_in_order = self.last.as_ref().is_none_or(|last| {
                let sorted = self.options.is_sorted && !is_unmanaged;
                if sorted { *last < key } else { last.0 <= key.0 }
            });
            if !is_in_order {
                let (id, side) = (&node.node.id, self.side);
                bail!("{id} is out of order {side}; select nodes by their ids to compare them");
            }
            if is_unmanaged && self.options.is_sorted {
                self.waiting.insert(key, node);
                continue;
            }
            self.last = Some(key.clone());
            self.head = Some((key, node));
            break;
        }
        Ok(())
    }

    /// The location of the next node; `None` at the end.
    fn location(&self) -> Option<&LocationKey> {
        self.head.as_ref().map(|((location, _), _)| location)
    }
}

/// Nodes of one side in a location that the other side does not list to the end.
#[derive(Default)]
struct NotCompared(BTreeMap<(LocationKey, bool), (Scope, String, u64)>);

/// Brings both sides together, and hands what differs to `take`.
///
/// # Errors
/// When a side cannot be read or is out of order; those of `take`.
pub async fn merge_nodes<R: NodeReader, S: NodeReader>(
    before: &mut R,
    after: &mut S,
    options: MergeOptions,
    mut take: impl FnMut(Difference) -> Result<()>,
) -> Result<()> {
    let mut merge = Merge {
        before: Cursor {
            reader: before,
            side: Side::Before,
            options,
            head: None,
            last: None,
            waiting: BTreeMap::new(),
        },
        after: Cursor {
            reader: after,
            side: Side::After,
            options,
            head: None,
            last: None,
            waiting: BTreeMap::new(),
        },
        not_compared: NotCompared::default(),
        take: &mut take,
    };
    merge.before.advance().await?;
    merge.after.advance().await?;
    if options.is_sorted {
        merge.merge_sorted().await?;
    } else {
        merge.merge_unsorted().await?;
    }
    merge.finish()
}

struct Merge<'a, R, S, F> {
    before: Cursor<'a, R>,
    after: Cursor<'a, S>,
    not_compared: NotCompared,
    take: F,
}

impl<R: NodeReader, S: NodeReader, F: FnMut(Difference) -> Result<()>> Merge<'_, R, S, F> {
    async fn merge_sorted(&mut self) -> Result<()> {
        loop {
            self.compare_unmanaged()?;
            match (&self.before.head, &self.after.head) {
                (None, None) => return Ok(()),
                (Some((old, before)), Some((new, after))) if old == new => {
                    compare(Some(before), Some(after), &mut self.take)?;
                    self.before.advance().await?;
                    self.after.advance().await?;
                }
                (Some((old, before)), new) if new.as_ref().is_none_or(|(new, _)| old < new) => {
                    let other = self.after.waiting.remove(old);
                    if other.is_some() || is_listed(&self.after, before, &mut self.not_compared) {
                        compare(Some(before), other.as_ref(), &mut self.take)?;
                    }
                    self.before.advance().await?;
                }
                (_, Some((new, after))) => {
                    let other = self.before.waiting.remove(new);
                    if other.is_some() || is_listed(&self.before, after, &mut self.not_compared) {
                        compare(other.as_ref(), Some(after), &mut self.take)?;
                    }
                    self.after.advance().await?;
                }
                (Some(_), None) => unreachable!("a node is before the end"),
            }
        }
    }

    /// Instances that are not managed on either side, once both sides have left their
    /// location.
    fn compare_unmanaged(&mut self) -> Result<()> {
        let heads = [self.before.location(), self.after.location()];
        let here = heads.into_iter().flatten().min().cloned();
        let is_left = |key: &Key| here.as_ref().is_none_or(|here| key.0 < *here);
        loop {
            let first = |waiting: &BTreeMap<Key, NodeSide>| {
                let key = waiting.first_key_value().map(|(key, _)| key);
                key.filter(|key| is_left(key)).cloned()
            };
            let keys = [first(&self.before.waiting), first(&self.after.waiting)];
            let Some(key) = keys.into_iter().flatten().min() else {
                return Ok(());
            };
            let before = self.before.waiting.remove(&key);
            let after = self.after.waiting.remove(&key);
            self.compare_or_doubt(before.as_ref(), after.as_ref())?;
        }
    }

    /// Nodes in any order: they wait for the other side, by their ids.
    async fn merge_unsorted(&mut self) -> Result<()> {
        while self.before.head.is_some() || self.after.head.is_some() {
            // In step: of lists in the same order, one node waits at most.
            let is_first = match (self.before.location(), self.after.location()) {
                (Some(old), Some(new)) => {
                    old < new || old == new && self.before.waiting.len() <= self.after.waiting.len()
                }
                (old, _) => old.is_some(),
            };
            if is_first {
                if let Some((key, before)) = self.before.head.take() {
                    match self.after.waiting.remove(&key) {
                        Some(after) => compare(Some(&before), Some(&after), &mut self.take)?,
                        None => drop(self.before.waiting.insert(key, before)),
                    }
                }
                self.before.advance().await?;
            } else {
                if let Some((key, after)) = self.after.head.take() {
                    match self.before.waiting.remove(&key) {
                        Some(before) => compare(Some(&before), Some(&after), &mut self.take)?,
                        None => drop(self.after.waiting.insert(key, after)),
                    }
                }
                self.after.advance().await?;
            }
        }
        // A node that one side found nowhere.
        let by_id = |waiting: &mut BTreeMap<Key, NodeSide>| -> BTreeMap<Arc<str>, Vec<NodeSide>> {
            let mut ids: BTreeMap<Arc<str>, Vec<NodeSide>> = BTreeMap::new();
            for ((_, id), node) in std::mem::take(waiting) {
                ids.entry(id).or_default().push(node);
            }
            ids
        };
        let mut new = by_id(&mut self.after.waiting);
        for (id, old) in by_id(&mut self.before.waiting) {
            let others = new.remove(&id).unwrap_or_default();
            match (&old[..], &others[..]) {
                ([before], [after]) => compare(Some(before), Some(after), &mut self.take)?,
                (old, others) => {
                    for node in old {
                        self.compare_or_doubt(Some(node), None)?;
                    }
                    for node in others {
                        self.compare_or_doubt(None, Some(node))?;
                    }
                }
            }
        }
        let rest = new.into_values().flatten();
        rest.into_iter()
            .try_for_each(|node| self.compare_or_doubt(None, Some(&node)))
    }

    fn compare_or_doubt(
        &mut self,
        before: Option<&NodeSide>,
        after: Option<&NodeSide>,
    ) -> Result<()> {
        let is_certain = match (before, after) {
            (Some(before), None) => is_listed(&self.after, before, &mut self.not_compared),
            (None, Some(after)) => is_listed(&self.before, after, &mut self.not_compared),
            _ => true,
        };
        if is_certain {
            compare(before, after, &mut self.take)?;
        }
        Ok(())
    }

    /// A row for each region, account or profile that one side lacks.
    fn finish(self) -> Result<()> {
        let mut scopes: BTreeMap<Scope, (Vec<String>, u64)> = BTreeMap::new();
        let unread = [
            (Side::Before, self.before.reader.unread_scopes()),
            (Side::After, self.after.reader.unread_scopes()),
        ];
        for (side, unread) in unread {
            for (scope, cause) in unread {
                let entry = scopes.entry(scope).or_default();
                entry.0.push(format!("unread {side}: {cause}"));
            }
        }
        for (scope, doubt, nodes) in self.not_compared.0.into_values() {
            let (notes, all) = scopes.entry(scope).or_default();
            *all += nodes;
            if notes.is_empty() {
                notes.push(doubt);
            }
        }
        let mut take = self.take;
        for (scope, (mut notes, nodes)) in scopes {
            if nodes > 0 {
                notes.push(format!("{} not compared", count(nodes, "node")));
            }
            take(Difference {
                change: Change::Unknown,
                direction: Direction::Unknown,
                subject: Subject::Scope(scope),
                patch: None,
                before: None,
                after: None,
                scan_before: None,
                scan_after: None,
                note: Some(notes.join("; ")),
            })?;
        }
        Ok(())
    }
}

/// Does the other side list the location of this node to the end, so that the node is not
/// there? Otherwise the node is counted.
fn is_listed<R: NodeReader>(
    other: &Cursor<'_, R>,
    node: &NodeSide,
    not_compared: &mut NotCompared,
) -> bool {
    // A stopped instance without a record may not be managed, and has no row of its own.
    if node.node.origin == NodeOrigin::Stopped && node.state == Outcome::NoData {
        return false;
    }
    let location = &node.node.location;
    let key = LocationKey::new(location, other.options.has_accounts);
    let Some(doubt) = other.reader.doubt(&key) else {
        return true;
    };
    let key = (key, other.side == Side::After);
    let entry = not_compared.0.entry(key);
    let entry = entry.or_insert_with(|| {
        let doubt = format!("{doubt} {}", other.side);
        (Scope::of(location), doubt, 0)
    });
    entry.2 += 1;
    false
}

fn compare(
    before: Option<&NodeSide>,
    after: Option<&NodeSide>,
    take: impl FnMut(Difference) -> Result<()>,
) -> Result<()> {
    NodePair { before, after }.compare(take)
}
