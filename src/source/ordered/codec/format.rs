//! One way to bytes and back, for what records are made of.
//!
//! Knows numbers, texts, moments and lists. Must not know any record.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::record::Node;

pub struct To<'a> {
    pub nodes: &'a mut Vec<Node>,
    pub bytes: &'a mut Vec<u8>,
}

pub struct From<'a> {
    pub nodes: &'a [Node],
    pub bytes: &'a [u8],
    /// The few words that fill two columns of every row, each kept once.
    pub words: Vec<Arc<str>>,
}

impl<'a> From<'a> {
    /// Foreign input may hold a new word in each row, as in `wire`.
    const MOST_WORDS: usize = 32;

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*taken)
    }

    pub fn size(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.take()?)).ok()
    }

    pub fn text(&mut self) -> Option<&'a str> {
        let size = self.size()?;
        let (text, rest) = self.bytes.split_at_checked(size)?;
        self.bytes = rest;
        std::str::from_utf8(text).ok()
    }
}

/// One way to bytes and back.
pub trait Form: Sized {
    fn put(&self, to: &mut To<'_>);
    fn get(from: &mut From<'_>) -> Option<Self>;
}

/// A length or an index. No page of an answer comes near the limit; were one
/// to pass it, its bytes would not be taken for its own again.
pub fn put_size(size: usize, to: &mut To<'_>) {
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    to.bytes.extend(size.to_le_bytes());
}

pub fn put_text(text: &str, to: &mut To<'_>) {
    put_size(text.len(), to);
    to.bytes.extend(text.as_bytes());
}

impl Form for () {
    fn put(&self, _to: &mut To<'_>) {}

    fn get(_from: &mut From<'_>) -> Option<Self> {
        Some(())
    }
}

impl Form for u8 {
    fn put(&self, to: &mut To<'_>) {
        to.bytes.push(*self);
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        from.take().map(|[byte]| byte)
    }
}

impl Form for u64 {
    fn put(&self, to: &mut To<'_>) {
        to.bytes.extend(self.to_le_bytes());
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        from.take().map(Self::from_le_bytes)
    }
}

impl Form for Timestamp {
    fn put(&self, to: &mut To<'_>) {
        to.bytes.extend(self.as_second().to_le_bytes());
        to.bytes.extend(self.subsec_nanosecond().to_le_bytes());
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        let second = i64::from_le_bytes(from.take()?);
        Self::new(second, i32::from_le_bytes(from.take()?)).ok()
    }
}

impl Form for Box<str> {
    fn put(&self, to: &mut To<'_>) {
        put_text(self, to);
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        from.text().map(Self::from)
    }
}

impl Form for Arc<str> {
    fn put(&self, to: &mut To<'_>) {
        put_text(self, to);
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        let text = from.text()?;
        if let Some(known) = from.words.iter().find(|known| ***known == *text) {
            return Some(known.clone());
        }
        let new: Self = text.into();
        if from.words.len() < From::MOST_WORDS {
            from.words.push(new.clone());
        }
        Some(new)
    }
}

impl<T: Form> Form for Option<T> {
    fn put(&self, to: &mut To<'_>) {
        match self {
            None => 0u8.put(to),
            Some(value) => {
                1u8.put(to);
                value.put(to);
            }
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        match u8::get(from)? {
            0 => Some(None),
            1 => T::get(from).map(Some),
            _ => None,
        }
    }
}

impl<A: Form, B: Form> Form for (A, B) {
    fn put(&self, to: &mut To<'_>) {
        self.0.put(to);
        self.1.put(to);
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        Some((A::get(from)?, B::get(from)?))
    }
}

impl<T: Form> Form for Vec<T> {
    fn put(&self, to: &mut To<'_>) {
        put_size(self.len(), to);
        for value in self {
            value.put(to);
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        let size = from.size()?;
        // Nothing here takes less than a byte.
        let mut values = Self::with_capacity(size.min(from.bytes.len()));
        for _ in 0..size {
            values.push(T::get(from)?);
        }
        Some(values)
    }
}

impl<T: Form> Form for Box<[T]> {
    fn put(&self, to: &mut To<'_>) {
        put_size(self.len(), to);
        for value in self {
            value.put(to);
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        Vec::get(from).map(Self::from)
    }
}

impl<T: Form + Ord> Form for BTreeSet<T> {
    fn put(&self, to: &mut To<'_>) {
        put_size(self.len(), to);
        for value in self {
            value.put(to);
        }
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        (0..from.size()?).map(|_| T::get(from)).collect()
    }
}

impl<T: Form> Form for Box<T> {
    fn put(&self, to: &mut To<'_>) {
        (**self).put(to);
    }

    fn get(from: &mut From<'_>) -> Option<Self> {
        T::get(from).map(Self::new)
    }
}
