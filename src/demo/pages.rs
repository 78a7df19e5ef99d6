//! Pages of lists: page tokens, unusual pages, and a cache of written pages.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::Serialize;

use crate::demo::error::ServiceError;
use crate::demo::fleet::{Fleet, PageQuirk, RowList};
use crate::demo::hash;
use crate::demo::request::{PageRequest, RowFilters};

/// The start of the next page, and whether the unusual page of the node was already sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct PageCursor {
    pub start: usize,
    pub is_quirk_done: bool,
}

impl PageCursor {
    /// The token of this cursor. A checksum binds it to its request, so that no state is needed.
    pub(super) fn to_token(self, request: u64) -> String {
        let Self {
            start,
            is_quirk_done: sprung,
        } = self;
        format!(
            "AAEAA{}/{start:08x}{:016x}==",
            u8::from(sprung),
            self.proof(request)
        )
    }

    /// Parses a token; `None` if it does not belong to this request.
    pub(super) fn parse(token: &str, request: u64) -> Option<Self> {
        let (sprung, rest) = token.strip_prefix("AAEAA")?.split_once('/')?;
        let start = usize::from_str_radix(rest.get(..8)?, 16).ok()?;
        let mark = Self {
            start,
            is_quirk_done: sprung == "1",
        };
        (mark.to_token(request) == token).then_some(mark)
    }

    fn proof(self, request: u64) -> u64 {
        hash::join(
            request,
            (self.start as u64) << 1 | u64::from(self.is_quirk_done),
        )
    }
}

/// The `NextToken` of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextToken {
    /// No key: the usual last page.
    Absent,
    /// `"NextToken":""`: also a last page.
    Empty,
    Cursor(PageCursor),
}

/// A page: the rows from `start` up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageRange {
    pub start: usize,
    pub end: usize,
    pub next: NextToken,
}

impl PageRange {
    /// The page at a cursor. The unusual page is the second one, or the first one with filters, where a client that
    /// stops too early loses rows.
    pub(super) fn from_cursor(
        mark: PageCursor,
        max: usize,
        rows: usize,
        trap: Option<PageQuirk>,
        filtered: bool,
    ) -> Self {
        let start = mark.start.min(rows);
        let due = !mark.is_quirk_done && (filtered || start > 0);
        let (length, sprung) = match trap {
            Some(PageQuirk::EmptyPage) if due => (0, true),
            Some(PageQuirk::ShortPage) if due && rows - start > 1 => {
                ((rows - start - 1).min(3), true)
            }
            _ => (max, mark.is_quirk_done),
        };
        let end = (start + length).min(rows);
        let next = if end < rows || sprung != mark.is_quirk_done {
            NextToken::Cursor(PageCursor {
                start: end,
                is_quirk_done: sprung,
            })
        } else if trap == Some(PageQuirk::BlankToken) {
            NextToken::Empty
        } else {
            NextToken::Absent
        };
        Self { start, end, next }
    }
}

/// The cursor of a request: the start without a token.
pub(super) fn parse_token(page: &PageRequest) -> Result<PageCursor, ServiceError> {
    let token = page.token.as_deref();
    token.map_or(Ok(PageCursor::default()), |token| {
        PageCursor::parse(token, page.binding).ok_or_else(ServiceError::invalid_token)
    })
}

/// The next `max` items for which `take` returns something. A cursor is an index into all of `total`, so that the cost
/// of a page does not depend on `total`.
pub(super) fn collect_page<T>(
    mark: PageCursor,
    total: usize,
    max: usize,
    take: impl Fn(usize) -> Option<T>,
) -> (Vec<T>, NextToken) {
    let mut found = Vec::with_capacity(max.min(total));
    for start in mark.start..total {
        let Some(item) = take(start) else { continue };
        if found.len() == max {
            let sprung = mark.is_quirk_done;
            return (
                found,
                NextToken::Cursor(PageCursor {
                    start,
                    is_quirk_done: sprung,
                }),
            );
        }
        found.push(item);
    }
    (found, NextToken::Absent)
}

/// Writes the token and closes the body.
pub(super) fn write_next_token(body: &mut Vec<u8>, next: NextToken, page: &PageRequest) {
    match next {
        NextToken::Absent => {}
        NextToken::Empty => body.extend_from_slice(br#","NextToken":"""#),
        NextToken::Cursor(mark) => {
            body.extend_from_slice(br#","NextToken":""#);
            body.extend_from_slice(mark.to_token(page.binding).as_bytes());
            body.push(b'"');
        }
    }
    body.push(b'}');
}

/// A body with one list and an optional token.
pub(super) fn list_body(
    name: &str,
    items: &impl Serialize,
    next: NextToken,
    page: &PageRequest,
) -> Bytes {
    let mut body = format!("{{\"{name}\":").into_bytes();
    serde_json::to_writer(&mut body, items)
        .expect("a list always becomes JSON, and memory takes it");
    write_next_token(&mut body, next, page);
    body.into()
}

/// The body of a page of those of `total` items for which `take` returns something.
pub(super) fn list_page<T: Serialize>(
    name: &str,
    page: &PageRequest,
    total: usize,
    take: impl Fn(usize) -> Option<T>,
) -> Result<Bytes, ServiceError> {
    let (items, next) = collect_page(parse_token(page)?, total, page.max, take);
    Ok(list_body(name, &items, next, page))
}

/// A cache of bodies and filtered lists.
pub(super) struct PageCache {
    /// The number of caches that share the memory.
    share_count: usize,
    bodies: BoundedCache<(RowList, RowFilters, usize, usize), Bytes>,
    filtered: BoundedCache<(RowList, RowFilters), Arc<[u32]>>,
}

/// Enough for every page of a generated fleet with a thousand rows per node.
const MAX_BODY_BYTES: usize = 64 << 20;
const MAX_INDEX_BYTES: usize = 16 << 20;

impl PageCache {
    /// A cache for one of so many regions.
    pub(super) fn shared_by(regions: usize) -> Self {
        Self {
            share_count: regions.max(1),
            bodies: BoundedCache::default(),
            filtered: BoundedCache::default(),
        }
    }

    /// The indices of the rows that pass; `None` for all rows.
    pub(super) fn filtered_rows(
        &self,
        fleet: &Fleet,
        list: RowList,
        filters: &RowFilters,
    ) -> Option<Arc<[u32]>> {
        if filters.is_empty() {
            return None;
        }
        Some(self.filtered.get(
            (list, filters.clone()),
            MAX_INDEX_BYTES / self.share_count,
            || {
                let places: Arc<[u32]> = (0..)
                    .take(fleet.row_count(list))
                    .filter(|&nth: &u32| filters.matches(&fleet.row(list, nth as usize)))
                    .collect();
                let size = places.len() * size_of::<u32>();
                (places, size)
            },
        ))
    }

    /// The body of a page up to the end of its list.
    pub(super) fn body(
        &self,
        fleet: &Fleet,
        list: RowList,
        filters: &RowFilters,
        passing: Option<&[u32]>,
        page: PageRange,
    ) -> Bytes {
        self.bodies.get(
            (list, filters.clone(), page.start, page.end),
            MAX_BODY_BYTES / self.share_count,
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

/// A cache that is cleared when it is full.
struct BoundedCache<K, V>(Mutex<(HashMap<K, V>, usize)>);

impl<K, V> Default for BoundedCache<K, V> {
    fn default() -> Self {
        Self(Mutex::new((HashMap::new(), 0)))
    }
}

impl<K: Eq + Hash, V: Clone> BoundedCache<K, V> {
    fn get(&self, key: K, limit: usize, make: impl FnOnce() -> (V, usize)) -> V {
        // A panic elsewhere leaves the map consistent.
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
    use super::{BoundedCache, NextToken, PageCursor, PageQuirk, PageRange, collect_page};

    fn lengths(
        rows: usize,
        max: usize,
        trap: Option<PageQuirk>,
        filtered: bool,
    ) -> (Vec<usize>, NextToken) {
        let (mut mark, mut lengths) = (PageCursor::default(), vec![]);
        loop {
            let page = PageRange::from_cursor(mark, max, rows, trap, filtered);
            lengths.push(page.end - page.start);
            match page.next {
                NextToken::Cursor(next) => mark = next,
                last => return (lengths, last),
            }
        }
    }

    #[test]
    fn usual_pages_are_full_and_the_last_has_no_token() {
        assert_eq!(
            lengths(120, 50, None, false),
            (vec![50, 50, 20], NextToken::Absent)
        );
        assert_eq!(
            lengths(100, 50, None, false),
            (vec![50, 50], NextToken::Absent)
        );
        assert_eq!(lengths(0, 50, None, false), (vec![0], NextToken::Absent));
    }

    #[test]
    fn an_empty_page_can_carry_a_token() {
        let trap = Some(PageQuirk::EmptyPage);
        assert_eq!(
            lengths(120, 50, trap, false),
            (vec![50, 0, 50, 20], NextToken::Absent)
        );
        assert_eq!(lengths(3, 50, trap, true), (vec![0, 3], NextToken::Absent));
        assert_eq!(lengths(0, 50, trap, true), (vec![0, 0], NextToken::Absent));
    }

    #[test]
    fn a_short_page_can_have_a_token() {
        let trap = Some(PageQuirk::ShortPage);
        assert_eq!(
            lengths(120, 50, trap, false),
            (vec![50, 3, 50, 17], NextToken::Absent)
        );
        assert_eq!(
            lengths(52, 50, trap, false),
            (vec![50, 1, 1], NextToken::Absent)
        );
        assert_eq!(lengths(1, 50, trap, true), (vec![1], NextToken::Absent));
    }

    #[test]
    fn the_last_page_can_have_an_empty_token() {
        assert_eq!(
            lengths(60, 50, Some(PageQuirk::BlankToken), false),
            (vec![50, 10], NextToken::Empty)
        );
    }

    #[test]
    fn paging_lists_each_item_once_and_ends_without_a_token() {
        for (total, max) in [(0, 5), (7, 5), (10, 5), (100, 7)] {
            let (mut mark, mut met) = (PageCursor::default(), vec![]);
            loop {
                let (found, next) = collect_page(mark, total, max, |n| (n % 2 == 0).then_some(n));
                assert!(found.len() <= max && (!found.is_empty() || total == 0));
                met.extend(found);
                match next {
                    NextToken::Cursor(next) => mark = next,
                    last => break assert_eq!(last, NextToken::Absent),
                }
            }
            assert_eq!(met, (0..total).step_by(2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_token_is_valid_for_its_request_only() {
        for mark in [
            PageCursor {
                start: 50,
                is_quirk_done: false,
            },
            PageCursor {
                start: 2_950,
                is_quirk_done: true,
            },
        ] {
            let token = mark.to_token(7);
            assert_eq!(PageCursor::parse(&token, 7), Some(mark));
            assert_eq!(PageCursor::parse(&token, 8), None);
            assert_eq!(PageCursor::parse(&token.replace("00000", "00001"), 7), None);
            assert_eq!(PageCursor::parse(&token[..token.len() - 1], 7), None);
        }
        for nonsense in [
            "",
            "AAEAA",
            "AAEAA0/",
            "AAEAA0/été+été",
            "x".repeat(500).as_str(),
        ] {
            assert_eq!(PageCursor::parse(nonsense, 7), None);
        }
    }

    #[test]
    fn a_cached_value_is_made_once_until_the_cache_is_full() {
        let kept: BoundedCache<u8, u8> = BoundedCache::default();
        assert_eq!(kept.get(1, 10, || (11, 6)), 11);
        assert_eq!(kept.get(1, 10, || panic!("it was cached")), 11);
        assert_eq!(kept.get(2, 10, || (22, 6)), 22);
        assert_eq!(kept.get(1, 10, || (12, 6)), 12);
    }
}
