//! Requests of lists that differ in their keys of filters and in their page sizes only.

use serde::Deserialize;

use crate::demo::error::ServiceError;
use crate::demo::request::{FilterBody, MAX_FILTERS, PageRequest, ValidationErrors, parse};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListBody {
    filters: Option<Vec<FilterBody>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// A valid request of such a list.
#[derive(Debug)]
pub(crate) struct FilteredListRequest {
    filters: Vec<(String, Vec<String>)>,
    pub page: PageRequest,
}

impl FilteredListRequest {
    /// Parses a request of a list with these keys and pages of at most so many items.
    pub(super) fn read(body: &[u8], most: i64, keys: &[&str]) -> Result<Self, ServiceError> {
        let body: ListBody = parse(body)?;
        let mut complaints = ValidationErrors::default();
        let filters = body.filters.unwrap_or_default();
        if filters.len() > MAX_FILTERS {
            let rule = format!("Member must have length less than or equal to {MAX_FILTERS}");
            complaints.add(&format!("'[{} filters]'", filters.len()), "filters", &rule);
        }
        for (place, filter) in (1..).zip(&filters) {
            complaints.check_filter(place, filter);
        }
        let max = complaints.check_page_size(body.max_results, 1..=most, most);
        complaints.into_result()?;
        let filters = filters
            .into_iter()
            .map(|filter| {
                let key = filter.key.unwrap_or_default();
                if keys.contains(&key.as_str()) {
                    Ok((key, filter.values.unwrap_or_default()))
                } else {
                    Err(ServiceError::validation("The filter key is not valid."))
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        let page = PageRequest::new(max, body.next_token, &format!("{filters:?}"));
        Ok(Self { filters, page })
    }

    /// The values of the filters with one of these keys.
    pub(crate) fn values(&self, keys: &[&str]) -> Option<Vec<&String>> {
        let filters = self.filters.iter();
        let mut found = filters
            .filter(|(key, _)| keys.contains(&key.as_str()))
            .peekable();
        found.peek()?;
        Some(found.flat_map(|(_, values)| values).collect())
    }

    /// Whether every filter matches with one of its values.
    pub(crate) fn matches(&self, fits: impl Fn(&str, &str) -> bool) -> bool {
        let mut filters = self.filters.iter();
        filters.all(|(key, values)| values.iter().any(|value| fits(key, value)))
    }
}
