//! launch_template
