// Reads user data as nodeadm does, and then with more care: every NodeConfig must have known fields only. Prints what
// nodeadm makes of all of them together, as JSON.
//
//	nodeadm-check [--complete] [DROP-IN...] < USER-DATA
//
// Drop-ins are the files of /etc/eks/nodeadm.d, merged after the user data. With --complete the result must be enough to
// join a cluster by itself. The module's path lies below nodeadm's, so that its internal packages can be had.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"strings"

	"github.com/awslabs/amazon-eks-ami/nodeadm/api"
	"github.com/awslabs/amazon-eks-ami/nodeadm/api/v1alpha1"
	internal "github.com/awslabs/amazon-eks-ami/nodeadm/internal/api"
	"github.com/awslabs/amazon-eks-ami/nodeadm/internal/api/bridge"
	kubelet "k8s.io/kubelet/config/v1beta1"
	"sigs.k8s.io/yaml"
)

func main() {
	complete, files := false, []string{}
	for _, argument := range os.Args[1:] {
		if argument == "--complete" {
			complete = true
		} else {
			files = append(files, argument)
		}
	}
	if err := check(complete, files); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(complete bool, files []string) error {
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	parts, err := nodeConfigs(data)
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return errors.New("no NodeConfig in it")
	}
	config, err := merged(parts)
	if err != nil {
		return err
	}
	if complete {
		if err := internal.ValidateNodeConfig(config); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(config.Spec)
}

// nodeConfigs gives the NodeConfig parts of MIME, or the whole text where it is not MIME.
func nodeConfigs(data []byte) ([][]byte, error) {
	message, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return [][]byte{data}, nil
	}
	mediaType, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return [][]byte{data}, nil
	}
	if !strings.HasPrefix(mediaType, "multipart/") {
		return nil, fmt.Errorf("%s is not multipart", mediaType)
	}
	var found [][]byte
	reader := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		mediaType, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if mediaType == "application/"+api.GroupName {
			found = append(found, text)
		}
	}
}

// merged is what nodeadm's own decoder and merge make of the parts, each of which must be strictly right.
func merged(parts [][]byte) (*internal.NodeConfig, error) {
	var config *internal.NodeConfig
	for number, part := range parts {
		if err := strict(part); err != nil {
			return nil, fmt.Errorf("NodeConfig %d: %w", number+1, err)
		}
		decoded, err := bridge.DecodeNodeConfig(part)
		if err != nil {
			return nil, fmt.Errorf("NodeConfig %d: %w", number+1, err)
		}
		if config == nil {
			config = decoded
		} else if err := config.Merge(decoded); err != nil {
			return nil, err
		}
	}
	return config, nil
}

func strict(part []byte) error {
	var config v1alpha1.NodeConfig
	if err := yaml.UnmarshalStrict(part, &config); err != nil {
		return err
	}
	if err := strictKubelet(config.Spec.Kubelet); err != nil {
		return err
	}
	return nil
}

// strictKubelet reads the kubelet configuration as kubelet does, which refuses unknown fields.
func strictKubelet(options v1alpha1.KubeletOptions) error {
	text, err := json.Marshal(options.Config)
	if err != nil {
		return err
	}
	var config kubelet.KubeletConfiguration
	if err := yaml.UnmarshalStrict(text, &config); err != nil {
		return fmt.Errorf("kubelet.config: %w", err)
	}
	for _, flag := range options.Flags {
		if !strings.HasPrefix(flag, "--") {
			return fmt.Errorf("kubelet.flags: %q is not a flag", flag)
		}
	}
	return nil
}
