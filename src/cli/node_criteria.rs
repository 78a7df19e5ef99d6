//! Parsers of the criteria that select nodes. A value that would be read as something else
//! than was meant is refused, with what to type.

use clap::builder::PossibleValue;

use crate::cli::value_parsers::CompletingParser;
use crate::glob::{Glob, is_glob};
use crate::plan::selection::{PingStatus, PlatformFilter, TagFilter};
use crate::record::is_same_word;
use crate::suggest::unknown_word;

/// A name, or a pattern of names.
pub(super) fn parse_name(text: &str) -> Result<Glob, String> {
    let name = text.trim();
    if name.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if let Some(name) = name.strip_prefix('!') {
        return Err(format!(
            "not a pattern; to leave nodes out, write --exclude {name:?}"
        ));
    }
    Ok(Glob::new(name))
}

/// Whether a pattern of `--exclude` is about ids, rather than names.
pub(super) fn is_id_pattern(pattern: &Glob) -> bool {
    let text = pattern.as_str();
    text.starts_with("i-") || text.starts_with("mi-")
}

/// `KEY`, `KEY=VALUE` or `KEY=GLOB,GLOB`, to the letter.
pub(super) fn parse_tag(text: &str) -> Result<TagFilter, String> {
    let (key, values) = match text.split_once('=') {
        Some((key, values)) => (key, Some(values)),
        None => (text, None),
    };
    let key = key.trim();
    if let Some(bare) = text.trim().strip_prefix('!') {
        return Err(format!(
            "not a tag; to leave nodes out, write --exclude-tag {bare:?}"
        ));
    }
    if let Some(bare) = key.strip_suffix('!') {
        return Err(format!(
            "no operator but =; to leave nodes out, write --exclude-tag {:?}",
            format!("{bare}={}", values.unwrap_or_default())
        ));
    }
    if key.is_empty() {
        return Err("not a tag; write KEY=VALUE or KEY, such as Env=prod".to_owned());
    }
    if let Some(bare) = key.strip_prefix("tag:") {
        return Err(format!(
            "write the key without \"tag:\", as in {bare}=VALUE"
        ));
    }
    if is_glob(key) || key.contains(',') {
        return Err(format!(
            "{key:?} is not a key; only values can be lists and have wildcards"
        ));
    }
    let mut globs = Vec::new();
    for value in values.map(|values| values.split(',')).into_iter().flatten() {
        let value = value.trim();
        if value.is_empty() {
            return Err(format!(
                "an empty value; write {key}=VALUE, or {key} for any value"
            ));
        }
        if let Some(bare) = value.strip_prefix('!') {
            let tag = format!("{key}={bare}");
            return Err(format!(
                "no negations; to leave nodes out, write --exclude-tag {tag:?}"
            ));
        }
        if !globs.is_empty() && value.contains('=') {
            return Err(format!(
                "{value:?} looks like another tag; repeat the flag, or write ? in place of ="
            ));
        }
        globs.push(Glob::new(value));
    }
    Ok(TagFilter {
        key: key.to_owned(),
        values: globs,
    })
}

/// The name of a patch group. Source: Systems Manager API reference, PatchGroup: letters,
/// digits, white space and `_.:/=+-@`.
pub(super) fn parse_patch_group(text: &str) -> Result<String, String> {
    let name = text.trim();
    let is_allowed = |letter: char| {
        letter.is_alphanumeric() || letter.is_whitespace() || "_.:/=+-@".contains(letter)
    };
    if name.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if let Some(bare) = name.strip_prefix('!') {
        let tag = format!("PatchGroup={bare}");
        return Err(format!(
            "not a patch group; to leave nodes out, write --exclude-tag {tag:?}"
        ));
    }
    if is_glob(name) {
        let tag = format!("PatchGroup={name}");
        return Err(format!(
            "patch groups have no wildcards; write --tag {tag:?}"
        ));
    }
    if !name.chars().all(is_allowed) {
        return Err(
            "not a patch group; letters, digits, white space and _.:/=+-@ are allowed".to_owned(),
        );
    }
    Ok(name.to_owned())
}

/// A platform. Case and separators do not matter, so no other letter may be in it that is
/// dropped.
pub(super) fn parse_platform(text: &str) -> Result<PlatformFilter, String> {
    let name = text.trim();
    if let Some(bare) = name.strip_prefix('!') {
        return Err(format!(
            "not a platform; to leave nodes out, write --exclude-platform {bare:?}"
        ));
    }
    if !name.contains(char::is_alphanumeric) && !is_glob(name) {
        return Err(
            "not a platform; write windows, linux, macos, or a name such as Ubuntu".to_owned(),
        );
    }
    if let Some(wrong) = name
        .chars()
        .find(|letter| "!=<>~^|&;\"'`".contains(*letter))
    {
        return Err(format!(
            "{wrong:?} is not in the name of a platform; write a name such as Ubuntu"
        ));
    }
    Ok(PlatformFilter::new(name))
}

/// A ping status, in any spelling.
pub(super) const PING_PARSER: CompletingParser<PingStatus> = CompletingParser {
    parse: |text| {
        let known = PingStatus::ALL.into_iter();
        let mut known = known.filter(|status| is_same_word(status.as_str(), text));
        known.next().ok_or_else(|| {
            let words = PingStatus::ALL.map(PingStatus::as_str);
            unknown_word("--ping: unknown status", text, &words)
        })
    },
    possible_values: || {
        PingStatus::ALL
            .map(|status| PossibleValue::new(status.as_str()))
            .to_vec()
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_key_with_a_list_of_patterns_or_a_key_alone() {
        let tag = parse_tag("Team=web-*, db").unwrap();
        let values: Vec<&str> = tag.values.iter().map(Glob::as_str).collect();
        assert_eq!((&*tag.key, values), ("Team", vec!["web-*", "db"]));
        assert!(!tag.is_exact() && parse_tag("a=b,c").unwrap().is_exact());
        assert_eq!(parse_tag("Patch Group").unwrap().values, []);
        assert_eq!(parse_tag("a=b=c").unwrap().values[0].as_str(), "b=c");
    }

    #[test]
    fn what_would_be_read_as_something_else_is_refused_with_what_to_type() {
        let wrong = |parsed: Result<(), String>| parsed.unwrap_err();
        for (error, expected) in [
            (
                wrong(parse_platform("!ubuntu").map(drop)),
                "--exclude-platform \"ubuntu\"",
            ),
            (wrong(parse_platform("ubuntu|debian").map(drop)), "'|'"),
            (wrong(parse_platform(" - ").map(drop)), "not a platform"),
            (
                wrong(parse_tag("!Team=web").map(drop)),
                "--exclude-tag \"Team=web\"",
            ),
            (
                wrong(parse_tag("Team!=web").map(drop)),
                "--exclude-tag \"Team=web\"",
            ),
            (
                wrong(parse_tag("Team=!web").map(drop)),
                "--exclude-tag \"Team=web\"",
            ),
            (
                wrong(parse_tag("tag:Team=web").map(drop)),
                "as in Team=VALUE",
            ),
            (
                wrong(parse_tag("Env=prod,Team=web").map(drop)),
                "repeat the flag",
            ),
            (wrong(parse_tag("T*=web").map(drop)), "only values"),
            (wrong(parse_tag("Team=").map(drop)), "Team for any value"),
            (wrong(parse_tag("=x").map(drop)), "KEY=VALUE"),
            (
                wrong(parse_patch_group("!web").map(drop)),
                "--exclude-tag \"PatchGroup=web\"",
            ),
            (
                wrong(parse_patch_group("web-*").map(drop)),
                "--tag \"PatchGroup=web-*\"",
            ),
            (
                wrong(parse_patch_group("a;b").map(drop)),
                "not a patch group",
            ),
            (wrong(parse_name("!web").map(drop)), "--exclude \"web\""),
        ] {
            assert!(error.contains(expected), "{error}");
        }
    }
}
