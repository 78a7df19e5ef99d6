//! `Exposure` as it is printed: frozen apart from the domain's type.

use schemars::JsonSchema;
use serde::Serialize;

use crate::aggregate::exposure::{Exposure, NotJudged, NotJudgedReason};
use crate::record::Node;

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Exposure")]
pub(crate) struct ExposureObject<'a> {
    #[serde(rename = "CVEId")]
    cve_id: &'a str,
    /// The nodes that lack its fix: a missing or failed patch names it.
    open: Vec<OpenObject<'a>>,
    /// The other nodes for which this is unknown, each once, with the strongest reason;
    /// without an InstanceId, a region, account or profile that could not be read.
    not_judged: Vec<NotJudgedObject<'a>>,
    /// How many nodes were judged and are not seen to lack it, which is no proof.
    not_seen: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Open")]
struct OpenObject<'a> {
    instance_id: &'a str,
    region: &'a str,
    account_id: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "NotJudged")]
struct NotJudgedObject<'a> {
    instance_id: Option<&'a str>,
    region: Option<&'a str>,
    account_id: Option<&'a str>,
    profile: Option<&'a str>,
    #[schemars(extend("enum" = NotJudgedReason::CODES))]
    code: &'static str,
    cause: String,
}

impl<'a> ExposureObject<'a> {
    pub(crate) fn new(exposure: &'a Exposure) -> Self {
        let open = |node: &'a Node| OpenObject {
            instance_id: &node.id,
            region: &node.location.region,
            account_id: node.location.account.as_deref(),
        };
        let doubt = |doubted: &'a NotJudged| NotJudgedObject {
            instance_id: doubted.subject.id(),
            region: doubted.subject.region(),
            account_id: doubted.subject.account(),
            profile: doubted.subject.profile(),
            code: doubted.reason.code(),
            cause: doubted.reason.describe(),
        };
        Self {
            cve_id: &exposure.cve,
            open: exposure.open_nodes.iter().map(open).collect(),
            not_judged: exposure.not_judged().map(doubt).collect(),
            not_seen: exposure.not_seen,
        }
    }
}
