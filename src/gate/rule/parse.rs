//! Reads a rule, and says to a word that is none which one was meant.
//!
//! Pure. Knows every spelling. Must not know what a rule is for.

use std::str::FromStr;

use crate::compliance::severity::Severity;
use crate::duration;
use crate::gate::rule::{Bound, COMPLIANT, Counted, FORMS, OLDER, Rule, Share, WORDS};
use crate::record::same_word;
use crate::sanitize::visible;
use crate::suggest;

impl FromStr for Rule {
    type Err = String;

    /// What is wrong is said on one line, with the nearest rule and all there are.
    fn from_str(text: &str) -> Result<Self, String> {
        // The line repeats words of the text, which may hold line breaks.
        read(text.trim()).map_err(|line| visible(&line).into_owned())
    }
}

fn read(text: &str) -> Result<Rule, String> {
    let at = text.find(['<', '>', '=']).unwrap_or(text.len());
    let (word, rest) = text.split_at(at);
    let operands = rest.trim_start_matches(['<', '>', '=']);
    let operator = rest[..rest.len() - operands.len()].trim();
    let (word, value) = (word.trim(), operands.trim());
    if operator.is_empty() {
        return alone(text);
    }
    if let Some(of) = counted(word) {
        return counting(of, operator, value);
    }
    if same_word(word, COMPLIANT) {
        return share(operator, value);
    }
    if same_word(word, OLDER) {
        return match operator {
            "=" | ">" => older(value),
            _ => Err(format!("{OLDER} takes an age; write {OLDER} 30d")),
        };
    }
    if WORDS.iter().any(|(known, _)| same_word(known, word)) {
        let known = word.to_lowercase();
        return Err(format!("{known} takes no number; write {known}"));
    }
    let meant = nearest(word).map(|known| match known {
        COMPLIANT => format!("{COMPLIANT}<95%"),
        OLDER => format!("{OLDER} 30d"),
        known if WORDS.iter().any(|(word, _)| *word == known) => known.to_owned(),
        known => format!("{known}{operator}{value}"),
    });
    // What is offered has to be one.
    Err(none(text, meant.filter(|meant| read(meant).is_ok())))
}

fn counted(word: &str) -> Option<Counted> {
    Counted::ALL
        .into_iter()
        .find(|of| same_word(of.as_str(), word))
}

/// A rule without an operator.
fn alone(text: &str) -> Result<Rule, String> {
    if let Some((_, rule)) = WORDS.iter().find(|(known, _)| same_word(known, text)) {
        return Ok(*rule);
    }
    // The age follows the word, after white space.
    let starts = text
        .char_indices()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(at, _)| at);
    for at in starts {
        if same_word(&text[..at], OLDER) {
            return older(text[at..].trim());
        }
    }
    if same_word(text, OLDER) {
        return Err(format!("{OLDER} which age? write {OLDER} 30d"));
    }
    if same_word(text, COMPLIANT) {
        return Err(format!("{COMPLIANT} to which share? write {COMPLIANT}<95%"));
    }
    if let Some(of) = counted(text) {
        let of = of.as_str();
        return Err(format!(
            "{of} how many, or how severe? write {of}>0, or {of}>=critical"
        ));
    }
    let meant = nearest(text).map(|known| match known {
        COMPLIANT => format!("{COMPLIANT}<95%"),
        OLDER => format!("{OLDER} 30d"),
        known if counted(known).is_some() => format!("{known}>0"),
        known => known.to_owned(),
    });
    Err(none(text, meant))
}

fn counting(of: Counted, operator: &str, value: &str) -> Result<Rule, String> {
    let word = of.as_str();
    if !matches!(operator, ">" | ">=") {
        return Err(format!(
            "{word}{operator}{value}: {word} takes > or >=; write {word}>0, or {word}>=critical"
        ));
    }
    if value.starts_with(|first: char| first.is_ascii_digit()) {
        let n: u64 = value
            .parse()
            .map_err(|_| format!("{word}{operator}{value}: {value:?} is no whole number"))?;
        return match (operator, n) {
            (">=", 0) => Err(format!("{word}>=0 is always so; write {word}>0")),
            (">=", n) => Ok(Rule::Count(of, Bound::AtLeast(n))),
            (_, n) => Ok(Rule::Count(of, Bound::Above(n))),
        };
    }
    let severity = Severity::named(value).filter(|severity| *severity != Severity::Unrated);
    match severity {
        Some(severity) if operator == ">=" => Ok(Rule::Severe(of, severity)),
        Some(severity) => {
            let severity = severity.as_str().to_lowercase();
            Err(format!("a severity takes >=; write {word}>={severity}"))
        }
        None => Err(format!(
            "{word}{operator}{value}: {value:?} is neither a number nor a severity \
             (allowed: critical, important, medium, low)"
        )),
    }
}

fn share(operator: &str, value: &str) -> Result<Rule, String> {
    let wrong = |why: &str| {
        Err(format!(
            "{COMPLIANT}{operator}{value}: {why}; write {COMPLIANT}<95%"
        ))
    };
    if !matches!(operator, "<" | "<=") {
        return wrong("compliant takes < or <=");
    }
    let Some(number) = value.strip_suffix('%').map(str::trim_end) else {
        return wrong("a share ends with %");
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    if !is_digits(whole) || !is_digits(tenth) || tenth.len() > 1 {
        return wrong("a share is a number with at most one decimal");
    }
    let whole: u64 = whole.parse().unwrap_or(u64::MAX);
    let tenths = whole
        .saturating_mul(10)
        .saturating_add(tenth.parse().unwrap_or(0));
    match (tenths, operator) {
        (1_001.., _) => wrong("there is no more than 100%"),
        (0, "<") => wrong("no share is below 0%, so it never breaks"),
        (1_000, "<=") => wrong("every share is at most 100%, so it always breaks"),
        (tenths, operator) => Ok(Rule::Compliant(Share {
            tenths,
            or_equal: operator == "<=",
        })),
    }
}

fn older(value: &str) -> Result<Rule, String> {
    duration::seconds(value)
        .map(Rule::PatchOlder)
        .map_err(|why| format!("{OLDER}: {why}"))
}

/// The word of a rule that was most likely meant, if any is near.
fn nearest(word: &str) -> Option<&'static str> {
    let words = WORDS.iter().map(|(word, _)| *word);
    let counted = Counted::ALL.into_iter().map(Counted::as_str);
    let all: Vec<&str> = words.chain(counted).chain([COMPLIANT, OLDER]).collect();
    suggest::nearest(word, &all)
}

fn none(text: &str, meant: Option<String>) -> String {
    let guess = meant.map_or(String::new(), |meant| format!("; did you mean {meant}?"));
    format!("no rule {text:?}{guess} (allowed: {FORMS})")
}
