//! The environment variables `PATCHCTL_*`. An empty variable counts as unset.

use std::borrow::Cow;
use std::ffi::OsString;

use anyhow::{Result, bail};

use crate::settings::{Layer, Origin, SettingEntry, SettingKey, ValueKind};
use crate::suggest::nearest;

/// The variable that names the only file to read.
pub(super) const CONFIG_VARIABLE: &str = "PATCHCTL_CONFIG";

/// The prefix of all variables.
const VARIABLE_PREFIX: &str = "PATCHCTL_";

/// The keys that the environment sets, and a note on each unknown variable.
///
/// # Errors
/// When a value is not UTF-8, or empty.
pub(super) fn read_layer(
    variables: &[(OsString, OsString)],
    keys: &[SettingKey],
) -> Result<(Layer, Vec<String>)> {
    let (mut layer, mut notes) = (Layer::new(), Vec::new());
    let pairs = variables
        .iter()
        .map(|(name, value)| (name.to_string_lossy(), value));
    let set: Vec<(Cow<str>, &OsString)> = pairs
        .filter(|(name, value)| {
            name.starts_with(VARIABLE_PREFIX) && !value.is_empty() && name != CONFIG_VARIABLE
        })
        .collect();
    if set.is_empty() {
        return Ok((layer, notes));
    }
    let known: Vec<(String, &SettingKey)> =
        keys.iter().map(|key| (key.env_variable(), key)).collect();
    let mut names: Vec<&str> = known.iter().map(|(name, _)| &**name).collect();
    names.push(CONFIG_VARIABLE);
    for (name, value) in set {
        let Some((_, key)) = known.iter().find(|(known, _)| *known == name) else {
            let guess = nearest(&name, &names).map_or_else(
                || format!("allowed: {}", names.join(", ")),
                |known| format!("did you mean {known}?"),
            );
            notes.push(format!("{name} is not a variable of patchctl; {guess}"));
            continue;
        };
        let Some(text) = value.to_str() else {
            bail!("{name}: not UTF-8 text");
        };
        let origin = Origin::Variable(name.clone().into_owned());
        layer.insert((*key).clone(), parse_entry(key, text, origin)?);
    }
    // The order of the environment is arbitrary.
    notes.sort();
    Ok((layer, notes))
}

fn parse_entry(key: &SettingKey, text: &str, origin: Origin) -> Result<SettingEntry> {
    let words: Vec<String> = match key.value_kind() {
        ValueKind::Single => vec![text.trim().to_owned()],
        ValueKind::List | ValueKind::Table | ValueKind::PathList => {
            text.split(',').map(|word| word.trim().to_owned()).collect()
        }
    };
    if words.iter().any(String::is_empty) {
        bail!("{origin}: an empty value in {text:?}");
    }
    Ok(
        if key.value_kind() == ValueKind::PathList && words == ["none"] {
            SettingEntry::new([], origin)
        } else {
            SettingEntry::new(words, origin)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<(Layer, Vec<String>)> {
        let variables: Vec<(OsString, OsString)> = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let commands = ["states".to_owned(), "iam-policy".to_owned()];
        read_layer(&variables, &SettingKey::all(&commands))
    }

    #[test]
    fn each_key_has_a_variable() {
        let (layer, notes) = read(&[
            ("PATCHCTL_REGION", "eu-west-1, us-east-1"),
            ("PATCHCTL_OUTPUT", "csv"),
            ("PATCHCTL_MAX_AGE", "7d"),
            ("PATCHCTL_WAIVERS", "a.toml,b.toml"),
            ("PATCHCTL_FAIL_ON", "stale"),
            ("PATCHCTL_POLICY", "prod"),
            ("PATCHCTL_COLUMNS_STATES", "InstanceId,Verdict"),
            ("PATCHCTL_COLUMNS_IAM_POLICY", "x"),
            ("PATCHCTL_CONFIG", "x.toml"),
            ("AWS_REGION", "us-west-2"),
        ])
        .unwrap();
        assert_eq!(notes, [""; 0]);
        let found: Vec<(String, String)> = layer
            .iter()
            .map(|(key, entry)| (key.name(), entry.texts().join("+")))
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(
            found,
            [
                ("region", "eu-west-1+us-east-1"),
                ("output", "csv"),
                ("max-age", "7d"),
                ("waivers", "a.toml+b.toml"),
                ("fail-on", "stale"),
                ("policy", "prod"),
                ("columns.iam-policy", "x"),
                ("columns.states", "InstanceId+Verdict"),
            ]
        );
    }

    #[test]
    fn an_empty_variable_is_unset_and_an_unknown_one_gets_a_note() {
        let (layer, notes) = read(&[
            ("PATCHCTL_REGION", ""),
            ("PATCHCTL_REGOIN", "eu-west-1"),
            ("PATCHCTL_COLUMNS_STATE", "Verdict"),
            ("PATCHCTL_NONESUCH", ""),
        ])
        .unwrap();
        assert!(layer.is_empty());
        assert_eq!(
            notes,
            [
                "PATCHCTL_COLUMNS_STATE is not a variable of patchctl; did you mean PATCHCTL_COLUMNS_STATES?",
                "PATCHCTL_REGOIN is not a variable of patchctl; did you mean PATCHCTL_REGION?",
            ]
        );
    }

    #[test]
    fn none_unsets_waivers_and_an_empty_value_in_a_list_is_refused() {
        let (layer, _) = read(&[("PATCHCTL_WAIVERS", "none")]).unwrap();
        assert!(layer[&SettingKey::Waivers].values.is_empty());
        for wrong in ["a,,b", " ", ","] {
            let error = read(&[("PATCHCTL_FAIL_ON", wrong)]).unwrap_err();
            assert!(
                error.to_string().starts_with("PATCHCTL_FAIL_ON: "),
                "{error}"
            );
        }
    }
}
