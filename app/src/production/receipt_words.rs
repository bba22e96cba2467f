//! A receipt in words and numbers.

use super::{
    receipt::{Detail, ReceiptView},
    table::on_the_server::status_words,
};
use crate::{
    AppError,
    format::Format,
    frame::FrameView,
    reader::Reader,
    ui::{Choice, Figure, Tone},
};
use billing::{
    allowance::{Pool, Tariff},
    id::ProductionName,
    production::{End, Hold},
    team::Permission,
    tokens::Tokens,
};
use engine::{
    Engine,
    production::{Receipt, Verdict},
};

impl ReceiptView {
    /// The receipt of a production of this name, as this reader sees it.
    pub async fn load(
        engine: &Engine,
        production: &str,
        detail: Detail,
        reader: &Reader,
    ) -> Result<Self, AppError> {
        let missing = |_| AppError::NotFound { what: "production".to_owned() };
        let name: ProductionName = production.parse().map_err(missing)?;
        let receipt = engine.receipt_of(&reader.member, &name).await?;
        let tariff = engine.tariff(receipt.tariff_version).await?;
        let account = engine.account(reader.member.customer, receipt.account).await?;
        let frame = FrameView::load(engine, reader).await?;
        Ok(Self::of(&receipt, &tariff, &account.name, detail, frame, reader))
    }

    /// This receipt, as this reader sees it.
    #[must_use]
    pub fn of(
        receipt: &Receipt,
        tariff: &Tariff,
        account: &str,
        detail: Detail,
        frame: FrameView,
        reader: &Reader,
    ) -> Self {
        let format = reader.format;
        let paper = Paper { receipt, tariff, format, cost: reader.may(Permission::SeeCost) };
        let raw = reader.may(Permission::SeeRawCost) && detail == Detail::Steps;
        let ended_at = match &receipt.hold {
            Hold::Ended(ended) => format!(" – {}", format.minute(ended.ended_at)),
            Hold::Open(_) => ", running".to_owned(),
        };
        let when = format!("{}{ended_at}", format.instant(receipt.admitted_at));
        let facts =
            [Some(account.to_owned()), receipt.project_type.clone(), Some(when), receipt.member.clone()];
        let released = receipt.tokens.beyond(paper.captured()).beyond(paper.outstanding());
        Self {
            frame,
            title: receipt.title.clone(),
            facts: facts.into_iter().flatten().collect(),
            figures: paper.figures(),
            tape: paper.tape(),
            key: paper.key(),
            steps: paper.rows(detail),
            detail: details(receipt, detail),
            totals: [receipt.tokens, paper.captured(), released].map(|tokens| format.tokens(tokens)),
            tariff: format!("Tariff {}", receipt.tariff_version),
            cost: paper.cost.then(|| format.cost(receipt.cost)),
            notes: paper.notes(),
            calls: raw.then(|| paper.sources()),
            csv: format!("/productions/{}.csv", receipt.production),
        }
    }
}

/// By stage, or step by step.
fn details(receipt: &Receipt, chosen: Detail) -> Vec<Choice> {
    let page = format!("/productions/{}", receipt.production);
    let choice = |detail: Detail, words: &str, query: &str| Choice {
        value: format!("{page}{query}"),
        words: words.to_owned(),
        chosen: detail == chosen,
    };
    vec![choice(Detail::Stages, "By stage", ""), choice(Detail::Steps, "Every step", "?detail=steps")]
}

/// What a receipt is written from.
pub(super) struct Paper<'a> {
    pub(super) receipt: &'a Receipt,
    pub(super) tariff: &'a Tariff,
    pub(super) format: &'a Format,
    /// Whether the reader may see what calls cost.
    pub(super) cost: bool,
}

impl Paper<'_> {
    pub(super) fn captured(&self) -> Tokens {
        let used = self.receipt.entries.iter().filter(|entry| entry.credit == Pool::Used);
        Tokens::sum(used.map(|entry| entry.tokens)).unwrap_or(Tokens::MAX)
    }

    pub(super) fn outstanding(&self) -> Tokens {
        match &self.receipt.hold {
            Hold::Open(open) => open.outstanding(),
            Hold::Ended(_) => Tokens::ZERO,
        }
    }

    fn figures(&self) -> Vec<Figure> {
        let Self { receipt, format, .. } = self;
        let figure =
            |name: &str, amount: String, under: String| Figure { name: name.to_owned(), amount, under };
        let (tone, status) = status_words(receipt.hold.status(), self.has_expired());
        let done = receipt.steps.iter().filter(|step| self.is_done(step)).count();
        let (done, planned) = (whole(done), whole(receipt.steps.len()));
        let steps = if done == planned {
            format!("all {} steps", format.count(done))
        } else {
            format!("{} of {} steps", format.count(done), format.count(planned))
        };
        let under = if tone == Tone::Bad { format!("{steps} were done") } else { steps };
        let used = self
            .lots(Pool::Used)
            .into_iter()
            .map(|(_, words, tokens)| format!("{} {words}", format.tokens(tokens)));
        let home = match self.outstanding() {
            Tokens::ZERO => "back to the lots they came from".to_owned(),
            held => format!("{} still held", format.tokens(held)),
        };
        let released = receipt.tokens.beyond(self.captured()).beyond(self.outstanding());
        vec![
            figure("Held at the start", format.tokens(receipt.tokens), format!("by {}", self.tariff_words())),
            figure("Used", format.tokens(self.captured()), joined(used)),
            figure("Released", format.tokens(released), home),
            figure("Outcome", status, under),
        ]
    }

    fn tariff_words(&self) -> String {
        format!("tariff {}", self.receipt.tariff_version)
    }

    fn has_expired(&self) -> bool {
        matches!(&self.receipt.hold, Hold::Ended(ended) if ended.end == End::Expired)
    }

    fn notes(&self) -> Vec<String> {
        let format = self.format;
        let failed = self.receipt.calls.iter().filter(|call| call.verdict != Verdict::Succeeded).count();
        let retried = (failed > 0).then(|| {
            format!(
                "{} did not succeed. Tokens are charged once a step, when it succeeds; AI cost counts every call.",
                format.counted(failed.try_into().unwrap_or(u64::MAX), "call", "calls")
            )
        });
        let unknown = (self.cost && self.receipt.unknown_costs > 0).then(|| {
            let calls = self.receipt.unknown_costs.try_into().unwrap_or(u64::MAX);
            format!(
                "The cost of {} is not known, so the total is of the others only.",
                format.counted(calls, "call", "calls")
            )
        });
        let over = self.captured().beyond(self.receipt.tokens);
        let overrun = (!over.is_zero()).then(|| {
            format!(
                "It took {} more than was held. What was admitted is let finish; the rest came from what was left.",
                format.tokens(over)
            )
        });
        [overrun, retried, unknown].into_iter().flatten().collect()
    }
}

fn whole(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(i128::MAX)
}

pub(super) fn joined(parts: impl Iterator<Item = String>) -> String {
    let text = parts.collect::<Vec<_>>().join(", ");
    if text.is_empty() { "nothing".to_owned() } else { text }
}
