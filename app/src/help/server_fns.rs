//! What the help page asks for.

#[cfg(feature = "ssr")]
use crate::reader::Reader;
use crate::{AppError, frame::FrameView};
use leptos::prelude::*;

/// What stands around the page.
#[server(endpoint = "help-frame", prefix = "/act")]
pub async fn help_frame() -> Result<FrameView, AppError> {
    let (reader, engine) = Reader::of_request().await?;
    FrameView::load(&engine, &reader).await
}
