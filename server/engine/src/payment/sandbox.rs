//! What the sandbox's provider does that no other lets anybody do: its hosted page, and money that goes back past the console.

use crate::{
    Engine, Error,
    db::entity::payment,
    gateway::{Gateway, Sandbox, SandboxPage, SandboxPaid},
    team::Member,
};
use billing::{id::InvoiceId, money::Money, team::Permission};
use sea_orm::EntityTrait;

impl Engine {
    /// The sandbox's hosted page; none where there is no such one, or another provider moves the money.
    pub async fn sandbox_page(&self, reference: &str) -> Result<Option<SandboxPage>, Error> {
        match &self.test_cards {
            Some(provider) => provider.page(reference).await,
            None => Ok(None),
        }
    }

    /// Pays on the sandbox's hosted page.
    pub async fn sandbox_pay(&self, reference: &str, card: &str) -> Result<SandboxPaid, Error> {
        self.test_cards()?.pay(reference, card).await
    }

    /// Answers the second step that the sandbox's bank asks for.
    pub async fn sandbox_confirm(&self, reference: &str, agreed: bool) -> Result<SandboxPaid, Error> {
        self.test_cards()?.confirm(reference, agreed).await
    }

    /// Gives money of a payment back at the sandbox's provider, past the console: it hears of it like of any refund.
    pub async fn sandbox_refund(&self, payment: &str, amount: Money) -> Result<(), Error> {
        let key = self.fresh_request()?;
        self.test_cards()?.refund(&key, payment, amount).await.map(drop)
    }

    /// Has the sandbox's bank ask for a payment back (no verdict yet), or decide about it: won by us, or lost.
    pub async fn sandbox_dispute(&self, payment: &str, won: Option<bool>) -> Result<(), Error> {
        self.test_cards()?.dispute(payment, won).await
    }

    /// The same of a paid invoice of the member's customer, by who runs the platform.
    pub async fn sandbox_dispute_of(
        &self,
        by: &Member,
        invoice: InvoiceId,
        won: Option<bool>,
    ) -> Result<(), Error> {
        by.require(Permission::RunPlatform)?;
        let invoice = self.invoice_of(by, invoice).await?;
        let paid = payment::Entity::find_by_id((by.customer.to_string(), invoice.number.number));
        let paid = paid.one(&self.shared.pools.read).await?.ok_or(Error::NotFound("payment"))?;
        self.sandbox_dispute(&paid.reference, won).await?;
        self.see_payment(&paid, None).await.map(drop)
    }

    pub(super) fn test_cards(&self) -> Result<&Sandbox, Error> {
        self.test_cards.as_deref().ok_or(Error::NotFound("checkout"))
    }
}
