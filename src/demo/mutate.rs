//! Mutated responses, as a broken service, proxy or network can send them.
//!
//! The seed, the request and the number of its repetitions decide which response is mutated, and how.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use fastrand::Rng;

use crate::demo::call::ApiCall;
use crate::demo::hash;
use crate::demo::world::{ApiRequest, ApiResponse};

pub(super) use self::kind::MutationKind;

mod json;
mod kind;
mod xml;

/// The most requests whose repetitions are counted; further ones count as new.
const MOST_REQUESTS: usize = 1 << 20;

/// Which responses are mutated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MutationSettings {
    /// One response in N; 1: every response.
    pub one_in: u64,
    /// The same seed gives the same mutations for the same requests.
    pub seed: u64,
}

/// A mutated response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MutatedResponse {
    pub answer: ApiResponse,
    pub kind: MutationKind,
    /// `Content-Length`, if it differs from the length of the body.
    pub length: Option<usize>,
}

/// Decides which responses are mutated.
#[derive(Debug)]
pub(super) struct Mutator {
    settings: MutationSettings,
    /// Repetitions by request.
    request_counts: Mutex<HashMap<u64, u64>>,
}

impl Mutator {
    #[must_use]
    pub(super) fn new(settings: MutationSettings) -> Self {
        Self {
            settings,
            request_counts: Mutex::default(),
        }
    }

    /// The mutated response; `None` if it is not mutated.
    pub(super) fn mutate(
        &self,
        called: &ApiCall,
        asked: &ApiRequest<'_>,
        answer: &ApiResponse,
    ) -> Option<MutatedResponse> {
        let request = request_hash(called, asked);
        let nth = {
            let mut made = self
                .request_counts
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if made.len() < MOST_REQUESTS {
                let nth = made.entry(request).or_default();
                *nth += 1;
                *nth
            } else {
                0
            }
        };
        let draw = hash::join(self.settings.seed, hash::join(request, nth));
        if !draw.is_multiple_of(self.settings.one_in.max(1)) {
            return None;
        }
        let mut rng = Rng::with_seed(hash::mix(draw));
        // Not every kind applies to every document.
        (0..64).find_map(|_| {
            let (kind, _) = *rng.choice(&MutationKind::ALL)?;
            mutate_response(kind, answer, asked, &mut rng)
        })
    }
}

/// The hash of a request.
fn request_hash(called: &ApiCall, asked: &ApiRequest<'_>) -> u64 {
    let mut text = format!(
        "{}/{}/{}/{}/",
        called.service.name(),
        called.operation,
        called.account,
        called.region
    );
    // Writing to a string cannot fail.
    let _ = write!(text, "{}", String::from_utf8_lossy(asked.body));
    hash::text(&text)
}

/// Applies one kind of mutation, if it is applicable.
fn mutate_response(
    kind: MutationKind,
    answer: &ApiResponse,
    asked: &ApiRequest<'_>,
    rng: &mut Rng,
) -> Option<MutatedResponse> {
    let is_xml = answer.content_type.starts_with("text/xml");
    let mut changed = answer.clone();
    let mut length = None;
    match kind {
        MutationKind::BitFlips => changed.body = flip_bits(&answer.body, rng)?,
        MutationKind::Truncation => {
            changed.body = answer.body.slice(..random_offset(&answer.body, rng)?);
        }
        MutationKind::TrailingBytes => {
            let more: [&[u8]; 5] = [b"}", b"\0", b"garbage", &answer.body, b"<html></html>"];
            changed.body = [&answer.body, *rng.choice(&more)?].concat().into();
        }
        MutationKind::EmptyBody => {
            changed.status = 200;
            changed.body = Bytes::new();
        }
        MutationKind::NoContent => {
            changed.status = 204;
            changed.body = Bytes::new();
        }
        MutationKind::Html | MutationKind::HtmlError => {
            changed.status = match kind {
                MutationKind::Html => 200,
                _ => rng.choice([400, 403, 404, 413, 500, 502, 503, 504])?,
            };
            changed.content_type = "text/html";
            changed.body = Bytes::from_static(HTML_PAGE);
        }
        MutationKind::LengthTooLong => length = Some(answer.body.len() + rng.usize(1..4_096)),
        MutationKind::LengthTooShort => length = Some(random_offset(&answer.body, rng)?),
        MutationKind::OtherOperation => {
            changed.status = 200;
            changed.body = Bytes::from_static(rng.choice(OTHER_DOCUMENTS)?.as_bytes());
        }
        MutationKind::ErrorWith200 => {
            changed.status = 200;
            changed.body = error_body(is_xml, rng)?;
        }
        MutationKind::ErrorStatus => {
            changed.status = rng.choice([400, 403, 404, 409, 429, 500, 503])?;
            changed.body = error_body(is_xml, rng)?;
        }
        _ if is_xml => changed.body = xml::mutate(kind, &answer.body, rng)?.into(),
        _ => changed.body = json::mutate(kind, &answer.body, asked.body, rng)?.into(),
    }
    (changed != *answer || length.is_some()).then_some(MutatedResponse {
        answer: changed,
        kind,
        length,
    })
}

/// A random offset in the body.
fn random_offset(body: &[u8], rng: &mut Rng) -> Option<usize> {
    (!body.is_empty()).then(|| rng.usize(..body.len()))
}

fn flip_bits(body: &[u8], rng: &mut Rng) -> Option<Bytes> {
    let mut body = body.to_vec();
    for _ in 0..rng.usize(1..=8) {
        let at = random_offset(&body, rng)?;
        body[at] ^= 1 << rng.u8(..8);
    }
    Some(body.into())
}

/// An error document, in JSON or XML; some have no message.
fn error_body(is_xml: bool, rng: &mut Rng) -> Option<Bytes> {
    let code = rng.choice(CODES)?;
    let message = rng.choice(MESSAGES)?;
    let document = if is_xml {
        format!(
            "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        )
    } else {
        match rng.u8(..3) {
            0 => serde_json::json!({ "message": message }),
            1 => serde_json::json!({ "__type": code }),
            _ => serde_json::json!({ "__type": code, "message": message }),
        }
        .to_string()
    };
    Some(document.into())
}

const HTML_PAGE: &[u8] = b"<!DOCTYPE html><html><head><title>503 Service Temporarily Unavailable</title></head>\
    <body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx</center></body></html>\n";

const CODES: [&str; 9] = [
    "ThrottlingException",
    "InternalServerError",
    "ValidationException",
    "InvalidNextToken",
    "ExpiredTokenException",
    "UnrecognizedClientException",
    "AccessDeniedException",
    "com.amazon.coral.service#UnknownOperationException",
    "",
];

const MESSAGES: [&str; 4] = [
    "Rate exceeded",
    "",
    "\u{1b}[31mred\u{1b}[0m\nand a line",
    "=1+1",
];

/// Empty documents of other operations.
const OTHER_DOCUMENTS: [&str; 12] = [
    "{}",
    r#"{"InstancePatchStates":[]}"#,
    r#"{"Patches":[]}"#,
    r#"{"InstanceInformationList":[]}"#,
    r#"{"Entities":[]}"#,
    r#"{"Mappings":[]}"#,
    r#"{"TagList":[]}"#,
    r#"{"Accounts":[]}"#,
    r#"{"BaselineIdentities":[]}"#,
    r#"<?xml version="1.0"?><DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet/></DescribeInstancesResponse>"#,
    r#"<?xml version="1.0"?><DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo/></DescribeRegionsResponse>"#,
    r#"<?xml version="1.0"?><GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult/></GetCallerIdentityResponse>"#,
];

#[cfg(test)]
mod tests;
