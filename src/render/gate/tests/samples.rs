//! The reports that the formats are tried with: one that is nasty for each, one
//! that is held, one that nobody can tell, one that is waived, and a long one.

use crate::compliance::severity::Severity;
use crate::duration::MaxAge;
use crate::gate::{Configured, Waived};
use crate::record::{Node, Place, Scope};
use crate::render::gate::*;
use crate::report::Verdicts;

const NASTY: &str = "<b>]]> & \"quoted\" 'too' \u{1b}[31m\u{202e}gpj\u{0}\u{fffe}\r\n::error::pwned ##[error]pwned %0A 100% {0} [here](https://example.com) 💥 ";

fn node(id: &str, region: &str, account: Option<&str>) -> Subject {
    let place = Place {
        region: region.into(),
        account: account.map(Into::into),
    };
    Subject::Node(Node::asked(id, &place.into()))
}

fn patch(kb: &str, title: &str, severity: Severity, cves: &[&str]) -> Patched {
    Patched {
        kb_id: Some(kb.into()),
        title: Some(title.into()),
        state: "Missing".into(),
        severity,
        cves: cves.iter().map(|&cve| cve.into()).collect(),
    }
}

fn finding(subject: impl Into<Option<Subject>>, held: Held, detail: &str) -> Finding {
    let subject = subject.into();
    Finding {
        remedy: match subject.as_ref().and_then(Subject::id) {
            Some(id) => format!("patchctl patches {id} --state Missing"),
            None => String::new(),
        },
        subject,
        held,
        detail: detail.to_owned(),
        patches: Vec::new(),
    }
}

fn rule(rule: &str, about: &str, held: Held, findings: Vec<Finding>) -> Ruled {
    Ruled {
        rule: rule.to_owned(),
        about: about.to_owned(),
        held,
        findings,
    }
}

fn report(held: Held, rules: Vec<Ruled>) -> Report {
    Report {
        held,
        rules,
        waived: Vec::new(),
        remarks: Vec::new(),
        nodes: Counts {
            asked: 40,
            answered: 37,
            no_data: 1,
            unread: 2,
            unread_scopes: 1,
            verdicts: Verdicts {
                compliant: 28,
                non_compliant: 7,
                stale: 2,
            },
        },
        max_age: MaxAge::default(),
        configured: Vec::new(),
    }
}

fn missing(findings: Vec<Finding>, held: Held) -> Ruled {
    let about = "No node lacks a patch that is critical.";
    rule("missing>=critical", about, held, findings)
}

/// Everything that breaks: two nodes of two accounts, a place, the fleet, text
/// that is out to get every format, waivers, and remarks.
pub fn nasty() -> Report {
    let mut first = finding(
        node("i-0a1b2c3d4e5f60718", "eu-west-1", Some("111122223333")),
        Held::Broken,
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
        Patched {
            kb_id: None,
            title: None,
            state: "Failed".into(),
            severity: Severity::Unrated,
            cves: Vec::new(),
        },
    ];
    let mut second = finding(
        node("mi-0d8b1f5c3a7e96240", "us-east-1", None),
        Held::Broken,
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
        Held::CannotSay,
        "its patches could not be read: AccessDeniedException",
    );
    let place = finding(
        Some(Subject::Scope(Scope {
            region: Some("ap-south-1".into()),
            account: Some("444455556666".into()),
            profile: Some("prod, blue".into()),
        })),
        Held::CannotSay,
        "nothing could be read: Timeout",
    );
    let fleet = finding(
        None::<Subject>,
        Held::Broken,
        "92.5% are compliant, not 95%",
    );
    let mut report = report(
        Held::Broken,
        vec![
            missing(vec![first, second.clone(), unread], Held::Broken),
            rule(
                "unread",
                "Every node could be read.",
                Held::CannotSay,
                vec![place],
            ),
            rule("compliant>=95%", NASTY, Held::Broken, vec![fleet]),
            rule(
                "reboot-pending",
                "No node waits for a restart.",
                Held::Held,
                Vec::new(),
            ),
        ],
    );
    report.waived = vec![Waived {
        rule: "missing>=critical".to_owned(),
        subject: second.subject,
        detail: "1 missing".to_owned(),
        patches: vec![patch("KB5000001", NASTY, Severity::Low, &["CVE-2026-3"])],
        waiver: "waivers.toml:12".to_owned(),
        reason: format!("vendor says no: {NASTY}"),
        owner: Some("team-web".to_owned()),
        expires: "2026-12-31".to_owned(),
    }];
    report.configured = vec![
        Configured {
            key: "fail-on".to_owned(),
            from: "/repo/patchctl.toml:3".to_owned(),
        },
        Configured {
            key: "waivers".to_owned(),
            from: format!("/{NASTY}/patchctl.toml:4"),
        },
    ];
    report.remarks = vec![
        "waivers.toml:3 expired on 2026-10-01: it waives nothing".to_owned(),
        format!("waivers.toml:9 matches nothing: {NASTY}"),
    ];
    report
}

pub fn held() -> Report {
    let mut report = report(Held::Held, vec![missing(Vec::new(), Held::Held)]);
    report.nodes.unread = 0;
    report.nodes.unread_scopes = 0;
    report.nodes.asked = 38;
    report
}

pub fn cannot_say() -> Report {
    let unread = finding(
        node("i-0ffffffffffffffff", "eu-west-1", None),
        Held::CannotSay,
        "its patches could not be read",
    );
    let bare = rule(
        "baseline-drift",
        "All were scanned with one baseline.",
        Held::CannotSay,
        Vec::new(),
    );
    report(
        Held::CannotSay,
        vec![missing(vec![unread], Held::CannotSay), bare],
    )
}

/// Held by its waivers alone.
pub fn waived() -> Report {
    let mut report = nasty();
    report.held = Held::Held;
    report.rules = vec![missing(Vec::new(), Held::Held)];
    report.remarks.clear();
    report
}

/// More nodes, rules and patches than anybody wants to read.
pub fn many() -> Report {
    let broken = (0..332).map(|n| {
        let mut finding = finding(
            node(&format!("i-{n:017x}"), "eu-west-1", Some("111122223333")),
            if n % 40 == 39 {
                Held::CannotSay
            } else {
                Held::Broken
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
    let mut rules = vec![missing(broken.collect(), Held::Broken)];
    for n in 0..14 {
        let id = format!("i-{n:017x}");
        let found = finding(
            node(&id, "eu-west-1", Some("111122223333")),
            Held::Broken,
            "stale",
        );
        rules.push(rule(
            &format!("age<{n}d"),
            "Scans are young.",
            Held::Broken,
            vec![found],
        ));
    }
    report(Held::Broken, rules)
}

pub fn samples() -> [(&'static str, Report); 5] {
    [
        ("broken", nasty()),
        ("held", held()),
        ("cannot-say", cannot_say()),
        ("waived", waived()),
        ("many", many()),
    ]
}
