//! AWS Organizations: accounts and organizational units, for the management account only.

use serde::{Deserialize, Serialize};

use crate::demo::account::Account;
use crate::demo::call::ApiCall;
use crate::demo::error::ServiceError;
use crate::demo::pages::list_page;
use crate::demo::request::{PageRequest, parse};
use crate::demo::service::ApiResponse;

/// The root, in which all units are.
pub(super) const ROOT: &str = "r-demo";

/// Organizational units: id, name, and the parent that they are in.
const UNITS: [(&str, &str, &str); 3] = [
    ("ou-demo-sandbox1", "Sandbox", ROOT),
    ("ou-demo-workload", "Workloads", ROOT),
    ("ou-demo-partners", "Partners", "ou-demo-workload"),
];

/// The unit of an account of the sample.
pub(super) fn unit_of(account: &str) -> &'static str {
    match account {
        "444455556666" => "ou-demo-workload",
        "123456789012" => "ou-demo-partners",
        "777788889999" | "999900001111" => "ou-demo-sandbox1",
        _ => ROOT,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRequest {
    parent_id: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccountEntry<'a> {
    id: &'a str,
    arn: String,
    email: String,
    name: &'a str,
    status: &'static str,
    state: &'static str,
    joined_method: &'static str,
    joined_timestamp: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UnitEntry {
    id: &'static str,
    arn: String,
    name: &'static str,
}

/// Answers a call; the first account is the management account.
pub(super) fn answer(called: &ApiCall, body: &[u8], accounts: &[Account]) -> ApiResponse {
    if called.operation.is_empty() {
        return ServiceError::unknown_operation().into();
    }
    let manager = accounts.first().map_or("", |account| &account.id);
    if called.account != manager {
        return ServiceError::access_denied("You don't have permissions to access this resource.")
            .into();
    }
    list(called.operation, manager, body, accounts).unwrap_or_else(ApiResponse::from)
}

fn list(
    operation: &str,
    manager: &str,
    body: &[u8],
    accounts: &[Account],
) -> Result<ApiResponse, ServiceError> {
    const MOST: usize = 20;
    let asked: ListRequest = parse(body)?;
    let invalid = || {
        let cause = "You specified an invalid value.";
        ServiceError::new(400, "InvalidInputException", cause)
    };
    let max = usize::try_from(asked.max_results.unwrap_or(20)).unwrap_or(0);
    if !(1..=MOST).contains(&max) {
        return Err(invalid());
    }
    let parent = asked.parent_id.as_deref();
    let is_parent = |id: &str| id == ROOT || UNITS.iter().any(|unit| unit.0 == id);
    if operation.ends_with("ForParent") && !parent.is_some_and(is_parent) {
        let cause = "You specified parent that doesn't exist.";
        return Err(ServiceError::new(400, "ParentNotFoundException", cause));
    }
    let is_in = |of: &str| parent.is_none_or(|parent| parent == of);
    let page = PageRequest::new(max, asked.next_token, operation);
    let body = match operation {
        "ListRoots" => list_page("Roots", &page, 1, |_| {
            Some(UnitEntry::new("root", manager, ROOT, "Root"))
        }),
        "ListOrganizationalUnitsForParent" => {
            let below: Vec<_> = UNITS.iter().filter(|unit| is_in(unit.2)).collect();
            list_page("OrganizationalUnits", &page, below.len(), |nth| {
                let (id, name, _) = below.get(nth)?;
                Some(UnitEntry::new("ou", manager, id, name))
            })
        }
        _ => {
            let listed = accounts.iter().filter(|account| is_in(account.unit));
            let listed: Vec<&Account> = listed.collect();
            list_page("Accounts", &page, listed.len(), |nth| {
                Some(AccountEntry::of(listed.get(nth)?, manager))
            })
        }
    };
    Ok(ApiResponse::json(200, body.map_err(|_| invalid())?))
}

impl UnitEntry {
    fn new(kind: &str, manager: &str, id: &'static str, name: &'static str) -> Self {
        let arn = format!("arn:aws:organizations::{manager}:{kind}/o-demo123456/{id}");
        Self { id, arn, name }
    }
}

impl<'a> AccountEntry<'a> {
    fn of(account: &'a Account, manager: &str) -> Self {
        let Account { id, name, .. } = account;
        let invited = id == manager;
        let (status, state) = if account.is_active {
            ("ACTIVE", "ACTIVE")
        } else {
            ("SUSPENDED", "CLOSED")
        };
        Self {
            id,
            arn: format!("arn:aws:organizations::{manager}:account/o-demo123456/{id}"),
            email: format!("{name}@example.com"),
            name,
            status,
            state,
            joined_method: if invited { "INVITED" } else { "CREATED" },
            joined_timestamp: account.joined,
        }
    }
}
