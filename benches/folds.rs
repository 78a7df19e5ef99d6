//! What summing up costs: rows are made up a page at a time, as the source hands them over, and put into the folds of
//! `summary` and `patches --by`; the same rows are written as CSV for whoever else sums them up, and read back from it.
//! Knows public interfaces only. Must not judge: folds.py holds the figures against DuckDB's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use patchctl::aggregate::pivot::{self, Pivot};
use patchctl::aggregate::summary::{self, Summary};
use patchctl::compliance::verdict::VerdictOptions;
use patchctl::demo;
use patchctl::duration::MaxAge;
use patchctl::record::{AccountRegion, Cves, Node, NodeState, Outcome, Patch, PatchState};
use patchctl::report::StateRow;
use serde_json::{Value, json};

/// Rows of one node, and of one page.
const OF_NODE: u64 = 1_000;
const PAGE: u64 = 50;
const KBS: u64 = 997;
const PATCH_GROUPS: u64 = 199;
const SEVERITIES: [&str; 5] = ["Critical", "Important", "Moderate", "Low", ""];

/// `pivot N`, `summary N`: folds so many rows. `pivot-csv FILE`: those of a file. `write-patches N FILE`,
/// `write-states N FILE`: writes the rows that the others fold.
pub(crate) fn run(what: &str, args: &[String]) -> Result<Value> {
    let count = || -> Result<u64> { Ok(args.first().context("how many rows?")?.parse()?) };
    let file = |at: usize| args.get(at).map(Path::new).context("which file?");
    match what {
        "pivot" => Ok(fold_patches(count()?)),
        "summary" => fold_states(count()?),
        "pivot-csv" => fold_csv(file(0)?),
        "write-patches" => write_patches(count()?, file(1)?),
        "write-states" => write_states(count()?, file(1)?),
        other => bail!("{other:?} is no fold"),
    }
}

/// A patch before it is one's own.
struct Made {
    node: u64,
    kb: u64,
    severity: &'static str,
    state: &'static PatchState,
}

/// The row of this number. Every node has each KB once or twice, in changing states.
fn made(at: u64) -> Made {
    static STATES: [PatchState; 8] = PatchState::DOCUMENTED;
    let node = at / OF_NODE;
    let kb = at % OF_NODE % KBS;
    let pick = |modulus: u64, salt: u64| usize::try_from((node * 7 + kb * salt) % modulus);
    Made {
        node,
        kb,
        severity: SEVERITIES[pick(5, 1).unwrap_or(0)],
        state: &STATES[pick(8, 3).unwrap_or(0)],
    }
}

impl Made {
    fn kb_id(&self) -> String {
        format!("KB{}", 5_000_000 + self.kb)
    }

    fn title(&self) -> String {
        format!(
            "2026-10 Cumulative Update for Windows Server 2022 for x64-based Systems ({})",
            self.kb_id()
        )
    }

    fn cves(&self) -> String {
        match self.state {
            PatchState::Missing | PatchState::Failed => {
                format!(
                    "CVE-2026-{},CVE-2026-{}",
                    10_000 + self.kb,
                    20_000 + self.kb
                )
            }
            _ => String::new(),
        }
    }
}

fn place() -> Arc<AccountRegion> {
    Arc::new(AccountRegion {
        region: demo::REGION.into(),
        account: Some(demo::ACCOUNT.into()),
        account_name: None,
    })
}

fn node_id(number: u64) -> String {
    format!("i-{number:017x}")
}

/// Folds patches, made a page at a time; only the folding is timed.
fn fold_patches(count: u64) -> Value {
    let place = place();
    let mut fold = Pivot::new(pivot::PatchGrouping::Kb);
    let mut folding = Duration::ZERO;
    let words: Vec<Arc<str>> = SEVERITIES.iter().map(|word| (*word).into()).collect();
    let class: Arc<str> = "SecurityUpdates".into();
    let mut node = Node::requested(&node_id(0), &place);
    let mut at = 0;
    while at < count {
        if at % OF_NODE == 0 {
            node = Node::requested(&node_id(at / OF_NODE), &place);
        }
        let end = (at + PAGE).min(count);
        let page: Vec<Patch> = (at..end)
            .map(|at| {
                let row = made(at);
                let word = SEVERITIES.iter().position(|word| *word == row.severity);
                Patch {
                    node: node.clone(),
                    title: Some(row.title().into()),
                    kb_id: Some(row.kb_id().into()),
                    classification: Some(class.clone()),
                    severity: word.map(|at| words[at].clone()),
                    state: row.state.clone(),
                    installed_time: None,
                    cves: Cves::new(Some(&row.cves())),
                    release_date: None,
                }
            })
            .collect();
        at = end;
        let started = Instant::now();
        fold.add_rows(&page);
        if at % OF_NODE == 0 || at == count {
            fold.finish_node(&node, true);
        }
        folding += started.elapsed();
    }
    let started = Instant::now();
    let groups = told(fold);
    folding += started.elapsed();
    figures(count, folding, &groups)
}

/// Reads patches from CSV and folds them, all of it timed.
fn fold_csv(path: &Path) -> Result<Value> {
    let started = Instant::now();
    let place = place();
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.byte_headers()?.clone();
    let column = |name: &str| header.iter().position(|known| known == name.as_bytes());
    let of = |name: &str| column(name).with_context(|| format!("no column {name}"));
    let (id, title, kb, class) = (
        of("InstanceId")?,
        of("Title")?,
        of("KBId")?,
        of("Classification")?,
    );
    let (severity, state, cves) = (of("Severity")?, of("State")?, of("CVEIds")?);
    let mut fold = Pivot::new(pivot::PatchGrouping::Kb);
    let mut record = csv::StringRecord::new();
    let mut node: Option<Node> = None;
    let mut words: Vec<Arc<str>> = Vec::new();
    let mut kept = |word: &str| {
        let known = words.iter().find(|known| ***known == *word).cloned();
        known.unwrap_or_else(|| {
            words.push(word.into());
            words[words.len() - 1].clone()
        })
    };
    let mut count = 0;
    while reader.read_record(&mut record)? {
        let text = |at: usize| record.get(at).unwrap_or_default();
        if node.as_ref().is_none_or(|node| *node.id != *text(id)) {
            if let Some(node) = &node {
                fold.finish_node(node, true);
            }
            node = Some(Node::requested(text(id), &place));
        }
        let Some(node) = &node else { continue };
        count += 1;
        fold.add_rows(&[Patch {
            node: node.clone(),
            title: Some(text(title).into()),
            kb_id: Some(text(kb).into()),
            classification: Some(kept(text(class))),
            severity: Some(kept(text(severity))),
            state: PatchState::parse(text(state)),
            installed_time: None,
            cves: Cves::new(Some(text(cves))),
            release_date: None,
        }]);
    }
    if let Some(node) = &node {
        fold.finish_node(node, true);
    }
    let groups = told(fold);
    Ok(figures(count, started.elapsed(), &groups))
}

/// What each group comes to, to be held against another's: rows, and nodes that miss it.
fn told(fold: Pivot) -> BTreeMap<String, Value> {
    fold.into_groups()
        .map(|group| {
            let id = group.id().unwrap_or_default().to_owned();
            let missing = group.nodes_in(&PatchState::Missing);
            (
                id,
                json!([group.patch_count(), missing, group.lacking_count()]),
            )
        })
        .collect()
}

/// A state before it is one's own: node, patch group, missing, failed, pending reboot, days since its scan.
fn made_state(at: u64) -> [u64; 5] {
    [
        at % PATCH_GROUPS,
        u64::from(at.is_multiple_of(3)) * (at % 11),
        u64::from(at.is_multiple_of(17)),
        u64::from(at.is_multiple_of(23)),
        at * 7 % 15,
    ]
}

fn scanned(now: Timestamp, days: u64) -> Timestamp {
    now - SignedDuration::from_hours(24 * i64::try_from(days).unwrap_or(0) + 1)
}

/// Judges and folds states; only that is timed.
fn fold_states(count: u64) -> Result<Value> {
    let place = place();
    let yardstick = VerdictOptions {
        now: demo::NOW,
        max_age: MaxAge::default(),
        wants_reasons: false,
    };
    let by: summary::NodeGrouping = "patch-group".parse().map_err(anyhow::Error::msg)?;
    let mut fold = Summary::new(by.into());
    let mut folding = Duration::ZERO;
    let mut at = 0;
    while at < count {
        let end = (at + PAGE).min(count);
        let page: Vec<(Node, NodeState)> = (at..end)
            .map(|at| {
                let [group, missing, failed, reboot, days] = made_state(at);
                let state = NodeState {
                    patch_group: Some(format!("group-{group}").into()),
                    baseline_id: Some("pb-0123456789abcdef0".into()),
                    missing: Some(missing),
                    failed: Some(failed),
                    installed_pending_reboot: Some(reboot),
                    installed_rejected: Some(0),
                    operation_end: Some(scanned(yardstick.now, days)),
                    ..NodeState::default()
                };
                (Node::requested(&node_id(at), &place), state)
            })
            .collect();
        at = end;
        let started = Instant::now();
        for (node, state) in page {
            fold.add_row(&StateRow::new(node, Outcome::Answered(state), &yardstick));
        }
        folding += started.elapsed();
    }
    let started = Instant::now();
    let groups = fold.into_groups();
    folding += started.elapsed();
    let told = groups.iter().map(|group| {
        let missing = group.missing.value();
        let sums = json!([group.nodes, group.compliant, group.stale, missing]);
        (group.key.label().into_owned(), sums)
    });
    Ok(figures(count, folding, &told.collect()))
}

fn figures(rows: u64, folding: Duration, groups: &BTreeMap<String, Value>) -> Value {
    json!({
        "seconds": folding.as_secs_f64(), "rows": rows, "peak_kib": peak(), "groups": groups,
    })
}

/// The most memory this process has had, in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn write_patches(count: u64, path: &Path) -> Result<Value> {
    let mut out = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    let header = "InstanceId,Title,KBId,Classification,Severity,State,CVEIds";
    out.write_record(header.split(','))?;
    for at in 0..count {
        let row = made(at);
        let fields: [Cow<'_, str>; 7] = [
            node_id(row.node).into(),
            row.title().into(),
            row.kb_id().into(),
            "SecurityUpdates".into(),
            row.severity.into(),
            row.state.as_str().into(),
            row.cves().into(),
        ];
        out.write_record(fields.iter().map(AsRef::as_ref))?;
    }
    out.flush()?;
    ensure!(path.exists(), "nothing was written");
    Ok(json!({"rows": count}))
}

fn write_states(count: u64, path: &Path) -> Result<Value> {
    let mut out = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    let header = "InstanceId,PatchGroup,MissingCount,FailedCount,InstalledPendingRebootCount,InstalledRejectedCount,OperationEndTime";
    out.write_record(header.split(','))?;
    for at in 0..count {
        let [group, missing, failed, reboot, days] = made_state(at);
        out.write_record([
            node_id(at),
            format!("group-{group}"),
            missing.to_string(),
            failed.to_string(),
            reboot.to_string(),
            "0".to_owned(),
            scanned(demo::NOW, days).to_string(),
        ])?;
    }
    out.flush()?;
    Ok(json!({"rows": count, "now": demo::NOW.to_string()}))
}
