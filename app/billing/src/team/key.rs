//! What a key of the pipeline may do, and for which accounts: as little as its pipeline needs. T12.

use crate::id::AccountId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a key may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyAct {
    /// Ask for a price, and start productions: what can use capacity up.
    Admit,
    /// Report calls, keep productions alive, end them.
    Report,
    /// Read what is left, productions and the ledger.
    Read,
}

impl KeyAct {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Admit, Self::Report, Self::Read];

    /// The word in a form and on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Report => "report",
            Self::Read => "read",
        }
    }

    /// The one that this word stands for.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }

    /// What it is called on a page.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Admit => "Quote and admit",
            Self::Report => "Report",
            Self::Read => "Read",
        }
    }
}

/// How far a key reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyScope {
    /// What it may do.
    pub acts: BTreeSet<KeyAct>,
    /// For which accounts; none is all of its customer's, those that are opened later too.
    pub accounts: Option<BTreeSet<AccountId>>,
}

impl KeyScope {
    /// Everything, for every account.
    #[must_use]
    pub fn whole() -> Self {
        Self { acts: KeyAct::ALL.into(), accounts: None }
    }

    /// Whether it may do this.
    #[must_use]
    pub fn may(&self, act: KeyAct) -> bool {
        self.acts.contains(&act)
    }

    /// Whether this account is within it. One that is not does not exist for the key.
    #[must_use]
    pub fn covers(&self, account: AccountId) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(&account))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn t12_a_key_may_do_what_it_was_given_and_nothing_else() {
        let account = |number| AccountId::new(Ulid::from_parts(number, 0));
        let whole = KeyScope::whole();
        assert!(KeyAct::ALL.into_iter().all(|act| whole.may(act)) && whole.covers(account(7)));
        let narrow = KeyScope { acts: [KeyAct::Report].into(), accounts: Some([account(1)].into()) };
        assert_eq!(KeyAct::ALL.map(|act| narrow.may(act)), [false, true, false]);
        assert!(narrow.covers(account(1)) && !narrow.covers(account(2)));
        let nothing = KeyScope { accounts: Some(BTreeSet::new()), ..KeyScope::whole() };
        assert!(!nothing.covers(account(1)), "no account is not all of them");
    }

    #[test]
    fn an_act_of_a_key_has_one_word() {
        for act in KeyAct::ALL {
            assert_eq!(KeyAct::of_word(act.word()), Some(act));
            assert_eq!(serde_json::to_value(act).unwrap(), act.word());
            assert!(!act.title().is_empty());
        }
        assert_eq!(KeyAct::of_word("everything"), None);
    }
}
