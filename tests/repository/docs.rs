//! What the documents say, held against what there is: links, commands, data, and the parts that each page of the reference has.

mod commands;
mod data;
mod links;
mod reference;
mod troubleshooting;
