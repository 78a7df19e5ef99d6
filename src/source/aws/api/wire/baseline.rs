//! The answers about baselines, and about patches whatever node has them.
//!
//! Knows AWS's spelling of them. Must not know which call was made, or why.

use crate::record::{Baseline, Moment, Ruling};
use crate::source::aws::api::wire::strict::{FromBody, Page, Unreadable, list, object};
use crate::source::aws::api::wire::value::{Number, Word, moment, shown_text, word};
use crate::source::aws::api::wire::{Text, owned};

/// The last part of a baseline's ARN, or the id itself where it is bare.
pub fn bare(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(_, bare)| bare)
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BaselineBody<'a> {
    #[serde(borrow)]
    baseline_id: Text<'a>,
    operating_system: Option<Text<'a>>,
    available_security_updates_compliance_status: Option<Word<'a>>,
}

impl FromBody for Baseline {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        let wire: BaselineBody<'_> = object(body)?;
        // A baseline that says nothing must not be made of an answer that is none.
        let id = wire.baseline_id;
        if id.0.is_empty() {
            return Err(Unreadable::new("an empty BaselineId"));
        }
        let status = word(wire.available_security_updates_compliance_status);
        Ok(Self {
            id: bare(&id.0).into(),
            operating_system: owned(wire.operating_system),
            ruling: match status {
                Ok(status) => ruling(status.as_ref().map_or("", |word| &word.0)),
                Err(value) => Ruling::Odd(value),
            },
        })
    }
}

/// `COMPLIANT` or `NON_COMPLIANT`. Other words of the service are written
/// otherwise on the wire than in its model, so case and `_` do not matter.
fn ruling(word: &str) -> Ruling {
    match &*word.replace('_', "").to_ascii_lowercase() {
        "compliant" => Ruling::Compliant,
        "noncompliant" => Ruling::NonCompliant,
        // AWS writes UNSPECIFIED where other levels of a baseline are not set.
        "" | "unspecified" => Ruling::Unsaid,
        _ => Ruling::Odd(shown_text(word)),
    }
}

/// A baseline of a list.
#[derive(Debug, PartialEq)]
pub struct Listed {
    /// Its ARN where AWS owns it, else its bare id.
    pub name: Box<str>,
    pub operating_system: Option<Box<str>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireListed<'a> {
    #[serde(borrow)]
    baseline_id: Text<'a>,
    operating_system: Option<Text<'a>>,
}

impl FromBody for Page<Listed> {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        list(body, "BaselineIdentities", |one: WireListed<'_>| {
            if one.baseline_id.0.is_empty() {
                return Err(Unreadable::new("a baseline with an empty BaselineId"));
            }
            Ok(Listed {
                name: one.baseline_id.0.into(),
                operating_system: owned(one.operating_system),
            })
        })
    }
}

/// When a patch was released for one of the products it is for.
#[derive(Debug, PartialEq)]
pub struct Release {
    pub kb_id: Box<str>,
    /// A value that is no time is kept as it is shown.
    pub at: Result<Moment, Box<str>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireAvailable<'a> {
    #[serde(borrow)]
    kb_number: Text<'a>,
    #[serde(default)]
    release_date: Number,
}

impl FromBody for Page<Release> {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        list(body, "Patches", |row: WireAvailable<'_>| {
            // Only packages of Linux have none, and only numbers are asked about.
            if row.kb_number.0.is_empty() {
                return Err(Unreadable::new("a patch with an empty KbNumber"));
            }
            Ok(Release {
                kb_id: row.kb_number.0.into(),
                at: moment(row.release_date),
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
    fn a_ruling_is_read_in_any_case_and_any_other_word_is_none() {
        let key = "AvailableSecurityUpdatesComplianceStatus";
        let ruling = |word: &str| baseline(&format!(r#","{key}":{word}"#)).ruling;
        for word in [r#""COMPLIANT""#, r#""Compliant""#, r#""compliant""#] {
            assert_eq!(ruling(word), Ruling::Compliant, "{word}");
        }
        for word in [
            r#""NON_COMPLIANT""#,
            r#""NonCompliant""#,
            r#""non_compliant""#,
        ] {
            assert_eq!(ruling(word), Ruling::NonCompliant, "{word}");
        }
        for word in ["null", r#""""#, r#""UNSPECIFIED""#] {
            assert_eq!(ruling(word), Ruling::Unsaid, "{word}");
        }
        // A word that is not known is no ruling, and is shown.
        for (value, shown) in [
            (r#""NOT COMPLIANT""#, "\"NOT COMPLIANT\""),
            ("5", "5"),
            ("true", "true"),
            ("[1]", "a list"),
        ] {
            assert_eq!(ruling(value), Ruling::Odd(shown.into()), "{value}");
        }
        let unsaid = baseline("");
        assert_eq!((&*unsaid.id, unsaid.ruling), ("pb-1", Ruling::Unsaid));
        assert_eq!(unsaid.operating_system.as_deref(), Some("WINDOWS"));
    }

    #[test]
    fn an_answer_of_something_else_is_no_baseline_that_says_nothing() {
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
    fn a_date_that_means_nothing_is_unknown_and_costs_no_row() {
        let page = Page::<Release>::from_body(
            br#"{"Patches":[{"KbNumber":"KB1","ReleaseDate":0},{"KbNumber":"KB2","ReleaseDate":1546970408.0},{"KbNumber":"KB3","ReleaseDate":"soon"}],"NextToken":"t"}"#,
        )
        .unwrap();
        assert_eq!(page.next.as_deref(), Some("t"));
        let rows: Vec<(&str, Result<bool, &str>)> = page
            .rows
            .iter()
            .map(|row| {
                let at = row.at.as_ref();
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
        let page = Page::<Listed>::from_body(
            br#"{"BaselineIdentities":[{"BaselineId":"arn:x/pb-2","BaselineName":"n","OperatingSystem":"WINDOWS"}]}"#,
        )
        .unwrap();
        let listed = Listed {
            name: "arn:x/pb-2".into(),
            operating_system: Some("WINDOWS".into()),
        };
        assert_eq!(page.rows, [listed]);
    }
}
