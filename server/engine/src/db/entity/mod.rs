//! One file a table: primitives and no logic. What they mean is said where rows become values of `billing`.

#![expect(
    clippy::struct_field_names,
    reason = "SeaORM calls every row Model, and some tables have a column of that name"
)]

pub mod account;
pub mod account_access;
pub mod account_loop_off;
pub mod api_key;
pub mod audit_entry;
pub mod auto_top_up;
pub mod budget;
pub mod budget_change;
pub mod budget_month;
pub mod consent_entry;
pub mod contact;
pub mod control_off;
pub mod cost_completion;
pub mod cost_entry;
pub mod customer;
pub mod event_retry;
pub mod exchange_rate;
pub mod hold_draw;
pub mod idempotency;
pub mod installation;
pub mod invitation;
pub mod invoice;
pub mod invoice_line;
pub mod job;
pub mod letter_choice;
pub mod mail;
pub mod main_contact;
pub mod markup_version;
pub mod member;
pub mod model;
pub mod month_close;
pub mod order;
pub mod outbox;
pub mod outside_call;
pub mod payment;
pub mod payment_account;
pub mod payment_event;
pub mod person;
pub mod pnl_day;
pub mod pnl_month;
pub mod pnl_production;
pub mod price_book_version;
pub mod privacy_request;
pub mod production;
pub mod production_step;
pub mod provider_price;
pub mod provider_price_version;
pub mod quote;
pub mod recovery_code;
pub mod refusal;
pub mod revenue_entry;
pub mod sandbox_event;
pub mod sandbox_object;
pub mod seat_cycle;
pub mod seat_request;
pub mod second_factor;
pub mod session;
pub mod sign_in_link;
pub mod step_attempt;
pub mod subscription;
pub mod tariff_line;
pub mod tariff_version;
pub mod token_entry;
pub mod token_grant;
pub mod token_hold;
pub mod top_up_agreement;
pub mod top_up_agreement_end;
pub mod top_up_purchase;
pub mod try_limit;
pub mod usage_day;
pub mod wallet;
