//! The nearest right word: what to say of a word that is none of those there are.
//!
//! Pure. Knows how alike two words are. Must not know what they mean.

/// The word of these that was most likely meant, if any is near.
#[must_use]
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|known| {
            let likeness = strsim::jaro_winkler(&known.to_lowercase(), &word.to_lowercase());
            (likeness + f64::from(u8::from(holds(known, word))), *known)
        })
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}

/// `"Misssing"; did you mean Missing? (allowed: ...)`
#[must_use]
pub fn told(word: &str, allowed: &[&str]) -> String {
    let guess =
        nearest(word, allowed).map_or(String::new(), |known| format!("; did you mean {known}?"));
    format!("{word:?}{guess} (allowed: {})", allowed.join(", "))
}

/// Does the long word hold the short one, or its letters in another spelling?
fn holds(known: &str, word: &str) -> bool {
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
    fn the_nearest_word_is_named_and_a_far_one_is_not() {
        let known = ["region", "output", "max-age"];
        assert_eq!(nearest("regoin", &known), Some("region"));
        assert_eq!(nearest("max_age", &known), Some("max-age"));
        assert_eq!(nearest("zzz", &known), None);
        assert_eq!(
            told("outptu", &known),
            "\"outptu\"; did you mean output? (allowed: region, output, max-age)"
        );
    }
}
