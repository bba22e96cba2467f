//! How fast packs are bought and cards declined: by customer, by network, by card, in several processes. T5.

use crate::{
    shop::{PACK, PAID, PRO, Shop},
    support::{World, both},
};
use anyhow::{Context, Result, bail};
use billing::{
    id::OrderId,
    payment::OrderState,
    time::{Span, Timestamp},
    tokens::Tokens,
};
use engine::{
    Engine, Error, Hurry, Settings, TooFast,
    payment::{Ordered, SandboxPaid, Wanted},
    team::Member,
};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use sha2::{Digest, Sha256};
use std::{fmt::Write, net::IpAddr};

const NO_FUNDS: &str = "4000 0000 0000 9995";
const DECLINED: &str = "4000 0000 0000 0002";
/// Asks for a second step.
const ASKS: &str = "4000 0025 0000 3155";

fn pack() -> Wanted {
    Wanted::Pack(Tokens::new(PACK).expect("tokens"), None)
}

fn address(last: u8) -> IpAddr {
    [203, 0, 113, last].into()
}

/// Whether it was refused for this reason, with when it goes on.
fn hurry(answer: Result<Ordered, Error>, of: Hurry) -> Result<Timestamp> {
    match answer {
        Err(Error::TooFast(TooFast { of: is, until })) if is == of => Ok(until),
        other => bail!("{of:?}: {other:?}"),
    }
}

/// The member who buys, and an order that can be paid, from an address.
async fn open(engine: &Engine, buyer: &Member, request: &str, from: IpAddr) -> Result<String> {
    let Ordered::Order(order) = engine.order_from(buyer, request, pack(), from).await? else {
        bail!("an order")
    };
    let url = engine.checkout_from(buyer, order.id, "words".to_owned(), from).await?;
    Ok(url.rsplit('/').next().context("a reference")?.to_owned())
}

/// The order that is newest.
async fn order_of(engine: &Engine, buyer: &Member) -> Result<OrderId> {
    Ok(engine.orders_of(buyer).await?.first().context("an order")?.order.id)
}

/// Declines cards on hosted pages until no page is opened any more; how many there were, and what was said then.
async fn declined(shop: &Shop<'_>, card: &str, from: IpAddr) -> Result<(usize, TooFast)> {
    let engine = &shop.world.engine;
    for tried in 0..100 {
        let page = match open(engine, &shop.buyer, &format!("{card}-{from}-{tried}"), from).await {
            Ok(page) => page,
            Err(error) => match error.downcast::<Error>()? {
                Error::TooFast(too_fast) => return Ok((tried, too_fast)),
                other => return Err(other.into()),
            },
        };
        if engine.sandbox_pay(&page, card).await? == SandboxPaid::Asks {
            engine.sandbox_confirm(&page, false).await?;
        }
        engine.hear_sandbox().await?;
    }
    bail!("nobody was stopped")
}

both! {
    /// T5: thirty packs at once, whoever asks in whichever process; then one each ten minutes, and it says from when on. What
    /// was ordered before is the same order still, and counts once.
    async fn t5_packs_of_a_customer_are_limited_in_all_processes_together(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let ordered = join_all((0..40).map(|number| {
            let engine = if number % 2 == 0 { &world.engine } else { &other };
            let buyer = &shop.buyer;
            async move { engine.order(buyer, &format!("pack-{number}"), pack()).await }
        }))
        .await;
        let made: Vec<usize> = (0..40).filter(|place| ordered[*place].is_ok()).collect();
        assert_eq!(made.len(), 30, "thirty, in both processes together");
        for refused in ordered.iter().filter(|answer| answer.is_err()) {
            let until = hurry(refused.clone(), Hurry::PacksOfCustomer)?;
            let now = world.engine.now();
            assert!(until > now && until <= now.after(Span::minutes(10)), "{until}");
        }
        let again = other.order(&shop.buyer, &format!("pack-{}", made[0]), pack()).await?;
        assert!(matches!(again, Ordered::Order(_)), "the same order, under its own name");
        assert_eq!(world.count("\"order\"").await?, 30, "nothing was written for the others");
        world.engine.advance_sandbox_clock(Span::minutes(10)).await?;
        world.engine.order(&shop.buyer, "later", pack()).await?;
        hurry(other.order(&shop.buyer, "too soon", pack()).await, Hurry::PacksOfCustomer)?;
        other.close().await;
        Ok(())
    }
}

both! {
    /// T5: by network, whichever customers are behind it; elsewhere nobody is slowed down by it, and what was refused for the
    /// network does not count for the customer.
    async fn t5_packs_from_a_network_are_limited_whoever_asks(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let mut until = None;
        let mut made = 0;
        for number in 0..70 {
            if number % 25 == 0 {
                forget(world, "packs_of_customer").await?; // as of another customer
            }
            match world.engine.order_from(&shop.buyer, &format!("pack-{number}"), pack(), address(1)).await {
                Ok(_) => made += 1,
                Err(Error::TooFast(TooFast { of: Hurry::PacksFrom, until: at })) => until = Some(at),
                other => bail!("{other:?}"),
            }
        }
        assert_eq!(made, 60);
        let until = until.context("refused")?;
        assert!(until <= world.engine.now().after(Span::minutes(5)), "{until}");
        for number in 0..15 {
            let elsewhere = format!("elsewhere-{number}");
            world.engine.order_from(&shop.buyer, &elsewhere, pack(), address(2)).await?;
        }
        hurry(world.engine.order_from(&shop.buyer, "again", pack(), address(1)).await, Hurry::PacksFrom)?;
        Ok(())
    }
}

/// Forgets what was counted of the customer.
async fn forget(world: &World, pace: &str) -> Result<()> {
    let mut hash = Sha256::new_with_prefix(pace);
    hash.update([0]);
    hash.update(world.customer.to_string());
    let subject = hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    set(world, &format!("DELETE FROM try_limit WHERE subject = '{subject}'")).await
}

async fn set(world: &World, sql: &str) -> Result<()> {
    let database = world.database().await?;
    database.execute_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    Ok(())
}

both! {
    /// T5: cards that are declined stop a customer sooner than what is bought; the page on which that happens is closed, so that
    /// not one card more is tried on it. Each decline counts once, however often it is told of. What runs by itself is not held up.
    async fn t5_declines_are_stricter_and_close_the_page(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        shop.buy("first", pack()).await?;
        let page = open(&world.engine, &shop.buyer, "tester", address(1)).await?;
        let mut tried = 0;
        for card in [NO_FUNDS, DECLINED, NO_FUNDS, DECLINED, NO_FUNDS, DECLINED, ASKS, ASKS, PAID] {
            let mut said = world.engine.sandbox_pay(&page, card).await?;
            if said == SandboxPaid::Asks {
                said = world.engine.sandbox_confirm(&page, false).await?;
            }
            let SandboxPaid::Declined(why) = said else { bail!("declined: {said:?}") };
            if why.contains("expired") {
                break; // the page is closed
            }
            tried += 1;
            world.engine.hear_sandbox().await?;
            world.engine.come_back(&shop.buyer, order_of(&world.engine, &shop.buyer).await?).await?;
        }
        assert_eq!(tried, 8, "eight for a customer, each card being below its own four");
        assert_eq!(world.count("payment_decline").await?, 8, "each once");
        let refused = world.engine.order_from(&shop.buyer, "next", pack(), address(2)).await;
        let until = hurry(refused, Hurry::DeclinesOfCustomer)?;
        assert!(until <= world.engine.now().after(Span::minutes(30)), "{until}");
        let owner = world.engine.order(&shop.buyer, "plan", Wanted::Plan(PRO)).await?;
        let Ordered::Order(plan) = owner else { bail!("an order") };
        let refused = world.engine.checkout(&shop.buyer, plan.id, "words".to_owned()).await;
        assert!(matches!(refused, Err(Error::TooFast(_))), "whatever is paid on it: {refused:?}");
        world.engine.advance_sandbox_clock(Span::minutes(31)).await?;
        let order = shop.buy("after", pack()).await?;
        assert_eq!((order.state, shop.bought().await?), (OrderState::Paid, 2 * PACK));
        Ok(())
    }
}

both! {
    /// T5: one card is tried four times, whoever for: the fourth page on which it is declined is closed, and each after it.
    async fn t5_a_card_that_is_declined_again_and_again_closes_its_page(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let page = open(&world.engine, &shop.buyer, "tester", address(1)).await?;
        for tried in 0..4 {
            let said = world.engine.sandbox_pay(&page, DECLINED).await?;
            assert!(matches!(&said, SandboxPaid::Declined(why) if !why.contains("expired")), "{tried}: {said:?}");
            world.engine.hear_sandbox().await?;
        }
        assert_eq!(world.count("\"order\" WHERE state = 'expired'").await?, 1);
        let page = open(&world.engine, &shop.buyer, "another", address(1)).await?;
        world.engine.sandbox_pay(&page, DECLINED).await?;
        world.engine.hear_sandbox().await?;
        assert_eq!(world.count("\"order\" WHERE state = 'expired'").await?, 2, "the fifth at once");
        let order = shop.buy("with another card", pack()).await?;
        assert_eq!(order.state, OrderState::Paid, "whoever has a good card is let pay");
        Ok(())
    }
}

both! {
    /// T5: what is declined from one network stops it, with whichever customers it is tried; from elsewhere they go on.
    async fn t5_declines_from_a_network_stop_it(world: &World) -> Result<()> {
        let shop = Shop::open(world).await?;
        let mut seen = 0;
        for card in [NO_FUNDS, DECLINED, ASKS] {
            let (tried, too_fast) = declined(&shop, card, address(9)).await?;
            seen += tried;
            if too_fast.of == Hurry::DeclinesFrom {
                assert_eq!(seen, 12);
                let elsewhere = open(&world.engine, &shop.buyer, "elsewhere", address(10)).await;
                assert!(elsewhere.is_ok(), "{elsewhere:?}");
                return Ok(());
            }
            assert_eq!(too_fast.of, Hurry::DeclinesOfCustomer);
            forget(world, "declines_of_customer").await?; // as of another customer
        }
        bail!("the network was never stopped")
    }
}
