//! An order in words, and what becomes of the forms that pay it or give it up.

use super::{
    OrderView, SummaryView,
    too_fast::too_fast_words,
    words::{item_words, plan_words},
};
use crate::{
    AppError, flash, format::Format, frame::FrameView, reader::Reader, request::client_address, respond,
    team::session::require_fresh, ui::Tone,
};
use billing::{
    id::{InvoiceId, OrderId},
    payment::{Item, Line, Order, OrderState, Purchase},
    tier::Change,
};
use engine::{
    Engine,
    payment::{OrderLine, Ordered, Wanted},
};

/// What whoever wants to pay is told while the provider does not answer.
const PROVIDER_AWAY: &str =
    "The payment provider does not answer at the moment. Nothing was charged. Try again in a few minutes.";

fn order_id(text: &str) -> Result<OrderId, AppError> {
    text.parse().map_err(|_| AppError::NotFound { what: "order".to_owned() })
}

/// Sends the browser to the hosted page.
pub async fn pay(engine: &Engine, order: &str, reader: &Reader) -> Result<(), AppError> {
    let line = engine.order_of(&reader.member, order_id(order)?).await?;
    go_and_pay(engine, &line.order, reader).await
}

/// From an order that was just made on to the hosted page; what cannot be paid any more says so on its page. T10: whoever
/// has not proved of late who they are is asked first, and pays from the order's page.
pub(crate) async fn go_and_pay(engine: &Engine, order: &Order, reader: &Reader) -> Result<(), AppError> {
    require_fresh(&format!("/orders/{}", order.id)).await?;
    let words = words(order, reader.format);
    match engine.checkout_from(&reader.member, order.id, words, client_address()).await {
        Ok(url) => respond::see_other(&url),
        Err(engine::Error::Invalid { message, .. }) => {
            flash::say(Tone::Bad, message).await?;
            respond::see_other(&format!("/orders/{}", order.id));
        }
        Err(engine::Error::TooFast(too_fast)) => {
            flash::say(Tone::Bad, too_fast_words(&too_fast, reader.format)).await?;
            respond::see_other(&format!("/orders/{}", order.id));
        }
        Err(engine::Error::ProviderAway(why)) => {
            tracing::warn!(order = %order.id, why, "nobody could be sent to pay");
            flash::say(Tone::Bad, PROVIDER_AWAY.to_owned()).await?;
            respond::see_other(&format!("/orders/{}", order.id));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Nobody can pay it any more.
pub async fn give_up(engine: &Engine, order: &str, reader: &Reader) -> Result<(), AppError> {
    let order = order_id(order)?;
    engine.give_up(&reader.member, order).await?;
    respond::see_other(&format!("/orders/{order}"));
    Ok(())
}

/// Orders the payment of an outstanding invoice.
pub async fn pay_invoice(
    engine: &Engine,
    invoice: &str,
    request: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let id: InvoiceId = invoice.parse().map_err(|_| AppError::NotFound { what: "invoice".to_owned() })?;
    let found = engine.invoice_of(&reader.member, id).await?;
    match engine.order(&reader.member, request, Wanted::Invoice(found.number.number)).await? {
        Ordered::Order(order) => go_and_pay(engine, &order, reader).await,
        Ordered::Changed(_) => {
            respond::see_other("/invoices");
            Ok(())
        }
    }
}

/// What an order is for, in a few words.
pub(crate) fn words(order: &Order, format: &Format) -> String {
    match &order.purchase {
        Purchase::Pack { tokens, .. } => item_words(Item::Pack(*tokens), format),
        Purchase::Plan(change) => plan_words(change.to, format),
        Purchase::Invoice { number } => format!("Invoice {}", format.count(*number)),
    }
}

impl OrderView {
    /// The order of this id; whoever comes back from paying is believed only as far as to look.
    pub async fn load(engine: &Engine, id: &str, back: bool, reader: &Reader) -> Result<Self, AppError> {
        let id = order_id(id)?;
        engine.come_back(&reader.member, id).await?;
        let line = engine.order_of(&reader.member, id).await?;
        let frame = FrameView::load(engine, reader).await?;
        let open = line.order.is_open(engine.now());
        Ok(Self::of(&line, open, back, frame, reader))
    }

    /// This order, as this reader sees it.
    #[must_use]
    pub fn of(line: &OrderLine, open: bool, back: bool, frame: FrameView, reader: &Reader) -> Self {
        let (format, order) = (reader.format, &line.order);
        let (total, what) = (format.money(order.totals.total), words(order, format));
        let paid = order.state == OrderState::Paid;
        let by_hand = open && !paid && !line.charges_itself;
        let on_its_way = !paid && open && (line.charges_itself || line.sent_to_pay && !back);
        let state = if paid {
            (Tone::Ok, format!("Paid {total}"))
        } else if on_its_way {
            (Tone::Warn, "Waiting for the payment".to_owned())
        } else {
            (Tone::Bad, "Not paid".to_owned())
        };
        let facts = [
            Some(("Made".to_owned(), format.instant(order.made_at))),
            line.settled_at.map(|at| ("Paid".to_owned(), format.instant(at))),
            line.method.clone().map(|method| ("With".to_owned(), method)),
            (open && !paid).then(|| ("Can be paid until".to_owned(), format.minute(order.expires_at))),
        ];
        let sum_is = if paid { "Total paid" } else { "Total today" };
        let lines: &[Line] = &order.lines;
        Self {
            id: order.id.to_string(),
            says: says(order, paid, on_its_way, open, format),
            title: if paid { given(order, format) } else { what },
            summary: SummaryView::of(lines, &order.tax, &order.totals, sum_is, format),
            facts: facts.into_iter().flatten().collect(),
            pay: (by_hand && reader.may_buy()).then(|| format!("Pay {total}")),
            may_give_up: by_hand && reader.may_buy(),
            invoice: line.invoice.map(|id| format!("/invoices/{id}")),
            on_its_way,
            state,
            frame,
        }
    }
}

/// What is so while a change of plan is not paid: `you stay on Creator, monthly`.
pub(crate) fn stays(change: &Change, format: &Format) -> String {
    match change.from {
        Some(plan) => format!("you stay on {}", plan_words(plan, format)),
        None => "there is no plan yet".to_owned(),
    }
}

/// What was given.
fn given(order: &Order, format: &Format) -> String {
    match &order.purchase {
        Purchase::Pack { tokens, .. } => format!("{} tokens added", format.tokens(*tokens)),
        Purchase::Plan(change) => format!("You are on {}", plan_words(change.to, format)),
        Purchase::Invoice { .. } => "The invoice is paid".to_owned(),
    }
}

fn says(order: &Order, paid: bool, on_its_way: bool, open: bool, format: &Format) -> String {
    if on_its_way {
        return "The bank has not confirmed it yet. Nothing has to be done: as soon as the money is there it counts, \
                and this page and the banner say so."
            .to_owned();
    }
    if !paid {
        let stays = match &order.purchase {
            Purchase::Pack { .. } => "no tokens were added".to_owned(),
            Purchase::Plan(change) => stays(change, format),
            Purchase::Invoice { .. } => "the invoice is still to be paid".to_owned(),
        };
        let rest = if open {
            "It can still be paid; what it costs stays as it is until then."
        } else {
            "It can no longer be paid: start again at the prices of the day."
        };
        return format!("Nothing was charged, and {stays}. {rest}");
    }
    match &order.purchase {
        Purchase::Pack { lift, .. } => {
            let lift = lift
                .as_ref()
                .map(|lift| format!(" This month’s limit of the account rose by {}.", format.money(lift.by)));
            format!(
                "They are used after the monthly allowance and do not expire while you are subscribed.{}",
                lift.unwrap_or_default()
            )
        }
        Purchase::Plan(change) => format!(
            "{} tokens a cycle. {} were granted at once. The next payment is due on {}.",
            format.tokens(change.allowance),
            format.tokens(change.grants_now),
            format.date(change.next_charge().0)
        ),
        Purchase::Invoice { .. } => "Thank you. Nothing is outstanding for it any more.".to_owned(),
    }
}
