//! `GetPatchBaseline` and `DescribePatchBaselines`.

use bytes::Bytes;
use serde::Serialize;

use crate::demo::baseline_catalogue::{BaselineOwner, CatalogueBaseline, all, groups_of_baseline};
use crate::demo::error::ServiceError;
use crate::demo::pages::list_page;
use crate::demo::request::baselines::{baseline_id, baselines_request};

/// Creation times: of AWS's baselines, 2018-01-24, and of custom ones, 2024-02-29.
const CREATED: [f64; 2] = [1_516_752_000.0, 1_709_193_600.5];

/// A baseline in a list, of itself or of a patch group.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BaselineIdentity<'a> {
    baseline_id: String,
    baseline_name: &'a str,
    operating_system: &'a str,
    baseline_description: &'a str,
    default_baseline: bool,
}

impl<'a> BaselineIdentity<'a> {
    pub(super) fn of(one: &'a CatalogueBaseline, region: &str) -> Self {
        Self {
            baseline_id: one.identity(region),
            baseline_name: &one.name,
            operating_system: &one.system,
            baseline_description: &one.about,
            default_baseline: one.is_default(),
        }
    }
}

/// `DescribePatchBaselines`; `is_used`: whether the region has nodes.
pub(super) fn list_baselines(
    region: &str,
    is_used: bool,
    body: &[u8],
) -> Result<Bytes, ServiceError> {
    let asked = baselines_request(body)?;
    list_page("BaselineIdentities", &asked.page, all().len(), |nth| {
        let one = &all()[nth];
        let passes = asked.matches(|key, value| match key {
            "NAME_PREFIX" => one.name.starts_with(value),
            "OWNER" => one.owner() == value,
            _ => one.system == value,
        });
        (one.is_visible(is_used) && passes).then(|| BaselineIdentity::of(one, region))
    })
}

/// A response of `GetPatchBaseline`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetPatchBaselineResult<'a> {
    baseline_id: String,
    name: &'a str,
    operating_system: &'a str,
    global_filters: PatchFilters,
    approval_rules: Rules,
    approved_patches: [&'a str; 0],
    approved_patches_compliance_level: &'a str,
    approved_patches_enable_non_security: bool,
    rejected_patches: [&'a str; 0],
    rejected_patches_action: &'a str,
    patch_groups: Vec<&'a str>,
    created_date: f64,
    modified_date: f64,
    description: &'a str,
    sources: [&'a str; 0],
    #[serde(skip_serializing_if = "str::is_empty")]
    available_security_updates_compliance_status: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PatchFilters {
    patch_filters: Vec<PatchFilter>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PatchFilter {
    key: &'static str,
    values: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Rules {
    patch_rules: [Rule; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    patch_filter_group: PatchFilters,
    compliance_level: &'static str,
    approve_after_days: u8,
    enable_non_security: bool,
}

/// `GetPatchBaseline`. The plain id of an AWS baseline does not exist, although patch states give it.
pub(super) fn baseline(region: &str, is_used: bool, body: &[u8]) -> Result<Bytes, ServiceError> {
    let id = baseline_id(body)?;
    let one = all()
        .iter()
        .find(|one| one.is_visible(is_used) && one.identity(region) == id)
        .ok_or_else(ServiceError::baseline_not_found)?;
    let is_own = one.owner == BaselineOwner::Customer;
    let security = if one.system == "WINDOWS" {
        "SecurityUpdates"
    } else {
        "Security"
    };
    let result = GetPatchBaselineResult {
        baseline_id: id,
        name: &one.name,
        operating_system: &one.system,
        global_filters: PatchFilters {
            patch_filters: vec![],
        },
        approval_rules: Rules {
            patch_rules: [Rule {
                patch_filter_group: PatchFilters {
                    patch_filters: vec![PatchFilter {
                        key: "CLASSIFICATION",
                        values: [security],
                    }],
                },
                compliance_level: if is_own { "CRITICAL" } else { "UNSPECIFIED" },
                approve_after_days: 7,
                enable_non_security: false,
            }],
        },
        approved_patches: [],
        approved_patches_compliance_level: "UNSPECIFIED",
        approved_patches_enable_non_security: false,
        rejected_patches: [],
        rejected_patches_action: "ALLOW_AS_DEPENDENCY",
        patch_groups: groups_of_baseline(&one.id),
        created_date: CREATED[usize::from(is_own)],
        modified_date: CREATED[usize::from(is_own)],
        description: &one.about,
        sources: [],
        available_security_updates_compliance_status: &one.ruling,
    };
    let body = serde_json::to_vec(&result).expect("a baseline always becomes JSON");
    Ok(body.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::demo::baseline_catalogue::{LENIENT, find};
    use crate::demo::catalogue::Os;
    use crate::demo::{ACCOUNT, REGION, sample};

    fn ask(id: &str) -> Result<Value, ServiceError> {
        let body = json!({ "BaselineId": id }).to_string();
        let result = baseline(REGION, true, body.as_bytes())?;
        Ok(serde_json::from_slice(&result).unwrap())
    }

    fn arn(id: &str) -> String {
        find(id).unwrap().identity(REGION)
    }

    #[test]
    fn baselines_of_aws_are_found_by_arn_only_and_custom_ones_by_plain_id() {
        let windows = Os::all().find(|os| os.is_windows()).unwrap().baseline();
        assert_eq!(
            ask(windows).unwrap_err(),
            ServiceError::baseline_not_found()
        );
        let result = ask(&arn(windows)).unwrap();
        assert_eq!(result["BaselineId"], arn(windows).as_str());
        assert_eq!(result["Name"], "AWS-DefaultPatchBaseline");
        assert_eq!(
            result["AvailableSecurityUpdatesComplianceStatus"],
            "NON_COMPLIANT"
        );
        let own = ask(LENIENT).unwrap();
        assert_eq!(own["AvailableSecurityUpdatesComplianceStatus"], "COMPLIANT");
        assert_eq!(own["PatchGroups"], json!(["web"]));
        let elsewhere = arn(windows).replace(REGION, "us-east-1");
        assert_eq!(
            ask(&elsewhere).unwrap_err(),
            ServiceError::baseline_not_found()
        );
    }

    #[test]
    fn regions_without_nodes_have_aws_baselines_only() {
        let body = json!({ "BaselineId": LENIENT }).to_string();
        assert!(baseline(REGION, false, body.as_bytes()).is_err());
        let listed: Value =
            serde_json::from_slice(&list_baselines(REGION, false, b"{}").unwrap()).unwrap();
        let ids = listed["BaselineIdentities"].as_array().unwrap().iter();
        assert!(ids.clone().count() > 10);
        assert!(
            ids.map(|one| one["BaselineId"].as_str().unwrap())
                .all(|id| id.starts_with("arn:"))
        );
    }

    #[test]
    fn every_system_has_a_baseline_and_only_windows_ones_have_a_compliance_status() {
        for os in Os::all() {
            let one = find(os.baseline()).unwrap();
            assert_eq!(one.owner, BaselineOwner::Aws, "{}", os.tag());
            assert!(one.is_default());
            assert_eq!(one.system == "WINDOWS", os.is_windows(), "{}", os.tag());
            assert_eq!(one.ruling == "NON_COMPLIANT", os.is_windows());
        }
        let ids: BTreeSet<_> = all().iter().map(|one| &one.id).collect();
        assert_eq!(ids.len(), all().len());
        for one in all() {
            assert_eq!(one.id.len(), 20, "{}", one.id);
            assert!(one.ruling.is_empty() || one.system == "WINDOWS");
        }
    }

    #[test]
    fn some_nodes_have_only_available_security_updates_under_each_compliance_status() {
        let nodes = sample::nodes(ACCOUNT, REGION);
        let records = nodes.iter().filter_map(sample::SampleNode::record);
        let waiting = records.filter(|record| {
            let due = [
                record.missing_count,
                record.failed_count,
                record.installed_rejected_count,
                record.installed_pending_reboot_count,
            ];
            due.iter().all(|count| *count == Some(0))
                && record.available_security_update_count > Some(0)
        });
        let rulings: BTreeSet<(&str, &str)> = waiting
            .map(|record| match find(&record.baseline_id) {
                None => ("", "gone"),
                Some(one) => (one.owner(), one.ruling.as_str()),
            })
            .collect();
        for ruling in [
            ("AWS", "NON_COMPLIANT"),
            ("Self", "COMPLIANT"),
            ("Self", "NON_COMPLIANT"),
            ("Self", ""),
            ("", "gone"),
        ] {
            assert!(rulings.contains(&ruling), "{ruling:?} of {rulings:?}");
        }
    }
}
