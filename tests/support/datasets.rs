//! Datasets of served fleets, to be read and compared.

use std::path::Path;

use crate::support::{DEMO_NOW, DemoServer, live, run};

/// Collects the fleet that the demo serves with these flags, at the demo's time.
pub(crate) fn collect_served(folder: &Path, flags: &[&str], to: &str) {
    let served = DemoServer::start(&[flags, &DEMO_NOW].concat());
    let ran = run(live(&served.url, &["collect", "--all", "--to", to]).current_dir(folder));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
}

/// The datasets `monday` and `tuesday` of 40 nodes with 60 patches each: more of them are
/// missing on Tuesday.
pub(crate) fn collect_two_days(folder: &Path) {
    for (one_in, to) in [("4", "monday"), ("2", "tuesday")] {
        let fleet = ["--nodes", "40", "--patches", "60", "--missing-one-in"];
        collect_served(folder, &[&fleet[..], &[one_in]].concat(), to);
    }
}
