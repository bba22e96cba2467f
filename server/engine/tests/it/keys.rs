//! Keys of the pipeline: what each may do, for which accounts, and until when. T12, I-45.

use crate::{
    support::{World, both, production, speech},
    team::{add, member},
};
use anyhow::{Context, Result};
use billing::{
    allowance::Source,
    audit::AuditAct,
    customer::AccountStatus,
    money::{Currency, Money},
    production::{Attempt, End, Outcome, Plan},
    refusal::Reason,
    team::{KeyAct, KeyScope, Role},
};
use engine::{
    Engine, Error,
    audit::AuditFilter,
    production::{AdmitRequest, QuoteRequest},
    team::{KeyTerms, Member, PipelineKey},
};
use std::time::Duration;

/// Terms of everything, for every account.
fn whole(name: &str) -> KeyTerms {
    KeyTerms { name: name.to_owned(), scope: KeyScope::whole(), acts_per_second: None, limit: None }
}

/// Makes a key and answers it as the gate sees it, with its token.
async fn made(world: &World, by: &Member, terms: &KeyTerms) -> Result<(PipelineKey, String)> {
    let shown = world.engine.make_key(by, &format!("form-{}", terms.name), terms).await?;
    let token = shown.token.context("a token, the first time")?;
    Ok((world.engine.pipeline_key(&token).await?.context("a living key")?, token))
}

async fn mara(world: &World) -> Result<Member> {
    world.grant(Source::Allowance, 100_000, None).await?;
    member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await
}

both! {
    /// Each act needs its word, and what belongs to an account that a key was not given is unknown to it.
    async fn t12_a_key_does_what_it_was_given_for_the_accounts_it_was_given(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, mara(world).await?);
        let other = engine.open_account(world.customer, "Other", AccountStatus::Active).await?;
        let step = speech("voice", 10);
        let plan = || Plan::new(vec![step.clone()]).expect("a plan");
        let theirs = AdmitRequest { account: other, ..world.request("theirs", vec![step.clone()]) };
        engine.admit(world.customer, None, theirs.clone()).await?;
        let attempt = || Attempt { outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None };

        let mut keys = Vec::new();
        for act in KeyAct::ALL {
            let scope = KeyScope { acts: [act].into(), accounts: Some([world.account].into()) };
            keys.push((act, made(world, &mara, &KeyTerms { scope, ..whole(act.word()) }).await?.0));
        }
        for (act, key) in &keys {
            let may = |wanted: KeyAct| *act == wanted;
            let name = format!("mine-{}", act.word());
            engine.admit(world.customer, None, world.request(&name, vec![step.clone()])).await?;
            let quoted = engine.quote_by(key, QuoteRequest { account: world.account, plan: plan() }).await;
            let admitted = engine.admit_by(key, world.request(&format!("new-{}", act.word()), vec![step.clone()])).await;
            let reported = engine.report_attempt_by(key, production(&name), step.name.clone(), 1, attempt()).await;
            let beat = engine.heartbeat_by(key, production(&name), None).await;
            let finished = engine.finish_by(key, production(&name), End::Published).await;
            let read = engine.receipt_by(key, &production(&name)).await;
            let left = engine.capacity_by(key, world.account).await;
            for (wanted, done) in [
                (KeyAct::Admit, quoted.map(drop)),
                (KeyAct::Admit, admitted.map(drop)),
                (KeyAct::Report, reported.map(drop)),
                (KeyAct::Report, beat.map(drop)),
                (KeyAct::Report, finished.map(drop)),
                (KeyAct::Read, read.map(drop)),
                (KeyAct::Read, left.map(drop)),
            ] {
                match done {
                    Ok(()) => assert!(may(wanted), "{act:?} did {wanted:?}"),
                    Err(error) => assert!(matches!(error, Error::OutOfScope(lacked) if lacked == wanted && !may(wanted)), "{error}"),
                }
            }
        }
        let [admits, reports, reads] = [&keys[0].1, &keys[1].1, &keys[2].1];
        let unknown = [
            engine.quote_by(admits, QuoteRequest { account: other, plan: plan() }).await.map(drop),
            engine.admit_by(admits, AdmitRequest { production: production("more"), ..theirs }).await.map(drop),
            engine.report_attempt_by(reports, production("theirs"), step.name.clone(), 1, attempt()).await.map(drop),
            engine.heartbeat_by(reports, production("theirs"), None).await.map(drop),
            engine.finish_by(reports, production("theirs"), End::Cancelled).await.map(drop),
            engine.receipt_by(reads, &production("theirs")).await.map(drop),
            engine.capacity_by(reads, other).await.map(drop),
        ];
        for done in unknown {
            assert!(matches!(done, Err(Error::NotFound(_))), "{done:?}");
        }
        assert!(engine.productions_by(reads, Some(other), None, 9).await?.is_empty());
        let listed = engine.productions_by(reads, None, None, 9).await?;
        assert!(!listed.is_empty() && listed.iter().all(|line| line.account == world.account));
        let entries = engine.entries_by(reads, None, None, 99).await?.lines;
        assert!(!entries.is_empty() && entries.iter().all(|line| line.account == Some(world.account)));
        assert_eq!(engine.receipt(world.customer, &production("theirs")).await?.calls.len(), 0, "nothing was done");
        Ok(())
    }
}

both! {
    /// An account with few entries among many others: each page looks at a part of the ledger, and says where to go on.
    async fn a_page_of_an_accounts_entries_is_not_the_whole_ledger(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, mara(world).await?);
        let (key, _) = made(world, &mara, &whole("reads")).await?;
        engine.admit_by(&key, world.request("first", vec![speech("voice", 10)])).await?;
        for _ in 0..250 {
            world.grant(Source::TopUp, 1, None).await?;
        }
        engine.admit_by(&key, world.request("last", vec![speech("voice", 10)])).await?;
        let (mut after, mut pages) = (None, Vec::new());
        loop {
            let page = engine.entries_by(&key, Some(world.account), after, 1).await?;
            pages.push((page.lines.len(), page.more_after));
            after = page.more_after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pages, [(1, Some(2)), (0, Some(102)), (0, Some(202)), (1, Some(253)), (0, None)]);
        Ok(())
    }
}

both! {
    /// A revoked key is dead within a second in every process; what it has started settles, and it starts nothing new.
    async fn i45_a_revoked_key_is_dead_in_every_process_and_what_it_started_settles(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, mara(world).await?);
        let (key, token) = made(world, &mara, &whole("one")).await?;
        let (next, _) = made(world, &mara, &whole("two")).await?;
        let beside = Engine::attach(&world.url).await?;
        assert_eq!(beside.pipeline_key(&token).await?.as_ref(), Some(&key));
        let step = speech("voice", 10);
        engine.admit_by(&key, world.request("held", vec![step.clone()])).await?;

        engine.revoke_key(&mara, key.id, "It was in a repository").await?;
        for engine in [engine, &beside] {
            assert_eq!(engine.pipeline_key(&token).await?, None);
        }
        engine.revoke_key(&mara, key.id, "again").await?; // harmless
        assert!(matches!(engine.change_key(&mara, key.id, &whole("one")).await, Err(Error::Stale(_))));

        let attempt = Attempt { outcome: Outcome::Succeeded, quantity: step.quantity, model: None, occurred_at: None };
        engine.report_attempt_by(&next, production("held"), step.name.clone(), 1, attempt).await?;
        let settled = engine.finish_by(&next, production("held"), End::Published).await?;
        assert_eq!((settled.captured.get(), settled.released.get()), (80, 0));
        let revoked = AuditFilter { act: Some(AuditAct::KeyRevoked), ..AuditFilter::default() };
        let log = engine.audit_log(&mara, &revoked, 9).await?;
        assert_eq!(log.len(), 1, "once");
        assert_eq!((log[0].by.as_deref(), log[0].entry.reason.as_deref()), (Some("Mara"), Some("It was in a repository")));
        beside.close().await;
        Ok(())
    }
}

both! {
    /// After a rotation both tokens are the same key until the overlap is over; the next rotation ends the one before.
    async fn t12_a_rotated_token_lives_on_for_its_overlap(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, mara(world).await?);
        let (key, first) = made(world, &mara, &whole("one")).await?;
        let rotate = async |form: &str, hours| engine.rotate_key(&mara, key.id, form, hours).await;
        let second = rotate("a", 24).await?.token.context("a token")?;
        assert_eq!(rotate("a", 24).await?.token, None, "the same form again changes nothing");
        assert_ne!(first, second);
        let lives = async |token: &str| engine.pipeline_key(token).await.map(|found| found.map(|found| found.id));
        assert_eq!((lives(&first).await?, lives(&second).await?), (Some(key.id), Some(key.id)));
        assert!(engine.key_of(&mara, key.id).await?.previous_until.is_some());
        world.clock("2026-10-23T16:39:00Z").await?;
        assert_eq!(lives(&first).await?, Some(key.id), "to the end of the overlap");
        world.clock("2026-10-23T16:41:00Z").await?;
        assert_eq!((lives(&first).await?, lives(&second).await?), (None, Some(key.id)));

        let third = rotate("b", 1).await?.token.context("a token")?;
        let fourth = rotate("c", 0).await?.token.context("a token")?;
        assert_eq!((lives(&second).await?, lives(&third).await?), (None, None), "at once");
        assert_eq!(lives(&fourth).await?, Some(key.id));
        for hours in [-1, 721] {
            assert!(matches!(rotate("d", hours).await, Err(Error::Invalid { .. })), "{hours}");
        }
        engine.revoke_key(&mara, key.id, "").await?;
        assert_eq!(lives(&fourth).await?, None);
        Ok(())
    }
}

both! {
    /// A form that is sent twice at once makes one key, whose token is told once and is nowhere in the database.
    async fn t12_a_form_sent_twice_makes_one_key_and_only_a_hash_of_it_is_kept(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, mara(world).await?);
        let limit = Some(Money::new(5_000, Currency::Gbp));
        let terms = KeyTerms { acts_per_second: Some(5), limit, ..whole("Pipeline") };
        let (one, two) = tokio::join!(engine.make_key(&mara, "form", &terms), engine.make_key(&mara, "form", &terms));
        let (one, two) = (one?, two?);
        assert_eq!(one.key, two.key);
        let tokens: Vec<String> = [one.token, two.token].into_iter().flatten().collect();
        assert_eq!(tokens.len(), 1);
        let keys = engine.keys_of(&mara).await?;
        assert_eq!(keys.len(), 1);
        assert_eq!((keys[0].limit, keys[0].acts_per_second), (limit, Some(5)));
        assert_eq!(keys[0].made_by.as_deref(), Some("Mara"));
        let start = keys[0].token_start.clone().context("its first characters")?;
        assert!(tokens[0].starts_with(&start) && start.len() == 7);
        for table in ["api_key WHERE token_hash", "audit_entry WHERE after_facts", "audit_entry WHERE before_facts"] {
            assert_eq!(world.count(&format!("{table} LIKE '%{}%'", &tokens[0][3..])).await?, 0, "{table}");
        }
        Ok(())
    }
}

both! {
    /// A key's own limit refuses what it asks for and nothing else; when it was used is noted, to the minute.
    async fn g6_a_key_is_stopped_by_its_own_limit_and_its_use_is_noted(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, mara(world).await?);
        let terms = KeyTerms { limit: Some(Money::new(0, Currency::Gbp)), ..whole("Pipeline") };
        let (key, _) = made(world, &mara, &terms).await?;
        let ask = async |name: &str| engine.admit_by(&key, world.request(name, vec![speech("voice", 10)])).await;
        let Err(Error::Refused(refusal)) = ask("a").await else { panic!("its limit is nothing") };
        assert_eq!(refusal.reason, Reason::KeyBudget);
        engine.change_key(&mara, key.id, &KeyTerms { limit: None, ..terms }).await?;
        ask("a").await?;

        let used = async || Ok::<_, Error>(engine.key_of(&mara, key.id).await?.last_used_at);
        let told = tokio::time::timeout(Duration::from_secs(30), async {
            while used().await?.is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok::<_, Error>(())
        });
        told.await.context("it was used, and nobody says so")??;
        Ok(())
    }
}

both! {
    /// Keys are their customer's administrators' alone; what cannot be a key says which field is wrong.
    async fn t12_keys_are_managed_by_their_customers_administrators_alone(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, mara(world).await?);
        let (key, token) = made(world, &mara, &whole("one")).await?;
        let elsewhere = engine.open_customer("Another", Currency::Eur).await?;
        let (name, email, role) = ("Zoe", "zoe@example.com", Role::CustomerAdministrator);
        let new = engine::team::NewMember { name, email, password: "a long password", role };
        let zoe = engine.add_member(elsewhere, new).await?;
        let zoe = engine.member(zoe, None).await?.context("a member")?;
        let olga = member(world, add(world, "Olga", Role::AccountOperator).await?).await?;
        let felix = member(world, add(world, "Felix", Role::FinanceViewer).await?).await?;
        for (who, forbidden) in [(&zoe, false), (&olga, true), (&felix, true)] {
            let tried = [
                engine.key_of(who, key.id).await.map(drop),
                engine.change_key(who, key.id, &whole("mine")).await,
                engine.rotate_key(who, key.id, "form", 0).await.map(drop),
                engine.revoke_key(who, key.id, "").await,
            ];
            for done in tried {
                let refused = if forbidden { matches!(done, Err(Error::Forbidden)) } else { matches!(done, Err(Error::NotFound("key"))) };
                assert!(refused, "{}: {done:?}", who.name);
            }
        }
        assert!(engine.keys_of(&zoe).await?.is_empty());
        let theirs = engine.open_account(elsewhere, "Theirs", AccountStatus::Active).await?;
        let scope = KeyScope { accounts: Some([theirs].into()), ..KeyScope::whole() };
        let foreign = engine.make_key(&mara, "x", &KeyTerms { scope, ..whole("x") }).await;
        assert!(matches!(foreign, Err(Error::NotFound("account"))));
        for (field, terms) in [
            ("name", whole(" ")),
            ("acts", KeyTerms { scope: KeyScope { acts: [].into(), accounts: None }, ..whole("x") }),
            ("accounts", KeyTerms { scope: KeyScope { accounts: Some([].into()), ..KeyScope::whole() }, ..whole("x") }),
            ("rate", KeyTerms { acts_per_second: Some(0), ..whole("x") }),
            ("limit", KeyTerms { limit: Some(Money::new(1, Currency::Eur)), ..whole("x") }),
        ] {
            let wrong = engine.make_key(&mara, "y", &terms).await;
            assert!(matches!(&wrong, Err(Error::Invalid { field: said, .. }) if said == field), "{field}");
        }
        assert_eq!(engine.keys_of(&mara).await?.len(), 1);
        assert_eq!(engine.pipeline_key(&token).await?.map(|found| found.id), Some(key.id));
        Ok(())
    }
}

both! {
    /// Each character replaced, left out or doubled, a part, or more: only the token itself is the key.
    async fn t12_any_input_but_the_token_itself_is_no_key(world: &World) -> Result<()> {
        let mara = mara(world).await?;
        let (_, token) = made(world, &mara, &whole("pipeline")).await?;
        let mut others = vec![String::new(), "jk_".into(), format!("{token} "), format!("{token}{token}"), token.to_uppercase()];
        others.extend((1..token.len()).map(|end| token[..end].to_owned()));
        for (at, found) in token.char_indices() {
            let with = |put: &str| format!("{}{put}{}", &token[..at], &token[at + 1..]);
            let next = if found == '0' { "1" } else { "0" };
            let twice = format!("{found}{found}");
            others.extend(["", next, "\0", "é", "%", "_", &twice, &found.to_uppercase().to_string()].map(with));
        }
        others.retain(|other| *other != token);
        assert!(others.len() > 500);
        for other in others {
            let found = world.engine.pipeline_key(&other).await?;
            assert!(found.is_none(), "{other:?} is taken for {token}");
        }
        assert!(world.engine.pipeline_key(&token).await?.is_some());
        Ok(())
    }
}
