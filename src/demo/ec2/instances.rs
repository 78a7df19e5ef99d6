//! `DescribeInstances`, with its filters.

use crate::demo::catalogue::{Family, Os};
use crate::demo::ec2::response::{Ec2Result, matches_pattern, respond};
use crate::demo::fleet::Fleet;
use crate::demo::machine::{Machine, MachineState, instance_type};
use crate::demo::pages::{NextToken, collect_page, parse_token};
use crate::demo::query::{QueryForm, QueryXmlWriter};
use crate::demo::request::PageRequest;
use crate::demo::service::ApiResponse;

/// `DescribeInstances`; each instance has its own reservation.
pub(super) fn describe(form: &QueryForm, fleet: &Fleet, account: &str) -> Ec2Result<ApiResponse> {
    let ids = form.list("InstanceId");
    let max = match form.get("MaxResults").map(str::parse) {
        None => 1_000,
        Some(_) if !ids.is_empty() => {
            let cause = "The parameter instancesSet cannot be used with the parameter maxResults";
            return Err((400, "InvalidParameterCombination", cause.to_owned()));
        }
        Some(Ok(max @ 5..=1_000)) => max,
        Some(max) => {
            let max = max.map_or("that".to_owned(), |max| max.to_string());
            let cause = format!(
                "Value ( {max} ) for parameter maxResults is invalid. Expecting a value from 5 to 1000."
            );
            return Err((400, "InvalidParameterValue", cause));
        }
    };
    let filters = read_filters(form)?;
    let named = indices_of_ids(&ids, fleet)?;
    let token = form.get("NextToken").map(str::to_owned);
    let page = PageRequest::new(max, token, &format!("{filters:?}"));
    let mark = parse_token(&page).map_err(|_| {
        let cause = "Unable to parse pagination token";
        (400, "InvalidParameterValue", cause.to_owned())
    })?;
    let at = |nth: usize| named.as_ref().map_or(nth, |places| places[nth]);
    let total = named.as_ref().map_or(fleet.machine_count(), Vec::len);
    let (found, next) = collect_page(mark, total, max, |nth| {
        Some(fleet.machine(at(nth))).filter(|facts| {
            is_instance(facts)
                && filters
                    .iter()
                    .all(|(key, values)| key.passes(facts, values))
        })
    });
    Ok(respond("DescribeInstances", |xml| {
        xml.element("reservationSet", |xml| {
            for facts in &found {
                xml.element("item", |xml| reservation(xml, facts, account));
            }
        });
        if let NextToken::Cursor(mark) = next {
            xml.text("nextToken", &mark.to_token(page.binding));
        }
    }))
}

/// Terminated instances are listed for about an hour; in the demo that hour is over.
fn is_instance(facts: &Machine) -> bool {
    !facts.is_hybrid() && facts.state != MachineState::Terminated
}

/// The indices of the requested instances, all of which must exist.
fn indices_of_ids(ids: &[&str], fleet: &Fleet) -> Ec2Result<Option<Vec<usize>>> {
    if ids.is_empty() {
        return Ok(None);
    }
    let place = |id: &str| {
        let place = fleet.find_machine(id)?;
        is_instance(&fleet.machine(place)).then_some(place)
    };
    let mut places: Vec<usize> = ids.iter().filter_map(|id| place(id)).collect();
    if places.len() < ids.len() {
        let unknown: Vec<&str> = ids
            .iter()
            .copied()
            .filter(|id| place(id).is_none())
            .collect();
        let (these, exist) = match unknown.len() {
            1 => ("ID", "does not exist"),
            _ => ("IDs", "do not exist"),
        };
        let cause = format!("The instance {these} '{}' {exist}", unknown.join(", "));
        return Err((400, "InvalidInstanceID.NotFound", cause));
    }
    places.sort_unstable();
    places.dedup();
    Ok(Some(places))
}

/// The key of a filter.
#[derive(Debug)]
enum InstanceFilterKey {
    InstanceId,
    State,
    Platform,
    PlatformDetails,
    PrivateIp,
    HasTag,
    Tag(String),
}

fn read_filters(form: &QueryForm) -> Ec2Result<Vec<(InstanceFilterKey, Vec<String>)>> {
    let read = |(name, values): (&str, Vec<&str>)| {
        let key = match name {
            "instance-id" => InstanceFilterKey::InstanceId,
            "instance-state-name" => InstanceFilterKey::State,
            "platform" => InstanceFilterKey::Platform,
            "platform-details" => InstanceFilterKey::PlatformDetails,
            "private-ip-address" => InstanceFilterKey::PrivateIp,
            "tag-key" => InstanceFilterKey::HasTag,
            _ => {
                let tag = name.strip_prefix("tag:").ok_or_else(|| {
                    let cause = format!("The filter '{name}' is invalid");
                    (400, "InvalidParameterValue", cause)
                })?;
                InstanceFilterKey::Tag(tag.to_owned())
            }
        };
        Ok((key, values.into_iter().map(str::to_owned).collect()))
    };
    form.filters().into_iter().map(read).collect()
}

impl InstanceFilterKey {
    fn passes(&self, facts: &Machine, values: &[String]) -> bool {
        let any = |field: &str| {
            values
                .iter()
                .any(|value| matches_pattern(value.as_bytes(), field.as_bytes()))
        };
        match self {
            Self::InstanceId => any(&facts.id),
            Self::State => any(facts.state.as_str()),
            Self::Platform => facts.os.is_windows() && any("windows"),
            Self::PlatformDetails => any(platform_details(facts.os)),
            Self::PrivateIp => any(&facts.ip),
            Self::HasTag => facts.tags().iter().any(|(key, _)| any(key)),
            Self::Tag(tag) => facts.tags().iter().any(|(key, v)| key == tag && any(v)),
        }
    }
}

fn state_code(state: MachineState) -> u8 {
    match state {
        MachineState::Running => 16,
        MachineState::Terminated => 48,
        MachineState::Stopped => 80,
    }
}

fn platform_details(os: Os) -> &'static str {
    match os.family() {
        Family::Windows => "Windows",
        Family::RedHat => "Red Hat Enterprise Linux",
        Family::Suse => "SUSE Linux",
        _ => "Linux/UNIX",
    }
}

fn reservation(xml: &mut QueryXmlWriter, facts: &Machine, account: &str) {
    let digits = facts.id.trim_start_matches("i-");
    xml.text("reservationId", &format!("r-{digits}"));
    xml.text("ownerId", account);
    xml.element("groupSet", |_| {});
    xml.element("instancesSet", |xml| {
        xml.element("item", |xml| instance(xml, facts));
    });
}

fn instance(xml: &mut QueryXmlWriter, facts: &Machine) {
    xml.text("instanceId", &facts.id);
    xml.element("instanceState", |xml| {
        xml.text("code", &state_code(facts.state).to_string());
        xml.text("name", facts.state.as_str());
    });
    let family = facts.os.family();
    xml.text("instanceType", instance_type(facts.os));
    xml.text("launchTime", "2026-02-02T08:00:00.000Z");
    xml.text("privateIpAddress", &facts.ip);
    xml.text(
        "architecture",
        if family == Family::MacOs {
            "arm64_mac"
        } else {
            "x86_64"
        },
    );
    let tags = facts.tags();
    if !tags.is_empty() {
        xml.element("tagSet", |xml| {
            for (key, value) in tags {
                xml.element("item", |xml| {
                    xml.text("key", key);
                    xml.text("value", value);
                });
            }
        });
    }
    if facts.os.is_windows() {
        xml.text("platform", "windows");
    }
    xml.text("platformDetails", platform_details(facts.os));
}
