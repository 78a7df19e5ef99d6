//! Secrets in play: values that no printed line holds, wherever its text comes
//! from. The second defence: the first is not to print what may hold one.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use crate::sanitize::percent_encode;

/// A shorter value is no secret: ordinary words would be blotted out.
const MIN_SECRET_LEN: usize = 6;

/// What is shown instead.
const REPLACEMENT: &str = "***";

/// The longest first, so that one that holds another is replaced whole. For the
/// whole process: text is printed in places that cannot know each other.
static SECRETS: RwLock<Vec<Box<str>>> = RwLock::new(Vec::new());

/// From now on, this value is replaced in every message. White space around it is no part of it.
pub fn register(secret: &str) {
    let secret = secret.trim();
    if secret.len() < MIN_SECRET_LEN {
        return;
    }
    for form in [
        Cow::Borrowed(secret),
        percent_encode(secret).into(),
        json_escaped(secret),
    ] {
        let is_known = |known: &[Box<str>]| known.iter().any(|known| **known == *form);
        if is_known(&SECRETS.read().unwrap_or_else(PoisonError::into_inner)) {
            continue;
        }
        let mut known = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
        if !is_known(&known) {
            let at = known.partition_point(|known| known.len() >= form.len());
            known.insert(at, form.into());
        }
    }
}

/// The text with each known secret replaced by `***`.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let known = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    let mut shown = Cow::Borrowed(text);
    for secret in &*known {
        if shown.contains(&**secret) {
            shown = Cow::Owned(shown.replace(&**secret, REPLACEMENT));
        }
    }
    shown
}

/// As it stands in JSON that escapes slashes.
fn json_escaped(text: &str) -> Cow<'_, str> {
    if text.contains(['/', '"', '\\']) {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        Cow::Owned(text.replace('/', "\\/"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_replaced_in_each_of_its_forms_and_short_words_are_left_alone() {
        for secret in [
            "  wJalrXUtnFEMI/K7MDENG+b=\r\n",
            "wJalrXUtnFEMI",
            "s3cr",
            "",
        ] {
            register(secret);
        }
        assert_eq!(
            redact(
                "a wJalrXUtnFEMI/K7MDENG+b= b wJalrXUtnFEMI%2FK7MDENG%2Bb%3D c wJalrXUtnFEMI\\/K7MDENG+b= d wJalrXUtnFEMI e s3cr"
            ),
            "a *** b *** c *** d *** e s3cr"
        );
        assert!(matches!(redact("nothing of it"), Cow::Borrowed(_)));
    }
}
