//! What is offered to whoever may agree to automatic purchases: the form, and what its terms can come to.

use super::{PackChoice, TopUpForm, TopUpReview, automatic_forms::TypedTopUp};
use crate::reader::Reader;
use billing::{
    money::Money,
    tokens::Tokens,
    top_up::{AutoTopUpState, Terms},
};
use engine::{
    allowance::Usage,
    top_up::{AutoTopUpReport, PricedTopUp},
};

/// What is proposed to whoever has never agreed to anything: below how many tokens.
const BELOW: i64 = 10_000;
/// For how many purchases a month the proposed cap has room.
const PROPOSED: i64 = 3;

/// The form: as it was typed, as it was agreed last, or as it is proposed.
pub(super) fn form(
    report: &AutoTopUpReport,
    state: AutoTopUpState,
    typed: Option<(TypedTopUp, Option<(String, String)>)>,
    reader: &Reader,
) -> TopUpForm {
    let (typed, wrong) = typed.unwrap_or_else(|| (proposed(report, reader), None));
    let pack = |pack: &PricedTopUp| PackChoice {
        tokens: pack.tokens.get(),
        name: format!("{} tokens", reader.format.tokens(pack.tokens)),
        price: format!("{} with tax", reader.format.money(pack.once)),
        chosen: typed.pack == pack.tokens.to_string(),
    };
    TopUpForm {
        title: if state == AutoTopUpState::On { "Change it" } else { "Turn it on" }.to_owned(),
        words: if state == AutoTopUpState::On { "Review the change" } else { "Review before turning it on" }
            .to_owned(),
        packs: report.packs.iter().map(pack).collect(),
        below: typed.below.clone(),
        cap: typed.cap.clone(),
        unit: reader.format.symbol(reader.member.currency).to_owned(),
        wrong,
    }
}

/// What was agreed last, or else a proposal.
fn proposed(report: &AutoTopUpReport, reader: &Reader) -> TypedTopUp {
    let pack = report.packs.get(1).or(report.packs.first());
    let known = report.agreed.as_ref().map(|(agreed, _)| agreed.terms());
    let (below, buys, cap) = match (known, pack) {
        (Some(terms), _) => (terms.below, terms.buys, terms.cap),
        (None, pack) => {
            let (tokens, once) = pack.map_or((Tokens::ZERO, 0), |pack| (pack.tokens, pack.once.minor()));
            let cap = Money::new(once.saturating_mul(PROPOSED), reader.member.currency);
            (Tokens::new(BELOW).unwrap_or_default(), tokens, cap)
        }
    };
    TypedTopUp { below: below.to_string(), pack: buys.to_string(), cap: cap.to_string() }
}

/// What the terms can come to, before anybody agrees.
pub(super) fn review(
    typed: &TypedTopUp,
    terms: &Terms,
    pack: &PricedTopUp,
    report: &AutoTopUpReport,
    usage: &Usage,
    reader: &Reader,
) -> TopUpReview {
    let format = reader.format;
    let worst = terms.worst_case(pack.once, report.spent).unwrap_or(terms.cap);
    let packs = worst.minor().checked_div(pack.once.minor()).unwrap_or_default();
    let packs = format.counted(u64::try_from(packs).unwrap_or_default(), "pack", "packs");
    let (month, once) = (format.month(report.as_of), format.money(pack.once));
    let row = |name: String, text: String| (name, text);
    let left = usage.capacity.left();
    let is_on = report.agreed.as_ref().is_some_and(|(agreed, _)| agreed.state == AutoTopUpState::On);
    let says = vec![
        if left < terms.below {
            format!(
                "Now {} tokens are left, so the first pack is bought at once, for {once}.",
                format.tokens(left)
            )
        } else {
            format!("Now {} tokens are left, so nothing is bought yet.", format.tokens(left))
        },
        format!(
            "From then on the card is charged without asking you, until you turn it off here, and never more than {} in a calendar month. If a pack becomes dearer than {once}, it stops.",
            format.money(terms.cap)
        ),
    ];
    let fields = [
        ("below", typed.below.clone()),
        ("pack", typed.pack.clone()),
        ("cap", typed.cap.clone()),
        ("once", pack.once.to_string()),
        ("worst", worst.to_string()),
    ];
    TopUpReview {
        rows: vec![
            row("Buy when fewer are left than".to_owned(), format!("{} tokens", format.tokens(terms.below))),
            row("Each purchase".to_owned(), format!("{} tokens", format.tokens(terms.buys))),
            row("One purchase, with tax".to_owned(), once),
            row("Charged to".to_owned(), report.card.clone().unwrap_or_default()),
            row("Never more in a month than".to_owned(), format.money(terms.cap)),
            row(format!("Spent by it in {month} already"), format.money(report.spent)),
        ],
        worst: (
            format!("The most that {month} can still come to, with tax"),
            format!("{} for {packs}", format.money(worst)),
        ),
        says,
        fields: fields.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        title: if is_on { "Before you change it" } else { "Before you turn it on" }.to_owned(),
        words: if is_on {
            format!("Change it, up to {} a month", format.money(terms.cap))
        } else {
            format!("Turn on, up to {} a month", format.money(terms.cap))
        },
    }
}
