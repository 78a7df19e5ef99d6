//! A small world of accounts and regions inside the process, for looking around without an account, for the tests and
//! for the benches. Knows how the services answer, awkward habits included, and what time it always is there.
//! Must not know who asks: no AWS crate, no command line, no printing, no clock but [`NOW`].

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

/// What time it always is in the demo: 2026-11-20T12:00:00Z. Every time it answers lies before it. A server for clients with
/// clocks of their own moves it: see [`world::World::at`].
pub const NOW: jiff::Timestamp = jiff::Timestamp::constant(1_795_176_000, 0);

/// The region where the demo's nodes are unless something else is said.
pub const REGION: &str = "eu-west-1";

/// The account the demo's callers are in.
pub const ACCOUNT: &str = "111122223333";

/// [`NOW`] the way the service writes times: epoch seconds.
const NOW_SECONDS: u32 = 1_795_176_000;

#[cfg(test)]
mod tests {
    use super::{NOW, NOW_SECONDS};

    #[test]
    fn it_is_always_noon_on_the_twentieth_of_november() {
        assert_eq!(NOW.to_string(), "2026-11-20T12:00:00Z");
        assert_eq!(NOW.as_second(), i64::from(NOW_SECONDS));
    }
}
