//! The audit log: who has done what, when and why, from what to what; and putting it back where that is possible. N1, N4.
//!
//! Somebody's own data: a copy, consents, requests, the end of their account; and the requests of all for staff. Y1–Y5.

mod leaving;
mod log;
mod privacy;
mod privacy_fns;
#[cfg(feature = "ssr")]
pub mod privacy_words;
mod query;
mod requests;
#[cfg(feature = "ssr")]
mod requests_words;
mod server_fns;
#[cfg(feature = "ssr")]
mod words;

pub use leaving::LeavingView;
pub use log::{AuditContent, AuditPage, AuditPageView, AuditRow, RevertForm};
pub use privacy::{AskedView, ConsentView, PrivacyContent, PrivacyPage, PrivacyView, TypedPrivacy};
pub use privacy_fns::*;
pub use query::AuditQuery;
pub use requests::{AnswerForm, RequestRow, RequestsContent, RequestsPage, RequestsView};
#[cfg(feature = "ssr")]
pub use requests_words::TypedAnswer;
pub use server_fns::{AuditFigures, RevertEntry, audit_page, revert_entry};
#[cfg(feature = "ssr")]
pub use words::audit_sheet;
