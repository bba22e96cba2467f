//! What the page of accounts says of limits that bound one another. Readings 5.8, 5.11.

use crate::{
    pages::{sign_in, words},
    support::{World, both},
};
use billing::{
    budget::BudgetScope,
    money::{Currency, Money},
};

both! {
    async fn reading_5_8_who_reaches_only_some_accounts_is_told_no_figure_of_all_of_them(on: On) {
        let world = World::with_samples(on).await;
        let people = world.engine.sample_people().await.unwrap();
        let (mara, _) = people.iter().find(|(member, _)| member.email == "mara@northlight.example").unwrap();
        let limit = Some(Money::new(1_234, Currency::Gbp));
        world.engine.set_limit(mara.customer, BudgetScope::Customer(mara.customer), limit).await.unwrap();

        let whole = "Capped: all accounts together may spend £12.34 this month, of which nothing is left.";
        let part = "Capped: what all accounts together may spend leaves less.";
        let mut administrator = sign_in(&world, "mara@northlight.example").await;
        let seen = words(&administrator.get("/accounts").await);
        assert!(seen.contains(&format!("No limit of its own. {whole}")) && !seen.contains(part), "{seen}");
        let mut operator = sign_in(&world, "tunde@northlight.example").await;
        let seen = words(&operator.get("/accounts").await);
        assert!(seen.contains(part) && !seen.contains("12.34"), "{seen}");
    }
}
