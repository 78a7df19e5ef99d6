//! Machines: names, platform, agent, address and tags, from `facts.csv`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::demo::catalogue::{Family, Os};
use crate::demo::{NOW_SECONDS, hash};

/// The newest version of the agent.
pub(super) const LATEST_AGENT: &str = "3.3.3598.0";

pub(super) const AGENT: &str = "amazon-ssm-agent";
pub(super) const HYBRID_ROLE: &str = "demo-hybrid-nodes";
pub(super) const INVENTORY_TYPE: &str = "AWS:InstanceInformation";

/// A node of Systems Manager, or an unmanaged EC2 instance.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub id: String,
    pub os: Os,
    /// The EC2 tag `Name`, or the name of the registration of a hybrid node. Untrusted text.
    pub name: String,
    pub computer_name: String,
    pub ip: String,
    pub state: MachineState,
    /// `None`: not managed by Systems Manager.
    pub agent: Option<Agent>,
    pub env: String,
    pub team: String,
    pub group: String,
}

/// The agent, as of its last ping.
#[derive(Debug, Clone)]
pub(super) struct Agent {
    pub version: Cow<'static, str>,
    pub ping: PingStatus,
    /// Epoch seconds of the last ping.
    pub last_ping: u32,
    pub association_status: Cow<'static, str>,
}

/// The state in EC2; hybrid nodes count as running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MachineState {
    Running,
    Stopped,
    Terminated,
}

impl MachineState {
    /// EC2's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Terminated => "terminated",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum PingStatus {
    Online,
    ConnectionLost,
    Inactive,
}

impl PingStatus {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::ConnectionLost => "ConnectionLost",
            Self::Inactive => "Inactive",
        }
    }
}

impl Machine {
    /// Whether it is outside EC2, registered with an activation.
    pub(super) fn is_hybrid(&self) -> bool {
        self.id.starts_with("mi-")
    }

    /// The tags; only EC2 instances have a tag `Name`.
    pub(super) fn tags(&self) -> Vec<(&'static str, &str)> {
        let name = if self.is_hybrid() { "" } else { &self.name };
        [
            ("Name", name),
            ("Env", &self.env),
            ("Team", &self.team),
            ("Patch Group", &self.group),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }
}

/// The activation of all hybrid nodes.
pub(super) fn activation() -> String {
    hash::uuid(hash::text("activation"))
}

pub(super) fn platform_type(os: Os) -> &'static str {
    match os.family() {
        Family::Windows => "Windows",
        Family::MacOs => "MacOS",
        _ => "Linux",
    }
}

/// EC2's instance type.
pub(super) fn instance_type(os: Os) -> &'static str {
    if os.family() == Family::MacOs {
        "mac2.metal"
    } else {
        "m7i.large"
    }
}

pub(super) fn resource_type(facts: &Machine) -> &'static str {
    if facts.is_hybrid() {
        "ManagedInstance"
    } else {
        "EC2Instance"
    }
}

/// The status of a machine in the inventory.
pub(super) fn status(facts: &Machine) -> &'static str {
    match (facts.state, facts.agent.as_ref().map(|agent| agent.ping)) {
        (MachineState::Terminated, _) => "Terminated",
        (MachineState::Stopped, _) => "Stopped",
        (MachineState::Running, Some(PingStatus::Online)) => "Active",
        (MachineState::Running, _) => "ConnectionLost",
    }
}

/// A line of `facts.csv`.
#[derive(Deserialize)]
struct MachineLine {
    account: String,
    region: String,
    id: String,
    os: Os,
    name: String,
    computer: String,
    ip: String,
    state: MachineState,
    ping: Option<PingStatus>,
    /// Minutes since the last ping.
    seen: Option<u32>,
    agent: String,
    association: String,
    env: String,
    team: String,
}

/// The machines of a region of the sample world: the nodes in order, then unmanaged ones.
pub(super) fn machines(account: &str, region: &str) -> Vec<Machine> {
    csv::Reader::from_reader(include_bytes!("facts.csv").as_slice())
        .deserialize()
        .map(|line| line.expect("facts.csv is part of the program and read by its tests"))
        .filter(|line: &MachineLine| line.account == account && line.region == region)
        .map(Machine::from)
        .collect()
}

impl From<MachineLine> for Machine {
    fn from(line: MachineLine) -> Self {
        let agent = line.ping.zip(line.seen).map(|(ping, minutes)| Agent {
            version: Cow::Owned(line.agent),
            ping,
            last_ping: NOW_SECONDS - minutes * 60,
            association_status: Cow::Owned(line.association),
        });
        Self {
            id: line.id,
            os: line.os,
            name: unmask(&line.name),
            computer_name: line.computer,
            ip: line.ip,
            state: line.state,
            agent,
            env: line.env,
            team: line.team,
            group: String::new(),
        }
    }
}

/// Replaces the visible stand-ins of the file by the control characters they represent.
fn unmask(name: &str) -> String {
    const MASKS: [(char, char); 4] = [
        ('␛', '\u{1b}'),
        ('␇', '\u{7}'),
        ('␘', '\u{9b}'),
        ('↔', '\u{202e}'),
    ];
    name.chars()
        .map(|c| {
            let mask = MASKS.iter().find(|(mask, _)| *mask == c);
            mask.map_or(c, |(_, meant)| *meant)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Machine, MachineState, machines};
    use crate::demo::sample::nodes;
    use crate::demo::{ACCOUNT, REGION};

    fn default_region() -> Vec<Machine> {
        machines(ACCOUNT, REGION)
    }

    #[test]
    fn every_node_has_a_machine_in_the_same_order() {
        for (account, region) in [
            (ACCOUNT, REGION),
            (ACCOUNT, "us-east-1"),
            (ACCOUNT, "eu-central-1"),
            ("444455556666", REGION),
            ("444455556666", "us-east-1"),
            ("123456789012", "us-east-1"),
        ] {
            let (nodes, facts) = (nodes(account, region), machines(account, region));
            assert!(!nodes.is_empty() && facts.len() >= nodes.len());
            for (node, facts) in nodes.iter().zip(&facts) {
                assert_eq!((node.id(), node.os()), (&*facts.id, facts.os));
                assert!(facts.agent.is_some() && facts.state != MachineState::Terminated);
            }
        }
    }

    #[test]
    fn the_default_region_has_machines_of_every_state() {
        let nodes = nodes(ACCOUNT, REGION);
        let record = |id: &str| nodes.iter().find(|node| node.id() == id)?.record();
        let facts = default_region();
        let of = |state, managed| {
            let fits = move |f: &&Machine| f.state == state && f.agent.is_some() == managed;
            facts.iter().filter(fits).collect::<Vec<_>>()
        };
        let stopped = of(MachineState::Stopped, true);
        assert_eq!(stopped.len(), 4);
        assert!(stopped.iter().all(|f| !f.is_hybrid()));
        let missing = |f: &&Machine| record(&f.id).and_then(|r| r.missing_count) > Some(0);
        assert!(stopped.iter().any(missing));
        assert!(stopped.iter().any(|f| record(&f.id).is_none()));
        assert_eq!(of(MachineState::Stopped, false).len(), 1);
        assert_eq!(of(MachineState::Running, false).len(), 1);
        assert_eq!(of(MachineState::Terminated, true).len(), 2);
        let running = of(MachineState::Running, true);
        assert!(running.iter().any(|f| record(&f.id).is_none()));
    }

    #[test]
    fn some_names_hold_formulas_and_control_characters() {
        let names: Vec<String> = default_region()
            .into_iter()
            .map(|facts| facts.name)
            .collect();
        assert!(names.iter().any(|name| name.starts_with('=')));
        assert!(names.iter().any(|name| name.contains('\u{1b}')));
        assert!(names.iter().any(|name| name.contains('\u{202e}')));
    }

    #[test]
    fn no_two_machines_of_a_region_share_an_id_or_an_address() {
        let facts = default_region();
        let ids: BTreeSet<_> = facts.iter().map(|f| &f.id).collect();
        let ips: BTreeSet<_> = facts.iter().map(|f| &f.ip).collect();
        assert_eq!((ids.len(), ips.len()), (facts.len(), facts.len()));
    }
}
