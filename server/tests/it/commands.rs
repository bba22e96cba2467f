//! The binary's commands, as somebody at a terminal meets them.

use crate::support::{On, both};
use engine::{Engine, team::SignIn};
use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write as _},
    net::Ipv4Addr,
    path::Path,
    process::{Command, Output, Stdio},
};

fn server(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    for variable in [
        "JARAI_LISTEN",
        "JARAI_SANDBOX",
        "JARAI_SITE_ROOT",
        "JARAI_PUBLIC_ORIGIN",
        "DATABASE_URL",
        "RUST_LOG",
    ] {
        command.env_remove(variable);
    }
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    server(arguments).output().unwrap()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

/// The one line that a command that failed has said last.
fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    lines(&output.stderr).pop().unwrap()
}

#[test]
fn serve_says_where_it_listens_and_ends_well_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/data/console.db?mode=rwc", folder.path().display());
    let mut child =
        server(&["serve", "--sandbox", "--listen", "127.0.0.1:0", "--database-url", &url]).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let ready = out.next().unwrap();
    let address =
        ready.strip_prefix("Console ready at http://").unwrap_or_else(|| panic!("{ready}")).to_owned();
    // People first, then the key, then accounts.
    let samples: Vec<String> = out.by_ref().take_while(|line| !line.starts_with("  account  acc_")).collect();
    assert!(samples[0].starts_with("  mara@northlight.example  "), "{samples:?}");
    assert!(samples.last().is_some_and(|line| line.starts_with("  key  jk_")), "{samples:?}");

    let taken = run(&["serve", "--sandbox", "--listen", &address, "--database-url", "sqlite::memory:"]);
    assert!(complaint(&taken).starts_with(&format!("error: {address} is already in use")), "{taken:?}");

    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn serve_refuses_plain_http_outside_a_sandbox() {
    for more in [&[][..], &["--public-origin", "http://console.example.com"]] {
        let output = run(&[&["serve", "--listen", "127.0.0.1:0"], more].concat());
        assert!(complaint(&output).contains("https"), "{output:?}");
        assert!(output.stdout.is_empty());
    }
}

both! {
    async fn h1_the_first_of_staff_is_made_by_a_command_and_signs_in(on: On) {
        let folder = tempfile::tempdir().unwrap();
        let url = on.fresh(folder.path()).await;
        let hire = |email: &str, password: &str| {
            let more = ["--name", "Paula Weber", "--role", "platform-administrator", "--database-url", &url];
            let mut child =
                server(&[&["staff", email], &more[..]].concat()).stdin(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
            child.wait_with_output().unwrap()
        };
        let (email, password) = ("paula@jarai.example", "slate harbour lantern");
        assert!(complaint(&hire(email, "password1234")).contains("guessed first"));
        assert!(complaint(&hire("paula", password)).contains("email"));
        let hired = hire(email, password);
        let said = ["JARAI is the first customer", "paula@jarai.example signs in as platform administrator"];
        assert_eq!(lines(&hired.stdout), said, "{hired:?}");
        assert!(complaint(&hire("Paula@JARAI.example", password)).contains("somebody’s already"));

        let engine = Engine::attach(&url).await.unwrap();
        let signed_in = engine.sign_in(email, password, Ipv4Addr::LOCALHOST.into()).await.unwrap();
        assert!(matches!(signed_in, SignIn::Complete(_)), "{signed_in:?}");
        engine.close().await;
    }
}

both! {
    async fn a1_a_tariff_is_printed_changed_and_imported(on: On) {
        let folder = tempfile::tempdir().unwrap();
        let url = on.fresh(folder.path()).await;
        let engine = Engine::attach(&url).await.unwrap();
        let today = engine.now().day().to_string();
        engine.close().await;
        let printed = || run(&["tariff", "--database-url", &url]);
        let file = folder.path().join("tariff.json").display().to_string();
        let import = || run(&["import", "tariff", &file, "--from", &today, "--database-url", &url]);
        let sample = printed();
        assert!(String::from_utf8_lossy(&sample.stderr).contains("these are sample values"), "{sample:?}");
        let text = String::from_utf8(sample.stdout).unwrap();
        std::fs::write(&file, text.replacen("\"per\": 1000", "\"per\": 0", 1)).unwrap();
        assert!(complaint(&import()).contains("for every 0 units"), "{text}");
        std::fs::write(&file, text.replacen("\"per\": 1000", "\"per\": 500", 1)).unwrap();
        let imported = import();
        assert_eq!(lines(&imported.stdout), [format!("tariff version 1 from {today}")], "{imported:?}");
        assert!(complaint(&import()).contains("import a later one"));
        let mine = printed();
        assert!(String::from_utf8_lossy(&mine.stdout).contains("\"per\": 500"), "{mine:?}");
        assert!(!String::from_utf8_lossy(&mine.stderr).contains("sample values"), "{mine:?}");
        assert_eq!(lines(&run(&["verify", "--database-url", &url]).stdout), ["0 violations"]);
    }
}

fn replay(trace: &Path, more: &[&str]) -> Output {
    run(&[&["replay", trace.to_str().unwrap()], more].concat())
}

#[test]
fn replay_accounts_for_every_token() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.csv");
    let mut text = "TIMESTAMP,ContextTokens,GeneratedTokens\n".to_owned();
    // A burst of 20 calls, then two calls days apart, which belong to one production.
    for second in 0..20 {
        writeln!(text, "2023-11-16 18:15:{second:02}.6805900,374,44").unwrap();
    }
    text.push_str("2023-11-17 06:00:00,1001,0\n2023-11-20 06:00:00Z,0,0\n");
    std::fs::write(&trace, text).unwrap();

    let output = replay(&trace, &["--json"]);
    assert!(output.status.success(), "{output:?}");
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&summary["productions"], &summary["admitted"]), (&4.into(), &4.into()), "{summary}");
    assert_eq!(summary["tokens"]["captured"], 20 * 10 + 20 + 10, "{summary}");
    assert_eq!((&summary["tokens"]["released"], &summary["unexpected"]), (&0.into(), &0.into()), "{summary}");

    let output = replay(&trace, &["--tokens", "100"]);
    assert!(output.status.success(), "a refusal of the gate is no failure: {output:?}");
    let said = lines(&output.stdout);
    assert!(said.iter().any(|line| line.split_whitespace().eq(["not_enough_capacity", "2"])), "{said:?}");
    assert!(said.iter().any(|line| line.split_whitespace().eq(["tokens", "left", "20"])), "{said:?}");
}

both! {
    /// I-40: the machine's zone changes nothing. The trace crosses a month and three zones' midnights.
    async fn i40_the_same_days_in_every_zone_are_the_same_books(on: On) {
        let mut text = "TIMESTAMP,ContextTokens,GeneratedTokens\n".to_owned();
        for (day, hour) in [("11-30", 4), ("11-30", 11), ("11-30", 23), ("12-01", 0), ("12-01", 5), ("12-01", 11)] {
            for second in 0..7 {
                writeln!(text, "2023-{day} {hour:02}:59:{second:02},1374,44").unwrap();
            }
        }
        let in_utc = books_in_zone(on, &text, "UTC").await;
        for zone in ["America/New_York", "Pacific/Apia"] {
            assert_eq!(books_in_zone(on, &text, zone).await, in_utc, "{zone}");
        }
    }
}

/// What a replay in this zone says of itself, and the days that a receipt names.
async fn books_in_zone(on: On, text: &str, zone: &str) -> (serde_json::Value, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.csv");
    std::fs::write(&trace, text).unwrap();
    let database = on.fresh(folder.path()).await;
    let mut command =
        server(&["replay", &trace.display().to_string(), "--json", "--database-url", &database]);
    let output = command.env("TZ", zone).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for timing in ["seconds", "actsPerSecond"] {
        summary.as_object_mut().unwrap().remove(timing);
    }
    let mut command = server(&["receipt", "trace-000001", "--database-url", &database]);
    let receipt = String::from_utf8(command.env("TZ", zone).output().unwrap().stdout).unwrap();
    let days: Vec<String> = receipt
        .lines()
        .filter_map(|line| line.strip_prefix("admitted"))
        .map(|line| line.trim().chars().take(16).collect())
        .collect();
    assert!(!days.is_empty(), "{receipt}");
    (summary, days)
}

#[test]
fn replay_refuses_what_is_no_trace_and_what_is_no_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.csv");
    std::fs::write(&trace, "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,1,-2\n").unwrap();
    assert!(complaint(&replay(&trace, &[])).contains("line 2, column GeneratedTokens"));
    assert!(complaint(&replay(&folder.path().join("none.csv"), &[])).contains("cannot read"));

    std::fs::write(&trace, "TIMESTAMP,ContextTokens,GeneratedTokens\n2033-11-16 18:15:46,1,2\n").unwrap();
    let url = format!("sqlite://{}/used.db?mode=rwc", folder.path().display());
    assert!(replay(&trace, &["--database-url", &url]).status.success());
    assert!(complaint(&replay(&trace, &["--database-url", &url])).contains("the database is in use"));
}

/// A folder with a database of its own, and what its commands print.
fn said(database: &str, arguments: &[&str]) -> (bool, String) {
    let output = run(&[arguments, &["--database-url", database]].concat());
    let text = if output.status.success() { &output.stdout } else { &output.stderr };
    (output.status.success(), String::from_utf8_lossy(text).into_owned())
}

#[test]
fn import_says_line_by_line_what_became_of_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/c.db?mode=rwc", folder.path().display());
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let prices = file(
        "prices.json",
        r#"{"scribe":{"mode":"chat","litellm_provider":"x","input_cost_per_token":1.23456789012345e-07,
            "output_cost_per_token":4e-7,"input_cost_per_token_batches":1e-9},
            "ranker":{"mode":"rerank","input_cost_per_query":0.002}}"#,
    );
    let (done, text) = said(&database, &["import", "prices", &prices, "--from", "2026-10-01"]);
    assert!(done, "{text}");
    for line in [
        "left out  ranker: mode rerank is none of our kinds",
        "not used  input_cost_per_token_batches of 1 models",
        "rounded   scribe input_cost_per_token: 1.23456789012345e-07 to 123457 pico-units",
        "prices    from 2026-10-01: 1 models added, 0 changed, 0 unchanged, 1 left out; 1 prices rounded",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let rates = file("rates.csv", "Date,USD,GBP,\n2026-10-30,1.1172,0.8338,\n");
    let (done, text) = said(&database, &["import", "rates", &rates]);
    assert!(done && text.contains("1 days: 2 added, 0 known, 0 kept"), "{text}");
    let (done, text) = said(&database, &["import", "markup", "12.5", "--from", "2026-10-01"]);
    assert!(done && text.starts_with("markup version 1: 12.5 per cent from 2026-10-01"), "{text}");
    for (wrong, words) in [
        (["import", "markup", "12.345", "--from", "2026-11-01"], "two decimals"),
        (["import", "markup", "25", "--from", "2026-10-01"], "nothing was imported"),
        (["import", "prices", &rates, "--from", "2026-11-01"], "JSON object"),
        (["import", "prices", "/nowhere/prices.json", "--from", "2026-11-01"], "cannot read"),
    ] {
        let (done, text) = said(&database, &wrong);
        assert!(!done && text.contains(words), "{wrong:?}: {text}");
    }
    assert!(said(&database, &["verify"]).1.contains("0 violations"));
}

#[test]
fn a_price_book_is_printed_changed_and_imported() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
    let printed = run(&["price-book", "--database-url", &database]);
    assert!(printed.status.success(), "{printed:?}");
    let mut book: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!((&book["version"], &book["packs"][0]["prices"]["GBP"]), (&1.into(), &900.into()));
    let file = folder.path().join("book.json");
    let import = |book: &serde_json::Value, from: &str| {
        std::fs::write(&file, book.to_string()).unwrap();
        said(&database, &["import", "price-book", file.to_str().unwrap(), "--from", from])
    };
    book["packs"][0]["prices"]["GBP"] = 1_000.into();
    book["label"] = "Prices of 2100".into();
    let (done, text) = import(&book, "2100-01-01");
    assert!(done && text.starts_with("price book version 2 from 2100-01-01"), "{text}");
    for (change, from, words) in [
        ("", "2099-12-31", "nothing was imported"),
        ("", "2001-01-01", "nothing was imported"),
        ("/packs/0/tokens", "2101-01-01", "smallest first"),
        ("/offers/2/surprise", "2101-01-01", "unknown field"),
        ("/offers/2/seatsFrom", "2101-01-01", "sold by the seat"),
    ] {
        let mut wrong = book.clone();
        if let Some((parent, field)) = change.rsplit_once('/') {
            wrong.pointer_mut(parent).unwrap()[field] = 60_000.into();
        }
        let (done, text) = import(&wrong, from);
        assert!(!done && text.contains(words), "{change} {from}: {text}");
    }
    let still = run(&["price-book", "--database-url", &database]);
    assert_eq!(still.stdout, printed.stdout, "what holds from a later day does not hold yet");
}

#[test]
fn generate_fills_an_empty_sandbox_and_no_other_database() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/books.db?mode=rwc", folder.path().display());
    let (done, text) = said(&database, &["generate", "--rows", "600", "--seed", "3"]);
    assert!(done && text.starts_with("600 rows of usage: 6 customers, "), "{text}");
    assert_eq!(said(&database, &["verify"]), (true, "0 violations\n".to_owned()));
    let (done, text) = said(&database, &["generate", "--rows", "600"]);
    assert!(!done && text.contains("is in use"), "{text}");
    let earnest = format!("sqlite://{}/earnest.db?mode=rwc", folder.path().display());
    assert!(said(&earnest, &["mode", "running"]).0);
    assert!(!said(&earnest, &["generate", "--rows", "600"]).0);
}

#[tokio::test]
async fn receipt_clock_and_mode_answer_for_whoever_runs_an_installation() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/c.db?mode=rwc", folder.path().display());
    let settings = engine::Settings { database_url: database.clone(), sandbox: true };
    let engine = engine::Engine::open(settings).await.unwrap();
    engine.load_samples().await.unwrap();
    let key = engine.load_samples().await.unwrap().unwrap().key;
    let customer = engine.pipeline_key(&key).await.unwrap().unwrap().customer;
    let newest = engine.productions(customer, None, None, 1).await.unwrap().remove(0);
    engine.close().await;

    let (done, text) = said(&database, &["receipt", newest.production.as_str()]);
    assert!(done, "{text}");
    for words in ["tokens", "Allowance", "tariff 1:", "still held", "calls", "known in all GBP"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (done, text) = said(&database, &["receipt", "nobody"]);
    assert!(!done && text.contains("no production is named nobody"), "{text}");

    let (_, before) = said(&database, &["clock", "show"]);
    assert!(before.starts_with("2026-10-22T16:4"), "{before}");
    let (done, after) = said(&database, &["clock", "advance", "3d"]);
    assert!(done && after.starts_with("2026-10-25T16:4"), "{after}");
    assert!(!said(&database, &["clock", "advance", "9000years"]).0);
    assert_eq!(said(&database, &["mode", "idle"]), (true, "idle: no new productions start\n".to_owned()));
    assert_eq!(said(&database, &["mode", "running"]), (true, "running\n".to_owned()));
}
