//! What AI calls cost: the provider's price, the day's exchange rate, the markup. P6, P9, P11, C2, readings 5.7, 5.18.
//!
//! Prices, rates and markups are dated and never edited; each cost keeps the versions that it was computed by. What is not
//! known is unknown, never zero.

mod allocate;
pub mod catalog;
pub mod cost;
pub mod diff;
pub mod exchange;
pub mod price;
mod recognise;
mod statement;

pub use allocate::allocate;
pub use catalog::{Catalog, Dated, MarkupVersion, Model, PriceVersion};
pub use cost::{CallCost, CostBasis, Exchange, KnownCost, Unpriced};
pub use diff::{Changed, Standing, Version};
pub use exchange::{ExchangeRates, RateDays};
pub use price::{PriceUnit, UnitPrices};
pub use recognise::{earned_until, lot_share};
pub use statement::{Basis, Failed, Lens, Margin, Pnl};
