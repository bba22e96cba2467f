//! Letters on their way to a mail server that listens: what leaves, and what becomes of a letter where the server refuses it,
//! falls silent or goes away. N3, T19.

use crate::support::{World, both};
use async_trait::async_trait;
use axum::body::Body;
use engine::{
    Engine, Settings,
    mail::{Carried, Carrier, MailKind, NotCarried},
    team::LinkKind,
};
use http::{Method, Request, StatusCode};
use sea_orm::{ConnectionTrait, Statement};
use server::smtp::Smtp;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What a mail server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Takes,
    RefusesTheAddress,
    IsBusy,
    FallsSilent,
    GoesAway,
}

/// A mail server on a port of its own, and the letters that it took.
async fn mail_server(does: Does) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, taken) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<String>>>::default());
    let letters = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, does, Arc::clone(&letters)));
        }
    });
    (port, taken)
}

async fn talk(stream: TcpStream, does: Does, taken: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let (from, mut to) = stream.into_split();
    let mut lines = BufReader::new(from).lines();
    to.write_all(b"220 mail.test ESMTP\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match (word.as_str(), does) {
            ("RCPT", Does::RefusesTheAddress) => "550 no such mailbox",
            ("RCPT", Does::IsBusy) => "451 come back later",
            ("DATA", Does::GoesAway) => return None,
            ("DATA", Does::FallsSilent) => {
                tokio::time::sleep(Duration::from_mins(1)).await;
                return None;
            }
            ("DATA", _) => {
                to.write_all(b"354 go on\r\n").await.ok()?;
                let mut letter = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    letter.push_str(&line);
                    letter.push('\n');
                }
                taken.lock().unwrap().push(letter);
                "250 taken"
            }
            ("EHLO", _) => "250 mail.test",
            ("QUIT", _) => "221 bye",
            _ => "250 ok",
        };
        to.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}

/// An engine with one letter that waits, and a mail server.
struct Post {
    engine: Engine,
    taken: Arc<Mutex<Vec<String>>>,
    url: String,
    _folder: tempfile::TempDir,
}

impl Post {
    async fn of(does: Does) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
        let engine = Engine::open(Settings { database_url: url.clone(), sandbox: true }).await.unwrap();
        engine.send_link(LinkKind::SignIn, "mara@northlight.example", [127, 0, 0, 1].into()).await.unwrap();
        let (port, taken) = mail_server(does).await;
        engine.send_letters_by(Arc::new(smtp(port)));
        Self { engine, taken, url, _folder: folder }
    }

    /// Sent, waiting and tried, given up.
    async fn states(&self) -> [i64; 3] {
        let database = sea_orm::Database::connect(&self.url).await.unwrap();
        let mut states = [0; 3];
        for (state, condition) in states.iter_mut().zip([
            "sent_at IS NOT NULL",
            "sent_at IS NULL AND given_up_at IS NULL AND tries > 0 AND next_try_at > 0",
            "given_up_at IS NOT NULL",
        ]) {
            let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM mail WHERE {condition}");
            let row = database
                .query_one_raw(Statement::from_string(database.get_database_backend(), sql))
                .await
                .unwrap()
                .unwrap();
            *state = row.try_get_by_index(0).unwrap();
        }
        states
    }
}

fn smtp(port: u16) -> Smtp {
    let url = format!("smtp://127.0.0.1:{port}").parse().unwrap();
    let from = "JARAI Console <console@example.com>".parse().unwrap();
    let origin = "https://console.example.com".parse().unwrap();
    Smtp::new(&url, from, origin, Duration::from_secs(2)).unwrap()
}

/// Both parts, our own origin, nothing to switch off where it cannot be.
#[tokio::test]
async fn n3_t19_a_letter_leaves_with_both_parts_and_links_to_the_public_origin() {
    let post = Post::of(Does::Takes).await;
    let sent = post.engine.send_letters().await.unwrap();
    let again = post.engine.send_letters().await.unwrap();
    assert!(sent <= 1 && again == 0, "{sent} {again}");
    for _ in 0..50 {
        if post.states().await == [1, 0, 0] {
            break; // the sweep may have been first
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(post.states().await, [1, 0, 0]);
    let taken = post.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 1);
    let letter = taken[0].replace("=\n", "");
    for part in [
        "From: \"JARAI Console\" <console@example.com>",
        "To: mara@northlight.example",
        "Subject: There is no sign-in for this address",
        "Message-ID: <mai_",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain",
        "Content-Type: text/html",
        "https://console.example.com/register",
    ] {
        assert!(letter.contains(part), "{part} is not in\n{letter}");
    }
    assert!(!letter.contains("List-Unsubscribe") && !letter.contains("127.0.0.1"), "{letter}");
}

#[tokio::test]
async fn n3_a_mail_server_that_refuses_falls_silent_or_goes_away_loses_no_letter() {
    for (does, states) in [
        (Does::RefusesTheAddress, [0, 0, 1]),
        (Does::IsBusy, [0, 1, 0]),
        (Does::FallsSilent, [0, 1, 0]),
        (Does::GoesAway, [0, 1, 0]),
    ] {
        let post = Post::of(does).await;
        post.engine.send_letters().await.unwrap();
        for _ in 0..50 {
            if post.states().await == states {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(post.states().await, states, "{does:?}");
        assert!(post.taken.lock().unwrap().is_empty(), "{does:?}");
    }
    let nobody = Post::of(Does::Takes).await;
    let error = engine::mail::Carrier::carry(&smtp(1), &carried(&nobody).await).await.unwrap_err();
    assert!(matches!(error, engine::mail::NotCarried::Later(_)), "nobody listens: {error}");
}

async fn carried(post: &Post) -> engine::mail::Carried {
    let posted = post.engine.mailbox(None).await.unwrap().remove(0);
    engine::mail::Carried { posted, stop: Some("token".to_owned()) }
}

/// RFC 8058: only where a kind can be switched off, the letter has the header.
#[tokio::test]
async fn n3_a_letter_that_can_be_switched_off_says_where() {
    let post = Post::of(Does::Takes).await;
    let (at, taken) = mail_server(Does::Takes).await;
    engine::mail::Carrier::carry(&smtp(at), &carried(&post).await).await.unwrap();
    let letter = taken.lock().unwrap().remove(0);
    let header = "List-Unsubscribe: <https://console.example.com/letters/stop?token=token>";
    assert!(letter.contains(header), "{letter}");
    assert!(letter.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{letter}");
}

/// A carrier that keeps what it is handed.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Carried>>);

#[async_trait]
impl Carrier for Kept {
    async fn carry(&self, letter: &Carried) -> Result<(), NotCarried> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

both! {
    /// RFC 8058: a mail program posts to the address of the header as it stands there, without a cookie or an origin, and is
    /// led nowhere. Only letters of that kind are off, and only that person's; looking at the address switches nothing off.
    async fn n3_one_click_of_a_mail_program_switches_a_kind_off(on: On) {
        let world = World::with_samples(on).await;
        let (engine, kept) = (&world.engine, Arc::new(Kept::default()));
        engine.send_letters_by(kept.clone());
        let mut stop = None;
        for _ in 0..100 {
            engine.send_letters().await.unwrap();
            let letters = kept.0.lock().unwrap().clone();
            let found = letters.iter().find(|one| {
                let letter = &one.posted.letter;
                (letter.kind, letter.to.as_str()) == (MailKind::AllowanceUsed, "mara@northlight.example")
            });
            stop = found.and_then(|one| one.stop.clone());
            if stop.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let token = stop.expect("a letter of a kind that can be switched off");
        let ask = async |method: Method, token: &str, body: &'static str| {
            let request = Request::builder()
                .method(method)
                .uri(format!("/letters/stop?token={token}"))
                .header("content-type", "application/x-www-form-urlencoded");
            world.send(request.body(Body::from(body)).unwrap()).await
        };
        assert_eq!(ask(Method::GET, &token, "").await.status, StatusCode::OK);
        assert!(!engine.letters_of(&token).await.unwrap().is_off, "nothing happens by looking");
        let forged = ask(Method::POST, &format!("{token}0"), "List-Unsubscribe=One-Click").await;
        assert_eq!(forged.status, StatusCode::NOT_FOUND);
        for _ in 0..2 {
            let reply = ask(Method::POST, &token, "List-Unsubscribe=One-Click").await;
            assert_eq!((reply.status, reply.header("location")), (StatusCode::OK, ""), "{}", reply.text());
            assert!(engine.letters_of(&token).await.unwrap().is_off);
        }
        let mara = engine.sample_people().await.unwrap();
        let mara = mara.into_iter().find(|(one, _)| one.email == "mara@northlight.example").unwrap().0;
        let off = engine.letter_choices(&mara).await.unwrap().into_iter().filter(|one| !one.wanted);
        assert_eq!(off.map(|one| one.kind).collect::<Vec<_>>(), [MailKind::AllowanceUsed]);
    }
}
