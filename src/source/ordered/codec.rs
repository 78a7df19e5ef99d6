//! Encodes items as bytes, for those that are spilled to a file. The format
//! never outlives the run: it has no version and follows the records. Nodes
//! stay in memory, and the bytes refer to them by index.

mod format;

use crate::plan::filter::{Filtered, SeenWords};
use crate::record::{
    BaselineComplianceStatus, Cause, Cves, Node, NodeState, Outcome, Patch, PatchState,
    UnreadableField,
};
use crate::source::event::{NodeEnd, PatchEvent};
use crate::source::ordered::codec::format::{Codec, Decoder, Encoder, encode_size, encode_text};

/// An item that can be spilled as bytes.
pub(crate) trait Spillable: Send + Sized + 'static {
    /// Appends the item to `bytes`, and the nodes it refers to to `nodes`.
    fn pack(&self, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>);

    /// The packed item; `None` if the bytes are not those of such an item.
    fn unpack(nodes: &[Node], bytes: &[u8]) -> Option<Self>;

    /// Is this the last item of its nodes?
    fn is_final(&self) -> bool;

    /// The replacement of an item whose bytes are lost. An item that does not
    /// end its nodes may have none: the next one that ends them is then marked
    /// incomplete.
    fn placeholder_for_lost(nodes: &[Node], closed: bool, cause: &Cause) -> Option<Self>;

    /// Marks an item that ends its nodes: an item before it was lost.
    fn mark_incomplete(&mut self, cause: &Cause);
}

impl Spillable for PatchEvent {
    fn pack(&self, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
        pack(self, nodes, bytes);
    }

    fn unpack(nodes: &[Node], bytes: &[u8]) -> Option<Self> {
        unpack(nodes, bytes)
    }

    fn is_final(&self) -> bool {
        matches!(self, Self::End(..))
    }

    fn placeholder_for_lost(nodes: &[Node], closed: bool, cause: &Cause) -> Option<Self> {
        let node = nodes.first().filter(|_| closed)?;
        let unread = Outcome::Unread(cause.clone());
        Some(Self::End(NodeEnd::new(node.clone(), unread)))
    }

    fn mark_incomplete(&mut self, cause: &Cause) {
        if let Self::End(end) = self {
            end.outcome = Outcome::Unread(cause.clone());
        }
    }
}

impl Spillable for Vec<(Node, Outcome<NodeState>)> {
    fn pack(&self, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
        pack(self, nodes, bytes);
    }

    fn unpack(nodes: &[Node], bytes: &[u8]) -> Option<Self> {
        unpack(nodes, bytes)
    }

    fn is_final(&self) -> bool {
        true
    }

    fn placeholder_for_lost(nodes: &[Node], _closed: bool, cause: &Cause) -> Option<Self> {
        let unread = |node: &Node| (node.clone(), Outcome::Unread(cause.clone()));
        Some(nodes.iter().map(unread).collect())
    }

    fn mark_incomplete(&mut self, _why: &Cause) {}
}

fn pack<T: Codec>(item: &T, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
    item.encode(&mut Encoder { nodes, bytes });
}

fn unpack<T: Codec>(nodes: &[Node], bytes: &[u8]) -> Option<T> {
    let mut from = Decoder {
        nodes,
        bytes,
        interned: Vec::new(),
    };
    let item = T::decode(&mut from)?;
    from.bytes.is_empty().then_some(item)
}

impl Codec for Node {
    fn encode(&self, to: &mut Encoder<'_>) {
        // All rows of a page belong to one node.
        if to.nodes.last() != Some(self) {
            to.nodes.push(self.clone());
        }
        encode_size(to.nodes.len() - 1, to);
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let at = from.read_size()?;
        from.nodes.get(at).cloned()
    }
}

impl<T: Codec> Codec for Outcome<T> {
    fn encode(&self, to: &mut Encoder<'_>) {
        match self {
            Self::Answered(value) => {
                0u8.encode(to);
                value.encode(to);
            }
            Self::NoData => 1u8.encode(to),
            Self::Unread(cause) => {
                2u8.encode(to);
                cause.encode(to);
            }
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        match u8::decode(from)? {
            0 => T::decode(from).map(Self::Answered),
            1 => Some(Self::NoData),
            2 => Cause::decode(from).map(Self::Unread),
            _ => None,
        }
    }
}

impl Codec for BaselineComplianceStatus {
    fn encode(&self, to: &mut Encoder<'_>) {
        match self {
            Self::Compliant => 0u8.encode(to),
            Self::NonCompliant => 1u8.encode(to),
            Self::Unspecified => 2u8.encode(to),
            Self::Deleted => 3u8.encode(to),
            Self::Unreadable(cause) => {
                4u8.encode(to);
                cause.encode(to);
            }
            Self::Unrecognized(value) => {
                5u8.encode(to);
                value.encode(to);
            }
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        match u8::decode(from)? {
            0 => Some(Self::Compliant),
            1 => Some(Self::NonCompliant),
            2 => Some(Self::Unspecified),
            3 => Some(Self::Deleted),
            4 => Cause::decode(from).map(Self::Unreadable),
            5 => Codec::decode(from).map(Self::Unrecognized),
            _ => None,
        }
    }
}

impl Codec for PatchState {
    fn encode(&self, to: &mut Encoder<'_>) {
        let known = Self::DOCUMENTED.iter().position(|known| known == self);
        encode_size(known.unwrap_or(Self::DOCUMENTED.len()), to);
        if let Self::Other(word) = self {
            word.encode(to);
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        match from.read_size()? {
            at if at == Self::DOCUMENTED.len() => Box::decode(from).map(Self::Other),
            at => Self::DOCUMENTED.get(at).cloned(),
        }
    }
}

impl Codec for Cves {
    fn encode(&self, to: &mut Encoder<'_>) {
        match self.joined() {
            None => 0u8.encode(to),
            Some(text) => {
                1u8.encode(to);
                encode_text(text, to);
            }
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        match u8::decode(from)? {
            0 => Some(Self::new(None)),
            1 => from.read_text().map(|text| Self::new(Some(text))),
            _ => None,
        }
    }
}

impl Codec for PatchEvent {
    fn encode(&self, to: &mut Encoder<'_>) {
        match self {
            Self::Rows(filtered) => {
                0u8.encode(to);
                filtered.encode(to);
            }
            Self::End(end) => {
                1u8.encode(to);
                end.encode(to);
            }
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        match u8::decode(from)? {
            0 => Filtered::decode(from).map(Self::Rows),
            1 => NodeEnd::decode(from).map(Self::End),
            _ => None,
        }
    }
}

/// Encodes a record as its fields, one after the other. A field that is missing
/// in the list does not compile.
macro_rules! fields {
    ($record:ident: $($field:ident),*) => {
        impl Codec for $record {
            fn encode(&self, to: &mut Encoder<'_>) {
                let Self { $($field),* } = self;
                $($field.encode(to);)*
            }

            fn decode(from: &mut Decoder<'_>) -> Option<Self> {
                Some(Self { $($field: Codec::decode(from)?),* })
            }
        }
    };
}

fields!(Cause: code, text);
fields!(UnreadableField: field, value);
fields!(Filtered: kept, hidden, unrated, seen_words);
fields!(SeenWords: severities, classifications, unknown_states, kb_ids, cves);
fields!(Patch: node, title, kb_id, classification, severity, state, installed_time, cves, release_date);
fields!(NodeEnd: node, outcome, state);
fields!(NodeState:
    patch_group, baseline_id, snapshot_id, install_override_list, owner_information,
    installed, installed_other, installed_pending_reboot, installed_rejected, missing, failed,
    unreported_not_applicable, not_applicable, available_security_update,
    operation_start, operation_end, operation, last_no_reboot_install, reboot_option,
    critical_non_compliant, security_non_compliant, other_non_compliant, baseline_status, unreadable_fields);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AccountRegion, Count, Moment};
    use jiff::Timestamp;
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;
    use std::fmt::Debug;
    use std::sync::Arc;

    fn node(id: &str) -> Node {
        let location = Arc::new(AccountRegion {
            region: "eu-west-1".into(),
            account: None,
            account_name: None,
        });
        Node::requested(id, &location)
    }

    fn some_node() -> impl Strategy<Value = Node> {
        // Few ids, so that some follow themselves and some recur.
        "[ab]".prop_map(|id| node(&id))
    }

    fn text() -> impl Strategy<Value = Box<str>> {
        prop_oneof![Just(""), Just("Ünïcödé 補丁 \0\"\n")]
            .prop_map(Box::from)
            .boxed()
            .prop_union(".{0,12}".prop_map(Box::from).boxed())
    }

    fn maybe() -> impl Strategy<Value = Option<Box<str>>> {
        proptest::option::of(text())
    }

    fn word() -> impl Strategy<Value = Option<Arc<str>>> {
        proptest::option::of("[a-c]?".prop_map(Arc::from))
    }

    fn count() -> impl Strategy<Value = Count> {
        proptest::option::of(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()])
    }

    fn moment() -> impl Strategy<Value = Moment> {
        let any = Timestamp::MIN.as_nanosecond()..=Timestamp::MAX.as_nanosecond();
        proptest::option::of(prop_oneof![
            Just(Timestamp::MIN),
            Just(Timestamp::UNIX_EPOCH),
            any.prop_map(|nano| Timestamp::from_nanosecond(nano).unwrap()),
        ])
    }

    fn state() -> impl Strategy<Value = PatchState> {
        proptest::sample::select(PatchState::DOCUMENTED.to_vec())
            .boxed()
            .prop_union(text().prop_map(PatchState::Other).boxed())
            // A documented state that was read as an unknown one stays unknown.
            .or(Just(PatchState::Other("Missing".into())).boxed())
    }

    fn outcome<T: Debug>(answer: impl Strategy<Value = T>) -> impl Strategy<Value = Outcome<T>> {
        prop_oneof![
            answer.prop_map(Outcome::Answered),
            Just(()).prop_map(|()| Outcome::NoData),
            (text(), text()).prop_map(|(code, text)| Outcome::Unread(Cause { code, text })),
        ]
    }

    fn patch() -> impl Strategy<Value = Patch> {
        let words = (word(), word());
        (
            some_node(),
            maybe(),
            maybe(),
            words,
            state(),
            (moment(), moment()),
            maybe(),
        )
            .prop_map(
                |(
                    node,
                    title,
                    kb_id,
                    (classification, severity),
                    state,
                    (installed_time, released),
                    cves,
                )| {
                    Patch {
                        node,
                        title,
                        kb_id,
                        classification,
                        severity,
                        state,
                        installed_time,
                        cves: Cves::new(cves.as_deref()),
                        release_date: released,
                    }
                },
            )
    }

    fn event() -> impl Strategy<Value = PatchEvent> {
        let set = || btree_set("[a-z]{0,3}".prop_map(Arc::from), 0..4);
        let words = || btree_set(text(), 0..4);
        let seen = (set(), set(), words(), words(), words());
        let rows = (vec(patch(), 0..5), any::<[u64; 2]>(), seen).prop_map(
            |(
                kept,
                [hidden, unrated],
                (severities, classifications, unknown_states, kb_ids, cves),
            )| {
                PatchEvent::Rows(Filtered {
                    kept,
                    hidden,
                    unrated,
                    seen_words: SeenWords {
                        severities,
                        classifications,
                        unknown_states,
                        kb_ids,
                        cves,
                    },
                })
            },
        );
        let state = proptest::option::of(outcome(node_state()).prop_map(Box::new));
        let end = (some_node(), outcome(Just(())), state).prop_map(|(node, outcome, state)| {
            PatchEvent::End(NodeEnd {
                node,
                outcome,
                state,
            })
        });
        prop_oneof![rows, end]
    }

    fn ruling() -> impl Strategy<Value = Option<BaselineComplianceStatus>> {
        let unreadable = (text(), text())
            .prop_map(|(code, text)| BaselineComplianceStatus::Unreadable(Cause { code, text }));
        proptest::option::of(prop_oneof![
            Just(BaselineComplianceStatus::Compliant),
            Just(BaselineComplianceStatus::NonCompliant),
            Just(BaselineComplianceStatus::Unspecified),
            Just(BaselineComplianceStatus::Deleted),
            text().prop_map(BaselineComplianceStatus::Unrecognized),
            unreadable,
        ])
    }

    fn node_state() -> impl Strategy<Value = NodeState> {
        (
            vec(maybe(), 7),
            vec(count(), 12),
            vec(moment(), 3),
            ruling(),
            vec((text(), text()), 0..3),
        )
            .prop_map(|(mut texts, mut counts, mut moments, ruling, odd)| {
                let mut text = || texts.pop().unwrap();
                let mut count = || counts.pop().unwrap();
                let mut moment = || moments.pop().unwrap();
                NodeState {
                    patch_group: text(),
                    baseline_id: text(),
                    snapshot_id: text(),
                    install_override_list: text(),
                    owner_information: text(),
                    installed: count(),
                    installed_other: count(),
                    installed_pending_reboot: count(),
                    installed_rejected: count(),
                    missing: count(),
                    failed: count(),
                    unreported_not_applicable: count(),
                    not_applicable: count(),
                    available_security_update: count(),
                    operation_start: moment(),
                    operation_end: moment(),
                    operation: text(),
                    last_no_reboot_install: moment(),
                    reboot_option: text(),
                    critical_non_compliant: count(),
                    security_non_compliant: count(),
                    other_non_compliant: count(),
                    baseline_status: ruling,
                    unreadable_fields: odd
                        .into_iter()
                        .map(|(field, value)| UnreadableField { field, value })
                        .collect(),
                }
            })
    }

    /// Packs an item and compares it with what is unpacked. `Debug` shows every
    /// field.
    fn assert_round_trip<T: Spillable + Debug>(item: &T) -> Result<(), TestCaseError> {
        let (mut nodes, mut bytes) = (Vec::new(), Vec::new());
        item.pack(&mut nodes, &mut bytes);
        let back = T::unpack(&nodes, &bytes);
        prop_assert_eq!(format!("{back:?}"), format!("Some({item:?})"));
        // Truncated or damaged bytes are refused or read as something else;
        // they never panic.
        for end in 0..bytes.len() {
            prop_assert!(T::unpack(&nodes, &bytes[..end]).is_none());
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            let _ = T::unpack(&nodes, &damaged);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_event_is_unpacked_unchanged(event in event()) {
            assert_round_trip(&event)?;
        }

        #[test]
        fn a_batch_is_unpacked_unchanged(
            batch in vec((some_node(), outcome(node_state())), 0..4),
        ) {
            assert_round_trip(&batch)?;
        }
    }

    #[test]
    fn the_end_of_a_node_reports_its_lost_bytes() {
        let cause = Cause {
            code: "Unreadable".into(),
            text: "lost".into(),
        };
        let nodes = [node("i-1")];
        assert!(PatchEvent::placeholder_for_lost(&nodes, false, &cause).is_none());
        let Some(PatchEvent::End(end)) = PatchEvent::placeholder_for_lost(&nodes, true, &cause)
        else {
            panic!("no end")
        };
        assert_eq!(
            end,
            NodeEnd::new(nodes[0].clone(), Outcome::Unread(cause.clone()))
        );
        let mut end = PatchEvent::End(NodeEnd::new(end.node, Outcome::Answered(())));
        end.mark_incomplete(&cause);
        assert!(
            matches!(end, PatchEvent::End(end) if end.outcome == Outcome::Unread(cause.clone()))
        );
        let batch = Vec::placeholder_for_lost(&[node("i-1"), node("i-2")], true, &cause).unwrap();
        assert!(
            batch.len() == 2
                && batch
                    .iter()
                    .all(|(_, o)| *o == Outcome::Unread(cause.clone()))
        );
    }
}
