//! EC2: `DescribeRegions` and `DescribeInstances`.

use crate::demo::call::ApiCall;
use crate::demo::ec2::response::{Ec2Result, error_response, matches_pattern, respond};
use crate::demo::fleet::Fleet;
use crate::demo::query::QueryForm;
use crate::demo::regions::{DEFAULT_REGIONS, OPT_IN_REGIONS};
use crate::demo::service::ApiResponse;

mod instances;
mod response;

/// Answers a call in a region with this fleet; the account has these regions.
pub(super) fn answer(
    called: &ApiCall,
    body: &[u8],
    fleet: &Fleet,
    enabled: &[String],
) -> ApiResponse {
    let form = QueryForm::read(body);
    let answer = match form.get("Action").unwrap_or_default() {
        "DescribeInstances" => instances::describe(&form, fleet, &called.account),
        "DescribeRegions" => describe_regions(&form, enabled),
        other => {
            let cause = format!("The action {other} is not valid for this web service.");
            Err((400, "InvalidAction", cause))
        }
    };
    answer.unwrap_or_else(|(status, code, cause)| error_response(status, code, &cause))
}

fn describe_regions(form: &QueryForm, enabled: &[String]) -> Ec2Result<ApiResponse> {
    let all = form.get("AllRegions") == Some("true");
    let names = form.list("RegionName");
    let filters = form.filters();
    let known = DEFAULT_REGIONS.iter().chain(&OPT_IN_REGIONS).copied();
    let mut regions: Vec<&str> = enabled.iter().map(String::as_str).chain(known).collect();
    regions.sort_unstable();
    regions.dedup();
    if let Some(unknown) = names.iter().find(|name| !regions.contains(name)) {
        let cause = format!("Invalid region: [{unknown}]");
        return Err((400, "InvalidParameterValue", cause));
    }
    let mut shown = vec![];
    for name in regions {
        let here = enabled.iter().any(|region| region == name);
        let status = match (here, OPT_IN_REGIONS.contains(&name)) {
            (true, false) => "opt-in-not-required",
            (true, true) => "opted-in",
            (false, _) => "not-opted-in",
        };
        let mut passes = all || here;
        passes &= names.is_empty() || names.contains(&name);
        for (key, values) in &filters {
            let field = match *key {
                "opt-in-status" => status,
                "region-name" => name,
                "endpoint" => &format!("ec2.{name}.amazonaws.com"),
                _ => {
                    let cause = format!("The filter '{key}' is invalid");
                    return Err((400, "InvalidParameterValue", cause));
                }
            };
            passes &= values
                .iter()
                .any(|value| matches_pattern(value.as_bytes(), field.as_bytes()));
        }
        if passes {
            shown.push((name, status));
        }
    }
    Ok(respond("DescribeRegions", |xml| {
        xml.element("regionInfo", |xml| {
            for (name, status) in shown {
                xml.element("item", |xml| {
                    xml.text("regionName", name);
                    xml.text("regionEndpoint", &format!("ec2.{name}.amazonaws.com"));
                    xml.text("optInStatus", status);
                });
            }
        });
    }))
}

/// The response to a denied action, in the words of EC2.
pub(super) fn denied(called: &ApiCall, operation: &str) -> ApiResponse {
    let cause = format!(
        "You are not authorized to perform this operation. User: {} is not authorized to perform: ec2:{operation} \
         because no identity-based policy allows the ec2:{operation} action",
        called.caller()
    );
    error_response(403, "UnauthorizedOperation", &cause)
}

/// The response to unknown credentials, as in a region that the account has not enabled.
pub(super) fn unknown_client() -> ApiResponse {
    let cause = "AWS was not able to validate the provided access credentials";
    error_response(401, "AuthFailure", cause)
}

/// An internal error.
pub(super) fn internal() -> ApiResponse {
    error_response(500, "InternalError", "An internal error has occurred")
}
