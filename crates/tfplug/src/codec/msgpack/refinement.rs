//! What is known of an unknown value, as the payload of an extension: a map from small integers.

use rmp::encode as write;

use super::decode::{Decoder, Malformed};
use super::encode::write_number;
use crate::value::{Number, Refinement};

const NULLNESS: i64 = 1;
const STRING_PREFIX: i64 = 2;
const NUMBER_MIN: i64 = 3;
const NUMBER_MAX: i64 = 4;
const LENGTH_MIN: i64 = 5;
const LENGTH_MAX: i64 = 6;

/// Terraform refuses longer prefixes, in bytes.
const MAX_PREFIX: usize = 256;
/// Terraform refuses longer payloads, in bytes.
const MAX_PAYLOAD: usize = 1024;

/// Reads a payload. Keys that later versions may bring are passed over.
pub(super) fn read(payload: &[u8]) -> Result<Refinement, Malformed> {
    let mut decoder = Decoder::of_payload(payload)?;
    let mut refinement = Refinement::default();
    for _ in 0..decoder.map_len()? {
        match decoder.integer()? {
            NULLNESS => refinement.nullness = Some(decoder.boolean()?),
            STRING_PREFIX => refinement.string_prefix = Some(decoder.text()?.to_owned()),
            NUMBER_MIN => refinement.number_min = Some(read_bound(&mut decoder)?),
            NUMBER_MAX => refinement.number_max = Some(read_bound(&mut decoder)?),
            LENGTH_MIN => refinement.length_min = Some(decoder.integer()?),
            LENGTH_MAX => refinement.length_max = Some(decoder.integer()?),
            _ => decoder.skip(),
        }
    }
    Ok(refinement)
}

fn read_bound(decoder: &mut Decoder<'_>) -> Result<(Number, bool), Malformed> {
    if decoder.array_len()? != 2 {
        return Err(Malformed);
    }
    let marker = decoder.marker();
    Ok((decoder.number(marker)?, decoder.boolean()?))
}

/// The payload, or nothing where nothing is known or Terraform would refuse its length: to say less is always right.
pub(super) fn payload(refinement: &Refinement) -> Result<Option<Vec<u8>>, std::io::Error> {
    let mut entries = Vec::new();
    let count = write_entries(refinement, &mut entries)?;
    if count == 0 {
        return Ok(None);
    }
    let mut payload = Vec::with_capacity(entries.len() + 1);
    write::write_map_len(&mut payload, count)?;
    payload.extend(entries);
    Ok((payload.len() <= MAX_PAYLOAD).then_some(payload))
}

fn write_entries(refinement: &Refinement, out: &mut Vec<u8>) -> Result<u32, std::io::Error> {
    let mut count = 0;
    let mut key = |out: &mut Vec<u8>, key: i64| {
        count += 1;
        write::write_sint(out, key).map(drop)
    };
    if let Some(null) = refinement.nullness {
        key(out, NULLNESS)?;
        write::write_bool(out, null)?;
    }
    if let Some(prefix) = refinement.string_prefix.as_ref().filter(|p| !p.is_empty()) {
        key(out, STRING_PREFIX)?;
        write::write_str(out, &prefix[..prefix.floor_char_boundary(MAX_PREFIX)])?;
    }
    for (code, bound) in [
        (NUMBER_MIN, &refinement.number_min),
        (NUMBER_MAX, &refinement.number_max),
    ] {
        if let Some((number, inclusive)) = bound {
            key(out, code)?;
            write::write_array_len(out, 2)?;
            write_number(out, number)?;
            write::write_bool(out, *inclusive)?;
        }
    }
    for (code, bound) in [
        (LENGTH_MIN, refinement.length_min),
        (LENGTH_MAX, refinement.length_max),
    ] {
        if let Some(length) = bound {
            key(out, code)?;
            write::write_sint(out, length)?;
        }
    }
    Ok(count)
}
