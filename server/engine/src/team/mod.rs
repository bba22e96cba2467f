//! Who is asking: people who sign in, keys of the pipeline, sessions. L1, L2; threats T7, T10, T12.

mod key;
mod key_acts;
mod key_terms;
mod keys;
mod member;
mod password;
mod session;

pub(crate) use key::KeyUses;
pub use key::PipelineKey;
pub use key_acts::ShownToken;
pub use key_terms::KeyTerms;
pub use keys::KeyLine;
pub use member::{Member, NewMember};
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
