//! What letters about automatic purchases say: what happened, what follows, what to do. I5.

use crate::mail::{MailKind, Words};
use billing::{
    id::OrderId,
    money::Money,
    notice::Writing,
    time::Timestamp,
    tokens::Tokens,
    top_up::{AutoTopUp, EndReason},
};

/// Where auto-top-up is looked at.
const PAGE: &str = "/buy/auto-top-up";

fn letter(kind: MailKind, subject: &str, paragraphs: Vec<String>, link: (&str, String)) -> Words {
    Words { kind, subject: subject.to_owned(), paragraphs, link: (link.0.to_owned(), link.1) }
}

/// `50,000 tokens`.
fn counted(tokens: Tokens, writing: &dyn Writing) -> String {
    format!("{} tokens", writing.tokens(tokens))
}

/// Something was bought.
pub(super) fn bought(
    tokens: Tokens,
    total: Money,
    agreed: &AutoTopUp,
    order: OrderId,
    writing: &dyn Writing,
) -> Words {
    let [paid, spent, cap] = [total, agreed.spent, agreed.cap].map(|amount| writing.money(amount));
    letter(
        MailKind::AutoTopUp,
        "Auto-top-up has bought capacity",
        vec![
            format!(
                "Fewer than {} were left, so {} were bought for {paid}, tax included.",
                counted(agreed.below, writing),
                counted(tokens, writing)
            ),
            format!("This month it has spent {spent} of the {cap} that were agreed."),
        ],
        ("See the purchase", format!("/orders/{order}")),
    )
}

/// A purchase waits for its owner.
pub(super) fn needs_owner(
    agreed: &AutoTopUp,
    until: Timestamp,
    order: OrderId,
    writing: &dyn Writing,
) -> Words {
    letter(
        MailKind::Billing,
        "Auto-top-up is paused: your bank asks for confirmation",
        vec![
            format!(
                "{} were to be bought. The bank asks the owner of the card to confirm, so nothing was charged.",
                counted(agreed.buys, writing)
            ),
            format!(
                "Until {} you can pay this purchase yourself by the link below; your bank asks you there. Auto-top-up buys nothing more until you turn it on again.",
                writing.day(until)
            ),
        ],
        ("Pay it yourself", format!("/orders/{order}")),
    )
}

/// The month's cap has no room.
pub(super) fn cap_reached(agreed: &AutoTopUp, until: Timestamp, writing: &dyn Writing) -> Words {
    letter(
        MailKind::AutoTopUp,
        "Auto-top-up has reached this month’s cap",
        vec![
            format!(
                "Fewer than {} are left. One more purchase would come to more than the {} a month that were agreed, so nothing was bought.",
                counted(agreed.below, writing),
                writing.money(agreed.cap)
            ),
            format!(
                "It buys again from {}. Until then you can buy a pack yourself, or agree to a higher cap.",
                writing.day(until)
            ),
        ],
        ("Buy capacity or change the cap", PAGE.to_owned()),
    )
}

/// It has ended by itself.
pub(super) fn stopped(why: EndReason, agreed: &AutoTopUp, writing: &dyn Writing) -> Words {
    let (reason, remedy) = match why {
        EndReason::Declined => (
            "The card was declined when a pack was to be bought. Nothing was charged.",
            "Buy a pack and pay it with another card: that card is kept, and you can turn auto-top-up on again.",
        ),
        EndReason::Overdue => (
            "Another payment has failed, so nothing more is bought.",
            "Settle what is to be paid; then you can turn auto-top-up on again.",
        ),
        EndReason::Disputed => (
            "A payment was disputed, so nothing more is bought.",
            "Once that is settled you can turn auto-top-up on again.",
        ),
        EndReason::PlanEnded => (
            "Your plan has ended; what is bought could not be used.",
            "Once there is a plan again you can turn auto-top-up on again.",
        ),
        EndReason::NotSold => (
            "The pack that was agreed is no longer sold.",
            "Choose another one and turn auto-top-up on again.",
        ),
        EndReason::DearerThanAgreed => (
            "The pack has become dearer than what was agreed. Nothing was charged.",
            "Look at the new price; if it suits you, turn auto-top-up on again.",
        ),
        EndReason::Unanswered => (
            "For three days the payment provider has not said whether a purchase was paid. JARAI looks into it.",
            "Nothing more is bought meanwhile. You can buy a pack yourself, or turn auto-top-up on again.",
        ),
        EndReason::TurnedOff | EndReason::Replaced => ("It was turned off.", "You can turn it on again."),
    };
    let subject = match why {
        EndReason::Declined => "Auto-top-up has stopped: the card was declined",
        _ => "Auto-top-up has stopped",
    };
    let was = format!(
        "It had been buying {} below {}.",
        counted(agreed.buys, writing),
        counted(agreed.below, writing)
    );
    let paragraphs = vec![reason.to_owned(), remedy.to_owned(), was];
    letter(MailKind::Billing, subject, paragraphs, ("See auto-top-up", PAGE.to_owned()))
}
