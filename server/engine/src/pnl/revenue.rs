//! Money earned. 5.26: subscriptions evenly over the days that they are paid for; top-ups as their tokens are captured, at
//! the lot's own price and exact to the lot; what lapses of them is breakage.
//!
//! An entry is an amount over some days. A capture's is one day; a subscription's is the whole line of the invoice, so that
//! no job has to post it day by day: what belongs to a range follows from the entry alone.

use crate::{
    Error,
    db::entity::revenue_entry,
    writer::{Books, Desk},
};
use billing::{
    allowance::{Cause, Pool, Transfer},
    id::GrantId,
    money::{Cost, Money},
    payment::Line,
    pnl::lot_share,
};
use chrono::Days;
use std::collections::BTreeMap;

impl Books {
    /// What tokens that leave lots which were paid for have earned; nothing of others. The lots have moved already.
    pub(crate) fn earn(&mut self, moved: &[Transfer], cause: &Cause, desk: &Desk) -> Result<(), Error> {
        let leaves = |transfer: &&Transfer| {
            transfer.grant.is_some() && matches!(transfer.credit, Pool::Used | Pool::Lapsed | Pool::Overdrawn)
        };
        // How many tokens of each lot are still to leave, in the order of the transfers.
        let mut to_leave = BTreeMap::new();
        for transfer in moved.iter().filter(leaves) {
            *to_leave.entry(transfer.grant).or_insert(0) += transfer.tokens.get();
        }
        for transfer in moved.iter().filter(leaves) {
            let Some(id) = transfer.grant else { continue };
            let Some(lot) = self.origin_of(id).filter(|row| row.price_paid_minor.is_some()) else { continue };
            let price = Money::new(lot.price_paid_minor.unwrap_or_default(), self.currency);
            let price = price.to_cost().map_err(|error| Error::corrupt("token_grant", id, error))?;
            let amount = lot.amount_tokens;
            let inside = self.wallet.grants().iter().find(|grant| grant.id == id);
            // What was taken back counts as the lot's end: shares that are earned stay in one row from its beginning.
            let inside =
                inside.map_or(0, |grant| grant.remaining.get() + grant.held.get() + grant.clawed.get());
            let left = to_leave.entry(transfer.grant).or_insert(0);
            let before = amount - inside - *left;
            *left -= transfer.tokens.get();
            let share = |gone| lot_share(price.micros(), amount, gone);
            let micros = share(before + transfer.tokens.get()) - share(before);
            let day = desk.at.day();
            self.journal.revenue.push(revenue_entry::Model {
                customer_id: self.customer.to_string(),
                id: format!("rev_{}", desk.ids.next(desk.at)?),
                kind: if transfer.credit == Pool::Lapsed { "breakage" } else { "topUp" }.to_owned(),
                from_on: day.to_string(),
                until_on: day.checked_add_days(Days::new(1)).unwrap_or(day).to_string(),
                micros,
                invoice: None,
                grant_id: Some(id.to_string()),
                account_id: cause.account.map(|account| account.to_string()),
                production: cause.production.as_ref().map(ToString::to_string),
                step: cause.step.as_ref().map(ToString::to_string),
                attempt: cause.attempt,
                posted_on: day.to_string(),
                credit_note: None,
            });
        }
        Ok(())
    }

    /// 5.26: what is given back of what was earned, on its day: of no production, and of a lot where one was bought.
    pub(crate) fn give_up(
        &mut self,
        earned: Cost,
        lot: Option<GrantId>,
        credit_note: i64,
        desk: &Desk,
    ) -> Result<(), Error> {
        if earned.micros() == 0 {
            return Ok(());
        }
        let day = desk.at.day();
        self.journal.revenue.push(revenue_entry::Model {
            customer_id: self.customer.to_string(),
            id: format!("rev_{}", desk.ids.next(desk.at)?),
            kind: "refund".to_owned(),
            from_on: day.to_string(),
            until_on: day.checked_add_days(Days::new(1)).unwrap_or(day).to_string(),
            micros: -earned.micros(),
            invoice: None,
            grant_id: lot.map(|lot| lot.to_string()),
            account_id: None,
            production: None,
            step: None,
            attempt: None,
            posted_on: day.to_string(),
            credit_note: Some(credit_note),
        });
        Ok(())
    }

    /// What a line of an invoice earns over its days; a pack earns nothing before its tokens are used.
    pub(crate) fn earn_by_day(&mut self, line: &Line, invoice: i64, desk: &Desk) -> Result<(), Error> {
        if line.from >= line.until {
            return Ok(());
        }
        let micros =
            line.amount.to_cost().map_err(|error| Error::corrupt("invoice_line", invoice, error))?.micros();
        self.journal.revenue.push(revenue_entry::Model {
            customer_id: self.customer.to_string(),
            id: format!("rev_{}", desk.ids.next(desk.at)?),
            kind: "subscription".to_owned(),
            from_on: line.from.to_string(),
            until_on: line.until.to_string(),
            micros,
            invoice: Some(invoice),
            grant_id: None,
            account_id: None,
            production: None,
            step: None,
            attempt: None,
            posted_on: desk.at.day().to_string(),
            credit_note: None,
        });
        Ok(())
    }
}
