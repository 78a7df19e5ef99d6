//! The world of the demo: accounts, the regions in each, and the four services that tell of them.
//! Knows who is asking, and where, by the signature of a request; answers to whom it concerns.
//! Must not know how a service answers, nor the network.

use jiff::Timestamp;

use crate::demo::ec2;
use crate::demo::ec2::{DEFAULT_REGIONS, OPT_IN_REGIONS};
use crate::demo::fleet::{Fleet, Shape};
use crate::demo::query::Form;
use crate::demo::request::Fault;
use crate::demo::service::{Carried, Region};
use crate::demo::{ACCOUNT, REGION, hash, organizations, sts};

use crate::demo::world::call::scope;

pub use self::call::Action;
pub use crate::demo::service::Answer;

pub(super) use self::call::{Called, Service};

mod call;

/// What the keys that `AssumeRole` hands out begin with; the account follows.
const ASSUMED: &str = "ASIADEMO";

/// A request, as far as any service looks at it: three HTTP headers, empty when absent, and the body.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// `Authorization`
    pub authorization: &'a str,
    /// `X-Amz-Target`
    pub target: &'a str,
    /// `Content-Type`
    pub content_type: &'a str,
    pub body: &'a [u8],
}

/// Accounts, their regions, and what is in them. The first account is everybody's who assumed no role.
pub struct World {
    accounts: Vec<Account>,
    /// Regions that answer in every account.
    enabled: Vec<String>,
    /// Whether a region nobody spoke of answers like the first one.
    everywhere: bool,
    /// An enabled region in which there is nothing.
    empty: Region,
}

pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) active: bool,
    pub(super) door: Door,
    pub(super) joined: f64,
    /// Those in which there is something.
    regions: Vec<(String, Region)>,
}

/// Who may assume a role in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Open,
    Shut,
    ExternalId(&'static str),
}

impl World {
    /// The world that ships with the program: five accounts, small enough to look at.
    #[must_use]
    pub fn sample() -> Self {
        let account = |id: &str, name: &str, door, regions: &[&str]| Account {
            id: id.to_owned(),
            name: name.to_owned(),
            active: true,
            door,
            joined: joined(id),
            regions: regions
                .iter()
                .map(|region| {
                    let fleet = Fleet::sample_of(id, region);
                    ((*region).to_owned(), Region::among(6, fleet, region))
                })
                .collect(),
        };
        let accounts = vec![
            account(
                ACCOUNT,
                "demo-management",
                Door::Open,
                &[REGION, "us-east-1", "eu-central-1"],
            ),
            account(
                "444455556666",
                "demo-production",
                Door::Open,
                &[REGION, "us-east-1"],
            ),
            account("777788889999", "demo-sandbox", Door::Shut, &[]),
            account(
                "123456789012",
                "demo-partner",
                Door::ExternalId("demo"),
                &["us-east-1"],
            ),
            Account {
                active: false,
                ..account("999900001111", "demo-closed", Door::Shut, &[])
            },
        ];
        Self {
            accounts,
            enabled: DEFAULT_REGIONS.map(str::to_owned).to_vec(),
            everywhere: false,
            empty: Region::new(Fleet::empty()),
        }
    }

    /// A world of fleets out of seeds, one of the same shape in each region of each account. Without regions, any
    /// region that is asked answers alike; without a number of accounts there is the one of the sample world.
    #[must_use]
    pub fn generated(shape: &Shape, regions: &[String], accounts: Option<usize>) -> Self {
        let everywhere = regions.is_empty();
        let enabled = if everywhere {
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
            // Where there is only one fleet, its seed is the one that was given.
            let seed = if id == ids[0] && region == REGION {
                shape.seed
            } else {
                hash::join(shape.seed, hash::text(&format!("{id}/{region}")))
            };
            let shape = Shape {
                seed,
                ..shape.clone()
            };
            Region::among(count, Fleet::generated(&shape), region)
        };
        let accounts = (1..)
            .zip(&ids)
            .map(|(nth, id)| Account {
                id: id.clone(),
                name: format!("demo-{nth:04}"),
                active: true,
                door: Door::Open,
                joined: joined(id),
                regions: enabled
                    .iter()
                    .map(|region| (region.clone(), fleet(id, region)))
                    .collect(),
            })
            .collect();
        Self {
            accounts,
            enabled,
            everywhere,
            empty: Region::new(Fleet::empty()),
        }
    }

    /// The same world at another time: scans, pings and installations are as long before it as they are before
    /// [`crate::demo::NOW`]; what the calendar says, such as when a patch was released, stays.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        let accounts = self.accounts.iter_mut();
        for (_, region) in accounts.flat_map(|account| &mut account.regions) {
            region.set_now(now);
        }
        self
    }

    /// Answers a request to any of the services.
    #[must_use]
    pub fn answer(&self, asked: &Asked<'_>) -> Answer {
        self.answer_counted(&self.called(asked), asked).0
    }

    /// The ids of the nodes in an account and region, always in the same order; by default, in the first of each.
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
        found.map_or(vec![], Region::node_ids)
    }

    /// Reads where a request goes, and whose it is, from its signature. One without goes to Systems Manager.
    pub(super) fn called(&self, asked: &Asked<'_>) -> Called {
        let (key, region, service) =
            scope(asked.authorization).unwrap_or(("", REGION, Service::Ssm.name()));
        let service = Service::of(service);
        let account = key
            .strip_prefix(ASSUMED)
            .and_then(|rest| rest.get(..12))
            .map_or_else(|| self.accounts[0].id.clone(), str::to_owned);
        let form;
        let operation = match service {
            Service::Ssm | Service::Organizations => {
                asked.target.rsplit('.').next().unwrap_or_default()
            }
            _ => {
                form = Form::read(asked.body);
                form.get("Action").unwrap_or_default()
            }
        };
        let mut operations = service.operations().iter();
        Called {
            service,
            operation: operations
                .find(|known| **known == operation)
                .copied()
                .unwrap_or_default(),
            account,
            region: region.to_owned(),
        }
    }

    pub(super) fn answer_counted(&self, called: &Called, asked: &Asked<'_>) -> (Answer, Carried) {
        let account = self.account(&called.account).filter(|a| a.active);
        let region = account.and_then(|account| self.region(account, &called.region));
        let answer = match (called.service, account, region) {
            (Service::Ssm, _, Some(region)) => {
                return region.answer_counted(asked.target, asked.body);
            }
            (Service::Ssm, ..) | (Service::Organizations, None, _) => {
                Fault::unknown_client().into()
            }
            (Service::Ec2, _, Some(region)) => {
                ec2::answer(called, asked.body, region.fleet(), &self.enabled)
            }
            (Service::Ec2, ..) => ec2::unknown_client(),
            (Service::Sts, None, _) => sts::unknown_client(),
            (Service::Sts, ..) => {
                let find = |id: &str| self.account(id).filter(|account| account.active);
                sts::answer(called, asked.body, find)
            }
            (Service::Organizations, ..) => {
                organizations::answer(called, asked.body, &self.accounts)
            }
            (Service::Other, ..) => Fault::unknown_operation().into(),
        };
        (answer, Carried::default())
    }

    fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    fn region<'a>(&'a self, account: &'a Account, name: &str) -> Option<&'a Region> {
        let mut regions = account.regions.iter();
        let found = regions.find(|(region, _)| region == name);
        match found.or_else(|| account.regions.first().filter(|_| self.everywhere)) {
            Some((_, region)) => Some(region),
            None if self.enabled.iter().any(|region| region == name) => Some(&self.empty),
            None => None,
        }
    }
}

/// So many regions: the demo's own first, then those that need no opting in, then the others.
///
/// # Errors
/// How many there are at most, when it is none or more than that.
pub fn some_regions(count: usize) -> Result<Vec<String>, usize> {
    let others = DEFAULT_REGIONS.into_iter().filter(|name| *name != REGION);
    let all = [REGION].into_iter().chain(others).chain(OPT_IN_REGIONS);
    let most = DEFAULT_REGIONS.len() + OPT_IN_REGIONS.len();
    if (1..=most).contains(&count) {
        Ok(all.take(count).map(str::to_owned).collect())
    } else {
        Err(most)
    }
}

/// The refusal of an action, as its service words it.
pub(super) fn denied(called: &Called, body: &[u8]) -> Answer {
    let Called {
        operation,
        account,
        region,
        ..
    } = called;
    match called.service {
        Service::Sts => {
            let form = Form::read(body);
            sts::denied(called, operation, form.get("RoleArn"))
        }
        Service::Ec2 => ec2::denied(called, operation),
        Service::Organizations => {
            Fault::access_denied("You don't have permissions to access this resource.").into()
        }
        Service::Ssm | Service::Other => {
            let resource = resource(body, account, region);
            Fault::access_denied(format!(
                "User: {} is not authorized to perform: ssm:{operation} on resource: {resource} \
                 because no identity-based policy allows the ssm:{operation} action",
                called.caller()
            ))
            .into()
        }
    }
}

/// A fault of the service's own.
pub(super) fn internal(called: &Called) -> Answer {
    match called.service {
        Service::Sts => sts::internal(),
        Service::Ec2 => ec2::internal(),
        _ => Fault::internal().into(),
    }
}

/// What a call to Systems Manager is about: the node or baseline it names, or anything.
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

/// When an account was made: some day in 2022 or later.
fn joined(id: &str) -> f64 {
    f64::from(1_640_995_200 + (hash::text(id) >> 40) as u32 % 94_000_000)
}

#[cfg(test)]
mod tests;
