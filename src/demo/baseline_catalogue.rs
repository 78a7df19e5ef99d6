//! The baselines of the demo, from `baselines.csv`, and the patch groups registered with them.

use std::sync::OnceLock;

use serde::Deserialize;

/// The account that owns AWS's baselines. The real service has one per region.
const AWS_ACCOUNT: &str = "075727635805";

/// Custom baselines of generated fleets. Available security updates are compliant with the first, non-compliant with the
/// second.
pub(super) const LENIENT: &str = "pb-0e7b3d5f91a2c6480";
pub(super) const STRICT: &str = "pb-0c10e657807e31cf2";

/// A line of `baselines.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct CatalogueBaseline {
    pub id: String,
    pub owner: BaselineOwner,
    default: String,
    pub system: String,
    pub name: String,
    /// Compliance status of available security updates; empty: unspecified.
    pub ruling: String,
    pub about: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum BaselineOwner {
    #[serde(rename = "AWS")]
    Aws,
    #[serde(rename = "Self")]
    Customer,
}

/// All baselines, by owner and name.
pub(super) fn all() -> &'static [CatalogueBaseline] {
    static READ: OnceLock<Vec<CatalogueBaseline>> = OnceLock::new();
    READ.get_or_init(|| {
        csv::Reader::from_reader(include_bytes!("baselines.csv").as_slice())
            .deserialize()
            .map(|line| line.expect("baselines.csv is part of the program and read by its tests"))
            .collect()
    })
}

/// The baseline with this id, without an ARN.
pub(super) fn find(id: &str) -> Option<&'static CatalogueBaseline> {
    all().iter().find(|baseline| baseline.id == id)
}

impl CatalogueBaseline {
    pub(super) fn is_default(&self) -> bool {
        !self.default.is_empty()
    }

    /// The id in the operations about baselines: an ARN for AWS's, a plain id for others. Patch states give plain ids for
    /// all of them.
    pub(super) fn identity(&self, region: &str) -> String {
        match self.owner {
            BaselineOwner::Aws => format!(
                "arn:aws:ssm:{region}:{AWS_ACCOUNT}:patchbaseline/{}",
                self.id
            ),
            BaselineOwner::Customer => self.id.clone(),
        }
    }

    pub(super) fn owner(&self) -> &'static str {
        match self.owner {
            BaselineOwner::Aws => "AWS",
            BaselineOwner::Customer => "Self",
        }
    }

    /// Whether it exists in a region: regions without nodes have no custom baselines.
    pub(super) fn is_visible(&self, is_used: bool) -> bool {
        is_used || self.owner == BaselineOwner::Aws
    }
}

/// Patch groups with the id of their registered baseline. Other groups, such as `legacy` and `build`, have nodes and no
/// baseline, so `DescribePatchGroups` does not list them.
pub(super) const MAPPINGS: [(&str, &str); 7] = [
    ("factory", "pb-09ca3fb51f0412ec3"),
    ("prod-db", STRICT),
    ("prod-web", "pb-09ca3fb51f0412ec3"),
    ("prod-web", "pb-05c9c9bf778d4c4d0"),
    ("prod-web", "pb-0c7e89f711c3095f4"),
    ("stage", "pb-0d2f6a91b83c47e05"),
    ("web", LENIENT),
];

/// The groups that are registered with the baseline of this id.
pub(super) fn groups_of_baseline(id: &str) -> Vec<&'static str> {
    let of = MAPPINGS.iter().filter(|(_, baseline)| *baseline == id);
    of.map(|(group, _)| *group).collect()
}
