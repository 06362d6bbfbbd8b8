// Command pulumi-mapping reads a file with what a provider says of Terraform's names, as Pulumi's converter does: by the bridge's own
// types. It prints the tokens, and each attribute's name in Pulumi as the bridge's own rule gives it.
//
//	pulumi-mapping FILE
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
)

// object is what is printed of a resource or a function: its token, and the names of its properties by those of attributes.
type object struct {
	Token      string              `json:"token"`
	Properties map[string]property `json:"properties"`
}

// property is one name, and what is below it.
type property struct {
	Name       string              `json:"name"`
	Properties map[string]property `json:"properties,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-mapping: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: pulumi-mapping FILE")
	}
	file, err := os.Open(os.Args[1])
	if err != nil {
		return err
	}
	defer file.Close()
	var read tfbridge.MarshallableProviderInfo
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return err
	}
	info := read.Unmarshal()
	objects := map[string]object{"provider": {Properties: properties(info.P.Schema(), info.Config)}}
	for name, resource := range info.Resources {
		schema := info.P.ResourcesMap().Get(name).Schema()
		objects[name] = object{string(resource.Tok), properties(schema, resource.Fields)}
	}
	for name, source := range info.DataSources {
		schema := info.P.DataSourcesMap().Get(name).Schema()
		objects["data."+name] = object{string(source.Tok), properties(schema, source.Fields)}
	}
	return json.NewEncoder(os.Stdout).Encode(objects)
}

func properties(schema shim.SchemaMap, infos map[string]*tfbridge.SchemaInfo) map[string]property {
	all := map[string]property{}
	schema.Range(func(name string, one shim.Schema) bool {
		all[name] = property{
			Name:       tfbridge.TerraformToPulumiNameV2(name, schema, infos),
			Properties: below(one, infos[name]),
		}
		return true
	})
	return all
}

// below is what an object, or the elements of a collection, consist of. A map of which a resource is the element is an object.
func below(schema shim.Schema, info *tfbridge.SchemaInfo) map[string]property {
	if info == nil {
		info = &tfbridge.SchemaInfo{}
	}
	switch element := schema.Elem().(type) {
	case shim.Resource:
		if schema.Type() == shim.TypeMap {
			return properties(element.Schema(), info.Fields)
		}
		if info.Elem == nil {
			return properties(element.Schema(), nil)
		}
		return properties(element.Schema(), info.Elem.Fields)
	case shim.Schema:
		return below(element, info.Elem)
	default:
		return nil
	}
}
