//! `ListComplianceItems`: what associations reported of a node.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::demo::error::ServiceError;
use crate::demo::fleet::Fleet;

/// The node of the sample that only an association of Quick Setup has scanned.
const SCANNED_BY_ASSOCIATION: &str = "i-0dead00000000beef";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ComplianceItemsRequest {
    #[serde(default)]
    resource_ids: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ComplianceItemsResult<'a> {
    compliance_items: Vec<ComplianceItem<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ComplianceItem<'a> {
    compliance_type: &'a str,
    resource_type: &'a str,
    resource_id: &'a str,
    id: &'a str,
    title: &'a str,
    status: &'a str,
    severity: &'a str,
    details: ComplianceDetails<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ComplianceDetails<'a> {
    document_name: &'a str,
    document_version: &'a str,
    patch_baseline_id: &'a str,
}

/// `ListComplianceItems`, without pages: of associations, whatever the filter asks for.
pub(super) fn compliance_items(fleet: &Fleet, body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked: ComplianceItemsRequest = serde_json::from_slice(body)
        .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?;
    let ids = asked.resource_ids.iter();
    let is_scanned =
        |id: &&String| **id == SCANNED_BY_ASSOCIATION && fleet.find_machine(id).is_some();
    let items = ids.filter(is_scanned).map(|id| ComplianceItem {
        compliance_type: "Association",
        resource_type: "ManagedInstance",
        resource_id: id,
        id: "3e5d5694-cd07-40f0-bbea-040e60b7a1c2",
        title: "AWS-QuickSetup-SSMHostMgmt-ScanForPatches",
        status: "NON_COMPLIANT",
        severity: "UNSPECIFIED",
        details: ComplianceDetails {
            document_name: "AWS-RunPatchBaselineAssociation",
            document_version: "1",
            patch_baseline_id: "pb-09ca3fb51f0412ec3",
        },
    });
    let result = ComplianceItemsResult {
        compliance_items: items.collect(),
    };
    let body = serde_json::to_vec(&result).expect("a list always becomes JSON");
    Ok(body.into())
}
