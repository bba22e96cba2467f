//! The one table of who may do what. Pages, server functions and programs all ask it, so that they cannot differ.

use super::{Reach, Role, Scope};

/// Something that not everybody may do or see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// B1: what is left of the customer's capacity.
    SeeCapacity,
    /// Which productions there are, and how they stand.
    SeeProductions,
    /// Tokens by production and step, who was turned away and why.
    SeeUsage,
    /// AI cost at customer-facing rates, and budgets.
    SeeCost,
    /// P3, 5.10: revenue, cost and margin of every customer together.
    SeePlatformPnl,
    /// 5.11: what providers charge, the markup, and who they are.
    SeeRawCost,
    /// What a production would take; who may start one may ask.
    Estimate,
    /// G5: an account's monthly limit.
    SetAccountBudget,
    /// G6: the customer's own monthly limit.
    SetCustomerBudget,
    /// U1, 5.6: top-ups, auto-top-up, plan, invoices: what spends the customer's money.
    ManageBilling,
    /// Invoices and receipts, and what was bought.
    SeeInvoices,
    /// H5: members, roles, seats.
    ManageTeam,
    /// Keys of the pipeline.
    ManageKeys,
    /// N1: who has done what. A customer's own people see their customer's entries, and none that are JARAI's own.
    SeeAudit,
    /// K1: modes, lists and controls of the platform.
    RunPlatform,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::SeeCapacity,
        Self::SeeProductions,
        Self::SeeUsage,
        Self::SeeCost,
        Self::SeePlatformPnl,
        Self::SeeRawCost,
        Self::Estimate,
        Self::SetAccountBudget,
        Self::SetCustomerBudget,
        Self::ManageBilling,
        Self::SeeInvoices,
        Self::ManageTeam,
        Self::ManageKeys,
        Self::SeeAudit,
        Self::RunPlatform,
    ];

    /// Who has it, where they reach.
    const fn roles(self) -> &'static [Role] {
        use Role::{
            AccountOperator as Operator, CustomerAdministrator as Administrator, CustomerViewer as Viewer,
            FinanceViewer as Finance, PlatformAdministrator as Platform,
        };
        match self {
            Self::SeeCapacity | Self::SeeProductions => &[Viewer, Operator, Administrator, Finance, Platform],
            Self::SeeUsage | Self::SeeCost => &[Operator, Administrator, Finance, Platform],
            Self::SeeRawCost => &[Finance, Platform],
            Self::Estimate => &[Operator, Administrator, Platform],
            Self::SetAccountBudget
            | Self::ManageBilling
            | Self::ManageTeam
            | Self::ManageKeys
            | Self::SeeAudit => &[Administrator, Platform],
            Self::SeeInvoices => &[Administrator, Finance, Platform],
            Self::SeePlatformPnl | Self::SetCustomerBudget | Self::RunPlatform => &[Platform],
        }
    }
}

/// Whether somebody in this role, who reaches so far, may do this there.
#[must_use]
pub fn may(role: Role, reach: &Reach, permission: Permission, scope: Scope) -> bool {
    permission.roles().contains(&role) && reach.covers(scope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AccountId, CustomerId};
    use ulid::Ulid;

    /// DOMAIN section 2, written down a second time as it stands there: one line a permission, one column a role.
    const TABLE: &str = "
        SeeCapacity        administrator viewer operator finance platform
        SeeProductions     administrator viewer operator finance platform
        SeeUsage           administrator        operator finance platform
        SeeCost            administrator        operator finance platform
        SeePlatformPnl                                           platform
        SeeRawCost                                       finance platform
        Estimate           administrator        operator         platform
        SetAccountBudget   administrator                         platform
        SetCustomerBudget                                        platform
        ManageBilling      administrator                         platform
        SeeInvoices        administrator                 finance platform
        ManageTeam         administrator                         platform
        ManageKeys         administrator                         platform
        SeeAudit           administrator                         platform
        RunPlatform                                              platform";

    #[test]
    fn the_table_is_that_of_the_domain() {
        let words = ["administrator", "viewer", "operator", "finance", "platform"];
        let lines = TABLE.lines().filter(|line| !line.trim().is_empty());
        assert_eq!(lines.clone().count(), Permission::ALL.len());
        for (line, permission) in lines.zip(Permission::ALL) {
            let mut named = line.split_whitespace();
            assert_eq!(named.next(), Some(format!("{permission:?}").as_str()));
            let named: Vec<_> = named.collect();
            for (role, word) in Role::ALL.into_iter().zip(words) {
                let said = named.contains(&word);
                assert_eq!(may(role, &Reach::Everything, permission, Scope::Platform), said, "{line} {word}");
            }
        }
    }

    #[test]
    fn a_role_without_the_assignment_shows_nothing() {
        let customer = |number| CustomerId::new(Ulid::from_parts(number, 0));
        let account = |number| AccountId::new(Ulid::from_parts(number, 0));
        let (mine, other) = (customer(1), customer(2));
        let sees = |reach: &Reach, scope| may(Role::AccountOperator, reach, Permission::SeeUsage, scope);
        let some = Reach::Accounts(mine, [account(1)].into());
        assert!(sees(&some, Scope::Account(mine, account(1))) && sees(&some, Scope::Shared(mine)));
        assert!(!sees(&some, Scope::Account(mine, account(2))), "not assigned");
        assert!(!sees(&some, Scope::Account(other, account(1))), "somebody else’s");
        assert!(!sees(&some, Scope::Customer(mine)), "the customer as a whole is more than one account");
        assert!(!sees(&some, Scope::Shared(other)) && !sees(&some, Scope::Platform));
        let whole = Reach::Customer(mine);
        assert!(sees(&whole, Scope::Customer(mine)) && sees(&whole, Scope::Account(mine, account(7))));
        assert!(sees(&whole, Scope::Shared(mine)) && !sees(&whole, Scope::Platform));
        for scope in [Scope::Customer(other), Scope::Shared(other), Scope::Account(other, account(7))] {
            assert!(!sees(&whole, scope), "{scope:?}");
        }
        assert!(sees(&Reach::Everything, Scope::Platform));
        assert_eq!(some.accounts().map(std::collections::BTreeSet::len), Some(1));
        assert_eq!((whole.accounts(), Reach::Everything.accounts()), (None, None));
    }

    #[test]
    fn roles_have_names_and_staff_is_jarais_own() {
        let names = Role::ALL.map(Role::title);
        assert_eq!(
            names,
            ["Customer administrator", "Viewer", "Operator", "Finance viewer", "Platform administrator"]
        );
        assert_eq!(Role::ALL.map(Role::is_staff), [false, false, false, true, true]);
    }
}
