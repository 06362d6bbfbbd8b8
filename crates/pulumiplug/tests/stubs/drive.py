"""Drives a provider with the published stubs: inputs as an SDK writes them, outputs as an SDK reads them.

Its argument is the provider's port.
"""

import asyncio
import re
import sys

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi import FileAsset, Output
from pulumi.output import Unknown
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc, resource_pb2

URN = "urn:pulumi:dev::test::cabinet:index:BigDrawer::one"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


async def unknown() -> Output:
    known: asyncio.Future = asyncio.Future()
    known.set_result(False)
    value: asyncio.Future = asyncio.Future()
    value.set_result(None)
    return Output(set(), value, known)


async def inputs(**properties):
    """Properties as the SDK of a program writes them."""
    return await rpc.serialize_properties(properties, {})


def read(struct):
    """Properties as the SDK of a program reads them."""
    return rpc.deserialize_properties(struct, keep_unknowns=True)


def handshakes(provider):
    hands = provider.Handshake(pb.ProviderHandshakeRequest(engine_address=""))
    assert hands.accept_secrets and hands.supports_autonaming_configuration
    assert not hands.accept_outputs and not hands.accept_resources
    assert provider.GetPluginInfo(empty_pb2.Empty()).version == "1.2.3"
    assert provider.GetSchema(pb.GetSchemaRequest()).schema == '{"name":"cabinet"}'
    provider.Configure(pb.ConfigureRequest())


async def makes(provider):
    news = await inputs(
        labelText="spoons", key=Output.secret("hush"), size=2, tags={"a_b": "c"}, parts=[{"itemName": "spoon"}]
    )
    checked = provider.Check(pb.CheckRequest(urn=URN, news=news, randomSeed=b"seed"))
    assert not checked.failures, checked
    assert read(checked.inputs)["name"].startswith("one-")
    assert json_format.MessageToDict(checked.inputs)["key"] == {**SECRET, "value": "hush"}
    made = provider.Create(pb.CreateRequest(urn=URN, properties=checked.inputs))
    outputs = read(made.properties)
    assert made.id == "drawer-1" and outputs["summary"] == "spoons (2)" and outputs["revision"] == 1
    assert rpc.is_rpc_secret(outputs["key"]) and rpc.unwrap_rpc_secret(outputs["key"]) == "hush"
    assert outputs["tags"] == {"a_b": "c"} and outputs["parts"] == [{"itemName": "spoon"}]
    same = provider.Diff(pb.DiffRequest(id=made.id, urn=URN, olds=made.properties, news=checked.inputs))
    assert same.changes == pb.DiffResponse.DIFF_NONE
    return made, checked.inputs


async def does_not_know_yet(provider, made, old_inputs):
    news = await inputs(labelText=await unknown(), size=3, key=Output.secret(await unknown()))
    checked = provider.Check(pb.CheckRequest(urn=URN, olds=old_inputs, news=news))
    assert not checked.failures, checked
    request = pb.UpdateRequest(id=made.id, urn=URN, olds=made.properties, news=checked.inputs, preview=True)
    outputs = read(provider.Update(request).properties)
    assert isinstance(outputs["labelText"], Unknown) and isinstance(outputs["summary"], Unknown)
    assert outputs["size"] == 3 and outputs["name"] == read(old_inputs)["name"]
    diff = provider.Diff(pb.DiffRequest(id=made.id, urn=URN, olds=made.properties, news=checked.inputs))
    assert diff.changes == pb.DiffResponse.DIFF_SOME and not diff.replaces
    assert set(diff.diffs) == {"key", "labelText", "parts", "size", "tags"}, diff
    news = await inputs(name=await unknown())
    diff = provider.Diff(pb.DiffRequest(id=made.id, urn=URN, olds=made.properties, news=news))
    assert list(diff.replaces) == ["name"]


async def is_refused(provider):
    news = await inputs(labelText=FileAsset(sys.argv[0]), parts=[{"amount": 0}])
    failures = provider.Check(pb.CheckRequest(urn=URN, news=news)).failures
    failures = {f.property or re.split("[: ]", f.reason)[0]: f.reason for f in failures}
    assert set(failures) == {"labelText", "parts[0].itemName", "parts[0].amount"}, failures
    try:
        provider.Construct(pb.ConstructRequest(type="x"))
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED
    else:
        raise AssertionError("a component was made")


async def main():
    settings.configure(settings.Settings(project="test", stack="dev"))
    settings.SETTINGS.monitor_features = {resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS}
    with grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}") as channel:
        provider = provider_pb2_grpc.ResourceProviderStub(channel)
        handshakes(provider)
        made, old_inputs = await makes(provider)
        await does_not_know_yet(provider, made, old_inputs)
        await is_refused(provider)
        provider.Delete(pb.DeleteRequest(id=made.id, urn=URN, properties=made.properties))


asyncio.run(main())
