//! "New productions are rejected up front with a clear 'budget limit reached' message rather than partially running."
//!
//! A plan, its estimate, the ordered gate, the hold of an admitted production and its one end. Rules G1–G12, S1–S4,
//! readings 5.15–5.20; laws I-5, I-8 to I-13.

pub mod admission;
pub mod attempt;
pub mod controls;
pub mod estimate;
pub mod gate;
pub mod hold;
pub mod outline;
pub mod plan;
pub mod quantity;
pub mod quote;
pub mod stage;

pub use admission::{Admission, Capture, Lease, Priority, Settlement};
pub use attempt::{Attempt, Conflict, Outcome};
pub use controls::{Control, Needed};
pub use estimate::{Estimate, EstimateLine};
pub use gate::{Facts, KeyLimit, SeatCap, admit};
pub use hold::{End, Hold, OpenHold, Status};
pub use outline::Outline;
pub use plan::{Plan, Step};
pub use quantity::{Kind, Quantity};
pub use quote::Quote;
