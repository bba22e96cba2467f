//! Getting in: links, limits, the second factor, sessions. L1, L2, L5, H8; T7, T10; reading 5.27.

use crate::support::{START, World, both};
use anyhow::{Context, Result};
use billing::{
    id::PersonId,
    team::Role,
    time::{Span, Timestamp},
};
use engine::{
    Engine, Error, Settings,
    allowance::Need,
    mail::MailKind,
    team::{LinkKind, Member, NewMember, RECOVERY_CODES, SignIn, SignUp, SignedIn},
};
use sea_orm::ConnectionTrait;
use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use totp_rs::{Builder, Secret};
use tower_sessions::{Session, SessionStore};

const ADA: &str = "ada@first.example";
const PASSWORD: &str = "slate-harbour-lantern";

fn from(last: u8) -> IpAddr {
    [192, 0, 2, last].into()
}

fn sign_up() -> SignUp {
    SignUp { name: "Ada Byron".to_owned(), country: "IE".parse().expect("a country") }
}

/// Ada, who administers the world's customer.
async fn ada(world: &World) -> Result<Member> {
    let new = NewMember { name: "Ada", email: ADA, password: PASSWORD, role: Role::CustomerAdministrator };
    let person = world.engine.add_member(world.customer, new).await?;
    world.engine.member(person, None).await?.context("a member")
}

/// The token of the newest letter to somebody.
async fn token(world: &World, to: &str) -> Result<String> {
    let letters = world.engine.mailbox(Some(to)).await?;
    let (_, path) = letters.first().context("a letter")?.letter.link.clone().context("a link")?;
    Ok(path.split_once("token=").context("a token")?.1.to_owned())
}

/// Signs a browser in.
async fn browser(engine: &Engine, person: PersonId) -> Result<Session> {
    let session = Session::new(None, Arc::new(engine.sessions()), None);
    let signed_in = engine.signed_in(person, "Firefox on Linux".to_owned(), "192.0.2.1".to_owned());
    session.insert(SignedIn::KEY, signed_in).await?;
    session.save().await?;
    Ok(session)
}

/// Whether the session of this browser is still worth something.
async fn is_alive(engine: &Engine, browser: &Session) -> Result<bool> {
    let id = browser.id().context("an id")?;
    Ok(engine.sessions().load(&id).await?.is_some())
}

/// The app's code so many steps away from now.
#[expect(clippy::disallowed_methods, reason = "an authenticator app goes by the machine's clock")]
fn code(secret: &str, steps: i64) -> Result<String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let at = now.checked_add_signed(steps * 30).context("a time")?;
    Ok(Builder::new().with_secret(Secret::try_from_base32(secret)?).build()?.generate(at).to_string())
}

/// Turns the second factor on; answers the secret and the recovery codes.
async fn with_factor(world: &World, member: &Member) -> Result<(String, Vec<String>)> {
    world.engine.begin_second_factor(member).await?;
    let secret = world.engine.second_factor_setup(member).await?.context("begun")?.secret;
    // Where a step ends between the app's look at its clock and ours, it is the code of two steps ago.
    let first = world.engine.confirm_second_factor(member, &code(&secret, -1)?).await?;
    let codes = match first {
        Some(codes) => codes,
        None => world.engine.confirm_second_factor(member, &code(&secret, -1)?).await?.context("right")?,
    };
    Ok((secret, codes))
}

async fn execute(world: &World, sql: &str) -> Result<()> {
    world.database().await?.execute_unprepared(sql).await?;
    Ok(())
}

both! {
    /// L5, H8, 3.11: one link, 32 times at once, opens one customer, with its evaluation, whose administrator is one person.
    async fn h8_a_link_registers_once_however_often_it_is_used(world: &World) -> Result<()> {
        world.engine.register(" New@Studio.example ", sign_up(), from(1)).await?;
        let token = token(world, "new@studio.example").await?;
        assert_eq!(world.count("person").await?, 0, "the address is confirmed before anybody is made");
        let uses = (0..32).map(|_| {
            let (engine, token) = (world.engine.clone(), token.clone());
            tokio::spawn(async move { engine.join(&token, PASSWORD).await })
        });
        let (mut people, mut refused) = (Vec::new(), 0);
        for used in uses.collect::<Vec<_>>() {
            match used.await? {
                Ok(person) => people.push(person),
                Err(Error::NotFound("link")) => refused += 1,
                Err(other) => return Err(other.into()),
            }
        }
        assert_eq!((people.len(), refused), (1, 31));
        assert_eq!((world.count("person").await?, world.count("customer").await?), (1, 2));

        let new = world.engine.member(people[0], None).await?.context("a member")?;
        assert_eq!((new.role, new.name.as_str(), new.email.as_str()), (Role::CustomerAdministrator, "Ada Byron", "new@studio.example"));
        assert_eq!(new.currency.code(), "EUR", "by its country");
        let details = world.engine.billing_details(&new).await?.context("I7")?;
        assert_eq!((details.country.to_string(), details.email), ("IE".to_owned(), new.email.clone()));
        let usage = world.engine.usage(new.customer).await?;
        let ends_at = usage.capacity.allowance.refreshes_at.context("an end")?;
        assert_eq!((usage.capacity.left().get(), ends_at.to_string()), (5_000, "2026-11-05T00:00:00Z".to_owned()));
        world.engine.begin_evaluation(new.customer).await?;
        assert_eq!(world.engine.usage(new.customer).await?.capacity.left().get(), 5_000, "once");
        let needs = world.engine.overview(&new).await?.needs;
        assert_eq!(needs, [Need::ChoosePlan(Some(ends_at)), Need::OpenFirstAccount, Need::TakeTour]);
        assert_eq!(world.count(&format!("audit_entry WHERE act = 'registered' AND actor_id = '{}'", new.person)).await?, 1);
        assert_eq!(world.engine.sign_in("NEW@studio.example", PASSWORD, from(2)).await?, SignIn::Complete(new.person));
        Ok(())
    }
}

both! {
    /// T9, 5.5: where a process ends between the opening of a customer and its evaluation, the sweep begins it.
    async fn t9_an_evaluation_that_was_not_begun_is_begun_by_the_sweep(world: &World) -> Result<()> {
        world.administrator().await?;
        execute(world, "UPDATE customer SET tier = 'evaluation'").await?;
        for _ in 0..60 {
            if world.balance().await? == (5_000, 0) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        anyhow::bail!("nobody has begun it")
    }
}

both! {
    /// H8, 5.27: 15 minutes, one alive for each purpose and person, nothing of it in the table but a hash.
    async fn h8_a_link_lives_for_15_minutes_and_a_newer_one_takes_its_place(world: &World) -> Result<()> {
        let ada = ada(world).await?;
        let start: Timestamp = START.parse()?;
        for (round, kind) in [LinkKind::SignIn, LinkKind::PasswordReset].into_iter().enumerate() {
            let hour = Span::hours(i32::try_from(round)? * 4 + 4);
            world.engine.set_sandbox_clock(start.after(hour)).await?;
            world.engine.send_link(kind, ADA, from(1)).await?;
            let first = token(world, ADA).await?;
            assert_eq!(first.len(), 64, "256 bits");
            assert_eq!(world.count(&format!("sign_in_link WHERE token_hash = '{first}'")).await?, 0);
            world.engine.send_link(kind, ADA, from(1)).await?;
            let second = token(world, ADA).await?;
            assert_eq!(world.engine.link(kind, &first).await?, None, "a newer one was sent");
            assert_eq!(world.engine.link(kind, &second).await?.context("alive")?.email, ADA);
            assert_eq!(world.engine.link(LinkKind::Registration, &second).await?, None, "for its purpose alone");
            world.engine.set_sandbox_clock(start.after(hour).after(Span::minutes(14))).await?;
            assert!(world.engine.link(kind, &second).await?.is_some());
            world.engine.set_sandbox_clock(start.after(hour).after(Span::minutes(16))).await?;
            assert_eq!(world.engine.link(kind, &second).await?, None);
            for used in [world.engine.enter(&second).await.err(), world.engine.reset_password(&second, PASSWORD).await.err()] {
                assert!(matches!(used, Some(Error::NotFound("link"))), "{used:?}");
            }
        }
        world.engine.set_sandbox_clock(start.after(Span::hours(20))).await?;
        world.engine.send_link(LinkKind::SignIn, ADA, from(1)).await?;
        let token = token(world, ADA).await?;
        let uses = (0..32).map(|_| {
            let (engine, token) = (world.engine.clone(), token.clone());
            tokio::spawn(async move { engine.enter(&token).await.ok() })
        });
        let mut entered = Vec::new();
        for used in uses.collect::<Vec<_>>() {
            entered.extend(used.await?);
        }
        assert_eq!(entered, [SignIn::Complete(ada.person)], "once");
        Ok(())
    }
}

both! {
    /// T7: nobody learns who is registered: same answer, same rows, same work.
    async fn t7_a_known_address_is_answered_as_an_unknown_one(world: &World) -> Result<()> {
        ada(world).await?;
        let nobody = "nobody@first.example";
        for (place, email) in [ADA, nobody].into_iter().enumerate() {
            let written = async || Ok::<_, anyhow::Error>((world.count("mail").await?, world.count("sign_in_link").await?));
            let before = written().await?;
            world.engine.register(email, sign_up(), from(1)).await?;
            world.engine.send_link(LinkKind::PasswordReset, email, from(1)).await?;
            let after = written().await?;
            assert_eq!((after.0 - before.0, after.1 - before.1), (2, 2), "{email}");
            let letters = world.engine.mailbox(Some(email)).await?;
            let kinds: Vec<MailKind> = letters.iter().map(|posted| posted.letter.kind).collect();
            assert_eq!(kinds, [MailKind::PasswordReset, MailKind::Registration], "{email}");
            let (_, path) = letters[1].letter.link.clone().context("a link")?;
            assert!(path.starts_with(["/enter?token=", "/join?token="][place]), "{path}");
        }
        let (_, path) = world.engine.mailbox(Some(nobody)).await?[0].letter.link.clone().context("a link")?;
        assert_eq!(path, "/register", "nothing that signs in is sent to nobody");

        let mut took = [Vec::new(), Vec::new()];
        for round in 0..9 {
            for (place, email) in [ADA, nobody].into_iter().enumerate() {
                let begun = now();
                let answer = world.engine.sign_in(email, "a wrong password", from(10 + round)).await?;
                took[place].push(begun.elapsed());
                assert_eq!(answer, SignIn::Wrong);
            }
        }
        let [known, unknown] = took.map(|mut took| {
            took.sort();
            took[took.len() / 2].as_secs_f64()
        });
        assert!((0.5..2.0).contains(&(known / unknown)), "{known} s for a known address, {unknown} s for an unknown one");
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "how long work takes is measured by the machine's clock")]
fn now() -> Instant {
    Instant::now()
}

both! {
    /// T7: a thousand wrong passwords are slowed down, here and in every other process, and the right one still works.
    async fn t7_a_thousand_wrong_sign_ins_are_limited_and_the_right_one_still_works(world: &World) -> Result<()> {
        let ada = ada(world).await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let (mut wrong, mut limited, mut longest) = (0, 0, 0);
        for round in 0..1_000 {
            let engine = if round % 2 == 0 { &world.engine } else { &other };
            match engine.sign_in(ADA, "a wrong password", from(66)).await {
                Ok(SignIn::Wrong) => wrong += 1,
                Err(Error::TooManyTries { seconds }) => (limited, longest) = (limited + 1, seconds.max(longest)),
                answer => anyhow::bail!("{answer:?}"),
            }
        }
        assert!((10..=13).contains(&wrong), "{wrong} were tried");
        assert_eq!(wrong + limited, 1_000);
        assert!((1..=62).contains(&longest), "wait {longest} s");
        let at_home = world.engine.sign_in(ADA, PASSWORD, from(1)).await?;
        assert_eq!(at_home, SignIn::Complete(ada.person), "from elsewhere at once");
        let refused = world.engine.sign_in(ADA, PASSWORD, from(66)).await;
        assert!(matches!(refused, Err(Error::TooManyTries { .. })), "{refused:?}");
        other.close().await;
        world.engine.advance_sandbox_clock(Span::minutes(2)).await?;
        assert_eq!(world.engine.sign_in(ADA, PASSWORD, from(66)).await?, SignIn::Complete(ada.person));

        let mut tried = 0;
        for round in 0..200 {
            match world.engine.sign_in(&format!("somebody-{round}@first.example"), "a wrong password", from(77)).await {
                Ok(SignIn::Wrong) => tried += 1,
                answer => assert!(matches!(answer, Err(Error::TooManyTries { .. })), "{answer:?}"),
            }
        }
        assert!((60..=66).contains(&tried), "one password for many addresses: {tried} were tried");
        Ok(())
    }
}

both! {
    /// T7: an address gets a few letters an hour, whoever asks, and whoever asks is not told.
    async fn t7_letters_to_an_address_are_limited(world: &World) -> Result<()> {
        let letters = async |to: &str| Ok::<_, anyhow::Error>(world.engine.mailbox(Some(to)).await?.len());
        for round in 0..6 {
            world.engine.send_link(LinkKind::SignIn, "x@first.example", from(round)).await?;
            world.engine.register("x@first.example", sign_up(), from(round)).await?;
        }
        assert_eq!(letters("x@first.example").await?, 3);
        world.engine.advance_sandbox_clock(Span::minutes(21)).await?;
        world.engine.send_link(LinkKind::SignIn, "x@first.example", from(1)).await?;
        assert_eq!(letters("x@first.example").await?, 4);
        let mut told = 0;
        for round in 0..40 {
            let sent = world.engine.register(&format!("{round}@second.example"), sign_up(), from(9)).await;
            told += usize::from(matches!(sent, Err(Error::TooManyTries { .. })));
        }
        assert!((9..=10).contains(&told), "one client, many addresses: {told} were told to wait");
        Ok(())
    }
}

both! {
    /// L2: a reset ends every session and every other link, and asks for the new password.
    async fn l2_a_reset_ends_every_session(world: &World) -> Result<()> {
        let ada = ada(world).await?;
        let engine = &world.engine;
        let browsers = [browser(engine, ada.person).await?, browser(engine, ada.person).await?];
        engine.send_link(LinkKind::SignIn, ADA, from(1)).await?;
        let link = token(world, ADA).await?;
        engine.send_link(LinkKind::PasswordReset, ADA, from(1)).await?;
        let reset = token(world, ADA).await?;
        for weak in ["short", "password1234", "ada@first.example"] {
            let refused = engine.reset_password(&reset, weak).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{weak}: {refused:?}");
        }
        engine.reset_password(&reset, "another-slate-harbour").await?;
        for browser in &browsers {
            assert!(!is_alive(engine, browser).await?);
            browser.save().await?;
            assert!(!is_alive(engine, browser).await?, "what was under way meanwhile brings nothing back");
        }
        assert_eq!(engine.sign_in(ADA, PASSWORD, from(1)).await?, SignIn::Wrong);
        assert_eq!(engine.sign_in(ADA, "another-slate-harbour", from(1)).await?, SignIn::Complete(ada.person));
        assert!(matches!(engine.enter(&link).await, Err(Error::NotFound("link"))), "other links are dead");
        assert!(matches!(engine.reset_password(&reset, "once-more-harbour").await, Err(Error::NotFound("link"))));
        let letter = engine.mailbox(Some(ADA)).await?[0].letter.clone();
        assert_eq!((letter.kind, letter.subject.as_str()), (MailKind::Security, "Your password was changed"));
        assert_eq!(world.count("audit_entry WHERE act = 'passwordChanged'").await?, 1);
        Ok(())
    }
}

both! {
    /// L1: codes one step to either side, each once; what is begun asks for nothing before it was confirmed.
    async fn l1_a_code_counts_once_and_only_around_its_time(world: &World) -> Result<()> {
        let ada = ada(world).await?;
        let engine = &world.engine;
        engine.begin_second_factor(&ada).await?;
        assert_eq!(engine.sign_in(ADA, PASSWORD, from(1)).await?, SignIn::Complete(ada.person), "not confirmed");
        let setup = engine.second_factor_setup(&ada).await?.context("begun")?;
        assert!(setup.address.starts_with("otpauth://totp/JARAI%20Console:ada%40first.example?secret="), "{}", setup.address);
        for wrong in ["000000", "", "12345", &code(&setup.secret, 5)?] {
            assert_eq!(engine.confirm_second_factor(&ada, wrong).await?, None, "{wrong:?}");
        }
        let (secret, _) = with_factor(world, &ada).await?;
        assert_eq!(engine.second_factor_setup(&ada).await?, None, "the secret is shown no more");
        assert!(engine.begin_second_factor(&ada).await.is_err(), "it is on");
        assert_eq!(engine.sign_in(ADA, PASSWORD, from(1)).await?, SignIn::NeedsCode(ada.person));

        assert!(!engine.check_code(ada.person, &code(&secret, -1)?, from(1)).await?, "it has confirmed already");
        for (steps, fits) in [(-3, false), (3, false), (0, true), (0, false), (1, true), (1, false), (0, false)] {
            // A step may end between the app's look at its clock and ours: never so far that these differ.
            let address = from(20 + u8::try_from(steps + 3)?);
            assert_eq!(engine.check_code(ada.person, &code(&secret, steps)?, address).await?, fits, "{steps} steps");
        }
        engine.turn_second_factor_off(&ada).await?;
        assert_eq!(engine.sign_in(ADA, PASSWORD, from(1)).await?, SignIn::Complete(ada.person));
        for act in ["secondFactorTurnedOn", "secondFactorTurnedOff"] {
            assert_eq!(world.count(&format!("audit_entry WHERE act = '{act}'")).await?, 1, "{act}");
        }
        Ok(())
    }
}

both! {
    /// L1: ten codes, kept as hashes, each once; wrong ones are counted.
    async fn l1_a_recovery_code_works_once(world: &World) -> Result<()> {
        let ada = ada(world).await?;
        let engine = &world.engine;
        let (_, codes) = with_factor(world, &ada).await?;
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in &codes {
            let plain = code.replace('-', "");
            assert_eq!(world.count(&format!("recovery_code WHERE code_hash IN ('{code}', '{plain}')")).await?, 0);
        }
        let uses = (0..32).map(|round| {
            let (engine, code) = (engine.clone(), codes[0].to_uppercase());
            tokio::spawn(async move { engine.check_code(ada.person, &code, from(round)).await })
        });
        let mut fitting = 0;
        for fits in uses.collect::<Vec<_>>() {
            fitting += usize::from(fits.await??);
        }
        assert_eq!((fitting, engine.recovery_codes_left(ada.person).await?), (1, 9));
        let new = engine.new_recovery_codes(&ada).await?;
        assert!(!engine.check_code(ada.person, &codes[1], from(50)).await?, "others were made");
        assert!(engine.check_code(ada.person, &new[1].replace('-', " "), from(50)).await?);

        let (mut wrong, mut limited) = (0, 0);
        for round in 0..20 {
            match engine.check_code(ada.person, &format!("{round:06}"), from(60)).await {
                Ok(false) => wrong += 1,
                answer => {
                    assert!(matches!(answer, Err(Error::TooManyTries { .. })), "{answer:?}");
                    limited += 1;
                }
            }
        }
        assert_eq!((wrong, limited), (5, 15));
        assert!(engine.check_code(ada.person, &new[2], from(61)).await?, "from elsewhere the right one still works");
        Ok(())
    }
}

both! {
    /// T10: devices are listed and ended at once; a proof counts for ten minutes, a sign-in for seven days.
    async fn t10_sessions_are_listed_ended_and_end_by_themselves(world: &World) -> Result<()> {
        let ada = ada(world).await?;
        let engine = &world.engine;
        let [one, two, three] = [browser(engine, ada.person).await?, browser(engine, ada.person).await?, browser(engine, ada.person).await?];
        let stranger = NewMember { name: "Bob", email: "bob@first.example", password: PASSWORD, role: Role::CustomerViewer };
        let stranger = engine.add_member(world.customer, stranger).await?;
        let theirs = browser(engine, stranger).await?;
        let devices = engine.devices(&ada, one.id()).await?;
        assert_eq!(devices.iter().map(|device| device.is_this).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!((devices[0].device.as_str(), devices[0].address.as_str()), ("Firefox on Linux", "192.0.2.1"));
        let bob = engine.member(stranger, None).await?.context("a member")?;
        let others = engine.devices(&bob, theirs.id()).await?;
        assert_eq!(others.len(), 1);
        assert!(matches!(engine.end_session(&ada, &others[0].id).await, Err(Error::NotFound("device"))), "somebody else’s");

        engine.end_session(&ada, &devices[1].id).await?;
        let alive = [is_alive(engine, &two).await?, is_alive(engine, &three).await?];
        assert_eq!(alive.iter().filter(|alive| **alive).count(), 1);
        assert_eq!(engine.end_other_sessions(&ada, one.id()).await?, 1);
        assert_eq!([is_alive(engine, &two).await?, is_alive(engine, &three).await?, is_alive(engine, &one).await?], [false, false, true]);
        assert!(is_alive(engine, &theirs).await?);
        assert_eq!(world.count("audit_entry WHERE act = 'sessionEnded'").await?, 2);

        let signed_in: SignedIn = one.get(SignedIn::KEY).await?.context("signed in")?;
        let at = |span| signed_in.proved_at.after(span);
        assert!(signed_in.is_fresh(at(Span::minutes(9))) && !signed_in.is_fresh(at(Span::minutes(10))));
        assert!(!signed_in.is_fresh(signed_in.proved_at.before(Span::minutes(1))), "nobody has proved anything in the future");
        execute(world, "UPDATE session SET ends_at = ends_at - 604800000000").await?;
        assert!(!is_alive(engine, &one).await?, "seven days are over, however much it was used");
        assert!(engine.devices(&ada, None).await?.is_empty());
        Ok(())
    }
}

both! {
    /// L1, T10: another password signs the other devices out; who one is can be proved by password or code.
    async fn t10_a_password_is_changed_and_somebody_proves_who_they_are(world: &World) -> Result<()> {
        let ada = ada(world).await?;
        let engine = &world.engine;
        let [one, two] = [browser(engine, ada.person).await?, browser(engine, ada.person).await?];
        assert!(engine.prove(&ada, PASSWORD, from(1)).await? && !engine.prove(&ada, "a wrong password", from(1)).await?);
        engine.change_password(&ada, "another-slate-harbour", one.id()).await?;
        assert_eq!([is_alive(engine, &one).await?, is_alive(engine, &two).await?], [true, false]);
        assert!(!engine.prove(&ada, PASSWORD, from(1)).await?);
        let (secret, _) = with_factor(world, &ada).await?;
        assert!(engine.prove(&ada, &code(&secret, 0)?, from(1)).await?);
        engine.rename(&ada, " Ada King ").await?;
        assert_eq!(engine.member(ada.person, None).await?.context("a member")?.name, "Ada King");
        assert!(matches!(engine.rename(&ada, "").await, Err(Error::Invalid { .. })));
        Ok(())
    }
}
