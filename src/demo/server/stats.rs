//! What was called, how often and where, since the start or the last reset.
//! Knows counters only. Must not know what becomes of a call.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::demo::mutate::Kind;
use crate::demo::service::Carried;
use crate::demo::world::{Called, Service};

/// Those that are told even when nobody called them.
const ALWAYS: [&str; 2] = ["DescribeInstancePatchStates", "DescribeInstancePatches"];

#[derive(Default)]
pub struct Tally {
    counts: Mutex<Counts>,
    open: AtomicU64,
    most_open: AtomicU64,
}

#[derive(Default)]
struct Counts {
    all: u64,
    calls: BTreeMap<&'static str, u64>,
    /// Calls to Systems Manager by account and region, and how many of them were throttled.
    places: BTreeMap<(String, String), (u64, u64)>,
    throttled: u64,
    faults: u64,
    resets: u64,
    mutated: BTreeMap<&'static str, u64>,
    rows: usize,
    records: usize,
}

impl Tally {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call when it arrives, whatever becomes of it; says which it was.
    pub fn count(&self, called: &Called) -> u64 {
        let name = match called.operation {
            "" => "Unknown",
            known => known,
        };
        let mut counts = self.counts();
        *counts.calls.entry(name).or_default() += 1;
        if called.service == Service::Ssm {
            counts.places.entry(place(called)).or_default().0 += 1;
        }
        counts.all += 1;
        counts.all
    }

    pub fn throttled(&self, called: &Called) {
        let mut counts = self.counts();
        counts.throttled += 1;
        counts.places.entry(place(called)).or_default().1 += 1;
    }

    pub fn fault(&self) {
        self.counts().faults += 1;
    }

    /// The line was cut.
    pub fn cut(&self) {
        self.counts().resets += 1;
    }

    /// An answer was spoilt in this way.
    pub fn mutated(&self, kind: Kind) {
        *self.counts().mutated.entry(kind.name()).or_default() += 1;
    }

    pub fn carried(&self, carried: Carried) {
        let mut counts = self.counts();
        counts.rows += carried.rows;
        counts.records += carried.records;
    }

    /// Counts a call as open for as long as the answer is held.
    pub fn open(&self) -> Open<'_> {
        let open = self.open.fetch_add(1, Relaxed) + 1;
        self.most_open.fetch_max(open, Relaxed);
        Open(self)
    }

    pub fn json(&self) -> String {
        let counts = self.counts();
        let mut calls = counts.calls.clone();
        for name in ALWAYS {
            calls.entry(name).or_default();
        }
        let by_region: BTreeMap<String, _> = counts
            .places
            .iter()
            .map(|((account, region), (calls, throttled))| {
                let counted = json!({ "calls": calls, "throttled": throttled });
                (format!("{account}/{region}"), counted)
            })
            .collect();
        json!({
            "calls": calls,
            "by_region": by_region,
            "throttled": counts.throttled,
            "faults": counts.faults,
            "resets": counts.resets,
            "mutated": counts.mutated,
            "rows": counts.rows,
            "records": counts.records,
            "most_open": self.most_open.load(Relaxed),
        })
        .to_string()
    }

    pub fn reset(&self) {
        *self.counts() = Counts::default();
        self.most_open.store(0, Relaxed);
    }
}

fn place(called: &Called) -> (String, String) {
    (called.account.clone(), called.region.clone())
}

/// An open call.
pub struct Open<'a>(&'a Tally);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}
