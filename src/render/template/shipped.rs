//! The templates that are shipped.

/// A template that is shipped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShippedTemplate {
    /// The value of `--template`.
    pub name: &'static str,
    /// Its ending says what it makes.
    pub file_name: &'static str,
    pub source: &'static str,
    /// One line for the list.
    pub about: &'static str,
    /// The documents that it can be filled with.
    pub documents: &'static [&'static str],
}

const FLEET: &[&str] = &["states", "summary", "check"];

impl ShippedTemplate {
    /// Every one, in the order of the list.
    pub(crate) const ALL: [Self; 4] = [
        Self {
            name: "slack",
            file_name: "slack.json",
            source: include_str!("shipped/slack.json"),
            about: "a message of Slack in Block Kit, for an incoming webhook",
            documents: FLEET,
        },
        Self {
            name: "mail-text",
            file_name: "mail-text.txt",
            source: include_str!("shipped/mail-text.txt"),
            about: "the body of a plain-text mail",
            documents: FLEET,
        },
        Self {
            name: "mail-html",
            file_name: "mail-html.html",
            source: include_str!("shipped/mail-html.html"),
            about: "the body of an HTML mail",
            documents: FLEET,
        },
        Self {
            name: "jira",
            file_name: "jira.jira",
            source: include_str!("shipped/jira.jira"),
            about: "a table in the wiki markup of Jira",
            documents: FLEET,
        },
    ];

    /// The template of this name. A path has a separator or an ending, and is none.
    #[must_use]
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shipped| shipped.name == name)
    }
}
