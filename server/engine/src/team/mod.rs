//! Who is asking: people who sign in, keys of the pipeline, sessions. L1, L2; threats T7, T10, T12.

mod key;
mod member;
mod password;
mod session;

pub use key::PipelineKey;
pub(crate) use key::new_key;
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
