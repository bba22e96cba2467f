//! Agreeing to have capacity bought without asking, and taking it back. This file alone turns it on: a person does, who has
//! been told what one purchase and this month can come to. U5.

use super::tend::exact;
use crate::{
    Engine, Error,
    audit::Note,
    db::{
        entity::{auto_top_up, payment_account, top_up_agreement, top_up_purchase},
        to_word,
    },
    team::Member,
    writer::{Act, Books, Desk, Paying, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    customer::PaymentStanding,
    id::{AgreementId, CustomerId, OrderId, PersonId},
    money::Money,
    payment::OrderState,
    team::Permission,
    top_up::{AutoTopUp, AutoTopUpState, EndReason, PurchaseState, Terms, TermsError},
};
use sea_orm::EntityTrait;

/// What somebody was told before they agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownAmounts {
    /// What one purchase comes to, tax included.
    pub once: Money,
    /// What this month can still come to, tax included.
    pub worst: Money,
}

/// With what is paid: the provider's name of it, and what people call it.
struct Way {
    method: String,
    label: String,
}

/// The act.
struct Agree {
    customer: CustomerId,
    terms: Terms,
    shown: ShownAmounts,
    way: Way,
    by: PersonId,
    /// Their address, where they belong to the customer: JARAI's staff are told nothing by letter.
    email: Option<String>,
}

impl Act for Agree {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::paying(self.customer, Paying::default())
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let agreed = books.agreed(desk)?;
        let declined = agreed.is_some_and(|agreed| agreed.state == AutoTopUpState::Declined);
        let by_it = books.automatic.standing.as_ref().and_then(|row| row.declined_method.as_deref());
        if declined && by_it == Some(self.way.method.as_str()) {
            return Err(invalid(
                "card",
                "This card was declined. Buy a pack and pay it with another card: that card is kept.",
            ));
        }
        let same = |agreed: &AutoTopUp| {
            let shown = agreed.state == AutoTopUpState::On && agreed.once == self.shown.once;
            shown && agreed.terms() == self.terms
        };
        if agreed.as_ref().is_some_and(same) {
            return Ok(()); // sent twice
        }
        Self::may_begin(books, desk)?;
        let (price, version) = (books.pack_price(self.terms.buys, desk)?, desk.prices()?.version);
        let once = price
            .ok_or_else(|| invalid("pack", "There is no such pack. Choose one of those that are sold."))?;
        let once = once.totals.total;
        self.terms.check(once).map_err(|error| wrong(error, once))?;
        let spent = agreed.map_or(Money::zero(books.currency), |agreed| agreed.spent);
        let worst = self.terms.worst_case(once, spent).map_err(|error| books.disagree(error))?;
        if (ShownAmounts { once, worst }) != self.shown {
            let now = format!("one purchase {}, this month at most {}", exact(once), exact(worst));
            return Err(Error::Changed { now });
        }
        books.end_top_up(EndReason::Replaced, Some(self.by), desk)?;
        self.put_in_force(version, books, desk)
    }
}

impl Agree {
    /// Nothing, where nothing stands against it.
    fn may_begin(books: &Books, desk: &Desk) -> Result<(), Error> {
        if books.payer.standing(desk.at) != PaymentStanding::Paid {
            return Err(invalid("state", "A payment is outstanding. Settle it first."));
        }
        if books.has_no_plan_any_more() {
            return Err(invalid(
                "state",
                "Your plan has ended: choose one first, so that what is bought can be used.",
            ));
        }
        books.details()?;
        let Some(purchase) = books.in_flight() else { return Ok(()) };
        let message = if purchase.state == to_word(&PurchaseState::Waiting)? {
            "A purchase is being charged. Agree to something else once it is answered."
        } else {
            "A purchase waits for its owner. Load the page again."
        };
        Err(invalid("state", message))
    }

    fn put_in_force(&self, price_version: i64, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let id = AgreementId::new(desk.ids.next(desk.at)?);
        let agreement = top_up_agreement::Model {
            customer_id: self.customer.to_string(),
            id: id.to_string(),
            agreed_by: self.by.to_string(),
            agreed_at: desk.at.micros(),
            below_tokens: self.terms.below.get(),
            buys_tokens: self.terms.buys.get(),
            cap_minor: self.terms.cap.minor(),
            currency: to_word(&books.currency)?,
            price_version,
            once_minor: self.shown.once.minor(),
            worst_minor: self.shown.worst.minor(),
            card: self.way.label.clone(),
        };
        let before = books.automatic.standing.take();
        let month = desk.at.month().to_string();
        books.automatic.standing = Some(auto_top_up::Model {
            customer_id: self.customer.to_string(),
            agreement_id: id.to_string(),
            state: to_word(&AutoTopUpState::On)?,
            spent_minor: before.filter(|row| row.month == month).map_or(0, |row| row.spent_minor),
            month,
            cap_told_in: None,
            declined_method: None,
        });
        books.note_agreement(&agreement, self.by, desk)?;
        books.journal.agreements.push(agreement.clone());
        books.automatic.agreement = Some(agreement);
        books.automatic.owner.clone_from(&self.email);
        Ok(())
    }
}

/// The act: it is turned off.
struct TurnOff {
    customer: CustomerId,
    by: PersonId,
}

impl Act for TurnOff {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::paying(self.customer, Paying::default())
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let untried = books.in_flight().filter(|purchase| purchase.tries == 0).cloned();
        if let Some(purchase) = untried {
            books.give_purchase_up(&purchase, desk)?;
        }
        books.end_top_up(EndReason::TurnedOff, Some(self.by), desk)
    }
}

impl Books {
    /// Gives up a purchase that nobody charges: its order can no longer be paid.
    pub(super) fn give_purchase_up(
        &mut self,
        purchase: &top_up_purchase::Model,
        desk: &Desk,
    ) -> Result<(), Error> {
        let order: OrderId = purchase
            .order_id
            .parse()
            .map_err(|error| Error::corrupt("top_up_purchase", &purchase.id, error))?;
        if let Some(row) = self.orders.get_mut(&order) {
            row.state = to_word(&OrderState::Expired)?;
        }
        self.note(&Note::of(self.customer, Actor::Operations, AuditAct::OrderGivenUp, order), desk)?;
        self.end_purchase(&purchase.id, PurchaseState::Expired, desk)
    }
}

fn invalid(field: &str, message: &str) -> Error {
    Error::Invalid { field: field.to_owned(), message: message.to_owned() }
}

/// What is wrong with the terms, at its field.
fn wrong(error: TermsError, once: Money) -> Error {
    match error {
        TermsError::NeverBuys => invalid("below", "Say at how many tokens it buys: at least 1."),
        TermsError::CapTooSmall => invalid(
            "cap",
            &format!("One purchase comes to {}, tax included. The cap has no room for it.", exact(once)),
        ),
        TermsError::OutOfRange => invalid("cap", "The amount is larger than the books can hold."),
    }
}

impl Engine {
    /// Agrees to have capacity bought without asking, for the member's customer, on what they were shown. Where that is no
    /// longer so, [`Error::Changed`] says what is, and nothing was agreed. An earlier agreement is replaced.
    pub async fn agree_to_top_up(
        &self,
        member: &Member,
        terms: Terms,
        shown: ShownAmounts,
    ) -> Result<(), Error> {
        member.require(Permission::ManageBilling)?;
        self.end_what_waits_for_its_owner(member).await?;
        let account = payment_account::Entity::find_by_id(member.customer.to_string());
        let account = account.one(&self.shared.pools.read).await?;
        let way =
            account.and_then(|account| Some(Way { method: account.method?, label: account.method_label? }));
        let way = way.ok_or_else(|| {
            invalid("card", "No card is known yet. Buy a pack first: the card that you pay it with is kept.")
        })?;
        let (customer, by) = (member.customer, member.person);
        let email = (!member.role.is_staff()).then(|| member.email.clone());
        self.writer.ask(Agree { customer, terms, shown, way, by, email }).await
    }

    /// Turns it off, at once; what is being charged at this moment is brought to its end.
    pub async fn turn_top_up_off(&self, member: &Member) -> Result<(), Error> {
        member.require(Permission::ManageBilling)?;
        self.end_what_waits_for_its_owner(member).await?;
        self.writer.ask(TurnOff { customer: member.customer, by: member.person }).await
    }

    /// Closes the hosted page of a purchase that its owner was to pay; where it was paid in the same moment, that is taken.
    async fn end_what_waits_for_its_owner(&self, member: &Member) -> Result<(), Error> {
        let waits = self.purchase_in_flight(&member.customer.to_string()).await?;
        let needs_owner = to_word(&PurchaseState::NeedsOwner)?;
        let Some(purchase) = waits.filter(|purchase| purchase.state == needs_owner) else { return Ok(()) };
        let order: OrderId = purchase
            .order_id
            .parse()
            .map_err(|error| Error::corrupt("top_up_purchase", &purchase.id, error))?;
        let row = self.order_row(member.customer, order).await?;
        self.end_order(&row, member.customer, order, Actor::Person(member.person)).await.map(drop)
    }
}
