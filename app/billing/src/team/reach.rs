//! How far a role reaches.

use crate::id::{AccountId, CustomerId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What somebody has been assigned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// The platform and every customer.
    Everything,
    /// One customer and all its accounts.
    Customer(CustomerId),
    /// Some accounts of one customer. The customer itself is reached for what all its accounts share.
    Accounts(CustomerId, BTreeSet<AccountId>),
}

/// What somebody asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The platform as a whole.
    Platform,
    /// A customer as a whole.
    Customer(CustomerId),
    /// What the accounts of a customer share: its capacity and its name.
    Shared(CustomerId),
    /// One account of a customer.
    Account(CustomerId, AccountId),
}

impl Reach {
    /// Whether this is within it.
    #[must_use]
    pub fn covers(&self, scope: Scope) -> bool {
        match (self, scope) {
            (Self::Everything, _) => true,
            (_, Scope::Platform) | (Self::Accounts(..), Scope::Customer(_)) => false,
            (
                Self::Customer(mine),
                Scope::Customer(asked) | Scope::Shared(asked) | Scope::Account(asked, _),
            )
            | (Self::Accounts(mine, _), Scope::Shared(asked)) => *mine == asked,
            (Self::Accounts(mine, accounts), Scope::Account(asked, account)) => {
                *mine == asked && accounts.contains(&account)
            }
        }
    }

    /// The accounts that a list is narrowed to; none where it shows all of the customer's.
    #[must_use]
    pub const fn accounts(&self) -> Option<&BTreeSet<AccountId>> {
        match self {
            Self::Accounts(_, accounts) => Some(accounts),
            Self::Everything | Self::Customer(_) => None,
        }
    }
}
