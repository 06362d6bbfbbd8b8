"""Writes the descriptors of the published protocol to standard output."""

import sys

from google.protobuf import descriptor_pb2
from pulumi.runtime.proto import (
    alias_pb2,
    engine_pb2,
    errors_pb2,
    plugin_pb2,
    provider_pb2,
    resource_pb2,
    status_pb2,
)

published = descriptor_pb2.FileDescriptorSet()
modules = (alias_pb2, engine_pb2, errors_pb2, plugin_pb2, provider_pb2, resource_pb2, status_pb2)
for module in modules:
    published.file.add().ParseFromString(module.DESCRIPTOR.serialized_pb)
sys.stdout.buffer.write(published.SerializeToString())
