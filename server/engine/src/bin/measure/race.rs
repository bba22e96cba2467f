//! Processes that race for the tokens of one customer, on one database:
//!
//! * `open ACTS`: opens a customer whose tokens are enough for exactly so many admissions of one step, and answers which;
//! * `race CUSTOMER CALLERS`: admissions and seconds, until each of so many callers was told that there is not enough left.

use super::{
    Outcome,
    customer::{Customer, open_with},
    gate::{Bench, PLANNED_TOKENS, instant},
};
use billing::{refusal::Reason, tokens::Tokens};
use engine::Error;
use std::sync::Arc;

impl Bench {
    /// Opens a customer with tokens for so many acts: half of them in its allowance, the other half bought.
    pub(super) async fn open_for(&self, acts: i64) -> Outcome<String> {
        let tokens = Tokens::new(acts / 2 * PLANNED_TOKENS)?;
        Ok(open_with(&self.engine, 1, tokens).await?.to_string())
    }

    /// Admits until nothing is left.
    pub(super) async fn race(self: &Arc<Self>, customer: Customer, callers: u64) -> Outcome<String> {
        let (begun, customer) = (instant(), Arc::new(customer));
        let calls: Vec<_> = (0..callers)
            .map(|_| {
                let (bench, customer) = (Arc::clone(self), Arc::clone(&customer));
                tokio::spawn(async move {
                    let mut admitted = 0_u64;
                    loop {
                        match bench.admit(&customer, customer.accounts[0], 1).await {
                            Ok(_) => admitted += 1,
                            Err(Error::Refused(refusal)) if refusal.reason == Reason::NotEnoughCapacity => {
                                return Ok(admitted);
                            }
                            Err(error) => return Err(error),
                        }
                    }
                })
            })
            .collect();
        let mut admitted = 0;
        for call in calls {
            admitted += call.await??;
        }
        Ok(format!("{admitted} {}", begun.elapsed().as_secs_f64()))
    }
}
