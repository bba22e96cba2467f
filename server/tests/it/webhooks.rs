//! Events of the payment provider, as they come over HTTP. I-30.

use crate::support::{World, both};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::json;

/// Sends a body with this signature.
async fn send(world: &World, body: Vec<u8>, signature: Option<&[u8]>) -> StatusCode {
    let mut request = Request::builder().method(Method::POST).uri("/webhooks/payments");
    if let Some(signature) = signature {
        request = request.header("stripe-signature", signature);
    }
    world.send(request.body(Body::from(body)).unwrap()).await.status
}

both! {
    async fn i30_only_what_the_provider_has_signed_is_heard(on: On) {
        let world = World::on(on).await;
        let engine = &world.engine;
        let event = json!({"id": "evt_1", "type": "charge.succeeded", "data": {"object": {"id": "ch_1"}}});
        let body = event.to_string().into_bytes();
        let good = engine.sandbox_signature(&body).await.unwrap();
        let now: i64 = good[2..].split(',').next().unwrap().parse().unwrap();
        let v1 = good.split(',').nth(1).unwrap();
        let mut tampered = body.clone();
        tampered[8] ^= 1;
        for (name, body, signature) in [
            ("no header", body.clone(), None),
            ("a tampered byte", tampered, Some(good.clone())),
            ("another secret", body.clone(), Some(engine::payment::sign("whsec_other", &body, now))),
            ("only v0", body.clone(), Some(good.replace("v1=", "v0="))),
            ("another time", body.clone(), Some(format!("t={},{v1}", now - 301))),
            ("no event", Vec::new(), Some(engine.sandbox_signature(&[]).await.unwrap())),
            ("no text", vec![0xff, 0xfe], Some(engine.sandbox_signature(&[0xff, 0xfe]).await.unwrap())),
        ] {
            let status = send(&world, body, signature.as_deref().map(str::as_bytes)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{name}");
        }
        assert_eq!(send(&world, body.clone(), Some(&[0xff])).await, StatusCode::BAD_REQUEST, "a header that is no text");
        let large = vec![b' '; 2 * 1024 * 1024];
        assert_eq!(send(&world, large, Some(good.as_bytes())).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(!engine.has_heard("evt_1").await.unwrap(), "nothing of it was noted");
        assert_eq!(send(&world, body, Some(good.as_bytes())).await, StatusCode::OK);
        assert!(engine.has_heard("evt_1").await.unwrap());
    }
}

both! {
    /// Where Stripe takes the payments, its endpoint's secret counts and no other.
    async fn i30_where_stripe_is_set_up_its_secret_counts(on: On) {
        let world = World::paid_by_stripe(on, "whsec_stripes").await;
        let event = json!({"id": "evt_1", "type": "charge.succeeded", "data": {"object": {"id": "ch_1"}}});
        let body = event.to_string().into_bytes();
        let good = world.engine.sandbox_signature(&body).await.unwrap();
        let (time, v1) = good.split_once(',').unwrap();
        let now: i64 = time[2..].parse().unwrap();
        assert_eq!(good, engine::payment::sign("whsec_stripes", &body, now));
        let other = engine::payment::sign("whsec_before", &body, now);
        assert_eq!(send(&world, body.clone(), Some(other.as_bytes())).await, StatusCode::BAD_REQUEST);
        assert!(!world.engine.has_heard("evt_1").await.unwrap());
        let two = format!("{other},{v1}");
        assert_eq!(send(&world, body, Some(two.as_bytes())).await, StatusCode::OK, "signed by both while one is replaced");
        assert!(world.engine.has_heard("evt_1").await.unwrap());
    }
}
