//! `--template`: a template of the user, or one that is shipped, filled with the JSON
//! document of an answer. The only files that name the crate.
//!
//! A template reads no file and calls nothing, and its work is bounded.

mod escape;
mod filters;
pub(crate) mod shipped;

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::Timestamp;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use crate::bounded_read::read_file;
use crate::render::large_stack::with_large_stack;
use crate::render::template::escape::OutputKind;
use crate::render::template::shipped::ShippedTemplate;
use crate::sanitize::sanitize_truncated;

/// The largest file of a template; large ones have some 10 kB.
const MAX_TEMPLATE_BYTES: u64 = 1 << 20;

/// The work that a template may do: instructions, and for every 64 bytes that it makes one
/// more. Beside this, some for each byte of the document.
const BASE_FUEL: u64 = 10_000_000;
const FUEL_PER_BYTE: u64 = 4;

/// Macros that call one another.
const MAX_CALLS: usize = 100;

/// The most characters of a line of a template in a message.
const MAX_QUOTED: usize = 80;

/// A template without errors of syntax.
#[derive(Debug)]
pub(crate) struct Template {
    name: String,
    source: String,
}

impl Template {
    /// The shipped template of this name, or the file. `document` is what it will be filled
    /// with.
    ///
    /// # Errors
    /// When the file cannot be read, the syntax is wrong, or a shipped template is not made
    /// for the document.
    pub(crate) fn load(path: &Path, document: &str) -> Result<Self> {
        let shipped = path.to_str().and_then(ShippedTemplate::by_name);
        let template = if let Some(shipped) = shipped {
            if !shipped.documents.contains(&document) {
                bail!(
                    "--template {}: made for {}, not for {document}; patchctl template show {} \
                     prints it as a start",
                    shipped.name,
                    shipped.documents.join(", "),
                    shipped.name
                );
            }
            Self {
                name: shipped.file_name.to_owned(),
                source: shipped.source.to_owned(),
            }
        } else {
            Self::read(path)?
        };
        template.in_environment(Timestamp::UNIX_EPOCH, 0, |_| Ok(()))?;
        Ok(template)
    }

    fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let read = read_file(path, MAX_TEMPLATE_BYTES).with_context(|| {
            let names = ShippedTemplate::ALL.map(|shipped| shipped.name).join(", ");
            format!("--template {shown}: cannot read it; templates of patchctl are {names}")
        })?;
        let source = String::from_utf8(read);
        let source = source.map_err(|_| anyhow!("--template {shown}: not text in UTF-8"))?;
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            source,
        })
    }

    /// Writes the template filled with a document; nothing of it where it fails.
    ///
    /// # Errors
    /// When a field is not in the document, the template does too much work, or the result
    /// cannot be written.
    pub(crate) fn write(&self, document: &[u8], now: Timestamp, out: &mut dyn Write) -> Result<()> {
        let filled = self.in_environment(now, document.len(), |environment| {
            let values: Value = serde_json::from_slice(document)
                .map_err(|error| Error::new(ErrorKind::CannotDeserialize, error.to_string()))?;
            environment.get_template(&self.name)?.render(values)
        })?;
        out.write_all(filled.as_bytes())?;
        if !filled.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Runs it with the engine that has this template.
    fn in_environment<T: Send>(
        &self,
        now: Timestamp,
        document_bytes: usize,
        work: impl FnOnce(&Environment<'_>) -> Result<T, Error> + Send,
    ) -> Result<T> {
        let run = || {
            let mut environment = Environment::new();
            // So that an error names what is undefined; by default only a build with debug assertions does.
            environment.set_debug(true);
            environment.set_undefined_behavior(UndefinedBehavior::Strict);
            environment.set_recursion_limit(MAX_CALLS);
            // Tags on lines of their own leave no empty ones.
            let mut syntax = SyntaxConfig::builder();
            environment.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).build()?);
            let fuel = FUEL_PER_BYTE * u64::try_from(document_bytes).unwrap_or(u64::MAX);
            environment.set_fuel(Some(BASE_FUEL.saturating_add(fuel)));
            environment.set_auto_escape_callback(|name| match OutputKind::of_name(name) {
                OutputKind::Json => AutoEscape::Json,
                kind => AutoEscape::Custom(kind.name().into()),
            });
            environment.set_formatter(write_value);
            filters::add_filters(&mut environment, now);
            environment.add_global("now", now.to_string());
            environment.add_template(&self.name, &self.source)?;
            work(&environment)
        };
        with_large_stack(run)?.map_err(|error| self.describe_error(&error))
    }

    /// `--template mail.txt: line 3: undefined value: {{ Nonesuch }}`
    fn describe_error(&self, error: &Error) -> anyhow::Error {
        let cause = match (error.kind(), error.detail()) {
            (ErrorKind::OutOfFuel, _) => "too much work; it may never end".to_owned(),
            (ErrorKind::SyntaxError, Some(detail)) => detail.to_owned(),
            (kind, Some(detail)) => format!("{kind}: {detail}"),
            (kind, None) => kind.to_string(),
        };
        let line = error.line().map_or(String::new(), |line| {
            let quoted = self
                .source
                .lines()
                .nth(line.saturating_sub(1))
                .unwrap_or_default();
            let quoted = sanitize_truncated(quoted.trim(), MAX_QUOTED);
            format!(", in line {line}: {quoted}")
        });
        anyhow!("--template {}: {cause}{line}", self.name)
    }
}

/// Writes a value, harmless in what the template makes. What is unknown looks as in the
/// other formats of that kind, and never as zero.
fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(ErrorKind::UndefinedError.into());
    }
    let mode = state.auto_escape();
    let AutoEscape::Custom(name) = &mode else {
        return minijinja::escape_formatter(out, state, value);
    };
    let kind = OutputKind::ALL.into_iter().find(|kind| kind.name() == name);
    let kind = kind.unwrap_or(OutputKind::Text);
    let text = match (value.as_str(), kind) {
        (Some(text), _) if value.is_safe() => text.to_owned(),
        (Some(text), kind) => kind.escape(text),
        (None, OutputKind::Csv) if value.is_none() => String::new(),
        (None, _) if value.is_none() => "-".to_owned(),
        (None, kind) => kind.escape(&value.to_string()),
    };
    Ok(out.write_str(&text)?)
}

#[cfg(test)]
mod tests;
