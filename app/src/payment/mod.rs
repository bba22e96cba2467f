//! What was bought and what is to be paid: orders, the way to the payment provider and back, invoices and receipts. U3, I1,
//! I7, 5.32.

mod details;
mod invoice;
mod invoices;
mod order;
#[cfg(feature = "ssr")]
mod order_words;
mod sandbox;
mod server_fns;
mod summary;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub(crate) use details::{COUNTRIES, country_choices};
pub use details::{DetailsContent, DetailsPage, DetailsView};
pub use invoice::{InvoiceContent, InvoicePage, InvoiceView};
pub use invoices::{InvoicesContent, InvoicesPage, InvoicesView};
pub use order::{OrderContent, OrderPage, OrderView};
#[cfg(feature = "ssr")]
pub(crate) use order_words::go_and_pay;
pub use sandbox::{SandboxPayContent, SandboxPayPage, SandboxPayView};
pub use server_fns::{
    ConfirmInSandbox, GiveUpOrder, InvoiceFigures, InvoicesFigures, OrderFigures, PayInSandbox, PayInvoice,
    PayOrder, SandboxPayFigures, SaveBillingDetails, YourBillingDetails, billing_details_page,
    confirm_in_sandbox, give_up_order, invoice_page, invoices_page, order_page, pay_in_sandbox, pay_invoice,
    pay_order, sandbox_pay_page, save_billing_details,
};
pub use summary::{Summary, SummaryView};
