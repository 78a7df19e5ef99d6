//! Arguments of `demo serve`.

use std::ops::Range;
use std::sync::LazyLock;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{ArgGroup, Args};
use jiff::Timestamp;

use crate::cli::value_parsers::{CompletingParser, parse_rate, parse_region};
use crate::demo::world::{Action, first_regions};
use crate::suggest::unknown_word;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("seeded").args(["nodes", "mutate_one_in"]).multiple(true))]
pub(crate) struct ServeArgs {
    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Current time of the demo, to which ages of scans refer; --demo uses 2026-11-20T12:00:00Z [default: the start of the server]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<Timestamp>,
    /// Serve a generated fleet of N nodes instead of the sample fleet
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub nodes: Option<u32>,
    /// Patches per generated node
    #[arg(long, value_name = "N", default_value_t = 250, requires = "nodes")]
    pub patches: u32,
    /// One generated node in N has non-compliant patches
    #[arg(long, value_name = "N", default_value_t = 3, requires = "nodes", value_parser = clap::value_parser!(u32).range(1..))]
    pub missing_one_in: u32,
    /// Seed of the generated fleet and of --mutate-one-in
    #[arg(long, value_name = "SEED", default_value_t = 1, requires = "seeded")]
    pub seed: u64,
    /// One generated node in N is stopped
    #[arg(long, value_name = "N", default_value_t = 20, requires = "nodes", value_parser = clap::value_parser!(u32).range(2..))]
    pub stopped_one_in: u32,
    /// One generated node in N was never scanned
    #[arg(long, value_name = "N", requires = "nodes", value_parser = clap::value_parser!(u32).range(1..))]
    pub unscanned_one_in: Option<u32>,
    /// Serve a generated fleet in each of N regions, or in these [default: the same fleet in every region]
    // Its own id: clap keeps one value per id, and --region is global.
    #[arg(id = "served_regions", long = "regions", value_name = "N|REGION,...", requires = "nodes", value_parser = parse_region_list)]
    pub regions: Option<RegionList>,
    /// Serve N accounts, each with generated fleets; the first is the caller's and manages the organization
    #[arg(id = "served_accounts", long = "accounts", value_name = "N", requires = "nodes", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub accounts: Option<u16>,
    /// Delay of each response, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Throttle above this rate, in calls per second
    #[arg(long, value_name = "CALLS", value_parser = parse_rate)]
    pub rate: Option<f64>,
    /// Calls allowed at once before the rate applies
    #[arg(long, value_name = "CALLS", default_value_t = 10, requires = "rate")]
    pub burst: u32,
    /// Rate after --rate-falls-after calls
    #[arg(long, value_name = "CALLS", value_parser = parse_rate, requires_all = ["rate", "rate_falls_after"])]
    pub rate_falls_to: Option<f64>,
    /// Calls at --rate before it falls to --rate-falls-to
    #[arg(long, value_name = "CALLS", requires = "rate_falls_to")]
    pub rate_falls_after: Option<u64>,
    /// Answer every Nth call with HTTP 500
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub fault_every: Option<u64>,
    /// Close the connection of every Nth call without a response
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub reset_every: Option<u64>,
    /// Mutate one response in N: flipped bits, truncated documents, wrong types, repeated or missing rows, HTML pages, wrong lengths and more; GET /stats counts them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub mutate_one_in: Option<u64>,
    /// Deny calls of this action, such as ssm:GetInventory; can be repeated
    #[arg(long, value_name = "ACTION", value_parser = ACTION_PARSER)]
    pub deny: Vec<Action>,
    /// Answer every SSM call in this region with HTTP 500; can be repeated
    #[arg(long = "fault-region", value_name = "REGION", value_parser = parse_region)]
    pub fault_regions: Vec<String>,
    /// Additional delay of each response in this region, in milliseconds; can be repeated
    #[arg(long = "slow-region", value_name = "REGION=MS", value_parser = parse_slow_region)]
    pub slow_regions: Vec<(String, Duration)>,
}

/// A time from 2000 to 2089: nodes of the demo have a history of some years, and its keys expire in 2099.
pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    const YEARS: Range<i64> = 946_684_800..3_786_912_000;
    text.parse()
        .ok()
        .filter(|time: &Timestamp| YEARS.contains(&time.as_second()))
        .ok_or_else(|| {
            format!("{text:?} is not a time from 2000 to 2089; write it like 2026-11-20T12:00:00Z")
        })
}

/// The value of `--regions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegionList(pub Vec<String>);

/// A number of regions, or their names.
pub(super) fn parse_region_list(text: &str) -> Result<RegionList, String> {
    if let Ok(count) = text.parse() {
        let regions = first_regions(count);
        return regions.map(RegionList).map_err(|most| {
            format!("not a number of regions; write 1 to {most}, or names separated by commas")
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
pub(super) fn parse_slow_region(text: &str) -> Result<(String, Duration), String> {
    let (name, delay) = text
        .split_once('=')
        .ok_or("not a slow region; write REGION=MS, such as us-east-1=500")?;
    let delay = delay
        .parse()
        .map_err(|_| "not a delay; write a number of milliseconds, such as us-east-1=500")?;
    Ok((parse_region(name)?, Duration::from_millis(delay)))
}

/// The names of all actions.
static ACTION_NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| Action::all().map(|action| action.to_string()).collect());

const ACTION_PARSER: CompletingParser<Action> = CompletingParser {
    parse: |text| {
        Action::named(text).ok_or_else(|| {
            let all: Vec<&str> = ACTION_NAMES.iter().map(String::as_str).collect();
            unknown_word("--deny: unknown action", text, &all)
        })
    },
    possible_values: || {
        let names = ACTION_NAMES.iter().map(String::as_str);
        names.map(PossibleValue::new).collect()
    },
};

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
    fn a_time_has_a_zone_and_is_in_this_century() {
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
            let error = parse_time(wrong).unwrap_err();
            assert!(error.contains("write it like"), "{error}");
        }
    }

    #[test]
    fn a_slow_region_has_a_name_and_a_delay() {
        assert_eq!(
            parse_slow_region("us-east-1=250"),
            Ok(("us-east-1".to_owned(), Duration::from_millis(250)))
        );
        for wrong in ["us-east-1", "us-east-1=", "=5", "us-east-1=-1"] {
            assert!(parse_slow_region(wrong).is_err(), "{wrong}");
        }
    }
}
