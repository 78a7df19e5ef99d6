//! Parses a rule, and suggests the nearest one for an invalid text.

use std::str::FromStr;

use crate::compliance::severity::Severity;
use crate::duration;
use crate::gate::rule::{
    COMPLIANT, CountThreshold, DUE_WITHIN, KEYWORD_RULES, OLDER_THAN, OVERDUE, PATCH_OLDER_THAN,
    PatchCriteria, PatchKind, RULE_SYNTAX, Rule, ShareThreshold,
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
    if is_same_word(word, OVERDUE) {
        return parse_threshold(OVERDUE, operator, value).map(Rule::Overdue);
    }
    if is_same_word(word, PATCH_OLDER_THAN) {
        return match operator {
            "=" | ">" => parse_patch_age(value),
            _ => Err(format!(
                "{PATCH_OLDER_THAN} takes an age; write {PATCH_OLDER_THAN} 30d"
            )),
        };
    }
    if is_same_word(word, DUE_WITHIN) {
        return match operator {
            "=" | "<" => parse_due_within(value),
            _ => Err(format!("{DUE_WITHIN} takes a time; write {DUE_WITHIN} 7d")),
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
        DUE_WITHIN => format!("{DUE_WITHIN} 7d"),
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
    if let Some(age) = strip_word(text, PATCH_OLDER_THAN) {
        return parse_patch_age(age);
    }
    if is_same_word(text, PATCH_OLDER_THAN) {
        return Err(format!(
            "{PATCH_OLDER_THAN} requires an age; write {PATCH_OLDER_THAN} 30d"
        ));
    }
    if let Some(span) = strip_word(text, DUE_WITHIN) {
        return parse_due_within(span);
    }
    if is_same_word(text, DUE_WITHIN) {
        return Err(format!(
            "{DUE_WITHIN} requires a time; write {DUE_WITHIN} 7d"
        ));
    }
    if is_same_word(text, OVERDUE) {
        return Err(format!("{OVERDUE} requires a number; write {OVERDUE}>0"));
    }
    if let Some((word, _)) = KEYWORD_RULES
        .iter()
        .find(|(known, _)| strip_word(text, known).is_some_and(is_older_than))
    {
        return Err(format!("{word} takes no {OLDER_THAN}; write {word}"));
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
        DUE_WITHIN => format!("{DUE_WITHIN} 7d"),
        OVERDUE => format!("{OVERDUE}>0"),
        known if parse_patch_kind(known).is_some() => format!("{known}>0"),
        known => known.to_owned(),
    });
    Err(unknown_rule(text, meant))
}

/// What follows the word and white space; separators within the word do not matter.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let spaces = text
        .char_indices()
        .filter(|(_, letter)| letter.is_whitespace());
    let mut starts = spaces.map(|(at, _)| (&text[..at], text[at..].trim_start()));
    starts
        .find(|(start, _)| is_same_word(start, word))
        .map(|(_, rest)| rest)
}

fn is_older_than(text: &str) -> bool {
    is_same_word(text, OLDER_THAN) || strip_word(text, OLDER_THAN).is_some()
}

fn parse_count(of: PatchKind, operator: &str, value: &str) -> Result<Rule, String> {
    let word = of.as_str();
    if let Some((value, rest)) = value.split_once(char::is_whitespace) {
        return parse_count_with_age(of, operator, value, rest.trim_start());
    }
    if !matches!(operator, ">" | ">=") {
        return Err(format!(
            "{word}{operator}{value}: {word} takes > or >=; write {word}>0, or {word}>=critical"
        ));
    }
    if value.starts_with(|first: char| first.is_ascii_digit()) {
        let threshold = parse_threshold(word, operator, value)?;
        return Ok(Rule::Count(of, threshold));
    }
    let severity = Severity::from_word(value).filter(|severity| *severity != Severity::Unrated);
    match severity {
        Some(severity) if operator == ">=" => {
            let criteria = PatchCriteria {
                min_severity: Some(severity),
                older_than: None,
            };
            Ok(Rule::Patch(of, criteria))
        }
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

/// Parses the number of a rule.
fn parse_threshold(word: &str, operator: &str, value: &str) -> Result<CountThreshold, String> {
    if !matches!(operator, ">" | ">=") {
        return Err(format!(
            "{word}{operator}{value}: {word} takes > or >=; write {word}>0"
        ));
    }
    let n: u64 = value
        .parse()
        .map_err(|_| format!("{word}{operator}{value}: {value:?} is no whole number"))?;
    match (operator, n) {
        (">=", 0) => Err(format!("{word}>=0 is always true; write {word}>0")),
        (">=", n) => Ok(CountThreshold::AtLeast(n)),
        (_, n) => Ok(CountThreshold::Above(n)),
    }
}

fn parse_due_within(value: &str) -> Result<Rule, String> {
    let seconds =
        duration::parse_seconds(value).map_err(|cause| format!("{DUE_WITHIN}: {cause}"))?;
    Ok(Rule::DueWithin(seconds))
}

/// Parses a rule on a severity, or on any patch, and on an age: `missing>=critical older-than 30d`.
fn parse_count_with_age(
    of: PatchKind,
    operator: &str,
    value: &str,
    rest: &str,
) -> Result<Rule, String> {
    let word = of.as_str();
    let example = format!("write {word}>=critical {OLDER_THAN} 30d");
    let rest = &rest.replacen(['=', '>'], " ", 1);
    if !is_older_than(rest) {
        return Err(format!(
            "{word}{operator}{value} {rest}: only {OLDER_THAN} AGE may follow; {example}"
        ));
    }
    let min_severity = match parse_count(of, operator, value)? {
        Rule::Patch(_, criteria) => criteria.min_severity,
        Rule::Count(_, CountThreshold::Above(0) | CountThreshold::AtLeast(1)) => None,
        rule => return Err(format!("{rule} takes no {OLDER_THAN}; {example}")),
    };
    let age = strip_word(rest, OLDER_THAN).unwrap_or_default();
    if age.is_empty() {
        return Err(format!("{OLDER_THAN} requires an age; {example}"));
    }
    let seconds = duration::parse_seconds(age).map_err(|cause| format!("{OLDER_THAN}: {cause}"))?;
    Ok(Rule::Patch(
        of,
        PatchCriteria {
            min_severity,
            older_than: Some(seconds),
        },
    ))
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
    let seconds =
        duration::parse_seconds(value).map_err(|cause| format!("{PATCH_OLDER_THAN}: {cause}"))?;
    let criteria = PatchCriteria {
        min_severity: None,
        older_than: Some(seconds),
    };
    Ok(Rule::Patch(PatchKind::Missing, criteria))
}

/// The word of the rule that was most likely meant, if any is similar.
fn nearest_rule_word(word: &str) -> Option<&'static str> {
    let words = KEYWORD_RULES.iter().map(|(word, _)| *word);
    let counted = PatchKind::ALL.into_iter().map(PatchKind::as_str);
    let all: Vec<&str> = words
        .chain(counted)
        .chain([COMPLIANT, PATCH_OLDER_THAN, OVERDUE, DUE_WITHIN])
        .collect();
    suggest::nearest(word, &all)
}

fn unknown_rule(text: &str, meant: Option<String>) -> String {
    let guess = meant.map_or(String::new(), |meant| format!("; did you mean {meant}?"));
    format!("unknown rule {text:?}{guess} (allowed: {RULE_SYNTAX})")
}
