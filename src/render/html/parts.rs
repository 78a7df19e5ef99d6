//! The small parts of a page: headings, sentences, figures and lists of facts.

use std::io::Write;

use anyhow::Result;
use askama::Template;

use crate::render::html::column_data::tone_class;
use crate::render::html::page::write_template;
use crate::render::tone::Tone;
use crate::sanitize::sanitize;

#[derive(Template)]
#[template(
    source = "<section aria-labelledby=\"{{ id }}\">\n<h2 id=\"{{ id }}\">{{ title }}</h2>",
    ext = "html"
)]
struct SectionHead<'a> {
    id: &'a str,
    title: &'a str,
}

/// Writes the start of a section.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_section_head(
    id: &str,
    title: &str,
    out: &mut dyn Write,
) -> Result<()> {
    let title = &*sanitize(title);
    write_template(&SectionHead { id, title }, out)
}

#[derive(Template)]
#[template(source = "<h3>{{ text }}</h3>", ext = "html")]
struct Subheading<'a> {
    text: &'a str,
}

/// Writes a heading within a section.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_subheading(text: &str, out: &mut dyn Write) -> Result<()> {
    let text = &*sanitize(text);
    write_template(&Subheading { text }, out)
}

#[derive(Template)]
#[template(
    source = "<p>{% if !word.is_empty() %}<strong class=\"{{ class }}\">{{ word }}</strong> {% endif %}{{ text }}</p>",
    ext = "html"
)]
struct Sentence<'a> {
    word: &'a str,
    class: &'static str,
    text: &'a str,
}

/// Writes a paragraph, which may start with a word that stands out.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_sentence(
    word: &str,
    tone: Tone,
    text: &str,
    out: &mut dyn Write,
) -> Result<()> {
    let sentence = Sentence {
        word: &sanitize(word),
        class: tone_class(tone),
        text: &sanitize(text),
    };
    write_template(&sentence, out)
}

#[derive(Template)]
#[template(path = "figures.html")]
struct Figures<'a> {
    figures: Vec<Figure<'a>>,
}

struct Figure<'a> {
    name: &'a str,
    count: u64,
    class: &'static str,
}

/// Writes counts with their names. A count of nothing has no colour.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_figures(
    figures: &[(&str, u64, Tone)],
    out: &mut dyn Write,
) -> Result<()> {
    let figures = figures.iter().map(|(name, count, tone)| Figure {
        name,
        count: *count,
        class: tone_class(if *count == 0 { Tone::Dim } else { *tone }),
    });
    let figures = figures.collect();
    write_template(&Figures { figures }, out)
}

/// Terms, and what they are; the term is empty where a line has none.
#[derive(Template)]
#[template(path = "facts.html")]
pub(in crate::render) struct FactList {
    facts: Vec<(String, String)>,
}

impl FactList {
    pub(in crate::render) const fn new() -> Self {
        Self { facts: Vec::new() }
    }

    pub(in crate::render) fn add(&mut self, term: &str, text: &str) {
        let fact = [term, text].map(|text| sanitize(text).into_owned());
        self.facts.push(fact.into());
    }

    /// Writes the list, and empties it.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    pub(in crate::render) fn flush(&mut self, out: &mut dyn Write) -> Result<()> {
        if self.facts.is_empty() {
            return Ok(());
        }
        write_template(self, out)?;
        self.facts.clear();
        Ok(())
    }
}
