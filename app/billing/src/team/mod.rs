//! Who people are, and what each may do. DOMAIN section 2: every permission is a role *and* a scope, and holding the role
//! without the assignment shows nothing. Readings 5.3, 5.10, 5.11.

mod contact;
mod invitation;
mod key;
mod permission;
mod reach;
mod seats;

pub use contact::{BadContact, ContactDetails};
pub use invitation::{BadAddress, INVITATION_LASTS, address};
pub use key::{KeyAct, KeyScope};
pub use permission::{Permission, may};
pub use reach::{Reach, Scope};
pub use seats::{NoSeat, Seats};

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
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CustomerAdministrator,
        Self::CustomerViewer,
        Self::AccountOperator,
        Self::FinanceViewer,
        Self::PlatformAdministrator,
    ];

    /// H6: those that a customer's own administrator gives, the least first.
    pub const GIVEN: [Self; 3] = [Self::CustomerViewer, Self::AccountOperator, Self::CustomerAdministrator];

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

    /// Whether it is JARAI's own staff, who reach every customer.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::FinanceViewer | Self::PlatformAdministrator)
    }
}
