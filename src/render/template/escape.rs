//! How text from AWS is made harmless in each kind of output. Pure.

use std::fmt::Write as _;

use crate::render::markdown;
use crate::sanitize::{CsvDestination, csv_cell, sanitize};

/// What a template makes, by the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputKind {
    Html,
    Json,
    Markdown,
    Csv,
    /// Wiki markup of Jira.
    Jira,
    Text,
}

impl OutputKind {
    pub(super) const ALL: [Self; 6] = [
        Self::Html,
        Self::Json,
        Self::Markdown,
        Self::Csv,
        Self::Jira,
        Self::Text,
    ];

    /// The kind of a file: by its ending, or the one before `.j2` or `.jinja`.
    pub(super) fn of_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let bare = [".j2", ".jinja", ".jinja2"]
            .iter()
            .find_map(|ending| name.strip_suffix(ending));
        let ending = bare.unwrap_or(&name).rsplit_once('.');
        match ending.map_or("", |(_, ending)| ending) {
            "html" | "htm" | "xml" | "svg" => Self::Html,
            "json" => Self::Json,
            "md" | "markdown" => Self::Markdown,
            "csv" => Self::Csv,
            "jira" | "wiki" => Self::Jira,
            _ => Self::Text,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Csv => "csv",
            Self::Jira => "jira",
            Self::Text => "text",
        }
    }

    /// The text as this kind of output shows it, as it is: no markup, formula or control
    /// character of it acts.
    pub(super) fn escape(self, text: &str) -> String {
        match self {
            Self::Html => escape_html(text),
            Self::Json => serde_json::Value::from(text).to_string(),
            Self::Markdown => markdown::escape(text),
            Self::Csv => escape_csv(text),
            Self::Jira => escape_jira(text),
            Self::Text => sanitize(text).into_owned(),
        }
    }
}

/// For elements, and for attributes between quotation marks.
fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in sanitize(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A cell of CSV: no formula, and between quotation marks where it needs them.
fn escape_csv(text: &str) -> String {
    let cell = csv_cell(text, CsvDestination::Pipe);
    if cell.needs_quotes {
        format!("\"{}\"", cell.text.replace('"', "\"\""))
    } else {
        cell.text.into_owned()
    }
}

/// As entities, which every renderer of Jira shows as the character: a backslash would end
/// a line before another one, and does not protect the end of a cell.
/// Source: Jira, "Text Formatting Notation".
fn escape_jira(text: &str) -> String {
    if text.is_empty() {
        // Two signs beside each other would start a heading.
        return " ".to_owned();
    }
    let text = sanitize(text);
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let is_markup = match letter {
            '\\' | '|' | '{' | '}' | '[' | ']' | '*' | '+' | '^' | '~' | '!' | '?' | '#' | '@'
            | '&' | '<' | '>' | '(' => true,
            // A name such as prod-web has no markup.
            '-' | '_' => {
                let after = text[at + 1..].chars().next();
                !(before.is_alphanumeric() && after.is_some_and(char::is_alphanumeric))
            }
            ':' | ';' => text[at + 1..].starts_with(['/', ')', 'D', 'P', '(']),
            // `h1.` and `bq.` at the start of a cell.
            '.' => at < 3,
            _ => false,
        };
        if is_markup {
            write!(escaped, "&#{};", u32::from(letter)).expect("writing to a string cannot fail");
        } else {
            escaped.push(letter);
        }
        before = letter;
    }
    escaped
}

/// A space without width, which parts a sign from its text.
const BREAK: char = '\u{200b}';

/// For a text of Slack in `mrkdwn`: no mention, link, emphasis, quotation or emoji.
/// Source: Slack, "Formatting text for app surfaces": three characters have entities, and
/// there is no escape for the others.
pub(super) fn escape_slack(text: &str) -> String {
    let text = sanitize(text);
    let mut escaped = String::with_capacity(text.len() + 8);
    for (at, letter) in text.char_indices() {
        let is_markup = match letter {
            '*' | '_' | '~' | '`' => true,
            ':' => is_emoji(&text[at + 1..]),
            letter => at == 0 && letter == '>',
        };
        if is_markup {
            escaped.push(BREAK);
        }
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Could this, behind a colon, be the name of an emoji? The colon of a time is none.
fn is_emoji(text: &str) -> bool {
    let name = text.split_once(':').map_or("", |(name, _)| name);
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-'".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ending_of_a_template_says_what_it_makes() {
        for (name, kind) in [
            ("mail.html", OutputKind::Html),
            ("MAIL.HTML.j2", OutputKind::Html),
            ("feed.xml", OutputKind::Html),
            ("slack.json", OutputKind::Json),
            ("notes.md.jinja", OutputKind::Markdown),
            ("rows.csv", OutputKind::Csv),
            ("table.jira", OutputKind::Jira),
            ("mail.txt", OutputKind::Text),
            ("folder.html/none", OutputKind::Text),
            ("x.j2", OutputKind::Text),
        ] {
            assert_eq!(OutputKind::of_name(name), kind, "{name}");
        }
    }

    #[test]
    fn markup_of_others_is_shown_as_it_is() {
        for (kind, text, shown) in [
            (
                OutputKind::Html,
                "<a href=\"x\" b='y'>&\u{1b}",
                "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\\u{1b}",
            ),
            (OutputKind::Json, "\"\n\u{1b}<", "\"\\\"\\n\\u001b<\""),
            (OutputKind::Csv, "=1;\"a\"", "\"'=1;\"\"a\"\"\""),
            (OutputKind::Csv, "KB1", "KB1"),
            (
                OutputKind::Jira,
                "a|b {code} [x] i-0 -x-",
                "a&#124;b &#123;code&#125; &#91;x&#93; i-0 &#45;x&#45;",
            ),
            (
                OutputKind::Jira,
                "h1. x\\\\y http://x",
                "h1&#46; x&#92;&#92;y http&#58;//x",
            ),
            (OutputKind::Text, "a\u{1b}[2J\r\nb", "a\\u{1b}[2J\\r\\nb"),
        ] {
            assert_eq!(kind.escape(text), shown, "{text:?}");
        }
        assert_eq!(
            escape_slack("> <!channel> *b* _i_ :x:&"),
            "\u{200b}&gt; &lt;!channel&gt; \u{200b}*b\u{200b}* \u{200b}_i\u{200b}_ \u{200b}:x:&amp;"
        );
    }

    proptest! {
        #[test]
        fn no_sign_of_markup_is_left(text in "[a-c<>&\"'|{}\\[\\]\\\\*_@:\r\n\u{1b}\u{202e} -]{0,24}") {
            let html = OutputKind::Html.escape(&text);
            let has_sign = html.contains(['<', '>', '"', '\'', '\n', '\u{1b}', '\u{202e}']);
            prop_assert!(!has_sign);
            let jira = OutputKind::Jira.escape(&text);
            let has_sign = jira.contains(['|', '{', '}', '[', ']', '\\', '*', '\n', '\u{1b}']);
            prop_assert!(!has_sign);
            let slack = escape_slack(&text);
            let has_sign = slack.contains(['<', '>', '\n', '\u{1b}']);
            prop_assert!(!has_sign);
            for (at, _) in slack.match_indices(['*', '_', '`']) {
                prop_assert!(slack[..at].ends_with(BREAK));
            }
            let json: String = serde_json::from_str(&OutputKind::Json.escape(&text)).unwrap();
            prop_assert_eq!(json, text);
        }
    }
}
