//! The sandbox in words, and its clock.

use super::{STEPS, SamplePerson, SampleState, SandboxView, Sights};
use crate::{
    AppError, allowance::UsageView, flash, reader::Reader, request, respond, team::session::engine, ui::Tone,
};
use billing::time::Span;
use engine::{Engine, team::Member};

impl SandboxView {
    /// Every customer, as the first of its people sees it. Elsewhere than in a sandbox there is no such page.
    pub async fn load() -> Result<Self, AppError> {
        let (engine, format) = (sandbox()?, request::format());
        engine.follow_clock().await?; // another process may have turned it just now
        let mut states: Vec<SampleState> = Vec::new();
        let people = engine.sample_people().await?;
        let members: Vec<Member> = people.iter().map(|(member, _)| member.clone()).collect();
        let sights = Sights::load(&engine, &members, format).await?;
        for (member, sees) in people {
            let staff = member.role.is_staff();
            let name = if staff { "JARAI’s own staff".to_owned() } else { member.customer_name.clone() };
            let person = SamplePerson {
                email: member.email.clone(),
                name: format!("{}, {}", member.name, member.role.title().to_lowercase()),
                sees: sees.to_owned(),
            };
            if let Some(state) = states.iter_mut().find(|state| state.name == name) {
                state.people.push(person);
                continue;
            }
            let reader = Reader { member, format };
            let usage = if staff {
                None
            } else {
                Some(UsageView::of(&engine.usage(reader.member.customer).await?, &reader))
            };
            states.push(SampleState { name, usage, people: vec![person] });
        }
        Ok(Self {
            clock: format.instant(engine.now()),
            now: engine.now().to_string(),
            password: engine::seed::PASSWORD.to_owned(),
            states,
            sights,
            notice: flash::said().await?,
        })
    }
}

/// Advances the clock by one of the steps, and says so. Where it has got there already, somebody has sent the form twice.
pub(super) async fn advance(by: &str, from: &str) -> Result<(), AppError> {
    let engine = sandbox()?;
    let spans = [Span::hours(1), Span::days(1), Span::days(7), Span::days(30)];
    let known = STEPS.into_iter().zip(spans).find(|((value, ..), _)| *value == by);
    let invalid =
        || AppError::Invalid { field: "by".to_owned(), message: "The clock has no such step".to_owned() };
    let ((_, words, _), span) = known.ok_or_else(invalid)?;
    let target = from.parse().unwrap_or_else(|_| engine.now()).after(span);
    match engine.set_sandbox_clock(target).await {
        Ok(()) | Err(engine::Error::Invalid { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    flash::say(Tone::Ok, format!("The clock was advanced: {}.", words.to_lowercase())).await?;
    respond::see_other("/sandbox");
    Ok(())
}

fn sandbox() -> Result<Engine, AppError> {
    let missing = || AppError::NotFound { what: "page".to_owned() };
    engine().and_then(|engine| if engine.is_sandbox() { Ok(engine) } else { Err(missing()) })
}
