//! Runs of small integers, as Parquet encodes levels and the indices of dictionaries.
//! Source: Parquet format, "RLE / bit-packed hybrid".

use anyhow::{Result, bail};

/// Reads the integers of one run after another.
pub(super) struct HybridDecoder<'a> {
    bytes: &'a [u8],
    /// Bits of each integer.
    width: u32,
    run: Run<'a>,
}

#[derive(Clone, Copy)]
enum Run<'a> {
    Repeated {
        value: u32,
        left: usize,
    },
    Packed {
        bytes: &'a [u8],
        at: usize,
        left: usize,
    },
}

impl<'a> HybridDecoder<'a> {
    pub(super) fn new(bytes: &'a [u8], width: u32) -> Result<Self> {
        if width > 32 {
            bail!("integers of {width} bits");
        }
        let run = Run::Repeated { value: 0, left: 0 };
        Ok(Self { bytes, width, run })
    }

    /// So many integers without any runs.
    pub(super) fn packed(bytes: &'a [u8], width: u32, count: usize) -> Result<Self> {
        if bytes.len().saturating_mul(8) < count.saturating_mul(width as usize) {
            bail!("values break off");
        }
        let run = Run::Packed {
            bytes,
            at: 0,
            left: count,
        };
        Ok(Self {
            bytes: &[],
            width,
            run,
        })
    }

    /// Appends so many integers.
    pub(super) fn read(&mut self, mut count: usize, to: &mut Vec<u32>) -> Result<()> {
        while count > 0 {
            let width = self.width;
            match &mut self.run {
                Run::Repeated { left: 0, .. } | Run::Packed { left: 0, .. } => self.next_run()?,
                Run::Repeated { value, left } => {
                    let taken = count.min(*left);
                    to.resize(to.len() + taken, *value);
                    *left -= taken;
                    count -= taken;
                }
                Run::Packed { bytes, at, left } => {
                    let taken = count.min(*left);
                    unpack(bytes, width, *at, taken, to);
                    *at += taken;
                    *left -= taken;
                    count -= taken;
                }
            }
        }
        Ok(())
    }

    /// Whether the next so many integers are one run of this value. They are not read.
    pub(super) fn is_all(&mut self, count: usize, expected: u32) -> Result<bool> {
        if matches!(
            self.run,
            Run::Repeated { left: 0, .. } | Run::Packed { left: 0, .. }
        ) && count > 0
        {
            self.next_run()?;
        }
        Ok(matches!(self.run, Run::Repeated { value, left } if value == expected && left >= count))
    }

    fn next_run(&mut self) -> Result<()> {
        let header = self.read_varint()?;
        let size = usize::try_from(header >> 1)?;
        let value_bytes = (self.width as usize).div_ceil(8);
        if header & 1 == 0 {
            let Some((value, rest)) = self.bytes.split_at_checked(value_bytes) else {
                bail!("a run breaks off");
            };
            let mut word = [0; 4];
            word[..value_bytes].copy_from_slice(value);
            self.bytes = rest;
            self.run = Run::Repeated {
                value: u32::from_le_bytes(word),
                left: size,
            };
            return Ok(());
        }
        // Groups of eight. The last run of a page may be cut after its last integer.
        let width = self.width as usize;
        let packed = size.saturating_mul(width).min(self.bytes.len());
        let (bytes, rest) = self.bytes.split_at(packed);
        self.bytes = rest;
        let available = (packed * 8).checked_div(width).unwrap_or(usize::MAX);
        let left = size.saturating_mul(8).min(available);
        if left == 0 {
            bail!("a run breaks off");
        }
        self.run = Run::Packed { bytes, at: 0, left };
        Ok(())
    }

    fn read_varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let Some((byte, rest)) = self.bytes.split_first() else {
                bail!("a run is missing");
            };
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        bail!("a run of an absurd length");
    }
}

/// Appends `count` integers of `width` bits, from the one at `start`.
fn unpack(bytes: &[u8], width: u32, start: usize, count: usize, to: &mut Vec<u32>) {
    to.reserve(count);
    let end = start + count;
    let mut at = start;
    while at < end {
        // Eight integers begin and end with a byte.
        if at.is_multiple_of(8) && end - at >= 8 {
            let from = (at / 8 * width as usize).min(bytes.len());
            let groups = (end - at) / 8;
            at += 8 * unpack_groups(&bytes[from..], width, groups, to);
        }
        // One that is alone, or in a group that breaks off.
        let alone = (end - at).min(8 - at % 8);
        to.extend((at..at + alone).map(|index| integer_at(bytes, width, index)));
        at += alone;
    }
}

/// Appends the integers of whole groups of eight; how many groups that were.
fn unpack_groups(bytes: &[u8], width: u32, groups: usize, to: &mut Vec<u32>) -> usize {
    macro_rules! of_width {
        ($($width:literal)*) => {
            match width {
                $($width => unpack_groups_of::<$width>(bytes, groups, to),)*
                _ => 0,
            }
        };
    }
    of_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
}

/// The same for a width that the compiler knows: dictionaries of up to 65,536 values.
fn unpack_groups_of<const WIDTH: usize>(bytes: &[u8], groups: usize, to: &mut Vec<u32>) -> usize {
    let (all, _) = bytes.as_chunks::<WIDTH>();
    let groups = groups.min(all.len());
    for group in &all[..groups] {
        let mut word = [0; 16];
        word[..WIDTH].copy_from_slice(group);
        let word = u128::from_le_bytes(word);
        to.extend_from_slice(&std::array::from_fn::<u32, 8, _>(|index| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the mask has 16 bits at most"
            )]
            let value = (word >> (index * WIDTH)) as u32 & ((1 << WIDTH) - 1);
            value
        }));
    }
    groups
}

fn integer_at(bytes: &[u8], width: u32, index: usize) -> u32 {
    let (bits, mask) = (width as usize, (1u64 << width) - 1);
    let bit = index * bits;
    let byte = bit / 8;
    let word = if let Some(word) = bytes.get(byte..byte + 8) {
        u64::from_le_bytes(word.try_into().unwrap_or_default())
    } else {
        let mut word = [0; 8];
        let rest = bytes.get(byte..).unwrap_or_default();
        word[..rest.len()].copy_from_slice(rest);
        u64::from_le_bytes(word)
    };
    #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits are left")]
    let value = ((word >> (bit % 8)) & mask) as u32;
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The plainest encoding: a bit-packed run, then repeated ones.
    fn encode(values: &[u32], width: u32, repeats: &[(u32, usize)]) -> Vec<u8> {
        let mut bytes = vec![u8::try_from((values.len().div_ceil(8) << 1) | 1).unwrap()];
        let (mut word, mut bits) = (0u64, 0);
        let mut padded = values.to_vec();
        padded.resize(values.len().div_ceil(8) * 8, 0);
        for value in padded {
            word |= u64::from(value) << bits;
            bits += width;
            while bits >= 8 {
                bytes.push(word.to_le_bytes()[0]);
                word >>= 8;
                bits -= 8;
            }
        }
        for (value, times) in repeats {
            bytes.push(u8::try_from(times << 1).unwrap());
            bytes.extend(&value.to_le_bytes()[..width.div_ceil(8) as usize]);
        }
        bytes
    }

    proptest! {
        #[test]
        fn integers_are_read_as_they_were_encoded(
            width in 1u32..=32, seeds in proptest::collection::vec(any::<u32>(), 1..40),
            repeats in proptest::collection::vec((any::<u32>(), 1usize..60), 0..5), step in 1usize..50,
        ) {
            let cut = |value: u32| u32::try_from(u64::from(value) & ((1u64 << width) - 1)).unwrap();
            let mut values: Vec<u32> = seeds.into_iter().map(cut).collect();
            values.resize(values.len().div_ceil(8) * 8, 0);
            let repeats: Vec<_> = repeats.into_iter().map(|(value, times)| (cut(value), times)).collect();
            let bytes = encode(&values, width, &repeats);
            let mut expected = values;
            for (value, times) in &repeats {
                expected.extend(std::iter::repeat_n(*value, *times));
            }
            let mut decoder = HybridDecoder::new(&bytes, width).unwrap();
            let mut read = Vec::new();
            while read.len() < expected.len() {
                decoder.read(step.min(expected.len() - read.len()), &mut read).unwrap();
            }
            prop_assert_eq!(read, expected);
            prop_assert!(decoder.read(1, &mut Vec::new()).is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), width in 0u32..40) {
            if let Ok(mut decoder) = HybridDecoder::new(&bytes, width) {
                let _ = decoder.read(1_000, &mut Vec::new());
            }
        }
    }
}
