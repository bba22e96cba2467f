//! The console in the browser. Pages arrive finished from the server; this wakes their islands.

// Islands are found by name at run time: linked, though nothing here calls them.
use app as _;
use leptos::prelude::{document, set_timeout};
use std::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by leptos' script once the page is loaded, just before it wakes the islands one by one.
///
/// Marks the document as hydrated (`<html data-hydrated>`) when they are all awake; whoever drives the page waits for
/// that mark before clicking. The script wakes them in microtasks, so a timer runs after the last of them.
#[wasm_bindgen]
pub fn hydrate() {
    // A visitor's browser has no use for the words of a panic, which are a part of every byte that it loads.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    set_timeout(mark_as_hydrated, Duration::ZERO);
}

fn mark_as_hydrated() {
    if let Some(root) = document().document_element() {
        // Fails for invalid attribute names only.
        let _ = root.set_attribute("data-hydrated", "");
    }
}
