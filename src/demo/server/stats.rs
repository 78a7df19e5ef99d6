//! Counters of calls since the start or the last reset.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::demo::call::{ApiCall, Service};
use crate::demo::mutate::MutationKind;
use crate::demo::service::ResponseCounts;

/// Operations that are listed even without calls.
const ALWAYS_REPORTED: [&str; 2] = ["DescribeInstancePatchStates", "DescribeInstancePatches"];

#[derive(Default)]
pub(super) struct ServerStats {
    counts: Mutex<ServerCounts>,
    open: AtomicU64,
    most_open: AtomicU64,
}

#[derive(Default)]
struct ServerCounts {
    all: u64,
    calls: BTreeMap<&'static str, u64>,
    /// Calls to Systems Manager by account and region, and the throttled ones among them.
    by_account_region: BTreeMap<(String, String), (u64, u64)>,
    throttled: u64,
    faults: u64,
    resets: u64,
    mutated: BTreeMap<&'static str, u64>,
    rows: usize,
    records: usize,
}

impl ServerStats {
    fn counts(&self) -> MutexGuard<'_, ServerCounts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call when it arrives, and returns its number.
    pub(super) fn count_call(&self, called: &ApiCall) -> u64 {
        let name = match called.operation {
            "" => "Unknown",
            known => known,
        };
        let mut counts = self.counts();
        *counts.calls.entry(name).or_default() += 1;
        if called.service == Service::Ssm {
            counts
                .by_account_region
                .entry(account_region(called))
                .or_default()
                .0 += 1;
        }
        counts.all += 1;
        counts.all
    }

    pub(super) fn count_throttled(&self, called: &ApiCall) {
        let mut counts = self.counts();
        counts.throttled += 1;
        counts
            .by_account_region
            .entry(account_region(called))
            .or_default()
            .1 += 1;
    }

    pub(super) fn count_fault(&self) {
        self.counts().faults += 1;
    }

    /// Counts a reset connection.
    pub(super) fn count_reset(&self) {
        self.counts().resets += 1;
    }

    /// Counts a mutated response.
    pub(super) fn count_mutated(&self, kind: MutationKind) {
        *self.counts().mutated.entry(kind.name()).or_default() += 1;
    }

    pub(super) fn count_rows(&self, carried: ResponseCounts) {
        let mut counts = self.counts();
        counts.rows += carried.rows;
        counts.records += carried.records;
    }

    /// Counts a call as open until the guard is dropped.
    pub(super) fn open_call(&self) -> OpenCall<'_> {
        let open = self.open.fetch_add(1, Relaxed) + 1;
        self.most_open.fetch_max(open, Relaxed);
        OpenCall(self)
    }

    pub(super) fn to_json(&self) -> String {
        let counts = self.counts();
        let mut calls = counts.calls.clone();
        for name in ALWAYS_REPORTED {
            calls.entry(name).or_default();
        }
        let by_region: BTreeMap<String, _> = counts
            .by_account_region
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

    pub(super) fn reset(&self) {
        *self.counts() = ServerCounts::default();
        self.most_open.store(0, Relaxed);
    }
}

fn account_region(called: &ApiCall) -> (String, String) {
    (called.account.clone(), called.region.clone())
}

/// An open call.
pub(super) struct OpenCall<'a>(&'a ServerStats);

impl Drop for OpenCall<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}
