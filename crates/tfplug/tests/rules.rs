//! What the crate promises of itself, without any host: derived models, the engine's rules, the oracle's verdicts, a server
//! of a provider that misbehaves, the committed protocol.

mod api_form;
mod ephemerals;
mod lists;
mod model;
mod oracle_verdicts;
mod plan_rules;
mod protocol;
mod server;
mod testing;
