// Prints what NVIDIA's mock GPUs can be cut into, as JSON: NVIDIA's own names, counts, engines and placements.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/NVIDIA/go-nvlib/pkg/nvlib/device"
	"github.com/NVIDIA/go-nvml/pkg/nvml"
	"github.com/NVIDIA/go-nvml/pkg/nvml/mock/gpus"
	"github.com/NVIDIA/go-nvml/pkg/nvml/mock/server"
)

type gpu struct {
	Name        string    `json:"name"`
	PCIDeviceID string    `json:"pci_device_id"`
	MemoryMiB   uint64    `json:"memory_mib"`
	Profiles    []profile `json:"profiles"`
}

type profile struct {
	Name        string   `json:"name"`
	Slices      uint32   `json:"compute_slices"`
	Instances   uint32   `json:"max_instances"`
	MemoryMiB   uint64   `json:"memory_mib"`
	SMs         uint32   `json:"sm_count"`
	CopyEngines uint32   `json:"copy_engines"`
	Decoders    uint32   `json:"nvdec"`
	Encoders    uint32   `json:"nvenc"`
	JPEG        uint32   `json:"jpeg"`
	OFA         uint32   `json:"ofa"`
	Starts      []uint32 `json:"starts"`
	Size        uint32   `json:"size"`
}

func main() {
	configs := []gpus.Config{
		gpus.A30_PCIE_24GB,
		gpus.A100_PCIE_40GB, gpus.A100_SXM4_40GB,
		gpus.A100_PCIE_80GB, gpus.A100_SXM4_80GB,
	}
	var found []gpu
	for index, config := range configs {
		described, err := describe(config, index)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", config.Name, err)
			os.Exit(1)
		}
		found = append(found, described)
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func describe(config gpus.Config, index int) (gpu, error) {
	mock := server.NewDeviceFromConfig(config, index)
	known, err := device.New(&server.Server{}, device.WithVerifySymbols(false)).NewDevice(mock)
	if err != nil {
		return gpu{}, err
	}
	names, err := known.GetMigProfiles()
	if err != nil {
		return gpu{}, err
	}
	described := gpu{Name: config.Name, PCIDeviceID: fmt.Sprintf("0x%04X", config.PciDeviceId>>16), MemoryMiB: config.MemoryMB}
	for id := 0; id < nvml.GPU_INSTANCE_PROFILE_COUNT; id++ {
		info, result := mock.GetGpuInstanceProfileInfo(id)
		if result == nvml.ERROR_NOT_SUPPORTED || result == nvml.ERROR_INVALID_ARGUMENT {
			continue
		}
		if result != nvml.SUCCESS {
			return gpu{}, fmt.Errorf("profile %d: %v", id, result)
		}
		places, result := mock.GetGpuInstancePossiblePlacements(&info)
		if result != nvml.SUCCESS {
			return gpu{}, fmt.Errorf("placements of profile %d: %v", id, result)
		}
		one, err := profileOf(id, info, places, names)
		if err != nil {
			return gpu{}, err
		}
		described.Profiles = append(described.Profiles, one)
	}
	return described, nil
}

func profileOf(id int, info nvml.GpuInstanceProfileInfo, places []nvml.GpuInstancePlacement, names []device.MigProfile) (profile, error) {
	one := profile{
		Slices: info.SliceCount, Instances: info.InstanceCount, MemoryMiB: info.MemorySizeMB,
		SMs: info.MultiprocessorCount, CopyEngines: info.CopyEngineCount, Decoders: info.DecoderCount,
		Encoders: info.EncoderCount, JPEG: info.JpegCount, OFA: info.OfaCount,
	}
	for _, place := range places {
		one.Starts = append(one.Starts, place.Start)
		one.Size = place.Size
	}
	for _, name := range names {
		about := name.GetInfo()
		if about.GIProfileID == id && about.C == about.G {
			one.Name = name.String()
			return one, nil
		}
	}
	return profile{}, fmt.Errorf("NVIDIA's library has no name for profile %d", id)
}
