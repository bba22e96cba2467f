//! A production's receipt on the wire: its hold, and behind every token the entry, the lot, the step and the tariff.

use super::money::MoneyBody;
use billing::{
    allowance::{Pool, Source},
    id::{AccountId, EntryId, GrantId, ProductionId, ProductionName, StepName},
    production::{End, Hold, Kind, Status, hold::HoldDraw},
    time::Timestamp,
    tokens::Tokens,
};
use engine::production::{Receipt, ReceiptEntry};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A production and everything that was booked for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Receipt)]
pub struct ReceiptBody {
    /// The pipeline's name of it.
    #[schema(value_type = String)]
    production: ProductionName,
    /// Ours.
    #[schema(value_type = String)]
    id: ProductionId,
    /// For which account.
    #[schema(value_type = String)]
    account: AccountId,
    /// What people call it.
    title: String,
    /// `admitted`, `producing`, `awaitingApproval`, `published`, `failed` or `cancelled`.
    #[schema(value_type = String)]
    status: Status,
    /// `PRODUCTION_EXPIRED` where it failed by silence.
    error: Option<&'static str>,
    /// When it was admitted.
    #[schema(value_type = String, format = DateTime)]
    admitted_at: Timestamp,
    /// When it ended; null while it runs.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// What was set aside, and what became of it.
    hold: HoldBody,
    /// What its calls cost the customer.
    cost: CostBody,
    /// Its ledger entries, oldest first.
    entries: Vec<EntryBody>,
}

/// What was set aside for a production, and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Hold)]
struct HoldBody {
    /// `open`, `finished`, `cancelled`, `failed` or `expired`.
    state: &'static str,
    /// Tokens drawn at admission.
    #[schema(value_type = i64)]
    drawn: Tokens,
    /// Tokens charged, the overrun among them.
    #[schema(value_type = i64)]
    captured: Tokens,
    /// Tokens given back.
    #[schema(value_type = i64)]
    returned: Tokens,
    /// Tokens still held.
    #[schema(value_type = i64)]
    left: Tokens,
    /// Tokens charged beyond what was drawn.
    #[schema(value_type = i64)]
    overrun: Tokens,
    /// Money still set aside; null once it has ended.
    money: Option<MoneyBody>,
    /// When it lapses unless the production is heard of; null once it has ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// What it took from which lot.
    draws: Vec<HoldDrawBody>,
}

/// Tokens taken from one lot, and what became of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HoldDraw)]
struct HoldDrawBody {
    /// The lot.
    #[schema(value_type = String)]
    grant: GrantId,
    /// Where the lot comes from.
    #[schema(value_type = Option<String>)]
    source: Option<Source>,
    /// Taken at admission.
    #[schema(value_type = i64)]
    drawn: Tokens,
    /// Of those, charged.
    #[schema(value_type = i64)]
    captured: Tokens,
    /// Of those, given back.
    #[schema(value_type = i64)]
    returned: Tokens,
}

/// What the calls of a production cost the customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProductionCost)]
struct CostBody {
    /// As far as it is known.
    total: MoneyBody,
    /// `known` where the total has every call in it, else `unknown`.
    state: &'static str,
    /// How many calls have no known cost.
    unknown_calls: usize,
}

/// One ledger entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Entry)]
struct EntryBody {
    /// Which entry.
    #[schema(value_type = String)]
    entry: EntryId,
    /// Its number in the customer's ledger.
    seq: i64,
    /// The pool that the tokens left.
    #[schema(value_type = String)]
    debit: Pool,
    /// The pool that they entered.
    #[schema(value_type = String)]
    credit: Pool,
    /// How many.
    #[schema(value_type = i64)]
    tokens: Tokens,
    /// The lot; null for an overdraft.
    #[schema(value_type = Option<String>)]
    grant: Option<GrantId>,
    /// Where the lot comes from.
    #[schema(value_type = Option<String>)]
    source: Option<Source>,
    /// The step that was charged.
    #[schema(value_type = Option<String>)]
    step: Option<StepName>,
    /// What the step's call does: the tariff's line.
    #[schema(value_type = Option<String>)]
    kind: Option<Kind>,
    /// The tariff that set the amount.
    tariff_version: Option<i64>,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
}

impl From<Receipt> for ReceiptBody {
    fn from(receipt: Receipt) -> Self {
        let end = match &receipt.hold {
            Hold::Open(_) => None,
            Hold::Ended(ended) => Some((ended.end, ended.ended_at)),
        };
        Self {
            production: receipt.production,
            id: receipt.id,
            account: receipt.account,
            title: receipt.title,
            status: receipt.hold.status(),
            error: end.filter(|(end, _)| *end == End::Expired).map(|_| "PRODUCTION_EXPIRED"),
            admitted_at: receipt.admitted_at,
            ended_at: end.map(|(_, at)| at),
            hold: HoldBody::of(&receipt.hold, &receipt.entries),
            cost: CostBody {
                total: receipt.cost.into(),
                state: if receipt.unknown_costs == 0 { "known" } else { "unknown" },
                unknown_calls: receipt.unknown_costs,
            },
            entries: receipt.entries.into_iter().map(Into::into).collect(),
        }
    }
}

impl HoldBody {
    /// The entries know where each lot comes from.
    fn of(hold: &Hold, entries: &[ReceiptEntry]) -> Self {
        let sources: HashMap<GrantId, Source> = entries.iter().filter_map(|entry| entry.grant).collect();
        let total = |part: fn(&HoldDraw) -> Tokens| hold.draws().iter().map(part).sum::<Tokens>();
        let (state, overrun, open) = match hold {
            Hold::Open(open) => ("open", open.overrun, Some(open)),
            Hold::Ended(ended) => (ended_word(ended.end), ended.overrun, None),
        };
        let draw = |draw: &HoldDraw| HoldDrawBody {
            grant: draw.grant,
            source: sources.get(&draw.grant).copied(),
            drawn: draw.drawn,
            captured: draw.captured,
            returned: draw.returned,
        };
        Self {
            state,
            drawn: total(|draw| draw.drawn),
            captured: [total(|draw| draw.captured), overrun].into_iter().sum(),
            returned: total(|draw| draw.returned),
            left: total(HoldDraw::outstanding),
            overrun,
            money: open.map(|open| open.money.into()),
            expires_at: open.map(|open| open.expires_at),
            draws: hold.draws().iter().map(draw).collect(),
        }
    }
}

const fn ended_word(end: End) -> &'static str {
    match end {
        End::Published => "finished",
        End::Failed => "failed",
        End::Cancelled => "cancelled",
        End::Expired => "expired",
    }
}

impl From<ReceiptEntry> for EntryBody {
    fn from(entry: ReceiptEntry) -> Self {
        let (grant, source) = entry.grant.unzip();
        let (step, kind) = entry.step.unzip();
        Self {
            entry: entry.id,
            seq: entry.seq,
            debit: entry.debit,
            credit: entry.credit,
            tokens: entry.tokens,
            grant,
            source,
            step,
            kind,
            tariff_version: entry.tariff_version,
            occurred_at: entry.occurred_at,
        }
    }
}
