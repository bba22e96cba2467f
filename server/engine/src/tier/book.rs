//! The price book in force.

use crate::{
    Engine, Error,
    db::{
        begin_write,
        customer::payer_of,
        entity::{customer, price_book_version},
        from_json, rows, to_json,
    },
    pnl::{Lists, listed, next_version},
};
use billing::{
    sample,
    tier::{PriceBook, Terms},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

impl Engine {
    /// The price book in force.
    pub async fn price_book(&self) -> Result<PriceBook, Error> {
        let row = price_book_version::Entity::find()
            .filter(price_book_version::Column::EffectiveAt.lte(self.now().micros()))
            .order_by_desc(price_book_version::Column::EffectiveAt)
            .one(&self.shared.pools.read)
            .await?;
        let row = row.ok_or(Error::NotFound("price book"))?;
        from_json("price_book_version", row.version, &row.book)
    }

    /// Sells by another price book from an instant on, later than the newest and not in the past: what was ordered, invoiced
    /// and subscribed to keeps the version that it was made by. Answers the book's version.
    pub async fn import_price_book(&self, book: &PriceBook, effective_at: Timestamp) -> Result<i64, Error> {
        let invalid = |message: String| Error::Invalid { field: "book".to_owned(), message };
        book.check().map_err(|error| invalid(error.to_string()))?;
        let transaction = begin_write(&self.shared.pools.side).await?;
        let known = Lists::load(&transaction).await?.catalog;
        let newest = known.price_books.last();
        let version = next_version("price book", newest, |newest| newest.version, effective_at, self.now())?;
        let json = to_json("price_book_version", version, &PriceBook { version, ..book.clone() })?;
        let row = price_book_version::Model { version, effective_at: effective_at.micros(), book: json };
        rows::insert::<price_book_version::Entity>(&transaction, &[row]).await?;
        let note = listed("price book").with("from", effective_at).with("version", version);
        self.publish(&transaction, note).await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// What a customer's tier allows; no limits where no tier applies.
    pub(crate) async fn terms_of(&self, of: &customer::Model) -> Result<Terms, Error> {
        let Some(tier) = payer_of(of)?.tier else { return Ok(Terms::UNLIMITED) };
        Ok(self.price_book().await?.offer(tier).map_or(Terms::UNLIMITED, |offer| offer.terms))
    }
}

/// Where nobody has imported a price book, the sample one is in force, and says that it is one.
pub(crate) async fn have_one(write: &DatabaseConnection) -> Result<(), Error> {
    if price_book_version::Entity::find().count(write).await? > 0 {
        return Ok(());
    }
    let book = sample::price_book().map_err(|error| Error::corrupt("sample", "price book", error))?;
    let effective_at = Timestamp::from(chrono::DateTime::UNIX_EPOCH).micros();
    let (version, json) = (book.version, to_json("price_book_version", book.version, &book)?);
    let row = price_book_version::Model { version, effective_at, book: json };
    rows::insert::<price_book_version::Entity>(write, &[row]).await
}
