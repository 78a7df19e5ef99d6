//! Paging: follows page tokens to the last page, within bounds.
//!
//! Every list call goes through here, so that no service can keep a run going
//! without end, nor fill the memory with tokens.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::source::aws::api::error::{Call, Fault};

/// The most bytes that a page token may have. AWS's are a few hundred to a few
/// thousand characters long, and the request repeats them.
const MOST_TOKEN: usize = 64 << 10;

/// How far one list is followed.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Pages in a row without a row. A filtered list may have many: the service
    /// reads a page of its own, and then drops what does not match.
    empty: usize,
    pages: usize,
    rows: usize,
}

/// The list of a place. With 50 rows a page, 1,000 empty pages are 50,000 nodes
/// that do not match, and 500,000 rows are ten times the largest fleets of one
/// account and region; they take some 300 MB.
const OF_A_PLACE: Bounds = Bounds {
    empty: 1_000,
    pages: 25_000,
    rows: 500_000,
};

/// The list of one node, or of one batch of nodes. A node has 400 to 3,000
/// patches, that is 60 pages of 50; `check` holds the rows of one node at a time.
const OF_A_NODE: Bounds = Bounds {
    empty: 200,
    pages: 5_000,
    rows: 250_000,
};

/// The way from page to page, on the token alone: a page may be empty and have
/// more behind it, and the last one may carry an empty token.
pub struct Pages<'a> {
    call: Call<'a>,
    bounds: Bounds,
    /// Hashes of the tokens, which are all that finding a repeated one takes.
    seen: HashSet<u64>,
    hasher: RandomState,
    next: Option<Start>,
    /// Why the next page is not asked for.
    fault: Option<Fault>,
    /// Pages so far, those of them at the end that were empty, and rows.
    read: usize,
    empty: usize,
    rows: usize,
}

/// Where a page starts: at a token, or at the beginning without one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Start(pub Option<String>);

impl<'a> Pages<'a> {
    /// The pages of a list of a place: its nodes, groups or baselines.
    pub fn new(call: Call<'a>) -> Self {
        Self::within(call, OF_A_PLACE)
    }

    /// The pages of a list of one node, or of one batch of nodes.
    pub fn of_node(call: Call<'a>) -> Self {
        Self::within(call, OF_A_NODE)
    }

    fn within(call: Call<'a>, bounds: Bounds) -> Self {
        Self {
            call,
            bounds,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            next: Some(Start::default()),
            fault: None,
            read: 0,
            empty: 0,
            rows: 0,
        }
    }

    /// Where the next page starts, if there is one.
    ///
    /// # Errors
    /// When the list has reached a bound, or the service has repeated a token.
    pub fn next(&mut self) -> Result<Option<Start>, Fault> {
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => Ok(self.next.take()),
        }
    }

    /// A page was read: it has so many rows, and names the next one.
    pub fn then(&mut self, rows: usize, token: Option<String>) {
        self.read += 1;
        self.rows += rows;
        self.empty = if rows == 0 { self.empty + 1 } else { 0 };
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return;
        };
        match self.refusal(&token) {
            Some(fault) => self.fault = Some(fault),
            None => self.next = Some(Start(Some(token))),
        }
    }

    /// Why the page at this token is not asked for.
    fn refusal(&mut self, token: &str) -> Option<Fault> {
        let Bounds { empty, pages, rows } = self.bounds;
        let text = if token.len() > MOST_TOKEN {
            format!(
                "the service gave a page token of {} bytes, more than the {} KiB that are accepted",
                token.len(),
                MOST_TOKEN >> 10
            )
        } else if !self.seen.insert(self.hasher.hash_one(token)) {
            return Some(Fault::repeated(self.call));
        } else if self.empty >= empty {
            format!(
                "the service gave {empty} pages in a row without a row and still names a next one"
            )
        } else if self.rows >= rows {
            format!(
                "the service gave {} rows and still names a next page",
                self.rows
            )
        } else if self.read >= pages {
            format!("the service gave {pages} pages and still names a next one")
        } else {
            return None;
        };
        let text = format!("{text}; the list is given up");
        Some(Fault::own("TooManyPages", &text, self.call))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CALL: Call<'static> = Call {
        service: "ssm",
        action: "DescribeInstanceInformation",
        region: "eu-west-1",
        identity: None,
    };

    const SMALL: Bounds = Bounds {
        empty: 3,
        pages: 10,
        rows: 100,
    };

    /// How many pages are asked for where each has so many rows and a new token,
    /// and why no more.
    fn endless(bounds: Bounds, rows: usize) -> (usize, Fault) {
        let mut pages = Pages::within(CALL, bounds);
        for asked in 0.. {
            match pages.next() {
                Ok(start) => assert!(start.is_some()),
                Err(fault) => return (asked, fault),
            }
            pages.then(rows, Some(format!("token {asked}")));
        }
        unreachable!()
    }

    #[test]
    fn a_list_without_end_stops_at_the_bound_that_it_reaches_first() {
        for (rows, asked, words) in [
            (0, 3, "3 pages in a row without a row"),
            (1, 10, "10 pages and still names a next one"),
            (50, 2, "100 rows and still names a next page"),
        ] {
            let (pages, fault) = endless(SMALL, rows);
            assert_eq!(pages, asked, "{rows} rows a page");
            assert!(fault.why.text.contains(words), "{}", fault.why.text);
            assert!(
                fault
                    .why
                    .text
                    .contains("ssm:DescribeInstanceInformation in eu-west-1")
            );
        }
        assert_eq!(endless(OF_A_PLACE, 0).0, 1_000);
        assert_eq!(endless(OF_A_NODE, 0).0, 200);
        assert_eq!(endless(OF_A_NODE, 50).0, 5_000);
    }

    #[test]
    fn empty_pages_with_rows_between_them_and_a_last_page_at_the_bound_are_no_fault() {
        let mut pages = Pages::within(CALL, SMALL);
        for (at, rows) in [0, 0, 1, 0, 0, 1].into_iter().enumerate() {
            assert!(pages.next().unwrap().is_some());
            pages.then(rows, Some(at.to_string()));
        }
        assert!(pages.next().unwrap().is_some());
        pages.then(500, Some(String::new()));
        assert_eq!(pages.next().unwrap(), None);
    }

    #[test]
    fn a_token_that_comes_again_or_is_longer_than_any_of_aws_is_refused() {
        let mut pages = Pages::new(CALL);
        for token in ["a", "b", "a"] {
            assert!(pages.next().unwrap().is_some());
            pages.then(1, Some(token.to_owned()));
        }
        let fault = pages.next().unwrap_err();
        assert_eq!(&*fault.why.code, "RepeatedToken");

        let mut pages = Pages::new(CALL);
        pages.then(1, Some("x".repeat(MOST_TOKEN)));
        assert!(pages.next().unwrap().is_some());
        pages.then(1, Some("x".repeat(MOST_TOKEN + 1)));
        let text = pages.next().unwrap_err().why.text;
        assert!(text.contains("65537 bytes, more than the 64 KiB"), "{text}");
    }

    proptest! {
        #[test]
        fn any_list_ends_and_tokens_are_followed_in_their_order(
            told in proptest::collection::vec((0usize..60, proptest::option::of("[a-d]{0,3}")), 0..40),
        ) {
            let mut pages = Pages::within(CALL, SMALL);
            let mut told = told.into_iter();
            let mut expected = Some(None);
            while let Ok(Some(Start(token))) = pages.next() {
                prop_assert_eq!(Some(&token), expected.as_ref());
                let (rows, next) = told.next().unwrap_or_default();
                pages.then(rows, next.clone());
                expected = next.filter(|next| !next.is_empty()).map(Some);
            }
            prop_assert!(pages.read <= SMALL.pages);
        }
    }
}
