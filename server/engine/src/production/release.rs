//! Releasing a hold that is stuck: an administrator ends the production, as its pipeline would have. A7, T17.

use crate::{
    Engine, Error,
    audit::Note,
    team::Member,
    writer::{Act, Books, Desk, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    id::{CustomerId, PersonId, ProductionName},
    production::{Conflict, End, Hold, Settlement},
    team::Permission,
};

/// The act.
struct Release {
    customer: CustomerId,
    production: ProductionName,
    by: PersonId,
    reason: String,
}

impl Act for Release {
    type Answer = Result<Settlement, Conflict>;

    fn touches(&self) -> Touch {
        Touch::production(self.customer, &self.production)
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<Self::Answer, Error> {
        books.production(&self.production)?;
        books.expire_if_lapsed(&self.production, desk)?;
        if let Hold::Open(open) = books.production(&self.production)?.hold.clone() {
            let held = open.outstanding();
            books.end(&self.production, open, End::Cancelled, desk)?;
            let note =
                Note::of(self.customer, Actor::Person(self.by), AuditAct::HoldReleased, &self.production);
            books.note(&note.moved("held", Some(held), None).because(&self.reason), desk)?;
        }
        match &books.production(&self.production)?.hold {
            // Sent twice, it is one end.
            Hold::Ended(ended) if ended.end == End::Cancelled => Ok(Ok(ended.settlement())),
            Hold::Ended(ended) => Ok(Err(ended.end.conflict())),
            Hold::Open(_) => Err(books.disagree("an ended hold is open")),
        }
    }
}

impl Engine {
    /// Ends a production that runs, as cancelled: what it still holds goes home. The reason is kept in the audit log.
    pub async fn release_hold(
        &self,
        member: &Member,
        production: ProductionName,
        reason: &str,
    ) -> Result<Settlement, Error> {
        member.require(Permission::ManageTeam)?;
        if reason.trim().is_empty() {
            let message = "Say why: it is kept in the audit log.".to_owned();
            return Err(Error::Invalid { field: "reason".to_owned(), message });
        }
        let (customer, by) = (member.customer, member.person);
        let act = Release { customer, production, by, reason: reason.to_owned() };
        self.writer.ask(act).await?.map_err(Error::Conflict)
    }
}
