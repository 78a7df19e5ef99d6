//! The accounts of the caller's organization, and which of them are in organizational
//! units that are skipped.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use aws_sdk_organizations::operation::list_accounts::ListAccountsOutput;
use aws_sdk_organizations::operation::list_accounts_for_parent::ListAccountsForParentOutput;
use aws_sdk_organizations::operation::list_organizational_units_for_parent::ListOrganizationalUnitsForParentOutput;
use aws_sdk_organizations::operation::list_roots::ListRootsOutput;
use aws_sdk_ssm::error::SdkError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::source::aws::api::error::CallError;
use crate::source::aws::api::pages::{PageStart, Paginator};
use crate::source::aws::api::response_capture::{
    CaptureInterceptor, OperationError, OperationOutput, ResponseCapture,
};
use crate::source::aws::api::wire::{
    BodyError, FromBody, OrganizationAccount, OrganizationRoot, OrganizationalUnit, Page,
};
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::session::Session;
use crate::suggest::nearest;
use crate::text::first_n;

const LIST_ACCOUNTS: &str = "ListAccounts";

/// More organizational units than this are not named in an error.
const MAX_NAMED_UNITS: usize = 20;

/// Units that are searched for those that exist, at one call each.
const MAX_SEARCHED_UNITS: usize = 100;

/// The id of an account, and its name where AWS Organizations tells it.
pub(super) type NamedAccount = (String, Option<Arc<str>>);

/// The organization of a caller.
#[derive(Clone, Copy)]
pub(super) struct Organization<'a> {
    pub(super) caller: &'a Session,
    pub(super) call_stats: &'a CallStats,
}

impl Organization<'_> {
    /// Its active accounts, by id. The caller's account is one of them, whether it is the
    /// management account or a delegated administrator.
    pub(super) async fn active_accounts(
        &self,
        own: &str,
        remarks: &mut Vec<String>,
    ) -> Result<Vec<NamedAccount>> {
        let listed = self.accounts().await.map_err(|error| to_anyhow(&error))?;
        if !listed.iter().any(|member| *member.id == *own) {
            let call = self.caller.call_context("organizations", LIST_ACCOUNTS);
            let text = format!("it does not list the caller's account, {own}");
            return Err(to_anyhow(&CallError::client_side(
                "Unreadable",
                &text,
                call,
            )));
        }
        let (closed, active): (Vec<OrganizationAccount>, Vec<OrganizationAccount>) = listed
            .into_iter()
            .partition(OrganizationAccount::is_inactive);
        if !closed.is_empty() {
            let mut closed: Vec<String> = closed
                .into_iter()
                .map(|member| format!("{} ({})", member.id, member.state.unwrap_or_default()))
                .collect();
            closed.sort_unstable();
            remarks.push(format!(
                "accounts of the organization that are not active and were skipped: {}",
                closed.join(", ")
            ));
        }
        let mut active: Vec<NamedAccount> = active
            .into_iter()
            .map(|one| (one.id.into(), one.name.map(Arc::from)))
            .collect();
        active.sort_unstable();
        active.dedup_by(|a, b| a.0 == b.0);
        Ok(active)
    }

    /// The ids of the accounts in these units and the units below them.
    pub(super) async fn accounts_in_units(&self, units: &[String]) -> Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        for unit in units {
            let mut seen: Vec<String> = vec![unit.clone()];
            let mut next = 0;
            while let Some(parent) = seen.get(next).cloned() {
                next += 1;
                let accounts = match self.accounts_of(&parent).await {
                    Err(error) if &*error.cause.code == "ParentNotFoundException" => {
                        return Err(anyhow!("{}", self.describe_unknown(unit).await));
                    }
                    accounts => accounts.map_err(|error| to_anyhow(&error))?,
                };
                found.extend(accounts.into_iter().map(|account| account.id.into()));
                for unit in self
                    .units_of(&parent)
                    .await
                    .map_err(|error| to_anyhow(&error))?
                {
                    if !seen.iter().any(|known| **known == *unit.id) {
                        seen.push(unit.id.into());
                    }
                }
            }
        }
        Ok(found)
    }

    /// That there is no such unit, and which there are, if the calls for it are allowed.
    async fn describe_unknown(&self, unit: &str) -> String {
        let mut known = Vec::new();
        let mut parents = match self.roots().await {
            Ok(roots) => roots.into_iter().map(|root| root.0).collect(),
            // The call only adds to the error.
            Err(_) => Vec::new(),
        };
        let mut next = 0;
        while let Some(parent) = parents.get(next).filter(|_| next < MAX_SEARCHED_UNITS) {
            let below = self.units_of(parent).await.unwrap_or_default();
            next += 1;
            for unit in below {
                if !parents.contains(&unit.id) {
                    parents.push(unit.id.clone());
                    known.push(unit);
                }
            }
        }
        let ids: Vec<&str> = known.iter().map(|unit| &*unit.id).collect();
        let guess = nearest(unit, &ids);
        let guess = guess.map_or(String::new(), |id| format!("; did you mean {id}?"));
        let text = format!("--skip-ou {unit}: the organization has no such unit{guess}");
        if known.is_empty() {
            return text;
        }
        let named = known.iter().map(|unit| match &unit.name {
            Some(name) => format!("{} ({name})", unit.id),
            None => unit.id.to_string(),
        });
        let named: Vec<String> = named.collect();
        format!("{text}; it has: {}", first_n(&named, MAX_NAMED_UNITS))
    }

    /// Every account. An empty list is an error: there is at least the management account.
    async fn accounts(&self) -> Result<Vec<OrganizationAccount>, CallError> {
        let client = self.caller.organizations_client(self.call_stats);
        let check: PageCheck<OrganizationAccount> = |page, is_first| {
            if is_first && page.rows.is_empty() && page.next_token.is_none() {
                return Err(BodyError::new("it lists no account"));
            }
            Ok(())
        };
        let output = || ListAccountsOutput::builder().build();
        self.read_pages(LIST_ACCOUNTS, output, Some(check), |token, reader| {
            let call = client.list_accounts().set_next_token(token);
            call.customize().interceptor(reader).send()
        })
        .await
    }

    async fn accounts_of(&self, parent: &str) -> Result<Vec<OrganizationAccount>, CallError> {
        let client = self.caller.organizations_client(self.call_stats);
        let output = || ListAccountsForParentOutput::builder().build();
        self.read_pages("ListAccountsForParent", output, None, |token, reader| {
            let call = client.list_accounts_for_parent().parent_id(parent);
            let call = call.set_next_token(token);
            call.customize().interceptor(reader).send()
        })
        .await
    }

    async fn units_of(&self, parent: &str) -> Result<Vec<OrganizationalUnit>, CallError> {
        const OPERATION: &str = "ListOrganizationalUnitsForParent";
        let client = self.caller.organizations_client(self.call_stats);
        let output = || ListOrganizationalUnitsForParentOutput::builder().build();
        self.read_pages(OPERATION, output, None, |token, reader| {
            let call = client.list_organizational_units_for_parent();
            let call = call.parent_id(parent).set_next_token(token);
            call.customize().interceptor(reader).send()
        })
        .await
    }

    async fn roots(&self) -> Result<Vec<OrganizationRoot>, CallError> {
        let client = self.caller.organizations_client(self.call_stats);
        let output = || ListRootsOutput::builder().build();
        self.read_pages("ListRoots", output, None, |token, reader| {
            let call = client.list_roots().set_next_token(token);
            call.customize().interceptor(reader).send()
        })
        .await
    }

    /// Reads a list to its last page.
    async fn read_pages<T, O, E, F>(
        &self,
        operation: &'static str,
        output: fn() -> O,
        check: Option<PageCheck<T>>,
        send: impl Fn(Option<String>, CaptureInterceptor<Page<T>, O, E>) -> F,
    ) -> Result<Vec<T>, CallError>
    where
        T: 'static,
        Page<T>: FromBody,
        O: OperationOutput,
        E: OperationError,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        let call = self.caller.call_context("organizations", operation);
        let mut rows = Vec::new();
        let mut pages = Paginator::new(call);
        while let Some(PageStart(token)) = pages.next_start()? {
            let is_first = token.is_none();
            let slot = ResponseCapture::with_check(move |page| match check {
                Some(check) => check(page, is_first),
                None => Ok(()),
            });
            self.call_stats.record_call("organizations", operation);
            let ask = || slot.send(call, output, |reader| send(token.clone(), reader));
            let page = self
                .caller
                .credentials_cache
                .with_refresh(ask, CallError::is_credentials_error)
                .await?;
            pages.record_page(page.rows.len(), page.next_token);
            rows.extend(page.rows);
        }
        Ok(rows)
    }
}

/// Checks a page, and is told whether it is the first one.
type PageCheck<T> = fn(&Page<T>, bool) -> Result<(), BodyError>;

fn to_anyhow(error: &CallError) -> anyhow::Error {
    anyhow!("{}", error.cause.text)
}
