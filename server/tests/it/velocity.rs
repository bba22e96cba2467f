//! Whoever buys too fast from one network, as a browser and proxies say it. T5, T19.

use crate::{
    browser::{Browser, form},
    pages::words,
    support::{Reply, World, both},
};
use axum::extract::ConnectInfo;
use billing::{
    money::Currency,
    payment::{BillingDetails, Country},
    team::Role,
    tokens::Tokens,
};
use engine::{payment::Wanted, team::NewMember};
use http::{Method, StatusCode};
use std::net::{IpAddr, SocketAddr};

/// The network that buys too much.
const BUSY: &str = "203.0.113.9";

/// Orders a pack over this connection, as a proxy may have passed it on.
async fn order(world: &World, browser: &Browser<'_>, request: &str, (peer, said): (&str, &str)) -> Reply {
    let fields = form(&[("pack", "50000"), ("request", request)]);
    let mut asked = browser.request(Method::POST, "/act/order-pack", &fields);
    asked.headers_mut().insert("x-forwarded-for", said.parse().unwrap());
    let peer: SocketAddr = format!("{peer}:1234").parse().unwrap();
    asked.extensions_mut().insert(ConnectInfo(peer));
    world.send(asked).await
}

/// Other customers, who have ordered as much from there as may be.
async fn crowd(world: &World) {
    let (engine, from): (_, IpAddr) = (&world.engine, BUSY.parse().unwrap());
    for name in ["third", "fourth"] {
        let customer = engine.open_customer(name, Currency::Gbp).await.unwrap();
        engine.set_billing_details(customer, details()).await.unwrap();
        let email = format!("{name}@example.com");
        let role = Role::CustomerAdministrator;
        let new = NewMember { name, email: &email, password: "a long password", role };
        let person = engine.add_member(customer, new).await.unwrap();
        let buyer = engine.member(person, None).await.unwrap().unwrap();
        for number in 0..30 {
            let pack = Wanted::Pack(Tokens::new(50_000).unwrap(), None);
            engine.order_from(&buyer, &format!("{name}-{number}"), pack, from).await.unwrap();
        }
    }
}

fn details() -> BillingDetails {
    BillingDetails {
        name: "First".to_owned(),
        address: vec!["1 High Street".to_owned()],
        country: Country::GB,
        email: "billing@first.example".to_owned(),
        tax_id: None,
    }
}

both! {
    /// T5, T19: what a client says of its address moves no limit: it is told what, why and from when on, on the form with its
    /// choice; a trusted proxy tells clients apart.
    async fn t5_a_spoofed_address_buys_no_more(on: On) {
        let world = World::on(on).await;
        world.engine.set_billing_details(world.first.id, details()).await.unwrap();
        let mut browser = Browser::signed_in(&world).await;
        crowd(&world).await;
        for round in 0..3 {
            let said = format!("198.51.100.{round}");
            let refused = order(&world, &browser, &format!("spoofed-{round}"), (BUSY, &said)).await;
            assert_eq!(refused.status, StatusCode::SEE_OTHER);
            assert_eq!(refused.header("location"), "/buy?pack=50000", "back to the form, with the choice");
            let page = browser.get("/buy?pack=50000").await;
            let said = words(&page);
            assert!(said.contains("Many packs were ordered from your network in a short time."), "{said}");
            assert!(said.contains("the next order waits until 22 Oct, 12:0") && said.contains("UTC. Nothing was charged."), "{said}");
            assert!(page.text().contains("name=\"pack\" value=\"50000\""), "the pack is still chosen");
            assert!(!words(&browser.get("/buy").await).contains("short time"), "once");
        }
        let elsewhere = order(&world, &browser, "elsewhere", ("10.0.0.7", "198.51.100.7")).await;
        assert!(elsewhere.header("location").contains("/sandbox/pay/"), "{elsewhere:?}");
        let behind = order(&world, &browser, "behind", ("10.0.0.7", BUSY)).await;
        assert_eq!(behind.header("location"), "/buy?pack=50000", "also behind a proxy that is trusted");
    }
}
