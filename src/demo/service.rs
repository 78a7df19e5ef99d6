//! Systems Manager in one account and region: dispatches operations, and lists states and patches.

use std::collections::HashSet;

use bytes::Bytes;
use jiff::Timestamp;

use crate::demo::REGION;
use crate::demo::available::available;
use crate::demo::baselines::{baseline, list_baselines};
use crate::demo::compliance::compliance_items;
use crate::demo::error::ServiceError;
use crate::demo::fleet::{Fleet, NodeIndex};
use crate::demo::groups::{group_states, groups};
use crate::demo::nodes::{information, inventory, properties};
use crate::demo::pages::{
    NextToken, PageCache, PageCursor, PageRange, list_body, parse_token, write_next_token,
};
use crate::demo::request::{PatchesRequest, StatesRequest};
use crate::demo::tags::tags;

/// The service of one region.
pub struct RegionService {
    fleet: Fleet,
    name: String,
    pages: PageCache,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiResponse {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`
    pub content_type: &'static str,
    /// JSON or XML.
    pub body: Bytes,
}

impl ApiResponse {
    pub(super) fn json(status: u16, body: Bytes) -> Self {
        Self {
            status,
            content_type: "application/x-amz-json-1.1",
            body,
        }
    }
}

/// Counts of a response, for statistics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ResponseCounts {
    pub(super) records: usize,
    pub(super) rows: usize,
}

impl From<ServiceError> for ApiResponse {
    fn from(fault: ServiceError) -> Self {
        Self::json(fault.status, fault.body().into())
    }
}

impl RegionService {
    /// The service of a fleet.
    #[must_use]
    pub fn new(fleet: Fleet) -> Self {
        Self::with_cache_share(1, fleet, REGION)
    }

    /// The same, in this region; so many regions share the memory of the cache.
    pub(super) fn with_cache_share(regions: usize, fleet: Fleet, name: &str) -> Self {
        Self {
            fleet,
            name: name.to_owned(),
            pages: PageCache::shared_by(regions),
        }
    }

    /// Answers a request. `target` is the `X-Amz-Target` header, such as `AmazonSSM.DescribeInstancePatches`.
    #[must_use]
    pub fn answer(&self, target: &str, body: &[u8]) -> ApiResponse {
        self.answer_counted(target, body).0
    }

    /// All node ids, in a stable order.
    #[must_use]
    pub fn node_ids(&self) -> Vec<String> {
        self.fleet.node_ids()
    }

    /// Sets the time of the region. Call it before the first request, as pages are cached.
    pub(super) fn set_now(&mut self, now: Timestamp) {
        self.fleet.set_now(now);
    }

    pub(super) fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    pub(super) fn answer_counted(
        &self,
        target: &str,
        body: &[u8],
    ) -> (ApiResponse, ResponseCounts) {
        let plain = |body| (body, ResponseCounts::default());
        let fleet = &self.fleet;
        let answer = match target.strip_prefix("AmazonSSM.").unwrap_or_default() {
            "DescribeInstancePatchStates" => self.states(body),
            "DescribeInstancePatches" => self.patches(body),
            "DescribeInstanceInformation" => information(fleet, body).map(plain),
            "DescribeInstanceProperties" => properties(fleet, body).map(plain),
            "GetInventory" => inventory(fleet, body).map(plain),
            "ListComplianceItems" => compliance_items(fleet, body).map(plain),
            "ListTagsForResource" => tags(fleet, body).map(plain),
            "DescribeAvailablePatches" => available(body).map(plain),
            "DescribePatchBaselines" => {
                list_baselines(&self.name, fleet.node_count() > 0, body).map(plain)
            }
            "GetPatchBaseline" => baseline(&self.name, fleet.node_count() > 0, body).map(plain),
            "DescribePatchGroups" => groups(fleet, &self.name, body).map(plain),
            "DescribeInstancePatchStatesForPatchGroup" => group_states(fleet, body)
                .map(|(body, records)| (body, ResponseCounts { records, rows: 0 })),
            _ => Err(ServiceError::unknown_operation()),
        };
        match answer {
            Ok((body, carried)) => (ApiResponse::json(200, body), carried),
            Err(fault) => (fault.into(), ResponseCounts::default()),
        }
    }

    fn has_node(&self, id: &str) -> bool {
        self.fleet.find(id).is_some()
    }

    fn states(&self, body: &[u8]) -> Result<(Bytes, ResponseCounts), ServiceError> {
        let asked = StatesRequest::read(body, |id| self.has_node(id))?;
        let mark = parse_token(&asked.page)?;
        // Like the service, it omits unknown and never scanned ids.
        let mut seen = HashSet::new();
        let records: Vec<_> = asked
            .ids
            .iter()
            .filter(|id| seen.insert(id.as_str()))
            .filter_map(|id| self.fleet.record(self.fleet.find(id)?))
            .collect();
        let page = PageRange::from_cursor(mark, asked.page.max, records.len(), None, false);
        let shown = &records[page.start..page.end];
        Ok((
            list_body("InstancePatchStates", &shown, page.next, &asked.page),
            ResponseCounts {
                records: shown.len(),
                rows: 0,
            },
        ))
    }

    fn patches(&self, body: &[u8]) -> Result<(Bytes, ResponseCounts), ServiceError> {
        let asked = PatchesRequest::read(body, |id| self.has_node(id))?;
        let mark = parse_token(&asked.page)?;
        let Some(place) = self.fleet.find(&asked.id) else {
            let nothing = Bytes::from_static(br#"{"Patches":[]}"#);
            return Ok((nothing, ResponseCounts::default()));
        };
        Ok(self.page(place, &asked, mark))
    }

    fn page(
        &self,
        place: NodeIndex,
        asked: &PatchesRequest,
        mark: PageCursor,
    ) -> (Bytes, ResponseCounts) {
        let list = self.fleet.list(place);
        let passing = self.pages.filtered_rows(&self.fleet, list, &asked.filters);
        let rows = passing
            .as_ref()
            .map_or_else(|| self.fleet.row_count(list), |places| places.len());
        let quirk = self.fleet.page_quirk(place);
        let page = PageRange::from_cursor(mark, asked.page.max, rows, quirk, passing.is_some());
        let list = self
            .pages
            .body(&self.fleet, list, &asked.filters, passing.as_deref(), page);
        // The rows are cached for all nodes that share them; the token belongs to this node.
        let room = if matches!(page.next, NextToken::Cursor(_)) {
            64
        } else {
            16
        };
        let mut body = Vec::with_capacity(list.len() + room);
        body.extend_from_slice(&list);
        write_next_token(&mut body, page.next, &asked.page);
        (
            body.into(),
            ResponseCounts {
                records: 0,
                rows: page.end - page.start,
            },
        )
    }
}

#[cfg(test)]
mod tests;
