//! Items as bytes, for those that wait for their turn in a file.
//!
//! Knows the fields of records. The form never outlives the run: it has no
//! version and follows the records. Nodes stay in memory, and the bytes say
//! which one is meant. Must not know where the bytes are kept.

mod format;

use crate::plan::filter::{Seen, Sifted};
use crate::record::{
    Cves, Node, NodeState, Outcome, Patch, PatchState, Ruling, UnreadableField, Why,
};
use crate::source::ordered::codec::format::{Form, From, To, put_size, put_text};
use crate::source::{End, PatchEvent};

/// Something that can wait as bytes.
pub trait Spill: Send + Sized + 'static {
    /// Appends it to `bytes`, and to `nodes` the nodes that it names.
    fn pack(&self, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>);

    /// What was packed; `None` when these are not its bytes.
    fn unpack(nodes: &[Node], bytes: &[u8]) -> Option<Self>;

    /// Is it the last that is told of its nodes?
    fn closes(&self) -> bool;

    /// What stands for an item whose bytes are lost. One that did not close
    /// its nodes may have nothing to stand for it: the next one that does is
    /// then spoiled.
    fn lost(nodes: &[Node], closed: bool, why: &Why) -> Option<Self>;

    /// Turns an item that closes its nodes into one that says that something
    /// before it was lost.
    fn spoil(&mut self, why: &Why);
}

impl Spill for PatchEvent {
    fn pack(&self, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
        pack(self, nodes, bytes);
    }

    fn unpack(nodes: &[Node], bytes: &[u8]) -> Option<Self> {
        unpack(nodes, bytes)
    }

    fn closes(&self) -> bool {
        matches!(self, Self::End(..))
    }

    fn lost(nodes: &[Node], closed: bool, why: &Why) -> Option<Self> {
        let node = nodes.first().filter(|_| closed)?;
        let unread = Outcome::Unread(why.clone());
        Some(Self::End(End::new(node.clone(), unread)))
    }

    fn spoil(&mut self, why: &Why) {
        if let Self::End(end) = self {
            end.outcome = Outcome::Unread(why.clone());
        }
    }
}

impl Spill for Vec<(Node, Outcome<NodeState>)> {
    fn pack(&self, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
        pack(self, nodes, bytes);
    }

    fn unpack(nodes: &[Node], bytes: &[u8]) -> Option<Self> {
        unpack(nodes, bytes)
    }

    fn closes(&self) -> bool {
        true
    }

    fn lost(nodes: &[Node], _closed: bool, why: &Why) -> Option<Self> {
        let unread = |node: &Node| (node.clone(), Outcome::Unread(why.clone()));
        Some(nodes.iter().map(unread).collect())
    }

    fn spoil(&mut self, _why: &Why) {}
}

fn pack<T: Form>(item: &T, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
    item.put(&mut To { nodes, bytes });
}

fn unpack<T: Form>(nodes: &[Node], bytes: &[u8]) -> Option<T> {
    let mut from = From {
        nodes,
        bytes,
        words: Vec::new(),
    };
    let item = T::get(&mut from)?;
    from.bytes.is_empty().then_some(item)
}

impl Form for Node {
    fn put(&self, to: &mut To<'_>) {
        // The rows of a page are all of one node.
        if to.nodes.last() != Some(self) {
            to.nodes.push(self.clone());
        }
        put_size(to.nodes.len() - 1, to);
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        let at = from.size()?;
        from.nodes.get(at).cloned()
    }
}

impl<T: Form> Form for Outcome<T> {
    fn put(&self, to: &mut To<'_>) {
        match self {
            Self::Answered(value) => {
                0u8.put(to);
                value.put(to);
            }
            Self::NoData => 1u8.put(to),
            Self::Unread(why) => {
                2u8.put(to);
                why.put(to);
            }
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        match u8::get(from)? {
            0 => T::get(from).map(Self::Answered),
            1 => Some(Self::NoData),
            2 => Why::get(from).map(Self::Unread),
            _ => None,
        }
    }
}

impl Form for Ruling {
    fn put(&self, to: &mut To<'_>) {
        match self {
            Self::Compliant => 0u8.put(to),
            Self::NonCompliant => 1u8.put(to),
            Self::Unsaid => 2u8.put(to),
            Self::Gone => 3u8.put(to),
            Self::Unreadable(why) => {
                4u8.put(to);
                why.put(to);
            }
            Self::Odd(value) => {
                5u8.put(to);
                value.put(to);
            }
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        match u8::get(from)? {
            0 => Some(Self::Compliant),
            1 => Some(Self::NonCompliant),
            2 => Some(Self::Unsaid),
            3 => Some(Self::Gone),
            4 => Why::get(from).map(Self::Unreadable),
            5 => Form::get(from).map(Self::Odd),
            _ => None,
        }
    }
}

impl Form for PatchState {
    fn put(&self, to: &mut To<'_>) {
        let known = Self::KNOWN.iter().position(|known| known == self);
        put_size(known.unwrap_or(Self::KNOWN.len()), to);
        if let Self::Other(word) = self {
            word.put(to);
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        match from.size()? {
            at if at == Self::KNOWN.len() => Box::get(from).map(Self::Other),
            at => Self::KNOWN.get(at).cloned(),
        }
    }
}

impl Form for Cves {
    fn put(&self, to: &mut To<'_>) {
        match self.joined() {
            None => 0u8.put(to),
            Some(text) => {
                1u8.put(to);
                put_text(text, to);
            }
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        match u8::get(from)? {
            0 => Some(Self::new(None)),
            1 => from.text().map(|text| Self::new(Some(text))),
            _ => None,
        }
    }
}

impl Form for PatchEvent {
    fn put(&self, to: &mut To<'_>) {
        match self {
            Self::Rows(sifted) => {
                0u8.put(to);
                sifted.put(to);
            }
            Self::End(end) => {
                1u8.put(to);
                end.put(to);
            }
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        match u8::get(from)? {
            0 => Sifted::get(from).map(Self::Rows),
            1 => End::get(from).map(Self::End),
            _ => None,
        }
    }
}

/// A record as its fields, one after the other. A field that is left out here
/// does not compile.
macro_rules! fields {
    ($record:ident: $($field:ident),*) => {
        impl Form for $record {
            fn put(&self, to: &mut To<'_>) {
                let Self { $($field),* } = self;
                $($field.put(to);)*
            }

            fn get(from: &mut From<'_>) -> Option<Self> {
                Some(Self { $($field: Form::get(from)?),* })
            }
        }
    };
}

fields!(Why: code, text);
fields!(UnreadableField: field, value);
fields!(Sifted: kept, hidden, unrated, seen);
fields!(Seen: severities, classifications, unknown_states);
fields!(Patch: node, title, kb_id, classification, severity, state, installed_time, cves, released);
fields!(End: node, outcome, state);
fields!(NodeState:
    patch_group, baseline_id, snapshot_id, install_override_list, owner_information,
    installed, installed_other, installed_pending_reboot, installed_rejected, missing, failed,
    unreported_not_applicable, not_applicable, available_security_update,
    operation_start, operation_end, operation, last_no_reboot_install, reboot_option,
    critical_non_compliant, security_non_compliant, other_non_compliant, ruling, unreadable);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Count, Moment, Place};
    use jiff::Timestamp;
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;
    use std::fmt::Debug;
    use std::sync::Arc;

    fn node(id: &str) -> Node {
        let place = Arc::new(Place {
            region: "eu-west-1".into(),
            account: None,
        });
        Node::asked(id, &place)
    }

    fn some_node() -> impl Strategy<Value = Node> {
        // Few of them, so that some follow themselves and some come back.
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
        proptest::sample::select(PatchState::KNOWN.to_vec())
            .boxed()
            .prop_union(text().prop_map(PatchState::Other).boxed())
            // A documented word that came as an unknown one stays one.
            .or(Just(PatchState::Other("Missing".into())).boxed())
    }

    fn outcome<T: Debug>(answer: impl Strategy<Value = T>) -> impl Strategy<Value = Outcome<T>> {
        prop_oneof![
            answer.prop_map(Outcome::Answered),
            Just(()).prop_map(|()| Outcome::NoData),
            (text(), text()).prop_map(|(code, text)| Outcome::Unread(Why { code, text })),
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
                        released,
                    }
                },
            )
    }

    fn event() -> impl Strategy<Value = PatchEvent> {
        let set = || btree_set("[a-z]{0,3}".prop_map(Arc::from), 0..4);
        let seen = (set(), set(), btree_set(text(), 0..4));
        let rows = (vec(patch(), 0..5), any::<[u64; 2]>(), seen).prop_map(
            |(kept, [hidden, unrated], (severities, classifications, unknown_states))| {
                PatchEvent::Rows(Sifted {
                    kept,
                    hidden,
                    unrated,
                    seen: Seen {
                        severities,
                        classifications,
                        unknown_states,
                    },
                })
            },
        );
        let state = proptest::option::of(outcome(node_state()).prop_map(Box::new));
        let end = (some_node(), outcome(Just(())), state).prop_map(|(node, outcome, state)| {
            PatchEvent::End(End {
                node,
                outcome,
                state,
            })
        });
        prop_oneof![rows, end]
    }

    fn ruling() -> impl Strategy<Value = Option<Ruling>> {
        let unreadable =
            (text(), text()).prop_map(|(code, text)| Ruling::Unreadable(Why { code, text }));
        proptest::option::of(prop_oneof![
            Just(Ruling::Compliant),
            Just(Ruling::NonCompliant),
            Just(Ruling::Unsaid),
            Just(Ruling::Gone),
            text().prop_map(Ruling::Odd),
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
                    ruling,
                    unreadable: odd
                        .into_iter()
                        .map(|(field, value)| UnreadableField { field, value })
                        .collect(),
                }
            })
    }

    /// Packs it, and holds what comes back against it. `Debug` tells every field.
    fn returns<T: Spill + Debug>(item: &T) -> Result<(), TestCaseError> {
        let (mut nodes, mut bytes) = (Vec::new(), Vec::new());
        item.pack(&mut nodes, &mut bytes);
        let back = T::unpack(&nodes, &bytes);
        prop_assert_eq!(format!("{back:?}"), format!("Some({item:?})"));
        // Whatever is cut off or damaged is refused or read as something else, and never panics.
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
        fn an_event_comes_back_as_it_was(event in event()) {
            returns(&event)?;
        }

        #[test]
        fn a_batch_comes_back_as_it_was(
            batch in vec((some_node(), outcome(node_state())), 0..4),
        ) {
            returns(&batch)?;
        }
    }

    #[test]
    fn of_a_node_whose_bytes_are_lost_its_end_says_so() {
        let why = Why {
            code: "Unreadable".into(),
            text: "lost".into(),
        };
        let nodes = [node("i-1")];
        assert!(PatchEvent::lost(&nodes, false, &why).is_none());
        let Some(PatchEvent::End(end)) = PatchEvent::lost(&nodes, true, &why) else {
            panic!("no end")
        };
        assert_eq!(
            end,
            End::new(nodes[0].clone(), Outcome::Unread(why.clone()))
        );
        let mut end = PatchEvent::End(End::new(end.node, Outcome::Answered(())));
        end.spoil(&why);
        assert!(matches!(end, PatchEvent::End(end) if end.outcome == Outcome::Unread(why.clone())));
        let batch = Vec::lost(&[node("i-1"), node("i-2")], true, &why).unwrap();
        assert!(
            batch.len() == 2
                && batch
                    .iter()
                    .all(|(_, o)| *o == Outcome::Unread(why.clone()))
        );
    }
}
