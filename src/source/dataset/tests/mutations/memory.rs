//! How much memory this process takes at most.

use std::fs;

/// Makes the peak what is in use; the bytes of that, if the system tells it.
pub(super) fn reset_peak() -> Option<u64> {
    // proc(5).
    fs::write("/proc/self/clear_refs", "5").ok()?;
    status("VmRSS:")
}

/// The most bytes in use since then.
pub(super) fn peak() -> Option<u64> {
    status("VmHWM:")
}

fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes = line.trim().strip_suffix(" kB")?;
    kilobytes.parse().ok().map(|kilobytes: u64| kilobytes << 10)
}

/// Limits the address space of this process.
pub(super) fn limit_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};

        // A process of mutations that wants more is aborted.
        const ADDRESS_SPACE: u64 = 4 << 30;
        let limit = Rlimit {
            current: Some(ADDRESS_SPACE),
            maximum: Some(ADDRESS_SPACE),
        };
        setrlimit(Resource::As, limit).unwrap();
    }
}
