//! One stream of newer figures a page, however many islands follow it. The browser reconnects by itself.

use super::UsageView;
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
};
use std::cell::{Cell, OnceCell};
use web_sys::{Event, EventSource, MessageEvent, PageTransitionEvent, js_sys::Function};

/// Where the server sends a [`UsageView`] as JSON whenever the customer's books have changed.
const ADDRESS: &str = "/live/usage";

/// What has arrived, and whether more can.
#[derive(Clone, Default)]
struct Feed {
    newest: Option<UsageView>,
    open: bool,
}

thread_local! {
    /// Shared by the islands of the page.
    static FEED: OnceCell<ArcRwSignal<Feed>> = const { OnceCell::new() };
}

/// Calls `show` with each newer state, in the browser only; answers whether the stream is open.
pub fn follow(show: impl Fn(UsageView) + 'static) -> ReadSignal<bool> {
    let (live, set_live) = signal(false);
    Effect::new(move || {
        let Feed { newest, open } = FEED.with(|feed| feed.get_or_init(listen).get());
        newest.into_iter().for_each(&show);
        set_live.set(open);
    });
    live
}

/// The listeners live as long as the page. It lets go of its connection while nobody sees it, be it behind another tab or in the
/// browser's back-forward cache: over HTTP/1.1 a browser has six for all pages of a server. A page that comes back from that cache
/// is rendered anew, since its person may have signed out.
fn listen() -> ArcRwSignal<Feed> {
    let feed = ArcRwSignal::new(Feed::default());
    let arrived = feed.clone();
    let message = listener(move |message: MessageEvent| {
        let text = message.data().as_string().unwrap_or_default();
        if let Ok(usage) = serde_json::from_str(&text) {
            arrived.set(Feed { newest: Some(usage), open: true });
        }
    });
    let lost = feed.clone();
    let error = listener(move |_: Event| lost.update(|feed| feed.open = false));
    let source = Cell::new(None::<EventSource>);
    let turn = move || {
        if let Some(source) = source.take() {
            source.close();
        }
        if !document().hidden()
            && let Ok(newer) = EventSource::new(ADDRESS)
        {
            newer.set_onmessage(Some(&message));
            newer.set_onerror(Some(&error));
            source.set(Some(newer));
        }
    };
    turn();
    document().set_onvisibilitychange(Some(&listener(move |_: Event| turn())));
    window().set_onpageshow(Some(&listener(|event: PageTransitionEvent| {
        if event.persisted() {
            // A reload that the browser refuses leaves the figures with the instant that they are true of.
            let _ = window().location().reload();
        }
    })));
    feed
}

/// A listener for as long as the page lives.
fn listener<E: JsCast + 'static>(listen: impl Fn(E) + 'static) -> Function {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| listen(event.unchecked_into()));
    listener.into_js_value().unchecked_into()
}
