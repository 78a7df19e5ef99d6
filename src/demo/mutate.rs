//! Mutated answers: what a broken service, proxy or network can send in the place of an answer.
//! Pure: which answer is mutated, and how, follows from the seed, the request and how often that request was made.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use fastrand::Rng;

use crate::demo::hash;
use crate::demo::world::{ApiCall, ApiRequest, ApiResponse};

mod json;
mod xml;

/// Requests whose repetitions are counted; beyond them, each is taken for new.
const MOST_REQUESTS: usize = 1 << 20;

/// How long the longest text that is put into an answer is, in bytes.
const HUGE_TEXT_BYTES: usize = 1 << 20;

/// How deep nested values are.
const NESTING_DEPTH: usize = 50_000;

/// One way in which an answer is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MutationKind {
    /// One to eight bits of the body are flipped.
    BitFlips,
    /// The body ends early, and the length says so.
    Truncation,
    /// More bytes follow the document.
    TrailingBytes,
    /// Status 200 with nothing in it.
    EmptyBody,
    /// Status 204.
    NoContent,
    /// A web page with status 200.
    Html,
    /// A web page with an error status, as load balancers and proxies send it.
    HtmlError,
    /// `Content-Length` says more than there is, and the connection ends.
    LengthTooLong,
    /// `Content-Length` says less than there is.
    LengthTooShort,
    /// The document of another operation.
    OtherOperation,
    /// The document of an error, with status 200.
    ErrorWith200,
    /// An error the service was not meant to answer.
    ErrorStatus,
    /// A value of another type.
    WrongType,
    /// No value where there was one.
    Null,
    /// A member that is left out.
    MissingMember,
    /// A number out of all range, below zero, or not whole.
    OddNumber,
    /// A text with control characters, formulas, or of a megabyte.
    OddText,
    /// A member that stands twice, with two values.
    DuplicateKey,
    /// A row that stands twice, the second time perhaps with another value.
    RepeatedRow,
    /// A row that is left out.
    MissingRow,
    /// A list without its rows.
    NoRows,
    /// Two rows that have each other's id, or one that has a strange one.
    SwappedNodes,
    /// A page token of a megabyte.
    HugeToken,
    /// A page token that was there before.
    RepeatedToken,
    /// Values nested some ten thousand times.
    DeepNesting,
}

impl MutationKind {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::BitFlips,
        Self::Truncation,
        Self::TrailingBytes,
        Self::EmptyBody,
        Self::NoContent,
        Self::Html,
        Self::HtmlError,
        Self::LengthTooLong,
        Self::LengthTooShort,
        Self::OtherOperation,
        Self::ErrorWith200,
        Self::ErrorStatus,
        Self::WrongType,
        Self::Null,
        Self::MissingMember,
        Self::OddNumber,
        Self::OddText,
        Self::DuplicateKey,
        Self::RepeatedRow,
        Self::MissingRow,
        Self::NoRows,
        Self::SwappedNodes,
        Self::HugeToken,
        Self::RepeatedToken,
        Self::DeepNesting,
    ];

    /// Its name in `/stats`, such as `bit-flips`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BitFlips => "bit-flips",
            Self::Truncation => "truncation",
            Self::TrailingBytes => "trailing-bytes",
            Self::EmptyBody => "empty-body",
            Self::NoContent => "no-content",
            Self::Html => "html",
            Self::HtmlError => "html-error",
            Self::LengthTooLong => "length-too-long",
            Self::LengthTooShort => "length-too-short",
            Self::OtherOperation => "other-operation",
            Self::ErrorWith200 => "error-with-200",
            Self::ErrorStatus => "error-status",
            Self::WrongType => "wrong-type",
            Self::Null => "null",
            Self::MissingMember => "missing-member",
            Self::OddNumber => "odd-number",
            Self::OddText => "odd-text",
            Self::DuplicateKey => "duplicate-key",
            Self::RepeatedRow => "repeated-row",
            Self::MissingRow => "missing-row",
            Self::NoRows => "no-rows",
            Self::SwappedNodes => "swapped-nodes",
            Self::HugeToken => "huge-token",
            Self::RepeatedToken => "repeated-token",
            Self::DeepNesting => "deep-nesting",
        }
    }
}

/// Which answers are mutated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MutationSettings {
    /// One answer in so many; 1 is each.
    pub one_in: u64,
    /// The same seed has the same fate for the same requests.
    pub seed: u64,
}

/// An answer with what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MutatedResponse {
    pub answer: ApiResponse,
    pub kind: MutationKind,
    /// What `Content-Length` says, where that is not how long the body is.
    pub length: Option<usize>,
}

/// Decides the fate of answers, one after the other.
#[derive(Debug)]
pub struct Mutator {
    settings: MutationSettings,
    /// How often each request was made.
    request_counts: Mutex<HashMap<u64, u64>>,
}

impl Mutator {
    #[must_use]
    pub fn new(settings: MutationSettings) -> Self {
        Self {
            settings,
            request_counts: Mutex::default(),
        }
    }

    /// The mutated form of an answer; `None` leaves it as it is.
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
        let fate = hash::join(self.settings.seed, hash::join(request, nth));
        if !fate.is_multiple_of(self.settings.one_in.max(1)) {
            return None;
        }
        let mut rng = Rng::with_seed(hash::mix(fate));
        // Not every kind can be done to every document.
        (0..64).find_map(|_| {
            let kind = *rng.choice(&MutationKind::ALL)?;
            mutate_response(kind, answer, asked, &mut rng)
        })
    }
}

/// A request as a number: the same request has the same number.
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

/// Does one thing to an answer, where it can be done.
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

/// A place before the end of a body.
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

/// An error of the service, in JSON or XML; some of them without a word.
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

/// Documents of other operations, each as its service writes it.
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

/// Texts that are no trouble to send, and some to print.
const TEXTS: [&str; 10] = [
    "",
    " ",
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "=1+1",
    "a;=1+1",
    "a\t=1+1",
    "\u{0}=1+1",
    "line\r\nline",
    "\u{202e}\u{feff}\u{9b}31m",
    "<script>alert(1)</script>]]>&amp;",
];

/// Numbers that no counter or time is.
const NUMBERS: [&str; 13] = [
    "1e300",
    "-1e300",
    "1e999",
    "-1",
    "-2",
    "-2147483649",
    "-9223372036854775809",
    "18446744073709551616",
    "9007199254740993",
    "1.5",
    "-0.0",
    "253402300800",
    "-62135596800.0",
];

#[cfg(test)]
mod tests;
