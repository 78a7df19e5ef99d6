//! Draws what a terminal shows as SVG. Characters are placed by column, and block characters are rectangles, so that
//! the picture looks alike in whatever font it is shown.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

const CHAR_WIDTH: f64 = 8.0;
const LINE_HEIGHT: f64 = 19.0;
const PADDING: f64 = 16.0;

const BACKGROUND: &str = "#0d1117";
const FOREGROUND: &str = "#d1d7e0";
const DIM: &str = "#7d8590";

/// Colours of the terminal, by number.
const PALETTE: [&str; 8] = [
    "#484f58", "#ff7b72", "#57ab5a", "#e3b341", "#58a6ff", "#bc8cff", "#39c5cf", "#d1d7e0",
];

#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Style {
    bold: bool,
    dim: bool,
    color: Option<usize>,
}

impl Style {
    /// Applies the numbers of an SGR sequence.
    fn apply(&mut self, codes: &str) {
        let mut codes = codes.split(';').map(|code| code.parse().unwrap_or(0));
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                22 => (self.bold, self.dim) = (false, false),
                38 => self.color = codes.nth(1),
                39 => self.color = None,
                30..=37 => self.color = Some(code - 30),
                _ => panic!("a picture of SGR {code} is not known"),
            }
        }
    }

    fn fill(self) -> &'static str {
        match self.color {
            Some(color) => PALETTE[color % 8],
            None if self.dim => DIM,
            None => FOREGROUND,
        }
    }
}

/// How much of its cell a block character covers.
fn shade(char: char) -> Option<f64> {
    match char {
        '█' => Some(1.0),
        '▓' => Some(0.85),
        '▒' => Some(0.55),
        '░' => Some(0.6),
        _ => None,
    }
}

struct Canvas {
    width: usize,
    row: usize,
    column: usize,
    style: Style,
    body: String,
}

impl Canvas {
    fn text(&mut self, text: &str) {
        let mut run = String::new();
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            if let Some((codes, after)) = rest
                .strip_prefix("\u{1b}[")
                .and_then(|rest| rest.split_once('m'))
            {
                self.flush(&mut run);
                self.style.apply(codes);
                rest = after;
                continue;
            }
            rest = &rest[char.len_utf8()..];
            let columns = char.width().unwrap_or(0);
            if char == '\n' || self.column + run.chars().count() + columns > self.width {
                self.flush(&mut run);
                self.row += 1;
                self.column = 0;
            }
            if char == '\n' {
                continue;
            }
            // Blocks of one shade are one rectangle, words one text.
            let last = run.chars().last();
            if last.is_some_and(|last| shade(last) != shade(char))
                || run.ends_with("  ") && char != ' '
            {
                self.flush(&mut run);
            }
            run.push(char);
        }
        self.flush(&mut run);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "columns and lines of a terminal"
    )]
    fn flush(&mut self, run: &mut String) {
        let columns = run.chars().count();
        let left = PADDING + self.column as f64 * CHAR_WIDTH;
        let top = PADDING + self.row as f64 * LINE_HEIGHT;
        let fill = self.style.fill();
        self.column += columns;
        let shown = run.trim_end();
        if let Some(opacity) = shown.chars().next().and_then(shade) {
            let _ = writeln!(
                self.body,
                r#"<rect x="{left}" y="{}" width="{}" height="{}" fill="{fill}" fill-opacity="{opacity}"/>"#,
                top + 3.0,
                columns as f64 * CHAR_WIDTH,
                LINE_HEIGHT - 6.0,
            );
        } else if !shown.is_empty() {
            let spaces = shown.len() - shown.trim_start().len();
            let shown = shown.trim_start();
            let weight = if self.style.bold {
                r#" font-weight="bold""#
            } else {
                ""
            };
            let escaped = shown.replace('&', "&amp;").replace('<', "&lt;");
            let _ = writeln!(
                self.body,
                r#"<text x="{}" y="{}" fill="{fill}"{weight} textLength="{}" lengthAdjust="spacingAndGlyphs">{escaped}</text>"#,
                left + spaces as f64 * CHAR_WIDTH,
                top + 14.0,
                shown.chars().count() as f64 * CHAR_WIDTH,
            );
        }
        run.clear();
    }
}

/// The picture of a terminal of this width that shows this text with its escape sequences.
#[expect(
    clippy::cast_precision_loss,
    reason = "columns and lines of a terminal"
)]
pub(crate) fn draw(text: &str, width: usize, description: &str) -> String {
    let mut canvas = Canvas {
        width,
        row: 0,
        column: 0,
        style: Style::default(),
        body: String::new(),
    };
    canvas.text(text.trim_end());
    let w = 2.0 * PADDING + width as f64 * CHAR_WIDTH;
    let h = 2.0 * PADDING + (canvas.row + 1) as f64 * LINE_HEIGHT;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" \
         font-size=\"13\" xml:space=\"preserve\">\n<title>{description}</title>\n\
         <rect width=\"{w}\" height=\"{h}\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n{}</svg>\n",
        canvas.body
    )
}
