//! The main contact of an account: the one who was singled out for it. H1.

use crate::{
    Engine, Error,
    audit::MOVED_ON,
    db::{
        entity::{contact, main_contact},
        rows,
    },
    team::{
        Member,
        turn::{Kept, TeamAct, Turn},
    },
};
use async_trait::async_trait;
use billing::{
    audit::AuditAct,
    id::{AccountId, AuditId, ContactId, CustomerId},
    team::Permission,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Who is singled out for an account.
#[derive(Clone, Debug)]
pub(crate) struct ChosenContact {
    pub(crate) account: AccountId,
    /// Who it was when the choice was made, or what an entry that is put back has left.
    pub(crate) shown: Option<ContactId>,
    pub(crate) to: Option<ContactId>,
    pub(crate) reason: String,
    pub(crate) reverts: Option<AuditId>,
}

struct ChooseMain {
    by: Member,
    chosen: ChosenContact,
}

#[async_trait]
impl TeamAct for ChooseMain {
    type Answer = ();

    async fn act(&self, turn: &Turn<'_>) -> Kept<()> {
        let ChosenContact { account, shown, to, reason, reverts } = &self.chosen;
        if let Err(refused) = turn.is_run_by(&self.by, &account.to_string()).await? {
            return Ok(Err(refused));
        }
        turn.has_accounts(&[*account].into()).await?;
        let key = (turn.customer.to_string(), account.to_string());
        let row = main_contact::Entity::find_by_id(key.clone()).one(turn.transaction).await?;
        let now = row.map(|row| row.contact_id);
        let text = |id: Option<ContactId>| id.map(|id| id.to_string());
        if reverts.is_some() && now != text(*shown) {
            return Ok(Err(Error::Stale(MOVED_ON)));
        }
        if now == text(*to) {
            return Ok(Ok(()));
        }
        if now != text(*shown) {
            let is = match &now {
                Some(id) => turn.contact_name(id).await?,
                None => "nobody".to_owned(),
            };
            let why = format!("The main contact had been changed to {is} meanwhile.");
            turn.refuse(&self.by, &account.to_string(), &why).await?;
            return Ok(Err(Error::Changed { now: is }));
        }
        main_contact::Entity::delete_by_id(key.clone()).exec(turn.transaction).await?;
        if let Some(to) = to {
            let of = turn.contact(*to).await?.ok_or(Error::NotFound("contact"))?;
            if of.inactive_since.is_some() {
                return Err(super::invalid(
                    "contact",
                    "An inactive contact cannot be the main one. Nothing was changed.",
                ));
            }
            let row =
                main_contact::Model { customer_id: key.0, account_id: key.1, contact_id: to.to_string() };
            rows::insert::<main_contact::Entity>(turn.transaction, &[row]).await?;
        }
        let note = turn.by(&self.by, AuditAct::AccountChanged, account).moved("main contact", now, text(*to));
        turn.note(&note.because(reason).reverting(*reverts)).await?;
        Ok(Ok(()))
    }
}

impl Turn<'_> {
    async fn contact_name(&self, id: &str) -> Result<String, Error> {
        let key = (self.customer.to_string(), id.to_owned());
        let row = contact::Entity::find_by_id(key).one(self.transaction).await?;
        Ok(row.map_or_else(|| id.to_owned(), |row| super::details_of(&row).name()))
    }

    /// Whoever is inactive is no account's main contact.
    pub(super) async fn forget_main_contact(&self, contact: &str, by: &Member) -> Result<(), Error> {
        let found = main_contact::Entity::find()
            .filter(main_contact::Column::CustomerId.eq(self.customer.to_string()))
            .filter(main_contact::Column::ContactId.eq(contact));
        for row in found.all(self.transaction).await? {
            let note = self.by(by, AuditAct::AccountChanged, &row.account_id);
            self.note(&note.moved("main contact", Some(contact.to_owned()), None)).await?;
            let key = (row.customer_id, row.account_id);
            main_contact::Entity::delete_by_id(key).exec(self.transaction).await?;
        }
        Ok(())
    }
}

impl Engine {
    /// H1: singles a contact out for an account, made on what was shown; none singles out nobody.
    pub async fn choose_main_contact(
        &self,
        by: &Member,
        customer: CustomerId,
        account: AccountId,
        shown: Option<ContactId>,
        to: Option<ContactId>,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        let chosen = ChosenContact { account, shown, to, reason: String::new(), reverts: None };
        self.put_main_contact(by, customer, chosen).await
    }

    pub(crate) async fn put_main_contact(
        &self,
        by: &Member,
        customer: CustomerId,
        chosen: ChosenContact,
    ) -> Result<(), Error> {
        self.in_turn(customer, ChooseMain { by: by.clone(), chosen }).await
    }
}
