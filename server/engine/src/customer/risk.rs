//! The risk score of a customer: it rises with each payment that is disputed, and the platform's administrators set it back.
//! I4; JARAI's own: no customer is shown it.

use crate::{
    Engine, Error,
    audit::Note,
    team::Member,
    writer::{Act, Books, Desk, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    id::{AuditId, CustomerId},
    sample,
    team::Permission,
    top_up::EndReason,
};

/// What becomes of the score.
#[derive(Clone, Copy)]
enum RiskChange {
    /// A payment was disputed.
    Rises,
    /// It is nothing again, where it is what was shown.
    Resets(i64),
    /// An entry is put back: it was set to nothing from this.
    Returns(i64, AuditId),
}

/// The act.
struct ChangeRisk {
    customer: CustomerId,
    change: RiskChange,
    by: Actor,
    reason: String,
}

impl Act for ChangeRisk {
    type Answer = ();

    fn touches(&self) -> Touch {
        Touch::wallet(self.customer)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let now = books.payer.risk_score;
        match self.change {
            RiskChange::Rises => books.raise_risk(&self.reason, desk),
            RiskChange::Resets(_) if now == 0 => Ok(()), // sent twice
            RiskChange::Resets(shown) if shown != now => {
                // Of no customer: that it has a score is JARAI's own.
                let note = Note::beside(self.by, AuditAct::ChangeRefused, self.customer);
                books.note(&note.because("The risk score had been changed meanwhile."), desk)?;
                Err(Error::Changed { now: now.to_string() })
            }
            RiskChange::Resets(_) => self.set(0, None, books, desk),
            RiskChange::Returns(..) if now != 0 => Err(Error::Stale("The risk score has risen since.")),
            RiskChange::Returns(to, entry) => self.set(to, Some(entry), books, desk),
        }
    }
}

impl ChangeRisk {
    fn set(&self, to: i64, reverts: Option<AuditId>, books: &mut Books, desk: &Desk) -> Result<(), Error> {
        let before = std::mem::replace(&mut books.payer.risk_score, to);
        let note = Note::of(self.customer, self.by, AuditAct::RiskScoreReset, self.customer)
            .moved("risk score", Some(before), Some(to))
            .because(&self.reason)
            .reverting(reverts);
        books.note(&note, desk)
    }
}

impl Books {
    /// I4: the score rises by what one dispute counts, in the transaction of the act that hears of it; and nothing more is
    /// bought without asking.
    pub(crate) fn raise_risk(&mut self, why: &str, desk: &Desk) -> Result<(), Error> {
        let before = self.payer.risk_score;
        self.payer.risk_score = before.saturating_add(sample::RISK_PER_DISPUTE);
        let after = self.payer.risk_score;
        let note = Note::of(self.customer, Actor::Operations, AuditAct::RiskScoreRaised, self.customer)
            .moved("risk score", Some(before), Some(after))
            .because(why);
        self.note(&note, desk)?;
        self.end_top_up(EndReason::Disputed, None, desk)
    }
}

impl Engine {
    /// A payment of the customer was disputed: its risk score rises. `why` says which.
    pub async fn raise_risk(&self, customer: CustomerId, why: &str) -> Result<(), Error> {
        let (change, by) = (RiskChange::Rises, Actor::Operations);
        self.writer.ask(ChangeRisk { customer, change, by, reason: why.to_owned() }).await
    }

    /// Sets a customer's risk score to nothing, with a reason, where it is what was shown.
    pub async fn reset_risk(
        &self,
        by: &Member,
        customer: CustomerId,
        shown: i64,
        reason: &str,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        if reason.trim().is_empty() {
            let message = "Say why: the audit log keeps it. Nothing was changed.".to_owned();
            return Err(Error::Invalid { field: "reason".to_owned(), message });
        }
        let (change, by) = (RiskChange::Resets(shown), Actor::Person(by.person));
        self.writer.ask(ChangeRisk { customer, change, by, reason: reason.to_owned() }).await
    }

    /// Puts a score back that was set to nothing.
    pub(crate) async fn put_risk_back(
        &self,
        by: Actor,
        customer: CustomerId,
        to: i64,
        (entry, reason): (AuditId, &str),
    ) -> Result<(), Error> {
        let change = RiskChange::Returns(to, entry);
        self.writer.ask(ChangeRisk { customer, change, by, reason: reason.to_owned() }).await
    }
}
