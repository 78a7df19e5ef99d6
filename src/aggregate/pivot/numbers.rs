//! A growing list of ascending numbers in little memory: which nodes lack a patch. Most
//! numbers are close to the one before, so that one byte holds the difference.

/// Ascending numbers, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactNumberSet {
    /// How far each is from the one before, seven bits to a byte, the low ones
    /// first; the eighth bit says that more follow.
    gaps: Vec<u8>,
    last: Option<u32>,
    count: u32,
}

impl CompactNumberSet {
    /// Adds a number that is not below the last one; the last one itself is
    /// not added again.
    pub fn push(&mut self, number: u32) {
        let mut gap = match self.last {
            Some(last) if last == number => return,
            Some(last) => number.wrapping_sub(last),
            None => number,
        };
        self.last = Some(number);
        self.count += 1;
        loop {
            let low = gap.to_le_bytes()[0] & 0x7f;
            gap >>= 7;
            if gap == 0 {
                self.gaps.push(low);
                return;
            }
            self.gaps.push(low | 0x80);
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        u64::from(self.count)
    }

    /// Each of them, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let mut bytes = self.gaps.iter();
        let mut number = 0_u32;
        std::iter::from_fn(move || {
            let (mut gap, mut shift) = (0, 0);
            loop {
                let byte = *bytes.next()?;
                gap |= u32::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            number = number.wrapping_add(gap);
            Some(number)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn neighbours_take_a_byte_each() {
        let mut numbers = CompactNumberSet::default();
        for number in 0..1_000 {
            numbers.push(number);
        }
        assert_eq!((numbers.count(), numbers.gaps.len()), (1_000, 1_000));
    }

    proptest! {
        #[test]
        fn what_is_put_in_comes_out_each_number_once(
            mut put in proptest::collection::vec(prop_oneof![0u32..50, any::<u32>()], 0..40),
        ) {
            put.sort_unstable();
            let mut numbers = CompactNumberSet::default();
            for number in &put {
                numbers.push(*number);
            }
            put.dedup();
            prop_assert_eq!(numbers.count(), put.len() as u64);
            prop_assert_eq!(numbers.iter().collect::<Vec<_>>(), put);
        }
    }
}
