//! Opening an account by a customer's own administrator: as many as its plan has room for. T2, T3.

use super::{AccountLine, new_account};
use crate::{
    Engine, Error,
    audit::Note,
    team::Member,
    writer::{Act, Books, Desk, Paying, Touch},
};
use billing::{
    audit::{Actor, AuditAct},
    customer::AccountStatus,
    id::{AccountId, CustomerId, PersonId},
    team::Permission,
};

/// The longest name of an account.
const NAME_CHARACTERS: usize = 80;

/// The act: another account.
struct OpenAccount {
    customer: CustomerId,
    name: String,
    by: PersonId,
}

impl Act for OpenAccount {
    type Answer = AccountId;

    fn touches(&self) -> Touch {
        Touch::paying(self.customer, Paying::default())
    }

    fn decide(&self, books: &mut Books, desk: &Desk) -> Result<AccountId, Error> {
        let length = self.name.chars().count();
        if !(1..=NAME_CHARACTERS).contains(&length) || self.name.contains(char::is_control) {
            let message = format!("A name has 1 to {NAME_CHARACTERS} characters.");
            return Err(Error::Invalid { field: "name".to_owned(), message });
        }
        let offer = match books.payer.tier {
            Some(tier) => desk.prices()?.offer(tier),
            None => None,
        };
        if let Some(most) =
            offer.and_then(|offer| offer.accounts).filter(|most| books.in_use.accounts >= *most)
        {
            return Err(Error::TooManyAccounts { most });
        }
        let id = AccountId::new(desk.ids.next(desk.at)?);
        let row = new_account(self.customer, id, &self.name, AccountStatus::Active, desk.at)?;
        books.journal.accounts.push(row);
        books.in_use.accounts += 1;
        let note = Note::of(self.customer, Actor::Person(self.by), AuditAct::AccountOpened, id);
        books.note(&note.with("name", &self.name).with("status", "active"), desk)?;
        Ok(id)
    }
}

impl Engine {
    /// Opens an account, where the customer's plan has room for it.
    pub async fn open_account_of(&self, member: &Member, name: &str) -> Result<AccountLine, Error> {
        member.require(Permission::ManageBilling)?;
        let act = OpenAccount { customer: member.customer, name: name.trim().to_owned(), by: member.person };
        let id = self.writer.ask(act).await?;
        self.account(member.customer, id).await
    }
}
