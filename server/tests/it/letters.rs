//! Letters on their way to a mail server that listens: what leaves, and what becomes of a letter where the server refuses it,
//! falls silent or goes away. N3, T19.

use engine::{Engine, Settings, team::LinkKind};
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
