//! Encodes and decodes the building blocks of records: numbers, texts, times
//! and lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::record::Node;

pub(super) struct Encoder<'a> {
    pub nodes: &'a mut Vec<Node>,
    pub bytes: &'a mut Vec<u8>,
}

pub(super) struct Decoder<'a> {
    pub nodes: &'a [Node],
    pub bytes: &'a [u8],
    /// The few words that fill two columns of every row, each kept once.
    pub interned: Vec<Arc<str>>,
}

impl<'a> Decoder<'a> {
    /// Foreign input may contain a new word in each row, as in `wire`.
    const MAX_INTERNED: usize = 32;

    fn read_array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*taken)
    }

    pub(super) fn read_size(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.read_array()?)).ok()
    }

    pub(super) fn read_text(&mut self) -> Option<&'a str> {
        let size = self.read_size()?;
        let (text, rest) = self.bytes.split_at_checked(size)?;
        self.bytes = rest;
        std::str::from_utf8(text).ok()
    }
}

/// Encodes and decodes one type.
pub(super) trait Codec: Sized {
    fn encode(&self, to: &mut Encoder<'_>);
    fn decode(from: &mut Decoder<'_>) -> Option<Self>;
}

/// A length or an index. No page of a response comes near the limit; bytes of a
/// larger one would not be accepted when decoding.
pub(super) fn encode_size(size: usize, to: &mut Encoder<'_>) {
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    to.bytes.extend(size.to_le_bytes());
}

pub(super) fn encode_text(text: &str, to: &mut Encoder<'_>) {
    encode_size(text.len(), to);
    to.bytes.extend(text.as_bytes());
}

impl Codec for () {
    fn encode(&self, _to: &mut Encoder<'_>) {}

    fn decode(_from: &mut Decoder<'_>) -> Option<Self> {
        Some(())
    }
}

impl Codec for u8 {
    fn encode(&self, to: &mut Encoder<'_>) {
        to.bytes.push(*self);
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        from.read_array().map(|[byte]| byte)
    }
}

impl Codec for u64 {
    fn encode(&self, to: &mut Encoder<'_>) {
        to.bytes.extend(self.to_le_bytes());
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        from.read_array().map(Self::from_le_bytes)
    }
}

impl Codec for Timestamp {
    fn encode(&self, to: &mut Encoder<'_>) {
        to.bytes.extend(self.as_second().to_le_bytes());
        to.bytes.extend(self.subsec_nanosecond().to_le_bytes());
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let second = i64::from_le_bytes(from.read_array()?);
        Self::new(second, i32::from_le_bytes(from.read_array()?)).ok()
    }
}

impl Codec for Box<str> {
    fn encode(&self, to: &mut Encoder<'_>) {
        encode_text(self, to);
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        from.read_text().map(Self::from)
    }
}

impl Codec for Arc<str> {
    fn encode(&self, to: &mut Encoder<'_>) {
        encode_text(self, to);
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let text = from.read_text()?;
        if let Some(known) = from.interned.iter().find(|known| ***known == *text) {
            return Some(known.clone());
        }
        let new: Self = text.into();
        if from.interned.len() < Decoder::MAX_INTERNED {
            from.interned.push(new.clone());
        }
        Some(new)
    }
}

impl<T: Codec> Codec for Option<T> {
    fn encode(&self, to: &mut Encoder<'_>) {
        match self {
            None => 0u8.encode(to),
            Some(value) => {
                1u8.encode(to);
                value.encode(to);
            }
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        match u8::decode(from)? {
            0 => Some(None),
            1 => T::decode(from).map(Some),
            _ => None,
        }
    }
}

impl<A: Codec, B: Codec> Codec for (A, B) {
    fn encode(&self, to: &mut Encoder<'_>) {
        self.0.encode(to);
        self.1.encode(to);
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some((A::decode(from)?, B::decode(from)?))
    }
}

impl<T: Codec> Codec for Vec<T> {
    fn encode(&self, to: &mut Encoder<'_>) {
        encode_size(self.len(), to);
        for value in self {
            value.encode(to);
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let size = from.read_size()?;
        // Every value takes at least one byte.
        let mut values = Self::with_capacity(size.min(from.bytes.len()));
        for _ in 0..size {
            values.push(T::decode(from)?);
        }
        Some(values)
    }
}

impl<T: Codec> Codec for Box<[T]> {
    fn encode(&self, to: &mut Encoder<'_>) {
        encode_size(self.len(), to);
        for value in self {
            value.encode(to);
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Vec::decode(from).map(Self::from)
    }
}

impl<T: Codec + Ord> Codec for BTreeSet<T> {
    fn encode(&self, to: &mut Encoder<'_>) {
        encode_size(self.len(), to);
        for value in self {
            value.encode(to);
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        (0..from.read_size()?).map(|_| T::decode(from)).collect()
    }
}

impl<T: Codec> Codec for Box<T> {
    fn encode(&self, to: &mut Encoder<'_>) {
        (**self).encode(to);
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        T::decode(from).map(Self::new)
    }
}
