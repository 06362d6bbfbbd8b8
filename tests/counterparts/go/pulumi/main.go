// Command pulumi-tools stands for what Pulumi's language hosts do, of which there are no Go modules: it makes SDKs of a package
// schema with Pulumi's own generators, and runs programs with Pulumi's own SDKs. Its name decides:
//
//	pulumi-tools SCHEMA LANGUAGE DIR     writes the SDK of a language: nodejs, python or go
//	pulumi-language-python ENGINE        the engine's language host for Python
//	pulumi-language-nodejs ENGINE        the same for JavaScript and TypeScript
//	pulumi-language-go ENGINE            the same for Go
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/blang/semver"
	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "pulumi-tools"

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", tool, err)
		os.Exit(1)
	}
}

func run() error {
	if language, ok := strings.CutPrefix(filepath.Base(os.Args[0]), "pulumi-language-"); ok {
		return serve(language, os.Args[1:])
	}
	if len(os.Args) != 4 {
		return fmt.Errorf("usage: %s SCHEMA LANGUAGE DIR", tool)
	}
	files, err := generate(os.Args[1], os.Args[2])
	if err != nil {
		return err
	}
	return write(files, os.Args[3])
}

// generate makes the files of an SDK by their paths.
func generate(path, language string) (map[string][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	bound, diagnostics, err := schema.BindSpec(spec, alone{}, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if len(diagnostics) > 0 {
		return nil, diagnostics
	}
	switch language {
	case "nodejs":
		return nodejs.GeneratePackage(tool, bound, nil, nil, false, alone{})
	case "python":
		return python.GeneratePackage(tool, bound, nil, alone{})
	case "go":
		return golang.GeneratePackage(tool, bound, nil)
	default:
		return nil, fmt.Errorf("no generator for %s", language)
	}
}

// alone is the loader of a package that refers to no other.
type alone struct{}

func (alone) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	return nil, fmt.Errorf("the schema refers to the package %s", name)
}

func (a alone) LoadPackageV2(_ context.Context, other *schema.PackageDescriptor) (*schema.Package, error) {
	return a.LoadPackage(other.Name, nil)
}

func (a alone) LoadPackageReference(name string, _ *semver.Version) (schema.PackageReference, error) {
	_, err := a.LoadPackage(name, nil)
	return nil, err
}

func (a alone) LoadPackageReferenceV2(
	_ context.Context, other *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return a.LoadPackageReference(other.Name, nil)
}

func write(files map[string][]byte, dir string) error {
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
