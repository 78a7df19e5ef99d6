//! Parsers of service responses, for the fuzz targets: see `crate::fuzzing`.

use serde_json::Value;

use crate::record::{Baseline, CallerIdentity, Count};
use crate::source::aws::api::ec2::readers;
use crate::source::aws::api::wire::{
    FromBody, InventoryNode, ListedBaseline, ManagedNode, OrganizationAccount, OrganizationRoot,
    OrganizationalUnit, Page, PatchGroupName, PatchRecord, PatchRelease, ResourceTag,
    RoleCredentials, StateRecord, parse_service_error,
};

/// Parses a response as each document it may be.
pub fn ssm(body: &[u8]) {
    if let Ok(page) = Page::<StateRecord>::from_body(body) {
        counters(body, &page);
    }
    if let Ok(page) = Page::<PatchRecord>::from_body(body) {
        assert!(page.next_token.is_none_or(|token| !token.is_empty()));
    }
    let _ = Page::<ManagedNode>::from_body(body);
    let _ = Page::<InventoryNode>::from_body(body);
    let _ = Page::<PatchGroupName>::from_body(body);
    let _ = Page::<ResourceTag>::from_body(body);
    let _ = Page::<OrganizationAccount>::from_body(body);
    let _ = Page::<OrganizationalUnit>::from_body(body);
    let _ = Page::<OrganizationRoot>::from_body(body);
    let _ = Page::<ListedBaseline>::from_body(body);
    let _ = Page::<PatchRelease>::from_body(body);
    let _ = Baseline::from_body(body);
    let _ = parse_service_error(None, body);
}

/// Every counter that is read is in the response, as a number, under its own
/// name.
fn counters(body: &[u8], page: &Page<StateRecord>) {
    // Documents nested too deeply for serde_json's values cannot be compared.
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let rows = value["InstancePatchStates"].as_array();
    let rows: Vec<&Value> = rows.into_iter().flatten().collect();
    assert_eq!(rows.len(), page.rows.len());
    for (row, (id, state)) in rows.iter().zip(&page.rows) {
        assert_eq!(row["InstanceId"].as_str(), Some(&**id));
        let counters: [(&str, Count); 5] = [
            ("MissingCount", state.missing),
            ("FailedCount", state.failed),
            ("InstalledRejectedCount", state.installed_rejected),
            (
                "InstalledPendingRebootCount",
                state.installed_pending_reboot,
            ),
            (
                "AvailableSecurityUpdateCount",
                state.available_security_update,
            ),
        ];
        for (name, count) in counters {
            if let Some(count) = count {
                #[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
                let count = count as f64;
                assert_eq!(row[name].as_f64(), Some(count), "{name} of {id}");
            }
        }
    }
}

/// Parses a response as each document it may be.
pub fn xml(body: &[u8]) {
    if let Ok(page) = readers::parse_instances(body) {
        assert!(page.rows.iter().all(|instance| !instance.id.is_empty()));
    }
    if let Ok(regions) = readers::parse_regions(body) {
        assert!(regions.iter().all(|region| !region.name.is_empty()));
    }
    let _ = CallerIdentity::from_body(body);
    let _ = RoleCredentials::from_body(body);
    let _ = parse_service_error(None, body);
}
