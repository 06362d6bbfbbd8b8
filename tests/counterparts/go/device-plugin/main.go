// Stands where kubelet stands: takes the registrations of device plugins at DIR/kubelet.sock, and prints as JSON which devices each
// resource has, once no further one has come for a while.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sort"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	kubelet "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

const (
	longest = 30 * time.Second
	quiet   = 2 * time.Second
)

type registry struct {
	kubelet.UnimplementedRegistrationServer
	folder string
	found  chan resource
}

type resource struct {
	name    string
	devices []string
	failed  error
}

func (r registry) Register(_ context.Context, request *kubelet.RegisterRequest) (*kubelet.Empty, error) {
	go func() {
		devices, err := list(filepath.Join(r.folder, request.Endpoint))
		r.found <- resource{request.ResourceName, devices, err}
	}()
	return &kubelet.Empty{}, nil
}

// list asks a plugin for its devices, as kubelet does.
func list(socket string) ([]string, error) {
	connection, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	stream, err := kubelet.NewDevicePluginClient(connection).ListAndWatch(ctx, &kubelet.Empty{})
	if err != nil {
		return nil, err
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	devices := []string{}
	for _, device := range answer.Devices {
		if device.Health != kubelet.Healthy {
			return nil, fmt.Errorf("%s is %s", device.ID, device.Health)
		}
		devices = append(devices, device.ID)
	}
	sort.Strings(devices)
	return devices, nil
}

func collect(found <-chan resource) (map[string][]string, error) {
	resources := map[string][]string{}
	wait := time.After(longest)
	for {
		select {
		case one := <-found:
			if one.failed != nil {
				return nil, fmt.Errorf("%s: %w", one.name, one.failed)
			}
			resources[one.name] = one.devices
			wait = time.After(quiet)
		case <-wait:
			return resources, nil
		}
	}
}

func run(folder string) error {
	listener, err := net.Listen("unix", filepath.Join(folder, "kubelet.sock"))
	if err != nil {
		return err
	}
	found := make(chan resource)
	server := grpc.NewServer()
	kubelet.RegisterRegistrationServer(server, registry{folder: folder, found: found})
	go server.Serve(listener)
	resources, err := collect(found)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(resources)
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
