//! AWS Organizations: which accounts there are.
//! Knows that only the management account is told. Must not know what is in the accounts.

use serde::{Deserialize, Serialize};

use crate::demo::hash;
use crate::demo::nodes::list;
use crate::demo::pages::{resume, walk};
use crate::demo::request::Fault;
use crate::demo::service::Answer;
use crate::demo::world::{Account, Called};

/// The operations there are.
pub const OPERATIONS: [&str; 1] = ["ListAccounts"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Told<'a> {
    id: &'a str,
    arn: String,
    email: String,
    name: &'a str,
    status: &'static str,
    state: &'static str,
    joined_method: &'static str,
    joined_timestamp: f64,
}

/// Answers a call; the first of the accounts manages the others.
pub fn answer(called: &Called, body: &[u8], accounts: &[Account]) -> Answer {
    if called.operation != "ListAccounts" {
        return Fault::unknown_operation().into();
    }
    let manager = accounts.first().map_or("", |account| &account.id);
    if called.account != manager {
        return Fault::access_denied("You don't have permissions to access this resource.").into();
    }
    list_accounts(manager, body, accounts).unwrap_or_else(Answer::from)
}

fn list_accounts(manager: &str, body: &[u8], accounts: &[Account]) -> Result<Answer, Fault> {
    const MOST: usize = 20;
    let asked: Asked = serde_json::from_slice(body)
        .map_err(|error| Fault::new(400, "SerializationException", error.to_string()))?;
    let max = usize::try_from(asked.max_results.unwrap_or(20)).unwrap_or(0);
    if !(1..=MOST).contains(&max) {
        let why = "You specified an invalid value.";
        return Err(Fault::new(400, "InvalidInputException", why));
    }
    let request = hash::text("accounts");
    let mark = resume(asked.next_token.as_deref(), request).map_err(|_| {
        Fault::new(
            400,
            "InvalidInputException",
            "You specified an invalid value.",
        )
    })?;
    let (found, next) = walk(mark, accounts.len(), max, |nth| accounts.get(nth));
    let told: Vec<Told> = found.into_iter().map(|a| Told::of(a, manager)).collect();
    Ok(Answer::json(200, list("Accounts", &told, next, request)))
}

impl<'a> Told<'a> {
    fn of(account: &'a Account, manager: &str) -> Self {
        let Account { id, name, .. } = account;
        let invited = id == manager;
        Self {
            id,
            arn: format!("arn:aws:organizations::{manager}:account/o-demo123456/{id}"),
            email: format!("{name}@example.com"),
            name,
            status: if account.active {
                "ACTIVE"
            } else {
                "SUSPENDED"
            },
            state: if account.active { "ACTIVE" } else { "CLOSED" },
            joined_method: if invited { "INVITED" } else { "CREATED" },
            joined_timestamp: account.joined,
        }
    }
}
