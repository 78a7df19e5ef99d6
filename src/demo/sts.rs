//! STS: `GetCallerIdentity` and `AssumeRole`.

use crate::demo::account::{Account, RoleAccess};
use crate::demo::call::ApiCall;
use crate::demo::hash;
use crate::demo::query::{QueryForm, QueryXmlWriter, xml_response};
use crate::demo::service::ApiResponse;

const ATTRIBUTES: &str = r#" xmlns="https://sts.amazonaws.com/doc/2011-06-15/""#;

/// Keys never expire, whatever the clock of the client.
const EXPIRATION: &str = "2099-12-31T23:59:59Z";

/// Answers a call; `find` finds accounts by id.
pub(super) fn answer<'a>(
    called: &ApiCall,
    body: &[u8],
    find: impl Fn(&str) -> Option<&'a Account>,
) -> ApiResponse {
    let form = QueryForm::read(body);
    match form.get("Action").unwrap_or_default() {
        "GetCallerIdentity" => respond("GetCallerIdentity", body, |xml| {
            xml.text("Arn", &called.caller());
            xml.text("UserId", "AROADEMODEMODEMODEMO:me");
            xml.text("Account", &called.account);
        }),
        "AssumeRole" => assume_role(called, &form, body, find),
        other => {
            let cause = format!("Could not find operation {other} for version 2011-06-15");
            error_response(400, "InvalidAction", &cause)
        }
    }
}

fn assume_role<'a>(
    called: &ApiCall,
    form: &QueryForm,
    body: &[u8],
    find: impl Fn(&str) -> Option<&'a Account>,
) -> ApiResponse {
    let arn = form.get("RoleArn").unwrap_or_default();
    let session = form.get("RoleSessionName").unwrap_or_default();
    for (field, value) in [("roleArn", arn), ("roleSessionName", session)] {
        if value.is_empty() {
            let cause = format!(
                "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must not be null"
            );
            return error_response(400, "ValidationError", &cause);
        }
    }
    let role = arn
        .strip_prefix("arn:aws:iam::")
        .and_then(|rest| rest.split_once(":role/"))
        .filter(|(_, path)| !path.is_empty());
    let Some((account, path)) = role else {
        return error_response(400, "ValidationError", &format!("{arn} is invalid"));
    };
    let may_assume = find(account).is_some_and(|account| match account.role_access {
        RoleAccess::Allowed => true,
        RoleAccess::Denied => false,
        RoleAccess::ExternalId(wanted) => form.get("ExternalId") == Some(wanted),
    });
    // Unknown roles and roles that may not be assumed get the same error, so that it does not reveal which exist.
    if !may_assume {
        return denied(called, "AssumeRole", Some(arn));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let secret = hash::uuid(hash::text(arn));
    respond("AssumeRole", body, |xml| {
        xml.element("AssumedRoleUser", |xml| {
            xml.text("AssumedRoleId", &format!("AROADEMODEMODEMODEMO:{session}"));
            xml.text(
                "Arn",
                &format!("arn:aws:sts::{account}:assumed-role/{name}/{session}"),
            );
        });
        xml.element("Credentials", |xml| {
            xml.text("AccessKeyId", &format!("ASIADEMO{account}"));
            xml.text("SecretAccessKey", &secret);
            xml.text("SessionToken", &format!("demo-session-{secret}"));
            xml.text("Expiration", EXPIRATION);
        });
        xml.text("PackedPolicySize", "0");
    })
}

/// The response to a denied action, in the words of STS.
pub(super) fn denied(called: &ApiCall, operation: &str, resource: Option<&str>) -> ApiResponse {
    let on = resource.map_or(String::new(), |arn| format!(" on resource: {arn}"));
    let cause = format!(
        "User: {} is not authorized to perform: sts:{operation}{on}",
        called.caller()
    );
    error_response(403, "AccessDenied", &cause)
}

/// The response to unknown credentials.
pub(super) fn unknown_client() -> ApiResponse {
    let cause = "The security token included in the request is invalid";
    error_response(403, "InvalidClientTokenId", cause)
}

/// An internal error.
pub(super) fn internal() -> ApiResponse {
    error_response(500, "InternalFailure", "An internal error has occurred.")
}

fn respond(operation: &str, body: &[u8], result: impl FnOnce(&mut QueryXmlWriter)) -> ApiResponse {
    let request = hash::uuid(hash::text(&String::from_utf8_lossy(body)));
    let document = QueryXmlWriter::document(&format!("{operation}Response"), ATTRIBUTES, |xml| {
        xml.element(&format!("{operation}Result"), result);
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", &request));
    });
    xml_response(200, document)
}

fn error_response(status: u16, code: &str, message: &str) -> ApiResponse {
    let document = QueryXmlWriter::document("ErrorResponse", ATTRIBUTES, |xml| {
        xml.element("Error", |xml| {
            xml.text("Type", "Sender");
            xml.text("Code", code);
            xml.text("Message", message);
        });
        xml.text("RequestId", &hash::uuid(hash::text(message)));
    });
    xml_response(status, document)
}
