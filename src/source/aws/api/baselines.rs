//! What baselines rule: each is asked for once a place, however many nodes name it.
//!
//! Knows the calls that tell, and the two names that a baseline may have. Must
//! not know what comes of a ruling; when patches were released, `releases` knows.

mod releases;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ssm::operation::describe_patch_baselines::DescribePatchBaselinesOutput;
use aws_sdk_ssm::operation::get_patch_baseline::GetPatchBaselineOutput;
use tokio::sync::OnceCell;

use crate::record::{Baseline, Place, Why};
use crate::source::Source;
use crate::source::aws::api::baselines::releases::Releases;
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::{Fault, Kind};
use crate::source::aws::api::pages::{Pages, Start};
use crate::source::aws::api::patch_calls::PAGE;
use crate::source::aws::api::response_capture::Slot;
use crate::source::aws::api::wire::{Listed, Page, Unreadable, bare};

const BASELINE: &str = "GetPatchBaseline";
const BASELINES: &str = "DescribePatchBaselines";

/// AWS has baselines of its own in every region.
const NO_BASELINES: &str = "it lists no baseline, not even AWS's own";

/// What one place has told of baselines and patches. It grows with the
/// baselines and patches that there are, not with the nodes.
#[derive(Default)]
pub struct Book {
    /// The baselines there are, or why they are not known.
    listed: OnceCell<Result<List, Fault>>,
    baselines: Mutex<HashMap<Box<str>, Entry>>,
    releases: Releases,
}

/// Baselines by their bare ids.
type List = HashMap<Box<str>, Listed>;

/// A baseline, or why it could not be read; empty until somebody has asked.
type Entry = Arc<OnceCell<Result<Arc<Baseline>, Why>>>;

impl Asker {
    /// The baseline that patch states name by this id. All who ask share one
    /// answer, a failure too: a call that was given up is not made again for
    /// the next node. Only an interrupted one leaves nothing behind.
    ///
    /// # Errors
    /// Why it could not be read: gone, denied, or nobody there.
    pub async fn baseline(&self, id: &str) -> Result<Arc<Baseline>, Why> {
        let entry = {
            let book = &self.book.baselines;
            let mut baselines = book.lock().unwrap_or_else(PoisonError::into_inner);
            match baselines.get(id) {
                Some(entry) => entry.clone(),
                None => baselines.entry(id.into()).or_default().clone(),
            }
        };
        let read = entry.get_or_try_init(|| async {
            match self.by_either_name(id).await {
                Err(fault) if fault.is_interrupted() => Err(fault.why),
                read => Ok(read.map(Arc::new).map_err(|fault| fault.why)),
            }
        });
        read.await?.clone()
    }

    /// Reads the baseline of a bare id, AWS's own by its ARN.
    ///
    /// Patch states give a bare id whoever owns the baseline, and
    /// GetPatchBaseline knows AWS's own by their full ARN only (API reference,
    /// GetPatchBaseline, BaselineId), which holds an account number for each
    /// region that only DescribePatchBaselines tells. So that is asked first:
    /// AWS has some twenty baselines, one page, and a fleet on AWS's Windows
    /// baseline, the usual one, takes two calls a place. Trying the bare id
    /// first would take three, one of them refused, and one more for each
    /// further baseline of AWS's; it saves a call only where nobody uses one.
    async fn by_either_name(&self, id: &str) -> Result<Baseline, Fault> {
        let unlisted = match self.listed().await? {
            Ok(listed) => {
                let name = listed.get(id).map_or(id, |listed| &*listed.name);
                return self.read_baseline(name).await;
            }
            Err(fault) => fault,
        };
        // Without the list, one's own can still be read.
        match self.read_baseline(id).await {
            // Perhaps it is AWS's own, so that is what stands in the way.
            Err(fault) if fault.is_about_nothing() => Err(unlisted.clone()),
            read => read,
        }
    }

    /// The baselines there are, listed once; only an interruption is no answer.
    async fn listed(&self) -> Result<&Result<List, Fault>, Fault> {
        let list = || async {
            match self.list().await {
                Err(fault) if fault.is_interrupted() => Err(fault),
                listed => Ok(listed),
            }
        };
        self.book.listed.get_or_try_init(list).await
    }

    async fn list(&self) -> Result<List, Fault> {
        let mut list = List::new();
        let mut pages = Pages::new(self.call(BASELINES));
        while let Some(Start(token)) = pages.next()? {
            let page = self.baselines_page(PAGE, token).await?;
            pages.then(page.rows.len(), page.next);
            for listed in page.rows {
                let id: Box<str> = bare(&listed.name).into();
                match list.get_mut(&id) {
                    Some(known) if *known != listed => {
                        // Listed twice and differently, it is known by its bare id alone.
                        known.name = id;
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
            return Err(Fault::own("Unreadable", NO_BASELINES, self.call(BASELINES)));
        }
        Ok(list)
    }

    /// One page of the baselines, AWS's and one's own. The model allows pages of 100, as it
    /// does for DescribeInstancePatchStates, where the service refuses more than 50.
    pub(crate) async fn baselines_page(
        &self,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<Listed>, Fault> {
        let is_first = token.is_none();
        let slot = Slot::<Page<Listed>>::checked(move |page| {
            if is_first && page.rows.is_empty() && page.next.is_none() {
                return Err(Unreadable::new(NO_BASELINES));
            }
            Ok(())
        });
        let call = self
            .client
            .describe_patch_baselines()
            .max_results(most)
            .set_next_token(token);
        let output = || DescribePatchBaselinesOutput::builder().build();
        self.read(slot, BASELINES, output, |reader| {
            call.clone().customize().interceptor(reader).send()
        })
        .await
    }

    /// The baseline of this name: a bare id of one's own, or an ARN of AWS's.
    pub(crate) async fn read_baseline(&self, name: &str) -> Result<Baseline, Fault> {
        let id: Box<str> = bare(name).into();
        // What another baseline rules would be a verdict without data.
        let slot = Slot::<Baseline>::checked(move |baseline| {
            if *baseline.id == *id {
                return Ok(());
            }
            Err(Unreadable::new("it is another baseline"))
        });
        let call = self.client.get_patch_baseline().baseline_id(name);
        let output = || GetPatchBaselineOutput::builder().build();
        self.read(slot, BASELINE, output, |reader| {
            call.clone().customize().interceptor(reader).send()
        })
        .await
    }
}

impl Fault {
    /// Is what was asked about not there, or no name for it? Source: API
    /// reference, GetPatchBaseline, Errors; validation comes before all of them.
    pub(crate) fn is_about_nothing(&self) -> bool {
        let codes = ["DoesNotExistException", "InvalidResourceId"];
        self.kind == Kind::Refused || codes.contains(&&*self.why.code)
    }
}

/// Did the service say that there is no such baseline? That is an answer, and
/// asking again will not change it.
pub fn is_gone(why: &Why) -> bool {
    &*why.code == "DoesNotExistException"
}

impl Source {
    /// The operating system that a baseline of a place is for, in AWS's word;
    /// `None` where that cannot be known. All of a place are listed by one call.
    pub async fn system_of(&self, place: &Place, id: &str) -> Option<Box<str>> {
        let asker = self.askers.iter().find(|asker| *asker.place == *place)?;
        let listed = asker.listed().await.ok()?.as_ref().ok()?;
        listed.get(id)?.operating_system.clone()
    }

    /// The places where it could not be learnt when patches were released, and
    /// why; for a line at the end, as the dates themselves are only absent.
    #[must_use]
    pub fn undated(&self) -> Vec<(Arc<Place>, Why)> {
        let askers = self.askers.iter();
        let undated = askers.filter_map(|asker| Some((asker.place.clone(), asker.undated()?)));
        undated.collect()
    }
}

#[cfg(test)]
mod tests;
