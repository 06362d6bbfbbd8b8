// Reads a configuration file of the device plugin: first as the plugin does, then strictly, since the plugin ignores what
// it does not know. Prints what was understood, as JSON.
//
//	plugin-config --config-file FILE
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	spec "github.com/NVIDIA/k8s-device-plugin/api/config/v1"
	"github.com/urfave/cli/v2"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := app().Run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// app is the plugin's command line as far as a configuration file needs it.
func app() *cli.App {
	flags := []cli.Flag{&cli.StringFlag{Name: "config-file"}}
	return &cli.App{
		Name:  "plugin-config",
		Flags: flags,
		Action: func(context *cli.Context) error {
			config, err := spec.NewConfig(context, flags)
			if err != nil {
				return err
			}
			if err := strict(context.String("config-file"), config); err != nil {
				return err
			}
			return json.NewEncoder(os.Stdout).Encode(config)
		},
	}
}

func strict(file string, config *spec.Config) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalStrict(text, &spec.Config{}); err != nil {
		return err
	}
	if err := understood(text, config); err != nil {
		return err
	}
	strategies := []string{spec.MigStrategyNone, spec.MigStrategySingle, spec.MigStrategyMixed}
	strategy := config.Flags.MigStrategy
	if strategy != nil && !slices.Contains(strategies, *strategy) {
		return fmt.Errorf("unknown MIG strategy %q", *strategy)
	}
	// The plugin refuses this at its start, in a package that cannot be had from outside.
	mps := config.Sharing.SharingStrategy() == spec.SharingStrategyMPS
	if mps && strategy != nil && *strategy == spec.MigStrategyMixed {
		return fmt.Errorf("using --mig-strategy=%s is not supported with MPS", spec.MigStrategyMixed)
	}
	return nil
}

// understood says what was written and is not in what the plugin made of it: its own decoders are not strict.
func understood(text []byte, config *spec.Config) error {
	var written, read any
	if err := yaml.Unmarshal(text, &written); err != nil {
		return err
	}
	encoded, err := json.Marshal(config)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(encoded, &read); err != nil {
		return err
	}
	return contains(read, written, "")
}

func contains(read, written any, path string) error {
	switch value := written.(type) {
	case map[string]any:
		object, _ := read.(map[string]any)
		for key, below := range value {
			found, there := object[key]
			if !there {
				return fmt.Errorf("%s.%s is not known to the plugin", path, key)
			}
			if err := contains(found, below, path+"."+key); err != nil {
				return err
			}
		}
		return nil
	case []any:
		list, _ := read.([]any)
		if len(list) != len(value) {
			return fmt.Errorf("%s has %d items, the plugin sees %d", path, len(value), len(list))
		}
		for index, below := range value {
			if err := contains(list[index], below, fmt.Sprintf("%s[%d]", path, index)); err != nil {
				return err
			}
		}
		return nil
	default:
		if fmt.Sprint(read) != fmt.Sprint(written) {
			return fmt.Errorf("%s is %v, the plugin reads %v", path, written, read)
		}
		return nil
	}
}
