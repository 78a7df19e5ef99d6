//! The streams of a dataset: what is read of its nodes, in the order of the source.

use std::sync::Arc;

use crate::plan::fetch_plan::{BaselinePlan, FetchPlan};
use crate::record::AccountRegion;
use crate::source::dataset::event_channel;
use crate::source::dataset::node_fold::{FoldContext, FoldStream, Folded};
use crate::source::dataset::producer::Producer;
use crate::source::dataset::source::DatasetSource;
use crate::source::dataset::stream::{BaselineSystems, DatasetStream};
use crate::source::event::{NodeFold, NodeStates, PatchEvent};

/// What the answer of a location depends on, where no node is asked for by its id: then it is
/// the same beside other locations.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LocationKey {
    run_id: String,
    index: usize,
    /// As it is named: whether with its account depends on the others.
    location: Arc<AccountRegion>,
}

impl DatasetSource {
    /// The locations that are read, in their order.
    #[must_use]
    pub(crate) fn location_keys(&self) -> Vec<LocationKey> {
        let keys = self.locations().iter().map(|of| LocationKey {
            run_id: of.run.run.run_id.clone(),
            index: of.run.index,
            location: of.location.clone(),
        });
        keys.collect()
    }

    /// The states of the nodes that the plan selects, in batches.
    #[must_use]
    pub(crate) fn stream_states(&self, plan: &FetchPlan) -> DatasetStream<NodeStates> {
        let (sender, receiver) = event_channel::channel();
        tokio::spawn(Producer::<NodeStates>::new(self, plan, (), None, sender).run());
        DatasetStream::new(receiver, self.baseline_systems(plan))
    }

    /// The same nodes, folded.
    #[must_use]
    pub(crate) fn fold_states<F: NodeFold>(&self, plan: &FetchPlan, fold: Arc<F>) -> FoldStream<F> {
        self.fold(plan, fold, None)
    }

    /// The same between the start and the end of each location. Those that are kept are not
    /// read, and have nothing between them.
    #[must_use]
    pub(crate) fn fold_locations<F: NodeFold>(
        &self,
        plan: &FetchPlan,
        fold: Arc<F>,
        is_kept: Vec<bool>,
    ) -> FoldStream<F> {
        self.fold(plan, fold, Some(is_kept))
    }

    fn fold<F: NodeFold>(
        &self,
        plan: &FetchPlan,
        fold: Arc<F>,
        is_kept: Option<Vec<bool>>,
    ) -> FoldStream<F> {
        let (sender, receiver) = event_channel::channel();
        let systems = self.baseline_systems(plan);
        let context = FoldContext {
            fold,
            has_usage: systems.is_some(),
        };
        tokio::spawn(Producer::<Folded<F>>::new(self, plan, context, is_kept, sender).run());
        FoldStream::new(receiver, systems)
    }

    /// The patches of the nodes that the plan selects, some at a time.
    #[must_use]
    pub(crate) fn stream_patches(&self, plan: &FetchPlan) -> DatasetStream<PatchEvent> {
        let (sender, receiver) = event_channel::channel();
        tokio::spawn(Producer::<PatchEvent>::new(self, plan, (), None, sender).run());
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
