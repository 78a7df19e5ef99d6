//! What was called: the service, the operation, the account and the region, and as whom.
//! Knows how a signature says so, and the names of all that can be called. Must not know what is answered.

use crate::demo::{ec2, organizations, service, sts};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Service {
    Ssm,
    Sts,
    Organizations,
    Ec2,
    Other,
}

/// What was called, where, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::demo) struct ApiCall {
    pub(in crate::demo) service: Service,
    /// Empty when the service has no such operation.
    pub(in crate::demo) operation: &'static str,
    pub(in crate::demo) account: String,
    pub(in crate::demo) region: String,
}

/// Something that can be called, in IAM's spelling, such as `ssm:GetInventory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    service: Service,
    operation: &'static str,
}

impl Service {
    const ALL: [Self; 4] = [Self::Ssm, Self::Sts, Self::Organizations, Self::Ec2];

    pub(super) fn of(name: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|s| s.name() == name).unwrap_or(Self::Other)
    }

    pub(in crate::demo) fn name(self) -> &'static str {
        match self {
            Self::Ssm => "ssm",
            Self::Sts => "sts",
            Self::Organizations => "organizations",
            Self::Ec2 => "ec2",
            Self::Other => "",
        }
    }

    pub(super) fn operations(self) -> &'static [&'static str] {
        match self {
            Self::Ssm => &service::OPERATIONS,
            Self::Sts => &sts::OPERATIONS,
            Self::Organizations => &organizations::OPERATIONS,
            Self::Ec2 => &ec2::OPERATIONS,
            Self::Other => &[],
        }
    }
}

impl Action {
    /// The action of that name; case does not matter.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|action| action.to_string().eq_ignore_ascii_case(name))
    }

    /// Everything that can be called.
    pub fn all() -> impl Iterator<Item = Self> {
        Service::ALL.into_iter().flat_map(|service| {
            let operations = service.operations().iter();
            operations.map(move |operation| Self { service, operation })
        })
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.service.name(), self.operation)
    }
}

impl ApiCall {
    /// The caller, as AWS names it.
    pub(in crate::demo) fn caller(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/demo/me", self.account)
    }

    pub(in crate::demo) fn is_action(&self, action: Action) -> bool {
        (self.service, self.operation) == (action.service, action.operation)
    }
}

/// The key, region and service of `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
pub(super) fn parse_credential_scope(authorization: &str) -> Option<(&str, &str, &str)> {
    let (_, rest) = authorization.split_once("Credential=")?;
    let scope = rest.split([',', ' ']).next()?;
    let mut parts = scope.split('/');
    let (key, _date) = (parts.next()?, parts.next()?);
    let (region, service) = (parts.next()?, parts.next()?);
    (parts.next() == Some("aws4_request")).then_some((key, region, service))
}
