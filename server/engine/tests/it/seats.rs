//! Who belongs to a team: invitations, roles, removal, seats and their caps. H4–H7, A7, 5.23; I-44 to I-46, T2, T11.

use crate::{
    support::{World, both, production, speech},
    team::{PASSWORD, add, member},
};
use anyhow::{Context, Result, bail};
use billing::{
    allowance::Source,
    budget::{CapOverride, LimitChange, SeatLimit},
    customer::AccountStatus,
    id::{InvitationId, PersonId},
    money::{Currency, Money},
    production::{Conflict, End, Outcome},
    refusal::{Figures, Reason},
    team::{Reach, Role, Scope},
    tier::{BillingPeriod, Next, Plan, Tier},
    time::Span,
    tokens::Tokens,
};
use engine::{
    Engine, Error, Settings,
    allowance::Need,
    mail::MailKind,
    payment::Wanted,
    production::AdmitRequest,
    team::{Member, NewInvitation, SeatTerms, SignIn},
    tier::NewSubscription,
};
use futures::future::join_all;
use sea_orm::ConnectionTrait;
use std::{collections::BTreeSet, fmt::Write, net::Ipv4Addr};

/// Who signs in by this address and that password; nobody where it is none, or where they are no member.
async fn comes_in(world: &World, email: &str) -> Result<Option<Member>> {
    let SignIn::Complete(person) = world.engine.sign_in(email, PASSWORD, Ipv4Addr::LOCALHOST.into()).await?
    else {
        return Ok(None);
    };
    Ok(world.engine.member(person, Some(world.customer)).await?)
}

fn tokens(count: i64) -> Tokens {
    Tokens::new(count).expect("tokens")
}

fn as_viewer(email: &str) -> NewInvitation {
    NewInvitation { email: email.to_owned(), role: Role::CustomerViewer, accounts: BTreeSet::new() }
}

fn terms(role: Role) -> SeatTerms {
    SeatTerms { role, accounts: BTreeSet::new(), cap: None }
}

/// What a member is, as the page shows it.
async fn shown(by: &Member, engine: &Engine, person: PersonId) -> Result<SeatTerms> {
    let team = engine.team(by).await?;
    Ok(team.members.into_iter().find(|one| one.person == person).context("a member")?.terms)
}

/// The token in the newest letter to an address.
pub async fn token(world: &World, email: &str) -> Result<String> {
    let letters = world.engine.mailbox(Some(email)).await?;
    let letter =
        letters.iter().find(|posted| posted.letter.kind == MailKind::Invitation).context("a letter")?;
    let (_, path) = letter.letter.link.clone().context("a link")?;
    Ok(path.strip_prefix("/invitations/accept?token=").context("our own address")?.to_owned())
}

/// A second server on the same database.
async fn another(world: &World) -> Result<Engine> {
    Ok(Engine::open(Settings { database_url: world.url.clone(), sandbox: true }).await?)
}

/// Subscribes the customer to so many seats of Atelier.
async fn atelier(world: &World, seats: u32) -> Result<Member> {
    let mara = world.administrator().await?;
    let plan = Plan { tier: Tier::Atelier, billing: BillingPeriod::Monthly, seats };
    let anchor_on = "2026-10-01".parse()?;
    world.engine.subscribe(world.customer, NewSubscription { plan, anchor_on, contract: None }).await?;
    Ok(mara)
}

async fn noted(world: &World, act: &str) -> Result<i64> {
    world.count(&format!("audit_entry WHERE act = '{act}'")).await
}

both! {
    /// Two administrators demote each other at once, through two servers, again and again: one always remains.
    async fn i44_two_administrators_demote_each_other_and_one_remains(world: &World) -> Result<()> {
        let other = another(world).await?;
        for round in 0..8 {
            let ada = add(world, &format!("Ada{round}"), Role::CustomerAdministrator).await?;
            let bea = add(world, &format!("Bea{round}"), Role::CustomerAdministrator).await?;
            let (a, b) = (member(world, ada).await?, member(world, bea).await?);
            let (was, to) = (terms(Role::CustomerAdministrator), terms(Role::CustomerViewer));
            let (one, two) = tokio::join!(
                world.engine.change_seat(&a, bea, was.clone(), to.clone()),
                other.change_seat(&b, ada, was.clone(), to.clone()),
            );
            let refused = match (one, two) {
                (Ok(()), Err(error)) | (Err(error), Ok(())) => error,
                (one, two) => bail!("one wins: {one:?}, {two:?}"),
            };
            assert!(matches!(refused, Error::Forbidden), "who was demoted manages nothing: {refused}");
            let left = [ada, bea];
            let mut left_over = Vec::new();
            for person in left {
                if member(world, person).await?.role == Role::CustomerAdministrator {
                    left_over.push(person);
                }
            }
            assert_eq!(left_over.len(), 1);
            let last = member(world, left_over[0]).await?;
            for gone in [
                world.engine.change_seat(&last, last.person, was, to).await,
                world.engine.remove_member(&last, last.person, Role::CustomerAdministrator).await,
            ] {
                assert!(matches!(gone, Err(Error::LastAdministrator)), "{gone:?}");
            }
            assert_eq!(noted(world, "changeRefused").await?, 3 * (round + 1), "each refused attempt is kept");
            assert_eq!(noted(world, "roleChanged").await?, round + 1);
            // makes room for the next two
            let paula = member(world, add(world, &format!("Paula{round}"), Role::PlatformAdministrator).await?).await?;
            let stand_in = add(world, &format!("Zoe{round}"), Role::CustomerAdministrator).await?;
            world.engine.remove_member(&paula, last.person, Role::CustomerAdministrator).await?;
            let zoe = member(world, stand_in).await?;
            let next = add(world, &format!("Yan{round}"), Role::CustomerAdministrator).await?;
            world.engine.remove_member(&zoe, next, Role::CustomerAdministrator).await?;
            database(world, &format!("UPDATE member SET role = 'customerViewer' WHERE person_id = '{stand_in}'")).await?;
        }
        other.close().await;
        Ok(())
    }
}

async fn database(world: &World, statement: &str) -> Result<()> {
    world.database().await?.execute_unprepared(statement).await?;
    Ok(())
}

both! {
    /// Sixteen change one member at once, each to something else, all having been shown the same: one does, the others hear
    /// what it is now, and the log has every attempt.
    async fn i44_of_two_who_change_one_seat_one_hears_what_it_is_now(world: &World) -> Result<()> {
        let other = another(world).await?;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        let olga = add(world, "Olga", Role::CustomerViewer).await?;
        let was = shown(&ada, &world.engine, olga).await?;
        assert_eq!(was, terms(Role::CustomerViewer));
        let engines = [&world.engine, &other];
        let changes = (1..=16).map(|n| {
            let to = SeatTerms { cap: Some(tokens(n * 100)), ..terms(Role::CustomerViewer) };
            engines[usize::from(n % 2 == 0)].change_seat(&ada, olga, was.clone(), to)
        });
        let answers = join_all(changes).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let now = shown(&ada, &world.engine, olga).await?;
        for answer in answers.into_iter().filter_map(Result::err) {
            let Error::Changed { now: told } = answer else { bail!("{answer}") };
            assert_eq!(told, now.to_string());
        }
        assert_eq!((noted(world, "seatCapChanged").await?, noted(world, "changeRefused").await?), (1, 15));

        // an override, a removal and accounts are made on what was shown, too
        let limit = SeatLimit::of(now.cap.context("a cap")?);
        let stale = SeatLimit::of(tokens(7));
        let instead = CapOverride { tokens: tokens(9_000), until: world.engine.now().after(Span::days(2)) };
        let late = world.engine.override_cap(&ada, olga, stale, Some(instead)).await;
        assert!(matches!(late, Err(Error::Changed { .. })), "{late:?}");
        world.engine.override_cap(&ada, olga, limit, Some(instead)).await?;
        world.engine.override_cap(&ada, olga, limit, Some(instead)).await?; // sent twice
        let late = world.engine.override_cap(&ada, olga, limit, None).await;
        assert!(matches!(late, Err(Error::Changed { .. })), "it was shown without the override: {late:?}");
        let late = world.engine.remove_member(&ada, olga, Role::AccountOperator).await;
        assert!(matches!(late, Err(Error::Changed { .. })), "{late:?}");
        let to = SeatTerms { role: Role::AccountOperator, accounts: [world.account].into(), cap: None };
        world.engine.change_seat(&ada, olga, now, to.clone()).await?;
        assert_eq!(member(world, olga).await?.reach, Reach::Accounts(world.customer, [world.account].into()));
        assert_eq!(noted(world, "accountsAssigned").await?, 1);
        world.engine.change_seat(&ada, olga, to, terms(Role::CustomerViewer)).await?;
        assert_eq!(shown(&ada, &world.engine, olga).await?, terms(Role::CustomerViewer), "no assignment is left behind");
        other.close().await;
        Ok(())
    }
}

both! {
    /// Two processes, sixteen forms for one account's limits: one is saved, the others hear what it is now; the log has every
    /// attempt. What is sent twice is no conflict.
    async fn i44_of_two_who_change_one_budget_one_hears_what_it_is_now(world: &World) -> Result<()> {
        let other = another(world).await?;
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        let stop = |minor: i64| vec![LimitChange::StopAt(Some(Money::new(minor, Currency::Gbp)))];
        world.limit(30_000).await?;
        let limits = async || Ok::<_, Error>(world.engine.account(world.customer, world.account).await?.limits);
        let shown = limits().await?;
        let engines = [&world.engine, &other];
        let changes = (1..=16).map(|n| {
            let engine = engines[usize::from(n % 2 == 0)];
            engine.set_limits_of(&mara, world.account, Some(shown), stop(n * 10_000 + 1))
        });
        let answers = join_all(changes).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let now = limits().await?;
        for answer in answers.into_iter().filter_map(Result::err) {
            let Error::Changed { now: told } = answer else { bail!("{answer}") };
            assert_eq!(told, now.words(world.engine.now().month()));
        }
        assert_eq!((noted(world, "limitsChanged").await?, noted(world, "changeRefused").await?), (2, 15));
        let minor = now.stop_at.context("a limit")?.minor();
        world.engine.set_limits_of(&mara, world.account, Some(shown), stop(minor)).await?;
        world.engine.set_limits_of(&mara, world.account, Some(now), stop(1)).await?;
        other.close().await;
        Ok(())
    }
}

both! {
    /// The same of a plan: what is ordered or decided on a plan that is no longer so is refused with what is so now.
    async fn i44_of_two_who_change_one_plan_one_hears_what_it_is_now(world: &World) -> Result<()> {
        let other = another(world).await?;
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        let plan = |tier| Plan { tier, billing: BillingPeriod::Monthly, seats: 1 };
        let engines = [&world.engine, &other];
        let first = world.engine.plan_of(&mara).await?.mark();
        let change = async |n: usize| {
            let (engine, request) = (engines[n % 2], format!("change-{n}"));
            engine.change_plan(&mara, &request, plan(Tier::Creator), &first).await
        };
        change(0).await?;
        // the second of two clicks hears that it is so already
        assert!(matches!(change(1).await, Err(Error::Invalid { .. })));
        let now = world.engine.plan_of(&mara).await?;
        let stale = world.engine.change_plan(&mara, "stale", plan(Tier::Pro), &first).await;
        assert!(matches!(&stale, Err(Error::Changed { now: told }) if *told == now.mark()), "{stale:?}");
        assert_eq!(noted(world, "changeRefused").await?, 1);

        let subscription = now.subscription.context("a subscription")?.id;
        let shown = now.mark();
        let (pause, cancel) = tokio::join!(
            world.engine.decide_next(&mara, subscription, Next::Pause, Some(&shown)),
            other.decide_next(&mara, subscription, Next::Cancel, Some(&shown)),
        );
        assert!(pause.is_ok() != cancel.is_ok(), "one of two decides: {pause:?}, {cancel:?}");
        let refused = pause.err().or(cancel.err());
        let decided = world.engine.plan_of(&mara).await?.mark();
        assert!(matches!(&refused, Some(Error::Changed { now: told }) if *told == decided), "{refused:?}");
        assert_eq!((noted(world, "planDecided").await?, noted(world, "changeRefused").await?), (1, 2));
        world.engine.decide_next(&mara, subscription, Next::Renew, Some(&decided)).await?;
        world.engine.decide_next(&mara, subscription, Next::Renew, Some(&decided)).await?; // sent twice
        other.close().await;
        Ok(())
    }
}

both! {
    /// Removed while a production runs in their name: they are nobody from the next look on; what runs settles, and nothing
    /// new starts in their name. Their content stays.
    async fn i45_a_removed_member_starts_nothing_and_what_runs_settles(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, Some("2026-11-01T00:00:00Z")).await?;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        let engine = &world.engine;
        let was = shown(&ada, engine, olga).await?;
        let to = SeatTerms { accounts: [world.account].into(), cap: Some(tokens(500)), ..was.clone() };
        engine.change_seat(&ada, olga, was, to).await?;
        let steps = [speech("one", 10), speech("two", 5)];
        let request = |name: &str| AdmitRequest { member: Some(olga), ..world.request(name, steps.to_vec()) };
        engine.admit(world.customer, None, request("runs")).await?;
        world.report("runs", &steps[0], 1, Outcome::Succeeded).await?;

        engine.remove_member(&ada, olga, Role::AccountOperator).await?;
        engine.remove_member(&ada, olga, Role::AccountOperator).await?; // sent twice
        assert_eq!(engine.member(olga, Some(world.customer)).await?, None);
        assert!(comes_in(world, "olga@example.com").await?.is_none());
        let refused = engine.admit(world.customer, None, request("new")).await;
        assert!(matches!(refused, Err(Error::NotFound("member"))), "{refused:?}");
        assert!(engine.admit(world.customer, None, request("runs")).await?.again, "the first answer once more");
        world.report("runs", &steps[1], 1, Outcome::Succeeded).await?;
        let settled = world.finish("runs", End::Published).await?;
        assert_eq!((settled.captured.get(), world.balance().await?), (120, (880, 0)));
        assert_eq!(world.count("production WHERE member_id IS NOT NULL").await?, 1, "their content stays");
        assert_eq!((world.count("account_access").await?, noted(world, "memberRemoved").await?), (0, 1));
        let stranger = engine.remove_member(&ada, PersonId::new(ulid::Ulid::from_parts(1, 1)), Role::AccountOperator).await;
        assert!(matches!(stranger, Err(Error::NotFound("member"))), "{stranger:?}");
        Ok(())
    }
}

both! {
    /// One link, 32 who use it at once through two servers: one member, one seat. Only a hash of it is kept.
    async fn i46_one_link_makes_one_member(world: &World) -> Result<()> {
        let mara = atelier(world, 3).await?;
        let other = another(world).await?;
        let new = NewInvitation {
            email: " Ivo@Example.com ".to_owned(),
            role: Role::AccountOperator,
            accounts: [world.account].into(),
        };
        world.engine.invite(&mara, new).await?;
        let token = token(world, "ivo@example.com").await?;
        assert_eq!(token.len(), 64, "256 bits");
        for table in ["invitation", "audit_entry"] {
            assert!(!rows(world, table).await?.contains(&token), "{table} keeps the token");
        }
        let engines = [&world.engine, &other];
        let accepts = (0..32).map(|n| engines[n % 2].accept_invitation(&token, None, "Ivo Marić", PASSWORD));
        let answers = join_all(accepts).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for answer in answers.into_iter().filter_map(Result::err) {
            // whoever looked before the person was made hears that they are known now
            let told = matches!(answer, Error::NotFound("invitation"));
            assert!(told, "{answer}");
        }
        let team = world.engine.team(&mara).await?;
        assert_eq!((team.members.len(), team.invitations.len(), team.seats.used()), (2, 0, 2));
        let ivo = comes_in(world, "ivo@example.com").await?.context("they sign in")?;
        assert_eq!((ivo.name.as_str(), ivo.role), ("Ivo Marić", Role::AccountOperator));
        assert_eq!(ivo.reach, Reach::Accounts(world.customer, [world.account].into()));
        assert_eq!((world.count("person").await?, noted(world, "invitationAccepted").await?), (2, 1));
        other.close().await;
        Ok(())
    }
}

/// A table as text.
async fn rows(world: &World, table: &str) -> Result<String> {
    let database = world.database().await?;
    let text = format!("SELECT * FROM {table}");
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), text);
    let mut all = String::new();
    for row in database.query_all_raw(statement).await? {
        for column in row.column_names() {
            let text = row.try_get::<Option<String>>("", &column);
            let cell = text
                .or_else(|_| Ok(row.try_get::<Option<i64>>("", &column)?.map(|number| number.to_string())));
            let cell: Result<_, sea_orm::DbErr> = cell;
            writeln!(all, "{column}: {:?}", cell?)?;
        }
    }
    assert!(!all.is_empty());
    Ok(all)
}

both! {
    /// Every link and every invitation at once never take more seats than there are; and 32 links of one seat each are as
    /// many members as there are seats.
    async fn i46_invitations_never_exceed_the_seats(world: &World) -> Result<()> {
        let mara = atelier(world, 5).await?;
        let other = another(world).await?;
        let engines = [&world.engine, &other];
        let invites = (0..32).map(|n| engines[n % 2].invite(&mara, as_viewer(&format!("v{n}@example.com"))));
        let answers: Vec<Result<InvitationId, Error>> = join_all(invites).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 4, "one of five is the administrator’s");
        for answer in answers.into_iter().filter_map(Result::err) {
            assert!(matches!(answer, Error::NoSeat(full) if full.most == 5), "{answer}");
        }
        let open = world.engine.team(&mara).await?.invitations;
        let mut tokens = Vec::new();
        for one in &open {
            tokens.push(token(world, &one.email).await?);
        }
        let accepts = (0..32).map(|n| engines[n % 2].accept_invitation(&tokens[n % 4], None, "Vera", PASSWORD));
        assert_eq!(join_all(accepts).await.iter().filter(|answer| answer.is_ok()).count(), 4);
        let seats = world.engine.team(&mara).await?.seats;
        assert_eq!((seats.members, seats.invited, seats.free()), (5, 0, Some(0)));
        let full = world.engine.invite(&mara, as_viewer("late@example.com")).await;
        assert!(matches!(full, Err(Error::NoSeat(_))), "{full:?}");
        // a removed member frees the seat at once
        let gone = comes_in(world, &open[0].email).await?.context("a member")?;
        world.engine.remove_member(&mara, gone.person, Role::CustomerViewer).await?;
        world.engine.invite(&mara, as_viewer("late@example.com")).await?;
        other.close().await;
        Ok(())
    }
}

both! {
    /// Expired, revoked, used, replaced by a newer one, for another address, never sent: one answer. Looking changes nothing.
    async fn i46_whatever_is_wrong_with_a_link_the_answer_is_the_same(world: &World) -> Result<()> {
        let engine = &world.engine;
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        let zoe = member(world, add(world, "Zoe", Role::CustomerViewer).await?).await?;
        let invite = async |email: &str| -> Result<(InvitationId, String)> {
            Ok((engine.invite(&mara, as_viewer(email)).await?, token(world, email).await?))
        };
        let (_, used) = invite("used@example.com").await?;
        engine.accept_invitation(&used, None, "Ulla", PASSWORD).await?;
        let (id, revoked) = invite("revoked@example.com").await?;
        engine.revoke_invitation(&mara, id).await?;
        engine.revoke_invitation(&mara, id).await?; // sent twice
        let (id, replaced) = invite("again@example.com").await?;
        engine.send_invitation_again(&mara, id).await?;
        let fresh = token(world, "again@example.com").await?;
        assert_ne!(fresh, replaced);
        let (_, theirs) = invite("theirs@example.com").await?;
        for (bad, by) in [
            (used.as_str(), None),
            (&revoked, None),
            (&replaced, None),
            (&theirs, Some(&zoe)),
            ("", None),
            (&"0".repeat(64), None),
        ] {
            let looked = engine.invited(bad, by).await;
            assert!(matches!(looked, Err(Error::NotFound("invitation"))), "{looked:?}");
            let accepted = engine.accept_invitation(bad, by, "Nina", PASSWORD).await;
            assert!(matches!(accepted, Err(Error::NotFound("invitation"))), "{accepted:?}");
        }
        let before = rows(world, "invitation").await?;
        let invited = engine.invited(&fresh, None).await?;
        assert_eq!((invited.known, invited.role, invited.customer.as_str()), (false, Role::CustomerViewer, "Northlight Films"));
        assert_eq!(rows(world, "invitation").await?, before, "looking changes nothing");
        world.clock("2026-10-29T16:39:00Z").await?;
        engine.invited(&fresh, None).await?;
        world.clock("2026-10-29T16:41:00Z").await?; // seven days
        let looked = engine.invited(&fresh, None).await;
        assert!(matches!(looked, Err(Error::NotFound("invitation"))), "{looked:?}");
        engine.send_invitation_again(&mara, id).await?;
        engine.invited(&token(world, "again@example.com").await?, None).await?;
        Ok(())
    }
}

both! {
    /// Somebody who can sign in already joins by their password, or as who they are signed in as; a wrong password does not
    /// use the link up.
    async fn h7_a_known_person_joins_by_their_own_password(world: &World) -> Result<()> {
        let engine = &world.engine;
        let mara = member(world, add(world, "Mara", Role::CustomerAdministrator).await?).await?;
        let elsewhere = engine.open_customer("Elsewhere", Currency::Eur).await?;
        let hugo = engine::team::NewMember {
            name: "Hugo", email: "hugo@example.com", password: "another long one", role: Role::CustomerViewer,
        };
        let hugo = engine.add_member(elsewhere, hugo).await?;
        engine.invite(&mara, as_viewer("HUGO@example.com")).await?;
        let link = token(world, "hugo@example.com").await?;
        assert!(engine.invited(&link, None).await?.known);
        let wrong = engine.accept_invitation(&link, None, "Not Hugo", PASSWORD).await;
        assert!(matches!(&wrong, Err(Error::Invalid { field, .. }) if field == "password"), "{wrong:?}");
        let signed_in = engine.member(hugo, None).await?.context("a member")?;
        engine.accept_invitation(&link, Some(&signed_in), "", "").await?;
        let both = engine.member(hugo, Some(world.customer)).await?.context("a member")?;
        assert_eq!((both.customers.len(), both.customer, both.name.as_str()), (2, world.customer, "Hugo"));
        for (name, password, field) in
            [("", PASSWORD, "name"), ("Nina", "short", "password"), ("Ni\nna", PASSWORD, "name")]
        {
            engine.invite(&mara, as_viewer(&format!("{}@example.com", password.len() + name.len()))).await?;
            let link = token(world, &format!("{}@example.com", password.len() + name.len())).await?;
            let wrong = engine.accept_invitation(&link, None, name, password).await;
            assert!(matches!(&wrong, Err(Error::Invalid { field: named, .. }) if named == field), "{wrong:?}");
        }
        Ok(())
    }
}

both! {
    /// 5.23: seats are lowered when the term ends and never below those in use; what will be gone is not given away.
    async fn reading_5_23_seats_are_lowered_at_renewal_and_not_below_those_in_use(world: &World) -> Result<()> {
        let mara = atelier(world, 5).await?;
        let engine = &world.engine;
        let seats = |seats| Plan { tier: Tier::Atelier, billing: BillingPeriod::Monthly, seats };
        for n in 0..3 {
            engine.invite(&mara, as_viewer(&format!("v{n}@example.com"))).await?;
        }
        let state = engine.plan_of(&mara).await?;
        assert_eq!(state.in_use.seats, 4, "live invitations take seats");
        let too_few = engine.order(&mara, "fewer", Wanted::Plan(seats(3))).await;
        assert!(matches!(too_few, Err(Error::Invalid { .. })), "{too_few:?}");
        let subscription = state.subscription.context("a subscription")?.id;
        let too_few = engine.decide_next(&mara, subscription, Next::Become(seats(3)), None).await;
        assert!(matches!(too_few, Err(Error::Invalid { .. })), "{too_few:?}");
        engine.decide_next(&mara, subscription, Next::Become(seats(4)), None).await?;
        let full = engine.invite(&mara, as_viewer("late@example.com")).await;
        let until = "2026-11-01".parse().ok();
        assert!(matches!(full, Err(Error::NoSeat(full)) if (full.most, full.from) == (4, until)), "{full:?}");
        world.clock("2026-11-01T00:00:01Z").await?;
        engine.refresh_due().await?;
        let now = engine.team(&mara).await?.seats;
        assert_eq!((now.paid, now.used()), (Some(4), 1), "the invitations have expired by then");
        Ok(())
    }
}

both! {
    /// Administrators and the platform's staff alone; whose things are another customer's do not exist.
    async fn i47_the_team_is_managed_by_administrators_and_the_platform(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let engine = &world.engine;
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        engine.assign_accounts(world.customer, olga, &[world.account]).await?;
        engine.set_seat_cap(world.customer, olga, Some(tokens(100))).await?;
        let paula = member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await?;
        let id = engine.invite(&paula, as_viewer("new@example.com")).await?;
        world.admit("runs", vec![speech("one", 10)]).await?;
        let request = AdmitRequest { member: Some(olga), ..world.request("big", vec![speech("one", 20)]) };
        assert!(matches!(engine.admit(world.customer, None, request).await, Err(Error::Refused(_))));
        let own = member(world, olga).await?;
        let refusal = engine.refusals(&own, None, 1).await?[0].id;
        engine.ask_for_more(&own, refusal, "").await?;
        let asked = engine.team(&paula).await?.requests[0].id;

        let elsewhere = engine.open_customer("Elsewhere", Currency::Eur).await?;
        let eve = engine::team::NewMember {
            name: "Eve", email: "eve@example.com", password: PASSWORD, role: Role::CustomerAdministrator,
        };
        let eve = engine.add_member(elsewhere, eve).await?;
        let eve = engine.member(eve, None).await?.context("a member")?;
        let limit = SeatLimit::of(tokens(100));
        let was = shown(&paula, engine, olga).await?;
        let acts = async |by: &Member| -> Vec<(&'static str, Error)> {
            let to = SeatTerms { cap: None, ..was.clone() };
            let answers = [
                ("again", engine.send_invitation_again(by, id).await.map(drop)),
                ("revoke", engine.revoke_invitation(by, id).await.map(drop)),
                ("change", engine.change_seat(by, olga, was.clone(), to).await),
                ("override", engine.override_cap(by, olga, limit, None).await),
                ("remove", engine.remove_member(by, olga, Role::AccountOperator).await),
                ("release", engine.release_hold(by, production("runs"), "stuck").await.map(drop)),
                ("answer", engine.answer_request(by, asked, true).await.map(drop)),
            ];
            answers.into_iter().map(|(name, answer)| (name, answer.expect_err(name))).collect()
        };
        for role in [Role::CustomerViewer, Role::AccountOperator, Role::FinanceViewer] {
            let by = member(world, add(world, &format!("{role:?}"), role).await?).await?;
            assert!(matches!(engine.team(&by).await, Err(Error::Forbidden)), "{role:?}");
            let invited = engine.invite(&by, as_viewer("x@example.com")).await;
            assert!(matches!(invited, Err(Error::Forbidden)), "{role:?}");
            for (act, error) in acts(&by).await {
                assert!(matches!(error, Error::Forbidden), "{act} by {role:?}: {error}");
            }
        }
        for (act, error) in acts(&eve).await {
            assert!(matches!(error, Error::NotFound(_)), "{act} by another customer’s administrator: {error}");
        }
        let foreign = NewInvitation { accounts: [world.account].into(), role: Role::AccountOperator, ..as_viewer("x@example.com") };
        assert!(matches!(engine.invite(&eve, foreign).await, Err(Error::NotFound("account"))));
        for role in [Role::PlatformAdministrator, Role::FinanceViewer] {
            let given = engine.invite(&paula, NewInvitation { role, ..as_viewer("x@example.com") }).await;
            assert!(matches!(given, Err(Error::Invalid { .. })), "{role:?} is not theirs to give");
        }
        // what was refused has changed nothing; the platform's staff may
        assert_eq!(shown(&paula, engine, olga).await?, was);
        engine.answer_request(&paula, asked, true).await?;
        engine.release_hold(&paula, production("runs"), "stuck").await?;
        engine.remove_member(&paula, olga, Role::AccountOperator).await?;
        engine.revoke_invitation(&paula, id).await?;
        Ok(())
    }
}

both! {
    /// A7: an override counts in the gate's own decision, and ends by itself.
    async fn a7_an_override_lifts_the_cap_until_its_instant(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 100_000, Some("2026-11-01T00:00:00Z")).await?;
        let engine = &world.engine;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        engine.set_seat_cap(world.customer, olga, Some(tokens(100))).await?;
        let ask = async |name: &str, seconds| -> Result<Option<Figures>> {
            let steps = vec![speech("one", seconds)];
            let request = AdmitRequest { member: Some(olga), ..world.request(name, steps.clone()) };
            match engine.admit(world.customer, None, request).await {
                Ok(_) => {
                    world.report(name, &steps[0], 1, Outcome::Succeeded).await?;
                    world.finish(name, End::Published).await?;
                    Ok(None)
                }
                Err(Error::Refused(refusal)) => {
                    assert_eq!((refusal.reason, refusal.scope.name()), (Reason::SeatCap, "Olga"));
                    Ok(refusal.figures)
                }
                Err(error) => Err(error.into()),
            }
        };
        let figures = ask("a", 20).await?.context("refused")?;
        assert!(matches!(figures, Figures::Tokens { limit, short_by, .. } if (limit.get(), short_by.get()) == (100, 60)));
        let until = engine.now().after(Span::hours(1));
        let instead = CapOverride { tokens: tokens(400), until };
        engine.override_cap(&ada, olga, SeatLimit::of(tokens(100)), Some(instead)).await?;
        assert_eq!(ask("a", 20).await?, None);
        let figures = ask("b", 31).await?.context("refused")?;
        assert!(matches!(figures, Figures::Tokens { limit, used, .. } if (limit.get(), used.get()) == (400, 160)));
        engine.advance_sandbox_clock(Span::hours(1)).await?;
        let figures = ask("c", 1).await?.context("refused")?;
        assert!(matches!(figures, Figures::Tokens { limit, available, .. } if (limit.get(), available.get()) == (100, 0)));
        let overview = engine.overview(&member(world, olga).await?).await?;
        let seat = overview.seat.context("their own use")?;
        assert_eq!((seat.taken.used.get(), seat.limit.at(engine.now()).get()), (160, 100));
        assert_eq!(engine.overview(&ada).await?.seat, None);
        for until in [engine.now(), engine.now().after(Span::days(400))] {
            let wrong = CapOverride { tokens: tokens(1), until };
            let limit = seat.limit;
            let wrong = engine.override_cap(&ada, olga, limit, Some(wrong)).await;
            assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
        }
        Ok(())
    }
}

both! {
    /// A7: a stuck hold is an ordinary end of its production, once, with a reason that is kept.
    async fn a7_a_stuck_hold_is_released_with_a_reason(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, None).await?;
        let engine = &world.engine;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        let steps = [speech("one", 10), speech("two", 20)];
        world.admit("a", steps.to_vec()).await?;
        world.report("a", &steps[0], 1, Outcome::Succeeded).await?;
        let held = engine.team(&ada).await?.holdings;
        assert_eq!((held.len(), held[0].held.get(), held[0].title.as_str()), (1, 160, "Production a"));
        let wrong = engine.release_hold(&ada, production("a"), "  ").await;
        assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
        let releases = (0..8).map(|_| engine.release_hold(&ada, production("a"), "its machine is gone"));
        for released in join_all(releases).await {
            assert_eq!(released?.released.get(), 160);
        }
        assert_eq!((world.balance().await?, noted(world, "holdReleased").await?), ((920, 0), 1));
        assert!(rows(world, "audit_entry").await?.contains("its machine is gone"));
        let late = world.report("a", &steps[1], 1, Outcome::Succeeded).await;
        assert!(matches!(late, Err(Error::Conflict(Conflict::AlreadyReleased))), "{late:?}");
        world.admit("b", vec![steps[0].clone()]).await?;
        world.finish("b", End::Published).await?;
        let late = engine.release_hold(&ada, production("b"), "why not").await;
        assert!(matches!(late, Err(Error::Conflict(Conflict::AlreadyFinished))), "{late:?}");
        Ok(())
    }
}

both! {
    /// A7: refused by their cap, a member asks; an administrator answers in one act, and the production starts. The other
    /// answer changes nothing but the request.
    async fn a7_a_request_is_granted_by_an_override_or_declined(world: &World) -> Result<()> {
        world.grant(Source::Allowance, 1_000, Some("2026-11-01T00:00:00Z")).await?;
        let engine = &world.engine;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        engine.assign_accounts(world.customer, olga, &[world.account]).await?;
        engine.set_seat_cap(world.customer, olga, Some(tokens(100))).await?;
        let own = member(world, olga).await?;
        let ask = async |name: &str, seconds| {
            let request = AdmitRequest { member: Some(olga), ..world.request(name, vec![speech("one", seconds)]) };
            engine.admit(world.customer, None, request).await.map(drop)
        };
        assert!(ask("small", 10).await.is_ok());
        assert!(ask("film", 20).await.is_err());
        let line = engine.refusals(&own, None, 1).await?.remove(0);
        assert_eq!(engine.request_at(&own, &line).await?, (true, None));
        assert!(matches!(engine.ask_for_more(&ada, line.id, "").await, Err(Error::Forbidden)), "who may do it need not ask");
        let asks = (0..8).map(|_| engine.ask_for_more(&own, line.id, "The premiere is on Friday"));
        for asked in join_all(asks).await {
            asked?;
        }
        let request = engine.team(&ada).await?.requests.remove(0);
        assert_eq!((request.needed.get(), request.words.as_deref()), (160, Some("The premiere is on Friday")));
        let needs = engine.overview(&ada).await?.needs;
        assert!(needs.iter().any(|need| matches!(need, Need::Asked(asked) if asked.id == request.id)));
        assert!(!engine.overview(&own).await?.needs.iter().any(|need| matches!(need, Need::Asked(_))));
        let letters = engine.mailbox(Some("ada@example.com")).await?;
        assert_eq!((letters.len(), letters[0].letter.kind), (1, MailKind::Request), "one letter, however often it was sent");

        engine.answer_request(&ada, request.id, true).await?;
        engine.answer_request(&ada, request.id, true).await?; // sent twice
        let other = engine.answer_request(&ada, request.id, false).await;
        assert!(matches!(other, Err(Error::Changed { .. })), "{other:?}");
        let limit = engine.team(&ada).await?.members.into_iter().find(|one| one.person == olga).context("Olga")?.limit;
        let instead = limit.context("a cap")?.instead.context("an override")?;
        assert_eq!((instead.tokens.get(), instead.until.to_string().as_str()), (240, "2026-11-01T00:00:00Z"));
        let (may, here) = engine.request_at(&own, &line).await?;
        assert!(may && here.is_some_and(|asked| asked.answer.is_some_and(|(granted, _)| granted)));
        assert_eq!(engine.mailbox(Some("olga@example.com")).await?.len(), 1);
        assert!(ask("film", 20).await.is_ok(), "exactly what was asked for fits");
        assert!(ask("more", 1).await.is_err());

        let line = engine.refusals(&own, None, 1).await?.remove(0);
        engine.ask_for_more(&own, line.id, "").await?;
        let request = engine.team(&ada).await?.requests.remove(0);
        let before = rows(world, "member").await?;
        engine.answer_request(&ada, request.id, false).await?;
        assert_eq!(rows(world, "member").await?, before);
        assert_eq!((engine.mailbox(Some("olga@example.com")).await?.len(), engine.team(&ada).await?.requests.len()), (2, 0));
        // by the capacity: granting tells them, and there is no cap to override
        engine.set_seat_cap(world.customer, olga, None).await?;
        assert!(ask("epic", 900).await.is_err());
        let line = engine.refusals(&own, None, 1).await?.remove(0);
        assert_eq!(line.refusal.reason, Reason::NotEnoughCapacity);
        engine.ask_for_more(&own, line.id, "").await?;
        let request = engine.team(&ada).await?.requests.remove(0);
        engine.answer_request(&ada, request.id, true).await?;
        assert_eq!(engine.team(&ada).await?.members.iter().filter(|one| one.limit.is_some()).count(), 0);
        // what a removed member has asked waits for nobody
        engine.ask_for_more(&own, line.id, "").await?;
        engine.remove_member(&ada, olga, Role::AccountOperator).await?;
        assert_eq!(engine.team(&ada).await?.requests, []);
        assert!(own.may(billing::team::Permission::SeeUsage, Scope::Shared(world.customer)));
        Ok(())
    }
}

both! {
    /// An account of another customer, or of nobody, cannot be assigned; an address is one, whatever its case.
    async fn h4_accounts_are_the_customers_own(world: &World) -> Result<()> {
        let engine = &world.engine;
        let ada = member(world, add(world, "Ada", Role::CustomerAdministrator).await?).await?;
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        let elsewhere = engine.open_customer("Elsewhere", Currency::Eur).await?;
        let theirs = engine.open_account(elsewhere, "Theirs", AccountStatus::Active).await?;
        let was = shown(&ada, engine, olga).await?;
        let to = SeatTerms { accounts: [world.account, theirs].into(), ..was.clone() };
        let foreign = engine.change_seat(&ada, olga, was.clone(), to).await;
        assert!(matches!(foreign, Err(Error::NotFound("account"))), "{foreign:?}");
        assert_eq!(shown(&ada, engine, olga).await?, was, "nothing of it was done");
        for taken in ["OLGA@example.com", " olga@Example.com"] {
            let again = engine.invite(&ada, as_viewer(taken)).await;
            assert!(matches!(&again, Err(Error::Invalid { field, .. }) if field == "email"), "{again:?}");
        }
        engine.invite(&ada, as_viewer("new@example.com")).await?;
        let again = engine.invite(&ada, as_viewer("New@example.com")).await;
        assert!(matches!(&again, Err(Error::Invalid { field, .. }) if field == "email"), "{again:?}");
        world.clock("2026-10-30T00:00:00Z").await?;
        engine.invite(&ada, as_viewer("new@example.com")).await?; // the old one has expired
        assert_eq!(engine.team(&ada).await?.invitations.len(), 1);
        Ok(())
    }
}
