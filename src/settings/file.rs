//! What one configuration file says: TOML to entries, each with its place.
//!
//! Pure. Knows the form of the file. Must not know which value wins.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::settings::{Contents, Entry, Holds, Key, Layer, Origin, Value};
use crate::suggest::told;

/// Reads a file. `commands` are those that have columns.
///
/// # Errors
/// The first fault, with line and column: not UTF-8, no TOML, a key that there
/// is not, a value of the wrong type.
pub fn parse(path: &Path, bytes: &[u8], commands: &[String]) -> Result<Contents> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader {
        path: path.into(),
        text: &text,
        commands,
        fault: None,
    };
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        reader.refuse(at..at, "it is not UTF-8 text".to_owned());
    }
    let contents = match DeTable::parse(&text) {
        Ok(table) => reader.top(table.get_ref()),
        Err(error) => {
            let at = error.span().unwrap_or_default();
            reader.refuse(at, error.message().to_owned());
            Contents::default()
        }
    };
    match reader.fault {
        None => Ok(contents),
        Some((at, what)) => {
            let (line, column) = position(&text, at);
            Err(anyhow!("{}:{line}:{column}: {what}", path.display()))
        }
    }
}

/// Line and column of a byte, from 1, in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let before = String::from_utf8_lossy(before);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (
        before.matches('\n').count() + 1,
        before[start..].chars().count() + 1,
    )
}

struct Reader<'a> {
    path: Arc<Path>,
    text: &'a str,
    commands: &'a [String],
    /// The first thing that is wrong, by its place in the file.
    fault: Option<(usize, String)>,
}

impl Reader<'_> {
    fn refuse(&mut self, at: Range<usize>, what: String) {
        if self
            .fault
            .as_ref()
            .is_none_or(|(first, _)| at.start < *first)
        {
            self.fault = Some((at.start, what));
        }
    }

    fn top(&mut self, table: &DeTable<'_>) -> Contents {
        let mut contents = Contents::default();
        for (name, value) in table {
            match &**name.get_ref() {
                "columns" => self.columns(value, &mut contents.top),
                "policies" => {
                    for (policy, value) in self.table(value, "policies", "of policies by name") {
                        let of = format!("policies.{}", policy.get_ref());
                        let mut layer = Layer::new();
                        for (name, value) in self.table(value, &of, "of its keys") {
                            self.plain(&of, name, value, &mut layer);
                        }
                        contents
                            .policies
                            .insert(policy.get_ref().to_string(), layer);
                    }
                }
                _ => self.plain("", name, value, &mut contents.top),
            }
        }
        contents
    }

    /// The columns, by command.
    fn columns(&mut self, value: &Spanned<DeValue<'_>>, layer: &mut Layer) {
        for (command, value) in self.table(value, "columns", "of lists by command") {
            if self.commands.iter().any(|known| known == command.get_ref()) {
                let key = Key::Columns(command.get_ref().to_string());
                let name = key.name();
                self.insert(key, &name, value, layer);
            } else {
                let known: Vec<&str> = self.commands.iter().map(|command| &**command).collect();
                let what = told(command.get_ref(), &known);
                self.refuse(command.span(), format!("no command with columns is {what}"));
            }
        }
    }

    /// A key at the top, or of a policy.
    fn plain(
        &mut self,
        of: &str,
        name: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        layer: &mut Layer,
    ) {
        let keys = Key::all(&[]);
        let keys = keys
            .iter()
            .filter(|key| of.is_empty() || key.is_of_policy());
        match keys.clone().find(|key| key.name() == *name.get_ref()) {
            Some(key) if of.is_empty() => self.insert(key.clone(), &key.name(), value, layer),
            Some(key) => self.insert(key.clone(), &format!("{of}.{}", key.name()), value, layer),
            None => {
                let known: Vec<String> = keys.map(Key::name).collect();
                let mut known: Vec<&str> = known.iter().map(|name| &**name).collect();
                let place = if of.is_empty() {
                    known.extend(["columns", "policies"]);
                    String::new()
                } else {
                    format!(" of {of}")
                };
                let what = told(name.get_ref(), &known);
                self.refuse(name.span(), format!("no key{place} is {what}"));
            }
        }
    }

    fn table<'t, 'i>(
        &mut self,
        value: &'t Spanned<DeValue<'i>>,
        name: &str,
        what: &str,
    ) -> Vec<(&'t Spanned<Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
        match value.get_ref() {
            DeValue::Table(table) => table.iter().collect(),
            other => {
                let kind = kind(other);
                self.refuse(
                    value.span(),
                    format!("{name} is a table {what}, not {kind}"),
                );
                Vec::new()
            }
        }
    }

    /// The entry of a key, if it has the right type.
    fn insert(&mut self, key: Key, name: &str, value: &Spanned<DeValue<'_>>, layer: &mut Layer) {
        let holds = key.holds();
        let mut values = Vec::new();
        match value.get_ref() {
            DeValue::String(text) => self.string(holds, name, text, value.span(), &mut values),
            // It would set nothing, and read as if it did.
            DeValue::Array(array) if holds != Holds::Word && array.is_empty() => {
                let remedy = match holds {
                    Holds::Paths => "\"none\" takes away what is set below",
                    Holds::Word | Holds::List => "leave the key out",
                };
                self.refuse(value.span(), format!("{name}: an empty list; {remedy}"));
            }
            DeValue::Array(array) if holds != Holds::Word => {
                for item in array {
                    match item.get_ref() {
                        // A list within a list has no commas to be split at.
                        DeValue::String(text) if holds == Holds::List => {
                            self.string(Holds::Word, name, text, item.span(), &mut values);
                        }
                        DeValue::String(text) => {
                            self.string(holds, name, text, item.span(), &mut values);
                        }
                        other => {
                            let kind = kind(other);
                            let what = format!("{name} is a list of strings, not of {kind}");
                            self.refuse(item.span(), what);
                        }
                    }
                }
            }
            other => {
                let kind = kind(other);
                let wanted = match holds {
                    Holds::Word => "a string",
                    Holds::List | Holds::Paths => "a string or a list of strings",
                };
                let guess = match (&key, other) {
                    (Key::Policy, DeValue::Table(_)) => "; did you mean policies?",
                    _ => "",
                };
                self.refuse(
                    value.span(),
                    format!("{name} is {wanted}, not {kind}{guess}"),
                );
            }
        }
        if holds == Holds::Paths {
            self.paths(name, value.span(), &mut values);
        }
        let origin = self.origin(&value.span());
        layer.insert(key, Entry { values, origin });
    }

    /// One string, which may be a list.
    fn string(
        &mut self,
        holds: Holds,
        name: &str,
        text: &str,
        at: Range<usize>,
        values: &mut Vec<Value>,
    ) {
        let origin = self.origin(&at);
        let words: Vec<&str> = match holds {
            Holds::List => text.split(',').collect(),
            Holds::Word | Holds::Paths => vec![text],
        };
        for word in words.into_iter().map(str::trim) {
            if word.is_empty() {
                self.refuse(at.clone(), format!("{name}: an empty value in {text:?}"));
            }
            values.push(Value {
                text: word.to_owned(),
                origin: origin.clone(),
            });
        }
    }

    /// Paths are relative to the file that names them; `none` is no path.
    fn paths(&mut self, name: &str, at: Range<usize>, values: &mut Vec<Value>) {
        if values.iter().any(|value| value.text == "none") {
            if values.len() > 1 {
                self.refuse(at.clone(), format!("{name}: \"none\" stands alone"));
            }
            values.clear();
        }
        let path = self.path.clone();
        let folder = path.parent().unwrap_or(Path::new(""));
        for value in values {
            if let Some(joined) = folder.join(&value.text).to_str() {
                joined.clone_into(&mut value.text);
            } else {
                let what = format!("{name}: the folder of this file has no UTF-8 name");
                self.refuse(at.clone(), what);
            }
        }
    }

    fn origin(&self, at: &Range<usize>) -> Origin {
        let (line, column) = position(self.text, at.start);
        Origin::File {
            path: self.path.clone(),
            line,
            column,
        }
    }
}

/// What a value is, in words.
fn kind(value: &DeValue<'_>) -> &'static str {
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
