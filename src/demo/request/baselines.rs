//! What the operations about baselines and about available patches may be asked, and what they answer to anything else.
//! Knows limits, filter keys and messages. Must not know which baselines or patches there are.

use serde::Deserialize;

use crate::demo::error::ServiceError;
use crate::demo::request::{FilterBody, MAX_FILTERS, ValidationErrors, parse};

/// What a baseline's id may look like, bare or as an ARN.
const BASELINE_ID_PATTERN: &str = r"^[a-zA-Z0-9_\-:/]{20,128}$";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BaselineBody {
    baseline_id: Option<String>,
}

/// The id that `GetPatchBaseline` is asked for.
pub fn baseline_id(body: &[u8]) -> Result<String, ServiceError> {
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

/// Filters by key: one of a filter's values must match, and every filter must.
#[derive(Debug)]
struct KeyFilters(Vec<(String, Vec<String>)>);

/// A checked request of a list: its filters, page size and token. Keys other than these are refused.
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

/// A checked request for the baselines there are.
#[derive(Debug)]
pub struct BaselinesRequest {
    filters: KeyFilters,
    pub max: usize,
    pub token: Option<String>,
}

impl BaselinesRequest {
    pub fn read(body: &[u8]) -> Result<Self, ServiceError> {
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

    pub fn passes(&self, name: &str, owner: &str, system: &str) -> bool {
        self.filters.matches(|key, value| match key {
            "NAME_PREFIX" => name.starts_with(value),
            "OWNER" => owner == value,
            _ => system == value,
        })
    }

    /// What a token is bound to.
    pub fn binding(&self) -> String {
        format!("{:?}", self.filters)
    }
}

/// A checked request for the patches that there are, whichever node has them.
#[derive(Debug)]
pub struct AvailablePatchesRequest {
    filters: KeyFilters,
    pub max: usize,
    pub token: Option<String>,
}

impl AvailablePatchesRequest {
    pub fn read(body: &[u8]) -> Result<Self, ServiceError> {
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

    /// The KB numbers asked for, if any were: then no other patch needs to be looked at.
    pub fn ids(&self) -> Option<&[String]> {
        let mut filters = self.filters.0.iter();
        let (_, values) = filters.find(|(key, _)| key == "PATCH_ID")?;
        Some(values)
    }

    /// Does a patch with these fields pass? The keys of Linux name what no patch of Windows has.
    pub fn passes(&self, field: impl Fn(&str) -> Option<String>) -> bool {
        self.filters
            .matches(|key, value| field(key).is_some_and(|field| field == value))
    }

    /// What a token is bound to.
    pub fn binding(&self) -> String {
        format!("{:?}", self.filters)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refusal<T: std::fmt::Debug>(read: Result<T, ServiceError>) -> (&'static str, String) {
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
            let (kind, message) = refusal(read(wrong.into()));
            assert_eq!(kind, "ValidationException");
            assert!(message.contains("at 'baselineId' failed"), "{message}");
        }
        assert!(refusal(read(Value::Null)).1.contains("must not be null"));
    }

    #[test]
    fn lists_have_pages_of_their_own_and_keys_of_their_own() {
        let sized = |size: i64| json!({ "MaxResults": size }).to_string().into_bytes();
        assert_eq!(BaselinesRequest::read(&sized(100)).unwrap().max, 100);
        assert_eq!(AvailablePatchesRequest::read(&sized(50)).unwrap().max, 50);
        for size in [0, 101] {
            let (kind, _) = refusal(BaselinesRequest::read(&sized(size)));
            assert_eq!(kind, "ValidationException", "{size}");
        }
        for size in [0, 51] {
            let (kind, _) = refusal(AvailablePatchesRequest::read(&sized(size)));
            assert_eq!(kind, "ValidationException", "{size}");
        }
        assert!(BaselinesRequest::read(&filtered("OWNER", "AWS")).is_ok());
        for (key, value) in [("OWNER", "Amazon"), ("PATCH_ID", "KB1"), ("Name", "x")] {
            let (kind, message) = refusal(BaselinesRequest::read(&filtered(key, value)));
            assert_eq!(kind, "ValidationException");
            assert!(message.ends_with("is not valid."), "{message}");
        }
    }

    #[test]
    fn a_filter_for_linux_wants_the_product_too() {
        assert!(AvailablePatchesRequest::read(&filtered("PATCH_ID", "KB1")).is_ok());
        let (_, message) = refusal(AvailablePatchesRequest::read(&filtered(
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
