//! Reads when patches were released: each is requested once per location, many
//! in one call.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_ssm::operation::describe_available_patches::DescribeAvailablePatchesOutput;
use aws_sdk_ssm::types::PatchOrchestratorFilter;
use jiff::Timestamp;

use crate::record::Cause;
use crate::source::aws::api::error::CallError;
use crate::source::aws::api::pages::{PageStart, Paginator};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::patch_calls::PAGE_SIZE;
use crate::source::aws::api::response_capture::ResponseCapture;
use crate::source::aws::api::wire::{Page, PatchRelease};

const DESCRIBE_AVAILABLE_PATCHES: &str = "DescribeAvailablePatches";

impl RegionClient {
    /// The release dates of these patches, of those that the service knows.
    ///
    /// Only Windows KB numbers are requested: DescribeAvailablePatches supports
    /// Windows Server and Amazon Linux 1 and 2 only, and wants the product in
    /// any filter for Linux, which a patch of a node does not include (API
    /// reference, DescribeAvailablePatches, Note and Filters). After a failure
    /// no more calls are made, and [`RegionClient::release_date_failure`]
    /// returns the cause.
    pub(crate) async fn release_dates(&self, kb_ids: &[&str]) -> HashMap<Box<str>, Timestamp> {
        let releases = &self.release_dates_cache;
        let kb_ids: Vec<&str> = kb_ids
            .iter()
            .copied()
            .filter(|id| is_kb_number(id))
            .collect();
        let unknown = {
            let mut state = releases.lock_state();
            let unknown = state.unknown_ids(&kb_ids);
            state
                .pending
                .extend(unknown.iter().map(|id| Box::from(*id)));
            unknown
        };
        if !unknown.is_empty() {
            let _turn = releases.fetch_lock.lock().await;
            self.fetch_release_dates(&unknown).await;
        }
        let state = releases.lock_state();
        kb_ids
            .into_iter()
            .filter_map(|id| Some((id.into(), (*state.dates.get(id)?)?)))
            .collect()
    }

    /// Makes calls until these are known, or a call fails.
    async fn fetch_release_dates(&self, kb_ids: &[&str]) {
        let releases = &self.release_dates_cache;
        while releases.failure.get().is_none() {
            let next = {
                let state = releases.lock_state();
                match state.unknown_ids(kb_ids) {
                    // Another caller has read them meanwhile.
                    unknown if unknown.is_empty() => return,
                    unknown => state.next_batch(&unknown),
                }
            };
            match self.read_release_dates(&next).await {
                Ok(dates) => {
                    let mut state = releases.lock_state();
                    for id in next {
                        state.pending.remove(&id);
                        let date = dates.get(&id).copied();
                        state.dates.insert(id, date);
                    }
                }
                Err(error) if error.is_interrupted() => return,
                Err(error) => {
                    releases.failure.get_or_init(|| error.cause);
                }
            }
        }
    }

    /// The earliest date of each of these that has any. A patch has a row for
    /// each product, and may be released later for some: counted from the
    /// earliest, a node may seem to wait too long but never too short a time.
    /// If one of the dates cannot be read, or lies in the future and is thus
    /// wrong, it may be the earliest, so the patch has none.
    async fn read_release_dates(
        &self,
        kb_ids: &BTreeSet<Box<str>>,
    ) -> Result<HashMap<Box<str>, Timestamp>, CallError> {
        let mut dates: HashMap<Box<str>, Timestamp> = HashMap::new();
        let mut unreadable: BTreeSet<Box<str>> = BTreeSet::new();
        let mut pages = Paginator::new(self.call_context(DESCRIBE_AVAILABLE_PATCHES));
        while let Some(PageStart(token)) = pages.next_start()? {
            let page = self.available_patches_page(kb_ids, token).await?;
            pages.record_page(page.rows.len(), page.next_token);
            for PatchRelease {
                kb_id,
                released_at: at,
            } in page.rows
            {
                // Rows of other patches are not kept: their names are foreign
                // input.
                if !kb_ids.contains(&kb_id) {
                    continue;
                }
                let at = match at {
                    Ok(Some(at)) if at > self.now => Err(format!("lies in the future: {at}")),
                    Ok(Some(at)) => Ok(at),
                    Ok(None) => continue,
                    Err(value) => Err(format!("cannot be read: {value}")),
                };
                let at = match at {
                    Ok(at) => at,
                    Err(problem) => {
                        let text = format!("the ReleaseDate of {kb_id} {problem}");
                        self.release_dates_cache
                            .first_unreadable
                            .get_or_init(|| Cause {
                                code: "Unreadable".into(),
                                text: text.into(),
                            });
                        unreadable.insert(kb_id);
                        continue;
                    }
                };
                let known = dates.get(&kb_id).copied();
                dates.insert(kb_id, known.map_or(at, |known| known.min(at)));
            }
        }
        dates.retain(|kb_id, _| !unreadable.contains(kb_id));
        Ok(dates)
    }

    /// One page of the service's data on these patches, for all nodes.
    pub(in crate::source) async fn available_patches_page(
        &self,
        kb_ids: &BTreeSet<Box<str>>,
        token: Option<String>,
    ) -> Result<Page<PatchRelease>, CallError> {
        let values = kb_ids.iter().map(ToString::to_string).collect();
        let only = PatchOrchestratorFilter::builder()
            .key("PATCH_ID")
            .set_values(Some(values))
            .build();
        let call = self
            .ssm
            .describe_available_patches()
            .filters(only)
            .max_results(PAGE_SIZE)
            .set_next_token(token);
        send_captured!(
            self,
            DESCRIBE_AVAILABLE_PATCHES,
            DescribeAvailablePatchesOutput,
            call
        )
    }

    /// Why release dates are missing in this location, if they are.
    pub(crate) fn release_date_failure(&self) -> Option<Cause> {
        let releases = &self.release_dates_cache;
        let cause = releases
            .failure
            .get()
            .or_else(|| releases.first_unreadable.get());
        cause.cloned()
    }
}

/// Is this the number of a Microsoft article, as Windows patches have?
fn is_kb_number(id: &str) -> bool {
    let digits = id.strip_prefix("KB").unwrap_or_default();
    // Foreign input: the service would refuse a longer one together with the
    // whole batch.
    (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}
