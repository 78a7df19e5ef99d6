//! Parses the compliance items of a node, as far as they tell of patch scans.

use std::collections::BTreeMap;

use crate::record::AssociationScan;
use crate::source::aws::api::wire::borrowed_text::Text;
use crate::source::aws::api::wire::strict::{BodyError, FromBody, Page, read_list};

/// The document that Quick Setup's associations scan with.
const SCAN_DOCUMENT: &str = "AWS-RunPatchBaselineAssociation";

/// An item of ListComplianceItems: `None` unless it is of an association that scans for patches.
#[derive(Debug, PartialEq)]
pub(crate) struct ComplianceItem(pub Option<AssociationScan>);

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireComplianceItem<'a> {
    #[serde(borrow)]
    status: Option<Text<'a>>,
    details: Option<BTreeMap<String, String>>,
}

impl FromBody for Page<ComplianceItem> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "ComplianceItems", |item: WireComplianceItem<'_>| {
            let details = item.details.unwrap_or_default();
            let detail = |name: &str| {
                let mut all = details.iter();
                all.find_map(|(key, value)| (key == name).then_some(value.as_str()))
            };
            let is_scan = detail("DocumentName") == Some(SCAN_DOCUMENT);
            Ok(ComplianceItem(is_scan.then(|| {
                AssociationScan {
                    status: item
                        .status
                        .map(|status| status.0.into())
                        .unwrap_or_default(),
                    baseline_id: detail("PatchBaselineId").map(Into::into),
                    counters: details
                        .iter()
                        .filter(|(key, value)| key.ends_with("Count") && *value != "0")
                        .map(|(key, value)| (key.as_str().into(), value.as_str().into()))
                        .collect(),
                }
            })))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_associations_that_scan_for_patches_are_read() {
        let body = br#"{"ComplianceItems": [
            {"ComplianceType": "Association", "Status": "COMPLIANT", "Details": {"DocumentName": "AWS-UpdateSSMAgent"}},
            {"ComplianceType": "Association", "Status": "NON_COMPLIANT", "Details": {"DocumentVersion": "1", "MissingCount": "3",
             "FailedCount": "0", "PatchBaselineId": "pb-1", "DocumentName": "AWS-RunPatchBaselineAssociation"}},
            {"ComplianceType": "Association"}
        ]}"#;
        let page = Page::<ComplianceItem>::from_body(body).unwrap();
        let scans: Vec<String> = page
            .rows
            .iter()
            .filter_map(|item| item.0.as_ref().map(ToString::to_string))
            .collect();
        assert_eq!(scans, ["NON_COMPLIANT by pb-1, MissingCount 3"]);
    }
}
