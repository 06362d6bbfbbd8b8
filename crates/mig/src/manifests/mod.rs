//! Kubernetes objects as values.
