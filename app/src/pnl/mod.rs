//! "Account P&L shows revenue, AI cost, and margin for an account; the Customer P&L rolls it up across a customer's
//! accounts. Use these to see which productions or steps are driving cost."
//!
//! The P&L of a customer, an account, a production, and of the platform. P1–P5, C3, readings 5.9–5.12, 5.26, 5.28, 5.31.
//! What is not known is said so; no zero stands in for it.

#[cfg(feature = "ssr")]
mod asked;
mod coverage;
#[cfg(feature = "ssr")]
mod coverage_words;
#[cfg(feature = "ssr")]
mod figures;
#[cfg(feature = "ssr")]
mod filters;
mod lists;
#[cfg(feature = "ssr")]
mod lists_book;
#[cfg(feature = "ssr")]
mod lists_prices;
mod lists_table;
#[cfg(feature = "ssr")]
mod lists_words;
mod page;
#[cfg(feature = "ssr")]
mod pictures;
mod query;
#[cfg(feature = "ssr")]
mod range;
#[cfg(feature = "ssr")]
mod rows;
mod server_fns;
mod table;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use asked::{Asked, Whose};
pub use coverage::{Coverage, CoverageView, PositionView};
pub use lists::{
    ListView, ListsPageView, ListsQuery, PlatformLists, PlatformListsContent, PlatformListsPage, PricesView,
    RatesView, platform_lists_page,
};
pub use lists_table::{ChangeRow, ChangesView, RateRow, VersionRow};
pub use page::{FiltersView, PlatformPnlPage, PnlContent, PnlPage, PnlPageView};
pub use query::PnlPageQuery;
#[cfg(feature = "ssr")]
pub use range::Calendar;
pub use server_fns::{PlatformPnlFigures, PnlFigures, platform_pnl_page, pnl_page};
pub use table::{FailedCell, Head, MarginCell, PnlRow, PnlTable, PnlTableView};
#[cfg(feature = "ssr")]
pub use words::{Statement, platform_pnl_sheet, pnl_sheet};
