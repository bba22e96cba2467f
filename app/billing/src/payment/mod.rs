//! "Buy extra capacity on top of the subscription": what is ordered, what it comes to with tax, and what a payment has to
//! say before anything is given for it. U3, U7, 5.32; laws I-32, I-33.

pub mod details;
pub mod dunning;
pub mod invoice;
pub mod issuer;
pub mod line;
pub mod order;
pub mod reversal;
pub mod tax;

pub use details::{BadDetails, BillingDetails};
pub use invoice::{CreditNoteNumber, InvoiceNumber};
pub use issuer::{BadIssuer, Issuer};
pub use line::{Item, Line};
pub use order::{Lift, Mismatch, Order, OrderState, PaidState, Purchase, Seen};
pub use tax::{Country, TaxCalculator, TaxRule, Totals};
