module counterparts/terraform-protocol

go 1.26.0

// Not built: only its file docs/plugin-protocol/tfplugin6.proto is read.
require github.com/hashicorp/terraform v1.16.0
