//! The binary's commands, as somebody at a terminal meets them.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
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
    let samples: Vec<String> = out.by_ref().take(6).collect();
    assert!(samples[0].starts_with("  mara@northlight.example  "), "{samples:?}");
    assert!(samples.iter().any(|line| line.starts_with("  key  jk_")), "{samples:?}");
    assert!(samples.iter().any(|line| line.starts_with("  account  acc_")), "{samples:?}");

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
