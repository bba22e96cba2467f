//! Who reads a page, and how they read it.

use crate::{
    AppError,
    format::Format,
    request,
    team::session::{current_member, engine},
};
use billing::team::Permission;
use engine::{Engine, team::Member};

/// The person for whom a page is written.
#[derive(Clone)]
pub struct Reader {
    /// Who, and what they may see.
    pub member: Member,
    /// How numbers and dates are written for them.
    pub format: &'static Format,
}

impl Reader {
    /// Who asks, and the engine that answers. Where nobody is signed in, the browser is sent to the sign-in page.
    pub async fn of_request() -> Result<(Self, Engine), AppError> {
        Ok((Self { member: current_member().await?, format: request::format() }, engine()?))
    }

    /// Whether they may do this with their customer, at least in part.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.member.may_somewhere(permission)
    }

    /// Whether they may spend the customer's money.
    #[must_use]
    pub fn may_buy(&self) -> bool {
        self.may(Permission::ManageBilling)
    }

    /// What who may not is told: `Ask Mara Lindqvist, your administrator, to buy capacity.`
    #[must_use]
    pub fn ask_to(&self, act: &str) -> String {
        match &self.member.administrator {
            Some(name) => format!("Ask {name}, your administrator, to {act}."),
            None => format!("Ask an administrator to {act}."),
        }
    }
}
