//! A refusal of the gate on the wire: one flat object, whatever the limit was.

use super::money::MoneyBody;
use billing::{
    Refusal,
    id::StepName,
    refusal::{Figures, Reason, Remedy, Scope},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a production was not admitted. Nothing ran, nothing is held.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Refusal)]
pub struct RefusalBody {
    /// The first limit in the gate's order that stood against it.
    #[schema(value_type = String, example = "not_enough_capacity")]
    reason: Reason,
    /// Whose limit it is.
    #[schema(inline)]
    scope: ScopeBody,
    /// The step that is the cause, where one is.
    #[schema(value_type = Option<String>)]
    step: Option<StepName>,
    /// The limit; null where no amount is the cause, as are the figures below.
    limit: Option<Amount>,
    /// Charged already.
    used: Option<Amount>,
    /// Held by running productions.
    held: Option<Amount>,
    /// What this production needs.
    needed: Option<Amount>,
    /// `limit − used − held`.
    available: Option<Amount>,
    /// `needed − available`.
    short_by: Option<Amount>,
    /// What the figures count: `tokens`, `money` or `count` (of productions).
    unit: Option<&'static str>,
    /// When the limit starts anew.
    #[schema(value_type = Option<String>, format = DateTime)]
    resets_at: Option<Timestamp>,
    /// What helps, best first.
    #[schema(value_type = Vec<String>, example = json!(["buy_capacity", "wait"]))]
    remedies: Vec<Remedy>,
}

/// Whose limit.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ScopeBody {
    /// `platform`, `customer`, `account`, `key` or `member`.
    kind: &'static str,
    /// Null of the platform.
    id: Option<String>,
    name: String,
}

/// Tokens are a number, money an object.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Amount {
    /// Allowance tokens, or productions.
    Whole(i64),
    /// AI cost.
    Money(MoneyBody),
}

impl From<Scope> for ScopeBody {
    fn from(scope: Scope) -> Self {
        let id = match &scope {
            Scope::Platform => None,
            Scope::Customer { id, .. } => Some(id.to_string()),
            Scope::Account { id, .. } => Some(id.to_string()),
            Scope::Key { id, .. } => Some(id.to_string()),
            Scope::Member { id, .. } => Some(id.to_string()),
        };
        Self { kind: scope.kind(), id, name: scope.name().to_owned() }
    }
}

/// Limit, used, held, needed, available, short by.
fn amounts(figures: Figures) -> (&'static str, [Amount; 6]) {
    match figures {
        Figures::Tokens { limit, used, held, needed, available, short_by } => (
            "tokens",
            [limit, used, held, needed, available, short_by].map(|count| Amount::Whole(count.get())),
        ),
        Figures::Count { limit, used, held, needed, available, short_by } => {
            ("count", [limit, used, held, needed, available, short_by].map(Amount::Whole))
        }
        Figures::Money { limit, used, held, needed, available, short_by } => {
            ("money", [limit, used, held, needed, available, short_by].map(|cost| Amount::Money(cost.into())))
        }
    }
}

impl From<Refusal> for RefusalBody {
    fn from(refusal: Refusal) -> Self {
        let (unit, figures) = refusal.figures.map(amounts).unzip();
        let [limit, used, held, needed, available, short_by] =
            figures.map_or([const { None }; 6], |figures| figures.map(Some));
        Self {
            reason: refusal.reason,
            scope: refusal.scope.into(),
            step: refusal.step,
            limit,
            used,
            held,
            needed,
            available,
            short_by,
            unit,
            resets_at: refusal.resets_at,
            remedies: refusal.remedies,
        }
    }
}
