//! What a provider must do with schemas and values, whatever the resource: pure functions over [`Value`], and the
//! calls that surround a resource's own code.
//!
//! | step | rules kept |
//! |---|---|
//! | [`draft`] | what is configured is planned as configured; defaults; what stays, what becomes unknown |
//! | [`defaults`] | defaults of what is configuration only |
//! | [`refine`] | a resource's own additions reach only computed attributes |
//! | [`replace`] | which of the changes in [`diff`](crate::diff) need a new object |
//! | [`settle`] | a result agrees with its plan, and holds nothing unknown |
//! | [`drift`] | a read keeps the user's writing where the meaning is the same |
//! | [`write_only`] | what is write-only stays with the provider |
//! | [`calls`] | plan, apply, read, import: no path on which an existing object is not stored |

pub mod calls;
pub mod defaults;
pub mod draft;
pub mod drift;
pub mod refine;
pub mod replace;
pub mod settle;
pub mod validate;
pub mod write_only;

pub(crate) mod moved;
pub(crate) mod pairing;
pub(crate) mod walk;

pub use walk::Repeat;

use crate::schema::Schema;
use crate::value::Value;

/// The object of nulls: every attribute null, group blocks empty, repeated blocks without elements.
pub fn null_object(schema: &Schema) -> Value {
    use crate::schema::BlockNesting as N;
    let attributes = schema.attributes.iter().map(|a| (a.name.clone(), Value::Null));
    let blocks = schema.blocks.iter().map(|b| {
        let empty = match b.nesting {
            N::Single => Value::Null,
            N::Group => null_object(&b.content),
            N::List => Value::List(Vec::new()),
            N::Set => Value::Set(Vec::new()),
            N::Map => Value::Map(std::collections::BTreeMap::new()),
        };
        (b.name.clone(), empty)
    });
    Value::Map(attributes.chain(blocks).collect())
}
