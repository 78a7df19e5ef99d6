//! Requests about baselines and available patches.

use serde::Deserialize;

use crate::demo::error::ServiceError;
use crate::demo::request::{FilterBody, MAX_FILTERS, ValidationErrors, parse};

/// The pattern of a baseline id or ARN.
const BASELINE_ID_PATTERN: &str = r"^[a-zA-Z0-9_\-:/]{20,128}$";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BaselineBody {
    baseline_id: Option<String>,
}

/// The id of a valid request of `GetPatchBaseline`.
pub(crate) fn baseline_id(body: &[u8]) -> Result<String, ServiceError> {
    let body: BaselineBody = parse(body)?;
    let mut complaints = ValidationErrors::default();
    let Some(id) = body.baseline_id else {
        complaints.add("null", "baselineId", "Member must not be null");
        complaints.into_result()?;
        return Ok(String::new());
    };
    let value = format!("'{id}'");
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b"_-:/".contains(&b);
    if !(20..=128).contains(&id.len()) || !id.bytes().all(is_word) {
        let rule = format!("Member must satisfy regular expression pattern: {BASELINE_ID_PATTERN}");
        complaints.add(&value, "baselineId", &rule);
    }
    if id.len() < 20 {
        let rule = "Member must have length greater than or equal to 20";
        complaints.add(&value, "baselineId", rule);
    }
    if id.len() > 128 {
        let rule = "Member must have length less than or equal to 128";
        complaints.add(&value, "baselineId", rule);
    }
    complaints.into_result()?;
    Ok(id)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListBody {
    filters: Option<Vec<FilterBody>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// Filters: every filter must match with one of its values.
#[derive(Debug)]
struct KeyFilters(Vec<(String, Vec<String>)>);

/// Parses a request of a list: filters with one of these keys, page size and token.
fn read_list(
    body: &[u8],
    most: i64,
    keys: &[&str],
) -> Result<(KeyFilters, usize, Option<String>), ServiceError> {
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
        .collect::<Result<_, _>>()?;
    Ok((KeyFilters(filters), max, body.next_token))
}

impl KeyFilters {
    fn matches(&self, fits: impl Fn(&str, &str) -> bool) -> bool {
        let mut filters = self.0.iter();
        filters.all(|(key, values)| values.iter().any(|value| fits(key, value)))
    }
}

/// A valid request of `DescribePatchBaselines`.
#[derive(Debug)]
pub(crate) struct BaselinesRequest {
    filters: KeyFilters,
    pub max: usize,
    pub token: Option<String>,
}

impl BaselinesRequest {
    pub(crate) fn read(body: &[u8]) -> Result<Self, ServiceError> {
        let keys = ["NAME_PREFIX", "OWNER", "OPERATING_SYSTEM"];
        let (filters, max, token) = read_list(body, 100, &keys)?;
        let is_owner = |value: &String| ["AWS", "Self"].contains(&value.as_str());
        let owners = filters.0.iter().filter(|(key, _)| key == "OWNER");
        if !owners.flat_map(|(_, values)| values).all(is_owner) {
            return Err(ServiceError::validation("The filter value is not valid."));
        }
        Ok(Self {
            filters,
            max,
            token,
        })
    }

    pub(crate) fn passes(&self, name: &str, owner: &str, system: &str) -> bool {
        self.filters.matches(|key, value| match key {
            "NAME_PREFIX" => name.starts_with(value),
            "OWNER" => owner == value,
            _ => system == value,
        })
    }

    /// The text that a token is bound to.
    pub(crate) fn binding(&self) -> String {
        format!("{:?}", self.filters)
    }
}

/// A valid request of `DescribeAvailablePatches`.
#[derive(Debug)]
pub(crate) struct AvailablePatchesRequest {
    filters: KeyFilters,
    pub max: usize,
    pub token: Option<String>,
}

impl AvailablePatchesRequest {
    pub(crate) fn read(body: &[u8]) -> Result<Self, ServiceError> {
        const LINUX: [&str; 10] = [
            "NAME",
            "SEVERITY",
            "EPOCH",
            "VERSION",
            "RELEASE",
            "ARCH",
            "REPOSITORY",
            "ADVISORY_ID",
            "CVE_ID",
            "BUGZILLA_ID",
        ];
        let windows = [
            "PATCH_SET",
            "PRODUCT",
            "PRODUCT_FAMILY",
            "MSRC_SEVERITY",
            "CLASSIFICATION",
            "PATCH_ID",
        ];
        let keys = [&windows[..], &LINUX[..]].concat();
        let (filters, max, token) = read_list(body, 50, &keys)?;
        let has = |keys: &[&str]| {
            filters
                .0
                .iter()
                .any(|(key, _)| keys.contains(&key.as_str()))
        };
        if has(&LINUX) && !has(&["PRODUCT"]) {
            let cause = "A PRODUCT filter is required with filters for Linux patches.";
            return Err(ServiceError::validation(cause));
        }
        Ok(Self {
            filters,
            max,
            token,
        })
    }

    /// The requested KB numbers, if any.
    pub(crate) fn ids(&self) -> Option<&[String]> {
        let mut filters = self.filters.0.iter();
        let (_, values) = filters.find(|(key, _)| key == "PATCH_ID")?;
        Some(values)
    }

    /// Whether a patch with these fields passes. Patches of Windows have none of the fields of Linux.
    pub(crate) fn passes(&self, field: impl Fn(&str) -> Option<String>) -> bool {
        self.filters
            .matches(|key, value| field(key).is_some_and(|field| field == value))
    }

    /// The text that a token is bound to.
    pub(crate) fn binding(&self) -> String {
        format!("{:?}", self.filters)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn error_of<T: std::fmt::Debug>(read: Result<T, ServiceError>) -> (&'static str, String) {
        let fault = read.unwrap_err();
        assert_eq!(fault.status, 400);
        (fault.code, fault.message)
    }

    fn filtered(key: &str, value: &str) -> Vec<u8> {
        let body = json!({ "Filters": [{ "Key": key, "Values": [value] }] });
        body.to_string().into_bytes()
    }

    #[test]
    fn an_id_has_20_to_128_characters_of_the_pattern() {
        let read = |id: Value| baseline_id(json!({ "BaselineId": id }).to_string().as_bytes());
        assert!(read("pb-09ca3fb51f0412ec3".into()).is_ok());
        assert!(
            read("arn:aws:ssm:us-east-2:733109147000:patchbaseline/pb-0e392de35e7c563b7".into())
                .is_ok()
        );
        for wrong in ["", "pb-1", "pb-09ca3fb51f0412ec3 ", &"p".repeat(129)] {
            let (kind, message) = error_of(read(wrong.into()));
            assert_eq!(kind, "ValidationException");
            assert!(message.contains("at 'baselineId' failed"), "{message}");
        }
        assert!(error_of(read(Value::Null)).1.contains("must not be null"));
    }

    #[test]
    fn each_list_has_its_page_sizes_and_keys() {
        let sized = |size: i64| json!({ "MaxResults": size }).to_string().into_bytes();
        assert_eq!(BaselinesRequest::read(&sized(100)).unwrap().max, 100);
        assert_eq!(AvailablePatchesRequest::read(&sized(50)).unwrap().max, 50);
        for size in [0, 101] {
            let (kind, _) = error_of(BaselinesRequest::read(&sized(size)));
            assert_eq!(kind, "ValidationException", "{size}");
        }
        for size in [0, 51] {
            let (kind, _) = error_of(AvailablePatchesRequest::read(&sized(size)));
            assert_eq!(kind, "ValidationException", "{size}");
        }
        assert!(BaselinesRequest::read(&filtered("OWNER", "AWS")).is_ok());
        for (key, value) in [("OWNER", "Amazon"), ("PATCH_ID", "KB1"), ("Name", "x")] {
            let (kind, message) = error_of(BaselinesRequest::read(&filtered(key, value)));
            assert_eq!(kind, "ValidationException");
            assert!(message.ends_with("is not valid."), "{message}");
        }
    }

    #[test]
    fn a_filter_for_linux_requires_the_product() {
        assert!(AvailablePatchesRequest::read(&filtered("PATCH_ID", "KB1")).is_ok());
        let (_, message) = error_of(AvailablePatchesRequest::read(&filtered(
            "CVE_ID",
            "CVE-2018-3615",
        )));
        assert!(message.contains("PRODUCT"), "{message}");
        let both = json!({ "Filters": [
            { "Key": "PRODUCT", "Values": ["AmazonLinux2018.03"] },
            { "Key": "CVE_ID", "Values": ["CVE-2018-3615"] },
        ] });
        assert!(AvailablePatchesRequest::read(both.to_string().as_bytes()).is_ok());
    }
}
