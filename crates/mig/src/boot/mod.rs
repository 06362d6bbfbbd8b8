//! The user data of a node.
