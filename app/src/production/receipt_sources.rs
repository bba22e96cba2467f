//! Where the cost of each call comes from, in words and numbers.

use super::{receipt_calls::CallView, receipt_words::Paper};
use billing::pnl::Unpriced;
use engine::production::{CallSource, ReceiptCall, ReceiptStep, Verdict};

impl Paper<'_> {
    /// The calls whose sources the reader was given, in the order of the plan: all of them, or none.
    pub(super) fn sources(&self) -> Vec<CallView> {
        let with_source = |call: &ReceiptCall| call.source.as_ref().map(|source| self.source(call, source));
        let of = |step: &ReceiptStep| {
            let calls = self.receipt.calls.iter().filter(|call| call.step == step.name);
            calls.filter_map(with_source).collect::<Vec<_>>()
        };
        self.receipt.steps.iter().flat_map(of).collect()
    }

    fn source(&self, call: &ReceiptCall, source: &CallSource) -> CallView {
        let format = self.format;
        let or_dash = |text: Option<&String>| text.cloned().unwrap_or_else(|| "–".to_owned());
        let charged = match (call.charged, call.unpriced) {
            (Some(cost), _) => Ok(format.exact_cost(cost)),
            (None, why) => Err(why.map_or("not known", unknown).to_owned()),
        };
        CallView {
            step: call.step.to_string(),
            number: format.count(call.number),
            verdict: verdict(call.verdict).to_owned(),
            provider: or_dash(source.provider.as_ref()),
            model: or_dash(call.model.as_ref()),
            raw: source.raw.map(|raw| format.exact_cost(raw)),
            currency: source.raw.map(|raw| raw.currency().to_string()).unwrap_or_default(),
            price_version: source.price_version.map(|version| format.count(version)),
            rates: source.exchange.map(|rates| {
                [format.rate(rates.provider), format.rate(rates.customer), format.date(rates.rates_on)]
            }),
            markup: source
                .markup
                .map(|(version, points)| [format.count(version), format.basis_points(points)]),
            charged,
            customer_currency: self.receipt.cost.currency().to_string(),
            quoted: source.quoted,
        }
    }
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Succeeded => "succeeded",
        Verdict::Failed => "failed",
        Verdict::Refused => "too late",
    }
}

/// Why a cost is not known, in a few words.
#[must_use]
pub const fn unknown(why: Unpriced) -> &'static str {
    match why {
        Unpriced::NoModel => "no model is named",
        Unpriced::OtherKind => "the model runs another kind of call",
        Unpriced::NoPrice => "the model has no price",
        Unpriced::NoRate => "no exchange rate of those days",
        Unpriced::NoMarkup => "no markup in force",
        Unpriced::OutOfRange => "the figure does not fit the books",
    }
}
