//! What is made for one run and kept nowhere.

pub mod cluster_token;
