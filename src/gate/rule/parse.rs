//! Parses a rule, and suggests the nearest one for an invalid text.

use std::str::FromStr;

use crate::compliance::severity::Severity;
use crate::duration;
use crate::gate::rule::{
    COMPLIANT, CountThreshold, KEYWORD_RULES, PATCH_OLDER_THAN, PatchKind, RULE_SYNTAX, Rule,
    ShareThreshold,
};
use crate::record::is_same_word;
use crate::sanitize::sanitize;
use crate::suggest;

impl FromStr for Rule {
    type Err = String;

    /// The error is one line, with the nearest rule and the syntax of all
    /// rules.
    fn from_str(text: &str) -> Result<Self, String> {
        // The line repeats words of the text, which may contain line breaks.
        parse_rule(text.trim()).map_err(|line| sanitize(&line).into_owned())
    }
}

fn parse_rule(text: &str) -> Result<Rule, String> {
    let at = text.find(['<', '>', '=']).unwrap_or(text.len());
    let (word, rest) = text.split_at(at);
    let operands = rest.trim_start_matches(['<', '>', '=']);
    let operator = rest[..rest.len() - operands.len()].trim();
    let (word, value) = (word.trim(), operands.trim());
    if operator.is_empty() {
        return parse_without_operator(text);
    }
    if let Some(of) = parse_patch_kind(word) {
        return parse_count(of, operator, value);
    }
    if is_same_word(word, COMPLIANT) {
        return parse_share(operator, value);
    }
    if is_same_word(word, PATCH_OLDER_THAN) {
        return match operator {
            "=" | ">" => parse_patch_age(value),
            _ => Err(format!(
                "{PATCH_OLDER_THAN} takes an age; write {PATCH_OLDER_THAN} 30d"
            )),
        };
    }
    if KEYWORD_RULES
        .iter()
        .any(|(known, _)| is_same_word(known, word))
    {
        let known = word.to_lowercase();
        return Err(format!("{known} takes no number; write {known}"));
    }
    let meant = nearest_rule_word(word).map(|known| match known {
        COMPLIANT => format!("{COMPLIANT}<95%"),
        PATCH_OLDER_THAN => format!("{PATCH_OLDER_THAN} 30d"),
        known if KEYWORD_RULES.iter().any(|(word, _)| *word == known) => known.to_owned(),
        known => format!("{known}{operator}{value}"),
    });
    // A suggestion has to be valid.
    Err(unknown_rule(
        text,
        meant.filter(|meant| parse_rule(meant).is_ok()),
    ))
}

fn parse_patch_kind(word: &str) -> Option<PatchKind> {
    PatchKind::ALL
        .into_iter()
        .find(|of| is_same_word(of.as_str(), word))
}

/// Parses a rule without an operator.
fn parse_without_operator(text: &str) -> Result<Rule, String> {
    if let Some((_, rule)) = KEYWORD_RULES
        .iter()
        .find(|(known, _)| is_same_word(known, text))
    {
        return Ok(*rule);
    }
    // The age follows the word, after white space.
    let starts = text
        .char_indices()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(at, _)| at);
    for at in starts {
        if is_same_word(&text[..at], PATCH_OLDER_THAN) {
            return parse_patch_age(text[at..].trim());
        }
    }
    if is_same_word(text, PATCH_OLDER_THAN) {
        return Err(format!(
            "{PATCH_OLDER_THAN} requires an age; write {PATCH_OLDER_THAN} 30d"
        ));
    }
    if is_same_word(text, COMPLIANT) {
        return Err(format!(
            "{COMPLIANT} requires a share; write {COMPLIANT}<95%"
        ));
    }
    if let Some(of) = parse_patch_kind(text) {
        let of = of.as_str();
        return Err(format!(
            "{of} requires a number or a severity; write {of}>0, or {of}>=critical"
        ));
    }
    let meant = nearest_rule_word(text).map(|known| match known {
        COMPLIANT => format!("{COMPLIANT}<95%"),
        PATCH_OLDER_THAN => format!("{PATCH_OLDER_THAN} 30d"),
        known if parse_patch_kind(known).is_some() => format!("{known}>0"),
        known => known.to_owned(),
    });
    Err(unknown_rule(text, meant))
}

fn parse_count(of: PatchKind, operator: &str, value: &str) -> Result<Rule, String> {
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
            (">=", 0) => Err(format!("{word}>=0 is always true; write {word}>0")),
            (">=", n) => Ok(Rule::Count(of, CountThreshold::AtLeast(n))),
            (_, n) => Ok(Rule::Count(of, CountThreshold::Above(n))),
        };
    }
    let severity = Severity::from_word(value).filter(|severity| *severity != Severity::Unrated);
    match severity {
        Some(severity) if operator == ">=" => Ok(Rule::SeverityAtLeast(of, severity)),
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

fn parse_share(operator: &str, value: &str) -> Result<Rule, String> {
    let wrong = |cause: &str| {
        Err(format!(
            "{COMPLIANT}{operator}{value}: {cause}; write {COMPLIANT}<95%"
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
        (tenths, operator) => Ok(Rule::CompliantShare(ShareThreshold {
            tenths,
            or_equal: operator == "<=",
        })),
    }
}

fn parse_patch_age(value: &str) -> Result<Rule, String> {
    duration::parse_seconds(value)
        .map(Rule::PatchOlderThan)
        .map_err(|cause| format!("{PATCH_OLDER_THAN}: {cause}"))
}

/// The word of the rule that was most likely meant, if any is similar.
fn nearest_rule_word(word: &str) -> Option<&'static str> {
    let words = KEYWORD_RULES.iter().map(|(word, _)| *word);
    let counted = PatchKind::ALL.into_iter().map(PatchKind::as_str);
    let all: Vec<&str> = words
        .chain(counted)
        .chain([COMPLIANT, PATCH_OLDER_THAN])
        .collect();
    suggest::nearest(word, &all)
}

fn unknown_rule(text: &str, meant: Option<String>) -> String {
    let guess = meant.map_or(String::new(), |meant| format!("; did you mean {meant}?"));
    format!("unknown rule {text:?}{guess} (allowed: {RULE_SYNTAX})")
}
