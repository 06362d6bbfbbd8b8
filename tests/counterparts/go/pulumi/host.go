package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Where the SDKs are. Pulumi's own hosts look for them in the program's folder.
const (
	pythonVariable = "MIG_PULUMI_PYTHON"      // an interpreter with the SDK
	scriptVariable = "MIG_PULUMI_PYTHON_EXEC" // the SDK's pulumi-language-python-exec
	nodeVariable   = "MIG_PULUMI_NODE"        // Node.js; the SDK is in the program's node_modules
	goVariable     = "MIG_PULUMI_GO"          // the program itself, built with the SDK
)

// maxMessage is what the engine itself allows.
const maxMessage = 400 * 1024 * 1024

// bailed is the exit code by which an SDK says that it has told the user already.
const bailed = 32

// host runs programs of one language.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	language string
	engine   string
}

// serve answers the engine until it is gone. The engine's address is the last argument.
func serve(language string, arguments []string) error {
	if len(arguments) == 0 {
		return errors.New("the engine's address is missing")
	}
	engine := arguments[len(arguments)-1]
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage))
	pulumirpc.RegisterLanguageRuntimeServer(server, &host{language: language, engine: engine})
	go stopWithout(engine, server)
	fmt.Printf("%d\n", listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}

// stopWithout ends the host when the engine no longer listens, so that none is left behind.
func stopWithout(engine string, server *grpc.Server) {
	for {
		connection, err := net.DialTimeout("tcp", engine, time.Second)
		if err != nil {
			server.Stop()
			return
		}
		_ = connection.Close()
		time.Sleep(time.Second)
	}
}

func (h *host) Handshake(
	context.Context, *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{}, nil
}

// GetRequiredPackages says none: tests name their plugins in Pulumi.yaml.
func (h *host) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// Run runs the program to its end.
func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	info := request.GetInfo()
	program := filepath.Join(info.GetProgramDirectory(), info.GetEntryPoint())
	command, err := h.command(ctx, request, program)
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(request.GetConfig())
	if err != nil {
		return nil, err
	}
	secrets, err := json.Marshal(request.GetConfigSecretKeys())
	if err != nil {
		return nil, err
	}
	command.Env = append(
		append(os.Environ(), command.Env...),
		"PULUMI_CONFIG="+string(config),
		"PULUMI_CONFIG_SECRET_KEYS="+string(secrets),
		"PULUMI_NODEJS_TYPESCRIPT=true",
		"PYTHONDONTWRITEBYTECODE=1",
	)
	command.Dir = request.GetPwd()
	// The engine shows what a host writes as the program's own words.
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	var exit *exec.ExitError
	switch err := command.Run(); {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == bailed:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended: %v", err)}, nil
	}
}

// command is the SDK's own way to run a program.
func (h *host) command(ctx context.Context, request *pulumirpc.RunRequest, program string) (*exec.Cmd, error) {
	common := []string{
		"--monitor", request.GetMonitorAddress(),
		"--engine", h.engine,
		"--project", request.GetProject(),
		"--stack", request.GetStack(),
		"--organization", request.GetOrganization(),
		"--parallel", strconv.Itoa(int(request.GetParallel())),
		"--pwd", request.GetPwd(),
	}
	root := request.GetInfo().GetRootDirectory()
	switch h.language {
	case "python":
		arguments := append([]string{"-u", os.Getenv(scriptVariable)}, common...)
		arguments = append(arguments, "--root_directory", root)
		arguments = append(arguments, "--dry_run", strconv.FormatBool(request.GetDryRun()), program)
		return exec.CommandContext(ctx, os.Getenv(pythonVariable), arguments...), nil
	case "nodejs":
		run := filepath.Join(request.GetInfo().GetProgramDirectory(), "node_modules/@pulumi/pulumi/cmd/run")
		arguments := append([]string{run}, common...)
		arguments = append(arguments, "--root-directory", root)
		if request.GetDryRun() {
			arguments = append(arguments, "--dry-run")
		}
		return exec.CommandContext(ctx, os.Getenv(nodeVariable), append(arguments, program)...), nil
	case "go":
		command := exec.CommandContext(ctx, os.Getenv(goVariable))
		// The SDK reads no arguments.
		command.Env = []string{
			"PULUMI_MONITOR=" + request.GetMonitorAddress(),
			"PULUMI_ENGINE=" + h.engine,
			"PULUMI_PROJECT=" + request.GetProject(),
			"PULUMI_STACK=" + request.GetStack(),
			"PULUMI_ORGANIZATION=" + request.GetOrganization(),
			"PULUMI_ROOT_DIRECTORY=" + root,
			"PULUMI_PARALLEL=" + strconv.Itoa(int(request.GetParallel())),
			"PULUMI_DRY_RUN=" + strconv.FormatBool(request.GetDryRun()),
		}
		return command, nil
	default:
		return nil, fmt.Errorf("no way to run programs of %s", h.language)
	}
}
