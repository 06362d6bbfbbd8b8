//! Where one MessagePack value ends, whatever it is.
//!
//! (rmp has such a function too, but 0.8.15 panics on extensions, which are what Terraform writes for unknown values.)

use rmp::Marker;

/// The length in bytes of the value that `bytes` begin with. `None` if it is cut off, holds a reserved byte, or is
/// nested deeper than `max_depth`.
pub(super) fn extent(bytes: &[u8], max_depth: usize) -> Option<usize> {
    let mut at = 0;
    // Values still to come, one number per level of nesting.
    let mut open = vec![1_u64];
    while let Some(left) = open.last_mut() {
        if *left == 0 {
            open.pop();
            continue;
        }
        *left -= 1;
        let item = item(bytes.get(at..)?)?;
        at = at.checked_add(item.bytes)?;
        if at > bytes.len() {
            return None;
        }
        if item.children > 0 {
            open.push(item.children);
        }
        if open.len() > max_depth {
            return None;
        }
    }
    Some(at)
}

/// One marker with what belongs to it.
struct Item {
    /// Length of marker and content, children apart.
    bytes: usize,
    /// Values that follow and belong to it.
    children: u64,
}

fn item(bytes: &[u8]) -> Option<Item> {
    let (marker, rest) = bytes.split_first()?;
    // After the marker: bytes of a length, then that many bytes of content and these more.
    let sized = |width: usize, more: usize| {
        let content = usize::try_from(big_endian(rest, width)?).ok()?;
        Some(Item {
            bytes: content.saturating_add(1 + width + more),
            children: 0,
        })
    };
    let plain = |content: usize| {
        Some(Item {
            bytes: 1 + content,
            children: 0,
        })
    };
    let parent = |width: usize, each: u64| {
        Some(Item {
            bytes: 1 + width,
            children: each * big_endian(rest, width)?,
        })
    };
    match Marker::from_u8(*marker) {
        Marker::FixPos(_) | Marker::FixNeg(_) | Marker::Null | Marker::True | Marker::False => plain(0),
        Marker::U8 | Marker::I8 => plain(1),
        Marker::U16 | Marker::I16 | Marker::FixExt1 => plain(2),
        Marker::FixExt2 => plain(3),
        Marker::U32 | Marker::I32 | Marker::F32 => plain(4),
        Marker::FixExt4 => plain(5),
        Marker::U64 | Marker::I64 | Marker::F64 => plain(8),
        Marker::FixExt8 => plain(9),
        Marker::FixExt16 => plain(17),
        Marker::FixStr(length) => plain(length.into()),
        Marker::Str8 | Marker::Bin8 => sized(1, 0),
        Marker::Str16 | Marker::Bin16 => sized(2, 0),
        Marker::Str32 | Marker::Bin32 => sized(4, 0),
        Marker::Ext8 => sized(1, 1),
        Marker::Ext16 => sized(2, 1),
        Marker::Ext32 => sized(4, 1),
        Marker::FixArray(length) => Some(Item {
            bytes: 1,
            children: length.into(),
        }),
        Marker::FixMap(length) => Some(Item {
            bytes: 1,
            children: 2 * u64::from(length),
        }),
        Marker::Array16 => parent(2, 1),
        Marker::Array32 => parent(4, 1),
        Marker::Map16 => parent(2, 2),
        Marker::Map32 => parent(4, 2),
        Marker::Reserved => None,
    }
}

fn big_endian(bytes: &[u8], width: usize) -> Option<u64> {
    Some(
        bytes
            .get(..width)?
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
}
