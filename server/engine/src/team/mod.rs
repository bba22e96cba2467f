//! Who is asking: people who sign in, keys of the pipeline, sessions. L1, L2; threats T7, T10, T12.
//!
//! Who belongs to a customer: invitations, roles, reach, seats and their caps. A7, H3–H7, 5.23; I-44 to I-46, T2, T11.

mod accept;
mod asked;
mod invitation;
mod key;
mod member;
mod password;
mod remove;
mod request;
mod roster;
mod seat;
mod session;
mod turn;

pub use accept::{Accepted, Invited};
pub use asked::{OwnSeat, SeatRequest};
pub use invitation::NewInvitation;
pub use key::PipelineKey;
pub use member::{Member, NewMember};
pub use roster::{Holding, OpenInvitation, Team, TeamMember};
pub use seat::SeatTerms;
pub use session::Sessions;

use crate::Engine;
use std::sync::Arc;

impl Engine {
    /// Where sessions are kept.
    #[must_use]
    pub fn sessions(&self) -> Sessions {
        Sessions::new(Arc::clone(&self.shared))
    }
}
