//! What becomes of the forms about automatic purchases. Agreeing asks for a fresh proof: from then on nobody is asked.

use crate::{
    AppError, flash,
    reader::Reader,
    respond,
    team::{seat_words::tokens_of, session::require_fresh},
    ui::Tone,
};
use axum::http::StatusCode;
use billing::{
    money::Money,
    team::Permission,
    tokens::Tokens,
    top_up::{Terms, TermsError},
};
use engine::{
    Engine,
    top_up::{AutoTopUpReport, PricedTopUp, ShownAmounts},
};
use serde::{Deserialize, Serialize};

/// The page.
pub(super) const PAGE: &str = "/buy/auto-top-up";
/// The name under which what was typed waits in the session.
const TYPED: &str = "auto_top_up";

/// What somebody has typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedTopUp {
    /// Below how many tokens it buys.
    pub below: String,
    /// The tokens of the pack that it buys.
    pub pack: String,
    /// The most that it may spend in a month.
    pub cap: String,
}

/// The same, and what was wrong with it; nothing where it is to be reviewed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptTopUp {
    /// What was typed.
    pub typed: TypedTopUp,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
    /// Whether what was shown had changed when somebody agreed: the page then answers as a conflict does.
    pub changed: bool,
}

/// What is wrong: the field, and why.
type Wrong = (String, String);

fn wrong(field: &str, words: impl Into<String>) -> Wrong {
    (field.to_owned(), words.into())
}

impl KeptTopUp {
    /// What waits in the session.
    pub(super) async fn take() -> Result<Option<Self>, AppError> {
        let kept: Option<Self> = flash::take(TYPED).await?;
        if kept.as_ref().is_some_and(|kept| kept.changed) {
            respond::status(StatusCode::CONFLICT);
        }
        Ok(kept)
    }
}

impl TypedTopUp {
    /// The terms, and the pack that they name; or which field is wrong.
    pub(super) fn terms(
        &self,
        report: &AutoTopUpReport,
        reader: &Reader,
    ) -> Result<(Terms, PricedTopUp), Wrong> {
        let currency = reader.member.currency;
        let below = tokens_of(&self.below).map_err(|words| wrong("below", words))?;
        let tokens = self.pack.parse().ok().and_then(|tokens| Tokens::new(tokens).ok());
        let pack = report.packs.iter().find(|pack| Some(pack.tokens) == tokens).copied();
        let pack = pack.ok_or_else(|| wrong("pack", "Choose one of the packs that are sold."))?;
        let example = Money::new(6 * 10_i64.pow(currency.digits() + 1), currency);
        let cap = Money::typed(&self.cap, currency).map_err(|_| {
            wrong("cap", format!("Write an amount such as {example}, without a sign or spaces."))
        })?;
        let terms = Terms { below, buys: pack.tokens, cap };
        terms.check(pack.once).map_err(|error| match error {
            TermsError::NeverBuys => wrong("below", "Say at how many tokens it buys: at least 1."),
            TermsError::CapTooSmall => wrong(
                "cap",
                format!(
                    "One purchase comes to {} with tax. A smaller cap would never buy.",
                    reader.format.money(pack.once)
                ),
            ),
            TermsError::OutOfRange => wrong("cap", "The amount is larger than the books can hold."),
        })?;
        Ok((terms, pack))
    }

    async fn keep(self, wrong: Option<Wrong>, changed: bool) -> Result<(), AppError> {
        let at = if wrong.is_some() { "#terms" } else { "#review" };
        respond::see_other(&format!("{PAGE}{at}"));
        flash::keep(TYPED, &KeptTopUp { typed: self, wrong, changed }).await
    }

    /// Goes on to the review; what is wrong goes back with what was typed.
    pub(super) async fn review(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        reader.may(Permission::ManageBilling).then_some(()).ok_or(AppError::Forbidden)?;
        let report = engine.auto_top_up_report(&reader.member).await?;
        let wrong = self.terms(&report, reader).err();
        self.keep(wrong, false).await
    }

    /// Agrees. T10: who has not proved for ten minutes that it is them is asked, and finds the review as they left it.
    pub(super) async fn agree(
        self,
        engine: &Engine,
        shown: [&str; 2],
        reader: &Reader,
    ) -> Result<(), AppError> {
        reader.may(Permission::ManageBilling).then_some(()).ok_or(AppError::Forbidden)?;
        let proved = require_fresh(PAGE).await;
        if proved.is_err() {
            flash::keep(TYPED, &KeptTopUp { typed: self, wrong: None, changed: false }).await?;
            return proved;
        }
        let report = engine.auto_top_up_report(&reader.member).await?;
        let (terms, _) = match self.terms(&report, reader) {
            Ok(terms) => terms,
            Err(wrong) => return self.keep(Some(wrong), false).await,
        };
        let amount = |text: &str| Money::typed(text, reader.member.currency);
        let (Ok(once), Ok(worst)) = (amount(shown[0]), amount(shown[1])) else {
            return self.keep(None, false).await; // nothing was shown: it is now
        };
        match engine.agree_to_top_up(&reader.member, terms, ShownAmounts { once, worst }).await {
            Ok(()) => {
                let format = reader.format;
                let words = format!(
                    "Auto-top-up is on. It buys {} tokens once fewer than {} are left, and spends no more than {} a month.",
                    format.tokens(terms.buys),
                    format.tokens(terms.below),
                    format.money(terms.cap)
                );
                flash::say(Tone::Ok, words).await?;
                respond::see_other(PAGE);
                Ok(())
            }
            Err(engine::Error::Changed { .. }) => {
                let words = "What it can come to has changed meanwhile. Nothing was turned on: look at the amounts again.";
                flash::say(Tone::Bad, words.to_owned()).await?;
                self.keep(None, true).await
            }
            Err(engine::Error::Invalid { field, message }) => self.keep(Some((field, message)), false).await,
            Err(error) => Err(error.into()),
        }
    }
}

/// Turns it off.
pub(super) async fn turn_off(engine: &Engine, reader: &Reader) -> Result<(), AppError> {
    engine.turn_top_up_off(&reader.member).await?;
    let report = engine.auto_top_up_report(&reader.member).await?;
    let words = match report.in_flight {
        Some(purchase) => format!(
            "Auto-top-up is off. A purchase of {} was being charged and may still be paid; then its tokens are yours.",
            reader.format.money(purchase.total)
        ),
        None => "Auto-top-up is off. Nothing is bought without you any more.".to_owned(),
    };
    flash::say(Tone::Ok, words).await?;
    respond::see_other(PAGE);
    Ok(())
}
