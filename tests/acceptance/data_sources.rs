//! data_sources
