// Package terraform is imported by tests of Terraform alone, which are not built here.
package terraform
