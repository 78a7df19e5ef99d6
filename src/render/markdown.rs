//! Markdown: a table as GitHub renders it, and the notes as a list below it. Streams.
//! Text from outside is escaped, so that it is shown as it is.

use std::io::Write;

use anyhow::Result;

use crate::columns::{Cell, Column, PlainCell, Row};
use crate::duration;
use crate::render::{Charset, Columns, RenderFooter, RenderOptions, Renderer};
use crate::report::Note;
use crate::sanitize::sanitize;

pub(super) struct MarkdownRenderer<R: 'static> {
    columns: Columns<R>,
    quiet: bool,
}

impl<R: Row> MarkdownRenderer<R> {
    pub(super) fn new(columns: Columns<R>, options: RenderOptions) -> Self {
        Self {
            columns,
            quiet: options.quiet,
        }
    }
}

impl<R: Row<Footer: RenderFooter>> Renderer<R> for MarkdownRenderer<R> {
    // Without a header it would be no table, so --no-headers changes nothing.
    fn write_header(&mut self, out: &mut dyn Write) -> Result<()> {
        write_table_head(&self.columns.list, out)
    }

    fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()> {
        // A remark on a node is among the notes, where there are notes.
        if row.is_note() && !self.quiet {
            return Ok(());
        }
        write_table_row(&self.columns.list, row, out)
    }

    fn write_footer(
        &mut self,
        footer: &R::Footer,
        notes: &[Note],
        out: &mut dyn Write,
    ) -> Result<()> {
        if self.quiet {
            return Ok(());
        }
        out.write_all(b"\n")?;
        for pieces in footer.head(None, Charset::default()) {
            let line: String = pieces.into_iter().map(|(text, _)| text).collect();
            if !line.is_empty() {
                writeln!(out, "- {}", escape(&line))?;
            }
        }
        for note in notes {
            let indent = if note.is_detail { "  " } else { "" };
            writeln!(out, "{indent}- {}", escape(&note.to_full_line()))?;
        }
        Ok(())
    }
}

/// Writes the head of a table of these columns.
pub(super) fn write_table_head<R>(
    columns: &[&'static Column<R>],
    out: &mut dyn Write,
) -> Result<()> {
    for column in columns {
        write!(out, "| {} ", escape(column.heading))?;
    }
    out.write_all(b"|\n")?;
    for column in columns {
        let is_number = column.kind.is_number();
        out.write_all(if is_number { b"| ---: " } else { b"| --- " })?;
    }
    out.write_all(b"|\n")?;
    Ok(())
}

/// Writes a row of a table.
pub(super) fn write_table_row<R>(
    columns: &[&'static Column<R>],
    row: &R,
    out: &mut dyn Write,
) -> Result<()> {
    for column in columns {
        match column.cell(row) {
            Cell::Age(seconds) => write!(out, "| {} ", duration::format_short(seconds))?,
            Cell::Ratio(part, whole) => write!(out, "| {part} of {whole} ")?,
            Cell::Percent(percent) => write!(out, "| {percent}% ")?,
            cell => match cell.plain() {
                PlainCell::Unknown => out.write_all(b"| - ")?,
                PlainCell::Text(text) => write!(out, "| {} ", escape(&text))?,
                PlainCell::Word(word) => write!(out, "| {word} ")?,
                PlainCell::Count(n) => write!(out, "| {n} ")?,
                PlainCell::Time(moment) => write!(out, "| {moment} ")?,
                PlainCell::Percent(percent) => write!(out, "| {percent} ")?,
            },
        }
    }
    out.write_all(b"|\n")?;
    Ok(())
}

/// A space without width: GitHub looks for mentions, references and addresses after it
/// has resolved backslashes and entities, and does not see one with it.
const BREAK: &str = "&#8203;";

/// The text as GitHub shows it literally: no markup, HTML, mention, reference, link or
/// line break, and no end of a table's cell.
pub(super) fn escape(text: &str) -> String {
    let text = sanitize(text);
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A formula, which GitHub looks for before it resolves backslashes.
            '$' => escaped.push_str("&#36;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '!' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '@' => {
                escaped.push(letter);
                escaped.push_str(BREAK);
            }
            '#' => {
                escaped.push_str("\\#");
                if letters
                    .peek()
                    .is_some_and(|(_, next)| next.is_ascii_digit())
                {
                    escaped.push_str(BREAK);
                }
            }
            ':' => {
                escaped.push(letter);
                if text[at..].starts_with("://") {
                    escaped.push_str(BREAK);
                }
            }
            '.' => {
                let start = text[..at].len().saturating_sub(3);
                let is_www = text
                    .get(start..at)
                    .is_some_and(|word| word.eq_ignore_ascii_case("www"));
                if is_www {
                    escaped.push_str(BREAK);
                }
                escaped.push(letter);
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_mentions_and_links_of_others_are_shown_as_they_are() {
        for (text, shown) in [
            ("a|b", "a\\|b"),
            ("a\\|b", "a\\\\\\|b"),
            ("`x` *y* _z_ ~w~", "\\`x\\` \\*y\\* \\_z\\_ \\~w\\~"),
            ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
            ("![i](u)", "\\!\\[i\\](u)"),
            ("@octocat a@b.c", "@&#8203;octocat a@&#8203;b.c"),
            ("#12 # 1", "\\#&#8203;12 \\# 1"),
            ("https://x www.x é.x", "https:&#8203;//x www&#8203;.x é.x"),
            ("$1$", "&#36;1&#36;"),
            ("a\r\nb\u{1b}", "a\\\\r\\\\nb\\\\u{1b}"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }

    /// The text of a cell, as a reader of CommonMark resolves it.
    fn resolved(escaped: &str) -> String {
        let mut text = String::new();
        let mut letters = escaped.chars();
        while let Some(letter) = letters.next() {
            text.extend(if letter == '\\' {
                letters.next()
            } else {
                Some(letter)
            });
        }
        for (entity, letter) in [
            ("&#8203;", ""),
            ("&#36;", "$"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ] {
            text = text.replace(entity, letter);
        }
        text
    }

    proptest! {
        #[test]
        fn a_cell_is_one_cell_and_resolves_to_its_text(text in "[a-c|\\\\`*_<>&\\[\\]@#$1:/.w \r\n\u{202e}é-]{0,24}") {
            let escaped = escape(&text);
            let mut before = ' ';
            for letter in escaped.chars() {
                let is_escaped = before == '\\';
                prop_assert!(is_escaped || !"|`*_[]<>$".contains(letter), "{}", escaped);
                prop_assert!(!letter.is_control());
                before = if is_escaped { ' ' } else { letter };
            }
            prop_assert_eq!(resolved(&escaped), sanitize(&text));
        }
    }
}
