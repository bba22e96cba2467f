//! The platform's side: contacts, assignments, the risk score, switches, and putting all that back. H1, H3, H4, I4, K1, K2, K4,
//! N1; I-44.

use crate::{
    support::{World, both, packaging, speech},
    team::{PASSWORD, add, member},
};
use anyhow::{Context, Result};
use billing::{
    audit::AuditAct,
    customer::{AccountStatus, Residency},
    id::{AccountId, ContactId, CustomerId},
    money::Currency,
    production::Control,
    sample::RISK_PER_DISPUTE,
    team::{ContactDetails, Reach, Role},
    tier::{BillingPeriod, Plan, Tier},
    tokens::Tokens,
};
use engine::{
    Error,
    audit::{AuditFilter, AuditLine},
    customer::CustomerChange,
    jobs::{Job, JobLine},
    production::CallReport,
    team::{Contact, ContactSwitch, CustomerTicks, Member, NewInvitation, NewMember, SeatTerms},
    tier::NewSubscription,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
};

async fn paula(world: &World) -> Result<Member> {
    member(world, add(world, "Paula", Role::PlatformAdministrator).await?).await
}

/// The newest entry of an act.
async fn newest(world: &World, reader: &Member, act: AuditAct) -> Result<AuditLine> {
    let filter = AuditFilter { act: Some(act), ..AuditFilter::default() };
    let mut found = world.engine.audit_log(reader, &filter, 1).await?;
    found.pop().with_context(|| format!("no entry of {act:?}"))
}

fn ana() -> ContactDetails {
    ContactDetails {
        first_name: "Ana".to_owned(),
        last_name: "Moss".to_owned(),
        email: "ana@studio.example".to_owned(),
        phone: Some("+44 20 7946 0018".to_owned()),
        job: Some("Producer".to_owned()),
    }
}

async fn contacts(world: &World, by: &Member) -> Result<Vec<Contact>> {
    Ok(world.engine.customer_file(by, world.customer).await?.contacts)
}

async fn contact_of(world: &World, by: &Member, email: &str) -> Result<Contact> {
    contacts(world, by).await?.into_iter().find(|one| one.details.email == email).context("a contact")
}

async fn write_down(world: &World, by: &Member, details: &ContactDetails) -> Result<ContactId, Error> {
    world.engine.save_contact(by, world.customer, None, ContactDetails::default(), details).await
}

fn switch(world: &World, contact: ContactId, active: bool) -> ContactSwitch {
    ContactSwitch { customer: world.customer, contact, active }
}

both! {
    /// Kept with all its fields, changed only on what was shown, one an address; one is an account's main contact.
    async fn h3_a_contact_is_kept_and_one_is_the_accounts_main_one(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let id = write_down(world, &paula, &ana()).await?;
        assert_eq!(write_down(world, &paula, &ana()).await?, id, "sent twice");
        let kept = contact_of(world, &paula, "ana@studio.example").await?;
        assert_eq!((kept.id, &kept.details, kept.member), (Some(id), &ana(), None));
        let saved = newest(world, &paula, AuditAct::ContactSaved).await?;
        assert_eq!(saved.entry.after["phone"], "+44 20 7946 0018");
        assert_eq!(saved.subject.as_deref(), Some("Ana Moss"));

        let other = ContactDetails { first_name: "Anna".to_owned(), ..ana() };
        engine.save_contact(&paula, world.customer, Some(id), ana(), &other).await?;
        let job = ContactDetails { job: None, ..ana() };
        let late = engine.save_contact(&paula, world.customer, Some(id), ana(), &job).await;
        assert!(matches!(&late, Err(Error::Changed { now }) if now.starts_with("Anna Moss")), "{late:?}");
        assert_eq!(newest(world, &paula, AuditAct::ChangeRefused).await?.entry.subject, id.to_string());
        let twice = write_down(world, &paula, &job).await;
        assert!(matches!(&twice, Err(Error::Invalid { field, .. }) if field == "email"), "{twice:?}");
        let nameless = write_down(world, &paula, &ContactDetails { first_name: " ".to_owned(), ..ana() }).await;
        assert!(matches!(&nameless, Err(Error::Invalid { field, .. }) if field == "first_name"));

        // A member is a contact whether they were written down or not.
        let of_mara = contact_of(world, &paula, "mara@northlight.example").await?;
        assert_eq!((of_mara.id, of_mara.member), (None, Some((mara.person, Role::CustomerAdministrator))));
        assert_eq!(of_mara.details.last_name, "Lindqvist");

        engine.choose_main_contact(&paula, world.customer, world.account, None, Some(id)).await?;
        assert_eq!(contact_of(world, &paula, "ana@studio.example").await?.main_of, [world.account].into());
        let chosen = newest(world, &mara, AuditAct::AccountChanged).await?;
        assert_eq!(chosen.changes, [("main contact".to_owned(), None, Some("Anna Moss".to_owned()))]);
        let late = engine.choose_main_contact(&paula, world.customer, world.account, None, None).await;
        assert!(matches!(&late, Err(Error::Changed { now }) if now == "Anna Moss"), "{late:?}");
        engine.switch_contact(&paula, switch(world, id, false), "Left").await?;
        let rests = contact_of(world, &paula, "ana@studio.example").await?;
        assert!(rests.main_of.is_empty() && rests.inactive_since.is_some(), "nobody’s main contact is inactive");
        let inactive = engine.choose_main_contact(&paula, world.customer, world.account, None, Some(id)).await;
        assert!(matches!(inactive, Err(Error::Invalid { .. })));

        for who in [&mara, &member(world, add(world, "Felix", Role::FinanceViewer).await?).await?] {
            assert!(matches!(write_down(world, who, &ana()).await, Err(Error::Forbidden)));
            assert!(matches!(engine.switch_contact(who, switch(world, id, true), "Mine").await, Err(Error::Forbidden)));
        }
        let elsewhere = engine.open_customer("Another", Currency::Eur).await?;
        let crossed = ContactSwitch { customer: elsewhere, contact: id, active: true };
        assert!(matches!(engine.switch_contact(&paula, crossed, "Other").await, Err(Error::NotFound("contact"))));
        Ok(())
    }
}

both! {
    /// Toggled inactive: their sign-in with this customer ends at once, and nobody invites them back; active again, they are
    /// what they were. The last administrator stays; the entry is put back by the same act.
    async fn h3_an_inactive_contact_has_no_sign_in(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        engine.assign_accounts(world.customer, olga, &[world.account]).await?;
        engine.set_seat_cap(world.customer, olga, Some(Tokens::new(5_000)?)).await?;
        let id = write_down(world, &paula, &ContactDetails::of_name("Olga", "olga@example.com")).await?;
        let moved = ContactDetails { email: "olga@else.example".to_owned(), ..ContactDetails::of_name("Olga", "olga@example.com") };
        let shown = ContactDetails::of_name("Olga", "olga@example.com");
        let away = engine.save_contact(&paula, world.customer, Some(id), shown, &moved).await;
        assert!(matches!(&away, Err(Error::Invalid { field, .. }) if field == "email"), "they sign in by it: {away:?}");

        engine.switch_contact(&paula, switch(world, id, false), "On leave").await?;
        assert_eq!(engine.member(olga, None).await?, None, "at once");
        engine.switch_contact(&paula, switch(world, id, false), "On leave").await?;
        let entry = newest(world, &paula, AuditAct::ContactSwitched).await?;
        assert_eq!((entry.entry.before["state"].as_str(), entry.entry.before["role"].as_str()), ("active", "accountOperator"));
        assert_eq!(entry.entry.reason.as_deref(), Some("On leave"));
        let rests = contact_of(world, &paula, "olga@example.com").await?;
        assert_eq!((rests.member, rests.rests_as), (None, Some(Role::AccountOperator)));
        let back = NewInvitation { email: "olga@example.com".to_owned(), role: Role::CustomerViewer, accounts: BTreeSet::new() };
        assert!(matches!(engine.invite(&mara, back).await, Err(Error::Invalid { field, .. }) if field == "email"));

        assert!(entry.may_revert);
        engine.revert(&paula, entry.entry.id, "Back early").await?;
        let again = member(world, olga).await?;
        assert_eq!((again.role, again.reach), (Role::AccountOperator, Reach::Accounts(world.customer, [world.account].into())));
        let team = engine.team(&mara).await?;
        let seat = team.members.iter().find(|one| one.person == olga).context("a member")?;
        assert_eq!(seat.terms.cap, Some(Tokens::new(5_000)?));
        assert!(matches!(engine.revert(&paula, entry.entry.id, "Again").await, Err(Error::Stale(_))));

        let of_mara = write_down(world, &paula, &ContactDetails::of_name("Mara Lindqvist", "mara@northlight.example")).await?;
        let last = engine.switch_contact(&paula, switch(world, of_mara, false), "Gone").await;
        assert!(matches!(last, Err(Error::LastAdministrator)), "{last:?}");
        assert!(engine.member(mara.person, None).await?.is_some());
        Ok(())
    }
}

both! {
    /// An invitation that was out when its contact became inactive opens nothing; and a seat must be free for who comes back.
    async fn h3_who_comes_back_needs_a_seat_and_no_old_link_leads_in(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let plan = Plan { tier: Tier::Atelier, billing: BillingPeriod::Monthly, seats: 3 };
        let new = NewSubscription { plan, anchor_on: "2026-10-01".parse()?, contract: None };
        engine.subscribe(world.customer, new).await?;
        let vera = add(world, "Vera", Role::CustomerViewer).await?;
        let of_vera = write_down(world, &paula, &ContactDetails::of_name("Vera", "vera@example.com")).await?;
        engine.switch_contact(&paula, switch(world, of_vera, false), "On leave").await?;
        for name in ["Uma", "Wren"] {
            add(world, name, Role::CustomerViewer).await?;
        }
        let full = engine.switch_contact(&paula, switch(world, of_vera, true), "Back").await;
        assert!(matches!(full, Err(Error::NoSeat(_))), "{full:?}");
        assert_eq!(engine.member(vera, None).await?, None);

        let ana_too = write_down(world, &paula, &ana()).await?;
        engine.remove_member(&mara, engine.team(&mara).await?.members.iter().find(|one| one.name == "Uma").context("Uma")?.person, Role::CustomerViewer).await?;
        let invited = NewInvitation { email: ana().email, role: Role::CustomerViewer, accounts: BTreeSet::new() };
        engine.invite(&mara, invited).await?;
        let letters = engine.mailbox(Some(&ana().email)).await?;
        let (_, path) = letters[0].letter.link.clone().context("a link")?;
        let token = path.split_once("token=").context("a token")?.1.to_owned();
        assert!(engine.invited(&token, None).await.is_ok());
        engine.switch_contact(&paula, switch(world, ana_too, false), "Not ours").await?;
        let late = engine.accept_invitation(&token, None, "Ana Moss", PASSWORD).await;
        assert!(matches!(late, Err(Error::NotFound("invitation"))), "{late:?}");
        Ok(())
    }
}

both! {
    /// Account access: ticked and saved, at once, made on what was shown, with before and after in the log; only the platform.
    async fn h4_operators_are_assigned_accounts(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let other = engine.open_account(world.customer, "Other", AccountStatus::Active).await?;
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        let set = |accounts: &[AccountId]| accounts.iter().copied().collect::<BTreeSet<_>>();
        let list = engine.assignments(&paula, None).await?;
        assert_eq!(list.operators.iter().map(|one| (one.name.as_str(), one.accounts.len())).collect::<Vec<_>>(), [("Olga", 0)]);
        assert_eq!(list.accounts.len(), 2);
        let both = set(&[world.account, other]);
        engine.assign_operator(&paula, world.customer, olga, set(&[]), both.clone()).await?;
        assert_eq!(member(world, olga).await?.reach, Reach::Accounts(world.customer, both.clone()), "at once");
        let entry = newest(world, &mara, AuditAct::AccountsAssigned).await?;
        assert_eq!((entry.by.as_deref(), entry.by_staff), (Some("Paula"), true));
        assert_eq!(entry.changes, [("accounts".to_owned(), None, Some("Slow Kitchen, Other".to_owned()))]);
        engine.assign_operator(&paula, world.customer, olga, set(&[]), both.clone()).await?;

        let late = engine.assign_operator(&paula, world.customer, olga, set(&[]), set(&[other])).await;
        assert!(matches!(&late, Err(Error::Changed { now }) if now == "Other, Slow Kitchen"), "{late:?}");
        let refused = newest(world, &paula, AuditAct::ChangeRefused).await?;
        assert!(refused.entry.reason.is_some_and(|why| why.contains("Wanted Other")));
        let elsewhere = engine.open_customer("Another", Currency::Eur).await?;
        let theirs = engine.open_account(elsewhere, "Theirs", AccountStatus::Active).await?;
        let crossed = engine.assign_operator(&paula, world.customer, olga, both.clone(), set(&[theirs])).await;
        assert!(matches!(crossed, Err(Error::NotFound("account"))));
        let strange = engine.assign_operator(&paula, elsewhere, olga, both.clone(), set(&[theirs])).await;
        assert!(matches!(strange, Err(Error::NotFound("member"))));
        for who in [&mara, &member(world, add(world, "Felix", Role::FinanceViewer).await?).await?] {
            assert!(matches!(engine.assign_operator(who, world.customer, olga, both.clone(), set(&[])).await, Err(Error::Forbidden)));
            assert!(matches!(engine.assignments(who, None).await, Err(Error::Forbidden)));
        }
        engine.revert(&paula, entry.entry.id, "Too many").await?;
        assert_eq!(member(world, olga).await?.reach, Reach::Accounts(world.customer, set(&[])));
        Ok(())
    }
}

both! {
    /// Customer access: several customers in one save, all or nothing; seats, the last administrator and what was shown hold.
    async fn h4_people_are_assigned_customers(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let (here, there) = (world.customer, engine.open_customer("Another", Currency::Eur).await?);
        let third = engine.open_customer("Third", Currency::Gbp).await?;
        let administrator = Role::CustomerAdministrator;
        let now = |of: &[CustomerId]| of.iter().map(|id| (*id, administrator)).collect::<BTreeMap<_, _>>();
        let ticks = |shown: &[CustomerId], keep: &[CustomerId], add| CustomerTicks {
            shown: now(shown),
            keep: keep.iter().copied().collect(),
            add,
        };
        let assign = async |ticks| engine.assign_customers(&paula, mara.person, ticks).await;
        assign(ticks(&[here], &[here], Some((there, administrator)))).await?;
        let looks = engine.member(mara.person, Some(there)).await?.context("a member")?;
        assert_eq!((looks.customer, looks.role, looks.customers.len()), (there, administrator, 2));
        assert_eq!(newest(world, &paula, AuditAct::MemberAdded).await?.entry.customer, Some(there));

        let late = assign(ticks(&[here], &[here], Some((third, administrator)))).await;
        assert!(matches!(&late, Err(Error::Changed { now }) if now == "Another, Northlight Films"), "{late:?}");
        let last = assign(ticks(&[here, there], &[], Some((third, administrator)))).await;
        assert!(matches!(last, Err(Error::LastAdministrator)), "{last:?}");
        assert_eq!(engine.member(mara.person, None).await?.context("a member")?.customers.len(), 2, "all or nothing");

        add(world, "Ada", administrator).await?;
        let other = NewMember { name: "Eve", email: "eve@example.com", password: PASSWORD, role: administrator };
        engine.add_member(there, other).await?;
        let moved = ticks(&[here, there], &[there], Some((third, Role::CustomerViewer)));
        assign(moved.clone()).await?;
        assign(moved).await?;
        let all = engine.assignments(&paula, Some(third)).await?;
        assert_eq!(all.people.len(), 1);
        assert_eq!(all.people[0].customers, [(there, administrator), (third, Role::CustomerViewer)].into());
        let gone = newest(world, &paula, AuditAct::MemberRemoved).await?;
        assert_eq!((gone.entry.customer, gone.entry.before["role"].as_str()), (Some(here), "customerAdministrator"));
        assert!(matches!(engine.assign_customers(&paula, paula.person, ticks(&[], &[], None)).await, Err(Error::NotFound("person"))));
        Ok(())
    }
}

both! {
    /// It rises with each dispute, is reset on what was shown with a reason, and returns while it has not risen since; no
    /// customer reads of it.
    async fn i4_the_risk_score_rises_and_is_reset(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let score = async || Ok::<_, Error>(engine.customer_file(&paula, world.customer).await?.line.risk_score);
        assert_eq!(score().await?, 0);
        engine.raise_risk(world.customer, "Payment pi_1 was disputed").await?;
        engine.raise_risk(world.customer, "Payment pi_2 was disputed").await?;
        assert_eq!(score().await?, 2 * RISK_PER_DISPUTE);
        assert_eq!(engine.customers(&paula).await?[0].risk_score, 2 * RISK_PER_DISPUTE);
        let late = engine.reset_risk(&paula, world.customer, RISK_PER_DISPUTE, "Settled").await;
        assert!(matches!(&late, Err(Error::Changed { now }) if *now == (2 * RISK_PER_DISPUTE).to_string()), "{late:?}");
        newest(world, &paula, AuditAct::ChangeRefused).await?;
        assert!(matches!(engine.reset_risk(&paula, world.customer, 50, " ").await, Err(Error::Invalid { .. })));
        assert!(matches!(engine.reset_risk(&mara, world.customer, 50, "Mine").await, Err(Error::Forbidden)));
        engine.reset_risk(&paula, world.customer, 2 * RISK_PER_DISPUTE, "Both were ours").await?;
        assert_eq!(score().await?, 0);
        let reset = newest(world, &paula, AuditAct::RiskScoreReset).await?;
        assert_eq!((reset.entry.before["risk score"].as_str(), reset.entry.reason.as_deref()), ("50", Some("Both were ours")));
        for act in [AuditAct::RiskScoreRaised, AuditAct::RiskScoreReset] {
            assert!(newest(world, &mara, act).await.is_err(), "it is JARAI’s own");
        }
        engine.raise_risk(world.customer, "Payment pi_3 was disputed").await?;
        assert!(matches!(engine.revert(&paula, reset.entry.id, "Wrong customer").await, Err(Error::Stale(_))));
        engine.reset_risk(&paula, world.customer, RISK_PER_DISPUTE, "That too").await?;
        engine.revert(&paula, reset.entry.id, "Wrong customer").await?;
        assert_eq!(score().await?, 50);
        Ok(())
    }
}

/// A long text, by a loop, outside productions.
async fn call(world: &World, name: &str, r#loop: i64) -> Result<()> {
    use billing::production::{Quantity, quantity::Count};
    let quantity = Quantity::Text {
        input_tokens: Count::new(20_000)?,
        output_tokens: Count::new(2_000)?,
        cached_tokens: Count::new(0)?,
    };
    let report = CallReport { account: world.account, r#loop, quantity, model: None, occurred_at: None };
    world.engine.record_call(world.customer, None, name.parse()?, report).await?;
    Ok(())
}

both! {
    /// Dependencies hold; what was agreed to is switched with it; the log has each switch and puts it back; a call of a loop
    /// that is off is booked all the same and counted.
    async fn k2_switches_hold_what_needs_what(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        call(world, "before", 3).await?;
        let refused = engine.switch_control(&paula, (Control::Engagement, false), &[], "Costs too much").await;
        let Err(Error::Needed(needed)) = refused else { panic!("{refused:?}") };
        assert_eq!(needed.others, [Control::SentimentAnalysis, Control::AutoResponse]);
        assert!(engine.switches(&paula).await?.off.is_empty());
        engine.switch_control(&paula, (Control::Engagement, false), &needed.others, "Costs too much").await?;
        let before = world.count("audit_entry").await?;
        engine.switch_control(&paula, (Control::Engagement, false), &[], "Again").await?;
        assert_eq!(world.count("audit_entry").await?, before, "it is off already");
        let entry = newest(world, &paula, AuditAct::ControlsChanged).await?;
        assert_eq!(entry.entry.after.len(), 3);
        assert_eq!((entry.entry.before["Loop 3 Engagement"].as_str(), entry.entry.after["Auto-response"].as_str()), ("on", "off"));

        world.clock("2026-10-22T16:50:00Z").await?;
        call(world, "after", 3).await?;
        let switches = engine.switches(&paula).await?;
        assert_eq!((switches.calls_while_off[&3], switches.spend[&3].calls), (1, 2), "it was paid for, and is seen");
        assert!(switches.spend[&3].known.values().all(|cost| cost.micros() > 0) && !switches.spend[&3].known.is_empty());

        engine.revert(&paula, entry.entry.id, "Cheaper now").await?;
        assert!(engine.switches(&paula).await?.off.is_empty());
        engine.switch_control(&paula, (Control::AutoResponse, false), &[], "Noise").await?;
        let noise = newest(world, &paula, AuditAct::ControlsChanged).await?;
        engine.switch_control(&paula, (Control::SentimentAnalysis, false), &[], "Noise").await?;
        assert!(matches!(engine.revert(&paula, noise.entry.id, "Back").await, Err(Error::Stale(_))), "it needs what is off");
        for who in [&mara, &member(world, add(world, "Felix", Role::FinanceViewer).await?).await?] {
            assert!(matches!(engine.switch_control(who, (Control::Promotion, false), &[], "No").await, Err(Error::Forbidden)));
            assert!(matches!(engine.switches(who).await, Err(Error::Forbidden)));
        }
        Ok(())
    }
}

both! {
    /// K4: an account has the five loops of its own, and the pipeline is told of both with the capacity.
    async fn k4_an_account_mirrors_the_five_loops(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let account = (world.customer, world.account);
        let set = |loops: &[i64]| loops.iter().copied().collect::<BTreeSet<i64>>();
        engine.set_account_loops(&mara, account, &set(&[]), &set(&[2, 4])).await?;
        let changed = newest(world, &mara, AuditAct::AccountChanged).await?;
        assert_eq!((changed.entry.before["loops off"].as_str(), changed.entry.after["loops off"].as_str()), ("none", "loop 2, loop 4"));
        let late = engine.set_account_loops(&paula, account, &set(&[]), &set(&[1])).await;
        assert!(matches!(&late, Err(Error::Changed { now }) if now == "off: loop 2, loop 4"), "{late:?}");
        newest(world, &mara, AuditAct::ChangeRefused).await?;
        engine.switch_control(&paula, (Control::Promotion, false), &[], "Quiet").await?;
        let token = engine.add_pipeline_key(world.customer, "Pipeline").await?;
        let key = engine.pipeline_key(&token).await?.context("a key")?;
        assert_eq!(engine.capacity_by(&key, world.account).await?.2, set(&[2, 4, 5]));
        let vera = member(world, add(world, "Vera", Role::CustomerViewer).await?).await?;
        assert!(matches!(engine.set_account_loops(&vera, account, &set(&[2, 4]), &set(&[])).await, Err(Error::Forbidden)));
        let wrong = engine.set_account_loops(&mara, account, &set(&[2, 4]), &set(&[6])).await;
        assert!(matches!(wrong, Err(Error::Invalid { .. })));
        Ok(())
    }
}

fn terms(role: Role, accounts: &[AccountId], cap: Option<i64>) -> SeatTerms {
    let cap = cap.map(|cap| Tokens::new(cap).expect("tokens"));
    SeatTerms { role, accounts: accounts.iter().copied().collect(), cap }
}

both! {
    /// What whoever runs the installation does leaves entries too; roles, accounts and caps are put back by the same act,
    /// while they are what the entry has left, by who manages the team; the last administrator stays.
    async fn n1_roles_accounts_and_caps_are_put_back(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        assert_eq!(newest(world, &paula, AuditAct::StaffAdded).await?.entry.after["role"], "platformAdministrator");
        let olga = add(world, "Olga", Role::AccountOperator).await?;
        let added = newest(world, &mara, AuditAct::MemberAdded).await?;
        assert_eq!((added.subject.as_deref(), added.entry.after["role"].as_str()), (Some("Olga"), "accountOperator"));
        engine.assign_accounts(world.customer, olga, &[world.account]).await?;
        engine.set_seat_cap(world.customer, olga, Some(Tokens::new(5_000)?)).await?;
        let capped = newest(world, &mara, AuditAct::SeatCapChanged).await?;
        assert_eq!((capped.by.as_deref(), capped.entry.after["cap"].as_str()), (None, "5000"));
        engine.revert(&mara, capped.entry.id, "No cap").await?;

        let operator = terms(Role::AccountOperator, &[world.account], None);
        let viewer = terms(Role::CustomerViewer, &[], None);
        engine.change_seat(&mara, olga, operator.clone(), viewer).await?;
        let role = newest(world, &mara, AuditAct::RoleChanged).await?;
        let reach = newest(world, &mara, AuditAct::AccountsAssigned).await?;
        let early = engine.revert(&mara, reach.entry.id, "Before the role").await;
        assert!(matches!(early, Err(Error::Stale(words)) if words.contains("no operator")), "{early:?}");
        engine.revert(&mara, role.entry.id, "A slip").await?;
        engine.revert(&mara, reach.entry.id, "A slip").await?;
        assert_eq!(member(world, olga).await?.reach, Reach::Accounts(world.customer, [world.account].into()));
        let put_back = newest(world, &mara, AuditAct::AccountsAssigned).await?;
        assert_eq!((put_back.entry.reverts, put_back.entry.reason.as_deref()), (Some(reach.entry.id), Some("A slip")));

        let ada = add(world, "Ada", Role::CustomerAdministrator).await?;
        let (administrator, viewer) = (terms(Role::CustomerAdministrator, &[], None), terms(Role::CustomerViewer, &[], None));
        engine.change_seat(&mara, olga, operator, administrator.clone()).await?;
        let risen = newest(world, &mara, AuditAct::RoleChanged).await?;
        engine.change_seat(&mara, ada, administrator.clone(), viewer.clone()).await?;
        let of_olga = member(world, olga).await?;
        engine.change_seat(&of_olga, mara.person, administrator, viewer).await?;
        assert!(matches!(engine.revert(&mara, risen.entry.id, "Mine").await, Err(Error::Forbidden)), "no longer hers to do");
        let last = engine.revert(&paula, risen.entry.id, "Nobody left").await;
        assert!(matches!(last, Err(Error::LastAdministrator)), "{last:?}");
        Ok(())
    }
}

both! {
    /// H2: the platform's administrators set a plan up, where there is none at work.
    async fn h2_staff_set_a_plan_up(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let plan = Plan { tier: Tier::Atelier, billing: BillingPeriod::Monthly, seats: 4 };
        assert!(matches!(engine.set_up_plan(&mara, world.customer, plan).await, Err(Error::Forbidden)));
        engine.set_up_plan(&paula, world.customer, plan).await?;
        let file = engine.customer_file(&paula, world.customer).await?;
        assert_eq!(file.subscription.context("a plan")?.plan, plan);
        assert_eq!(newest(world, &mara, AuditAct::PlanChanged).await?.by.as_deref(), Some("Paula"));
        let twice = engine.set_up_plan(&paula, world.customer, plan).await;
        assert!(matches!(twice, Err(Error::Invalid { field, .. }) if field == "plan"));
        world.admit("a", vec![speech("one", 1), packaging("pack")]).await?;
        Ok(())
    }
}

both! {
    /// S4: each job of the sweep says when it last ran, and one that fails holds none of the others up.
    async fn s4_the_jobs_say_when_they_last_ran(world: &World) -> Result<()> {
        let (engine, paula) = (&world.engine, paula(world).await?);
        // The day's books are read only once a process has served for a while; asked for now, they are checked once a day.
        assert_eq!((engine.check_books().await?, engine.check_books().await?), (1, 0));
        let mut report = engine.jobs(&paula).await?;
        let ran = |line: &JobLine| line.ran_at.is_some() || line.job == Job::Books;
        for _ in 0..100 {
            if report.jobs.iter().all(ran) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            report = engine.jobs(&paula).await?;
        }
        assert!(report.jobs.iter().all(|line| ran(line) && !line.is_failing()), "{report:?}");
        assert_eq!((report.letters.count, report.events.len()), (0, 0));
        engine.send_link(engine::team::LinkKind::SignIn, "paula@example.com", Ipv4Addr::LOCALHOST.into()).await?;
        let waiting = engine.jobs(&paula).await?.letters;
        assert_eq!((waiting.count, waiting.oldest.is_some()), (1, true));
        let mara = world.administrator().await?;
        assert!(matches!(engine.jobs(&mara).await, Err(Error::Forbidden)));
        Ok(())
    }
}

both! {
    /// An account's loops and main contact, and where a customer's data are kept, are put back too, while they are what the
    /// entry has left, by who may set them.
    async fn n1_loops_main_contact_and_residency_are_put_back(world: &World) -> Result<()> {
        let (engine, paula, mara) = (&world.engine, paula(world).await?, world.administrator().await?);
        let account = (world.customer, world.account);
        let set = |loops: &[i64]| loops.iter().copied().collect::<BTreeSet<i64>>();
        engine.set_account_loops(&mara, account, &set(&[]), &set(&[2, 4])).await?;
        let first = newest(world, &mara, AuditAct::AccountChanged).await?;
        engine.set_account_loops(&mara, account, &set(&[2, 4]), &set(&[2])).await?;
        assert!(matches!(engine.revert(&mara, first.entry.id, "A slip").await, Err(Error::Stale(_))), "it moved on");
        let second = newest(world, &mara, AuditAct::AccountChanged).await?;
        engine.revert(&mara, second.entry.id, "A slip").await?;
        engine.revert(&mara, first.entry.id, "A slip too").await?;
        assert_eq!(engine.loops_off(world.customer).await?.get(&world.account), None);
        let put_back = newest(world, &mara, AuditAct::AccountChanged).await?;
        assert_eq!((put_back.entry.reverts, put_back.entry.reason.as_deref()), (Some(first.entry.id), Some("A slip too")));

        let ada = write_down(world, &paula, &ContactDetails::of_name("Ada", "ada@example.com")).await?;
        engine.choose_main_contact(&paula, world.customer, world.account, None, Some(ada)).await?;
        let chosen = newest(world, &mara, AuditAct::AccountChanged).await?;
        assert!(!chosen.may_revert, "staff single contacts out");
        assert!(matches!(engine.revert(&mara, chosen.entry.id, "Mine").await, Err(Error::Forbidden)));
        engine.revert(&paula, chosen.entry.id, "Nobody yet").await?;
        let contacts = engine.customer_file(&paula, world.customer).await?.contacts;
        assert!(contacts.iter().all(|contact| contact.main_of.is_empty()), "{contacts:?}");
        assert!(matches!(engine.revert(&paula, chosen.entry.id, "Again").await, Err(Error::Stale(_))));

        let kept_in = async |zone| engine.change_customer(&paula, world.customer, CustomerChange::Residency(zone)).await;
        kept_in(Residency::Uk).await?;
        let said = newest(world, &paula, AuditAct::CustomerChanged).await?;
        kept_in(Residency::Us).await?;
        let moved = newest(world, &paula, AuditAct::CustomerChanged).await?;
        assert!(matches!(engine.revert(&mara, moved.entry.id, "Mine").await, Err(Error::Forbidden)));
        engine.revert(&paula, moved.entry.id, "Not theirs").await?;
        assert_eq!(engine.customer_file(&paula, world.customer).await?.line.residency, Some(Residency::Uk));
        assert_eq!((moved.may_revert, said.may_revert), (true, said.entry.before.contains_key("residency")));
        Ok(())
    }
}
