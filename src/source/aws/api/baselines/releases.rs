//! When patches were released: each is asked about once a place, many in a call.
//!
//! Knows which patches can be asked about. Must not know how old is too old.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use aws_sdk_ssm::operation::describe_available_patches::DescribeAvailablePatchesOutput;
use aws_sdk_ssm::types::PatchOrchestratorFilter;
use jiff::Timestamp;

use crate::demo::NOW;
use crate::record::{Moment, Why};
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::Fault;
use crate::source::aws::api::pages::{Pages, Start};
use crate::source::aws::api::patch_calls::PAGE;
use crate::source::aws::api::response_capture::Slot;
use crate::source::aws::api::wire::{Page, Release};

const AVAILABLE: &str = "DescribeAvailablePatches";

/// KB numbers in one call. The model sets no limit to the values of this
/// filter; its sibling with the same keys in baselines, PatchFilter, takes 20,
/// and so many patches have a page or two of rows, one for each product.
const AT_ONCE: usize = 20;

/// What is known of release dates in one place.
#[derive(Default)]
pub struct Releases {
    told: Mutex<Told>,
    /// Held by the one who asks; the others wait for what that tells.
    turn: tokio::sync::Mutex<()>,
    /// Set once it could not be asked: nobody tries again.
    failed: OnceLock<Why>,
    /// The first date that could not be read.
    unreadable: OnceLock<Why>,
}

#[derive(Default)]
struct Told {
    /// By KB number; `None` where the service does not know the patch.
    dates: HashMap<Box<str>, Moment>,
    /// Those that somebody waits for, so that one call asks for all of them.
    awaited: BTreeSet<Box<str>>,
}

impl Releases {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    fn unknown<'a>(&self, kb_ids: &[&'a str]) -> Vec<&'a str> {
        let unknown = kb_ids.iter().filter(|id| !self.dates.contains_key(**id));
        unknown.copied().collect()
    }

    /// What to ask next: these first, then what others wait for.
    fn next(&self, kb_ids: &[&str]) -> BTreeSet<Box<str>> {
        let others = self.awaited.iter().map(|id| &**id);
        let mut next = BTreeSet::new();
        for id in kb_ids.iter().copied().chain(others) {
            if next.len() == AT_ONCE {
                break;
            }
            next.insert(id.into());
        }
        next
    }
}

impl Asker {
    /// When these patches were released, of those that the service knows.
    ///
    /// Only Windows' KB numbers are asked about: DescribeAvailablePatches
    /// supports Windows Server and Amazon Linux 1 and 2 only, and wants the
    /// product in any filter for Linux, which a patch of a node does not tell
    /// (API reference, DescribeAvailablePatches, Note and Filters). Where it
    /// cannot be asked, nothing more is learnt, and [`Asker::undated`] tells why.
    pub async fn released(&self, kb_ids: &[&str]) -> HashMap<Box<str>, Timestamp> {
        let releases = &self.book.releases;
        let kb_ids: Vec<&str> = kb_ids.iter().copied().filter(|id| is_kb(id)).collect();
        let unknown = {
            let mut told = releases.told();
            let unknown = told.unknown(&kb_ids);
            told.awaited.extend(unknown.iter().map(|id| Box::from(*id)));
            unknown
        };
        if !unknown.is_empty() {
            let _turn = releases.turn.lock().await;
            self.ask_for(&unknown).await;
        }
        let told = releases.told();
        kb_ids
            .into_iter()
            .filter_map(|id| Some((id.into(), (*told.dates.get(id)?)?)))
            .collect()
    }

    /// Asks until these are known, or nobody tells.
    async fn ask_for(&self, kb_ids: &[&str]) {
        let releases = &self.book.releases;
        while releases.failed.get().is_none() {
            let next = {
                let told = releases.told();
                match told.unknown(kb_ids) {
                    // Another one has asked meanwhile.
                    unknown if unknown.is_empty() => return,
                    unknown => told.next(&unknown),
                }
            };
            match self.dates(&next).await {
                Ok(dates) => {
                    let mut told = releases.told();
                    for id in next {
                        told.awaited.remove(&id);
                        let date = dates.get(&id).copied();
                        told.dates.insert(id, date);
                    }
                }
                Err(fault) if fault.is_interrupted() => return,
                Err(fault) => {
                    releases.failed.get_or_init(|| fault.why);
                }
            }
        }
    }

    /// The earliest date of each of these that has any. A patch has a row for
    /// each product, and may come later to some: counted from the first of
    /// them, a node may seem to wait too long and never too short a time. Where
    /// one of the dates cannot be read, or lies in the future and is thus wrong,
    /// it may be the earliest, so that the patch has none.
    async fn dates(
        &self,
        kb_ids: &BTreeSet<Box<str>>,
    ) -> Result<HashMap<Box<str>, Timestamp>, Fault> {
        let mut dates: HashMap<Box<str>, Timestamp> = HashMap::new();
        let mut unreadable: BTreeSet<Box<str>> = BTreeSet::new();
        let is_demo = self.identity().is_inside;
        let now = if is_demo { NOW } else { Timestamp::now() };
        let mut pages = Pages::new(self.call(AVAILABLE));
        while let Some(Start(token)) = pages.next()? {
            let page = self.available_page(kb_ids, token).await?;
            pages.then(page.rows.len(), page.next);
            for Release { kb_id, at } in page.rows {
                // Rows of other patches are not kept: their names are foreign input.
                if !kb_ids.contains(&kb_id) {
                    continue;
                }
                let at = match at {
                    Ok(Some(at)) if at > now => Err(format!("lies in the future: {at}")),
                    Ok(Some(at)) => Ok(at),
                    Ok(None) => continue,
                    Err(value) => Err(format!("cannot be read: {value}")),
                };
                let at = match at {
                    Ok(at) => at,
                    Err(odd) => {
                        let text = format!("the ReleaseDate of {kb_id} {odd}");
                        self.book.releases.unreadable.get_or_init(|| Why {
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

    /// One page of what the service knows of these patches, whichever node has them.
    pub(in crate::source) async fn available_page(
        &self,
        kb_ids: &BTreeSet<Box<str>>,
        token: Option<String>,
    ) -> Result<Page<Release>, Fault> {
        let values = kb_ids.iter().map(ToString::to_string).collect();
        let only = PatchOrchestratorFilter::builder()
            .key("PATCH_ID")
            .set_values(Some(values))
            .build();
        let call = self
            .client
            .describe_available_patches()
            .filters(only)
            .max_results(PAGE)
            .set_next_token(token);
        let output = || DescribeAvailablePatchesOutput::builder().build();
        self.read(Slot::new(), AVAILABLE, output, |reader| {
            call.clone().customize().interceptor(reader).send()
        })
        .await
    }

    /// Why release dates could not be learnt here, if they could not.
    pub fn undated(&self) -> Option<Why> {
        let releases = &self.book.releases;
        let why = releases.failed.get().or_else(|| releases.unreadable.get());
        why.cloned()
    }
}

/// Is this the number of an article of Microsoft's, as Windows patches have?
fn is_kb(id: &str) -> bool {
    let digits = id.strip_prefix("KB").unwrap_or_default();
    // Foreign input: a longer one would be refused, and take the others along.
    (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}
