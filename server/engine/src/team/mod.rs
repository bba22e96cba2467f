//! Who is asking: people who register and sign in, keys of the pipeline, sessions. L1, L2, L5; threats T7, T10, T12.
//!
//! Who belongs to a customer: invitations, roles, reach, seats and their caps. A7, H3–H7, 5.23; I-44 to I-46, T2, T11. And
//! forgetting who has asked for it: Y3.

mod accept;
mod asked;
mod assign;
mod assign_customers;
mod assignments;
mod charge;
mod contact;
mod device;
mod erase;
mod factor;
mod invitation;
mod key;
mod key_acts;
mod key_terms;
mod keys;
mod letters;
mod link;
mod look;
mod member;
mod password;
mod profile;
mod put_back;
mod register;
mod remove;
mod request;
mod roster;
mod seat;
mod session;
mod sign_in;
mod terms;
mod tries;
mod turn;

pub use accept::{Accepted, Invited};
pub use asked::{OwnSeat, SeatRequest};
pub use assign_customers::CustomerTicks;
pub use assignments::{Assignments, CustomerAccess, OperatorAccess};
pub(crate) use contact::ChosenContact;
pub use contact::{Contact, ContactSwitch};
pub use device::{Device, SignedIn};
pub use factor::{FactorSetup, RECOVERY_CODES};
pub use invitation::NewInvitation;
pub use key::PipelineKey;
pub(crate) use key::{KeyUses, new_key};
pub use key_acts::ShownToken;
pub use key_terms::KeyTerms;
pub use keys::KeyLine;
pub use link::{Link, LinkKind, SignUp};
pub(crate) use look::Looks;
pub use member::{Member, NewMember};
pub use password::SHORTEST as SHORTEST_PASSWORD;
pub use roster::{Holding, OpenInvitation, Team, TeamMember};
pub use seat::SeatTerms;
pub use session::Sessions;
pub use sign_in::SignIn;
pub(crate) use tries::{Pace, network};
pub(crate) use turn::spoken;

use crate::Engine;
use std::sync::Arc;

impl Engine {
    /// Where sessions are kept.
    #[must_use]
    pub fn sessions(&self) -> Sessions {
        Sessions::new(Arc::clone(&self.shared))
    }
}
