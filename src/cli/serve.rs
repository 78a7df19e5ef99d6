//! The flags of `demo serve`, and the words they take: actions, lists of
//! regions, and how slow a region is.
//!
//! Knows how each is written and what to say when it is not. Must not know how
//! the server does it.

use std::ffi::OsStr;
use std::ops::Range;
use std::sync::LazyLock;
use std::time::Duration;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, ArgGroup, Args, Command as Clap};
use jiff::Timestamp;

use crate::cli::value_parsers::{invalid_value_with_cmd, parse_rate, parse_region};
use crate::demo::world::{Action, first_regions};

/// The server's fleet and its manners.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("seeded").args(["nodes", "mutate_one_in"]).multiple(true))]
pub struct ServeArgs {
    /// The port on 127.0.0.1; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// The time it is for the nodes, whose scans are as long before it as in --demo, such as 2026-11-20T12:00:00Z, which is
    /// the time of --demo; without it, the time when the server starts
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<Timestamp>,
    /// Serve a generated fleet of so many nodes instead of the sample fleet
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub nodes: Option<u32>,
    /// Patches of each generated node
    #[arg(long, value_name = "N", default_value_t = 250, requires = "nodes")]
    pub patches: u32,
    /// One generated node in N has patches that are not compliant
    #[arg(long, value_name = "N", default_value_t = 3, requires = "nodes", value_parser = clap::value_parser!(u32).range(1..))]
    pub missing_one_in: u32,
    /// The seed of the generated fleet and of --mutate-one-in: the same seed gives the same fleet and the same mutations
    #[arg(long, value_name = "SEED", default_value_t = 1, requires = "seeded")]
    pub seed: u64,
    /// One generated node in N is stopped
    #[arg(long, value_name = "N", default_value_t = 20, requires = "nodes", value_parser = clap::value_parser!(u32).range(2..))]
    pub stopped_one_in: u32,
    /// One generated node in N was never scanned
    #[arg(long, value_name = "N", requires = "nodes", value_parser = clap::value_parser!(u32).range(1..))]
    pub unscanned_one_in: Option<u32>,
    /// Serve such a fleet in each of so many regions, or in those named; without it any region answers, and all alike
    // Its own id: `regions` is the global --region's, and clap keeps one value for each id.
    #[arg(id = "served_regions", long = "regions", value_name = "N|REGION,...", requires = "nodes", value_parser = parse_region_list)]
    pub regions: Option<RegionList>,
    /// Serve so many accounts, each with such fleets; the first is the caller's, and its organization lists them all
    #[arg(id = "served_accounts", long = "accounts", value_name = "N", requires = "nodes", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub accounts: Option<u16>,
    /// Wait so long before each answer, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Throttle beyond so many calls a second
    #[arg(long, value_name = "CALLS", value_parser = parse_rate)]
    pub rate: Option<f64>,
    /// Calls let through at once before the rate applies
    #[arg(long, value_name = "CALLS", default_value_t = 10, requires = "rate")]
    pub burst: u32,
    /// The rate that applies once --rate-falls-after calls were let through
    #[arg(long, value_name = "CALLS", value_parser = parse_rate, requires_all = ["rate", "rate_falls_after"])]
    pub rate_falls_to: Option<f64>,
    /// Calls let through at --rate before it falls to --rate-falls-to
    #[arg(long, value_name = "CALLS", requires = "rate_falls_to")]
    pub rate_falls_after: Option<u64>,
    /// Answer every Nth call with HTTP 500
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub fault_every: Option<u64>,
    /// Cut the connection of every Nth call without an answer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub reset_every: Option<u64>,
    /// Mutate one answer in N, of any operation: flipped bits, truncated documents, wrong types, repeated and missing rows,
    /// web pages, wrong lengths and more; for testing how a client treats broken answers. GET /stats counts the mutations
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub mutate_one_in: Option<u64>,
    /// Answer every call of this action with an access-denied error, such as ssm:GetInventory; can be repeated
    #[arg(long, value_name = "ACTION", value_parser = ActionParser)]
    pub deny: Vec<Action>,
    /// Answer every SSM call in this region with HTTP 500; can be repeated
    #[arg(long = "fault-region", value_name = "REGION", value_parser = parse_region)]
    pub fault_regions: Vec<String>,
    /// Wait so much longer before each answer in this region, in milliseconds; can be repeated
    #[arg(long = "slow-region", value_name = "REGION=MS", value_parser = parse_slow_region)]
    pub slow_regions: Vec<(String, Duration)>,
}

/// A time at which the demo can be: its nodes have a past of some years, and its keys expire with the century.
pub fn parse_time(text: &str) -> Result<Timestamp, String> {
    const YEARS: Range<i64> = 946_684_800..3_786_912_000;
    text.parse()
        .ok()
        .filter(|time: &Timestamp| YEARS.contains(&time.as_second()))
        .ok_or_else(|| {
            format!("{text:?} is no time from 2000 to 2089; write it like 2026-11-20T12:00:00Z")
        })
}

/// What `--regions` holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionList(pub Vec<String>);

/// So many regions, or those that are named.
pub fn parse_region_list(text: &str) -> Result<RegionList, String> {
    if let Ok(count) = text.parse() {
        let regions = first_regions(count);
        return regions.map(RegionList).map_err(|most| {
            format!("so many regions there are not: 1 to {most}, or names separated by commas")
        });
    }
    let mut regions: Vec<String> = vec![];
    for name in text.split(',') {
        let name = parse_region(name.trim())?;
        if !regions.contains(&name) {
            regions.push(name);
        }
    }
    Ok(RegionList(regions))
}

/// `REGION=MS`
pub fn parse_slow_region(text: &str) -> Result<(String, Duration), &'static str> {
    let (name, delay) = text
        .split_once('=')
        .ok_or("a slow region is written like us-east-1=500")?;
    let delay = delay
        .parse()
        .map_err(|_| "the delay is a number of milliseconds, such as 500")?;
    Ok((parse_region(name)?, Duration::from_millis(delay)))
}

/// The names of all actions.
static ACTION_NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| Action::all().map(|action| action.to_string()).collect());

#[derive(Clone)]
pub struct ActionParser;

impl TypedValueParser for ActionParser {
    type Value = Action;

    fn parse_ref(
        &self,
        cmd: &Clap,
        _arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let text = value.to_string_lossy();
        Action::named(&text).ok_or_else(|| {
            let all: Vec<&str> = ACTION_NAMES.iter().map(String::as_str).collect();
            invalid_value_with_cmd(cmd, "--deny has no action", &text, &all)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            ACTION_NAMES
                .iter()
                .map(|action| PossibleValue::new(action.as_str())),
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{parse_region_list, parse_slow_region, parse_time};

    #[test]
    fn regions_are_counted_or_named() {
        assert_eq!(parse_region_list("1").unwrap().0, ["eu-west-1"]);
        assert_eq!(parse_region_list("17").unwrap().0.len(), 17);
        assert_eq!(
            parse_region_list("us-east-1, eu-west-1,us-east-1")
                .unwrap()
                .0,
            ["us-east-1", "eu-west-1"]
        );
        for wrong in ["0", "100", "", "us east"] {
            assert!(parse_region_list(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_moment_has_a_zone_and_lies_in_this_century() {
        assert_eq!(parse_time("2026-11-20T12:00:00Z"), Ok(crate::demo::NOW));
        assert_eq!(
            parse_time("2026-11-20T13:00:00+01:00"),
            Ok(crate::demo::NOW)
        );
        for wrong in [
            "",
            "now",
            "2026-11-20",
            "2026-11-20T12:00:00",
            "1999-12-31T23:59:59Z",
            "2090-01-01T00:00:00Z",
        ] {
            let told = parse_time(wrong).unwrap_err();
            assert!(told.contains("write it like"), "{told}");
        }
    }

    #[test]
    fn a_slow_region_says_how_slow() {
        assert_eq!(
            parse_slow_region("us-east-1=250"),
            Ok(("us-east-1".to_owned(), Duration::from_millis(250)))
        );
        for wrong in ["us-east-1", "us-east-1=", "=5", "us-east-1=-1"] {
            assert!(parse_slow_region(wrong).is_err(), "{wrong}");
        }
    }
}
