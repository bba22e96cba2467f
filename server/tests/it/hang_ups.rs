//! I-26: a caller that hangs up leaves a whole act or none.

use crate::support::{GRANTED, World, request};
use http::Method;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn i26_a_caller_that_hangs_up_leaves_no_half_act() {
    let world = World::new().await;
    let tiny = world.first.plan().replace("1500", "1").replace(r#""images":1"#, r#""images":0"#);
    let mut heard = 0;
    for number in 0_u64..200 {
        let path = format!("/api/v1/productions/p{number}");
        let asked = request(Method::PUT, &path, Some(&world.first.key), &tiny);
        let patience = Duration::from_micros(number * number);
        heard += i64::from(timeout(patience, world.send(asked)).await.is_ok());
    }
    assert!(heard < 200, "some must have been cut off");

    // Whoever hung up asks again: either it hears the first answer again or is admitted now.
    for number in 0..200 {
        let reply = world.admit(&format!("p{number}"), &tiny).await;
        assert!(reply.status.is_success(), "{}", reply.text());
        let receipt = world.ask(Method::GET, &format!("/api/v1/productions/p{number}"), "").await.json();
        let entries = receipt["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &receipt["hold"]["drawn"]), (1, &entries[0]["tokens"]), "{receipt}");
    }
    let held = 200 * 10;
    assert_eq!(world.capacity().await, (GRANTED - held, held));
}
