//! What to do about a failed call, as far as its error tells.

use std::time::SystemTime;

use aws_sdk_ssm::config::http::HttpResponse;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt};

use crate::regions::suggest_region;
use crate::source::aws::api::error_kind::{CallContext, ErrorKind};
use crate::text::count;

/// AWS refuses signatures of a clock that is further off. Source: IAM user
/// guide, "Signature Version 4", elements of a request signature.
const MAX_CLOCK_SKEW_SECONDS: i64 = 5 * 60;

/// A type of policy that denies a call, other than the IAM policies of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DenyingPolicy {
    ServiceControl,
    ResourceControl,
    VpcEndpoint,
    Boundary,
    Session,
    RoleTrust,
    Resource,
    /// An IAM policy of the caller that denies instead of not allowing.
    ExplicitIdentity,
}

impl DenyingPolicy {
    /// The policy that the message of a refusal names. Source: IAM user guide,
    /// "Troubleshoot access denied error messages".
    pub(crate) fn from_message(message: &str) -> Option<Self> {
        let message = message.to_ascii_lowercase();
        let explicit = message.contains("with an explicit deny");
        let policies = [
            ("service control polic", Self::ServiceControl),
            ("resource control polic", Self::ResourceControl),
            ("vpc endpoint polic", Self::VpcEndpoint),
            ("permissions boundar", Self::Boundary),
            ("session polic", Self::Session),
            ("role trust polic", Self::RoleTrust),
            ("resource-based polic", Self::Resource),
        ];
        let named = policies
            .into_iter()
            .find(|(words, _)| message.contains(words));
        named.map(|(_, policy)| policy).or_else(|| {
            (explicit && message.contains("identity-based polic")).then_some(Self::ExplicitIdentity)
        })
    }

    fn remedy(self, action: &str, call: CallContext<'_>) -> String {
        let of_organization = |kind: &str| {
            let skip = match call.service {
                "ssm" | "ec2" => {
                    format!(
                        "leave the region out with --skip-region {}, or ",
                        call.region
                    )
                }
                "s3" => String::new(),
                _ => "leave the account out with --skip-account, or ".to_owned(),
            };
            format!(
                "the organization denies it by a {kind} control policy, which no IAM policy can override: {skip}have the administrators of the organization allow {action}"
            )
        };
        match self {
            Self::ServiceControl => of_organization("service"),
            Self::ResourceControl => of_organization("resource"),
            Self::VpcEndpoint => format!(
                "allow {action} in the policy of the VPC endpoint that the call goes through"
            ),
            Self::Boundary => format!(
                "allow {action} in the permissions boundary of the caller, which its IAM policies cannot exceed"
            ),
            Self::Session => format!(
                "allow {action} in the session policy that the caller's session was started with"
            ),
            Self::RoleTrust => {
                format!("allow {action} to this caller in the trust policy of the role")
            }
            Self::Resource => {
                format!("allow {action} to this caller in the policy of the resource")
            }
            Self::ExplicitIdentity => format!(
                "remove the Deny of {action} from the caller's IAM policies, which no Allow can override"
            ),
        }
    }
}

/// What to do about an error of this code and message.
pub(crate) fn remedy(code: &str, message: &str, call: CallContext<'_>) -> Option<String> {
    match (ErrorKind::from_code(code), code) {
        (ErrorKind::AccessDenied, _) => {
            let action = refused_action(message)
                .map_or_else(|| format!("{}:{}", call.service, call.action), ToOwned::to_owned);
            Some(DenyingPolicy::from_message(message).map_or_else(
                || format!("allow {action} in the caller's IAM policy"),
                |policy| policy.remedy(&action, call),
            ))
        }
        (_, "ExpiredToken" | "ExpiredTokenException" | "RequestExpired") => {
            let renewal = call.renewal.unwrap_or("get new credentials");
            Some(format!("the session has expired: {renewal}"))
        }
        (ErrorKind::Credentials, _) => Some(format!(
            "check the access key, and that the region is enabled for the account{}",
            other_region(call.region)
        )),
        (_, "RegionDisabledException" | "OptInRequired" | "SubscriptionRequiredException") => {
            Some(format!(
                "enable the region for the account, or leave it out with --skip-region {}",
                call.region
            ))
        }
        // Reported only once the rate limiter has given up, for which only
        // calls of others can be the reason.
        (ErrorKind::Throttled, _) => Some(
            "gave up after continuous throttling: other callers use the account's quota; try again later"
                .into(),
        ),
        (_, "Unreachable") if message.contains("certificate") && message.contains("verification time") => {
            Some("check this machine's clock, and AWS_CA_BUNDLE".into())
        }
        (_, "Unreachable" | "Timeout") => Some(format!(
            "check --region, --endpoint-url, the network, HTTPS_PROXY and AWS_CA_BUNDLE{}",
            other_region(call.region)
        )),
        _ => None,
    }
}

/// The action that a refusal names. Some calls need another one than their own: an object
/// that is encrypted needs kms:Decrypt, too.
fn refused_action(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("is not authorized to perform: ")?;
    let action = rest.split_whitespace().next()?;
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let (service, operation) = action.split_once(':')?;
    let is_name = |text: &str| !text.is_empty() && text.len() <= 64 && text.chars().all(is_of_name);
    (is_name(service) && is_name(operation)).then_some(action)
}

/// The region that may be meant, where the one that is called is not known.
fn other_region(region: &str) -> String {
    suggest_region(region).map_or_else(String::new, |meant| {
        format!("; {region} is not a region that patchctl knows: did you mean {meant}?")
    })
}

/// The remedy of an error that the clock of this machine causes; `None` if it
/// is another cause.
pub(crate) fn clock_remedy(
    code: &str,
    message: &str,
    response: &HttpResponse,
    now: SystemTime,
) -> Option<String> {
    let says_so = code == "RequestTimeTooSkewed"
        || message.starts_with("Signature expired")
        || message.starts_with("Signature not yet current");
    // EC2 reports a wrong clock as wrong credentials.
    if !says_so && ErrorKind::from_code(code) != ErrorKind::Credentials {
        return None;
    }
    let of_message = offset_in_message(message).filter(|_| says_so);
    let offset = of_message.or_else(|| {
        let date = response.headers().get("date")?;
        let date = fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(date)
            .ok()?;
        Some(Timestamp::try_from(now).ok()?.as_second() - date.as_second())
    });
    let offset = offset.filter(|seconds| says_so || seconds.abs() > MAX_CLOCK_SKEW_SECONDS);
    match offset {
        Some(seconds) => {
            let minutes = (seconds.unsigned_abs() + 30) / 60;
            let by = match minutes {
                0..=180 => count(minutes, "minute"),
                181..=4320 => count(minutes / 60, "hour"),
                _ => count(minutes / 1440, "day"),
            };
            let side = if seconds < 0 { "behind" } else { "ahead" };
            Some(format!(
                "this machine's clock is off by {by} ({side}): set it, as AWS refuses signatures that are more than 5 minutes off"
            ))
        }
        None if says_so => Some(
            "this machine's clock is off: set it, as AWS refuses signatures that are more than 5 minutes off"
                .into(),
        ),
        None => None,
    }
}

/// Seconds by which the time of the signature is ahead of the service's:
/// `Signature expired: SIGNED is now earlier than LIMIT (NOW - 5 min.)`.
fn offset_in_message(message: &str) -> Option<i64> {
    let is_of_word = |letter: char| !letter.is_ascii_alphanumeric();
    let times: Vec<i64> = message
        .split(is_of_word)
        .filter_map(|word| DateTime::strptime("%Y%m%dT%H%M%SZ", word).ok())
        .filter_map(|time| Some(TimeZone::UTC.to_timestamp(time).ok()?.as_second()))
        .collect();
    match times[..] {
        [signed, _, now] => Some(signed - now),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::body::SdkBody;
    use std::time::Duration;

    fn call(service: &'static str, action: &'static str) -> CallContext<'static> {
        CallContext {
            service,
            action,
            region: "eu-west-3",
            session_label: None,
            renewal: None,
        }
    }

    #[test]
    fn the_remedy_of_a_refusal_follows_the_policy_that_denies_it() {
        let states = call("ssm", "DescribeInstancePatchStates");
        for (rest, expected) in [
            (
                "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1",
                "the organization denies it by a service control policy, which no IAM policy can override: leave the region out with --skip-region eu-west-3, or have",
            ),
            (
                "because no service control policy allows the ssm:DescribeInstancePatchStates action",
                "the organization denies it by a service control policy",
            ),
            (
                "with an explicit deny in a resource control policy",
                "the organization denies it by a resource control policy",
            ),
            (
                "because no VPC endpoint policy allows the ssm:DescribeInstancePatchStates action",
                "allow ssm:DescribeInstancePatchStates in the policy of the VPC endpoint",
            ),
            (
                "with an explicit deny in a permissions boundary",
                "allow ssm:DescribeInstancePatchStates in the permissions boundary",
            ),
            (
                "because no session policy allows the action",
                "allow ssm:DescribeInstancePatchStates in the session policy",
            ),
            (
                "with an explicit deny in a resource-based policy",
                "allow ssm:DescribeInstancePatchStates to this caller in the policy of the resource",
            ),
            (
                "with an explicit deny in an identity-based policy",
                "remove the Deny of ssm:DescribeInstancePatchStates",
            ),
            (
                "because no identity-based policy allows the action",
                "allow ssm:DescribeInstancePatchStates in the caller's IAM policy",
            ),
            (
                "with an explicit deny",
                "allow ssm:DescribeInstancePatchStates in the caller's IAM policy",
            ),
        ] {
            let message = format!(
                "User: arn:aws:iam::1:user/x is not authorized to perform: ssm:DescribeInstancePatchStates on resource: * {rest}"
            );
            let said = remedy("AccessDeniedException", &message, states).unwrap();
            assert!(said.starts_with(expected), "{rest}: {said}");
        }
        let said = remedy(
            "AccessDenied",
            "with an explicit deny in a service control policy",
            call("sts", "AssumeRole"),
        );
        assert!(
            said.unwrap()
                .contains("leave the account out with --skip-account")
        );
        let said = remedy(
            "AccessDenied",
            "because no role trust policy allows the sts:AssumeRole action",
            call("sts", "AssumeRole"),
        );
        assert!(
            said.unwrap()
                .starts_with("allow sts:AssumeRole to this caller in the trust policy")
        );
    }

    #[test]
    fn a_clock_that_is_off_is_named_with_its_minutes() {
        let empty = HttpResponse::new(403.try_into().unwrap(), SdkBody::empty());
        let mut dated = HttpResponse::new(403.try_into().unwrap(), SdkBody::empty());
        let date = "Thu, 26 Nov 2026 12:00:00 GMT";
        dated.headers_mut().insert("date", date);
        let at =
            |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_694_400 + seconds);
        let expired = "Signature expired: 20261126T114300Z is now earlier than 20261126T115500Z (20261126T120000Z - 5 min.)";
        let early = "Signature not yet current: 20261126T180000Z is still later than 20261126T120500Z (20261126T120000Z + 5 min.)";
        for (code, message, response, now, expected) in [
            (
                "InvalidSignatureException",
                expired,
                &empty,
                at(0),
                Some("off by 17 minutes (behind)"),
            ),
            (
                "SignatureDoesNotMatch",
                early,
                &empty,
                at(0),
                Some("off by 6 hours (ahead)"),
            ),
            (
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
                &dated,
                at(1200),
                Some("off by 20 minutes (ahead)"),
            ),
            (
                "RequestTimeTooSkewed",
                "",
                &empty,
                at(0),
                Some("this machine's clock is off: set it"),
            ),
            (
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
                &dated,
                at(3600),
                Some("off by 60 minutes (ahead)"),
            ),
            (
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
                &dated,
                at(30),
                None,
            ),
            (
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
                &empty,
                at(0),
                None,
            ),
            ("AccessDenied", "No.", &dated, at(3600), None),
        ] {
            let said = clock_remedy(code, message, response, now);
            match expected {
                Some(words) => assert!(said.as_ref().unwrap().contains(words), "{said:?}"),
                None => assert_eq!(said, None),
            }
        }
    }
}
