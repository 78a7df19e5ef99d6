//! The kinds of mutation, and the values they put into documents.

/// How long the longest text that is put into an answer is, in bytes.
pub const HUGE_TEXT_BYTES: usize = 1 << 20;

/// How deep nested values are.
pub const NESTING_DEPTH: usize = 50_000;

/// One way in which an answer is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MutationKind {
    /// One to eight bits of the body are flipped.
    BitFlips,
    /// The body ends early, and the length says so.
    Truncation,
    /// More bytes follow the document.
    TrailingBytes,
    /// Status 200 with nothing in it.
    EmptyBody,
    /// Status 204.
    NoContent,
    /// A web page with status 200.
    Html,
    /// A web page with an error status, as load balancers and proxies send it.
    HtmlError,
    /// `Content-Length` says more than there is, and the connection ends.
    LengthTooLong,
    /// `Content-Length` says less than there is.
    LengthTooShort,
    /// The document of another operation.
    OtherOperation,
    /// The document of an error, with status 200.
    ErrorWith200,
    /// An error the service was not meant to answer.
    ErrorStatus,
    /// A value of another type.
    WrongType,
    /// No value where there was one.
    Null,
    /// A member that is left out.
    MissingMember,
    /// A number out of all range, below zero, or not whole.
    OddNumber,
    /// A text with control characters, formulas, or of a megabyte.
    OddText,
    /// A member that stands twice, with two values.
    DuplicateKey,
    /// A row that stands twice, the second time perhaps with another value.
    RepeatedRow,
    /// A row that is left out.
    MissingRow,
    /// A list without its rows.
    NoRows,
    /// Two rows that have each other's id, or one that has a strange one.
    SwappedNodes,
    /// A page token of a megabyte.
    HugeToken,
    /// A page token that was there before.
    RepeatedToken,
    /// Values nested some ten thousand times.
    DeepNesting,
}

impl MutationKind {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::BitFlips,
        Self::Truncation,
        Self::TrailingBytes,
        Self::EmptyBody,
        Self::NoContent,
        Self::Html,
        Self::HtmlError,
        Self::LengthTooLong,
        Self::LengthTooShort,
        Self::OtherOperation,
        Self::ErrorWith200,
        Self::ErrorStatus,
        Self::WrongType,
        Self::Null,
        Self::MissingMember,
        Self::OddNumber,
        Self::OddText,
        Self::DuplicateKey,
        Self::RepeatedRow,
        Self::MissingRow,
        Self::NoRows,
        Self::SwappedNodes,
        Self::HugeToken,
        Self::RepeatedToken,
        Self::DeepNesting,
    ];

    /// Its name in `/stats`, such as `bit-flips`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BitFlips => "bit-flips",
            Self::Truncation => "truncation",
            Self::TrailingBytes => "trailing-bytes",
            Self::EmptyBody => "empty-body",
            Self::NoContent => "no-content",
            Self::Html => "html",
            Self::HtmlError => "html-error",
            Self::LengthTooLong => "length-too-long",
            Self::LengthTooShort => "length-too-short",
            Self::OtherOperation => "other-operation",
            Self::ErrorWith200 => "error-with-200",
            Self::ErrorStatus => "error-status",
            Self::WrongType => "wrong-type",
            Self::Null => "null",
            Self::MissingMember => "missing-member",
            Self::OddNumber => "odd-number",
            Self::OddText => "odd-text",
            Self::DuplicateKey => "duplicate-key",
            Self::RepeatedRow => "repeated-row",
            Self::MissingRow => "missing-row",
            Self::NoRows => "no-rows",
            Self::SwappedNodes => "swapped-nodes",
            Self::HugeToken => "huge-token",
            Self::RepeatedToken => "repeated-token",
            Self::DeepNesting => "deep-nesting",
        }
    }
}

/// Texts that are no trouble to send, and some to print.
pub const TEXTS: [&str; 10] = [
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

/// Numbers that no counter or time is.
pub const NUMBERS: [&str; 13] = [
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
