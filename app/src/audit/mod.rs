//! The audit log: who has done what, when and why, from what to what; and putting it back where that is possible. N1, N4.

mod log;
mod query;
mod server_fns;
#[cfg(feature = "ssr")]
mod words;

pub use log::{AuditContent, AuditPage, AuditPageView, AuditRow, RevertForm};
pub use query::AuditQuery;
pub use server_fns::{AuditFigures, RevertEntry, audit_page, revert_entry};
#[cfg(feature = "ssr")]
pub use words::audit_sheet;
