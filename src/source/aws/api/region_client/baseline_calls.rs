//! Calls about baselines: whether each counts available security updates, and
//! which operating system each is for.
//!
//! A baseline has two names: a bare id, and the ARN of a baseline that AWS
//! owns.

use std::sync::{Arc, PoisonError};

use aws_sdk_ssm::operation::describe_patch_baselines::DescribePatchBaselinesOutput;
use aws_sdk_ssm::operation::get_patch_baseline::GetPatchBaselineOutput;

use crate::record::{Baseline, Cause};
use crate::source::aws::api::error::CallError;
use crate::source::aws::api::pages::{PageStart, Paginator};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::caches::BaselineIndex;
use crate::source::aws::api::region_client::patch_calls::PAGE_SIZE;
use crate::source::aws::api::response_capture::ResponseCapture;
use crate::source::aws::api::wire::{BodyError, ListedBaseline, Page, bare_baseline_id};

const GET_PATCH_BASELINE: &str = "GetPatchBaseline";
const DESCRIBE_PATCH_BASELINES: &str = "DescribePatchBaselines";

/// AWS has baselines of its own in every region.
const NO_BASELINES_MESSAGE: &str = "it lists no baseline, not even AWS's own";

impl RegionClient {
    /// The baseline that patch states name by this id. All callers share one
    /// result, failures included: a call that was given up is not repeated for
    /// the next node. Only an interrupted call is not cached.
    ///
    /// # Errors
    /// Why it could not be read: deleted, denied, or unreachable.
    pub(crate) async fn baseline(&self, id: &str) -> Result<Arc<Baseline>, Cause> {
        let entry = {
            let baseline_cache = &self.baseline_cache.baselines;
            let mut baselines = baseline_cache
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            match baselines.get(id) {
                Some(entry) => entry.clone(),
                None => baselines.entry(id.into()).or_default().clone(),
            }
        };
        let read = entry.get_or_try_init(|| async {
            match self.read_baseline_by_id(id).await {
                Err(error) if error.is_interrupted() => Err(error.cause),
                read => Ok(read.map(Arc::new).map_err(|error| error.cause)),
            }
        });
        read.await?.clone()
    }

    /// Reads the baseline of a bare id, AWS's own by its ARN.
    ///
    /// Patch states give a bare id whoever owns the baseline, and
    /// GetPatchBaseline knows AWS's own by their full ARN only (API reference,
    /// GetPatchBaseline, BaselineId), which holds an account number for each
    /// region that only DescribePatchBaselines returns. So that is called
    /// first: AWS has some twenty baselines, one page, and a fleet on AWS's
    /// Windows baseline, the usual one, takes two calls per location. Trying
    /// the bare id first would take three, one of them refused, and one more
    /// for each further AWS baseline; it saves a call only if no AWS baseline
    /// is used.
    async fn read_baseline_by_id(&self, id: &str) -> Result<Baseline, CallError> {
        let unlisted = match self.baseline_index().await? {
            Ok(listed) => {
                let name = listed.get(id).map_or(id, |listed| &*listed.arn_or_id);
                return self.read_baseline(name).await;
            }
            Err(error) => error,
        };
        // Without the list, a custom baseline can still be read.
        match self.read_baseline(id).await {
            // It may be one of AWS's, so the failed list is the cause.
            Err(error) if error.is_not_found() => Err(unlisted.clone()),
            read => read,
        }
    }

    /// All baselines, listed once; only an interruption is not cached.
    async fn baseline_index(&self) -> Result<&Result<BaselineIndex, CallError>, CallError> {
        let list = || async {
            match self.read_baseline_list().await {
                Err(error) if error.is_interrupted() => Err(error),
                listed => Ok(listed),
            }
        };
        self.baseline_cache.index.get_or_try_init(list).await
    }

    /// The operating system that a baseline is for, as AWS writes it; `None` if
    /// it is unknown. One call lists all baselines of a location.
    pub(crate) async fn baseline_operating_system(&self, id: &str) -> Option<Box<str>> {
        let listed = self.baseline_index().await.ok()?.as_ref().ok()?;
        listed.get(id)?.operating_system.clone()
    }

    async fn read_baseline_list(&self) -> Result<BaselineIndex, CallError> {
        let mut list = BaselineIndex::new();
        let mut pages = Paginator::new(self.call_context(DESCRIBE_PATCH_BASELINES));
        while let Some(PageStart(token)) = pages.next_start()? {
            let page = self.baselines_page(PAGE_SIZE, token).await?;
            pages.record_page(page.rows.len(), page.next_token);
            for listed in page.rows {
                let id: Box<str> = bare_baseline_id(&listed.arn_or_id).into();
                match list.get_mut(&id) {
                    Some(known) if *known != listed => {
                        // Listed twice with differences, only its bare id is
                        // known.
                        known.arn_or_id = id;
                        known.operating_system = None;
                    }
                    Some(_) => {}
                    None => {
                        list.insert(id, listed);
                    }
                }
            }
        }
        if list.is_empty() {
            return Err(CallError::client_side(
                "Unreadable",
                NO_BASELINES_MESSAGE,
                self.call_context(DESCRIBE_PATCH_BASELINES),
            ));
        }
        Ok(list)
    }

    /// One page of the baselines, AWS's and custom ones. The model allows pages
    /// of 100, as it does for DescribeInstancePatchStates, where the service
    /// refuses more than 50.
    pub(crate) async fn baselines_page(
        &self,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<ListedBaseline>, CallError> {
        let is_first = token.is_none();
        let slot = ResponseCapture::<Page<ListedBaseline>>::with_check(move |page| {
            if is_first && page.rows.is_empty() && page.next_token.is_none() {
                return Err(BodyError::new(NO_BASELINES_MESSAGE));
            }
            Ok(())
        });
        let call = self
            .ssm
            .describe_patch_baselines()
            .max_results(most)
            .set_next_token(token);
        send_captured!(
            self,
            slot,
            DESCRIBE_PATCH_BASELINES,
            DescribePatchBaselinesOutput,
            call
        )
    }

    /// The baseline of this name: the bare id of a custom one, or the ARN of an
    /// AWS one.
    pub(crate) async fn read_baseline(&self, name: &str) -> Result<Baseline, CallError> {
        let id: Box<str> = bare_baseline_id(name).into();
        // The status of another baseline would be a verdict without data.
        let slot = ResponseCapture::<Baseline>::with_check(move |baseline| {
            if *baseline.id == *id {
                return Ok(());
            }
            Err(BodyError::new("it is another baseline"))
        });
        let call = self.ssm.get_patch_baseline().baseline_id(name);
        send_captured!(self, slot, GET_PATCH_BASELINE, GetPatchBaselineOutput, call)
    }
}

/// Did the service report that there is no such baseline? Repeating the call
/// would not change that.
pub(crate) fn is_baseline_deleted(cause: &Cause) -> bool {
    &*cause.code == "DoesNotExistException"
}

#[cfg(test)]
mod tests;
