//! The demo: accounts, regions and the AWS services that patchctl calls, inside the process.
//!
//! Used by `--demo`, `demo serve`, tests and benches. It uses no AWS crate and no other part of this crate, and reads no
//! clock but [`NOW`].

pub mod fleet;
pub mod server;
pub mod service;
pub mod world;

mod account;
mod available;
mod baseline_catalogue;
mod baselines;
mod call;
mod catalogue;
mod compliance;
mod ec2;
mod error;
mod generate;
mod groups;
mod hash;
mod machine;
mod mutate;
mod nodes;
mod organizations;
mod pages;
mod query;
mod regions;
mod request;
mod sample;
mod sts;
mod tags;
mod wire;

/// The fixed time of the demo: 2026-11-20T12:00:00Z, after every time in its responses. A server for clients that have a
/// clock shifts it: see [`world::World::with_now`].
pub const NOW: jiff::Timestamp = jiff::Timestamp::constant(1_795_176_000, 0);

/// The default region.
pub const REGION: &str = "eu-west-1";

/// The account of the caller.
pub const ACCOUNT: &str = "111122223333";

/// [`NOW`] in epoch seconds, as the service writes times.
const NOW_SECONDS: u32 = 1_795_176_000;

#[cfg(test)]
mod tests {
    use super::{NOW, NOW_SECONDS};

    #[test]
    fn now_is_noon_on_the_twentieth_of_november() {
        assert_eq!(NOW.to_string(), "2026-11-20T12:00:00Z");
        assert_eq!(NOW.as_second(), i64::from(NOW_SECONDS));
    }
}
