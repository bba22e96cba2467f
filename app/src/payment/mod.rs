//! What was bought and what is to be paid: orders, the way to the payment provider and back, invoices and receipts. U3, I1,
//! I7, 5.32.

mod credit_note;
mod details;
mod invoice;
mod invoices;
mod order;
#[cfg(feature = "ssr")]
mod order_words;
mod reversal;
mod reversal_fns;
#[cfg(feature = "ssr")]
mod reversal_words;
mod sandbox;
mod server_fns;
mod summary;
#[cfg(feature = "ssr")]
mod too_fast;
#[cfg(feature = "ssr")]
pub mod words;

pub use credit_note::{CreditNoteContent, CreditNotePage, CreditNoteView};
#[cfg(feature = "ssr")]
pub(crate) use details::{COUNTRIES, country_choices};
pub use details::{DetailsContent, DetailsPage, DetailsView};
pub use invoice::{InvoiceContent, InvoicePage, InvoiceView};
pub use invoices::{InvoicesContent, InvoicesPage, InvoicesView};
pub use order::{OrderContent, OrderPage, OrderView};
#[cfg(feature = "ssr")]
pub(crate) use order_words::{go_and_pay, stays};
pub use reversal::{CreditNoteRow, DisputeRow, RefundForm, ReversalView};
pub use reversal_fns::{
    CreditNoteFigures, DisputeInSandbox, RefundInvoice, SettleDebt, credit_note_page, dispute_in_sandbox,
    refund_invoice, settle_debt,
};
#[cfg(feature = "ssr")]
pub use reversal_words::WrongRefund;
pub use sandbox::{SandboxPayContent, SandboxPayPage, SandboxPayView};
pub use server_fns::{
    ConfirmInSandbox, GiveUpOrder, InvoiceFigures, InvoicesFigures, OrderFigures, PayInSandbox, PayInvoice,
    PayOrder, SandboxPayFigures, SaveBillingDetails, YourBillingDetails, billing_details_page,
    confirm_in_sandbox, give_up_order, invoice_page, invoices_page, order_page, pay_in_sandbox, pay_invoice,
    pay_order, sandbox_pay_page, save_billing_details,
};
pub use summary::{Summary, SummaryView};
#[cfg(feature = "ssr")]
pub(crate) use too_fast::too_fast_words;
