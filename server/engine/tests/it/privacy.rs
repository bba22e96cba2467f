//! What people ask of their own data: a copy, their end, that it be left alone. Y1–Y5; I-44, I-45.

use crate::{
    support::{World, both, production, speech},
    team::{PASSWORD, add, member},
};
use anyhow::{Context, Result};
use billing::{
    allowance::Source,
    audit::{
        AuditAct,
        privacy::{ConsentKind, RequestKind, RequestOutcome, Stage, TERMS_VERSION},
    },
    id::PersonId,
    production::{End, Outcome},
    team::{ContactDetails, KeyScope, Role},
};
use engine::{
    Engine, Error, Settings,
    audit::{ArchiveTable, AuditFilter, Resolution},
    mail::MailKind,
    production::AdmitRequest,
    team::{KeyTerms, LinkKind, Member, NewInvitation, SignIn, SignUp, SignedIn},
};
use sea_orm::ConnectionTrait;
use std::{collections::BTreeSet, net::IpAddr, sync::Arc};
use tower_sessions::{Session, SessionStore};

const FROM: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
/// A minute after the grace of who asked when the world began.
const AFTER: &str = "2026-11-21T16:41:00Z";

/// Mara, who administers with Ada, so that either may go.
async fn mara_and_ada(world: &World) -> Result<(Member, Member)> {
    let mara = world.administrator().await?;
    let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
    Ok((mara, ada))
}

/// A production that ran in somebody's name.
async fn produced(world: &World, name: &str, by: PersonId) -> Result<()> {
    let step = speech("voice", 10);
    let request = AdmitRequest { member: Some(by), ..world.request(name, vec![step.clone()]) };
    world.engine.admit(world.customer, None, request).await?;
    world.report(name, &step, 1, Outcome::Succeeded).await?;
    world.finish(name, End::Published).await?;
    Ok(())
}

/// Whether any text of the database has this in it, table by table.
async fn tables_with(world: &World, text: &str, tables: &[(&str, &str)]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (table, columns) in tables {
        let of: Vec<String> = columns.split(' ').map(|column| format!("{column} LIKE '%{text}%'")).collect();
        if world.count(&format!("{table} WHERE {}", of.join(" OR "))).await? > 0 {
            found.push((*table).to_owned());
        }
    }
    Ok(found)
}

/// Everything that a person is in but the log, which is never changed.
const PERSONAL: [(&str, &str); 10] = [
    ("contact", "first_name last_name email phone job"),
    ("person", "email name password_hash"),
    ("member", "person_id role"),
    ("session", "content person_id device address"),
    ("sign_in_link", "email"),
    ("invitation", "email"),
    ("mail", "recipient subject paragraphs"),
    ("seat_request", "words"),
    ("privacy_request", "words"),
    ("second_factor", "secret"),
];

fn table<'archive>(archive: &'archive [ArchiveTable], name: &str) -> &'archive ArchiveTable {
    archive.iter().find(|table| table.name == name).expect("a table")
}

fn all_of(archive: &[ArchiveTable]) -> String {
    archive
        .iter()
        .flat_map(|table| table.rows.iter().flatten().flatten().cloned())
        .collect::<Vec<_>>()
        .join("\n")
}

both! {
    /// The copy has what is theirs, from every room, and nothing of a colleague's; and no hash, token or secret.
    async fn y1_a_copy_holds_what_is_theirs_and_no_secret(world: &World) -> Result<()> {
        let (engine, (mara, ada)) = (&world.engine, mara_and_ada(world).await?);
        world.grant(Source::Allowance, 100_000, None).await?;
        produced(world, "mine", mara.person).await?;
        produced(world, "theirs", ada.person).await?;
        engine.send_link(LinkKind::SignIn, &mara.email, FROM).await?;
        engine.send_link(LinkKind::SignIn, &ada.email, FROM).await?;
        let invite = |email: &str| NewInvitation { email: email.to_owned(), role: Role::CustomerViewer, accounts: BTreeSet::new() };
        engine.invite(&mara, invite("new@studio.example")).await?;
        engine.invite(&ada, invite("other@studio.example")).await?;
        let terms = KeyTerms { name: "Nightly".to_owned(), scope: KeyScope::whole(), acts_per_second: None, limit: None };
        let key = engine.make_key(&mara, "form-1", &terms).await?.token.context("a token")?;
        engine.begin_second_factor(&mara).await?;
        let secret = engine.second_factor_setup(&mara).await?.context("begun")?.secret;
        engine.set_consent(&mara, ConsentKind::ProductNews, true).await?;
        let browser = Session::new(None, Arc::new(engine.sessions()), None);
        browser.insert(SignedIn::KEY, engine.signed_in(mara.person, "Firefox on Linux".to_owned(), "192.0.2.7".to_owned())).await?;
        browser.save().await?;

        let archive = engine.take_archive(&mara).await?;
        let rows = |name: &str| table(&archive, name).rows.len();
        assert_eq!((rows("profile"), rows("memberships"), rows("devices"), rows("consents")), (1, 1, 1, 1));
        assert_eq!((rows("invitations_made"), rows("productions"), rows("keys_made"), rows("letters")), (1, 1, 1, 1));
        assert_eq!(rows("data_requests"), 1, "the copy itself");
        let text = all_of(&archive);
        for theirs in ["mara@northlight.example", "Mara Lindqvist", "mine", "new@studio.example", "Firefox on Linux", "192.0.2.7", "Nightly", "dataExported", "/enter"] {
            assert!(text.contains(theirs), "{theirs} is missing");
        }
        for other in [ada.email.as_str(), "theirs", "other@studio.example", &ada.person.to_string()] {
            assert!(!text.contains(other), "{other} is somebody else’s");
        }
        let id = browser.id().context("an id")?;
        assert!(engine.sessions().load(&id).await?.is_some());
        for hidden in [key.as_str(), &key[..12], secret.as_str(), "token=", "argon2", &id.to_string()] {
            assert!(!text.contains(hidden), "{hidden} is a secret");
        }
        let columns = archive.iter().flat_map(|table| &table.columns);
        assert!(columns.clone().all(|column| !column.contains("hash") && !column.contains("token") || column.ends_with("_tokens")));
        let database = world.database().await?;
        for (of, column) in [("person", "password_hash"), ("session", "id_hash"), ("api_key", "token_hash"), ("sign_in_link", "token_hash"), ("invitation", "token_hash")] {
            let statement = sea_orm::Statement::from_string(database.get_database_backend(), format!("SELECT {column} FROM {of}"));
            for row in database.query_all_raw(statement).await? {
                let hash: String = row.try_get_by_index(0)?;
                assert!(!text.contains(&hash), "{of} {column}");
            }
        }
        for one in &archive {
            assert!(one.rows.iter().all(|row| row.len() == one.columns.len()), "{}", one.name);
        }
        assert_eq!(world.count("audit_entry WHERE act = 'dataExported'").await?, 1);
        Ok(())
    }
}

both! {
    /// The whole way: asked, told of by letter, due after 30 days and not before; then nobody finds them, the seat is free,
    /// and invoices, ledger and log stay.
    async fn y3_after_30_days_a_pseudonym_is_left_and_the_books_stay(world: &World) -> Result<()> {
        let (engine, (mara, ada)) = (&world.engine, mara_and_ada(world).await?);
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        world.grant(Source::Allowance, 100_000, None).await?;
        produced(world, "mine", mara.person).await?;
        engine.rename(&mara, "Mara L").await?;
        let mara = member(world, mara.person).await?;
        let contact = ContactDetails {
            first_name: "Mara".to_owned(),
            last_name: "Lindqvist".to_owned(),
            email: mara.email.clone(),
            phone: Some("+44 20 7946 0000".to_owned()),
            job: Some("Head of production".to_owned()),
        };
        engine.save_contact(&paula, world.customer, None, ContactDetails::default(), &contact).await?;
        engine.begin_second_factor(&mara).await?;
        engine.send_link(LinkKind::PasswordReset, &mara.email, FROM).await?;
        engine.ask_about_privacy(&mara, RequestKind::Objection, "No Mara in statistics").await?;
        let browser = Session::new(None, Arc::new(engine.sessions()), None);
        browser.insert(SignedIn::KEY, engine.signed_in(mara.person, "Firefox".to_owned(), "192.0.2.7".to_owned())).await?;
        browser.save().await?;
        // invited elsewhere, and not come yet
        let elsewhere = engine.open_customer("Elsewhere", billing::money::Currency::Gbp).await?;
        let zoe = engine.add_member(elsewhere, engine::team::NewMember { name: "Zoe", email: "zoe@example.com", password: PASSWORD, role: Role::CustomerAdministrator }).await?;
        let zoe = engine.member(zoe, Some(elsewhere)).await?.context("a member")?;
        engine.invite(&zoe, NewInvitation { email: mara.email.clone(), role: Role::CustomerViewer, accounts: BTreeSet::new() }).await?;

        assert!(matches!(engine.request_erasure(&mara, "yes").await, Err(Error::Invalid { field, .. }) if field == "typed"));
        let asked = engine.request_erasure(&mara, " Mara@Northlight.example ").await?;
        assert!(asked.resolve_by.to_string().starts_with("2026-11-21T16:40:"), "{}", asked.resolve_by);
        assert_eq!(engine.request_erasure(&mara, &mara.email).await?.id, asked.id, "asked twice, it is one");
        let letter = &engine.mailbox(Some(&mara.email)).await?[0].letter;
        assert_eq!((letter.kind, letter.subject.contains("21 November 2026, 16:40 UTC")), (MailKind::Privacy, true));
        assert!(letter.paragraphs.iter().any(|words| words.contains("Keep my account")), "how it is withdrawn");

        let (invoices, entries, productions) = (world.count("invoice").await?, world.count("token_entry").await?, world.count("production").await?);
        world.clock("2026-11-21T16:39:00Z").await?;
        assert_eq!(engine.erase_due().await?, 0, "a minute early");
        assert!(matches!(engine.sign_in(&mara.email, "a long password", FROM).await?, SignIn::Complete(_)), "signing in works until then");
        world.clock(AFTER).await?;
        engine.erase_due().await?; // where the world's own sweep has not been quicker
        assert_eq!(engine.erase_due().await?, 0, "once");

        for word in ["mara@northlight.example", "Mara", "7946", "Head of production"] {
            let left = tables_with(world, word, &PERSONAL).await?;
            assert!(left.is_empty(), "{word} is left in {left:?}");
        }
        assert_eq!(engine.sign_in(&mara.email, "a long password", FROM).await?, SignIn::Wrong);
        assert!(engine.member(mara.person, None).await?.is_none(), "belongs to nobody");
        assert!(engine.sessions().load(&browser.id().context("an id")?).await?.is_none(), "is signed out everywhere");
        for gone in ["second_factor", "recovery_code", "sign_in_link", "session"] {
            assert_eq!(world.count(gone).await?, 0, "{gone}");
        }
        assert_eq!(engine.team(&ada).await?.members.len(), 1, "the seat is free");
        assert_eq!(world.count("invitation WHERE ended_at IS NULL").await?, 0, "and so is the one that waited elsewhere");
        let after = (world.count("invoice").await?, world.count("token_entry").await?, world.count("production").await?);
        assert_eq!(after, (invoices, entries, productions), "invoices, ledger and productions stay");
        assert!(engine.receipt_of(&ada, &production("mine")).await.is_ok());

        // the log names them by what is left, and shows none of what it must not change
        let log = engine.audit_log(&paula, &AuditFilter::default(), 100).await?;
        let shown = format!("{log:#?}");
        let pseudonym = billing::audit::privacy::pseudonym(mara.person);
        assert!(shown.contains(&pseudonym));
        let renamed = log.iter().find(|line| line.entry.act == AuditAct::ProfileChanged).context("renamed")?;
        assert_eq!(renamed.by.as_deref(), Some(pseudonym.as_str()));
        assert!(renamed.changes.iter().all(|(_, before, after)| !format!("{before:?}{after:?}").contains("Mara")), "{:?}", renamed.changes);
        let invited = log.iter().find(|line| line.entry.act == AuditAct::MemberInvited).context("invited")?;
        assert!(!format!("{:?}", invited.changes).contains("mara@"), "{:?}", invited.changes);
        for act in ["erasureRequested", "erased", "memberRemoved"] {
            assert_eq!(world.count(&format!("audit_entry WHERE act = '{act}'")).await?, 1, "{act}");
        }
        let lines = engine.all_privacy_requests(&paula).await?;
        assert!(lines.iter().all(|line| !line.request.is_open() && line.email.is_none() && line.name == pseudonym), "{lines:#?}");
        Ok(())
    }
}

both! {
    /// The address is free: somebody registers with it and is a new person, who sees nothing of the one before.
    async fn y3_the_same_address_registers_as_somebody_new(world: &World) -> Result<()> {
        let (engine, (mara, _)) = (&world.engine, mara_and_ada(world).await?);
        engine.request_erasure(&mara, &mara.email).await?;
        world.clock(AFTER).await?;
        engine.erase_due().await?;
        engine.register(&mara.email, SignUp { name: "Mara".to_owned(), country: "GB".parse().expect("a country") }, FROM).await?;
        let letters = engine.mailbox(Some(&mara.email)).await?;
        assert_eq!(letters.len(), 1, "of the letters before none is hers");
        let (_, path) = letters[0].letter.link.clone().context("a link")?;
        let person = engine.join(path.strip_prefix("/join?token=").context("joins")?, "slate-harbour-lantern").await?;
        assert_ne!(person, mara.person);
        let new = engine.member(person, None).await?.context("a member")?;
        assert_ne!(new.customer, world.customer);
        let terms = engine.consent(&new, ConsentKind::Terms).await?.context("accepted")?;
        assert_eq!((terms.given, terms.version.as_deref()), (true, Some(TERMS_VERSION)));
        assert_eq!(terms.since.day(), engine.now().day());
        Ok(())
    }
}

both! {
    /// Withdrawn before its day, nothing happens on it; withdrawn again, it is the same; and it can be asked anew.
    async fn y1_a_deletion_is_withdrawn_until_its_day(world: &World) -> Result<()> {
        let (engine, (mara, ada)) = (&world.engine, mara_and_ada(world).await?);
        let asked = engine.request_erasure(&mara, &mara.email).await?;
        assert_eq!(engine.erasure_under_way(mara.person).await?.map(|request| request.id), Some(asked.id));
        assert!(matches!(engine.withdraw_privacy_request(&ada, asked.id).await, Err(Error::NotFound("request"))), "somebody else’s");
        engine.withdraw_privacy_request(&mara, asked.id).await?;
        engine.withdraw_privacy_request(&mara, asked.id).await?;
        assert_eq!(engine.erasure_under_way(mara.person).await?, None);
        world.clock(AFTER).await?;
        assert_eq!(engine.erase_due().await?, 0);
        assert_eq!(member(world, mara.person).await?.name, "Mara Lindqvist");
        for (act, times) in [("erasureRequested", 1), ("erasureWithdrawn", 1), ("erased", 0)] {
            assert_eq!(world.count(&format!("audit_entry WHERE act = '{act}'")).await?, times, "{act}");
        }
        assert_eq!(engine.mailbox(Some(&mara.email)).await?[0].letter.subject, "Your account stays");
        let anew = engine.request_erasure(&mara, &mara.email).await?;
        assert!(anew.id != asked.id && anew.resolve_by > asked.resolve_by);
        let both = engine.privacy_requests(&mara).await?;
        assert_eq!(both[1].ended.map(|(_, outcome)| outcome), Some(RequestOutcome::Withdrawn));
        Ok(())
    }
}

both! {
    /// A customer is never left without an administrator: not when it is asked, not by two who ask at once, and not when the
    /// day comes and the other one has gone meanwhile.
    async fn y1_the_last_administrator_stays(world: &World) -> Result<()> {
        let (engine, mara) = (&world.engine, world.administrator().await?);
        let refused = engine.request_erasure(&mara, &mara.email).await;
        assert!(matches!(refused, Err(Error::LastAdministrator)), "{refused:?}");
        assert_eq!(engine.alone_in_charge(&mara).await?, ["Northlight Films"]);
        let viewer = member(world, add(world, "Vera", Role::CustomerViewer).await?).await?;
        assert!(engine.request_erasure(&viewer, &viewer.email).await.is_ok(), "others may go");

        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        let (one, two) = tokio::join!(engine.request_erasure(&mara, &mara.email), other.request_erasure(&ada, &ada.email));
        assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
        let (goes, stays) = if one.is_ok() { (&mara, &ada) } else { (&ada, &mara) };

        engine.remove_member(goes, stays.person, Role::CustomerAdministrator).await?;
        world.clock(AFTER).await?;
        engine.erase_due().await?;
        let waits = engine.erasure_under_way(goes.person).await?.context("still asked")?;
        assert!(waits.waits_since.is_some());
        assert_eq!(member(world, goes.person).await?.role, Role::CustomerAdministrator);
        engine.erase_due().await?;
        let told = engine.mailbox(Some(&goes.email)).await?;
        assert_eq!(told.iter().filter(|posted| posted.letter.subject.contains("not be deleted yet")).count(), 1, "once");
        assert_eq!(world.count("audit_entry WHERE act = 'erasureHeldUp'").await?, 1);

        add(world, "Nia", Role::CustomerAdministrator).await?;
        other.close().await;
        drop(other);
        engine.erase_due().await?;
        assert!(engine.member(goes.person, None).await?.is_none(), "somebody else is there: now they may go");

        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        assert!(matches!(engine.request_erasure(&paula, &paula.email).await, Err(Error::LastAdministrator)), "somebody runs the platform");
        Ok(())
    }
}

both! {
    /// Eight sweeps at once in two processes forget each of six people once.
    async fn y3_two_processes_forget_once(world: &World) -> Result<()> {
        let (engine, (_, _)) = (&world.engine, mara_and_ada(world).await?);
        let other = Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?;
        for number in 0..6 {
            let vera = member(world, add(world, &format!("Vera{number}"), Role::CustomerViewer).await?).await?;
            engine.request_erasure(&vera, &vera.email).await?;
        }
        world.clock(AFTER).await?;
        other.set_sandbox_clock(AFTER.parse()?).await?;
        let sweeps = (0..8).map(|number| {
            let engine = if number % 2 == 0 { engine.clone() } else { other.clone() };
            tokio::spawn(async move { engine.erase_due().await })
        });
        for sweep in sweeps.collect::<Vec<_>>() {
            sweep.await??;
        }
        // Their own sweeps may have been quicker than ours: the entries say how often it was done.
        engine.erase_due().await?;
        assert_eq!(world.count("audit_entry WHERE act = 'erased'").await?, 6);
        assert_eq!(world.count("audit_entry WHERE act = 'memberRemoved'").await?, 6);
        assert_eq!(world.count("person WHERE erased_at IS NOT NULL").await?, 6);
        assert_eq!(world.count("member").await?, 2);
        other.close().await;
        Ok(())
    }
}

both! {
    /// Y2, Y5: staff see it with its days, acknowledge, extend once with a reason and at most to 90 days, and resolve; each is
    /// kept, and the person is told. Nobody else sees it.
    async fn y5_staff_answer_in_time_and_each_answer_is_kept(world: &World) -> Result<()> {
        let (engine, (mara, _)) = (&world.engine, mara_and_ada(world).await?);
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        let felix = member(world, add(world, "Felix", Role::FinanceViewer).await?).await?;
        for kind in [RequestKind::Export, RequestKind::Erasure] {
            assert!(engine.ask_about_privacy(&mara, kind, "").await.is_err(), "{kind:?} has its own form");
        }
        assert!(engine.ask_about_privacy(&mara, RequestKind::Objection, " ").await.is_err(), "to what?");
        let asked = engine.ask_about_privacy(&mara, RequestKind::Restriction, "").await?;
        assert_eq!(engine.ask_about_privacy(&mara, RequestKind::Restriction, "again").await?.id, asked.id);
        for other in [&mara, &felix] {
            assert!(matches!(engine.all_privacy_requests(other).await, Err(Error::Forbidden)));
            assert!(matches!(engine.acknowledge_request(other, asked.id).await, Err(Error::Forbidden)));
            assert!(matches!(engine.extend_request(other, asked.id, "2026-12-01".parse()?, "Why").await, Err(Error::Forbidden)));
            assert!(matches!(engine.resolve_request(other, asked.id, Resolution::Fulfilled, "Done").await, Err(Error::Forbidden)));
        }
        world.clock("2026-10-25T16:41:00Z").await?;
        let line = engine.all_privacy_requests(&paula).await?.remove(0);
        assert_eq!((line.name.as_str(), line.request.stage(engine.now())), ("Mara Lindqvist", Stage::AcknowledgementOverdue));
        engine.acknowledge_request(&paula, asked.id).await?;
        engine.acknowledge_request(&paula, asked.id).await?;
        for (to, reason) in [("2026-11-21", "Early"), ("2027-01-21", "Too far"), ("2026-12-01", " ")] {
            let refused = engine.extend_request(&paula, asked.id, to.parse()?, reason).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{to} {refused:?}");
        }
        engine.extend_request(&paula, asked.id, "2027-01-20".parse()?, "Three systems are involved.").await?;
        assert!(matches!(engine.resolve_request(&paula, asked.id, Resolution::Fulfilled, " ").await, Err(Error::Invalid { .. })), "a note");
        engine.resolve_request(&paula, asked.id, Resolution::Fulfilled, "It is restricted.").await?;
        assert!(matches!(engine.resolve_request(&paula, asked.id, Resolution::Declined, "No").await, Err(Error::Stale(_))));
        assert!(matches!(engine.withdraw_privacy_request(&mara, asked.id).await, Err(Error::Stale(_))), "it is answered");
        for act in ["privacyAsked", "privacyAcknowledged", "privacyExtended", "privacyResolved"] {
            assert_eq!(world.count(&format!("audit_entry WHERE act = '{act}'")).await?, 1, "{act}");
        }
        let letters = engine.mailbox(Some(&mara.email)).await?;
        assert_eq!(letters.len(), 4, "received, acknowledged, extended, resolved");
        let mine = engine.privacy_requests(&mara).await?.remove(0);
        assert_eq!((mine.answer.as_deref(), mine.extension.as_deref()), (Some("It is restricted."), Some("Three systems are involved.")));

        let erasure = engine.request_erasure(&mara, &mara.email).await?;
        assert!(engine.resolve_request(&paula, erasure.id, Resolution::Fulfilled, "Now").await.is_err(), "it has its day");
        engine.extend_request(&paula, erasure.id, "2026-12-01".parse()?, "An audit is under way.").await?;
        world.clock("2026-11-30T00:00:00Z").await?;
        assert_eq!(engine.erase_due().await?, 0, "its day is another one");
        Ok(())
    }
}

both! {
    /// A word is kept with its day; said again it says nothing; taken back it is as easy as given.
    async fn y1_consents_are_kept_with_their_day(world: &World) -> Result<()> {
        let (engine, (mara, _)) = (&world.engine, mara_and_ada(world).await?);
        let news = ConsentKind::ProductNews;
        assert_eq!(engine.consent(&mara, news).await?, None, "nobody has agreed for her");
        engine.set_consent(&mara, news, false).await?;
        engine.set_consent(&mara, news, true).await?;
        engine.set_consent(&mara, news, true).await?;
        let given = engine.consent(&mara, news).await?.context("given")?;
        assert_eq!((given.given, given.since.day()), (true, engine.now().day()));
        world.clock("2026-10-23T08:00:00Z").await?;
        engine.set_consent(&mara, news, false).await?;
        assert_eq!(world.count("consent_entry").await?, 2);
        assert_eq!(world.count("audit_entry WHERE act = 'consentChanged'").await?, 2);
        assert!(engine.set_consent(&mara, ConsentKind::Terms, false).await.is_err());
        let database = world.database().await?;
        assert!(database.execute_unprepared("UPDATE consent_entry SET given = 1").await.is_err(), "append-only");
        Ok(())
    }
}

both! {
    /// A letter keeps a token while its link works and not a moment longer; and a letter that is sent can keep none.
    async fn t7_a_letter_keeps_no_token_of_a_link_that_is_over(world: &World) -> Result<()> {
        let (engine, (mara, ada)) = (&world.engine, mara_and_ada(world).await?);
        let tokens = async || world.count("mail WHERE link_token IS NOT NULL").await;
        let clear = async || world.count("mail WHERE link_path LIKE '%token%' OR paragraphs LIKE '%token%'").await;
        engine.send_link(LinkKind::SignIn, &mara.email, FROM).await?;
        let first = engine.mailbox(Some(&mara.email)).await?.remove(0);
        let (_, path) = first.letter.link.context("a link")?;
        assert!(path.starts_with("/enter?token=") && !first.link_is_over, "the sandbox shows it while it works");
        engine.forget_tokens().await?;
        assert_eq!((tokens().await?, clear().await?), (1, 0));
        engine.enter(path.strip_prefix("/enter?token=").context("a token")?).await?;
        engine.forget_tokens().await?;
        assert_eq!(tokens().await?, 0, "used");
        let used = engine.mailbox(Some(&mara.email)).await?.remove(0);
        assert!(used.link_is_over && used.letter.link.is_none());

        engine.send_link(LinkKind::SignIn, &ada.email, FROM).await?;
        engine.send_link(LinkKind::SignIn, &ada.email, FROM).await?;
        engine.forget_tokens().await?;
        assert_eq!(tokens().await?, 1, "the one before it was replaced");
        let invited = engine.invite(&mara, NewInvitation { email: "new@studio.example".to_owned(), role: Role::CustomerViewer, accounts: BTreeSet::new() }).await?;
        engine.forget_tokens().await?;
        assert_eq!(tokens().await?, 2);
        world.clock("2026-10-22T16:56:00Z").await?;
        engine.forget_tokens().await?;
        assert_eq!(tokens().await?, 1, "15 minutes are over, the seven days are not");
        let database = world.database().await?;
        let sent = "UPDATE mail SET sent_at = created_at WHERE link_token IS NOT NULL";
        assert!(database.execute_unprepared(sent).await.is_err(), "marked as sent, it has no token");
        assert!(database.execute_unprepared(&sent.replace("sent_at = created_at", "sent_at = created_at, link_token = NULL")).await.is_ok());
        engine.revoke_invitation(&mara, invited).await?;
        engine.forget_tokens().await?;
        assert_eq!(tokens().await?, 0);
        let plain = engine.mailbox(Some(&mara.email)).await?;
        assert!(plain.iter().all(|posted| posted.letter.link.is_none() || !posted.link_is_over));
        Ok(())
    }
}
