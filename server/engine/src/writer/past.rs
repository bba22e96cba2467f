//! Acts of the past, each at an instant of its own and any number of them in one transaction: how large sample books are
//! made before anybody uses them, by the decisions and the saving that every act goes through.

use super::{Act, Books, Desk, Shared, Touch, kept::Kept, load, save};
use crate::{Error, db::begin_write, ids::Ids};
use billing::{id::CustomerId, notice::Plain, payment::TaxCalculator, pnl::Catalog, time::Timestamp};
use sea_orm::ConnectionTrait;
use std::{collections::HashMap, sync::Arc};

/// The books of some customers, as they become act by act.
pub(crate) struct Past<'a> {
    books: HashMap<CustomerId, Books>,
    ids: &'a Ids,
    catalog: Arc<Catalog>,
    tax: TaxCalculator,
    issuer: Option<String>,
}

impl Past<'_> {
    /// One customer's books.
    pub(crate) fn books(&self, customer: CustomerId) -> Result<&Books, Error> {
        self.books.get(&customer).ok_or(Error::NotFound("customer"))
    }

    /// Grants and invoices what is due to a customer at an instant.
    pub(crate) fn refresh(&mut self, customer: CustomerId, at: Timestamp) -> Result<(), Error> {
        self.at(customer, at, |_, _| Ok(()))
    }

    /// Does an act to a customer's books at an instant, which is not before those of its earlier acts. Productions of
    /// earlier transactions are not in these books.
    pub(crate) fn act<A: Act>(
        &mut self,
        customer: CustomerId,
        act: &A,
        at: Timestamp,
    ) -> Result<A::Answer, Error> {
        self.at(customer, at, |books, desk| act.decide(books, desk))
    }

    fn at<T>(
        &mut self,
        customer: CustomerId,
        at: Timestamp,
        decide: impl FnOnce(&mut Books, &Desk) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Self { books, ids, catalog, tax, issuer } = self;
        let issuer = issuer.as_deref();
        let desk = Desk { at, ids, catalog, tax: *tax, idle: false, writing: &Plain, issuer };
        let books = books.get_mut(&customer).ok_or(Error::NotFound("customer"))?;
        books.refresh(&desk)?;
        decide(books, &desk)
    }
}

/// Does acts in one transaction: loads what these touch as of `from`, the first instant, and saves what has become of it.
/// On an error nothing of it is in the books.
pub(crate) async fn write_past<T>(
    shared: &Shared,
    ids: &Ids,
    touches: &[Touch],
    from: Timestamp,
    acts: impl FnOnce(&mut Past<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let transaction = begin_write(&shared.pools.write).await?;
    let mut kept = Kept::default();
    load::lock(&transaction, touches.iter().map(|touch| touch.customer)).await?;
    let (installation, books) = load::load(&transaction, touches, from, &mut kept).await?;
    let catalog = shared.lists(&transaction, installation.catalog_changed_at).await?;
    let mut past = Past { books, ids, catalog, tax: shared.tax, issuer: installation.issuer };
    let answer = acts(&mut past)?;
    let saved = save::rows_of(transaction.get_database_backend(), &mut past.books)?;
    saved.under_locks().write(&transaction).await?;
    transaction.commit().await?;
    Ok(answer)
}
