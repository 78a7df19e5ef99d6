//! EC2: the regions there are, and in `instances` what is in one of them, whether Systems Manager manages it or not.
//! Knows its XML, its filters and its words. Must not know anything of patches or agents.

use crate::demo::fleet::Fleet;
use crate::demo::hash;
use crate::demo::query::{QueryForm, QueryXmlWriter, xml_response};
use crate::demo::service::ApiResponse;
use crate::demo::world::ApiCall;

mod instances;

const ATTRIBUTES: &str = r#" xmlns="http://ec2.amazonaws.com/doc/2016-11-15/""#;

/// The operations there are.
pub const OPERATIONS: [&str; 2] = ["DescribeInstances", "DescribeRegions"];

/// Regions that are enabled in every account.
pub const DEFAULT_REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Regions that an account has to enable first.
pub const OPT_IN_REGIONS: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// An answer, or its status, code and message when it is none.
type Ec2Result<T> = Result<T, (u16, &'static str, String)>;

/// Answers a call in a region with this fleet, in an account with these regions.
pub fn answer(called: &ApiCall, body: &[u8], fleet: &Fleet, enabled: &[String]) -> ApiResponse {
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
    if let Some(stranger) = names.iter().find(|name| !regions.contains(name)) {
        let cause = format!("Invalid region: [{stranger}]");
        return Err((400, "InvalidParameterValue", cause));
    }
    let mut told = vec![];
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
            told.push((name, status));
        }
    }
    Ok(respond("DescribeRegions", |xml| {
        xml.element("regionInfo", |xml| {
            for (name, status) in told {
                xml.element("item", |xml| {
                    xml.text("regionName", name);
                    xml.text("regionEndpoint", &format!("ec2.{name}.amazonaws.com"));
                    xml.text("optInStatus", status);
                });
            }
        });
    }))
}

/// EC2's filters know two wildcards.
fn matches_pattern(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            matches_pattern(rest, text)
                || (!text.is_empty() && matches_pattern(pattern, &text[1..]))
        }
        ([b'?', rest @ ..], [_, text @ ..]) => matches_pattern(rest, text),
        ([p, rest @ ..], [t, text @ ..]) => p == t && matches_pattern(rest, text),
        _ => false,
    }
}

/// The refusal of an action, in its own words.
pub fn denied(called: &ApiCall, operation: &str) -> ApiResponse {
    let cause = format!(
        "You are not authorized to perform this operation. User: {} is not authorized to perform: ec2:{operation} \
         because no identity-based policy allows the ec2:{operation} action",
        called.caller()
    );
    error_response(403, "UnauthorizedOperation", &cause)
}

/// Keys that the region does not know, as all are to one that the account has not enabled.
pub fn unknown_client() -> ApiResponse {
    let cause = "AWS was not able to validate the provided access credentials";
    error_response(401, "AuthFailure", cause)
}

/// A fault of the service's own.
pub fn internal() -> ApiResponse {
    error_response(500, "InternalError", "An internal error has occurred")
}

fn respond(operation: &str, content: impl FnOnce(&mut QueryXmlWriter)) -> ApiResponse {
    let document = QueryXmlWriter::document(&format!("{operation}Response"), ATTRIBUTES, |xml| {
        xml.text("requestId", &hash::uuid(hash::text(operation)));
        content(xml);
    });
    xml_response(200, document)
}

fn error_response(status: u16, code: &str, message: &str) -> ApiResponse {
    let document = QueryXmlWriter::document("Response", "", |xml| {
        xml.element("Errors", |xml| {
            xml.element("Error", |xml| {
                xml.text("Code", code);
                xml.text("Message", message);
            });
        });
        xml.text("RequestID", &hash::uuid(hash::text(message)));
    });
    xml_response(status, document)
}
