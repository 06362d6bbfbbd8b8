"""A Pulumi provider in 80 lines over the SDK's stubs, to test the engine with: a note is a file in the folder $NOTES."""

import json
import os
import pathlib
import time
from concurrent import futures

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

NOTES = pathlib.Path(os.environ["NOTES"])
TEXT = {"type": "string"}
SCHEMA = {
    "name": "note",
    "version": "0.1.0",
    "resources": {
        "note:index:Note": {
            "properties": {"name": TEXT, "text": TEXT, "length": {"type": "integer"}},
            "required": ["name", "text", "length"],
            "inputProperties": {"name": TEXT, "text": TEXT},
            "requiredInputs": ["name", "text"],
        }
    },
}


def inputs(struct):
    """The name and the text; what is not known yet is a text, too."""
    found = json_format.MessageToDict(struct)
    return {key: found[key] for key in ("name", "text") if key in found}


def struct(values):
    return json_format.ParseDict(values, struct_pb2.Struct())


def outputs(given):
    return struct({**given, "length": len(given["text"])})


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version=SCHEMA["version"])

    def GetSchema(self, request, context):
        return provider_pb2.GetSchemaResponse(schema=json.dumps(SCHEMA))

    def CheckConfig(self, request, context):
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request, context):
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request, context):
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=False)

    def Check(self, request, context):
        given = json_format.MessageToDict(request.news)
        failures = [
            provider_pb2.CheckFailure(property=key, reason="no such property")
            for key in given
            if key not in ("name", "text")
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request, context):
        old, new = inputs(request.old_inputs), inputs(request.news)
        changed = [key for key in new if old.get(key) != new[key]]
        replaces = [key for key in changed if key == "name"]
        none, some = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=some if changed else none, diffs=changed, replaces=replaces)

    def Create(self, request, context):
        given = inputs(request.properties)
        if not request.preview:
            time.sleep(float(os.environ.get("NOTE_SECONDS", "0")))
            (NOTES / given["name"]).write_text(given["text"])
        return provider_pb2.CreateResponse(id=given["name"], properties=outputs(given))

    def Update(self, request, context):
        given = inputs(request.news)
        if not request.preview:
            (NOTES / given["name"]).write_text(given["text"])
        return provider_pb2.UpdateResponse(properties=outputs(given))

    def Read(self, request, context):
        file = NOTES / request.id
        if not file.exists():
            return provider_pb2.ReadResponse()
        given = {"name": request.id, "text": file.read_text()}
        return provider_pb2.ReadResponse(id=request.id, properties=outputs(given), inputs=struct(given))

    def Delete(self, request, context):
        (NOTES / request.id).unlink(missing_ok=True)
        return empty_pb2.Empty()

    def Cancel(self, request, context):
        return empty_pb2.Empty()


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
