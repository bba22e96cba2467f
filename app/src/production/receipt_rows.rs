//! A receipt step by step, or by stage: calls of one kind for one stage of the pipeline make one row.

use super::{
    receipt::{Detail, StepView},
    receipt_words::Paper,
    words::{kind_words, line_words, size_words},
};
use crate::ui::Tone;
use billing::{
    allowance::Pool,
    money::Cost,
    production::{Hold, stage},
    tokens::Tokens,
};
use engine::production::{ReceiptCall, ReceiptEntry, ReceiptStep, Verdict};

/// The steps that make one row.
struct Row<'a> {
    paper: &'a Paper<'a>,
    detail: Detail,
    steps: Vec<&'a ReceiptStep>,
}

impl Paper<'_> {
    pub(super) fn rows(&self, detail: Detail) -> Vec<StepView> {
        let mut rows: Vec<Vec<&ReceiptStep>> = Vec::new();
        for step in &self.receipt.steps {
            let same = |row: &&mut Vec<&ReceiptStep>| {
                let first = row.first().filter(|_| detail == Detail::Stages && step.stage.is_some());
                first.is_some_and(|first| {
                    first.stage == step.stage && first.quantity.plus(&step.quantity).is_some()
                })
            };
            match rows.iter_mut().find(same) {
                Some(row) => row.push(step),
                None => rows.push(vec![step]),
            }
        }
        rows.into_iter().filter_map(|steps| Row { paper: self, detail, steps }.view()).collect()
    }

    pub(super) fn is_done(&self, step: &ReceiptStep) -> bool {
        let mut calls = self.receipt.calls.iter();
        calls.any(|call| call.step == step.name && call.verdict == Verdict::Succeeded)
    }
}

impl Row<'_> {
    fn view(&self) -> Option<StepView> {
        let (paper, format) = (self.paper, self.paper.format);
        let first = self.steps.first()?;
        let size =
            self.steps.iter().skip(1).try_fold(first.quantity, |sum, step| sum.plus(&step.quantity))?;
        let title = first.stage.as_deref().and_then(stage::title);
        let name = title.map_or_else(|| first.name.to_string(), str::to_owned);
        let held = Tokens::sum(self.steps.iter().map(|step| step.tokens)).unwrap_or(Tokens::MAX);
        let used = Tokens::sum(self.entries().map(|entry| entry.tokens)).unwrap_or(Tokens::MAX);
        let under = match self.steps.as_slice() {
            [_] if self.detail == Detail::Stages => name.clone(),
            [step] => step.name.to_string(),
            steps => format!("{} calls", format.count(i128::try_from(steps.len()).unwrap_or(i128::MAX))),
        };
        Some(StepView {
            name,
            step: under,
            kind: kind_words(first.quantity.kind()).to_owned(),
            size: size_words(&size, format),
            line: paper
                .tariff
                .line(&first.quantity)
                .map_or("no charge".to_owned(), |line| line_words(line, format)),
            tokens: [format.tokens(held), format.tokens(used), format.count(self.released())],
            from: self.from(),
            outcome: self.outcome(),
            cost: paper.cost.then(|| self.cost()),
        })
    }

    fn entries(&self) -> impl Iterator<Item = &ReceiptEntry> + Clone {
        self.paper.receipt.entries.iter().filter(|entry| {
            let of =
                entry.step.as_ref().is_some_and(|(name, _)| self.steps.iter().any(|step| step.name == *name));
            of && entry.credit == Pool::Used
        })
    }

    fn calls(&self) -> impl Iterator<Item = &ReceiptCall> + Clone {
        let mine = |call: &&ReceiptCall| self.steps.iter().any(|step| step.name == call.step);
        self.paper.receipt.calls.iter().filter(mine)
    }

    /// What the steps held and did not use: of those that are done, and of all once the production has ended. Below
    /// nothing where a step used more than it held.
    fn released(&self) -> i64 {
        let ended = matches!(self.paper.receipt.hold, Hold::Ended(_));
        let over = self.steps.iter().filter(|step| ended || self.paper.is_done(step));
        let held: i64 = over.map(|step| step.tokens.get()).sum();
        held - self.entries().map(|entry| entry.tokens.get()).sum::<i64>()
    }

    /// The lots that were charged, each with its tokens where there are several.
    fn from(&self) -> Vec<String> {
        let mut lots: Vec<(String, Tokens)> = Vec::new();
        for entry in self.entries() {
            let words = self.paper.lot_words(entry.grant.map(|(id, _)| id));
            match lots.iter_mut().find(|(known, _)| *known == words) {
                Some((_, sum)) => *sum = sum.plus(entry.tokens).unwrap_or(*sum),
                None => lots.push((words, entry.tokens)),
            }
        }
        match lots.as_slice() {
            [(words, _)] => vec![words.clone()],
            several => {
                let each = |(words, tokens): &(String, Tokens)| {
                    format!("{words}, {}", self.paper.format.tokens(*tokens))
                };
                several.iter().map(each).collect()
            }
        }
    }

    fn outcome(&self) -> (Tone, String) {
        let done = self.steps.iter().filter(|step| self.paper.is_done(step)).count();
        let failed = self.calls().filter(|call| call.verdict == Verdict::Failed).count();
        let of = format!("{done} of {} done", self.steps.len());
        match (self.steps.len() - done, failed, &self.paper.receipt.hold) {
            (0, 0, _) => (Tone::Ok, "Done".to_owned()),
            (0, 1, _) if done == 1 => (Tone::Ok, "Done on 2nd try".to_owned()),
            (0, failed, _) => (Tone::Ok, format!("Done, {failed} failed")),
            (_, 0, Hold::Open(_)) if done == 0 => (Tone::Calm, "To come".to_owned()),
            (_, 0, Hold::Ended(_)) if done == 0 => (Tone::Calm, "Not run".to_owned()),
            (_, 0, _) => (Tone::Calm, of),
            (_, failed, _) if done == 0 => (Tone::Bad, format!("{failed} failed")),
            (_, failed, _) => (Tone::Bad, format!("{of}, {failed} failed")),
        }
    }

    /// Unknown is never nothing.
    fn cost(&self) -> String {
        let calls = self.calls().count();
        if calls == 0 {
            return "–".to_owned();
        }
        let known = self.calls().filter_map(|call| call.charged);
        let sum = known.clone().try_fold(Cost::zero(self.paper.receipt.cost.currency()), Cost::plus);
        match (sum, calls == known.count()) {
            (Ok(sum), true) => self.paper.format.cost(sum),
            (Ok(sum), false) if sum.micros() > 0 => format!("{} and unknown", self.paper.format.cost(sum)),
            _ => "unknown".to_owned(),
        }
    }
}
