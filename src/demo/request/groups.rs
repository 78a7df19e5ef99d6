//! Requests about patch groups.

use std::cmp::Ordering;

use serde::Deserialize;

use crate::demo::error::ServiceError;
use crate::demo::request::filtered_list::FilteredListRequest;
use crate::demo::request::{PAGE_SIZES, PageRequest, ValidationErrors, parse};
use crate::demo::wire::InstancePatchState;

/// A valid request of `DescribeInstancePatchStatesForPatchGroup`.
#[derive(Debug)]
pub(crate) struct GroupStatesRequest {
    pub group: String,
    filters: Vec<CountFilter>,
    pub page: PageRequest,
}

type Counter = fn(&InstancePatchState) -> Option<i64>;

#[derive(Debug)]
struct CountFilter {
    key: String,
    counter: Counter,
    accepts: fn(Ordering) -> bool,
    value: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GroupStatesBody {
    patch_group: Option<String>,
    filters: Option<Vec<CountFilterBody>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CountFilterBody {
    key: Option<String>,
    values: Option<Vec<String>>,
    r#type: Option<String>,
}

impl GroupStatesRequest {
    pub(crate) fn read(body: &[u8]) -> Result<Self, ServiceError> {
        let body: GroupStatesBody = parse(body)?;
        let mut complaints = ValidationErrors::default();
        let group = body.patch_group.unwrap_or_else(|| {
            complaints.add("null", "patchGroup", "Member must not be null");
            String::new()
        });
        if complaints.0.is_empty() && !(1..=256).contains(&group.chars().count()) {
            let rule =
                "Member must have length less than or equal to 256, greater than or equal to 1";
            complaints.add(&format!("'{group}'"), "patchGroup", rule);
        }
        let filters = body.filters.unwrap_or_default();
        if filters.len() > 4 {
            let rule = "Member must have length less than or equal to 4";
            complaints.add(&format!("'[{} filters]'", filters.len()), "filters", rule);
        }
        let max = complaints.check_page_size(body.max_results, PAGE_SIZES, *PAGE_SIZES.end());
        complaints.into_result()?;
        let filters = filters
            .into_iter()
            .map(CountFilter::read)
            .collect::<Result<Vec<_>, _>>()?;
        let counts: Vec<_> = filters.iter().map(|f| (&f.key, f.value)).collect();
        let page = PageRequest::new(max, body.next_token, &format!("{group} {counts:?}"));
        Ok(Self {
            group,
            filters,
            page,
        })
    }

    pub(crate) fn passes(&self, record: &InstancePatchState) -> bool {
        record.patch_group == self.group && self.filters.iter().all(|f| f.passes(record))
    }
}

impl CountFilter {
    fn read(body: CountFilterBody) -> Result<Self, ServiceError> {
        let accepts: fn(Ordering) -> bool = match body.r#type.as_deref() {
            Some("Equal") => Ordering::is_eq,
            Some("NotEqual") => Ordering::is_ne,
            Some("LessThan") => Ordering::is_lt,
            Some("GreaterThan") => Ordering::is_gt,
            _ => return Err(ServiceError::invalid_filter()),
        };
        let key = body.key.unwrap_or_default();
        let value = match body.values.as_deref() {
            Some([value]) => value.parse().ok(),
            _ => None,
        };
        let (Some(counter), Some(value)) = (counter(&key), value) else {
            return Err(ServiceError::invalid_filter());
        };
        Ok(Self {
            key,
            counter,
            accepts,
            value,
        })
    }

    fn passes(&self, record: &InstancePatchState) -> bool {
        (self.counter)(record).is_some_and(|count| (self.accepts)(count.cmp(&self.value)))
    }
}

/// The counter with this name.
fn counter(key: &str) -> Option<Counter> {
    Some(match key {
        "InstalledCount" => |record| record.installed_count,
        "InstalledOtherCount" => |record| record.installed_other_count,
        "InstalledPendingRebootCount" => |record| record.installed_pending_reboot_count,
        "InstalledRejectedCount" => |record| record.installed_rejected_count,
        "MissingCount" => |record| record.missing_count,
        "FailedCount" => |record| record.failed_count,
        "UnreportedNotApplicableCount" => |record| record.unreported_not_applicable_count,
        "NotApplicableCount" => |record| record.not_applicable_count,
        _ => return None,
    })
}

/// A valid request of `DescribePatchGroups`.
pub(crate) fn groups_request(body: &[u8]) -> Result<FilteredListRequest, ServiceError> {
    FilteredListRequest::read(body, 100, &["NAME_PREFIX", "OPERATING_SYSTEM"])
}
