//! The frame of a page: its head with the policy of what it may load, and its foot.

use std::io::Write;

use anyhow::Result;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::report::{Note, NoteLevel};
use crate::sanitize::sanitize;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("table.js");

#[derive(Template)]
#[template(path = "page_head.html")]
struct PageHead<'a> {
    heading: &'a str,
    title: String,
    version: &'a str,
    now: Timestamp,
    now_text: String,
    style: &'a str,
    /// What `Content-Security-Policy` knows the style and the script by. Source: CSP 3, 2.3.1.
    style_hash: String,
    script_hash: String,
}

#[derive(Template)]
#[template(path = "page_foot.html")]
struct PageFoot<'a> {
    script: &'a str,
}

/// Writes what stands above the sections of a page. `section` is that of a page with one.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_page_head(
    heading: &str,
    section: Option<&str>,
    now: Timestamp,
    out: &mut dyn Write,
) -> Result<()> {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let head = PageHead {
        heading,
        title: section.map_or(heading.to_owned(), |section| {
            format!("{heading}: {section}")
        }),
        version: env!("CARGO_PKG_VERSION"),
        now,
        now_text: page_time(now),
        style: STYLE,
        style_hash: hash(STYLE),
        script_hash: hash(SCRIPT),
    };
    write_template(&head, out)
}

/// Writes what stands below the sections of a page.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_page_foot(out: &mut dyn Write) -> Result<()> {
    write_template(&PageFoot { script: SCRIPT }, out)
}

/// Writes a part of a page.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_template(
    template: &impl Template,
    out: &mut dyn Write,
) -> Result<()> {
    out.write_all(template.render()?.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(())
}

/// A moment as pages show it, in UTC.
#[must_use]
pub(in crate::render) fn page_time(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M").to_string()
}

/// A section with a list of sentences.
#[derive(Template)]
#[template(path = "notes.html")]
pub(in crate::render) struct NoteList {
    id: &'static str,
    title: &'static str,
    lines: Vec<NoteLine>,
}

struct NoteLine {
    text: String,
    is_detail: bool,
    is_warning: bool,
}

impl NoteList {
    #[must_use]
    pub(in crate::render) const fn new(id: &'static str, title: &'static str) -> Self {
        Self {
            id,
            title,
            lines: Vec::new(),
        }
    }

    /// Adds a line, unless it is empty.
    pub(in crate::render) fn add_line(&mut self, text: &str) {
        if !text.is_empty() {
            self.lines.push(NoteLine {
                text: sanitize(text).into_owned(),
                is_detail: false,
                is_warning: false,
            });
        }
    }

    pub(in crate::render) fn add_note(&mut self, note: &Note) {
        self.lines.push(NoteLine {
            text: sanitize(&note.to_full_line()).into_owned(),
            is_detail: note.is_detail,
            is_warning: note.level == NoteLevel::Warning,
        });
    }

    /// Writes the section; nothing where there are no lines.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    pub(in crate::render) fn write(&self, out: &mut dyn Write) -> Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        write_template(self, out)
    }
}
