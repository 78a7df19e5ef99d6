//! AWS Organizations: `ListAccounts`, for the management account only.

use serde::{Deserialize, Serialize};

use crate::demo::account::Account;
use crate::demo::call::ApiCall;
use crate::demo::error::ServiceError;
use crate::demo::pages::list_page;
use crate::demo::request::{PageRequest, parse};
use crate::demo::service::ApiResponse;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListAccountsRequest {
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

/// Answers a call; the first account is the management account.
pub(super) fn answer(called: &ApiCall, body: &[u8], accounts: &[Account]) -> ApiResponse {
    if called.operation != "ListAccounts" {
        return ServiceError::unknown_operation().into();
    }
    let manager = accounts.first().map_or("", |account| &account.id);
    if called.account != manager {
        return ServiceError::access_denied("You don't have permissions to access this resource.")
            .into();
    }
    list_accounts(manager, body, accounts).unwrap_or_else(ApiResponse::from)
}

fn list_accounts(
    manager: &str,
    body: &[u8],
    accounts: &[Account],
) -> Result<ApiResponse, ServiceError> {
    const MOST: usize = 20;
    let asked: ListAccountsRequest = parse(body)?;
    let invalid = || {
        let cause = "You specified an invalid value.";
        ServiceError::new(400, "InvalidInputException", cause)
    };
    let max = usize::try_from(asked.max_results.unwrap_or(20)).unwrap_or(0);
    if !(1..=MOST).contains(&max) {
        return Err(invalid());
    }
    let page = PageRequest::new(max, asked.next_token, "accounts");
    let body = list_page("Accounts", &page, accounts.len(), |nth| {
        Some(AccountEntry::of(accounts.get(nth)?, manager))
    });
    Ok(ApiResponse::json(200, body.map_err(|_| invalid())?))
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
