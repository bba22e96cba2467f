//! The server that the gate's interface is held against: it reads JSON and answers with the same, and does nothing else. It says where
//! it listens, and ends with its standard input.

use anyhow::Result;
use axum::{
    Json, Router,
    serve::{ListenerExt, serve},
};
use serde_json::Value;
use std::{
    io::{Write, stdin, stdout},
    net::Ipv4Addr,
};
use tokio::{net::TcpListener, task::spawn_blocking};

#[tokio::main]
async fn main() -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    writeln!(stdout(), "http://{}", listener.local_addr()?)?;
    // As the console does: answers are small and written at once.
    let listener = listener.tap_io(|connection| connection.set_nodelay(true).unwrap_or_default());
    let echo = Router::new().fallback(async |Json(body): Json<Value>| Json(body));
    let asked = spawn_blocking(|| stdin().lines().for_each(drop));
    let end = async { asked.await.unwrap_or_default() };
    Ok(serve(listener, echo).with_graceful_shutdown(end).await?)
}
