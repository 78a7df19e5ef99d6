//! Suggestions for an unknown word: the nearest allowed one, and all of them. Pure.

/// `--state: unknown patch state "Misssing"; did you mean Missing? (allowed: ...)`
#[must_use]
pub(crate) fn unknown_word(what: &str, word: &str, allowed: &[&str]) -> String {
    format!("{what} {}", describe_suggestion(word, allowed))
}

/// `"Misssing"; did you mean Missing? (allowed: ...)`
#[must_use]
pub(crate) fn describe_suggestion(word: &str, allowed: &[&str]) -> String {
    let guess =
        nearest(word, allowed).map_or(String::new(), |known| format!("; did you mean {known}?"));
    format!("{word:?}{guess} (allowed: {})", allowed.join(", "))
}

/// The most similar allowed word, if one is similar enough.
#[must_use]
pub(crate) fn nearest<'a>(word: &str, allowed: &[&'a str]) -> Option<&'a str> {
    allowed
        .iter()
        .map(|known| {
            let likeness = strsim::jaro_winkler(&known.to_lowercase(), &word.to_lowercase());
            (
                likeness + f64::from(u8::from(contains_letters(known, word))),
                *known,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}

/// Whether `known` contains the letters of `word`, ignoring case and separators.
fn contains_letters(known: &str, word: &str) -> bool {
    let folded = |text: &str| -> String {
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let word = folded(word);
    word.len() > 3 && folded(known).contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_similar_word_is_suggested_and_a_different_one_is_not() {
        let allowed = ["patch-group", "account", "node", "max-age"];
        assert_eq!(nearest("PatchGroup", &allowed), Some("patch-group"));
        assert_eq!(nearest("acount", &allowed), Some("account"));
        assert_eq!(nearest("max_age", &allowed), Some("max-age"));
        assert_eq!(nearest("zzz", &allowed), None);
        assert_eq!(
            unknown_word("no key", "zzz", &["account", "node"]),
            "no key \"zzz\" (allowed: account, node)"
        );
        assert_eq!(
            describe_suggestion("outptu", &["region", "output"]),
            "\"outptu\"; did you mean output? (allowed: region, output)"
        );
    }
}
