//! Charging what is bought without asking. The purchase's id is the idempotency key of all its tries: a process that dies
//! between the charge and its note asks again under the same key, and the provider answers with the same charge. I-35.
//!
//! A try is written down before it is made, together with when the next one is, so that nobody ever tries more than three
//! times a day, whatever dies. A provider that does not answer is not waited for longer than a few seconds.

use super::letters;
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        entity::{payment_account, top_up_purchase},
        payment::order_of,
        to_word,
    },
    gateway::{ChargeRequest, Charged, Found},
    mail::Readers,
    payment::{PaidBy, Settle, Settled},
    writer::{Act, Books, Desk, Paying, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, OrderId},
    payment::{Order, PaidState, Seen},
    time::Timestamp,
    top_up::{AutoTopUpState, EndReason, GIVEN_UP_AFTER, PurchaseState, next_try},
};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::time::Duration;

/// Purchases that are charged at once.
const AT_ONCE: u64 = 32;
/// How long a provider may take over an answer before it is asked again later.
const PATIENCE: Duration = Duration::from_secs(8);

/// The act: a try begins.
struct TakePurchase {
    customer: CustomerId,
    purchase: String,
    order: OrderId,
}

impl Act for TakePurchase {
    /// The order that is charged; none where there is nothing to charge, or another process does.
    type Answer = Option<Order>;

    fn touches(&self) -> Touch {
        Touch::paying(self.customer, Paying { order: Some(self.order), ..Paying::default() })
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        let waiting = to_word(&PurchaseState::Waiting)?;
        let known = books.automatic.purchases.get(&self.purchase);
        let due = known.filter(|one| one.state == waiting && one.due_at <= desk.at.micros()).cloned();
        let Some(purchase) = due else { return Ok(None) };
        let on = books.agreed(desk)?.is_some_and(|agreed| agreed.state == AutoTopUpState::On);
        if !on && purchase.tries == 0 {
            books.give_purchase_up(&purchase, desk)?; // it was turned off before anybody was asked
            return Ok(None);
        }
        let made_at = instant(&purchase, purchase.made_at)?;
        if made_at.after(GIVEN_UP_AFTER) <= desk.at {
            tracing::error!(customer = %self.customer, order = %self.order, "nobody knows whether a purchase was paid");
            books.give_purchase_up(&purchase, desk)?;
            if let Some(row) = books.automatic.purchases.get_mut(&self.purchase) {
                row.unanswered_at = Some(desk.at.micros()); // people look into it
            }
            books.end_top_up(EndReason::Unanswered, None, desk)?;
            return Ok(None);
        }
        let order = books.orders.get(&self.order).ok_or(Error::NotFound("order")).and_then(order_of)?;
        if let Some(row) = books.automatic.purchases.get_mut(&self.purchase) {
            row.tries += 1;
            row.due_at = next_try(desk.at, usize::try_from(row.tries).unwrap_or(usize::MAX)).micros();
        }
        Ok(Some(order))
    }
}

/// How a try ended that brought no money.
#[derive(Clone, Copy)]
enum Unpaid {
    Declined,
    NeedsOwner,
}

/// The act: what became of a try that brought no money.
struct NoteUnpaid {
    customer: CustomerId,
    purchase: String,
    order: OrderId,
    how: Unpaid,
    /// With what it was to be paid.
    method: Option<String>,
}

impl Act for NoteUnpaid {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::paying(self.customer, Paying { order: Some(self.order), ..Paying::default() })
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let waiting = to_word(&PurchaseState::Waiting)?;
        let known = books.automatic.purchases.get(&self.purchase).cloned();
        let Some(purchase) = known.filter(|one| one.state == waiting) else { return Ok(()) }; // noted before
        match self.how {
            Unpaid::Declined => {
                books.give_purchase_up(&purchase, desk)?;
                books.end_purchase(&purchase.id, PurchaseState::Declined, desk)?;
                books.end_top_up(EndReason::Declined, None, desk)?;
                if let Some(row) = &mut books.automatic.standing {
                    row.declined_method.clone_from(&self.method);
                }
                Ok(())
            }
            Unpaid::NeedsOwner => {
                books.end_purchase(&purchase.id, PurchaseState::NeedsOwner, desk)?;
                books.pause(&purchase, self.order, desk)
            }
        }
    }
}

impl Books {
    /// I-35: the bank asks the owner: nothing more is bought until they turn it on again, and they are told.
    fn pause(&mut self, purchase: &top_up_purchase::Model, order: OrderId, desk: &Desk) -> Result<(), Error> {
        let Some(agreed) = self.agreed(desk)? else { return Ok(()) };
        if agreed.state == AutoTopUpState::On
            && let Some(row) = &mut self.automatic.standing
        {
            let paused = to_word(&AutoTopUpState::Paused)?;
            let before = std::mem::replace(&mut row.state, paused.clone());
            let act = AuditAct::AutoTopUpStopped;
            let note = Note::of(self.customer, Actor::Operations, act, &purchase.agreement_id);
            let note = note.moved("state", Some(before), Some(paused));
            self.note(&note.with("why", "the bank asks for confirmation"), desk)?;
        }
        let until = instant(purchase, purchase.made_at)?.after(GIVEN_UP_AFTER);
        self.tell(Readers::OwnerAndBilling, letters::needs_owner(&agreed, until, order, desk.writing));
        Ok(())
    }
}

fn instant(purchase: &top_up_purchase::Model, micros: i64) -> Result<Timestamp, Error> {
    Timestamp::from_micros(micros).map_err(|error| Error::corrupt("top_up_purchase", &purchase.id, error))
}

impl Engine {
    /// Charges the automatic purchases that are due, side by side, and answers how many there were. The sweep does this by
    /// itself.
    pub async fn buy_due(&self) -> Result<usize, Error> {
        let due = top_up_purchase::Entity::find()
            .filter(top_up_purchase::Column::State.eq(to_word(&PurchaseState::Waiting)?))
            .filter(top_up_purchase::Column::DueAt.lte(self.now().micros()))
            .order_by_asc(top_up_purchase::Column::DueAt)
            .limit(AT_ONCE)
            .all(&self.shared.pools.read)
            .await?;
        let tried = join_all(due.iter().map(|row| self.try_purchase(row))).await;
        tried.into_iter().map(|tried| tried.map(usize::from)).sum()
    }

    /// Whether there was something to try.
    async fn try_purchase(&self, row: &top_up_purchase::Model) -> Result<bool, Error> {
        let corrupt = |error: billing::id::IdError| Error::corrupt("top_up_purchase", &row.id, error);
        let customer: CustomerId = row.customer_id.parse().map_err(corrupt)?;
        let order: OrderId = row.order_id.parse().map_err(corrupt)?;
        let take = TakePurchase { customer, purchase: row.id.clone(), order };
        let Some(order) = self.writer.ask(take).await? else { return Ok(false) };
        let account = payment_account::Entity::find_by_id(&row.customer_id);
        let account = account.one(&self.shared.pools.read).await?;
        let label = account.as_ref().and_then(|account| account.method_label.clone());
        let method = account.as_ref().and_then(|account| account.method.clone());
        let charged = match account.and_then(|account| Some((account.provider_customer, account.method?))) {
            None => Charged::Declined("no_payment_method".to_owned()),
            Some((provider_customer, method)) => {
                let (key, amount) = (row.id.clone(), order.totals.total);
                let request = ChargeRequest { key, customer, provider_customer, method, amount };
                match tokio::time::timeout(PATIENCE, self.gateway.charge(&request)).await {
                    Ok(Ok(charged)) => charged,
                    Ok(Err(error)) => {
                        tracing::warn!(%customer, order = %order.id, %error, "a purchase will be tried again");
                        return Ok(true);
                    }
                    Err(_) => {
                        tracing::warn!(%customer, order = %order.id, "the provider does not answer; asked again later");
                        return Ok(true);
                    }
                }
            }
        };
        let unpaid = |how| NoteUnpaid {
            customer,
            purchase: row.id.clone(),
            order: order.id,
            how,
            method: method.clone(),
        };
        match charged {
            Charged::Paid(payment) => self.take_purchase(&order, payment, label).await?,
            Charged::Declined(_) => self.writer.ask(unpaid(Unpaid::Declined)).await?,
            Charged::NeedsAction => {
                self.note_waiting(customer, &row.id, PaidBy::Order(order.id)).await?;
                self.writer.ask(unpaid(Unpaid::NeedsOwner)).await?;
            }
            // It stays in flight, and is asked again under the same key.
            Charged::Pending => {
                tracing::warn!(%customer, order = %order.id, "a purchase has no answer yet; asked again later");
            }
        }
        Ok(true)
    }

    /// The money is there: it is taken as that of every order.
    async fn take_purchase(
        &self,
        order: &Order,
        payment: String,
        method: Option<String>,
    ) -> Result<(), Error> {
        let seen = Seen {
            payment: Some(payment),
            order: order.id.to_string(),
            customer: order.customer.to_string(),
            amount: order.totals.total,
            state: PaidState::Paid,
            method,
        };
        let found = Found { seen, method: None, card: None, declined: None, open: false };
        let settle = Settle { customer: order.customer, order: order.id, found, lifts: None, told: None };
        match self.writer.ask(settle).await? {
            Settled::Applied | Settled::Known => {}
            other => tracing::error!(order = %order.id, ?other, "a purchase was paid and buys nothing"),
        }
        Ok(())
    }
}
