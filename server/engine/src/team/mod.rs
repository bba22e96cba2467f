//! Who is asking: people who register and sign in, keys of the pipeline, sessions. L1, L2, L5; threats T7, T10, T12.

mod device;
mod factor;
mod key;
mod letters;
mod link;
mod member;
mod password;
mod profile;
mod register;
mod session;
mod sign_in;
mod tries;

pub use device::{Device, SignedIn};
pub use factor::{FactorSetup, RECOVERY_CODES};
pub use key::PipelineKey;
pub use link::{Link, LinkKind, SignUp};
pub use member::{Member, NewMember};
pub use password::SHORTEST as SHORTEST_PASSWORD;
pub use session::Sessions;
pub use sign_in::SignIn;

use crate::Engine;
use std::sync::Arc;

impl Engine {
    /// Where sessions are kept.
    #[must_use]
    pub fn sessions(&self) -> Sessions {
        Sessions::new(Arc::clone(&self.shared))
    }
}
