//! What `crates/mig` renders, given to the real programs that read it: no provider, no AWS SDK, so that these tests build
//! in seconds.
