//! Parses a configuration file: TOML to entries, each with its position.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::bounded_read;
use crate::settings::{
    ConfigFile, Layer, Origin, SettingEntry, SettingKey, SettingValue, ValueKind,
};
use crate::suggest::describe_suggestion;

/// Parses a file. `commands` are those that have columns.
///
/// # Errors
/// The first error, with line and column: not UTF-8, not TOML, an unknown key, a
/// value of the wrong type.
pub(crate) fn parse(path: &Path, bytes: &[u8], commands: &[String]) -> Result<ConfigFile> {
    bounded_read::check_text(path.display(), bytes)?;
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let mut reader = ConfigReader {
        path: path.into(),
        text: &text,
        commands,
        first_error: None,
    };
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        reader.record_error(at..at, "not UTF-8 text".to_owned());
    }
    let contents = match DeTable::parse(&text) {
        Ok(table) => reader.read_top_level(table.get_ref()),
        Err(error) => {
            let at = error.span().unwrap_or_default();
            reader.record_error(at, error.message().to_owned());
            ConfigFile::default()
        }
    };
    match reader.first_error {
        None => Ok(contents),
        Some((at, what)) => {
            let (line, column) = line_and_column(&text, at);
            Err(anyhow!("{}:{line}:{column}: {what}", path.display()))
        }
    }
}

/// Line and column of a byte offset, from 1, in characters.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let before = String::from_utf8_lossy(before);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (
        before.matches('\n').count() + 1,
        before[start..].chars().count() + 1,
    )
}

struct ConfigReader<'a> {
    path: Arc<Path>,
    text: &'a str,
    commands: &'a [String],
    /// The first error by its position in the file.
    first_error: Option<(usize, String)>,
}

impl ConfigReader<'_> {
    fn record_error(&mut self, at: Range<usize>, what: String) {
        if self
            .first_error
            .as_ref()
            .is_none_or(|(first, _)| at.start < *first)
        {
            self.first_error = Some((at.start, what));
        }
    }

    fn read_top_level(&mut self, table: &DeTable<'_>) -> ConfigFile {
        let mut contents = ConfigFile::default();
        for (name, value) in table {
            match &**name.get_ref() {
                "columns" => self.read_columns(value, &mut contents.top_level),
                "policies" => {
                    for (policy, value) in self.read_table(value, "policies", "of policies") {
                        let of = format!("policies.{}", policy.get_ref());
                        let mut layer = Layer::new();
                        for (name, value) in self.read_table(value, &of, "of keys") {
                            self.read_key(&of, name, value, &mut layer);
                        }
                        contents
                            .policies
                            .insert(policy.get_ref().to_string(), layer);
                    }
                }
                _ => self.read_key("", name, value, &mut contents.top_level),
            }
        }
        contents
    }

    /// The table of columns by command.
    fn read_columns(&mut self, value: &Spanned<DeValue<'_>>, layer: &mut Layer) {
        for (command, value) in self.read_table(value, "columns", "of column lists by command") {
            if self.commands.iter().any(|known| known == command.get_ref()) {
                let key = SettingKey::Columns(command.get_ref().to_string());
                let name = key.name();
                self.insert_entry(key, &name, value, layer);
            } else {
                let known: Vec<&str> = self.commands.iter().map(|command| &**command).collect();
                let what = describe_suggestion(command.get_ref(), &known);
                self.record_error(command.span(), format!("unknown command {what}"));
            }
        }
    }

    /// A top-level key, or one of a policy.
    fn read_key(
        &mut self,
        of: &str,
        name: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        layer: &mut Layer,
    ) {
        let keys = SettingKey::all(&[]);
        let keys = keys
            .iter()
            .filter(|key| of.is_empty() || key.is_policy_key());
        match keys.clone().find(|key| key.name() == *name.get_ref()) {
            Some(key) if of.is_empty() => self.insert_entry(key.clone(), &key.name(), value, layer),
            Some(key) => {
                self.insert_entry(key.clone(), &format!("{of}.{}", key.name()), value, layer);
            }
            None => {
                let known: Vec<String> = keys.map(SettingKey::name).collect();
                let mut known: Vec<&str> = known.iter().map(|name| &**name).collect();
                let place = if of.is_empty() {
                    known.extend(["columns", "policies"]);
                    String::new()
                } else {
                    format!("{of}: ")
                };
                let what = describe_suggestion(name.get_ref(), &known);
                self.record_error(name.span(), format!("{place}unknown key {what}"));
            }
        }
    }

    fn read_table<'t, 'i>(
        &mut self,
        value: &'t Spanned<DeValue<'i>>,
        name: &str,
        what: &str,
    ) -> Vec<(&'t Spanned<Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
        match value.get_ref() {
            DeValue::Table(table) => table.iter().collect(),
            other => {
                let kind = type_name(other);
                self.record_error(
                    value.span(),
                    format!("{name}: expected a table {what}, got {kind}"),
                );
                Vec::new()
            }
        }
    }

    /// Adds the entry of a key if its value has the right type.
    fn insert_entry(
        &mut self,
        key: SettingKey,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        layer: &mut Layer,
    ) {
        let holds = key.value_kind();
        let mut values = Vec::new();
        match value.get_ref() {
            DeValue::Table(table) if holds == ValueKind::Table => {
                self.push_table(name, table, value.span(), &mut values);
            }
            DeValue::String(text) if holds != ValueKind::Table => {
                self.push_string(holds, name, text, value.span(), &mut values);
            }
            // It would look like a setting and set nothing.
            DeValue::Array(array)
                if matches!(holds, ValueKind::List | ValueKind::PathList) && array.is_empty() =>
            {
                let remedy = match holds {
                    ValueKind::PathList => "write \"none\" for no waivers",
                    _ => "remove the key",
                };
                self.record_error(value.span(), format!("{name}: an empty list; {remedy}"));
            }
            DeValue::Array(array) if matches!(holds, ValueKind::List | ValueKind::PathList) => {
                for item in array {
                    match item.get_ref() {
                        // A string inside an array is not split at commas.
                        DeValue::String(text) if holds == ValueKind::List => {
                            self.push_string(
                                ValueKind::Single,
                                name,
                                text,
                                item.span(),
                                &mut values,
                            );
                        }
                        DeValue::String(text) => {
                            self.push_string(holds, name, text, item.span(), &mut values);
                        }
                        other => {
                            let kind = type_name(other);
                            let what =
                                format!("{name}: expected a list of strings, got {kind} in it");
                            self.record_error(item.span(), what);
                        }
                    }
                }
            }
            other => {
                let kind = type_name(other);
                let wanted = match holds {
                    ValueKind::Single => "a string",
                    ValueKind::List | ValueKind::PathList => "a string or a list of strings",
                    ValueKind::Table => "a table of strings",
                };
                let guess = match (&key, other) {
                    (SettingKey::Policy, DeValue::Table(_)) => "; did you mean policies?",
                    _ => "",
                };
                self.record_error(
                    value.span(),
                    format!("{name}: expected {wanted}, got {kind}{guess}"),
                );
            }
        }
        if holds == ValueKind::PathList {
            self.resolve_paths(name, value.span(), &mut values);
        }
        let origin = self.origin_at(&value.span());
        layer.insert(key, SettingEntry { values, origin });
    }

    /// Adds a string, which may be a list.
    fn push_string(
        &mut self,
        holds: ValueKind,
        name: &str,
        text: &str,
        at: Range<usize>,
        values: &mut Vec<SettingValue>,
    ) {
        let origin = self.origin_at(&at);
        let words: Vec<&str> = match holds {
            ValueKind::List => text.split(',').collect(),
            ValueKind::Single | ValueKind::Table | ValueKind::PathList => vec![text],
        };
        for word in words.into_iter().map(str::trim) {
            if word.is_empty() {
                self.record_error(at.clone(), format!("{name}: an empty value in {text:?}"));
            }
            values.push(SettingValue {
                text: word.to_owned(),
                origin: origin.clone(),
            });
        }
    }

    /// Adds the entries of a table, each as `key=value` where its key stands.
    fn push_table(
        &mut self,
        name: &str,
        table: &DeTable<'_>,
        at: Range<usize>,
        values: &mut Vec<SettingValue>,
    ) {
        if table.is_empty() {
            self.record_error(at, format!("{name}: an empty table; remove it"));
        }
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            match value.get_ref() {
                DeValue::String(text) => values.push(SettingValue {
                    text: format!("{}={text}", key.get_ref()),
                    origin: self.origin_at(&key.span()),
                }),
                other => {
                    let (kind, key) = (type_name(other), key.get_ref());
                    let what = format!("{name}.{key}: expected a string, got {kind}");
                    self.record_error(value.span(), what);
                }
            }
        }
    }

    /// Resolves paths relative to the file; `none` is an empty list.
    fn resolve_paths(&mut self, name: &str, at: Range<usize>, values: &mut Vec<SettingValue>) {
        if values.iter().any(|value| value.text == "none") {
            if values.len() > 1 {
                self.record_error(
                    at.clone(),
                    format!("{name}: \"none\" cannot be combined with paths"),
                );
            }
            values.clear();
        }
        let path = self.path.clone();
        let folder = path.parent().unwrap_or(Path::new(""));
        for value in values {
            if let Some(joined) = folder.join(&value.text).to_str() {
                joined.clone_into(&mut value.text);
            } else {
                let what = format!("{name}: the path of the folder of this file is not UTF-8");
                self.record_error(at.clone(), what);
            }
        }
    }

    fn origin_at(&self, at: &Range<usize>) -> Origin {
        let (line, column) = line_and_column(self.text, at.start);
        Origin::File {
            path: self.path.clone(),
            line,
            column,
        }
    }
}

/// The type of a value.
fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests;
