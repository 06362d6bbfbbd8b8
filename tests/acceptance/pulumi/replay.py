"""Asks a plugin again what Pulumi's engine has asked it, and compares the answers.

Arguments: the plugin, and the file that PULUMI_DEBUG_GRPC named. Calls that change something are left out. Prints the number of
calls of each method.
"""

import collections
import json
import subprocess
import sys

import grpc
from google.protobuf import json_format, message_factory
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

SERVICE = provider_pb2.DESCRIPTOR.services_by_name["ResourceProvider"]
PREFIX = f"/{SERVICE.full_name}/"
READS = {"GetPluginInfo", "GetSchema", "CheckConfig", "DiffConfig", "Configure", "Check", "Diff", "Invoke"}
PREVIEWS = {"Create", "Update"}
LIMIT = [("grpc.max_receive_message_length", 400 << 20)]


def recorded(path):
    """Method, request and answer of each call that changed nothing."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            call = json.loads(line)
            method = call["method"].removeprefix(PREFIX)
            answered = call["method"].startswith(PREFIX) and call.get("response") is not None and not call.get("errors")
            if answered and (method in READS or (method in PREVIEWS and call["request"].get("preview"))):
                yield method, call["request"], call["response"]


def message(descriptor, document):
    """A message of what the log has of it."""
    made = message_factory.GetMessageClass(descriptor)()
    return json_format.ParseDict(document, made, ignore_unknown_fields=True)


def replay(provider, path):
    """Asks everything again."""
    seen = collections.Counter()
    for method, request, response in recorded(path):
        declared = SERVICE.methods_by_name[method]
        answer = getattr(provider, method)(message(declared.input_type, request))
        before = json_format.MessageToDict(message(declared.output_type, response))
        now = json_format.MessageToDict(answer)
        assert now == before, f"{method} {json.dumps(request)}\nthen {json.dumps(before)}\nnow  {json.dumps(now)}"
        seen[method] += 1
    return seen


def main():
    plugin, path = sys.argv[1:]
    with subprocess.Popen([plugin], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        try:
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=LIMIT) as channel:
                provider = provider_pb2_grpc.ResourceProviderStub(channel)
                shake = provider_pb2.ProviderHandshakeRequest(engine_address="", configure_with_urn=True)
                provider.Handshake(shake)
                print(json.dumps(replay(provider, path)))
        finally:
            process.terminate()


main()
