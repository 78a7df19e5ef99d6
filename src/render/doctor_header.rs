//! The lines above the table of `doctor`: the callers.

use crate::record::Caller;
use crate::text;

/// More regions or endpoints than this are counted.
const MAX_NAMED: usize = 4;

/// A block for each caller, however many accounts and regions it calls.
pub(super) fn caller_lines(callers: &[Caller]) -> Vec<String> {
    let mut groups: Vec<Vec<&Caller>> = Vec::new();
    for caller in callers {
        let alike = |group: &&mut Vec<&Caller>| {
            let first = group[0];
            (&first.account, &first.arn, &first.credentials)
                == (&caller.account, &caller.arn, &caller.credentials)
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(caller),
            None => groups.push(vec![caller]),
        }
    }
    let mut lines = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        let caller = group[0];
        let or_unknown = |text: Option<&str>| text.unwrap_or("unknown").to_owned();
        let endpoint = |caller: &&Caller| {
            let text = caller.endpoint.as_deref();
            text.unwrap_or("the demo, inside this process").to_owned()
        };
        for (name, value) in [
            ("account", or_unknown(caller.account.as_deref())),
            ("caller", or_unknown(caller.arn.as_deref())),
            ("credentials", or_unknown(caller.credentials.as_deref())),
            (
                "region",
                join_distinct(group.iter().map(|c| c.region.to_string())),
            ),
            ("endpoint", join_distinct(group.iter().map(endpoint))),
        ] {
            lines.push(format!("{name:11}  {value}"));
        }
    }
    lines
}

/// Each once, the first few by name.
fn join_distinct(all: impl Iterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for one in all {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    text::first_n(&distinct, MAX_NAMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_caller_in_many_regions_has_one_block() {
        let caller = |region: &str| Caller {
            region: region.into(),
            account: Some("111122223333".into()),
            arn: None,
            credentials: None,
            endpoint: Some(format!("https://ssm.{region}.amazonaws.com").into()),
        };
        let regions = ["a-1", "b-1", "c-1", "d-1", "e-1"];
        let lines = caller_lines(&regions.map(caller));
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[3], "region       a-1, b-1, c-1, d-1 and 1 more");
        assert_eq!(lines[1], "caller       unknown");
    }
}
