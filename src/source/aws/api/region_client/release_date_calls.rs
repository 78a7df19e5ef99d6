//! Reads when patches were released: each KB number is requested once per location, many
//! in one call.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aws_sdk_ssm::operation::describe_available_patches::DescribeAvailablePatchesOutput;
use aws_sdk_ssm::types::PatchOrchestratorFilter;
use jiff::Timestamp;

use crate::record::{Cause, Moment};
use crate::source::aws::api::error::CallError;
use crate::source::aws::api::pages::{PageStart, Paginator};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::caches::Release;
use crate::source::aws::api::region_client::patch_calls::PAGE_SIZE;
use crate::source::aws::api::response_capture::ResponseCapture;
use crate::source::aws::api::wire::{Page, PatchRelease};

const DESCRIBE_AVAILABLE_PATCHES: &str = "DescribeAvailablePatches";

impl RegionClient {
    /// The releases of these KB numbers, of those that the service knows.
    ///
    /// Only Windows KB numbers are requested: DescribeAvailablePatches supports
    /// Windows Server and Amazon Linux 1 and 2 only, and wants the product in
    /// any filter for Linux, which a patch of a node does not include (API
    /// reference, DescribeAvailablePatches, Note and Filters). After a failure
    /// no more calls are made, and [`RegionClient::release_date_failure`]
    /// returns the cause.
    pub(crate) async fn releases(&self, kb_ids: &[&str]) -> HashMap<Box<str>, Arc<[Release]>> {
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
            .filter_map(|id| Some((id.into(), state.releases.get(id)?.clone())))
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
            match self.read_releases(&next).await {
                Ok(mut rows) => {
                    let mut state = releases.lock_state();
                    for id in next {
                        state.pending.remove(&id);
                        let rows = rows.remove(&id).unwrap_or_default();
                        state.releases.insert(id, rows.into());
                    }
                }
                Err(error) if error.is_interrupted() => return,
                Err(error) => {
                    releases.failure.get_or_init(|| error.cause);
                }
            }
        }
    }

    /// The rows of each of these that have a date.
    async fn read_releases(
        &self,
        kb_ids: &BTreeSet<Box<str>>,
    ) -> Result<HashMap<Box<str>, Vec<Release>>, CallError> {
        let mut releases: HashMap<Box<str>, Vec<Release>> = HashMap::new();
        let mut pages = Paginator::new(self.call_context(DESCRIBE_AVAILABLE_PATCHES));
        while let Some(PageStart(token)) = pages.next_start()? {
            let page = self.available_patches_page(kb_ids, token).await?;
            pages.record_page(page.rows.len(), page.next_token);
            // Rows of other patches are not kept: their names are foreign input.
            for row in page
                .rows
                .into_iter()
                .filter(|row| kb_ids.contains(&row.kb_id))
            {
                let at = match row.released_at {
                    Ok(None) => continue,
                    Ok(Some(at)) if at > self.now => Err(format!("lies in the future: {at}")),
                    Ok(Some(at)) => Ok(at),
                    Err(value) => Err(format!("cannot be read: {value}")),
                };
                if let Err(problem) = &at {
                    let text = format!("the ReleaseDate of {} {problem}", row.kb_id);
                    let unreadable = &self.release_dates_cache.first_unreadable;
                    unreadable.get_or_init(|| Cause {
                        code: "Unreadable".into(),
                        text: text.into(),
                    });
                }
                releases.entry(row.kb_id).or_default().push(Release {
                    title: row.title,
                    product: row.product,
                    at: at.ok(),
                });
            }
        }
        Ok(releases)
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

/// When the patch with this title was released for nodes of this operating system.
///
/// A KB number is no identity: that of Defender's definitions (KB2267602) has a new version
/// every day, which its title names. A patch has a row for each product, and may be released
/// later for some. If no row is for the operating system, the product is another one, or the
/// system is unknown: counted from the earliest date, a node may seem to wait too long but
/// never too short a time. If one of the dates is unknown, it may be the earliest.
pub(crate) fn release_date(
    releases: &[Release],
    title: Option<&str>,
    platform: Option<&str>,
) -> Moment {
    let title = title.filter(|title| !title.trim().is_empty())?;
    let of_title = || releases.iter().filter(|row| *row.title == *title);
    let is_own = |row: &&Release| platform.is_some_and(|name| is_product(&row.product, name));
    let own: Vec<&Release> = of_title().filter(is_own).collect();
    let rows = if own.is_empty() {
        of_title().collect()
    } else {
        own
    };
    let dates: Option<Vec<Timestamp>> = rows.iter().map(|row| row.at).collect();
    dates?.into_iter().min()
}

/// Is this product the operating system of this name? `WindowsServer2019` is that of
/// "Microsoft Windows Server 2019 Datacenter".
fn is_product(product: &str, platform: &str) -> bool {
    /// Microsoft's names of releases of Windows Server since 2022.
    const ALIASES: [(&str, &str); 2] = [
        ("microsoftserveroperatingsystem21h2", "windowsserver2022"),
        ("microsoftserveroperatingsystem24h2", "windowsserver2025"),
    ];
    let folded = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let (product, platform) = (folded(product), folded(platform));
    let platform = platform.strip_prefix("microsoft").unwrap_or(&platform);
    let mut aliases = ALIASES.into_iter();
    let system = aliases.find(|(alias, _)| *alias == product);
    let system = system.map_or(&*product, |(_, system)| system);
    !system.is_empty() && platform.starts_with(system)
}

/// Is this the number of a Microsoft article, as Windows patches have?
fn is_kb_number(id: &str) -> bool {
    let digits = id.strip_prefix("KB").unwrap_or_default();
    // Foreign input: the service would refuse a longer one together with the
    // whole batch.
    (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str, product: &str, at: Option<i64>) -> Release {
        Release {
            title: title.into(),
            product: product.into(),
            at: at.map(|at| Timestamp::from_second(at).unwrap()),
        }
    }

    #[test]
    fn a_release_is_that_of_the_title_and_of_the_operating_system() {
        let rows = [
            row(
                "Defender - KB2267602 (Version 1.1)",
                "Microsoft Defender Antivirus",
                Some(10),
            ),
            row(
                "Defender - KB2267602 (Version 1.2)",
                "Microsoft Defender Antivirus",
                Some(20),
            ),
            row(
                "Defender - KB2267602 (Version 1.3)",
                "Microsoft Defender Antivirus",
                None,
            ),
            row("Update", "WindowsServer2016", Some(5)),
            row("Update", "WindowsServer2019", Some(6)),
            row("Update", "MicrosoftServerOperatingSystem-24H2", Some(7)),
        ];
        let date = |title: Option<&str>, platform: Option<&str>| {
            release_date(&rows, title, platform).map(Timestamp::as_second)
        };
        let server = |year: u16| format!("Microsoft Windows Server {year} Datacenter");
        let defender = |version| format!("Defender - KB2267602 (Version {version})");
        assert_eq!(date(Some(&defender("1.1")), Some(&server(2019))), Some(10));
        assert_eq!(date(Some(&defender("1.2")), None), Some(20));
        // A version that the service does not list, and one whose date cannot be read.
        assert_eq!(date(Some(&defender("1.0")), Some(&server(2019))), None);
        assert_eq!(date(Some(&defender("1.3")), Some(&server(2019))), None);
        // Without a title, the number alone says nothing.
        assert_eq!((date(None, None), date(Some(" "), None)), (None, None));
        for (year, at) in [(2016, 5), (2019, 6), (2025, 7), (2012, 5)] {
            assert_eq!(
                date(Some("Update"), Some(&server(year))),
                Some(at),
                "{year}"
            );
        }
        assert_eq!(date(Some("Update"), None), Some(5), "the earliest");
    }
}
