//! Who issues invoices: what the installation was started with. It stands in the installation's row, so that every process and
//! every command issues in the same name; each invoice and credit note keeps the one of its day. 5.29.

use crate::{
    Engine, Error,
    audit::Note,
    db::{begin_write, entity::installation, from_json, to_json},
    installation::load,
};
use billing::{
    audit::{Actor, AuditAct},
    payment::Issuer,
};
use sea_orm::{EntityTrait, Set};

impl Engine {
    /// Has invoices and credit notes issued in this name from now on; those that were issued keep theirs.
    pub async fn issue_invoices_as(&self, issuer: &Issuer) -> Result<(), Error> {
        let transaction = begin_write(&self.shared.pools.side).await?;
        let before = load(&transaction).await?.issuer;
        let after = to_json("installation", 1, issuer)?;
        if before.as_ref() == Some(&after) {
            return Ok(());
        }
        let row = installation::ActiveModel { issuer: Set(Some(after)), ..Default::default() };
        installation::Entity::update_many().set(row).exec(&transaction).await?;
        if let Some(before) = before {
            let before: Issuer = from_json("installation", 1, &before)?;
            let note = Note::beside(Actor::Operations, AuditAct::IssuerChanged, "issuer");
            let note = note.moved("name", Some(before.name), Some(issuer.name.clone()));
            let note =
                note.moved("address", Some(before.address.join(", ")), Some(issuer.address.join(", ")));
            let note = note.moved("tax id", before.tax_id, issuer.tax_id.clone());
            self.shared.note(&transaction, &note).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// In whose name invoices are issued; none where nobody has said.
    pub async fn issuer(&self) -> Result<Option<Issuer>, Error> {
        let issuer = load(&self.shared.pools.read).await?.issuer;
        issuer.map(|issuer| from_json("installation", 1, &issuer)).transpose()
    }
}
