//! What letters about allowance and payments say: what happened, what follows, what to do and by when. Sentences that the
//! console says too come from `billing::notice`. I5, B2, 5.14, 5.33.

use super::{MailKind, told::Named, told::Words};
use billing::{
    allowance::Capacity,
    id::OrderId,
    money::Money,
    notice::{self, Writing},
    time::Timestamp,
    tokens::Tokens,
};

fn words(kind: MailKind, subject: String, paragraphs: Vec<String>, link: (&str, String)) -> Words {
    Words { kind, subject, paragraphs, link: (link.0.to_owned(), link.1) }
}

/// B2: the allowance is nearly used up, and nothing is bought without asking.
pub(super) fn used(capacity: &Capacity, percent: i64, writing: &dyn Writing) -> Words {
    let (allowance, extra) = (capacity.allowance, capacity.extra.left);
    let reserve = notice::in_reserve(extra, &writing.tokens(extra));
    let refresh = allowance.refreshes_at.map(|at| format!(" It refreshes on {}.", writing.day(at)));
    let left = format!(
        "{} of its {} tokens are left, and {reserve}.{}",
        writing.tokens(allowance.left),
        writing.tokens(allowance.granted),
        refresh.unwrap_or_default()
    );
    let subject = notice::used(&writing.percent(percent));
    let link = ("Buy capacity", "/buy".to_owned());
    words(MailKind::AllowanceUsed, subject, vec![left, notice::BUY.to_owned()], link)
}

/// Productions were turned away, and there is an allowance again.
pub(super) fn refreshed(allowance: Tokens, until: Timestamp, writing: &dyn Writing) -> Words {
    let paragraphs = vec![
        format!("{} tokens are there, until {}.", writing.tokens(allowance), writing.day(until)),
        "Productions were refused for want of capacity before. They do not start by themselves: start them again."
            .to_owned(),
    ];
    let subject = "Your monthly allowance has refreshed".to_owned();
    words(
        MailKind::Refreshed,
        subject,
        paragraphs,
        ("See what was refused", "/usage?range=last&by=refused".to_owned()),
    )
}

/// Somebody has bought a pack.
pub(crate) fn bought(tokens: Tokens, total: Money, order: OrderId, writing: &dyn Writing) -> Words {
    let tokens = writing.tokens(tokens);
    let paragraphs = vec![
        format!("{} was paid, tax included. The tokens are there now.", writing.money(total)),
        "They are used after the monthly allowance, and stay when it refreshes.".to_owned(),
    ];
    let subject = format!("{tokens} tokens were bought");
    words(MailKind::Bought, subject, paragraphs, ("See the purchase", format!("/orders/{order}")))
}

/// An invoice was issued: paid already, or charged now.
pub(crate) fn invoice(invoice: &Named, is_paid: bool, writing: &dyn Writing) -> Words {
    let total = writing.money(invoice.total);
    let state = if is_paid {
        "It is paid: nothing has to be done."
    } else {
        "It is charged to the card that was left with us: nothing has to be done. If that fails, we write again."
    };
    let paragraphs = vec![format!("It comes to {total}, tax included."), state.to_owned()];
    let subject = format!("Invoice {}: {total}", invoice.name);
    words(MailKind::Invoice, subject, paragraphs, ("See and print the invoice", invoice.page.clone()))
}

/// Why a charge brought no money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpaid {
    /// The card was declined.
    Declined,
    /// The bank asks its owner, who is not there.
    BankAsks,
    /// There is nothing to charge.
    NoCard,
}

/// 5.33: a charge has failed.
pub(crate) fn declined(
    invoice: &Named,
    why: Unpaid,
    next_try: Option<Timestamp>,
    grace_until: Timestamp,
    writing: &dyn Writing,
) -> Words {
    let (total, name) = (writing.money(invoice.total), &invoice.name);
    let happened = match why {
        Unpaid::Declined => format!("The card was declined for {total} of invoice {name}."),
        Unpaid::BankAsks => {
            format!("The bank asks the owner of the card to confirm {total} of invoice {name}.")
        }
        Unpaid::NoCard => {
            format!("No card was left with us that {total} of invoice {name} could be charged to.")
        }
    };
    let next = match next_try {
        Some(at) => format!("It is tried again on {}.", writing.day(at)),
        None => "It is not tried again.".to_owned(),
    };
    let until = notice::works_until(&writing.day(grace_until));
    let remedy = format!("{until} {} After that, new productions are refused.", notice::SETTLE_BEFORE);
    let subject = format!("{}: {total}", notice::PAYMENT_FAILED);
    words(
        MailKind::Payment,
        subject,
        vec![format!("{happened} {next}"), remedy],
        ("Pay it now", invoice.page.clone()),
    )
}

/// 5.33: the grace is over.
pub(super) fn past_grace() -> Words {
    let paragraphs = vec![
        format!("{} What runs finishes. No new allowance is granted.", notice::REFUSED),
        notice::SETTLE.to_owned(),
    ];
    let link = ("See what is to be paid", "/invoices".to_owned());
    words(MailKind::Payment, notice::OVERDUE.to_owned(), paragraphs, link)
}

/// 5.33: nothing is outstanding any more.
pub(crate) fn paid_again(invoice: &Named, was_blocked: bool, writing: &dyn Writing) -> Words {
    let then = if was_blocked {
        "New productions start again, and this month’s allowance is there."
    } else {
        "Everything goes on as before."
    };
    let total = writing.money(invoice.total);
    let paragraphs = vec![format!("{total} of invoice {} was paid. {then}", invoice.name)];
    let subject = "Paid: nothing is outstanding any more".to_owned();
    words(MailKind::Payment, subject, paragraphs, ("See the invoice", invoice.page.clone()))
}
