// Says which proxy Go's net/http, and with it kubectl, takes to a server.
//
//	proxies < CASES
//
// A case is a line of HTTPS_PROXY, HTTP_PROXY, NO_PROXY and the server's URL, separated by tabs. Prints a JSON list: the
// proxy of each case without its login, "" for none, "error" where there is an error.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

func main() {
	answers := []string{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		answers = append(answers, answer(strings.Split(lines.Text(), "\t")))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(fields []string) string {
	config := httpproxy.Config{HTTPSProxy: fields[0], HTTPProxy: fields[1], NoProxy: fields[2]}
	server, err := url.Parse(fields[3])
	if err != nil {
		return "error"
	}
	proxy, err := config.ProxyFunc()(server)
	if err != nil {
		return "error"
	}
	if proxy == nil {
		return ""
	}
	return proxy.Scheme + "://" + proxy.Host
}
