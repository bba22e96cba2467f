//! A receipt by lots: what was used of each, what is still held, what went home.

use super::{
    receipt_words::{Paper, joined},
    words::source_words,
};
use crate::ui::{Fill, Tape};
use billing::{allowance::Pool, id::GrantId, tokens::Tokens};

impl Paper<'_> {
    /// Tokens that entered a pool, by the lot that they belong to, in the order in which the lots were drawn.
    pub(super) fn lots(&self, pool: Pool) -> Vec<(Option<GrantId>, String, Tokens)> {
        let mut lots: Vec<(Option<GrantId>, String, Tokens)> = Vec::new();
        for entry in self.receipt.entries.iter().filter(|entry| entry.credit == pool) {
            let id = entry.grant.map(|(id, _)| id);
            match lots.iter_mut().find(|(known, ..)| *known == id) {
                Some((.., sum)) => *sum = sum.plus(entry.tokens).unwrap_or(*sum),
                None => lots.push((id, self.lot_words(id), entry.tokens)),
            }
        }
        lots
    }

    /// `October allowance`, `top-up of 24 Oct`.
    pub(super) fn lot_words(&self, id: Option<GrantId>) -> String {
        let lot = id.and_then(|id| self.receipt.lots.iter().find(|lot| lot.id == id));
        lot.map_or("overdraft".to_owned(), |lot| source_words(lot.source, lot.effective_at, self.format))
    }

    /// What was used of each lot, what is still held, what went home.
    pub(super) fn tape(&self) -> Tape {
        let parts = self.parts();
        let amounts: Vec<(Fill, i64)> = parts.iter().map(|(fill, _, tokens)| (*fill, tokens.get())).collect();
        let label = joined(
            parts.into_iter().map(|(_, words, tokens)| format!("{words} {}", self.format.tokens(tokens))),
        );
        Tape { parts: Tape::parts(&amounts), notch: None, limit: None, head: None, label }
    }

    pub(super) fn key(&self) -> Vec<(Fill, String)> {
        let words = |(fill, words, tokens): (Fill, String, Tokens)| {
            (fill, format!("{words} {}", self.format.tokens(tokens)))
        };
        self.parts().into_iter().map(words).collect()
    }

    fn parts(&self) -> Vec<(Fill, String, Tokens)> {
        let fill = |id: Option<GrantId>| {
            let lot = id.and_then(|id| self.receipt.lots.iter().find(|lot| lot.id == id));
            if lot.is_some_and(|lot| lot.source.is_allowance()) { Fill::Spent } else { Fill::Extra }
        };
        let mut parts: Vec<(Fill, String, Tokens)> =
            self.lots(Pool::Used).into_iter().map(|(id, words, tokens)| (fill(id), words, tokens)).collect();
        let released = self.receipt.tokens.beyond(self.captured()).beyond(self.outstanding());
        parts.push((Fill::Held, "held".to_owned(), self.outstanding()));
        parts.push((Fill::Left, "released".to_owned(), released));
        parts.retain(|(.., tokens)| !tokens.is_zero());
        for (_, words, _) in &mut parts {
            *words = capital(words);
        }
        parts
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
