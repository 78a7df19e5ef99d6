//! `DescribeInstanceInformation`, `DescribeInstanceProperties` and `GetInventory`.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;

use crate::demo::error::ServiceError;
use crate::demo::fleet::Fleet;
use crate::demo::machine::{
    AGENT, Agent, HYBRID_ROLE, INVENTORY_TYPE, LATEST_AGENT, Machine, MachineState, PingStatus,
    activation, instance_type, platform_type, resource_type, status,
};
use crate::demo::pages::{NextToken, PageCursor, collect_page, list_body, parse_token};
use crate::demo::request::nodes::{InformationRequest, InventoryRequest};

/// Registration of the hybrid nodes: 2025-03-03T09:00:00Z.
const REGISTERED: f64 = 1_740_992_400.0;

const AZURE_VM: &str = "3f6c1b52-8d0e-4a7b-9c15-2e7a4d90b861";

/// A node in a response of `DescribeInstanceInformation`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NodeInformation<'a> {
    instance_id: &'a str,
    ping_status: PingStatus,
    last_ping_date_time: f64,
    agent_version: &'a str,
    is_latest_version: bool,
    platform_type: &'a str,
    platform_name: &'a str,
    platform_version: &'a str,
    #[serde(flatten)]
    hybrid: Option<HybridInformation<'a>>,
    resource_type: &'a str,
    #[serde(rename = "IPAddress")]
    ip_address: &'a str,
    computer_name: &'a str,
    association_status: &'a str,
    source_id: &'a str,
    source_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_location: Option<&'a str>,
}

/// Fields of hybrid nodes.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct HybridInformation<'a> {
    activation_id: String,
    iam_role: &'a str,
    registration_date: f64,
    name: &'a str,
}

impl<'a> NodeInformation<'a> {
    fn of(facts: &'a Machine, agent: &'a Agent) -> Self {
        let (platform_name, platform_version) = facts.os.platform();
        Self {
            instance_id: &facts.id,
            ping_status: agent.ping,
            last_ping_date_time: f64::from(agent.last_ping),
            agent_version: &agent.version,
            is_latest_version: agent.version == LATEST_AGENT,
            platform_type: platform_type(facts.os),
            platform_name,
            platform_version,
            hybrid: facts.is_hybrid().then(|| HybridInformation {
                activation_id: activation(),
                iam_role: HYBRID_ROLE,
                registration_date: REGISTERED,
                name: &facts.name,
            }),
            resource_type: resource_type(facts),
            ip_address: &facts.ip,
            computer_name: &facts.computer_name,
            association_status: &agent.association_status,
            source_id: if is_azure(facts) { AZURE_VM } else { &facts.id },
            source_type: match () {
                () if is_azure(facts) => "Microsoft.Compute/virtualMachines",
                () if facts.is_hybrid() => "AWS::SSM::ManagedInstance",
                () => "AWS::EC2::Instance",
            },
            source_location: is_azure(facts).then_some("westeurope"),
        }
    }
}

/// The hybrid node that is an Azure VM.
fn is_azure(facts: &Machine) -> bool {
    facts.id == "mi-0b5f8d2a7c9e14360"
}

/// A node in a response of `DescribeInstanceProperties`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NodeProperties<'a> {
    #[serde(flatten)]
    information: NodeInformation<'a>,
    #[serde(flatten)]
    instance: Option<InstanceDetails<'a>>,
}

/// What EC2 knows of a node.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InstanceDetails<'a> {
    name: &'a str,
    instance_state: &'a str,
    instance_type: &'a str,
}

/// `DescribeInstanceProperties`, which includes stopped machines. No public response of the service was seen: the fields
/// are those of its model.
pub(super) fn properties(fleet: &Fleet, body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked = InformationRequest::read(body, 1_000, |id| fleet.find_machine(id).is_some())?;
    let mark = parse_token(&asked.page)?;
    let (found, next) = collect_page(mark, fleet.machine_count(), asked.page.max, |nth| {
        Some(fleet.machine(nth)).filter(|facts| {
            facts.agent.is_some() && facts.state != MachineState::Terminated && asked.passes(facts)
        })
    });
    let nodes = found.iter().filter_map(|facts| {
        Some(NodeProperties {
            information: NodeInformation::of(facts, facts.agent.as_ref()?),
            instance: (!facts.is_hybrid()).then(|| InstanceDetails {
                name: &facts.name,
                instance_state: facts.state.as_str(),
                instance_type: instance_type(facts.os),
            }),
        })
    });
    let nodes: Vec<NodeProperties> = nodes.collect();
    Ok(list_body("InstanceProperties", &nodes, next, &asked.page))
}

/// `DescribeInstanceInformation`. Like the service, it omits stopped and terminated machines.
pub(super) fn information(fleet: &Fleet, body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked = InformationRequest::read(body, 50, |id| fleet.find_machine(id).is_some())?;
    let mark = parse_token(&asked.page)?;
    let is_listed = |facts: &Machine| {
        facts.agent.is_some() && facts.state == MachineState::Running && asked.passes(facts)
    };
    let named = asked.ids().map(|ids| {
        let mut places: Vec<usize> = ids.iter().filter_map(|id| fleet.find_machine(id)).collect();
        places.sort_unstable();
        places.dedup();
        places
    });
    let at = |nth: usize| named.as_ref().map_or(nth, |places| places[nth]);
    let total = named.as_ref().map_or(fleet.machine_count(), Vec::len);
    // A platform filter first gets an empty page with a token, as the service sometimes does.
    let (found, next) =
        if fleet.has_page_quirks() && asked.has_platform_filter() && !mark.is_quirk_done {
            let start = mark.start;
            (
                vec![],
                NextToken::Cursor(PageCursor {
                    start,
                    is_quirk_done: true,
                }),
            )
        } else {
            collect_page(mark, total, asked.page.max, |nth| {
                Some(fleet.machine(at(nth))).filter(|facts| is_listed(facts))
            })
        };
    let nodes: Vec<NodeInformation> = found
        .iter()
        .filter_map(|facts| Some(NodeInformation::of(facts, facts.agent.as_ref()?)))
        .collect();
    Ok(list_body(
        "InstanceInformationList",
        &nodes,
        next,
        &asked.page,
    ))
}

/// A machine in a response of `GetInventory`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InventoryEntity<'a> {
    data: InventoryData<'a>,
    id: &'a str,
}

#[derive(Serialize)]
struct InventoryData<'a> {
    #[serde(rename = "AWS:InstanceInformation")]
    information: InventoryItem<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InventoryItem<'a> {
    type_name: &'a str,
    schema_version: &'a str,
    capture_time: String,
    content: [InventoryContent<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InventoryContent<'a> {
    agent_type: &'a str,
    agent_version: &'a str,
    computer_name: &'a str,
    instance_id: &'a str,
    instance_status: &'a str,
    ip_address: &'a str,
    platform_name: &'a str,
    platform_type: &'a str,
    platform_version: &'a str,
    resource_type: &'a str,
}

impl<'a> InventoryEntity<'a> {
    fn of(facts: &'a Machine, agent: &'a Agent) -> Self {
        let (platform_name, platform_version) = facts.os.platform();
        let captured = Timestamp::from_second(i64::from(agent.last_ping)).unwrap_or_default();
        let content = InventoryContent {
            agent_type: AGENT,
            agent_version: &agent.version,
            computer_name: &facts.computer_name,
            instance_id: &facts.id,
            instance_status: status(facts),
            ip_address: &facts.ip,
            platform_name,
            platform_type: platform_type(facts.os),
            platform_version,
            resource_type: resource_type(facts),
        };
        Self {
            data: InventoryData {
                information: InventoryItem {
                    type_name: INVENTORY_TYPE,
                    schema_version: "1.0",
                    capture_time: captured.to_string(),
                    content: [content],
                },
            },
            id: &facts.id,
        }
    }
}

/// `GetInventory`, which includes stopped and terminated machines.
pub(super) fn inventory(fleet: &Fleet, body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked = InventoryRequest::read(body)?;
    let mark = parse_token(&asked.page)?;
    let (found, next) = collect_page(mark, fleet.machine_count(), asked.page.max, |nth| {
        Some(fleet.machine(nth)).filter(|facts| facts.agent.is_some() && asked.passes(facts))
    });
    let entities: Vec<InventoryEntity> = found
        .iter()
        .filter_map(|facts| Some(InventoryEntity::of(facts, facts.agent.as_ref()?)))
        .collect();
    Ok(list_body("Entities", &entities, next, &asked.page))
}
