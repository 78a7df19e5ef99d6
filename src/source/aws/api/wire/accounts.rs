//! Parses the lists of AWS Organizations.

use crate::record::is_account_id;
use crate::source::aws::api::wire::borrowed_text::Text;
use crate::source::aws::api::wire::into_boxed;
use crate::source::aws::api::wire::strict::{BodyError, FromBody, Page, read_list};

/// An account of ListAccounts.
#[derive(Debug, PartialEq)]
pub(crate) struct OrganizationAccount {
    pub id: Box<str>,
    pub name: Option<Box<str>>,
    /// `State`, which replaces `Status`; whichever is present.
    pub state: Option<Box<str>>,
}

impl OrganizationAccount {
    /// Is it closed, being closed, or not yet open? An unknown state does not
    /// exclude an account: a role that cannot be assumed there is reported.
    /// Source: AWS Organizations API reference, Account, State and Status.
    pub(crate) fn is_inactive(&self) -> bool {
        let inactive = [
            "CLOSED",
            "PENDING_ACTIVATION",
            "PENDING_CLOSURE",
            "SUSPENDED",
        ];
        self.state
            .as_deref()
            .is_some_and(|state| inactive.contains(&state))
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireAccount<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    name: Option<Text<'a>>,
    state: Option<Text<'a>>,
    status: Option<Text<'a>>,
}

impl FromBody for Page<OrganizationAccount> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "Accounts", |account: WireAccount<'_>| {
            if !is_account_id(&account.id.0) {
                return Err(BodyError::new("an account whose Id is not twelve digits"));
            }
            Ok(OrganizationAccount {
                id: account.id.0.into(),
                name: into_boxed(account.name),
                state: into_boxed(account.state.or(account.status)),
            })
        })
    }
}

/// A unit of ListOrganizationalUnitsForParent.
#[derive(Debug, PartialEq)]
pub(crate) struct OrganizationalUnit {
    pub id: Box<str>,
    pub name: Option<Box<str>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireUnit<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    name: Option<Text<'a>>,
}

impl FromBody for Page<OrganizationalUnit> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "OrganizationalUnits", |unit: WireUnit<'_>| {
            if unit.id.is_empty() {
                return Err(BodyError::new("an organizational unit with an empty Id"));
            }
            Ok(OrganizationalUnit {
                id: unit.id.0.into(),
                name: into_boxed(unit.name),
            })
        })
    }
}

/// A root of ListRoots, by its id.
#[derive(Debug, PartialEq)]
pub(crate) struct OrganizationRoot(pub Box<str>);

impl FromBody for Page<OrganizationRoot> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "Roots", |root: WireUnit<'_>| {
            Ok(OrganizationRoot(root.id.0.into()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_inactive_state_excludes_an_account() {
        let body = r#"{"Accounts":[
            {"Id":"111122223333","Status":"ACTIVE"},
            {"Id":"222233334444","Status":"SUSPENDED","State":"CLOSED"},
            {"Id":"333344445555","Status":"SUSPENDED"},
            {"Id":"444455556666","Status":"SUSPENDED","State":"ACTIVE"},
            {"Id":"555566667777","Status":"ACTIVF"},
            {"Id":"666677778888"}],"NextToken":null}"#;
        let page = Page::<OrganizationAccount>::from_body(body.as_bytes()).unwrap();
        let inactive: Vec<bool> = page
            .rows
            .iter()
            .map(OrganizationAccount::is_inactive)
            .collect();
        assert_eq!(inactive, [false, true, true, false, false, false]);
        assert_eq!(page.next_token, None);
    }
}
