//! Values in protobuf.

use crate::codec::{json, msgpack};
use crate::diag::Diagnostics;
use crate::ty::Type;
use crate::value::Value;
use crate::wire::r#gen::tfplugin6 as pb;

/// Reads a value in whichever of the two encodings it came; one that is not there is null.
pub(super) fn read(sent: Option<&pb::DynamicValue>, ty: &Type) -> Result<Value, Diagnostics> {
    match sent {
        Some(sent) if !sent.msgpack.is_empty() => msgpack::decode(&sent.msgpack, ty),
        Some(sent) if !sent.json.is_empty() => json::decode(&sent.json, ty, json::Undeclared::Refuse),
        _ => Ok(Value::Null),
    }
}

/// Writes a value, always in MessagePack, which every host takes.
pub(super) fn write(value: &Value, ty: &Type) -> Result<Option<pb::DynamicValue>, Diagnostics> {
    msgpack::encode(value, ty).map(|bytes| Some(of_msgpack(bytes)))
}

/// Writes as much of a value as fits its type, with null for the rest and a finding for each such place.
pub(super) fn write_partly(value: &Value, ty: &Type, findings: &mut Diagnostics) -> Option<pb::DynamicValue> {
    let (bytes, faults) = msgpack::encode_partly(value, ty);
    findings.extend(faults);
    Some(of_msgpack(bytes))
}

/// The null of any type.
pub(super) fn null() -> pb::DynamicValue {
    of_msgpack(vec![0xc0])
}

fn of_msgpack(msgpack: Vec<u8>) -> pb::DynamicValue {
    pb::DynamicValue {
        msgpack,
        json: Vec::new(),
    }
}

/// Reads an identity, if the resource type has one and it was sent.
pub(super) fn read_identity(
    sent: Option<&pb::ResourceIdentityData>,
    ty: Option<&Type>,
) -> Result<Option<Value>, Diagnostics> {
    let (Some(sent), Some(ty)) = (sent, ty) else {
        return Ok(None);
    };
    let identity = read(sent.identity_data.as_ref(), ty)?;
    Ok(if identity.is_null() { None } else { Some(identity) })
}

/// Writes an identity, if there is one.
pub(super) fn write_identity(
    identity: Option<&Value>,
    ty: Option<&Type>,
    findings: &mut Diagnostics,
) -> Option<pb::ResourceIdentityData> {
    let (identity, ty) = (identity?, ty?);
    Some(pb::ResourceIdentityData {
        identity_data: write_partly(identity, ty, findings),
    })
}
