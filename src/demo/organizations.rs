//! AWS Organizations: `ListAccounts`, for the management account only.

use serde::{Deserialize, Serialize};

use crate::demo::account::Account;
use crate::demo::call::ApiCall;
use crate::demo::error::ServiceError;
use crate::demo::hash;
use crate::demo::pages::{collect_page, list_body, parse_token};
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
    let asked: ListAccountsRequest = serde_json::from_slice(body)
        .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?;
    let max = usize::try_from(asked.max_results.unwrap_or(20)).unwrap_or(0);
    if !(1..=MOST).contains(&max) {
        let cause = "You specified an invalid value.";
        return Err(ServiceError::new(400, "InvalidInputException", cause));
    }
    let request = hash::text("accounts");
    let mark = parse_token(asked.next_token.as_deref(), request).map_err(|_| {
        ServiceError::new(
            400,
            "InvalidInputException",
            "You specified an invalid value.",
        )
    })?;
    let (found, next) = collect_page(mark, accounts.len(), max, |nth| accounts.get(nth));
    let listed: Vec<AccountEntry> = found
        .into_iter()
        .map(|a| AccountEntry::of(a, manager))
        .collect();
    Ok(ApiResponse::json(
        200,
        list_body("Accounts", &listed, next, request),
    ))
}

impl<'a> AccountEntry<'a> {
    fn of(account: &'a Account, manager: &str) -> Self {
        let Account { id, name, .. } = account;
        let invited = id == manager;
        Self {
            id,
            arn: format!("arn:aws:organizations::{manager}:account/o-demo123456/{id}"),
            email: format!("{name}@example.com"),
            name,
            status: if account.is_active {
                "ACTIVE"
            } else {
                "SUSPENDED"
            },
            state: if account.is_active {
                "ACTIVE"
            } else {
                "CLOSED"
            },
            joined_method: if invited { "INVITED" } else { "CREATED" },
            joined_timestamp: account.joined,
        }
    }
}
