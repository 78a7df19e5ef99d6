//! A call, as its signature identifies it: service, operation, account and region; and the names of all operations.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Ssm,
    Sts,
    Organizations,
    Ec2,
    Other,
}

/// The operation, the account and the region of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiCall {
    pub(super) service: Service,
    /// Empty if the service has no such operation.
    pub(super) operation: &'static str,
    pub(super) account: String,
    pub(super) region: String,
}

/// An action in IAM's spelling, such as `ssm:GetInventory`.
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

    pub(super) fn name(self) -> &'static str {
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
            Self::Ssm => &[
                "DescribeAvailablePatches",
                "DescribeInstanceInformation",
                "DescribeInstancePatches",
                "DescribeInstancePatchStates",
                "DescribeInstancePatchStatesForPatchGroup",
                "DescribeInstanceProperties",
                "DescribePatchBaselines",
                "DescribePatchGroups",
                "GetInventory",
                "GetPatchBaseline",
                "ListComplianceItems",
                "ListTagsForResource",
            ],
            Self::Sts => &["AssumeRole", "GetCallerIdentity"],
            Self::Organizations => &[
                "ListAccounts",
                "ListAccountsForParent",
                "ListOrganizationalUnitsForParent",
                "ListRoots",
            ],
            Self::Ec2 => &["DescribeInstances", "DescribeRegions"],
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

    /// All actions.
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
    /// The ARN of the caller.
    pub(super) fn caller(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/demo/me", self.account)
    }

    pub(super) fn is_action(&self, action: Action) -> bool {
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
