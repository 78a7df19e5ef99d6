//! All accounts and regions of the demo: routes a request by its signature to a service.

use jiff::Timestamp;

use crate::demo::account::{Account, RoleAccess};
use crate::demo::call::{ApiCall, Service, parse_credential_scope};
use crate::demo::ec2;
use crate::demo::error::ServiceError;
use crate::demo::fleet::{Fleet, FleetShape};
use crate::demo::query::QueryForm;
use crate::demo::regions::DEFAULT_REGIONS;
use crate::demo::service::{RegionService, ResponseCounts};
use crate::demo::{ACCOUNT, REGION, hash, organizations, sts};

pub use crate::demo::call::Action;
pub use crate::demo::regions::first_regions;
pub use crate::demo::service::ApiResponse;

/// Prefix of the access keys of `AssumeRole`; the account follows.
const ROLE_KEY_PREFIX: &str = "ASIADEMO";

/// A request: three HTTP headers, empty if absent, and the body.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApiRequest<'a> {
    /// `Authorization`
    pub authorization: &'a str,
    /// `X-Amz-Target`
    pub target: &'a str,
    /// `Content-Type`
    pub content_type: &'a str,
    pub body: &'a [u8],
}

/// All accounts with their regions. The first account is that of callers without a role.
pub struct World {
    accounts: Vec<Account>,
    /// Regions that are enabled in every account.
    enabled: Vec<String>,
    /// Whether unlisted regions have the fleet of the first one.
    has_any_region: bool,
    /// An enabled region without nodes.
    empty_region: RegionService,
}

impl World {
    /// The sample world of five accounts.
    #[must_use]
    pub fn sample() -> Self {
        let account = |id: &str, name: &str, access, regions: &[&str]| Account {
            id: id.to_owned(),
            name: name.to_owned(),
            is_active: true,
            role_access: access,
            joined: joined(id),
            unit: organizations::unit_of(id),
            regions: regions
                .iter()
                .map(|region| {
                    let fleet = Fleet::sample_of(id, region);
                    (
                        (*region).to_owned(),
                        RegionService::with_cache_share(6, fleet, region),
                    )
                })
                .collect(),
        };
        let accounts = vec![
            account(
                ACCOUNT,
                "demo-management",
                RoleAccess::Allowed,
                &[REGION, "us-east-1", "eu-central-1"],
            ),
            account(
                "444455556666",
                "demo-production",
                RoleAccess::Allowed,
                &[REGION, "us-east-1"],
            ),
            account("777788889999", "demo-sandbox", RoleAccess::Denied, &[]),
            account(
                "123456789012",
                "demo-partner",
                RoleAccess::ExternalId("demo"),
                &["us-east-1"],
            ),
            Account {
                is_active: false,
                ..account("999900001111", "demo-closed", RoleAccess::Denied, &[])
            },
        ];
        Self {
            accounts,
            enabled: DEFAULT_REGIONS.map(str::to_owned).to_vec(),
            has_any_region: false,
            empty_region: RegionService::new(Fleet::empty()),
        }
    }

    /// A world of generated fleets, one per region and account. Without regions, every region has the same fleet;
    /// without a number of accounts, there is one account.
    #[must_use]
    pub fn generated(shape: &FleetShape, regions: &[String], accounts: Option<usize>) -> Self {
        let has_any_region = regions.is_empty();
        let enabled = if has_any_region {
            vec![REGION.to_owned()]
        } else {
            regions.to_vec()
        };
        let ids: Vec<String> = match accounts {
            None => vec![ACCOUNT.to_owned()],
            Some(count) => (1..=count.max(1))
                .map(|nth| format!("1{nth:011}"))
                .collect(),
        };
        let count = ids.len() * enabled.len();
        let fleet = |id: &str, region: &str| {
            // A single fleet has the seed itself.
            let seed = if id == ids[0] && region == REGION {
                shape.seed
            } else {
                hash::join(shape.seed, hash::text(&format!("{id}/{region}")))
            };
            let shape = FleetShape {
                seed,
                ..shape.clone()
            };
            RegionService::with_cache_share(count, Fleet::generated(&shape), region)
        };
        let accounts = (1..)
            .zip(&ids)
            .map(|(nth, id)| Account {
                id: id.clone(),
                name: format!("demo-{nth:04}"),
                is_active: true,
                role_access: RoleAccess::Allowed,
                joined: joined(id),
                unit: organizations::ROOT,
                regions: enabled
                    .iter()
                    .map(|region| (region.clone(), fleet(id, region)))
                    .collect(),
            })
            .collect();
        Self {
            accounts,
            enabled,
            has_any_region,
            empty_region: RegionService::new(Fleet::empty()),
        }
    }

    /// The same world at another time: scans, pings and installations keep their age, and release dates stay.
    #[must_use]
    pub fn with_now(mut self, now: Timestamp) -> Self {
        let accounts = self.accounts.iter_mut();
        for (_, region) in accounts.flat_map(|account| &mut account.regions) {
            region.set_now(now);
        }
        self
    }

    /// Answers a request to any of the services.
    #[must_use]
    pub fn answer(&self, asked: &ApiRequest<'_>) -> ApiResponse {
        self.answer_counted(&self.parse_call(asked), asked).0
    }

    /// The node ids of an account and region, in a stable order; by default, of the first ones.
    #[must_use]
    pub fn node_ids(&self, account: Option<&str>, region: Option<&str>) -> Vec<String> {
        let account = match account {
            Some(id) => self.account(id),
            None => self.accounts.first(),
        };
        let found = account.and_then(|account| match region {
            Some(name) => self.region(account, name),
            None => account.regions.first().map(|(_, region)| region),
        });
        found.map_or(vec![], RegionService::node_ids)
    }

    /// Parses the signature of a request. Without one, the request goes to Systems Manager.
    pub(super) fn parse_call(&self, asked: &ApiRequest<'_>) -> ApiCall {
        let (key, region, service) = parse_credential_scope(asked.authorization).unwrap_or((
            "",
            REGION,
            Service::Ssm.name(),
        ));
        let service = Service::of(service);
        let account = key
            .strip_prefix(ROLE_KEY_PREFIX)
            .and_then(|rest| rest.get(..12))
            .map_or_else(|| self.accounts[0].id.clone(), str::to_owned);
        let form;
        let operation = match service {
            Service::Ssm | Service::Organizations => {
                asked.target.rsplit('.').next().unwrap_or_default()
            }
            _ => {
                form = QueryForm::read(asked.body);
                form.get("Action").unwrap_or_default()
            }
        };
        let mut operations = service.operations().iter();
        ApiCall {
            service,
            operation: operations
                .find(|known| **known == operation)
                .copied()
                .unwrap_or_default(),
            account,
            region: region.to_owned(),
        }
    }

    pub(super) fn answer_counted(
        &self,
        called: &ApiCall,
        asked: &ApiRequest<'_>,
    ) -> (ApiResponse, ResponseCounts) {
        let account = self.account(&called.account).filter(|a| a.is_active);
        let region = account.and_then(|account| self.region(account, &called.region));
        let answer = match (called.service, account, region) {
            (Service::Ssm, _, Some(region)) => {
                return region.answer_counted(asked.target, asked.body);
            }
            (Service::Ssm, ..) | (Service::Organizations, None, _) => {
                ServiceError::unknown_client().into()
            }
            (Service::Ec2, _, Some(region)) => {
                ec2::answer(called, asked.body, region.fleet(), &self.enabled)
            }
            (Service::Ec2, ..) => ec2::unknown_client(),
            (Service::Sts, None, _) => sts::unknown_client(),
            (Service::Sts, ..) => {
                let find = |id: &str| self.account(id).filter(|account| account.is_active);
                sts::answer(called, asked.body, find)
            }
            (Service::Organizations, ..) => {
                organizations::answer(called, asked.body, &self.accounts)
            }
            (Service::Other, ..) => ServiceError::unknown_operation().into(),
        };
        (answer, ResponseCounts::default())
    }

    fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    fn region<'a>(&'a self, account: &'a Account, name: &str) -> Option<&'a RegionService> {
        let mut regions = account.regions.iter();
        let found = regions.find(|(region, _)| region == name);
        match found.or_else(|| account.regions.first().filter(|_| self.has_any_region)) {
            Some((_, region)) => Some(region),
            None if self.enabled.iter().any(|region| region == name) => Some(&self.empty_region),
            None => None,
        }
    }
}

/// The response to a denied action, in the words of its service.
pub(super) fn access_denied_response(called: &ApiCall, body: &[u8]) -> ApiResponse {
    let ApiCall {
        operation,
        account,
        region,
        ..
    } = called;
    match called.service {
        Service::Sts => {
            let form = QueryForm::read(body);
            sts::denied(called, operation, form.get("RoleArn"))
        }
        Service::Ec2 => ec2::denied(called, operation),
        Service::Organizations => {
            ServiceError::access_denied("You don't have permissions to access this resource.")
                .into()
        }
        Service::Ssm | Service::Other => {
            let resource = resource(body, account, region);
            ServiceError::access_denied(format!(
                "User: {} is not authorized to perform: ssm:{operation} on resource: {resource} \
                 because no identity-based policy allows the ssm:{operation} action",
                called.caller()
            ))
            .into()
        }
    }
}

/// An internal error of the service.
pub(super) fn internal_error_response(called: &ApiCall) -> ApiResponse {
    match called.service {
        Service::Sts => sts::internal(),
        Service::Ec2 => ec2::internal(),
        _ => ServiceError::internal().into(),
    }
}

/// The ARN of the node or baseline of a call to Systems Manager.
fn resource(body: &[u8], account: &str, region: &str) -> String {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    match body["BaselineId"].as_str() {
        Some(arn) if arn.starts_with("arn:") => return arn.to_owned(),
        Some(id) => return format!("arn:aws:ssm:{region}:{account}:patchbaseline/{id}"),
        None => {}
    }
    let node = body["InstanceId"]
        .as_str()
        .or_else(|| body["InstanceIds"][0].as_str());
    match node {
        Some(id) if id.starts_with("mi-") => {
            format!("arn:aws:ssm:{region}:{account}:managed-instance/{id}")
        }
        Some(id) => format!("arn:aws:ec2:{region}:{account}:instance/{id}"),
        None => format!("arn:aws:ssm:{region}:{account}:*"),
    }
}

/// Creation time of an account: 2022 or later.
fn joined(id: &str) -> f64 {
    f64::from(1_640_995_200 + (hash::text(id) >> 40) as u32 % 94_000_000)
}

#[cfg(test)]
mod tests;
