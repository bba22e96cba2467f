//! Who people are to a customer. DOMAIN section 2; every permission is a role and a scope.

use serde::{Deserialize, Serialize};

/// What a person is to a customer, or to the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Sees everything of the customer and manages its billing and team.
    CustomerAdministrator,
    /// Reads productions and their states.
    CustomerViewer,
    /// Produces in the accounts assigned to them.
    AccountOperator,
    /// Reads the P&L of every customer.
    FinanceViewer,
    /// JARAI's staff: everything.
    PlatformAdministrator,
}

impl Role {
    /// What the role is called on a page.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::CustomerAdministrator => "Customer administrator",
            Self::CustomerViewer => "Viewer",
            Self::AccountOperator => "Operator",
            Self::FinanceViewer => "Finance viewer",
            Self::PlatformAdministrator => "Platform administrator",
        }
    }

    /// U1, 5.3: whether the role may spend the customer's money.
    #[must_use]
    pub const fn may_manage_billing(self) -> bool {
        matches!(self, Self::CustomerAdministrator | Self::PlatformAdministrator)
    }
}
