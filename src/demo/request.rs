//! Requests to Systems Manager, parsed and validated with the messages of the service.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::demo::error::ServiceError;
use crate::demo::hash;
use crate::demo::wire::PatchComplianceData;

pub(super) mod baselines;
pub(super) mod filtered_list;
pub(super) mod groups;
pub(super) mod nodes;

const NODE_ID_PATTERN: &str = r"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)";
const PAGE_SIZES: RangeInclusive<i64> = 10..=50;
const MAX_IDS: usize = 50;
const MAX_FILTERS: usize = 5;

/// The page that a request of a list is for.
#[derive(Debug)]
pub(super) struct PageRequest {
    pub max: usize,
    pub token: Option<String>,
    /// What tokens are bound to: a hash of all that selects the items of the list.
    pub binding: u64,
}

impl PageRequest {
    pub(super) fn new(max: usize, token: Option<String>, binding: &str) -> Self {
        Self {
            max,
            token,
            binding: hash::text(binding),
        }
    }
}

/// A valid request of `DescribeInstancePatchStates`.
#[derive(Debug)]
pub(super) struct StatesRequest {
    pub ids: Vec<String>,
    pub page: PageRequest,
}

/// A valid request of `DescribeInstancePatches`.
#[derive(Debug)]
pub(super) struct PatchesRequest {
    pub id: String,
    pub filters: RowFilters,
    pub page: PageRequest,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatesBody {
    instance_ids: Option<Vec<String>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PatchesBody {
    instance_id: Option<String>,
    filters: Option<Vec<FilterBody>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterBody {
    key: Option<String>,
    values: Option<Vec<String>>,
}

impl StatesRequest {
    pub(super) fn read(body: &[u8], known: impl Fn(&str) -> bool) -> Result<Self, ServiceError> {
        let body: StatesBody = parse(body)?;
        let mut errors = ValidationErrors::default();
        let ids = body.instance_ids.unwrap_or_else(|| {
            errors.add("null", "instanceIds", "Member must not be null");
            vec![]
        });
        let shown = || format!("'[{}]'", ids.join(", "));
        if ids.is_empty() && errors.0.is_empty() {
            errors.add(
                &shown(),
                "instanceIds",
                "Member must have length greater than or equal to 1",
            );
        }
        if ids.len() > MAX_IDS {
            let rule = format!("Member must have length less than or equal to {MAX_IDS}");
            errors.add(&shown(), "instanceIds", &rule);
        }
        if ids.iter().any(|id| !known(id) && !well_formed(id)) {
            let rule = format!(
                "Member must satisfy constraint: [Member must satisfy regular expression pattern: {NODE_ID_PATTERN}]"
            );
            errors.add(&shown(), "instanceIds", &rule);
        }
        let max = errors.check_page_size(body.max_results, PAGE_SIZES, *PAGE_SIZES.end());
        errors.into_result()?;
        let page = PageRequest::new(max, body.next_token, &ids.join(","));
        Ok(Self { ids, page })
    }
}

impl PatchesRequest {
    pub(super) fn read(body: &[u8], known: impl Fn(&str) -> bool) -> Result<Self, ServiceError> {
        let body: PatchesBody = parse(body)?;
        let mut errors = ValidationErrors::default();
        let id = body.instance_id.unwrap_or_else(|| {
            errors.add("null", "instanceId", "Member must not be null");
            String::new()
        });
        if errors.0.is_empty() && !known(&id) && !well_formed(&id) {
            let rule = format!("Member must satisfy regular expression pattern: {NODE_ID_PATTERN}");
            errors.add(&format!("'{id}'"), "instanceId", &rule);
        }
        let filters = body.filters.unwrap_or_default();
        if filters.len() > MAX_FILTERS {
            let rule = format!("Member must have length less than or equal to {MAX_FILTERS}");
            errors.add(&format!("'[{} filters]'", filters.len()), "filters", &rule);
        }
        for (index, filter) in (1..).zip(&filters) {
            errors.check_filter(index, filter);
        }
        let max = errors.check_page_size(body.max_results, PAGE_SIZES, *PAGE_SIZES.end());
        errors.into_result()?;
        let filters = filters
            .into_iter()
            .map(RowFilter::read)
            .collect::<Result<_, _>>()?;
        let filters = RowFilters(filters);
        let page = PageRequest::new(max, body.next_token, &format!("{id}{filters:?}"));
        Ok(Self { id, filters, page })
    }
}

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ServiceError> {
    serde_json::from_slice(body)
        .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))
}

/// Whether the id matches `NODE_ID_PATTERN`.
fn well_formed(id: &str) -> bool {
    let word = |rest: &str| rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match (id.strip_prefix("i-"), id.strip_prefix("mi-")) {
        (Some(rest), _) => matches!(rest.len(), 8 | 17) && word(rest),
        (_, Some(rest)) => rest.len() == 17 && word(rest),
        _ => false,
    }
}

/// All validation errors of a request, which the service reports together.
#[derive(Default)]
struct ValidationErrors(Vec<String>);

impl ValidationErrors {
    fn add(&mut self, value: &str, field: &str, rule: &str) {
        let at = if value == "null" {
            "Value null".to_owned()
        } else {
            format!("Value {value}")
        };
        self.0.push(format!(
            "{at} at '{field}' failed to satisfy constraint: {rule}"
        ));
    }

    /// Checks the page size, which has a default.
    fn check_page_size(
        &mut self,
        max: Option<i64>,
        allowed: RangeInclusive<i64>,
        default: i64,
    ) -> usize {
        let max = max.unwrap_or(default);
        let value = format!("'{max}'");
        let (least, most) = allowed.into_inner();
        if max > most {
            let rule = format!("Member must have value less than or equal to {most}");
            self.add(&value, "maxResults", &rule);
        } else if max < least {
            let rule = format!("Member must have value greater than or equal to {least}");
            self.add(&value, "maxResults", &rule);
        }
        usize::try_from(max).unwrap_or(0)
    }

    /// Checks a filter: it needs a key, and values of 1 to 256 characters.
    fn check_filter(&mut self, index: usize, filter: &FilterBody) {
        if filter.key.is_none() {
            self.add(
                "null",
                &format!("filters.{index}.member.key"),
                "Member must not be null",
            );
        }
        let field = format!("filters.{index}.member.values");
        match &filter.values {
            None => self.add("null", &field, "Member must not be null"),
            Some(values) if values.is_empty() => {
                self.add(
                    "'[]'",
                    &field,
                    "Member must have length greater than or equal to 1",
                );
            }
            Some(values) => {
                if values
                    .iter()
                    .any(|value| !(1..=256).contains(&value.chars().count()))
                {
                    let rule = "Member must satisfy constraint: [Member must have length less than or equal to 256, \
                                Member must have length greater than or equal to 1]";
                    self.add(&format!("'[{}]'", values.join(", ")), &field, rule);
                }
            }
        }
    }

    fn into_result(self) -> Result<(), ServiceError> {
        let count = self.0.len();
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        Err(ServiceError::validation(format!(
            "{count} validation error{plural} detected: {}",
            self.0.join("; ")
        )))
    }
}

/// Filters: every filter must match with one of its values. Case matters.
#[derive(Debug, Default, PartialEq, Eq, Hash, Clone)]
pub(super) struct RowFilters(Vec<RowFilter>);

#[derive(Debug, PartialEq, Eq, Hash, Clone)]
struct RowFilter {
    key: RowFilterKey,
    values: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Hash, Clone, Copy)]
enum RowFilterKey {
    Classification,
    KbId,
    Severity,
    State,
}

impl RowFilters {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn matches(&self, patch: &PatchComplianceData) -> bool {
        self.0.iter().all(|filter| filter.matches(patch))
    }
}

impl RowFilter {
    fn read(body: FilterBody) -> Result<Self, ServiceError> {
        let key = match body.key.as_deref() {
            Some("Classification") => RowFilterKey::Classification,
            Some("KBId") => RowFilterKey::KbId,
            Some("Severity") => RowFilterKey::Severity,
            Some("State") => RowFilterKey::State,
            _ => {
                return Err(ServiceError::invalid_filter());
            }
        };
        Ok(Self {
            key,
            values: body.values.unwrap_or_default(),
        })
    }

    fn matches(&self, patch: &PatchComplianceData) -> bool {
        let field = match self.key {
            RowFilterKey::Classification => patch.classification,
            RowFilterKey::KbId => &patch.kb_id,
            RowFilterKey::Severity => patch.severity,
            RowFilterKey::State => patch.state.unwrap_or_default(),
        };
        self.values.iter().any(|value| value == field)
    }
}

#[cfg(test)]
mod tests;
