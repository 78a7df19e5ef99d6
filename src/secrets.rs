//! Registered secrets, which are replaced in every printed line.
//!
//! A second defence: code should not print text that may hold a secret.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use crate::sanitize::percent_encode;

/// Shorter values are not replaced, as they would match ordinary words.
const MIN_SECRET_LEN: usize = 6;

/// The text shown in place of a secret.
const REPLACEMENT: &str = "***";

/// Longest first, so that a secret that contains another is replaced whole. One
/// list for the process, as text is printed in many places.
static SECRETS: RwLock<Vec<Box<str>>> = RwLock::new(Vec::new());

/// Registers a value, without white space around it.
pub(crate) fn register(secret: &str) {
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
pub(crate) fn redact(text: &str) -> Cow<'_, str> {
    let known = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    let mut shown = Cow::Borrowed(text);
    for secret in &*known {
        if shown.contains(&**secret) {
            shown = Cow::Owned(shown.replace(&**secret, REPLACEMENT));
        }
    }
    shown
}

/// The form in JSON that escapes slashes.
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
    fn a_secret_is_replaced_in_each_form_and_short_words_are_kept() {
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
