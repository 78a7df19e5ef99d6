//! The streams of a dataset: what is read of its nodes, in the order of the source.

use std::sync::Arc;

use crate::plan::fetch_plan::{BaselinePlan, FetchPlan};
use crate::source::dataset::event_channel;
use crate::source::dataset::node_fold::{FoldContext, FoldStream, Folded};
use crate::source::dataset::producer::Producer;
use crate::source::dataset::source::DatasetSource;
use crate::source::dataset::stream::{BaselineSystems, DatasetStream};
use crate::source::event::{NodeFold, NodeStates, PatchEvent};

impl DatasetSource {
    /// The states of the nodes that the plan selects, in batches.
    #[must_use]
    pub(crate) fn stream_states(&self, plan: &FetchPlan) -> DatasetStream<NodeStates> {
        let (sender, receiver) = event_channel::channel();
        tokio::spawn(Producer::<NodeStates>::new(self, plan, (), sender).run());
        DatasetStream::new(receiver, self.baseline_systems(plan))
    }

    /// The same nodes, folded.
    #[must_use]
    pub(crate) fn fold_states<F: NodeFold>(&self, plan: &FetchPlan, fold: Arc<F>) -> FoldStream<F> {
        let (sender, receiver) = event_channel::channel();
        let systems = self.baseline_systems(plan);
        let context = FoldContext {
            fold,
            has_usage: systems.is_some(),
        };
        tokio::spawn(Producer::<Folded<F>>::new(self, plan, context, sender).run());
        FoldStream::new(receiver, systems)
    }

    /// The patches of the nodes that the plan selects, some at a time.
    #[must_use]
    pub(crate) fn stream_patches(&self, plan: &FetchPlan) -> DatasetStream<PatchEvent> {
        let (sender, receiver) = event_channel::channel();
        tokio::spawn(Producer::<PatchEvent>::new(self, plan, (), sender).run());
        DatasetStream::new(receiver, self.baseline_systems(plan))
    }

    fn baseline_systems(&self, plan: &FetchPlan) -> Option<BaselineSystems> {
        (plan.baselines == BaselinePlan::OperatingSystems).then(|| {
            let locations = self.locations().iter();
            locations
                .map(|of| (of.location.clone(), of.run.location().baselines.clone()))
                .collect()
        })
    }
}
