//! Wording that many messages share: counts with their nouns, and long lists of
//! which only the first entries are named.

/// "1 node", "3 nodes", "2 patches". The noun is given in the singular.
#[must_use]
pub(crate) fn count(n: impl TryInto<u64>, noun: &str) -> String {
    // No count of this program exceeds 64 bits.
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{n} {}", noun_for(n, noun))
}

/// The noun as it follows this number: "node" after 1, "nodes" after any other.
#[must_use]
pub(crate) fn noun_for(n: u64, noun: &str) -> String {
    match noun {
        _ if n == 1 => noun.to_owned(),
        _ if noun.ends_with("region or account") => {
            format!("{}s", noun.replace("region", "regions"))
        }
        _ if noun.ends_with("ch") => format!("{noun}es"),
        _ if noun.ends_with("ry") || noun.ends_with("cy") => {
            format!("{}ies", &noun[..noun.len() - 1])
        }
        _ => format!("{noun}s"),
    }
}

/// "a, b, c and 4 more": the first entries by name, the others counted.
#[must_use]
pub(crate) fn first_n<T: AsRef<str>>(all: &[T], most: usize) -> String {
    let named: Vec<&str> = all.iter().take(most).map(AsRef::as_ref).collect();
    let named = named.join(", ");
    match all.len().saturating_sub(most) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// A line for each of the first entries; for the others one line, made of their count.
#[must_use]
pub(crate) fn first_lines<T>(
    all: &[T],
    most: usize,
    line: impl Fn(&T) -> String,
    rest: impl FnOnce(usize) -> String,
) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(most).map(line).collect();
    let more = all.len().saturating_sub(most);
    lines.extend((more > 0).then(|| rest(more)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_agrees_with_its_noun() {
        assert_eq!(count(1_u64, "node"), "1 node");
        assert_eq!(count(0_u64, "node"), "0 nodes");
        assert_eq!(count(2_usize, "patch"), "2 patches");
        assert_eq!(count(2_u64, "policy"), "2 policies");
        assert_eq!(count(2_u64, "day"), "2 days");
        assert_eq!(
            count(2_u64, "more region or account"),
            "2 more regions or accounts"
        );
        assert_eq!(count(1_u64, "region or account"), "1 region or account");
    }

    #[test]
    fn a_long_list_names_its_first_entries_and_counts_the_others() {
        assert_eq!(first_n(&["a", "b"], 2), "a, b");
        assert_eq!(first_n(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(first_n::<&str>(&[], 2), "");
        let lines = |most| {
            let line = |n: &u8| n.to_string();
            first_lines(&[1, 2, 3], most, line, |more| format!("and {more} more"))
        };
        assert_eq!(lines(3), ["1", "2", "3"]);
        assert_eq!(lines(1), ["1", "and 2 more"]);
    }
}
