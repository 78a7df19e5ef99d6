//! Pagination: follows page tokens to the last page, within limits. Every list
//! call uses it, so that no service can prolong a run endlessly or fill the
//! memory with tokens.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::api::wire::Page;

/// The most bytes of a page token. AWS's have a few hundred to a few thousand
/// characters, and the request repeats them.
const MAX_TOKEN_BYTES: usize = 64 << 10;

/// The limits of one list.
#[derive(Debug, Clone, Copy)]
struct PageLimits {
    /// Pages in a row without a row. A filtered list may have many: the service
    /// reads a page, and then removes what does not match.
    empty_pages: usize,
    pages: usize,
    rows: usize,
}

/// The limits of a list of an account and region. With 50 rows a page, 1,000
/// empty pages are 50,000 nodes that do not match, and 500,000 rows are ten
/// times the largest fleets of one account and region; they take some 300 MB.
const LOCATION_LIMITS: PageLimits = PageLimits {
    empty_pages: 1_000,
    pages: 25_000,
    rows: 500_000,
};

/// The limits of a list of one node, or of one batch of nodes. A node has 400
/// to 3,000 patches, that is 60 pages of 50; `check` keeps the rows of one node
/// at a time.
const NODE_LIMITS: PageLimits = PageLimits {
    empty_pages: 200,
    pages: 5_000,
    rows: 250_000,
};

/// Follows the tokens alone: a page may be empty and have more after it, and
/// the last one may have an empty token.
pub(crate) struct Paginator<'a> {
    call: CallContext<'a>,
    limits: PageLimits,
    /// Hashes of the tokens, which are sufficient to detect a repeated one.
    seen_tokens: HashSet<u64>,
    hasher: RandomState,
    next: Option<PageStart>,
    /// Why the next page is not requested.
    error: Option<CallError>,
    /// The pages so far, the number of empty ones at the end, and the rows.
    pages_read: usize,
    consecutive_empty_pages: usize,
    rows_read: usize,
}

/// Where a page starts: at a token, or at the beginning without one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PageStart(pub Option<String>);

impl<'a> Paginator<'a> {
    /// The pages of a list of an account and region: its nodes, groups or
    /// baselines.
    pub(crate) fn new(call: CallContext<'a>) -> Self {
        Self::with_limits(call, LOCATION_LIMITS)
    }

    /// The pages of a list of one node, or of one batch of nodes.
    pub(crate) fn for_node(call: CallContext<'a>) -> Self {
        Self::with_limits(call, NODE_LIMITS)
    }

    fn with_limits(call: CallContext<'a>, limits: PageLimits) -> Self {
        Self {
            call,
            limits,
            seen_tokens: HashSet::new(),
            hasher: RandomState::new(),
            next: Some(PageStart::default()),
            error: None,
            pages_read: 0,
            consecutive_empty_pages: 0,
            rows_read: 0,
        }
    }

    /// Reads page after page, and hands every row to `each`.
    ///
    /// # Errors
    /// Those of the calls, and of [`Self::next_start`].
    pub(crate) async fn for_each_row<T, F>(
        mut self,
        read_page: impl Fn(Option<String>) -> F,
        each: impl FnMut(T),
    ) -> Result<(), CallError>
    where
        F: Future<Output = Result<Page<T>, CallError>>,
    {
        let mut each = each;
        while let Some(PageStart(token)) = self.next_start()? {
            // In a box: the compiler limits how deep futures nest.
            let page = Box::pin(read_page(token)).await?;
            self.record_page(page.rows.len(), page.next_token);
            page.rows.into_iter().for_each(&mut each);
        }
        Ok(())
    }

    /// Where the next page starts, if there is one.
    ///
    /// # Errors
    /// If the list has reached a limit, or the service has repeated a token.
    pub(crate) fn next_start(&mut self) -> Result<Option<PageStart>, CallError> {
        match self.error.take() {
            Some(error) => Err(error),
            None => Ok(self.next.take()),
        }
    }

    /// Records a page: its number of rows, and the token of the next.
    pub(crate) fn record_page(&mut self, rows: usize, token: Option<String>) {
        self.pages_read += 1;
        self.rows_read += rows;
        self.consecutive_empty_pages = if rows == 0 {
            self.consecutive_empty_pages + 1
        } else {
            0
        };
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return;
        };
        match self.check_limits(&token) {
            Some(error) => self.error = Some(error),
            None => self.next = Some(PageStart(Some(token))),
        }
    }

    /// Why the page at this token is not requested.
    fn check_limits(&mut self, token: &str) -> Option<CallError> {
        let PageLimits {
            empty_pages,
            pages,
            rows,
        } = self.limits;
        let text = if token.len() > MAX_TOKEN_BYTES {
            format!(
                "the service gave a page token of {} bytes, more than the {} KiB that are accepted",
                token.len(),
                MAX_TOKEN_BYTES >> 10
            )
        } else if !self.seen_tokens.insert(self.hasher.hash_one(token)) {
            return Some(CallError::repeated_token(self.call));
        } else if self.consecutive_empty_pages >= empty_pages {
            format!(
                "the service gave {empty_pages} pages in a row without a row and still names a next one"
            )
        } else if self.rows_read >= rows {
            format!(
                "the service gave {} rows and still names a next page",
                self.rows_read
            )
        } else if self.pages_read >= pages {
            format!("the service gave {pages} pages and still names a next one")
        } else {
            return None;
        };
        let text = format!("{text}; the list is given up");
        Some(CallError::client_side("TooManyPages", &text, self.call))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CALL: CallContext<'static> = CallContext {
        service: "ssm",
        action: "DescribeInstanceInformation",
        region: "eu-west-1",
        session_label: None,
        renewal: None,
    };

    const SMALL_LIMITS: PageLimits = PageLimits {
        empty_pages: 3,
        pages: 10,
        rows: 100,
    };

    /// How many pages are requested if each has so many rows and a new token,
    /// and why no more.
    fn endless(bounds: PageLimits, rows: usize) -> (usize, CallError) {
        let mut pages = Paginator::with_limits(CALL, bounds);
        for requested in 0.. {
            match pages.next_start() {
                Ok(start) => assert!(start.is_some()),
                Err(error) => return (requested, error),
            }
            pages.record_page(rows, Some(format!("token {requested}")));
        }
        unreachable!()
    }

    #[test]
    fn an_endless_list_stops_at_the_limit_that_it_reaches_first() {
        for (rows, requested, words) in [
            (0, 3, "3 pages in a row without a row"),
            (1, 10, "10 pages and still names a next one"),
            (50, 2, "100 rows and still names a next page"),
        ] {
            let (pages, error) = endless(SMALL_LIMITS, rows);
            assert_eq!(pages, requested, "{rows} rows a page");
            assert!(error.cause.text.contains(words), "{}", error.cause.text);
            assert!(
                error
                    .cause
                    .text
                    .contains("ssm:DescribeInstanceInformation in eu-west-1")
            );
        }
        assert_eq!(endless(LOCATION_LIMITS, 0).0, 1_000);
        assert_eq!(endless(NODE_LIMITS, 0).0, 200);
        assert_eq!(endless(NODE_LIMITS, 50).0, 5_000);
    }

    #[test]
    fn empty_pages_between_rows_and_a_last_page_at_the_limit_are_accepted() {
        let mut pages = Paginator::with_limits(CALL, SMALL_LIMITS);
        for (at, rows) in [0, 0, 1, 0, 0, 1].into_iter().enumerate() {
            assert!(pages.next_start().unwrap().is_some());
            pages.record_page(rows, Some(at.to_string()));
        }
        assert!(pages.next_start().unwrap().is_some());
        pages.record_page(500, Some(String::new()));
        assert_eq!(pages.next_start().unwrap(), None);
    }

    #[test]
    fn a_repeated_or_oversized_token_is_refused() {
        let mut pages = Paginator::new(CALL);
        for token in ["a", "b", "a"] {
            assert!(pages.next_start().unwrap().is_some());
            pages.record_page(1, Some(token.to_owned()));
        }
        let error = pages.next_start().unwrap_err();
        assert_eq!(&*error.cause.code, "RepeatedToken");

        let mut pages = Paginator::new(CALL);
        pages.record_page(1, Some("x".repeat(MAX_TOKEN_BYTES)));
        assert!(pages.next_start().unwrap().is_some());
        pages.record_page(1, Some("x".repeat(MAX_TOKEN_BYTES + 1)));
        let text = pages.next_start().unwrap_err().cause.text;
        assert!(text.contains("65537 bytes, more than the 64 KiB"), "{text}");
    }

    proptest! {
        #[test]
        fn every_list_ends_and_its_tokens_are_followed_in_order(
            script in proptest::collection::vec((0usize..60, proptest::option::of("[a-d]{0,3}")), 0..40),
        ) {
            let mut pages = Paginator::with_limits(CALL, SMALL_LIMITS);
            let mut script = script.into_iter();
            let mut expected = Some(None);
            while let Ok(Some(PageStart(token))) = pages.next_start() {
                prop_assert_eq!(Some(&token), expected.as_ref());
                let (rows, next) = script.next().unwrap_or_default();
                pages.record_page(rows, next.clone());
                expected = next.filter(|next| !next.is_empty()).map(Some);
            }
            prop_assert!(pages.pages_read <= SMALL_LIMITS.pages);
        }
    }
}
