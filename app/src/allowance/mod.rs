//! "The billing banner shows what's left." "At ~75% used (without auto-top-up) a banner prompts you to buy extra capacity."
//!
//! The usage banner, live, and Overview. Rules B1–B5, readings 5.3, 5.13, 5.14.

mod banner;
#[cfg(feature = "ssr")]
mod cost;
mod figures;
mod islands;
mod needs;
#[cfg(feature = "ssr")]
mod needs_words;
mod overview;
mod report;
#[cfg(feature = "ssr")]
mod report_rows;
mod report_table;
#[cfg(feature = "ssr")]
mod report_words;
mod server_fns;
mod usage;

mod feed;
#[cfg(feature = "ssr")]
pub mod live;
#[cfg(feature = "ssr")]
mod words;

pub use banner::UsageBanner;
pub use figures::TokensLeft;
pub use islands::{LiveBanner, LiveTokensLeft};
pub use needs::{NeedView, NeedsYou};
pub use overview::{OverviewContent, OverviewPage, OverviewView, STEPS};
pub use report::{UsageContent, UsagePage, UsagePageView, UsageQuery};
pub use report_table::{CostCell, RefusedRow, UsageRow, UsageTable, UsageTableView};
pub use server_fns::{OverviewFigures, UsageReportPage, overview_figures, usage_page};
pub use usage::{KeyEntry, UsageView};
