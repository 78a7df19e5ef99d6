//! Pages of patch rows: where one starts and ends, the tokens between them, and the bodies already written once.
//! Knows the paging habits, traps included. Must not know validation; a token it cannot check is simply none.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::demo::fleet::{Fleet, List, Trap};
use crate::demo::hash;
use crate::demo::request::{Fault, Filters};

/// Where the next page starts, and whether the node's trap has already been sprung on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    pub start: usize,
    pub sprung: bool,
}

impl Mark {
    /// A token for this mark. It carries its own proof, so nobody has to remember it, and holds for one request only.
    pub fn token(self, request: u64) -> String {
        let Self { start, sprung } = self;
        format!(
            "AAEAA{}/{start:08x}{:016x}==",
            u8::from(sprung),
            self.proof(request)
        )
    }

    /// Reads a token back; `None` for one that was never given out for this request.
    pub fn read(token: &str, request: u64) -> Option<Self> {
        let (sprung, rest) = token.strip_prefix("AAEAA")?.split_once('/')?;
        let start = usize::from_str_radix(rest.get(..8)?, 16).ok()?;
        let mark = Self {
            start,
            sprung: sprung == "1",
        };
        (mark.token(request) == token).then_some(mark)
    }

    fn proof(self, request: u64) -> u64 {
        hash::join(request, (self.start as u64) << 1 | u64::from(self.sprung))
    }
}

/// What a page says about the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The key is left out: the ordinary last page.
    Absent,
    /// `"NextToken":""`, the other way to say that this was the last.
    Blank,
    At(Mark),
}

/// One page: the rows from `start` up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub start: usize,
    pub end: usize,
    pub next: Next,
}

impl Page {
    /// The page at a mark. A trap is sprung on the second page, or on the first when the service filters,
    /// because that is where a client that stops too early loses rows.
    pub fn at(mark: Mark, max: usize, rows: usize, trap: Option<Trap>, filtered: bool) -> Self {
        let start = mark.start.min(rows);
        let due = !mark.sprung && (filtered || start > 0);
        let (length, sprung) = match trap {
            Some(Trap::EmptyPage) if due => (0, true),
            Some(Trap::ShortPage) if due && rows - start > 1 => ((rows - start - 1).min(3), true),
            _ => (max, mark.sprung),
        };
        let end = (start + length).min(rows);
        let next = if end < rows || sprung != mark.sprung {
            Next::At(Mark { start: end, sprung })
        } else if trap == Some(Trap::BlankToken) {
            Next::Blank
        } else {
            Next::Absent
        };
        Self { start, end, next }
    }
}

/// Where a request goes on: at the start without a token, else where its token says.
pub fn resume(token: Option<&str>, request: u64) -> Result<Mark, Fault> {
    token.map_or(Ok(Mark::default()), |token| {
        Mark::read(token, request).ok_or_else(Fault::invalid_token)
    })
}

/// The next `max` of those that `take` has something of, from a mark on. A mark is a place among all of `total`, so
/// that a page costs no more than what lies between its ends, however many there are.
pub fn walk<T>(
    mark: Mark,
    total: usize,
    max: usize,
    take: impl Fn(usize) -> Option<T>,
) -> (Vec<T>, Next) {
    let mut found = Vec::with_capacity(max.min(total));
    for start in mark.start..total {
        let Some(item) = take(start) else { continue };
        if found.len() == max {
            let sprung = mark.sprung;
            return (found, Next::At(Mark { start, sprung }));
        }
        found.push(item);
    }
    (found, Next::Absent)
}

/// Closes a body after its list.
pub fn close(body: &mut Vec<u8>, next: Next, request: u64) {
    match next {
        Next::Absent => {}
        Next::Blank => body.extend_from_slice(br#","NextToken":"""#),
        Next::At(mark) => {
            body.extend_from_slice(br#","NextToken":""#);
            body.extend_from_slice(mark.token(request).as_bytes());
            body.push(b'"');
        }
    }
    body.push(b'}');
}

/// Bodies and filtered lists that were made before. Everything in here can be made again, so all of it may be dropped.
pub struct Pages {
    /// How many share the memory.
    among: usize,
    bodies: Kept<(List, Filters, usize, usize), Bytes>,
    passing: Kept<(List, Filters), Arc<[u32]>>,
}

/// 64 MiB of bodies, 16 MiB of places: enough for every page of a generated fleet of a thousand rows a node.
const BODIES: usize = 64 << 20;
const PLACES: usize = 16 << 20;

impl Pages {
    /// Keeps its part of what is kept for so many regions.
    pub fn among(regions: usize) -> Self {
        Self {
            among: regions.max(1),
            bodies: Kept::default(),
            passing: Kept::default(),
        }
    }

    /// The places of the rows that pass; `None` says all of them do.
    pub fn passing(&self, fleet: &Fleet, list: List, filters: &Filters) -> Option<Arc<[u32]>> {
        if filters.is_empty() {
            return None;
        }
        Some(
            self.passing
                .get((list, filters.clone()), PLACES / self.among, || {
                    let places: Arc<[u32]> = (0..)
                        .take(fleet.rows(list))
                        .filter(|&nth: &u32| filters.pass(&fleet.row(list, nth as usize)))
                        .collect();
                    let size = places.len() * size_of::<u32>();
                    (places, size)
                }),
        )
    }

    /// The body of a page, up to the end of its list.
    pub fn body(
        &self,
        fleet: &Fleet,
        list: List,
        filters: &Filters,
        passing: Option<&[u32]>,
        page: Page,
    ) -> Bytes {
        self.bodies.get(
            (list, filters.clone(), page.start, page.end),
            BODIES / self.among,
            || {
                let mut body = Vec::with_capacity(64 + 256 * (page.end - page.start));
                body.extend_from_slice(br#"{"Patches":["#);
                for nth in page.start..page.end {
                    if nth > page.start {
                        body.push(b',');
                    }
                    let place = passing.map_or(nth, |places| places[nth] as usize);
                    serde_json::to_writer(&mut body, &*fleet.row(list, place))
                        .expect("a row always becomes JSON, and memory takes it");
                }
                body.push(b']');
                let size = body.len();
                (Bytes::from(body), size)
            },
        )
    }
}

/// Things kept until they are too many; then all are let go, which is simpler than choosing and as good for pages.
struct Kept<K, V>(Mutex<(HashMap<K, V>, usize)>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::new((HashMap::new(), 0)))
    }
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    fn get(&self, key: K, limit: usize, make: impl FnOnce() -> (V, usize)) -> V {
        // Nothing in here can be half done: a panic elsewhere leaves it usable.
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = lock().0.get(&key) {
            return value.clone();
        }
        let (value, size) = make();
        let mut kept = lock();
        if kept.1 + size > limit {
            *kept = (HashMap::new(), 0);
        }
        kept.1 += size;
        kept.0.insert(key, value.clone());
        value
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Mark, Next, Page, Trap, walk};

    fn lengths(rows: usize, max: usize, trap: Option<Trap>, filtered: bool) -> (Vec<usize>, Next) {
        let (mut mark, mut lengths) = (Mark::default(), vec![]);
        loop {
            let page = Page::at(mark, max, rows, trap, filtered);
            lengths.push(page.end - page.start);
            match page.next {
                Next::At(next) => mark = next,
                last => return (lengths, last),
            }
        }
    }

    #[test]
    fn ordinary_pages_are_full_and_the_last_leaves_the_token_out() {
        assert_eq!(
            lengths(120, 50, None, false),
            (vec![50, 50, 20], Next::Absent)
        );
        assert_eq!(lengths(100, 50, None, false), (vec![50, 50], Next::Absent));
        assert_eq!(lengths(0, 50, None, false), (vec![0], Next::Absent));
    }

    #[test]
    fn an_empty_page_can_carry_a_token() {
        let trap = Some(Trap::EmptyPage);
        assert_eq!(
            lengths(120, 50, trap, false),
            (vec![50, 0, 50, 20], Next::Absent)
        );
        assert_eq!(lengths(3, 50, trap, true), (vec![0, 3], Next::Absent));
        assert_eq!(lengths(0, 50, trap, true), (vec![0, 0], Next::Absent));
    }

    #[test]
    fn a_short_page_can_have_more_behind_it() {
        let trap = Some(Trap::ShortPage);
        assert_eq!(
            lengths(120, 50, trap, false),
            (vec![50, 3, 50, 17], Next::Absent)
        );
        assert_eq!(lengths(52, 50, trap, false), (vec![50, 1, 1], Next::Absent));
        assert_eq!(lengths(1, 50, trap, true), (vec![1], Next::Absent));
    }

    #[test]
    fn the_last_page_can_say_so_with_an_empty_token() {
        assert_eq!(
            lengths(60, 50, Some(Trap::BlankToken), false),
            (vec![50, 10], Next::Blank)
        );
    }

    #[test]
    fn a_walk_meets_each_that_fits_once_and_ends_without_a_token() {
        for (total, max) in [(0, 5), (7, 5), (10, 5), (100, 7)] {
            let (mut mark, mut met) = (Mark::default(), vec![]);
            loop {
                let (found, next) = walk(mark, total, max, |n| (n % 2 == 0).then_some(n));
                assert!(found.len() <= max && (!found.is_empty() || total == 0));
                met.extend(found);
                match next {
                    Next::At(next) => mark = next,
                    last => break assert_eq!(last, Next::Absent),
                }
            }
            assert_eq!(met, (0..total).step_by(2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_token_holds_for_its_own_request_only() {
        for mark in [
            Mark {
                start: 50,
                sprung: false,
            },
            Mark {
                start: 2_950,
                sprung: true,
            },
        ] {
            let token = mark.token(7);
            assert_eq!(Mark::read(&token, 7), Some(mark));
            assert_eq!(Mark::read(&token, 8), None);
            assert_eq!(Mark::read(&token.replace("00000", "00001"), 7), None);
            assert_eq!(Mark::read(&token[..token.len() - 1], 7), None);
        }
        for nonsense in [
            "",
            "AAEAA",
            "AAEAA0/",
            "AAEAA0/été+été",
            "x".repeat(500).as_str(),
        ] {
            assert_eq!(Mark::read(nonsense, 7), None);
        }
    }

    #[test]
    fn what_is_kept_is_made_once_and_let_go_when_there_is_too_much() {
        let kept: Kept<u8, u8> = Kept::default();
        assert_eq!(kept.get(1, 10, || (11, 6)), 11);
        assert_eq!(kept.get(1, 10, || panic!("it was kept")), 11);
        assert_eq!(kept.get(2, 10, || (22, 6)), 22);
        assert_eq!(kept.get(1, 10, || (12, 6)), 12);
    }
}
