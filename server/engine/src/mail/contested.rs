//! What letters say of a payment that whoever has made it contests: what happened, what follows, what to do. I4, I5, I-37.

use super::{MailKind, Words};
use billing::{money::Money, notice::Writing, tokens::Tokens};

/// A dispute, as letters name it.
pub(crate) struct Contested {
    /// What its invoice is called.
    pub(crate) invoice: String,
    /// The invoice's page.
    pub(crate) page: String,
    /// How much is contested.
    pub(crate) amount: Money,
    /// What is owed for it: its tokens were used.
    pub(crate) owed: Money,
    /// The tokens that were taken back with it, or are given back.
    pub(crate) tokens: Tokens,
}

fn letter(of: &Contested, subject: String, paragraphs: Vec<String>) -> Words {
    let link = ("See the invoice".to_owned(), of.page.clone());
    Words { kind: MailKind::Payment, subject, paragraphs, link }
}

fn is_owed(of: &Contested, writing: &dyn Writing) -> Option<String> {
    let owed = (of.owed.minor() > 0).then(|| writing.money(of.owed))?;
    Some(format!(
        "{owed} is owed, since its tokens were used: new productions are refused until that is settled. What runs finishes."
    ))
}

/// It was opened.
pub(crate) fn opened(of: &Contested, writing: &dyn Writing) -> Words {
    let (amount, invoice) = (writing.money(of.amount), &of.invoice);
    let mut paragraphs =
        vec![format!("Whoever has paid invoice {invoice} asks their bank for {amount} back.")];
    if !of.tokens.is_zero() {
        let tokens = writing.tokens(of.tokens);
        paragraphs.push(format!(
            "{tokens} tokens that it bought and that were free are taken back until it is decided."
        ));
    }
    paragraphs.extend(is_owed(of, writing));
    let remedy = "If that was not meant, withdraw it at the bank: then all of it is as before.";
    paragraphs.push(remedy.to_owned());
    letter(of, format!("A payment is disputed: {amount} of invoice {invoice}"), paragraphs)
}

/// It was decided for whoever has paid.
pub(crate) fn lost(of: &Contested, writing: &dyn Writing) -> Words {
    let (amount, invoice) = (writing.money(of.amount), &of.invoice);
    let mut paragraphs = vec![format!("The bank has given {amount} of invoice {invoice} back for good.")];
    if !of.tokens.is_zero() {
        let tokens = writing.tokens(of.tokens);
        paragraphs.push(format!("{tokens} tokens stay taken back. A credit note is issued for them."));
    }
    match is_owed(of, writing) {
        Some(owed) => paragraphs.extend([owed, "Talk to JARAI to settle it.".to_owned()]),
        None => paragraphs.push("Nothing is owed for it.".to_owned()),
    }
    letter(of, format!("A disputed payment is lost: {amount} of invoice {invoice}"), paragraphs)
}

/// It was decided for JARAI, or withdrawn.
pub(crate) fn won(of: &Contested, writing: &dyn Writing) -> Words {
    let invoice = &of.invoice;
    let back = if of.tokens.is_zero() {
        "Nothing is owed for it any more.".to_owned()
    } else {
        format!("{} tokens are given back, and nothing is owed for it any more.", writing.tokens(of.tokens))
    };
    let paragraphs = vec![format!("The payment of invoice {invoice} stands. {back}")];
    letter(of, format!("A disputed payment stands: invoice {invoice}"), paragraphs)
}
