//! Requests for more and holds that are released: what becomes of their forms.

use crate::{AppError, flash, reader::Reader, respond, ui::Tone};
use billing::{
    id::{ProductionName, SeatRequestId},
    production::Conflict,
};
use engine::{Engine, production::RefusalLine, team::SeatRequest};

use super::ask::AskForMoreView;

/// What a member asks with.
pub(super) struct TypedAsk {
    pub refusal: String,
    pub words: String,
}

impl TypedAsk {
    /// Asks, and goes back to the refusal.
    pub async fn send(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        let missing = |_| AppError::NotFound { what: "refusal".to_owned() };
        let refusal = self.refusal.parse().map_err(missing)?;
        engine.ask_for_more(&reader.member, refusal, &self.words).await?;
        let words = "Your administrators have got your request. You get a letter when it is answered.";
        flash::say(Tone::Ok, words.to_owned()).await?;
        respond::see_other(&format!("/refusals/{refusal}"));
        Ok(())
    }
}

impl AskForMoreView {
    /// What this reader can ask at a refusal that stands, and what has become of it.
    pub(crate) async fn load(
        engine: &Engine,
        line: &RefusalLine,
        stands: bool,
        reader: &Reader,
    ) -> Result<Option<Self>, AppError> {
        let (may, asked) = engine.request_at(&reader.member, line).await?;
        let said = asked.as_ref().map(|asked| became(asked, reader));
        let may = may && stands;
        Ok((may || said.is_some()).then(|| Self { refusal: line.id.to_string(), may, said }))
    }
}

fn became(asked: &SeatRequest, reader: &Reader) -> (Tone, String) {
    let at = reader.format.minute(asked.asked_at);
    match asked.answer {
        None => (Tone::Accent, format!("You asked for more on {at}. It waits for an administrator.")),
        Some((true, when)) => (
            Tone::Ok,
            format!("You asked for more on {at}; it was allowed on {}.", reader.format.minute(when)),
        ),
        Some((false, when)) => (
            Tone::Warn,
            format!("You asked for more on {at}; it was declined on {}.", reader.format.minute(when)),
        ),
    }
}

/// Answers a request, and goes back to the team.
pub(super) async fn answer(
    engine: &Engine,
    request: &str,
    answer: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let missing = |_| AppError::NotFound { what: "request".to_owned() };
    let id: SeatRequestId = request.parse().map_err(missing)?;
    let granted = answer == "granted";
    let (tone, words) = match engine.answer_request(&reader.member, id, granted).await {
        Ok(request) if granted => (
            Tone::Ok,
            format!(
                "“{}” can start when the pipeline asks again. {} has got a letter.",
                request.title, request.name
            ),
        ),
        Ok(request) => (Tone::Ok, format!("Declined. {} has got a letter.", request.name)),
        Err(engine::Error::Changed { now }) => (
            Tone::Warn,
            format!("Somebody else has answered it meanwhile: it was {now}. Nothing was changed."),
        ),
        Err(error) => return Err(error.into()),
    };
    flash::say(tone, words).await?;
    respond::see_other("/team");
    Ok(())
}

/// Releases what a production holds, and goes back to the team.
pub(super) async fn release(
    engine: &Engine,
    production: &str,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let missing = |_| AppError::NotFound { what: "production".to_owned() };
    let production: ProductionName = production.parse().map_err(missing)?;
    let (tone, words) = match engine.release_hold(&reader.member, production, reason).await {
        Ok(settled) => {
            let tokens = reader.format.tokens(settled.released);
            (
                Tone::Ok,
                format!("{tokens} tokens went back to the pool. The production has ended as cancelled."),
            )
        }
        Err(engine::Error::Conflict(Conflict::HoldExpired)) => {
            (Tone::Warn, "It had expired by itself, and what it held had gone back.".to_owned())
        }
        Err(engine::Error::Conflict(_)) => {
            (Tone::Warn, "It had ended by itself. Nothing was changed.".to_owned())
        }
        Err(engine::Error::Invalid { message, .. }) => {
            (Tone::Bad, format!("Nothing was released. {message}"))
        }
        Err(error) => return Err(error.into()),
    };
    flash::say(tone, words).await?;
    respond::see_other("/team");
    Ok(())
}
