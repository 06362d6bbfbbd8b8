//! What holds of protocol, values and the adapter.

mod protocol;
