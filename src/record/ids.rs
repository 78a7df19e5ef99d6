//! Forms of the ids of the domain: nodes, regions, accounts, KB numbers, CVEs.

/// Whether the service accepts the id. One malformed id makes it refuse the
/// whole call.
///
/// Source: the service model's pattern for `InstanceId`,
/// `(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)`.
#[must_use]
pub fn is_well_formed_node_id(id: &str) -> bool {
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if let Some(rest) = id.strip_prefix("mi-") {
        return rest.len() == 17 && word(rest);
    }
    id.strip_prefix("i-")
        .is_some_and(|rest| matches!(rest.len(), 8 | 17) && word(rest))
}

/// Whether the name can be a region's. Kept loose, as AWS adds regions: it must
/// be a label of a host name. Source: RFC 1123, 2.1, and RFC 1035, 2.3.4.
#[must_use]
pub fn is_region_name(name: &str) -> bool {
    let is_of_label = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(is_of_label)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Whether the text has the form of an account id: twelve digits.
#[must_use]
pub fn is_account_id(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit())
}

/// The KB number of a Windows update in its usual form: `kb5023702`,
/// `KB-5023702` and `5023702` become `KB5023702`. `None` for anything else.
#[must_use]
pub fn normalize_windows_kb(word: &str) -> Option<String> {
    let folded: String = word
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-') && !letter.is_whitespace())
        .collect();
    let digits = match folded.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case("kb") => &folded[2..],
        _ => &folded,
    };
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| format!("KB{digits}"))
}

/// A CVE id in its usual form, from any spelling: the year and at least four
/// digits. Pasted text often has other characters in place of the hyphens.
#[must_use]
pub fn normalize_cve_id(text: &str) -> Option<String> {
    let folded: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let fits = folded
        .get(..3)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("cve"))
        && folded.len() >= 11
        && folded[3..].bytes().all(|b| b.is_ascii_digit());
    fits.then(|| format!("CVE-{}-{}", &folded[3..7], &folded[7..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_a_label_of_a_host_name() {
        for name in ["eu-west-1", "us-gov-east-1", "x", &"x".repeat(63)] {
            assert!(is_region_name(name), "{name}");
        }
        for name in [
            "",
            "-x",
            "x-",
            "eu west",
            "eu.west",
            "ä",
            "x\r",
            &"x".repeat(64),
        ] {
            assert!(!is_region_name(name), "{name}");
        }
    }

    #[test]
    fn ids_are_well_formed_as_the_service_model_says() {
        for id in [
            "i-1234abcd",
            "i-0123456789abcdef0",
            "mi-0123456789abcdef0",
            "i-ABCD_123",
        ] {
            assert!(is_well_formed_node_id(id), "{id}");
        }
        for id in [
            "i-123",
            "mi-12345678",
            "i-",
            "",
            "x-12345678",
            "i-1234567é",
            "i-12345678 ",
            "I-12345678",
        ] {
            assert!(!is_well_formed_node_id(id), "{id}");
        }
    }
}
