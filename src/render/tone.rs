//! What a text in a table means; its colour repeats it.

/// What a cell means, which is what its colour repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Dim,
    Good,
    Bad,
    Warning,
}

/// A text in its tone.
pub(super) type TonedText = (String, Tone);
