//! The reports that the formats are tried with: one that is nasty for each, one
//! that passes, one whose status is unknown, one that is waived, and a long one.

use std::sync::Arc;

use crate::compliance::severity::Severity;
use crate::duration::MaxAge;
use crate::gate::waiver::{Expiry, Waiver};
use crate::gate::{ConfiguredKey, GateCounts, WaivedFinding};
use crate::gate::{Finding, GateReport, GateStatus, PatchOperation, PatchRef, Remedy, RuleReport};
use crate::record::Subject;
use crate::record::{AccountRegion, Node, Scope};
use crate::report::VerdictCounts;

const NASTY: &str = "<b>]]> & \"quoted\" 'too' \u{1b}[31m\u{202e}gpj\u{0}\u{fffe}\r\n::error::pwned ##[error]pwned %0A 100% {0} [here](https://example.com) 💥 ";

fn node(id: &str, region: &str, account: Option<&str>) -> Subject {
    let location = AccountRegion {
        region: region.into(),
        account: account.map(Into::into),
        account_name: None,
    };
    Subject::Node(Node::requested(id, &location.into()))
}

fn patch(kb: &str, title: &str, severity: Severity, cves: &[&str]) -> PatchRef {
    PatchRef {
        kb_id: Some(kb.into()),
        title: Some(title.into()),
        state: "Missing".into(),
        severity,
        cves: cves.iter().map(|&cve| cve.into()).collect(),
    }
}

fn finding(subject: impl Into<Option<Subject>>, status: GateStatus, detail: &str) -> Finding {
    let subject = subject.into();
    Finding {
        remedy: match subject.as_ref().and_then(Subject::id) {
            Some(_) => Remedy {
                advice: "install".into(),
                operation: Some(PatchOperation::Install),
            },
            None => Remedy::default(),
        },
        subject,
        status,
        detail: detail.to_owned(),
        patches: Vec::new(),
    }
}

fn rule(rule: &str, about: &str, status: GateStatus, findings: Vec<Finding>) -> RuleReport {
    RuleReport {
        rule: rule.to_owned(),
        description: about.to_owned(),
        status,
        findings,
    }
}

fn report(status: GateStatus, rules: Vec<RuleReport>) -> GateReport {
    GateReport {
        status,
        rules,
        waived: Vec::new(),
        known: Vec::new(),
        since: None,
        remarks: Vec::new(),
        waiver_remarks: Vec::new(),
        nodes: GateCounts {
            asked: 40,
            answered: 37,
            no_data: 1,
            unread: 2,
            unmanaged: Some(0),
            listed_unmanaged: 0,
            unread_scopes: 1,
            verdicts: VerdictCounts {
                compliant: 28,
                non_compliant: 7,
                stale: 2,
            },
        },
        max_age: MaxAge::default(),
        configured: Vec::new(),
    }
}

fn missing(findings: Vec<Finding>, status: GateStatus) -> RuleReport {
    let about = "No node lacks a patch that is critical.";
    rule("missing>=critical", about, status, findings)
}

fn waiver() -> Waiver {
    Waiver {
        label: "waivers.toml:12".to_owned(),
        reason: format!("vendor says no: {NASTY}"),
        owner: Some("team-web".to_owned()),
        expires: Expiry::EndOfDay("2026-12-31".parse().unwrap()),
    }
}

/// Everything that breaks: two nodes of two accounts, a place, the fleet, text
/// that is out to get every format, waivers, and remarks.
pub(super) fn nasty() -> GateReport {
    let mut first = finding(
        node("i-0a1b2c3d4e5f60718", "eu-west-1", Some("111122223333")),
        GateStatus::Fail,
        "2 missing, last scanned 9 days ago",
    );
    let long = "2026-11 Cumulative Update for Microsoft server operating system version 21H2 for x64-based Systems (KB5088215)";
    first.patches = vec![
        patch(
            "KB5088215",
            long,
            Severity::Critical,
            &["CVE-2026-1", "CVE-2026-2"],
        ),
        patch("KB5088216", NASTY, Severity::Important, &[]),
        PatchRef {
            kb_id: None,
            title: None,
            state: "Failed".into(),
            severity: Severity::Unrated,
            cves: Vec::new(),
        },
    ];
    let mut second = finding(
        node("mi-0d8b1f5c3a7e96240", "us-east-1", None),
        GateStatus::Fail,
        &format!("1 failed: {NASTY}"),
    );
    second.patches = (1..=8)
        .map(|n| {
            patch(
                &format!("bind-libs{n}.x86_64"),
                "bind-libs.x86_64:32:9.8.2",
                Severity::Medium,
                &[],
            )
        })
        .collect();
    let unread = finding(
        node("i-0ffffffffffffffff", "us-east-1", Some("111122223333")),
        GateStatus::Unknown,
        "its patches could not be read: AccessDeniedException",
    );
    let location = finding(
        Some(Subject::Scope(Scope {
            region: Some("ap-south-1".into()),
            account: Some("444455556666".into()),
            account_name: None,
            profile: Some("prod, blue".into()),
        })),
        GateStatus::Unknown,
        "nothing could be read: Timeout",
    );
    let fleet = finding(
        None::<Subject>,
        GateStatus::Fail,
        "92.5% are compliant, not 95%",
    );
    let mut report = report(
        GateStatus::Fail,
        vec![
            missing(vec![first, second.clone(), unread], GateStatus::Fail),
            rule(
                "unread",
                "Every node could be read.",
                GateStatus::Unknown,
                vec![location],
            ),
            rule("compliant>=95%", NASTY, GateStatus::Fail, vec![fleet]),
            rule(
                "reboot-pending",
                "No node waits for a restart.",
                GateStatus::Pass,
                Vec::new(),
            ),
        ],
    );
    report.waived = vec![WaivedFinding {
        rule: "missing>=critical".to_owned(),
        subject: second.subject,
        detail: "1 missing".to_owned(),
        patches: vec![patch("KB5000001", NASTY, Severity::Low, &["CVE-2026-3"])],
        waiver: Arc::new(waiver()),
    }];
    report.configured = vec![
        ConfiguredKey {
            key: "fail-on".to_owned(),
            origin: "/repo/patchctl.toml:3".to_owned(),
        },
        ConfiguredKey {
            key: "waivers".to_owned(),
            origin: format!("/{NASTY}/patchctl.toml:4"),
        },
    ];
    report.remarks = vec![
        "waivers.toml:3 expired on 2026-10-01: it waives nothing".to_owned(),
        format!("waivers.toml:9 matches nothing: {NASTY}"),
    ];
    report
}

pub(super) fn pass() -> GateReport {
    let mut report = report(
        GateStatus::Pass,
        vec![missing(Vec::new(), GateStatus::Pass)],
    );
    report.nodes.unread = 0;
    report.nodes.unread_scopes = 0;
    report.nodes.asked = 38;
    report
}

pub(super) fn unknown() -> GateReport {
    let unread = finding(
        node("i-0ffffffffffffffff", "eu-west-1", None),
        GateStatus::Unknown,
        "its patches could not be read",
    );
    let bare = rule(
        "baseline-drift",
        "All were scanned with one baseline.",
        GateStatus::Unknown,
        Vec::new(),
    );
    report(
        GateStatus::Unknown,
        vec![missing(vec![unread], GateStatus::Unknown), bare],
    )
}

/// Passes by its waivers alone.
pub(super) fn waived() -> GateReport {
    let mut report = nasty();
    report.status = GateStatus::Pass;
    report.rules = vec![missing(Vec::new(), GateStatus::Pass)];
    report.remarks.clear();
    report
}

/// More nodes, rules and patches than a report shows.
pub(super) fn many() -> GateReport {
    let failed = (0..332).map(|n| {
        let mut finding = finding(
            node(&format!("i-{n:017x}"), "eu-west-1", Some("111122223333")),
            if n % 40 == 39 {
                GateStatus::Unknown
            } else {
                GateStatus::Fail
            },
            "1 missing, last scanned 2 days ago",
        );
        finding.patches = vec![patch(
            "KB5088215",
            "Cumulative Update",
            Severity::Critical,
            &[],
        )];
        finding
    });
    let mut rules = vec![missing(failed.collect(), GateStatus::Fail)];
    for n in 0..14 {
        let id = format!("i-{n:017x}");
        let found = finding(
            node(&id, "eu-west-1", Some("111122223333")),
            GateStatus::Fail,
            "stale",
        );
        rules.push(rule(
            &format!("age<{n}d"),
            "Scans are young.",
            GateStatus::Fail,
            vec![found],
        ));
    }
    report(GateStatus::Fail, rules)
}

pub(super) fn samples() -> [(&'static str, GateReport); 5] {
    [
        ("fail", nasty()),
        ("pass", pass()),
        ("unknown", unknown()),
        ("waived", waived()),
        ("many", many()),
    ]
}
