//! Requests about baselines and available patches.

use serde::Deserialize;

use crate::demo::error::ServiceError;
use crate::demo::request::filtered_list::FilteredListRequest;
use crate::demo::request::{ValidationErrors, parse};

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

/// A valid request of `DescribePatchBaselines`.
pub(crate) fn baselines_request(body: &[u8]) -> Result<FilteredListRequest, ServiceError> {
    let asked =
        FilteredListRequest::read(body, 100, &["NAME_PREFIX", "OWNER", "OPERATING_SYSTEM"])?;
    let is_owner = |value: &&String| ["AWS", "Self"].contains(&value.as_str());
    if !asked.values(&["OWNER"]).iter().flatten().all(is_owner) {
        return Err(ServiceError::validation("The filter value is not valid."));
    }
    Ok(asked)
}

/// A valid request of `DescribeAvailablePatches`.
pub(crate) fn available_patches_request(body: &[u8]) -> Result<FilteredListRequest, ServiceError> {
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
    let asked = FilteredListRequest::read(body, 50, &keys)?;
    if asked.values(&LINUX).is_some() && asked.values(&["PRODUCT"]).is_none() {
        let cause = "A PRODUCT filter is required with filters for Linux patches.";
        return Err(ServiceError::validation(cause));
    }
    Ok(asked)
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
        assert_eq!(baselines_request(&sized(100)).unwrap().page.max, 100);
        assert_eq!(available_patches_request(&sized(50)).unwrap().page.max, 50);
        for size in [0, 101] {
            let (kind, _) = error_of(baselines_request(&sized(size)));
            assert_eq!(kind, "ValidationException", "{size}");
        }
        for size in [0, 51] {
            let (kind, _) = error_of(available_patches_request(&sized(size)));
            assert_eq!(kind, "ValidationException", "{size}");
        }
        assert!(baselines_request(&filtered("OWNER", "AWS")).is_ok());
        for (key, value) in [("OWNER", "Amazon"), ("PATCH_ID", "KB1"), ("Name", "x")] {
            let (kind, message) = error_of(baselines_request(&filtered(key, value)));
            assert_eq!(kind, "ValidationException");
            assert!(message.ends_with("is not valid."), "{message}");
        }
    }

    #[test]
    fn a_filter_for_linux_requires_the_product() {
        assert!(available_patches_request(&filtered("PATCH_ID", "KB1")).is_ok());
        let (_, message) = error_of(available_patches_request(&filtered(
            "CVE_ID",
            "CVE-2018-3615",
        )));
        assert!(message.contains("PRODUCT"), "{message}");
        let both = json!({ "Filters": [
            { "Key": "PRODUCT", "Values": ["AmazonLinux2018.03"] },
            { "Key": "CVE_ID", "Values": ["CVE-2018-3615"] },
        ] });
        assert!(available_patches_request(both.to_string().as_bytes()).is_ok());
    }
}
