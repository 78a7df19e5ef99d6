//! The kinds of mutation, and the values they put into documents.

/// Length of the longest inserted text, in bytes.
pub(super) const HUGE_TEXT_BYTES: usize = 1 << 20;

/// Depth of nested values.
pub(super) const NESTING_DEPTH: usize = 50_000;

/// A kind of mutation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MutationKind {
    /// One to eight bits of the body are flipped.
    BitFlips,
    /// The body ends early, with the matching length.
    Truncation,
    /// More bytes follow the document.
    TrailingBytes,
    /// Status 200 with an empty body.
    EmptyBody,
    /// Status 204.
    NoContent,
    /// An HTML page with status 200.
    Html,
    /// An HTML page with an error status, as load balancers and proxies send.
    HtmlError,
    /// `Content-Length` is larger than the body, and the connection ends.
    LengthTooLong,
    /// `Content-Length` is smaller than the body.
    LengthTooShort,
    /// The document of another operation.
    OtherOperation,
    /// An error document with status 200.
    ErrorWith200,
    /// An error in place of the response.
    ErrorStatus,
    /// A value of another type.
    WrongType,
    /// A value replaced by null.
    Null,
    /// A missing member.
    MissingMember,
    /// A number that is out of range, negative or fractional.
    OddNumber,
    /// A text with control characters or formulas, or of a megabyte.
    OddText,
    /// A member twice, with two values.
    DuplicateKey,
    /// A row twice, the second time perhaps with another value.
    RepeatedRow,
    /// A missing row.
    MissingRow,
    /// A list without its rows.
    NoRows,
    /// Two rows with their ids swapped, or one with an unknown id.
    SwappedNodes,
    /// A page token of a megabyte.
    HugeToken,
    /// The page token of the request again.
    RepeatedToken,
    /// Deeply nested values.
    DeepNesting,
}

impl MutationKind {
    /// All kinds, with their names in `/stats`.
    pub(crate) const ALL: [(Self, &str); 25] = [
        (Self::BitFlips, "bit-flips"),
        (Self::Truncation, "truncation"),
        (Self::TrailingBytes, "trailing-bytes"),
        (Self::EmptyBody, "empty-body"),
        (Self::NoContent, "no-content"),
        (Self::Html, "html"),
        (Self::HtmlError, "html-error"),
        (Self::LengthTooLong, "length-too-long"),
        (Self::LengthTooShort, "length-too-short"),
        (Self::OtherOperation, "other-operation"),
        (Self::ErrorWith200, "error-with-200"),
        (Self::ErrorStatus, "error-status"),
        (Self::WrongType, "wrong-type"),
        (Self::Null, "null"),
        (Self::MissingMember, "missing-member"),
        (Self::OddNumber, "odd-number"),
        (Self::OddText, "odd-text"),
        (Self::DuplicateKey, "duplicate-key"),
        (Self::RepeatedRow, "repeated-row"),
        (Self::MissingRow, "missing-row"),
        (Self::NoRows, "no-rows"),
        (Self::SwappedNodes, "swapped-nodes"),
        (Self::HugeToken, "huge-token"),
        (Self::RepeatedToken, "repeated-token"),
        (Self::DeepNesting, "deep-nesting"),
    ];

    pub(crate) fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(kind, _)| *kind == self);
        known.map_or("", |(_, name)| name)
    }
}

/// Texts that are dangerous to print.
pub(super) const TEXTS: [&str; 10] = [
    "",
    " ",
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "=1+1",
    "a;=1+1",
    "a\t=1+1",
    "\u{0}=1+1",
    "line\r\nline",
    "\u{202e}\u{feff}\u{9b}31m",
    "<script>alert(1)</script>]]>&amp;",
];

/// Numbers that are invalid as counters or times.
pub(super) const NUMBERS: [&str; 13] = [
    "1e300",
    "-1e300",
    "1e999",
    "-1",
    "-2",
    "-2147483649",
    "-9223372036854775809",
    "18446744073709551616",
    "9007199254740993",
    "1.5",
    "-0.0",
    "253402300800",
    "-62135596800.0",
];
