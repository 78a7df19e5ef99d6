//! An account of the demo, with its regions and its role.

use crate::demo::service::RegionService;

pub(super) struct Account {
    pub id: String,
    pub name: String,
    pub is_active: bool,
    pub role_access: RoleAccess,
    pub joined: f64,
    /// The organizational unit that it is in, or the root.
    pub unit: &'static str,
    /// Regions with nodes.
    pub regions: Vec<(String, RegionService)>,
}

/// Who may assume a role in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoleAccess {
    Allowed,
    Denied,
    ExternalId(&'static str),
}
