//! Parses responses about baselines, and about patches independent of nodes.

use crate::record::{Baseline, BaselineComplianceStatus, Moment};
use crate::source::aws::api::wire::borrowed_text::Text;
use crate::source::aws::api::wire::into_boxed;
use crate::source::aws::api::wire::strict::{BodyError, FromBody, Page, read_list, read_object};
use crate::source::aws::api::wire::value::{
    NumberValue, TextValue, parse_text, parse_timestamp, quote_text,
};

/// The last part of a baseline's ARN, or the id itself if it is bare.
pub(crate) fn bare_baseline_id(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(_, bare)| bare)
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireBaseline<'a> {
    #[serde(borrow)]
    baseline_id: Text<'a>,
    operating_system: Option<Text<'a>>,
    available_security_updates_compliance_status: Option<TextValue<'a>>,
}

impl FromBody for Baseline {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        let wire: WireBaseline<'_> = read_object(body)?;
        // A response without an id must not become a baseline without a status.
        let id = wire.baseline_id;
        if id.0.is_empty() {
            return Err(BodyError::new("an empty BaselineId"));
        }
        let status = parse_text(wire.available_security_updates_compliance_status);
        Ok(Self {
            id: bare_baseline_id(&id.0).into(),
            operating_system: into_boxed(wire.operating_system),
            compliance_status: match status {
                Ok(status) => parse_ruling(status.as_ref().map_or("", |word| &word.0)),
                Err(value) => BaselineComplianceStatus::Unrecognized(value),
            },
        })
    }
}

/// `COMPLIANT` or `NON_COMPLIANT`. The service spells other words on the wire
/// differently from its model, so case and `_` are ignored.
fn parse_ruling(word: &str) -> BaselineComplianceStatus {
    match &*word.replace('_', "").to_ascii_lowercase() {
        "compliant" => BaselineComplianceStatus::Compliant,
        "noncompliant" => BaselineComplianceStatus::NonCompliant,
        // AWS writes UNSPECIFIED if other levels of a baseline are not set.
        "" | "unspecified" => BaselineComplianceStatus::Unspecified,
        _ => BaselineComplianceStatus::Unrecognized(quote_text(word)),
    }
}

/// A baseline of a list.
#[derive(Debug, PartialEq)]
pub(crate) struct ListedBaseline {
    /// Its ARN if AWS owns it, otherwise its bare id.
    pub arn_or_id: Box<str>,
    pub operating_system: Option<Box<str>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireBaselineIdentity<'a> {
    #[serde(borrow)]
    baseline_id: Text<'a>,
    operating_system: Option<Text<'a>>,
}

impl FromBody for Page<ListedBaseline> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(
            body,
            "BaselineIdentities",
            |one: WireBaselineIdentity<'_>| {
                if one.baseline_id.0.is_empty() {
                    return Err(BodyError::new("a baseline with an empty BaselineId"));
                }
                Ok(ListedBaseline {
                    arn_or_id: one.baseline_id.0.into(),
                    operating_system: into_boxed(one.operating_system),
                })
            },
        )
    }
}

/// When a patch was released for one of its products.
#[derive(Debug, PartialEq)]
pub(crate) struct PatchRelease {
    pub kb_id: Box<str>,
    pub title: Box<str>,
    pub product: Box<str>,
    /// A value that is no time is kept for display.
    pub released_at: Result<Moment, Box<str>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireAvailablePatch<'a> {
    #[serde(borrow)]
    kb_number: Text<'a>,
    title: Option<Text<'a>>,
    product: Option<Text<'a>>,
    #[serde(default)]
    release_date: NumberValue,
}

impl FromBody for Page<PatchRelease> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "Patches", |row: WireAvailablePatch<'_>| {
            // Only Linux packages have none, and only KB numbers are requested.
            if row.kb_number.0.is_empty() {
                return Err(BodyError::new("a patch with an empty KbNumber"));
            }
            let text = |text: Option<Text<'_>>| text.map_or("".into(), |text| text.0.into());
            Ok(PatchRelease {
                kb_id: row.kb_number.0.into(),
                title: text(row.title),
                product: text(row.product),
                released_at: parse_timestamp(row.release_date),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(status: &str) -> Baseline {
        let body = format!(
            r#"{{"BaselineId":"arn:aws:ssm:us-east-2:733109147000:patchbaseline/pb-1","OperatingSystem":"WINDOWS","Newer":[1]{status}}}"#
        );
        Baseline::from_body(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_compliance_status_is_read_in_any_case_and_unknown_words_are_kept() {
        let key = "AvailableSecurityUpdatesComplianceStatus";
        let ruling = |word: &str| baseline(&format!(r#","{key}":{word}"#)).compliance_status;
        for word in [r#""COMPLIANT""#, r#""Compliant""#, r#""compliant""#] {
            assert_eq!(ruling(word), BaselineComplianceStatus::Compliant, "{word}");
        }
        for word in [
            r#""NON_COMPLIANT""#,
            r#""NonCompliant""#,
            r#""non_compliant""#,
        ] {
            assert_eq!(
                ruling(word),
                BaselineComplianceStatus::NonCompliant,
                "{word}"
            );
        }
        for word in ["null", r#""""#, r#""UNSPECIFIED""#] {
            assert_eq!(
                ruling(word),
                BaselineComplianceStatus::Unspecified,
                "{word}"
            );
        }
        // An unknown word is no status, and is shown.
        for (value, shown) in [
            (r#""NOT COMPLIANT""#, "\"NOT COMPLIANT\""),
            ("5", "5"),
            ("true", "true"),
            ("[1]", "a list"),
        ] {
            assert_eq!(
                ruling(value),
                BaselineComplianceStatus::Unrecognized(shown.into()),
                "{value}"
            );
        }
        let unsaid = baseline("");
        assert_eq!(
            (&*unsaid.id, unsaid.compliance_status),
            ("pb-1", BaselineComplianceStatus::Unspecified)
        );
        assert_eq!(unsaid.operating_system.as_deref(), Some("WINDOWS"));
    }

    #[test]
    fn another_document_is_not_a_baseline_without_a_status() {
        for body in [
            "{}",
            "[]",
            "",
            r#"{"BaselineId":null}"#,
            r#"{"Patches":[]}"#,
            r#"["pb-1","WINDOWS","COMPLIANT"]"#,
            r#"{"BaselineId":""}"#,
            r#"{"BaselineId":"pb-1"}x"#,
            r#"{"BaselineId":"pb-1","BaselineId":"pb-1"}"#,
            r#"{"__type":"InternalServerError","message":"no"}"#,
        ] {
            assert!(Baseline::from_body(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn an_invalid_date_is_unknown_and_costs_no_row() {
        let page = Page::<PatchRelease>::from_body(
            br#"{"Patches":[{"KbNumber":"KB1","ReleaseDate":0},{"KbNumber":"KB2","ReleaseDate":1546970408.0},{"KbNumber":"KB3","ReleaseDate":"soon"}],"NextToken":"t"}"#,
        )
        .unwrap();
        assert_eq!(page.next_token.as_deref(), Some("t"));
        let rows: Vec<(&str, Result<bool, &str>)> = page
            .rows
            .iter()
            .map(|row| {
                let at = row.released_at.as_ref();
                (
                    &*row.kb_id,
                    at.map(Option::is_some).map_err(|value| &**value),
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("KB1", Ok(false)),
                ("KB2", Ok(true)),
                ("KB3", Err("\"soon\""))
            ]
        );
        let page = Page::<ListedBaseline>::from_body(
            br#"{"BaselineIdentities":[{"BaselineId":"arn:x/pb-2","BaselineName":"n","OperatingSystem":"WINDOWS"}]}"#,
        )
        .unwrap();
        let listed = ListedBaseline {
            arn_or_id: "arn:x/pb-2".into(),
            operating_system: Some("WINDOWS".into()),
        };
        assert_eq!(page.rows, [listed]);
    }
}
